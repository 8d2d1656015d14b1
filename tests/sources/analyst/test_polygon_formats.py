"""Polygons in every format that mapping programs export: the same communes, or a refusal."""

from __future__ import annotations

import hashlib
import struct
import sys
import warnings
import zipfile
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from cpts_geo.cli.main import main
from cpts_geo.errors import PerimeterError
from cpts_geo.geography.perimeters._files.polygons import polygon_perimeters
from cpts_geo.sources._apart import run_within
from cpts_geo.sources.analyst.polygons.file import SUFFIXES, read_polygon_file
from cpts_geo.sources.embedding import embedded

PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
FORMATS = [
    ("z.gpkg", 2154), ("z.shp", 2154), ("z.zip", 2154), ("z.kml", 4326), ("z.kmz", 4326),
    ("z.fgb", 2154), ("z.fgb", 4326), ("z.gml", 2154), ("z.gml", 4326), ("z.json", 4326),
]  # fmt: skip


def written(path: Path, table: gpd.GeoDataFrame, **options: object) -> Path:
    """A file of polygons, as a mapping program writes it."""
    driver = {".kml": "LIBKML", ".kmz": "LIBKML"}.get(path.suffix)
    drawn = path.with_suffix(".shp") if path.suffix == ".zip" else path
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # names of fields that a shapefile cuts
        table.to_file(drawn, driver=driver, **options)
    if path.suffix == ".zip":
        zipped(path, drawn)
    return path


def zipped(archive: Path, *layers: Path, folder: str = "") -> Path:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as whole:
        for layer in layers:
            for suffix in PARTS:
                part = layer.with_suffix(suffix)
                if part.exists():
                    whole.write(part, f"{folder}{part.name}")
                    part.unlink()
    return archive


def squares(*names: str, field: str = "nom_cpts", west: float = 1.6) -> gpd.GeoDataFrame:
    boxes = [shapely.box(west + n / 2, 47.8, west + 0.3 + n / 2, 48.0) for n in range(len(names))]
    return gpd.GeoDataFrame({field: list(names)}, geometry=boxes, crs=4326)


def refused(path: Path, **options: object) -> PerimeterError:
    with pytest.raises(PerimeterError) as caught:
        read_polygon_file(path, **options)  # type: ignore[arg-type]
    assert caught.value.remedy
    return caught.value


@pytest.fixture(scope="module")
def outlines(communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The embedded territories, an outline each."""
    members = embedded.load_perimeters()[["territory", "code_insee"]]
    drawn = members.merge(communes[["code_insee", "geometry"]], on="code_insee")
    groups = {key: each["geometry"].to_numpy() for key, each in drawn.groupby("territory")}
    names = [f"CPTS é {key}" for key in groups]
    shapes = [shapely.coverage_union_all(each) for each in groups.values()]
    return gpd.GeoDataFrame({"nom_de_la_cpts": names}, geometry=shapes, crs=4326)


def kept(path: Path, communes: gpd.GeoDataFrame) -> dict[str, set[str]]:
    """Codes of the communes of each territory of a file, by its name."""
    found = polygon_perimeters(path, communes)
    codes = found.members.groupby("territory")["code_insee"].agg(set)
    return {name: codes[key] for key, name in found.identity["name"].items()}


@pytest.fixture(scope="module")
def expected(
    outlines: gpd.GeoDataFrame, communes: gpd.GeoDataFrame, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, set[str]]:
    path = tmp_path_factory.mktemp("geojson") / "z.geojson"
    return kept(written(path, outlines), communes)


@pytest.mark.parametrize(("file", "crs"), FORMATS)
def test_every_format_gives_the_communes_of_the_geojson(
    tmp_path: Path,
    communes: gpd.GeoDataFrame,
    outlines: gpd.GeoDataFrame,
    expected: dict[str, set[str]],
    file: str,
    crs: int,
) -> None:
    assert len(expected) >= 5
    assert kept(written(tmp_path / file, outlines.to_crs(crs)), communes) == expected


def test_every_suffix_is_tried() -> None:
    assert {Path(file).suffix for file, _ in FORMATS} | {".geojson"} == SUFFIXES


def test_a_shapefile_is_several_files_that_count_as_inputs(
    tmp_path: Path, communes: gpd.GeoDataFrame
) -> None:
    path = written(tmp_path / "z.shp", squares("Val", "Orge"))
    path.with_suffix(".dbf").rename(tmp_path / "Z.DBF")
    found = polygon_perimeters(path, communes)
    assert set(found.inputs) == {"z.shp", "z.shx", "Z.DBF", "z.prj", "z.cpg"}
    names = (tmp_path / "Z.DBF").read_bytes()
    assert found.inputs["Z.DBF"] == hashlib.sha256(names).hexdigest()


def test_files_missing_beside_a_shapefile_are_all_named(tmp_path: Path) -> None:
    path = written(tmp_path / "z.shp", squares("Val"))
    for suffix in (".dbf", ".prj"):
        path.with_suffix(suffix).unlink()
    assert refused(path).defects == (
        "z.dbf manque (les noms)", "z.prj manque (le système de coordonnées)"
    )  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_names_of_a_shapefile_that_does_not_say_its_encoding(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path / "z.shp", squares("Épieds", "Œuf"), encoding=encoding)
    path.with_suffix(".cpg").unlink()
    assert read_polygon_file(path)["name"].tolist() == ["Épieds", "Œuf"]


def test_an_archive_is_read_in_its_folders_and_a_layer_chosen(tmp_path: Path) -> None:
    first = written(tmp_path / "CPTS.shp", squares("Val", "Orge"))
    second = written(tmp_path / "msp.shp", squares("Maison"))
    path = zipped(tmp_path / "zones.zip", first, second, folder="export/2024/")
    (tmp_path / "autre").mkdir()
    assert refused(path).defects == (
        "couche « CPTS » : --layer CPTS", "couche « msp » : --layer msp"
    )  # fmt: skip
    read = read_polygon_file(path, layer="cpts")
    assert read["name"].tolist() == ["Val", "Orge"]
    assert read.attrs["notes"][0] == "Couche lue : « CPTS » ; laissées de côté : « msp »."
    [defect] = refused(path, layer="MSPS").defects
    assert defect.startswith("« MSPS » : inconnu ; au plus près : --layer msp")


@pytest.mark.parametrize("file", ["z.gpkg", "z.geojson", "z.kml", "z.fgb", "z.gml"])
def test_the_only_file_of_polygons_of_an_archive_is_read(tmp_path: Path, file: str) -> None:
    path = written(tmp_path / file, squares("Val", "Orge"))
    with zipfile.ZipFile(tmp_path / "zones.zip", "w") as archive:
        archive.write(path, f"export/{file}")
        archive.writestr("lisez-moi.txt", "bonjour")
    read = read_polygon_file(tmp_path / "zones.zip")
    assert set(read["name"]) == {"Val", "Orge"}
    assert read.attrs["notes"][0] == f"Fichier lu dans l’archive : « export/{file} »."
    with zipfile.ZipFile(tmp_path / "zones.zip", "a") as archive:
        archive.write(path, "autre.kml")
    assert "contient 2 fichiers" in refused(tmp_path / "zones.zip").summary


def test_erased_rows_of_a_shapefile_are_left_aside_and_said(tmp_path: Path) -> None:
    path = written(tmp_path / "z.shp", squares("Val", "Orge", "Sud"))
    table = bytearray(path.with_suffix(".dbf").read_bytes())
    _, head, width = struct.unpack("<IHH", table[4:12])
    table[head + width] = ord("*")
    path.with_suffix(".dbf").write_bytes(table)
    read = read_polygon_file(path)
    assert read["name"].tolist() == ["Val", "Sud"]
    assert read.attrs["notes"][0] == "Entités effacées du shapefile, laissées de côté : 1."


@pytest.mark.parametrize("definition", ["", "Lambert 93", 'LOCAL_CS["plan"]'])
def test_a_shapefile_of_unknown_system_is_refused(tmp_path: Path, definition: str) -> None:
    path = written(tmp_path / "z.shp", squares("Val"))
    path.with_suffix(".prj").write_text(definition)
    assert refused(path)


def folders(*names: str, extra: str = "") -> str:
    """Text of a KML of a polygon a folder."""
    ring = "<outerBoundaryIs><LinearRing><coordinates>{0},47.8 {1},47.8 {1},48 {0},48 {0},47.8"
    texts = []
    for rank, name in enumerate(names):
        drawn = ring.format(1.6 + rank / 2, 1.9 + rank / 2)
        texts.append(
            f"<Folder><name>dossier {name}</name><Placemark><name>{name}</name><Polygon>{drawn}"
            "</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Folder>"
        )
    head = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2">'
    return f"{head}<Document><name>carte</name>{''.join(texts)}{extra}</Document></kml>"


def test_folders_of_a_kml_are_layers_and_those_left_out_are_named(tmp_path: Path) -> None:
    points = (
        "<Folder><name>Mairies</name><Placemark><name>Dry</name><Point><coordinates>1.7,47.8"
        "</coordinates></Point></Placemark></Folder>"
    )
    path = tmp_path / "z.kml"
    path.write_text(folders("Val", extra=points), "utf-8")
    read = read_polygon_file(path)
    assert read["name"].tolist() == ["Val"]
    assert read.attrs["notes"] == (
        "Couche lue : « dossier Val » ; laissées de côté : « Mairies ».",
    )
    path.write_text(folders("Val", "Orge", extra=points), "utf-8")
    assert '--layer "dossier Orge"' in refused(path).defects[1]
    assert read_polygon_file(path, layer="Dossier orge")["name"].tolist() == ["Orge"]
    with zipfile.ZipFile(tmp_path / "z.kmz", "w") as archive:
        archive.writestr("doc.kml", folders("Val"))
        archive.writestr("images/logo.png", b"x")
    assert read_polygon_file(tmp_path / "z.kmz")["name"].tolist() == ["Val"]


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('<kml xmlns="http://earth.google.com/kml/2.1">', "utf-8"),
        ("<kml>", "utf-8"),
        ('<?xml version="1.0" encoding="ISO-8859-1"?><kml>', "latin-1"),
        ('\ufeff<?xml version="1.0"?><kml>', "utf-8"),
    ],
)
def test_a_kml_of_any_age_and_encoding(tmp_path: Path, head: str, encoding: str) -> None:
    text = folders("Épieds")
    path = tmp_path / "z.kml"
    path.write_bytes((head + text[text.index("<Document>") :]).encode(encoding))
    assert read_polygon_file(path)["name"].tolist() == ["Épieds"]


def test_a_link_of_a_kml_is_not_followed_and_it_is_said(tmp_path: Path) -> None:
    link = "<NetworkLink><Link><href>http://127.0.0.1:9/a.kml</href></Link></NetworkLink>"
    path = tmp_path / "z.kml"
    path.write_text(folders("Val", extra=link), "utf-8")
    assert (
        "Liens vers d’autres fichiers (NetworkLink) : non suivis."
        in (read_polygon_file(path).attrs["notes"])
    )


def test_what_is_asked_of_a_layer_is_the_option_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "z.kml"
    path.write_text(folders("Val", "Orge"), "utf-8")
    words = ["report", "--perimeter", str(path), "--output", str(tmp_path / "fiches")]
    monkeypatch.setattr(sys, "argv", ["cpts-geo", *words])
    with pytest.raises(SystemExit) as stopped:
        main()
    said = capfd.readouterr().err
    assert stopped.value.code == 1
    assert '--layer "dossier Orge"' in said.replace("\u00a0", " ")
    assert "Traceback" not in said
    assert [each.name for each in tmp_path.iterdir()] == ["z.kml"]


def test_a_geojson_has_no_layer_to_choose(tmp_path: Path) -> None:
    path = written(tmp_path / "z.geojson", squares("Val"))
    assert "retirez --layer" in refused(path, layer="z").remedy


@pytest.mark.parametrize("file", ["national.geojson", "national.gpkg", "national.shp"])
def test_one_cpts_of_a_national_layer(tmp_path: Path, file: str) -> None:
    names = [f"CPTS {n}" for n in range(700)]
    boxes = [
        shapely.box(-1 + n % 40 / 5, 43 + n // 40 / 5, -0.81 + n % 40 / 5, 43.19 + n // 40 / 5)
        for n in range(700)
    ]
    table = gpd.GeoDataFrame({"nom_cpts": names, "statut": "ACI"}, geometry=boxes, crs=4326)
    path = written(tmp_path / file, table)
    error = refused(path)
    assert "700 territoires" in error.summary
    assert error.defects == tuple(f'--only "{name}"' for name in names)
    assert "et 650 autres (territoire : 650)" in str(error)
    read = read_polygon_file(path, only=["cpts 345"])
    assert read["name"].tolist() == ["CPTS 345"]
    assert read.geometry[0].symmetric_difference(boxes[345]).area < 1e-9


def a_cpts_of_communes(path: Path) -> Path:
    table = squares("Baule", "Dry", "Ardon", field="nm_cmmn")
    return written(path, table.assign(nm_cpts=["Val", "Val", "Orge"], code_irs=["1", "2", "3"]))


@pytest.mark.parametrize("file", ["z.geojson", "z.shp", "z.kml", "z.gml"])
def test_communes_with_their_cpts_beside_are_joined_by_cpts(tmp_path: Path, file: str) -> None:
    read = read_polygon_file(a_cpts_of_communes(tmp_path / file))
    assert read["name"].tolist() == ["Val", "Orge"]
    assert shapely.get_num_geometries(read.geometry[0]) == 2


@pytest.mark.parametrize(
    "suffix", [".shp", ".zip", ".kml", ".kmz", ".fgb", ".gml", ".gpkg", ".geojson"]
)
def test_a_damaged_file_is_refused_or_read_and_nothing_else(
    tmp_path: Path, outlines: gpd.GeoDataFrame, suffix: str
) -> None:
    # What is read of a shapefile goes to the process as an archive of its files.
    file = "z.zip" if suffix == ".shp" else f"z{suffix}"
    content = written(tmp_path / file, outlines.head(3)).read_bytes()
    arguments = {"suffix": suffix, "tries": 100, "seed": 20}
    found = run_within(
        "polygons", "tests.polygon_fuzz:outcomes", arguments,
        content=content, error=PerimeterError, name="z",
    )  # fmt: skip
    assert set(found) <= {"refused", "read"}
    assert found["refused"] > 10

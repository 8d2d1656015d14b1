"""Contours of communes and perimeters of CPTS, on samples in the layouts the producers document."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import py7zr
import pytest
from shapely.geometry import MultiPolygon, Polygon, box, mapping

from cpts_geo.errors import DataFileError, TableError
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.readers.communes import contours, cpts_perimeters

CONTOURS = contours.READERS["contours"]
ADMIN = contours.READERS["admin_express"]
CPTS = cpts_perimeters.READERS["cpts_perimeters"]
ETALAB = sources()["etalab_contours_100m"]
IGN = sources()["ign_admin_express_2026"]
LAYER = sources()["atlasante_cpts"]
SQUARE = box(2.2, 48.1, 2.3, 48.2)
BOW_TIE = Polygon([(0, 45), (1, 46), (1, 45), (0, 46)])


def collection(features: list[tuple[Mapping[str, Any], Any]], **members: Any) -> bytes:
    """A GeoJSON of (properties, geometry)."""
    described = [
        {
            "type": "Feature",
            "properties": dict(said),
            "geometry": None if shape is None else mapping(shape),
        }
        for said, shape in features
    ]
    return json.dumps({"type": "FeatureCollection", **members, "features": described}).encode()


def commune(code: str, shape: Any = SQUARE, **said: str) -> tuple[dict[str, str], Any]:
    properties = {"code": code, "nom": f"Nom {code}", "departement": code[:2], "region": "24"}
    return properties | said, shape


@pytest.mark.parametrize("packed", [False, True])
def test_contours_keep_whole_communes_in_order(tmp_path: Path, packed: bool) -> None:
    content = collection(
        [commune("75056"), commune("75101"), commune("45252"), commune("01001", BOW_TIE)]
    )
    path = tmp_path / "communes-100m.geojson.gz"
    path.write_bytes(gzip.compress(content) if packed else content)
    table = CONTOURS.table(path, ETALAB)
    assert isinstance(table, gpd.GeoDataFrame)
    assert table["code_insee"].tolist() == ["01001", "45252", "75056"]
    assert table["departement"].tolist() == ["01", "45", "75"]
    assert table.crs == "EPSG:4326"
    assert table.geometry[1].equals(SQUARE)
    assert table.attrs["invalid"] == 1
    assert CONTOURS.vintage(path, ETALAB) is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (collection([commune("45252", None)]), "géométrie vide : 45252"),
        (collection([commune("45252", Polygon())]), "géométrie vide : 45252"),
        (collection([commune("45252", box(6e5, 6.7e6, 6.1e5, 6.8e6))]), "hors des longitudes"),
        (collection([({"code": "45252", "dep": "45"}, SQUARE)]), "colonne introuvable : nom"),
        (collection([commune("Pithiviers")]), "code « PITHIVIERS »"),
        (b"<!DOCTYPE html><html>404</html>", "pas un GeoJSON"),
        (collection([commune("45252")])[:-30], "pas un GeoJSON"),
        (b"", "pas un GeoJSON"),
    ],
)
def test_changed_contours_are_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "communes.geojson"
    path.write_bytes(content)
    with pytest.raises(DataFileError) as caught:
        CONTOURS.table(path, ETALAB)
    assert said in str(caught.value)


def test_contours_in_metres_are_refused_even_when_said(tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}
    path = tmp_path / "communes.geojson"
    path.write_bytes(collection([commune("45252", box(6e5, 6.7e6, 6.1e5, 6.8e6))], crs=crs))
    with pytest.raises(DataFileError, match="EPSG:2154"):
        CONTOURS.table(path, ETALAB)


def test_a_commune_drawn_twice_breaks_the_contract(tmp_path: Path) -> None:
    path = tmp_path / "communes.geojson"
    path.write_bytes(collection([commune("45252"), commune("45252")]))
    with pytest.raises(TableError, match="en double"):
        CONTOURS.table(path, ETALAB)


FORM_4_0 = {
    "code_insee": ["45252", "01001"],
    "nom_officiel": ["Pithiviers", "L'Abergement-Clémenciat"],
    "code_insee_du_departement": ["45", "01"],
    "code_insee_de_la_region": ["24", "84"],
    "population": [9_300, 860],
}
FORM_3_2 = {
    "INSEE_COM": ["45252", "01001"],
    "NOM": ["Pithiviers", "L'Abergement-Clémenciat"],
    "NOM_M": ["PITHIVIERS", "L'ABERGEMENT-CLEMENCIAT"],
    "INSEE_DEP": ["45", "01"],
    "POPULATION": [9_300, 860],
}


def write_geopackage(
    path: Path, columns: dict[str, Any] = FORM_4_0, layer: str = "commune"
) -> Path:
    shapes = gpd.GeoDataFrame(columns, geometry=[MultiPolygon([SQUARE])] * 2, crs="EPSG:4326")
    shapes = shapes.rename_geometry("geometrie")
    shapes.head(1).to_file(path, layer="arrondissement_municipal", driver="GPKG")
    shapes.to_file(path, layer=layer, driver="GPKG")
    return path


def packed(path: Path, name: str) -> Path:
    """The .7z of the IGN: the GeoPackage some folders down, a notice beside it."""
    target = path.with_suffix(".7z")
    with py7zr.SevenZipFile(target, "w") as archive:
        archive.writestr(b"Licence Ouverte", "ADMIN-EXPRESS/LISEZ-MOI.txt")
        archive.write(path, f"ADMIN-EXPRESS/1_DONNEES/{name}")
    return target


@pytest.mark.parametrize(
    ("columns", "layer"), [(FORM_4_0, "commune"), (FORM_3_2, "COMMUNE"), (FORM_3_2, "commune")]
)
@pytest.mark.parametrize("seven_zip", [False, True])
def test_both_forms_of_admin_express_give_the_same_table(
    tmp_path: Path, columns: dict[str, Any], layer: str, seven_zip: bool
) -> None:
    path = write_geopackage(tmp_path / "ade.gpkg", columns, layer)
    if seven_zip:
        path = packed(path, "ADE-COG_4-0_GPKG_WGS84G_FRA-ED2025-01-01.gpkg")
    table = ADMIN.table(path, IGN)
    assert table.drop(columns="geometry").to_numpy().tolist() == [
        ["01001", "L'Abergement-Clémenciat", "01", 860.0],
        ["45252", "Pithiviers", "45", 9300.0],
    ]
    assert table.geometry[0].equals(MultiPolygon([SQUARE]))


@pytest.mark.parametrize(
    ("name", "vintage"),
    [
        ("ADE-COG_4-0_GPKG_WGS84G_FRA-ED2025-01-01.gpkg", "2025"),
        ("ADMIN-EXPRESS-COG_4-0__GPKG_WGS84G_FRA_2026-01-01.gpkg", "2026"),
        ("ade.gpkg", None),
    ],
)
def test_admin_express_dates_itself_by_the_name_inside(
    tmp_path: Path, name: str, vintage: str | None
) -> None:
    path = write_geopackage(tmp_path / "x_2019-01-01.gpkg")
    assert ADMIN.vintage(packed(path, name), IGN) == vintage
    assert ADMIN.vintage(path, IGN) is None


def test_admin_express_without_its_layer_or_fields_is_refused(tmp_path: Path) -> None:
    path = write_geopackage(tmp_path / "a.gpkg", layer="departement")
    with pytest.raises(DataFileError, match="« departement »"):
        ADMIN.table(path, IGN)
    fields = {("libelle" if k == "nom_officiel" else k): v for k, v in FORM_4_0.items()}
    path = write_geopackage(tmp_path / "b.gpkg", fields)
    with pytest.raises(DataFileError, match="colonne introuvable : nom_officiel"):
        ADMIN.table(path, IGN)


@pytest.mark.parametrize("member", ["../evil.gpkg", "/tmp/evil.gpkg", "C:/evil.gpkg"])
def test_a_member_that_leaves_the_archive_is_refused(tmp_path: Path, member: str) -> None:
    path = tmp_path / "inside" / "evil.7z"
    path.parent.mkdir()
    with py7zr.SevenZipFile(path, "w") as archive:
        archive._writestr(b"content", member)  # the public method refuses to make such an archive
    for read in (ADMIN.read, ADMIN.vintage):
        with pytest.raises(DataFileError, match=re.escape(f"« {member} » : son chemin sort")):
            read(path, IGN)
    assert [p.name for p in tmp_path.rglob("*")] == ["inside", "evil.7z"]


def test_an_archive_of_two_geopackages_or_none_is_refused(tmp_path: Path) -> None:
    for members in ([], ["a.gpkg", "b.gpkg"]):
        path = tmp_path / "ade.7z"
        with py7zr.SevenZipFile(path, "w") as archive:
            archive.writestr(b"x", "LISEZ-MOI.txt")
            for member in members:
                archive.writestr(b"x", member)
        with pytest.raises(DataFileError, match=f"{len(members)} GeoPackage au lieu d’un"):
            ADMIN.table(path, IGN)


@pytest.mark.parametrize("kept", [10, 0.3, 0.6, 0.95, 0.999])
def test_a_truncated_archive_is_refused(tmp_path: Path, kept: float) -> None:
    path = packed(write_geopackage(tmp_path / "ade.gpkg"), "ade_2026-01-01.gpkg")
    content = path.read_bytes()
    path.write_bytes(content[: int(kept if kept > 1 else kept * len(content))])
    with pytest.raises(DataFileError):
        ADMIN.table(path, IGN)


@pytest.mark.parametrize("place", [0.2, 0.5, 0.8, 0.97])
def test_a_damaged_archive_is_refused(tmp_path: Path, place: float) -> None:
    path = packed(write_geopackage(tmp_path / "ade.gpkg"), "ade_2026-01-01.gpkg")
    content = bytearray(path.read_bytes())
    at = int(place * len(content))
    content[at : at + 8] = bytes(byte ^ 0xFF for byte in content[at : at + 8])
    path.write_bytes(bytes(content))
    with pytest.raises(DataFileError):
        ADMIN.table(path, IGN)


def test_without_py7zr_the_remedy_is_said(tmp_path: Path) -> None:
    path = packed(write_geopackage(tmp_path / "ade.gpkg"), "ade_2026-01-01.gpkg")
    # A machine without the optional module: its import fails in a fresh interpreter.
    script = (
        "import sys; sys.modules['py7zr'] = None\n"
        "from pathlib import Path\n"
        "from cpts_geo.errors import DataFileError\n"
        "from cpts_geo.sources.catalogue.catalogue import sources\n"
        "from cpts_geo.sources.readers.communes.contours import READERS\n"
        "source = sources()['ign_admin_express_2026']\n"
        "try: READERS['admin_express'].read(Path(sys.argv[1]), source)\n"
        "except DataFileError as error: print(error.remedy)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True,
        cwd=Path(__file__).resolve().parents[4],
    )  # fmt: skip
    assert "pip install 'cpts-geo[ign]'" in done.stdout


def read_cpts(tmp_path: Path, content: bytes) -> gpd.GeoDataFrame:
    path = tmp_path / "cpts.geojson"
    path.write_bytes(content)
    assert CPTS.vintage(path, LAYER) is None
    table = CPTS.table(path, LAYER)
    assert isinstance(table, gpd.GeoDataFrame)
    return table


@pytest.mark.parametrize("field", ["nom_cpts", "NOM", "libelle", "lib_cpts", "raison_sociale"])
def test_polygons_of_cpts_are_named_by_a_detected_field(tmp_path: Path, field: str) -> None:
    said = {field: "Beauce-Gâtinais", "etat": "ACI signé", "insee_siege": "45252", "cp": "45300"}
    table = read_cpts(tmp_path, collection([({"id": 1} | said, SQUARE)], cpts_geo_fields=[]))
    assert table["cpts"].tolist() == ["Beauce-Gâtinais"]
    assert table["status"].tolist() == ["ACI signé"]
    assert table["code_insee"].isna().all()
    assert table.geometry[0].equals(SQUARE)
    assert table.attrs["fields"] == {"cpts": field, "status": "etat", "code_insee": None}


def test_features_that_are_communes_keep_their_code(tmp_path: Path) -> None:
    rows = [("1004", "Ambérieu", "A"), ("45252", "Pithiviers", "B"), ("45001", "Autry", "B")]
    features = [
        ({"insee_com": code, "nom": name, "cpts": cpts}, SQUARE) for code, name, cpts in rows
    ]
    features += [({"insee_com": "45002", "nom": "Libre", "cpts": " "}, SQUARE)]
    features[0][0]["cpts"] = "CPTS A"
    for said, _ in features[1:3]:
        said["cpts"] = "CPTS B"
    table = read_cpts(tmp_path, collection(features))
    assert table["cpts"].tolist() == ["CPTS A", "CPTS B", "CPTS B"]
    assert table["code_insee"].tolist() == ["01004", "45252", "45001"]
    assert table["status"].isna().all()
    assert table.attrs == {
        "fields": {"cpts": "cpts", "status": None, "code_insee": "insee_com"},
        "without_name": 1,
    }


def test_the_commune_of_a_seat_is_not_that_of_a_perimeter(tmp_path: Path) -> None:
    features = [
        ({"nom_cpts": f"CPTS {name}", "code_insee": code}, SQUARE)
        for name, code in (("Nord", "45252"), ("Sud", "45001"))
    ]
    table = read_cpts(tmp_path, collection(features))
    assert table["code_insee"].isna().all()
    assert table.attrs["fields"]["code_insee"] is None


def test_a_layer_in_lambert_93_is_brought_to_degrees_when_it_says_so(tmp_path: Path) -> None:
    shape = gpd.GeoSeries([SQUARE], crs="EPSG:4326").to_crs("EPSG:2154")[0]
    features = [({"nom_cpts": "Beauce-Gâtinais"}, shape)]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}
    table = read_cpts(tmp_path, collection(features, crs=crs))
    assert table.crs == "EPSG:4326"
    assert table.geometry[0].symmetric_difference(SQUARE).area < 1e-9
    with pytest.raises(DataFileError, match="dont le système n’est pas écrit"):
        read_cpts(tmp_path, collection(features))


@pytest.mark.parametrize(
    ("features", "said"),
    [
        ([({"a": "x", "b": "y"}, SQUARE)], "aucun champ ne nomme"),
        ([({"nom_cpts": "A un", "lib_cpts": "B deux"}, SQUARE)], "plusieurs champs"),
        ([({"nom": "Un", "libelle": "Deux"}, SQUARE)], "plusieurs champs"),
        # The name is that of the commune: none says the CPTS.
        (
            [
                ({"insee": "45252", "nom": "Pithiviers"}, SQUARE),
                ({"insee": "45001", "nom": "Au"}, SQUARE),
            ],
            "aucun champ ne nomme",
        ),
        # A flag is no name.
        ([({"cpts": 1, "gid": 7}, SQUARE)], "aucun champ ne nomme"),
        ([({"nom": "Vide"}, None)], "géométrie vide : « Vide »"),
        ([({"nom": "Inversée"}, box(48.1, 2.2, 48.2, 2.3))], "latitude et longitude"),
    ],
)
def test_an_unsure_layer_is_refused_with_its_fields(
    tmp_path: Path, features: list[Any], said: str
) -> None:
    with pytest.raises(DataFileError) as caught:
        read_cpts(tmp_path, collection(features))
    assert said in str(caught.value)
    if "champ" in said:
        for field in features[0][0]:
            assert f"champ « {field} »" in str(caught.value)


def test_two_fields_that_agree_are_one_name(tmp_path: Path) -> None:
    said = {"nom_cpts": "Asclépios", "lib_cpts": "Asclépios"}
    assert read_cpts(tmp_path, collection([(said, SQUARE)]))["cpts"].tolist() == ["Asclépios"]


def test_an_empty_layer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataFileError):
        read_cpts(tmp_path, collection([]))

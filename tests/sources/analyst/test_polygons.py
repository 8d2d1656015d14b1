"""Polygons as perimeters: communes by their point, and what the limit cuts of the others."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cpts_geo.analysis import Options, analyse
from cpts_geo.errors import PerimeterError, one_line
from cpts_geo.geography.perimeters._files.polygons import inside_shares, polygon_perimeters
from cpts_geo.geography.perimeters._membership import BORDER_COLUMNS
from cpts_geo.geography.perimeters.request import Request
from cpts_geo.sources.analyst.polygons.file import read_polygon_file
from cpts_geo.sources.embedding import embedded

SQUARE = shapely.box(1.6, 47.8, 1.9, 48.0)


@pytest.fixture(scope="module")
def ouest(communes):
    """The 21 communes of Ouest Loiret, as contours."""
    members = embedded.load_perimeters().query("territory == 'ouest_loiret'")
    return communes[communes["code_insee"].isin(members["code_insee"])]


@pytest.fixture(scope="module")
def outline(ouest):
    return shapely.coverage_union_all(ouest.geometry.to_numpy())


def written(path: Path, shapes, *, crs: object = 4326, to: object = None, **fields) -> Path:
    """A file of polygons, as a mapping program writes it."""
    layer = gpd.GeoDataFrame(fields or {"id": range(len(shapes))}, geometry=shapes, crs=crs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # no CRS: on purpose
        driver = "LIBKML" if path.suffix in (".kml", ".kmz") else None
        (layer if to is None else layer.to_crs(to)).to_file(path, driver=driver)
    return path


def refusal(path: Path) -> PerimeterError:
    with pytest.raises(PerimeterError) as refused:
        read_polygon_file(path)
    # A long path is cut where it is quoted.
    assert any(name in refused.value.summary for name in (path.name, one_line(str(path))))
    assert refused.value.remedy
    return refused.value


@pytest.mark.parametrize(
    ("file", "crs"),
    [
        ("z.gpkg", 2154),
        ("z.geojson", 4326),
        ("z.json", 4326),
        ("z.gpkg", 3857),
        ("z.geojson", 2154),
    ],
)
def test_an_outline_gives_back_its_communes(tmp_path, communes, ouest, outline, file, crs):
    path = written(tmp_path / file, [outline], to=crs)
    found = polygon_perimeters(path, communes)
    assert found.identity.index.tolist() == ["z"]
    assert set(found.members["code_insee"]) == set(ouest["code_insee"])
    assert found.border.empty
    assert found.border.columns.tolist() == list(BORDER_COLUMNS)
    assert "ne coupe aucune commune" in found.identity.at["z", "perimeter"]
    assert found.inputs == {file: hashlib.sha256(path.read_bytes()).hexdigest()}
    assert found.notes == ()


@pytest.mark.parametrize("metres", [-2000, 2000])
def test_border_communes_are_measured(tmp_path, communes, ouest, outline, metres):
    zone = gpd.GeoSeries([outline], crs=4326).to_crs(2154).buffer(metres)
    found = polygon_perimeters(written(tmp_path / "z.gpkg", list(zone), crs=2154), communes)
    border = found.border.set_index("code_insee")
    assert len(border) > 10
    assert border["area_share"].between(0, 1, inclusive="neither").all()
    assert set(border["population_inside_status"]) == {"estimated"}
    # Brute force on every one, by another path: areas in Lambert-93, points one by one.
    flat = communes.set_index("code_insee").loc[border.index].to_crs(2154)
    share = flat.intersection(zone[0]).area / flat.area
    assert np.allclose(border["area_share"], share, atol=2e-3)
    assert np.allclose(border["population_inside"], border["population"] * share, rtol=0.01, atol=2)
    halls = gpd.GeoSeries(gpd.points_from_xy(flat["lon"], flat["lat"]), crs=4326).to_crs(2154)
    assert border["kept"].tolist() == halls.within(zone[0]).tolist()
    assert border["kept"].any()
    assert not border["kept"].all()
    # Nothing that is cut is left out of the table, and nothing kept lies outside the polygon.
    every = communes.cx[slice(*outline.bounds[::2]), slice(*outline.bounds[1::2])].to_crs(2154)
    part = every.intersection(zone[0]).area / every.area
    cut = every["code_insee"][part.between(0.01, 0.99)]
    assert set(cut) <= set(border.index)
    kept = set(found.members["code_insee"])
    assert set(border.index[border["kept"]]) <= kept
    assert (kept < set(ouest["code_insee"])) if metres < 0 else (kept > set(ouest["code_insee"]))
    people = communes["population"][communes["code_insee"].isin(kept)].sum()
    assert np.allclose(border["weight"], border["population"] / people, atol=1e-6)


def test_the_summary_sets_kept_people_beside_those_inside(tmp_path, communes, outline):
    zone = gpd.GeoSeries([outline], crs=4326).to_crs(2154).buffer(-2000)
    found = polygon_perimeters(written(tmp_path / "z.gpkg", list(zone), crs=2154), communes)
    said = found.identity.at["z", "perimeter"].replace("\u202f", " ")
    kept = communes["population"][communes["code_insee"].isin(found.members["code_insee"])].sum()
    inside = inside_shares(zone.to_crs(4326)[0], communes)["population_inside"].sum()
    assert f"{len(found.border)} communes de bordure" in said
    assert f"population retenue {kept:,}".replace(",", " ") in said
    assert f"estimée dans le polygone {inside:,.0f}".replace(",", " ") in said
    gap = 100 * (kept / inside - 1)
    assert f"écart {'+' if gap > 0 else '−'}{abs(gap):.1f} %".replace(".", ",") in said
    assert "◐" in said


def test_shares_of_disjoint_parts_add_up(communes, outline):
    west, south, east, north = outline.bounds
    middle = (west + east) / 2
    halves = [
        outline.intersection(shapely.box(*bounds))
        for bounds in ((west, south, middle, north), (middle, south, east, north))
    ]
    parts = [inside_shares(half, communes).set_index("code_insee") for half in halves]
    whole = inside_shares(outline, communes).set_index("code_insee")
    total = parts[0]["area_share"].add(parts[1]["area_share"], fill_value=0)
    assert np.allclose(total.reindex(whole.index, fill_value=0), whole["area_share"], atol=1e-4)
    kept = [set(part.index[part["kept"]]) for part in parts]
    assert kept[0] | kept[1] == set(whole.index[whole["kept"]])
    assert not kept[0] & kept[1]


def test_a_hole_leaves_its_communes_out(tmp_path, communes, ouest, outline):
    gone = ouest[ouest["code_insee"] == "45203"]
    zone = shapely.MultiPolygon(
        [*shapely.get_parts(outline - gone.geometry.iloc[0]), shapely.box(2.2, 48.1, 2.3, 48.2)]
    )
    found = polygon_perimeters(written(tmp_path / "z.geojson", [zone]), communes)
    codes = set(found.members["code_insee"])
    assert codes & set(ouest["code_insee"]) == set(ouest["code_insee"]) - {"45203"}
    assert "45252" in codes  # Pithiviers is in the second part
    assert "45203" not in set(found.border["code_insee"])


def test_heights_are_left_out(tmp_path, communes, ouest, outline):
    for crs, file in ((2154, "z.gpkg"), (4326, "z.geojson")):
        path = written(tmp_path / file, [shapely.force_3d(outline, 112.5)], to=crs)
        assert "Z" in json.dumps(gpd.list_layers(path).to_dict()) or file.endswith("json")
        found = polygon_perimeters(path, communes)
        assert set(found.members["code_insee"]) == set(ouest["code_insee"])
        assert any("Altitudes" in note for note in found.notes)


def test_a_crossed_outline_is_repaired_and_said(tmp_path):
    bow_tie = shapely.Polygon([(1.6, 47.8), (1.9, 48.0), (1.9, 47.8), (1.6, 48.0)])
    read = read_polygon_file(written(tmp_path / "z.gpkg", [bow_tie]))
    assert read.is_valid.all()
    assert read.geometry[0].area == pytest.approx(SQUARE.area / 2, rel=1e-6)
    assert read.attrs["notes"] == ("Contours réparés, car ils se croisaient : entité 1.",)


def test_features_with_names_are_territories(tmp_path, communes, ouest):
    codes = ouest["code_insee"].to_numpy()
    shapes = ouest.geometry.to_numpy()
    # A commune a line, as mapping programs keep them: a name makes a territory of its lines.
    path = written(
        tmp_path / "CPTS du Loiret.gpkg",
        list(shapes[:9]),
        to=2154,
        nom=list(ouest["name"][:9]),
        NOM_CPTS=["Nord"] * 4 + ["Sud"] * 5,
    )
    found = polygon_perimeters(path, communes)
    assert found.identity["name"].tolist() == ["Nord", "Sud"]
    sets = found.members.groupby("territory")["code_insee"].agg(set)
    assert sets["nord"] == set(codes[:4])
    assert sets["sud"] == set(codes[4:9])
    assert found.folder == "cpts_du_loiret"
    assert "« NOM_CPTS » : 2" in found.notes[0]


def test_features_without_names_are_one_territory(tmp_path, communes, ouest):
    path = written(tmp_path / "zone.geojson", list(ouest.geometry), code=list(ouest["code_insee"]))
    found = polygon_perimeters(path, communes, name="Ouest")
    assert found.identity["name"].tolist() == ["Ouest"]
    assert set(found.members["code_insee"]) == set(ouest["code_insee"])
    assert found.border.empty
    assert found.notes == ("21 polygones réunis en un territoire.",)


def test_the_name_of_the_only_feature_is_kept(tmp_path, communes, outline):
    path = written(tmp_path / "z.gpkg", [outline], libelle=["CPTS Ouest Loiret"])
    found = polygon_perimeters(path, communes)
    assert found.identity.loc["cpts_ouest_loiret", "name"] == "CPTS Ouest Loiret"
    renamed = polygon_perimeters(path, communes, name="Autre")
    assert renamed.identity.index.tolist() == ["autre"] == [renamed.folder]


def test_one_name_for_several_territories_is_refused(tmp_path, communes):
    shapes = [SQUARE, shapely.box(2.2, 48.1, 2.3, 48.2)]
    path = written(tmp_path / "z.gpkg", shapes, nom=["A", "B"])
    with pytest.raises(PerimeterError, match="--name") as refused:
        polygon_perimeters(path, communes, name="x")
    assert refused.value.defects == ("« A » : --only A", "« B » : --only B")


def test_polygons_that_overlap_say_so(tmp_path, communes):
    shapes = [SQUARE, shapely.box(1.7, 47.8, 2.0, 48.0)]
    found = polygon_perimeters(written(tmp_path / "z.gpkg", shapes, nom=["A", "B"]), communes)
    [note] = [note for note in found.notes if "plusieurs polygones" in note]
    twice = found.members["code_insee"][found.members["code_insee"].duplicated()]
    assert len(twice)
    assert all(f"({code})" in note for code in twice)


def test_communes_nobody_can_place_are_named(tmp_path, communes):
    cantal = communes[(communes["departement"] == "15") & communes.geometry.notna()]
    zone = shapely.coverage_union_all(cantal.geometry.to_numpy())
    found = polygon_perimeters(written(tmp_path / "z.gpkg", [zone]), communes)
    [note] = found.notes
    assert "Celles (15031)" in note
    assert "15031" not in set(found.members["code_insee"])


def test_overseas(tmp_path, communes):
    two = communes[communes["code_insee"].isin(["97411", "97415"])]
    zone = shapely.coverage_union_all(two.geometry.to_numpy())
    path = written(tmp_path / "z.gpkg", [zone], to=2975)
    found = polygon_perimeters(path, communes)
    assert set(found.members["code_insee"]) == {"97411", "97415"}
    assert found.border.empty
    half = shapely.box(zone.bounds[0], zone.bounds[1], zone.centroid.x, zone.bounds[3])
    cut = inside_shares(zone & half, communes)
    flat = two.to_crs(2975).set_index("code_insee")
    local = gpd.GeoSeries([zone & half], crs=4326).to_crs(2975)[0]
    expected = flat.intersection(local).area / flat.area
    shares = cut.set_index("code_insee")["area_share"]
    assert np.allclose(shares.reindex(expected.index).fillna(0), expected, atol=1e-4)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_the_union_of_communes_gives_them_back(tmp_path, communes, data):
    # Every commune of a corner of four départements, those with a town hall astray included.
    here = communes[communes["departement"].isin(["45", "02", "31"]) & communes.geometry.notna()]
    codes = data.draw(
        st.sets(st.sampled_from(here["code_insee"].tolist()), min_size=1, max_size=60)
    )
    some = here[here["code_insee"].isin(codes)]
    zone = shapely.coverage_union_all(some.geometry.to_numpy())
    crs = data.draw(st.sampled_from([4326, 2154]))
    found = polygon_perimeters(written(tmp_path / "z.gpkg", [zone], to=crs), communes)
    assert set(found.members["code_insee"]) == codes
    assert found.border.empty


def test_town_halls_astray_follow_their_contour(communes):
    land = communes[communes.geometry.notna()]
    halls = shapely.points(land["lon"], land["lat"])
    astray = land[~shapely.intersects(np.asarray(land.geometry), halls)]
    assert 0 < len(astray) < 200
    for row in astray.head(10).itertuples():
        table = inside_shares(row.geometry, communes).set_index("code_insee")
        assert table.index[table["kept"]].tolist() == [row.code_insee]


def test_a_straight_edge_is_straight_where_it_was_drawn(tmp_path):
    # 300 km along a parallel of the map bend by kilometres in degrees.
    box = shapely.box(500_000, 6_600_000, 800_000, 6_800_000)
    [shape] = read_polygon_file(written(tmp_path / "z.gpkg", [box], crs=2154)).geometry
    back = gpd.GeoSeries([shape], crs=4326).to_crs(2154)[0]
    assert back.symmetric_difference(box).area / box.area < 1e-5


def test_no_communes_no_territory(tmp_path, communes):
    far = written(tmp_path / "far.gpkg", [shapely.box(10, 60, 11, 61)])
    with pytest.raises(PerimeterError) as refused:
        polygon_perimeters(far, communes)
    assert "hors de France" in refused.value.defects[0]
    swapped = written(tmp_path / "swap.gpkg", [shapely.box(47.8, 1.6, 48.0, 1.9)])
    with pytest.raises(PerimeterError) as refused:
        polygon_perimeters(swapped, communes)
    assert "inversées" in refused.value.defects[0]
    field = shapely.box(1.6, 47.8, 1.601, 47.801)
    two = written(tmp_path / "field.gpkg", [field, SQUARE], nom=["Champ", "Vrai"])
    with pytest.raises(PerimeterError) as refused:
        polygon_perimeters(two, communes)
    [defect] = refused.value.defects
    assert "« Champ »" in defect
    assert "aucune mairie" in defect


# ---- files that cannot be used


def geojson(path: Path, *geometries: object, **more: object) -> Path:
    features = [
        {"type": "Feature", "properties": {"nom": str(rank)}, "geometry": geometry}
        for rank, geometry in enumerate(geometries)
    ]
    content = {"type": "FeatureCollection", "features": features} | more
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "cp1252"])
def test_a_geojson_is_decoded_as_any_file_is(tmp_path, encoding):
    square = shapely.geometry.mapping(SQUARE)
    feature = {"type": "Feature", "properties": {"nom": "Épieds"}, "geometry": square}
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    path = tmp_path / "z.geojson"
    path.write_bytes((mark + json.dumps(feature, ensure_ascii=False)).encode(encoding))
    read = read_polygon_file(path)
    assert read["name"].tolist() == ["Épieds"]
    assert "Encodage" in read.attrs["notes"][0]


def test_points_are_all_counted(tmp_path):
    point = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 47]}}
    path = tmp_path / "z.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [point] * 120}))
    error = refusal(path)
    assert len(error.defects) == 120
    assert "et 70 autres (point : 70)" in str(error)


def test_a_geopackage_without_crs_is_refused(tmp_path):
    path = written(tmp_path / "z.gpkg", [SQUARE], crs=None)
    assert "système de coordonnées" in refusal(path).summary


@pytest.mark.parametrize("identifier", [-1, 0])
def test_an_undefined_crs_is_refused(tmp_path, identifier):
    path = written(tmp_path / "z.gpkg", [SQUARE])
    with sqlite3.connect(path) as base:
        base.execute("UPDATE gpkg_geometry_columns SET srs_id = ?", (identifier,))
        base.execute(
            "UPDATE gpkg_contents SET srs_id = ? WHERE data_type='features'", (identifier,)
        )
    base.close()
    assert "système de coordonnées" in refusal(path).summary


def test_degrees_called_metres_are_outside_france(tmp_path, communes):
    path = written(tmp_path / "z.gpkg", [SQUARE], crs=2154)
    with pytest.raises(PerimeterError) as refused:
        polygon_perimeters(path, communes)
    assert "hors de France" in refused.value.defects[0]


def test_metres_out_of_reach_are_refused(tmp_path):
    path = written(tmp_path / "z.gpkg", [shapely.box(0, 0, 1e12, 1e12)], crs=2154)
    assert "coordonnées" in refusal(path).summary


LINE = {"type": "LineString", "coordinates": [[1, 47], [2, 48]]}
POINT = {"type": "Point", "coordinates": [1, 47]}


def test_what_has_no_surface_is_all_listed_where_nothing_has_one(tmp_path):
    error = refusal(geojson(tmp_path / "z.geojson", LINE, None, POINT))
    assert error.summary.endswith("ne contient pas de polygones, mais 1 ligne et 1 point.")
    assert error.defects == (
        "entité 1 : ligne",
        "entité 2 : sans contour, ou de surface nulle",
        "entité 3 : point",
    )


def test_an_empty_feature_among_polygons_is_refused(tmp_path):
    square = shapely.geometry.mapping(SQUARE)
    error = refusal(geojson(tmp_path / "z.geojson", square, LINE, None, POINT))
    assert error.defects == ("entité 3 : sans contour, ou de surface nulle",)


@pytest.mark.parametrize("file", ["z.geojson", "z.gpkg", "z.kml", "z.gml", "z.fgb"])
def test_points_and_lines_among_polygons_are_left_aside_and_counted(tmp_path, file):
    point, line = shapely.Point(1, 47), shapely.LineString([(1, 47), (2, 48)])
    shapes = [SQUARE, point, line, point]
    names = ["A", "Mairie", "Route", "A"]
    read = read_polygon_file(written(tmp_path / file, shapes, nom=names))
    assert read["name"].tolist() == ["A"]
    assert read.geometry[0].equals(SQUARE)
    [note] = read.attrs["notes"]
    assert "2 points" in note and "1 ligne" in note


@pytest.mark.parametrize("file", ["z.geojson", "z.gpkg", "z.kml", "z.gml", "z.fgb"])
def test_polygons_of_a_collection_are_taken_and_it_is_said(tmp_path, file):
    other = shapely.box(2.2, 48.1, 2.3, 48.2)
    inner = shapely.GeometryCollection([other, shapely.LineString([(1, 47), (2, 48)])])
    mixed = shapely.GeometryCollection([SQUARE, shapely.Point(1, 47), inner])
    shapes = [mixed, shapely.GeometryCollection([shapely.Point(1, 47)])]
    read = read_polygon_file(written(tmp_path / file, shapes, nom=["A", "B"]))
    assert read["name"].tolist() == ["A"]
    assert read.geometry[0].equals(shapely.MultiPolygon([SQUARE, other]))
    # A KML has but one way to write a point, alone or in a collection.
    assert read.attrs["notes"][0].endswith((" : 1 collection de géométries.", " : 1 point."))
    assert "seuls leurs polygones sont pris (entité 1)" in read.attrs["notes"][1]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"<html>404</html>",
        b"\x00\xff\xfe",
        b'{"type":"FeatureCollection","features":[',
        b'{"type":"Polygon","coordinates":[[[1,47],[2,47],[2,1e999],[1,47]]]}',
        b'{"type":"Topology","objects":{}}',
    ],
)
@pytest.mark.parametrize("name", ["z.geojson", "z.gpkg"])
def test_what_is_no_file_of_polygons_is_refused(tmp_path, content, name):
    (tmp_path / name).write_bytes(content)
    refusal(tmp_path / name)


@pytest.mark.parametrize("name", ["z.geojson", "z.gpkg"])
def test_half_a_file_is_refused(tmp_path, outline, name):
    path = written(tmp_path / name, [outline] * 20)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    refusal(path)


def test_a_base_without_a_feature_is_refused(tmp_path):
    empty = written(tmp_path / "z.gpkg", [SQUARE])
    with sqlite3.connect(empty) as base:
        # The triggers of its index need functions that only a mapping program has.
        for (name,) in base.execute(
            "SELECT name FROM sqlite_master WHERE type='trigger'"
        ).fetchall():
            base.execute(f'DROP TRIGGER "{name}"')
        base.execute("DELETE FROM z")
    base.close()
    assert "aucun polygone" in refusal(empty).summary


def test_two_layers_of_polygons_are_refused_and_one_among_others_read(tmp_path):
    path = written(tmp_path / "z.gpkg", [SQUARE])
    points = gpd.GeoDataFrame(geometry=[shapely.Point(1, 47)], crs=4326)
    points.to_file(path, layer="mairies")
    read = read_polygon_file(path)
    assert read.attrs["notes"] == ("Couche lue : « z » ; laissées de côté : « mairies ».",)
    gpd.GeoDataFrame(geometry=[SQUARE], crs=4326).to_file(path, layer="autre")
    error = refusal(path)
    assert error.defects == ("couche « z » : --layer z", "couche « autre » : --layer autre")
    assert len(read_polygon_file(path, layer="AUTRE")) == 1


def test_polygons_without_a_name_among_named_ones_are_refused(tmp_path):
    path = written(tmp_path / "z.gpkg", [SQUARE] * 3, nom=["A", None, " "])
    assert refusal(path).defects == ("champ « nom » vide : entités 2, 3",)


@pytest.mark.parametrize("name", ["z.shp", "z.kml", "z.KMZ"])
def test_other_formats_say_what_to_save_as(tmp_path, name):
    (tmp_path / name).write_bytes(b"x")
    assert "GeoPackage" in refusal(tmp_path / name).remedy


def test_an_analysis_of_a_polygon(tmp_path, outline):
    zone = gpd.GeoSeries([outline], crs=4326).to_crs(2154).buffer(-2000)
    # A key of the five: nothing that is published about them may stick to it.
    path = written(tmp_path / "ouest_loiret.gpkg", list(zone), crs=2154)
    result = analyse(Request(perimeter=path), Options(draws=500))
    assert result.territories.index.tolist() == ["ouest_loiret"]
    assert result.table("facts").empty
    assert result.table("gaps").empty
    assert set(result.table("border")["territory"]) == {"ouest_loiret"}
    assert result.studies["ouest_loiret"].headline.scenario.label == "ouest_loiret"
    assert result.folder == "ouest_loiret"
    assert list(result.inputs) == ["ouest_loiret.gpkg"]

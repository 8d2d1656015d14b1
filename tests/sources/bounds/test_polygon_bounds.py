"""Polygons within bounds: what is wanted is chosen first, and nothing but the file is read."""

from __future__ import annotations

import json
import re
import socket
import sqlite3
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from cpts_geo.errors import PerimeterError
from cpts_geo.geography.perimeters._files.polygons import inside_shares, polygon_perimeters
from cpts_geo.geography.perimeters.request import Request
from cpts_geo.sources._bounds.limits import LIMITS
from cpts_geo.sources.analyst.polygons.file import read_polygon_file
from cpts_geo.sources.embedding import embedded

NAMES = ["CPTS du Nord", "CPTS de l’Est", "CPTS du Sud"]


def circle(place: int, vertices: int) -> shapely.Polygon:
    return shapely.Point(1.6 + place / 2, 47.9).buffer(0.2, quad_segs=vertices // 4)


@pytest.fixture(params=["zones.gpkg", "zones.geojson", "zones.shp"])
def zones(request, tmp_path: Path) -> Path:
    shapes = [circle(place, 40) for place in range(3)]
    path = tmp_path / request.param
    gpd.GeoDataFrame({"nom_cpts": NAMES}, geometry=shapes, crs=4326).to_file(path)
    return path


def refused(path: Path, **options: Any) -> str:
    with pytest.raises(PerimeterError) as caught:
        read_polygon_file(path, **options)
    return str(caught.value).replace("\u202f", " ")


def test_only_chooses_by_name_whatever_case_and_accents(zones: Path) -> None:
    asked = ["cpts  du SUD", "CPTS de l'est", "CPTS du Sud"]
    table = read_polygon_file(zones, only=asked)
    assert table["name"].tolist() == NAMES[1:]
    assert table.geometry[1].centroid.x == pytest.approx(2.6)


def test_only_refuses_unknown_names_with_those_near(zones: Path) -> None:
    said = refused(zones, only=["CPTS du Nort", "CPTS du Sud"])
    assert '« CPTS du Nort » : inconnu ; au plus près : --only "CPTS du Nord"' in said
    assert "CPTS du Sud » :" not in said


def test_only_needs_names(tmp_path: Path) -> None:
    path = tmp_path / "z.gpkg"
    gpd.GeoDataFrame({"code": [1]}, geometry=[circle(0, 40)], crs=4326).to_file(path)
    assert "ne nomme pas ses polygones" in refused(path, only=["A"])


def test_only_goes_with_a_title(zones: Path) -> None:
    communes = embedded.load_communes()
    found = polygon_perimeters(zones, communes, only=["cpts du nord"], name="Mon titre")
    assert found.identity["name"].tolist() == ["Mon titre"]
    with pytest.raises(PerimeterError, match=r"choisit parmi les territoires.*retirez-le"):
        Request(territories=("lvo",), only=("A",))
    with pytest.raises(PerimeterError, match=r"--layer : choisit une couche de polygones"):
        Request(territories=("lvo",), layer="A")


@pytest.mark.parametrize(
    ("key", "passes", "words"),
    [
        ("polygons_territories", 3, "nomme 3 territoires"),
        ("polygons_features", 3, "trop d’entités"),
        ("polygons_read", 3, "trop d’entités"),
        # Edges of half a degree are followed by a vertex a hundredth: more than the 123 drawn.
        ("polygons_vertices", 600, "trop de sommets"),
        ("polygons_vertices_each", 41, "trop de sommets (41 sommets"),
        ("polygons_rings", 3, "parties et de trous"),
        ("polygons_name", 13, "trop long"),
    ],
)
def test_each_bound_on_both_sides(
    zones: Path, monkeypatch: pytest.MonkeyPatch, key: str, passes: int, words: str
) -> None:
    monkeypatch.setitem(LIMITS, key, passes)
    assert len(read_polygon_file(zones)) == 3
    monkeypatch.setitem(LIMITS, key, passes - 1 if passes < 100 else 122)
    assert words in refused(zones)


@pytest.mark.parametrize("key", ["polygons_territories", "polygons_features", "polygons_rings"])
def test_bounds_hold_after_the_choice(
    zones: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setitem(LIMITS, key, 1)
    assert read_polygon_file(zones, only=["CPTS du Nord"])["name"].tolist() == NAMES[:1]


def test_layers_and_fields_are_bounded(zones: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "polygons_fields", 0)
    assert "trop de champs" in refused(zones)
    if zones.suffix == ".gpkg":
        monkeypatch.setitem(LIMITS, "polygons_layers", 0)
        assert "trop de couches" in refused(zones)


def test_slow_and_greedy_files_are_told(zones: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "polygons_seconds", 0)
    assert "n’ont pas pu être lus en" in refused(zones)


@pytest.mark.parametrize("name", ["EPSG:2154", "urn:ogc:def:crs:EPSG::2154", "EPSG:4326"])
def test_a_known_system_is_read(tmp_path: Path, name: str) -> None:
    code = int(name.rpartition(":")[2])
    [shape] = gpd.GeoSeries([circle(0, 40)], crs=4326).to_crs(code)
    said = json.loads(shapely.to_geojson(shape))
    said["crs"] = {"type": "name", "properties": {"name": name}}
    path = tmp_path / "z.geojson"
    path.write_text(json.dumps(said), encoding="utf-8")
    read = read_polygon_file(path)
    assert read.geometry[0].centroid.x == pytest.approx(1.6, abs=1e-3)
    assert read.attrs["notes"] == ()


def test_an_empty_system_is_said(tmp_path: Path) -> None:
    said = json.loads(shapely.to_geojson(circle(0, 40))) | {"crs": None}
    path = tmp_path / "z.geojson"
    path.write_text(json.dumps(said), encoding="utf-8")
    assert "lu en WGS84" in read_polygon_file(path).attrs["notes"][0]


def test_nothing_is_asked_of_the_network(tmp_path: Path) -> None:
    calls: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        ended = threading.Event()

        def listen() -> None:
            while not ended.is_set():
                try:
                    with server.accept()[0] as call:
                        calls.append(call.recv(10))
                except TimeoutError:
                    continue

        thread = threading.Thread(target=listen)
        thread.start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        square = json.loads(shapely.to_geojson(circle(0, 40)))
        link = {"type": "link", "properties": {"href": address, "type": "proj4"}}
        texts = [
            json.dumps(square | {"crs": link}),
            json.dumps(square | {"crs": link}).replace('"crs"', '"\\u0063rs"'),
            json.dumps(square | {"crs": {"type": "name", "properties": {"name": address}}}),
            json.dumps({"geometryType": "esriGeometryPolygon", "url": address, "features": []}),
            f"<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>{address}</SrcDataSource>"
            "</OGRVRTLayer></OGRVRTDataSource>",
            address,
        ]
        for text in texts:
            for suffix in (".geojson", ".kml", ".gml", ".fgb", ".zip"):
                path = tmp_path / f"z{suffix}"
                path.write_text(text, encoding="utf-8")
                refused(path)
        table = gpd.GeoDataFrame({"nom": ["A"]}, geometry=[circle(0, 40)], crs=4326)
        table.to_file(tmp_path / "a.gml")
        text = (tmp_path / "a.gml").read_text(encoding="utf-8")
        for attribute in ("schemaLocation", "srsName"):
            path = tmp_path / "z.gml"
            path.write_text(
                re.sub(f'{attribute}="[^"]*"', f'{attribute}="{address}"', text), "utf-8"
            )
            with suppress(PerimeterError):
                read_polygon_file(path)
        refused(Path(f"/vsicurl/{address}.geojson"))
        ended.set()
        thread.join()
    assert calls == []


def test_what_a_base_would_run_is_not_run(tmp_path: Path) -> None:
    path = tmp_path / "z.gpkg"
    gpd.GeoDataFrame({"nom": ["A"]}, geometry=[circle(0, 40)], crs=4326).to_file(path)
    with sqlite3.connect(path) as base:
        endless = "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT * FROM t"
        base.execute(f"CREATE VIEW autre AS {endless}")
        base.execute("CREATE TRIGGER t AFTER INSERT ON z BEGIN SELECT load_extension('x'); END")
    base.close()
    before = path.read_bytes()
    assert read_polygon_file(path)["name"].tolist() == ["A"]
    assert path.read_bytes() == before


def test_long_teeth_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    communes = embedded.load_communes()
    zone = circle(0, 400)
    monkeypatch.setattr("cpts_geo.geography.perimeters._files.polygons._TEETH", 1)
    assert len(inside_shares(zone, communes)) > 10
    monkeypatch.setattr("cpts_geo.geography.perimeters._files.polygons._CROSSED", 0)
    with pytest.raises(PerimeterError, match="va et vient"):
        inside_shares(zone, communes)


@pytest.mark.parametrize("names", [["\ud800x"], ["\ud800x", "b"], ["a\udfff", "a"]])
def test_half_a_character_in_a_name_is_replaced(tmp_path: Path, names: list[str]) -> None:
    ring = [[1, 47], [2, 47], [2, 48], [1, 47]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    features = [{"type": "Feature", "properties": {"nom": n}, "geometry": shape} for n in names]
    path = tmp_path / "z.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    found = list(read_polygon_file(path)["name"])
    assert found == [re.sub("[\ud800-\udfff]", "\ufffd", n) for n in names]

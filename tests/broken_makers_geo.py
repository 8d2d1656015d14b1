"""Inputs of the table of broken files: polygons, travel tables, changes of supply, scenarios."""

from __future__ import annotations

import json
import os
import sqlite3
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pytest
import shapely
from pyarrow import parquet

RING = [[1.6, 47.8], [1.9, 47.8], [1.9, 48.0], [1.6, 47.8]]
SQUARE = {"type": "Polygon", "coordinates": [RING]}
HEAD = "origine;destination;minutes\n"


def _text(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def _bytes(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def _drawn(folder: Path, *geometries: Any, **more: Any) -> Path:
    features = [
        {"type": "Feature", "properties": {"nom": "A"}, "geometry": each} for each in geometries
    ]
    said = {"type": "FeatureCollection", "features": features} | more
    return _text(folder, "zone.geojson", json.dumps(said))


def _base(folder: Path, *statements: str, fields: Sequence[str] = ()) -> Path:
    path = folder / "zone.gpkg"
    layer = gpd.GeoDataFrame(
        {"nom": ["A"]} | dict.fromkeys(fields, 1), geometry=[shapely.Polygon(RING)], crs=4326
    )
    layer.to_file(path)
    base = sqlite3.connect(path)
    base.create_function("ST_IsEmpty", 1, lambda _: 0)
    for name in ("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
        base.create_function(name, 1, lambda _: 0.0)
    with base:
        for statement in statements:
            base.execute(statement)
    base.close()
    return path


# ---- polygons: what kind of file


def poly_pipe(folder: Path) -> Path:
    if os.name == "nt":
        pytest.skip("Windows has no such file")
    os.mkfifo(folder / "zone.geojson")
    return folder / "zone.geojson"


def poly_folder(folder: Path) -> Path:
    (folder / "zone.gpkg").mkdir()
    return folder / "zone.gpkg"


def poly_of_an_address(folder: Path) -> Path:
    return Path("/vsicurl/http://127.0.0.1:9/zone.geojson")


def poly_shapefile(folder: Path) -> Path:
    return _bytes(folder, "zone.shp", b"\0\0\x27\x0a")


def poly_blank(folder: Path) -> Path:
    return _text(folder, "zone.geojson", "  \n ")


def poly_large(folder: Path) -> Path:
    path = folder / "zone.geojson"
    with path.open("wb") as file:
        file.truncate(200_000_001)
    return path


def poly_open_elsewhere(folder: Path) -> Path:
    path = _base(folder)
    _bytes(folder, "zone.gpkg-wal", b"pages")
    return path


# ---- polygons: what it holds


def poly_page(folder: Path) -> Path:
    return _text(folder, "zone.geojson", "<html>404</html>")


def poly_topology(folder: Path) -> Path:
    return _text(folder, "zone.json", '{"type": "Topology", "objects": {}, "arcs": []}')


def poly_esri(folder: Path) -> Path:
    return _text(folder, "zone.json", '{"geometryType": "esriGeometryPolygon", "features": []}')


def poly_vrt(folder: Path) -> Path:
    text = "<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>/etc/hosts</SrcDataSource>"
    return _text(folder, "zone.json", text)


def poly_base_named_json(folder: Path) -> Path:
    return _base(folder).rename(folder / "zone.geojson")


def poly_json_named_base(folder: Path) -> Path:
    return _drawn(folder, SQUARE).rename(folder / "zone.gpkg")


def poly_half(folder: Path) -> Path:
    text = _drawn(folder, SQUARE).read_text(encoding="utf-8")
    return _text(folder, "zone.geojson", text[: len(text) // 2])


def poly_half_base(folder: Path) -> Path:
    content = _base(folder).read_bytes()
    return _bytes(folder, "zone.gpkg", content[: len(content) // 2])


def poly_base_of_something_else(folder: Path) -> Path:
    base = sqlite3.connect(folder / "zone.gpkg")
    base.execute("CREATE TABLE t (a)")
    base.close()
    return folder / "zone.gpkg"


def poly_nested(folder: Path) -> Path:
    return _text(folder, "zone.geojson", '{"type":"Polygon","coordinates":' + "[" * 1_000_000)


def poly_nested_objects(folder: Path) -> Path:
    return _text(folder, "zone.geojson", '{"a":' * 100_000)


def poly_huge_number(folder: Path) -> Path:
    return _text(folder, "zone.geojson", '{"type":' + "9" * 5_000 + "}")


def poly_not_text(folder: Path) -> Path:
    return _bytes(folder, "zone.geojson", b'{"type": "\x81\x8d\xff"}')


def poly_features_of_numbers(folder: Path) -> Path:
    return _text(folder, "zone.geojson", '{"type": "FeatureCollection", "features": [1]}')


def poly_unknown_geometry(folder: Path) -> Path:
    return _drawn(folder, {"type": "Circle", "coordinates": [1, 47], "radius": 9})


def poly_text_coordinates(folder: Path) -> Path:
    return _drawn(folder, {"type": "Polygon", "coordinates": [[["1", "47"]] * 4]})


def poly_flat_coordinates(folder: Path) -> Path:
    return _drawn(folder, {"type": "Polygon", "coordinates": [1, 47, 2, 48]})


def poly_not_a_number(folder: Path) -> Path:
    return _drawn(folder, {"type": "Polygon", "coordinates": [[[1, 47], [2, float("nan")], *RING]]})


def poly_infinite(folder: Path) -> Path:
    text = '{"type":"Polygon","coordinates":[[[1,47],[2,47],[2,1e400],[1,47]]]}'
    return _text(folder, "zone.geojson", text)


def poly_far_away(folder: Path) -> Path:
    ring = [[0, 0], [1e308, 0], [1e308, 1e308], [0, 0]]
    return _drawn(folder, {"type": "Polygon", "coordinates": [ring]})


def poly_two_points(folder: Path) -> Path:
    return _drawn(folder, {"type": "Polygon", "coordinates": [RING[:2]]})


def poly_open_ring(folder: Path) -> Path:
    return _drawn(folder, {"type": "Polygon", "coordinates": [[*RING[:3], [1.7, 47.9]]]})


def poly_no_feature(folder: Path) -> Path:
    return _drawn(folder)


def poly_point(folder: Path) -> Path:
    return _drawn(folder, SQUARE, {"type": "Point", "coordinates": [1, 47]})


def poly_line(folder: Path) -> Path:
    return _drawn(folder, {"type": "LineString", "coordinates": RING})


def poly_nothing_drawn(folder: Path) -> Path:
    return _drawn(folder, SQUARE, None)


def poly_flat(folder: Path) -> Path:
    return _drawn(
        folder, {"type": "Polygon", "coordinates": [[[1, 47], [2, 47], [3, 47], [1, 47]]]}
    )


def poly_nameless(folder: Path) -> Path:
    features = [
        {"type": "Feature", "properties": {"nom": name}, "geometry": SQUARE} for name in ("A", None)
    ]
    said = {"type": "FeatureCollection", "features": features}
    return _text(folder, "zone.geojson", json.dumps(said))


# ---- polygons: systems of coordinates


def poly_unknown_code(folder: Path) -> Path:
    return _drawn(folder, SQUARE, crs={"type": "name", "properties": {"name": "EPSG:99999"}})


def poly_system_in_words(folder: Path) -> Path:
    return _drawn(folder, SQUARE, crs={"type": "name", "properties": {"name": "Lambert 93"}})


def poly_system_by_link(folder: Path) -> Path:
    link = {"href": "http://127.0.0.1:9/crs", "type": "ogcwkt"}
    return _drawn(folder, SQUARE, crs={"type": "link", "properties": link})


def poly_system_by_path(folder: Path) -> Path:
    return _drawn(folder, SQUARE, crs={"type": "name", "properties": {"name": "/etc/hosts"}})


def poly_system_as_text(folder: Path) -> Path:
    return _drawn(folder, SQUARE, crs="EPSG:2154")


def poly_two_systems(folder: Path) -> Path:
    other = {"type": "name", "properties": {"name": "EPSG:2154"}}
    said = {"type": "name", "properties": {"name": "EPSG:4326"}}
    return _drawn(folder, SQUARE | {"crs": other}, crs=said)


def poly_metres(folder: Path) -> Path:
    ring = [[6e5, 67e5], [62e4, 67e5], [62e4, 672e4], [6e5, 67e5]]
    return _drawn(folder, {"type": "Polygon", "coordinates": [ring]})


def poly_no_system(folder: Path) -> Path:
    return _base(folder, "UPDATE gpkg_geometry_columns SET srs_id = 0")


# ---- polygons: a base that is made to run something


def poly_view(folder: Path) -> Path:
    return _base(
        folder,
        "ALTER TABLE zone RENAME TO dessous",
        "CREATE VIEW zone AS SELECT * FROM dessous",
        "UPDATE gpkg_contents SET table_name = 'zone' WHERE table_name = 'dessous'",
        "UPDATE gpkg_geometry_columns SET table_name = 'zone'",
    )


def poly_endless_view(folder: Path) -> Path:
    endless = "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT max(x) FROM t"
    return _base(
        folder,
        "DROP TABLE gpkg_spatial_ref_sys",
        f"CREATE VIEW gpkg_spatial_ref_sys AS {endless}",
    )


def poly_grid_file(folder: Path) -> Path:
    """A system of coordinates that names a file its library would open."""
    degrees = (
        'CS[ellipsoidal,2],AXIS["lat",north],AXIS["lon",east],UNIT["degree",0.0174532925199433]'
    )
    datum = 'DATUM["{0}",ELLIPSOID["{0}",6378137,298.257223563]]'
    asked = f'GEOGCRS["x",{datum.format("x")},{degrees}]'
    known = f'GEOGCRS["WGS 84",{datum.format("WGS 84")},{degrees},ID["EPSG",4326]]'
    file = 'PARAMETERFILE["Latitude and longitude difference file","grille.gsb"]'
    change = f'ABRIDGEDTRANSFORMATION["x",METHOD["NTv2",ID["EPSG",9615]],{file}]'
    bound = f"BOUNDCRS[SOURCECRS[{asked}],TARGETCRS[{known}],{change}]"
    update = "UPDATE gpkg_spatial_ref_sys SET organization = 'NONE', definition = "
    return _base(folder, f"{update}'{bound}'")


def poly_virtual_table(folder: Path) -> Path:
    return _base(
        folder,
        "ALTER TABLE zone RENAME TO dessous",
        "CREATE VIRTUAL TABLE zone USING fts5(nom, geom)",
        "UPDATE gpkg_contents SET table_name = 'zone' WHERE table_name = 'dessous'",
        "UPDATE gpkg_geometry_columns SET table_name = 'zone'",
    )


def poly_two_layers(folder: Path) -> Path:
    path = _base(folder)
    layer = gpd.GeoDataFrame(geometry=[shapely.Polygon(RING)], crs=4326)
    layer.to_file(path, layer="autre")
    return path


def poly_layer_of_points(folder: Path) -> Path:
    gpd.GeoDataFrame(geometry=[shapely.Point(1, 47)], crs=4326).to_file(folder / "zone.gpkg")
    return folder / "zone.gpkg"


def poly_wrong_blob(folder: Path) -> Path:
    return _base(folder, "UPDATE zone SET geom = x'DEADBEEF00112233445566'")


def poly_cut_blob(folder: Path) -> Path:
    blob = b"GP\0\1" + struct.pack("<i", 4326) + b"\1\3\0\0\0\xff\xff\xff\x7f"
    return _base(folder, f"UPDATE zone SET geom = x'{blob.hex()}'")


def poly_many_fields(folder: Path) -> Path:
    properties = {f"c{n}": 1 for n in range(1_001)}
    feature = {"type": "Feature", "properties": properties, "geometry": SQUARE}
    return _text(folder, "zone.geojson", json.dumps(feature))


def poly_many_territories(folder: Path) -> Path:
    features = [
        {"type": "Feature", "properties": {"nom": f"T{n}"}, "geometry": SQUARE} for n in range(101)
    ]
    said = {"type": "FeatureCollection", "features": features}
    return _text(folder, "zone.geojson", json.dumps(said))


def poly_long_name(folder: Path) -> Path:
    feature = {"type": "Feature", "properties": {"nom": "A" * 32_768}, "geometry": SQUARE}
    return _text(folder, "zone.geojson", json.dumps(feature))


def poly_long_teeth(folder: Path) -> Path:
    # Few vertices, but the edges of a comb as wide as Europe are followed closely.
    ring = [[n % 2 * 40, 40 + n / 1_000] for n in range(8_000)]
    return _drawn(folder, {"type": "Polygon", "coordinates": [[*ring, [41, 40], ring[0]]]})


# ---- travel tables


def trav_pipe(folder: Path) -> Path:
    if os.name == "nt":
        pytest.skip("Windows has no such file")
    os.mkfifo(folder / "temps.csv")
    return folder / "temps.csv"


def trav_workbook(folder: Path) -> Path:
    return _bytes(folder, "temps.xlsx", b"PK\3\4")


def trav_blank(folder: Path) -> Path:
    return _text(folder, "temps.csv", "\n \n")


def trav_large(folder: Path) -> Path:
    path = folder / "temps.csv"
    with path.open("wb") as file:
        file.truncate(1_000_000_001)
    return path


def trav_nul(folder: Path) -> Path:
    return _text(folder, "temps.csv", HEAD + "45130;45203;9\0\n")


def trav_half_pair(folder: Path) -> Path:
    content = b"\xff\xfe" + HEAD.encode("utf-16-le") + b"\x00\xd8\n\0"
    return _bytes(folder, "temps.csv", content)


def trav_long_line(folder: Path) -> Path:
    return _text(folder, "temps.csv", HEAD + "4" * 1_000_001 + ";45203;9\n")


def trav_many_columns(folder: Path) -> Path:
    return _text(folder, "temps.csv", "id;" + ";".join(["45130"] * 40_000) + "\n45130;1\n")


def trav_many_pairs(folder: Path) -> Path:
    header = "id;" + ";".join(f"{code:05d}" for code in range(1_001, 21_001))
    return _text(folder, "temps.csv", header + "\n" + "x\n" * 2_001)


def trav_other_width(folder: Path) -> Path:
    return _text(folder, "temps.csv", HEAD + "45130;45203\n" * 20_000)


def trav_other_figures(folder: Path) -> Path:
    return _text(folder, "temps.csv", HEAD + "45130;45203;١٢\n")


def trav_overflow(folder: Path) -> Path:
    return _text(folder, "temps.csv", HEAD + "45130;45203;1e400\n")


def trav_boolean(folder: Path) -> Path:
    return _text(folder, "temps.csv", HEAD + "45130;45203;True\n")


def trav_doubled_header(folder: Path) -> Path:
    return _text(folder, "temps.csv", "id;45130;45130;45203\n45130;0;1;9\n45203;9;9;0\n")


def trav_doubled_role(folder: Path) -> Path:
    return _text(folder, "temps.csv", "origine;destination;minutes;minutes\n45130;45203;9;9\n")


def trav_noise_parquet(folder: Path) -> Path:
    return _bytes(folder, "temps.parquet", b"PAR1" + bytes(range(200)) * 5 + b"PAR1")


def trav_nested_parquet(folder: Path) -> Path:
    table = pa.table({"origine": ["45130"], "destination": ["45203"], "minutes": [[9.0]]})
    parquet.write_table(table, folder / "temps.parquet")
    return folder / "temps.parquet"


def trav_record_parquet(folder: Path) -> Path:
    table = pa.table({"origine": ["45130"], "trajet": [{"destination": "45203", "minutes": 9.0}]})
    parquet.write_table(table, folder / "temps.parquet")
    return folder / "temps.parquet"


def trav_row_bomb(folder: Path) -> Path:
    path = folder / "temps.parquet"
    code = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000_000, pa.int8()), ["45130"])
    block = pa.table({"origine": code, "destination": code, "minutes": code})
    with parquet.ParquetWriter(path, block.schema) as writer:
        for _ in range(41):
            writer.write_table(block)
    return path


def trav_wide_parquet(folder: Path) -> Path:
    table = pa.table({f"c{place}": pa.array([1], pa.int8()) for place in range(40_001)})
    parquet.write_table(table, folder / "temps.parquet")
    return folder / "temps.parquet"


def trav_cut_parquet(folder: Path) -> Path:
    frame = pd.DataFrame({"origine": ["45130"] * 99, "destination": "45203", "minutes": 9.0})
    content = frame.to_parquet()
    return _bytes(folder, "temps.parquet", content[: len(content) // 2])


# ---- lists of communes, as names


def list_very_long_name(folder: Path) -> Path:
    return _text(folder, "liste.csv", "commune;departement\n" + "Dry " * 60 + ";45\n")


def list_no_departement(folder: Path) -> Path:
    return _text(folder, "liste.csv", "commune;departement\nDry;99\n")


def list_thousands_or_decimals(folder: Path) -> Path:
    return _text(folder, "liste.csv", "commune;population\nDry;12.000\n")


def list_endless_figures(folder: Path) -> Path:
    return _text(folder, "liste.csv", "commune;population\nDry;" + "9" * 400 + "\n")


def list_true_people(folder: Path) -> Path:
    return _text(folder, "liste.csv", "commune;population\nDry;VRAI\n")


# ---- changes of supply, scenarios, commands


def chg_unknown(folder: Path) -> Path:
    return _text(folder, "c.txt", "départ:Qwxzyq")


def chg_infinite(folder: Path) -> Path:
    return _text(folder, "c.txt", "arrivée:Pithiviers:inf")


def chg_sign(folder: Path) -> Path:
    return _text(folder, "c.txt", "arrivée:Pithiviers:∞")


def chg_thousands(folder: Path) -> Path:
    return _text(folder, "c.txt", "arrivée:Pithiviers:5.400")


def chg_underscore(folder: Path) -> Path:
    return _text(folder, "c.txt", "arrivée:Pithiviers:5_400")


def chg_too_many(folder: Path) -> Path:
    return _text(folder, "c.txt", "départ:Pithiviers\n" * 4)


def chg_template(folder: Path) -> Path:
    return _text(folder, "c.txt", "{{7*7}}:Pithiviers")


def chg_long_name(folder: Path) -> Path:
    return _text(folder, "c.txt", "départ:" + "a" * 10_000)


def _scenario(folder: Path, value: str) -> Path:
    return _text(folder, "s.toml", f'base = "lvo"\npopulation = {value}\n')


def scen_infinite(folder: Path) -> Path:
    return _scenario(folder, "inf")


def scen_not_a_number(folder: Path) -> Path:
    return _scenario(folder, "nan")


def scen_overflow(folder: Path) -> Path:
    return _scenario(folder, "1e400")


def scen_boolean(folder: Path) -> Path:
    return _scenario(folder, "true")


def scen_text(folder: Path) -> Path:
    return _scenario(folder, '"40 000"')


def scen_negative(folder: Path) -> Path:
    return _scenario(folder, "-5")


def scen_larger_than_the_world(folder: Path) -> Path:
    return _scenario(folder, "1e300")


def _command(folder: Path, *words: str) -> Path:
    return _text(folder, "commande.txt", "\n".join(words))


def cmd_only_without_polygons(folder: Path) -> Path:
    return _command(folder, "report", "ouest_loiret", "--only", "A")


def cmd_draws_infinite(folder: Path) -> Path:
    return _command(folder, "report", "ouest_loiret", "--draws", "inf")


def cmd_draws_negative(folder: Path) -> Path:
    return _command(folder, "report", "ouest_loiret", "--draws=-5")


def cmd_unknown_key(folder: Path) -> Path:
    return _command(folder, "report", "ouest_loire")


def cmd_unknown_epci(folder: Path) -> Path:
    return _command(folder, "report", "--epci", "CC Qwxzyq")

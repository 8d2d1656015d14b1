"""Inputs of the table of broken files: polygons, travel tables, changes of supply, scenarios."""

from __future__ import annotations

import json
import sqlite3
import struct
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import shapely
from pyarrow import parquet

from tests.broken_makers_door import Maker, _pipe, _sparse, _written

RING = [[1.6, 47.8], [1.9, 47.8], [1.9, 48.0], [1.6, 47.8]]
SQUARE = {"type": "Polygon", "coordinates": [RING]}
HEAD = "origine;destination;minutes\n"


def _features(*drawn: tuple[dict[str, Any], Any], **more: Any) -> Maker:
    """Make a GeoJSON of (properties, geometry)."""
    features = [{"type": "Feature", "properties": said, "geometry": shape} for said, shape in drawn]
    content = {"type": "FeatureCollection", "features": features} | more
    return _written("zone.geojson", json.dumps(content))


def _drawn(*geometries: Any, **more: Any) -> Maker:
    return _features(*(({"nom": "A"}, each) for each in geometries), **more)


def _polygon(*rings: Any) -> Maker:
    return _drawn({"type": "Polygon", "coordinates": rings})


def _crs(name: str) -> dict[str, Any]:
    return {"type": "name", "properties": {"name": name}}


def _base(*statements: str) -> Maker:
    """Make a GeoPackage of one polygon, then run these on it."""

    def make(folder: Path) -> Path:
        path = folder / "zone.gpkg"
        gpd.GeoDataFrame({"nom": ["A"]}, geometry=[shapely.Polygon(RING)], crs=4326).to_file(path)
        base = sqlite3.connect(path)
        base.create_function("ST_IsEmpty", 1, lambda _: 0)
        for name in ("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
            base.create_function(name, 1, lambda _: 0.0)
        with base:
            for statement in statements:
                base.execute(statement)
        base.close()
        return path

    return make


def _changed(make: Maker, change: Callable[[bytes], bytes], name: str = "") -> Maker:
    """Make a file whose bytes are changed, under another name where one is given."""

    def made(folder: Path) -> Path:
        path = make(folder)
        return _written(name or path.name, change(path.read_bytes()))(folder)

    return made


def _half(content: bytes) -> bytes:
    return content[: len(content) // 2]


# ---- polygons: what kind of file

poly_pipe = _pipe("zone.geojson")
poly_shapefile = _written("zone.shp", b"\0\0\x27\x0a")
poly_blank = _written("zone.geojson", "  \n ")
poly_large = _sparse("zone.geojson", 200_000_001)


def poly_folder(folder: Path) -> Path:
    (folder / "zone.gpkg").mkdir()
    return folder / "zone.gpkg"


def poly_of_an_address(folder: Path) -> Path:
    return Path("/vsicurl/http://127.0.0.1:9/zone.geojson")


def poly_open_elsewhere(folder: Path) -> Path:
    path = _base()(folder)
    (folder / "zone.gpkg-wal").write_bytes(b"pages")
    return path


# ---- polygons: what it holds

_VRT = "<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>/etc/hosts</SrcDataSource>"
poly_page = _written("zone.geojson", "<html>404</html>")
poly_topology = _written("zone.json", '{"type": "Topology", "objects": {}, "arcs": []}')
poly_esri = _written("zone.json", '{"geometryType": "esriGeometryPolygon", "features": []}')
poly_vrt = _written("zone.json", _VRT)
poly_base_named_json = _changed(_base(), bytes, "zone.geojson")
poly_json_named_base = _changed(_drawn(SQUARE), bytes, "zone.gpkg")
poly_half = _changed(_drawn(SQUARE), _half)
poly_half_base = _changed(_base(), _half)
poly_nested = _written("zone.geojson", '{"type":"Polygon","coordinates":' + "[" * 1_000_000)
poly_nested_objects = _written("zone.geojson", '{"a":' * 100_000)
poly_huge_number = _written("zone.geojson", '{"type":' + "9" * 5_000 + "}")
poly_not_text = _written("zone.geojson", b'{"type": "\x81\x8d\xff"}')
poly_features_of_numbers = _written(
    "zone.geojson", '{"type": "FeatureCollection", "features": [1]}'
)
poly_unknown_geometry = _drawn({"type": "Circle", "coordinates": [1, 47], "radius": 9})
poly_text_coordinates = _polygon([["1", "47"]] * 4)
poly_flat_coordinates = _polygon(1, 47, 2, 48)
poly_not_a_number = _polygon([[1, 47], [2, float("nan")], *RING])
poly_infinite = _written(
    "zone.geojson", '{"type":"Polygon","coordinates":[[[1,47],[2,47],[2,1e400],[1,47]]]}'
)
poly_far_away = _polygon([[0, 0], [1e308, 0], [1e308, 1e308], [0, 0]])
poly_two_points = _polygon(RING[:2])
poly_open_ring = _polygon([*RING[:3], [1.7, 47.9]])
poly_no_feature = _drawn()
poly_point = _drawn({"type": "Point", "coordinates": [1, 47]})
poly_line = _drawn({"type": "LineString", "coordinates": RING})
poly_nothing_drawn = _drawn(SQUARE, None)
poly_flat = _polygon([[1, 47], [2, 47], [3, 47], [1, 47]])
poly_nameless = _features(({"nom": "A"}, SQUARE), ({"nom": None}, SQUARE))


#: The library quotes, in its message, a definition that is no text.
poly_base_of_no_text = _changed(
    _base(),
    lambda content: content.replace(
        b"CREATE TABLE gpkg_contents", b"CREATE \x82ABLE gpkg_contents"
    ),
)


def poly_base_of_something_else(folder: Path) -> Path:
    base = sqlite3.connect(folder / "zone.gpkg")
    base.execute("CREATE TABLE t (a)")
    base.close()
    return folder / "zone.gpkg"


# ---- polygons: systems of coordinates

_LINK = {"href": "http://127.0.0.1:9/crs", "type": "ogcwkt"}
poly_unknown_code = _drawn(SQUARE, crs=_crs("EPSG:99999"))
poly_system_in_words = _drawn(SQUARE, crs=_crs("Lambert 93"))
poly_system_by_link = _drawn(SQUARE, crs={"type": "link", "properties": _LINK})
poly_system_by_path = _drawn(SQUARE, crs=_crs("/etc/hosts"))
poly_system_as_text = _drawn(SQUARE, crs="EPSG:2154")
poly_two_systems = _drawn(SQUARE | {"crs": _crs("EPSG:2154")}, crs=_crs("EPSG:4326"))
poly_metres = _polygon([[6e5, 67e5], [62e4, 67e5], [62e4, 672e4], [6e5, 67e5]])
poly_no_system = _base("UPDATE gpkg_geometry_columns SET srs_id = 0")


# ---- polygons: a base that is made to run something


def _hidden_behind(statement: str) -> Maker:
    """Make a base whose layer is not the table of that name any more."""
    return _base(
        "ALTER TABLE zone RENAME TO dessous",
        statement,
        "UPDATE gpkg_contents SET table_name = 'zone' WHERE table_name = 'dessous'",
        "UPDATE gpkg_geometry_columns SET table_name = 'zone'",
    )


poly_view = _hidden_behind("CREATE VIEW zone AS SELECT * FROM dessous")
poly_virtual_table = _hidden_behind("CREATE VIRTUAL TABLE zone USING fts5(nom, geom)")
_ENDLESS = "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT max(x) FROM t"
poly_endless_view = _base(
    "DROP TABLE gpkg_spatial_ref_sys", f"CREATE VIEW gpkg_spatial_ref_sys AS {_ENDLESS}"
)
poly_wrong_blob = _base("UPDATE zone SET geom = x'DEADBEEF00112233445566'")
_CUT = b"GP\0\1" + struct.pack("<i", 4326) + b"\1\3\0\0\0\xff\xff\xff\x7f"
poly_cut_blob = _base(f"UPDATE zone SET geom = x'{_CUT.hex()}'")


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
    return _base(f"{update}'{bound}'")(folder)


def poly_two_layers(folder: Path) -> Path:
    path = _base()(folder)
    layer = gpd.GeoDataFrame(geometry=[shapely.Polygon(RING)], crs=4326)
    layer.to_file(path, layer="autre")
    return path


def poly_layer_of_points(folder: Path) -> Path:
    gpd.GeoDataFrame(geometry=[shapely.Point(1, 47)], crs=4326).to_file(folder / "zone.gpkg")
    return folder / "zone.gpkg"


poly_many_fields = _features(({f"c{n}": 1 for n in range(1_001)}, SQUARE))
poly_many_territories = _features(*(({"nom": f"T{n}"}, SQUARE) for n in range(101)))
poly_long_name = _features(({"nom": "A" * 32_768}, SQUARE))
# Few vertices, but the edges of a comb as wide as Europe are followed closely.
_TEETH = [[n % 2 * 40, 40 + n / 1_000] for n in range(8_000)]
poly_long_teeth = _polygon([*_TEETH, [41, 40], _TEETH[0]])


# ---- travel tables


def _pairs(*lines: str) -> Maker:
    return _written("temps.csv", HEAD + "".join(f"{line}\n" for line in lines))


def _parquet(make: Callable[[], Iterable[pa.Table]]) -> Maker:
    """Make a Parquet file of the blocks that are given when it is needed."""

    def made(folder: Path) -> Path:
        first, *others = make()
        with parquet.ParquetWriter(folder / "temps.parquet", first.schema) as writer:
            for block in (first, *others):
                writer.write_table(block)
        return folder / "temps.parquet"

    return made


def _one_row(columns: dict[str, Sequence[Any]]) -> Maker:
    return _parquet(lambda: [pa.table(columns)])


def _row_bomb() -> list[pa.Table]:
    code = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000_000, pa.int8()), ["45130"])
    return [pa.table({"origine": code, "destination": code, "minutes": code})] * 41


trav_pipe = _pipe("temps.csv")
trav_workbook = _written("temps.xlsx", b"PK\3\4")
trav_blank = _written("temps.csv", "\n \n")
trav_large = _sparse("temps.csv", 1_000_000_001)
trav_nul = _pairs("45130;45203;9\0")
trav_half_pair = _written("temps.csv", b"\xff\xfe" + HEAD.encode("utf-16-le") + b"\x00\xd8\n\0")
trav_long_line = _pairs("4" * 1_000_001 + ";45203;9")
trav_many_columns = _written("temps.csv", "id;" + ";".join(["45130"] * 40_000) + "\n45130;1\n")
trav_many_pairs = _written(
    "temps.csv", "id;" + ";".join(f"{n:05d}" for n in range(1_001, 21_001)) + "\n" + "x\n" * 2_001
)
trav_other_width = _pairs(*["45130;45203"] * 20_000)
trav_other_figures = _pairs("45130;45203;١٢")
trav_overflow = _pairs("45130;45203;1e400")
trav_boolean = _pairs("45130;45203;True")
trav_doubled_header = _written("temps.csv", "id;45130;45130;45203\n45130;0;1;9\n45203;9;9;0\n")
trav_doubled_role = _written("temps.csv", "origine;destination;minutes;minutes\n45130;45203;9;9\n")
trav_noise_parquet = _written("temps.parquet", b"PAR1" + bytes(range(200)) * 5 + b"PAR1")
trav_nested_parquet = _one_row({"origine": ["45130"], "destination": ["45203"], "minutes": [[9.0]]})
trav_record_parquet = _one_row(
    {"origine": ["45130"], "trajet": [{"destination": "45203", "minutes": 9.0}]}
)
trav_row_bomb = _parquet(_row_bomb)
trav_wide_parquet = _parquet(lambda: [pa.table({f"c{n}": pa.array([1]) for n in range(40_001)})])
_FRAME = pd.DataFrame({"origine": ["45130"] * 99, "destination": "45203", "minutes": 9.0})
trav_cut_parquet = _written("temps.parquet", _half(_FRAME.to_parquet()))

# ---- lists of communes, as names

list_very_long_name = _written("liste.csv", "commune;departement\n" + "Dry " * 60 + ";45\n")
list_no_departement = _written("liste.csv", "commune;departement\nDry;99\n")

# ---- changes of supply, scenarios, commands

chg_unknown = _written("c.txt", "départ:Qwxzyq")
chg_infinite = _written("c.txt", "arrivée:Pithiviers:inf")
chg_sign = _written("c.txt", "arrivée:Pithiviers:∞")
chg_thousands = _written("c.txt", "arrivée:Pithiviers:5.400")
chg_underscore = _written("c.txt", "arrivée:Pithiviers:5_400")
chg_too_many = _written("c.txt", "départ:Pithiviers\n" * 4)
chg_template = _written("c.txt", "{{7*7}}:Pithiviers")
chg_long_name = _written("c.txt", "départ:" + "a" * 10_000)


def _scenario(value: str) -> Maker:
    return _written("s.toml", f'base = "lvo"\npopulation = {value}\n')


scen_infinite = _scenario("inf")
scen_not_a_number = _scenario("nan")
scen_overflow = _scenario("1e400")
scen_boolean = _scenario("true")
scen_text = _scenario('"40 000"')
scen_negative = _scenario("-5")
scen_larger_than_the_world = _scenario("1e300")


def _command(*words: str) -> Maker:
    return _written("commande.txt", "\n".join(words))


cmd_only_without_polygons = _command("report", "ouest_loiret", "--only", "A")
cmd_draws_infinite = _command("report", "ouest_loiret", "--draws", "inf")
cmd_draws_negative = _command("report", "ouest_loiret", "--draws=-5")
cmd_unknown_key = _command("report", "ouest_loire")
cmd_unknown_epci = _command("report", "--epci", "CC Qwxzyq")

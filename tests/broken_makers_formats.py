"""Inputs of the table of broken files: polygons as shapefile, KML, FlatGeobuf and GML."""

from __future__ import annotations

import io
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import shapely

from tests.broken_makers_door import Maker, _written

_RING = [(1.6, 47.8), (1.9, 47.8), (1.9, 48.0), (1.6, 47.8)]
_TEXT = " ".join(f"{x},{y}" for x, y in _RING)
_OUTLINE = f"<outerBoundaryIs><LinearRing><coordinates>{_TEXT}</coordinates></LinearRing>"
_PLACE = f"<Placemark><name>A</name><Polygon>{_OUTLINE}</outerBoundaryIs></Polygon></Placemark>"
_POINT = "<Placemark><name>A</name><Point><coordinates>1,47</coordinates></Point></Placemark>"


def _kml(*folders: str, head: str = "") -> str:
    """Text of a KML of these placemarks, a folder each."""
    inside = "".join(
        f"<Folder><name>dossier {rank}</name>{each}</Folder>" for rank, each in enumerate(folders)
    )
    start = f'<?xml version="1.0" encoding="UTF-8"?>{head}'
    return f'{start}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{inside}</Document></kml>'


def _drawn_in(path: Path) -> Path:
    """Write one territory in the format of a suffix."""
    layer = gpd.GeoDataFrame({"nom": ["A"]}, geometry=[shapely.Polygon(_RING)], crs=4326)
    layer.to_file(path)
    return path


def _shapefile(*gone: str, **cut: int) -> Maker:
    """Make a shapefile without the files of these suffixes, others cut at so many bytes."""

    def make(folder: Path) -> Path:
        path = _drawn_in(folder / "zone.shp")
        for suffix in gone:
            path.with_suffix(suffix).unlink()
        for suffix, length in cut.items():
            part = path.with_suffix(f".{suffix}")
            part.write_bytes(part.read_bytes()[:length])
        return path

    return make


def _zip(name: str, **members: str | bytes) -> Maker:
    """Make an archive of members, whose names have a point for two underscores."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member.replace("__", "."), content)
    return _written(name, whole.getvalue())


def _changed(name: str, change: Callable[[bytes], bytes]) -> Maker:
    """Make a file of one territory whose bytes are changed."""
    return lambda folder: _written(name, change(_drawn_in(folder / name).read_bytes()))(folder)


def shp_of_two_names(folder: Path) -> Path:
    first, second = _drawn_in(folder / "a.shp"), _drawn_in(folder / "b.shp")
    with zipfile.ZipFile(folder / "zones.zip", "w") as archive:
        for path in (first, second):
            for part in folder.glob(f"{path.stem}.*"):
                if part.suffix != ".zip":
                    archive.write(part, part.name)
    return folder / "zones.zip"


def shp_index_of_another(folder: Path) -> Path:
    path = _drawn_in(folder / "zone.shp")
    shapes = [shapely.Polygon(_RING)] * 2
    gpd.GeoDataFrame({"nom": ["A", "B"]}, geometry=shapes, crs=4326).to_file(folder / "b.shp")
    (folder / "b.shx").replace(path.with_suffix(".shx"))
    return path


shp_alone = _shapefile(".shx", ".dbf", ".prj", ".cpg")
shp_without_system = _shapefile(".prj")
shp_cut = _shapefile(shp=120)
shp_cut_header = _shapefile(shx=40)
shp_cut_names = _shapefile(dbf=60)
shp_cut_index = _shapefile(shx=100)
shp_index_alone = _written("zone.shx", b"\0\0\x27\x0a")
shp_archive_of_texts = _zip("zone.zip", lisez_moi__txt="bonjour")
shp_archive_that_leaves = _zip("zone.zip", **{"../zone__shp": b"x"})
shp_archive_bomb = _zip("zone.zip", zone__shp=bytes(200_000_001))
shp_no_archive = _written("zone.zip", b"PK\3\4 et puis rien")

_BOMB = '<!DOCTYPE kml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
kml_entities = _written("zone.kml", _kml(_PLACE, head=_BOMB))
kml_outside_entity = _written(
    "zone.kml", _kml(_PLACE, head='<!DOCTYPE kml [<!ENTITY a SYSTEM "file:///etc/hosts">]>')
)
kml_unknown_encoding = _written("zone.kml", _kml(_PLACE).replace("UTF-8", "UTF-1"))
kml_cut = _written("zone.kml", _kml(_PLACE)[:-40])
kml_page = _written("zone.kml", "<html><body>404</body></html>")
kml_two_folders = _written("zone.kml", _kml(_PLACE, _PLACE))
kml_points = _written("zone.kml", _kml(_POINT))
kml_empty = _written("zone.kml", _kml())
kml_link_only = _written(
    "zone.kml",
    _kml("<NetworkLink><Link><href>http://127.0.0.1:9/a.kml</href></Link></NetworkLink>"),
)
kmz_of_two = _zip("zone.kmz", a__kml=_kml(_PLACE), b__kml=_kml(_PLACE))
kmz_of_none = _zip("zone.kmz", images__png=b"x")
fgb_cut = _changed("zone.fgb", lambda content: content[:-60])
fgb_text = _written("zone.fgb", _kml(_PLACE))
gml_cut = _changed("zone.gml", lambda content: content[: len(content) // 2])
gml_of_another_kind = _written("zone.gml", _kml(_PLACE))
gml_without_system = _changed("zone.gml", lambda content: content.replace(b"srsName", b"autre"))


def gpkg_of_arcs(folder: Path) -> Path:
    """A surface whose limit is a circle, as its format allows."""
    path = _drawn_in(folder / "zone.gpkg")
    arc = struct.pack("<BIIBII6d", 1, 10, 1, 1, 8, 3, 1.6, 47.8, 1.9, 48.0, 1.6, 47.8)
    blob = b"GP\0\1" + struct.pack("<i", 4326) + arc
    base = sqlite3.connect(path)
    base.create_function("ST_IsEmpty", 1, lambda _: 0)
    for name in ("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
        base.create_function(name, 1, lambda _: 0.0)
    with base:
        base.execute("UPDATE zone SET geom = ?", (blob,))
    base.close()
    return path

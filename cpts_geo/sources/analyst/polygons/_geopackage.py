"""Runs in the process apart: the features of a GeoPackage, a SQLite base of plain tables.

Views and virtual tables are not read: what they run is chosen by who made the file.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from cpts_geo.errors import PerimeterError, one_line, quoted
from cpts_geo.sources._bounds.limits import LIMITS, hold
from cpts_geo.sources._conventions.archives import SQLITE
from cpts_geo.sources.analyst.polygons._layer import (
    EXPORT,
    Layer,
    name_field,
    one_name,
    unclosed,
    unreadable,
)

_TABLES = ("gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys")
_NOT_AREAS = ("POINT", "LINESTRING", "MULTIPOINT", "MULTILINESTRING", "CURVE", "MULTICURVE")
_LAYERS = """
    SELECT g.table_name, g.column_name, g.geometry_type_name, g.srs_id
    FROM gpkg_geometry_columns AS g JOIN gpkg_contents AS c ON c.table_name = g.table_name
    WHERE c.data_type = 'features' LIMIT ?
"""
#: Bytes of the envelope in the header of a geometry, by its code.
_ENVELOPES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
#: What makes a definition name files, which its library would open.
_FILES: Final = re.compile(r"PARAMETERFILE|grids|BOUNDCRS|PROJ4|\binit\b", re.IGNORECASE)


def geopackage_layer(content: bytes, name: str) -> Layer:
    """Read the features of the only layer of polygons of a GeoPackage, in the order of their
    identifiers."""
    if not content.startswith(SQLITE):
        raise unreadable(name)
    try:
        return _layer(_opened(content), name)
    except (sqlite3.Error, OverflowError) as error:
        raise unreadable(name) from error


def _opened(content: bytes) -> sqlite3.Connection:
    """The base, in memory, that may neither write nor run what it holds."""
    base = sqlite3.connect(":memory:")
    # A base in memory has no journal beside it: it is read as one that never had.
    base.deserialize(content[:18] + b"\x01\x01" + content[20:])
    base.text_factory = lambda text: text.decode("utf-8", errors="replace")
    for rule in ("trusted_schema = OFF", "cell_size_check = ON", "query_only = ON"):
        base.execute(f"PRAGMA {rule}")
    return base


def _layer(base: sqlite3.Connection, name: str) -> Layer:
    """Layer of polygons of a base, its shapes read when asked for."""
    for table in _TABLES:
        _check_table(base, table, name)
    drawn = base.execute(_LAYERS, (LIMITS["polygons_layers"] + 1,)).fetchall()
    hold("polygons_layers", len(drawn), PerimeterError, name=name)
    table, column, srs, notes = _chosen(drawn, name)
    _check_table(base, table, name)
    columns = [row[1] for row in base.execute(f"PRAGMA table_xinfo({_quoted(table)})")]
    if column not in columns:
        raise unreadable(name, f"couche {quoted(table)} sans géométries")
    hold("polygons_fields", len(columns), PerimeterError, name=name)
    field = name_field([each for each in columns if each != column])
    wanted = _quoted(field) if field else "NULL"
    rows = base.execute(
        f"SELECT rowid, {wanted} FROM {_quoted(table)} ORDER BY rowid LIMIT ?",
        (LIMITS["polygons_read"] + 1,),
    ).fetchall()
    hold("polygons_read", len(rows), PerimeterError, name=name)
    query = f"SELECT {_quoted(column)} FROM {_quoted(table)} WHERE rowid = ?"

    def shapes(ranks: Sequence[int]) -> npt.NDArray[np.object_]:
        blobs = (base.execute(query, (rows[rank][0],)).fetchone()[0] for rank in ranks)
        try:
            return _shapes(blobs, len(ranks), name)
        except sqlite3.Error as error:
            raise unreadable(name) from error

    names = [one_name(value) for _, value in rows]
    return Layer(_crs(base, srs), field, names, shapes, tuple(notes))


def _check_table(base: sqlite3.Connection, table: str, name: str) -> None:
    """Refuse a table that is absent, or a view."""
    found = base.execute(
        "SELECT type, sql FROM sqlite_master WHERE name = ? COLLATE NOCASE "
        "AND type IN ('table', 'view')",
        (table,),
    ).fetchone()
    if found is None:
        raise unreadable(name, f"table {quoted(table)} absente")
    kind, sql = found
    if kind != "table" or str(sql).split()[1:2] != ["TABLE"]:
        raise PerimeterError(
            f"{quoted(table)} n’est pas une table de {one_line(name)}, mais une vue (le "
            "résultat d’une requête).",
            remedy=EXPORT,
        )


def _chosen(drawn: Sequence[Any], name: str) -> tuple[str, str, int, list[str]]:
    """The layer to read, and a note on those left aside."""
    usable = [row for row in drawn if str(row[2]).upper() not in _NOT_AREAS]
    if not usable:
        raise PerimeterError(
            f"{one_line(name)} ne contient pas de polygones.",
            defects=[f"couche {quoted(str(row[0]))} : {str(row[2]).title()}" for row in drawn],
            remedy="un périmètre est une surface : " + EXPORT,
        )
    if len(usable) > 1:
        raise PerimeterError(
            f"{one_line(name)} contient {len(usable)} couches de polygones.",
            defects=[f"couche {quoted(str(row[0]))}" for row in usable],
            remedy="n’en gardez qu’une : " + EXPORT,
        )
    [(table, column, _, srs)] = usable
    others = [quoted(str(row[0])) for row in drawn if row[0] != table]
    note = f"Couche lue : {quoted(str(table))} ; laissées de côté : {', '.join(others)}."
    place = srs if isinstance(srs, int) else -1
    return str(table), str(column), place, [note] if others else []


def _crs(base: sqlite3.Connection, srs: int) -> pyproj.CRS | None:
    """System of a number of the base; None for an unknown one, or one that names files."""
    found = base.execute(
        "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys "
        "WHERE srs_id = ?",
        (srs,),
    ).fetchone()
    # 0 and -1 are placeholders: degrees, or a plane, of some system.
    if found is None or srs in (0, -1):
        return None
    organization, code, definition = found
    with suppress(pyproj.exceptions.CRSError):
        if str(organization).upper() == "EPSG":
            return pyproj.CRS.from_epsg(int(code))
    if _FILES.search(str(definition)):
        return None
    with suppress(pyproj.exceptions.CRSError):
        return pyproj.CRS.from_wkt(str(definition))
    return None


def _shapes(blobs: Any, count: int, name: str) -> npt.NDArray[np.object_]:
    """Shapes of the blobs of a GeoPackage, None for an absent one."""
    found: npt.NDArray[np.object_] = np.empty(count, dtype=object)
    total = 0
    for place, blob in enumerate(blobs):
        if not isinstance(blob, bytes):
            continue
        # A chain of pages can be shared by many rows: the whole can outgrow the file.
        total += len(blob)
        hold("polygons_bytes", total, PerimeterError, name=name)
        envelope = _ENVELOPES.get(blob[3] >> 1 & 7) if blob[:2] == b"GP" and len(blob) > 8 else None
        if envelope is None:
            raise unreadable(name, "une géométrie n’est pas écrite comme dans un GeoPackage")
        try:
            shape = shapely.from_wkb(blob[8 + envelope :])
        except shapely.errors.GEOSException as error:
            raise unclosed(name) from error
        found[place] = shape
    return found


def _quoted(identifier: str) -> str:
    """An identifier as SQL quotes it."""
    return '"' + identifier.replace('"', '""') + '"'

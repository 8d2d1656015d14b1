"""Runs in the process apart: the features of a GeoPackage, a SQLite base of plain tables.

Views and virtual tables are not read: what they run is chosen by who made the file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import pyproj

from cpts_geo.errors import PerimeterError, one_line, quoted
from cpts_geo.sources._bounds.limits import LIMITS, hold
from cpts_geo.sources._conventions.archives import SQLITE
from cpts_geo.sources.analyst.polygons._layer import (
    EXPORT,
    Layer,
    Shapes,
    chosen_layer,
    from_wkb,
    kind_of,
    known_crs,
    left_layers,
    one_name,
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
#: Bytes that hold the header of a geometry and its kind.
_HEAD: Final = 8 + 64 + 5
#: How the library says that a base is damaged: its very message may be no text.
_DAMAGED: Final = (sqlite3.Error, OverflowError, UnicodeError)


def geopackage_layer(content: bytes, name: str, *, wanted: str | None) -> Layer:
    """Read the features of the only layer of polygons of a GeoPackage, or of the one wanted, in the
    order of their identifiers."""
    if not content.startswith(SQLITE):
        raise unreadable(name)
    try:
        return _layer(_opened(content), name, wanted)
    except _DAMAGED as error:
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


def _layer(base: sqlite3.Connection, name: str, wanted: str | None) -> Layer:
    """Layer of polygons of a base, its texts and its shapes read when asked for."""
    for table in _TABLES:
        _check_table(base, table, name)
    drawn = base.execute(_LAYERS, (LIMITS["polygons_layers"] + 1,)).fetchall()
    hold("polygons_layers", len(drawn), PerimeterError, name=name)
    table, column, srs, notes = _chosen(drawn, name, wanted)
    _check_table(base, table, name)
    columns = [row[1] for row in base.execute(f"PRAGMA table_xinfo({_quoted(table)})")]
    if column not in columns:
        raise unreadable(name, f"couche {quoted(table)} sans géométries")
    hold("polygons_fields", len(columns), PerimeterError, name=name)
    rows = base.execute(
        f"SELECT rowid, substr({_quoted(column)}, 1, {_HEAD}) FROM {_quoted(table)} "
        "ORDER BY rowid LIMIT ?",
        (LIMITS["polygons_read"] + 1,),
    ).fetchall()
    hold("polygons_read", len(rows), PerimeterError, name=name)
    query = f"SELECT {_quoted(column)} FROM {_quoted(table)} WHERE rowid = ?"

    def texts(field: str) -> list[str]:
        asked = f"SELECT {_quoted(field)} FROM {_quoted(table)} ORDER BY rowid LIMIT ?"
        return [one_name(value) for (value,) in _run(base, asked, len(rows), name)]

    def shapes(ranks: Sequence[int]) -> Shapes:
        blobs = (_run(base, query, rows[rank][0], name)[0][0] for rank in ranks)
        return from_wkb([*_wkbs(blobs, name)], name)

    heads = _wkbs((head for _, head in rows), name)
    kinds = ["" if head is None else kind_of(head) for head in heads]
    fields = [each for each in columns if each != column]
    return Layer(_crs(base, srs), kinds, fields, texts, shapes, tuple(notes))


def _run(base: sqlite3.Connection, query: str, argument: int, name: str) -> list[Any]:
    """Rows of a query, or the refusal of a base that is damaged."""
    try:
        return base.execute(query, (argument,)).fetchall()
    except _DAMAGED as error:
        raise unreadable(name) from error


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


def _chosen(drawn: Sequence[Any], name: str, wanted: str | None) -> tuple[str, str, int, list[str]]:
    """The layer to read, and a note on those left aside."""
    usable = [row for row in drawn if str(row[2]).upper() not in _NOT_AREAS]
    if not usable:
        raise PerimeterError(
            f"{one_line(name)} ne contient pas de polygones.",
            defects=[f"couche {quoted(str(row[0]))} : {str(row[2]).title()}" for row in drawn],
            remedy="un périmètre est une surface : " + EXPORT,
        )
    labels = [str(row[0]) for row in usable]
    table, column, _, srs = usable[chosen_layer(labels, wanted, name)]
    others = [str(row[0]) for row in drawn if str(row[0]) not in labels]
    place = srs if isinstance(srs, int) else -1
    notes = left_layers(labels, str(table), others=others)
    return str(table), str(column), place, notes


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
    epsg = known_crs(f"EPSG:{code}") if str(organization).upper() == "EPSG" else None
    return epsg or known_crs(str(definition))


def _wkbs(blobs: Iterable[Any], name: str) -> Iterator[bytes | None]:
    """WKB of the blobs of a GeoPackage, None for an absent one."""
    total = 0
    for blob in blobs:
        if not isinstance(blob, bytes):
            yield None
            continue
        # A chain of pages can be shared by many rows: the whole can outgrow the file.
        total += len(blob)
        hold("polygons_bytes", total, PerimeterError, name=name)
        envelope = _ENVELOPES.get(blob[3] >> 1 & 7) if blob[:2] == b"GP" and len(blob) > 8 else None
        if envelope is None:
            raise unreadable(name, "une géométrie n’est pas écrite comme dans un GeoPackage")
        yield blob[8 + envelope :]


def _quoted(identifier: str) -> str:
    """An identifier as SQL quotes it."""
    return '"' + identifier.replace('"', '""') + '"'

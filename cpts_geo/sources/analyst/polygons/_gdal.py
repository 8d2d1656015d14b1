"""Runs in the process apart: the features of a shapefile, a KML, a FlatGeobuf or a GML.

The library that reads them knows tens of formats, some of which name other files or addresses:
only the driver of the format is left to it, and no file can be opened while it reads.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final
from xml.parsers import expat

import pyogrio
from pyogrio import raw
from pyogrio.core import _register_drivers

from cpts_geo.errors import PerimeterError, one_line
from cpts_geo.sources._bounds.limits import LIMITS, hold
from cpts_geo.sources._conventions.text import decoded
from cpts_geo.sources.analyst.polygons._layer import (
    EXPORT,
    FLAT,
    Layer,
    chosen_layer,
    from_wkb,
    kind_of,
    known_crs,
    left_layers,
    one_name,
    unreadable,
)
from cpts_geo.sources.analyst.polygons._packed import (
    ENCODING,
    check_shapefile,
    flat_archive,
    kml_texts,
    shapefiles,
)

_DRIVERS: Final = {
    ".shp": "ESRI Shapefile",
    ".zip": "ESRI Shapefile",
    ".kml": "LIBKML",
    ".kmz": "LIBKML",
    ".fgb": "FlatGeobuf",
    ".gml": "GML",
}
#: Every byte is a letter of it: what the table of a shapefile holds is decoded after it is read.
_BYTES: Final = "ISO-8859-1"
#: Absent numbers and dates, as texts.
_NOTHING: Final = frozenset({"nan", "NaT"})


@dataclass(frozen=True, eq=False)
class _Table:
    """Features of a layer: name, system, fields and their values, WKB of each; how many more it
    announces."""

    label: str
    crs: str | None
    fields: Sequence[str]
    values: Sequence[Any]
    wkbs: Sequence[bytes | None]
    unread: int

    @property
    def kinds(self) -> list[str]:
        """Kind of each geometry, empty for an absent one."""
        return ["" if wkb is None else kind_of(wkb) for wkb in self.wkbs]


def gdal_layer(content: bytes, name: str, *, suffix: str, wanted: str | None) -> Layer:
    """Read the features of the only layer of polygons of a file, or of the one wanted."""
    if suffix in (".shp", ".zip"):
        table, notes = _shapefile(content, name, wanted)
    else:
        texts = kml_texts(content, name) if suffix == ".kmz" else [content]
        table, notes = _among(texts, name, _DRIVERS[suffix], wanted=wanted)
    columns = dict(zip(table.fields, table.values, strict=True))
    return Layer(
        known_crs(table.crs or ""),
        table.kinds,
        list(columns),
        lambda field: ["" if str(v) in _NOTHING else one_name(v) for v in columns[field]],
        lambda ranks: from_wkb([table.wkbs[rank] for rank in ranks], name),
        tuple(notes),
    )


def _among(
    texts: Sequence[bytes], name: str, driver: str, *, wanted: str | None
) -> tuple[_Table, list[str]]:
    """Layer of polygons to read among those of some contents, and notes on the others."""
    for text in texts if driver != _DRIVERS[".fgb"] else ():
        _check_xml(text, name)
    tables = [table for text in texts for table in _tables(text, name, driver)]
    cut = [each for each in tables if each.unread]
    if cut:
        count = len(cut[0].wkbs)
        raise unreadable(name, f"{count + cut[0].unread} entités annoncées, {count} lues")
    drawn = [each for each in tables if {*each.kinds} - {*FLAT, ""}] or tables
    labels = _told_apart([each.label for each in drawn])
    place = chosen_layer(labels, wanted, name)
    aside = [each.label for each in tables if len(each.wkbs) and each not in drawn]
    notes = left_layers(labels, labels[place], others=aside)
    # A KMZ of several texts links one to the others.
    if len(texts) == 1 and b"NetworkLink" in texts[0]:
        notes.append("Liens vers d’autres fichiers (NetworkLink) : non suivis.")
    return drawn[place], notes


def _told_apart(labels: Sequence[str]) -> list[str]:
    """Names of layers, those that are the same told by their rank."""
    return [
        label if labels.index(label) == place else f"{label} ({place + 1})"
        for place, label in enumerate(labels)
    ]


def _shapefile(content: bytes, name: str, wanted: str | None) -> tuple[_Table, list[str]]:
    """Features of the shapefile wanted of an archive, and a note on the others."""
    found = shapefiles(content, name)
    hold("polygons_layers", len(found), PerimeterError, name=name)
    labels = list(found)
    label = labels[chosen_layer(labels, wanted, name)]
    parts = found[label]
    check_shapefile(parts, label, name)
    encoding = None if parts.get(ENCODING, b"").strip() else _BYTES
    [table] = _tables(flat_archive(parts, "couche"), name, _DRIVERS[".shp"], encoding=encoding)
    if encoding:
        table = replace(table, values=_decoded(table.values))
    notes = left_layers(labels, label)
    if table.unread:
        # Rows that a program has erased stay in the files until it packs them.
        notes.append(f"Entités effacées du shapefile, laissées de côté : {table.unread}.")
    return table, notes


def _decoded(values: Sequence[Any]) -> list[list[Any]]:
    """Values whose texts were read byte by byte, in the encoding that they are found to be in."""
    return [
        [decoded(v.encode(_BYTES)).text if isinstance(v, str) else v for v in column]
        for column in values
    ]


def _check_xml(content: bytes, name: str) -> None:
    """Refuse a text that is cut or no XML, or that defines words, which can unfold without end."""

    def refuse(*_: object) -> None:
        raise unreadable(name, "il définit des entités XML (« DOCTYPE »)")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(content, True)
    # The last is an encoding that nothing knows.
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise unreadable(name, "ce n’est pas un texte XML entier") from error


def _tables(content: bytes, name: str, driver: str, *, encoding: str | None = None) -> list[_Table]:
    """Features of every layer of a content, by one driver that opens nothing else."""
    _leave_only(driver, name)
    complaints: list[str] = []
    try:
        with _nothing_opens(), _heard(complaints):
            labels = [str(label) for label, _ in pyogrio.list_layers(content)]
            hold("polygons_layers", len(labels), PerimeterError, name=name)
            tables = [
                _table(content, name, place, label=label, encoding=encoding)
                for place, label in enumerate(labels)
            ]
    # The last is what the library makes of a system of coordinates that is no text.
    except (RuntimeError, ValueError, UnboundLocalError) as error:
        raise unreadable(name) from error
    # What the library could not read of a feature it leaves out, with a word aside.
    if complaints or not tables:
        raise unreadable(name)
    return tables


def _table(content: bytes, name: str, place: int, *, label: str, encoding: str | None) -> _Table:
    """Features of a layer, all of those that it announces."""
    announced = pyogrio.read_info(content, layer=place, encoding=encoding)
    hold("polygons_fields", len(announced["fields"]), PerimeterError, name=name)
    most = LIMITS["polygons_read"] + 1
    meta, _, wkbs, values = raw.read(content, layer=place, encoding=encoding, max_features=most)
    hold("polygons_read", len(wkbs), PerimeterError, name=name)
    fields = [str(field) for field in meta["fields"]]
    unread = max(announced["features"] - len(wkbs), 0)
    return _Table(label, meta["crs"], fields, values, wkbs, unread)


def _leave_only(driver: str, name: str) -> None:
    """Leave one driver to the library, which may neither fetch nor unfold anything."""
    if [*pyogrio.list_drivers()] == [driver]:
        return
    others = [each for each in pyogrio.list_drivers() if each != driver]
    pyogrio.set_gdal_config_options(
        {
            "GDAL_SKIP": ",".join(others),
            "GML_DOWNLOAD_SCHEMA": "NO",
            "GML_SKIP_RESOLVE_ELEMS": "ALL",
        }
    )
    _register_drivers()
    if [*pyogrio.list_drivers()] != [driver]:
        raise PerimeterError(
            f"{one_line(name)} est d’un format que cette installation ne sait pas lire ({driver}).",
            remedy=EXPORT,
        )


@contextmanager
def _nothing_opens() -> Iterator[None]:
    """Refuse to the process every new file and connection; Windows has no such limit."""
    try:
        import resource  # noqa: PLC0415 - absent on Windows
    except ImportError:
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@contextmanager
def _heard(complaints: list[str]) -> Iterator[None]:
    """Keep what the library says it could not read."""

    class _Ear(logging.Handler):
        """Hear each message."""

        def emit(self, record: logging.LogRecord) -> None:
            """Keep an error."""
            if record.levelno >= logging.ERROR:
                complaints.append(record.getMessage())

    ear = _Ear()
    logger = logging.getLogger("pyogrio")
    logger.addHandler(ear)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.removeHandler(ear)

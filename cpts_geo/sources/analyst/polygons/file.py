"""An analyst's polygons, in the formats of mapping programs, read with the CRS they declare.

What is adapted (repaired outlines, heights left out, field of names) is reported in ``notes``; what
cannot be read for certain raises one error that lists every defect and says what to do.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import shapely

from cpts_geo.errors import PerimeterError, one_line
from cpts_geo.foreign import decodable
from cpts_geo.settings import GEOGRAPHIC_CRS
from cpts_geo.sources._apart import run_within
from cpts_geo.sources.analyst.polygons._layer import EXPORT, unreadable
from cpts_geo.sources.analyst.polygons._packed import ENCODING, PARTS, flat_archive
from cpts_geo.sources.analyst.polygons.suffixes import SUFFIXES
from cpts_geo.sources.door import Door, memory_told, read_bytes

_POLYGONS: Final = Door(
    key="polygons",
    error=PerimeterError,
    suffixes=SUFFIXES,
    formats=".gpkg, .geojson, .shp, .kml, .fgb ou .gml",
    save_as=EXPORT,
    empty=lambda path: unreadable(path.name),
)
#: The files beside a shapefile.
_BESIDE: Final = replace(_POLYGONS, suffixes=frozenset({*PARTS, ENCODING}))
_TERRITORIES: Final = "cpts_geo.sources.analyst.polygons._territories:territories"


@memory_told(_POLYGONS)
def read_polygon_file(
    path: Path, *, only: Collection[str] = (), layer: str | None = None
) -> gpd.GeoDataFrame:
    """
    Read the polygons of a file.

    Parameters
    ----------
    path : Path
        GeoPackage, GeoJSON (WGS84 unless it says otherwise), shapefile (with the ``.shx``,
        ``.dbf`` and ``.prj`` beside it), KML, KMZ, FlatGeobuf or GML, with a CRS; or the ``.zip``
        of one of these.
    only : collection of str
        Names of the territories wanted, among those of the file; all of them without any. What
        is not wanted counts in no bound but the size of the file and its number of features.
    layer : str, optional
        Layer wanted, where the file has several of polygons.

    Returns
    -------
    GeoDataFrame
        One row a territory, one alone when there is one feature or no field of names: ``name``
        (text of that field; empty when there is none), geometry (EPSG:4326, valid polygons
        without height). In attrs: ``notes``, French sentences on all that was adapted, and
        ``files``, the paths that were read.

    Raises
    ------
    PerimeterError
        The file cannot be read, has no CRS or an implausible one, holds no surface, or features
        without name or outline, is beyond a bound, does not say which of its layers or fields is
        meant, or does not name a territory that is wanted; every defect is listed.

    Examples
    --------
    >>> import tempfile
    >>> square = '{"type":"Polygon","coordinates":[[[1,47],[2,47],[2,48],[1,47]]]}'
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "zone.geojson"
    ...     _ = path.write_text(square, encoding="utf-8")
    ...     read_polygon_file(path).geometry[0].bounds
    (1.0, 47.0, 2.0, 48.0)
    """
    _check_part(path)
    files = _files(path)
    contents = {each: read_bytes(each, _BESIDE if len(files) > 1 else _POLYGONS) for each in files}
    content = contents[path]
    if path.suffix.lower() == ".shp":
        parts = {each.suffix.lower(): read for each, read in contents.items()}
        content = flat_archive(parts, decodable(path.stem))
    _check_closed(path)
    arguments = {
        "name": one_line(path.name),
        "suffix": path.suffix.lower(),
        "only": list(only),
        "layer": layer,
    }
    answer = run_within(
        "polygons", _TERRITORIES, arguments, content=content, error=PerimeterError, name=path.name
    )
    head, _, body = answer.partition(b"\n")
    said = json.loads(head)
    ends = np.cumsum(said["sizes"]).tolist()
    shapes = [body[end - size : end] for size, end in zip(said["sizes"], ends, strict=True)]
    table = gpd.GeoDataFrame(
        {"name": said["names"]}, geometry=shapely.from_wkb(shapes), crs=GEOGRAPHIC_CRS
    )
    table.attrs["notes"] = tuple(said["notes"])
    table.attrs["files"] = tuple(files)
    return table


def _files(path: Path) -> list[Path]:
    """The file, and for a shapefile those of its name beside it, whatever their case."""
    if path.suffix.lower() != ".shp" or not path.is_file():
        return [path]
    beside = {
        each.suffix.lower(): each
        for each in sorted(path.parent.iterdir())
        if _spelled(each.stem) == _spelled(path.stem)
        and each.suffix.lower() in {*PARTS, ENCODING} - {".shp"}
    }
    return [path, *beside.values()]


def _spelled(stem: str) -> str:
    """A name without what systems of files change: case, and how an accent is coded."""
    return unicodedata.normalize("NFC", stem).casefold()


def _check_part(path: Path) -> None:
    """Refuse one of the files beside a shapefile, given in place of it."""
    suffix = path.suffix.lower()
    if suffix in {*PARTS, ENCODING} - {".shp"}:
        raise PerimeterError(
            f"{one_line(path.name)} n’est qu’un des fichiers d’un shapefile.",
            remedy=f"donnez celui des contours : {one_line(path.with_suffix('.shp').name)}.",
        )


def _check_closed(path: Path) -> None:
    """Refuse a base that another program is writing: what it has just written is not in it."""
    journal = path.with_name(f"{path.name}-wal")
    if path.suffix.lower() == ".gpkg" and journal.is_file() and journal.stat().st_size:
        raise PerimeterError(
            f"{one_line(path.name)} est ouvert dans un autre logiciel : ses derniers changements "
            f"sont encore dans {one_line(journal.name)}.",
            remedy="fermez-le dans votre logiciel de cartographie, puis recommencez.",
        )

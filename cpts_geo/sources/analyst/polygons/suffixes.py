"""Which files draw polygons, by their extension."""

from __future__ import annotations

from pathlib import Path
from typing import Final

#: What is read.
SUFFIXES: Final = frozenset(
    {".gpkg", ".geojson", ".json", ".shp", ".zip", ".kml", ".kmz", ".fgb", ".gml"}
)
#: Files of geography in other formats, so that their refusal says what to save them as.
_OTHER_SUFFIXES: Final = frozenset(
    {".shx", ".dbf", ".prj", ".cpg", ".tab", ".mif", ".dxf", ".dwg", ".gpx", ".gdb", ".qgz", ".qgs",
     ".topojson", ".parquet", ".geoparquet"}
)  # fmt: skip


def draws(path: Path) -> bool:
    """
    Tell whether a file draws polygons, or should, by its extension.

    Parameters
    ----------
    path : Path
        Any file.

    Returns
    -------
    bool
        Whether it is one of geography; a table or a text is not.

    Examples
    --------
    >>> draws(Path("zone.KML")), draws(Path("liste.csv"))
    (True, False)
    """
    return path.suffix.lower() in SUFFIXES | _OTHER_SUFFIXES

"""Features of a producer's GeoJSON."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

from cpts_geo.sources._conventions.archives import open_content, whole_json
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.readers._formats.base import unexpected


def read_geojson(path: Path, source: Source) -> gpd.GeoDataFrame:
    """Features of a GeoJSON in the coordinates it says; a DataFileError where it is none."""
    with open_content(path, source.inner) as stream:
        data = whole_json(stream, path)
    defects = ["ce n’est pas un GeoJSON lisible"]
    if not data[:100].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        raise unexpected(path, defects)
    try:
        return gpd.read_file(data)
    except RuntimeError as error:  # what pyogrio raises
        raise unexpected(path, defects) from error

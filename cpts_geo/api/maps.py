"""Any map as one file that opens without a network."""

from __future__ import annotations

from pathlib import Path

import folium

from cpts_geo.asked import expect, typed_path
from cpts_geo.atlas.maps.live.standalone import standalone
from cpts_geo.files import write_text


def offline(m: folium.Map, path: Path | str) -> Path:
    """
    Write a map as one file that opens without a network.

    Parameters
    ----------
    m : folium.Map
        Any map: ours, or one of folium or of ``GeoDataFrame.explore``.
    path : path or str
        File to write; tiles of a network are left out of it, and a warning says so.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    AskedError
        It is no map.
    AssetError
        The map needs files that cannot be embedded; all are listed.
    OutputError
        The file cannot be written; what stood there is as it was.
    """
    expect(m, folium.Map, remedy="donnez une carte : t.explore(), folium.Map(), table.explore().")
    file = typed_path(path)
    write_text(standalone(m), file)
    return file

"""The map of a territory: interactive, and still for paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd

from cpts_geo.atlas.maps.embedding import map_parts, png
from cpts_geo.atlas.maps.interactive import territory_map
from cpts_geo.atlas.maps.layers import MapLayer
from cpts_geo.atlas.maps.still import panel_figures


def section(
    communes: gpd.GeoDataFrame,
    layers: Sequence[MapLayer],
    *,
    name: str,
    national: gpd.GeoDataFrame,
    scenarios: Sequence[str],
) -> dict[str, Any]:
    """
    Draw the map of a territory.

    Parameters
    ----------
    communes : GeoDataFrame
        Its communes with their figures.
    layers : sequence of MapLayer
        What it shows.
    name : str
        Name of the territory.
    national : GeoDataFrame
        All communes, for the surroundings.
    scenarios : sequence of str
        Titles of the scenarios of supply whose shifts the communes have.

    Returns
    -------
    dict
        What its template shows.
    """
    shown = {"name": name, "national": national, "scenarios": scenarios}
    bare = communes.geometry.isna()
    return {
        "stills": [png(figure) for figure in panel_figures(communes, **shown)],
        "titles": ", ".join(layer.title for layer in layers),
        "unmapped": list(communes["name"][bare]),
        "drawn": not bare.all(),
        **map_parts(territory_map(communes, **shown)),
    }

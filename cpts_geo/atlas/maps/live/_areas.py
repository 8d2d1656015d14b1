"""Figures of areas on the map of their communes: on their card, and as colours."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd

from cpts_geo.atlas.look.cells import MARKS, STATUS_WORDS, shown_text
from cpts_geo.atlas.maps.layers import MapLayer
from cpts_geo.atlas.maps.live._columns import origin
from cpts_geo.french import typeset
from cpts_geo.schema import COLUMNS, status_column

#: Label, text, sign and words of the status of a figure, its producer and vintage.
Told = tuple[str, str, str, str, str]


def told_of(areas: pd.DataFrame | None) -> dict[str, list[Told]]:
    """Figures of each area, as its card says them."""
    found: dict[str, list[Told]] = {}
    if areas is None:
        return found
    known = areas[areas["value"].notna()]
    for code, name, value, status in zip(
        known["epci"],
        known["indicator"],
        known["value"].astype(float),
        known["status"],
        strict=True,
    ):
        column = COLUMNS[name]
        text = shown_text(column, value, status)
        label = typeset(column.dated_label)
        told = (label, text, MARKS[status], STATUS_WORDS[status], origin(column))
        found.setdefault(code, []).append(told)
    return found


def with_areas(rows: gpd.GeoDataFrame, areas: pd.DataFrame) -> gpd.GeoDataFrame:
    """Communes with the figures of their area that they lack."""
    found = {}
    for name, block in areas.groupby("indicator"):
        if name not in rows:
            of_area = block.set_index("epci")
            found[str(name)] = rows["epci"].map(of_area["value"]).astype(float)
            status = rows["epci"].map(of_area["status"])
            found[status_column(str(name))] = status.fillna("unknown")
    return rows.assign(**found)


def by_area(layer: MapLayer) -> MapLayer:
    """A layer whose values are those of areas, and says so."""
    name = COLUMNS[layer.column].dated_label
    return replace(layer, title=typeset(f"{layer.title}, par intercommunalité"), words=name)

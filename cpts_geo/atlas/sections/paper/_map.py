"""The one map of the first page: the newest APL, for paper at 300 points an inch."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import geopandas as gpd
import matplotlib as mpl
import pandas as pd

from cpts_geo.atlas.look.cells import MASK_LABEL
from cpts_geo.atlas.look.style import MASK_FILL
from cpts_geo.atlas.look.words import low_apl_finding, short_name
from cpts_geo.atlas.maps.embedding import png
from cpts_geo.atlas.maps.layers import MapLayer, classify, territory_layers
from cpts_geo.atlas.maps.printed import printed_map
from cpts_geo.atlas.sections.paper._fitting import shortened
from cpts_geo.french import UNKNOWN_TEXT, value_text
from cpts_geo.schema import AREA, COLUMNS
from cpts_geo.secrecy.disclosure import masked
from cpts_geo.study.study import Study

#: Room of the map on the page, in millimetres: across, and at most from top to bottom.
_ACROSS, _TALL = 120.0, 104.0
_INCH: Final = 25.4
_DPI: Final = 300
#: Colours of the image: those of classes and letters, with their soft edges.
_COLOURS: Final = 32
_AREA: Final = 26
#: Areas whose mean stands beside the map.
_AREAS: Final = 7


class _Class(NamedTuple):
    """A class of the legend: its colour (none: hatched), its words, communes in it."""

    colour: str
    label: str
    communes: int


def section(study: Study, *, national: gpd.GeoDataFrame) -> dict[str, Any] | None:
    """Finding, image, legend and averages; None where no commune has a contour or no layer a
    value."""
    communes = study.communes
    if communes.geometry.isna().all() or not _drawn(communes):
        return None
    opening = study.access.opening
    # A name that holds dollar signs is a name, not a formula.
    with mpl.rc_context({"text.parse_math": False, "text.usetex": False}):
        found = printed_map(
            communes,
            national=national,
            around=study.common.surroundings.field,
            open_today=study.centres,
            proposed=opening.proposed[0] if opening and opening.proposed else (),
            size=(_ACROSS / _INCH, _TALL / _INCH),
        )
        image = png(found.figure, dpi=_DPI, colours=_COLOURS)
    layer = found.rate
    return {
        "title": low_apl_finding(study.comparison, layer.column) or layer.heading,
        "image": image,
        "alt": f"{layer.heading}. {layer.measure}",
        "heading": layer.heading,
        "measure": layer.measure,
        "classes": _classes(communes, layer),
        "circles": found.counted.title,
        "signs": found.signs,
        "means": _means(study.comparison, layer),
    }


def _drawn(communes: gpd.GeoDataFrame) -> bool:
    """Whether anything but the land is known."""
    return any(communes[each.column].notna().any() for each in territory_layers(communes))


def _classes(communes: gpd.GeoDataFrame, layer: MapLayer) -> list[_Class]:
    """Classes with the number of communes in each, then what is masked or absent."""
    hidden = masked(communes, layer.column)
    counts = classify(communes[layer.column], layer)[~hidden].value_counts()
    found = [
        _Class(colour, label, int(counts.get(rank, 0)))
        for rank, (colour, label) in enumerate(zip(layer.colours, layer.labels, strict=True))
    ]
    if hidden.any():
        found.append(_Class(MASK_FILL, MASK_LABEL, int(hidden.sum())))
    if absent := int(counts.get(-1, 0)):
        found.append(_Class("", UNKNOWN_TEXT, absent))
    return found


def _means(comparison: pd.DataFrame, layer: MapLayer) -> list[tuple[str, str]]:
    """Name and value of each area where the layer is known, the territory first."""
    rows = comparison[(comparison["indicator"] == layer.column) & comparison["value"].notna()]
    column = COLUMNS[layer.column]
    return [
        (shortened(short_name(str(row["area_name"])), _AREA), value_text(column, row["value"]))
        for row in _first(rows.drop_duplicates(AREA)).to_dict("records")
    ]


def _first(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows that stand beside the map: the first, and France, which is the last."""
    return rows if len(rows) <= _AREAS else pd.concat([rows.head(_AREAS - 1), rows.tail(1)])

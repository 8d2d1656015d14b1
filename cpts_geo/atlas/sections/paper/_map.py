"""The one map of the first page: the newest APL, GPs over it, places of care."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from cpts_geo.atlas.look.words import low_apl_finding, short_name
from cpts_geo.atlas.maps.drawings import StillMaps
from cpts_geo.atlas.maps.layers import MapLayer
from cpts_geo.atlas.sections.paper._fitting import shortened
from cpts_geo.french import value_text
from cpts_geo.schema import AREA, COLUMNS
from cpts_geo.study.study import Study

#: Letters of the name of an area.
_AREA: Final = 26
#: Areas whose mean stands beside the map; those of more stand in the key figures alone.
_AREAS: Final = 4


def section(study: Study, stills: StillMaps | None, *, means: bool) -> dict[str, Any] | None:
    """Finding, drawing and averages; None where no commune has a contour or no layer a value."""
    if stills is None:
        return None
    painted, *circles = stills.first.layers
    return {
        "title": low_apl_finding(study.comparison, painted.column) or painted.heading,
        "map": stills.first,
        "heading": painted.heading,
        "measure": painted.measure,
        "circles": circles[0].title if circles else "",
        "means": _means(study.comparison, painted) if means else [],
    }


def _means(comparison: pd.DataFrame, layer: MapLayer) -> list[tuple[str, str]]:
    """Name and value of each area where the layer is known, the territory first."""
    rows = comparison[(comparison["indicator"] == layer.column) & comparison["value"].notna()]
    column, areas = COLUMNS[layer.column], rows.drop_duplicates(AREA)
    if len(areas) > _AREAS:
        return []
    return [
        (shortened(short_name(str(row["area_name"])), _AREA), value_text(column, row["value"]))
        for row in areas.to_dict("records")
    ]

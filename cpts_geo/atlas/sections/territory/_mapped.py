"""The map of a territory: interactive, and still for paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd

from cpts_geo.atlas.maps.embedding import map_parts, png
from cpts_geo.atlas.maps.interactive import territory_map
from cpts_geo.atlas.maps.layers import MapLayer
from cpts_geo.atlas.maps.still import panel_figures
from cpts_geo.study.study import Study


def section(
    study: Study, layers: Sequence[MapLayer], *, national: gpd.GeoDataFrame
) -> dict[str, Any]:
    """What the template shows: the map in pieces, its still ones, who has no contour."""
    communes, opening = study.communes, study.access.opening
    shown = {"name": study.name, "national": national, "scenarios": study.scenarios}
    drawn = territory_map(
        communes,
        **shown,
        around=study.common.surroundings.field,
        comparison=study.comparison,
        open_today=study.centres,
        proposed=opening.proposed[0] if opening and opening.proposed else (),
    )
    bare = communes.geometry.isna()
    return {
        "stills": [png(figure, colours=32) for figure in panel_figures(communes, **shown)],
        "titles": ", ".join(layer.title for layer in layers),
        "unmapped": list(communes["name"][bare]),
        "drawn": not bare.all(),
        **map_parts(drawn),
    }

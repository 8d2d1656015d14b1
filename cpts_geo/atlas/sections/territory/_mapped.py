"""The map of a territory."""

from __future__ import annotations

from typing import Any

import geopandas as gpd

from cpts_geo.atlas.maps.embedding import map_parts
from cpts_geo.atlas.maps.interactive import territory_map
from cpts_geo.study.study import Study


def section(study: Study, *, national: gpd.GeoDataFrame) -> dict[str, Any]:
    """What the template shows: the map in pieces, who has no contour."""
    communes, opening = study.communes, study.access.opening
    drawn = territory_map(
        communes,
        name=study.name,
        national=national,
        scenarios=study.scenarios,
        around=study.common.surroundings.field,
        comparison=study.comparison,
        open_today=study.centres,
        proposed=opening.proposed[0] if opening and opening.proposed else (),
    )
    bare = communes.geometry.isna()
    return {
        "unmapped": list(communes["name"][bare]),
        "drawn": not bare.all(),
        **map_parts(drawn),
    }

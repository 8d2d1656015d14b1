"""A territory, or several, as a notebook first shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd

from cpts_geo.atlas.exhibits.findings import map_finding
from cpts_geo.atlas.maps.embedding import png
from cpts_geo.atlas.maps.layers import territory_layers
from cpts_geo.atlas.maps.still import layer_figure
from cpts_geo.atlas.pages.sheet import sources_used
from cpts_geo.atlas.sections.capacity import capacity_sections
from cpts_geo.atlas.sections.essential import essential_sections
from cpts_geo.atlas.sections.several import several_sections
from cpts_geo.atlas.sections.territory import answer
from cpts_geo.atlas.views._parts.several import several_parts
from cpts_geo.atlas.views.view import View
from cpts_geo.french import counted, number
from cpts_geo.sources.codes import counted_places
from cpts_geo.study.study import Study


def territory_view(study: Study, *, national: gpd.GeoDataFrame) -> View:
    """
    Show a territory: who lives there, the answer, four figures, a map.

    Parameters
    ----------
    study : Study
        Everything known of it.
    national : GeoDataFrame
        All communes, for the surroundings of the map.

    Returns
    -------
    View
        Its value is the study.
    """

    def shown() -> dict[str, Any]:
        result, capacity = study.headline, study.capacity
        needed = None
        if result and capacity:
            needed = capacity_sections(result, capacity, facts=study.facts)["needed"]
        found = answer.section(study)
        return {
            **essential_sections(study),
            "needed": needed,
            "answer": found,
            "place": f"{study.departements} · {counted_places(study.figures['code_insee'])} · "
            f"{found['population']} ({found['population_year']})",
            "origin": f"{study.perimeter} Source : {study.document}.",
            "notes": study.notes,
            "picture": _picture(study, national),
        }

    return View(
        study.name,
        ["views/territory.html.j2"],
        shown,
        value=study,
        table=study.comparison,
        used=sources_used([study]),
    )


def _picture(study: Study, national: gpd.GeoDataFrame) -> Mapping[str, Any] | None:
    """Still map of the layer that its page opens on; None where no commune has a contour."""
    if study.figures.geometry.isna().all():
        return None
    layer = territory_layers(study.figures)[0]
    figure = layer_figure(study.figures, layer, name=study.name, national=national)
    return {"png": png(figure, dpi=80), "words": map_finding(study, layer), "layer": layer}


def territories_view(studies: Sequence[Study], *, notes: Sequence[str] = ()) -> View:
    """
    Show several territories: a row each.

    Parameters
    ----------
    studies : sequence of Study
        In order.
    notes : sequence of str
        What to know of the set.

    Returns
    -------
    View
        Its table has a row a territory.
    """
    people = sum(float(study.outline["population"]) for study in studies)
    return View(
        f"{counted(len(studies), 'territoire', 'territoires')}, {number(people)} habitants",
        ["sections/several/rows.html.j2"],
        lambda: several_sections(studies),
        value=studies,
        table=pd.DataFrame([each.outline.drop("geometry") for each in studies]),
        used=sources_used(studies),
        parts=several_parts(studies),
    )

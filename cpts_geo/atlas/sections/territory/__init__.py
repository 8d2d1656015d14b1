"""Sections on the territory itself: its answer, figures, map, communes, sources."""

from __future__ import annotations

from typing import Any

import geopandas as gpd

from cpts_geo.atlas.maps.layers import territory_layers
from cpts_geo.atlas.sections.territory import (
    _given,
    _grounds,
    _mapped,
    _spine,
    answer,
    apl_trend,
    beside,
    communes,
    gp_counts,
)
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.study.study import Study


def figure_sections(study: Study) -> dict[str, Any]:
    """
    Gather what is known of one territory in figures, its answer and its map apart.

    Parameters
    ----------
    study : Study
        Everything known of it.

    Returns
    -------
    dict
        What each template shows, by the name of the section; None where nothing is known.
    """
    return {
        "spine": _spine.section(study.comparison, study.common.comparisons),
        "beside": beside.section(study.comparison),
        "apl_trend": apl_trend.section(study.apl_trend),
        "given": _given.section(study.given, study.comparison),
        "gp_counts": gp_counts.section(study.comparison),
        "communes": communes.section(study),
    }


def territory_sections(study: Study, *, national: gpd.GeoDataFrame) -> dict[str, Any]:
    """
    Gather the sections on one territory itself.

    Parameters
    ----------
    study : Study
        Everything known of it.
    national : GeoDataFrame
        All communes, for the surroundings.

    Returns
    -------
    dict
        What each template shows, by the name of the section; None where nothing is known.
    """
    layers = territory_layers(study.communes, scenarios=study.scenarios)
    return {
        "answer": answer.section(study),
        "mapped": _mapped.section(study, national=national),
        **figure_sections(study),
        "hypotheses": hypotheses(study),
        "limits": _grounds.limits(layers),
    }


def hypotheses(study: Study) -> dict[str, Any] | None:
    """
    Say what the answer of a territory supposes.

    Parameters
    ----------
    study : Study
        Everything known of it.

    Returns
    -------
    dict or None
        What its template shows; None without an answer.
    """
    answered = [x.answer.scenario for x in study.publics if isinstance(x.answer, Headline)]
    return _grounds.hypotheses(answered, study.common.parameters)

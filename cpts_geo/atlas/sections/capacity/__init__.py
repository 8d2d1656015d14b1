"""Sections on the capacity needed: slots, what they rest on, what becomes of them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cpts_geo.atlas.sections.capacity import (
    _causes,
    _future,
    _ladder,
    _levers,
    _months,
    _sliders,
    _telephone,
    _week,
    needed,
)
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.study.capacity import TerritoryCapacity
from cpts_geo.study.study import Study


def need_sections(study: Study) -> dict[str, Any]:
    """
    Gather what is said of the need of one territory, whether or not it has an answer.

    Parameters
    ----------
    study : Study
        Everything known of it.

    Returns
    -------
    dict
        What each template shows, by the name of the section.
    """
    return {"ladder": _ladder.section(study), "sliders": trial_section(study)}


def trial_section(study: Study) -> dict[str, Any] | None:
    """
    Say what may be tried of one territory: each input with its words, bounds, step and origin.

    Parameters
    ----------
    study : Study
        Everything known of it.

    Returns
    -------
    dict or None
        What the template shows; None where :attr:`cpts_geo.study.study.Study.trial` is.
    """
    return None if study.trial is None else _sliders.section(study)


def capacity_sections(
    result: Headline, capacity: TerritoryCapacity, *, facts: pd.DataFrame
) -> dict[str, Any]:
    """
    Gather the sections of capacity of one territory.

    Parameters
    ----------
    result : Headline
        Capacity it needs.
    capacity : TerritoryCapacity
        What is computed beside it.
    facts : DataFrame
        Facts published of it.

    Returns
    -------
    dict
        What each template shows, by the name of the section; None where nothing is known.
    """
    phone, usual = capacity.phone, capacity.usual_agents
    return {
        "needed": needed.section(result),
        "levers": _levers.section(result, capacity),
        "months": _months.section(result, capacity),
        "week": result.slots_per_day.p90 and _week.section(result, capacity),
        "causes": result.slots_per_day.p90 and _causes.section(result, capacity.tornado),
        "telephone": _telephone.section(result, phone, usual=usual)
        if phone is not None and usual
        else None,
        "future": None
        if capacity.future is None
        else _future.section(capacity.future, facts, past=capacity.past),
    }

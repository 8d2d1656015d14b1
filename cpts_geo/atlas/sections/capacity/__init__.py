"""Sections on the capacity needed: slots, what they rest on, what becomes of them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cpts_geo.atlas.sections.capacity import (
    _back_test,
    _causes,
    _future,
    _months,
    _publics,
    _sliders,
    _telephone,
    _week,
    needed,
)
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.study.capacity import TerritoryCapacity


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
    found = capacity.eligible
    several = found is not None and len(result.scenario.eligible) > 1
    tested, tried = capacity.back_test, capacity.trial
    phone, usual = capacity.phone, capacity.usual_agents
    served = float("nan") if capacity.week is None else capacity.week.served
    return {
        "needed": needed.section(result, several=several),
        "sliders": tried and _sliders.section(result, tried),
        "publics": _publics.section(result, found, served=served) if found and several else None,
        "months": _months.section(result, capacity),
        "week": capacity.week and _week.section(result, capacity),
        "causes": _causes.section(result, capacity.tornado, several=several),
        "telephone": _telephone.section(result, phone, usual=usual)
        if phone is not None and usual
        else None,
        "future": None
        if capacity.future is None
        else _future.section(capacity.future, facts, past=capacity.past),
        "back_test": None if tested.empty else _back_test.section(result, tested),
    }

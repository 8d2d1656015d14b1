"""Sections of capacity, of what is known of a territory."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cpts_geo.atlas.sections.capacity import (
    back_test,
    causes,
    future,
    months,
    needed,
    publics,
    sliders,
    telephone,
    week,
)
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.study.capacity import TerritoryCapacity


def capacity_sections(
    result: Headline, capacity: TerritoryCapacity, *, facts: pd.DataFrame
) -> dict[str, Any]:
    """Sections of capacity by name; one of which nothing is known is None."""
    found = capacity.eligible
    several = found is not None and len(result.scenario.eligible) > 1
    tested, tried = capacity.back_test, capacity.trial
    phone, usual = capacity.phone, capacity.usual_agents
    served = float("nan") if capacity.week is None else capacity.week.served
    return {
        "needed": needed.section(result, several=several),
        "sliders": tried and sliders.section(result, tried),
        "publics": publics.section(result, found, served=served) if found and several else None,
        "months": months.section(result, found),
        "week": capacity.week and week.section(result, capacity.week),
        "causes": causes.section(result, capacity.tornado, several=several),
        "telephone": telephone.section(result, phone, usual=usual)
        if phone is not None and usual
        else None,
        "future": None if capacity.future is None else future.section(capacity.future, facts),
        "back_test": None if tested.empty else back_test.section(result, tested),
    }

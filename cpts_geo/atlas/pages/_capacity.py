"""Sections of capacity, with what they show and no study holds yet."""

from __future__ import annotations

from typing import Any, Final

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
from cpts_geo.capacity.checks import backtest
from cpts_geo.capacity.queue.service_grid import service_grid
from cpts_geo.capacity.workforce.phone import agents_needed
from cpts_geo.study.capacity import TerritoryCapacity

#: Most slots needed or offered -> reach of the sliders: slots, their step, requests a day. The
#: shortest that holds the territory leaves room to try more.
_REACHES: Final = {12: (20, 1, 20.0), 32: (40, 1, 60.0), 96: (96, 4, 160.0)}
_LEAST_DEMAND: Final = 0.5
#: Largest backlog of a chain: from 100 on, solvers split the work, and a table takes a minute.
_MAX_BACKLOG: Final = 98


def capacity_sections(
    result: Headline, capacity: TerritoryCapacity, *, facts: pd.DataFrame
) -> dict[str, Any]:
    """Sections of capacity by name; one of which nothing is known is None."""
    found = capacity.eligible
    several = found is not None and len(result.scenario.eligible) > 1
    tested = backtest.back_test([result.scenario], draws=result.draws)
    served = float("nan") if capacity.week is None else capacity.week.served
    return {
        "needed": needed.section(result, several=several),
        "sliders": _sliders(result, capacity),
        "publics": publics.section(result, found, served=served) if found and several else None,
        "months": months.section(result, found),
        "week": capacity.week and week.section(result, capacity.week),
        "causes": causes.section(result, capacity.tornado, several=several),
        "telephone": None if capacity.phone is None else _telephone(result, capacity.phone),
        "future": None if capacity.future is None else future.section(capacity.future, facts),
        "back_test": None if tested.empty else back_test.section(result, tested),
    }


def _telephone(result: Headline, phone: pd.DataFrame) -> dict[str, Any]:
    mean = float(phone["calls_per_hour"].mean())
    usual = agents_needed(mean, telephone.handling_minutes(phone))
    return telephone.section(result, phone, usual=usual)


def _sliders(result: Headline, capacity: TerritoryCapacity) -> dict[str, Any] | None:
    """None where the territory is beyond what a table can hold."""
    found, scenario = capacity.eligible, result.scenario
    if found is None:
        return None
    # They start at today's slots, or those needed, and at the median demand of all who may ask,
    # or the one already served where it refutes the model.
    seen, per_day = result.refuting, found.requests_per_day
    demand = max(_LEAST_DEMAND, round(per_day.p50 if seen is None else seen.line.per_day, 1))
    needs = found.slots_per_day.p50 if seen is None else seen.slots
    offer = needs if result.today is None else max(1, round(result.today.slots))
    most_slots = max(offer, needs, found.slots_per_day.p90)
    most_demand = max(demand, per_day.p90, float(found.by_month["requests_p50"].max()))
    reach = next(
        (r for most, r in _REACHES.items() if most_slots <= most and most_demand <= r[2]), None
    )
    if reach is None or reach[0] * scenario.deadline_days > _MAX_BACKLOG:
        return None
    top, step, furthest = reach
    grid = service_grid(
        range((offer - 1) % step + 1, top + 1, step),
        least_demand=_LEAST_DEMAND,
        most_demand=furthest,
        deadline_days=scenario.deadline_days,
        dispersion=scenario.dispersion,
    )
    return sliders.section(result, grid, offer=offer, demand=demand)

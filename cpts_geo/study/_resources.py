"""The lines whose resources a page counts: today's, the one announced, those needed."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.answer.seasons import EligibleDemand
from cpts_geo.capacity.comparing.shares import studied_weekdays
from cpts_geo.capacity.demand.interval import Interval
from cpts_geo.capacity.demand.periods import no_mt_per_day
from cpts_geo.capacity.demand.ratios import weekly_gp_hours
from cpts_geo.capacity.workforce.resources import Line, resources

#: Situations of the table, in its order; the last stands for the three before it where the
#: activity observed is above what the model plans for.
NEEDED: Final = ("needed_p10", "needed_p50", "needed_p90")
FLOOR: Final = "needed_floor"


def line_resources(
    result: Headline, eligible: EligibleDemand | None, *, phone: pd.DataFrame | None
) -> pd.DataFrame:
    """Resources of today's line, of the one announced, if any, and of those needed.

    As :func:`cpts_geo.capacity.workforce.resources.resources`, over the months studied, or the
    year: a line that is not needed yet is tried at the median demand.
    """
    scenario = result.scenario
    demand, slots, hours = _needed(result, eligible)
    lines = {"today": _today(result, demand.p50)}
    if result.planned is not None and scenario.slots_planned is not None:
        lines["planned"] = Line(
            slots=(scenario.slots_planned,) * len(scenario.calendar.weekdays),
            gp_hours_per_week=result.planned.gp_hours_per_week,
            requests_per_day=demand.p50,
        )
    if (floor := result.refuting) is not None:
        line = _line(result, floor.slots, floor.gp_hours_per_week, floor.line.per_day)
        # Who was seen did come: no no-show is taken out again.
        lines[FLOOR] = replace(line, consultations=floor.line.per_year)
    else:
        each = zip(*(vars(x).values() for x in (slots, hours, demand)), strict=True)
        lines |= {name: _line(result, *one) for name, one in zip(NEEDED, each, strict=True)}
    return resources(scenario, lines, days=studied_weekdays(scenario), phone=phone)


def _today(result: Headline, requests_per_day: float) -> Line:
    """Today's line, tried at a demand; its own consultations where its slots are unknown."""
    scenario, observed = result.scenario, result.observed
    if result.today is None:
        if observed is None or scenario.months:
            return Line()
        return Line(consultations=observed.line.per_year)
    return Line(
        slots=scenario.slots_by_weekday,
        gp_hours_per_week=result.today.gp_hours_per_week,
        requests_per_day=requests_per_day,
    )


def _line(result: Headline, slots: int, hours: float, requests_per_day: float) -> Line:
    """A line of as many slots every day."""
    week = (slots,) * len(result.scenario.calendar.weekdays)
    return Line(slots=week, gp_hours_per_week=hours, requests_per_day=requests_per_day)


def _needed(
    result: Headline, eligible: EligibleDemand | None
) -> tuple[Interval[float], Interval[int], Interval[float]]:
    """Demand a day, slots and GP-hours a week of all who may ask."""
    scenario = result.scenario
    if eligible is None or scenario.uncounted_demand is None:
        a_year = vars(result.requests_per_year).values()
        per_day = Interval(*(float(no_mt_per_day(scenario, x)) for x in a_year))
        return per_day, result.slots_per_day, result.gp_hours_per_week
    minutes = float(np.median(result.drawn.minutes))
    opens = len(scenario.calendar.weekdays)
    slots = eligible.slots_per_day
    hours = (
        weekly_gp_hours(float(x), minutes=minutes, opening_days=opens) for x in vars(slots).values()
    )
    return eligible.requests_per_day, slots, Interval(*hours)

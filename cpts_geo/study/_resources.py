"""The lines whose resources a page counts: today's, the one announced, those needed."""

from __future__ import annotations

from typing import Final

import pandas as pd

from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.comparing.shares import studied_weekdays
from cpts_geo.capacity.workforce.resources import Line, resources

#: Situations of the table that are needed, in its order.
NEEDED: Final = ("needed_p10", "needed_p50", "needed_p90")


def line_resources(result: Headline, *, phone: pd.DataFrame | None) -> pd.DataFrame:
    """Resources of today's line, of the one announced, if any, and of those needed.

    As :func:`cpts_geo.capacity.workforce.resources.resources`, over the months studied, or the
    year: a line that is not needed yet is tried at the median demand.
    """
    scenario, demand = result.scenario, result.requests_per_day
    lines = {"today": _today(result, demand.p50)}
    if result.planned is not None and scenario.slots_planned is not None:
        lines["planned"] = Line(
            slots=(scenario.slots_planned,) * len(scenario.calendar.weekdays),
            gp_hours_per_week=result.planned.gp_hours_per_week,
            requests_per_day=demand.p50,
        )
    needed = (vars(x).values() for x in (result.slots_per_day, result.gp_hours_per_week, demand))
    each = zip(*needed, strict=True)
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

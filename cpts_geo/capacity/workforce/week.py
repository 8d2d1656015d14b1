"""The week of a line: slots offered and needed, by day and by band of hours.

Needed slots follow the requests: those of the weekday, then those of the hour, from 8 h to 20 h. A
Saturday morning that does not open has no need of its own here: its requests are not in the count.
What is offered stands at the hours of the sessions, and at none where nobody says them. Cells add
up to the days, and days to the week; a Sunday is out-of-hours care, and no day of it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.capacity.scenario._slips.hours import (
    SATURDAY,
    SATURDAY_CLOSES,
    SATURDAY_OPENS,
    WEEKDAY_CLOSES,
    WEEKDAY_OPENS,
)
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.workforce.phone import HOUR_SHARES

#: Days of the grid, Monday first, and its bands of hours.
DAYS: Final = (1, 2, 3, 4, 5, SATURDAY)
BANDS: Final = ((8, 12), (12, 14), (14, 18), (18, 20))
#: What a cell of the grid is: of unscheduled care and open, closed, or out-of-hours care (PDSA).
OPEN, CLOSED, PDSA = "open", "closed", "pdsa"
_SATURDAY_BAND: Final = (SATURDAY_OPENS.hour, SATURDAY_CLOSES.hour)


def week_grid(scenario: Scenario, needed: Mapping[str, float]) -> pd.DataFrame:
    """
    Lay a week out by day and band of hours: slots offered, slots needed.

    Parameters
    ----------
    scenario : Scenario
        Its calendar, sessions and slots of today.
    needed : Mapping of str to float
        Slots needed on a mean weekday, by name of the bound, such as ``p50``.

    Returns
    -------
    DataFrame
        A row a day (1 = Monday … 6) and band (``first_hour``, ``last_hour``): ``state``
        (:data:`OPEN`, :data:`CLOSED` or :data:`PDSA`), ``offered`` (NaN = slots or their hours are
        unknown, or out of scope) and ``needed_p50``… (NaN where the cell is not open). Not rounded.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> grid = week_grid(load_scenario("lvo"), {"p50": 20.0})
    >>> float(grid["offered"].sum()), round(float(grid["needed_p50"].sum()), 6)
    (80.0, 100.0)
    """
    hours = _hour_shares(scenario)
    weights = _day_weights(scenario)
    timed = hours_known(scenario)
    rows = []
    for day in DAYS:
        for first, last in BANDS:
            state = _state(scenario, day, (first, last))
            share = 0.0
            if state == OPEN:
                share = (
                    1.0
                    if day == SATURDAY
                    else float(hours[first - WEEKDAY_OPENS.hour : last - WEEKDAY_OPENS.hour].sum())
                )
            rows.append(
                {"day": day, "first_hour": first, "last_hour": last, "state": state}
                | {"offered": _offered(scenario, day, first, last) if timed else math.nan}
                | {
                    f"needed_{bound}": slots * weights[day] * share if state == OPEN else math.nan
                    for bound, slots in needed.items()
                }
            )
    table = pd.DataFrame(rows)
    table["offered"] = table["offered"].where(table["state"] != PDSA)
    return table


def week_days(scenario: Scenario, needed: Mapping[str, float]) -> pd.DataFrame:
    """
    Lay a week out by day: slots offered, whose hours need not be known, and slots needed.

    Parameters
    ----------
    scenario, needed : Scenario, Mapping of str to float
        As for :func:`week_grid`.

    Returns
    -------
    DataFrame
        Indexed by ``day``, those of :data:`DAYS`: ``offered`` (0 where it is closed; NaN =
        unknown), ``needed_p50``… (NaN where it is closed). Not rounded.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> week_days(load_scenario("beauce_gatinais"), {"p50": 14.0})["offered"].tolist()
    [8.0, 8.0, 8.0, 8.0, 8.0, 0.0]
    """
    weights, week = _day_weights(scenario), scenario.week_slots
    offered = dict(zip(scenario.calendar.week_days, week or (), strict=False))
    table = pd.DataFrame(
        {"offered": [math.nan if week is None else float(offered.get(day, 0)) for day in DAYS]}
        | {
            f"needed_{bound}": [
                slots * weights[day] if day in weights else math.nan for day in DAYS
            ]
            for bound, slots in needed.items()
        },
        index=pd.Index(DAYS, name="day"),
    )
    return table


def hours_known(scenario: Scenario) -> bool:
    """
    Tell whether the hours of today's slots are said.

    Parameters
    ----------
    scenario : Scenario
        Its sessions.

    Returns
    -------
    bool
        False where nobody gives sessions: nothing spreads slots over the day then.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> [hours_known(load_scenario(name)) for name in ("lvo", "beauce_gatinais")]
    [True, False]
    """
    return scenario.sessions is not None and scenario.week_slots is not None


def _hour_shares(scenario: Scenario) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Shares of a day's requests by hour from 8 h: of its own log, else those supposed."""
    shares = np.asarray(scenario.calendar.hour_factors or HOUR_SHARES, dtype=np.float64)
    assert len(shares) == WEEKDAY_CLOSES.hour - WEEKDAY_OPENS.hour
    return np.asarray(shares / shares.sum())


def _state(scenario: Scenario, day: int, band: tuple[int, int]) -> str:
    """What a cell of the grid is."""
    if day == SATURDAY and band != _SATURDAY_BAND:
        return PDSA
    return OPEN if day in scenario.calendar.week_days else CLOSED


def _offered(scenario: Scenario, day: int, first: float, last: float) -> float:
    """Slots of the sessions of a day that a band holds, each spread evenly over its hours."""
    held = [each for each in scenario.sessions or () if day in each.days]
    if day == SATURDAY and not held and scenario.calendar.saturday_morning:
        return float(scenario.slots_saturday or 0) if (first, last) == _SATURDAY_BAND else 0.0
    return sum(
        each.slots_each(scenario.slot_minutes) * each.hours_within(first, last) / each.hours
        for each in held
    )


def _day_weights(scenario: Scenario) -> dict[int, float]:
    """Requests of each opening day over a mean weekday: mean 1, a Saturday morning apart."""
    calendar, shape = scenario.calendar, scenario.week_shape
    factors = np.asarray(calendar.weekday_factors)
    ordinary = factors / factors.mean()
    each = [*ordinary.tolist(), *shape[len(ordinary) :]]
    return dict(zip(calendar.week_days, each, strict=True))

"""Booking queue over a week: requests and slots that follow the day of the week.

The backlog at the start of Monday is the steady state of a whole week; the other days follow
from it. Slots may differ by day: the backlog after a day is then at most the sum of the slots of
the next K opening days, around the week.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from cpts_geo.capacity.queue.chain import Day, stationary
from cpts_geo.capacity.queue.checks import (
    check,
    each_day,
    factor_defects,
    week_defects,
)

#: Requests Monday..Friday relative to the mean day (grade D: no log gives it yet).
WEEKDAY_FACTORS: Final = (1.30, 1.00, 0.90, 0.85, 0.95)


@dataclass(frozen=True)
class WeeklyService:
    """
    Steady state of a booking queue whose demand follows the day of the week.

    Attributes
    ----------
    served : float
        Share of the week's requests that get a slot within the deadline, 0 to 1.
    same_day : float
        Share of the week's requests that get a slot on the day they are made, 0 to 1.
    lost_by_weekday : tuple of float
        Share of the requests of Monday, ..., Friday that find no slot in time.
    utilisation : float
        Share of the week's slots that are used, 0 to 1.
    expected_backlog : float
        Mean, over the days, of the slots already taken when a day starts.
    waiting : tuple of float
        Shares of the week's requests that get a slot 0, 1, ..., K opening days after the
        request; they sum to ``served``.
    seen_by_weekday : tuple of float
        Shares of the week's requests that are seen on Monday, ..., Friday, the day of the slot;
        they sum to ``served``.
    """

    served: float
    same_day: float
    lost_by_weekday: tuple[float, ...]
    utilisation: float
    expected_backlog: float
    waiting: tuple[float, ...]
    seen_by_weekday: tuple[float, ...]


def weekly_service(
    arrivals_per_day: float,
    slots: int | Sequence[int],
    *,
    factors: Sequence[float] = WEEKDAY_FACTORS,
    deadline_days: int = 1,
    dispersion: float = 1.0,
) -> WeeklyService:
    """
    Compute the share of requests served when demand follows the day of the week.

    Parameters
    ----------
    arrivals_per_day : float
        Mean requests per opening day over the week, above 0.
    slots : int or sequence of int
        Slots per opening day: one number for every day (1 or more), or one for each day of
        ``factors`` (0 on days without a session, not all 0).
    factors : sequence of float
        Requests of each opening day of the week relative to the mean; above 0, mean 1.
    deadline_days : int
        Opening days after the request within which it must be seen (0 = the same day). A day
        of ``factors`` without a slot is an opening day too: its calls come, and it counts.
    dispersion : float
        Variance of the daily requests over their mean, 1 (Poisson) or more.

    Returns
    -------
    WeeklyService
        Shares over the week and losses by day; holidays are not modelled here.

    Raises
    ------
    ScenarioError
        If an argument is outside its domain; lists them all.

    Examples
    --------
    >>> week = weekly_service(1511 / 270, 6)
    >>> round(week.served, 4), round(week.lost_by_weekday[0], 4)
    (0.9671, 0.0508)

    The same 30 slots, on three days:

    >>> week = weekly_service(1511 / 270, [12, 0, 9, 0, 9])
    >>> round(week.served, 4), round(week.same_day, 4)
    (0.9022, 0.473)
    """
    days = len(factors)
    plan = each_day(slots, days)
    check(
        arrivals=arrivals_per_day,
        slots=slots,
        deadline=deadline_days,
        dispersion=dispersion,
        others=[
            *factor_defects(factors),
            *(week_defects(plan, days, deadline_days) if np.ndim(slots) else []),
        ],
    )
    deadline, spread = int(deadline_days), float(dispersion)
    week = [
        Day(
            arrivals_per_day * factor,
            [int(plan[(day + later) % days]) for later in range(deadline + 1)],
            spread,
        )
        for day, factor in enumerate(factors)
    ]
    steps = [day.transition() for day in week]
    backlog = stationary(np.linalg.multi_dot(steps) if days > 1 else steps[0])
    lost, taken = [], []
    seen = np.zeros((days, deadline + 1))
    for number, (day, step) in enumerate(zip(week, steps, strict=True)):
        lost.append(float(backlog @ day.lost()))
        taken.append(float(backlog @ day.backlog))
        seen[number] = [float(backlog @ day.seen(after)) for after in range(deadline + 1)]
        backlog = backlog @ step
    total = sum(day.arrivals for day in week)
    waiting = tuple(sum(column) / total for column in seen.T.tolist())
    on_day = [
        sum(float(seen[(day - after) % days, after]) for after in range(deadline + 1))
        for day in range(days)
    ]
    return WeeklyService(
        served=1.0 - sum(lost) / total,
        same_day=waiting[0],
        lost_by_weekday=tuple(x / day.arrivals for x, day in zip(lost, week, strict=True)),
        utilisation=min(1.0, (total - sum(lost)) / sum(plan)),  # rounding of a full line
        expected_backlog=sum(taken) / days,
        waiting=waiting,
        seen_by_weekday=tuple(each / total for each in on_day),
    )

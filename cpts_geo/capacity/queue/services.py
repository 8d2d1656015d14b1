"""What slots give to demands once the line is established: a day like the others, or a week.

The backlog at the start of a Monday is the steady state of a whole week; the other days follow
from it. Slots may differ by day: the backlog after a day is then at most the sum of the slots of
the next K opening days, around the week.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from cpts_geo.capacity.queue._chain import Day, stationary


@dataclass(frozen=True)
class BookingService:
    """
    Steady state of a booking queue.

    Attributes
    ----------
    served : float
        Share of requests that get a slot within the deadline, 0 to 1.
    same_day : float
        Share of requests that get a slot on the day they are made, 0 to 1.
    utilisation : float
        Share of the slots that are used, 0 to 1.
    expected_backlog : float
        Mean number of slots of the coming days already taken when a day starts.
    lost_per_day : float
        Mean number of requests a day that find no slot in time.
    backlog_distribution : tuple of float
        Probability of a backlog of 0, 1, ..., deadline x slots when a day starts.
    waiting : tuple of float
        Shares of requests that get a slot 0, 1, ..., K opening days after the request; they
        sum to ``served``, and the first is ``same_day``.
    """

    served: float
    same_day: float
    utilisation: float
    expected_backlog: float
    lost_per_day: float
    backlog_distribution: tuple[float, ...]
    waiting: tuple[float, ...]

    @classmethod
    def _solved(cls, arrivals: float, slots: int, deadline: int, dispersion: float) -> Self:
        """Solve the chain of days that are alike; arguments are checked."""
        day = Day(arrivals, (slots,) * (deadline + 1), dispersion)
        backlog = stationary(day.transition())
        lost = float(backlog @ day.lost())
        served = 1.0 - lost / arrivals
        waiting = tuple(
            float(backlog @ day.seen(after)) / arrivals for after in range(deadline + 1)
        )
        return cls(
            served=served,
            same_day=waiting[0],
            utilisation=min(1.0, arrivals * served / slots),  # rounding of a full line
            expected_backlog=float(backlog @ np.arange(backlog.size)),
            lost_per_day=lost,
            backlog_distribution=tuple(backlog.tolist()),
            waiting=waiting,
        )


@dataclass(frozen=True)
class WeeklyService:
    """
    Steady state of a booking queue over the opening days of a week.

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

    @classmethod
    def _solved(
        cls, arrivals: Sequence[float], plan: Sequence[int], deadline: int, dispersion: float
    ) -> Self:
        """Solve the chain of a week: requests and slots of each of its days, checked."""
        days = len(plan)
        week = [
            Day(
                mean, [int(plan[(day + later) % days]) for later in range(deadline + 1)], dispersion
            )
            for day, mean in enumerate(arrivals)
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
        return cls(
            served=1.0 - sum(lost) / total,
            same_day=waiting[0],
            lost_by_weekday=tuple(x / day.arrivals for x, day in zip(lost, week, strict=True)),
            utilisation=min(1.0, (total - sum(lost)) / sum(plan)),  # rounding of a full line
            expected_backlog=sum(taken) / days,
            waiting=waiting,
            seen_by_weekday=tuple(each / total for each in on_day),
        )

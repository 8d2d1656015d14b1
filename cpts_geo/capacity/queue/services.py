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
from cpts_geo.capacity.queue._weeks import by_day_seen, followed


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
        lost, taken, seen = followed(np.asarray(arrivals), plan, deadline, dispersion)
        total = sum(arrivals)
        return cls(
            served=1.0 - float(lost.sum()) / total,
            same_day=float(seen[:, 0].sum()) / total,
            lost_by_weekday=tuple((lost / arrivals).tolist()),
            # rounding of a full line
            utilisation=min(1.0, (total - float(lost.sum())) / sum(plan)),
            expected_backlog=float(taken.mean()),
            waiting=tuple((seen.sum(axis=0) / total).tolist()),
            seen_by_weekday=tuple((by_day_seen(seen) / total).tolist()),
        )

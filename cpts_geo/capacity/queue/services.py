"""What slots give to demands once the line is established: a day like the others, or a week.

The backlog at the start of a Monday is the steady state of a whole week; the other days follow
from it. Slots may differ by day: the backlog after a day is then at most the sum of the slots of
the next K opening days, around the week.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from cpts_geo.capacity.queue._chain import Day, Floats, stationary

#: Entries of a matrix of transition, or chances of a day, of all the weeks solved at once.
_AT_ONCE: Final = 2_000_000


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
        lost, taken, seen = _followed(np.asarray(arrivals), plan, deadline, dispersion)
        total = sum(arrivals)
        return cls(
            served=1.0 - float(lost.sum()) / total,
            same_day=float(seen[:, 0].sum()) / total,
            lost_by_weekday=tuple((lost / arrivals).tolist()),
            # rounding of a full line
            utilisation=min(1.0, (total - float(lost.sum())) / sum(plan)),
            expected_backlog=float(taken.mean()),
            waiting=tuple((seen.sum(axis=0) / total).tolist()),
            seen_by_weekday=tuple((_by_day_seen(seen) / total).tolist()),
        )


def week_shares(arrivals: Floats, plan: Sequence[int], deadline: int, dispersion: float) -> Floats:
    """Shares served, served the same day, seen on each day of the week: a row a week of requests.

    ``arrivals`` has a row a day, a column a week.
    """
    most_taken = max(
        sum(plan[(day + later) % len(plan)] for later in range(deadline))
        for day in range(len(plan))
    )
    entries = max((most_taken + 1) ** 2, 2 * int(arrivals.max()))
    at_once = max(1, _AT_ONCE // entries)
    found = []
    for first in range(0, arrivals.shape[1], at_once):
        some = arrivals[:, first : first + at_once]
        lost, _, seen = _followed(some, plan, deadline, dispersion)
        served = some.sum(axis=0) - lost.sum(axis=0)
        found.append(np.vstack([served, seen[:, 0].sum(axis=0), _by_day_seen(seen)]))
    shares: Floats = np.hstack(found).T / arrivals.sum(axis=0)[:, None]
    return shares


def _followed(
    arrivals: Floats, plan: Sequence[int], deadline: int, dispersion: float
) -> tuple[Floats, Floats, Floats]:
    """Requests lost, slots taken as it starts, requests seen 0 to K days later: each day of a week.

    The first axis is the day, and the last, of several weeks at once, that of ``arrivals``.
    """
    days = len(plan)
    week = [
        Day(mean, [int(plan[(day + later) % days]) for later in range(deadline + 1)], dispersion)
        for day, mean in enumerate(arrivals)
    ]
    steps = [day.transition() for day in week]
    backlog = stationary(functools.reduce(np.matmul, steps))
    lost, taken, seen = [], [], []
    for day, step in zip(week, steps, strict=True):
        lost.append(np.vecdot(backlog, day.lost()))
        taken.append(np.vecdot(backlog, day.backlog))
        seen.append([np.vecdot(backlog, day.seen(after)) for after in range(deadline + 1)])
        backlog = np.vecmat(backlog, step)
    return np.array(lost), np.array(taken), np.array(seen)


def _by_day_seen(seen: Floats) -> Floats:
    """Requests seen on each day of the week, from those made on each day, by days of waiting."""
    waits = range(seen.shape[1])
    on_day: Floats = np.sum([np.roll(seen[:, after], after, axis=0) for after in waits], axis=0)
    return on_day

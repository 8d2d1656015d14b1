"""Weeks of the booking queue in their steady state, for many demands at once."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Final

import numpy as np

from cpts_geo.capacity.queue._chain import Day, Floats, arrivals_pmf, stationary

#: Numbers held at once: matrices of transition, and chances, of each day of each week.
_AT_ONCE: Final = 8_000_000


def week_shares(arrivals: Floats, plan: Sequence[int], deadline: int, dispersion: float) -> Floats:
    """Shares served, served the same day, seen on each day of the week: a row a week of requests.

    ``arrivals`` has a row a day, a column a week.
    """
    days = len(plan)
    most_taken = max(
        sum(plan[(day + later) % days] for later in range(deadline)) for day in range(days)
    )
    largest = float(arrivals.max(initial=0.0))
    law = arrivals_pmf(largest, dispersion, at_least=most_taken + max(plan)).size
    at_once = max(1, _AT_ONCE // (days * ((most_taken + 1) ** 2 + 5 * law)))
    found = [np.empty((days + 2, 0))]
    for first in range(0, arrivals.shape[1], at_once):
        some = arrivals[:, first : first + at_once]
        lost, _, seen = followed(some, plan, deadline, dispersion)
        served = some.sum(axis=0) - lost.sum(axis=0)
        found.append(np.vstack([served, seen[:, 0].sum(axis=0), by_day_seen(seen)]))
    # A line that is full, or idle, is so to the rounding.
    shares: Floats = np.clip(np.hstack(found).T / arrivals.sum(axis=0)[:, None], 0.0, 1.0)
    return shares


def followed(
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


def by_day_seen(seen: Floats) -> Floats:
    """Requests seen on each day of the week, from those made on each day, by days of waiting."""
    waits = range(seen.shape[1])
    on_day: Floats = np.sum([np.roll(seen[:, after], after, axis=0) for after in waits], axis=0)
    return on_day

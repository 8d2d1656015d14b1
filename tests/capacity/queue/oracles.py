"""The booking queue written out naively: a diary of days, where each request is put in turn."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Diary = tuple[int, ...]


def daily_probabilities(demand: float, dispersion: float) -> list[float]:
    """Return P(X = k) by its recurrence, without scipy."""
    top = math.ceil(demand + 14 * math.sqrt(dispersion * demand) + 60)
    if dispersion == 1.0:
        values = [math.exp(-demand)]
        for k in range(1, top + 1):
            values.append(values[-1] * demand / k)
        return values
    size, keep = demand / (dispersion - 1), 1 - 1 / dispersion
    values = [(1 - keep) ** size]
    for k in range(1, top + 1):
        values.append(values[-1] * keep * (size + k - 1) / k)
    return values


@dataclass
class Outcome:
    """Means of one day: requests seen after 0, 1, ... days, lost, and bookings at its start."""

    seen: list[float]
    lost: float
    booked: float


def one_day(
    diaries: dict[Diary, float], chances: Sequence[float], slots: Sequence[int]
) -> tuple[dict[Diary, float], Outcome]:
    """
    Put each request of a day on the first day with room, today to K days later, or nowhere.

    A diary holds the bookings of today and the days after, K in all; nobody could yet book on
    the day K days later. `slots` are those of today and the K days after.
    """
    after: dict[Diary, float] = defaultdict(float)
    outcome = Outcome([0.0] * len(slots), 0.0, 0.0)
    for diary, weight in diaries.items():
        outcome.booked += weight * sum(diary)
        pages = [*diary, 0]
        seen, lost = [0] * len(slots), 0
        for count, chance in enumerate(chances):
            if count > 0:
                free = [day for day, booked in enumerate(pages) if booked < slots[day]]
                if free:
                    pages[free[0]] += 1
                    seen[free[0]] += 1
                else:
                    lost += 1
            after[tuple(pages[1:])] += weight * chance
            outcome.lost += weight * chance * lost
            for day, people in enumerate(seen):
                outcome.seen[day] += weight * chance * people
    return dict(after), outcome


def run_days(
    demands: Sequence[float],
    slots: Sequence[int],
    *,
    deadline: int,
    dispersion: float,
    start: dict[Diary, float] | None = None,
) -> tuple[dict[Diary, float], list[Outcome]]:
    """Follow the diary over days; `slots` goes on for `deadline` days after the last demand."""
    diaries = start or {(0,) * deadline: 1.0}
    outcomes = []
    for day, demand in enumerate(demands):
        chances = daily_probabilities(demand, dispersion)
        diaries, outcome = one_day(diaries, chances, slots[day : day + deadline + 1])
        outcomes.append(outcome)
    return diaries, outcomes


def run_weeks(
    demands: Sequence[float], slots: Sequence[int], *, deadline: int, dispersion: float, weeks: int
) -> list[Outcome]:
    """Repeat a week and give the last one."""
    around = [slots[day % len(slots)] for day in range(len(slots) + deadline)]
    diaries: dict[Diary, float] | None = None
    outcomes: list[Outcome] = []
    for _ in range(weeks):
        diaries, outcomes = run_days(
            demands, around, deadline=deadline, dispersion=dispersion, start=diaries
        )
    return outcomes


def fifo_week(
    demands: Sequence[float], slots: Sequence[int], *, deadline: int, weeks: int, seed: int
) -> tuple[float, list[float]]:
    """
    Draw weeks one after the other: share served, and share lost of the requests of each day.

    Each request takes the first free page of today and the `deadline` opening days after it, or
    gives up.
    """
    arrivals = np.random.default_rng(seed).poisson(demands, (weeks, len(demands))).ravel()
    plan = list(slots) * (weeks + deadline)
    booked = [0] * len(plan)
    lost = [0] * len(demands)
    for day, count in enumerate(arrivals.tolist()):
        left = count
        for page in range(day, day + deadline + 1):
            taken = min(left, plan[page] - booked[page])
            booked[page] += taken
            left -= taken
        lost[day % len(demands)] += left
    asked = arrivals.reshape(weeks, -1).sum(axis=0).tolist()
    return 1.0 - sum(lost) / sum(asked), [x / n for x, n in zip(lost, asked, strict=True)]

"""Booking queue against independent implementations: naive chain and simulations."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.capacity.queue.oracles import daily_probabilities, run_weeks
from tests.queues import WEEKDAY_FACTORS, queue

OL = 1511 / 270


def naive_service(
    demand: float, slots: int, deadline: int, dispersion: float
) -> tuple[float, float, float]:
    """Apply the three recursions to every backlog and count; power iteration."""
    chances = daily_probabilities(demand, dispersion)
    cap = deadline * slots
    states = range(cap + 1)
    step = [[0.0] * (cap + 1) for _ in states]
    lost, same, used = ([0.0] * (cap + 1) for _ in range(3))
    for backlog in states:
        for count, chance in enumerate(chances):
            after = backlog + count - slots
            step[backlog][min(max(after, 0), cap)] += chance
            lost[backlog] += chance * max(after - cap, 0)
            same[backlog] += chance * min(count, max(slots - backlog, 0))
            used[backlog] += chance * min(backlog + count, slots)
    matrix = np.array(step)
    for _ in range(40):
        matrix = matrix @ matrix
        matrix /= matrix.sum(axis=1, keepdims=True)
    start = matrix[0]
    return 1 - start @ lost / demand, start @ same / demand, start @ used / slots


@pytest.mark.parametrize("deadline", [0, 1, 2, 3])
@pytest.mark.parametrize("dispersion", [1.0, 1.7])
@pytest.mark.parametrize(("demand", "slots"), [(0.2, 1), (3.1, 4), (5.6, 5), (9.0, 6), (12.0, 14)])
def test_agrees_with_the_naive_chain(
    demand: float, slots: int, deadline: int, dispersion: float
) -> None:
    line = queue(deadline_days=deadline, dispersion=dispersion).service(demand, slots)
    served, same_day, used = naive_service(demand, slots, deadline, dispersion)
    assert line.served == pytest.approx(served, abs=1e-9)
    assert line.same_day == pytest.approx(same_day, abs=1e-9)
    # flow conservation: slots counted as used, not deduced from the losses
    assert line.utilisation == pytest.approx(used, abs=1e-9)


@pytest.mark.parametrize("deadline", [0, 1, 2, 3])
@pytest.mark.parametrize(("demand", "slots", "dispersion"), [(0.7, 1, 1.0), (2.2, 2, 1.7)])
def test_waiting_agrees_with_a_diary(
    demand: float, slots: int, deadline: int, dispersion: float
) -> None:
    (day,) = run_weeks([demand], [slots], deadline=deadline, dispersion=dispersion, weeks=250)
    line = queue(deadline_days=deadline, dispersion=dispersion).service(demand, slots)
    assert np.multiply(line.waiting, demand) == pytest.approx(day.seen, abs=1e-9)
    assert line.lost_per_day == pytest.approx(day.lost, abs=1e-9)
    assert line.expected_backlog == pytest.approx(day.booked, abs=1e-9)


@pytest.mark.parametrize("dispersion", [1.0, 1.7])
@pytest.mark.parametrize(
    ("slots", "deadline"),
    [
        ([3, 0, 2, 0, 1], 0),
        ([3, 0, 2, 0, 1], 1),
        ([3, 0, 2, 0, 1], 2),
        ([0, 0, 4, 0, 0], 1),
        ([1, 2, 1, 2, 1], 2),
        ([0, 2, 0, 0, 2], 4),
        ([1, 0, 0, 0, 1], 6),  # further ahead than a week
    ],
)
def test_sessions_on_some_days_agree_with_a_diary(
    slots: list[int], deadline: int, dispersion: float
) -> None:
    factors = [1.4, 1.0, 0.6, 1.1, 0.9]
    demands = [1.2 * factor for factor in factors]
    days = run_weeks(demands, slots, deadline=deadline, dispersion=dispersion, weeks=60)
    week = queue(deadline_days=deadline, dispersion=dispersion).week(1.2, slots, factors=factors)
    lost = [day.lost / demand for day, demand in zip(days, demands, strict=True)]
    assert week.lost_by_weekday == pytest.approx(lost, abs=1e-9)
    assert week.waiting == pytest.approx(np.sum([day.seen for day in days], axis=0) / 6, abs=1e-9)
    assert week.served == pytest.approx(1 - sum(day.lost for day in days) / 6, abs=1e-9)
    assert week.same_day == week.waiting[0]
    assert week.expected_backlog == pytest.approx(np.mean([day.booked for day in days]), abs=1e-9)
    used = sum(sum(day.seen) for day in days)
    assert week.utilisation == pytest.approx(used / sum(slots), abs=1e-9)


@pytest.mark.parametrize(
    ("demand", "slots", "deadline"), [(OL, 6, 1), (4.0, 4, 2), (7.0, 5, 1), (4.1, 4, 2)]
)
def test_agrees_with_an_age_structured_simulation(demand: float, slots: int, deadline: int) -> None:
    """Ages at the time of the visit, oldest served first, against bookings made on the day."""
    batches = 40
    requests = np.random.default_rng(11).poisson(demand, 40_000)
    waiting: list[list[int]] = []  # [day of request, people], oldest first
    seen = np.zeros((deadline + 1, requests.size))
    for day, count in enumerate(requests.tolist()):
        waiting = [[asked, n] for asked, n in [*waiting, [day, count]] if asked >= day - deadline]
        room = slots
        for group in waiting:
            served = min(room, group[1])
            seen[day - group[0], group[0]] += served
            group[1] -= served
            room -= served
    by_day = seen.reshape(deadline + 1, batches, -1).sum(2)
    shares = np.vstack([by_day, by_day.sum(axis=0)]) / requests.reshape(batches, -1).sum(1)
    error = shares.std(axis=1, ddof=1) / math.sqrt(batches)
    line = queue(deadline_days=deadline).service(demand, slots)
    assert (np.abs(shares.mean(axis=1) - [*line.waiting, line.served]) < 3 * error).all()


def test_weekly_cycle_against_an_independent_sum() -> None:
    """Simulate the recursion over weeks instead of multiplying matrices."""
    rng = np.random.default_rng(3)
    weeks, slots = 30_000, 6
    requests = rng.poisson(OL * np.array(WEEKDAY_FACTORS), (weeks, 5))
    lost = np.zeros((weeks, 5))
    backlog = 0
    for week in range(weeks):
        for day in range(5):
            after = backlog + int(requests[week, day]) - slots
            lost[week, day] = max(after - slots, 0)
            backlog = min(max(after, 0), slots)
    per_batch = lost.reshape(30, -1, 5).sum(1) / requests.reshape(30, -1, 5).sum(1)
    error = per_batch.std(axis=0, ddof=1) / math.sqrt(30)
    gap = per_batch.mean(axis=0) - queue().week(OL, slots, factors=WEEKDAY_FACTORS).lost_by_weekday
    assert (np.abs(gap) < 3.5 * error).all()

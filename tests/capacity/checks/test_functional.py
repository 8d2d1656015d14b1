"""What anyone expects of a line of slots: the model moves the right way, and really moves."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest

from tests.queues import WEEKDAY_FACTORS, queue

#: Ouest Loiret, Beauce-Gâtinais (consultations, then half its calls), and a small territory.
DEMANDS = [1.2, 1511 / 270, 2000 / 251, 2900 / 251]
#: Changes under this are rounding, not service (a saturated line still moves by 1e-8).
SEEN = 1e-9

each_demand = pytest.mark.parametrize("demand", DEMANDS)
each_deadline = pytest.mark.parametrize("deadline", [0, 1, 2])
each_dispersion = pytest.mark.parametrize("dispersion", [1.0, 2.0])


def rises(values: Sequence[float]) -> bool:
    return all(high > low + SEEN for low, high in pairwise(values))


def falls(values: Sequence[float]) -> bool:
    return rises([-value for value in values])


def around(demand: float) -> range:
    """Slots from a line that is too short to one that is ample, where something is at stake."""
    return range(max(1, round(0.5 * demand)), round(1.2 * demand) + 2)


@each_demand
@each_deadline
@each_dispersion
def test_more_slots_fewer_losses(demand: float, deadline: int, dispersion: float) -> None:
    rules = queue(deadline_days=deadline, dispersion=dispersion)
    lines = [rules.service(demand, slots) for slots in around(demand)]
    assert falls([line.lost_per_day for line in lines])
    assert rises([line.served for line in lines])
    assert rises([line.same_day for line in lines])
    assert falls([line.utilisation for line in lines])


@each_demand
@each_dispersion
def test_longer_deadline_more_served_less_same_day(demand: float, dispersion: float) -> None:
    slots = round(demand)
    lines = [
        queue(deadline_days=days, dispersion=dispersion).service(demand, slots) for days in range(5)
    ]
    assert rises([line.served for line in lines])
    assert falls([line.same_day for line in lines])
    assert rises([line.expected_backlog for line in lines])


@each_demand
@each_deadline
def test_more_clustered_requests_fewer_served(demand: float, deadline: int) -> None:
    for slots in around(demand):
        lines = [
            queue(deadline_days=deadline, dispersion=dispersion).service(demand, slots)
            for dispersion in (1.0, 1.5, 2.0, 3.0, 5.0)
        ]
        assert falls([line.served for line in lines])


@each_deadline
@each_dispersion
@pytest.mark.parametrize("slots", [2, 6, 8, 16])
def test_more_requests_smaller_share_served(slots: int, deadline: int, dispersion: float) -> None:
    rules = queue(deadline_days=deadline, dispersion=dispersion)
    lines = [rules.service(load * slots, slots) for load in (0.8, 0.9, 1.0, 1.2, 1.6)]
    assert falls([line.served for line in lines])
    assert falls([line.same_day for line in lines])
    assert rises([line.lost_per_day for line in lines])
    assert rises([line.utilisation for line in lines])


def week(peak: float) -> tuple[float, ...]:
    """Spread the days from the mean by a multiple of the usual week."""
    return tuple(1 + peak * (factor - 1) for factor in WEEKDAY_FACTORS)


@each_demand
@each_deadline
@each_dispersion
def test_sharper_weeks_fewer_served(demand: float, deadline: int, dispersion: float) -> None:
    slots = round(demand) + 1
    rules = queue(deadline_days=deadline, dispersion=dispersion)
    weeks = [rules.week(demand, slots, factors=week(x)) for x in (0.0, 0.5, 1.0, 2.0, 3.0)]
    flat = rules.service(demand, slots)
    assert weeks[0].served == pytest.approx(flat.served, rel=1e-9)
    assert falls([line.served for line in weeks])
    assert falls([line.same_day for line in weeks])
    assert rises([line.lost_by_weekday[0] for line in weeks])


@each_demand
def test_the_peak_day_loses_most(demand: float) -> None:
    for day in range(5):
        factors = [0.9] * 5
        factors[day] = 1.4
        lost = queue().week(demand, round(demand) + 1, factors=factors).lost_by_weekday
        assert max(lost) == lost[day]
        # the next day pays too: the peak took its slots
        assert sorted(lost)[-2] == lost[(day + 1) % 5]


@each_demand
def test_what_is_asked_sets_the_slots(demand: float) -> None:
    assert queue().slots(3 * demand) > queue().slots(demand)
    by_target = [queue(target=target).slots(demand) for target in (0.5, 0.8, 0.95, 0.9999)]
    assert by_target == sorted(by_target)
    assert by_target[-1] > by_target[0]
    by_deadline = [queue(deadline_days=days).slots(demand) for days in range(4)]
    assert by_deadline == sorted(by_deadline, reverse=True)
    assert by_deadline[-1] < by_deadline[0]
    by_dispersion = [queue(dispersion=x).slots(demand) for x in (1.0, 2.0, 5.0)]
    assert by_dispersion == sorted(by_dispersion)
    assert by_dispersion[-1] > by_dispersion[0]


@pytest.mark.parametrize("slots", [2, 6, 8, 16])
def test_what_a_line_carries(slots: int) -> None:
    assert rises([queue().carries(slots + more) for more in range(4)])
    assert rises([queue(deadline_days=days).carries(slots) for days in range(4)])
    assert falls([queue(target=target).carries(slots) for target in (0.8, 0.9, 0.95, 0.99)])
    assert falls([queue(dispersion=x).carries(slots) for x in (1.0, 1.5, 2.0)])


@each_demand
@each_deadline
def test_slots_and_demand_answer_each_other(demand: float, deadline: int) -> None:
    slots = queue(deadline_days=deadline).slots(demand)
    assert queue(deadline_days=deadline).carries(slots) >= demand
    if slots > 1:
        assert queue(deadline_days=deadline).carries(slots - 1) < demand

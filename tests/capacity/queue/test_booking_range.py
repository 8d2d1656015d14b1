"""Booking queue from the smallest line to 600 slots: closed forms, extremes, properties, misuse."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpts_geo.capacity.queue.services import BookingService
from cpts_geo.errors import DemandTooLargeError, ScenarioError
from tests.queues import WEEKDAY_FACTORS, queue

OL = 1511 / 270


def assert_whole(line: BookingService, demand: float) -> None:
    """Nothing unknown, nothing negative, and every request either seen or lost."""
    chances = np.array(line.backlog_distribution)
    assert np.isfinite(chances).all()
    assert (chances >= 0).all()
    assert chances.sum() == pytest.approx(1, abs=1e-12)
    assert min(line.waiting) >= 0
    assert line.lost_per_day >= 0
    rounding = 1e-10 if demand <= 10_000 else 1e-8
    assert sum(line.waiting) == pytest.approx(line.served, abs=rounding)
    assert line.waiting[0] == line.same_day
    carried = demand * sum(line.waiting)
    assert carried + line.lost_per_day == pytest.approx(demand, rel=rounding)


# --- closed forms ------------------------------------------------------------


def filled(demand: float, slots: int) -> float:
    """Mean requests seen in a day alone, from E[X; X <= n] = demand P(X <= n - 1)."""
    terms = [math.exp(-demand)]
    for k in range(1, slots + 1):
        terms.append(terms[-1] * demand / k)
    below = math.fsum(terms[:slots])  # P(X <= slots - 1)
    met = demand * math.fsum(terms[: slots - 1]) if slots > 1 else 0.0
    return met + slots * (1 - below)


@pytest.mark.parametrize(("demand", "slots"), [(0.2, 1), (OL, 6), (8.0, 8), (30.0, 20), (90, 100)])
def test_today_or_lost_is_one_day_alone(demand: float, slots: int) -> None:
    line = queue(deadline_days=0).service(demand, slots)
    assert line.served == pytest.approx(filled(demand, slots) / demand, rel=1e-10)
    assert line.waiting == (line.same_day,)
    assert line.backlog_distribution == (1.0,)


@pytest.mark.parametrize("demand", [0.2, 0.6, 0.8])
def test_one_slot_without_deadline_is_pollaczek_khinchine(demand: float) -> None:
    line = queue(deadline_days=200).service(demand, 1)
    assert line.expected_backlog == pytest.approx(demand**2 / (2 * (1 - demand)), rel=1e-9)
    assert line.backlog_distribution[0] == pytest.approx((1 - demand) * math.exp(demand), rel=1e-9)
    assert line.served == pytest.approx(1.0, abs=1e-12)
    # the j-th request of a day waits B + j - 1 days
    days = sum(after * share for after, share in enumerate(line.waiting))
    assert days == pytest.approx(line.expected_backlog + demand / 2, rel=1e-9)


@pytest.mark.parametrize(("demand", "slots"), [(12.0, 8), (7.0, 8)])
def test_a_long_deadline_is_a_fluid(demand: float, slots: int) -> None:
    line = queue(deadline_days=100).service(demand, slots)
    assert line.served == pytest.approx(min(1.0, slots / demand), rel=1e-9)
    assert line.utilisation == pytest.approx(min(1.0, demand / slots), rel=1e-9)


# --- extremes ----------------------------------------------------------------


@pytest.mark.parametrize("deadline", [0, 1, 2, 3])
@pytest.mark.parametrize("demand", [500.0, 600.0])
def test_six_hundred_slots(demand: float, deadline: int) -> None:
    line = queue(deadline_days=deadline).service(demand, 600)
    assert_whole(line, demand)
    assert len(line.backlog_distribution) == 600 * deadline + 1
    if demand == 500:  # 4.5 standard deviations below
        assert line.served == pytest.approx(1.0, abs=1e-5)
    elif deadline > 0:  # losses of Brownian motion between two barriers
        width = 600 * deadline + 2 * 0.5826 * math.sqrt(600)
        assert 1 - line.served == pytest.approx(1 / (2 * width), rel=5e-3)


@pytest.mark.parametrize("dispersion", [1.0, 2.0, 100.0])
@pytest.mark.parametrize(("demand", "slots"), [(1e-9, 1), (1e-9, 300), (500.0, 1), (1e6, 7)])
@pytest.mark.parametrize("deadline", [0, 1, 3])
def test_extremes(demand: float, slots: int, deadline: int, dispersion: float) -> None:
    line = queue(deadline_days=deadline, dispersion=dispersion).service(demand, slots)
    assert_whole(line, demand)
    if demand >= 500 and dispersion == 1.0:  # every slot is taken, the last of the deadline first
        assert line.waiting[-1] == pytest.approx(slots / demand, rel=1e-9)
        assert line.utilisation == pytest.approx(1.0, rel=1e-12)


def test_limits_of_slots_and_deadline() -> None:
    assert len(queue(deadline_days=1).service(5.0, 600).backlog_distribution) == 601
    assert len(queue(deadline_days=600).service(5.0, 1).backlog_distribution) == 601
    for slots, deadline in [(601, 0), (601, 1), (600, 5), (2, 1201)]:
        with pytest.raises(ScenarioError, match="créneaux par jour"):
            queue(deadline_days=deadline).service(5.0, slots)
    with pytest.raises(ScenarioError, match="délai = 2401"):
        queue(deadline_days=2401).slots(5.0)


def test_minimum_slots_near_the_limit() -> None:
    assert queue().slots(497.3) == 473  # a fluid: .95 x 497.3 = 472.4
    alone = next(s for s in range(1, 601) if filled(500.0, s) >= 0.99 * 500.0)
    assert queue(target=0.99, deadline_days=0).slots(500.0) == alone
    with pytest.raises(DemandTooLargeError, match="jusqu'à 600"):
        queue().slots(632.0)
    # .95 x 631 < 600, yet 600 slots do not serve it on the very day
    with pytest.raises(DemandTooLargeError):
        queue(deadline_days=0).slots(631.0)
    with pytest.raises(DemandTooLargeError):
        queue(target=0.5).slots(500.0, same_day=1 - 1e-9)


# --- properties --------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    st.floats(0.01, 60.0),
    st.integers(1, 40),
    st.integers(0, 3),
    st.sampled_from([1.0, 1.5, 2.0, 3.0]),
)
def test_a_line_is_whole_and_moves_the_right_way(
    demand: float, slots: int, deadline: int, dispersion: float
) -> None:
    rules = queue(deadline_days=deadline, dispersion=dispersion)
    line = rules.service(demand, slots)
    assert_whole(line, demand)
    assert line.same_day <= line.served + 1e-12
    assert line.served <= 1
    assert 0 <= line.utilisation <= 1
    assert demand * line.served == pytest.approx(slots * line.utilisation, rel=1e-9)
    assert line.lost_per_day == pytest.approx(demand * (1 - line.served), abs=1e-9)
    assert len(line.backlog_distribution) == deadline * slots + 1
    # a longer deadline serves more and later; more slots, more and sooner
    later = replace(rules, deadline_days=deadline + 1).service(demand, slots)
    assert later.served >= line.served - 1e-12
    assert later.same_day <= line.same_day + 1e-12
    assert later.utilisation >= line.utilisation - 1e-12
    more = rules.service(demand, slots + 1)
    assert more.served >= line.served - 1e-12
    assert more.lost_per_day <= line.lost_per_day + 1e-10
    assert more.same_day >= line.same_day - 1e-12
    assert more.utilisation <= line.utilisation + 1e-12
    spread = replace(rules, dispersion=dispersion + 1).service(demand, slots)
    for harder in (rules.service(demand * 1.1, slots), spread):
        assert harder.served <= line.served + 1e-12


@settings(max_examples=40, deadline=None)
@given(
    st.floats(0.1, 20.0),
    st.lists(st.integers(0, 12), min_size=5, max_size=5).filter(any),
    st.integers(0, 3),
    st.integers(0, 4),
)
def test_a_week_keeps_its_requests(
    demand: float, slots: list[int], deadline: int, day: int
) -> None:
    week = queue(deadline_days=deadline).week(demand, slots, factors=WEEKDAY_FACTORS)
    assert min(week.waiting) >= 0
    assert sum(week.waiting) == pytest.approx(week.served, abs=1e-9)
    assert 5 * demand * week.served == pytest.approx(sum(slots) * week.utilisation, rel=1e-9)
    assert week.expected_backlog >= 0
    slots[day] += 1
    more = queue(deadline_days=deadline).week(demand, slots, factors=WEEKDAY_FACTORS)
    assert more.served >= week.served - 1e-12


# --- weeks -------------------------------------------------------------------


def test_one_number_of_slots_is_the_same_every_day() -> None:
    six = queue().week(OL, 6, factors=WEEKDAY_FACTORS)
    for slots in ([6] * 5, np.array([6] * 5)):
        assert queue().week(OL, slots, factors=WEEKDAY_FACTORS) == six  # type: ignore[arg-type]
    flat, line = queue().week(OL, 6, factors=[1.0] * 5), queue().service(OL, 6)
    assert flat.waiting == pytest.approx(line.waiting, rel=1e-12)
    assert flat.expected_backlog == pytest.approx(line.expected_backlog, rel=1e-12)
    assert flat.utilisation == pytest.approx(line.utilisation, rel=1e-12)
    assert flat.lost_by_weekday == pytest.approx([1 - line.served] * 5, rel=1e-9)
    for week in (flat, queue().week(OL, 6, factors=[1.0])):
        assert week.served == pytest.approx(line.served, rel=1e-12)


def test_one_session_a_week_without_deadline_is_one_day_alone() -> None:
    week = queue(deadline_days=0).week(8.0, [0, 0, 9, 0, 0], factors=[1.0] * 5)
    alone = queue(deadline_days=0).service(8.0, 9)
    assert week.lost_by_weekday == pytest.approx([1, 1, 1 - alone.served, 1, 1], rel=1e-12)
    assert week.served == pytest.approx(alone.served / 5, rel=1e-12)
    assert week.expected_backlog == 0


def test_the_day_the_week_begins_on_does_not_matter() -> None:
    slots, factors = [12, 0, 9, 0, 9], [1.3, 1.0, 0.9, 0.85, 0.95]
    week = queue(deadline_days=2).week(OL, slots, factors=factors)
    turned = queue(deadline_days=2).week(
        OL, slots[2:] + slots[:2], factors=factors[2:] + factors[:2]
    )
    assert turned.waiting == pytest.approx(week.waiting, rel=1e-11)
    assert turned.lost_by_weekday[3:] == pytest.approx(week.lost_by_weekday[:2], rel=1e-10)


@pytest.mark.parametrize(
    ("slots", "message"),
    [
        ([0] * 5, "tous nuls"),
        ([6] * 4, "4 jours pour une semaine de 5"),
        ([], "0 jours pour une semaine de 5"),
        ([6, -1, 6, 6, 6], "jour 2 = -1"),
        ([6, 6, 6.5, 6, 6], "jour 3 = 6.5"),
        ([6, 6, 6, True, 6], "jour 4 = True"),
        ([601, 0, 0, 0, 0], "jour 1 = 601"),
        ("66666", "créneaux par jour = 66666"),
        (0, "créneaux par jour = 0"),
    ],
)
def test_bad_slots_of_a_week(slots: object, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        queue().week(5.0, slots, factors=WEEKDAY_FACTORS)  # type: ignore[arg-type]


def test_every_defect_of_a_week_is_listed() -> None:
    with pytest.raises(ScenarioError) as caught:
        queue(dispersion=0).week(-1.0, [-1, 6, 6, 6, 1.5], factors=[1, 1, 1, 1, 2])  # type: ignore[list-item]
    assert len(caught.value.defects) == 5
    with pytest.raises(ScenarioError, match=r"sur le délai : 3\s600"):
        queue(deadline_days=6).week(5.0, [600] * 5, factors=WEEKDAY_FACTORS)

"""Booking queue: published oracles, properties, bad input."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpts_geo.errors import ScenarioError
from tests.queues import WEEKDAY_FACTORS, queue

OL = 1511 / 270
BG = 2000 / 251
BG_CALLS = 5800 / 251
DIGITS_4 = 5e-5
DIGITS_6 = 5e-7

dispersion_ = st.sampled_from([1.0, 1.5, 2.0, 3.0])


# --- oracles -----------------------------------------------------------------


def test_o8_tiny_line() -> None:
    line = queue().service(1.0, 1)
    assert line.backlog_distribution[1] == pytest.approx((math.e - 2) / (math.e - 1), rel=1e-12)
    assert line.backlog_distribution[1] == pytest.approx(0.4180232931, abs=5e-11)
    assert line.served == pytest.approx(0.7859027343, abs=5e-11)
    assert line.utilisation == pytest.approx(line.served, rel=1e-12)
    assert line.same_day == pytest.approx(0.3678794412, abs=5e-11)


@pytest.mark.parametrize("demand", [0.01, 0.3, 1.0, 2.5, 10.0, 40.0])
def test_o8_closed_form_of_one_slot(demand: float) -> None:
    none, one = math.exp(-demand), demand * math.exp(-demand)
    waiting = (1 - none - one) / (1 - one)  # balance of the two states
    free = 1 - waiting
    lost = free * (demand - 2 + 2 * none + one) + waiting * (demand - 1 + none)
    line = queue().service(demand, 1)
    assert line.backlog_distribution == pytest.approx((free, waiting), rel=1e-9)
    assert line.lost_per_day == pytest.approx(lost, rel=1e-9, abs=1e-13)
    assert line.same_day == pytest.approx(free * (1 - none) / demand, rel=1e-9)


@pytest.mark.parametrize(
    ("deadline", "slots", "served", "same_day"),
    [
        (1, 5, 0.871421, 0.276527),
        (1, 6, 0.970160, 0.594492),
        (1, 7, 0.996803, 0.837091),
        (1, 8, 0.999793, 0.938327),
        (0, 6, 0.865390, None),
        (0, 7, 0.924206, None),
        (0, 8, 0.960401, None),
        (2, 5, 0.887327, None),
        (2, 6, 0.989406, None),
    ],
)
def test_o9_ouest_loiret(deadline: int, slots: int, served: float, same_day: float | None) -> None:
    line = queue(deadline_days=deadline).service(OL, slots)
    assert line.served == pytest.approx(served, abs=DIGITS_6)
    assert same_day is None or line.same_day == pytest.approx(same_day, abs=DIGITS_6)


def test_o9_minimum_slots_use_and_backlog() -> None:
    assert [queue(deadline_days=k).slots(OL) for k in (0, 1, 2)] == [8, 6, 6]
    assert queue(target=0.99).slots(OL) == 7
    assert queue().slots(OL, same_day=0.80) == 7
    assert queue().service(OL, 6).utilisation == pytest.approx(0.904884, abs=DIGITS_6)
    assert queue().service(OL, 6).expected_backlog == pytest.approx(2.102353, abs=DIGITS_6)
    assert queue().service(OL, 7).utilisation == pytest.approx(0.796915, abs=DIGITS_6)


def test_o9_weekly_cycle() -> None:
    week = queue().week(OL, 6, factors=WEEKDAY_FACTORS)
    assert week.served == pytest.approx(0.967136, abs=DIGITS_6)
    assert week.same_day == pytest.approx(0.585829, abs=DIGITS_6)
    assert week.lost_by_weekday == pytest.approx(
        (0.05081, 0.04322, 0.02729, 0.01649, 0.01733), abs=5e-6
    )
    more = queue().week(OL, 7, factors=WEEKDAY_FACTORS)
    assert more.served == pytest.approx(0.995690, abs=DIGITS_6)


def test_o10_eight_for_eight() -> None:
    without = queue(deadline_days=0).service(8.0, 8)
    assert without.served == pytest.approx(0.860413, abs=DIGITS_6)
    assert without.same_day == pytest.approx(without.served, rel=1e-12)
    line = queue().service(8.0, 8)
    assert line.served == pytest.approx(0.955974, abs=DIGITS_6)
    assert line.same_day == pytest.approx(0.470765, abs=DIGITS_6)


def test_o11_beauce_gatinais() -> None:
    assert [queue(deadline_days=k).slots(BG) for k in (0, 1, 2)] == [11, 8, 8]
    assert [queue(deadline_days=k).slots(BG_CALLS) for k in (0, 1, 2)] == [25, 23, 22]
    assert queue().service(BG_CALLS, 8).served == pytest.approx(0.346207, abs=DIGITS_6)
    assert queue().service(BG_CALLS / 2, 8).served == pytest.approx(0.692370, abs=DIGITS_6)
    assert queue().service(BG_CALLS, 16).served == pytest.approx(0.692414, abs=DIGITS_6)
    assert queue().service(BG_CALLS / 2, 16).served == pytest.approx(0.999999, abs=DIGITS_6)
    assert queue().service(BG_CALLS / 2, 16).same_day == pytest.approx(0.979, abs=5e-4)


@pytest.mark.parametrize(
    ("slots", "deadline", "dispersion", "demand"),
    [
        (1, 1, 1.0, 0.4738),
        (4, 1, 1.0, 3.7216),
        (8, 1, 1.0, 8.0980),
        (12, 1, 1.0, 12.4129),
        (16, 1, 1.0, 16.6917),
        (24, 1, 1.0, 25.1904),
        (4, 1, 2.0, 2.8875),
        (12, 1, 2.0, 11.8302),
        (16, 1, 2.0, 16.1985),
        (4, 0, 1.0, 2.2193),
        (8, 0, 1.0, 5.9303),
        (12, 0, 1.0, 9.8744),
        (16, 0, 1.0, 13.9145),
    ],
)
def test_o12_largest_demand(slots: int, deadline: int, dispersion: float, demand: float) -> None:
    found = queue(deadline_days=deadline, dispersion=dispersion).carries(slots)
    assert found == pytest.approx(demand, abs=DIGITS_4)


# --- properties and limits ---------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(st.floats(0.05, 30.0), st.sampled_from([0.8, 0.95, 0.99]), st.integers(0, 2))
def test_minimum_slots_is_the_smallest(demand: float, target: float, deadline: int) -> None:
    slots = queue(target=target, deadline_days=deadline).slots(demand)
    assert queue(deadline_days=deadline).service(demand, slots).served >= target
    if slots > 1:
        assert queue(deadline_days=deadline).service(demand, slots - 1).served < target


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 30), st.sampled_from([0.8, 0.95, 0.99]), st.integers(0, 2), dispersion_)
def test_largest_demand_meets_the_target_exactly(
    slots: int, target: float, deadline: int, dispersion: float
) -> None:
    demand = queue(target=target, deadline_days=deadline, dispersion=dispersion).carries(slots)
    line = queue(deadline_days=deadline, dispersion=dispersion).service(demand or 1e-6, slots)
    if demand == 0:  # clusters: one slot misses the target however rare the requests
        assert dispersion > 1
        assert line.served < target
    else:
        assert line.served == pytest.approx(target, abs=1e-9)


def test_clustered_requests_can_defeat_one_slot() -> None:
    # rare negative binomial requests come in logarithmic clusters: one in two-day slots
    # serves sum(min(k, 2) / (k 2^k)) = ln 2 + (ln 2 - 1/2) of them
    rare = queue(dispersion=2.0).service(1e-7, 1)
    assert rare.served == pytest.approx(2 * math.log(2) - 0.5, abs=1e-6)
    clustered = queue(dispersion=2.0)
    assert clustered.carries(1) == 0.0
    assert clustered.slots(1e-7) == 2
    assert clustered.slots_for_each([1e-7, 3.0]).tolist() == [2, clustered.slots(3)]


def test_limits() -> None:
    assert queue().service(5.0, 80).served == pytest.approx(1.0, abs=1e-12)
    assert queue().service(5.0, 80).same_day == pytest.approx(1.0, abs=1e-12)
    assert queue().service(1e-9, 1).served == pytest.approx(1.0, abs=1e-8)
    full = queue().service(60.0, 1)
    assert full.utilisation == pytest.approx(1.0)
    assert full.served == pytest.approx(1 / 60)
    assert full.same_day == pytest.approx(0.0, abs=1e-12)
    assert queue().service(60.0, 80).served == pytest.approx(1.0, abs=1e-6)
    assert queue().service(15.0, 12).served == pytest.approx(0.7999, abs=DIGITS_4)  # O12
    assert queue().service(20.0, 12).served == pytest.approx(0.6000, abs=DIGITS_4)
    # a large line is a fluid: served = slots / demand, root x target = slots
    for slots in (200, 600):
        assert queue().carries(slots) == pytest.approx(slots / 0.95, rel=1e-6)
    assert queue(target=0.9999, deadline_days=0).carries(600) < 600
    assert all(low < high for low, high in pairwise(queue().carries(s) for s in range(1, 41)))
    # the negative binomial tends to Poisson, and integers of numpy are integers
    line = queue().service(OL, 6)
    close = queue(dispersion=1 + 1e-7).service(OL, 6)
    assert close.served == pytest.approx(line.served, abs=1e-6)
    assert queue().service(OL, np.int64(6)) == line  # type: ignore[arg-type]


# --- bad input ---------------------------------------------------------------


def test_every_defect_is_listed() -> None:
    with pytest.raises(ScenarioError) as caught:
        queue(dispersion=0.5).service(-1.0, 0)
    assert len(caught.value.defects) == 3
    text = str(caught.value)
    assert "demandes par jour = -1.0" in text
    assert "créneaux par jour = 0" in text
    assert "dispersion = 0.5" in text
    assert "À faire" in text


DEMANDS = [0, -0.1, math.nan, math.inf, "5", True, 1e9]
SLOTS = [0, -3, 2.5, "6", True, math.nan, 100_000]
TARGETS = [0, 1, 1.2, -0.1, math.nan, "0.95"]
FACTORS = [[], [1, 2], [1, 1, 1, 1, -4], [math.nan] * 5, ["1"] * 5]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        *((partial(queue().service, x, 5), "demandes par jour") for x in DEMANDS),
        *((partial(queue().service, 5.0, x), "créneaux par jour") for x in SLOTS),
        *((partial(queue(deadline_days=x).slots, 5.0), "délai") for x in [-1, 1.5, "1", None]),
        *((partial(queue(target=x).slots, 5.0), "cible") for x in TARGETS),
        *((partial(queue(target=x).carries, 5), "cible") for x in TARGETS),
        *((partial(queue().week, 5.0, 6, factors=x), "jours de la semaine") for x in FACTORS),
    ],
)
def test_a_value_outside_its_domain_is_refused(call: Callable[[], object], words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        call()


def test_demand_beyond_a_cpts_is_said_so() -> None:
    for demand in (2000.0, 40_800.0):  # a large region, then the whole country
        with pytest.raises(ScenarioError, match="trop grande") as caught:
            queue().slots(demand)
        assert "découpez le territoire" in caught.value.remedy
        assert "jusqu'à 600 créneaux par jour" in caught.value.remedy
    with pytest.raises(ScenarioError, match="jusqu'à 480 créneaux par jour"):
        queue(deadline_days=5).slots(2000.0)

"""Telephone and walk-in waits: published oracles, exact sums, simulations, limits, bad input."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpts_geo.capacity.workforce.phone import (
    _MAX_LOAD,
    HOUR_SHARES,
    _erlang_b,
    agents_by_hour,
    agents_needed,
    average_speed_of_answer,
    erlang_c,
    service_level,
)
from cpts_geo.errors import ScenarioError

BG_CALLS = 5800 / 251
DIGITS_7 = 5e-8

load_ = st.floats(0.0, 60.0)
agents_ = st.integers(1, 80)
handling_ = st.floats(0.5, 30.0)
seconds_ = st.floats(0.0, 300.0)


# --- oracles -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("load", "agents", "blocked", "waits"),
    [(3.0, 5, 0.1100543, 0.2361516), (7.0, 10, 0.0787409, 0.2217312)],
)
def test_o14_erlang(load: float, agents: int, blocked: float, waits: float) -> None:
    assert _erlang_b(load, agents) == pytest.approx(blocked, abs=DIGITS_7)
    assert erlang_c(load, agents) == pytest.approx(waits, abs=DIGITS_7)


def test_o14_one_secretary_is_enough_on_average() -> None:
    per_hour = BG_CALLS / 12
    assert per_hour == pytest.approx(1.9256, abs=5e-5)
    load = per_hour * 5 / 60
    assert load == pytest.approx(0.16047, abs=5e-6)
    assert erlang_c(load, 1) == pytest.approx(0.16047, abs=5e-6)
    assert average_speed_of_answer(load, 1, handling_minutes=5) == pytest.approx(57.3, abs=0.05)
    assert service_level(load, 1, handling_minutes=5) == pytest.approx(0.84827, abs=5e-6)
    assert service_level(load, 2, handling_minutes=5) == pytest.approx(0.98946, abs=5e-6)
    assert agents_needed(per_hour, 5) == 1


def test_o14_one_secretary_is_not_enough_in_the_peak_hour() -> None:
    per_hour = 0.15 * BG_CALLS
    assert per_hour == pytest.approx(3.4661, abs=5e-5)
    load = per_hour * 6 / 60
    assert load == pytest.approx(0.34661, abs=5e-6)
    assert average_speed_of_answer(load, 1, handling_minutes=6) == pytest.approx(191, abs=0.5)
    # published as 11.2; the definition gives 11.148
    assert average_speed_of_answer(load, 2, handling_minutes=6) == pytest.approx(11.15, abs=0.005)
    assert service_level(load, 1, handling_minutes=6) == pytest.approx(0.66574, abs=5e-6)
    assert service_level(load, 2, handling_minutes=6) == pytest.approx(0.95330, abs=5e-6)
    assert agents_needed(per_hour, 6) == 2


# --- independent computations ------------------------------------------------


def exact_states(load: Fraction, agents: int, upto: int) -> list[Fraction]:
    """Weights a^k / k! up to c people, then a^c / c! (a / c)^(k - c): the M/M/c states."""
    weights = [Fraction(1)]
    for k in range(1, upto + 1):
        weights.append(weights[-1] * load / min(k, agents))
    return weights


@pytest.mark.parametrize("load", [Fraction(1, 100), Fraction(1, 2), Fraction(37, 10), Fraction(25)])
@pytest.mark.parametrize("agents", [1, 2, 5, 12, 30])
def test_recursions_equal_exact_sums(load: Fraction, agents: int) -> None:
    states = exact_states(load, agents, agents)
    assert _erlang_b(float(load), agents) == pytest.approx(
        float(states[-1] / sum(states)), rel=1e-12
    )
    if load < agents:
        busy = states[-1] / (1 - load / agents)  # the geometric tail of those who wait
        waits = busy / (sum(states[:-1]) + busy)
        assert erlang_c(float(load), agents) == pytest.approx(float(waits), rel=1e-12)


def test_mean_wait_is_the_mean_queue_by_littles_law() -> None:
    load, agents, minutes = 3.0, 4, 5.0
    states = [float(x) for x in exact_states(Fraction(3), agents, 400)]
    queue = sum((k - agents) * x for k, x in enumerate(states) if k > agents) / sum(states)
    per_second = load / (60 * minutes)
    found = average_speed_of_answer(load, agents, handling_minutes=minutes)
    assert found == pytest.approx(queue / per_second, rel=1e-10)


def simulated_waits(
    gaps: npt.NDArray[np.float64], lengths: npt.NDArray[np.float64], agents: int
) -> npt.NDArray[np.float64]:
    """Wait of each person, first come first served, by the clock of each agent."""
    free = [0.0] * agents
    clock, waits = 0.0, []
    for gap, length in zip(gaps, lengths, strict=True):
        clock += gap
        starts = max(clock, heapq.heappop(free))
        heapq.heappush(free, starts + length)
        waits.append(starts - clock)
    return np.asarray(waits)


def assert_mean(values: npt.NDArray[np.float64], expected: float) -> None:
    """Within three standard errors of the means of 40 batches, which must be narrow."""
    batches = values[len(values) // 10 :].astype(float)
    batches = batches[: len(batches) // 40 * 40].reshape(40, -1).mean(axis=1)
    error = batches.std(ddof=1) / math.sqrt(40)
    assert error < 0.05 * expected
    assert abs(batches.mean() - expected) < 3 * error


@pytest.mark.parametrize(("load", "agents"), [(0.35, 1), (1.4, 2), (2.5, 4)])
def test_simulated_line_agrees(load: float, agents: int) -> None:
    random = np.random.default_rng(20260101)
    calls, minutes = 200_000, 5.0
    waits = simulated_waits(
        random.exponential(minutes / load, calls), random.exponential(minutes, calls), agents
    )
    assert_mean(waits > 0, erlang_c(load, agents))
    assert_mean(60 * waits, average_speed_of_answer(load, agents, handling_minutes=minutes))
    late = 1 - service_level(load, agents, handling_minutes=minutes, within_seconds=60)
    assert_mean(waits > 1.0, late)


# --- properties and limits ---------------------------------------------------


@given(load_, agents_)
def test_blocked_calls_and_waits(load: float, agents: int) -> None:
    blocked, waits = _erlang_b(load, agents), erlang_c(load, agents)
    assert 0.0 <= blocked <= waits <= 1.0
    assert _erlang_b(load, agents + 1) <= blocked <= _erlang_b(load + 0.1, agents)
    assert load * (1 - blocked) <= agents + 1e-9  # what is carried
    if agents <= load:
        assert waits == 1.0
    elif agents > 1:  # the other classical form, from one agent fewer
        fewer = _erlang_b(load, agents - 1)
        other = load * fewer / (agents - load * (1 - fewer))
        assert waits == pytest.approx(other, rel=1e-9, abs=1e-300)
    else:
        assert blocked == pytest.approx(load / (1 + load), rel=1e-12)
        assert waits == pytest.approx(load, rel=1e-12)


@given(load_, agents_, handling_, seconds_)
def test_service_is_better_with_agents_time_and_less_load(
    load: float, agents: int, handling: float, seconds: float
) -> None:
    def level(load: float, agents: int, seconds: float) -> float:
        return service_level(load, agents, handling_minutes=handling, within_seconds=seconds)

    here = level(load, agents, seconds)
    assert 0.0 <= here <= 1.0
    assert level(load + 0.1, agents, seconds) <= here + 1e-12
    assert here <= level(load, agents + 1, seconds) + 1e-12
    assert here <= level(load, agents, seconds + 10) + 1e-12
    assert level(load, agents, 0.0) == pytest.approx(1 - erlang_c(load, agents), abs=1e-12)
    wait = average_speed_of_answer(load, agents, handling_minutes=handling)
    assert average_speed_of_answer(load, agents + 1, handling_minutes=handling) <= wait
    assert average_speed_of_answer(load + 0.1, agents, handling_minutes=handling) >= wait


@given(st.floats(0.0, 300.0), handling_, st.sampled_from([0.5, 0.8, 0.95, 0.999]), seconds_)
def test_fewest_agents_reach_the_target_and_one_less_does_not(
    calls: float, handling: float, target: float, seconds: float
) -> None:
    agents = agents_needed(calls, handling, target_share=target, within_seconds=seconds)
    load = calls * handling / 60
    delays = {"handling_minutes": handling, "within_seconds": seconds}
    assert agents >= 1
    assert service_level(load, agents, **delays) >= target
    if agents > 1:
        assert service_level(load, agents - 1, **delays) < target


def test_no_call_no_wait() -> None:
    assert _erlang_b(0, 1) == erlang_c(0, 3) == 0.0
    assert average_speed_of_answer(0, 1, handling_minutes=5) == 0.0
    assert service_level(0, 1, handling_minutes=5, within_seconds=0) == 1.0
    assert agents_needed(0, 5) == 1  # an open line has somebody
    assert erlang_c(1e-9, 1) == pytest.approx(1e-9)
    assert erlang_c(np.float64(3.0), np.int64(5)) == erlang_c(3.0, 5)  # type: ignore[arg-type]


def test_too_few_agents_never_catch_up() -> None:
    for load, agents in ((2.0, 2), (2.5, 2), (60.0, 1)):
        assert erlang_c(load, agents) == 1.0
        assert average_speed_of_answer(load, agents, handling_minutes=5) == math.inf
        assert service_level(load, agents, handling_minutes=5, within_seconds=3600) == 0.0
    assert _erlang_b(2.0, 2) == pytest.approx(0.4)  # but calls turned away leave the others alone
    # large lines neither overflow nor vanish: at load = agents = c, B tends to sqrt(2 / (pi c))
    assert _erlang_b(10_000.0, 10_000) == pytest.approx(math.sqrt(2 / (math.pi * 10_000)), rel=0.01)
    assert _erlang_b(500.0, 1_000) < 1e-50
    assert 9_000 < agents_needed(9_000.0, 60, within_seconds=0) < 9_200


# --- the day -----------------------------------------------------------------


def test_table_by_hour_repeats_the_formulas() -> None:
    table = agents_by_hour(400.0, handling_minutes=6.0, target_share=0.9, within_seconds=30)
    assert table.index.tolist() == list(range(8, 20))
    assert table.index.name == "hour"
    assert table.columns.tolist() == [
        "calls_per_hour",
        "load_erlangs",
        "agents",
        "service_level",
        "asa_seconds",
        "waits",
        "utilisation",
    ]
    assert table["calls_per_hour"].sum() == pytest.approx(400.0)
    assert table["load_erlangs"].tolist() == pytest.approx([40 * x for x in HOUR_SHARES])
    for hour in table.itertuples():
        needed = agents_needed(hour.calls_per_hour, 6, target_share=0.9, within_seconds=30)
        assert hour.agents == needed
        load = hour.load_erlangs
        assert hour.waits == erlang_c(load, needed)
        assert hour.asa_seconds == average_speed_of_answer(load, needed, handling_minutes=6)
        level = service_level(load, needed, handling_minutes=6, within_seconds=30)
        assert hour.service_level == level >= 0.9
        assert hour.utilisation == pytest.approx(load / needed)
        assert 0 < hour.utilisation < 1
    assert pd.api.types.is_integer_dtype(table["agents"])
    assert not table.isna().any().any()


def test_peak_shows_in_the_table() -> None:
    assert len(HOUR_SHARES) == 12
    assert math.fsum(HOUR_SHARES) == pytest.approx(1.0, abs=1e-15)
    assert max(HOUR_SHARES) == HOUR_SHARES[0]
    table = agents_by_hour(BG_CALLS, handling_minutes=6)
    assert table["agents"].idxmax() == 8
    assert table["agents"].max() == 2
    assert table.loc[12, "agents"] == 1
    flat = agents_by_hour(BG_CALLS, hour_shares=[1 / 12] * 12)
    assert flat["agents"].tolist() == [1] * 12
    busier = [agents_by_hour(calls)["agents"] for calls in (20, 100, 300, 1000)]
    assert all((more >= less).all() for less, more in pairwise(busier))
    late = agents_by_hour(30.0, hour_shares=np.array([0.0, 1.0]), opens=22)
    assert late["calls_per_hour"].to_dict() == {22: 0.0, 23: 30.0}
    assert late.loc[22, ["agents", "waits", "asa_seconds"]].tolist() == [1, 0, 0]
    nobody = agents_by_hour(0.0)
    assert (nobody["agents"] == 1).all()
    assert (nobody["service_level"] == 1.0).all()


# --- bad input ---------------------------------------------------------------


def test_every_defect_is_listed() -> None:
    with pytest.raises(ScenarioError) as caught:
        service_level(-1.0, 0, handling_minutes=0, within_seconds=-5)
    assert len(caught.value.defects) == 4
    text = str(caught.value)
    for part in ("charge (erlangs) = -1.0", "personnes = 0", "par appel = 0", "(secondes) = -5"):
        assert part in text
    assert "À faire" in text


def test_every_defect_of_the_day_is_listed() -> None:
    with pytest.raises(ScenarioError) as caught:
        agents_by_hour(
            -1, hour_shares=[0.5, 0.2], opens=23, handling_minutes=math.nan, target_share=1
        )
    assert len(caught.value.defects) == 5
    text = str(caught.value)
    assert "leur somme est 0,7000, il faut 1" in text
    assert "fermeture à 25 h" in text
    assert "cible = 1" in text
    with pytest.raises(ScenarioError) as caught:
        agents_by_hour(10, hour_shares=[1.2, -0.2, math.nan, "0.3"], opens=24)  # type: ignore[list-item]
    assert len(caught.value.defects) == 5
    with pytest.raises(ScenarioError, match="leur somme est 0,0000"):
        agents_by_hour(10, hour_shares=[])
    with pytest.raises(ScenarioError, match=r"ouverture = 8\.5"):
        agents_by_hour(10, opens=8.5)  # type: ignore[arg-type]


LOADS = [-0.1, math.nan, math.inf, "3", None, True, _MAX_LOAD + 1]
AGENTS = [0, -1, 1.5, "2", True, None, 10**9]
TARGETS = [0, 1, 1.2, -0.1, math.nan, "0.8"]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        *((partial(each, x, 2), "charge") for each in (_erlang_b, erlang_c) for x in LOADS),
        *((partial(each, 0.5, x), "personnes") for each in (_erlang_b, erlang_c) for x in AGENTS),
        *((partial(agents_needed, 5, 5, target_share=x), "cible") for x in TARGETS),
        (partial(agents_needed, 1e6, 5), "charge"),  # beyond any line
        (partial(agents_by_hour, 1e8), "charge"),
    ],
)
def test_a_value_outside_its_domain_is_refused(call: Callable[[], object], words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        call()

"""Slots and shares of thousands of demands: the same as one by one, whatever was asked before."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpts_geo.capacity.queue import _chain, _largest
from cpts_geo.capacity.queue._largest import demand_guess, fewest, served_guess, slots_guess
from cpts_geo.errors import DemandTooLargeError, ScenarioError
from tests.queues import queue


def forget() -> None:
    _largest.largest_demand.cache_clear()
    _chain.served_share.cache_clear()


# --- largest demand ----------------------------------------------------------


def test_a_root_does_not_depend_on_what_was_computed_before() -> None:
    forget()
    alone = {s: queue().carries(s) for s in (40, 7)}
    forget()
    upward = {s: queue().carries(s) for s in range(1, 41)}
    forget()
    queue().slots_for_each(np.linspace(0.1, 45.0, 400))
    assert all(queue().carries(s) == upward[s] == root for s, root in alone.items())


@pytest.mark.parametrize("deadline", [0, 1, 2])
@pytest.mark.parametrize("dispersion", [1.0, 2.0, 6.0])
@pytest.mark.parametrize("target", [0.5, 0.8, 0.95, 0.999])
def test_a_root_is_one_to_twelve_digits(target: float, dispersion: float, deadline: int) -> None:
    rules = queue(target=target, deadline_days=deadline, dispersion=dispersion)
    for slots in (1, 2, 5, 17):
        root, near = rules.carries(slots), 3e-12 * slots
        if root == 0:
            assert rules.service(1e-7, slots).served < target
        else:
            assert rules.service(root + near, slots).served < target
            assert root <= near or rules.service(root - near, slots).served > target


# --- slots for each ----------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.floats(0.01, 60.0), min_size=1, max_size=12),
    st.sampled_from([0.8, 0.95, 0.99]),
    st.integers(0, 2),
    st.sampled_from([1.0, 2.0]),
    st.integers(1, 50),
)
def test_equals_one_search_per_demand(
    demands: list[float], target: float, deadline: int, dispersion: float, at_most: int
) -> None:
    rules = queue(target=target, deadline_days=deadline, dispersion=dispersion)
    found = rules.slots_for_each(demands)
    assert found.tolist() == [rules.slots(x) for x in demands]
    cut = rules.slots_for_each(demands, at_most=at_most)
    assert cut.tolist() == np.minimum(found, at_most + 1).tolist()


def test_a_demand_just_served_and_just_not() -> None:
    root = queue().carries(8)
    demands = [root, np.nextafter(root, 0), root * (1 + 1e-9)]
    assert queue().slots_for_each(demands).tolist() == [8, 8, 9]
    assert queue().slots_for_each(root).tolist() == 8
    assert queue().slots_for_each([[root], [20.0]]).shape == (2, 1)
    assert queue().slots_for_each([]).tolist() == []


def test_a_lone_demand_costs_few_roots() -> None:
    forget()
    assert queue().slots_for_each([3.0, 3.1, 300.0]).tolist() == [4, 4, queue().slots(300.0)]
    assert _largest.largest_demand.cache_info().currsize < 15


def test_demands_above_the_cap_are_not_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    demands = [2.0, 39.0, 41.5, 500.0, 900_000.0]
    assert [queue().slots(x) for x in demands[:3]] == [3, 38, 40]
    solved: list[int] = []

    def noted(arrivals: float, slots: int, deadline: int, dispersion: float) -> float:
        solved.append(slots)
        return _chain.served_share(arrivals, slots, deadline, dispersion)

    _largest.largest_demand.cache_clear()
    monkeypatch.setattr(_largest, "served_share", noted)
    assert queue().slots_for_each(demands, at_most=40).tolist() == [3, 38, 40, 41, 41]
    assert max(solved) == 40
    assert len(set(solved)) < 12


def test_the_cap_does_not_hide_the_limit() -> None:
    assert queue().slots_for_each([5.0, 700.0], at_most=600).tolist() == [6, 601]
    with pytest.raises(DemandTooLargeError, match="700,0 demandes par jour : plus de 600"):
        queue().slots_for_each([5.0, 700.0], at_most=601)
    with pytest.raises(DemandTooLargeError):
        queue().slots_for_each([5.0, 700.0])
    assert queue().slots_for_each([0.01, 5.0], at_most=1).tolist() == [1, 2]


def test_bad_demands_and_targets() -> None:
    for demands in ([np.nan], [1.0, np.inf], [0.0, 1.0], [-1.0]):
        with pytest.raises(ScenarioError, match="demandes par jour"):
            queue().slots_for_each(demands)
    with pytest.raises(ScenarioError, match="cible"):
        queue(target=1.0).slots_for_each([])
    for at_most in (0, -1, 2.5, True, "9"):
        with pytest.raises(ScenarioError, match="plafond"):
            queue().slots_for_each([5.0], at_most=at_most)  # type: ignore[arg-type]


# --- guesses -----------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(st.integers(-5, 60), st.integers(-10, 70), st.integers(1, 50))
def test_fewest_is_the_first_that_is_enough(threshold: int, first: int, most: int) -> None:
    asked = []

    def enough(tried: int) -> bool:
        asked.append(tried)
        return tried >= threshold

    found = fewest(enough, first=first, least=1, most=most)
    assert found == min(max(threshold, 1), most + 1)
    assert all(1 <= tried <= most for tried in asked)
    assert len(asked) == len(set(asked))


def test_guesses_are_near_for_usual_lines() -> None:
    for demand, slots, deadline in [(5.6, 6, 1), (8.0, 8, 1), (23.1, 24, 2), (40.0, 30, 1)]:
        guess = served_guess(demand, slots, deadline=deadline, dispersion=1.0)
        assert guess == pytest.approx(
            queue(deadline_days=deadline).service(demand, slots).served, abs=0.01
        )
    for slots in (8, 24, 80):
        near = demand_guess(slots, 0.95, 1, 1.0)
        assert near == pytest.approx(queue().carries(slots), rel=2e-3)
    assert slots_guess(14.0, 0.95, 1, 1.0, most=600) == 14
    assert slots_guess(9000.0, 0.95, 1, 1.0, most=600) == 601


@pytest.mark.parametrize("guess", [1e-3, 0.5, 0.9999])
def test_a_bad_guess_costs_time_not_truth(guess: float, monkeypatch: pytest.MonkeyPatch) -> None:
    forget()
    expected = [queue().carries(s) for s in (1, 6, 20)]
    forget()
    monkeypatch.setattr(_largest, "demand_guess", lambda slots, *_: guess * slots / 0.95)
    assert [queue().carries(s) for s in (1, 6, 20)] == pytest.approx(expected, rel=1e-12)
    forget()

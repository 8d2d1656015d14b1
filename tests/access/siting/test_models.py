"""Where to open by integer programmes: the oracles, and the answers of every set tried."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpts_geo.access.siting import best as siting
from cpts_geo.access.siting._branching import search_sites
from cpts_geo.access.siting._enumeration import enumerate_sites
from cpts_geo.access.siting._models import solve_sites
from cpts_geo.access.siting._question import SitingQuestion, siting_question
from cpts_geo.access.siting.best import best_sites, sites_by_allocation
from cpts_geo.errors import SitingError
from tests.access.siting.oracles import Place, places, ranked, realistic
from tests.queues import queue

# spopt makes its variables in a way that pulp 4 will refuse; both are pinned.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:pulp.pulp")

CHECKED = settings(max_examples=25, deadline=None)
BOTH = pytest.mark.parametrize("solve", [enumerate_sites, solve_sites])
EVERY = pytest.mark.parametrize("solve", [enumerate_sites, solve_sites, search_sites])

#: O19: six communes, four sites.
O19_SITES = ["0", "1", "2", "3"]
O19_COMMUNES = list("abcdef")
O19_DEMAND = pd.Series([8000, 5000, 3000, 6000, 2000, 4000], index=O19_COMMUNES)
O19_MINUTES = pd.DataFrame(
    [
        [0, 12, 22, 30],
        [12, 0, 15, 25],
        [22, 15, 0, 14],
        [30, 25, 14, 0],
        [8, 18, 28, 35],
        [26, 17, 9, 12],
    ],
    index=O19_COMMUNES,
    columns=O19_SITES,
)


def asked(place: Place, **options) -> SitingQuestion | None:
    """Checked question; None when the door knows that nothing answers."""
    try:
        return siting_question(place.minutes, place.demand, existing=place.existing, **options)
    except SitingError as error:
        assert error.summary == "Aucun choix de sites ne répond à cette question."
        return None


def both_ways(question: SitingQuestion) -> tuple[pd.DataFrame | None, pd.DataFrame | None]:
    tables: list[pd.DataFrame | None] = []
    for solve in (enumerate_sites, solve_sites):
        try:
            tables.append(solve(question))
        except SitingError:
            tables.append(None)
    return tables[0], tables[1]


def assert_same_values(question: SitingQuestion) -> None:
    """Ties are common: objective values are compared, and the sites only where they list all."""
    tried, solved = both_ways(question)
    assert (tried is None) == (solved is None)
    if tried is None or solved is None:
        return
    assert solved["objective"].to_list() == pytest.approx(tried["objective"].to_list(), abs=1e-6)
    assert solved["sites"].is_unique
    if len(tried) < question.best:
        assert set(solved["sites"]) == set(tried["sites"])


# --- O19 -------------------------------------------------------------------------------


@EVERY
@pytest.mark.parametrize(
    ("p", "total", "mean", "sites"), [(1, 395_000, 14.107, ("1",)), (2, 166_000, 5.929, ("0", "3"))]
)
def test_o19_p_median(solve, p, total, mean, sites):
    question = siting_question(O19_MINUTES, O19_DEMAND, objective="p_median", p=p)
    first = solve(question).iloc[0]
    assert first["objective"] == total
    assert first["mean_minutes"] == pytest.approx(mean, abs=5e-4)
    # Second bests are farther: these two are no ties.
    assert first["sites"] == sites


@EVERY
@pytest.mark.parametrize(
    ("radius", "one", "two", "site"),
    [
        (10, 10_000, 17_000, "0"),
        (15, 18_000, 28_000, "2"),
        (20, 22_000, 28_000, "1"),
        (30, 28_000, 28_000, "0"),
    ],
)
def test_o19_coverage(solve, radius, one, two, site):
    single = siting_question(O19_MINUTES, O19_DEMAND, objective="mclp", p=1, radius=radius)
    table = solve(single)
    assert table["objective"].iloc[0] == table["covered"].iloc[0] == one
    assert (site,) in set(table.loc[table["objective"] == one, "sites"])
    double = siting_question(O19_MINUTES, O19_DEMAND, objective="mclp", p=2, radius=radius)
    assert solve(double)["objective"].iloc[0] == two


@EVERY
def test_o19_lists_every_solution_in_order(solve):
    question = siting_question(O19_MINUTES, O19_DEMAND, objective="p_median", p=2, best=10)
    found = solve(question)
    assert len(found) == 6
    by_hand = {
        pair: int((O19_MINUTES[list(pair)].min(axis=1) * O19_DEMAND).sum())
        for pair in [("0", "1"), ("0", "2"), ("0", "3"), ("1", "2"), ("1", "3"), ("2", "3")]
    }
    assert dict(zip(found["sites"], found["objective"], strict=True)) == by_hand
    assert found["objective"].tolist() == sorted(by_hand.values())


# --- O12: the capacity of a site is what it serves at the target -----------------------


@BOTH
def test_o12_sixteen_slots_serve_less_than_seventeen_requests(solve):
    capacity = queue().carries(16)
    assert capacity == pytest.approx(16.6917, abs=5e-5)
    minutes = pd.DataFrame({"A": [0.0, 8.0]}, index=["A", "B"])
    half = pd.Series({"A": 1.0, "B": 1.0}) / 2
    options = {"radius": 10, "capacity": capacity}
    for requests, served in ((16.5, 16.5), (17.0, capacity)):
        question = siting_question(minutes, requests * half, objective="mclp", p=1, **options)
        assert solve(question)["objective"].tolist() == [pytest.approx(served)]
    with pytest.raises(SitingError, match="demande à servir 17,00, capacité d’au plus 16,69"):
        siting_question(minutes, 17.0 * half, objective="p_median", p=1, **options)


# --- the two ways agree ----------------------------------------------------------------


@CHECKED
@given(
    place=places(),
    objective=st.sampled_from(["p_median", "mclp"]),
    radius=st.integers(0, 40),
    best=st.integers(1, 5),
    data=st.data(),
)
def test_models_find_the_values_of_the_enumeration(place, objective, radius, best, data):
    p = data.draw(st.integers(0 if place.existing else 1, min(3, len(place.candidates))))
    if question := asked(place, objective=objective, p=p, radius=radius, best=best):
        assert_same_values(question)


@CHECKED
@given(place=places(), radius=st.integers(0, 40), capacity=st.integers(0, 20), data=st.data())
def test_models_serve_the_demand_of_the_enumeration(place, radius, capacity, data):
    p = data.draw(st.integers(1, min(3, len(place.candidates))))
    question = asked(place, objective="mclp", p=p, radius=radius, capacity=capacity)
    if question is not None:
        assert_same_values(question)


@CHECKED
@given(place=places(), capacity=st.integers(1, 30), data=st.data())
def test_capacitated_p_median_is_the_best_transport(place, capacity, data):
    p = data.draw(st.integers(1, min(3, len(place.candidates))))
    expected = ranked(place, objective="p_median", p=p, radius=0, capacity=float(capacity))
    question = asked(place, objective="p_median", p=p, capacity=capacity, best=4)
    solved = None
    if question is not None:
        try:
            solved = solve_sites(question)
        except SitingError:
            solved = None
    values = [value for value, _ in expected[:4]]
    assert ([] if solved is None else solved["objective"].to_list()) == pytest.approx(
        values, abs=1e-5
    )


@EVERY
def test_larger_places_agree_with_existing_sites_and_holes(solve):
    minutes, demand = realistic(25)
    minutes = minutes.mask(minutes > 45)
    open_now = list(minutes.columns[:2])
    for objective, value in (
        ("p_median", lambda near: (near * demand).sum()),
        ("mclp", lambda near: demand[near <= 12].sum()),
    ):
        question = siting_question(
            minutes, demand, objective=objective, p=3, radius=12, existing=open_now, best=3
        )
        found = solve(question)
        for row in found.itertuples():
            assert not set(row.sites) & set(open_now)
            near = minutes[[*open_now, *row.sites]].min(axis=1)
            assert near.notna().all() or objective == "mclp"
            assert row.objective == pytest.approx(value(near))
        assert found["sites"].is_unique
        assert found["objective"].is_monotonic_increasing or objective == "mclp"
        assert found["objective"].is_monotonic_decreasing or objective != "mclp"
        other = enumerate_sites(question)["objective"].to_list()
        assert found["objective"].to_list() == pytest.approx(other)


@pytest.mark.parametrize("capacity", [None, 1200.0])
def test_close_solutions_come_in_their_true_order(capacity):
    # A solver that stops at a gap of some percent gives others here.
    minutes, demand = realistic(30)
    question = siting_question(
        minutes, demand, objective="mclp", p=3, radius=15, best=3, capacity=capacity
    )
    assert_same_values(question)


# --- limits and refusals ---------------------------------------------------------------


def test_a_pair_without_minutes_is_never_used_whatever_the_demand_weighs():
    # A cost of 1e6 min for the missing pair would be cheaper than the 1e9 people going 5 min more.
    minutes = pd.DataFrame({"P": [0.0, np.nan], "Q": [5.0, 5.0]}, index=["a", "b"])
    demand = pd.Series({"a": 1e9, "b": 1e-3})
    found = solve_sites(siting_question(minutes, demand, objective="p_median", p=1))
    assert found["sites"].tolist() == [("Q",)]
    assert found["objective"].iloc[0] == pytest.approx(5e9 + 5e-3)


def test_models_refuse_what_the_door_could_not_see():
    minutes = pd.DataFrame({"P": [1.0, np.nan], "Q": [np.nan, 1.0]}, index=["a", "b"])
    demand = pd.Series({"a": 1, "b": 1})
    # Both sites hold enough for the two, each only for its own.
    wrong_place = {"P": 0.5, "Q": 9.0}
    for options in (
        {"objective": "p_median", "p": 1},
        {"objective": "p_median", "p": 2, "capacity": wrong_place},
    ):
        with pytest.raises(SitingError, match="aucun choix de sites ne convient"):
            solve_sites(siting_question(minutes, demand, **options))


def test_a_rounding_of_the_sums_does_not_refuse_a_full_site():
    minutes, demand = realistic(10)
    full = float(demand.sum()) * (1 - 1e-12)
    question = siting_question(minutes, demand, objective="p_median", p=1, capacity=full)
    free = siting_question(minutes, demand, objective="p_median", p=1)
    values = [solve_sites(each)["objective"].to_list() for each in (question, free)]
    assert values[0] == pytest.approx(values[1])


def test_infinite_capacities_change_nothing():
    minutes, demand = realistic(8)
    for options in (
        {"objective": "p_median", "p": 2},
        {"objective": "mclp", "p": 2, "radius": 15},
    ):
        free = solve_sites(siting_question(minutes, demand, **options))
        unlimited = solve_sites(siting_question(minutes, demand, capacity=math.inf, **options))
        assert unlimited["objective"].to_list() == pytest.approx(free["objective"].to_list())


def test_best_sites_turns_to_the_models_beyond_the_limit(monkeypatch):
    minutes, demand = realistic(8)
    asks = {"objective": "mclp", "p": 2, "radius": 12.0, "best": 3, "capacity": 900.0}
    tried = best_sites(minutes, demand, **asks)
    monkeypatch.setattr(siting, "_ENUMERATION_LIMITS", {"free": 0, "capacitated": 0})
    solved = best_sites(minutes, demand, **asks)
    assert list(solved.columns) == list(tried.columns)
    assert solved["objective"].to_list() == pytest.approx(tried["objective"].to_list())


def test_regret_of_a_capacitated_p_median():
    minutes = pd.DataFrame({"P": [0.0, 10.0], "Q": [10.0, 0.0]}, index=["a", "b"])
    demands = {"x": pd.Series({"a": 6.0, "b": 4.0}), "y": pd.Series({"a": 2.0, "b": 8.0})}
    found = sites_by_allocation(
        minutes, demands, objective="p_median", p=1, capacity={"P": 20.0, "Q": 20.0}, best=1
    )
    assert found.regrets["regret"].to_list() == pytest.approx([0.0, 60.0, 20.0, 0.0])
    assert found.changes


@pytest.mark.parametrize("objective", ["p_median", "mclp"])
def test_too_many_sites_leave_a_gap_that_holds(monkeypatch, objective):
    minutes, demand = realistic(20)
    question = siting_question(
        minutes, demand, objective=objective, p=3, radius=15, capacity=0.36 * demand.sum(), best=2
    )
    whole = solve_sites(question)
    assert whole["gap"].tolist() == [0.0, 0.0]
    monkeypatch.setattr("cpts_geo.access.siting._models._PAIRS", 9 * 20)
    some = solve_sites(question)
    true, best = whole["objective"].iloc[0], some["objective"].iloc[0]
    gap = some["gap"].iloc[0]
    if objective == "mclp":
        assert best <= true * (1 + 1e-9) and best >= true * (1 - gap) * (1 - 1e-9)
    else:
        assert best >= true * (1 - 1e-9) and best <= true * (1 + gap) * (1 + 1e-9)
    assert 0 <= gap < 0.5


def test_a_solver_that_stops_says_how_far_the_best_may_be():
    minutes, demand = realistic(40)
    asks = {"objective": "p_median", "p": 3, "capacity": 0.4 * demand.sum(), "best": 1}
    try:
        found = solve_sites(siting_question(minutes, demand, **asks, seconds=0.3)).iloc[0]
    except SitingError as error:
        assert error.defects == ("aucun choix trouvé dans le temps donné à la recherche (seconds)",)
        return
    free = best_sites(minutes, demand, objective="p_median", p=3, best=1)["objective"].iloc[0]
    assert found["objective"] >= free
    assert found["gap"] >= 0


def test_solving_writes_nothing_on_the_standard_output():
    script = """
import pandas as pd
from cpts_geo.access.siting._models import solve_sites
from cpts_geo.access.siting._question import siting_question

minutes, demand = pd.DataFrame({"A": [0.0]}, ["A"]), pd.Series({"A": 1.0})
for _ in range(2):
    solve_sites(siting_question(minutes, demand, objective="mclp", p=1, radius=1, capacity=1.0))
print("done")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout.decode().split() == ["done"]

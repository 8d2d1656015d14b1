"""Where to open among many communes: what is tried is what every set tried finds, to the tie."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cpts_geo.access.siting import _branching
from cpts_geo.access.siting._branching import search_sites
from cpts_geo.access.siting._enumeration import enumerate_sites
from cpts_geo.access.siting._exchange import costs_of, exchange, first_choice
from cpts_geo.access.siting._models import solve_sites
from cpts_geo.access.siting._question import SitingQuestion, siting_question
from cpts_geo.access.siting.best import best_sites
from cpts_geo.errors import SitingError
from tests.access.siting.oracles import places, realistic

# spopt makes its variables in a way that pulp 4 will refuse; both are pinned.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:pulp.pulp")

CHECKED = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(params=["as it is", "cut to pieces"])
def cut(request, monkeypatch) -> None:
    """The search as it is, then with poor bounds and parts so small that it must branch."""
    if request.param == "cut to pieces":
        monkeypatch.setattr(_branching, "_STEPS", (2, 1))
        monkeypatch.setattr(_branching, "_FEW", 0)
        monkeypatch.setattr(_branching, "_MANY", 2)
        monkeypatch.setattr(_branching, "_BLOCK", 1)


def same(question: SitingQuestion) -> None:
    """The table of every set tried, or its refusal."""
    try:
        tried = enumerate_sites(question)
    except SitingError as error:
        with pytest.raises(SitingError, match=error.summary):
            search_sites(question)
        return
    pd.testing.assert_frame_equal(search_sites(question), tried)


@CHECKED
@given(
    place=places(),
    objective=st.sampled_from(["p_median", "mclp"]),
    radius=st.integers(0, 40),
    best=st.integers(1, 6),
    data=st.data(),
)
def test_the_search_lists_what_every_set_tried_lists(cut, place, objective, radius, best, data):
    p = data.draw(st.integers(1, min(4, len(place.candidates))))
    try:
        question = siting_question(
            place.minutes, place.demand, existing=place.existing, objective=objective, p=p,
            radius=radius, best=best,
        )  # fmt: skip
    except SitingError:
        return
    same(question)


@pytest.mark.parametrize("objective", ["p_median", "mclp"])
@pytest.mark.parametrize("p", [2, 3, 4])
@pytest.mark.parametrize("existing", [0, 3])
def test_places_of_a_true_size(cut, objective, p, existing):
    minutes, demand = realistic(26, seed=p)
    minutes = minutes.mask(minutes > 60)
    open_now = list(minutes.columns[:existing])
    asked = {"objective": objective, "p": p, "radius": 14, "best": 8, "existing": open_now}
    same(siting_question(minutes, demand, **asked))


def test_a_region_is_answered_as_integer_programmes_answer():
    minutes, demand = realistic(120, seed=3)
    question = siting_question(minutes, demand, objective="p_median", p=5, best=2)
    found = search_sites(question)
    assert found["gap"].tolist() == [0.0, 0.0]
    solved = solve_sites(question)
    assert found["objective"].to_list() == pytest.approx(solved["objective"].to_list())
    assert found["sites"].to_list() == solved["sites"].to_list()


def test_equal_sites_come_in_the_order_of_their_codes():
    # Everyone is at the same place: every set is as good as any other.
    codes = [f"{rank:02}" for rank in range(40)]
    minutes = pd.DataFrame(7.0, index=codes, columns=codes)
    demand = pd.Series(1.0, index=codes)
    found = best_sites(minutes, demand, objective="p_median", p=3, best=3)
    assert found["objective"].tolist() == [280.0] * 3
    assert found["sites"].tolist() == [("00", "01", "02"), ("00", "01", "03"), ("00", "01", "04")]
    assert found["gap"].tolist() == [0.0] * 3


@pytest.mark.parametrize("objective", ["p_median", "mclp"])
def test_a_search_that_stops_claims_no_more_than_it_knows(monkeypatch, objective):
    minutes, demand = realistic(60, seed=2)
    asked = {"objective": objective, "p": 4, "radius": 9.0, "best": 3}
    true = search_sites(siting_question(minutes, demand, **asked))["objective"].iloc[0]
    monkeypatch.setattr(_branching, "_STEPS", (30, 3))
    monkeypatch.setattr(_branching, "_FEW", 0)
    monkeypatch.setattr(_branching, "_MANY", 10)
    found = search_sites(siting_question(minutes, demand, **asked, seconds=1e-4))
    assert (found["gap"] > 0).all()
    value, gap = found["objective"], found["gap"]
    if objective == "mclp":
        assert (value <= true).all()
        assert (value >= true * (1 - gap) - 1e-9).all()
    else:
        assert (value >= true).all()
        assert (value <= true * (1 + gap) + 1e-9).all()
    again = search_sites(siting_question(minutes, demand, **asked, seconds=1e-4))
    pd.testing.assert_frame_equal(found, again)


def test_nothing_found_in_time_is_not_nothing_possible(monkeypatch):
    # No site reaches both communes.
    minutes = pd.DataFrame({"A": [0.0, np.nan], "B": [np.nan, 0.0]}, index=["a", "b"])
    demand = pd.Series({"a": 1.0, "b": 1.0})
    question = siting_question(minutes, demand, objective="p_median", p=1)
    with pytest.raises(SitingError) as refused:
        search_sites(question)
    assert refused.value.defects == ("tous les choix de sites ont été essayés ou exclus",)
    monkeypatch.setattr(_branching, "_PER_SECOND", 0.0)
    monkeypatch.setattr(_branching, "_halves", lambda found, part, *, p: [part])
    with pytest.raises(SitingError) as refused:
        search_sites(question)
    assert refused.value.defects == (
        "aucun choix qui convienne n’a été trouvé dans le temps donné à la recherche",
    )


@pytest.mark.parametrize("seconds", [0, -1, math.inf, math.nan, "20", True])
def test_a_length_of_search_that_is_none_is_refused(seconds):
    minutes, demand = realistic(3)
    with pytest.raises(SitingError, match="seconds"):
        best_sites(minutes, demand, objective="p_median", p=1, seconds=seconds)


def test_exchanges_stop_where_none_helps():
    minutes, demand = realistic(40)
    costs = costs_of(siting_question(minutes, demand, objective="p_median", p=3))
    sets, values, _ = exchange(costs, first_choice(costs, 3))
    assert values.argmin() == len(values) - 1
    assert len(sets) == 3 * 37 + 1
    assert values == pytest.approx(costs.of(sets))

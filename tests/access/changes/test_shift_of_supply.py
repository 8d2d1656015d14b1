"""Shifts of the APL: the difference of two full computations, without any doctor's data."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cpts_geo.access.catchments.catchment import apl, enhanced_two_stage_fca
from cpts_geo.access.catchments.sharing import catchments
from cpts_geo.access.catchments.weights import APL_WEIGHT
from cpts_geo.access.changes.change import Change, apl_shift, centre_opens, crossings, gp_leaves
from cpts_geo.access.changes.text import _gp_arrives, _gp_cuts_hours
from cpts_geo.access.travel.example import three_communes
from cpts_geo.errors import ScenarioError, TableError
from tests.access.oracles import (
    WEIGHTS,
    World,
    amounts,
    assert_same,
    dense_world,
    in_reach,
    naive_people,
    present,
    weights,
    worlds,
)

few = settings(max_examples=40, deadline=None)
APL, DRESS = WEIGHTS["apl"]


def shift(world: World, changes: list[Change], *, weight=APL) -> pd.Series:
    return apl_shift(catchments(world.times(), pd.Series(world.people), weight=weight), changes)


def moved(code: str, consultations: float) -> Change:
    return Change(code, consultations, "arrival", "essai")


# --- what a change is worth -------------------------------------------------------------


def test_a_doctor_who_comes_or_leaves_counts_as_the_apl_counts_activity():
    assert _gp_arrives("45252").consultations == 5_400
    assert gp_leaves("45252").consultations == -5_400
    for acts, counted in (
        *((0, 0), (249, 0), (250, 0), (251, 3_600), (3_600, 3_600), (3_601, 3_601), (4_000, 4_000)),
        *((5_999, 5_999), (6_000, 6_000), (6_001, 6_000), (9_000, 6_000)),
    ):
        assert _gp_arrives("45252", consultations=acts).consultations == counted
        assert gp_leaves("45252", consultations=acts).consultations == -counted
    change = gp_leaves("45252", consultations=4_000)
    assert (change.code, change.kind) == ("45252", "departure")
    assert change.words == "un médecin généraliste part (4\u202f000 consultations par an)"
    assert _gp_arrives("85047").kind == "arrival"
    assert "s’installe (5\u202f400 consultations" in _gp_arrives("85047").words


@pytest.mark.parametrize(
    ("before", "after", "loss"),
    [
        (5_400, 2_700, -1_800),  # a half-time counts 3,600
        (5_400, 3_600, -1_800),
        (5_400, 5_400, 0),
        (9_000, 6_000, 0),
        (9_000, 5_000, -1_000),
        (3_600, 251, 0),
        (3_600, 250, -3_600),
        (7_000, 0, -6_000),
        (200, 100, 0),
    ],
)
def test_cut_hours_go_through_the_bounds_of_activity(before, after, loss):
    change = _gp_cuts_hours("45252", before=before, after=after)
    assert change.consultations == loss
    assert change.kind == "fewer_hours"


def test_a_cut_is_from_an_ordinary_activity_unless_said():
    assert _gp_cuts_hours("45252", after=4_000).consultations == -1_400
    words = "un médecin passe de 5\u202f400 à 4\u202f000 consultations par an"
    assert _gp_cuts_hours("45252", after=4_000).words == words


def test_a_centre_gives_its_slots_without_bounds():
    change = centre_opens("85047", hours_per_week=20)
    assert change.consultations == 20 * 4 * 50
    assert change.kind == "centre"
    assert "20 h de consultation" in change.words
    assert "4\u202f000 consultations par an, si tous les créneaux servent" in change.words
    small = centre_opens("85047", hours_per_week=2.5, minutes=20)
    assert small.consultations == pytest.approx(2.5 * 3 * 50)
    assert "2,5 h" in small.words
    assert centre_opens("85047", hours_per_week=168).consultations == 168 * 4 * 50


@pytest.mark.parametrize("acts", [-1, math.nan, math.inf])
def test_activities_that_are_no_number_are_refused(acts):
    for change in (_gp_arrives, gp_leaves):
        with pytest.raises(ScenarioError):
            change("45252", consultations=acts)
    with pytest.raises(ScenarioError):
        _gp_cuts_hours("45252", before=acts, after=0)
    with pytest.raises(ScenarioError):
        _gp_cuts_hours("45252", before=5_400, after=acts)


def test_a_cut_that_is_more_is_refused():
    with pytest.raises(ScenarioError, match="ce n’est pas moins"):
        _gp_cuts_hours("45252", before=5_000, after=5_001)


def test_every_bad_number_of_a_centre_is_listed_at_once():
    with pytest.raises(ScenarioError) as refused:
        centre_opens("85047", hours_per_week=169, minutes=0)
    assert [defect.split(" = ")[0] for defect in refused.value.defects] == [
        "heures par semaine",
        "minutes par consultation",
    ]
    for wrong in ({"hours_per_week": 0}, {"minutes": 241}, {"minutes": math.nan}):
        with pytest.raises(ScenarioError):
            centre_opens("85047", **{"hours_per_week": 20, **wrong})


# --- shift ------------------------------------------------------------------------------


def test_the_toy_worked_by_hand():
    """People around C: 1000/3 + 2000 + 500, for weights 1/3, 1, 1."""
    times, supply, people = three_communes()
    shared = catchments(times, people, weight=APL_WEIGHT)
    found = apl_shift(shared, [_gp_arrives("C")])
    around = 1_000 / 3 + 2_500
    assert found.to_dict() == pytest.approx(
        {"A": 1_800 / around, "B": 5_400 / around, "C": 5_400 / around}
    )
    assert (found * people).sum() == pytest.approx(5_400)
    before = apl(times, consultations=supply, standardised=people)
    more = supply + pd.Series({"A": 0.0, "B": 0.0, "C": 5_400.0})
    after = apl(times, consultations=more, standardised=people)
    np.testing.assert_allclose(before + found, after)


@few
@given(worlds(people=present), st.data(), weights)
def test_a_shift_is_the_difference_of_two_full_computations(world, data, both):
    weight, naive = both
    reached = sorted(j for j in world.supply if in_reach(world, naive, j))
    assume(reached)
    changes = {
        site: data.draw(st.floats(-0.99 * world.supply[site], 8_000))
        for site in data.draw(st.sets(st.sampled_from(reached), min_size=1))
    }
    supply, people = world.tables().values()
    args = {"travel": world.times(), "demand": people, "weight": weight}
    # A place that nobody reaches holds nothing here: its supply has no value per head.
    supply = supply.where(supply.index.isin(reached), 0.0)
    after = supply.add(pd.Series(changes), fill_value=0.0)[supply.index].clip(lower=0.0)
    expected = enhanced_two_stage_fca(**args, supply=after) - enhanced_two_stage_fca(
        **args, supply=supply
    )
    found = shift(world, [moved(site, s) for site, s in changes.items()], weight=weight)
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-7)


@few
@given(worlds(people=amounts), st.data(), st.floats(-6_000, 6_000), weights)
def test_a_shift_is_its_formula_and_all_of_it_is_shared(world, data, consultations, both):
    weight, naive = both
    site = data.draw(st.sampled_from(sorted(world.supply)))
    around = naive_people(world, naive, site)
    assume(around > 0)
    found = shift(world, [moved(site, consultations)], weight=weight)
    expected = {
        home: naive(world.time(home, site)) * consultations / around for home in world.people
    }
    assert_same(found, expected)
    received = sum(people * found[home] for home, people in world.people.items())
    assert received == pytest.approx(consultations, rel=1e-9)


def test_shifts_add_up_and_a_departure_undoes_an_arrival():
    world = dense_world(4, 30)
    one, two = list(world.supply)[:2]
    found = shift(world, [_gp_arrives(one), gp_leaves(two, consultations=4_000), _gp_arrives(one)])
    parts = 2 * shift(world, [_gp_arrives(one)]) + shift(world, [moved(two, -4_000.0)])
    np.testing.assert_allclose(found, parts, rtol=1e-12, atol=1e-15)
    none = shift(world, [_gp_arrives(one), gp_leaves(one)])
    assert none.abs().max() < 1e-15
    assert (shift(world, []) == 0).all()


def test_a_shift_follows_the_way_from_home_to_care():
    minutes = {("A", "A"): 0.0, ("A", "B"): 5.0, ("B", "A"): 25.0, ("B", "B"): 0.0}
    world = World(minutes, {"A": 1.0, "B": 1.0}, {"A": 100.0, "B": 300.0})
    assert shift(world, [moved("A", 600.0)]).to_dict() == {"A": 6.0, "B": 0.0}
    assert shift(world, [moved("B", 600.0)]).to_dict() == {"A": 1.5, "B": 1.5}


def test_unknown_people_around_a_change_make_unknown_those_in_reach_of_it_only():
    """Even where the pair is stored, and slower than 20 minutes."""
    minutes = {
        (a, b): 0.0 if a == b else 30.0 if "D" in (a, b) else 12.0 for a in "ABCD" for b in "ABCD"
    }
    people = {"A": 10.0, "B": math.nan, "C": 20.0, "D": 30.0}
    world = World(minutes, dict.fromkeys("ABCD", 1.0), people)
    found = shift(world, [_gp_arrives("A")])
    assert found.isna().to_dict() == {"A": True, "B": True, "C": True, "D": False}
    assert found["D"] == 0.0
    assert shift(world, [_gp_arrives("D")]).to_dict() == {"A": 0, "B": 0, "C": 0, "D": 180.0}
    # Nothing changes, whoever lives there.
    assert (shift(world, [_gp_cuts_hours("A", before=3_600, after=300)]) == 0).all()


def test_a_commune_without_road_has_no_shift_and_takes_no_change():
    world = World(
        {("A", "A"): 0.0}, {"A": 1.0, "yeu": 1.0}, {"A": 10.0, "yeu": 5.0}, unsnapped=("yeu",)
    )
    found = shift(world, [moved("A", 50.0)])
    assert found["A"] == 5.0
    assert math.isnan(found["yeu"])
    with pytest.raises(TableError, match="que personne n’atteint : yeu"):
        shift(world, [moved("yeu", 50.0)])


def test_all_communes_unknown_or_reached_by_nobody_are_listed_at_once():
    world = World({("A", "A"): 0.0, ("A", "far"): 40.0}, {"A": 1.0, "far": 1.0}, {"A": 10.0})
    with pytest.raises(TableError) as refused:
        shift(world, [_gp_arrives("X"), _gp_arrives("far"), gp_leaves("Y"), gp_leaves("A")])
    assert refused.value.defects == (
        "communes inconnues des temps de trajet : X, Y",
        "communes que personne n’atteint : far",
    )


# --- crossings --------------------------------------------------------------------------


def test_crossings_of_the_threshold_both_ways_and_at_it():
    """2.5 itself is not low."""
    table = pd.DataFrame(
        {
            "falls": (2.6, 2.4), "falls from it": (2.5, 2.4999), "rises": (2.4, 2.6),
            "rises to it": (2.4999, 2.5), "stays at it": (2.5, 2.5), "falls to it": (3.0, 2.5),
            "rises from it": (2.5, 2.6), "stays low": (1.0, 2.4), "stays high": (3.0, 2.6),
            "unknown": (math.nan, 2.0), "lost": (3.0, math.nan),
        },
        index=["before", "after"],
    ).T  # fmt: skip
    found = crossings(table["before"], table["after"])
    assert found["direction"].to_dict() == {
        "falls": "falls",
        "falls from it": "falls",
        "rises": "rises",
        "rises to it": "rises",
    }
    assert list(found) == ["before", "after", "direction"]
    assert found.loc["rises"].tolist() == [2.4, 2.6, "rises"]
    assert crossings(table["before"], table["before"]).empty


def test_crossings_of_different_communes_are_refused():
    before = pd.Series([2.6, 2.4], index=["A", "B"])
    for after in (before[["B", "A"]], before[:1], before.rename({"B": "C"})):
        with pytest.raises(TableError, match="mêmes communes"):
            crossings(before, after)

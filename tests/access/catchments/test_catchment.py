"""Floating catchments: published examples, plain loops, conservation, limits, refusals."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpts_geo.access.catchments.catchment import (
    apl,
    enhanced_two_stage_fca,
    m2sfca,
    three_stage_fca,
    two_stage_fca,
)
from cpts_geo.access.catchments.weights import APL_WEIGHT, Weight
from cpts_geo.access.travel.example import three_communes
from cpts_geo.access.travel.times import travel_times
from cpts_geo.errors import TableError, TravelError
from tests.access.oracles import (
    WEIGHTS,
    World,
    amounts,
    assert_same,
    dense_world,
    dress,
    in_reach,
    maybe,
    naive_3sfca,
    naive_e2sfca,
    present,
    weights,
    worlds,
)

few = settings(max_examples=25, deadline=None)
#: Measures that share supply between people: none is lost, none invented.
CONSERVING = [enhanced_two_stage_fca, three_stage_fca]
SHARING = [*CONSERVING, m2sfca]
APL, _ = WEIGHTS["apl"]
#: Times that every weight but the IRDES one counts whole.
close = st.sampled_from([0.0, 3.0, 9.99]) | st.floats(0, 9.9)


# --- published values -------------------------------------------------------------------


def test_the_toy_worked_by_hand():
    """Oracle O2."""
    times, supply, people = three_communes()
    apls = apl(times, consultations=supply, standardised=people)
    assert apls.to_dict() == pytest.approx({"A": 3.8947368, "B": 4.1754386, "C": 3.5087719})
    assert (apls * people).sum() / people.sum() == pytest.approx(4.0)
    tables = {"supply": supply, "demand": people}
    found = m2sfca(times, **tables, weight=APL_WEIGHT)
    assert found.tolist() == pytest.approx([3.2631579, 3.7309942, 3.0643275])
    found = two_stage_fca(times, **tables, max_minutes=15)
    assert found.tolist() == pytest.approx([4.2380952, 4.2380952, 2.5714286])
    # G of A 3/5 and 2/5, of B 2/5 and 3/5, of C 1/4 and 3/4: C's own place has no supply.
    found = three_stage_fca(times, **tables, weight=APL_WEIGHT)
    to_a = 0.6 * 1000 + 0.4 * 2 / 3 * 2000 + 0.25 / 3 * 500
    to_b = 0.4 * 2 / 3 * 1000 + 0.6 * 2000 + 0.75 * 500
    assert found["A"] == pytest.approx(0.6 * 5000 / to_a + 0.4 * 2 / 3 * 9000 / to_b)
    assert found["C"] == pytest.approx(0.25 / 3 * 5000 / to_a + 0.75 * 9000 / to_b)


@pytest.mark.parametrize(("vintage", "mean"), [(2022, 3.3423), (2023, 3.2947)])
def test_the_published_apl_of_younger_doctors_is_a_supply_shared(official_table, vintage, mean):
    """Identity (i), doctors up to 65; all ages are in test_ingest.py."""
    table = official_table("drees_apl_2023")
    table = table[table["vintage"] == vintage]
    shared = (table["standardised_population"] * table["apl_65"]).sum()
    # People standardised add up to people; the mean has 4 decimals, the APL of communes 3.
    assert shared == pytest.approx(mean * table["total_population"].sum(), rel=1e-4)
    assert shared < (table["standardised_population"] * table["apl"]).sum()


# --- plain loops ------------------------------------------------------------------------


@settings(max_examples=55, deadline=None)
@given(worlds() | worlds(supply=maybe, people=maybe), weights)
def test_every_measure_equals_plain_loops(world, both):
    weight, naive = both
    args = {"travel": world.times(), **world.tables(), "weight": weight}
    assert_same(enhanced_two_stage_fca(**args), naive_e2sfca(world, naive))
    assert_same(m2sfca(**args), naive_e2sfca(world, naive, power=2))
    assert_same(three_stage_fca(**args), naive_3sfca(world, naive))


@few
@given(worlds(), st.sampled_from([5.0, 12.0, 15.0, 20.0, 45.0]))
def test_two_steps_are_all_or_nothing_below_a_time(world, limit):
    found = two_stage_fca(world.times(), **world.tables(), max_minutes=limit)
    assert_same(found, naive_e2sfca(world, lambda t: 1.0 if t < limit else 0.0))


@few
@given(worlds())
def test_apl_is_the_dress_formula(world):
    supply, people = world.tables().values()
    found = apl(world.times(), consultations=supply, standardised=people)
    assert_same(found, naive_e2sfca(world, dress))


def test_arguments_are_left_alone_and_their_order_does_not_matter():
    """Times too, stored in any order: a sort in place of the weights would mix them up."""
    world = dense_world(7, 20)
    times, (supply, people) = world.times(), world.tables().values()
    minutes, kept = times.pairs(), (supply.copy(), people.copy())
    expected = apl(times, consultations=supply, standardised=people)
    for measure in SHARING:
        measure(times, supply=supply, demand=people, weight=APL)
        pd.testing.assert_frame_equal(times.pairs(), minutes)
    found = apl(times, consultations=supply[::-1], standardised=people.sort_values().astype("int"))
    pd.testing.assert_series_equal(found, expected)
    pd.testing.assert_series_equal(supply, kept[0])
    pd.testing.assert_series_equal(people, kept[1])


def test_the_way_counts_from_home_to_care():
    """B is 5 minutes from A's homes, but A is 25 from B's: only A's people share both."""
    minutes = {("A", "A"): 0.0, ("A", "B"): 5.0, ("B", "A"): 25.0, ("B", "B"): 0.0}
    world = World(minutes, {"A": 600.0, "B": 900.0}, {"A": 100.0, "B": 200.0})
    found = enhanced_two_stage_fca(world.times(), **world.tables(), weight=APL)
    assert found.to_dict() == pytest.approx({"A": 600 / 100 + 900 / 300, "B": 900 / 300})


# --- identities -------------------------------------------------------------------------


@few
@given(worlds(), weights)
def test_all_supply_that_somebody_reaches_is_shared_and_no_more(world, both):
    """Identity (i) of the methods."""
    weight, naive = both
    reached = sum(
        supply
        for site, supply in world.supply.items()
        if any(world.people[home] > 0 for home in in_reach(world, naive, site))
    )
    for measure in CONSERVING:
        found = measure(world.times(), **world.tables(), weight=weight)
        received = sum(people * found[home] for home, people in world.people.items() if people > 0)
        assert received == pytest.approx(reached, rel=1e-9, abs=1e-9)


def test_a_supply_that_nobody_reaches_is_lost_to_all_and_none_is_made_of_it():
    minutes = {("A", "A"): 0.0, ("A", "far"): 40.0}
    world = World(minutes, {"A": 50.0, "far": 70.0}, {"A": 10.0})
    for measure in SHARING:
        assert measure(world.times(), **world.tables(), weight=APL).to_dict() == {"A": 5.0}


def test_supply_in_reach_of_nobody_has_no_value_per_head():
    minutes = {("A", "A"): 0.0, ("B", "B"): 0.0, ("A", "B"): 40.0, ("B", "A"): 40.0}
    world = World(minutes, {"A": 50.0, "B": 70.0}, {"A": 10.0, "B": 0.0})
    for measure in SHARING:
        found = measure(world.times(), **world.tables(), weight=APL)
        assert found["A"] == pytest.approx(5.0)
        assert math.isnan(found["B"])


@few
@given(worlds(), weights, st.floats(0.001, 1_000))
def test_a_common_factor_changes_nothing_and_supply_is_linear(world, both, factor):
    """Identity (ii)."""
    supply, people = world.tables().values()
    args = {"travel": world.times(), "weight": both[0]}
    for measure in SHARING:
        found = measure(**args, supply=supply, demand=people)
        same = measure(**args, supply=supply * factor, demand=people * factor)
        pd.testing.assert_series_equal(same, found, rtol=1e-9)
        more = measure(**args, supply=supply * factor, demand=people)
        pd.testing.assert_series_equal(more, found * factor, rtol=1e-9)


@few
@given(worlds(people=present), st.data(), weights)
def test_supplies_add_up(world, data, both):
    """Identity (ii); not of 3SFCA, where people's choices change with the places there are."""
    supply, people = world.tables().values()
    more = pd.Series({site: data.draw(amounts) for site in world.supply})
    args = {"travel": world.times(), "weight": both[0], "demand": people}
    for measure in (enhanced_two_stage_fca, m2sfca):
        found = [measure(**args, supply=amount) for amount in (supply, more, supply + more)]
        np.testing.assert_allclose(found[0] + found[1], found[2], rtol=1e-9)


@few
@given(worlds(minutes=close, supply=present, complete=True))
def test_all_within_ten_minutes_share_alike(world):
    """Identity (iii): S / P everywhere."""
    ratio = sum(world.supply.values()) / sum(world.people.values())
    for measure in SHARING:
        found = measure(world.times(), **world.tables(), weight=APL)
        assert found.tolist() == pytest.approx([ratio] * len(found))


# --- limits and monotony ----------------------------------------------------------------


@few
@given(supply=amounts, people=present)
def test_one_place_alone_keeps_its_supply(supply, people):
    world = World({("A", "A"): 0.0}, {"A": supply}, {"A": people})
    for measure in SHARING:
        found = measure(world.times(), **world.tables(), weight=APL)
        assert found["A"] == pytest.approx(supply / people)


@few
@given(worlds(), weights)
def test_no_supply_in_reach_is_exactly_zero(world, both):
    weight, naive = both
    served = {i for j, s in world.supply.items() if s > 0 for i in in_reach(world, naive, j)}
    for measure in SHARING:
        found = measure(world.times(), **world.tables(), weight=weight)
        assert (found[sorted(set(world.people) - served)] == 0.0).all()
        assert not (found[sorted(served)] == 0.0).any()


@few
@given(worlds(), weights)
def test_modified_catchments_are_never_above_enhanced_ones(world, both):
    args = {"travel": world.times(), **world.tables(), "weight": both[0]}
    one, two = m2sfca(**args), enhanced_two_stage_fca(**args)
    assert (one.isna() == two.isna()).all()
    assert (one.dropna() <= two.dropna() * (1 + 1e-12)).all()


@few
@given(worlds(), st.data(), weights)
def test_a_destination_without_supply_changes_nothing(world, data, both):
    minutes = {(home, "new"): data.draw(close) for home in world.people}
    more = World({**world.minutes, **minutes}, {**world.supply, "new": 0.0}, world.people)
    for measure in SHARING:
        before, after = (measure(w.times(), **w.tables(), weight=both[0]) for w in (world, more))
        pd.testing.assert_series_equal(after, before, rtol=1e-12)


@few
@given(worlds(people=present), st.data(), present, weights)
def test_more_supply_where_there_is_some_raises_all_in_reach_and_lowers_nobody(
    world, data, more, both
):
    site = data.draw(st.sampled_from(sorted(world.supply)))
    reached = sorted(in_reach(world, both[1], site))
    for measure in SHARING:
        before, after = (
            measure(w.times(), **w.tables(), weight=both[0])
            for w in (world.with_supply(**{site: s}) for s in (10.0, 10.0 + more))
        )
        assert (after >= before * (1 - 1e-12)).all()
        assert (after[reached] > before[reached]).all()


@few
@given(worlds(supply=present, people=present), st.data(), weights)
def test_a_home_that_comes_nearer_gains_and_the_others_lose(world, data, both):
    """All else alike, one's share w S / sum w P of a place grows with one's own w."""
    weight, naive = both
    home = data.draw(st.sampled_from(sorted(world.people)))
    site = data.draw(st.sampled_from(sorted(world.supply)))
    closer = World({**world.minutes, (home, site): 0.0}, world.supply, world.people)
    before, after = (
        enhanced_two_stage_fca(w.times(), **w.tables(), weight=weight) for w in (world, closer)
    )
    others = [code for code in before.index if code != home]
    assert after[home] >= before[home] * (1 - 1e-12)
    assert (after[others] <= before[others] * (1 + 1e-12)).all()
    if naive(world.time(home, site)) == 0:
        assert after[home] > before[home]


# --- refused ----------------------------------------------------------------------------


def test_tables_that_do_not_agree_are_refused_with_every_defect():
    times, _, _ = three_communes()
    supply = pd.Series([1.0, -2.0, math.inf, 4.0, 5.0], index=["A", "B", "B", "D", "E"])
    people = pd.Series([0.0, 0.0, -0.0], index=["A", "B", "Z"])
    for measure in SHARING:
        with pytest.raises(TableError) as refused:
            measure(times, supply=supply, demand=people, weight=APL)
        assert [defect.replace("\u202f", " ") for defect in refused.value.defects] == [
            "offre : codes en double : B",
            "offre : codes inconnus des temps de trajet : D, E",
            "offre : lieux des temps de trajet sans valeur : C",
            "offre : valeurs négatives : B",
            "offre : valeurs infinies : B",
            "demande : codes inconnus des temps de trajet : Z",
            "demande : lieux des temps de trajet sans valeur : C",
            "demande : personne nulle part, toutes les populations sont nulles",
        ]


def test_text_for_numbers_is_refused():
    times, supply, people = three_communes()
    with pytest.raises(TableError) as refused:
        apl(times, consultations=supply.astype("str"), standardised=people.astype("str"))
    assert refused.value.defects == (
        "offre : des nombres sont attendus",
        "demande : des nombres sont attendus",
    )


def test_a_weight_that_goes_farther_than_the_table_is_refused():
    table = pd.DataFrame({"origin": ["A"] * 2, "destination": ["B", "C"], "minutes": [5.0, 18.0]})
    codes = {"supply": pd.Series({"B": 1.0, "C": 1.0}), "demand": pd.Series({"A": 1.0})}
    wide = Weight((20.5,), (1,))
    short = travel_times(table, label="essai", source="essai", reach=20)
    for measure in SHARING:
        measure(short, **codes, weight=APL)
        with pytest.raises(TravelError, match="plus large que la table") as refused:
            measure(short, **codes, weight=wide)
        assert refused.value.defects == (
            "le poids va jusqu’à 20,5 min, la table s’arrête à 20,0 min",
        )
    with pytest.raises(TravelError):
        two_stage_fca(short, **codes, max_minutes=20.1)
    assert two_stage_fca(short, **codes, max_minutes=20)["A"] == 2.0

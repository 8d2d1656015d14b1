"""Floating catchments where a number is unknown: what depends on it is, and nothing else."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from cpts_geo.access.catchments.catchment import (
    enhanced_two_stage_fca,
    m2sfca,
    three_stage_fca,
)
from tests.access.oracles import (
    WEIGHTS,
    World,
    in_reach,
    maybe,
    present,
    weights,
    worlds,
)

few = settings(max_examples=30, deadline=None)
SHARING = [enhanced_two_stage_fca, m2sfca, three_stage_fca]
APL, _ = WEIGHTS["apl"]


def unknown(found: pd.Series) -> set[str]:
    return set(found.index[found.isna()])


@few
@given(worlds(people=present), st.data(), weights)
def test_an_unknown_supply_is_unknown_to_those_in_reach_of_it_and_to_nobody_else(world, data, both):
    weight, naive = both
    site = data.draw(st.sampled_from(sorted(world.supply)))
    unsure = world.with_supply(**{site: math.nan})
    for measure in (enhanced_two_stage_fca, m2sfca):
        known = measure(world.times(), **world.tables(), weight=weight)
        found = measure(world.times(), **unsure.tables(), weight=weight)
        assert unknown(found) == in_reach(world, naive, site)
        pd.testing.assert_series_equal(found.dropna(), known[found.notna()], rtol=1e-12)


@few
@given(worlds(supply=present, people=present), st.data(), weights)
def test_where_places_compete_all_that_an_unknown_supply_may_change_is_unknown(world, data, both):
    """Of 0 it would be no place to choose: those in reach of it would go elsewhere instead."""
    weight, naive = both
    site = data.draw(st.sampled_from(sorted(world.supply)))
    found, none, some = (
        three_stage_fca(w.times(), **w.tables(), weight=weight)
        for w in (world.with_supply(**{site: supply}) for supply in (math.nan, 0.0, 5_000.0))
    )
    touched = in_reach(world, naive, site)
    shared = {j for j in world.supply if touched & in_reach(world, naive, j)}
    assert unknown(found) == {i for j in shared for i in in_reach(world, naive, j)}
    steady = found.notna()
    np.testing.assert_allclose(found[steady], none[steady], rtol=1e-9)
    np.testing.assert_allclose(found[steady], some[steady], rtol=1e-9)


@few
@given(worlds(people=present), st.data(), weights)
def test_unknown_people_make_unknown_the_supply_they_reach_and_no_other(world, data, both):
    weight, naive = both
    first = next(iter(world.supply))
    # Somebody must be known somewhere: a home that no weight of the tests reaches from.
    far = World({**world.minutes, ("far", first): 59.0}, world.supply, {**world.people, "far": 1.0})
    home = data.draw(st.sampled_from(sorted(world.people)))
    unsure = far.with_people(**{home: math.nan})
    shared = {j for j, s in world.supply.items() if s > 0 and home in in_reach(world, naive, j)}
    for measure in SHARING:
        known = measure(far.times(), **far.tables(), weight=weight)
        found = measure(far.times(), **unsure.tables(), weight=weight)
        assert unknown(found) == {i for j in shared for i in in_reach(world, naive, j)}
        pd.testing.assert_series_equal(found.dropna(), known[found.notna()], rtol=1e-9)


@few
@given(worlds(supply=maybe, people=maybe), st.data(), weights)
def test_a_destination_without_supply_changes_nothing_even_to_the_unknown(world, data, both):
    minutes = {(home, "new"): data.draw(st.floats(0, 9.9)) for home in world.people}
    more = World({**world.minutes, **minutes}, {**world.supply, "new": 0.0}, world.people)
    for measure in SHARING:
        before, after = (measure(w.times(), **w.tables(), weight=both[0]) for w in (world, more))
        pd.testing.assert_series_equal(after, before, rtol=1e-12)


def test_nobody_is_moved_by_the_choice_of_an_empty_commune():
    """A has no people: whether it may choose the unknown place changes nothing for B."""
    minutes = {("A", "maybe"): 5.0, ("A", "yes"): 5.0, ("B", "yes"): 5.0}
    supply = {"maybe": math.nan, "yes": 30.0}
    world = World(minutes, supply, {"A": 0.0, "B": 10.0})
    for measure in SHARING:
        found = measure(world.times(), **world.tables(), weight=APL)
        assert found["B"] == 3.0
        assert math.isnan(found["A"])


def test_people_unknown_everywhere_are_not_nobody():
    world = World({("A", "s"): 5.0, ("B", "t"): 5.0}, {"s": 3.0, "t": 0.0}, {"A": 1.0, "B": 1.0})
    nobody_known = pd.Series(math.nan, index=["A", "B"])
    for measure in SHARING:
        found = measure(
            world.times(), supply=pd.Series(world.supply), demand=nobody_known, weight=APL
        )
        assert math.isnan(found["A"])
        assert found["B"] == 0.0


def test_a_place_without_road_is_unknown_and_takes_nothing_from_the_others():
    supply, people = {"A": 50.0, "yeu": 30.0}, {"A": 10.0, "yeu": 5.0}
    world = World({("A", "A"): 0.0}, supply, people, unsnapped=("yeu",))
    for measure in SHARING:
        found = measure(world.times(), **world.tables(), weight=APL)
        assert found["A"] == 5.0
        assert math.isnan(found["yeu"])


def test_a_nullable_table_is_read_as_any_other():
    world = World({("A", "A"): 0.0, ("B", "A"): 5.0}, {"A": 50.0}, {"A": 10.0, "B": 15.0})
    supply = pd.Series(world.supply).astype("Float64")
    people = pd.Series({"A": 10, "B": None}, dtype="Int64")
    found = enhanced_two_stage_fca(
        world.times(), supply=supply, demand=people.fillna(15), weight=APL
    )
    assert found.to_dict() == {"A": 2.0, "B": 2.0}
    found = enhanced_two_stage_fca(world.times(), supply=supply, demand=people, weight=APL)
    assert unknown(found) == {"A", "B"}

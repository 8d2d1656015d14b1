"""The nearest place of care, and who is within 10, 15, 20 and 30 minutes of it."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpts_geo.access.nearest._proximity import nearest
from cpts_geo.access.nearest.minutes import coverage_by_variant
from cpts_geo.access.nearest.reached import time_reached
from cpts_geo.access.travel.example import three_communes
from cpts_geo.access.travel.times import travel_times
from cpts_geo.errors import TableError
from cpts_geo.settings import MINUTES_BANDS
from tests.access.oracles import REACH, World, amounts, worlds

few = settings(max_examples=50, deadline=None)
maybe = st.just(math.nan) | amounts


def naive_nearest(world: World, home: str) -> tuple[str | None, float, bool]:
    """Site, minutes, known: looked for one destination at a time, in their order."""
    best, site, doubt = math.inf, None, math.inf
    for place, supply in world.supply.items():
        minutes = world.time(home, place)
        if math.isnan(supply):
            doubt = min(doubt, minutes)
        elif supply > 0 and minutes < best:
            best, site = minutes, place
    if home in world.unsnapped or doubt < best:
        return None, math.nan, False
    return site, best if site else math.nan, True


def rows(found: pd.DataFrame) -> list[tuple[str | None, float, bool]]:
    assert list(found) == ["site", "minutes", "known"]
    return [
        (None if pd.isna(site) else site, minutes, known)
        for site, minutes, known in found.itertuples(index=False)
    ]


# --- nearest ----------------------------------------------------------------------------


@few
@given(worlds(supply=maybe), st.data())
def test_nearest_equals_a_loop_over_places(world, data):
    away = tuple(data.draw(st.sets(st.sampled_from(sorted(world.people)), max_size=2)))
    minutes = {key: t for key, t in world.minutes.items() if key[0] not in away}
    world = World(minutes, world.supply, world.people, unsnapped=away)
    found = nearest(world.times(), pd.Series(world.supply))
    assert found.index.tolist() == list(world.people)
    for home, (site, time, known) in zip(world.people, rows(found), strict=True):
        expected = naive_nearest(world, home)
        assert (site, known) == (expected[0], expected[2])
        assert time == pytest.approx(expected[1], nan_ok=True)


def test_the_toy_worked_by_hand():
    times, supply, _ = three_communes()
    assert rows(nearest(times, supply)) == [("A", 0.0, True), ("B", 0.0, True), ("B", 9.0, True)]


def test_an_unknown_supply_casts_doubt_only_where_it_would_be_nearer():
    minutes = {
        ("a", "yes"): 10.0, ("a", "maybe"): 9.0,
        ("b", "yes"): 10.0, ("b", "maybe"): 10.0,
        ("c", "yes"): 10.0, ("c", "maybe"): 11.0,
        ("d", "maybe"): 40.0,
        ("e", "no"): 1.0,
    }  # fmt: skip
    supply = {"maybe": math.nan, "no": 0.0, "yes": 2.0}
    found = nearest(World(minutes, supply, dict.fromkeys("abcde", 1.0)).times(), pd.Series(supply))
    assert found["known"].to_dict() == {"a": False, "b": True, "c": True, "d": False, "e": True}
    assert found["site"].dropna().to_dict() == {"b": "yes", "c": "yes"}
    assert found["minutes"].dropna().to_dict() == {"b": 10.0, "c": 10.0}


@pytest.mark.parametrize("order", [("X", "Y", "Z"), ("Z", "Y", "X")])
def test_among_equals_the_first_destination_in_order_is_given(order):
    """Whatever the order of the rows of one's own."""
    table = pd.DataFrame(
        [("first", place, 20.0) for place in order]
        + [("home", place, t) for place, t in (("Y", 5.0), ("Z", 5.0), ("X", 5.0))],
        columns=["origin", "destination", "minutes"],
    )
    times = travel_times(table, label="essai", source="essai")
    supply = pd.Series({"X": 1.0, "Y": 9.0, "Z": 1.0})
    assert nearest(times, supply).at["home", "site"] == order[0]
    assert nearest(times, supply.where(supply.index != order[0], 0.0)).at["home", "site"] == "Y"


def test_the_way_counts_from_home_to_care():
    minutes = {("A", "A"): 0.0, ("A", "B"): 5.0, ("B", "A"): 25.0, ("B", "B"): 0.0}
    world = World(minutes, {"A": 0.0, "B": 1.0}, {"A": 1.0, "B": 1.0})
    assert nearest(world.times(), pd.Series(world.supply)).at["A", "minutes"] == 5.0
    assert nearest(world.times(), pd.Series({"A": 1.0, "B": 0.0})).at["B", "minutes"] == 25.0


@few
@given(worlds(), st.data())
def test_one_more_place_of_care_takes_nobody_farther(world, data):
    site = data.draw(st.sampled_from(sorted(world.supply)))
    before = nearest(world.times(), pd.Series(world.supply))["minutes"].fillna(math.inf)
    more = pd.Series(world.with_supply(**{site: 3.0}).supply)
    after = nearest(world.times(), more)["minutes"].fillna(math.inf)
    assert (after <= before).all()


def test_supplies_that_do_not_agree_are_refused():
    times, _, _ = three_communes()
    with pytest.raises(TableError) as refused:
        nearest(times, pd.Series({"A": -1.0, "B": 2.0, "D": 1.0}))
    assert len(refused.value.defects) == 3


# --- coverage ---------------------------------------------------------------------------


@few
@given(worlds(supply=maybe, people=maybe))
def test_coverage_equals_a_loop_over_communes(world):
    found = nearest(world.times(), pd.Series(world.supply)).rename_axis("code_insee").reset_index()
    care = found.assign(facility="gp", variant="central", reach=REACH, column="x")
    table = coverage_by_variant(care, pd.Series(world.people)).set_index("minutes")
    total, unknown, within = 0.0, 0.0, dict.fromkeys(MINUTES_BANDS, 0.0)
    for home, people in world.people.items():
        _, minutes, known = naive_nearest(world, home)
        if math.isnan(people):
            continue
        if not known:
            unknown += people
            continue
        total += people
        for band in MINUTES_BANDS:
            within[band] += people if minutes <= band else 0.0
    assert table["people"].to_dict() == pytest.approx(within)
    assert table["people"].is_monotonic_increasing
    assert table["unknown"].tolist() == pytest.approx([unknown] * len(MINUTES_BANDS))
    if total > 0 and total > 0.9 * (total + unknown):
        assert table["share"].tolist() == pytest.approx([n / total for n in within.values()])
    else:
        assert table["share"].isna().all() or total == pytest.approx(9 * unknown)


@pytest.mark.parametrize("people", [0.1, 1.1, 1234.56])
def test_a_share_reached_but_for_a_rounding_is_reached(people):
    """Nine places of ten hold 90 %; added up in binary they hold a little less."""
    minutes, everybody = pd.Series(range(10), dtype=float), pd.Series(people, index=range(10))
    assert everybody.cumsum()[8] / everybody.sum() < 0.9
    assert time_reached(minutes, everybody, share=0.9) == 8.0
    assert time_reached(minutes, everybody, share=0.9 + 1e-9) == 9.0

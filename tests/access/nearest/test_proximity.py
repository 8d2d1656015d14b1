"""The nearest place of care, and who is within 10, 15, 20 and 30 minutes of it."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpts_geo.access.nearest._proximity import coverage, nearest
from cpts_geo.access.nearest.reached import time_reached
from cpts_geo.access.travel.example import three_communes
from cpts_geo.access.travel.times import BANDS, travel_times
from cpts_geo.errors import TableError, TravelError
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


def near(minutes: dict[str, float], *, lost: tuple[str, ...] = ()) -> pd.DataFrame:
    """A table of nearest places: NaN is farther than the reach, `lost` is unknown."""
    table = pd.DataFrame({"minutes": pd.Series(minutes, dtype="float64")})
    table["known"] = ~table.index.isin(lost)
    return table


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


def test_coverage_worked_by_hand():
    """10 minutes are within 10; beyond the reach is known, no road is not."""
    found = near(
        {"a": 0, "b": 10, "c": 10.01, "d": 20, "e": 30, "f": 30.5, "g": math.nan, "h": math.nan},
        lost=("h",),
    )
    people = pd.Series({"a": 1, "b": 2, "c": 4, "d": 8, "e": 16, "f": 32, "g": 64, "h": 128})
    table = coverage(found, people, reach=45)
    assert table.index.tolist() == [10.0, 15.0, 20.0, 30.0]
    assert table.index.name == "minutes"
    assert table["people"].tolist() == [3.0, 7.0, 15.0, 31.0]
    assert table["share"].tolist() == pytest.approx([3 / 127, 7 / 127, 15 / 127, 31 / 127])
    assert table.attrs == {"unknown": 128.0, "unknown_places": 0}
    assert table.attrs["unknown"] + people[found["known"]].sum() == people.sum()


def test_coverage_of_some_communes_counts_those_only():
    found = near({"a": 5, "b": 12, "c": 3})
    table = coverage(found, pd.Series({"c": 7.0, "b": 3.0}), reach=30, bands=[4, 12])
    assert table["people"].tolist() == [7.0, 10.0]
    assert table["share"].tolist() == [0.7, 1.0]


def test_people_that_are_unknown_are_left_out_and_counted_by_place():
    found = near({"a": 5, "b": 5, "c": 40, "d": 5}, lost=("d",))
    people = pd.Series({"a": 10.0, "b": math.nan, "c": 30.0, "d": math.nan})
    table = coverage(found, people, reach=60, bands=[10])
    assert table["people"].tolist() == [10.0]
    assert table["share"].tolist() == [0.25]
    assert table.attrs == {"unknown": 0.0, "unknown_places": 2}


@pytest.mark.parametrize("people", [{"a": 0.0}, {"b": 5.0}, {"a": math.nan}, {}])
def test_the_share_of_nobody_known_is_unknown(people):
    found = near({"a": 5, "b": math.nan}, lost=("b",))
    table = coverage(found, pd.Series(people, dtype="float64"), reach=30, bands=[10, 30])
    assert table["people"].tolist() == [0.0, 0.0]
    assert table["share"].isna().all()


@few
@given(worlds(supply=maybe, people=maybe))
def test_coverage_equals_a_loop_over_communes(world):
    found = nearest(world.times(), pd.Series(world.supply))
    table = coverage(found, pd.Series(world.people), reach=REACH)
    total, within = 0.0, dict.fromkeys(BANDS, 0.0)
    for home, people in world.people.items():
        _, minutes, known = naive_nearest(world, home)
        if not known or math.isnan(people):
            continue
        total += people
        for band in BANDS:
            within[band] += people if minutes <= band else 0.0
    assert table["people"].to_dict() == pytest.approx(within)
    assert table["people"].is_monotonic_increasing
    if total > 0:
        assert table["share"].tolist() == pytest.approx([n / total for n in within.values()])


@pytest.mark.parametrize(
    "bands",
    [[], [10, 46], [15, 10], [10, 10], [-1, 10], [math.nan], [10, math.nan], [math.nan, 10]],
)
def test_bands_that_do_not_rise_or_go_beyond_the_reach_are_refused(bands):
    with pytest.raises(TravelError) as refused:
        coverage(near({"a": 5}), pd.Series({"a": 1.0}), reach=45, bands=bands)
    assert "jusqu’à 45,0 min" in refused.value.defects[0]


def test_the_last_band_may_be_the_reach_and_a_complete_table_has_no_end():
    found, people = near({"a": 45.0}), pd.Series({"a": 1.0})
    assert coverage(found, people, reach=45, bands=[0, 45])["people"].tolist() == [0.0, 1.0]
    assert coverage(found, people, reach=math.inf, bands=[999])["people"].tolist() == [1.0]


def test_every_defect_of_people_is_listed_at_once():
    people = pd.Series([1.0, -2.0, 3.0, 4.0], index=["a", "b", "z", "a"])
    with pytest.raises(TableError) as refused:
        coverage(near({"a": 5, "b": 5}), people, reach=45)
    assert refused.value.defects == (
        "communes sans temps de trajet : z",
        "populations négatives : b",
        "codes en double : a",
    )


@pytest.mark.parametrize("people", [0.1, 1.1, 1234.56])
def test_a_share_reached_but_for_a_rounding_is_reached(people):
    """Nine places of ten hold 90 %; added up in binary they hold a little less."""
    minutes, everybody = pd.Series(range(10), dtype=float), pd.Series(people, index=range(10))
    assert everybody.cumsum()[8] / everybody.sum() < 0.9
    assert time_reached(minutes, everybody, share=0.9) == 8.0
    assert time_reached(minutes, everybody, share=0.9 + 1e-9) == 9.0

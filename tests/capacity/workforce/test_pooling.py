"""Pooling of territories: published oracles, groups against every partition, bad input."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpts_geo.capacity.workforce.pooling import Pooling, pool_within, pooled_slots
from cpts_geo.errors import DemandTooLargeError, ScenarioError
from tests.queues import queue

OL = 1511 / 270
BG = 2000 / 251


def times(labels: list[str], pairs: dict[tuple[str, str], float]) -> pd.DataFrame:
    """Minutes between territories, the same both ways unless both are given; 90 otherwise."""
    table = pd.DataFrame(90.0, index=labels, columns=labels)
    for label in labels:
        table.loc[label, label] = 0.0
    for (one, other), minutes in pairs.items():
        table.loc[one, other] = minutes
        if (other, one) not in pairs:
            table.loc[other, one] = minutes
    return table


# --- oracles -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("demand", "next_day"),
    [
        (OL, (6, 5.5, 5.4, 5.4)),
        # the published row, 5.3 at the end, is of a demand a little lower: 53 slots cannot serve
        # 95 % of ten times 1511 / 270, since 53 / 55.963 = 94.7 %
        (5.57, (6, 5.5, 5.4, 5.3)),
    ],
)
def test_o15_identical_territories(demand: float, next_day: tuple[float, ...]) -> None:
    for n, each in zip((1, 2, 5, 10), next_day, strict=True):
        booked = pooled_slots([demand] * n, rules=queue())
        assert booked.slots_apart == (6,) * n
        assert booked.pooled == round(each * n)
        assert booked.saved == 6 * n - booked.pooled


def test_o15_two_territories() -> None:
    demand = pd.Series({"b": OL, "a": BG})
    near = times(["a", "b"], {("a", "b"): 10.0})
    for deadline, expected in (
        (1, Pooling((6, 8), 14, 14, 0)),
        (0, Pooling((8, 11), 19, 16, 3)),
    ):
        rules = queue(deadline_days=deadline)
        for given_ in (demand, [OL, BG], (OL, BG), demand.to_numpy()):
            assert pooled_slots(given_, rules=rules) == expected
        row = pool_within(demand, near, rules=rules).loc[1]
        assert row[["slots_apart", "slots_pooled", "saved"]].tolist() == [
            expected.total_apart,
            expected.pooled,
            expected.saved,
        ]
    # no request needs no slot
    assert pooled_slots([OL, 0.0], rules=queue()) == Pooling((6, 0), 6, 6, 0)
    assert pooled_slots([0, 0], rules=queue()) == Pooling((0, 0), 0, 0, 0)


# --- the comparison ----------------------------------------------------------


def test_every_rule_reaches_the_queue() -> None:
    rules = queue(target=0.9, deadline_days=2, dispersion=2.0)
    found = pooled_slots([3.0, 1.5], rules=rules)
    assert found.slots_apart == (rules.slots(3.0), rules.slots(1.5))
    assert found.pooled == rules.slots(4.5)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(0.05, 15.0), min_size=1, max_size=5),
    st.integers(0, 2),
    st.sampled_from([1.0, 2.0]),
)
def test_together_never_costs_more(demand: list[float], deadline: int, dispersion: float) -> None:
    found = pooled_slots(demand, rules=queue(deadline_days=deadline, dispersion=dispersion))
    assert found.total_apart == sum(found.slots_apart)
    assert found.saved == found.total_apart - found.pooled >= 0
    assert found.pooled >= max(found.slots_apart)
    if len(demand) == 1:
        assert found.saved == 0


def test_without_booking_and_small_territories_gain_most() -> None:
    saved = [pooled_slots([OL] * 5, rules=queue(deadline_days=k)).saved for k in (0, 1)]
    assert saved[0] > 2 * saved[1]
    found = [pooled_slots([demand] * 4, rules=queue()) for demand in (0.5, 2.0, 8.0)]
    gains = [each.saved / each.total_apart for each in found]
    assert all(more > less for more, less in pairwise(gains))


# --- groups within a travel time ---------------------------------------------


def test_a_chain_is_cut_where_its_ends_are_too_far() -> None:
    labels = ["Nord", "Centre", "Sud"]
    demand = pd.Series([1.0, 2.0, 1.0], index=labels)
    chain = times(labels, {("Nord", "Centre"): 20, ("Centre", "Sud"): 25, ("Nord", "Sud"): 45})
    table = pool_within(demand, chain, rules=queue(deadline_days=0))
    assert table.columns.tolist() == [
        "members",
        "territories",
        "requests_per_day",
        "slots_apart",
        "slots_pooled",
        "saved",
        "longest_minutes",
        "unknown_with",
    ]
    assert table.index.tolist() == [1, 2]
    assert table.index.name == "group"
    pair = pooled_slots([1.0, 2.0], rules=queue(deadline_days=0))
    alone = queue(deadline_days=0).slots(1.0)
    expected = [
        (("Centre", "Nord"), 2, 3.0, pair.total_apart, pair.pooled, pair.saved, 20.0, ()),
        (("Sud",), 1, 1.0, alone, alone, 0, 0.0, ()),
    ]
    assert [tuple(row) for row in table.itertuples(index=False)] == expected
    assert pair.saved > 0
    wide = pool_within(demand, chain, rules=queue(), max_minutes=45)
    assert wide["members"].tolist() == [("Centre", "Nord", "Sud")]
    assert wide.loc[1, "longest_minutes"] == 45.0


def test_limit_is_included_and_the_slower_way_counts() -> None:
    demand = pd.Series({"a": 1.0, "b": 1.0})
    both = times(["a", "b"], {("a", "b"): 30.0})
    assert pool_within(demand, both, rules=queue())["members"].tolist() == [("a", "b")]
    assert len(pool_within(demand, both, rules=queue(), max_minutes=29.999)) == 2
    slow_back = times(["a", "b"], {("a", "b"): 12.0, ("b", "a"): 31.0})
    assert len(pool_within(demand, slow_back, rules=queue())) == 2
    reached = pool_within(demand, slow_back, rules=queue(), max_minutes=31)
    assert reached.loc[1, "longest_minutes"] == 31.0
    assert len(pool_within(demand, both, rules=queue(), max_minutes=0)) == 2


def test_unknown_times_are_not_pooled_and_said() -> None:
    labels = ["a", "b", "c", "d"]
    demand = pd.Series(1.0, index=labels)
    table = times(
        labels,
        {
            ("a", "b"): 10.0,
            ("a", "c"): 12.0,
            ("c", "a"): math.nan,  # one way is unknown, the other within the limit
            ("b", "c"): 50.0,
            ("a", "d"): math.nan,  # one way is unknown, the other already too long
            ("d", "a"): 40.0,
            ("b", "d"): math.inf,  # known: no road
        },
    )
    groups = pool_within(demand, table, rules=queue())
    assert groups["members"].tolist() == [("a", "b"), ("c",), ("d",)]
    assert groups["unknown_with"].tolist() == [("c",), ("a",), ()]
    assert not groups["longest_minutes"].isna().any()
    nothing = pool_within(demand, table.where(np.eye(4, dtype=bool)), rules=queue())
    assert nothing["members"].tolist() == [("a",), ("b",), ("c",), ("d",)]
    assert nothing.loc[1, "unknown_with"] == ("b", "c", "d")
    # missing values of any kind are unknown
    two = pd.Series({"a": 1.0, "b": 1.0})
    known = times(["a", "b"], {("a", "b"): 10.0})
    for missing in (
        known.astype("Float64").mask(known == 10.0),
        known.astype(object).mask(known == 10.0, None),
    ):
        groups = pool_within(two, missing, rules=queue())
        assert groups["unknown_with"].tolist() == [("b",), ("a",)]


def random_case(seed: int, size: int) -> tuple[pd.Series, pd.DataFrame]:
    random = np.random.default_rng(seed)
    labels = [f"t{i}" for i in range(size)]
    minutes = random.integers(5, 70, (size, size)).astype(float)  # integers: many ties
    minutes[random.random((size, size)) < 0.1] = math.nan
    minutes[random.random((size, size)) < 0.05] = math.inf
    np.fill_diagonal(minutes, 0.0)
    demand = pd.Series(random.uniform(0.2, 3.0, size), index=labels)
    return demand, pd.DataFrame(minutes, index=labels, columns=labels)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 9), st.sampled_from([20.0, 30.0, 45.0]))
def test_groups_are_complete_and_cannot_be_merged(seed: int, size: int, limit: float) -> None:
    demand, minutes = random_case(seed, size)
    table = pool_within(demand, minutes, rules=queue(), max_minutes=limit)

    def near(one: str, other: str) -> bool:
        there, back = minutes.loc[one, other], minutes.loc[other, one]
        return bool(there <= limit and back <= limit)

    assert sorted(sum(table["members"], ())) == sorted(demand.index)
    for members, longest in zip(table["members"], table["longest_minutes"], strict=True):
        assert all(near(*pair) for pair in combinations(members, 2))
        assert longest == max(minutes.loc[i, j] for i in members for j in members)
    for first, second in combinations(table["members"], 2):
        assert not all(near(one, other) for one in first for other in second)
    for row in table.itertuples():
        pooling = pooled_slots(demand.loc[list(row.members)], rules=queue())
        assert (row.slots_apart, row.slots_pooled) == (pooling.total_apart, pooling.pooled)
    assert table["slots_apart"].sum() == sum(queue().slots(x) for x in demand)
    assert table["requests_per_day"].sum() == pytest.approx(demand.sum())


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_order_plays_no_part_and_arguments_are_kept(seed: int) -> None:
    demand, minutes = random_case(seed, 7)
    kept = demand.copy(), minutes.copy()
    table = pool_within(demand, minutes, rules=queue())
    order = np.random.default_rng(seed).permutation(7)
    other = np.random.default_rng(seed + 1).permutation(7)
    shuffled = pool_within(demand.iloc[order], minutes.iloc[other, order], rules=queue())
    pd.testing.assert_frame_equal(table, shuffled)
    pd.testing.assert_frame_equal(table, pool_within(demand, minutes, rules=queue()))
    pd.testing.assert_series_equal(demand, kept[0])
    pd.testing.assert_frame_equal(minutes, kept[1])


# --- bad input ---------------------------------------------------------------


def test_every_defect_of_a_comparison_is_listed() -> None:
    with pytest.raises(ScenarioError) as caught:
        pooled_slots(
            [-1.0, math.nan, 3.0, "4"], rules=queue(target=1.0, deadline_days=-1, dispersion=0.5)
        )  # type: ignore[list-item]
    text = str(caught.value)
    assert len(caught.value.defects) == 6
    for part in ("de 1 = -1.0", "de 2 = nan", "de 4 = 4", "cible", "délai", "dispersion"):
        assert part in text
    assert "À faire" in text
    with pytest.raises(ScenarioError, match="aucun territoire"):
        pooled_slots([], rules=queue())
    with pytest.raises(ScenarioError, match="demandes par jour de Nord = inf"):
        pooled_slots(pd.Series({"Nord": math.inf}), rules=queue())


def test_every_defect_of_the_times_is_listed() -> None:
    demand = pd.Series([1.0, -2.0, 1.0, 1.0], index=["a", "b", "c", "c"])
    minutes = pd.DataFrame(
        [[math.nan, -5.0, 3.0], [2.0, 1.0, "loin"]], index=["a", "b"], columns=["a", "b", "e"]
    )
    with pytest.raises(ScenarioError) as caught:
        pool_within(demand, minutes, rules=queue(target=0), max_minutes=-1)
    assert set(caught.value.defects) == {
        "demandes par jour de b = -2.0 : il faut un nombre, 0 ou plus",
        "demandes : territoires répétés : c",
        "lignes des temps : territoires absents : c",
        "colonnes des temps : territoires absents : c",
        "colonnes des temps : territoires sans demande : e",
        "temps : 2 lignes et 3 colonnes, il en faut autant",
        "temps qui ne sont pas des nombres : b → e",
        "temps négatifs : a → b",
        "d’un territoire à lui-même, il faut 0 minute : a, b",
        "minutes au plus = -1 : il faut un nombre, 0 ou plus",
        "cible = 0 : il faut une part entre 0 et 1, bornes exclues",
    }


def test_a_lone_territory_and_repeated_or_missing_ones() -> None:
    demand = pd.Series({"a": 1.0, "b": 1.0})
    near = times(["a", "b"], {("a", "b"): 10.0})
    twice = near.loc[["a", "b", "b"], ["a", "a", "b"]]
    with pytest.raises(ScenarioError) as caught:
        pool_within(demand, twice, rules=queue())
    assert caught.value.defects == (
        "lignes des temps : territoires répétés : b",
        "colonnes des temps : territoires répétés : a",
    )
    with pytest.raises(ScenarioError, match="aucun territoire"):
        pool_within(pd.Series(dtype=float), pd.DataFrame(), rules=queue())
    alone = pd.Series({"a": OL})
    table = pool_within(alone, times(["a"], {}), rules=queue())
    assert table["members"].tolist() == [("a",)]
    assert table[["slots_apart", "slots_pooled", "saved"]].loc[1].tolist() == [6, 6, 0]
    for limit in (-1, math.nan, math.inf, "30", True):
        with pytest.raises(ScenarioError, match="minutes au plus"):
            pool_within(alone, times(["a"], {}), rules=queue(), max_minutes=limit)  # type: ignore[arg-type]


def test_territories_beyond_a_cpts_pass_the_queue_s_own_error() -> None:
    with pytest.raises(DemandTooLargeError, match="trop grande"):
        pooled_slots([400.0, 400.0], rules=queue())
    demand = pd.Series({"a": 400.0, "b": 400.0})
    assert len(pool_within(demand, times(["a", "b"], {}), rules=queue())) == 2
    with pytest.raises(DemandTooLargeError, match="découpez le territoire"):
        pool_within(demand, times(["a", "b"], {("a", "b"): 5.0}), rules=queue())

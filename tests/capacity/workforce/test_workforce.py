"""GPs in the years to come: published oracles, naive cohort, conservation, disclosure."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from cpts_geo.capacity.workforce.projection import (
    EXIT_FACTORS,
    SPREADS,
    _cohort,
    _coverage,
    _number_there,
    _project,
    ages_with_mean,
    bounds,
    entries_to_hold,
    fan,
    head_counts,
)
from cpts_geo.errors import ScenarioError

#: Invented, of mean 61 [O24].
AGES = (45, 49, 52, 55, 57, 58, 59, 60, 60, 61, 61, 62, 62, 63, 63, 64, 64, 65, 66, 67, 67, 68)
AGES = (*AGES, 69, 67)
BG = {"population": 80_000, "people_without_mt": 24_000}

ages_ = st.lists(st.integers(28, 80), min_size=1, max_size=12)


# --- oracles [O24] -----------------------------------------------------------


@pytest.mark.parametrize(
    ("entries", "in_five", "in_ten", "density"),
    [
        (0, 11.7979, 4.9574, 6.2),
        (0.5, None, None, 12.2),
        (1, 16.6989, 14.5192, 18.1),
        (1.5, None, None, 24.1),
        (2, 21.5999, 24.0810, 30.1),
    ],
)
def test_o24_head_count_and_density(
    entries: float, in_five: float | None, in_ten: float | None, density: float
) -> None:
    gps = _project(AGES, entries_per_year=entries)
    if in_five is not None:
        assert gps[[0, 5, 10]].tolist() == pytest.approx([24, in_five, in_ten], abs=5e-5)
    assert 1e5 * gps[10] / 80_000 == pytest.approx(density, abs=0.05)


def test_o24_entries_to_hold() -> None:
    needed = entries_to_hold(AGES, gps=24, years=10)
    assert needed == pytest.approx(1.9915, abs=5e-5)
    assert _project(AGES, entries_per_year=needed)[10] == pytest.approx(24, rel=1e-12)


def test_o24_share_without_mt_with_a_constant_list() -> None:
    table = _coverage(_project(AGES, entries_per_year=1), **BG, gps_now=24)
    shares = table.loc[[0, 5, 10], "share_without_mt"].tolist()
    assert shares == pytest.approx([0.300, 0.513, 0.577], abs=5e-4)
    assert not table["list_capped"].any()


# --- the cohort --------------------------------------------------------------


def naive(ages: list[int], entries: float, years: int) -> float:
    """GPs after some years, one age at a time, rates written out."""

    def leaving(age: int) -> float:
        for start, rate in ((70, 0.4), (67, 0.3), (65, 0.2), (62, 0.1), (60, 0.05)):
            if age >= start:
                return rate
        return 0.01

    people: dict[int, float] = {}
    for age in ages:
        people[age] = people.get(age, 0.0) + 1.0
    for _ in range(years):
        older = {age + 1: n * (1 - leaving(age)) for age, n in people.items()}
        older[38] = older.get(38, 0.0) + entries
        people = older
    return sum(people.values())


@given(ages_, st.floats(0, 5), st.integers(0, 40))
def test_projection_equals_a_cohort_by_single_age(
    ages: list[int], entries: float, years: int
) -> None:
    gps = _project(ages, entries_per_year=entries, years=years)
    assert gps.index.tolist() == list(range(years + 1))
    assert gps[years] == pytest.approx(naive(ages, entries, years))


def test_one_year_by_hand() -> None:
    gps = _project([59.5, 60.0, 66.9, 67.0, 70.0], entries_per_year=2, years=1)
    assert gps.tolist() == pytest.approx([5, 0.99 + 0.95 + 0.80 + 0.70 + 0.60 + 2])
    # newcomers stay their first year whole, and leave at the rate of their age
    assert _project([], entries_per_year=1, years=2).tolist() == pytest.approx([0, 1, 1.99])
    assert _project([], entries_per_year=0, years=2).tolist() == [0, 0, 0]


@given(ages_, st.floats(0, 3), st.floats(0, 3), st.integers(1, 20))
def test_head_count_is_linear_in_the_entries(
    ages: list[int], first: float, second: float, years: int
) -> None:
    one, other, middle = (
        _project(ages, entries_per_year=e, years=years)[years]
        for e in (first, second, (first + second) / 2)
    )
    assert middle == pytest.approx((one + other) / 2)
    assert (one - other) * (first - second) >= 0


@given(ages_, ages_, st.integers(0, 15))
def test_two_groups_add(first: list[int], second: list[int], years: int) -> None:
    apart = [_project(x, entries_per_year=0.5, years=years) for x in (first, second)]
    together = _project([*first, *second], entries_per_year=1, years=years)
    assert together.tolist() == pytest.approx((apart[0] + apart[1]).tolist())


@given(ages_, st.floats(0, 30), st.integers(1, 20))
def test_entries_to_hold_reach_what_was_wanted(ages: list[int], gps: float, years: int) -> None:
    needed = entries_to_hold(ages, gps=gps, years=years)
    reached = _project(ages, entries_per_year=needed, years=years)[years]
    assert needed >= 0
    assert reached == pytest.approx(gps) if needed > 0 else reached >= gps * (1 - 1e-12)


# --- people left without médecin traitant ------------------------------------


def test_coverage_by_hand() -> None:
    gps = pd.Series([10.0, 5.0, 20.0, 0.0, math.nan], index=[2024, 2025, 2026, 2027, 2028])
    table = _coverage(gps, population=12_000, people_without_mt=2_000, gps_now=10)
    assert table["people_without_mt"].iloc[:4].tolist() == [2_000, 7_000, 0, 12_000]
    assert table["share_without_mt"].iloc[:4].tolist() == pytest.approx([1 / 6, 7 / 12, 0, 1])
    assert table.loc[2028, ["people_without_mt", "share_without_mt"]].isna().all()
    assert table.index.equals(gps.index)


@pytest.mark.parametrize("count", [139, 145, 151])  # 80,000 / n x n is not 80,000
def test_nobody_without_mt_stays_nobody_to_the_bit(count: int) -> None:
    now = pd.Series([float(count)])
    table = _coverage(now, population=80_000, people_without_mt=0, gps_now=count)
    assert table.loc[0, ["people_without_mt", "share_without_mt"]].tolist() == [0.0, 0.0]


def test_a_list_beyond_the_cap_is_cut_and_says_so() -> None:
    gps = pd.Series([10.0, 8.0])
    table = _coverage(gps, population=30_000, people_without_mt=0, gps_now=10)
    assert table["list_capped"].all()
    assert table["people_without_mt"].tolist() == [5_000, 10_000]
    full = _coverage(gps, population=25_000, people_without_mt=0, gps_now=10)
    assert not full["list_capped"].any()


@given(
    st.floats(1, 1e6), st.floats(0, 1), st.floats(0.5, 500), st.lists(st.floats(0, 1e3), min_size=1)
)
def test_coverage_stays_within_the_population_and_falls_with_gps(
    population: float, share: float, now: float, gps: list[float]
) -> None:
    today = {"population": population, "people_without_mt": share * population, "gps_now": now}
    table = _coverage(pd.Series(sorted(gps)), **today)
    assert table["share_without_mt"].between(0, 1 + 1e-6).all()
    assert (table["people_without_mt"].diff().dropna() <= 1e-6).all()
    found = _coverage(pd.Series([now]), **today).loc[0]
    if not found["list_capped"]:
        assert found["people_without_mt"] == pytest.approx(share * population, abs=1e-5)


# --- invented ages, and the fan ----------------------------------------------


@settings(max_examples=40)
@given(st.integers(1, 60), st.floats(35, 70), st.floats(0.5, 20))
def test_invented_ages_have_the_mean_and_the_bounds(count: int, mean: float, sd: float) -> None:
    ages = ages_with_mean(count, mean, sd=sd)
    assert len(ages) == count
    assert np.mean(ages) == pytest.approx(mean, abs=1e-8)
    assert list(ages) == sorted(ages)
    assert ages[0] >= 30 and ages[-1] <= 75


def test_invented_ages_are_normal_far_from_the_bounds_and_cut_at_them() -> None:
    ages = ages_with_mean(2_001, 52.5, sd=3.0)
    assert ages[1_000] == pytest.approx(52.5, abs=1e-9)
    assert np.std(ages) == pytest.approx(3.0, rel=0.01)
    assert np.quantile(ages, 0.8413447) == pytest.approx(55.5, abs=0.01)
    spreads = [np.std(ages_with_mean(24, 61, sd=sd)) for sd in (4, 7, 10)]
    assert spreads == sorted(spreads)
    assert spreads[2] < 10


# --- chances of each head-count ----------------------------------------------


def test_o24_with_three_exit_factors_and_chance_leaves_three_to_ten() -> None:
    parts = []
    for factor in (0.5, 1.0, 1.5):
        *_, in_ten = _cohort(AGES, [], years=10, factor=factor)
        parts.append(_number_there(in_ten))
    mixed = np.mean(parts, axis=0)
    found = bounds(np.arange(25), mixed)
    assert (found.p10, found.p90) == (3, 10)
    assert EXIT_FACTORS == (0.5, 1.0, 1.5)


def test_beauce_gatinais_has_three_to_ten_or_so_in_ten_years() -> None:
    in_ten = head_counts(24, 61).loc[10]
    found = bounds(in_ten.index, in_ten)
    assert found.p10 == pytest.approx(3, abs=1) and found.p90 == pytest.approx(10, abs=1)


@given(st.lists(st.floats(0, 1), max_size=9))
def test_chances_of_a_number_are_those_of_every_subset(chances: list[float]) -> None:
    found = _number_there(np.array(chances))
    by_hand = np.zeros(len(chances) + 1)
    for subset in range(2 ** len(chances)):
        there = [bool(subset >> place & 1) for place in range(len(chances))]
        by_hand[sum(there)] += math.prod(
            p if is_there else 1 - p for p, is_there in zip(chances, there, strict=True)
        )
    assert found == pytest.approx(by_hand, abs=1e-12)


def test_gps_alike_leave_by_a_binomial_chance() -> None:
    assert _number_there(np.full(37, 0.3)) == pytest.approx(binom.pmf(range(38), 37, 0.3))


@settings(max_examples=25)
@given(st.integers(5, 40), st.floats(40, 68), st.floats(0, 3), st.integers(0, 12))
def test_head_counts_have_the_mean_of_the_cohorts(
    count: int, mean: float, entries: float, years: int
) -> None:
    table = head_counts(count, mean, entries_per_year=entries, years=years)
    assert table.sum(axis="columns").to_numpy() == pytest.approx(np.ones(years + 1))
    assert (table.to_numpy() >= 0).all()
    assert table.loc[0, count] == pytest.approx(1)
    of_each = []
    for spread in SPREADS:
        ages = ages_with_mean(count, mean, sd=spread)
        for factor in EXIT_FACTORS:
            cohort = _cohort(ages, [entries], years=years, factor=factor)
            of_each.append([there.sum() for there in cohort])
            if factor == 1:
                usual = _project(ages, entries_per_year=entries, years=years)
                assert of_each[-1] == pytest.approx(usual.tolist())
    found = table.to_numpy() @ table.columns.to_numpy(dtype=float)
    assert found == pytest.approx(np.mean(of_each, axis=0))


def test_factors_chance_and_spreads_each_widen_the_fan() -> None:
    whole = head_counts(24, 61).loc[10]
    width = bounds(whole.index, whole).p90 - bounds(whole.index, whole).p10
    for spread in SPREADS:
        *_, usual = _cohort(ages_with_mean(24, 61, sd=spread), [], years=10)
        alone = _number_there(usual)
        by_chance = bounds(np.arange(alone.size), alone)
        assert 0 < by_chance.p90 - by_chance.p10 < width


@pytest.mark.parametrize("entries", [0.4, 1.0, np.float64(2.7)])
def test_a_part_of_an_arrival_is_a_chance_of_one(entries: float) -> None:
    year = head_counts(5, 40, entries_per_year=entries, years=1, spreads=[4]).loc[1]
    assert year.index[-1] == 5 + math.ceil(entries)
    stays = head_counts(5, 40, years=1, spreads=[4]).loc[1]
    nobody_left = stays[5]
    part = entries % 1 or 1.0
    assert year.iloc[-1] == pytest.approx(nobody_left * part)


def test_a_quantile_is_the_least_value_that_a_share_does_not_exceed() -> None:
    values = [30.0, 10.0, 20.0]
    assert bounds(values, [0.4, 0.1, 0.5]).p10 == 10
    assert bounds(values, [0.4, 0.0999, 0.5001]).p10 == 20
    assert bounds(values, [0.1, 0.0, 0.9]).p90 == 20
    assert bounds(values, [0.1001, 0.0, 0.8999]).p90 == 30
    assert values == [30.0, 10.0, 20.0]


def test_the_share_without_mt_is_of_the_same_head_count() -> None:
    table = fan(24, 61, **BG, entries=[0], years=10).query("year == 10").set_index("gps")
    assert table.at[3, "share_without_mt"] == pytest.approx(0.91, abs=0.005)
    assert table.at[10, "share_without_mt"] == pytest.approx(0.71, abs=0.005)
    gps, share = (
        bounds(table.reset_index()[x], table["chance"]) for x in ("gps", "share_without_mt")
    )
    assert share.p90 == table.at[gps.p10, "share_without_mt"]


def test_fan_has_the_chances_of_each_number_of_arrivals() -> None:
    table = fan(24, 61, **BG, spreads=[4, 10], entries=[0, 1.5], years=6)
    for entries, part in table.groupby("entries"):
        chances = head_counts(24, 61, entries_per_year=entries, years=6, spreads=[4, 10])
        found = part.pivot_table(index="year", columns="gps", values="chance")
        assert found.to_numpy() == pytest.approx(chances.to_numpy())
        people = _coverage(part["gps"], **BG, gps_now=24)
        for name in people:
            assert part[name].tolist() == people[name].tolist()
        assert part["density"].tolist() == pytest.approx((part["gps"] / 0.8).tolist())


def test_fan_starts_from_today_opens_and_rises_with_arrivals() -> None:
    table = fan(24, 61, **BG)
    today = table[(table["year"] == 0) & (table["chance"] > 0)]
    assert (today["gps"] == 24).all() and (today["density"] == 30).all()
    assert today["people_without_mt"].tolist() == pytest.approx([24_000] * len(today))
    found = {
        key: bounds(part["gps"], part["chance"]) for key, part in table.groupby(["entries", "year"])
    }
    for entries in (0.0, 0.5, 1.0, 1.5, 2.0):
        widths = [found[entries, year].p90 - found[entries, year].p10 for year in (0, 2, 5)]
        assert widths == sorted(set(widths))
    for end in ("p10", "p50", "p90"):
        ends = [getattr(found[entries, 10], end) for entries in (0.0, 0.5, 1.0, 1.5, 2.0)]
        assert ends == sorted(set(ends))


@pytest.mark.parametrize("count", [1, 4])
def test_fewer_than_five_gps_are_refused_and_it_is_said_why(count: int) -> None:
    for make in (lambda: fan(count, 61, **BG), lambda: head_counts(count, 61)):
        with pytest.raises(ScenarioError, match="sous 5, l’âge et le départ de chacun"):
            make()
    assert len(fan(5, 61, **BG, entries=[1], spreads=[4])) == 11 * (5 + 10 + 1)


# --- bad input ---------------------------------------------------------------


def test_every_defect_is_told_at_once() -> None:
    with pytest.raises(ScenarioError) as caught:
        entries_to_hold([19, math.nan, 101, 50], gps=-1, years=0)
    assert len(caught.value.defects) == 5
    with pytest.raises(ScenarioError) as caught:
        fan(3, 80, population=10, people_without_mt=20, spreads=[0, 30], entries=[-1, 0], years=99)
    assert len(caught.value.defects) == 7  # each spread and number of arrivals apart
    with pytest.raises(ScenarioError) as caught:
        head_counts(24, 61, entries_per_year=10_001, years=-1, spreads=[])
    assert len(caught.value.defects) == 3
    with pytest.raises(ScenarioError) as caught:
        fan(24, 61, population=0, people_without_mt=-1, entries=[])
    assert len(caught.value.defects) == 3
    assert "il faut une dispersion" in caught.value.defects[0]


@pytest.mark.parametrize("years", [-1, 2.5, math.nan])
def test_years_are_whole(years: float) -> None:
    with pytest.raises(ScenarioError, match="années"):
        entries_to_hold(AGES, gps=24, years=years)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [
        {"count": 0},
        {"count": 10_001},
        {"count": 2.5},
        {"mean": 34},
        {"mean": math.nan},
        {"sd": 0.0},
        {"sd": 21},
    ],
)
def test_ages_are_not_invented_outside_their_domain(wrong: dict[str, float]) -> None:
    with pytest.raises(ScenarioError):
        ages_with_mean(**{"count": 24, "mean": 61, "sd": 7.0} | wrong)  # type: ignore[arg-type]


def test_arguments_are_left_as_they_were() -> None:
    ages = np.array(AGES, dtype=float)
    gps = pd.Series([24.0])
    _project(ages, entries_per_year=1)
    _coverage(gps, **BG, gps_now=24)
    assert ages.tolist() == list(AGES) and gps.tolist() == [24.0]

"""What the APL is made of: bounds of activity, weights of ages, the national factor."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpts_geo.access.changes.apl_inputs import (
    AGE_BANDS,
    AGE_WEIGHTS,
    counted_activity,
    scaled_to,
    standardised_population,
)
from cpts_geo.errors import TableError

few = settings(max_examples=50, deadline=None)
YOUNG = [70, 70, 70, 65, 60, 65, 70, 75, 75, 70, 65, 60, 55, 45, 35, 25, 15, 7, 3]
OLD = [40, 45, 50, 45, 35, 35, 40, 45, 50, 55, 65, 75, 85, 90, 85, 65, 50, 30, 15]
#: methods.md §1.1, step 3: bands 0-4, 5-9, ..., 85-89, 90 and over.
PUBLISHED = {
    2022: ".93 .59 .55 .59 .73 .78 .84 .88 .90 .97 1.06 1.14 1.16 1.19 1.52 1.53 1.72 1.99 2.39",
    2023: "1.12 .58 .51 .60 .75 .79 .82 .85 .89 .93 1.03 1.15 1.18 1.23 1.46 1.57 1.63 1.89 2.26",
}


def pyramid(*rows: list[float]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=AGE_BANDS, index=[f"c{n}" for n in range(len(rows))])


def naive_activity(acts: float) -> float:
    """methods.md §1.1, step 1."""
    if math.isnan(acts):
        return math.nan
    if acts <= 250:
        return 0.0
    if acts <= 3_600:
        return 3_600.0
    return acts if acts <= 6_000 else 6_000.0


# --- activity ---------------------------------------------------------------------------


def test_counted_activity_of_liberal_doctors():
    """Oracle O3."""
    acts = pd.Series([0, 249, 250, 251, 3600, 3601, 5999, 6000, 6001, 9000])
    expected = [0, 0, 0, 3600, 3600, 3601, 5999, 6000, 6000, 6000]
    assert counted_activity(acts).tolist() == expected
    assert counted_activity(acts.astype("float64")).tolist() == expected


def test_counted_activity_of_new_doctors_and_of_centres():
    """Oracle O3."""
    acts = pd.Series([0.0, 120.0, 12_000.0, math.nan], index=list("abcd"))
    assert counted_activity(acts, practice="new").to_dict() == dict.fromkeys("abcd", 5_400.0)
    as_they_are = counted_activity(acts, practice="centre")
    pd.testing.assert_series_equal(as_they_are, acts)


@few
@given(st.lists(st.floats(0, 20_000) | st.just(math.nan), max_size=20))
def test_counted_activity_equals_its_definition(acts):
    table = pd.Series(acts, dtype="float64", index=[f"dr{n}" for n in range(len(acts))])
    before = table.copy()
    found = counted_activity(table)
    assert found.index.equals(table.index)
    assert found.tolist() == pytest.approx([naive_activity(x) for x in acts], nan_ok=True)
    pd.testing.assert_series_equal(table, before)


@given(st.floats(0, 10_000), st.floats(0, 10_000))
def test_counted_activity_never_falls_with_acts(one, two):
    low, high = counted_activity(pd.Series(sorted([one, two]))).tolist()
    assert low <= high <= 6_000


@pytest.mark.parametrize("practice", ["liberal", "new", "centre"])
def test_negative_acts_are_refused_and_named(practice):
    acts = pd.Series([-1.0, 5.0, -math.inf], index=["a", "b", "c"])
    with pytest.raises(TableError) as refused:
        counted_activity(acts, practice=practice)
    assert refused.value.defects == ("acts : nombres négatifs : a, c",)


# --- age --------------------------------------------------------------------------------


def test_age_weights_are_those_of_the_workbook():
    assert list(AGE_BANDS) == list(range(0, 91, 5))
    assert {year: list(values) for year, values in AGE_WEIGHTS.items()} == {
        year: [float(word) for word in text.split()] for year, text in PUBLISHED.items()
    }


@pytest.mark.parametrize(
    ("vintage", "expected"), [(2023, [934.06, 1106.45]), (2022, [930.95, 1112.50])]
)
def test_standardised_population_of_the_published_pyramids(vintage, expected):
    """Oracle O4."""
    found = standardised_population(pyramid(YOUNG, OLD), vintage=vintage)
    assert found.tolist() == pytest.approx(expected, abs=1e-9)
    if vintage == 2023:
        pd.testing.assert_series_equal(standardised_population(pyramid(YOUNG, OLD)), found)


@few
@given(
    st.lists(st.lists(st.floats(0, 1e5), min_size=19, max_size=19), min_size=1, max_size=4),
    st.sampled_from([2022, 2023]),
    st.randoms(),
)
def test_standardised_population_equals_a_loop_whatever_the_order_of_bands(rows, vintage, random):
    weights = [float(word) for word in PUBLISHED[vintage].split()]
    bands = list(AGE_BANDS)
    random.shuffle(bands)
    table = pyramid(*rows)
    found = standardised_population(table[bands], vintage=vintage)
    expected = [sum(w * p for w, p in zip(weights, row, strict=True)) for row in rows]
    assert found.tolist() == pytest.approx(expected)
    assert found.index.equals(table.index)


def test_an_unknown_band_makes_its_commune_unknown_and_no_other():
    table = pyramid([float(n) for n in YOUNG], OLD)
    table.loc["c0", 45] = math.nan
    found = standardised_population(table)
    assert found.isna().tolist() == [True, False]
    assert found["c1"] == pytest.approx(1106.45)
    assert standardised_population(pyramid([0] * 19)).tolist() == [0.0]


def test_every_defect_of_a_pyramid_is_listed_at_once():
    table = pyramid(YOUNG, OLD).drop(columns=[0, 90]).assign(total=1_000)
    table.loc["c1", 5] = -1
    with pytest.raises(TableError) as refused:
        standardised_population(table, vintage=2019)
    assert refused.value.defects == (
        "vintage = 2019 : poids d’âge connus pour 2022, 2023",
        "tranches absentes : 0, 90",
        "colonnes qui ne sont pas des tranches : total",
        "pyramid : nombres négatifs : c1",
    )


def test_a_negative_number_beside_an_unknown_one_is_still_refused():
    table = pyramid([-1.0, math.nan, *[1.0] * 17])
    with pytest.raises(TableError, match="nombres négatifs : c0"):
        standardised_population(table)


# --- national factor --------------------------------------------------------------------


@few
@given(st.lists(st.floats(1, 1e6), min_size=1, max_size=10), st.floats(1, 1e8))
def test_scaled_people_add_up_and_keep_their_proportions(people, total):
    table = pd.Series(people)
    found = scaled_to(table, population=total)
    assert found.sum() == pytest.approx(total)
    assert (found / found.iloc[0]).tolist() == pytest.approx((table / table.iloc[0]).tolist())


def test_scaling_leaves_the_unknown_out():
    people = pd.Series([100.0, math.nan, 300.0, 0.0])
    found = scaled_to(people, population=200.0)
    assert found.tolist() == pytest.approx([50.0, math.nan, 150.0, 0.0], nan_ok=True)
    assert people[0] == 100.0


@pytest.mark.parametrize(
    ("people", "population"),
    [
        ([0.0, 0.0], 5.0),
        ([math.nan], 5.0),
        ([], 5.0),
        ([1.0], 0.0),
        ([1.0], -2.0),
        ([1.0], math.nan),
    ],
)
def test_scaling_nobody_or_to_nobody_is_refused(people, population):
    with pytest.raises(TableError, match="standardisés"):
        scaled_to(pd.Series(people, dtype="float64"), population=population)

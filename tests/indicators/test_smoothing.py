"""Densities of small areas: the formula, its limits, and what it must never do."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cpts_geo.errors import TableError
from cpts_geo.indicators.densities import _empirical_bayes, density_interval, smoothed_densities

EVENTS = pd.Series([0, 2, 5, 24, 52], index=list("abcde"))
BASE = pd.Series([800, 3000, 6000, 80000, 50000], index=list("abcde"))

areas = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 100_000)), min_size=1, max_size=12
).map(lambda rows: (pd.Series([e for e, _ in rows]), pd.Series([b for _, b in rows])))


def naive(events: list[float], base: list[float]) -> list[float]:
    """Marshall's estimate in plain Python, one area after the other."""
    mean = sum(events) / sum(base)
    spread = sum(b * (e / b - mean) ** 2 for e, b in zip(events, base, strict=True)) / sum(base)
    between = spread - mean / (sum(base) / len(base))
    found = []
    for e, b in zip(events, base, strict=True):
        own = 0.0 if between <= 0 else between / (between + mean / b)
        found.append(own * (e / b) + (1 - own) * mean)
    return found


def test_published_oracle_to_its_digits() -> None:
    found = _empirical_bayes(EVENTS, BASE) * 1e5
    assert found.round(4).to_dict() == {
        "a": 52.0755, "b": 61.8833, "c": 71.6478, "d": 31.9569, "e": 99.4251,
    }  # fmt: skip


@given(areas)
def test_equals_a_naive_re_implementation(rows: tuple[pd.Series, pd.Series]) -> None:
    events, base = rows
    np.testing.assert_allclose(
        _empirical_bayes(events, base), naive(list(events), list(base)), rtol=1e-9, atol=1e-15
    )


def test_equals_esda_where_areas_differ_more_than_chance() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from esda.smoothing import Empirical_Bayes  # noqa: PLC0415 - it costs seconds

    theirs = Empirical_Bayes(EVENTS.to_numpy(), BASE.to_numpy()).r.ravel()
    np.testing.assert_allclose(_empirical_bayes(EVENTS, BASE), theirs, rtol=1e-12)


@given(areas)
def test_each_rate_lies_between_its_raw_rate_and_the_mean(
    rows: tuple[pd.Series, pd.Series],
) -> None:
    events, base = rows
    raw, mean = events / base, events.sum() / base.sum()
    found = _empirical_bayes(events, base)
    tiny = 1e-12
    assert (found >= np.minimum(raw, mean) - tiny).all()
    assert (found <= np.maximum(raw, mean) + tiny).all()


def test_the_fewer_its_people_the_nearer_to_the_mean() -> None:
    # Same raw rate twice: the small area is drawn further.
    events, base = pd.Series([1, 100, 2, 900]), pd.Series([100, 10_000, 5000, 100_000])
    found = _empirical_bayes(events, base)
    mean = events.sum() / base.sum()
    assert mean < found[0] < found[1] < 0.01


def test_one_area_alone_keeps_its_rate() -> None:
    assert _empirical_bayes(pd.Series([3]), pd.Series([1500])).tolist() == [3 / 1500]


def test_a_huge_area_keeps_its_rate() -> None:
    events, base = pd.Series([30_000, 5_000_000]), pd.Series([1e7, 1e9])
    raw = events / base
    np.testing.assert_allclose(_empirical_bayes(events, base), raw, rtol=0.02)


def test_areas_no_more_different_than_chance_all_get_the_mean() -> None:
    base = pd.Series([500, 1000, 2000])
    assert _empirical_bayes(base * 0.01, base).round(12).tolist() == [0.01] * 3
    # Here esda lets the between-area variance be negative, and 1 and 2 trade places.
    found = _empirical_bayes(pd.Series([1, 2]), pd.Series([1000, 1000]))
    assert found.tolist() == [0.0015, 0.0015]


def test_no_event_anywhere_is_zero_not_unknown() -> None:
    found = _empirical_bayes(pd.Series([0, 0, 0]), pd.Series([10, 0, np.nan]))
    assert found.iloc[0] == 0
    assert found.iloc[1:].isna().all()


def test_unknown_and_empty_areas_are_nan_and_weigh_nothing() -> None:
    events = pd.concat([EVENTS, pd.Series({"f": np.nan, "g": 4.0, "h": 9.0})])
    base = pd.concat([BASE, pd.Series({"f": 900.0, "g": np.nan, "h": 0.0})])
    found = _empirical_bayes(events, base)
    pd.testing.assert_series_equal(found[list("abcde")], _empirical_bayes(EVENTS, BASE))
    assert found[list("fgh")].isna().all()
    assert list(found.index) == list("abcdefgh")


def test_nothing_known_gives_nothing() -> None:
    assert _empirical_bayes(pd.Series([np.nan]), pd.Series([100])).isna().all()
    assert _empirical_bayes(pd.Series([], dtype=float), pd.Series([], dtype=float)).empty


@given(areas, st.integers(2, 9))
def test_people_in_another_unit_change_only_the_unit(
    rows: tuple[pd.Series, pd.Series], factor: int
) -> None:
    events, base = rows
    # A unit of the events is a person: only the base may be rescaled with the events kept.
    np.testing.assert_allclose(
        _empirical_bayes(events, base * factor), _empirical_bayes(events, base) / factor, rtol=1e-9
    )


def test_arguments_stay_as_they_were() -> None:
    events, base = EVENTS.copy(), BASE.copy()
    _empirical_bayes(events, base)
    pd.testing.assert_series_equal(events, EVENTS)
    pd.testing.assert_series_equal(base, BASE)


def table(**columns: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {"code_insee": [f"4500{n}" for n in range(5)], **columns}, index=range(5, 10)
    )


def test_smoothed_densities_are_per_100_000_on_the_table_s_index() -> None:
    communes = table(gps=list(EVENTS), people=list(BASE))
    found = smoothed_densities(communes, count="gps", population="people")
    assert found.round(1).to_dict() == {5: 52.1, 6: 61.9, 7: 71.6, 8: 32.0, 9: 99.4}
    assert found.name == "gps_smoothed_per_100k"


def test_smoothed_densities_name_every_commune_that_is_wrong() -> None:
    communes = table(gps=[0, 2, -5, 24, math.inf], people=[800, -3000, 6000, 80000, 50000])
    with pytest.raises(TableError) as error:
        smoothed_densities(communes, count="gps", population="people")
    assert error.value.defects == (
        "45002 : effectif -5.0",
        "45004 : effectif inf",
        "45001 : population -3000",
    )


def test_smoothed_densities_refuse_what_is_absent_or_double() -> None:
    communes = table(gps=list(EVENTS))
    with pytest.raises(TableError, match="« people » absente"):
        smoothed_densities(communes, count="gps", population="people")
    double = table(gps=list(EVENTS), people=list(BASE)).assign(code_insee="45030")
    with pytest.raises(TableError, match="45030 : deux lignes"):
        smoothed_densities(double, count="gps", population="people")


@pytest.mark.parametrize(
    ("count", "population", "expected"),
    [(24, 80_000, (19.2, 44.6)), (1, 100_000, (0.025, 5.572)), (0, 100_000, (0.0, 3.689))],
)
def test_density_interval_has_the_published_bounds(
    count: float, population: float, expected: tuple[float, float]
) -> None:
    found = density_interval(count, population)
    assert found == pytest.approx(expected, abs=0.05 if count == 24 else 5e-4)


@given(st.integers(0, 200), st.integers(1, 10**6), st.floats(0.5, 0.95))
def test_density_interval_holds_the_density_and_widens_with_the_level(
    count: int, population: int, level: float
) -> None:
    low, high = density_interval(count, population, level=level)
    wider_low, wider_high = density_interval(count, population, level=level + 0.04)
    assume(count > 0)
    assert wider_low < low < count / population * 1e5 < high < wider_high


@pytest.mark.parametrize(("count", "people"), [(math.nan, 10.0), (1.0, math.nan), (1.0, 0.0)])
def test_density_interval_of_the_unknown_is_unknown(count: float, people: float) -> None:
    assert all(math.isnan(bound) for bound in density_interval(count, people))


def test_density_interval_lists_all_that_is_wrong() -> None:
    with pytest.raises(TableError) as error:
        density_interval(-1, math.inf, level=95)
    assert len(error.value.defects) == 3

"""Demand spread over communes: what is conserved, what tilts, what is refused."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpts_geo.access.siting.allocation import _TILTS, allocate, allocations
from cpts_geo.errors import TableError

PEOPLE = pd.Series({"45001": 3000, "45002": 1000, "45003": 0})
APL = pd.Series({"45003": 9.0, "45001": 3.0, "45002": 1.0})

people = st.lists(st.integers(0, 50_000), min_size=1, max_size=8).filter(any)
tilts = st.floats(0, 3)


def table(values: list[float]) -> pd.Series:
    return pd.Series(values, index=[f"{rank:05}" for rank in range(len(values))], dtype=float)


def defects(*arguments, **options) -> tuple[str, ...]:
    with pytest.raises(TableError) as refused:
        allocate(*arguments, **options)
    return refused.value.defects


def test_proportional_by_hand():
    assert allocate(400, PEOPLE).to_dict() == {"45001": 300.0, "45002": 100.0, "45003": 0.0}


def test_tilt_by_hand():
    # Mean APL 2.5, without the commune that has nobody: weights 3000 e^-0.1 and 1000 e^0.3.
    weights = [3000 * math.exp(-0.2 * 0.5), 1000 * math.exp(0.2 * 1.5)]
    found = allocate(400, PEOPLE, apl=APL, tilt=0.2)
    assert found.to_list() == pytest.approx([400 * w / sum(weights) for w in weights] + [0.0])
    assert found.index.equals(PEOPLE.index)


def test_an_unknown_apl_stands_at_the_mean_of_the_known_ones():
    inhabitants = pd.Series({"a": 1000, "b": 1000, "c": 500})
    unknown = pd.Series({"a": 2.0, "b": 4.0, "c": np.nan})
    at_the_mean = unknown.fillna(3.0)
    found = allocate(100, inhabitants, apl=unknown, tilt=0.5)
    pd.testing.assert_series_equal(found, allocate(100, inhabitants, apl=at_the_mean, tilt=0.5))


@settings(deadline=None)
@given(values=people, total=st.floats(0, 1e6), tilt=tilts, data=st.data())
def test_the_total_is_conserved_and_nobody_means_nothing(values, total, tilt, data):
    inhabitants = table(values)
    apl = table([data.draw(st.one_of(st.floats(0, 20), st.just(2.5))) for _ in values])
    found = allocate(total, inhabitants, apl=apl, tilt=tilt)
    assert found.sum() == pytest.approx(total, rel=1e-12)
    assert (found >= 0).all()
    assert (found[inhabitants == 0] == 0).all()


@settings(deadline=None)
@given(values=people, level=st.floats(0, 20), tilt=tilts)
def test_one_apl_everywhere_tilts_nothing(values, level, tilt):
    inhabitants = table(values)
    flat = allocate(1000, inhabitants, apl=table([level] * len(values)), tilt=tilt)
    pd.testing.assert_series_equal(flat, allocate(1000, inhabitants))


@settings(deadline=None)
@given(low=st.floats(0, 2), high=st.floats(0, 2))
def test_more_tilt_gives_more_to_the_lower_apl(low, high):
    shares = [allocate(1, PEOPLE, apl=APL, tilt=tilt)["45002"] for tilt in sorted([low, high])]
    assert shares[0] <= shares[1] + 1e-15


def test_an_empty_commune_of_extreme_apl_overflows_nothing():
    inhabitants = pd.Series({"a": 10, "b": 0})
    found = allocate(5, inhabitants, apl=pd.Series({"a": 2_000.0, "b": 0.0}), tilt=3.0)
    assert found.to_list() == [5.0, 0.0]


def test_nullable_columns_are_read():
    found = allocate(
        400,
        PEOPLE.astype("Int64"),
        apl=pd.Series([3.0, None, 9.0], index=PEOPLE.index, dtype="Float64"),
        tilt=0.2,
    )
    assert found.to_list() == [300.0, 100.0, 0.0]


def test_allocations_are_named_and_start_proportional():
    found = allocations(400, PEOPLE, apl=APL)
    assert _TILTS == (0.0, 0.2, 0.5)
    assert list(found) == [
        "proportionnelle",
        "plus forte là où l’APL est faible (+22 % par point d’APL en moins)",
        "plus forte là où l’APL est faible (+65 % par point d’APL en moins)",
    ]
    pd.testing.assert_series_equal(found["proportionnelle"], allocate(400, PEOPLE))
    by_tilt = [demand["45002"] for demand in found.values()]
    assert by_tilt == sorted(by_tilt)
    assert by_tilt[0] < by_tilt[-1]


def test_arguments_are_left_as_they_were():
    inhabitants, apl = PEOPLE.copy(), APL.copy()
    allocate(400, inhabitants, apl=apl, tilt=0.5)
    pd.testing.assert_series_equal(inhabitants, PEOPLE)
    pd.testing.assert_series_equal(apl, APL)


def test_every_defect_is_listed():
    inhabitants = pd.Series([1.0, -2.0, np.nan, 3.0], index=["a", "b", "c", "a"])
    apl = pd.Series([-1.0, np.inf], index=["a", "b"])
    assert defects(-1.0, inhabitants, apl=apl, tilt=0.5) == (
        "total : il faut 0 ou plus",
        "population : codes en double : a",
        "population inconnue : c",
        "population négative : b",
        "APL négative ou infinie : a, b",
        "communes absentes de la table d’APL : c",
    )


@pytest.mark.parametrize(
    ("inhabitants", "options", "expected"),
    [
        ({"a": 0, "b": 0}, {}, "population : aucun habitant dans aucune commune"),
        ({"a": "mille"}, {}, "population : il faut des nombres"),
        ({"a": 1}, {"tilt": -0.1}, "inclinaison (tilt) : il faut 0 ou plus"),
        ({"a": 1}, {"tilt": math.nan}, "inclinaison (tilt) : il faut 0 ou plus"),
        ({"a": 1}, {"tilt": 0.2}, "APL absente"),
        ({"a": 1}, {"tilt": 0.2, "apl": pd.Series({"a": "x"})}, "APL : il faut des nombres"),
        (
            {"a": 1, "b": 0},
            {"tilt": 0.2, "apl": pd.Series({"a": np.nan, "b": 2.0})},
            "APL inconnue dans toutes les communes habitées : rien à incliner",
        ),
    ],
)
def test_refused(inhabitants, options, expected):
    assert defects(10.0, pd.Series(inhabitants), **options) == (expected,)


@pytest.mark.parametrize("total", [-1.0, math.nan, math.inf])
def test_a_total_that_is_no_count_is_refused(total):
    assert defects(total, PEOPLE) == ("total : il faut 0 ou plus",)

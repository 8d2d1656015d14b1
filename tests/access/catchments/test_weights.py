"""Weights of travel time: bands closed on the left, never rising, 0 from their reach on."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpts_geo.access.catchments.weights import (
    APL_WEIGHT,
    Weight,
)
from cpts_geo.errors import TravelError
from tests.access.oracles import WEIGHTS, dress

#: Around every edge of the bands of both APLs.
EDGES = [
    value
    for edge in (5.0, 10.0, 15.0, 20.0, 25.0, 30.0)
    for value in (np.nextafter(edge, 0), edge, np.nextafter(edge, 99))
]


@st.composite
def steps(draw):
    """Rising bounds with falling weights."""
    bounds = sorted(draw(st.sets(st.floats(0.01, 120), min_size=1, max_size=8)))
    values = sorted(
        draw(st.lists(st.floats(0, 1), min_size=len(bounds), max_size=len(bounds))), reverse=True
    )
    return bounds, values


def naive_step(bounds, values, minutes):
    """Weight of the first band whose upper bound is above the time."""
    for bound, value in zip(bounds, values, strict=True):
        if minutes < bound:
            return value
    return 0.0


# --- published values -------------------------------------------------------------------


def test_the_published_example_of_2010_closes_its_bands_on_the_left():
    """Oracle O1, IRDES DT 70, table 18: 5 minutes weigh 0.3 and 10 weigh 0.1."""
    weight = Weight((5, 10, 15), (1, 0.3, 0.1))
    distances = np.array([3, 5, 6, 10, 12, 13.5, 14])
    assert weight(distances).tolist() == [1, 0.3, 0.3, 0.1, 0.1, 0.1, 0.1]
    ratios = np.array([8, 8, 22, 15, 24, 13, 14])
    assert (weight(distances) * ratios).sum() == pytest.approx(23.6)


def test_weights_of_the_apl_at_their_edges():
    times = np.array([0, 9.999, 10, 14.999, 15, 19.999, 20, 240])
    assert APL_WEIGHT(times).tolist() == [1, 1, 2 / 3, 2 / 3, 1 / 3, 1 / 3, 0, 0]
    assert APL_WEIGHT.reach == 20


@pytest.mark.parametrize("name", WEIGHTS)
def test_every_weight_is_its_formula_at_and_around_its_edges(name):
    weight, naive = WEIGHTS[name]
    times = np.array([0.0, *EDGES, 7.3, 12.25, 100.0])
    assert weight(times).tolist() == pytest.approx([naive(t) for t in times.tolist()], rel=1e-14)
    assert (weight(times[times >= weight.reach]) == 0).all()


# --- definition -------------------------------------------------------------------------


@given(steps(), st.lists(st.floats(0, 200), max_size=30))
def test_steps_equal_a_search_of_the_band(table, minutes):
    bounds, values = table
    times = np.array([*minutes, *bounds, *np.nextafter(bounds, 0), *np.nextafter(bounds, 999)])
    found = Weight(bounds, values)(times)
    assert found.tolist() == [naive_step(bounds, values, t) for t in times.tolist()]


@given(steps())
def test_steps_never_rise_and_end_at_their_reach(table):
    weight = Weight(*table)
    found = weight(np.linspace(0, 130, 500))
    assert (np.diff(found) <= 0).all()
    assert weight.reach == table[0][-1]
    assert weight(np.array([weight.reach])).tolist() == [0.0]


@pytest.mark.parametrize("bands", [255, 256, 257, 700])
def test_any_number_of_bands_is_counted(bands):
    bounds = [float(n) for n in range(1, bands + 1)]
    values = np.linspace(1, 0.5, bands).tolist()
    times = np.arange(0, bands + 3) + 0.5
    expected = [naive_step(bounds, values, t) for t in times.tolist()]
    assert Weight(bounds, values)(times).tolist() == expected


def test_many_times_are_weighed_as_each_alone():
    times = np.random.default_rng(1).uniform(0, 30, 100_001)
    assert APL_WEIGHT(times).tolist() == [dress(t) for t in times.tolist()]


@pytest.mark.parametrize("name", WEIGHTS)
def test_the_shape_is_kept_and_the_times_are_left_alone(name):
    weight, naive = WEIGHTS[name]
    times = np.array([[0.0, 12.0, 30.0], [40.0, 5.0, 20.0]])
    before = times.copy()
    found = weight(times)
    assert found.shape == (2, 3)
    assert found[1, 1] == pytest.approx(naive(5.0))
    assert (times == before).all()
    assert weight(np.array([])).shape == (0,)


# --- refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bounds", "values", "said"),
    [
        ((), (), ["0 borne pour 0 poids"]),
        ((10, 15), (1,), ["2 bornes pour 1 poids"]),
        ((10, 10), (1, 0.5), ["minutes croissantes"]),
        ((15, 10), (1, 0.5), ["minutes croissantes"]),
        ((0, 10), (1, 0.5), ["minutes croissantes"]),
        ((10, math.inf), (1, 0.5), ["minutes croissantes"]),
        ((10, math.nan), (1, 0.5), ["minutes croissantes"]),
        ((10, 15), (0.5, 1), ["ne peut pas croître"]),
        ((10, 15), (1.2, 1), ["nombres de 0 à 1"]),
        ((10, 15), (1, -0.1), ["nombres de 0 à 1"]),
        ((10, 15), (1, math.nan), ["nombres de 0 à 1"]),
        ((15, 10), (0.5, 1), ["minutes croissantes", "ne peut pas croître"]),
        ((10,), (2, 0.1), ["1 borne pour 2 poids", "nombres de 0 à 1"]),
    ],
)
def test_steps_that_are_no_weight_are_refused_with_every_defect(bounds, values, said):
    with pytest.raises(TravelError) as refused:
        Weight(bounds, values)
    assert len(refused.value.defects) == len(said)
    for text, defect in zip(said, refused.value.defects, strict=True):
        assert text in defect
    assert "Weight((10, 15, 20), (1, 2/3, 1/3))" in refused.value.remedy

"""Gamma-Poisson posteriors: published oracles, closed forms, simulation, bad input."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from cpts_geo.capacity.calls.posterior import rate_posterior
from cpts_geo.errors import ScenarioError

#: Thousands of person-years: 44,165 people over 392 days; 80,000 over a year.
OL_THOUSANDS = 44.165 * 392 / 365.25
BG_THOUSANDS = 80.0

counts_ = st.integers(0, 5_000)
exposures_ = st.floats(0.01, 1e4)


# --- oracles [O16] -----------------------------------------------------------


def test_o16_rates_per_day_and_of_the_next_251_days() -> None:
    rate = rate_posterior(1511, 270)
    assert rate.mean == pytest.approx(5.598148, abs=5e-7)
    assert rate.interval() == pytest.approx((5.31945, 5.88386), abs=5e-6)
    coming = rate.predict(251)
    assert coming.mean == pytest.approx(1405.1, abs=0.05)
    assert coming.sd == pytest.approx(52.07, abs=0.005)
    assert coming.interval(0.95) == (1304, 1509)
    assert coming.interval(0.80) == (1339, 1472)
    rate = rate_posterior(2000, 251)
    assert rate.mean == pytest.approx(7.970120, abs=5e-7)
    assert rate.interval() == pytest.approx((7.62465, 8.32313), abs=5e-6)
    assert rate.predict(251).interval() == (1878, 2126)
    # no event leaves a rate above zero
    none = rate_posterior(0, 10)
    assert none.mean == pytest.approx(0.05)
    assert 0 < none.interval()[0] < none.interval()[1]
    assert none.predict(10).interval()[0] == 0
    assert rate_posterior(10, 100).predict(1e-9).interval() == (0, 0)


@pytest.mark.parametrize(
    ("count", "thousands", "interval"),
    [
        (1511, OL_THOUSANDS, (30.30, 33.52)),
        (2000, BG_THOUSANDS, (23.92, 26.11)),
        (5800, BG_THOUSANDS, (70.65, 74.38)),
    ],
)
def test_o16_rates_per_thousand_a_year(
    count: int, thousands: float, interval: tuple[float, float]
) -> None:
    assert rate_posterior(count, thousands).interval() == pytest.approx(interval, abs=0.005)


# --- against the definition --------------------------------------------------


@pytest.mark.parametrize(("count", "exposure"), [(0, 2.0), (3, 0.5), (40, 7.0)])
def test_posterior_is_likelihood_times_jeffreys_prior(count: int, exposure: float) -> None:
    def density(rate: float) -> float:
        return float(stats.poisson.pmf(count, rate * exposure) / math.sqrt(rate))

    top = (count + 40 * math.sqrt(count + 1)) / exposure
    rate = rate_posterior(count, exposure)
    low, high = rate.interval(0.9)
    total = integrate.quad(density, 0, top, limit=500)[0]
    assert integrate.quad(density, 0, low)[0] / total == pytest.approx(0.05, abs=1e-6)
    assert integrate.quad(density, low, high)[0] / total == pytest.approx(0.9, abs=1e-6)
    mean = integrate.quad(lambda x: x * density(x), 0, top, limit=500)[0] / total
    square = integrate.quad(lambda x: x * x * density(x), 0, top, limit=500)[0] / total
    assert rate.mean == pytest.approx(mean, rel=1e-6)
    assert rate.sd == pytest.approx(math.sqrt(square - mean**2), rel=1e-5)


def test_prediction_is_a_poisson_of_a_rate_drawn_from_the_posterior() -> None:
    generator = np.random.default_rng(7)
    rates = generator.gamma(12.5, 1 / 4.0, 400_000)
    drawn = generator.poisson(rates * 6.0)
    coming = rate_posterior(12, 4.0).predict(6.0)
    assert coming.mean == pytest.approx(drawn.mean(), abs=4 * drawn.std() / math.sqrt(drawn.size))
    assert coming.sd == pytest.approx(drawn.std(), rel=0.01)
    low, high = coming.interval(0.8)
    assert np.mean(drawn < low) <= 0.1 + 0.002 and np.mean(drawn <= low) >= 0.1 - 0.002
    assert np.mean(drawn > high) <= 0.1 + 0.002 and np.mean(drawn >= high) >= 0.1 - 0.002


def test_intervals_hold_the_true_rate_as_often_as_they_say() -> None:
    counts = np.random.default_rng(3).poisson(20.0, 2_000)
    held = [low <= 2.0 <= high for low, high in (rate_posterior(x, 10).interval() for x in counts)]
    assert np.mean(held) == pytest.approx(0.95, abs=0.02)


# --- properties --------------------------------------------------------------


@given(counts_, exposures_, st.floats(0.01, 100))
def test_the_unit_of_exposure_changes_the_rate_alone(
    count: int, exposure: float, unit: float
) -> None:
    one, other = rate_posterior(count, exposure), rate_posterior(count, exposure * unit)
    assert one.mean == pytest.approx(other.mean * unit)
    assert one.interval() == pytest.approx([x * unit for x in other.interval()])
    assert one.predict(exposure).mean == pytest.approx(other.predict(exposure * unit).mean)


@given(counts_, exposures_)
def test_intervals_nest_and_hold_the_mean(count: int, exposure: float) -> None:
    rate = rate_posterior(count, exposure)
    wide, narrow = rate.interval(0.95), rate.interval(0.5)
    assert wide[0] < narrow[0] < narrow[1] < wide[1]
    assert wide[0] < rate.mean < wide[1]
    coming = rate.predict(exposure)
    assert coming.interval(0.95)[0] <= coming.interval(0.5)[0]
    assert all(isinstance(x, int) for x in coming.interval())


# --- bad input ---------------------------------------------------------------


def test_arguments_outside_their_domain_are_refused() -> None:
    with pytest.raises(ScenarioError) as caught:
        rate_posterior(-1, 0)
    assert len(caught.value.defects) == 2
    rate = rate_posterior(10, 10)
    for count in (-1, 1.5, math.nan, math.inf):
        with pytest.raises(ScenarioError, match="effectif"):
            rate_posterior(count, 10)
    for exposure in (0.0, -3.0, math.nan, math.inf):
        for call in (rate.predict, partial(rate_posterior, 10)):
            with pytest.raises(ScenarioError, match="exposition"):
                call(exposure)
    for level in (0.0, 1.0, 95.0, math.nan):
        for of in (rate, rate.predict(10)):
            with pytest.raises(ScenarioError, match="niveau"):
                of.interval(level)

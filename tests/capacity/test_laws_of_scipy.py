"""Laws written here in a line, because scipy.stats is long to load, are those of scipy.stats."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from cpts_geo.capacity.need._sampling import _log_normal, _triangular
from cpts_geo.capacity.queue._chain import arrivals_pmf
from cpts_geo.capacity.workforce.projection import _cut_normal


@pytest.mark.parametrize("mean", [1e-3, 0.5, 5.0, 50.0, 500.0])
@pytest.mark.parametrize("dispersion", [1.0, 1.0001, 1.5, 3.0, 20.0])
def test_requests_of_a_day(mean: float, dispersion: float) -> None:
    found = arrivals_pmf(mean, dispersion)
    counts = np.arange(len(found))
    law = stats.nbinom(mean / (dispersion - 1), 1 / dispersion) if dispersion > 1 else None
    expected = law.pmf(counts) if law else stats.poisson.pmf(counts, mean)
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-16)


@pytest.mark.parametrize(
    ("low", "high"), [(-1, 1), (-8, -2), (2, 9), (0, 3), (-3, 0), (-30, -20), (15, 40), (-0.1, 5)]
)
def test_a_normal_law_cut_at_both_ends(low: float, high: float) -> None:
    ranks = (np.arange(7) + 0.5) / 7
    expected = stats.truncnorm.ppf(ranks, low, high)
    assert _cut_normal(ranks, low, high) == pytest.approx(expected, rel=1e-12)


def test_a_normal_law_of_several_scores() -> None:
    rng = np.random.default_rng(0)
    scores, root = rng.standard_normal((500, 6)), rng.standard_normal((6, 6))
    spread, centre = root @ root.T, np.arange(6.0)
    expected = stats.multivariate_normal(centre, spread).logpdf(scores)
    assert np.array_equal(_log_normal(scores - centre, spread), expected)
    assert np.array_equal(
        _log_normal(scores), stats.multivariate_normal(np.zeros(6)).logpdf(scores)
    )


def test_a_triangular_law() -> None:
    chances = np.linspace(0, 1, 21)
    expected = stats.triang(0.25, loc=1, scale=4).ppf(chances)
    assert np.array_equal(_triangular((1.0, 2.0, 5.0), chances), expected)

"""Whether the calls of a day vary more than a Poisson law says, week and year taken out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import chi2

Floats = npt.NDArray[np.float64]

#: Chance of refusing Poisson where it holds.
LEVEL: Final = 0.05
_SWEEPS: Final = 200


@dataclass(frozen=True)
class Dispersion:
    """
    How much the calls of a day vary around what their weekday and month announce.

    Attributes
    ----------
    index : float
        Pearson index phi, variance over mean; 1 for Poisson. NaN where there are too few days.
    p_value : float
        Chance of an index at least as large were the calls Poisson; NaN likewise.
    degrees_of_freedom : int
        Days less the means that were fitted.
    overdispersed : bool
        Whether Poisson is refused at :data:`LEVEL`, one-sided.
    """

    index: float
    p_value: float
    degrees_of_freedom: int
    overdispersed: bool


def daily_dispersion(daily: pd.Series, *, seasonal: bool) -> Dispersion:
    """Compare daily calls with the Poisson law of weekday means, times month means or not.

    Pearson's index: sum (x - m)^2 / m over days less means fitted; months take about a year.

    >>> days = pd.DatetimeIndex(["2024-03-04", "2024-03-05", "2024-03-11", "2024-03-12"])
    >>> found = daily_dispersion(pd.Series([8, 2, 4, 4], index=days), seasonal=False)
    >>> round(found.index, 6), found.degrees_of_freedom
    (1.0, 2)
    """
    days = pd.DatetimeIndex(daily.index)
    calls = daily.to_numpy(dtype=float)
    weekday = days.day_of_week.to_numpy()
    month = days.month.to_numpy() if seasonal else np.zeros(len(days), dtype=int)
    # A weekday or month without a call is fitted exactly: it tells nothing.
    heard = (_sums(calls, weekday)[weekday] > 0) & (_sums(calls, month)[month] > 0)
    calls, weekday, month = calls[heard], weekday[heard], month[heard]
    means = np.ones(len(calls))
    for _ in range(_SWEEPS):
        before = means
        for group in (weekday, month):
            means = means * (_sums(calls, group)[group] / _sums(means, group)[group])
        if np.allclose(means, before, rtol=1e-12, atol=0):
            break
    free = len(calls) - len(np.unique(weekday)) - len(np.unique(month)) + 1
    if free < 1:
        return Dispersion(math.nan, math.nan, max(free, 0), overdispersed=False)
    distance = float(((calls - means) ** 2 / means).sum())
    p_value = float(chi2.sf(distance, free))
    return Dispersion(distance / free, p_value, free, overdispersed=p_value < LEVEL)


def _sums(values: Floats, group: npt.NDArray[np.int_]) -> Floats:
    """Sum of the values of each group, by its number."""
    return np.bincount(group, weights=values).astype(np.float64)

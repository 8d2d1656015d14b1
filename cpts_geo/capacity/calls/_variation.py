"""How the calls of a line vary: more than Poisson from day to day, and over the years or not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import chdtrc, ndtr, stdtrit

from cpts_geo.capacity.demand.ratios import DAYS_PER_YEAR

Floats = npt.NDArray[np.float64]

#: Chance of refusing Poisson where it holds.
LEVEL: Final = 0.05
_SWEEPS: Final = 200
#: Standard errors that a slope must pass.
_ERRORS: Final = 3.0
_MONTHS: Final = 12


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
    p_value = float(chdtrc(free, distance))
    return Dispersion(distance / free, p_value, free, overdispersed=p_value < LEVEL)


def _sums(values: Floats, group: npt.NDArray[np.int_]) -> Floats:
    """Sum of the values of each group, by its number."""
    return np.bincount(group, weights=values).astype(np.float64)


@dataclass(frozen=True)
class Trend:
    """
    Growth of a line.

    Attributes
    ----------
    slope : float
        Growth of the logarithm of the requests in a year.
    error : float
        Its standard error, widened where few months tell it.
    """

    slope: float
    error: float

    @property
    def is_told(self) -> bool:
        """Whether the slope is beyond what chance and seasons explain."""
        return abs(self.slope) > _ERRORS * self.error

    def growth(self, errors: float = 0.0) -> float:
        """Growth in a year as a share, so many standard errors above the estimate.

        >>> round(Trend(slope=0.6931, error=0.1).growth(), 2)
        1.0
        """
        return math.expm1(self.slope + errors * self.error)


def trend_of(daily: pd.Series) -> Trend | None:
    """Fit months of requests by a Poisson law whose logarithm is a line and a season.

    The weight of a month is its weekdays. The season is a factor a month of the year where all
    twelve were seen twice, else a yearly wave: over less than a year, which cannot tell a wave from
    a line, errors are so wide that nothing is told. They grow with what months vary beyond Poisson
    (quasi-likelihood), a season of another form included. None where there are too few months.
    """
    days = pd.DatetimeIndex(daily.index)
    calls = daily.to_numpy(dtype=np.float64)
    if not len(days) or calls.sum() == 0:
        return None
    weekday = days.day_of_week.to_numpy()
    total = np.bincount(weekday, weights=calls, minlength=7)
    week = (total / np.maximum(np.bincount(weekday, minlength=7), 1))[weekday]
    years = (days - days[0]).days.to_numpy() / DAYS_PER_YEAR
    month, labels = pd.factorize(days.year * _MONTHS + days.month - 1)
    weight = np.bincount(month, weights=week)
    heard = weight > 0
    counts = np.bincount(month, weights=calls)[heard]
    time = np.bincount(month, weights=week * years)[heard] / weight[heard]
    season = _season(np.asarray(labels)[heard] % _MONTHS, time)
    design = np.column_stack([time - time.mean(), *season, np.ones(len(time))])
    free = len(counts) - design.shape[1]
    if free < 1 or np.linalg.matrix_rank(design) < design.shape[1]:
        return None
    offset = np.log(weight[heard])
    effects = np.zeros(design.shape[1])
    effects[-1] = math.log(counts.sum() / weight[heard].sum())
    for _ in range(_SWEEPS):
        means = np.exp(offset + design @ effects)
        information = design.T @ (design * means[:, None])
        step = np.linalg.solve(information, design.T @ (counts - means))
        effects = effects + step
        if np.abs(step).max() < 1e-10:
            break
    means = np.exp(offset + design @ effects)
    excess = max(1.0, float(((counts - means) ** 2 / means).sum()) / free)
    variance = float(np.linalg.inv(design.T @ (design * means[:, None]))[0, 0])
    # Few months say little of their own spread: as wide as Student's law at the level of a slope.
    wider = float(stdtrit(free, ndtr(_ERRORS))) / _ERRORS
    return Trend(float(effects[0]), wider * math.sqrt(excess * variance))


def _season(months: npt.NDArray[np.int_], time: Floats) -> list[Floats]:
    """Columns of a season: a factor a month of the year seen twice or more, else a yearly wave."""
    if np.bincount(months, minlength=_MONTHS).min() >= 2:
        return [(months == month).astype(np.float64) for month in range(1, _MONTHS)]
    return [np.sin(2 * np.pi * time), np.cos(2 * np.pi * time)]

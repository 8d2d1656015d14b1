"""Whether the requests of a line grow or fall over the years, apart from its season."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cpts_geo.capacity.demand.ratios import DAYS_PER_YEAR

Floats = npt.NDArray[np.float64]

#: Standard errors that a slope must pass.
_ERRORS: Final = 3.0
_SWEEPS: Final = 50
_MONTHS: Final = 12


@dataclass(frozen=True)
class Trend:
    """
    Growth of a line.

    Attributes
    ----------
    slope : float
        Growth of the logarithm of the requests in a year.
    error : float
        Its standard error.
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
    return Trend(float(effects[0]), math.sqrt(excess * variance))


def _season(months: npt.NDArray[np.int_], time: Floats) -> list[Floats]:
    """Columns of a season: a factor a month of the year seen twice or more, else a yearly wave."""
    if np.bincount(months, minlength=_MONTHS).min() >= 2:
        return [(months == month).astype(np.float64) for month in range(1, _MONTHS)]
    return [np.sin(2 * np.pi * time), np.cos(2 * np.pi * time)]

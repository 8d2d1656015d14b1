"""What has changed from one period to the next, and whether it is more than chance.

Month with month, and given all the requests of a month in both periods, those of the second are n
with mean N x share of the days (or of the slots); the same for a share, given all those that have
it in both (Cochran-Mantel-Haenszel), and for delays by their ranks (van Elteren). Each month gives
a gap U and its variance V by chance alone; the statistic is the sum of U over the root of phi times
the sum of V. phi, 1 at least, is what months vary beyond that chance around one common change
(quasi-likelihood): it holds days and months more irregular than Poisson, and the law is Student's
of as many degrees of freedom as months less one. The several indicators are corrected by Holm.

Counts and shares are computed from what may be shown alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtr

from cpts_geo.study.follow_up._showing import TOTAL

Floats = npt.NDArray[np.float64]

#: Chance of saying, of one indicator or more, that it changed, where none did.
LEVEL: Final = 0.05
#: Fewer months say nothing of how months vary.
_MIN_MONTHS: Final = 3
#: Stratum of the months that are not shown one by one.
REST: Final = "rest"


class Gaps(NamedTuple):
    """Gap of each month and its variance by chance alone, and the change they estimate."""

    gap: Floats
    variance: Floats
    change: float


class Spread(NamedTuple):
    """How months vary beyond chance, and on how many degrees of freedom that is known."""

    phi: float
    free: int


def paired(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Set two tables side by side, month of the year by month of the year; the rest of two periods
    of the same months is one row, where their totals are shown."""
    months = [table.drop(index=TOTAL, errors="ignore") for table in (now, before)]
    same = {*_of_year(months[0])} == {*_of_year(months[1])}
    summed = [
        table.dropna().groupby(_of_year(table.dropna())).sum().add_suffix(end)
        for table, end in zip(months, ("", "_before"), strict=True)
    ]
    both = pd.concat(summed, axis=1, join="inner")
    if same and all(TOTAL in table.index for table in (now, before)):
        totals = pd.concat([now.loc[TOTAL], before.loc[TOTAL].add_suffix("_before")])
        rest = totals - both.sum()
        if rest.notna().all() and (rest > 0).any():
            both.loc[REST] = rest
    return both


def _of_year(table: pd.DataFrame) -> pd.Index:
    """Month of the year of each row."""
    return table.index.str[-2:]


def count_gaps(both: pd.DataFrame) -> Gaps:
    """Compare counts (``part``) given what they are laid on (``whole``): ratio less 1, NaN where
    there was nothing before.

    >>> table = pd.DataFrame({"part": [60.0, 60.0], "whole": 20.0,
    ...     "part_before": [40.0, 40.0], "whole_before": 20.0})
    >>> found = count_gaps(table)
    >>> found.change, found.gap.tolist(), found.variance.tolist()
    (0.5, [10.0, 10.0], [25.0, 25.0])
    """
    n, laid, n_before, laid_before = _columns(both)
    every, both_laid = n + n_before, laid + laid_before
    # A month that nothing is laid on tells nothing: it must not hide the others.
    share = np.divide(laid, both_laid, out=np.zeros_like(laid), where=both_laid > 0)
    base = float((n_before * share).sum())
    change = float((n * (1 - share)).sum()) / base - 1 if base > 0 else math.nan
    gap = np.where(both_laid > 0, n - every * share, 0.0)
    return Gaps(gap, every * share * (1 - share), change)


def share_gaps(both: pd.DataFrame) -> Gaps:
    """Compare shares, ``part`` of ``whole``: their difference.

    >>> table = pd.DataFrame({"part": [15.0], "whole": 20.0, "part_before": 10.0,
    ...     "whole_before": 20.0})
    >>> found = share_gaps(table)
    >>> found.change, found.gap.tolist(), found.variance.round(3).tolist()
    (0.25, [2.5], [2.404])
    """
    a, n, b, m = _columns(both)
    every, cases = n + m, a + b
    # A month of no request, or of one, tells nothing: it must not hide the others.
    tells = every > 1
    of = np.where(tells, every, 2.0)
    gap = np.where(tells, a - cases * n / of, 0.0)
    variance = np.where(tells, cases * (of - cases) * n * m / (of**2 * (of - 1)), 0.0)
    weight = float(np.where(tells, n * m / of, 0.0).sum())
    summed = float(np.where(tells, (a * m - b * n) / of, 0.0).sum())
    return Gaps(gap, variance, summed / weight if weight > 0 else math.nan)


def rank_gaps(now: Mapping[str, Floats], before: Mapping[str, Floats]) -> Gaps:
    """Compare delays by their ranks, in the months of both; no change is estimated.

    >>> found = rank_gaps({"01": np.array([3.0, 4.0])}, {"01": np.array([1.0, 2.0])})
    >>> found.gap.round(3).tolist(), found.variance.round(4).tolist()
    ([0.4], [0.0667])
    """
    gaps, variances = [], []
    for month in sorted({*now} & {*before}):
        n, m = len(now[month]), len(before[month])
        every = n + m
        ranks = pd.Series(np.concatenate([now[month], before[month]])).rank().to_numpy()
        # The weight of van Elteren: a month counts by its size.
        gaps.append((ranks[:n].sum() - n * (every + 1) / 2) / (every + 1))
        variances.append(n * m / every * ranks.var(ddof=1) / (every + 1) ** 2)
    return Gaps(np.array(gaps), np.array(variances), math.nan)


def _columns(both: pd.DataFrame) -> tuple[Floats, Floats, Floats, Floats]:
    """Part and whole of now, then of before."""
    names = ("part", "whole", "part_before", "whole_before")
    first, second, third, fourth = (both[name].to_numpy(dtype=np.float64) for name in names)
    return first, second, third, fourth


def spread_of(gaps: Gaps) -> Spread | None:
    """How months vary around one common change; None where too few tell it."""
    told = gaps.variance > 0
    gap, variance = gaps.gap[told], gaps.variance[told]
    free = len(gap) - 1
    if free + 1 < _MIN_MONTHS:
        return None
    common = gap.sum() / variance.sum()
    phi = float(((gap - common * variance) ** 2 / variance).sum()) / free
    return Spread(max(1.0, phi), free)


def chance(gaps: Gaps, spread: Spread | None, *, least: float = 1.0) -> float:
    """Probability that chance alone makes as large a change, two-sided; NaN where nothing tells."""
    total = float(gaps.variance.sum())
    if spread is None or not total > 0:
        return math.nan
    statistic = abs(float(gaps.gap.sum())) / math.sqrt(max(spread.phi, least) * total)
    return float(2 * stdtr(spread.free, -statistic))


def apart(gaps: Gaps, *, least: float = 1.0) -> Floats:
    """Probability, for each month, that chance alone sets it as far from what the others have in
    common; these others alone say how months vary. NaN where too few do, or nothing tells."""
    found = np.full(len(gaps.gap), math.nan)
    for place in np.flatnonzero(gaps.variance > 0):
        others = np.arange(len(gaps.gap)) != place
        rest = Gaps(gaps.gap[others], gaps.variance[others], math.nan)
        spread = spread_of(rest)
        if spread is None:
            continue
        told, own = float(rest.variance.sum()), float(gaps.variance[place])
        common = float(rest.gap.sum()) / told
        # What the others have in common is known with its own chance.
        chances = max(spread.phi, least) * (own + own**2 / told)
        statistic = abs(float(gaps.gap[place]) - common * own) / math.sqrt(chances)
        found[place] = 2 * stdtr(spread.free, -statistic)
    return found


def holm(chances: Mapping[str, float]) -> dict[str, float]:
    """Correct the chances of several indicators, so that none is said to change for being one of
    many; NaN stays.

    >>> holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": math.nan})
    {'a': 0.03, 'b': 0.06, 'c': 0.06, 'd': nan}
    """
    known = sorted((p, name) for name, p in chances.items() if not math.isnan(p))
    found = dict.fromkeys(chances, math.nan)
    worst = 0.0
    for place, (p, name) in enumerate(known):
        worst = max(worst, min(1.0, p * (len(known) - place)))
        found[name] = worst
    return found

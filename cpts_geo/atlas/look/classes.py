"""Classes shared by several maps, so that a colour means the same on each of them.

Fixed breaks with a meaning come first (:mod:`cpts_geo.settings`); these are for what has none:
an analyst's own column, a smoothed density, a difference between two situations.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cpts_geo.errors import TableError

#: Fisher-Jenks costs the square of the number of values: beyond, values at even ranks stand for
#: all.
MAX_VALUES: Final = 400
_READABLE: Final = (1, 2, 5)


def pooled_breaks(maps: Iterable[pd.Series], *, k: int = 5) -> tuple[float, ...]:
    """
    One set of Fisher-Jenks breaks for the values of several maps.

    Parameters
    ----------
    maps : iterable of Series of float
        Values of each map, in one unit; NaN is unknown and left out.
    k : int
        Classes wanted, at least 2.

    Returns
    -------
    tuple of float
        Upper bounds of the classes but the last, which is open: breaks of a
        :class:`cpts_geo.atlas.maps.layers.MapLayer`, right-closed. Each is a value of the data.
        Fewer than k - 1 where the values are fewer than k; empty where all are equal or unknown.

    Raises
    ------
    TableError
        Fewer than two classes wanted, or an infinite value.

    Notes
    -----
    The breaks make the sum of squared distances to the class means the smallest
    (`mapclassify.FisherJenks`) over the pooled values. Above :data:`MAX_VALUES` of them, those
    at even ranks, smallest and largest included, stand for all.

    Examples
    --------
    >>> first = pd.Series([0, 12, 25, 30, 31, 45, 57, 58, float("nan")])
    >>> second = pd.Series([61, 70, 87, 90, 104, 130, 210])
    >>> pooled_breaks([first, second])
    (31.0, 70.0, 104.0, 130.0)
    """
    if k < 2:
        raise TableError(
            f"{k} classe(s) demandée(s) pour une carte.",
            remedy="demandez au moins deux classes.",
        )
    return _fisher_jenks(_pooled(maps), k)


def diverging_breaks(
    maps: Iterable[pd.Series], *, steps: int = 3, decimals: int = 2
) -> tuple[float, ...]:
    """
    Symmetric breaks around 0 for the differences shown on several maps.

    Parameters
    ----------
    maps : iterable of Series of float
        Differences of each map, in one unit; NaN is unknown and left out.
    steps : int
        Classes wanted on each side, at least 1.
    decimals : int
        Decimals the differences are written with.

    Returns
    -------
    tuple of float
        Right-closed upper bounds of the classes but the last, which is open; as many classes on
        each side, and one in the middle for what is written as 0: no change has its own colour.
        Fewer than `steps` a side where the differences are few. A value that is a break goes
        towards 0 on both sides: classes of x and -x mirror each other.

    Raises
    ------
    TableError
        Fewer than one class a side wanted, or an infinite value.

    Notes
    -----
    The middle class is half a unit of the last decimal written, on each side. The others have
    the Fisher-Jenks breaks of the pooled absolute values beyond it, each rounded to the nearest
    1, 2 or 5 times a power of ten.

    Examples
    --------
    >>> before_after = pd.Series([0.0, 0.004, 0.03, -0.05, 0.11, -0.12, 0.4, float("nan")])
    >>> [round(bound, 6) for bound in diverging_breaks([before_after])]
    [-0.1, -0.05, -0.005, 0.005, 0.05, 0.1]
    """
    if steps < 1:
        raise TableError(
            f"{steps} classe(s) demandée(s) de chaque côté de 0.",
            remedy="demandez au moins une classe de chaque côté.",
        )
    still = 0.5 * 10.0**-decimals
    size = np.abs(_pooled(maps))
    changed = np.sort(size[size > still])
    inner = {_readable(bound) for bound in _fisher_jenks(changed, steps)}
    # A rounded break above every value would make a class of nothing.
    upper = [still, *sorted(bound for bound in inner if still < bound < changed[-1])]
    # One float lower: classes are right-closed, and -0.1 belongs with what is nearer to 0.
    lower = [float(np.nextafter(-bound, -np.inf)) for bound in reversed(upper)]
    return (*lower, *upper)


def _pooled(maps: Iterable[pd.Series]) -> npt.NDArray[np.float64]:
    """Known values of all maps, sorted."""
    parts = [values.to_numpy(dtype=float, na_value=np.nan) for values in maps]
    pooled: npt.NDArray[np.float64] = np.sort(np.concatenate([np.empty(0), *parts]))
    if np.isinf(pooled).any():
        raise TableError(
            "Une carte a des valeurs infinies : elle n’a pas de classes.",
            remedy="remplacez les valeurs infinies ; une valeur inconnue se laisse vide.",
        )
    # What is not a number comes last.
    return pooled[: np.count_nonzero(~np.isnan(pooled))]


def _fisher_jenks(values: npt.NDArray[np.float64], k: int) -> tuple[float, ...]:
    """Upper bounds of the classes of sorted values, but that of the last."""
    if len(values) > MAX_VALUES:
        ranks = np.linspace(0, len(values) - 1, MAX_VALUES).round().astype(int)
        values = values[ranks]
    distinct = np.unique(values)
    if k == 1 or len(distinct) <= k:
        return tuple(map(float, distinct[:-1])) if k > 1 else ()
    # Imported here: it costs seconds, and only these maps need it.
    import mapclassify  # noqa: PLC0415

    with warnings.catch_warnings():
        # It says that it would be quicker with numba, which is not ours to install.
        warnings.simplefilter("ignore", UserWarning)
        bins = mapclassify.FisherJenks(values, k=k).bins
    return tuple(float(bound) for bound in np.unique(bins)[:-1])


def _readable(value: float) -> float:
    """Nearest 1, 2 or 5 times a power of ten; the smaller one half-way."""
    power = int(np.floor(np.log10(value)))
    near = [float(f"{step}e{p}") for p in (power, power + 1) for step in _READABLE]
    return min(near, key=lambda one: abs(one - value))

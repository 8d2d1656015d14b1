"""Classes shared by several maps, so that a colour means the same on each of them.

Fixed breaks with a meaning come first (:mod:`cpts_geo.settings`); these are for what has none:
an analyst's own column, a smoothed density.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cpts_geo.errors import TableError
from cpts_geo.french import counted

#: Fisher-Jenks costs the square of the number of values: beyond, values at even ranks stand for
#: all.
_MAX_VALUES: Final = 400


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
    (`mapclassify.FisherJenks`) over the pooled values. Above 400 of them, those
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
            f"{counted(k, 'classe demandée', 'classes demandées')} pour une carte.",
            remedy="demandez au moins deux classes.",
        )
    return _fisher_jenks(_pooled(maps), k)


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
    if len(values) > _MAX_VALUES:
        ranks = np.linspace(0, len(values) - 1, _MAX_VALUES).round().astype(int)
        values = values[ranks]
    distinct = np.unique(values)
    if len(distinct) <= k:
        return tuple(map(float, distinct[:-1]))
    # Imported here: it costs seconds, and only these maps need it.
    import mapclassify  # noqa: PLC0415

    with warnings.catch_warnings():
        # It says that it would be quicker with numba, which is not ours to install.
        warnings.simplefilter("ignore", UserWarning)
        bins = mapclassify.FisherJenks(values, k=k).bins
    return tuple(float(bound) for bound in np.unique(bins)[:-1])

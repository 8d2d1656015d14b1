"""The interval that a result is shown with: median and central 80 %, in figures and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from cpts_geo.french import number

_Number = TypeVar("_Number", int, float)

#: Quantiles that an interval shows, by the name of its bounds.
LEVELS: Final = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
#: Chance that it holds, and the only phrase for it. Slots are whole numbers: theirs holds at least
#: that.
CHANCE: Final = round(LEVELS["p90"] - LEVELS["p10"], 9)
CHANCES: Final = f"{number(10 * CHANCE)} situations sur 10, si les hypothèses tiennent"
#: What the interval of sampling supposes.
SAMPLING_WORDS: Final = "Si seul le comptage était incertain"


@dataclass(frozen=True)
class Interval(Generic[_Number]):
    """
    Median and central 80 % of a result.

    Attributes
    ----------
    p10, p50, p90 : int or float
        Values that 10, 50 and 90 % of the draws do not exceed.
    """

    p10: _Number
    p50: _Number
    p90: _Number


def quantiles(values: npt.ArrayLike, *, drawn: bool = False) -> list[float]:
    """
    Take the quantiles of draws that an interval shows.

    Parameters
    ----------
    values : array_like of float
        One value a draw, no NaN.
    drawn : bool
        Whether each must be a value that was drawn, as whole numbers must; else they are
        interpolated.

    Returns
    -------
    list of float
        Quantiles 10, 50 and 90 %.

    Examples
    --------
    >>> quantiles([8.0, 9.0]), quantiles([8.0, 9.0], drawn=True)
    ([8.1, 8.5, 8.9], [8.0, 8.0, 9.0])
    """
    method: Literal["inverted_cdf", "linear"] = "inverted_cdf" if drawn else "linear"
    drawn_values = np.asarray(values, dtype=np.float64)
    found: list[float] = np.quantile(drawn_values, list(LEVELS.values()), method=method).tolist()
    return found


def interval(values: npt.ArrayLike) -> Interval[float]:
    """
    Take the median and the central 80 % of draws.

    Parameters
    ----------
    values : array_like of float
        One value a draw, no NaN.

    Returns
    -------
    Interval of float
        Their :func:`quantiles`.

    Examples
    --------
    >>> interval(np.arange(101.0))
    Interval(p10=10.0, p50=50.0, p90=90.0)
    """
    return Interval(*quantiles(values))


def named_interval(row: Mapping[Any, Any] | pd.Series, name: str) -> Interval[Any]:
    """
    Read the interval of a quantity from a row of a table.

    Parameters
    ----------
    row : Mapping or Series
        Holds `name` followed by ``_p10``, ``_p50`` and ``_p90``.
    name : str
        The quantity.

    Returns
    -------
    Interval
        Its median and bounds, as the row has them.

    Examples
    --------
    >>> named_interval({"slots_p10": 10, "slots_p50": 14, "slots_p90": 19}, "slots")
    Interval(p10=10, p50=14, p90=19)
    """
    return Interval(*(row[f"{name}_{level}"] for level in LEVELS))

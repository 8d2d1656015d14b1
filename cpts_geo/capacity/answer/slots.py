"""Slots that drawn demands call for: none where nobody asks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cpts_geo.capacity.need.interval import Interval, quantiles
from cpts_geo.capacity.need.quantities import Floats
from cpts_geo.capacity.queue.rules import Rules


def slots_of_demands(
    rules: Rules, per_day: npt.ArrayLike, *, at_most: int | None = None
) -> npt.NDArray[np.int64]:
    """
    Find the smallest number of slots for each of many demands, 0 for none.

    Parameters
    ----------
    rules : Rules
        Target, deadline, dispersion.
    per_day : array_like of float
        Mean requests per opening day, 0 or more.
    at_most : int, optional
        As for :meth:`cpts_geo.capacity.queue.rules.Rules.slots_for_each`.

    Returns
    -------
    numpy.ndarray of int
        Slots per opening day, of the same shape.

    Examples
    --------
    >>> slots_of_demands(Rules(0.95, 1, 1.0), [0.0, 8.0]).tolist()
    [0, 8]
    """
    demands = np.asarray(per_day, dtype=np.float64)
    found = np.zeros(demands.shape, dtype=np.int64)
    asked = demands > 0
    found[asked] = rules.slots_for_each(demands[asked], at_most=at_most)
    return found


def slots_interval(rules: Rules, per_day: Floats) -> Interval[int]:
    """
    Find the slots at the quantiles of drawn demands: slots grow with the demand.

    Parameters
    ----------
    rules : Rules
        Target, deadline, dispersion.
    per_day : numpy.ndarray of float
        Mean requests per opening day, one value a draw.

    Returns
    -------
    Interval of int
        Slots per opening day; a DemandTooLargeError where the p90 is beyond a CPTS.

    Examples
    --------
    >>> slots_interval(Rules(0.95, 1, 1.0), np.array([0.0, 4.0, 8.0]))
    Interval(p10=0, p50=5, p90=8)
    """
    return Interval(*slots_of_demands(rules, quantiles(per_day, drawn=True)).tolist())

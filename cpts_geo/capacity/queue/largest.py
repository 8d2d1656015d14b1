"""Largest demand of a number of slots, and the slots of thousands of demands at once.

Public through :mod:`cpts_geo.capacity.queue.booking`. A largest demand is a root of the exact
chain, kept between calls; thousands of demands need only those of the slots they call for.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from cpts_geo.capacity.queue.chain import served_share
from cpts_geo.capacity.queue.checks import (
    MAX_SLOTS,
    beyond,
    check,
    is_deadline,
    most_slots,
    whole,
)
from cpts_geo.capacity.queue.search import demand_guess, fewest, least_slots, slots_guess
from cpts_geo.french import number


def largest_demand(
    slots: int, *, target: float = 0.95, deadline_days: int = 1, dispersion: float = 1.0
) -> float:
    """
    Find the largest demand that a number of slots a day serves at the target share.

    Parameters
    ----------
    slots : int
        Slots per opening day, 1 or more.
    target : float
        Share of requests to serve within the deadline, between 0 and 1 (both excluded).
    deadline_days : int
        Opening days after the request within which it must be seen (0 = the same day).
    dispersion : float
        Variance of the daily requests over their mean, 1 (Poisson) or more.

    Returns
    -------
    float
        Mean requests per opening day; 0 if even the smallest demand misses the target, which
        happens with few slots when requests come in clusters (``dispersion`` above 1).

    Raises
    ------
    ScenarioError
        If an argument is outside its domain; lists them all.

    Examples
    --------
    >>> round(largest_demand(16), 2)
    16.69
    """
    check(slots=slots, deadline=deadline_days, dispersion=dispersion, targets=[target])
    return _largest_demand(int(slots), float(target), int(deadline_days), float(dispersion))


def slots_for_each(
    arrivals_per_day: npt.ArrayLike,
    *,
    target: float = 0.95,
    deadline_days: int = 1,
    dispersion: float = 1.0,
    at_most: int | None = None,
) -> npt.NDArray[np.int64]:
    """
    Find the smallest number of slots for each of many demands.

    Equals :func:`minimum_slots` element by element. Only the :func:`largest_demand` of the
    numbers of slots met are computed, and they are kept between calls: a demand far from the
    others costs a few of them, not all those in between.

    Parameters
    ----------
    arrivals_per_day : array_like of float
        Mean requests per opening day, any shape, above 0, no NaN.
    target : float
        Share of requests to serve within the deadline, between 0 and 1 (both excluded).
    deadline_days : int
        Opening days after the request within which it must be seen (0 = the same day).
    dispersion : float
        Variance of the daily requests over their mean, 1 (Poisson) or more.
    at_most : int or None
        Demands that need more slots than this, however many more, get ``at_most + 1``, and are
        not looked into; 1 or more. None = every demand is solved.

    Returns
    -------
    numpy.ndarray of int
        Slots per opening day, same shape as ``arrivals_per_day``.

    Raises
    ------
    ScenarioError
        If a demand is not above 0 or is beyond a CPTS (and not cut by ``at_most``), or another
        argument is outside its domain.

    Examples
    --------
    >>> slots_for_each([1.0, 8.0, 14.0]).tolist()
    [2, 8, 14]
    >>> slots_for_each([1.0, 8.0, 140_000.0], at_most=10).tolist()
    [2, 8, 11]
    """
    arrivals = np.asarray(arrivals_per_day, dtype=np.float64)
    ordered = np.sort(arrivals, axis=None)  # unknown values last
    others = [] if at_most is None or whole(at_most, 1, 10**9) else [_bad_most(at_most)]
    for demand in [float(x) for x in ordered[[0, -1]]] if ordered.size else [None]:
        check(
            arrivals=demand,
            deadline=deadline_days,
            dispersion=dispersion,
            targets=[target],
            others=others,
        )
    if ordered.size == 0:
        return np.zeros(arrivals.shape, dtype=np.int64)
    queue = (float(target), int(deadline_days), float(dispersion))
    slots, above = _steps(ordered, queue, at_most=at_most)
    return np.asarray(slots[np.searchsorted(above, arrivals) - 1])


def served_for_each(
    arrivals_per_day: npt.ArrayLike,
    slots: npt.ArrayLike,
    *,
    deadline_days: int = 1,
    dispersion: float = 1.0,
) -> npt.NDArray[np.float64]:
    """
    Compute the share of requests served for each of many pairs of demand and slots.

    Equals the ``served`` of :func:`service` element by element, to the bit. Each different pair
    is solved once, and kept between calls.

    Parameters
    ----------
    arrivals_per_day : array_like of float
        Mean requests per opening day, above 0, no NaN.
    slots : array_like of int
        Slots per opening day, of a shape that goes with ``arrivals_per_day``; 0 = no device,
        which serves nobody.
    deadline_days : int
        Opening days after the request within which it must be seen (0 = the same day).
    dispersion : float
        Variance of the daily requests over their mean, 1 (Poisson) or more.

    Returns
    -------
    numpy.ndarray of float
        Shares, 0 to 1, of the common shape of both arguments.

    Raises
    ------
    ScenarioError
        If an argument is outside its domain; of demands and slots, the extremes are named.

    Examples
    --------
    >>> served_for_each([[5.6], [8.0]], [6, 8, 0]).round(3).tolist()
    [[0.97, 1.0, 0.0], [0.749, 0.956, 0.0]]
    """
    demands, offers = np.broadcast_arrays(
        np.asarray(arrivals_per_day, dtype=np.float64), np.asarray(slots)
    )
    if demands.size == 0:
        check(deadline=deadline_days, dispersion=dispersion)
        return np.zeros(demands.shape)
    most = most_slots(deadline_days) if is_deadline(deadline_days) else MAX_SLOTS
    extremes = sorted({offers.min().item(), offers.max().item()})
    bad = [x for x in extremes if not whole(x, 0, most)]
    others = [
        f"créneaux par jour = {x} : il faut un nombre entier de 0 à {number(most)}" for x in bad
    ]
    for demand in (float(demands.min()), float(demands.max())):
        check(arrivals=demand, deadline=deadline_days, dispersion=dispersion, others=others)
    pairs, place = np.unique(
        np.stack([demands.ravel(), offers.ravel().astype(np.float64)]), axis=1, return_inverse=True
    )
    shares = [
        served_share(demand, int(offer), int(deadline_days), float(dispersion)) if offer else 0.0
        for demand, offer in pairs.T.tolist()
    ]
    return np.asarray(shares)[place].reshape(demands.shape)


def _steps(
    ordered: npt.NDArray[np.float64], queue: tuple[float, int, float], *, at_most: int | None
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Give the numbers of slots that demands call for, and the demand each begins above."""
    target, deadline, dispersion = queue
    bound = most_slots(deadline)
    slots = (bound if at_most is None else min(int(at_most), bound)) + 1
    first = slots_guess(
        float(ordered[-1]), target=target, deadline=deadline, dispersion=dispersion, most=slots - 1
    )
    steps: list[tuple[int, float]] = []
    left = ordered.size
    while left > 0:
        demand = float(ordered[left - 1])
        slots = fewest(
            lambda tried, demand=demand: _largest_demand(tried, *queue) >= demand,  # type: ignore[misc]
            first=first,
            least=min(slots, least_slots(demand, target)),
            most=slots - 1,
        )
        if slots > bound and not (at_most is not None and at_most <= bound):
            raise beyond(demand, bound)
        above = _largest_demand(slots - 1, *queue) if slots > 1 else 0.0
        steps.append((slots, above))
        left = int(np.searchsorted(ordered[:left], above, side="right"))
        # about one slot a request: next to it when demands are dense, far below otherwise
        first = slots - 1 - int(above - ordered[left - 1])
    steps.reverse()
    return np.array([s for s, _ in steps], dtype=np.int64), np.array([x for _, x in steps])


@lru_cache(maxsize=16_384)
def _largest_demand(slots: int, target: float, deadline: int, dispersion: float) -> float:
    def margin(arrivals: float) -> float:
        return served_share(arrivals, slots, deadline, dispersion) - target

    # the bracket depends on the arguments alone: the same root to the bit, whatever came before
    most = slots / target  # served <= slots / arrivals
    guess = demand_guess(slots, target=target, deadline=deadline, dispersion=dispersion)
    low = high = guess
    stride = 1e-3 * guess
    while margin(low) <= 0.0:
        high, low = low, max(low - stride, low / 2)
        stride *= 8
        if low < 1e-9 * slots:
            return 0.0
    if low == high:
        high = min(low + stride, most)
        while margin(high) > 0.0:
            if high == most:  # by rounding only
                return most
            stride *= 8
            low, high = high, min(high + stride, most)
    return float(brentq(margin, low, high, xtol=1e-12 * slots))


def _bad_most(at_most: object) -> str:
    return f"plafond = {at_most} créneaux : il faut un nombre entier, 1 ou plus"

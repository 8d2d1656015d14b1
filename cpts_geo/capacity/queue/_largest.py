"""Engine of the queue: where to look first, the largest demand of slots, steps of many demands.

A closed-form guess of the losses only saves time: results are those of the exact chain, whatever
it says, and never depend on what was computed before.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from cpts_geo.capacity.queue._chain import Floats, served_share
from cpts_geo.capacity.queue._checks import beyond, most_slots

#: Mean overshoot of a barrier by Gaussian steps, in standard deviations (-zeta(1/2)/sqrt(2 pi)):
#: a walk in steps moves between barriers that much further apart.
OVERSHOOT: Final = 0.5826


def served_guess(arrivals: float, slots: int, *, deadline: int, dispersion: float) -> float:
    """
    Approximate the share of requests served, within about 0.01 for usual lines.

    Backlog as Brownian motion between reflecting barriers 0 and w = K s, drift d = arrivals - s,
    variance v = dispersion x arrivals: losses a day are d / (1 - exp(-2 d w / v)).
    """
    variance = dispersion * arrivals
    width = deadline * slots + 2 * OVERSHOOT * math.sqrt(variance)
    drift = arrivals - slots
    steepness = 2 * drift * width / variance
    if abs(steepness) < 1e-6:
        lost = variance / (2 * width)
    elif steepness < -700:  # exp would overflow
        lost = 0.0
    else:
        lost = drift / -math.expm1(-steepness)
    return 1.0 - lost / arrivals


def demand_guess(slots: int, target: float, deadline: int, dispersion: float) -> float:
    """Approximate the largest demand served at the target, above 0, at most slots / target."""

    def margin(arrivals: float) -> float:
        return served_guess(arrivals, slots, deadline=deadline, dispersion=dispersion) - target

    low, high = 1e-3 * slots, slots / target
    if margin(low) <= 0 or margin(high) >= 0:
        return high
    return float(brentq(margin, low, high, rtol=1e-9))


def slots_guess(
    arrivals: float, target: float, deadline: int, dispersion: float, *, most: int
) -> int:
    """Approximate the smallest number of slots that serves the target, 1 to ``most + 1``."""
    least = least_slots(arrivals, target)
    return fewest(
        lambda slots: (
            served_guess(arrivals, slots, deadline=deadline, dispersion=dispersion) >= target
        ),
        first=least,
        least=least,
        most=most,
    )


def least_slots(arrivals: float, target: float) -> int:
    """target x arrivals rounded up, 1 or more: slots cannot serve more requests than they are."""
    return max(1, math.ceil(target * arrivals * (1 - 1e-12)))  # 1e-12 forgives the rounding


def fewest(enough: Callable[[int], bool], *, first: int, least: int, most: int) -> int:
    """Find the smallest number that is enough, from a first guess; ``most + 1`` if none is."""
    low, high = least - 1, most + 1  # low is not enough; high is, or is beyond the bounds
    tried, stride = min(max(first, least), most), 1
    while high - low > 1:
        if enough(tried):
            high = tried
        else:
            low = tried
        if low < least:
            tried = max(high - stride, least)
        elif high > most:
            tried = min(low + stride, most)
        else:
            tried = (low + high) // 2
        stride *= 2
    return high


def slots_of_each(
    ordered: Floats, queue: tuple[float, int, float], *, at_most: int | None
) -> tuple[npt.NDArray[np.int64], Floats]:
    """Give the numbers of slots that demands call for, and the demand each begins above."""
    target, deadline, _ = queue
    bound = most_slots(deadline)
    slots = (bound if at_most is None else min(int(at_most), bound)) + 1
    first = slots_guess(float(ordered[-1]), *queue, most=slots - 1)
    steps: list[tuple[int, float]] = []
    left = ordered.size
    while left > 0:
        demand = float(ordered[left - 1])
        slots = fewest(
            lambda tried, demand=demand: largest_demand(tried, *queue) >= demand,  # type: ignore[misc]
            first=first,
            least=min(slots, least_slots(demand, target)),
            most=slots - 1,
        )
        if slots > bound and not (at_most is not None and at_most <= bound):
            raise beyond(demand, bound)
        above = largest_demand(slots - 1, *queue) if slots > 1 else 0.0
        steps.append((slots, above))
        left = int(np.searchsorted(ordered[:left], above, side="right"))
        # about one slot a request: next to it when demands are dense, far below otherwise
        first = slots - 1 - int(above - ordered[left - 1])
    steps.reverse()
    return np.array([s for s, _ in steps], dtype=np.int64), np.array([x for _, x in steps])


@lru_cache(maxsize=16_384)
def largest_demand(slots: int, target: float, deadline: int, dispersion: float) -> float:
    """Root of the exact chain, kept between calls; 0 if the smallest demand misses the target."""

    def margin(arrivals: float) -> float:
        return served_share(arrivals, slots, deadline, dispersion) - target

    # the bracket depends on the arguments alone: the same root to the bit, whatever came before
    most = slots / target  # served <= slots / arrivals
    guess = demand_guess(slots, target, deadline, dispersion)
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

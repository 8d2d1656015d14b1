"""Where to look first: a closed-form guess of the queue's losses, and a search around it.

Private to the modules of the queue. The guess only saves time: results are those of the exact
chain, whatever it says, and never depend on what was computed before.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from scipy.optimize import brentq

#: Mean overshoot of a barrier by Gaussian steps, in standard deviations (-zeta(1/2)/sqrt(2 pi)):
#: a walk in steps moves between barriers that much further apart.
_OVERSHOOT: Final = 0.5826


def served_guess(arrivals: float, slots: int, *, deadline: int, dispersion: float) -> float:
    """
    Approximate the share of requests served.

    Parameters
    ----------
    arrivals : float
        Mean requests per opening day, above 0.
    slots : int
        Slots per opening day, 1 or more.
    deadline : int
        Opening days after the request within which it must be seen.
    dispersion : float
        Variance over mean of the requests.

    Returns
    -------
    float
        Share, 0 to 1: within about 0.01 of the exact one for usual lines.

    Notes
    -----
    Backlog as Brownian motion between reflecting barriers 0 and w = K s, drift d = arrivals - s,
    variance v = dispersion x arrivals: losses a day are d / (1 - exp(-2 d w / v)).

    Examples
    --------
    >>> round(served_guess(8.0, 8, deadline=1, dispersion=1.0), 2)  # exactly 0.956
    0.96
    """
    variance = dispersion * arrivals
    width = deadline * slots + 2 * _OVERSHOOT * math.sqrt(variance)
    drift = arrivals - slots
    steepness = 2 * drift * width / variance
    if abs(steepness) < 1e-6:
        lost = variance / (2 * width)
    elif steepness < -700:  # exp would overflow
        lost = 0.0
    else:
        lost = drift / -math.expm1(-steepness)
    return 1.0 - lost / arrivals


def demand_guess(slots: int, *, target: float, deadline: int, dispersion: float) -> float:
    """
    Approximate the largest demand that slots serve at the target share.

    Parameters
    ----------
    slots : int
        Slots per opening day, 1 or more.
    target : float
        Share of requests to serve, between 0 and 1 (both excluded).
    deadline : int
        Opening days after the request within which it must be seen.
    dispersion : float
        Variance over mean of the requests.

    Returns
    -------
    float
        Mean requests per opening day, above 0, at most slots / target.

    Examples
    --------
    >>> round(demand_guess(16, target=0.95, deadline=1, dispersion=1.0), 1)  # exactly 16.69
    16.7
    """

    def margin(arrivals: float) -> float:
        return served_guess(arrivals, slots, deadline=deadline, dispersion=dispersion) - target

    low, high = 1e-3 * slots, slots / target
    if margin(low) <= 0 or margin(high) >= 0:
        return high
    return float(brentq(margin, low, high, rtol=1e-9))


def slots_guess(
    arrivals: float, *, target: float, deadline: int, dispersion: float, most: int
) -> int:
    """
    Approximate the smallest number of slots that serves the target share.

    Parameters
    ----------
    arrivals : float
        Mean requests per opening day, above 0.
    target : float
        Share of requests to serve, between 0 and 1 (both excluded).
    deadline : int
        Opening days after the request within which it must be seen.
    dispersion : float
        Variance over mean of the requests.
    most : int
        Largest number of slots to consider.

    Returns
    -------
    int
        Slots per opening day, 1 to ``most + 1``.

    Examples
    --------
    >>> slots_guess(5.6, target=0.95, deadline=1, dispersion=1.0, most=600)  # exactly 6
    6
    """
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
    """
    Give the number of slots below which the target share cannot be served.

    Parameters
    ----------
    arrivals : float
        Mean requests per opening day, above 0.
    target : float
        Share of requests to serve, between 0 and 1 (both excluded).

    Returns
    -------
    int
        target x arrivals rounded up, 1 or more: slots cannot serve more requests than they are.

    Examples
    --------
    >>> least_slots(5.6, 0.95), least_slots(0.1, 0.95)
    (6, 1)
    """
    return max(1, math.ceil(target * arrivals * (1 - 1e-12)))  # 1e-12 forgives the rounding


def fewest(enough: Callable[[int], bool], *, first: int, least: int, most: int) -> int:
    """
    Find the smallest number that is enough, looking around a first guess.

    Parameters
    ----------
    enough : callable
        Tells whether a number is enough; if one is, all above it are.
    first : int
        Where to look first, anywhere.
    least, most : int
        Bounds of the search, included.

    Returns
    -------
    int
        The smallest number between the bounds that is enough; ``most + 1`` if none is.

    Examples
    --------
    >>> fewest(lambda n: n * n >= 50, first=7, least=1, most=20)
    8
    >>> fewest(lambda n: False, first=7, least=1, most=20)
    21
    """
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

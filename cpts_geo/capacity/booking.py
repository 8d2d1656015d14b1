"""Booking queue with a deadline: what share of requests finds a slot in time.

Each opening day offers ``s`` slots. A request takes a slot the same day if one is free,
otherwise one of the next ``K`` opening days, otherwise it is lost. With ``B`` slots of the
coming days already taken at the start of the day and ``X`` requests in the day::

    B' = min(max(B + X - s, 0), K s)      lost = max(B + X - s - K s, 0)

``X`` is Poisson (dispersion 1) or negative binomial (variance = dispersion x mean).
``K = 0`` is "today or lost"; ``K = 1`` "today or the next opening day". The figures are those
of the steady state, so they say nothing about the first weeks of a line. No-shows, priorities
and seasons are outside this model.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from cpts_geo.capacity.chain import MAX_BACKLOG, Day, arrivals_pmf, check, stationary
from cpts_geo.errors import DemandTooLargeError
from cpts_geo.french import number

#: Requests Monday..Friday relative to the mean day (grade D: no log gives it yet).
WEEKDAY_FACTORS: Final = (1.30, 1.00, 0.90, 0.85, 0.95)


@dataclass(frozen=True)
class BookingService:
    """
    Steady state of a booking queue.

    Attributes
    ----------
    served : float
        Share of requests that get a slot within the deadline, 0 to 1.
    same_day : float
        Share of requests that get a slot on the day they are made, 0 to 1.
    utilisation : float
        Share of the slots that are used, 0 to 1.
    expected_backlog : float
        Mean number of slots of the coming days already taken when a day starts.
    lost_per_day : float
        Mean number of requests a day that find no slot in time.
    backlog_distribution : tuple of float
        Probability of a backlog of 0, 1, ..., deadline x slots when a day starts.
    """

    served: float
    same_day: float
    utilisation: float
    expected_backlog: float
    lost_per_day: float
    backlog_distribution: tuple[float, ...]


@dataclass(frozen=True)
class WeeklyService:
    """
    Steady state of a booking queue whose demand follows the day of the week.

    Attributes
    ----------
    served : float
        Share of the week's requests that get a slot within the deadline, 0 to 1.
    same_day : float
        Share of the week's requests that get a slot on the day they are made, 0 to 1.
    lost_by_weekday : tuple of float
        Share of the requests of Monday, ..., Friday that find no slot in time.
    """

    served: float
    same_day: float
    lost_by_weekday: tuple[float, ...]


def service(
    arrivals_per_day: float, slots: int, *, deadline_days: int = 1, dispersion: float = 1.0
) -> BookingService:
    """
    Compute the share of requests served by a number of slots a day.

    Parameters
    ----------
    arrivals_per_day : float
        Mean requests per opening day, above 0.
    slots : int
        Slots per opening day, 1 or more.
    deadline_days : int
        Opening days after the request within which it must be seen (0 = the same day).
    dispersion : float
        Variance of the daily requests over their mean, 1 (Poisson) or more.

    Returns
    -------
    BookingService
        Shares, means and backlog distribution of the steady state.

    Raises
    ------
    ScenarioError
        If an argument is outside its domain; lists them all.

    Examples
    --------
    >>> line = service(1511 / 270, 6)
    >>> round(line.served, 4), round(line.same_day, 4)
    (0.9702, 0.5945)
    """
    check(arrivals=arrivals_per_day, slots=slots, deadline=deadline_days, dispersion=dispersion)
    day = Day(float(arrivals_per_day), int(slots), int(deadline_days), float(dispersion))
    backlog = stationary(day.transition())
    lost = float(backlog @ day.lost())
    served = 1.0 - lost / arrivals_per_day
    return BookingService(
        served=served,
        same_day=float(backlog @ day.same_day()) / arrivals_per_day,
        utilisation=min(1.0, arrivals_per_day * served / slots),  # rounding of a full line
        expected_backlog=float(backlog @ np.arange(backlog.size)),
        lost_per_day=lost,
        backlog_distribution=tuple(backlog.tolist()),
    )


def weekly_service(
    arrivals_per_day: float,
    slots: int,
    *,
    factors: Sequence[float] = WEEKDAY_FACTORS,
    deadline_days: int = 1,
    dispersion: float = 1.0,
) -> WeeklyService:
    """
    Compute the share of requests served when demand follows the day of the week.

    Parameters
    ----------
    arrivals_per_day : float
        Mean requests per opening day over the week, above 0.
    slots : int
        Slots per opening day, the same every day, 1 or more.
    factors : sequence of float
        Requests of each opening day of the week relative to the mean; above 0, mean 1.
    deadline_days : int
        Opening days after the request within which it must be seen (0 = the same day).
    dispersion : float
        Variance of the daily requests over their mean, 1 (Poisson) or more.

    Returns
    -------
    WeeklyService
        Shares over the week and losses by day; holidays are not modelled.

    Raises
    ------
    ScenarioError
        If an argument is outside its domain; lists them all.

    Examples
    --------
    >>> week = weekly_service(1511 / 270, 6)
    >>> round(week.served, 4), round(week.lost_by_weekday[0], 4)
    (0.9671, 0.0508)
    """
    check(
        arrivals=arrivals_per_day,
        slots=slots,
        deadline=deadline_days,
        dispersion=dispersion,
        factors=factors,
    )
    days = [
        Day(arrivals_per_day * factor, int(slots), int(deadline_days), float(dispersion))
        for factor in factors
    ]
    steps = [day.transition() for day in days]
    backlog = stationary(np.linalg.multi_dot(steps) if len(steps) > 1 else steps[0])
    lost, same_day = [], []
    for day, step in zip(days, steps, strict=True):
        lost.append(float(backlog @ day.lost()))
        same_day.append(float(backlog @ day.same_day()))
        backlog = backlog @ step
    total = sum(day.arrivals for day in days)
    return WeeklyService(
        served=1.0 - sum(lost) / total,
        same_day=sum(same_day) / total,
        lost_by_weekday=tuple(x / day.arrivals for x, day in zip(lost, days, strict=True)),
    )


def minimum_slots(
    arrivals_per_day: float,
    *,
    target: float = 0.95,
    deadline_days: int = 1,
    dispersion: float = 1.0,
    same_day_target: float | None = None,
) -> int:
    """
    Find the smallest number of slots a day that serves the target share of requests.

    Parameters
    ----------
    arrivals_per_day : float
        Mean requests per opening day, above 0.
    target : float
        Share of requests to serve within the deadline, between 0 and 1 (both excluded).
    deadline_days : int
        Opening days after the request within which it must be seen (0 = the same day).
    dispersion : float
        Variance of the daily requests over their mean, 1 (Poisson) or more.
    same_day_target : float or None
        Share to serve on the day of the request as well; None asks nothing of that day.

    Returns
    -------
    int
        Slots per opening day.

    Raises
    ------
    ScenarioError
        If an argument is outside its domain, or the demand is beyond a CPTS.

    Examples
    --------
    >>> minimum_slots(1511 / 270), minimum_slots(1511 / 270, deadline_days=0)
    (6, 8)
    """
    targets = [target] if same_day_target is None else [target, same_day_target]
    check(arrivals=arrivals_per_day, deadline=deadline_days, dispersion=dispersion, targets=targets)
    # served <= slots / arrivals, so no smaller number can do; 1e-12 forgives the rounding
    slots = max(1, math.ceil(max(targets) * arrivals_per_day * (1 - 1e-12)))
    most = MAX_BACKLOG // max(deadline_days, 1)
    while slots <= most:
        line = service(arrivals_per_day, slots, deadline_days=deadline_days, dispersion=dispersion)
        if line.served >= target and line.same_day >= (same_day_target or 0.0):
            return slots
        slots += 1
    raise DemandTooLargeError(
        "La demande est trop grande pour ce calcul.",
        defects=[f"{number(arrivals_per_day, 1)} demandes par jour : plus de {most} créneaux"],
        remedy=f"découpez le territoire : le calcul va jusqu'à {most} créneaux par jour, "
        "plusieurs fois ce que demande une CPTS.",
    )


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
) -> npt.NDArray[np.int64]:
    """
    Find the smallest number of slots for each of many demands.

    Equals :func:`minimum_slots` element by element, in the time of one table of
    :func:`largest_demand` (kept between calls) and one sorted search.

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

    Returns
    -------
    numpy.ndarray of int
        Slots per opening day, same shape as ``arrivals_per_day``.

    Raises
    ------
    ScenarioError
        If a demand is not above 0 or is beyond a CPTS, or another argument is outside its domain.

    Examples
    --------
    >>> slots_for_each([1.0, 8.0, 14.0]).tolist()
    [2, 8, 14]
    """
    arrivals = np.asarray(arrivals_per_day, dtype=np.float64)
    if arrivals.size == 0:
        return np.zeros(arrivals.shape, dtype=np.int64)
    extremes = (float(arrivals.min()), float(arrivals.max()))
    first, last = (
        minimum_slots(x, target=target, deadline_days=deadline_days, dispersion=dispersion)
        for x in extremes
    )
    table = [
        _largest_demand(slots, float(target), int(deadline_days), float(dispersion))
        for slots in range(first, last)
    ]
    return np.asarray(first + np.searchsorted(table, arrivals), dtype=np.int64)


def day_quantile_slots(
    arrivals_per_day: float, *, probability: float = 0.95, dispersion: float = 1.0
) -> int:
    """
    Find the slots that cover a whole day's requests on the given share of days.

    Stricter than the share of requests served with ``deadline_days=0``: a day that exceeds
    by one request counts as missed.

    Parameters
    ----------
    arrivals_per_day : float
        Mean requests per opening day, above 0.
    probability : float
        Share of days fully covered, between 0 and 1 (both excluded).
    dispersion : float
        Variance of the daily requests over their mean, 1 (Poisson) or more.

    Returns
    -------
    int
        Slots per opening day, 1 or more.

    Raises
    ------
    ScenarioError
        If an argument is outside its domain; lists them all.

    Examples
    --------
    >>> day_quantile_slots(1511 / 270)
    10
    """
    check(arrivals=arrivals_per_day, dispersion=dispersion, targets=[probability])
    covered = np.cumsum(arrivals_pmf(float(arrivals_per_day), float(dispersion)))
    return max(1, int(np.searchsorted(covered, probability)))


@lru_cache(maxsize=16_384)
def _largest_demand(slots: int, target: float, deadline: int, dispersion: float) -> float:
    def margin(arrivals: float) -> float:
        line = service(arrivals, slots, deadline_days=deadline, dispersion=dispersion)
        return line.served - target

    high = slots / target  # served <= slots / arrivals
    low = high
    while margin(low) <= 0.0:
        low /= 2.0
        if low < 1e-9 * slots:
            return 0.0
    return float(brentq(margin, low, high, xtol=1e-12 * slots)) if low < high else high

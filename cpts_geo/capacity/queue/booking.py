"""Booking queue with a deadline: what share of requests finds a slot in time.

Each opening day offers ``s`` slots. A request takes a slot the same day if one is free,
otherwise one of the next ``K`` opening days, otherwise it is lost. With ``B`` slots of the
coming days already taken at the start of the day and ``X`` requests in the day::

    B' = min(max(B + X - s, 0), K s)      lost = max(B + X - s - K s, 0)

``X`` is Poisson (dispersion 1) or negative binomial (variance = dispersion x mean).
``K = 0`` is "today or lost"; ``K = 1`` "today or the next opening day". Requests are seen in the
order they come: the j-th request of a day that starts with ``B`` is seen
``floor((B + j - 1) / s)`` opening days later. The figures are those of the steady state, so they
say nothing about the first weeks of a line: :mod:`cpts_geo.capacity.queue.transient` follows days
one by one. No-shows and priorities are outside this model.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cpts_geo.capacity.queue.chain import Day, arrivals_pmf, served_share, stationary
from cpts_geo.capacity.queue.checks import beyond, check, most_slots
from cpts_geo.capacity.queue.largest import largest_demand, served_for_each, slots_for_each
from cpts_geo.capacity.queue.search import fewest, least_slots, slots_guess
from cpts_geo.capacity.queue.weekly import WEEKDAY_FACTORS, WeeklyService, weekly_service

__all__ = [
    "WEEKDAY_FACTORS",
    "BookingService",
    "WeeklyService",
    "day_quantile_slots",
    "largest_demand",
    "minimum_slots",
    "served_for_each",
    "service",
    "slots_for_each",
    "weekly_service",
]


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
    waiting : tuple of float
        Shares of requests that get a slot 0, 1, ..., K opening days after the request; they
        sum to ``served``, and the first is ``same_day``.
    """

    served: float
    same_day: float
    utilisation: float
    expected_backlog: float
    lost_per_day: float
    backlog_distribution: tuple[float, ...]
    waiting: tuple[float, ...]


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
    >>> [round(share, 4) for share in line.waiting]
    [0.5945, 0.3757]
    """
    check(arrivals=arrivals_per_day, slots=slots, deadline=deadline_days, dispersion=dispersion)
    deadline = int(deadline_days)
    day = Day(float(arrivals_per_day), (int(slots),) * (deadline + 1), float(dispersion))
    backlog = stationary(day.transition())
    lost = float(backlog @ day.lost())
    served = 1.0 - lost / arrivals_per_day
    waiting = tuple(
        float(backlog @ day.seen(after)) / arrivals_per_day for after in range(deadline + 1)
    )
    return BookingService(
        served=served,
        same_day=waiting[0],
        utilisation=min(1.0, arrivals_per_day * served / slots),  # rounding of a full line
        expected_backlog=float(backlog @ np.arange(backlog.size)),
        lost_per_day=lost,
        backlog_distribution=tuple(backlog.tolist()),
        waiting=waiting,
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
    demand, deadline, spread = float(arrivals_per_day), int(deadline_days), float(dispersion)
    most = most_slots(deadline)
    slots = fewest(
        lambda tried: served_share(demand, tried, deadline, spread) >= target,
        first=slots_guess(demand, target=target, deadline=deadline, dispersion=spread, most=most),
        least=least_slots(demand, target),
        most=most,
    )
    if same_day_target is not None:
        slots = fewest(
            lambda tried: (
                service(demand, tried, deadline_days=deadline, dispersion=spread).same_day
                >= same_day_target
            ),
            first=slots,
            least=max(slots, least_slots(demand, same_day_target)),
            most=most,
        )
    if slots > most:
        raise beyond(demand, most)
    return slots


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

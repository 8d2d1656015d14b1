"""Ratios by hand: per day, per week, per 1,000 people, with no queue in them.

A line offering exactly the mean demand is a queue at 100 %: always show the utilisation
beside such a figure, or use :mod:`cpts_geo.capacity.queue.rules`. What is divided by is above 0,
or one ScenarioError lists what is not.
"""

from __future__ import annotations

from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from cpts_geo.errors import ScenarioError

Amount = TypeVar("Amount", float, npt.NDArray[np.float64])

_OPENING_DAYS_PER_WEEK: Final = 5
DAYS_PER_YEAR: Final = 365.25
#: Chance below which what was counted is no accident.
IMPLAUSIBLE: Final = 1e-4


def requests_per_day(requests_per_year: float, *, opening_days_per_year: float) -> float:
    """
    Divide the requests of a year by its opening days.

    Parameters
    ----------
    requests_per_year : float
        Requests a year.
    opening_days_per_year : float
        Opening days in that year (days).

    Returns
    -------
    float
        Requests per opening day.

    Examples
    --------
    >>> round(requests_per_day(2_000, opening_days_per_year=251), 5)
    7.96813
    """
    _above_zero(opening_days_per_year=opening_days_per_year)
    return requests_per_year / opening_days_per_year


def per_thousand_a_year(
    count: float,
    *,
    people: float,
    calendar_days: float = DAYS_PER_YEAR,
) -> float:
    """
    Bring a count over a period to a rate per 1,000 people and year.

    Parameters
    ----------
    count : float
        Calls or consultations over the period.
    people : float
        People the count is compared with (persons).
    calendar_days : float
        Length of the period (calendar days); a year of 365.25 unless given.

    Returns
    -------
    float
        Count per 1,000 people and year.

    Examples
    --------
    >>> round(per_thousand_a_year(1511, people=44_165, calendar_days=392), 3)
    31.878
    """
    _above_zero(people=people, calendar_days=calendar_days)
    return 1000.0 * count / people * DAYS_PER_YEAR / calendar_days


def gp_hours_per_day(slots_per_day: Amount, *, minutes: Amount) -> Amount:
    """
    Turn slots a day into GP-hours a day.

    Parameters
    ----------
    slots_per_day : float or numpy.ndarray
        Slots, or consultations, per opening day.
    minutes : float or numpy.ndarray
        Length of a consultation (minutes).

    Returns
    -------
    float or numpy.ndarray
        GP-hours per opening day.

    Examples
    --------
    >>> round(gp_hours_per_day(5.5963, minutes=15.0), 4)
    1.3991
    """
    return slots_per_day * minutes / 60.0


def weekly_gp_hours(
    slots_per_day: Amount, *, minutes: Amount, opening_days: float = _OPENING_DAYS_PER_WEEK
) -> Amount:
    """
    Turn slots a day into GP-hours a week.

    Parameters
    ----------
    slots_per_day, minutes : float or numpy.ndarray
        As for :func:`gp_hours_per_day`.
    opening_days : float
        Opening days of a week (days), a half-day being its share of one.

    Returns
    -------
    float or numpy.ndarray
        GP-hours per week: H = days s m / 60.

    Examples
    --------
    >>> weekly_gp_hours(8, minutes=15.0)
    10.0
    """
    return opening_days * gp_hours_per_day(slots_per_day, minutes=minutes)


def effective_slots(slots_per_day: float, *, no_show_rate: float) -> float:
    """
    Take from the slots those booked by someone who does not come, and not given again.

    Parameters
    ----------
    slots_per_day : float
        Slots per opening day.
    no_show_rate : float
        Share of bookings that are not honoured, 0 to 1 (1 excluded), else a ScenarioError.

    Returns
    -------
    float
        Consultations given when every slot is booked: s (1 - z).

    Examples
    --------
    >>> round(effective_slots(8, no_show_rate=0.03), 2)
    7.76
    """
    if not 0.0 <= no_show_rate < 1.0:
        raise ScenarioError(
            "La part de rendez-vous non honorés est impossible.",
            defects=[f"part = {no_show_rate} : il faut 0 ou plus, et moins de 1"],
            remedy="donnez une part, par exemple 0,03 pour 3 %.",
        )
    return slots_per_day * (1.0 - no_show_rate)


def utilisation(consultations: float, *, slots_per_day: float, opening_days: float) -> float:
    """
    Divide consultations by the slots offered over the same days.

    Parameters
    ----------
    consultations : float
        Consultations over the period.
    slots_per_day : float
        Slots per opening day.
    opening_days : float
        Opening days of the period (days).

    Returns
    -------
    float
        Share of the slots that were used; above 1 if the inputs disagree.

    Examples
    --------
    >>> round(utilisation(2_000, slots_per_day=8, opening_days=251), 4)
    0.996
    """
    _above_zero(slots_per_day=slots_per_day, opening_days=opening_days)
    return consultations / (slots_per_day * opening_days)


def _above_zero(**divisors: float) -> None:
    """Raise one error that lists the divisors that are not above 0."""
    defects = [f"{name} = {x} : il faut plus de 0" for name, x in divisors.items() if not x > 0]
    if defects:
        raise ScenarioError(
            "Une division est impossible.", defects=defects, remedy="donnez des valeurs positives."
        )

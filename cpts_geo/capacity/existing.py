"""The line that exists: what its slots can carry, and the floor its activity sets."""

from __future__ import annotations

from dataclasses import dataclass

from cpts_geo.capacity.booking import largest_demand, minimum_slots, service
from cpts_geo.capacity.demand import ObservedLine, observed_line
from cpts_geo.capacity.inputs import Scenario
from cpts_geo.capacity.ratios import weekly_gp_hours


@dataclass(frozen=True)
class Today:
    """
    What the slots offered today can do.

    Attributes
    ----------
    slots : int
        Slots per opening day.
    gp_hours_per_week : float
        GP-hours per week behind them.
    carries_per_day : float
        Largest demand they serve at the target (requests per opening day).
    carries_per_year : float
        The same over a year (requests).
    served_at_median : float
        Share of requests they serve within the deadline if the demand is the median.
    """

    slots: int
    gp_hours_per_week: float
    carries_per_day: float
    carries_per_year: float
    served_at_median: float


@dataclass(frozen=True)
class ObservedFloor:
    """
    What the consultations already given require: a lower bound.

    Attributes
    ----------
    line : ObservedLine
        Consultations a day and a year.
    slots : int
        Slots per opening day that serve as many requests at the target.
    gp_hours_per_week : float
        GP-hours per week behind them, at the most likely length of a consultation.
    above_p90 : bool
        True if the line gives more a year than the model's p90: the model fails here.
    """

    line: ObservedLine
    slots: int
    gp_hours_per_week: float
    above_p90: bool


def today_capacity(scenario: Scenario, *, median_per_day: float) -> Today | None:
    """
    Compute what the slots offered today can do.

    Parameters
    ----------
    scenario : Scenario
        Territory.
    median_per_day : float
        Median of the plausible demands (requests per opening day), above 0.

    Returns
    -------
    Today or None
        Today's capacity; None where the slots are unknown.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario import load_scenarios
    >>> today = today_capacity(load_scenarios()["lvo"], median_per_day=10.0)
    >>> round(today.carries_per_day, 2), today.gp_hours_per_week
    (16.69, 20.0)
    """
    slots, hours = scenario.slots_today, scenario.gp_hours_today_per_week
    if slots is None or hours is None:
        return None
    carries = largest_demand(
        slots,
        target=scenario.target,
        deadline_days=scenario.deadline_days,
        dispersion=scenario.dispersion,
    )
    line = service(
        median_per_day,
        slots,
        deadline_days=scenario.deadline_days,
        dispersion=scenario.dispersion,
    )
    return Today(
        slots=slots,
        gp_hours_per_week=hours,
        carries_per_day=carries,
        carries_per_year=carries * scenario.opening_days_per_year,
        served_at_median=line.served,
    )


def observed_floor(scenario: Scenario, *, p90_per_year: float) -> ObservedFloor | None:
    """
    Compute the slots that the consultations already given require.

    Parameters
    ----------
    scenario : Scenario
        Territory.
    p90_per_year : float
        Demand that the model exceeds once in ten draws (requests a year).

    Returns
    -------
    ObservedFloor or None
        Lower bound; None where no consultation is known.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario import load_scenarios
    >>> observed_floor(load_scenarios()["ouest_loiret"], p90_per_year=1168.0).slots
    6
    """
    line = observed_line(scenario)
    if line is None or line.consultations == 0:
        return None
    slots = minimum_slots(
        line.per_day,
        target=scenario.target,
        deadline_days=scenario.deadline_days,
        dispersion=scenario.dispersion,
    )
    return ObservedFloor(
        line=line,
        slots=slots,
        gp_hours_per_week=weekly_gp_hours(slots, minutes=scenario.minutes[1]),
        above_p90=line.per_year > p90_per_year,
    )

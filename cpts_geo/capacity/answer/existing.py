"""The line that exists or is announced: what its slots carry, the floor its activity sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import brentq

from cpts_geo.capacity.demand.ratios import effective_slots, requests_per_day, weekly_gp_hours
from cpts_geo.capacity.demand.requests import ObservedLine, calls_per_year, observed_line
from cpts_geo.capacity.queue.booking import largest_demand, minimum_slots, service, weekly_service
from cpts_geo.capacity.scenario.inputs import Scenario


@dataclass(frozen=True)
class Offer:
    """
    What a number of slots can do: those of today, or those announced.

    Attributes
    ----------
    slots : float
        Slots per opening day, averaged over the week where days differ.
    gp_hours_per_week : float
        GP-hours per week behind them.
    consultations_per_day : float
        Consultations given when every slot is booked, no-shows taken out.
    carries_per_day : float
        Largest demand they serve at the target (requests per opening day).
    carries_per_year : float
        The same over a year (requests).
    served_at_median : float
        Share of requests they serve within the deadline if the demand is the median.
    served_if_all_calls : float or None
        Share they would serve if every call of the territory's own log asked for a slot;
        None where it has no call log.
    """

    slots: float
    gp_hours_per_week: float
    consultations_per_day: float
    carries_per_day: float
    carries_per_year: float
    served_at_median: float
    served_if_all_calls: float | None


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
        True if the line gives more over the opening days of a year than the model's p90: the
        model fails here.
    """

    line: ObservedLine
    slots: int
    gp_hours_per_week: float
    above_p90: bool


def offer(
    scenario: Scenario, slots: Sequence[int] | int | None, *, median_per_day: float
) -> Offer | None:
    """
    Compute what a number of slots a day can do.

    Parameters
    ----------
    scenario : Scenario
        Territory; a slot has the length of today's, or else that of a consultation.
    slots : int, sequence of int or None
        Slots per opening day, 1 or more, or one number per opening day of the week; None = unknown.
    median_per_day : float
        Median of the plausible demands (requests per opening day), above 0.

    Returns
    -------
    Offer or None
        What they carry and serve; None where the slots are unknown.

    Raises
    ------
    ScenarioError
        If an argument is outside its domain; lists them all.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenarios
    >>> today = offer(load_scenarios()["lvo"], 16, median_per_day=10.0)
    >>> round(today.carries_per_day, 2), today.gp_hours_per_week
    (16.69, 20.0)
    """
    if slots is None:
        return None
    weekdays = len(scenario.calendar.weekdays)
    week = (slots,) * weekdays if isinstance(slots, int) else tuple(slots)
    days = scenario.opening_days_per_year
    calls = calls_per_year(scenario) if scenario.evidence_label == 1 else 0.0
    mean = float(np.mean(week))
    carries = _carried(scenario, week)
    return Offer(
        slots=mean,
        gp_hours_per_week=weekly_gp_hours(
            mean,
            minutes=scenario.minutes_per_slot_today or scenario.minutes[1],
            opening_days=weekdays,
        ),
        consultations_per_day=effective_slots(mean, no_show_rate=scenario.no_show_rate),
        carries_per_day=carries,
        carries_per_year=carries * days,
        served_at_median=served_by(scenario, week, per_day=median_per_day),
        served_if_all_calls=served_by(
            scenario, week, per_day=requests_per_day(calls, opening_days_per_year=days)
        )
        if calls > 0
        else None,
    )


def served_by(scenario: Scenario, week: Sequence[int], *, per_day: float) -> float:
    """
    Compute the share of requests that the slots of a week serve, days alike in demand.

    Parameters
    ----------
    scenario : Scenario
        Its deadline and dispersion.
    week : sequence of int
        Slots of each opening day of the week.
    per_day : float
        Requests per opening day, above 0.

    Returns
    -------
    float
        Share served within the deadline, 0 to 1.

    Raises
    ------
    ScenarioError
        If an argument is outside its domain; lists them all.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenarios
    >>> round(served_by(load_scenarios()["lvo"], [16] * 5, per_day=16.69), 3)
    0.95
    """
    rules: dict[str, Any] = {
        "deadline_days": scenario.deadline_days,
        "dispersion": scenario.dispersion,
    }
    if len(set(week)) == 1:
        return service(per_day, week[0], **rules).served
    return weekly_service(per_day, week, factors=[1.0] * len(week), **rules).served


def _carried(scenario: Scenario, week: Sequence[int]) -> float:
    """Largest demand a week of slots serves at the target, requests per opening day."""
    if len(set(week)) == 1:
        return largest_demand(
            week[0],
            target=scenario.target,
            deadline_days=scenario.deadline_days,
            dispersion=scenario.dispersion,
        )

    def margin(per_day: float) -> float:
        return served_by(scenario, week, per_day=per_day) - scenario.target

    high = float(np.mean(week)) / scenario.target  # served <= slots / requests
    low = high
    while margin(low) <= 0.0:
        low /= 2.0
        if low < 1e-6:
            return 0.0
    return float(brentq(margin, low, high, xtol=1e-9)) if low < high else high


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
    >>> from cpts_geo.capacity.scenario.loading import load_scenarios
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
        gp_hours_per_week=weekly_gp_hours(
            slots, minutes=scenario.minutes[1], opening_days=len(scenario.calendar.weekdays)
        ),
        # On the scale of the requests, which come on opening days: a week of five days counted
        # says nothing of 365 of them.
        # Consultations of all who may ask refute nothing of those without médecin traitant.
        above_p90=scenario.uncounted_demand is None
        and line.per_day * scenario.opening_days_per_year > p90_per_year,
    )

"""The line that exists or is announced: what its slots carry, the floor its activity sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cpts_geo.capacity.demand.line import ObservedLine, calls_per_year, observed_line
from cpts_geo.capacity.demand.periods import studied_means
from cpts_geo.capacity.demand.ratios import (
    effective_slots,
    gp_hours_per_day,
    requests_per_day,
    weekly_gp_hours,
)
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
    slots_same_day : int
        The same if they were all to be seen on the day of the request.
    """

    line: ObservedLine
    slots: int
    gp_hours_per_week: float
    slots_same_day: int


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
        Slots per opening weekday, 1 or more, or one number each; None = unknown. Saturday morning,
        where it opens, keeps those of today.
    median_per_day : float
        Median of the plausible demands (requests per opening day); all are served where it is 0.

    Returns
    -------
    Offer or None
        What they carry and serve; None where the slots are unknown.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> round(offer(load_scenario("lvo"), 16, median_per_day=10.0).carries_per_day, 2)
    16.69
    """
    if slots is None:
        return None
    weekdays = len(scenario.calendar.weekdays)
    ordinary = (slots,) * weekdays if isinstance(slots, int) else tuple(slots)
    week = scenario.whole_week(ordinary)
    days = scenario.opening_days_per_year
    calls = calls_per_year(scenario)
    mean = float(np.mean(ordinary))
    minutes = scenario.slot_minutes
    rules = scenario.week_rules
    carries = rules.carries(week)
    return Offer(
        slots=mean,
        gp_hours_per_week=weekly_gp_hours(mean, minutes=minutes, opening_days=weekdays)
        + gp_hours_per_day(float(sum(week[weekdays:])), minutes=minutes),
        consultations_per_day=effective_slots(mean, no_show_rate=scenario.no_show_rate),
        carries_per_day=carries,
        carries_per_year=carries * scenario.ordinary_days_per_year,
        served_at_median=rules.served(median_per_day, week),
        served_if_all_calls=rules.served(requests_per_day(calls, opening_days_per_year=days), week)
        if calls
        else None,
    )


def observed_floor(scenario: Scenario) -> ObservedFloor | None:
    """
    Compute the slots that the consultations already given require.

    Parameters
    ----------
    scenario : Scenario
        Territory.

    Returns
    -------
    ObservedFloor or None
        Lower bound; None where no consultation is known.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenarios
    >>> floor = observed_floor(load_scenarios()["ouest_loiret"])
    >>> floor.slots, floor.slots_same_day
    (6, 8)
    """
    line = observed_line(scenario)
    if line is None or line.consultations == 0:
        return None
    # Counted over a year, they come in the months studied as the requests do.
    per_day = line.per_day * studied_means(scenario)[0]
    slots = scenario.rules.slots(per_day)
    return ObservedFloor(
        line=line,
        slots=slots,
        gp_hours_per_week=weekly_gp_hours(
            slots, minutes=scenario.minutes[1], opening_days=len(scenario.calendar.weekdays)
        ),
        slots_same_day=replace(scenario.rules, deadline_days=0).slots(per_day),
    )

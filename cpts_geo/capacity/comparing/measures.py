"""What a scenario asks, offers, serves and costs, draw by draw.

Totals (requests served, consultations, people, cost) are those of the months studied, or of the
year, each of whose days has the slots of its weekday: a Monday lost to a holiday is a Monday's
slots lost. Where the slots offered are unknown, so is all that they give: NaN.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy import special
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq

from cpts_geo.capacity.answer.seasons import requests_per_day
from cpts_geo.capacity.demand.periods import Floats, no_mt_per_day, studied_means
from cpts_geo.capacity.demand.ratios import gp_hours_per_day, weekly_gp_hours
from cpts_geo.capacity.demand.requests import DemandDraws
from cpts_geo.capacity.queue.booking import minimum_slots, service, slots_for_each, weekly_service
from cpts_geo.capacity.queue.checks import most_slots
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.errors import ScenarioError

#: In the order they are shown.
MEASURES: Final = (
    "requests_per_day",
    "sampling_requests_per_day",
    "slots_needed",
    "sampling_slots_needed",
    "gp_hours_needed",
    "slots_offered",
    "gp_hours_offered",
    "served",
    "same_day",
    "requests_served",
    "consultations",
    "people_reached",
    "cost",
    "cost_per_consultation",
)
#: What they would be if counting calls were the only unknown.
SAMPLING: Final = ("sampling_requests_per_day", "sampling_slots_needed")
#: Sums over the period studied: they compare over the same period only.
TOTALS: Final = ("requests_served", "consultations", "people_reached", "cost")
#: Situations of equal chance, in order, that stand for the count of calls: 0.1 is one of them.
_SITUATIONS: Final = 1001
#: Demands at which the queue is solved, at most: half over all demands, half around capacity.
_NODES: Final = 160
#: Mean overshoot of a barrier by Gaussian steps, twice: how wide a backlog of no room still is.
_OVERSHOOT: Final = 2 * 0.5826


def scenario_measures(scenario: Scenario, drawn: DemandDraws) -> dict[str, Floats]:
    """
    Compute what a scenario asks, offers, serves and costs.

    Parameters
    ----------
    scenario : Scenario
        Territory, device and assumptions.
    drawn : DemandDraws
        Its demands (:func:`cpts_geo.capacity.demand.requests.draw_requests`).

    Returns
    -------
    dict of str to numpy.ndarray of float
        One value a draw, by measure (``MEASURES`` but for ``SAMPLING``): requests, slots needed
        for the target and slots offered per opening day; GP-hours per week; shares served within
        the deadline and on the day; requests served, consultations (no-shows taken out), people
        served once at least and cost (euros) over the months studied or the year; euros per
        consultation. NaN = the slots offered are unknown.

    Raises
    ------
    ScenarioError
        If one draw in ten or more needs more slots than a queue represents.

    Notes
    -----
    A draw that needs more slots than a queue represents (600, fewer with a long deadline) counts
    as one slot more than that. People reached, of a group of n people who make q served requests
    at random among themselves: n (1 - exp(-q / n)); a visitor stays too briefly to ask twice.
    Cost: slots of each weekday times the days of the calendar that fall on it, times the length
    of a slot and the price of an hour.

    Examples
    --------
    >>> from cpts_geo.capacity.demand.requests import draw_requests
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> case = load_scenario("beauce_gatinais")
    >>> found = scenario_measures(case, draw_requests(case, draws=1000))
    >>> float(found["gp_hours_offered"][0]), float(found["cost"][0])  # 251 days of 2 h at 100 euros
    (10.0, 50200.0)
    """
    per_day = requests_per_day(scenario, drawn)
    opens = len(scenario.calendar.weekdays)
    slots = _slots_needed(scenario, per_day)
    unknown = np.full(per_day.shape, np.nan)
    found = {name: unknown for name in MEASURES if name not in SAMPLING} | {
        "requests_per_day": per_day,
        "slots_needed": slots,
        "gp_hours_needed": weekly_gp_hours(slots, minutes=drawn.minutes, opening_days=opens),
    }
    week, minutes = scenario.slots_by_weekday, scenario.minutes_per_slot_today
    if week is None or minutes is None:
        return found
    served, same_day, *seen = _shares(scenario, week, per_day)
    handled = _requests_served(scenario, per_day, seen)
    mean = float(np.mean(week))
    hours = weekly_gp_hours(mean, minutes=minutes, opening_days=opens)
    slots_studied = float(np.dot(week, studied_weekdays(scenario)))
    cost = gp_hours_per_day(slots_studied, minutes=minutes) * scenario.gp_hour_cost
    consultations = handled * (1.0 - scenario.no_show_rate)
    constant = np.ones_like(per_day)
    return found | {
        "slots_offered": mean * constant,
        "gp_hours_offered": hours * constant,
        "served": served,
        "same_day": same_day,
        "requests_served": handled,
        "consultations": consultations,
        "people_reached": _people_reached(scenario, drawn, handled / per_day),
        "cost": cost * constant,
        "cost_per_consultation": cost / consultations,
    }


def sampling_measures(scenario: Scenario, drawn: DemandDraws) -> dict[str, Floats]:
    """
    Compute what a scenario asks if counting calls were the only unknown.

    Parameters
    ----------
    scenario : Scenario
        Territory, device and assumptions.
    drawn : DemandDraws
        Its demands, of which the medians are kept.

    Returns
    -------
    dict of str to numpy.ndarray of float
        1,001 situations of equal chance, fewest calls first, by measure (``SAMPLING``): requests
        and slots for the target per opening day, of all who may ask. Two scenarios compare
        situation by situation.

    Notes
    -----
    Calls follow Gamma(calls + 1/2), as in :mod:`cpts_geo.capacity.answer.headline`; only people
    without médecin traitant are counted by their calls, so that the other groups do not move.

    Examples
    --------
    >>> from cpts_geo.capacity.demand.requests import draw_requests
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> case = load_scenario("beauce_gatinais")
    >>> found = sampling_measures(case, draw_requests(case, draws=1000))
    >>> np.quantile(found["sampling_slots_needed"], [0.1, 0.9], method="inverted_cdf").tolist()
    [13.0, 14.0]
    """
    chances = np.linspace(0.0, 1.0, _SITUATIONS)
    # The ends of a Gamma are 0 and the infinite.
    chances[[0, -1]] = 1e-6, 1 - 1e-6
    calls = special.gammaincinv(scenario.calls_observed + 0.5, chances)
    swing = calls / calls[_SITUATIONS // 2] - 1.0
    counted = float(np.median(no_mt_per_day(scenario, drawn.no_mt)))
    per_day = float(np.median(requests_per_day(scenario, drawn))) + counted * swing
    return {
        "sampling_requests_per_day": per_day,
        "sampling_slots_needed": _slots_for(scenario, per_day),
    }


def studied_weekdays(scenario: Scenario) -> tuple[int, ...]:
    """
    Count the opening days of the months studied, or of the year, that fall on each weekday.

    Parameters
    ----------
    scenario : Scenario
        Its calendar and months.

    Returns
    -------
    tuple of int
        Opening days of each opening weekday, in their order.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> studied_weekdays(load_scenario("lvo")), sum(studied_weekdays(load_scenario("lvo_ete")))
    ((49, 51, 52, 48, 51), 42)
    """
    days = pd.DatetimeIndex(scenario.calendar.factors.index)
    if scenario.months:
        days = days[days.month.isin(scenario.months)]
    return tuple(int((days.isocalendar().day == day).sum()) for day in scenario.calendar.weekdays)


def requests_served(scenario: Scenario, week: Sequence[int], per_day: Floats) -> Floats:
    """
    Count the requests that the slots of a week serve over the months studied, or the year.

    Parameters
    ----------
    scenario : Scenario
        Its calendar, months, deadline and dispersion.
    week : sequence of int
        Slots of each opening day of the week.
    per_day : numpy.ndarray of float
        Requests per opening day, above 0.

    Returns
    -------
    numpy.ndarray of float
        Requests seen on each weekday of a steady week, times the days of the calendar that fall
        on it; at most the requests made. Those who then do not come are among them.

    Raises
    ------
    ScenarioError
        If an argument is outside its domain; lists them all.

    Examples
    --------
    A line open on Mondays alone, always full, in a year with 49 of them:

    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> case = load_scenario("beauce_gatinais")
    >>> requests_served(case, [40, 0, 0, 0, 0], np.array([500.0])).round(3).tolist()
    [1960.0]
    """
    _, _, *seen = _shares(scenario, week, per_day)
    return _requests_served(scenario, per_day, seen)


def _requests_served(scenario: Scenario, per_day: Floats, seen: Sequence[Floats]) -> Floats:
    """Requests of a week times the share seen on each weekday, times such days."""
    counts = studied_weekdays(scenario)
    days = sum(n * share for n, share in zip(counts, seen, strict=True)) * len(counts)
    # A calendar with more of the days that have slots cannot serve more than is asked.
    handled: Floats = per_day * np.minimum(days, sum(counts))
    return handled


def served_shares(
    scenario: Scenario, week: Sequence[int], per_day: Floats
) -> tuple[Floats, Floats]:
    """
    Compute what the slots of a week serve at each of many demands, days alike in demand.

    Parameters
    ----------
    scenario : Scenario
        Its deadline and dispersion.
    week : sequence of int
        Slots of each opening day of the week.
    per_day : numpy.ndarray of float
        Requests per opening day, above 0.

    Returns
    -------
    tuple of numpy.ndarray of float
        Share served within the deadline, share served on the day itself.

    Raises
    ------
    ScenarioError
        If an argument is outside its domain; lists them all.

    Notes
    -----
    The queue is solved at 160 demands at most; between them, cubic splines of the logarithm of
    the demand: within 1e-4 of the exact shares, most often 1e-6.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> served, _ = served_shares(load_scenario("lvo"), [16] * 5, np.array([16.69, 40.0]))
    >>> served.round(3).tolist()
    [0.95, 0.4]
    """
    served, same_day, *_ = _shares(scenario, week, per_day)
    return served, same_day


def _shares(scenario: Scenario, week: Sequence[int], per_day: Floats) -> list[Floats]:
    """Shares served, served on the day, and seen on each opening day of the week."""
    low, high = float(per_day.min()), float(per_day.max())
    if not low > 0:
        raise ScenarioError(
            "La part servie ne peut pas être calculée.",
            defects=[f"demandes par jour = {low} : il faut plus de 0"],
            remedy="donnez des demandes positives.",
        )
    nodes = _nodes(low, high, mean=float(np.mean(week)), scenario=scenario)
    if nodes.size == 1:
        return [np.full(per_day.shape, share) for share in _shares_at(scenario, week, low)]
    shares = [_shares_at(scenario, week, math.exp(node)) for node in nodes]
    found = np.clip(CubicSpline(nodes, shares)(np.log(per_day)), 0.0, 1.0)
    return list(np.moveaxis(found, -1, 0))


def _nodes(low: float, high: float, *, mean: float, scenario: Scenario) -> Floats:
    """Logarithms of the demands to solve, closest where the shares bend: at the capacity."""
    half = _NODES // 2
    spread = scenario.dispersion * mean
    # Around the capacity, losses change over variance / room (requests a day).
    bend = spread / (scenario.deadline_days * mean + _OVERSHOOT * math.sqrt(spread))
    span = max(0.8 * mean, 6 * bend)
    steps = np.linspace(-1.0, 1.0, half)
    # sinh makes the middle steps a fifth of the bend, and the outer ones longer.
    finest = bend / 5 / span * (half - 1) / 2
    growth = 1e-6 if finest >= 1 else brentq(lambda a: a / math.sinh(a) - finest, 1e-6, 100.0)
    around = mean + span * np.sinh(growth * steps) / math.sinh(growth)
    inside = around[(around > low) & (around < high)]
    # Rounded: two nodes that differ by an error of rounding make no slope.
    return np.unique(np.round(np.log([*np.geomspace(low, high, half), *inside]), 9))


def _shares_at(scenario: Scenario, week: Sequence[int], demand: float) -> list[float]:
    rules: dict[str, Any] = {
        "deadline_days": scenario.deadline_days,
        "dispersion": scenario.dispersion,
    }
    if len(set(week)) == 1:
        line = service(demand, week[0], **rules)
        return [line.served, line.same_day, *[line.served / len(week)] * len(week)]
    weekly = weekly_service(demand, week, factors=[1.0] * len(week), **rules)
    return [weekly.served, weekly.same_day, *weekly.seen_by_weekday]


def _slots_needed(scenario: Scenario, per_day: Floats) -> Floats:
    # A p90 beyond the queue is an error; a rare draw beyond it is none.
    p90 = float(np.quantile(per_day, 0.9, method="inverted_cdf"))
    minimum_slots(p90, **_rules(scenario))
    return _slots_for(scenario, per_day)


def _slots_for(scenario: Scenario, per_day: Floats) -> Floats:
    most = most_slots(scenario.deadline_days)
    return slots_for_each(per_day, at_most=most, **_rules(scenario)).astype(np.float64)


def _rules(scenario: Scenario) -> dict[str, Any]:
    return {
        "target": scenario.target,
        "deadline_days": scenario.deadline_days,
        "dispersion": scenario.dispersion,
    }


def _people_reached(scenario: Scenario, drawn: DemandDraws, served_days: Floats) -> Floats:
    """People with at least one request served, if requests fall at random among them."""
    of_residents, of_visitors = studied_means(scenario)
    share = served_days / scenario.opening_days_per_year
    groups = {
        "no_mt": scenario.people_without_mt,
        "mt_unavailable": (scenario.population or 0.0) - scenario.people_without_mt,
    }
    reached: Floats = drawn.visitors * share * of_visitors
    for group, people in groups.items():
        if group in scenario.eligible and people > 0:
            each = getattr(drawn, group) * share * of_residents / people
            reached = reached + people * -np.expm1(-each)
    return reached

"""Shares that the slots of a week serve of many demands, and the requests served in a year.

The queue is solved at 160 demands at most; between them, cubic splines of the logarithm of the
demand: within 1e-4 of the exact shares, most often 1e-6.

Arguments outside their domain raise one ScenarioError that lists them all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq

from cpts_geo.capacity.need.quantities import Floats
from cpts_geo.capacity.queue.rules import OVERSHOOT, Rules
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.errors import ScenarioError

#: Demands at which the queue is solved, at most: half over all demands, half around capacity.
_NODES: Final = 160


def studied_weekdays(scenario: Scenario) -> tuple[int, ...]:
    """
    Count the opening days of the months studied, or of the year, that fall on each weekday.

    Saturdays whose morning opens come last.

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
    calendar = scenario.calendar
    days = pd.DatetimeIndex([*calendar.factors.index, *calendar.saturdays])
    if scenario.months:
        days = days[days.month.isin(scenario.months)]
    of_each = np.bincount(days.day_of_week + 1, minlength=8)
    return tuple(of_each[list(calendar.week_days)].tolist())


def requests_served(scenario: Scenario, per_day: Floats, seen: Sequence[Floats]) -> Floats:
    """
    Count the requests that the slots of a week serve over the months studied, or the year.

    Parameters
    ----------
    scenario : Scenario
        Its calendar and months.
    per_day : numpy.ndarray of float
        Requests per opening day.
    seen : sequence of numpy.ndarray of float
        Shares of the week's requests seen on each of its opening days (:func:`served_shares`).

    Returns
    -------
    numpy.ndarray of float
        Requests seen on each weekday of a steady week, times the days of the calendar that fall
        on it; at most the requests made. Those who then do not come are among them.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> requests_served(load_scenario("lvo"), np.array([10.0]), [np.array([0.2])] * 5).round(6)
    array([2510.])
    """
    counts, shape = studied_weekdays(scenario), scenario.week_shape
    days = sum(n * share for n, share in zip(counts, seen, strict=True)) * sum(shape)
    # A calendar with more of the days that have slots cannot serve more than is asked.
    handled: Floats = per_day * np.minimum(days, np.dot(counts, shape))
    return handled


def served_shares(rules: Rules, week: Sequence[int], per_day: Floats) -> list[Floats]:
    """
    Compute what the slots of a week serve at each of many demands, days alike in demand.

    Parameters
    ----------
    rules : Rules
        Deadline and dispersion.
    week : sequence of int
        Slots of each opening day of the week.
    per_day : numpy.ndarray of float
        Requests per opening day, above 0, else a ScenarioError.

    Returns
    -------
    list of numpy.ndarray of float
        Share served within the deadline, share served on the day itself, then shares of the
        week's requests that are seen on each of its opening days.

    Examples
    --------
    >>> served, *_ = served_shares(Rules(0.95, 1, 1.0), [16] * 5, np.array([16.69, 40.0]))
    >>> served.round(3).tolist()
    [0.95, 0.4]
    """
    low, high = float(per_day.min()), float(per_day.max())
    if not low > 0:
        raise ScenarioError(
            "La part servie ne peut pas être calculée.",
            defects=[f"demandes par jour = {low} : il faut plus de 0"],
            remedy="donnez des demandes positives.",
        )
    nodes = _nodes(
        low, high, mean=float(np.sum(week)) / sum(rules.shape or [1.0] * len(week)), rules=rules
    )
    if nodes.size == 1:
        alone = rules.week_shares(np.array([low]), week)
        return [np.full(per_day.shape, share) for share in alone[0]]
    shares = rules.week_shares(np.exp(nodes), week)
    found = np.clip(CubicSpline(nodes, shares)(np.log(per_day)), 0.0, 1.0)
    return list(np.moveaxis(found, -1, 0))


def _nodes(low: float, high: float, *, mean: float, rules: Rules) -> Floats:
    """Logarithms of the demands to solve, closest where the shares bend: at the capacity."""
    half = _NODES // 2
    spread = rules.dispersion * mean
    # Around the capacity, losses change over variance / room (requests a day).
    bend = spread / (rules.deadline_days * mean + 2 * OVERSHOOT * math.sqrt(spread))
    span = max(0.8 * mean, 6 * bend)
    steps = np.linspace(-1.0, 1.0, half)
    # sinh makes the middle steps a fifth of the bend, and the outer ones longer.
    finest = bend / 5 / span * (half - 1) / 2
    growth = 1e-6 if finest >= 1 else brentq(lambda a: a / math.sinh(a) - finest, 1e-6, 100.0)
    around = mean + span * np.sinh(growth * steps) / math.sinh(growth)
    inside = around[(around > low) & (around < high)]
    # Rounded: two nodes that differ by an error of rounding make no slope.
    return np.unique(np.round(np.log([*np.geomspace(low, high, half), *inside]), 9))

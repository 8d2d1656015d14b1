"""Requests of a territory whose line counted something: its own posterior, draw by draw.

Requests a year are what was counted, times the share of the calls that deserves a slot, or over
the share of the requests that found one. That share is drawn from its law, weighed by how far the
requests lie from those that lines like the known ones would receive: the line learns from the
others, and a count that leaves little possible is moved little. Where no APL says the gap, the
others say nothing.

Nothing contradicts what the line itself has done: requests are at least the consultations given,
and at least what the slots of that time (``readings``) must have met to give as many. The slots of
``slots_today`` say nothing here: trying others must not change the demand.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from cpts_geo.capacity.demand.line import observed_line
from cpts_geo.capacity.demand.readings import (
    count_factor,
    impossible_readings,
    least_chances,
)
from cpts_geo.capacity.need.quantities import Floats, Need
from cpts_geo.capacity.scenario.inputs import Scenario

#: Shares of equal chance that the law is cut in, and draws computed at once.
_PARTS: Final = 64
_AT_ONCE: Final = 20_000


def own_requests(
    scenario: Scenario,
    counted: Floats,
    *,
    rng: np.random.Generator,
    need: Need | None,
    tau: Floats | None,
) -> Floats:
    """
    Draw the requests a year of a line from what it counted.

    Parameters
    ----------
    scenario : Scenario
        Territory with calls or consultations of its own.
    counted : numpy.ndarray of float
        Its calls, or its consultations, a year: one value a draw.
    rng : numpy.random.Generator
        For what is drawn here: two numbers a draw.
    need, tau : Need, numpy.ndarray of float
        Need of the territory and spread between known lines, draw by draw; None: not known.

    Returns
    -------
    numpy.ndarray of float
        Requests a year, those of visitors included.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> case, rng = load_scenario("beauce_gatinais"), np.random.default_rng(1)
    >>> year = own_requests(case, np.full(1000, 5800.0), rng=rng, need=None, tau=None)
    >>> bool(year.min() > 2000), bool(year.max() <= 5800)
    (True, True)
    """
    factor, days = count_factor(scenario), scenario.opening_days_per_year
    places, chances = rng.random(counted.size), rng.random(counted.size)
    denied = impossible_readings(scenario)
    readings = [each for each in scenario.readings or () if each not in denied]
    least_of = least_chances(scenario, [each.slots_today for each in readings])
    weights = np.cumsum([each.weight for each in readings] or [1.0])
    reading = np.searchsorted(weights / weights[-1], places)
    found = np.empty(counted.size)
    for number, least in enumerate(least_of):
        drawn = np.flatnonzero(reading == number)
        for start in range(0, drawn.size, _AT_ONCE):
            some = drawn[start : start + _AT_ONCE]
            cells = least + (np.arange(_PARTS) + 0.5) / _PARTS * (1.0 - least)
            weight = np.ones((some.size, _PARTS))
            if need is not None and tau is not None:
                weight = _likelihood(
                    np.log(counted[some])[:, None] + np.log(factor(cells)),
                    centre=need.centre[some, None],
                    tau=tau[some, None],
                )
            at = least + _at(weight, chances[some]) * (1.0 - least)
            found[some] = counted[some] * factor(at)
    line = observed_line(scenario)
    # What was given was asked for, whatever a smaller total or share would say.
    return found if line is None else np.maximum(found, line.per_day * days)


def _likelihood(logs: Floats, *, centre: Floats, tau: Floats) -> Floats:
    """Weight of requests whose logarithms are given; alike where the gap is none."""
    with np.errstate(invalid="ignore"):
        distance = -np.square((logs - centre) / tau) / 2.0
        distance -= distance.max(axis=1, keepdims=True)
    return np.exp(np.where(np.isfinite(centre), distance, 0.0))


def _at(weight: Floats, chances: Floats) -> Floats:
    """Where each chance falls among weighted cells that cover 0 to 1, evenly within a cell."""
    ends = np.cumsum(weight, axis=1)
    wanted = chances * ends[:, -1]
    cell = np.minimum((ends < wanted[:, None]).sum(axis=1), weight.shape[1] - 1)
    rows = np.arange(chances.size)
    before = ends[rows, cell] - weight[rows, cell]
    inside = (wanted - before) / weight[rows, cell]
    return np.asarray((cell + np.clip(inside, 0.0, 1.0)) / weight.shape[1])

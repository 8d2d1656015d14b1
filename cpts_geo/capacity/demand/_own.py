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

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from scipy.optimize import brentq

from cpts_geo.capacity.demand.laws import laws
from cpts_geo.capacity.demand.line import calls_per_year, observed_line
from cpts_geo.capacity.need.quantities import Floats, Need
from cpts_geo.capacity.scenario.inputs import Scenario

#: A published count of consultations is rounded: a line gave at least that share of it.
_ROUNDED: Final = 1.0 - 0.0125
#: Shares of equal chance that the law is cut in, and draws computed at once.
_PARTS: Final = 64
_AT_ONCE: Final = 20_000
#: A chance that is all but none, or all but certain.
_EDGE: Final = 1e-9


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
    factor, days = _factor(scenario), scenario.opening_days_per_year
    places, chances = rng.random(counted.size), rng.random(counted.size)
    least_chances = np.array(_least_chances(scenario, factor))
    possible = least_chances < 1.0
    if not possible.any():  # the count is that of another line
        least_chances, possible = np.zeros_like(least_chances), ~possible
    given = np.array([each.weight for each in scenario.readings or ()] or [1.0])
    weights = np.cumsum(given * possible)
    reading = np.searchsorted(weights / weights[-1], places)
    found = np.empty(counted.size)
    for number, least in enumerate(least_chances):
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


def _factor(scenario: Scenario) -> Callable[[Floats], Floats]:
    """What a count is multiplied by, growing with the chance: its quantile function."""
    law = laws(scenario)
    if "need" in law:
        return law["need"].quantile
    return lambda chances: 1.0 / law["found"].quantile(1.0 - chances)


def _least_chances(scenario: Scenario, factor: Callable[[Floats], Floats]) -> list[float]:
    """Of each reading of the slots, the chance below which the line could not have given so many.

    0 where nothing denies any value, 1 where every value is denied: that reading is impossible.
    """
    line, calls = observed_line(scenario), calls_per_year(scenario)
    readings = [each.slots_today for each in scenario.readings or ()] or [None]
    if line is None or calls is None or scenario.need_counted is not None:
        return [0.0] * len(readings)
    days = scenario.opening_days_per_year
    given = line.per_day * days * _ROUNDED

    def enough(chance: float, slots: int | Sequence[int] | None) -> float:
        asked = calls * float(factor(np.asarray(chance)))
        served = 1.0 if slots is None else scenario.rules.served(asked / days, slots)
        return asked * served - given

    found = []
    for slots in readings:
        low, high = enough(_EDGE, slots), enough(1.0 - _EDGE, slots)
        chance = 1.0 if high < 0 else 0.0
        if low < 0 < high:
            chance = float(brentq(enough, _EDGE, 1.0 - _EDGE, args=(slots,), xtol=1e-6))
        found.append(chance)
    return found


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

"""Readings of the slots that a line had, held against the consultations that it gave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from scipy.optimize import brentq

from cpts_geo.capacity.demand.laws import laws
from cpts_geo.capacity.demand.line import calls_per_year, observed_line
from cpts_geo.capacity.need.quantities import Floats
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.records import Slots
from cpts_geo.capacity.scenario.supply import Reading
from cpts_geo.errors import ScenarioError, one_line
from cpts_geo.french import number

#: A published count of consultations is rounded: a line gave at least that share of it.
ROUNDED: Final = 1.0 - 0.0125
#: A chance that is all but none, or all but certain.
_EDGE: Final = 1e-9


def impossible_readings(scenario: Scenario) -> dict[Reading, float]:
    """
    Find the readings of the slots that could not have given the consultations of a line.

    Parameters
    ----------
    scenario : Scenario
        Territory with calls or consultations of its own.

    Returns
    -------
    dict of Reading to float
        The consultations a year that each could have given at most; its weight goes to the others.

    Raises
    ------
    ScenarioError
        If no reading is possible; lists them.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> impossible_readings(load_scenario("beauce_gatinais"))
    {}
    """
    line, days = observed_line(scenario), scenario.opening_days_per_year
    if line is None or not scenario.readings:
        return {}
    given = line.per_day * days
    most = {
        each: _most_given(scenario, each.slots_today, least=given) for each in scenario.readings
    }
    denied = {each: value for each, value in most.items() if value < given * ROUNDED}
    if len(denied) < len(most):
        return denied
    raise ScenarioError(
        "Aucune lecture des créneaux de la ligne n’est possible.",
        defects=[
            f"{one_line(each.label)} : {number(value)} consultations par an au plus, alors qu’elle "
            f"en a donné {number(given)}"
            for each, value in denied.items()
        ],
        remedy="corrigez « readings » ou « observed_consultations », ou ôtez les lectures "
        "(« readings = [] »).",
    )


def _most_given(scenario: Scenario, slots: Slots, *, least: float) -> float:
    """Consultations a year that slots could have given at most, whatever the calls deserve."""
    days, calls = scenario.opening_days_per_year, calls_per_year(scenario)
    most = 0.0 if slots is None else float(np.mean(slots)) * days
    if calls is None or slots is None or scenario.need_counted is not None:
        return most
    asked = calls * float(count_factor(scenario)(np.asarray(1.0 - _EDGE)))
    # Calls that could not ask for as many deny the count, whatever the slots.
    return asked * scenario.rules.served(asked / days, slots) if asked >= least else most


def count_factor(scenario: Scenario) -> Callable[[Floats], Floats]:
    """
    Give what the count of a line is multiplied by to make its requests.

    Parameters
    ----------
    scenario : Scenario
        Territory with calls or consultations of its own.

    Returns
    -------
    callable
        Its quantile function: of chances, growing.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> count_factor(load_scenario("beauce_gatinais"))(np.array([0.0, 1.0])).tolist()
    [0.345, 1.0]
    """
    law = laws(scenario)
    if "need" in law:
        return law["need"].quantile
    return lambda chances: 1.0 / law["found"].quantile(1.0 - chances)


def least_chances(scenario: Scenario, readings: Sequence[Slots]) -> list[float]:
    """
    Give the chance of its factor below which a line could not have given as many consultations.

    Parameters
    ----------
    scenario : Scenario
        Territory with calls or consultations of its own.
    readings : sequence of int, tuple of int or None
        Slots per opening day; where there is none, whatever the slots.

    Returns
    -------
    list of float
        One a reading, one without any: 0 where nothing denies any value, or where its calls deny
        them all.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> [round(each, 2) for each in least_chances(load_scenario("beauce_gatinais"), [8, 16])]
    [0.01, 0.0]
    """
    factor = count_factor(scenario)
    line, calls = observed_line(scenario), calls_per_year(scenario)
    readings = readings or [None]
    if line is None or calls is None or scenario.need_counted is not None:
        return [0.0] * len(readings)
    days = scenario.opening_days_per_year
    given = line.per_day * days * ROUNDED

    def enough(chance: float, slots: Slots) -> float:
        asked = calls * float(factor(np.asarray(chance)))
        served = 1.0 if slots is None else scenario.rules.served(asked / days, slots)
        return asked * served - given

    return [
        float(brentq(enough, _EDGE, 1.0 - _EDGE, args=(slots,), xtol=1e-6))
        if enough(_EDGE, slots) < 0 < enough(1.0 - _EDGE, slots)
        else 0.0
        for slots in readings
    ]

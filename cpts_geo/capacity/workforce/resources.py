"""From slots to people: what an answer takes of GPs, telephone and rooms, its cost, its receipts.

A line is its slots and the demand in front of them. Receipts count the consultations it gives, not
its slots; a GP hour costs the same, full or empty. Unknown slots leave all that they give unknown:
NaN, never 0.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from cpts_geo.capacity.demand.ratios import effective_slots
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.errors import ScenarioError, one_line

#: What a division of whole slots may leave above a whole number.
_ROUNDING: Final = 1e-9


@dataclass(frozen=True)
class Line:
    """
    A line of consultations: what it offers, and who asks.

    Parameters
    ----------
    slots : tuple of int or None
        Slots of each opening day of the week; None = unknown.
    gp_hours_per_week : float
        GP-hours per week behind them; NaN = unknown.
    requests_per_day : float
        Requests per opening day; NaN = unknown.
    consultations : float
        Consultations counted over the period; NaN where none were, and they follow from slots and
        requests.
    """

    slots: tuple[int, ...] | None = None
    gp_hours_per_week: float = math.nan
    requests_per_day: float = math.nan
    consultations: float = math.nan


def session_hours(scenario: Scenario) -> float:
    """
    Say how long a session lasts: that of its rota, where there is one.

    Parameters
    ----------
    scenario : Scenario
        Territory.

    Returns
    -------
    float
        Hours.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> session_hours(load_scenario("beauce_gatinais")), session_hours(load_scenario("lvo"))
    (2.0, 4.0)
    """
    return scenario.rota.session_hours if scenario.rota else scenario.session_hours


def volunteers_known(scenario: Scenario) -> int | None:
    """
    Count the volunteer GPs: those of its rota, where there is one.

    Parameters
    ----------
    scenario : Scenario
        Territory.

    Returns
    -------
    int or None
        GPs; None = unknown.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> volunteers_known(load_scenario("beauce_gatinais")), volunteers_known(load_scenario("lvo"))
    (14, None)
    """
    return scenario.rota.gps if scenario.rota else scenario.volunteers


def resources(
    scenario: Scenario,
    lines: Mapping[str, Line],
    *,
    days: Sequence[int],
    phone: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """
    Say what each line takes a week, and costs and brings in over a period.

    Parameters
    ----------
    scenario : Scenario
        Its rules, opening hours, volunteers, lengths and prices.
    lines : Mapping of str to Line
        Lines by situation, such as ``today``.
    days : sequence of int
        Days of the period that fall on each opening day of the week.
    phone : DataFrame, optional
        Agents by hour (:func:`cpts_geo.capacity.workforce.phone.agents_by_hour`); where absent,
        those of the scenario at every opening hour.

    Returns
    -------
    DataFrame
        A row per line, index ``situation``; NaN = unknown. A week: ``slots_per_day`` (mean),
        ``gp_hours``, ``half_days``, ``sessions``, ``sas_effectors`` (GPs at their least),
        ``volunteers_needed`` (whole GPs, at the rhythm of the scenario), ``session_weeks`` (weeks
        between two sessions of each volunteer known), ``agents`` (at the telephone in the fullest
        hour), ``secretary_hours``, ``rooms`` (at once, sessions following one another on the
        fullest day). The period: ``consultations`` (no-shows out), then in euros ``gp_cost``,
        ``secretary_cost``, ``receipts``, ``balance`` (receipts less both costs), ``sas_receipts``
        (more, if the SAS sent every patient).

    Raises
    ------
    ScenarioError
        If a line or the days are impossible; lists all defects.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> today = Line(slots=(8,) * 5, gp_hours_per_week=10.0, requests_per_day=20.0)
    >>> table = resources(load_scenario("beauce_gatinais"), {"today": today}, days=(50,) * 5)
    >>> table.loc["today", ["half_days", "sessions", "volunteers_needed"]].tolist()
    [2.5, 5.0, 10.0]
    """
    weekdays = len(scenario.week_shape)
    defects = [text for name, line in lines.items() for text in _defects(name, line, weekdays)]
    if len(days) != weekdays or any(count < 0 for count in days):
        defects.append(f"jours = {one_line(str(tuple(days)))} : il en faut {weekdays}, 0 ou plus")
    if defects:
        raise ScenarioError(
            "Les moyens d’une ligne ne peuvent pas être comptés.",
            defects=defects,
            remedy="corrigez ces valeurs ; des créneaux inconnus sont « None », jamais 0.",
        )
    rows = [_row(scenario, line, days=days, phone=phone) for line in lines.values()]
    return pd.DataFrame(rows, index=pd.Index(lines, name="situation"), dtype="float64")


def _row(
    scenario: Scenario, line: Line, *, days: Sequence[int], phone: pd.DataFrame | None
) -> dict[str, float]:
    """What one line takes, costs and brings in."""
    ordinary, hours = len(scenario.calendar.weekdays), line.gp_hours_per_week
    open_hours = scenario.calendar.hours_of_week
    # Where slots are unknown so are the hours that these days share: NaN.
    slots = line.slots or (1,) * len(days)
    total = sum(slots)
    sessions, known = hours / session_hours(scenario), volunteers_known(scenario)
    agents, phone_hours = _telephone(scenario, phone) if _exists(line) else (math.nan, math.nan)
    consultations = _consultations(scenario, line, days)
    weeks = sum(n * count for n, count in zip(slots, days, strict=True)) / total
    # The telephone of a Saturday morning is that of a day, for as many hours as it opens.
    phone_days = [each / open_hours[0] for each in open_hours]
    costs = {
        "gp_cost": hours * weeks * scenario.gp_hour_cost,
        "secretary_cost": phone_hours
        * math.fsum(n * each for n, each in zip(days, phone_days, strict=True))
        * scenario.secretary_hour_cost,
    }
    receipts = consultations * scenario.consultation_tariff
    return {
        "slots_per_day": sum(slots[:ordinary]) / ordinary if line.slots else math.nan,
        "gp_hours": hours,
        "half_days": hours / scenario.half_day_hours,
        "sessions": sessions,
        "sas_effectors": hours / scenario.effector_hours,
        "volunteers_needed": _whole(sessions * scenario.session_weeks),
        "session_weeks": known / sessions if known and sessions else math.nan,
        "agents": agents,
        "secretary_hours": phone_hours * sum(phone_days),
        "rooms": _whole(
            max(hours * n / total / each for n, each in zip(slots, open_hours, strict=True))
        ),
        "consultations": consultations,
        **costs,
        "receipts": receipts,
        "balance": receipts - sum(costs.values()),
        "sas_receipts": consultations * scenario.sas_supplement,
    }


def _exists(line: Line) -> bool:
    """Whether anything is known of the line."""
    return line.slots is not None or not math.isnan(line.consultations)


def _telephone(scenario: Scenario, phone: pd.DataFrame | None) -> tuple[float, float]:
    """Agents in the fullest hour, and their hours in a day."""
    if phone is not None:
        return float(phone["agents"].max()), float(phone["agents"].sum())
    return float(scenario.phone_agents), scenario.phone_agents * scenario.calendar.hours_per_day


def _consultations(scenario: Scenario, line: Line, days: Sequence[int]) -> float:
    """Consultations of the period: counted, or the requests served less the no-shows."""
    if not math.isnan(line.consultations) or not line.slots or math.isnan(line.requests_per_day):
        return line.consultations
    served = scenario.week_rules.served(line.requests_per_day, line.slots) * line.requests_per_day
    asked = math.fsum(n * each for n, each in zip(days, scenario.week_shape, strict=True))
    return effective_slots(served * asked, no_show_rate=scenario.no_show_rate)


def _whole(count: float) -> float:
    """The next whole number; NaN as it is."""
    return count if math.isnan(count) else float(math.ceil(count - _ROUNDING))


def _defects(name: str, line: Line, weekdays: int) -> list[str]:
    """What is impossible in a line."""
    found = []
    if line.slots is not None and (len(line.slots) != weekdays or min(line.slots) < 0):
        found.append(f"créneaux = {line.slots} : il en faut {weekdays}, 0 ou plus")
    elif line.slots is not None and not sum(line.slots):
        found.append("aucun créneau de la semaine")
    if (line.slots is None) != math.isnan(line.gp_hours_per_week):
        found.append("créneaux et heures de consultation vont ensemble : un seul est donné")
    if line.requests_per_day <= 0 or math.isinf(line.requests_per_day):
        found.append(f"demandes par jour = {line.requests_per_day} : il faut plus de 0")
    found += [
        f"{words} = {value} : il faut 0 ou plus"
        for words, value in (
            ("heures de consultation", line.gp_hours_per_week),
            ("consultations", line.consultations),
        )
        if value < 0 or math.isinf(value)
    ]
    return [f"{one_line(name)} : {text}" for text in found]

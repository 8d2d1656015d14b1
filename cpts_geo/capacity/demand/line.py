"""The line of a territory: what its own calls and consultations are, a day and a year."""

from __future__ import annotations

from dataclasses import dataclass

from cpts_geo.capacity.demand.ratios import DAYS_PER_YEAR, per_thousand_a_year, requests_per_day
from cpts_geo.capacity.scenario.inputs import Scenario


@dataclass(frozen=True)
class ObservedLine:
    """
    Activity of a line, brought to a day and to a year.

    Attributes
    ----------
    consultations : int
        Consultations given over the period (count): a lower bound on the demand.
    opening_days : int
        Opening days of the period (days).
    per_day : float
        Consultations per opening day.
    per_year : float
        Consultations per year of 365.25 days; the count itself where it covers a year.
    per_thousand_a_year : float or None
        Consultations per 1,000 inhabitants and year; None where the population is unknown.
    """

    consultations: int
    opening_days: int
    per_day: float
    per_year: float
    per_thousand_a_year: float | None


def observed_line(scenario: Scenario) -> ObservedLine | None:
    """
    Bring the consultations given by a line to a day and to a year.

    Parameters
    ----------
    scenario : Scenario
        Territory whose consultations are dated, or cover a year.

    Returns
    -------
    ObservedLine or None
        Activity a day and a year; None where no consultation count is known.

    Raises
    ------
    ScenarioError
        If the period holds no opening day.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenarios
    >>> line = observed_line(load_scenarios()["ouest_loiret"])
    >>> line.opening_days, round(line.per_day, 3), round(line.per_year, 1)
    (270, 5.596, 1407.9)
    """
    count = scenario.observed_consultations
    if count is None:
        return None
    start, end, days = scenario.observed_start, scenario.observed_end, len(scenario.counted_days)
    if start is None or end is None:
        per_year = float(count)
    else:
        per_year = count * DAYS_PER_YEAR / ((end - start).days + 1)
    return ObservedLine(
        consultations=count,
        opening_days=days,
        per_day=requests_per_day(count, opening_days_per_year=days),
        per_year=per_year,
        per_thousand_a_year=None
        if scenario.population is None
        else per_thousand_a_year(per_year, people=scenario.population),
    )


def calls_per_year(scenario: Scenario) -> float | None:
    """
    Bring the calls of a territory's own line to a year.

    Parameters
    ----------
    scenario : Scenario
        Territory.

    Returns
    -------
    float or None
        Calls a year, whatever the people typed; None where it counts none of its own.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenarios
    >>> scenarios = load_scenarios()
    >>> calls_per_year(scenarios["beauce_gatinais"]), calls_per_year(scenarios["lvo"])
    (5800.0, None)
    """
    years = scenario.calls_years
    return None if years is None else scenario.calls_observed / years

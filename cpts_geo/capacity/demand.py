"""Requests that deserve a slot: observed, central and drawn with their uncertainty.

Requests a year = people without médecin traitant x calls per person-year x share of calls
that deserve a slot x exp(gap between territories). People with an unavailable médecin traitant
and visitors are not counted. The call rate and the need share come from one saturated line
(see ``need_share`` in ``data/cpts/scenarios.toml``), so intervals are wide by construction.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from cpts_geo.capacity.calendar import opening_days
from cpts_geo.capacity.inputs import Scenario
from cpts_geo.capacity.ratios import DAYS_PER_YEAR, per_thousand_a_year, requests_per_day
from cpts_geo.errors import ScenarioError

Floats = npt.NDArray[np.float64]

#: Unscheduled-care needs per person-year: low 35 M / 67 M (2018), central, high 0.45 x 3.3.
NORMATIVE_RATES: Final = (0.52, 0.9, 1.5)
MIN_DRAWS: Final = 100
MAX_DRAWS: Final = 2_000_000


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


@dataclass(frozen=True)
class NormativeCeiling:
    """
    Unscheduled-care needs if people without MT had those of everyone.

    Attributes
    ----------
    low, central, high : float
        Needs a year (requests), at 0.52, 0.9 and 1.5 per person-year; never the headline.
    """

    low: float
    central: float
    high: float


@dataclass(frozen=True)
class DemandDraws:
    """
    Plausible demands of a territory, one per draw.

    Attributes
    ----------
    requests_per_year : numpy.ndarray of float
        Requests that deserve a slot, a year; shape (draws,), above 0.
    minutes : numpy.ndarray of float
        Length of a consultation (minutes); shape (draws,).
    """

    requests_per_year: Floats
    minutes: Floats


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
    >>> from cpts_geo.capacity.scenario import load_scenarios
    >>> line = observed_line(load_scenarios()["ouest_loiret"])
    >>> line.opening_days, round(line.per_day, 3), round(line.per_year, 1)
    (270, 5.596, 1407.9)
    """
    count = scenario.observed_consultations
    if count is None:
        return None
    start, end = scenario.observed_start, scenario.observed_end
    if start is None or end is None:
        days, per_year = scenario.opening_days_per_year, float(count)
    else:
        days = len(opening_days(start, end))
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


def calls_per_year(scenario: Scenario) -> float:
    """
    Multiply the people without médecin traitant by the calls per person-year.

    Parameters
    ----------
    scenario : Scenario
        Territory; no gap between territories is taken.

    Returns
    -------
    float
        Calls a year: those of its own log where the territory has one.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario import load_scenarios
    >>> round(calls_per_year(load_scenarios()["beauce_gatinais"]))
    5800
    """
    return scenario.people_without_mt * scenario.calls_observed / scenario.calls_people_years


def central_requests(scenario: Scenario) -> float:
    """
    Multiply the central values of the inputs, without any uncertainty.

    Parameters
    ----------
    scenario : Scenario
        Territory; the most likely need share and no gap between territories are taken.

    Returns
    -------
    float
        Requests a year.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario import load_scenarios
    >>> round(central_requests(load_scenarios()["beauce_gatinais"]))
    2900
    """
    return calls_per_year(scenario) * scenario.need_share[1]


def normative_ceiling(people_without_mt: float) -> NormativeCeiling:
    """
    Give people without MT the unscheduled-care needs of the whole population.

    Parameters
    ----------
    people_without_mt : float
        People without médecin traitant (persons).

    Returns
    -------
    NormativeCeiling
        Needs a year at the low, central and high rates of ``NORMATIVE_RATES``.

    Examples
    --------
    >>> normative_ceiling(24_000).central
    21600.0
    """
    low, central, high = (people_without_mt * rate for rate in NORMATIVE_RATES)
    return NormativeCeiling(low, central, high)


def draw_requests(scenario: Scenario, *, draws: int, seed: int) -> DemandDraws:
    """
    Draw plausible demands: N c p exp(eps), and the length of a consultation.

    N, the people, is lognormal with mean ``people_without_mt`` (not median) and coefficient of
    variation ``people_cv``; c, calls per person-year, is Gamma(calls + 1/2) / person-years
    (Jeffreys); p, the need share, and the minutes are triangular; eps is Normal(0,
    ``between_territory_sd``). All are independent and drawn in this order, minutes last, each
    from the same stream whatever the other values: scenarios compare draw by draw.

    Parameters
    ----------
    scenario : Scenario
        Territory.
    draws : int
        Number of draws, 100 to 2,000,000.
    seed : int
        Seed of the generator, 0 or more; the same seed gives the same draws.

    Returns
    -------
    DemandDraws
        Requests a year and minutes, one per draw.

    Raises
    ------
    ScenarioError
        If the number of draws or the seed is outside its domain; lists both.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario import load_scenarios
    >>> drawn = draw_requests(load_scenarios()["beauce_gatinais"], draws=1000, seed=1)
    >>> drawn.requests_per_year.shape, bool((drawn.minutes >= 15).all())
    ((1000,), True)
    """
    _check_draws(draws, seed)
    rng = np.random.default_rng(seed)
    sigma = math.sqrt(math.log1p(scenario.people_cv**2))
    people = scenario.people_without_mt * np.exp(
        sigma * rng.standard_normal(draws) - sigma**2 / 2.0
    )
    calls = rng.standard_gamma(scenario.calls_observed + 0.5, draws) / scenario.calls_people_years
    need = _triangular(rng, scenario.need_share, draws)
    gap = np.exp(scenario.between_territory_sd * rng.standard_normal(draws))
    minutes = _triangular(rng, scenario.minutes, draws)
    return DemandDraws(requests_per_year=people * calls * need * gap, minutes=minutes)


def _triangular(rng: np.random.Generator, ends: tuple[float, float, float], draws: int) -> Floats:
    """Draw by inverse distribution: unlike numpy's, low = high is allowed (a fixed value)."""
    low, mode, high = ends
    uniform = rng.random(draws)
    width = high - low
    rising = low + np.sqrt(uniform * width * (mode - low))
    falling = high - np.sqrt((1.0 - uniform) * width * (high - mode))
    return np.where(uniform * width <= mode - low, rising, falling)


def _check_draws(draws: int, seed: int) -> None:
    defects = []
    if isinstance(draws, bool) or not isinstance(draws, int | np.integer):
        defects.append(f"tirages = {draws!r} : il faut un nombre entier")
    elif not MIN_DRAWS <= draws <= MAX_DRAWS:
        defects.append(f"tirages = {draws} : il en faut de {MIN_DRAWS} à {MAX_DRAWS}")
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        defects.append(f"graine = {seed!r} : il faut un nombre entier, 0 ou plus")
    if defects:
        raise ScenarioError(
            "Le tirage au sort est mal réglé.",
            defects=defects,
            remedy="gardez les valeurs par défaut en cas de doute.",
        )

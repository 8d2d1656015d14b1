"""Requests that deserve a slot: observed, central and drawn with their uncertainty.

Three groups may ask, each with its own term of the year's requests::

    no médecin traitant      N c p exp(eps)     people x calls a person-year x share that deserves
    médecin traitant absent  E r u              insured with one x needs a person-year x share unmet
    visitors                 V r rho u          present when open x needs x visitor ratio x unmet

The call rate and the need share come from one saturated line, and no log tells u, so intervals
are wide by construction (sources and grades: ``data/cpts/parameters.toml``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from cpts_geo.asked import expect
from cpts_geo.capacity.demand.laws import OTHER_GROUPS, Floats, laws
from cpts_geo.capacity.demand.periods import visitor_presence
from cpts_geo.capacity.demand.ratios import DAYS_PER_YEAR, per_thousand_a_year, requests_per_day
from cpts_geo.capacity.scenario.calendar import opening_days
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.parameters import default_parameters
from cpts_geo.errors import ScenarioError, one_line
from cpts_geo.french import number

#: Fewest draws whose quantiles mean something, and most that are made.
MIN_DRAWS: Final = 100
_MAX_DRAWS: Final = 2_000_000


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
        Needs a year (requests), at the three :func:`normative_rates`; never the headline.
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
    no_mt : numpy.ndarray of float
        Requests a year of people without médecin traitant; shape (draws,), above 0.
    mt_unavailable : numpy.ndarray of float
        Requests a year of residents whose médecin traitant is not available; 0 if not eligible.
    visitors : numpy.ndarray of float
        Requests a year of visitors; 0 if not eligible.
    minutes : numpy.ndarray of float
        Length of a consultation (minutes); shape (draws,).
    seed : int
        Seed they were drawn with.
    """

    no_mt: Floats
    mt_unavailable: Floats
    visitors: Floats
    minutes: Floats
    seed: int

    @cached_property
    def requests_per_year(self) -> Floats:
        """Requests a year of all who may ask; shape (draws,)."""
        return self.no_mt + self.mt_unavailable + self.visitors


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
    start, end = scenario.observed_start, scenario.observed_end
    if start is None or end is None:
        days, per_year = scenario.opening_days_per_year, float(count)
    else:
        days = len(opening_days(start, end, calendar=scenario.calendar))
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
    Bring the calls of a territory to a year: its own by their years, else people by a rate.

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
    >>> from cpts_geo.capacity.scenario.loading import load_scenarios
    >>> round(calls_per_year(load_scenarios()["beauce_gatinais"]))
    5800
    """
    if scenario.calls_years is not None:
        return scenario.calls_observed / scenario.calls_years
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
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> round(central_requests(load_scenario("beauce_gatinais")))
    2900
    """
    return calls_per_year(scenario) * likely_need_share(scenario)


def likely_need_share(scenario: Scenario) -> float:
    """
    Give the central share of the calls that deserve a slot.

    Parameters
    ----------
    scenario : Scenario
        Territory.

    Returns
    -------
    float
        Mean of what the outcomes of its log leave possible, else the most likely share assumed.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> case = load_scenario("beauce_gatinais")
    >>> likely_need_share(case), round(likely_need_share(case.evolve(need_counted=(608, 392))), 4)
    (0.5, 0.6079)
    """
    if scenario.need_counted is None:
        return scenario.need_share[1]
    deserved, others = scenario.need_counted
    return (deserved + 0.5) / (deserved + others + 1)


def normative_rates() -> tuple[float, float, float]:
    """
    Give the unscheduled-care needs of a person in a year: the default ``snp_rate`` of a scenario.

    Returns
    -------
    tuple of float
        Requests per person-year: low, central, high.

    Examples
    --------
    >>> normative_rates()
    (0.52, 0.9, 1.5)
    """
    low, central, high = np.asarray(default_parameters()["snp_rate"].value).tolist()
    return low, central, high


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
        Needs a year at the low, central and high :func:`normative_rates`.

    Examples
    --------
    >>> normative_ceiling(24_000).central
    21600.0
    """
    low, central, high = (people_without_mt * rate for rate in normative_rates())
    return NormativeCeiling(low, central, high)


def draw_requests(scenario: Scenario, *, draws: int, seed: int | None = None) -> DemandDraws:
    """
    Draw plausible demands of each group, and the length of a consultation.

    Each input follows its law (:func:`cpts_geo.capacity.demand.laws.laws`) and is drawn from
    numbers of its own whatever the other values: scenarios compare draw by draw.

    Parameters
    ----------
    scenario : Scenario
        Territory.
    draws : int
        Number of draws, 100 to 2,000,000.
    seed : int, optional
        Seed of the generator, 0 or more; that of the scenario if absent.

    Returns
    -------
    DemandDraws
        Requests a year by group and minutes, one per draw.

    Raises
    ------
    ScenarioError
        If the number of draws or the seed is outside its domain; lists both.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenarios
    >>> drawn = draw_requests(load_scenarios()["beauce_gatinais"], draws=1000, seed=1)
    >>> drawn.no_mt.shape, bool((drawn.minutes >= 15).all()), float(drawn.visitors.max())
    ((1000,), True, 0.0)
    """
    expect(scenario, Scenario, remedy="chargez-le : load_scenario(CLÉ), ou load_scenario(FICHIER).")
    seed = scenario.seed if seed is None else seed
    if defects := draw_defects(draws, seed):
        raise ScenarioError(
            "Le tirage au sort est mal réglé.",
            defects=defects,
            remedy="gardez les valeurs par défaut en cas de doute.",
        )
    rng = np.random.default_rng(seed)
    # Calls have a generator of their own: how many numbers Gamma draws take depends on the count.
    own = np.random.default_rng([seed, 1])
    alone = scenario.uncounted_demand is None
    drawn = {
        name: law.draw(own if name == "calls" else rng, draws)
        for name, law in laws(scenario).items()
        if not (alone and name in OTHER_GROUPS)
    }
    nobody = np.zeros(draws)
    people, minutes = drawn["people"], drawn["minutes"]
    no_mt = people * (drawn["calls"] * drawn["need"] * drawn["gap"])
    if alone:
        return DemandDraws(no_mt, nobody, nobody, minutes, seed)
    unmet = drawn["needs"] * drawn["unmet"]
    # People drawn without médecin traitant are not insured with one.
    insured = np.maximum((scenario.population or 0.0) - people, 0.0)
    with_mt, visitors = "mt_unavailable" in scenario.eligible, scenario.visitors
    return DemandDraws(
        no_mt=no_mt,
        mt_unavailable=insured * unmet if with_mt else nobody,
        visitors=visitor_presence(scenario) * unmet * drawn["ratio"] if visitors else nobody,
        minutes=minutes,
        seed=seed,
    )


def draw_defects(draws: int, seed: int) -> list[str]:
    """
    Say what is wrong with a number of draws and a seed.

    Parameters
    ----------
    draws, seed : int
        Monte Carlo draws, seed of the generator.

    Returns
    -------
    list of str
        A French line each; empty where both are in their domain.

    Examples
    --------
    >>> draw_defects(1_000, 0), draw_defects(99, 0)[0][:21]
    ([], 'tirages (--draws) = 9')
    """
    defects = []
    if isinstance(draws, bool) or not isinstance(draws, int | np.integer):
        defects.append(f"tirages (--draws) = {one_line(repr(draws))} : il faut un nombre entier")
    elif not MIN_DRAWS <= draws <= _MAX_DRAWS:
        bounds = f"de {number(MIN_DRAWS)} à {number(_MAX_DRAWS)}"
        defects.append(f"tirages (--draws) = {number(draws)} : il en faut {bounds}")
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        defects.append(f"graine = {one_line(repr(seed))} : il faut un nombre entier, 0 ou plus")
    return defects

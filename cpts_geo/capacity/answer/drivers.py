"""What the width of a territory's interval is made of: its own inputs, one by one."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from scipy import stats

from cpts_geo.capacity.answer.sensitivity import Floats, Input, sobol, tornado
from cpts_geo.capacity.demand.periods import no_mt_per_day
from cpts_geo.capacity.demand.ratios import weekly_gp_hours
from cpts_geo.capacity.demand.requests import triangular
from cpts_geo.capacity.queue.booking import slots_for_each
from cpts_geo.capacity.scenario.inputs import Scenario


def uncertain_inputs(scenario: Scenario) -> list[Input]:
    """
    List the inputs of a territory that are not known exactly, with what is known of each.

    Parameters
    ----------
    scenario : Scenario
        Territory and assumptions.

    Returns
    -------
    list of Input
        People, calls per person, share that deserves a slot, gap between territories, minutes;
        those without any spread are left out.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> [x.name for x in uncertain_inputs(load_scenario("beauce_gatinais"))]
    ['people', 'calls', 'need', 'minutes']
    """
    sigma = math.sqrt(math.log1p(scenario.people_cv**2))
    centre = scenario.people_without_mt * math.exp(-(sigma**2) / 2.0)
    calls = stats.gamma(scenario.calls_observed + 0.5, scale=1.0 / scenario.calls_people_years)
    known = [
        (
            sigma > 0,
            Input(
                "people",
                "Personnes sans médecin traitant",
                lambda p: centre * stats.lognorm.ppf(p, sigma) if sigma > 0 else centre + 0.0 * p,
            ),
        ),
        (True, Input("calls", "Appels par personne (comptés sur un an)", calls.ppf)),
        (
            len(set(scenario.need_share)) > 1,
            Input(
                "need",
                "Part des appels qui méritent un créneau",
                lambda p: triangular(p, scenario.need_share),
            ),
        ),
        (
            scenario.between_territory_sd > 0,
            Input(
                "gap",
                "Écart du taux d’appel entre territoires",
                lambda p: stats.lognorm.ppf(p, scenario.between_territory_sd),
            ),
        ),
        (
            len(set(scenario.minutes)) > 1,
            Input(
                "minutes",
                "Durée d’une consultation",
                lambda p: triangular(p, scenario.minutes),
            ),
        ),
    ]
    return [each for spread, each in known if spread]


def weekly_hours(scenario: Scenario, values: dict[str, Floats]) -> Floats:
    """
    Compute the GP-hours a week for given inputs.

    Parameters
    ----------
    scenario : Scenario
        Territory; gives the inputs that ``values`` does not.
    values : dict of str to numpy.ndarray
        Values of inputs of :func:`uncertain_inputs`, arrays of one length.

    Returns
    -------
    numpy.ndarray of float
        GP-hours per week for the target.

    Raises
    ------
    ScenarioError
        If the demand is beyond a CPTS.

    Examples
    --------
    >>> import numpy as np
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> bg = load_scenario("beauce_gatinais")
    >>> weekly_hours(bg, {"need": np.array([0.345]), "minutes": np.array([15.0])}).tolist()
    [10.0]
    """
    fixed = {
        "people": scenario.people_without_mt,
        "calls": scenario.calls_observed / scenario.calls_people_years,
        "need": scenario.need_share[1],
        "gap": 1.0,
        "minutes": scenario.minutes[1],
    }
    used: dict[str, Any] = fixed | values
    requests = used["people"] * used["calls"] * used["need"] * used["gap"]
    slots = slots_for_each(
        no_mt_per_day(scenario, requests),
        target=scenario.target,
        deadline_days=scenario.deadline_days,
        dispersion=scenario.dispersion,
    )
    hours: Floats = weekly_gp_hours(
        slots.astype("float64"),
        minutes=used["minutes"],
        opening_days=len(scenario.calendar.weekdays),
    )
    return hours


def hours_tornado(scenario: Scenario) -> pd.DataFrame:
    """
    Move each input of a territory from its p10 to its p90, the others at their median.

    Parameters
    ----------
    scenario : Scenario
        Territory and assumptions.

    Returns
    -------
    DataFrame
        As :func:`cpts_geo.capacity.answer.sensitivity.tornado`; results in GP-hours per week.

    Raises
    ------
    ScenarioError
        If the demand is beyond a CPTS.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> hours_tornado(load_scenario("beauce_gatinais"))["input"].iloc[0]
    'need'
    """
    return tornado(lambda values: weekly_hours(scenario, values), uncertain_inputs(scenario))


def hours_sobol(scenario: Scenario, *, n: int = 4096) -> pd.DataFrame:
    """
    Share the variance of the GP-hours of a territory among its inputs.

    Parameters
    ----------
    scenario : Scenario
        Territory and assumptions; its seed draws the sample.
    n : int
        Size of the sample, a power of two.

    Returns
    -------
    DataFrame
        As :func:`cpts_geo.capacity.answer.sensitivity.sobol`.

    Raises
    ------
    ScenarioError
        If ``n`` is no power of two, or the demand is beyond a CPTS.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> shares = hours_sobol(load_scenario("beauce_gatinais"), n=256).set_index("input")
    >>> bool(shares["total"].idxmax() == "need")
    True
    """
    return sobol(
        lambda values: weekly_hours(scenario, values),
        uncertain_inputs(scenario),
        n=n,
        seed=scenario.seed,
    )

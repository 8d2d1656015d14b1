"""Everyone who may ask, month by month: what the headline, a year's mean day, leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cpts_geo.capacity.answer.existing import served_by
from cpts_geo.capacity.answer.headline import DRAWS, Interval, interval
from cpts_geo.capacity.demand.periods import Floats, month_means, studied_means
from cpts_geo.capacity.demand.requests import DemandDraws, draw_requests
from cpts_geo.capacity.queue.booking import minimum_slots
from cpts_geo.capacity.scenario.inputs import Scenario


@dataclass(frozen=True)
class EligibleDemand:
    """
    What all who may ask call for.

    Attributes
    ----------
    requests_per_year : dict of str to Interval of float
        Requests a year of each eligible group (``no_mt``, ``mt_unavailable``, ``visitors``), and
        of all (``all``).
    requests_per_day : Interval of float
        Requests of all per opening day, of the months studied or of the year.
    slots_per_day : Interval of int
        Slots per opening day, of the months studied or of the year, for the target.
    by_month : DataFrame
        Indexed by month (1 to 12) with an opening day: opening_days; requests per opening day
        (requests_p10, requests_p50, requests_p90); slots for the target (slots_p10, slots_p50,
        slots_p90); served_today, the share that today's slots serve at the median (NaN = slots
        unknown). Each month is taken as if it lasted: its own steady state.
    """

    requests_per_year: dict[str, Interval[float]]
    requests_per_day: Interval[float]
    slots_per_day: Interval[int]
    by_month: pd.DataFrame


def requests_per_day(scenario: Scenario, drawn: DemandDraws) -> Floats:
    """
    Bring the draws of all groups to the mean opening day studied.

    Parameters
    ----------
    scenario : Scenario
        Its calendar, visitors, and the months studied where it names some.
    drawn : DemandDraws
        Requests a year by group.

    Returns
    -------
    numpy.ndarray of float
        Requests per opening day, one per draw.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> case = load_scenario("lvo")
    >>> summer = case.evolve(months=(7, 8))
    >>> drawn = draw_requests(case, draws=1000)
    >>> bool(np.median(requests_per_day(summer, drawn)) > np.median(requests_per_day(case, drawn)))
    True
    """
    residents, visitors = studied_means(scenario)
    days = scenario.opening_days_per_year
    return (
        drawn.no_mt + drawn.mt_unavailable
    ) / days * residents + drawn.visitors / days * visitors


def eligible_demand(scenario: Scenario, *, draws: int = DRAWS) -> EligibleDemand:
    """
    Compute the demand of all who may ask, and the slots of each month.

    Parameters
    ----------
    scenario : Scenario
        Territory and assumptions.
    draws : int
        Monte Carlo draws, 100 to 2,000,000.

    Returns
    -------
    EligibleDemand
        Requests by group, slots, and the table of months.

    Raises
    ------
    ScenarioError
        If ``draws`` is outside its domain, or the demand is beyond a CPTS.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> year = eligible_demand(load_scenario("beauce_gatinais"), draws=1000)
    >>> list(year.requests_per_year), len(year.by_month)
    (['no_mt', 'all'], 12)
    """
    drawn = draw_requests(scenario, draws=draws)
    groups = {group: interval(getattr(drawn, group)) for group in scenario.eligible}
    per_day = requests_per_day(scenario, drawn)
    return EligibleDemand(
        requests_per_year=groups | {"all": interval(drawn.requests_per_year)},
        requests_per_day=interval(per_day),
        slots_per_day=slots_needed(scenario, per_day),
        by_month=_months(scenario, drawn),
    )


def slots_needed(scenario: Scenario, per_day: Floats) -> Interval[int]:
    """
    Find the slots for the target at the quantiles of the demand.

    The slots grow with the demand, so their quantiles are the slots of its quantiles.

    Parameters
    ----------
    scenario : Scenario
        Its target, deadline and dispersion.
    per_day : numpy.ndarray of float
        Requests per opening day, one per draw.

    Returns
    -------
    Interval of int
        Slots per opening day.

    Raises
    ------
    ScenarioError
        If the demand is beyond a CPTS.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> slots_needed(load_scenario("lvo"), np.full(100, 16.0))
    Interval(p10=16, p50=16, p90=16)
    """
    rules: dict[str, Any] = {
        "target": scenario.target,
        "deadline_days": scenario.deadline_days,
        "dispersion": scenario.dispersion,
    }
    demands = np.quantile(per_day, [0.1, 0.5, 0.9], method="inverted_cdf")
    return Interval(*(minimum_slots(float(demand), **rules) for demand in demands))


def _months(scenario: Scenario, drawn: DemandDraws) -> pd.DataFrame:
    days = scenario.opening_days_per_year
    week = scenario.slots_by_weekday
    rows = []
    for month, means in month_means(scenario).iterrows():
        per_day = (drawn.no_mt + drawn.mt_unavailable) / days * means["residents"]
        per_day += drawn.visitors / days * means["visitors"]
        demand, slots = interval(per_day), slots_needed(scenario, per_day)
        rows.append(
            {
                "month": month,
                "opening_days": int(means["opening_days"]),
                "requests_p10": demand.p10,
                "requests_p50": demand.p50,
                "requests_p90": demand.p90,
                "slots_p10": slots.p10,
                "slots_p50": slots.p50,
                "slots_p90": slots.p90,
                "served_today": np.nan
                if week is None
                else served_by(scenario, week, per_day=demand.p50),
            }
        )
    return pd.DataFrame(rows).set_index("month")

"""Everyone who may ask, month by month: what the headline, a year's mean day, leaves out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cpts_geo.capacity.demand.interval import Interval, interval, quantiles
from cpts_geo.capacity.demand.laws import Floats
from cpts_geo.capacity.demand.periods import month_means, studied_means
from cpts_geo.capacity.demand.requests import DemandDraws
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


def eligible_per_day(scenario: Scenario, drawn: DemandDraws) -> Floats:
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
    >>> from cpts_geo.capacity.demand.requests import draw_requests
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> case = load_scenario("lvo_ete")
    >>> eligible_per_day(case, draw_requests(case, draws=1000)).shape
    (1000,)
    """
    return _per_day(scenario, drawn, *studied_means(scenario))


def eligible_demand(scenario: Scenario, drawn: DemandDraws) -> EligibleDemand:
    """
    Compute the demand of all who may ask, and the slots of each month.

    Parameters
    ----------
    scenario : Scenario
        Territory and assumptions.
    drawn : DemandDraws
        Its demands (:func:`cpts_geo.capacity.demand.requests.draw_requests`).

    Returns
    -------
    EligibleDemand
        Requests by group, slots, and the table of months.

    Raises
    ------
    ScenarioError
        If the demand is beyond a CPTS.

    Examples
    --------
    >>> from cpts_geo.capacity.demand.requests import draw_requests
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> case = load_scenario("beauce_gatinais")
    >>> year = eligible_demand(case, draw_requests(case, draws=1000))
    >>> list(year.requests_per_year), len(year.by_month)
    (['no_mt', 'all'], 12)
    """
    groups = {group: interval(getattr(drawn, group)) for group in scenario.eligible}
    per_day = eligible_per_day(scenario, drawn)
    return EligibleDemand(
        requests_per_year=groups | {"all": interval(drawn.requests_per_year)},
        requests_per_day=interval(per_day),
        slots_per_day=_slots_needed(scenario, per_day),
        by_month=_months(scenario, drawn),
    )


def _per_day(scenario: Scenario, drawn: DemandDraws, residents: float, visitors: float) -> Floats:
    """Requests of an opening day, whose ratios to that of the year are given, one per draw."""
    days = scenario.opening_days_per_year
    lived = (drawn.no_mt + drawn.mt_unavailable) / days * residents
    return lived + drawn.visitors / days * visitors


def _slots_needed(scenario: Scenario, per_day: Floats) -> Interval[int]:
    """Slots for the target at the quantiles of the demand: they grow with it."""
    rules = scenario.rules
    return Interval(*(rules.slots(demand) for demand in quantiles(per_day, drawn=True)))


def _months(scenario: Scenario, drawn: DemandDraws) -> pd.DataFrame:
    """Demand and slots of each month with an opening day (:attr:`EligibleDemand.by_month`)."""
    week = scenario.slots_by_weekday
    rows = []
    for month, means in month_means(scenario).iterrows():
        per_day = _per_day(scenario, drawn, means["residents"], means["visitors"])
        demand, slots = interval(per_day), _slots_needed(scenario, per_day)
        rows.append(
            {
                "month": month,
                "opening_days": int(means["opening_days"]),
                **{f"requests_{bound}": value for bound, value in vars(demand).items()},
                **{f"slots_{bound}": value for bound, value in vars(slots).items()},
                "served_today": np.nan if week is None else scenario.rules.served(demand.p50, week),
            }
        )
    return pd.DataFrame(rows).set_index("month")

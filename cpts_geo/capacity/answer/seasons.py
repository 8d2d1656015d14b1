"""Month by month: what the headline, a year's mean day, leaves out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cpts_geo.capacity.answer.slots import slots_interval
from cpts_geo.capacity.demand.periods import month_means
from cpts_geo.capacity.demand.requests import DemandDraws
from cpts_geo.capacity.need.interval import interval
from cpts_geo.capacity.need.quantities import Floats
from cpts_geo.capacity.scenario.inputs import Scenario


def demand_by_month(scenario: Scenario, drawn: DemandDraws) -> pd.DataFrame:
    """
    Compute the demand of each month, and the slots that it calls for.

    Parameters
    ----------
    scenario : Scenario
        Territory and assumptions.
    drawn : DemandDraws
        Its demands (:func:`cpts_geo.capacity.demand.requests.draw_requests`).

    Returns
    -------
    DataFrame
        Indexed by month (1 to 12) with an opening day: opening_days; requests per opening day
        (requests_p10, requests_p50, requests_p90); slots for the target (slots_p10, slots_p50,
        slots_p90); served_today, the share that today's slots serve at the median (NaN = slots
        unknown). Each month is taken as if it lasted: its own steady state.

    Raises
    ------
    DemandTooLargeError
        If the demand is beyond a CPTS.

    Examples
    --------
    >>> from cpts_geo.capacity.demand.requests import draw_requests
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> case = load_scenario("beauce_gatinais")
    >>> len(demand_by_month(case, draw_requests(case, draws=1000)))
    12
    """
    week, rules = scenario.week_slots, scenario.week_rules
    rows = []
    for month, means in month_means(scenario).iterrows():
        per_day = _per_day(scenario, drawn, means["residents"], means["visitors"])
        demand, slots = interval(per_day), slots_interval(scenario.rules, per_day)
        rows.append(
            {
                "month": month,
                "opening_days": int(means["opening_days"]),
                **{f"requests_{bound}": value for bound, value in vars(demand).items()},
                **{f"slots_{bound}": value for bound, value in vars(slots).items()},
                "served_today": np.nan if week is None else rules.served(demand.p50, week),
            }
        )
    return pd.DataFrame(rows).set_index("month")


def _per_day(scenario: Scenario, drawn: DemandDraws, residents: float, visitors: float) -> Floats:
    """Requests of an opening day, whose ratios to that of the year are given, one per draw."""
    days = scenario.opening_days_per_year
    return drawn.residents / days * residents + drawn.visitors / days * visitors

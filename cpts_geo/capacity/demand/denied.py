"""What a line's own log denies of the slots that it is told to have: one judgement, for all."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.special import betainc

from cpts_geo.capacity.demand.periods import month_means
from cpts_geo.capacity.demand.ratios import IMPLAUSIBLE, requests_per_day
from cpts_geo.capacity.demand.requests import DemandDraws
from cpts_geo.capacity.need.interval import interval
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.french import number, percent

#: Share beyond what the slots would lose that no queue tells so finely: a large log proves much.
_MARGIN: Final = 0.05


def denied_slots(scenario: Scenario, drawn: DemandDraws) -> str | None:
    """
    Say where a log has more requests without a slot than today's slots would leave.

    Parameters
    ----------
    scenario : Scenario
        Territory whose log counted the requests that deserved a slot, and found none.
    drawn : DemandDraws
        Its plausible demands.

    Returns
    -------
    str or None
        French sentence; None where slots or lost requests are unknown, or where the demand of the
        busiest year in ten leaves as many, by chance (1e-4) or within five points.

    Examples
    --------
    >>> from cpts_geo.capacity.demand.requests import draw_requests
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> case = load_scenario("beauce_gatinais").evolve(need_counted=(2218, 3582), slots_today=16)
    >>> drawn = draw_requests(case, draws=500)
    >>> denied_slots(case.evolve(lost_counted=20), drawn) is None
    True
    >>> "ses créneaux : 9,8" in str(denied_slots(case.evolve(lost_counted=218), drawn))
    True
    """
    need, lost, week = scenario.need_counted, scenario.lost_counted, scenario.slots_by_weekday
    if need is None or not lost or week is None:
        return None
    asked = interval(drawn.requests_per_year)
    visitors = float(drawn.visitors.sum() / max(drawn.requests_per_year.sum(), 1.0))
    served, least = (
        _served(scenario, each, visitors=visitors, week=week) for each in (asked.p50, asked.p90)
    )
    share = lost / need[0]
    # A small log proves little: chance that as many of them are lost.
    by_chance = betainc(lost, need[0] - lost + 1, 1.0 - least) >= IMPLAUSIBLE
    if by_chance or share <= 1.0 - least + _MARGIN:
        return None
    said = "plus de 99 %" if served > 0.99 else percent(served, 0)
    slots = float(np.mean(week))
    return (
        f"Son registre contredit ses créneaux : {percent(share)} des demandes qui relevaient "
        f"d’une consultation n’ont pas trouvé de créneau, alors que {number(slots)} créneaux "
        f"par jour en serviraient {said} dans le délai. Tous n’étaient donc pas offerts à ces "
        "appels, ou les demandes viennent par vagues : ce taux n’est pas une promesse. Vérifiez "
        "le nombre de créneaux offerts pendant la période du registre, et les jours sans médecin."
    )


def _served(
    scenario: Scenario, per_year: float, *, visitors: float, week: tuple[int, ...]
) -> float:
    """Share of the requests of a year that slots serve, its months being those of the calendar and
    so large a share of it being of visitors: a queue that is short in summer is long in winter."""
    months = month_means(scenario)
    mean = requests_per_day(per_year, opening_days_per_year=scenario.opening_days_per_year)
    demands = mean * ((1.0 - visitors) * months["residents"] + visitors * months["visitors"])
    shares = [scenario.rules.served(float(demand), week) for demand in demands]
    return float(np.average(shares, weights=demands * months["opening_days"]))

"""« Essayez »: two sliders on the exact queue."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from cpts_geo.atlas.look.words import deadline, slots, slots_text
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.queue.service_grid import ServiceGrid
from cpts_geo.french import number


def section(result: Headline, grid: ServiceGrid, *, offer: int, demand: float) -> dict[str, Any]:
    """
    Prepare two sliders: slots and requests per opening day.

    Parameters
    ----------
    result : Headline
        Capacity needed by the territory.
    grid : ServiceGrid
        What any slots serve of any demand; the sliders go from end to end of it.
    offer, demand : int, float
        Slots and requests per opening day at which they start.

    Returns
    -------
    dict
        What its template shows: ends, step and start of each, JSON of the grid.
    """
    scenario = result.scenario
    choices, demands = grid.slots, grid.demands[0]
    table = {
        "slots": choices,
        "demands": grid.demands,
        "served": grid.served,
        "same_day": grid.same_day,
        "target": scenario.target,
    }
    return {
        "slots": (choices[0], choices[-1], choices[1] - choices[0], offer),
        "demand": (demands[0], demands[-1], demand),
        "table": Markup(json.dumps(table, separators=(",", ":"))),
        "start": _start(result, offer, demand),
        "deadline": deadline(scenario.deadline_days),
        "target": scenario.target,
    }


def _start(result: Headline, offer: int, demand: float) -> str:
    seen, today = result.refuting, result.today
    if today is None:
        whose = "le minimum" if seen else "médiane nécessaire"
        origin = f"{slots(offer)} par jour ({whose} ; ceux d’aujourd’hui ne sont pas publiés)"
    elif today.slots == offer:
        origin = f"les {slots(offer)} par jour d’aujourd’hui"
    else:
        origin = f"{slots(offer)} par jour (aujourd’hui {slots_text(today.slots)} en moyenne)"
    if seen is not None:
        known = "consultations déjà assurées par jour"
    else:
        whom = " de tous ceux qui peuvent demander" if len(result.scenario.eligible) > 1 else ""
        known = f"{'demande' if demand < 2 else 'demandes'} par jour (médiane{whom})"
    return f"Au départ : {origin}, {number(demand, 1)} {known}."

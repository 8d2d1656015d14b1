"""« Essayez »: two sliders on the exact queue."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from cpts_geo.atlas.look.words import deadline, slots, slots_text
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.french import number
from cpts_geo.study._trial import Trial


def section(result: Headline, tried: Trial) -> dict[str, Any]:
    """What the template shows: ends, step and start of both sliders, JSON of the grid."""
    grid, scenario = tried.grid, result.scenario
    table = {
        "slots": grid.slots,
        "demands": grid.demands,
        "served": grid.served,
        "same_day": grid.same_day,
        "target": scenario.target,
    }
    return {
        "slots": tried.slots,
        "demand": tried.demand,
        "table": Markup(json.dumps(table, separators=(",", ":"))),
        "start": _start(result, tried.slots[3], tried.demand[2]),
        "deadline": deadline(scenario.deadline_days),
        "target": scenario.target,
    }


def _start(result: Headline, offer: int, demand: float) -> str:
    """Say where the sliders start: the slots of today and the median demand, where known."""
    today = result.today
    middle = "médiane" if result.scenario.has_own_line else "milieu de l’ordre de grandeur"
    if today is None:
        origin = f"{slots(offer)} par jour ({middle} ; ceux d’aujourd’hui ne sont pas publiés)"
    elif today.slots == offer:
        origin = f"les {slots(offer)} par jour d’aujourd’hui"
    else:
        origin = f"{slots(offer)} par jour (aujourd’hui {slots_text(today.slots)} en moyenne)"
    known = f"{'demande' if demand < 2 else 'demandes'} par jour ({middle})"
    return f"Au départ : {origin}, {number(demand, 1)} {known}."

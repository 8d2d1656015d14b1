"""The two sliders of a page: where they start, how far they go, and the table they look up."""

from __future__ import annotations

import json
from dataclasses import dataclass

from markupsafe import Markup

from cpts_geo.atlas.sentences import slots, slots_text
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.french import number
from cpts_geo.study.capacity import TerritoryCapacity


@dataclass(frozen=True)
class Sliders:
    """
    What the sliders of a page are made of.

    Parameters
    ----------
    slots : tuple of int
        Least, greatest, step and first position of the slider of slots.
    demand : tuple of float
        Least, greatest and first position of the slider of requests per opening day.
    table : Markup
        JSON of the exact chain: slots, demands, served, same_day, target.
    start : str
        French words on the first position.
    """

    slots: tuple[int, int, int, int]
    demand: tuple[float, float, float]
    table: Markup
    start: str


def sliders(result: Headline, capacity: TerritoryCapacity) -> Sliders | None:
    """
    Prepare the sliders of a territory.

    Parameters
    ----------
    result : Headline
        Capacity needed by the territory.
    capacity : TerritoryCapacity
        Demand of all who may ask.

    Returns
    -------
    Sliders or None
        They start at today's slots, or those needed, and at the median demand of all who may
        ask, or the one already served where it refutes the model; None where the territory is
        beyond what a table can hold.
    """
    tried = capacity.trial
    if tried is None:
        return None
    grid, scenario, offer = tried.grid, result.scenario, tried.slots[3]
    table = {
        "slots": grid.slots,
        "demands": grid.demands,
        "served": grid.served,
        "same_day": grid.same_day,
        "target": scenario.target,
    }
    return Sliders(
        slots=tried.slots,
        demand=tried.demand,
        table=Markup(json.dumps(table, separators=(",", ":"))),
        start=_start(result, offer, tried.demand[2], everyone=len(scenario.eligible) > 1),
    )


def _start(result: Headline, offer: int, demand: float, *, everyone: bool) -> str:
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
        whom = " de tous ceux qui peuvent demander" if everyone else ""
        known = f"{'demande' if demand < 2 else 'demandes'} par jour (médiane{whom})"
    return f"Au départ : {origin}, {number(demand, 1)} {known}."

"""The two sliders of a page: where they start, how far they go, and the table they look up."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from cpts_geo.atlas.sentences import slots, slots_text
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.queue.service_grid import service_grid
from cpts_geo.french import number
from cpts_geo.study.capacity import TerritoryCapacity

#: Most slots needed or offered -> reach of the sliders: slots, their step, requests a day. The
#: shortest that holds the territory leaves room to try more.
_REACHES: Final = {12: (20, 1, 20.0), 32: (40, 1, 60.0), 96: (96, 4, 160.0)}
LEAST_DEMAND: Final = 0.5
#: Largest backlog of a chain: from 100 on, solvers split the work, and a table takes a minute.
_MAX_BACKLOG: Final = 98


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
    found, scenario = capacity.eligible, result.scenario
    if found is None:
        return None
    seen = result.refuting
    per_day = found.requests_per_day
    demand = max(LEAST_DEMAND, round(per_day.p50 if seen is None else seen.line.per_day, 1))
    needed = found.slots_per_day.p50 if seen is None else seen.slots
    offer = needed if result.today is None else max(1, round(result.today.slots))
    most_slots = max(offer, needed, found.slots_per_day.p90)
    most_demand = max(demand, per_day.p90, float(found.by_month["requests_p50"].max()))
    reach = next(
        (r for most, r in _REACHES.items() if most_slots <= most and most_demand <= r[2]), None
    )
    if reach is None or reach[0] * scenario.deadline_days > _MAX_BACKLOG:
        return None
    top, step, furthest = reach
    least = (offer - 1) % step + 1
    choices = range(least, top + 1, step)
    grid = service_grid(
        choices,
        least_demand=LEAST_DEMAND,
        most_demand=furthest,
        deadline_days=scenario.deadline_days,
        dispersion=scenario.dispersion,
    )
    table = {
        "slots": grid.slots,
        "demands": grid.demands,
        "served": grid.served,
        "same_day": grid.same_day,
        "target": scenario.target,
    }
    return Sliders(
        slots=(least, choices[-1], step, offer),
        demand=(LEAST_DEMAND, furthest, demand),
        table=Markup(json.dumps(table, separators=(",", ":"))),
        start=_start(result, offer, demand, everyone=len(scenario.eligible) > 1),
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

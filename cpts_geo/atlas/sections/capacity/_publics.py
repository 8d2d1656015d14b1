"""« Qui demande ? »: the demand of each public."""

from __future__ import annotations

import math
from typing import Any

from cpts_geo.atlas.look.cells import Cell, Row
from cpts_geo.atlas.look.words import sampling_part, slots, span, todays
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.answer.seasons import EligibleDemand
from cpts_geo.capacity.demand.interval import Interval
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.records import GROUPS
from cpts_geo.french import NNBSP, number, whole_percent
from cpts_geo.schema import Status


def _group_rows(result: Headline, found: EligibleDemand) -> list[Row]:
    """Lay out the requests a year of each public, and the slots of the two questions."""
    slots = {"no_mt": result.slots_per_day, "all": found.slots_per_day}
    rows = []
    for group, requests in found.requests_per_year.items():
        status = result.status if group == "no_mt" else Status.ASSUMED
        needed = slots.get(group)
        cells = (_cell(requests, status), Cell("—") if needed is None else _cell(needed, status))
        who = GROUPS.get(group, "tous ceux qui peuvent demander").capitalize()
        rows.append(Row(who, _origins(result.scenario, group), cells))
    return rows


def _origins(scenario: Scenario, group: str) -> str:
    """Say what a public is multiplied from, with grades; all sources stand further down."""

    def grades(*names: str) -> str:
        return "confiance " + ", ".join(sorted({scenario.sources[name].grade for name in names}))

    low, _, high = scenario.unmet_share
    share = f"{span(100 * low, 100 * high)}{NNBSP}%"
    return {
        "no_mt": "personnes × appels × part qui mérite un créneau ; "
        + grades("people_cv", "calls_observed", scenario.need_input),
        "mt_unavailable": f"{share} de leurs besoins se tournent vers cette offre ; "
        + grades("snp_rate", "unmet_share"),
        "visitors": f"{share} de leurs besoins, selon la présence de chaque mois ; "
        + (grades("visitors", "visitor_rate_ratio", "unmet_share") if scenario.visitors else ""),
    }.get(group, "le total a sa propre médiane : ce n’est pas la somme des médianes")


def _cell(found: Interval[Any], status: Status) -> Cell:
    """Median of a number a year or a day, its interval under it."""
    bounds = span(found.p10, found.p90)
    middle = number(found.p50)
    return Cell(middle, status=status.value, origin="" if bounds == middle else bounds)


def _groups_sentences(result: Headline, found: EligibleDemand, served: float) -> list[str]:
    """Tell apart the demand of all who may ask and that of the headline."""
    needed = result.slots_per_day
    every = found.slots_per_day
    alone = f"{slots(needed.p50)} ({span(needed.p10, needed.p90)})"
    total = f"{number(every.p50)} ({span(every.p10, every.p90)})"
    said = [
        "Ce sont deux questions différentes. Pour les seules personnes sans médecin traitant, il "
        f"faudrait {alone} par jour : c’est la réponse en haut de page. "
        f"Pour tous ceux que l’offre admet, il en faudrait {total}."
    ]
    if result.today is not None and not math.isnan(served):
        said.append(
            f"De cette demande totale, {todays(result)} serviraient {whole_percent(served)} dans "
            "le délai, un jour moyen."
        )
    return said


def section(result: Headline, found: EligibleDemand, *, served: float) -> dict[str, Any]:
    """What the template shows; `served` is the share of all that today's slots serve, or NaN."""
    return {
        "sentences": _groups_sentences(result, found, served),
        "rows": _group_rows(result, found),
        "sampling": sampling_part(result),
    }

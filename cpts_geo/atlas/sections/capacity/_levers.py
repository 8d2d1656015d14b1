"""« Et si… »: effectors, a lieu de SNP, an assistant: hours, share served, people, euros."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

from cpts_geo.atlas.look.cells import Cell, Row
from cpts_geo.atlas.look.grades import input_status, least_known
from cpts_geo.atlas.look.values import EURO, euros, period_words, slot_length, stated
from cpts_geo.atlas.look.words import goal, lever_finding, share_span, span
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.need.interval import named_interval
from cpts_geo.capacity.scenario.loading import described
from cpts_geo.capacity.scenario.supply import LeverTerms
from cpts_geo.french import NNBSP, UNKNOWN_TEXT, counted, number, rough
from cpts_geo.schema import STATUS_LABELS, STATUS_MARKS, Status
from cpts_geo.study.capacity import TerritoryCapacity

_UNKNOWN: Final = Cell(UNKNOWN_TEXT, status=Status.UNKNOWN.value)
_UNCOUNTED: Final = Cell(
    "non calculé : créneaux d’aujourd’hui inconnus", status=Status.UNKNOWN.value
)
#: Nothing is to be known: an assistant gives no slot.
_NONE: Final = Cell("—")


def section(result: Headline, capacity: TerritoryCapacity) -> dict[str, Any]:
    """What the template shows: a lever a row, what it supposes, where its prices come from."""
    table, when = capacity.levers, period_words(result.scenario)
    rows = [_row(row, result) for row in table.to_dict("records")]
    return {
        "rows": rows,
        "when": when,
        "sentences": list(_sentences(result, capacity)) if rows else [_NOTHING],
        "sources": list(_sources(capacity)) if rows else [],
        "mark": STATUS_MARKS[Status.ASSUMED],
        "status": STATUS_LABELS[Status.ASSUMED],
    }


_NOTHING: Final = (
    "Aucun levier n’est essayé : les créneaux d’aujourd’hui suffisent, même dans l’hypothèse haute."
)


def _row(row: Mapping[Any, Any], result: Headline) -> Row:
    """A lever: share served, hours and slots a week, people, cost, receipts."""
    known, hours = result.status, _NONE
    paid = least_known(Status.ASSUMED, input_status(result.scenario, "gp_hour_cost"))
    if math.isnan(row["people_with_mt"]):
        text = f"{number(row['gp_hours'], int(row['gp_hours'] % 1 > 0))}{NNBSP}h"
        hours = Cell(text, origin=counted(row["slots"], "créneau", "créneaux"))
    cost = Cell(euros(row["cost"]), status=paid.value)
    without = result.at_least is None and result.today is None
    cells = tuple(
        _UNCOUNTED if without and cell is _UNKNOWN else cell
        for cell in (_share(row, known), hours, _people(row, known), cost, _receipts(row, known))
    )
    return Row(str(row["lever"]), "", cells)


def _share(row: Mapping[Any, Any], known: Status) -> Cell:
    """Share served with the lever; what it would serve alone where slots are unknown."""
    for name, words in (("served", ""), ("alone", "à lui seul : ")):
        found = named_interval(row, name)
        if not math.isnan(found.p50):
            return Cell(words + share_span(found), status=known.value)
    return _UNKNOWN


def _people(row: Mapping[Any, Any], known: Status) -> Cell:
    """People reached in more, or who gain a médecin traitant."""
    gained = row["people_with_mt"]
    if not math.isnan(gained):
        less = named_interval(row, "requests_less")
        told = "" if math.isnan(less.p50) else f"{number(less.p50)} demandes de moins par an"
        text = f"{number(rough(gained))} avec un médecin traitant"
        return Cell(text, status=Status.ASSUMED.value, origin=told)
    found = named_interval(row, "people_reached")
    if math.isnan(found.p50):
        return _UNKNOWN
    low, middle, high = (rough(each) for each in (found.p10, found.p50, found.p90))
    ends = span(low, high)
    around = f" ({ends})" if " à " in ends else ""
    return Cell(f"{number(middle)}{around}", status=known.value)


def _receipts(row: Mapping[Any, Any], known: Status) -> Cell:
    """Receipts of the consultations, or aid; majorations at most in small."""
    if row["aid"]:
        return Cell(euros(row["aid"]), status=Status.ESTIMATED.value, origin="aide, chaque année")
    if math.isnan(row["receipts_p50"]):
        return _NONE if row["kind"] == "assistant" else _UNKNOWN
    more = f"et {euros(row['sas_receipts'])} du SAS, au plus"
    return Cell(euros(row["receipts_p50"]), status=known.value, origin=more)


def _sentences(result: Headline, capacity: TerritoryCapacity) -> Iterator[str]:
    """What a reader must know: evidence, criterion, who pays, what is supposed."""
    table = capacity.levers
    kinds = set(table["kind"])
    if result.at_least is not None:
        yield (
            "Les propres comptes du territoire démentent la demande calculée : la part servie avec "
            "chaque levier est inconnue."
        )
    elif table["served_before_p50"].isna().all():
        yield (
            "Les créneaux d’aujourd’hui ne sont pas connus : seule est dite la part que chaque "
            "levier servirait à lui seul. Ils sont à renseigner dans le scénario."
        )
    if not result.scenario.has_own_line:
        yield f"Ordre de grandeur. {result.evidence}"
    finding = lever_finding(table, target=result.scenario.target)
    if all(finding) and not table["best"].any():
        yield f"{' : '.join(finding)}."
    if table["best"].any():
        yield (
            "Mis en avant : le moins coûteux de ceux qui atteignent l’objectif "
            f"({goal(result)}) à la demande médiane ; sinon, celui qui sert le plus."
        )
    if kinds != {"assistant"}:
        yield (
            "Coût : médecins payés à l’heure, pleine ou vide. Payés à l’acte, ils gardent les "
            "recettes, et ce coût ne s’y ajoute pas. Du SAS : les majorations SNP, s’il adresse "
            "chaque patient, dans la limite de chaque médecin."
        )
        yield f"Heures et créneaux des leviers : {slot_length(result.scenario)}."
    if "saturday" in kinds:
        yield (
            "Le samedi matin a ses propres demandes, qui s’ajoutent à celles de la semaine "
            "(hypothèse) : la part servie est celle de la semaine, samedi compris."
        )
    if "advanced" in kinds:
        yield "Consultations avancées : toutes leurs heures sont supposées données aux SNP."
    if "assistant" in kinds:
        yield (
            "Un assistant médical ne donne pas de créneau : son médecin suit plus de patients, "
            "après quatre ans. Qui gagne un médecin traitant est supposé ne plus rien demander "
            "ici. Les recettes du médecin ne sont pas comptées."
        )


def _sources(capacity: TerritoryCapacity) -> Iterator[str]:
    """Value, source and grade of what levers bring and cost."""
    for name in LeverTerms.model_fields:
        (meaning, unit), default = described(name), capacity.parameters[name]
        shown = stated(name, default.value, unit)
        yield f"{meaning} : {shown} — {default.text} ({default.grade})".replace(" €", EURO)

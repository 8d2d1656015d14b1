"""Head of the first page: who it is, then the need, the gap and the lever, a line each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from cpts_geo.atlas.look.words import (
    centred,
    goal,
    need_parts,
    slots_text,
    span,
    whom,
)
from cpts_geo.atlas.sections.paper._fitting import fitting, gp_time, shortened
from cpts_geo.atlas.sections.paper._levers import Lever
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.need.interval import CHANCES, named_interval
from cpts_geo.french import joined, value_text, whole_percent
from cpts_geo.schema import COLUMNS, STATUS_MARKS
from cpts_geo.sources.codes import counted_places
from cpts_geo.study.study import Study

#: Letters that one line of the band holds, and two of its small text.
_LINE, _TWO_LINES = 96, 190
#: What a CPTS that reads its own page has to do.
TO_FILL: Final = "à renseigner dans le scénario."
#: Letters of a line of the small text.
_SMALL_LINE = 118


class Message(NamedTuple):
    """A line of the head: what it is about, what is said first, what follows, its sign."""

    label: str
    first: str
    rest: str = ""
    mark: str = ""


def band(study: Study) -> dict[str, Any]:
    """Name, where it lies, communes, people, land, size for the contract and number, and how its
    list of communes is known."""
    outline = study.outline
    people, land = COLUMNS["population"], COLUMNS["area_km2"]
    regions = joined(list(study.figures["region_name"].unique()))
    where = [
        shortened(f"{study.departements} ({regions})", 60),
        counted_places(study.figures["code_insee"]),
        f"{value_text(people, outline['population'], unit=True)} ({people.vintage})",
        value_text(land, outline["area_km2"], unit=True),
    ]
    return {
        "name": shortened(study.name, 64),
        "where": shortened(" · ".join(where), _LINE),
        "contract": shortened(_contract(study), _SMALL_LINE),
        "perimeter": shortened(f"{study.perimeter} Source : {study.document}.", _TWO_LINES),
    }


def _contract(study: Study) -> str:
    """Size for the contract, on the population of a document too where it makes another; number;
    intercommunalités that a line holds."""
    rows = study.identity.to_dict("records")
    facts = {row["fact"]: row for row in rows}
    size = study.size.short
    if facts.get("aci_sizes_agree", {}).get("value") == "non":
        size += f" (publiée : {facts['aci_size_published']['note']})"
    said = f"{size} · FINESS {facts['finess']['value'] or 'non renseigné'}"
    zones = [row["label"] for row in rows if row["fact"] == "epci" and row["area_code"]]
    names = [label.partition(" : ")[2] for label in zones]
    kept, left = fitting(names, max(_SMALL_LINE - len(said) - 13, 0)) if names else ([], 0)
    if not kept:
        return said
    more = f" et {left} autre{'s' if left > 1 else ''}" if left else ""
    return f"{said} · {', '.join(kept)}{more}"


def contradicted(result: Headline) -> str:
    """What the counts of a territory say against its answer; empty where nothing does."""
    return next((each.text for each in result.caveats if each.kind == "contradicted"), "")


def _need(study: Study) -> Message:
    """The need, in slots and hours, or why it is not known."""
    result, label = study.headline, "Besoin"
    if result is None:
        if study.too_large:
            return Message(label, "Non calculé :", "trop grand pour une file ; découpez-le.")
        return Message(label, "Inconnu :", "l’APL n’est pas publiée ici ; voir page 2.")
    needed = " ".join(need_parts(result))
    found, hours = result.slots_per_day, result.gp_hours_per_week
    if result.at_least is not None or not found.p90:
        return Message(label, f"{needed}.")
    if not result.scenario.has_own_line:
        many = f"{span(round(hours.p10), round(hours.p90))}"
        return Message(label, needed, f"({many} h de consultation par semaine).")
    bounds = f"({span(found.p10, found.p90)}), " if found.p10 < found.p90 else ""
    return Message(label, needed, f"{bounds}soit {gp_time(hours.p50)} de consultation par semaine.")


def _gap(study: Study) -> Message | None:
    """What there is today and what it serves; None where the need itself is not known."""
    result, capacity, label = study.headline, study.capacity, "Écart"
    if result is None or capacity is None:
        return None
    if result.today is None:
        floor = result.observed
        if floor is None:
            return Message(label, "Créneaux d’aujourd’hui :", TO_FILL)
        given = f"ses consultations en occupent {floor.slots} au moins."
        return Message(label, "Créneaux d’aujourd’hui non publiés :", given)
    served = f"{whole_percent(result.today.served_at_median)} des demandes servies à temps"
    row = capacity.by_deadline.to_dict("index")[result.scenario.deadline_days]
    missing = named_interval(row, "missing")
    more = ""
    if missing.p90:
        alone = result.scenario.has_own_line
        many = centred(missing) if alone else span(missing.p10, missing.p90)
        more = f" ; il en manque {many}"
    return Message(label, f"Il y en a {slots_text(result.today.slots)} :", f"{served}{more}.")


def messages(study: Study, levers: Sequence[Lever]) -> dict[str, Any]:
    """Need, gap and lever, then for whom and on what it rests."""
    lever = next((each for each in levers if each.lead), None)
    said = [
        _need(study),
        _gap(study),
        None
        if lever is None
        else Message("Levier", lever.lead, lever.effect + lever.why, lever.mark),
    ]
    result = study.headline
    note = "" if result is None else _note(result)
    return {"lines": [each for each in said if each is not None], "note": note}


def _note(result: Headline) -> str:
    """For whom and for what the slots are counted, how wide and on what they rest."""
    the = "les " if result.scenario.public == "no_mt" else ""
    return (
        f"Pour {the}{whom(result.scenario)}, et pour que {goal(result)}. Intervalle : "
        f"{CHANCES}. {STATUS_MARKS[result.status]} {result.evidence}"
    )

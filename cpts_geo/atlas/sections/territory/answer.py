"""Head of a sheet: the answer, what there is today, how solid it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from cpts_geo.atlas.look.cells import Cell, Row
from cpts_geo.atlas.look.words import (
    TOO_LARGE,
    centred,
    deadline,
    goal,
    gp_hours,
    offered,
    short_answer,
    slots,
    support,
    whom,
)
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.answer.publics import PublicAnswer, part_exceeds_whole
from cpts_geo.capacity.need.interval import CHANCES
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.errors import DemandTooLargeError
from cpts_geo.foreign import for_readers
from cpts_geo.french import NNBSP, capital, counted, number, value_text, whole_percent
from cpts_geo.schema import APL_OF_NEED, COLUMNS, STATUS_MARKS, Status
from cpts_geo.study.study import Study

#: Caveat that is said before the answer.
_FIRST: Final = "contradicted"
_APL: Final = COLUMNS[APL_OF_NEED].name


def answer(result: Headline) -> str:
    """
    Answer the question of the meeting in one sentence.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    str
        French sentence: public, slots a day, interval in words, GP-hours a week. Without local
        evidence, an order of magnitude: the interval alone.
    """
    needed, hours = result.slots_per_day, result.gp_hours_per_week
    low, high = round(hours.p10), round(hours.p90)
    who = f"Pour {'' if result.scenario.public != 'no_mt' else 'les '}{whom(result.scenario)}"
    if not needed.p90:
        return f"{who}, ordre de grandeur : {short_answer(result)} ({CHANCES})."
    if not result.scenario.has_own_line:
        many = f"{_to(needed.p10)}{slots(needed.p90)}" if needed.p10 < needed.p90 else None
        return (
            f"{who}, ordre de grandeur : {many or slots(needed.p90)} par jour ({CHANCES}), soit "
            f"{_to(low) if low < high else ''}{gp_hours(hours.p90)} de consultation par semaine."
        )
    bounds = f"{_to(needed.p10)}{needed.p90}, " if needed.p10 < needed.p90 else ""
    spread = f" ({_to(low)}{high}{NNBSP}h)" if low < high else ""
    return (
        f"{who}, il faudrait {slots(needed.p50)} par jour ({bounds}{CHANCES}), soit "
        f"{gp_hours(hours.p50)} de consultation par semaine{spread}."
    )


def floor(result: Headline) -> str:
    """
    Say the least that the consultations already given require.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    str
        French sentence; empty where no consultation is known.
    """
    seen, days = result.observed, result.scenario.deadline_days
    if seen is None:
        return ""
    text = (
        "Le minimum, celui des consultations déjà assurées "
        f"({number(seen.line.per_day, 1)} par jour d’ouverture) : au moins {slots(seen.slots)} "
        f"par jour pour les donner {deadline(days)}"
    )
    if days > 0:
        text += f", au moins {number(seen.slots_same_day)} pour les donner {deadline(0)}"
    return text + "."


def today(result: Headline) -> str:
    """
    Say what is offered today, and what it can carry.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    str
        French sentence; says that it is not published where it is unknown.
    """
    known = result.today
    if known is None:
        return "Capacité d’aujourd’hui : non publiée."
    return (
        f"{capital(offered(result))} : {slots(known.slots)} par jour "
        f"({number(known.gp_hours_per_week)} h de consultation par semaine), de quoi tenir "
        f"l’objectif jusqu’à {number(known.carries_per_day, 1)} demandes par jour ; à la demande "
        f"médiane, {whole_percent(known.served_at_median)} seraient servies dans ce délai."
    )


def _planned(result: Headline) -> str:
    """Say what the announced capacity would serve; empty where nothing is announced."""
    offer = result.planned
    if offer is None:
        return ""
    text = (
        f"Avec {slots(offer.slots)} ({(result.scenario.planned_basis or '').rstrip(' .')}) : "
        f"{whole_percent(offer.served_at_median)} des demandes servies dans le délai à la demande "
        "médiane"
    )
    if offer.served_if_all_calls is not None:
        text += f", {whole_percent(offer.served_if_all_calls)} si chaque appel demandait un créneau"
    return text + "."


def evidence(result: Headline) -> str:
    """
    Give the mark of an answer before :func:`cpts_geo.atlas.look.words.support`.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    str
        French words.
    """
    return f"{STATUS_MARKS[result.status]} {capital(support(result.scenario))}"


def _to(low: int) -> str:
    """Start of two bounds that no line parts."""
    return f"{number(low)}\u00a0à\u00a0"


def _why(study: Study) -> str:
    """Say why there is no answer; empty where there is one."""
    error = study.answer
    if isinstance(error, Headline):
        return ""
    if study.too_large:
        return f"Capacité non calculée. {TOO_LARGE}"
    return f"Créneaux nécessaires : inconnus. {_without_apl(study) or capital(error.defects[0])}."


def _without_apl(study: Study) -> str:
    """Say of which communes the APL lacks, from which the need is computed; empty for none."""
    missing, people = study.figures[_APL].isna(), study.figures["population"].fillna(0.0)
    if not missing.any():
        return ""
    start = f"Le besoin se calcule d’après l’APL {COLUMNS[_APL].vintage}, qui"
    if missing.all():
        return f"{start} n’est publiée pour aucune commune de ce territoire"
    share = whole_percent(float(people[missing].sum() / people.sum()))
    lacking = counted(int(missing.sum()), "commune", "communes")
    return f"{start} n’est pas publiée pour {lacking} sur {len(missing)} ({share} des habitants)"


def _publics(study: Study) -> dict[str, Any] | None:
    """Both publics that a device could admit, where none is described; None where one is."""
    found = study.publics
    if len(found) < 2:
        return None
    first = (
        "d’abord tous les habitants"
        if found[0].public == "all"
        else "d’abord les personnes sans médecin traitant, dont le nombre est connu et qui "
        "demanderaient davantage"
    )
    why = (
        "Aucune ligne n’est décrite ici : voici ce qu’il faudrait selon le public qu’elle "
        f"recevrait, {first} ; les deux ne s’additionnent pas."
    )
    rows = [_public_row(study, each) for each in found]
    return {"why": why, "rows": rows, "more": part_above_whole(found)}


def part_above_whole(found: Sequence[PublicAnswer]) -> str:
    """
    Say why people without médecin traitant seem to need more than all residents, where they do.

    Parameters
    ----------
    found : sequence of PublicAnswer
        Answers for both publics, as :func:`cpts_geo.capacity.answer.publics.answers`.

    Returns
    -------
    str
        French sentence; empty where they need no more, or one of both is not known.
    """
    if not part_exceeds_whole(found):
        return ""
    mark = STATUS_MARKS[Status.ASSUMED]
    supposed = any(each.hypothesis for each in found if each.public == "no_mt")
    counted_as = f"la part nationale {mark}" if supposed else "leur nombre"
    return (
        "Les personnes sans médecin traitant semblent demander plus que tous les habitants, dont "
        f"elles font partie : leur ligne est {counted_as} × le taux d’appel d’un autre territoire, "
        "sans égard aux médecins d’ici, alors que celle de tous vient de l’APL, qui voit peu ou "
        "pas de besoin sans réponse."
    )


def _public_row(study: Study, found: PublicAnswer) -> Row:
    """Slots of a public and what they rest on, or why they are not known."""
    scenario = study.scenario.admitting(found.public)
    name = whom(scenario)
    error = found.answer
    if isinstance(error, Headline) and error.slots_per_day.p90:
        slots_cell = Cell(centred(error.slots_per_day), status=error.status.value)
        hours, rests = centred(error.gp_hours_per_week), _rests_on(scenario)
    elif isinstance(error, Headline):
        slots_cell = Cell("aucun", status=error.status.value)
        hours, rests = (
            "—",
            "L’APL ne voit pas de besoin sans réponse ici : un calcul, et non un compte.",
        )
    else:
        large = isinstance(error, DemandTooLargeError)
        slots_cell = Cell("trop pour une file" if large else "inconnu", Status.UNKNOWN.value)
        hours = "—"
        rests = f"{capital(error.defects[0])}." if large else "Le besoin du territoire est inconnu."
    source = scenario.sources["people_without_mt"]
    detail = (
        f"{number(scenario.people_without_mt)} : {source.text} ({source.grade})"
        if found.public == "no_mt"
        else ""
    )
    return Row(capital(name), detail, (slots_cell, Cell(hours), Cell(rests, numeric=False)))


def _rests_on(scenario: Scenario) -> str:
    """What the slots of a public rest on; of a rate that another line lends, its source."""
    if scenario.public != "no_mt" or scenario.has_own_line:
        return scenario.evidence_words
    lent = scenario.sources["calls_observed"]
    return f"{scenario.evidence_words} Ce taux : {lent.text} ({lent.grade})."


def section(study: Study) -> dict[str, Any]:
    """
    Name the territory, and answer the question of the meeting.

    Parameters
    ----------
    study : Study
        Everything known of it.

    Returns
    -------
    dict
        What its template shows; without a sentence, and why, where the answer is not known.
    """
    result = study.headline
    known = (
        {}
        if result is None
        else {
            "first": [each.text for each in result.caveats if each.kind == _FIRST],
            "sentence": answer(result),
            "rough": not result.scenario.has_own_line,
            "goal": f"Pour que {goal(result)}.",
            "floor": floor(result),
            "today": today(result),
            "planned": _planned(result),
            "evidence": evidence(result),
            "warnings": [each.text for each in result.caveats if each.kind != _FIRST],
        }
    )
    outline = study.outline
    return {
        "population": value_text(COLUMNS["population"], outline["population"], unit=True),
        "population_year": COLUMNS["population"].vintage,
        "area": value_text(COLUMNS["area_km2"], outline["area_km2"], unit=True),
        "why": _why(study),
        "publics": _publics(study),
        "notes": for_readers(study.notes),
        "first": (),
        "warnings": (),
        **known,
    }

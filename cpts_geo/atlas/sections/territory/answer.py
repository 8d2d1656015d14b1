"""Head of a sheet: the answer, what there is today, how solid it is."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cpts_geo.atlas.look.words import answer_status, between, goal, partial, slots, support
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.demand.interval import AT_LEAST_CHANCES
from cpts_geo.french import NNBSP, counted, number, value_text, whole_percent
from cpts_geo.schema import COLUMNS, STATUS_MARKS


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
        French sentence: slots a day, interval in words, GP-hours a week. Where the observed
        activity refutes the model, the observed minimum is the answer.
    """
    need = f"Pour que {goal(result)}, il faudrait "
    if (seen := result.refuting) is not None:
        return (
            f"{need}au moins {slots(seen.slots)} par jour, d’après l’activité déjà assurée "
            f"({number(seen.line.per_day, 1)} consultations par jour d’ouverture), soit environ "
            f"{_hours(seen.gp_hours_per_week)} de médecin par semaine."
        )
    needed, hours = result.slots_per_day, result.gp_hours_per_week
    return (
        f"{need}{slots(needed.p50)} par jour{partial(result)} — "
        f"{between(needed.p10, needed.p90)}, "
        f"{AT_LEAST_CHANCES} —, soit {_hours(hours.p50)} de médecin par semaine "
        f"({between(round(hours.p10), round(hours.p90))}{NNBSP}h)."
    )


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
    offered = result.today
    if offered is None:
        return "Capacité d’aujourd’hui : non publiée."
    text = (
        f"Aujourd’hui : {slots(offered.slots)} par jour "
        f"({number(offered.gp_hours_per_week)} h de médecin par semaine), de quoi tenir "
        f"l’objectif jusqu’à {number(offered.carries_per_day, 1)} demandes par jour"
    )
    if result.scenario.uncounted_demand is not None:
        return text + "."
    return (
        f"{text} ; à la demande médiane, {whole_percent(offered.served_at_median)} "
        "seraient servies dans ce délai."
    )


def _planned(result: Headline) -> str:
    """Say what the announced capacity would serve; empty where nothing is announced."""
    offer = result.planned
    if offer is None:
        return ""
    text = (
        f"Avec {slots(offer.slots)} ({result.scenario.planned_basis}) : "
        f"{whole_percent(offer.served_at_median)} des demandes servies dans le délai à la demande "
        "médiane"
    )
    if offer.served_if_all_calls is not None:
        text += f", {whole_percent(offer.served_if_all_calls)} si chaque appel demandait un créneau"
    return text + "."


def evidence(result: Headline) -> str:
    """
    Give the evidence label with its mark.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    str
        Such as « ◐ Appui 1 (de 1, le plus solide, à 4) — … ».
    """
    said = support(result.scenario)
    return f"{STATUS_MARKS[answer_status(result)]} {said[0].upper()}{said[1:]}"


def _hours(hours: float) -> str:
    """A whole number of hours with its word."""
    return counted(round(hours), "heure", "heures")


def section(outline: pd.Series, result: Headline | None) -> dict[str, Any]:
    """
    Name the territory, and answer the question of the meeting.

    Parameters
    ----------
    outline : Series
        Its population and area_km2.
    result : Headline or None
        Capacity needed; None where it is too large for one queue.

    Returns
    -------
    dict
        What its template shows; without a sentence where the answer is not known.
    """
    known = (
        {}
        if result is None
        else {
            "sentence": answer(result),
            "today": today(result),
            "planned": _planned(result),
            "evidence": evidence(result),
            "warnings": result.warnings,
        }
    )
    return {
        "population": value_text(COLUMNS["population"], outline["population"], unit=True),
        "population_year": COLUMNS["population"].vintage,
        "area": value_text(COLUMNS["area_km2"], outline["area_km2"], unit=True),
        **known,
    }

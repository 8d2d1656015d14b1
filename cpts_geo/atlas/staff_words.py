"""What a page says of people: who answers the telephone, GPs in five and ten years."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import pandas as pd

from cpts_geo.atlas.capacity_words import span
from cpts_geo.capacity.workforce.phone import agents_by_hour
from cpts_geo.french import NNBSP, counted, joined, number, percent


def phone_sentence(phone: pd.DataFrame, usual: int) -> str:
    """
    Say how many people must answer, on average and in the peak.

    Parameters
    ----------
    phone : DataFrame
        As :func:`cpts_geo.capacity.workforce.phone.agents_by_hour`.
    usual : int
        Agents for an hour of average calls.

    Returns
    -------
    str
        French sentence.
    """
    mean = float(phone["calls_per_hour"].mean())
    most = int(phone["agents"].max())
    goal = (
        f"décrocher {percent(phone_default('target_share'), 0)} des appels en "
        f"{number(phone_default('within_seconds'))} secondes"
    )
    start = f"Pour {goal}, {_people(usual)} {'suffit' if usual == 1 else 'suffisent'} en moyenne"
    start += f" ({number(mean, 1)} {'appel' if mean < 2 else 'appels'} par heure)"
    if most <= usual:
        return f"{start}, et à toute heure."
    peak = phone.index[phone["agents"] == most]
    when = (
        f"de {peak[0]}{NNBSP}h à {peak[-1] + 1}{NNBSP}h"
        if len(peak) == peak[-1] - peak[0] + 1
        else f"à {joined([f'{hour}{NNBSP}h' for hour in peak])}"
    )
    return f"{start} ; {when}, il en faut {number(most)}."


def phone_note(phone: pd.DataFrame, *, grade: str) -> str:
    """
    Say what the telephone rests on.

    Parameters
    ----------
    phone : DataFrame
        As :func:`cpts_geo.capacity.workforce.phone.agents_by_hour`.
    grade : str
        Grade of the calls counted.

    Returns
    -------
    str
        French sentence.
    """
    return (
        f"Appels par an : comptés ({grade}). Leur répartition dans la journée et "
        f"{number(handling_minutes(phone))} minutes par appel : hypothèses (D). Attente d’une file "
        "M/M/c (Erlang C), sans raccrochage : un maximum."
    )


def future_sentences(future: pd.DataFrame) -> list[str]:
    """
    Say what becomes of the GPs, of people without médecin traitant and of slots.

    Parameters
    ----------
    future : DataFrame
        As :attr:`cpts_geo.study.capacity.TerritoryCapacity.future`.

    Returns
    -------
    list of str
        French sentences: fewest arrivals, then most.
    """
    now = future[future["year"] == 0].iloc[0]
    last = int(future["year"].max())
    ends = future[future["year"] == last].groupby("entries")
    fewest, most = future["entries"].min(), future["entries"].max()
    few, many = ends.get_group(fewest), ends.get_group(most)
    people = span(100 * few["share_without_mt"].min(), 100 * few["share_without_mt"].max())
    return [
        f"{arrivals(fewest).capitalize()}, {number(now['gps'])} médecins deviendraient "
        f"{span(few['gps'].min(), few['gps'].max())} dans {last} ans ; la part des habitants sans "
        f"médecin traitant, {percent(now['share_without_mt'], 0)} aujourd’hui, serait de "
        f"{people}{NNBSP}%, et il faudrait {span(few['slots'].min(), few['slots'].max())} créneaux "
        f"par jour au lieu de {number(now['slots'])}.",
        f"Avec {arrivals(most)}, ils seraient {span(many['gps'].min(), many['gps'].max())} et "
        f"{span(many['slots'].min(), many['slots'].max())} créneaux suffiraient.",
    ]


def arrivals(entries: float) -> str:
    """
    Write a number of GPs who settle each year.

    Parameters
    ----------
    entries : float
        Arrivals a year.

    Returns
    -------
    str
        French words.

    Examples
    --------
    >>> arrivals(0), arrivals(1), arrivals(0.5)
    ('sans installation', '1 installation par an', '0,5 installation par an')
    """
    if entries == 0:
        return "sans installation"
    count = number(entries, 0 if float(entries).is_integer() else 1)
    return f"{count} {'installation' if entries < 2 else 'installations'} par an"


def future_note(facts: Mapping[str, Mapping[Any, Any]]) -> str:
    """
    Say what is known of the GPs, and what is imagined.

    Parameters
    ----------
    facts : mapping of str to mapping
        Published facts by name: value, document, grade.

    Returns
    -------
    str
        French sentences.
    """
    age, density = facts["gp_mean_age"], facts["gps_per_100k"]
    return (
        f"Publié : {number(density['value'])} médecins pour 100 000 habitants, de "
        f"{number(age['value'])} ans en moyenne ({age['document']}, {age['grade']}). Les âges sont "
        "imaginés autour de cette moyenne, resserrés ou étalés : d’où les deux bornes. Départs "
        "selon l’âge, installations à 38 ans, population et patients par médecin constants, mêmes "
        "appels par personne : hypothèses (D). Ce n’est la prévision d’aucun médecin."
    )


def handling_minutes(phone: pd.DataFrame) -> float:
    """
    Find the minutes a call takes in a table of agents by hour.

    Parameters
    ----------
    phone : DataFrame
        As :func:`cpts_geo.capacity.workforce.phone.agents_by_hour`, with calls.

    Returns
    -------
    float
        Minutes per call.
    """
    return float(60.0 * phone["load_erlangs"].sum() / phone["calls_per_hour"].sum())


def phone_default(name: str) -> float:
    """
    Give a setting of the telephone where none is chosen, from its only home.

    Parameters
    ----------
    name : str
        Argument of :func:`cpts_geo.capacity.workforce.phone.agents_by_hour`.

    Returns
    -------
    float
        Its default.

    Examples
    --------
    >>> phone_default("target_share")
    0.8
    """
    return float(inspect.signature(agents_by_hour).parameters[name].default)


def _people(count: int) -> str:
    return counted(count, "personne", "personnes") if count > 1 else "une personne"

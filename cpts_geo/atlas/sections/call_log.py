"""What a call log says: only what may leave of it, rates with their interval."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from cpts_geo.atlas.look.cells import MASK_LABEL, MASK_TEXTS, Cell
from cpts_geo.capacity.calls.posterior import rate_posterior
from cpts_geo.capacity.calls.profile import CallProfile
from cpts_geo.capacity.calls.released import shown_need, shown_requests
from cpts_geo.capacity.calls.spoilers import spoilers
from cpts_geo.capacity.demand.laws import CountedShare
from cpts_geo.capacity.need.interval import CHANCE, CHANCES, LEVELS
from cpts_geo.french import (
    MONTHS,
    NNBSP,
    UNKNOWN_TEXT,
    WEEKDAYS,
    capital,
    counted,
    day,
    number,
    percent,
)
from cpts_geo.secrecy.disclosure import Mask

_OUTCOME_WORDS: Final = {
    "appointment": "rendez-vous",
    "advice": "conseil",
    "redirected": "réorienté",
    "no_slot": "sans créneau",
    "duplicate": "doublon",
    "cancelled": "annulé ou non honoré",
    "other": "autre",
    "no_answer": "sans réponse",
    "unknown": "issue inconnue",
}


def log_sentences(found: CallProfile, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """
    Say what a log holds.

    Parameters
    ----------
    found : CallProfile
        Its profile.
    tables : Mapping of str to DataFrame
        What may leave of it (:func:`cpts_geo.capacity.calls.released.released`).

    Returns
    -------
    list of str
        French sentences; counts of 1 to 10 are not written, nor what would give them.
    """
    per_day = found.daily_rate
    word = ("consultation", "consultations") if found.lower_bound else ("appel", "appels")
    period = f"{day(found.start.isoformat())} au {day(found.end.isoformat())}"
    said = [
        f"{counted(found.calls, *word)} du {period}, en "
        f"{counted(found.opening_days, 'jour d’ouverture', 'jours d’ouverture')}"
        + (f", d’après des comptes {found.counted_by}." if found.counted_by else "."),
        f"Par jour d’ouverture : {_rate(per_day.mean, per_day.interval(CHANCE), 2)}.",
        _per_person(found),
        f"Ces intervalles ({CHANCES}) ne disent que l’erreur de comptage, pas ce qu’on "
        "ignore du besoin.",
        _dispersion(found),
        f"En dehors des jours comptés : {_count(tables['apart'], 'outside', word)}.",
    ]
    if found.lower_bound:
        said.append(
            "Chaque ligne est une consultation donnée : la demande est au moins celle-là."
            if found.counted is None
            else "Seules des consultations sont comptées : la demande est au moins celle-là."
        )
    else:
        outcomes = tables["outcome"]
        taken = "comptés avec les doublons" if found.repeats_out else "laissés dans les demandes"
        said += [
            f"Appels suivis d’un rendez-vous : {_share(outcomes, 'appointment', found)}. Sur une "
            "ligne saturée, cette part mesure ses créneaux, pas le besoin.",
            f"Appels restés sans créneau : {_share(outcomes, 'no_slot', found)}.",
            f"Doublons : {_share(outcomes, 'duplicate', found)} ; appels qui en répètent un autre "
            f"sans être signalés : {_count(tables['apart'], 'repeated', word)}, {taken}.",
            _requests(found, tables),
            _need(found, tables),
            *(capital(text) for text in spoilers(found, tables)),
        ]
    if found.longest_silence > 1:
        said.append(
            f"Plus long silence : {number(found.longest_silence)} jours d’ouverture de suite sans "
            "appel. Si le registre a un trou, les taux sont trop bas."
        )
    return said


def log_views(tables: Mapping[str, pd.DataFrame]) -> list[tuple[str, list[str], list[list[Cell]]]]:
    """
    Lay out the tables of a log that a terminal has room for.

    Parameters
    ----------
    tables : Mapping of str to DataFrame
        What may leave of it.

    Returns
    -------
    list of tuple
        Title, headers, rows; communes and ages are left to the files.
    """
    splits: list[tuple[str, str, dict[Any, str]]] = [
        ("outcome", "Issues", dict(_OUTCOME_WORDS)),
        ("weekday", "Jours de la semaine", dict(enumerate(WEEKDAYS))),
        ("hour", "Heures", {hour: f"{hour}{NNBSP}h" for hour in range(24)}),
        ("month", "Mois", {month: MONTHS[month - 1] for month in range(1, 13)}),
    ]
    views = []
    for name, title, words in splits:
        table = tables.get(name)
        if table is None or table.empty:
            continue
        factor = "factor" in table and table["factor"].notna().any()
        headers = [title, "Appels", "Part", *(["Rapport à la moyenne"] if factor else [])]
        rows = [
            [
                Cell(words[label], numeric=False),
                *_cells(row),
                *([Cell(_factor(row))] if factor else []),
            ]
            for label, row in table.iterrows()
            if name != "hour" or row["calls"] != 0
        ]
        views.append((title, headers, rows))
    return views


def _cells(row: Any) -> list[Cell]:
    """Calls and their share, or the mask in their place."""
    if masked := MASK_TEXTS.get(row["calls_status"]):
        return [Cell(masked, status=row["calls_status"]), Cell("—")]
    return [
        Cell(number(float(row["calls"])), status=row["calls_status"]),
        Cell(percent(float(row["share"]))),
    ]


def _factor(row: Any) -> str:
    """Ratio to the mean, two decimals; « — » for NaN."""
    factor = float(row["factor"])
    return "—" if math.isnan(factor) else number(factor, 2)


def _rate(mean: float, ends: tuple[float, float], decimals: int) -> str:
    """A rate with its interval."""
    low, high = (number(end, decimals) for end in ends)
    return f"{number(mean, decimals)} ({low} à {high})"


def _per_person(found: CallProfile) -> str:
    """Calls per person and year, or why there is no such rate."""
    rate = found.person_rate
    if rate is None:
        return (
            "Par personne sans médecin traitant et par an : non calculé, car le scénario ne "
            "réserve pas la ligne à ces personnes."
        )
    return (
        "Par personne sans médecin traitant et par an : "
        f"{_rate(rate.mean, rate.interval(CHANCE), 3)}."
    )


def _requests(found: CallProfile, tables: Mapping[str, pd.DataFrame]) -> str:
    """Requests of the log, and of an opening day."""
    requests = shown_requests(found, tables)
    per_day = rate_posterior(requests, found.opening_days)
    return (
        f"Demandes, doublons ôtés : {number(requests)}, soit par jour d’ouverture "
        f"{_rate(per_day.mean, per_day.interval(CHANCE), 2)}."
    )


def _need(found: CallProfile, tables: Mapping[str, pd.DataFrame]) -> str:
    """Share of the requests that deserved a slot, with its interval, or that it is not known."""
    counts = shown_need(found, tables)
    if counts is None:
        why = (
            "trop peu d’appels par issue"
            if found.counted is None
            else "les comptes ne la disent pas, et elle reste supposée"
        )
        return f"Part de celles qui relevaient d’une consultation : {why}."
    ends = CountedShare("", counts).quantile([LEVELS["p10"], LEVELS["p90"]])
    low, high = (percent(float(end)) for end in ends)
    return (
        f"Part de celles qui relevaient d’une consultation : {percent(counts[0] / sum(counts))} "
        f"({low} à {high}), sur {number(sum(counts))} d’issue connue ; rendez-vous, annulés "
        "compris, et demandes restées sans créneau."
    )


def _share(outcomes: pd.DataFrame, outcome: str, found: CallProfile) -> str:
    """Share of an outcome among the calls, or the mask in its place."""
    if not found.outcomes[outcome] and found.counted is not None:
        return "aucune colonne de comptes ne le dit"
    # No masking protects this split: nothing of it is shown.
    if outcome not in outcomes.index:
        return MASK_LABEL
    row: Any = outcomes.loc[outcome]
    if row["calls_status"] == Mask.UNDER_11:
        return f"{MASK_TEXTS[Mask.UNDER_11]} appels"
    return MASK_LABEL if row["calls_status"] == Mask.SECRET else percent(float(row["share"]))


def _count(apart: pd.DataFrame, name: str, word: tuple[str, str]) -> str:
    """A number of calls with its word, or the mask in its place."""
    row: Any = apart.loc[name]
    if masked := MASK_TEXTS.get(row["calls_status"]):
        return masked
    calls = float(row["calls"])
    return UNKNOWN_TEXT if math.isnan(calls) else counted(calls, *word)


def _dispersion(found: CallProfile) -> str:
    """How far days differ, beside what chance alone makes of them (variance / mean)."""
    dispersion = found.dispersion
    if math.isnan(dispersion.index):
        why = (
            "trop peu de jours pour les mesurer"
            if found.counted is None
            else f"des comptes {found.counted_by} ne les mesurent pas"
        )
        return f"Écarts d’un jour à l’autre : {why}."
    verdict = (
        "qui ne les explique pas ; l’intervalle des taux est trop étroit d’autant"
        if dispersion.overdispersed
        else "qui suffit à les expliquer"
    )
    index = number(dispersion.index, 2)
    return f"Écarts d’un jour à l’autre : {index} fois ceux du seul hasard, {verdict}."

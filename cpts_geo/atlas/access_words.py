"""What a page says of access in words: minutes, scenarios of supply, where to open."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cpts_geo.access.shifts import Shift
from cpts_geo.access.surrogate import VARIANT_NAMES
from cpts_geo.capacity.opening import Opening
from cpts_geo.capacity.territory_access import TerritoryAccess
from cpts_geo.french import counted, number, percent
from cpts_geo.schema import COLUMNS

#: Communes named in a sentence before the others are counted.
_NAMED = 4
_FACILITIES = {
    "gp": "d’une commune où exerce un généraliste",
    "emergency": "d’un service d’urgences",
}


def named(codes: Sequence[str], names: pd.Series) -> str:
    """
    Write communes by their names.

    Parameters
    ----------
    codes : sequence of str
        INSEE codes.
    names : Series of str
        Name by code.

    Returns
    -------
    str
        The first names joined in French, then how many more.

    Examples
    --------
    >>> named(["A", "B"], pd.Series({"A": "Pithiviers", "B": "Malesherbes"}))
    'Pithiviers et Malesherbes'
    """
    texts = [str(names.get(code, code)) for code in codes]
    if len(texts) > _NAMED + 1:
        rest = f"{number(len(texts) - _NAMED)} autres"
        texts = [*texts[:_NAMED], rest]
    return " et ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def times_note(access: TerritoryAccess) -> str:
    """
    Say what the travel times are, and what they are not.

    Parameters
    ----------
    access : TerritoryAccess
        Access of the territory.

    Returns
    -------
    str
        French sentences.
    """
    times = access.times
    words = f"Temps en voiture : {times.label} (confiance {times.grade})."
    if access.approximate:
        words += (
            " Ils ignorent rivières, ponts et relief : d’une région à l’autre, l’écart va jusqu’à "
            "40 % à 10 km ; entre parenthèses, les variantes basse et haute. De chef-lieu à "
            "chef-lieu, 0 dans la commune ; une île sans pont n’a aucune route."
        )
    return words + " Sans transport en commun : qui n’a pas de voiture n’est pas décrit."


def coverage_sentences(access: TerritoryAccess) -> list[str]:
    """
    Say how near care is.

    Parameters
    ----------
    access : TerritoryAccess
        Access of the territory.

    Returns
    -------
    list of str
        A French sentence a facility whose times are known for someone.
    """
    found = []
    for facility, words in _FACILITIES.items():
        mine = access.coverage[access.coverage["facility"] == facility]
        band = 10.0 if facility == "gp" else 20.0
        rows = mine[mine["minutes"] == band].set_index("variant")
        if rows.empty or not rows["share"].notna().any():
            continue
        row = rows.to_dict("index")["central"]
        column = COLUMNS[str(row["column"])]
        span = aside(between(rows["share"], _whole_percent))
        text = (
            f"{percent(row['share'], 0)}{span} des habitants vivent à {number(band)} minutes au "
            f"plus {words} ({column.vintage})"
        )
        if pd.notna(row["mean_minutes"]):
            text += f" ; {number(row['mean_minutes'])} min en moyenne"
        if row["worst"] and row["worst_minutes"] > 0:
            text += (
                f", jusqu’à {number(row['worst_minutes'])} min pour "
                f"{access.names.get(row['worst'], row['worst'])}"
            )
        found.append(text + "." + _beyond(row))
    return found


def _beyond(row: dict[Hashable, Any]) -> str:
    if not row["unknown"]:
        return ""
    people = counted(row["unknown"], "habitant", "habitants")
    return f" Temps inconnu pour {people}, laissés hors du compte."


def between(values: Iterable[float], write: Callable[[float], str]) -> str:
    """
    Write the extremes of a value over the variants of the travel times.

    Parameters
    ----------
    values : iterable of float
        The value under each variant; NaN is unknown.
    write : callable
        Writes a value in French.

    Returns
    -------
    str
        Such as « de 88 % à 100 % »; empty where all are written alike, or one is unknown.

    Examples
    --------
    >>> between([3.0, 2.0, 2.6], number), between([2.9, 3.1], number)
    ('de 2 à 3', '')
    """
    ordered = sorted(values)
    if not ordered or any(np.isnan(value) for value in ordered):
        return ""
    low, high = write(ordered[0]), write(ordered[-1])
    return f"de {low} à {high}" if low != high else ""


def aside(text: str) -> str:
    """
    Put words in parentheses after a value.

    Parameters
    ----------
    text : str
        Words, maybe none.

    Returns
    -------
    str
        The words in parentheses after a space; empty where there is none.

    Examples
    --------
    >>> aside("de 2 à 3"), aside("")
    (' (de 2 à 3)', '')
    """
    return f" ({text})" if text else ""


def shift_sentence(shift: Shift, names: pd.Series) -> str:
    """
    Say what a scenario of supply changes.

    Parameters
    ----------
    shift : Shift
        Scenario on a territory.
    names : Series of str
        Name of communes by code.

    Returns
    -------
    str
        French sentences: what is supposed, the territory before and after, the commune that
        changes most, communes that cross 2.5.
    """
    moved = shift.communes["shift"]
    supposed = " ; ".join(change.words for change in shift.changes)
    text = f"Supposé : {supposed}. "
    central = shift.means.to_dict("index")["central"]
    if pd.notna(central["after"]):
        span = aside(between(shift.means["after"], _two))
        text += (
            f"L’APL du territoire ({shift.vintage}) passerait de {number(central['before'], 2)} à "
            f"{number(central['after'], 2)}{span}. "
        )
    most = str(moved.abs().idxmax())
    row = shift.communes.to_dict("index")[most]
    span = aside(between((row["low"], row["high"]), signed))
    text += f"Commune la plus touchée : {names.get(most, most)}, {signed(row['shift'])}{span}. "
    touched = int((moved.abs() > 0.0).sum())
    text += f"{counted(touched, 'commune touchée', 'communes touchées')} sur {len(moved)}. "
    return text + _crossing(shift, names)


def _whole_percent(share: float) -> str:
    return percent(share, 0)


def _two(value: float) -> str:
    return number(value, 2)


def _crossing(shift: Shift, names: pd.Series) -> str:
    if shift.communes["before"].isna().all():
        return ""
    parts = []
    for direction, words in (("falls", "sous 2,5"), ("rises", "à 2,5 ou plus")):
        codes = list(shift.crossing.index[shift.crossing["direction"] == direction])
        if codes:
            verb = "passerait" if len(codes) == 1 else "passeraient"
            many = counted(len(codes), "commune", "communes")
            parts.append(f"{many} {verb} {words} : {named(codes, names)}.")
    return " ".join(parts) or "Aucune commune ne franchirait le seuil de 2,5."


def signed(value: float) -> str:
    """
    Write a shift with its sign.

    Parameters
    ----------
    value : float
        Shift of the APL.

    Returns
    -------
    str
        Two decimals, + included.

    Examples
    --------
    >>> signed(0.081), signed(-0.2)
    ('+0,08', '−0,20')
    """
    return f"{'+' if value > 0 else ''}{number(value, 2)}"


def opening_answer(found: Opening, access: TerritoryAccess) -> str:
    """
    Say where to open, and whether the answer holds.

    Parameters
    ----------
    found : Opening
        Where to open.
    access : TerritoryAccess
        Access of the territory.

    Returns
    -------
    str
        French sentences.
    """
    places = named(found.best, access.names)
    rows = found.solutions[found.solutions["allocation"] == found.solutions["allocation"].iloc[0]]
    first = rows.iloc[0]
    more = " de plus" if found.existing else ""
    count = len(found.best)
    where = f"le meilleur lieu d’un centre{more} est "
    if count > 1:
        where = f"les meilleurs lieux de {count} centres{more} sont "
    text = f"Pour que chacun soit le plus près possible, {where}"
    text += (
        f"{places} : {number(first['mean_minutes'])} minutes en moyenne, "
        f"{number(first['worst_minutes'])} pour la commune la plus éloignée "
        f"({access.names.get(first['worst_commune'], first['worst_commune'])})."
    )
    return f"{text} {_holds(found, access)}"


def _holds(found: Opening, access: TerritoryAccess) -> str:
    others = {name: sites for name, sites in found.by_variant.items() if sites != found.best}
    parts = []
    if found.stability is None:
        parts.append(
            "Une seule répartition de la demande, proportionnelle : l’APL, qui donnerait les "
            "autres, est inconnue ici."
        )
    elif found.stability.changes:
        regrets = found.stability.regrets
        mine = regrets[regrets["sites"] == found.best]
        worst = float((mine["regret"] / found.requests_per_day).max())
        parts.append(
            "Le meilleur lieu change selon la répartition de la demande ; celui-ci coûte au pire "
            f"{number(worst, 1)} minute par demande de plus que le meilleur."
        )
    else:
        count = found.solutions["allocation"].nunique()
        parts.append(f"C’est le même pour les {count} répartitions de la demande essayées.")
    if others:
        words = " et ".join(
            f"{named(sites, access.names)} avec la variante {VARIANT_NAMES[name]}"
            for name, sites in others.items()
        )
        parts.append(f"Ce serait {words} des temps.")
    elif len(found.by_variant) > 1:
        parts.append("Et pour les trois variantes des temps.")
    return " ".join(parts)


def gain_sentence(found: Opening, access: TerritoryAccess) -> str:
    """
    Say what a new centre changes to the time to the nearest care without appointment.

    Parameters
    ----------
    found : Opening
        Where to open.
    access : TerritoryAccess
        Access of the territory.

    Returns
    -------
    str
        French sentences: for the best site, then for the one that comes closest to those far from
        emergencies.
    """
    if not found.today:
        return (
            "Aucun service d’urgences ni centre connu à 45 minutes : le gain ne peut pas être "
            "compté."
        )
    texts = [_gain(found, access, found.best, "Là")]
    if found.farthest_first != found.best:
        place = named(found.farthest_first, access.names)
        lead = "Si les urgences comptent déjà comme un recours, le meilleur lieu est plutôt "
        texts.append(f"{lead}{place} : {_gain(found, access, found.farthest_first, 'il')}")
    return " ".join(texts)


def _gain(found: Opening, access: TerritoryAccess, sites: tuple[str, ...], subject: str) -> str:
    table = found.gains[sites].to_dict("index")
    people = float(table["difference"]["within_15"])
    before, after = table["before"]["mean_minutes"], table["after"]["mean_minutes"]
    place = "le service d’urgences ou le centre le plus proche"
    if not people and np.isclose(before, after):
        inside = named([code for code in sites if code in found.today], access.names)
        why = f" : {inside} a déjà un service d’urgences ou un centre" if inside else ""
        return f"{subject}, il ne rapproche personne d’un lieu de soins sans rendez-vous{why}."
    head = "il mettrait" if subject == "il" else f"{subject}, il mettrait"
    text = f"{head} {counted(people, 'habitant', 'habitants')} de plus à 15 minutes au plus"
    if pd.notna(before) and pd.notna(after):
        text += f" ; {place} serait à {number(after)} minutes en moyenne, contre {number(before)}"
    return text + "."


def capacity_sentence(found: Opening, access: TerritoryAccess) -> str:
    """
    Say how many sites the requests call for.

    Parameters
    ----------
    found : Opening
        Where to open.
    access : TerritoryAccess
        Access of the territory.

    Returns
    -------
    str
        French sentences.
    """
    asked = number(found.requests_per_day, 1)
    text = (
        f"Demande à porter : {asked} par jour d’ouverture. Un site de {found.site_slots} créneaux "
        f"par jour (un médecin 4 h, créneaux de 15 min) en porte {number(found.site_capacity, 1)} "
        f"à l’objectif : il en faut {number(found.sites_needed)}"
    )
    if found.existing:
        open_now = named(found.existing, access.names)
        text += f", et {open_now} en a déjà un"
        if found.sites_needed <= len(found.existing):
            text += " ; un de plus se justifierait par la distance, pas par le nombre de créneaux"
    text += "."
    heavy = found.loads[found.loads > found.site_capacity]
    if len(heavy):
        text += (
            f" Si chacun va au plus près, {named(list(heavy.index), access.names)} recevrait "
            f"{number(float(heavy.max()), 1)} demandes par jour, plus qu’un site n’en porte."
        )
    if found.sites_needed > len(found.existing) + len(found.best):
        text += f" Les lieux ci-dessous sont les {len(found.best)} premiers seulement."
    if found.left_out:
        text += (
            f" {named(found.left_out, access.names)} : aucune route vers les autres communes, "
            "hors de ce calcul."
        )
    return text

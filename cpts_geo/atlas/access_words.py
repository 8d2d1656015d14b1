"""What a page says of access in words: minutes to care, scenarios of supply."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from cpts_geo.access.changes.shifts import Shift
from cpts_geo.french import counted, joined, number, signed_number, whole_percent
from cpts_geo.schema import COLUMNS
from cpts_geo.settings import SHIFT_BREAKS
from cpts_geo.study.access import TerritoryAccess

#: Communes named in a sentence before the others are counted.
_NAMED = 4
#: Shift of the APL up to which nothing is seen in the figure as written: no effect on a map.
UNSEEN: Final = SHIFT_BREAKS[0]
#: Facility -> of it, and up to it.
_FACILITIES = {
    "gp": ("d’une commune où exerce un généraliste libéral", "jusqu’au généraliste libéral"),
    "emergency": ("d’un service d’urgences", "jusqu’au service d’urgences"),
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
    return joined(texts)


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
    else:
        words += (
            " Seuls les lieux de cette table comptent : des soins plus proches qui n’y sont pas ne "
            "sont pas vus. Un lieu sans temps vers lui-même est compté à 0 minute."
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
        A French sentence a facility, where something is known of it; where it is of too few people
        to speak of the territory, the sentence says so.
    """
    found = []
    for facility, (words, up_to) in _FACILITIES.items():
        mine = access.coverage[access.coverage["facility"] == facility]
        band = 10.0 if facility == "gp" else 20.0
        rows = mine[mine["minutes"] == band].set_index("variant")
        if rows.empty:
            continue
        row = rows.to_dict("index")["central"]
        if pd.isna(row["share"]):
            people = counted(row["unknown"], "habitant", "habitants")
            found.append(f"Temps inconnu {up_to} pour {people} : aucune part n’est donnée.")
            continue
        column = COLUMNS[str(row["column"])]
        span = aside(between(rows["share"], whole_percent))
        text = (
            f"{whole_percent(row['share'])}{span} des habitants vivent à {number(band)} minutes au "
            f"plus {words} ({column.vintage} ; {whose_times(access)})"
        )
        details = []
        if pd.notna(row["mean_minutes"]):
            details.append(f"{number(row['mean_minutes'])} min en moyenne")
        if row["worst"] and row["worst_minutes"] > 0:
            details.append(
                f"jusqu’à {number(row['worst_minutes'])} min pour "
                f"{access.names.get(row['worst'], row['worst'])}"
            )
        tail = f" ; {', '.join(details)}" if details else ""
        found.append(f"{text}{tail}.{_beyond(row, access)}")
    return found


def whose_times(access: TerritoryAccess) -> str:
    """
    Say in three words whose times are shown, beside any figure that comes from them.

    Parameters
    ----------
    access : TerritoryAccess
        Access of the territory.

    Returns
    -------
    str
        French words.
    """
    return "temps approchés" if access.approximate else "temps fournis par l’analyste"


def out_of_reach(people: float, access: TerritoryAccess) -> str:
    """
    Say how many people the times do not bring to any care.

    Parameters
    ----------
    people : float
        People beyond the reach of the times, or that no road joins to care.
    access : TerritoryAccess
        Access of the territory.

    Returns
    -------
    str
        French words; empty where there is nobody.
    """
    if not people:
        return ""
    where = "sans route dans la table"
    if np.isfinite(access.times.reach):
        where = f"à plus de {number(access.times.reach)} min ou sans route"
    return f"{counted(people, 'habitant', 'habitants')} {where}"


def _beyond(row: dict[Hashable, Any], access: TerritoryAccess) -> str:
    text = ""
    if row["beyond"]:
        text += f" Hors d’atteinte : {out_of_reach(row['beyond'], access)}."
    if row["unknown"]:
        people = counted(row["unknown"], "habitant", "habitants")
        text += f" Temps inconnu pour {people}, hors du compte."
    return text


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
        moves = shift.means["after"] - shift.means["before"]
        before, gap = number(central["before"], 2), central["after"] - central["before"]
        if abs(gap) > UNSEEN:
            span = aside(between(moves, signed))
            text += (
                f"L’APL du territoire ({shift.vintage}) passerait de {before} à "
                f"{number(central['after'], 2)}, soit {signed(gap)}{span}. "
            )
        else:
            text += (
                f"L’APL du territoire ({shift.vintage}) resterait à {before}, à moins de "
                f"{number(UNSEEN, 3)} près. "
            )
    seen = int((moved.abs() > UNSEEN).sum())
    if seen:
        most = most_touched(shift)[0]
        row = shift.communes.to_dict("index")[most]
        span = aside(between((row["low"], row["high"]), signed))
        text += f"Commune la plus touchée : {names.get(most, most)}, {signed(row['shift'])}{span}. "
        text += f"{counted(seen, 'commune touchée', 'communes touchées')} sur {len(moved)}. "
    else:
        text += f"Aucune commune ne bougerait de plus de {number(UNSEEN, 3)}. "
    return (text + _crossing(shift, names)).strip()


def most_touched(shift: Shift) -> list[str]:
    """
    Order the communes that a scenario touches, the most touched first.

    Parameters
    ----------
    shift : Shift
        Scenario on a territory.

    Returns
    -------
    list of str
        Codes of the communes whose shift is seen in the figure as written; of those as touched,
        the commune of the scenario first, then the order of the table.
    """
    size = shift.communes["shift"].abs()
    seen = size[size > UNSEEN].round(9).rename("size").to_frame()
    own = {change.code for change in shift.changes}
    seen["own"] = [code in own for code in seen.index]
    order = seen.sort_values(["size", "own"], ascending=False, kind="stable")
    return [str(code) for code in order.index]


def _crossing(shift: Shift, names: pd.Series) -> str:
    if shift.communes["before"].isna().all():
        return ""
    parts = []
    for direction, words in (("falls", "sous 2,5"), ("rises", "à 2,5 ou plus")):
        rows = shift.crossing[shift.crossing["direction"] == direction]
        if rows.empty:
            continue
        codes = list(rows.index[rows["central"]])
        span = between(shift.counts[direction].astype(float), number)
        # Those that another variant alone takes across the threshold are said apart.
        lead = "" if codes else "Avec une autre variante des temps, "
        shown = codes or list(rows.index)
        many = counted(len(shown), "commune", "communes")
        verb = "passerait" if len(shown) == 1 else "passeraient"
        depends = aside(f"{span} selon les temps") if span and codes else ""
        parts.append(f"{lead}{many}{depends} {verb} {words} : {named(shown, names)}.")
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
    return signed_number(value, 2)

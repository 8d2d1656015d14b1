"""Scenarios of supply as an analyst types them: « départ:Pithiviers », « centre:Challans:20 »."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Final

import pandas as pd

from cpts_geo.access.changes.apl_inputs import ACTIVITY_NEW_DOCTOR
from cpts_geo.access.changes.change import (
    Change,
    centre_opens,
    gp_arrives,
    gp_cuts_hours,
    gp_leaves,
)
from cpts_geo.errors import CptsGeoError, Defect, ScenarioError, one_line, written
from cpts_geo.schema import MAX_CHANGES
from cpts_geo.territories.naming.gazetteer import build_gazetteer
from cpts_geo.territories.naming.names import NameQuery, resolve_queries

#: Word -> what may follow the commune, for messages.
_FORMS: Final = {
    "depart": "départ:COMMUNE ou départ:COMMUNE:CONSULTATIONS",
    "arrivee": "arrivée:COMMUNE ou arrivée:COMMUNE:CONSULTATIONS",
    "reduction": "réduction:COMMUNE:APRÈS ou réduction:COMMUNE:AVANT>APRÈS",
    "centre": "centre:COMMUNE:HEURES",
}
_SPACES: Final = re.compile("[ \u00a0\u202f]")
#: Figures alone: Python would also read « 1_000 » and the figures of other alphabets.
_NUMBER: Final = re.compile(r"[-+]?(?:[0-9]+(?:[.,][0-9]*)?|inf|nan)", re.IGNORECASE)
#: « 5.400 » is five thousand to one reader and five to another.
_THOUSANDS: Final = re.compile(r"[-+]?[0-9]{1,3}(?:[.,][0-9]{3})+")
_SEPARATOR: Final = re.compile("[.,]")
_TITLES: Final = {
    "departure": "Un médecin part",
    "arrival": "Un médecin s’installe",
    "fewer_hours": "Un médecin réduit son activité",
    "centre": "Un centre ouvre",
}


def parse_changes(
    texts: Sequence[str], communes: pd.DataFrame, *, former: pd.DataFrame
) -> list[Change]:
    """
    Read scenarios typed by an analyst, one change each.

    Parameters
    ----------
    texts : sequence of str
        ``départ:COMMUNE``, ``arrivée:COMMUNE``, ``réduction:COMMUNE:AVANT>APRÈS`` (consultations a
        year) or ``centre:COMMUNE:HEURES`` (of doctor, a week); accents and case do not matter.
        The commune is a name or an INSEE code.
    communes : DataFrame
        Communes to look for names in: code_insee, name, departement and what names need.
    former : DataFrame
        Former communes.

    Returns
    -------
    list of Change
        In the order of `texts`.

    Raises
    ------
    ScenarioError
        A text that is none of these, a commune that is not found, a number out of its domain, or
        more scenarios than a page shows; lists every defect.

    Examples
    --------
    >>> from cpts_geo.sources import embedded
    >>> national = embedded.load_communes()
    >>> found = parse_changes(
    ...     ["départ:Pithiviers", "Centre:85047:20"],
    ...     national[national["departement"].isin(["45", "85"])],
    ...     former=embedded.load_former_communes(),
    ... )
    >>> [(change.code, change.consultations) for change in found]
    [('45252', -5400.0), ('85047', 4000.0)]
    """
    defects: list[str] = []
    if len(texts) > MAX_CHANGES:
        defects.append(f"{len(texts)} scénarios : une page en montre {MAX_CHANGES} au plus")
    split = [_split(text) for text in texts]
    codes, unknown = _codes([place for _, place, _ in split], communes, former=former)
    found = []
    for text, (form, place, numbers) in zip(texts, split, strict=True):
        shown = f"« {one_line(text)} »"
        if form not in _FORMS or not place:
            said = f"{shown} : attendu {' ; '.join(_FORMS.values())}"
            defects.append(Defect(said, "scénario incompris"))
            continue
        if place in unknown:
            said = f"{shown} : commune introuvable autour du territoire{unknown[place]}"
            defects.append(Defect(said, "commune introuvable"))
            continue
        try:
            found.append(_MAKERS[form](codes[place], numbers))
        except ValueError:
            said = f"{shown} : nombre illisible ; attendu {_FORMS[form]}"
            defects.append(Defect(said, "nombre illisible"))
        except CptsGeoError as error:
            said = "; ".join(written(error.defects)) or error.summary
            defects.append(Defect(f"{shown} : {said}", "nombre hors de son domaine"))
    if defects:
        raise ScenarioError(
            "Des scénarios d’offre ne sont pas compris.",
            defects=defects,
            remedy="écrivez par exemple --scenario départ:Pithiviers --scenario "
            "centre:Pithiviers:20.",
        )
    return found


def change_title(change: Change, name: str) -> str:
    """
    Name a change in a few words.

    Parameters
    ----------
    change : Change
        What happens.
    name : str
        Name of its commune.

    Returns
    -------
    str
        French title.

    Examples
    --------
    >>> change_title(gp_leaves("45252"), "Pithiviers")
    'Un médecin part : Pithiviers'
    """
    return f"{_TITLES[change.kind]} : {name}"


def _plain(text: str) -> str:
    flat = unicodedata.normalize("NFKD", text.strip().lower())
    return flat.encode("ascii", "ignore").decode()


def _split(text: str) -> tuple[str, str, str]:
    """Form, commune and numbers of a scenario."""
    kind, _, rest = text.partition(":")
    place, _, numbers = rest.partition(":")
    return _plain(kind), place.strip(), numbers.strip()


def _codes(
    places: Sequence[str], communes: pd.DataFrame, *, former: pd.DataFrame
) -> tuple[dict[str, str], dict[str, str]]:
    """INSEE code of each place that is found, and what is near each one that is not."""
    known = set(communes["code_insee"])
    asked = list(dict.fromkeys(place for place in places if place and place not in known))
    codes = {place: place for place in places if place in known}
    if not asked:
        return codes, {}
    queries = [NameQuery(line, place, None) for line, place in enumerate(asked)]
    resolved, defects = resolve_queries(build_gazetteer(communes, former), queries)
    codes |= {asked[row.line]: row.place.current for row in resolved}
    near = {asked[each.line]: each.text.partition(" ; ")[2] for each in defects}
    return codes, {place: f" ; {text}" if text else "" for place, text in near.items()}


def _read(text: str) -> float:
    plain = _SPACES.sub("", text)
    if _THOUSANDS.fullmatch(plain):
        raise ScenarioError(
            "Le nombre se lit de deux façons.",
            defects=[f"{plain} : milliers ou décimales ? écrivez {_SEPARATOR.sub('', plain)}, ou "
                     "moins de trois décimales"],
            remedy="écrivez les milliers sans séparateur.",
        )  # fmt: skip
    if not _NUMBER.fullmatch(plain):
        raise ValueError(plain)
    return float(plain.replace(",", "."))


def _departure(code: str, text: str) -> Change:
    return gp_leaves(code, consultations=_read(text) if text else ACTIVITY_NEW_DOCTOR)


def _arrival(code: str, text: str) -> Change:
    return gp_arrives(code, consultations=_read(text) if text else ACTIVITY_NEW_DOCTOR)


def _reduction(code: str, text: str) -> Change:
    before, arrow, after = text.rpartition(">")
    return gp_cuts_hours(
        code, before=_read(before) if arrow else ACTIVITY_NEW_DOCTOR, after=_read(after)
    )


def _centre(code: str, text: str) -> Change:
    return centre_opens(code, hours_per_week=_read(text.removesuffix("h")))


_MAKERS: Final[dict[str, Callable[[str, str], Change]]] = {
    "depart": _departure,
    "arrivee": _arrival,
    "reduction": _reduction,
    "centre": _centre,
}

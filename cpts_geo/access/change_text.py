"""Scenarios of supply as an analyst types them: « départ:Pithiviers », « centre:Challans:20 »."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from typing import Final

import pandas as pd

from cpts_geo.access.apl_inputs import ACTIVITY_NEW_DOCTOR
from cpts_geo.access.scenario import Change, centre_opens, gp_arrives, gp_cuts_hours, gp_leaves
from cpts_geo.errors import CptsGeoError, NameResolutionError, ScenarioError, one_line
from cpts_geo.schema import MAX_CHANGES
from cpts_geo.territories.names import resolve

#: Word -> what may follow the commune, for messages.
_FORMS: Final = {
    "depart": "départ:COMMUNE ou départ:COMMUNE:CONSULTATIONS",
    "arrivee": "arrivée:COMMUNE ou arrivée:COMMUNE:CONSULTATIONS",
    "reduction": "réduction:COMMUNE:APRÈS ou réduction:COMMUNE:AVANT>APRÈS",
    "centre": "centre:COMMUNE:HEURES",
}
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
    defects = []
    if len(texts) > MAX_CHANGES:
        defects.append(f"{len(texts)} scénarios : une page en montre {MAX_CHANGES} au plus")
    found = []
    for text in texts:
        shown = f"« {one_line(text)} »"
        kind, _, rest = text.partition(":")
        place, _, numbers = rest.partition(":")
        form = _plain(kind)
        if form not in _FORMS or not place.strip():
            defects.append(f"{shown} : attendu {' ; '.join(_FORMS.values())}")
            continue
        try:
            code = _code(place.strip(), communes, former=former)
            found.append(_MAKERS[form](code, numbers.strip()))
        except ValueError:
            defects.append(f"{shown} : nombre illisible ; attendu {_FORMS[form]}")
        except NameResolutionError as error:
            near = error.defects[0].partition(" ; ")[2]
            defects.append(f"{shown} : commune introuvable autour du territoire ; {near}")
        except CptsGeoError as error:
            said = "; ".join(error.defects) or error.summary
            defects.append(f"{shown} : {said}")
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


def _code(place: str, communes: pd.DataFrame, *, former: pd.DataFrame) -> str:
    if place in set(communes["code_insee"]):
        return place
    return str(resolve([place], communes, former=former)["code_insee"].iloc[0])


def _read(text: str) -> float:
    return float(text.replace("\u202f", "").replace(" ", "").replace(",", "."))


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

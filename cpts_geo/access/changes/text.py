"""Changes of supply as an analyst types them: « départ:Pithiviers », « centre:Challans:20 »."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Final

import pandas as pd

from cpts_geo.access.changes._activity import ACTIVITY_NEW_DOCTOR, acts_text, counted_acts, refused
from cpts_geo.access.changes.change import Change, centre_opens, gp_leaves
from cpts_geo.access.changes.forms import FORMS
from cpts_geo.errors import CptsGeoError, Defect, ScenarioError, one_line, written
from cpts_geo.french import number
from cpts_geo.geography.naming.names import find_codes
from cpts_geo.schema import CHANGES

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
    "centre": "Un lieu de SNP ouvre",
}


def parse_changes(
    texts: Sequence[str], communes: pd.DataFrame, *, former: pd.DataFrame
) -> list[Change]:
    """
    Read changes of supply typed by an analyst.

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
        more changes than a page shows; lists every defect.

    Examples
    --------
    >>> from cpts_geo.sources.embedding import embedded
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
    if len(texts) > len(CHANGES):
        defects.append(f"{len(texts)} changements : une page en montre {len(CHANGES)} au plus")
    split = [_split(text) for text in texts]
    codes, unknown = _codes([place for _, place, _ in split], communes, former=former)
    found = []
    for text, (form, place, numbers) in zip(texts, split, strict=True):
        shown = f"« {one_line(text)} »"
        if form not in FORMS or not place:
            said = f"{shown} : attendu {' ; '.join(FORMS.values())}"
            defects.append(Defect(said, "changement incompris"))
            continue
        if place in unknown:
            said = f"{shown} : commune introuvable autour du territoire{unknown[place]}"
            defects.append(Defect(said, "commune introuvable"))
            continue
        try:
            found.append(_MAKERS[form](codes[place], numbers))
        except ValueError:
            said = f"{shown} : nombre illisible ; attendu {FORMS[form]}"
            defects.append(Defect(said, "nombre illisible"))
        except CptsGeoError as error:
            said = " ; ".join(written(error.defects)) or error.summary
            defects.append(Defect(f"{shown} : {said}", "nombre hors de son domaine"))
    if defects:
        raise ScenarioError(
            "Des changements d’offre ne sont pas compris.",
            defects=defects,
            remedy="écrivez par exemple --change départ:Pithiviers --change centre:Pithiviers:20.",
        )
    return found


def is_change(text: str) -> bool:
    """
    Say whether a text is written as a change of supply.

    Parameters
    ----------
    text : str
        What was typed.

    Returns
    -------
    bool
        Whether it begins with a word of change and a colon; what follows may be wrong.

    Examples
    --------
    >>> is_change("Départ:Pithiviers"), is_change("depart.toml")
    (True, False)
    """
    return ":" in text and _split(text)[0] in FORMS


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
    """Text in lower case, without accents."""
    flat = unicodedata.normalize("NFKD", text.strip().lower())
    return flat.encode("ascii", "ignore").decode()


def _split(text: str) -> tuple[str, str, str]:
    """Form, commune and numbers of a change."""
    kind, _, rest = text.partition(":")
    place, _, numbers = rest.partition(":")
    return _plain(kind), place.strip(), numbers.strip()


def _codes(
    places: Sequence[str], communes: pd.DataFrame, *, former: pd.DataFrame
) -> tuple[dict[str, str], dict[str, str]]:
    """INSEE code of each place that is found, and what is near each one that is not."""
    known = set(communes["code_insee"].tolist())
    asked = list(dict.fromkeys(place for place in places if place and place not in known))
    codes = {place: place for place in places if place in known}
    if not asked:
        return codes, {}
    found, near = find_codes(asked, communes, former=former)
    return codes | found, {place: f" ; {text}" if text else "" for place, text in near.items()}


def _read(text: str) -> float:
    """Number an analyst typed; ValueError where it is none, refused where it reads in two ways."""
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


def _gp_arrives(code: str, *, consultations: float = ACTIVITY_NEW_DOCTOR) -> Change:
    """Gain of one GP who settles, of so many consultations a year."""
    words = f"un médecin généraliste s’installe ({acts_text(consultations)})"
    return Change(code, counted_acts(consultations), "arrival", words)


def _gp_cuts_hours(code: str, *, before: float = ACTIVITY_NEW_DOCTOR, after: float) -> Change:
    """Loss of one GP who gives fewer consultations a year; the APL's rule may count little of it.

    It counts nothing between 251 and 3,600, nor above 6,000.
    """
    if not 0 <= after <= before < math.inf:
        raise refused([f"de {before:g} à {after:g} consultations : ce n’est pas moins"])
    kept, had = counted_acts(after), counted_acts(before)
    words = f"un médecin passe de {number(before)} à {number(after)} consultations par an"
    if (had, kept) != (before, after):
        words += f" (comptées {number(had)} et {number(kept)} par la règle de l’APL)"
    return Change(code, kept - had, "fewer_hours", words)


def _departure(code: str, text: str) -> Change:
    """Read the consultations a year of a GP who leaves."""
    return gp_leaves(code, consultations=_read(text) if text else ACTIVITY_NEW_DOCTOR)


def _arrival(code: str, text: str) -> Change:
    """Read the consultations a year of a GP who settles."""
    return _gp_arrives(code, consultations=_read(text) if text else ACTIVITY_NEW_DOCTOR)


def _reduction(code: str, text: str) -> Change:
    """Read ``before>after``, or ``after`` alone, in consultations a year."""
    before, arrow, after = text.rpartition(">")
    return _gp_cuts_hours(
        code, before=_read(before) if arrow else ACTIVITY_NEW_DOCTOR, after=_read(after)
    )


def _centre(code: str, text: str) -> Change:
    """Read the hours of doctor a week of a centre that opens."""
    return centre_opens(code, hours_per_week=_read(text.removesuffix("h")))


_MAKERS: Final[dict[str, Callable[[str, str], Change]]] = {
    "depart": _departure,
    "arrivee": _arrival,
    "reduction": _reduction,
    "centre": _centre,
}

"""The audit table of a list of communes: what was written, what it means today, and how we know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import pandas as pd

from cpts_geo import errors
from cpts_geo.errors import NameResolutionError, PerimeterError, one_line
from cpts_geo.french import number
from cpts_geo.territories.naming.gazetteer import CANDIDATES_SHOWN, Gazetteer, Place

Method = Literal["exact", "normalised", "fuzzy", "moved", "repaired"]

AUDIT_COLUMNS: Final = (
    "published",
    "code_insee",
    "name",
    "departement",
    "method",
    "score",
    "alternatives",
)
_NAME_REMEDY: Final = (
    "corrigez l’orthographe, vérifiez les départements indiqués, précisez celui d’un homonyme "
    "entre parenthèses — « Chenereilles (42) » — ou donnez le code Insee dans une colonne "
    "`code_insee`"
)
_CODE_REMEDY: Final = (
    "corrigez le code ou le nom ; attention, un code postal n’est pas un code Insee "
    "(45130 : code postal de Meung-sur-Loire, code Insee de Dry)"
)
_DUPLICATE_REMEDY: Final = "gardez une seule ligne par commune"
#: Lines of one commune written in a message before the rest is counted.
_LINES_SHOWN: Final = 8


class Defect(NamedTuple):
    """
    One thing wrong in a list.

    Parameters
    ----------
    line : int
        Line of the list or file; 0 when it concerns no line.
    text : str
        French sentence, on one line.
    kind : str
        French words of the kind, in the singular, to count what is not written in full.

    Examples
    --------
    >>> Defect(3, "nom vide", "nom vide").line
    3
    """

    line: int
    text: str
    kind: str


@dataclass(frozen=True)
class Resolution:
    """
    One line of a list, resolved.

    Parameters
    ----------
    line : int
        Line of the list or file.
    published : str
        Name or code as written, kept verbatim.
    place : Place
        Current or former commune it names.
    method : {"exact", "normalised", "fuzzy", "moved", "repaired"}
        How it was found.
    score : float
        Similarity of the spellings, 0 to 100.
    alternatives : str
        What else the name could have meant; empty when nothing.
    whole : bool
        True when it names a commune that took a new name on merging, hence all of its parts.

    Examples
    --------
    >>> dry = Place("45130", "Dry", "45", "45130", "commune")
    >>> Resolution(1, "DRY", dry, "normalised", 100.0, "", False).place.name
    'Dry'
    """

    line: int
    published: str
    place: Place
    method: Method
    score: float
    alternatives: str
    whole: bool


def quoted(text: str) -> str:
    """
    Show what an analyst wrote, between French quotes and on one line.

    Parameters
    ----------
    text : str
        Anything, line breaks included.

    Returns
    -------
    str
        The text with control characters escaped, shortened when very long.

    Examples
    --------
    >>> quoted("Saint-\\nAy")
    '« Saint-\\\\nAy »'
    """
    return f"« {one_line(text)} »"


def candidates_text(gazetteer: Gazetteer, found: Sequence[tuple[float, Place]]) -> str:
    """
    Write candidates as ``code name (département) score``, separated by semicolons.

    Parameters
    ----------
    gazetteer : Gazetteer
        Index that knows the commune of today of a former one.
    found : sequence of tuple of float and Place
        Similarities (0-100) and places, the nearest first.

    Returns
    -------
    str
        At most five candidates, then the number of those left out.

    Examples
    --------
    >>> dry = Place("45130", "Dry", "45", "45130", "commune")
    >>> candidates_text(Gazetteer((), (), {}, {"45130": dry}, {}, {}, frozenset()), [(66.7, dry)])
    '45130 Dry (45) 67'
    """
    shown = []
    for score, place in found[:CANDIDATES_SHOWN]:
        text = f"{place.code} {place.name} ({place.departement}) {score:.0f}"
        if not place.is_current:
            text += f" → {place.current} {gazetteer.current[place.current].name}"
        shown.append(text)
    if len(found) > CANDIDATES_SHOWN:
        shown.append(f"et {len(found) - CANDIDATES_SHOWN} autres")
    return "; ".join(shown)


def part_text(gazetteer: Gazetteer, place: Place) -> str:
    """
    Say why an arrondissement of Paris, Lyon or Marseille is refused.

    Parameters
    ----------
    gazetteer : Gazetteer
        Index that knows its commune.
    place : Place
        The arrondissement.

    Returns
    -------
    str
        French words, to end a sentence.

    Examples
    --------
    >>> paris = Place("75056", "Paris", "75", "75056", "commune")
    >>> part = Place("75101", "Paris 1er", "75", "75056", "arrondissement-municipal")
    >>> part_text(Gazetteer((), (), {}, {"75056": paris}, {}, {}, frozenset()), part)
    'arrondissement municipal, or les données s’arrêtent à la commune entière (75056 Paris)'
    """
    commune = f"{place.current} {gazetteer.current[place.current].name}"
    return f"arrondissement municipal, or les données s’arrêtent à la commune entière ({commune})"


def audit_table(
    gazetteer: Gazetteer,
    resolved: Sequence[Resolution],
    *,
    name_defects: Sequence[Defect] = (),
    code_defects: Sequence[Defect] = (),
) -> pd.DataFrame:
    """
    Gather resolved lines into one row per commune of today, or raise one error for the list.

    Former communes that became one commune are kept once, their published spellings joined by
    ``" + "``, their lowest score and the method ``moved``.

    Parameters
    ----------
    gazetteer : Gazetteer
        Index the places come from.
    resolved : sequence of Resolution
        Lines that were resolved, in the order of the list.
    name_defects, code_defects : sequence of Defect, optional
        Lines that were not.

    Returns
    -------
    pandas.DataFrame
        Columns of ``AUDIT_COLUMNS``; all text but ``score`` (0-100).

    Raises
    ------
    NameResolutionError
        When a name is unknown or ambiguous; lists every defect of the list.
    PerimeterError
        When the list is empty, or only codes are wrong or communes repeated.

    Examples
    --------
    >>> dry = Place("45130", "Dry", "45", "45130", "commune")
    >>> gazetteer = Gazetteer((), (), {}, {"45130": dry}, {}, {}, frozenset())
    >>> row = Resolution(1, "DRY", dry, "normalised", 100.0, "", False)
    >>> audit_table(gazetteer, [row])["code_insee"].to_list()
    ['45130']
    """
    if not resolved and not name_defects and not code_defects:
        raise PerimeterError(
            "La liste de communes est vide.",
            remedy="donnez au moins un nom de commune ou un code Insee.",
        )
    groups: defaultdict[str, list[Resolution]] = defaultdict(list)
    for row in resolved:
        groups[row.place.current].append(row)
    duplicates = [
        Defect(rows[0].line, _duplicate_text(rows, gazetteer.current[code]), "commune en double")
        for code, rows in groups.items()
        if _overlap(rows)
    ]
    if defects := sorted([*name_defects, *code_defects, *duplicates]):
        remedies = {
            _NAME_REMEDY: name_defects,
            _CODE_REMEDY: code_defects,
            _DUPLICATE_REMEDY: duplicates,
        }
        error = NameResolutionError if name_defects else PerimeterError
        raise error(
            "La liste de communes ne peut pas être utilisée telle quelle : "
            f"{number(len(defects))} point{'s' if len(defects) > 1 else ''} à corriger.",
            defects=[errors.Defect(defect.text, defect.kind) for defect in defects],
            remedy=" ; ".join(remedy for remedy, found in remedies.items() if found) + ".",
        )
    return pd.DataFrame(
        [_audit_row(rows, gazetteer.current[code]) for code, rows in groups.items()],
        columns=list(AUDIT_COLUMNS),
    )


def _overlap(rows: Sequence[Resolution]) -> bool:
    parts = {row.place.code for row in rows}
    return len(rows) > 1 and (len(parts) < len(rows) or any(row.whole for row in rows))


def _duplicate_text(rows: Sequence[Resolution], commune: Place) -> str:
    lines = ", ".join(str(row.line) for row in rows[:_LINES_SHOWN])
    written = ", ".join(quoted(row.published) for row in rows[:_LINES_SHOWN])
    more = len(rows) - _LINES_SHOWN
    others = f" et {number(more)} autre{'s' if more > 1 else ''}" if more > 0 else ""
    return (
        f"lignes {lines}{others} : {written} désignent la même commune, "
        f"{commune.code} {commune.name} ({commune.departement})"
    )


def _audit_row(rows: Sequence[Resolution], commune: Place) -> tuple[str | float, ...]:
    return (
        " + ".join(row.published for row in rows),
        commune.code,
        commune.name,
        commune.departement,
        rows[0].method if len(rows) == 1 else "moved",
        min(row.score for row in rows),
        "; ".join(row.alternatives for row in rows if row.alternatives),
    )

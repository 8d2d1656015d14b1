"""The audit table of a list of communes: what was written, what it means today, and how we know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Literal, NamedTuple

import pandas as pd

from cpts_geo import errors
from cpts_geo.errors import NameResolutionError, PerimeterError, quoted
from cpts_geo.french import number
from cpts_geo.sources.codes import WHOLE_OF
from cpts_geo.territories.naming._gazetteer import CANDIDATES_SHOWN, Gazetteer, Place

Method = Literal["exact", "normalised", "fuzzy", "moved", "repaired", "whole"]

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
    """One thing wrong at a line of a list (0: at none), and its kind, to count those alike."""

    line: int
    text: str
    kind: str


@dataclass(frozen=True)
class Line:
    """One line of a list: its number, and what is published there."""

    line: int
    published: str
    #: What it is, before what is published, in messages.
    what: ClassVar[str] = ""

    def wrong(self, text: str, kind: str) -> Defect:
        """What is wrong with this line."""
        return Defect(
            self.line, f"ligne {self.line}, {self.what}{quoted(self.published)} : {text}", kind
        )


@dataclass(frozen=True)
class Resolution:
    """One line of a list, resolved: `whole` where its commune took a new name on merging."""

    line: int
    published: str
    place: Place
    method: Method
    score: float
    #: What else the name could have meant; empty when nothing.
    alternatives: str
    whole: bool


def candidates_text(gazetteer: Gazetteer, found: Sequence[tuple[float, Place]]) -> str:
    """Write five candidates at most, ``code name (département) score``, then count the others."""
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
    """Say why an arrondissement of Paris, Lyon or Marseille is refused."""
    commune = f"{place.current} {gazetteer.current[place.current].name}"
    return f"arrondissement municipal, or la commune est prise ici en entier ({commune})"


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
    ``" + "``, their lowest score and the method ``moved``; so are Paris, Lyon or Marseille and the
    arrondissements listed beside them, with the method ``whole``.
    """
    if not resolved and not name_defects and not code_defects:
        raise PerimeterError(
            "La liste de communes est vide.",
            remedy="donnez au moins un nom de commune ou un code Insee.",
        )
    groups: defaultdict[str, list[Resolution]] = defaultdict(list)
    codes = {row.place.current for row in resolved}
    for row in resolved:
        whole = WHOLE_OF.get(row.place.current)
        groups[whole if whole in codes else row.place.current].append(row)
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
    """Whether lines of one commune say the same place twice, or the whole and a part."""
    parts = {row.place.code for row in rows}
    return len(rows) > 1 and (len(parts) < len(rows) or any(row.whole for row in rows))


def _duplicate_text(rows: Sequence[Resolution], commune: Place) -> str:
    """French words on the lines that name one commune."""
    lines = ", ".join(str(row.line) for row in rows[:_LINES_SHOWN])
    written = ", ".join(quoted(row.published) for row in rows[:_LINES_SHOWN])
    more = len(rows) - _LINES_SHOWN
    others = f" et {number(more)} autre{'s' if more > 1 else ''}" if more > 0 else ""
    return (
        f"lignes {lines}{others} : {written} désignent la même commune, "
        f"{commune.code} {commune.name} ({commune.departement})"
    )


def _audit_row(rows: Sequence[Resolution], commune: Place) -> tuple[str | float, ...]:
    """Row of the audit for the lines of one commune."""
    method: Method = rows[0].method if len(rows) == 1 else "moved"
    if any(WHOLE_OF.get(row.place.current) == commune.code for row in rows):
        method = "whole"
    return (
        " + ".join(row.published for row in rows),
        commune.code,
        commune.name,
        commune.departement,
        method,
        min(row.score for row in rows),
        "; ".join(row.alternatives for row in rows if row.alternatives),
    )

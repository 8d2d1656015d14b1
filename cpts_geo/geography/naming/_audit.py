"""The audit table of a list of communes: what was written, what it means today, and how we know."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Literal, NamedTuple

import pandas as pd

from cpts_geo import errors
from cpts_geo.errors import NameResolutionError, PerimeterError, quoted
from cpts_geo.french import number
from cpts_geo.geography.naming._places.gazetteer import Gazetteer, Place
from cpts_geo.geography.naming._places.search import CANDIDATES_SHOWN, holding_places
from cpts_geo.geography.naming._places.whereabouts import NEAR, far_apart, whereabouts
from cpts_geo.geography.naming.spelling import normalise_name
from cpts_geo.settings import COG_YEAR
from cpts_geo.sources.codes import WHOLE_OF

Method = Literal["exact", "normalised", "short", "fuzzy", "moved", "repaired", "whole"]

AUDIT_COLUMNS: Final = (
    "published",
    "code_insee",
    "name",
    "departement",
    "method",
    "score",
    "alternatives",
    "line",
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
_FAR_REMEDY: Final = (
    "une liste est un seul territoire : écrivez le nom entier de la commune, ou son département à "
    "côté pour confirmer qu’elle est loin"
)
_OLD_REMEDY: Final = (
    "si c’est le nom d’une commune fusionnée depuis longtemps, « cpts-geo data fetch "
    f"insee_cog_events_{COG_YEAR} » apporte ceux que ces données n’ont pas"
)
#: A figure in parentheses that calls a note, unless it is a département.
FOOTNOTE: Final = re.compile(r"[(\[]\s*\d\s*[)\]]\s*$")
#: Lines of one commune written in a message before the rest is counted.
_LINES_SHOWN: Final = 8


class Defect(NamedTuple):
    """One thing wrong at a line of a list (0: at none), its kind, to count those alike, and the
    départements of what may be meant, the surest first."""

    line: int
    text: str
    kind: str
    departements: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """One line of a list: its number, and what is published there."""

    line: int
    published: str
    #: What it is, before what is published, in messages.
    what: ClassVar[str] = ""

    def wrong(self, text: str, kind: str, *, candidates: Iterable[Place] = ()) -> Defect:
        """What is wrong with this line, and what it may mean."""
        said = f"ligne {self.line}, {self.what}{quoted(self.published)} : {text}"
        areas = dict.fromkeys(each.departement for each in candidates)
        return Defect(self.line, said, kind, tuple(areas))


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
    #: Whether the line itself says where its commune is, or names it twice.
    confirmed: bool = False
    #: Whether it writes the full name of its commune of today.
    named: bool = False
    #: What was taken away to read it, in French words.
    removed: tuple[str, ...] = ()
    #: Communes near the list that are called so for short.
    rivals: tuple[Place, ...] = ()


def candidates_text(gazetteer: Gazetteer, found: Sequence[tuple[float, Place]]) -> str:
    """Write five candidates at most, ``code name (département)``, their likeness where it is not
    whole, then count the others."""
    shown = []
    for score, place in found[:CANDIDATES_SHOWN]:
        text = f"{place.code} {place.name} ({place.departement})"
        if round(score) < 100:
            text += f" {score:.0f}/100"
        if not place.is_current:
            text += f" → {place.current} {gazetteer.current[place.current].name}"
        shown.append(text)
    if len(found) > CANDIDATES_SHOWN:
        more = len(found) - CANDIDATES_SHOWN
        shown.append(f"et {more} autre{'s' if more > 1 else ''}")
    return "; ".join(shown)


def outside_text(commune: str, collectivite: str) -> str:
    """Say that a commune is of an overseas collectivité."""
    return (
        f"{commune} est dans une collectivité d’outre-mer ({collectivite}), hors des données, qui "
        "couvrent la métropole, la Guadeloupe, la Martinique, la Guyane, La Réunion et Mayotte"
    )


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
    scoped: bool = False,
) -> pd.DataFrame:
    """
    Gather resolved lines into one row per commune of today, or raise one error for the list.

    Lines of one commune are kept once, their published spellings joined by ``" + "``, their lowest
    score and, where they are parts of it, the method ``moved``, or ``whole`` for a commune listed
    with parts of it; attrs["notes"] say in French which, and what was taken away to read a line. A
    commune far from the rest is asked about, unless départements were given (`scoped`).
    """
    if not resolved and not name_defects and not code_defects:
        raise PerimeterError(
            "La liste de communes est vide.",
            remedy="donnez au moins un nom de commune ou un code Insee.",
        )
    far, notes = ([], []) if scoped else _far(gazetteer, resolved)
    groups: defaultdict[str, list[Resolution]] = defaultdict(list)
    codes = {row.place.current for row in resolved}
    for row in resolved:
        whole = WHOLE_OF.get(row.place.current)
        groups[whole if whole in codes else row.place.current].append(row)
    table = pd.DataFrame(
        [_audit_row(rows, gazetteer.current[code]) for code, rows in groups.items()],
        columns=list(AUDIT_COLUMNS),
    )
    if defects := sorted([*name_defects, *code_defects, *far]):
        unknown = [defect for defect in name_defects if defect.kind == "nom inconnu"]
        remedies = {
            _NAME_REMEDY: name_defects,
            _CODE_REMEDY: code_defects,
            _FAR_REMEDY: far,
            _OLD_REMEDY: unknown,
        }
        error = (NameResolutionError if name_defects else PerimeterError)(
            "La liste de communes ne peut pas être utilisée telle quelle : "
            f"{number(len(defects))} point{'s' if len(defects) > 1 else ''} à corriger.",
            defects=[errors.Defect(defect.text, defect.kind) for defect in defects],
            remedy=" ; ".join(remedy for remedy, found in remedies.items() if found) + ".",
        )
        error.retries = _retries(resolved, defects)
        asked = {str(defect.line) for defect in far}
        error.recognised = table[~table["line"].isin(asked)].to_dict("records")
        raise error
    removed = [
        f"Ligne {row.line}, {quoted(row.published)} : lu {', '.join(dict.fromkeys(row.removed))}."
        for row in resolved
        if row.removed
    ]
    repeated = [
        _once_text(rows, gazetteer.current[code]) for code, rows in groups.items() if _overlap(rows)
    ]
    doubts = [said for row in resolved if (said := _rivals_text(row, codes))]
    table.attrs["notes"] = (
        *_few([*dict.fromkeys(removed)], "lignes lues sans ce qui entoure le nom"),
        *_few(doubts, "noms à vérifier"),
        *notes,
        *repeated,
    )
    return table


def _rivals_text(row: Resolution, codes: Collection[str]) -> str:
    """French words on the communes that a full name may be short for, where the list lacks them."""
    rivals = [place for place in row.rivals if place.current not in codes]
    if not rivals:
        return ""
    named = ", ".join(f"{place.name} ({place.departement})" for place in rivals[:CANDIDATES_SHOWN])
    more = ", …" if len(rivals) > CANDIDATES_SHOWN else ""
    place = f"{row.place.code} {row.place.name} ({row.place.departement})"
    return (
        f"Ligne {row.line}, {quoted(row.published)} : lu {place} ; à vérifier, car d’autres noms "
        f"commencent ainsi et ne sont pas dans la liste : {named}{more}."
    )


def _few(sentences: Sequence[str], what: str) -> list[str]:
    """The first sentences, and the count of the others."""
    more = len(sentences) - _LINES_SHOWN
    rest = [f"Et {number(more)} autre{'s' if more > 1 else ''} : {what}."] if more > 0 else []
    return [*sentences[:_LINES_SHOWN], *rest]


def _far(gazetteer: Gazetteer, resolved: Sequence[Resolution]) -> tuple[list[Defect], list[str]]:
    """Questions on communes far from the rest, and notes on those that their line confirms."""
    away = far_apart(gazetteer, [row.place.current for row in resolved])
    sure = {row.place.current for row in resolved if row.confirmed or row.named}
    # A département is wide: who bears its name in full there is not far.
    shared = Counter(gazetteer.current[row.place.current].departement for row in {
        row.place.current: row for row in resolved
    }.values())  # fmt: skip
    alone = len(away) == len({row.place.current for row in resolved})
    away = {
        code: kilometres
        for code, kilometres in away.items()
        if shared[gazetteer.current[code].departement] == 1 or not (code in sure or alone)
    }
    questions, notes = [], []
    others = [row.place for row in resolved if row.place.current not in away]
    where = whereabouts(gazetteer, others)
    for row in resolved:
        if (kilometres := away.get(row.place.current)) is None:
            continue
        commune = gazetteer.current[row.place.current]
        named = f"{commune.code} {commune.name} ({commune.departement})"
        said = f"{named} est à {number(kilometres)} km du reste de la liste"
        if row.confirmed:
            notes.append(f"Ligne {row.line}, {quoted(row.published)} : {said}.")
            continue
        near = [
            place
            for place in holding_places(gazetteer, normalise_name(row.place.name))
            if place.is_current and where.level(gazetteer, place) <= NEAR
        ]
        instead = " ou ".join(f"« {p.name} ({p.departement}) »" for p in near[:CANDIDATES_SHOWN])
        text = f"{said} ; écrivez {instead + ', ou ' if near else ''}"
        text += f"« {commune.name} ({commune.departement}) » si c’est bien elle"
        if note := FOOTNOTE.search(row.published):
            text += f" ; si « {note[0].strip()} » appelle une note, retirez-le"
        line = Line(row.line, row.published)
        questions.append(line.wrong(text, "commune loin du reste", candidates=near))
    return questions, notes


def _retries(
    resolved: Sequence[Resolution], defects: Sequence[Defect]
) -> tuple[tuple[str, ...], ...]:
    """Options that would answer every question at once: a département where all may be."""
    if not all(defect.departements for defect in defects):
        return ()
    asked = {defect.line for defect in defects}
    known = {row.place.departement for row in resolved if row.line not in asked}
    first, *others = (defect.departements for defect in defects)
    # A département that is known already would have answered.
    shared = [
        each for each in first if all(each in other for other in others) and each not in known
    ]
    every = [sorted(known | {each}) for each in shared][:CANDIDATES_SHOWN]
    return tuple(
        tuple(word for code in codes for word in ("--departement", code)) for codes in every
    )


def _overlap(rows: Sequence[Resolution]) -> bool:
    """Whether lines of one commune say the same place twice, or the whole and a part."""
    parts = {row.place.code for row in rows}
    return len(rows) > 1 and (len(parts) < len(rows) or any(row.whole for row in rows))


def _once_text(rows: Sequence[Resolution], commune: Place) -> str:
    """French words on the lines that name one commune, which counts once."""
    lines = ", ".join(str(row.line) for row in rows[:_LINES_SHOWN])
    written = ", ".join(dict.fromkeys(quoted(row.published) for row in rows[:_LINES_SHOWN]))
    more = len(rows) - _LINES_SHOWN
    others = f" et {number(more)} autre{'s' if more > 1 else ''}" if more > 0 else ""
    return (
        f"Lignes {lines}{others}, {written} : la même commune, "
        f"{commune.code} {commune.name} ({commune.departement}), comptée une fois."
    )


def _audit_row(rows: Sequence[Resolution], commune: Place) -> tuple[str | float, ...]:
    """Row of the audit for the lines of one commune."""
    places = {row.place for row in rows}
    worst = min(rows, key=lambda row: row.score)
    method: Method = worst.method if len(places) == 1 else "moved"
    if any(WHOLE_OF.get(row.place.current) == commune.code for row in rows) or (
        _overlap(rows) and len(places) > 1
    ):
        method = "whole"
    return (
        " + ".join(dict.fromkeys(row.published for row in rows)),
        commune.code,
        commune.name,
        commune.departement,
        method,
        worst.score,
        "; ".join(dict.fromkeys(row.alternatives for row in rows if row.alternatives)),
        " + ".join(dict.fromkeys(str(row.line) for row in rows)),
    )

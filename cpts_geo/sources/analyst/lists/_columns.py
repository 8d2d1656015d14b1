"""Which columns of an analyst's list hold names, codes, départements: by their header's words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from cpts_geo.errors import PerimeterError, one_line, quoted
from cpts_geo.french import joined
from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.analyst._tables.communes import commune_of
from cpts_geo.sources.analyst._tables.text import HEADER_ROWS, Row
from cpts_geo.sources.analyst._tables.workbook import SUFFIXES
from cpts_geo.sources.analyst.lists._words import is_heading, role_of, year_of
from cpts_geo.sources.door import Door

ADD_HEADER: Final = (
    "mettez en première ligne le nom des colonnes, par exemple `commune` pour des noms ou "
    "`code_insee` pour des codes Insee"
)
#: French words of each role.
ROLES: Final = {
    "name": "noms",
    "code": "codes Insee",
    "departement": "départements",
    "postal": "codes postaux",
    "population": "populations",
    "territory": "territoires",
}
_FULL_YEAR: Final = re.compile(r"(?:19|20)\d\d")
#: What says which commune a row is.
_NEEDED: Final = frozenset({"name", "code"})


@dataclass(frozen=True)
class Header:
    """
    The line or two of a list that name its columns.

    `position` is that of the last of them (-1: none), `columns` that of each role, `labels` all
    names as written, `notes` French sentences on the columns of one role that are not read.
    """

    position: int
    columns: Mapping[str, int]
    labels: tuple[str, ...]
    notes: tuple[str, ...] = field(default=())


#: Line, text and French reason of what was not taken.
LeftOut = tuple[int, str, str]


class Found(NamedTuple):
    """Rows of a list and their header, notes, rows left out, and cells that fail: by column, their
    line, where they stand and their text."""

    rows: list[Row]
    header: Header
    notes: list[str]
    left_out: Sequence[LeftOut] = ()
    #: Sheet of the workbook; empty for a text.
    sheet: str = ""
    failed: Mapping[int, Sequence[tuple[int, str, str]]] = MappingProxyType({})


def roles(cells: Sequence[str]) -> dict[str, list[int]]:
    """Columns that a row of headers names, by role, the surest of each first."""
    found: dict[str, list[tuple[int, int]]] = {}
    for place, cell in enumerate(cells):
        if said := role_of(cell):
            role, sure = said
            found.setdefault(role, []).append((-sure, place))
    return {role: [place for _, place in sorted(places)] for role, places in found.items()}


def find_header(rows: Sequence[Row]) -> tuple[int, tuple[str, ...]] | None:
    """Position of the last row of the header, and the name of each column: the first row, or two,
    among the first twenty, that name a column of names or of codes."""
    for position, (_, cells) in enumerate(rows[:HEADER_ROWS]):
        below = rows[position + 1][1] if position + 1 < len(rows) else ()
        if _is_title(cells, below):
            continue
        both = _two_lines(cells, below) if below else None
        if both and _NEEDED & roles(both).keys():
            return position + 1, _named(both)
        if _NEEDED & roles(cells).keys():
            return position, _named(cells)
    return None


def chosen_header(
    path: Path, rows: Sequence[Row], position: int, labels: tuple[str, ...]
) -> Header:
    """The column of each role, by its words; an error when two columns of names or of codes claim
    theirs as surely."""
    body = [cells for _, cells in rows[position + 1 :]]
    columns: dict[str, int] = {}
    notes: list[str] = []
    twice: list[list[int]] = []
    found = _by_content(roles(labels), body)
    for role, places in found.items():
        sure = [place for place in places if _sure(labels[place]) == _sure(labels[places[0]])]
        if role == "population":
            sure.sort(key=lambda place: -year_of(labels[place]))
        if len(sure) > 1 and role in _NEEDED:
            twice.append(sure)
        columns[role] = sure[0]
        others = [place for place in places if place != sure[0]]
        if role == "name" and "territory" not in found:
            grouping = next((place for place in others if _groups(body, place)), None)
            if grouping is not None:
                columns["territory"] = grouping
                others.remove(grouping)
        if others:
            notes.append(_left_aside(role, others, labels, sure[0]))
    if twice:
        raise PerimeterError(
            f"Plusieurs colonnes de {one_line(path.name)} peuvent avoir le même rôle.",
            defects=[" et ".join(quoted(labels[i]) for i in places) for places in twice],
            remedy="n’en gardez qu’une, ou renommez celle qui ne sert pas.",
        )
    return Header(position, columns, labels, tuple(notes))


def _is_title(cells: Sequence[str], below: Sequence[str]) -> bool:
    """Whether a row of one cell stands above a row that names several columns."""
    one, several = (sum(map(bool, each)) for each in (cells, below))
    return one == 1 and several > 1 and bool(_NEEDED & roles(below).keys())


def _two_lines(cells: Sequence[str], below: Sequence[str]) -> tuple[str, ...] | None:
    """Names of columns that stand on two lines, what is merged above several said of each; None
    where the second names no column."""
    filled = [cell for cell in below if cell]
    dated = all(map(_FULL_YEAR.fullmatch, filled))
    if not dated and not any(map(is_heading, filled)):
        return None
    # A commune may bear the words of a header (Ville, Long); a number but a year is of no header.
    said = [cell for cell in filled if not _FULL_YEAR.fullmatch(cell)]
    if any(commune_of(cell) or cell.replace(" ", "").isdigit() for cell in said):
        return None
    names, above = [], ""
    for place in range(max(len(cells), len(below))):
        own, cell = (each[place] if place < len(each) else "" for each in (cells, below))
        above = own or (above if cell else "")
        both = f"{above} {cell}".strip()
        texts = (both, cell, own) if own else (cell, both)
        names.append(next((text for text in texts if role_of(text)), texts[0]))
        named = role_of(names[-1])
        if named and named[0] in _NEEDED and cell and not is_heading(cell):
            return None
    return tuple(names)


def _named(cells: Sequence[str]) -> tuple[str, ...]:
    """Names of columns up to the last."""
    return tuple(cells[: max(i for i, cell in enumerate(cells) if cell) + 1])


def _sure(label: str) -> int:
    """How surely a header names its role."""
    said = role_of(label)
    return said[1] if said else 0


def _by_content(found: dict[str, list[int]], body: Sequence[Sequence[str]]) -> dict[str, list[int]]:
    """Columns by role, those of postal codes that hold names given to these."""
    with_names = [
        place
        for place in found.get("postal", ())
        if any(any(map(str.isalpha, cell)) for cell in _column(body, place))
    ]
    if not with_names or "name" in found:
        return found
    rest = [place for place in found["postal"] if place not in with_names]
    kept = {role: places for role, places in found.items() if role != "postal"}
    return kept | {"name": with_names} | ({"postal": rest} if rest else {})


def _column(body: Sequence[Sequence[str]], place: int) -> list[str]:
    """Cells of a column."""
    return [cells[place] if place < len(cells) else "" for cells in body]


def _left_aside(role: str, places: Sequence[int], labels: Sequence[str], kept: int) -> str:
    """Say which columns of a role are not read."""
    others = joined([quoted(labels[place]) for place in places])
    several = len(places) > 1
    return (
        f"{'Colonnes' if several else 'Colonne'} {others} laissée{'s' if several else ''} de côté "
        f"({ROLES[role]}) : {quoted(labels[kept])} est lue."
    )


def _groups(body: Sequence[Sequence[str]], place: int) -> bool:
    """Whether a column of names beside that of communes is of territories: it groups the rows."""
    names = [plain(cell) for cell in _column(body, place) if cell]
    grouped = 0 < 2 * len(set(names)) <= len(names)
    return grouped or any("cpts" in name.split() for name in names)


def missing_column(path: Path, rows: Sequence[Row]) -> PerimeterError:
    """Error for a list in which no column of names or codes is recognised."""
    filled = [
        cells for _, cells in rows[:HEADER_ROWS] if any(char.isalnum() for char in "".join(cells))
    ]
    if not filled:
        return empty_list(path)
    if postal := [cell for cells in filled for cell in cells if "postal" in roles([cell])]:
        return PerimeterError(
            f"{one_line(path.name)} donne des codes postaux (colonne {quoted(postal[0])}), "
            "pas des communes.",
            remedy="ajoutez une colonne `commune` ou `code_insee` : un code postal couvre souvent "
            "plusieurs communes, et le même nombre peut être le code Insee d’une autre.",
        )
    first = " | ".join(one_line(cell) for cell in filled[0] if cell)
    return PerimeterError(
        f"Aucune colonne de noms ou de codes reconnue dans {one_line(path.name)}.",
        defects=[f"première ligne lue : {first}"],
        remedy=f"{ADD_HEADER}.",
    )


def empty_list(path: Path) -> PerimeterError:
    """Error for a file without any commune."""
    return PerimeterError(
        f"{one_line(path.name)} ne contient aucune commune.",
        remedy=f"{ADD_HEADER}, puis une commune par ligne.",
    )


#: What a list of communes says at the door.
PERIMETER: Final = Door(
    key="perimeter",
    error=PerimeterError,
    suffixes=SUFFIXES | {".csv", ".txt", ".tsv"},
    formats=".csv, .txt, .xlsx ou .ods",
    save_as="donnez une liste de communes (.csv, .txt, .xlsx, .ods) ou des polygones (.gpkg, "
    ".geojson).",
    empty=empty_list,
)


def passed_over(rows: Sequence[Row], header: int) -> str:
    """Say that lines above the header were not read."""
    return f"En-tête trouvé à la ligne {rows[header][0]} ; les lignes au-dessus sont ignorées."

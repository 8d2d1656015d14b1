"""The table of a call log: its header found in a text, or in the sheets of a workbook.

Sheets of one header are one log (a sheet a month); the others are named, and left aside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import pandas as pd

from cpts_geo.errors import NoCallError, TableError, one_line, quoted
from cpts_geo.french import counted, joined
from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.analyst._tables.text import (
    HEADER_ROWS,
    SEPARATORS,
    Row,
    first_rows,
    rows_of,
    text_of,
    unbalanced,
)
from cpts_geo.sources.analyst._tables.workbook import SUFFIXES, Sheet, read_workbook
from cpts_geo.sources.analyst.calls._around import Hint, around_table
from cpts_geo.sources.analyst.calls._columns import roles
from cpts_geo.sources.analyst.calls._people import label_shown, refuse_people
from cpts_geo.sources.analyst.calls._values._lines import said_lines
from cpts_geo.sources.analyst.calls._wordings import count_of
from cpts_geo.sources.door import Door

#: What a log is to be, for who has to make one.
LAYOUT: Final = (
    "donnez une ligne par demande, avec en première ligne le nom des colonnes : « Date et heure », "
    "« Issue » et, si vous les avez, « Commune », « Classe d’âge », « cle_appelant » (une clé "
    "opaque, la même pour toutes les demandes d’une personne) ; ou une ligne par jour, avec ses "
    "comptes : date, demandes, consultations ; « cpts-geo template registre » en écrit un vide"
)


def no_call(path: Path, *, headed: bool = False) -> NoCallError:
    """Refusal of a log without any call; of one whose header is ready, said so."""
    remedy = (
        "remplissez-le d’abord, une demande par ligne sous son en-tête ; une commande qui le lit "
        "n’a rien à dire avant."
    )
    return NoCallError(
        f"{one_line(path.name)} ne contient aucune demande.",
        remedy=remedy if headed else f"{LAYOUT}.",
    )


#: What a call log says at the door.
CALL_LOG: Final = Door(
    key="call_log",
    error=TableError,
    suffixes=SUFFIXES | {".csv", ".txt", ".tsv"},
    formats=".csv, .txt, .xlsx ou .ods",
    save_as="enregistrez le registre en « CSV UTF-8 » (.csv) ou en .xlsx.",
    empty=no_call,
)


#: Rows from which two sheets alike are no chance.
_COPIED: Final = 3


class Table(NamedTuple):
    """Header, the rows below it by where they stand, what is around it about people, what was
    adapted to read it."""

    header: list[str]
    cells: pd.DataFrame
    around: dict[str, Hint]
    notes: Sequence[str]


class _Part(NamedTuple):
    """A sheet, or a text: its name, rows of title, header, rows below."""

    name: str
    titles: list[str]
    header: list[str]
    rows: list[Row]


def is_log(path: Path, content: bytes) -> bool:
    """Whether a header of a text, or of a sheet, names dates, and more than communes beside."""
    if path.suffix.lower() in SUFFIXES:
        heads = [sheet.rows for sheet in read_workbook(path, content, door=CALL_LOG).sheets]
    else:
        text, _ = text_of(path, content, door=CALL_LOG)
        heads = [first_rows(path, text, each, door=CALL_LOG) for each in SEPARATORS]
    for rows in heads:
        if head := _head(rows):
            header = rows[head[2]][1]
            found = roles(header).keys() - {"date"}
            counts = any(map(count_of, header))
            return bool(found - {"commune", "code"}) or counts or not found
    return False


def read_table(path: Path, content: bytes) -> Table:
    """Table of a text or of a workbook; a refusal of one without a header, or of uneven rows."""
    if path.suffix.lower() in SUFFIXES:
        book = read_workbook(path, content, door=CALL_LOG)
        return _of_sheets(path, {sheet.name: sheet for sheet in book.sheets}, book.names)
    return _of_text(path, content)


def _of_text(path: Path, content: bytes) -> Table:
    """Table of a text, by the separator whose header names the most columns."""
    text, notes = text_of(path, content, door=CALL_LOG)
    heads = {each: first_rows(path, text, each, door=CALL_LOG) for each in SEPARATORS}
    named = {each: head[:2] for each, rows in heads.items() if (head := _head(rows))}
    for separator in sorted(named, key=lambda each: named[each], reverse=True):
        rows = rows_of(path, text, separator, door=CALL_LOG)
        if rows is not None and (part := _part("", rows)):
            return _whole(path, [part], around_table(part.titles, ()), notes=notes)
    splits = [rows_of(path, text, each, door=CALL_LOG) for each in SEPARATORS]
    whole = [rows for rows in splits if rows is not None]
    if len(whole) < len(splits):
        raise unbalanced(path, door=CALL_LOG)
    raise _headless(path, whole, ())


def _head(rows: Sequence[Row]) -> tuple[int, int, int] | None:
    """Columns that the header names, columns that it has, and its place; None without a header."""
    for place, (_, cells) in enumerate(rows[:HEADER_ROWS]):
        if "date" in (found := roles(cells)):
            counts = sum(count_of(cell) is not None for cell in cells)
            return len(found) + counts, len(cells), place
    return None


def _part(name: str, rows: list[Row]) -> _Part | None:
    """What a sheet or a text holds below its header; None without one."""
    head = _head(rows)
    if head is None:
        return None
    place = head[2]
    header = list(rows[place][1])
    while header and not header[-1]:
        header.pop()
    titles = [" ".join(filter(None, cells)) for _, cells in rows[:place]]
    return _Part(name, titles, header, rows[place + 1 :])


def _of_sheets(path: Path, sheets: Mapping[str, Sheet], names: Sequence[str]) -> Table:
    """Table of the visible sheets whose header names the most columns, one below another."""
    parts = [part for name, sheet in sheets.items() if (part := _part(name, sheet.rows))]
    if not parts:
        raise _headless(path, [sheet.rows for sheet in sheets.values()], names)
    heads = {_key(part.header) for part in parts}
    best = max(
        heads,
        key=lambda head: (
            max(_head([(0, tuple(p.header))]) or (0,) for p in parts if _key(p.header) == head),
            sum(len(part.rows) for part in parts if _key(part.header) == head),
        ),
    )
    alike = [part for part in parts if _key(part.header) == best]
    read, copies = _without_copies(alike)
    titles = [title for part in read for title in part.titles]
    left = [name for name in sheets if name not in {part.name for part in alike}]
    notes = _said_sheets(read, copies, left, hidden=[n for n in names if n not in sheets])
    marks = _said_marks([sheets[part.name] for part in read])
    return _whole(
        path, read, around_table(titles, names), notes=[*notes, *_said_twice(read), *marks]
    )


def _key(header: Sequence[str]) -> tuple[str, ...]:
    """What makes two headers one, whatever the order of their columns."""
    return tuple(sorted(plain(cell) for cell in header))


def _without_copies(parts: Sequence[_Part]) -> tuple[list[_Part], list[str]]:
    """Sheets without those that hold what others do: twice the same, a year beside its months."""
    kept: list[_Part] = []
    held: list[Counter[tuple[str, ...]]] = []
    for part in sorted(parts, key=lambda part: len(part.rows)):
        rows = Counter(cells for _, cells in part.rows)
        whole = sum(held, Counter[tuple[str, ...]]())
        if len(part.rows) < _COPIED or rows not in [*held, whole]:
            kept.append(part)
            held.append(rows)
    names = {part.name for part in kept}
    return [part for part in parts if part.name in names], [
        part.name for part in parts if part.name not in names
    ]


def _said_twice(parts: Sequence[_Part]) -> list[str]:
    """French sentence on rows that stand in several sheets."""
    sheets = Counter(cells for part in parts for cells in {cells for _, cells in part.rows})
    twice = sum(sheets[cells] > 1 for part in parts for _, cells in part.rows)
    if not twice:
        return []
    return [
        f"{counted(twice, 'ligne est la même', 'lignes sont les mêmes')} dans plusieurs feuilles : "
        "gardées ; vérifiez que ce ne sont pas des copies."
    ]


def _said_marks(sheets: Sequence[Sheet]) -> list[str]:
    """French sentences on rows that a filter hides, which are calls, and on cells that fail."""
    notes = []
    for sheet in sheets:
        filled = {line for line, _ in sheet.rows}
        where = f"Feuille {label_shown(sheet.name)} : "
        if hidden := sorted(sheet.hidden_rows & filled):
            notes.append(f"{where}rangs masqués dans le classeur, et lus : {said_lines(hidden)}.")
        failed = sorted({row for cells in sheet.failed.values() for row, _ in cells})
        if failed:
            notes.append(f"{where}cellules en erreur, lues vides : {said_lines(failed)}.")
    return notes


def _said_sheets(
    read: Sequence[_Part], copies: Sequence[str], left: Sequence[str], *, hidden: Sequence[str]
) -> list[str]:
    """French sentences on the sheets read and left aside; nothing of a lone one."""
    if len(read) + len(copies) + len(left) + len(hidden) == 1:
        return []
    shown = joined(
        [f"{label_shown(p.name)} ({counted(len(p.rows), 'ligne', 'lignes')})" for p in read]
    )
    notes = [
        f"{counted(len(read), 'feuille lue', 'feuilles lues ensemble')} : {shown}.",
    ]
    for words, names in (
        ("d’un autre en-tête", left),
        ("dont toutes les lignes sont dans les autres", copies),
        ("masquées", hidden),
    ):
        if names:
            notes.append(
                f"Feuilles laissées de côté ({words}) : {joined(list(map(label_shown, names)))}."
            )
    return notes


def _whole(
    path: Path, parts: Sequence[_Part], around: dict[str, Hint], *, notes: Sequence[str]
) -> Table:
    """The rows of all parts under the header of the first, by where they stand."""
    header = parts[0].header
    rows: dict[object, tuple[str, ...]] = {}
    for place, part in enumerate(parts, start=1):
        order = _order(header, part.header)
        # Two names that are masked are told apart by their place.
        shown = label_shown(part.name)
        shown += f" n° {place}" if shown != quoted(part.name) else ""
        prefix = f"{shown} " if len(parts) > 1 else ""
        _check_width(path, part)
        for line, cells in part.rows:
            full = (*cells, *[""] * (len(header) - len(cells)))
            rows[f"{prefix}{line}" if prefix else line] = tuple(full[column] for column in order)
    width = len(header)
    frame = pd.DataFrame(list(rows.values()), index=list(rows), columns=range(width), dtype=str)
    return Table(header, frame, around, notes)


def _order(header: Sequence[str], other: Sequence[str]) -> list[int]:
    """Places in another header of the columns of the first one, in its order."""
    places: dict[str, list[int]] = {}
    for place, cell in enumerate(other):
        places.setdefault(plain(cell), []).append(place)
    return [places[plain(cell)].pop(0) for cell in header]


def _check_width(path: Path, part: _Part) -> None:
    """Refuse rows that have not the columns of the header."""
    width = len(part.header)
    wrong = [line for line, cells in part.rows if len(cells) < width or any(cells[width:])]
    if wrong:
        where = f"feuille {label_shown(part.name)}, " if part.name else ""
        raise TableError(
            f"Des lignes de {one_line(path.name)} n’ont pas le nombre de colonnes de l’en-tête.",
            defects=[f"{where}{said_lines(wrong)} : il faut {width} colonnes"],
            remedy="utilisez partout le même séparateur et mettez entre guillemets les valeurs "
            "qui le contiennent.",
        )


def _headless(path: Path, tables: Sequence[list[Row]], sheets: Sequence[str]) -> TableError:
    """Refusal of what has no header; or of the people that it says."""
    likely = max((cells for rows in tables for _, cells in rows[:1]), key=len, default=())
    none = pd.DataFrame(columns=range(len(likely)), dtype=str)
    refuse_people(path.name, likely, none, {}, around=around_table([], sheets))
    # A first row with digits is a call, and no header: it is not quoted.
    is_call = any(char.isdigit() for cell in likely for char in cell)
    shown = ", ".join(label_shown(cell) for cell in likely if cell)
    if not shown:
        return no_call(path)
    return TableError(
        f"Aucune colonne de dates reconnue dans {one_line(path.name)}.",
        defects=["la première ligne est un appel : l’en-tête manque"]
        if is_call
        else [f"en-têtes lus : {shown}"],
        remedy=f"{LAYOUT}.",
    )

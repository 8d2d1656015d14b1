"""Text of an analyst's list to rows: encoding and separator are found, never assumed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cpts_geo.errors import CptsGeoError, PerimeterError, one_line, quoted
from cpts_geo.sources.analyst._tables.text import (
    SEPARATORS,
    Row,
    first_rows,
    rows_of,
    text_of,
    unbalanced,
)
from cpts_geo.sources.analyst.lists._bare import read_bare, shape_of
from cpts_geo.sources.analyst.lists._columns import (
    PERIMETER,
    Found,
    chosen_header,
    find_header,
    missing_column,
    roles,
)
from cpts_geo.sources.analyst.lists._rows import why_no_commune

# A character that decoding rules out: with it, each line is one cell.
_NO_SEPARATOR: Final = "\x1f"
_SECOND_VALUE: Final = re.compile(r"[;\t|]|,(?!\s*(?:(?:les?|la|l['’])\s*)?$)", re.IGNORECASE)


def read_text_rows(path: Path, content: bytes) -> Found:
    """Split the text of a list into rows, find its header, and note the encoding and the separator
    in French; without any header, read what is communes."""
    text, notes = text_of(path, content, door=PERIMETER)
    separators = (_NO_SEPARATOR, *SEPARATORS)
    heads = {each: first_rows(path, text, each, door=PERIMETER) for each in separators}
    found = {each: header for each in separators if (header := find_header(heads[each]))}
    for separator in sorted(found, key=lambda each: -len(found[each][1])):
        rows = rows_of(path, text, separator, door=PERIMETER)
        if rows is not None:
            break
    else:
        return _read_bare_text(path, text, notes)
    position, labels = found[separator]
    if separator == _NO_SEPARATOR:
        _check_single_column(path, rows, position, labels)
    else:
        _check_widths(path, rows, position, labels, SEPARATORS[separator])
        notes = [*notes, _separated(separator)]
    return Found(rows, chosen_header(path, rows, position, labels), notes)


def _read_bare_text(path: Path, text: str, notes: list[str]) -> Found:
    """Communes of a text without header, split where most of its cells are communes."""
    separators = (_NO_SEPARATOR, *(each for each in SEPARATORS if each in text))
    splits = {each: rows_of(path, text, each, door=PERIMETER) for each in separators}
    bare = {each: read_bare(rows) for each, rows in splits.items() if rows}
    known = {each: shape_of(found.rows).share for each, found in bare.items() if found is not None}
    if not known:
        raise _unrecognised(path, text, [rows for rows in splits.values() if rows is not None])
    best = max(known, key=lambda each: known[each])
    found = bare[best]
    assert found is not None
    said = [] if best == _NO_SEPARATOR else [_separated(best)]
    return found._replace(notes=[*notes, *said, *found.notes])


def _separated(separator: str) -> str:
    """Say what parts the columns."""
    return f"Colonnes séparées par : {SEPARATORS[separator]}."


def _unrecognised(path: Path, text: str, splits: Sequence[list[Row]]) -> CptsGeoError:
    """Refusal of a text in which no separator gives a header, by its rows for each."""
    if not splits:
        return unbalanced(path, door=PERIMETER)
    first = next((line for line in text.splitlines() if line.strip()), "")
    words = [word for word in re.split(r"[^\w'’-]+", first) if word]
    if len(words) > 1 and {"name", "code"} & roles(words).keys():
        return PerimeterError(
            f"Le séparateur de colonnes de {one_line(path.name)} n’est pas reconnu.",
            defects=[f"première ligne lue : {quoted(first)}"],
            remedy="séparez les colonnes par un point-virgule, une virgule, une tabulation ou une "
            "barre |, ou enregistrez la liste en .xlsx.",
        )
    widest = max(splits, key=lambda rows: max((len(cells) for _, cells in rows), default=0))
    return missing_column(path, widest)


def _check_widths(
    path: Path, rows: Sequence[Row], position: int, labels: Sequence[str], separator: str
) -> None:
    """Refuse rows that have not the columns of the header."""
    expected = len(labels)
    defects = [
        f"ligne {line} : {len(cells)} au lieu de {expected} colonnes"
        for line, cells in rows[position + 1 :]
        if (any(cells[expected:]) or len(cells) < expected) and not _says_none(cells)
    ]
    if defects:
        raise PerimeterError(
            f"Des lignes de {one_line(path.name)} n’ont pas le nombre de colonnes de l’en-tête.",
            defects=defects,
            remedy=f"utilisez partout le même séparateur (ici : {separator}) et mettez entre "
            "guillemets les valeurs qui le contiennent.",
        )


def _check_single_column(
    path: Path, rows: Sequence[Row], position: int, labels: Sequence[str]
) -> None:
    """Refuse rows of several values below a header of one column."""
    defects = [
        f"ligne {line} : {quoted(cells[0])}"
        for line, cells in rows[position + 1 :]
        if _SECOND_VALUE.search(cells[0]) and not _says_none(cells)
    ]
    if defects:
        raise PerimeterError(
            f"L’en-tête de {one_line(path.name)} n’a qu’une colonne "
            f"({quoted(labels[-1])}), des lignes en ont plusieurs.",
            defects=defects,
            remedy="nommez toutes les colonnes dans l’en-tête, avec le même séparateur que les "
            "lignes.",
        )


def _says_none(cells: Sequence[str]) -> bool:
    """Whether a row is a total, a source or a note, which need not have every column."""
    return bool(why_no_commune(next((cell for cell in cells if cell), "")))

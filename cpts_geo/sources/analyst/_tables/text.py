"""Bytes of an analyst's file to text, and text to rows: one behaviour for every kind of file."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Final

from cpts_geo.errors import CptsGeoError, one_line
from cpts_geo.sources._bounds.limits import LIMITS, beyond
from cpts_geo.sources._conventions.archives import GZIP, PARQUET, SEVEN_ZIP, SQLITE, ZIP
from cpts_geo.sources._conventions.text import decoded
from cpts_geo.sources.door import Door

#: Column separators of text files, with their French name.
SEPARATORS: Final = {";": "point-virgule", ",": "virgule", "\t": "tabulation", "|": "barre"}
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LINE_END: Final = re.compile(r"[\r\n]")
#: First bytes of what is often renamed, or exported under a wrong name.
_MAGIC: Final = (
    (GZIP, "une archive gzip"),
    (ZIP, "un classeur ou une archive ZIP"),
    (b"\xd0\xcf\x11\xe0", "un ancien document de bureautique (.xls, .doc)"),
    (b"%PDF", "un document PDF"),
    (b"\x89PNG", "une image"),
    (b"\xff\xd8\xff", "une image"),
    (b"GIF8", "une image"),
    (SEVEN_ZIP, "une archive 7z"),
    (b"Rar!", "une archive RAR"),
    (PARQUET, "un fichier Parquet"),
    (SQLITE, "une base SQLite ou un GeoPackage"),
)

#: Titles may stand above the header; one that starts lower is not looked for.
HEADER_ROWS: Final = 20
#: Line of the file (from 1) and its cells.
Row = tuple[int, tuple[str, ...]]
#: Letters past which a quote that was never closed has swallowed the lines below it.
_SWALLOWED: Final = 131_072


def text_of(path: Path, content: bytes, *, door: Door) -> tuple[str, list[str]]:
    """Decode a text file (UTF-8, UTF-16 with its mark, Windows-1252, the first and the last from
    line to line), with French notes on an encoding other than UTF-8; a refusal of what is no text
    or has too long a line."""
    kind = next((words for magic, words in _MAGIC if content.startswith(magic)), "")
    found = None if kind else text_and_notes(content)
    if found is None or _CONTROL.search(found[0]):
        raise door.error(
            f"{one_line(path.name)} n’est pas un fichier texte lisible : contenu binaire ou "
            f"encodage inconnu{f' (c’est {kind})' if kind else ''}.",
            remedy="ouvrez-le dans le logiciel qui l’a produit et enregistrez-le en « CSV "
            f"UTF-8 » ; un fichier {door.formats} doit garder son extension.",
        )
    _check_lines(path, found[0], door)
    return found


def text_and_notes(content: bytes) -> tuple[str, list[str]] | None:
    """Text in the encodings of :func:`text_of`, and its notes; None where none holds for the
    whole."""
    try:
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return content.decode("utf-16"), ["Encodage UTF-16."]
        text, in_utf8 = decoded(content, errors="strict")
    except UnicodeDecodeError:
        return None
    if in_utf8 is None:
        return text, []
    if in_utf8:
        return text, [f"Encodages mêlés : Windows-1252 (cp1252), et UTF-8 dans {in_utf8} lignes."]
    return text, ["Encodage Windows-1252 (cp1252), et non UTF-8."]


def _check_lines(path: Path, text: str, door: Door) -> None:
    """Refuse a line longer than the bound."""
    limit = LIMITS["line_length"]
    start, number = 0, 1
    while len(text) - start > limit:
        end = _LINE_END.search(text, start, start + limit + 1)
        if end is None:
            length = len(text) - start if (stop := text.find("\n", start)) < 0 else stop - start
            raise beyond("line_length", door.error, name=path.name, found=length, where=str(number))
        # Whole blocks of short lines are passed at once.
        last = max(text.rfind("\n", start, start + limit + 1), end.start())
        number += text.count("\n", start, last + 1)
        start = last + 1


def rows_of(path: Path, text: str, separator: str, *, door: Door) -> list[Row] | None:
    """Rows that hold something, cells stripped; None where quotes make no sense with this
    separator, a refusal beyond the bounds of rows, columns, cells or their length."""
    most_rows, most_cells = LIMITS[f"{door.key}_rows"], LIMITS["text_cells"]
    most_columns = LIMITS["text_columns"]
    rows: list[Row] = []
    # Few distinct texts fill a table: each is kept once.
    once: dict[str, str] = {}
    count = 0
    try:
        for line, texts in _rows(path, text, separator, door):
            rows.append((line, tuple(map(once.setdefault, texts, texts))))
            width = len(texts)
            count += width
            if width > most_columns and any(texts[most_columns:]):
                raise beyond("text_columns", door.error, name=path.name, found=width)
            if len(rows) > most_rows:
                raise beyond(f"{door.key}_rows", door.error, name=path.name)
            if count > most_cells:
                raise beyond("text_cells", door.error, name=path.name)
    except csv.Error:
        return None
    return rows


def first_rows(path: Path, text: str, separator: str, *, door: Door) -> list[Row]:
    """First rows of a text, enough to tell its header, whatever follows."""
    rows: list[Row] = []
    with suppress(csv.Error, door.error):
        for row in islice(_rows(path, text, separator, door), HEADER_ROWS):
            rows.append(row)  # noqa: PERF402 - those before an error are kept
    return rows


def unbalanced(path: Path, *, door: Door) -> CptsGeoError:
    """Refusal, to raise, of a text whose quotes make sense with no separator."""
    return door.error(
        f"Les guillemets de {one_line(path.name)} ne vont pas par paires.",
        remedy='supprimez les guillemets " isolés, ou enregistrez le fichier en .xlsx.',
    )


def _rows(path: Path, text: str, separator: str, door: Door) -> Iterator[Row]:
    """Rows that hold something, cells stripped; a refusal of a cell that is too long."""
    longest = LIMITS["cell_length"]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    start = 1
    # Any library may have moved the reader's limit: what is said of a file must not hang on it.
    moved = csv.field_size_limit(_SWALLOWED)
    try:
        for cells in reader:
            if cells and max(map(len, cells)) > longest:
                raise beyond("cell_length", door.error, name=path.name, where=str(start))
            stripped = tuple(map(str.strip, cells))
            if any(stripped):
                yield start, stripped
            start = reader.line_num + 1
    except csv.Error as error:
        if "field larger than field limit" in str(error):
            raise beyond("cell_length", door.error, name=path.name, where=str(start)) from error
        raise
    finally:
        csv.field_size_limit(moved)

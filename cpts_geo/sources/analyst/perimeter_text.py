"""Text of an analyst's list to rows: encoding and separator are found, never assumed."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cpts_geo.errors import PerimeterError, one_line
from cpts_geo.sources.analyst.perimeter_columns import (
    SEPARATORS,
    Header,
    Row,
    find_header,
    missing_column,
    roles,
)

# A character that decoding rules out: with it, each line is one cell.
_NO_SEPARATOR: Final = "\x1f"
_SECOND_VALUE: Final = re.compile(r"[;\t|]|,(?!\s*(?:(?:les?|la|l['’])\s*)?$)", re.IGNORECASE)


def read_text_rows(path: Path, content: bytes) -> tuple[list[Row], Header, list[str]]:
    """
    Split the text of a list into rows and find its header.

    Parameters
    ----------
    path : pathlib.Path
        The file, for messages.
    content : bytes
        Its bytes: UTF-8, UTF-16 with its mark, or Windows-1252.

    Returns
    -------
    tuple of list of Row, Header and list of str
        The rows, the header among them, and French notes on the encoding and the separator.

    Raises
    ------
    PerimeterError
        When the content is no text, no separator gives a known column, or lines disagree with
        the header.

    Examples
    --------
    >>> rows, header, notes = read_text_rows(Path("l.csv"), b"commune;insee\\nDry;45130\\n")
    >>> rows[1], header.columns, notes
    ((2, ('Dry', '45130')), {'code': 1, 'name': 0}, ['Colonnes séparées par : point-virgule.'])
    """
    text, notes = _decode(path, content)
    splits = {separator: _split(text, separator) for separator in (_NO_SEPARATOR, *SEPARATORS)}
    found = [
        (separator, rows, header)
        for separator, rows in splits.items()
        if rows is not None and (header := find_header(path, rows)) is not None
    ]
    if not found:
        raise _unrecognised(path, text, [rows for rows in splits.values() if rows is not None])
    separator, rows, header = max(found, key=lambda each: len(each[2].labels))
    if separator == _NO_SEPARATOR:
        _check_single_column(path, rows, header)
        return rows, header, notes
    _check_widths(path, rows, header, SEPARATORS[separator])
    return rows, header, [*notes, f"Colonnes séparées par : {SEPARATORS[separator]}."]


def _decode(path: Path, content: bytes) -> tuple[str, list[str]]:
    candidates = {"utf-8-sig": "", "cp1252": "Encodage Windows-1252 (cp1252), et non UTF-8."}
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = {"utf-16": "Encodage UTF-16."}
    for encoding, note in candidates.items():
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(unicodedata.category(c) == "Cc" and c not in "\t\r\n" for c in text):
            return text, [note] if note else []
    raise PerimeterError(
        f"{one_line(path.name)} n’est pas un fichier texte lisible : contenu binaire ou encodage "
        "inconnu.",
        remedy="ouvrez-le dans le logiciel qui l’a produit et enregistrez-le en .xlsx ou en "
        "« CSV UTF-8 » ; un classeur doit garder son extension .xlsx, .xls ou .ods.",
    )


def _split(text: str, separator: str) -> list[Row] | None:
    """Rows, or None where the quotes make no sense with this separator."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[Row] = []
    start = 1
    try:
        for cells in reader:
            rows.append((start, tuple(cell.strip() for cell in cells)))
            start = reader.line_num + 1
    except csv.Error:
        return None
    return rows


def _unrecognised(path: Path, text: str, splits: Sequence[Sequence[Row]]) -> PerimeterError:
    if not splits:
        return PerimeterError(
            f"Les guillemets de {one_line(path.name)} ne vont pas par paires.",
            remedy='supprimez les guillemets " isolés, ou enregistrez la liste en .xlsx.',
        )
    first = next((line for line in text.splitlines() if line.strip()), "")
    words = [word for word in re.split(r"[^\w'’-]+", first) if word]
    if len(words) > 1 and {"name", "code"} & roles(words).keys():
        return PerimeterError(
            f"Le séparateur de colonnes de {one_line(path.name)} n’est pas reconnu.",
            defects=[f"première ligne lue : « {one_line(first)} »"],
            remedy="séparez les colonnes par un point-virgule, une virgule, une tabulation ou une "
            "barre |, ou enregistrez la liste en .xlsx.",
        )
    widest = max(splits, key=lambda rows: max((len(cells) for _, cells in rows), default=0))
    return missing_column(path, widest)


def _check_widths(path: Path, rows: Sequence[Row], header: Header, separator: str) -> None:
    expected = len(header.labels)
    defects = [
        f"ligne {line} : {len(cells)} au lieu de {expected} colonnes"
        for line, cells in rows[header.position + 1 :]
        if any(cells) and (any(cells[expected:]) or len(cells) < expected)
    ]
    if defects:
        raise PerimeterError(
            f"Des lignes de {one_line(path.name)} n’ont pas le nombre de colonnes de l’en-tête.",
            defects=defects,
            remedy=f"utilisez partout le même séparateur (ici : {separator}) et mettez entre "
            "guillemets les valeurs qui le contiennent.",
        )


def _check_single_column(path: Path, rows: Sequence[Row], header: Header) -> None:
    defects = [
        f"ligne {line} : « {one_line(cells[0])} »"
        for line, cells in rows[header.position + 1 :]
        if cells and _SECOND_VALUE.search(cells[0])
    ]
    if defects:
        raise PerimeterError(
            f"L’en-tête de {one_line(path.name)} n’a qu’une colonne "
            f"(« {one_line(header.labels[-1])} »), des lignes en ont plusieurs.",
            defects=defects,
            remedy="nommez toutes les colonnes dans l’en-tête, avec le même séparateur que les "
            "lignes.",
        )

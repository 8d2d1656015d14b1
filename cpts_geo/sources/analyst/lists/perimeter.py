"""An analyst's list of communes: CSV, text or spreadsheet, read without guessing.

What is adapted (encoding, separator, title lines, sheet) is said in ``notes``; what cannot be
read for certain raises one error that lists every defect and says what to do. The names and codes
are read as text here; what they mean is decided in :mod:`cpts_geo.territories`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pandas as pd

from cpts_geo.asked import typed_path
from cpts_geo.errors import PerimeterError, one_line, quoted
from cpts_geo.sources.analyst._tables.text import Row
from cpts_geo.sources.analyst._tables.workbook import SUFFIXES, read_workbook
from cpts_geo.sources.analyst.lists._columns import (
    PERIMETER,
    Header,
    empty_list,
    find_header,
    missing_column,
    passed_over,
)
from cpts_geo.sources.analyst.lists._text import read_text_rows
from cpts_geo.sources.door import memory_told, read_bytes

_INSEE_CODE: Final = re.compile(r"\d{4,5}|2[ABab]\d{3}")
_DEPARTEMENT: Final = re.compile(r"\d{1,3}|2[ABab]")
_SAVE_AGAIN: Final = "repartez du fichier d’origine et enregistrez-le en « CSV UTF-8 » ou en .xlsx."


@memory_told(PERIMETER)
def read_perimeter_file(path: Path | str) -> pd.DataFrame:
    """
    Read an analyst's list of communes.

    Parameters
    ----------
    path : pathlib.Path or str
        A text or a spreadsheet (see :mod:`cpts_geo.sources.analyst`), with a line of column names
        among its first 20.

    Returns
    -------
    DataFrame
        One row a commune: ``line`` (line of the file, from 1), ``name`` and/or ``code`` (text as
        written, empty when not given), and where the file has them ``departement`` (text) and
        ``population`` (inhabitants, NaN when not given). In attrs: ``notes``, French sentences on
        all that was adapted to read the file.

    Raises
    ------
    PerimeterError
        When the file cannot be read, holds no recognised column, no commune, or wrong values.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "liste.csv"
    ...     _ = path.write_text("commune;code_insee\\nDry;45130\\n", encoding="utf-8")
    ...     read_perimeter_file(path).to_dict("records")
    [{'line': 2, 'name': 'Dry', 'code': '45130'}]
    """
    path = typed_path(path)
    content = read_bytes(path, PERIMETER)
    read = _read_workbook_rows if path.suffix.lower() in SUFFIXES else read_text_rows
    rows, header, notes = read(path, content)
    body = rows[header.position + 1 :]
    if not body:
        raise empty_list(path)
    values = {
        role: [cells[place] if place < len(cells) else "" for _, cells in body]
        for role, place in header.columns.items()
    }
    labels = {role: quoted(header.labels[i]) for role, i in header.columns.items()}
    lines = [line for line, _ in body]
    _check_names(path, lines, values, labels)
    _check_rows(path, lines, values)
    columns: dict[str, list[int] | list[str] | list[float]] = {"line": lines}
    columns |= {role: values[role] for role in ("name", "code") if role in values}
    if "departement" in values and _are_departements(values["departement"]):
        columns["departement"] = values["departement"]
    if "population" in values:
        columns["population"] = [_population(written) for written in values["population"]]
    table = pd.DataFrame(columns)
    table.attrs["notes"] = (*notes, *_column_notes(rows, header, values, labels))
    return table


def _read_workbook_rows(path: Path, content: bytes) -> tuple[list[Row], Header, list[str]]:
    """First visible sheet with a recognised column."""
    sheets = read_workbook(path, content, door=PERIMETER).sheets
    for sheet in sheets:
        if header := find_header(path, sheet.rows):
            return sheet.rows, header, [f"Feuille lue : {quoted(sheet.name)}."]
    raise missing_column(path, max((sheet.rows for sheet in sheets), key=len, default=[]))


def _check_names(
    path: Path, lines: Sequence[int], values: dict[str, list[str]], labels: dict[str, str]
) -> None:
    """Refuse names that are codes, or whose accents are damaged."""
    names = values.get("name", [])
    if names and not any(values.get("code", ())) and all(map(_INSEE_CODE.fullmatch, names)):
        raise PerimeterError(
            f"La colonne {labels['name']} de {one_line(path.name)} contient des codes et non des "
            "noms.",
            remedy="si ce sont des codes Insee, renommez-la `code_insee` ; si ce sont des codes "
            "postaux, remplacez-les par les noms ou les codes Insee des communes.",
        )
    garbled = [
        f"ligne {line} : {quoted(name)}, sans doute {quoted(clean)}"
        for line, name in zip(lines, names, strict=False)
        if (clean := _undo_double_encoding(name)) != name
    ]
    lost = [
        f"ligne {line} : {quoted(name)}, lettre remplacée par « \ufffd »"
        for line, name in zip(lines, names, strict=False)
        if "\ufffd" in name
    ]
    if garbled or lost:
        raise PerimeterError(
            f"Les accents de {one_line(path.name)} ont été abîmés par un enregistrement dans un "
            "mauvais encodage.",
            defects=[*garbled, *lost],
            remedy=_SAVE_AGAIN,
        )


def _undo_double_encoding(text: str) -> str:
    """A text whose UTF-8 was read as another encoding, mended."""

    def undo(run: re.Match[str]) -> str:
        for encoding in ("cp1252", "latin-1"):
            try:
                return run[0].encode(encoding).decode("utf-8")
            except UnicodeError:
                continue
        return run[0]

    return re.sub(r"[^\x00-\x7f]{2,}", undo, text)


def _check_rows(path: Path, lines: Sequence[int], values: dict[str, list[str]]) -> None:
    """Refuse rows that name no commune, and populations that count nobody."""
    nothing = [""] * len(lines)
    defects = [
        f"ligne {line} : ni nom ni code"
        for line, name, code in zip(
            lines, values.get("name", nothing), values.get("code", nothing), strict=True
        )
        if not name and not code
    ]
    for line, written in zip(lines, values.get("population", nothing), strict=True):
        inhabitants = _population(written)
        if written and math.isnan(inhabitants):
            defects.append(f"ligne {line} : population {quoted(written)}, nombre entier attendu")
        elif inhabitants < 0:
            defects.append(f"ligne {line} : population {quoted(written)}, négative")
    if defects:
        raise PerimeterError(
            f"Des lignes de {one_line(path.name)} ne peuvent pas être utilisées.",
            defects=defects,
            remedy="corrigez-les ou supprimez-les (une ligne de total n’est pas une commune ; une "
            "population inconnue se laisse vide).",
        )


def _population(written: str) -> float:
    """Whole number of inhabitants; NaN when empty or not one."""
    digits = re.sub(r"\s", "", written)
    # « 12.000 » is twelve to one reader and twelve thousand to another.
    if not re.fullmatch(r"-?[0-9]{1,9}([.,]0{1,2})?", digits):
        return math.nan
    return float(digits.replace(",", "."))


def _are_departements(written: Sequence[str]) -> bool:
    """Whether all that is written is numbers of départements."""
    return all(_DEPARTEMENT.fullmatch(value) for value in written if value)


def _column_notes(
    rows: Sequence[Row], header: Header, values: dict[str, list[str]], labels: dict[str, str]
) -> Iterator[str]:
    """French sentences on the header, the columns read, the zeros lost."""
    if header.position:
        yield passed_over(rows, header.position)
    for role, said in {
        "name": "noms",
        "code": "codes Insee",
        "departement": "départements",
    }.items():
        if role == "departement" and not _are_departements(values.get(role, ())):
            yield f"Colonne {labels[role]} ignorée : numéros attendus (42, 2A, 971)."
        elif role in labels:
            yield f"Colonne des {said} : {labels[role]}."
    if short := sum(bool(re.fullmatch(r"\d{4}", code)) for code in values.get("code", ())):
        yield (
            f"Codes à 4 chiffres : {short}. Le zéro initial a sans doute été perdu ; il n’est "
            "rétabli que si le code complété est celui d’une commune."
        )

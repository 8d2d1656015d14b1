"""Sheets of an analyst's workbook as rows of text, opened in a process apart and within bounds."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from cpts_geo.errors import CptsGeoError, Defect, one_line, quoted
from cpts_geo.sources._apart import run_within
from cpts_geo.sources._bounds.limits import beyond
from cpts_geo.sources.analyst._tables.text import Row
from cpts_geo.sources.door import Door

SUFFIXES: Final = frozenset({".xlsx", ".xlsm", ".xls", ".ods"})
# Name of the stream that holds an encrypted workbook in its container.
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_SHEETS: Final = "cpts_geo.sources.analyst._tables._sheets:sheets"


class Sheet(NamedTuple):
    """A sheet: its name, the rows that hold something, all of one width, the rows (from 1) and
    columns (from 0) that are hidden, and by column the rows of cells that fail, with their text."""

    name: str
    rows: list[Row]
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    failed: Mapping[int, Sequence[tuple[int, str]]] = MappingProxyType({})


class _Workbook(NamedTuple):
    """The visible sheets in order, and the names of all of them, hidden ones too."""

    sheets: list[Sheet]
    names: tuple[str, ...]


def read_workbook(
    path: Path, content: bytes, *, door: Door, wanted: str = "", percents: bool = False
) -> _Workbook:
    """Read the visible sheets, and the one that is wanted, as text (dates in ISO form, whole
    numbers without decimals; with `percents`, what Excel shows in % as it shows it); a refusal of
    what is damaged, protected or beyond a bound."""
    rows = {"rows": f"{door.key}_rows", "wanted": wanted, "percents": percents}
    answer = run_within(
        "workbook", _SHEETS, rows, content=content, error=door.error, name=path.name
    )
    lines = iter(answer.split(b"\n"))
    said = json.loads(next(lines))
    if said.get("damaged"):
        raise _damaged(path, content, door)
    if name := said.get("beyond"):
        where = f"{quoted(said['sheet'])} ({said['cells']})" if "sheet" in said else ""
        raise beyond(name, door.error, name=path.name, found=said["found"], where=where)
    return _Workbook([_sheet(sheet, lines) for sheet in said["sheets"]], tuple(said["names"]))


def failed_cells(sheet: Sheet, columns: Collection[int], *, header: int) -> list[Defect]:
    """Say which cells of some columns, under the row of the header, hold an error, or a formula
    that was never computed: the parser gives them as empty."""
    where = f"feuille {quoted(sheet.name)}, cellule"
    return [
        Defect(f"{where} {column_letters(column)}{row} : {one_line(text)}", "cellule en erreur")
        for column in sorted(columns)
        for row, text in sheet.failed.get(column, ())
        if row > header
    ]


def column_letters(column: int) -> str:
    """Letters of a column by its place (from 0)."""
    first, last = divmod(column, 26)
    return (column_letters(first - 1) if first else "") + chr(65 + last)


def _sheet(about: dict[str, Any], lines: Iterator[bytes]) -> Sheet:
    """A sheet of the answer, its rows all of one width."""
    width = about["width"]
    # Few distinct texts fill a sheet: each is kept once.
    once: dict[str, str] = {}
    rows: list[Row] = []
    for line in islice(lines, about["rows"]):
        number, texts = json.loads(line)
        cells = [once.setdefault(text, text) for text in texts]
        rows.append((number, (*cells, *[""] * (width - len(cells)))))
    hidden_rows, hidden_columns = (
        frozenset(about["rows_hidden"]),
        frozenset(about["columns_hidden"]),
    )
    failed = {column: [(row, text) for row, text in cells] for column, cells in about["failed"]}
    return Sheet(about["name"], rows, hidden_rows, hidden_columns, failed)


def _damaged(path: Path, content: bytes, door: Door) -> CptsGeoError:
    """Refusal of a workbook that is protected or damaged."""
    reason = (
        "il est protégé par un mot de passe"
        if _ENCRYPTED in content
        else "il est endommagé, ou d’un autre format que son extension"
    )
    return door.error(
        f"Le classeur {one_line(path.name)} ne peut pas être ouvert : {reason}.",
        remedy="ouvrez-le dans votre tableur et enregistrez-le en .xlsx sans mot de passe, "
        "ou en « CSV UTF-8 ».",
    )

"""Producers' workbooks: sheets chosen by pattern, header row found by its text."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from cpts_geo.errors import DataFileError, quoted
from cpts_geo.sources._apart import run_within
from cpts_geo.sources._bounds.limits import beyond
from cpts_geo.sources._conventions.archives import (
    ZIP,
    archive_defects,
    begins,
    open_content,
    whole,
)
from cpts_geo.sources.readers._formats.base import find_columns, placed, unexpected

#: A header stands below a title and notes, never deeper than this many rows.
_HEADER_WITHIN: Final = 60


def cell_text(cell: object) -> str:
    """Stripped text of a cell; a whole number (a code) keeps no decimals."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def filled(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Rows of a block that have something in a column, without what stood above them."""
    kept = table[table[name] != ""].reset_index(drop=True)
    kept.attrs = {}
    return kept


@dataclass(frozen=True)
class Book:
    """A workbook, whose sheets are parsed in a process apart: a hostile one ends there."""

    path: Path
    content: bytes
    sheet_names: tuple[str, ...]

    def rows(self, sheet: str, *, first: int | None = None) -> list[list[object]]:
        """Cells of a sheet, all or the `first` rows, dates as text; a DataFileError where it is
        damaged or beyond a bound."""
        answer = _apart(self.path, self.content, "rows", sheet=sheet, first=first)
        said = json.loads(answer)
        if "beyond" in said:
            where, found = quoted(sheet), said["beyond"]
            name = self.path.name
            refusal = beyond("workbook_range", DataFileError, name=name, found=found, where=where)
            raise unexpected(self.path, [refusal.summary])
        if "damaged" in said:
            raise unexpected(self.path, [f"feuille {quoted(sheet)} illisible"])
        rows: list[list[object]] = said["rows"]
        return rows

    def sheets(self, pattern: str) -> dict[str, str]:
        """Sheets whose name matches a pattern in full, by its first group (whole name without one),
        in order; a DataFileError for none."""
        matches = [found for name in self.sheet_names if (found := re.fullmatch(pattern, name))]
        if not matches:
            shown = ", ".join(map(quoted, self.sheet_names))
            raise unexpected(self.path, [f"feuille introuvable : {pattern}", f"feuilles : {shown}"])
        return {found[min(1, found.re.groups)]: found.string for found in matches}

    def titles(self, sheet: str, *, first: int) -> str:
        """Texts of the first rows of a sheet, one after the other."""
        return " ".join(cell_text(cell) for row in self.rows(sheet, first=first) for cell in row)

    def block(
        self, sheet: str, *, columns: Mapping[str, str], optional: Mapping[str, str] | None = None
    ) -> pd.DataFrame:
        """Wanted columns of a sheet as stripped text, whole numbers without decimals, below the
        header, the row of the first sixty that has most of them; see :func:`find_columns`. In attrs
        ``header``, the text above each."""
        rows = self.rows(sheet)
        # A sheet that starts with empty columns or rows keeps its order: only texts are looked at.
        at = max(
            range(min(len(rows), _HEADER_WITHIN)),
            key=lambda index: (len(placed(rows[index], columns)), -index),
            default=None,
        )
        if at is None:
            raise unexpected(self.path, [f"feuille {quoted(sheet)} vide"])
        places = find_columns(rows[at], columns, self.path, optional=optional)
        texts = {name: [cell_text(row[i]) for row in rows[at + 1 :]] for name, i in places.items()}
        table = pd.DataFrame(texts, dtype="str")
        table.attrs["header"] = {name: cell_text(rows[at][place]) for name, place in places.items()}
        return table


def _apart(path: Path, content: bytes, function: str, **arguments: object) -> Any:
    """Answer of a function of ``_sheets`` in a process apart; its refusal is that of a producer's
    file."""
    target = f"cpts_geo.sources.readers._formats._sheets:{function}"
    try:
        return run_within(
            "workbook", target, arguments, content=content, error=DataFileError, name=path.name
        )
    except DataFileError as refusal:
        # The remedy for a file of an analyst's own is not the one for a producer's.
        raise unexpected(path, [refusal.summary]) from refusal


def open_book(path: Path, inner: str | None = None) -> Book:
    """Open a workbook, alone or packed in a ZIP (`inner` names the member), told by the content."""
    packed = False
    if begins(path, ZIP):
        if defects := archive_defects(path):
            raise unexpected(path, defects)
        with zipfile.ZipFile(path) as archive:
            packed = "[Content_Types].xml" not in archive.namelist()
    if packed:
        with open_content(path, inner) as stream:
            content = whole(stream, path)
        # A workbook is an archive too, packed in another one.
        if defects := archive_defects(io.BytesIO(content)):
            raise unexpected(path, defects)
    else:
        with path.open("rb") as stream:
            content = whole(stream, path)
    names = _apart(path, content, "names")
    if names is None:
        raise unexpected(path, ["ce n’est pas un classeur lisible"])
    return Book(path, content, tuple(names))

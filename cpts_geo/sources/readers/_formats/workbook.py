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
from cpts_geo.sources._conventions.archives import archive_defects, is_zip, open_content, whole
from cpts_geo.sources.readers._formats.base import find_columns, placed, refuse_values, unexpected

#: A header stands below a title and notes, never deeper than this many rows.
_HEADER_WITHIN: Final = 60


@dataclass(frozen=True)
class Block:
    """
    What stands below the header of a sheet.

    Parameters
    ----------
    header : tuple of str
        Texts of the header row.
    places : dict of str to int
        Position of each column that was found, by wanted name.
    rows : list
        Rows below the header, as the workbook holds them.
    path : Path
        The workbook, for messages.
    """

    header: tuple[str, ...]
    places: dict[str, int]
    rows: list[list[object]]
    path: Path

    def below(self, rows: list[list[object]]) -> Block:
        """
        Keep other rows under the same header.

        Parameters
        ----------
        rows : list
            Rows to keep, such as those whose first cell is a commune code.

        Returns
        -------
        Block
            The same header and places.
        """
        return Block(self.header, self.places, rows, self.path)

    def texts(self, name: str) -> pd.Series[str]:
        """
        Column as text.

        Parameters
        ----------
        name : str
            Wanted name of a column that was found.

        Returns
        -------
        Series of str
            Stripped; a whole number without decimals, an empty cell as an empty text.
        """
        place = self.places[name]
        return pd.Series([cell_text(row[place]) for row in self.rows], dtype="str")

    def numbers(self, name: str) -> pd.Series[float]:
        """
        Column as numbers.

        Parameters
        ----------
        name : str
            Wanted name of a column that was found.

        Returns
        -------
        Series of float
            Numbers; NaN for an empty cell.

        Raises
        ------
        DataFileError
            A cell is neither empty nor a number; every one is listed.
        """
        texts = self.texts(name)
        values = pd.to_numeric(texts.str.replace(",", "."), errors="coerce").astype("float64")
        wrong = texts[values.isna() & (texts != "")]
        refuse_values(wrong, f"{name} : « {{}} » n’est pas un nombre", "pas un nombre", self.path)
        return values


def cell_text(cell: object) -> str:
    """
    Text of a cell: codes typed as numbers keep no decimals.

    Parameters
    ----------
    cell : object
        As the workbook holds it.

    Returns
    -------
    str
        Stripped text.

    Examples
    --------
    >>> cell_text(45234.0), cell_text(" 01001 "), cell_text(1.5)
    ('45234', '01001', '1.5')
    """
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


@dataclass(frozen=True)
class Book:
    """
    A workbook, whose sheets are parsed in a process apart: a hostile one ends there.

    Parameters
    ----------
    path : Path
        The file, for messages.
    content : bytes
        The workbook.
    sheet_names : tuple of str
        In its order.
    """

    path: Path
    content: bytes
    sheet_names: tuple[str, ...]

    def rows(self, sheet: str, *, first: int | None = None) -> list[list[object]]:
        """
        Cells of a sheet.

        Parameters
        ----------
        sheet : str
            Its name.
        first : int, optional
            Rows wanted from the top; all of them by default.

        Returns
        -------
        list of list
            Numbers, texts, booleans; dates as text.

        Raises
        ------
        DataFileError
            The sheet is damaged, or beyond a bound.
        """
        answer = _apart(self.path, self.content, "rows", sheet=sheet, first=first)
        said = json.loads(answer)
        if "beyond" in said:
            where, found = f"{quoted(sheet)}", said["beyond"]
            name = self.path.name
            refusal = beyond("workbook_range", DataFileError, name=name, found=found, where=where)
            raise unexpected(self.path, [refusal.summary])
        if "damaged" in said:
            raise unexpected(self.path, [f"feuille {quoted(sheet)} illisible"])
        rows: list[list[object]] = said["rows"]
        return rows


def _apart(path: Path, content: bytes, function: str, **arguments: object) -> Any:
    target = f"cpts_geo.sources.readers._formats._sheets:{function}"
    try:
        return run_within(
            "workbook", target, arguments, content=content, error=DataFileError, name=path.name
        )
    except DataFileError as refusal:
        # The remedy for a file of an analyst's own is not the one for a producer's.
        raise unexpected(path, [refusal.summary]) from refusal


def open_book(path: Path, inner: str | None = None) -> Book:
    """
    Open a workbook, alone or packed in a ZIP archive.

    Parameters
    ----------
    path : Path
        The workbook, or an archive that holds it; told apart by the content.
    inner : str or None, optional
        Regular expression of the member's base name when it is an archive.

    Returns
    -------
    Book
        Its sheets by name.

    Raises
    ------
    DataFileError
        Neither a workbook nor an archive of one, damaged, or beyond a bound.
    """
    packed = False
    if is_zip(path):
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


def sheets(book: Book, pattern: str, path: Path) -> dict[str, str]:
    """
    Choose sheets by their name.

    Parameters
    ----------
    book : Book
        Open workbook.
    pattern : str
        Regular expression that a sheet name must match in full.
    path : Path
        The workbook, for the message.

    Returns
    -------
    dict of str to str
        Name of each sheet by the first group of the pattern (its whole name without one), in the
        order of the workbook.

    Raises
    ------
    DataFileError
        No sheet has such a name; those of the workbook are listed.
    """
    matches = [found for name in book.sheet_names if (found := re.fullmatch(pattern, name))]
    if not matches:
        shown = ", ".join(f"{quoted(name)}" for name in book.sheet_names)
        raise unexpected(path, [f"feuille introuvable : {pattern}", f"feuilles : {shown}"])
    return {found[min(1, found.re.groups)]: found.string for found in matches}


def block(
    book: Book,
    sheet: str,
    *,
    columns: Mapping[str, str],
    optional: Mapping[str, str] | None = None,
    path: Path,
) -> Block:
    """
    Read a sheet below its header, whatever row that header stands on.

    Parameters
    ----------
    book : Book
        Open workbook.
    sheet : str
        Name of the sheet.
    columns : mapping of str to str
        Wanted name -> pattern of the header, as in
        :func:`~cpts_geo.sources.readers._formats.base.find_columns`. The header is the first row
        that has them all.
    optional : mapping of str to str or None, optional
        The same, for columns that some vintages lack.
    path : Path
        The workbook, for messages.

    Returns
    -------
    Block
        Rows below the header; an optional column that is not there has no place.

    Raises
    ------
    DataFileError
        No row holds the wanted headers; the closest one is shown.
    """
    rows = book.rows(sheet)
    # A sheet that starts with empty columns or rows keeps its order: only texts are looked at.
    at = max(
        range(min(len(rows), _HEADER_WITHIN)),
        key=lambda index: (len(placed(rows[index], columns)), -index),
        default=None,
    )
    if at is None:
        raise unexpected(path, [f"feuille {quoted(sheet)} vide"])
    places = find_columns(rows[at], columns, path, optional=optional)
    return Block(tuple(cell_text(cell) for cell in rows[at]), places, rows[at + 1 :], path)

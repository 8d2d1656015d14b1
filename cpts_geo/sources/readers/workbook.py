"""Producers' workbooks: sheets chosen by pattern, header row found by its text."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from cpts_geo.errors import one_line
from cpts_geo.sources.archives import archive_defects, is_zip, open_content
from cpts_geo.sources.readers.base import find_columns, plain, unexpected

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
            A cell is neither empty nor a number; the first twenty are listed.
        """
        texts = self.texts(name)
        values = pd.to_numeric(texts.str.replace(",", "."), errors="coerce").astype("float64")
        wrong = sorted(set(texts[values.isna() & (texts != "")]))
        if wrong:
            shown = [f"{name} : « {one_line(text)} » n’est pas un nombre" for text in wrong[:20]]
            raise unexpected(self.path, shown)
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


def open_book(path: Path, inner: str | None = None) -> CalamineWorkbook:
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
    CalamineWorkbook
        Open workbook.

    Raises
    ------
    DataFileError
        Neither a workbook nor an archive of one, or damaged.
    """
    try:
        if is_zip(path):
            defects = archive_defects(path)
            if defects:
                raise unexpected(path, defects)
            with zipfile.ZipFile(path) as archive:
                packed = "[Content_Types].xml" not in archive.namelist()
            if packed:
                with open_content(path, inner) as stream:
                    held = io.BytesIO(stream.read())
                # A workbook is an archive too, packed in another one.
                if defects := archive_defects(held):
                    raise unexpected(path, defects)
                held.seek(0)
                return CalamineWorkbook.from_filelike(held)
        return CalamineWorkbook.from_path(path)
    except CalamineError as error:
        raise unexpected(path, ["ce n’est pas un classeur lisible"]) from error


def sheets(book: CalamineWorkbook, pattern: str, path: Path) -> dict[str, str]:
    """
    Choose sheets by their name.

    Parameters
    ----------
    book : CalamineWorkbook
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
        shown = ", ".join(f"« {one_line(name)} »" for name in book.sheet_names)
        raise unexpected(path, [f"feuille introuvable : {pattern}", f"feuilles : {shown}"])
    return {found[min(1, found.re.groups)]: found.string for found in matches}


def block(
    book: CalamineWorkbook,
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
    book : CalamineWorkbook
        Open workbook.
    sheet : str
        Name of the sheet.
    columns : mapping of str to str
        Wanted name -> pattern of the header, as in
        :func:`cpts_geo.sources.readers.base.find_columns`. The header is the first row that has
        them all.
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
    try:
        rows: list[list[object]] = [[*row] for row in book.get_sheet_by_name(sheet).to_python()]
    except CalamineError as error:
        raise unexpected(path, [f"feuille « {one_line(sheet)} » illisible"]) from error
    # A sheet that starts with empty columns or rows keeps its order: only texts are looked at.
    at = max(
        range(min(len(rows), _HEADER_WITHIN)),
        key=lambda index: (len(_found(rows[index], columns)), -index),
        default=None,
    )
    if at is None:
        raise unexpected(path, [f"feuille « {one_line(sheet)} » vide"])
    places = find_columns(rows[at], columns, path) | _found(rows[at], optional or {})
    return Block(tuple(cell_text(cell) for cell in rows[at]), places, rows[at + 1 :], path)


def _found(row: Sequence[object], columns: Mapping[str, str]) -> dict[str, int]:
    texts = [plain(cell) for cell in row]
    return {
        name: place
        for name, pattern in columns.items()
        for place in [i for i, text in enumerate(texts) if re.fullmatch(pattern, text)][:1]
    }

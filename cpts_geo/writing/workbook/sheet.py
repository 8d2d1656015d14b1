"""A table for a French spreadsheet: its cells, a number with the form that it is shown in."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from cpts_geo.atlas.look.cells import MARKS, STATUS_WORDS
from cpts_geo.files import write_french_csv


class Number(NamedTuple):
    """
    A number of a cell.

    Parameters
    ----------
    value : float
        The number.
    decimals : int
        Decimals shown; of the percent where it is one.
    percent : bool
        Whether it is a share that is shown in percent.
    year : bool
        Whether it is a year, without thousands.
    """

    value: float
    decimals: int = 0
    percent: bool = False
    year: bool = False


#: A cell: a text, a number, or nothing where it is unknown.
Cell = str | Number | None


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """
    A table of a workbook.

    Parameters
    ----------
    name, about : str
        Its name, and what it holds.
    heads : tuple of str
        Headings.
    rows : list of tuple
        Cells.
    names : tuple of (str, int, int)
        Named cells: name, row, column.
    pinned : int
        Columns that stay in sight.
    to_fill : tuple of str
        Number format of the empty cells of each column, which are tinted to be filled; empty where
        the sheet is only to be read.
    choices : tuple of (int, tuple of str)
        Columns with the words that a list offers in their cells; others may be typed.
    """

    name: str
    about: str
    heads: tuple[str, ...]
    rows: list[tuple[Cell, ...]]
    names: tuple[tuple[str, int, int], ...] = ()
    pinned: int = 1
    to_fill: tuple[str, ...] = ()
    choices: tuple[tuple[int, tuple[str, ...]], ...] = ()


def cell(value: Any, decimals: int = 0, *, percent: bool = False) -> Cell:
    """
    Make a number a cell.

    Parameters
    ----------
    value : float or None
        The number.
    decimals : int
        Decimals shown.
    percent : bool
        Whether it is a share that is shown in percent.

    Returns
    -------
    Number or None
        Nothing where it is unknown.

    Examples
    --------
    >>> cell(0.125, 1, percent=True), cell(float("nan"))
    (Number(value=0.125, decimals=1, percent=True, year=False), None)
    """
    if value is None or pd.isna(value):
        return None
    found = float(value)
    return Number(found, decimals, percent) if math.isfinite(found) else None


def write_table(sheet: Sheet, path: Path) -> None:
    """
    Write a sheet as the CSV that a French Excel opens; a share is written in percent.

    Parameters
    ----------
    sheet : Sheet
        The table; where a column of units does not say what is in percent, the heading does.
    path : Path
        File to write, whole or not at all.

    Examples
    --------
    >>> import tempfile
    >>> sheet = Sheet(name="", about="", heads=("Taux",), rows=[(cell(0.125, 1, percent=True),)])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "table.csv")
    ...     write_table(sheet, path)
    ...     path.read_text(encoding="utf-8-sig").split()
    ['Taux', '(%)', '12,5']
    """
    heads = [_headed(sheet, place) for place in range(len(sheet.heads))]
    write_french_csv(heads, ([_written(each) for each in row] for row in sheet.rows), path)


def _headed(sheet: Sheet, place: int) -> str:
    """Heading of a column; « (%) » where all its numbers are in percent."""
    head = sheet.heads[place]
    cells = [row[place] for row in sheet.rows]
    percents = [each.percent for each in cells if isinstance(each, Number)]
    return f"{head} (%)" if percents and all(percents) and "%" not in head else head


def _written(value: Cell) -> str | float | None:
    """A cell of a CSV: two decimals more than a page shows, to be worked with."""
    if isinstance(value, Number):
        return round(value.value * (100 if value.percent else 1), value.decimals + 2)
    return value


def status_words(status: Any) -> str:
    """
    Write a status in words, after its sign.

    Parameters
    ----------
    status : str
        Status of a value, or the mask in its place.

    Returns
    -------
    str
        French words.

    Examples
    --------
    >>> status_words("measured")
    '● mesuré'
    """
    return f"{MARKS[str(status)]} {STATUS_WORDS[str(status)]}"

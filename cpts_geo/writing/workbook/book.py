"""Sheets written as a workbook, in which no text is ever computed.

The same sheets on the same day give the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from cpts_geo.atlas.look import style
from cpts_geo.files import write_atomically
from cpts_geo.foreign import visible
from cpts_geo.writing.workbook.sheet import Cell, Number, Sheet

#: Letters of the widest column, and rows that say how wide a column is.
_WIDEST, _LOOKED = 60, 200
#: Points of a line of a row, lines of the highest row, room that a letter takes where words wrap.
_LINE, _MOST_LINES, _ROOM = 15, 12, 1.15
#: Rows of a table to fill that offer their lists.
_OFFERED: Final = 20_000
#: A text of a cell is cut by Excel beyond this.
_LONGEST: Final = 32_000
_OPTIONS: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}


def write_book(sheets: Sequence[Sheet], path: Path, *, title: str, day: date) -> None:
    """
    Write sheets as a workbook: headings that stay, filters, widths, named cells.

    Parameters
    ----------
    sheets : sequence of Sheet
        In order.
    path : Path
        File to write, whole or not at all.
    title : str
        Title of the file, which others may have written.
    day : datetime.date
        Date that the file says it was made on.
    """
    write_atomically(path, partial(_write, sheets, title=title, day=day))


def _write(sheets: Sequence[Sheet], path: Path, *, title: str, day: date) -> None:
    """Write sheets in a workbook."""
    with xlsxwriter.Workbook(str(path), _OPTIONS) as book:
        created = datetime(day.year, day.month, day.day)
        book.set_properties({"title": visible(title), "author": "cpts_geo", "created": created})
        formats = _Formats(book)
        for sheet in sheets:
            _add(book, sheet, formats)


class _Formats:
    """Formats of cells, each made once."""

    def __init__(self, book: Any) -> None:
        """Hold a workbook."""
        self._book = book
        self._made: dict[str, Any] = {}
        self.head = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bg_color": style.GROOVE,
             "bottom": 1}
        )  # fmt: skip
        self.text = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})

    def blank(self, pattern: str) -> Any:
        """Format of a cell to fill."""
        if (key := f"blank {pattern}") not in self._made:
            self._made[key] = self._book.add_format(
                {"num_format": pattern, "bg_color": style.WARNING_PAPER, "border": 1,
                 "border_color": style.LINE, "valign": "top", "text_wrap": True}
            )  # fmt: skip
        return self._made[key]

    def of(self, number: Number) -> Any:
        """Format of a number: thousands, decimals, percent."""
        dots = "." + "0" * number.decimals if number.decimals else ""
        pattern = f"0{dots}%" if number.percent else "0" if number.year else f"#,##0{dots}"
        if pattern not in self._made:
            self._made[pattern] = self._book.add_format({"num_format": pattern, "valign": "top"})
        return self._made[pattern]


def _add(book: Any, sheet: Sheet, formats: _Formats) -> None:
    """Add a sheet: headings that stay, a filter, widths, names of cells."""
    page = book.add_worksheet(sheet.name)
    page.freeze_panes(1, sheet.pinned)
    widths = [_width(sheet, place) for place in range(len(sheet.heads))]
    page.set_row(0, _height(sheet.heads, widths))
    for place, head in enumerate(sheet.heads):
        page.write_string(0, place, visible(head), formats.head)
        page.set_column(place, place, widths[place])
    for rank, row in enumerate(sheet.rows, 1):
        page.set_row(rank, _height(row, widths))
        for place, value in enumerate(row):
            if isinstance(value, Number):
                page.write_number(rank, place, value.value, formats.of(value))
            elif value == "" and sheet.to_fill:
                page.write_blank(rank, place, None, formats.blank(sheet.to_fill[place]))
            elif value is not None:
                page.write_string(rank, place, visible(value)[:_LONGEST], formats.text)
    if sheet.rows:
        page.autofilter(0, 0, len(sheet.rows), len(sheet.heads) - 1)
    for place, pattern in enumerate(sheet.to_fill if not sheet.rows else ()):
        page.set_column(place, place, widths[place], formats.blank(pattern))
    for place, words in sheet.choices:
        said = {"validate": "list", "source": list(words), "show_error": False}
        page.data_validation(1, place, _OFFERED, place, said)
    if sheet.to_fill:
        # Codes are digits, and texts: a spreadsheet would flag each of them.
        page.ignore_errors({"number_stored_as_text": f"A1:XFD{_OFFERED}"})
    for name, rank, place in sheet.names:
        column = xlsxwriter.utility.xl_col_to_name(place, col_abs=True)
        book.define_name(name, f"='{sheet.name}'!{column}${rank + 2}")
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _height(row: Sequence[Cell], widths: Sequence[float]) -> float:
    """Points of a row in which its longest text holds: not every program measures it by itself."""
    texts = ((len(x), width) for x, width in zip(row, widths, strict=True) if isinstance(x, str))
    lines = max((math.ceil(letters * _ROOM / width) for letters, width in texts), default=1)
    return float(_LINE * min(max(lines, 1), _MOST_LINES))


def _width(sheet: Sheet, place: int) -> float:
    """Letters of a column: those of its cells, within what a screen shows."""
    texts = [row[place] for row in sheet.rows[:_LOOKED]]
    longest = max((len(x) if isinstance(x, str) else 10 for x in texts if x is not None), default=8)
    head = max(map(len, sheet.heads[place].split()), default=8)
    return float(min(max(longest, head, 8) + 2, _WIDEST))

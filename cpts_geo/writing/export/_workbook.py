"""A workbook of all that a page says in figures, and the same tables as CSV of a French Excel.

No text is ever computed: cells of text are written as such, and those of a CSV go through the one
function that makes them harmless. The same study on the same day gives the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from cpts_geo.atlas.look import style
from cpts_geo.files import write_atomically, write_french_csv
from cpts_geo.foreign import visible
from cpts_geo.french import slug
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.study.study import Study
from cpts_geo.writing.export import _capacity_sheets as of_capacity
from cpts_geo.writing.export import _sheets as of_territory
from cpts_geo.writing.export._sheets import Cell, Number, Sheet

#: Letters of the widest column, and rows that say how wide a column is.
_WIDEST, _LOOKED = 60, 200
#: Points of a line of a row, lines of the highest row, room that a letter takes where words wrap.
_LINE, _MOST_LINES, _ROOM = 15, 12, 1.15
#: A text of a cell is cut by Excel beyond this.
_LONGEST: Final = 32_000
_OPTIONS: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}


def sheets_of(study: Study, used: Sequence[Source], *, day: date) -> list[Sheet]:
    """Tables of a study, those it has, in the order of the workbook."""
    every = [
        of_territory.identity(study, day=day),
        of_territory.indicators(study),
        of_territory.communes(study),
        of_territory.zoning(study),
        of_capacity.months(study),
        of_capacity.week(study),
        of_capacity.capacity(study),
        of_capacity.supposed(study),
        of_capacity.inputs(study),
        of_territory.methods(study, used),
    ]
    return [sheet for sheet in every if sheet is not None]


def write_workbook(
    study: Study, path: Path, *, used: Sequence[Source], sources: str, day: date
) -> None:
    """Write the workbook of a territory."""
    sheets = sheets_of(study, used, day=day)
    first = of_territory.read_me(study, sheets, day=day, sources=sources)
    write_atomically(path, partial(_write, [first, *sheets], study=study, day=day))


def write_tables(
    study: Study, folder: Path, *, used: Sequence[Source], day: date
) -> Iterator[Path]:
    """Write the same tables as CSV, one a sheet, and give their paths."""
    for sheet in sheets_of(study, used, day=day):
        path = folder / f"{study.key}_{slug(sheet.name)}.csv"
        rows = [[_written(value) for value in row] for row in sheet.rows]
        write_french_csv(sheet.heads, rows, path)
        yield path


def _written(value: Cell) -> str | float | None:
    """A cell of a CSV: a number keeps two decimals more than a page shows, to be worked with."""
    if isinstance(value, Number):
        return round(value.value, value.decimals + (4 if value.percent else 2))
    return value


def _write(sheets: Sequence[Sheet], path: Path, *, study: Study, day: date) -> None:
    """Write sheets in a workbook."""
    with xlsxwriter.Workbook(str(path), _OPTIONS) as book:
        created = datetime(day.year, day.month, day.day)
        book.set_properties(
            {"title": visible(study.name), "author": "cpts_geo", "created": created}
        )
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

    def of(self, number: Number) -> Any:
        """Format of a number: thousands, decimals, percent."""
        dots = "." + "0" * number.decimals if number.decimals else ""
        pattern = f"0{dots}%" if number.percent else f"#,##0{dots}"
        if pattern not in self._made:
            self._made[pattern] = self._book.add_format({"num_format": pattern, "valign": "top"})
        return self._made[pattern]


def _add(book: Any, sheet: Sheet, formats: _Formats) -> None:
    """Add a sheet: headings that stay, a filter, widths, names of cells."""
    page = book.add_worksheet(sheet.name)
    page.freeze_panes(1, 3 if sheet.name == "Communes" else 1)
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
            elif value is not None:
                page.write_string(rank, place, visible(value)[:_LONGEST], formats.text)
    if sheet.rows:
        page.autofilter(0, 0, len(sheet.rows), len(sheet.heads) - 1)
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

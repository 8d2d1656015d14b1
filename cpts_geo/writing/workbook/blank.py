"""A table to fill as a workbook: the same headings and cells as its CSV, codes as texts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from cpts_geo.writing.workbook.book import write_book
from cpts_geo.writing.workbook.sheet import Number, Sheet


def write_blank_book(
    heads: Sequence[str],
    rows: Sequence[Sequence[str | float | None]],
    path: Path,
    *,
    title: str,
    day: date,
) -> None:
    """
    Write a table to fill for a spreadsheet, its headings in sight.

    Parameters
    ----------
    heads, rows : sequence
        Headings and cells, as :func:`cpts_geo.files.write_french_csv` takes them.
    path : Path
        File to write.
    title : str
        Name of its only sheet.
    day : datetime.date
        Date that the file says it was made on.
    """
    cells = [
        tuple(
            each if each is None or isinstance(each, str) else Number(each, _decimals(each))
            for each in row
        )
        for row in rows
    ]
    sheet = Sheet(name=title, about="", heads=tuple(heads), rows=cells, pinned=0)
    write_book([sheet], path, title=title, day=day)


def _decimals(value: float) -> int:
    """Decimals that a number is shown with."""
    return 0 if float(value).is_integer() else 1

"""A workbook of all that a page says in figures, and the same tables as CSV of a French Excel.

No text is ever computed: cells of text are written as such, and those of a CSV go through the one
function that makes them harmless. The same study on the same day gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

from cpts_geo.french import slug
from cpts_geo.sources.analyst.filled.templates import INVENTED, is_invented
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.study.scenarios import of_example
from cpts_geo.study.study import Study
from cpts_geo.writing.export import _capacity_sheets as of_capacity
from cpts_geo.writing.export import _sheets as of_territory
from cpts_geo.writing.workbook.aci import aci_sheet
from cpts_geo.writing.workbook.book import write_book
from cpts_geo.writing.workbook.sheet import Sheet, write_table
from cpts_geo.writing.workbook.week import week

#: In the name of a sheet, which has room for few letters.
_INVENTED: Final = INVENTED.rpartition(" ")[2]


def sheets_of(study: Study, used: Sequence[Source], *, day: date) -> list[Sheet]:
    """Tables of a study, those it has, in the order of the workbook."""
    need = [
        of_capacity.months(study),
        week(study),
        of_capacity.capacity(study),
        of_capacity.supposed(study),
        of_capacity.inputs(study),
    ]
    every = [
        of_territory.identity(study, day=day),
        of_territory.indicators(study),
        of_territory.communes(study),
        of_territory.zoning(study),
        *need,
        None if study.aci is None else aci_sheet(study.aci),
        of_territory.methods(study, used),
    ]
    # What rests on an invented scenario is invented throughout.
    whole = {id(sheet) for sheet in need if of_example(study.scenario)}
    return [_marked(sheet, invented=id(sheet) in whole) for sheet in every if sheet is not None]


def _marked(sheet: Sheet, *, invented: bool) -> Sheet:
    """A sheet whose name says that something of it is invented, where that is so."""
    said = invented or any(is_invented(value) for row in sheet.rows for value in row)
    return replace(sheet, name=f"{sheet.name} ({_INVENTED})") if said else sheet


def write_workbook(
    study: Study, path: Path, *, used: Sequence[Source], sources: str, day: date
) -> None:
    """Write the workbook of a territory."""
    sheets = sheets_of(study, used, day=day)
    first = of_territory.read_me(study, sheets, day=day, sources=sources)
    write_book([first, *sheets], path, title=study.name, day=day)


def write_tables(
    study: Study, folder: Path, *, used: Sequence[Source], day: date
) -> Iterator[Path]:
    """Write the same tables as CSV, one a sheet, and give their paths."""
    for sheet in sheets_of(study, used, day=day):
        path = folder / f"{study.key}_{slug(sheet.name)}.csv"
        write_table(sheet, path)
        yield path

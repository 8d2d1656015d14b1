"""An export of Géoclip (Statistiques locales, CartoSanté, Observatoire des fragilités, Rézone).

Title lines, one header ``Code;Libellé;indicator year;…``, then a row an area.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from cpts_geo.errors import Defect, quoted
from cpts_geo.sources._bounds.limits import LIMITS
from cpts_geo.sources._conventions.rows import split_rows
from cpts_geo.sources._conventions.text import cells, plain

#: Title lines above the header are never more than this.
_MAX_TITLES: Final = 20
_SEPARATORS: Final = (";", ",", "\t", "|")
_CODE: Final = re.compile(r"code( \w+)*|codgeo|code_\w+")
_NAME: Final = re.compile(r"(libelle|nom)( \w+)*|libgeo")
#: « Densité de population 2022 », « APL 2022-2023 ».
_DATED: Final = re.compile(r"(.*\S)\s+\(?((?:19|20)\d{2}(?:\s*[-–/]\s*(?:\d{2}|\d{4}))?)\)?")
_SAID_WIDTH: Final = "ligne d’une autre largeur"


class Indicator(NamedTuple):
    """A column of figures: its label, the years it describes (empty where it says none)."""

    label: str
    vintage: str


@dataclass(frozen=True)
class Export:
    """What a text holds: `titles` above the header, `indicators`, `table` (code, name where the
    header has one, texts of each indicator by its place from 0), `aside` lines that are no row,
    `defects` in French."""

    titles: tuple[str, ...]
    indicators: tuple[Indicator, ...]
    table: pd.DataFrame
    aside: tuple[str, ...]
    defects: tuple[str, ...]


def parse_export(text: str) -> Export | None:
    """Split a text by the first of its first twenty lines that is a header; None where none is."""
    titles: list[str] = []
    for line, body in _first_lines(text):
        if len(line) > LIMITS["header_text"]:
            return None
        for separator in _SEPARATORS:
            header = cells(line, separator)
            if len(header) > 1 and _CODE.fullmatch(plain(header[0])):
                return _split(tuple(titles), header, separator, body)
        titles.append(" ".join(filter(None, cells(line, max(_SEPARATORS, key=line.count)))))
    return None


def _first_lines(text: str) -> Iterator[tuple[str, str]]:
    """Each of the first lines that hold something, and the text below it."""
    start = 0
    for _ in range(_MAX_TITLES):
        end = text.find("\n", start)
        line = text[start : end if end >= 0 else len(text)].strip("\r\ufeff ")
        if line:
            yield line, text[end + 1 :] if end >= 0 else ""
        if end < 0:
            return
        start = end + 1


def _split(titles: tuple[str, ...], header: list[str], separator: str, body: str) -> Export:
    """The rows below a header, and what is wrong with header and rows."""
    named = bool(_NAME.fullmatch(plain(header[1])))
    first = 2 if named else 1
    wrong: list[str] = []
    aside: list[str] = []

    def refuse(row: arrow_csv.InvalidRow) -> bool:
        if row.actual_columns == 1:
            aside.append(row.text)
        else:
            wrong.append(Defect(f"{_SAID_WIDTH} : {quoted(row.text)}", _SAID_WIDTH))
        return True

    places = {place: place for place in range(len(header))}
    table = pd.DataFrame(columns=list(places), dtype=str)
    if body.strip():
        try:
            table, lost = split_rows(
                body,
                separator,
                width=len(header),
                columns=places,
                refuse=refuse,
                newlines_in_cells=True,
            )
            if lost:
                wrong.append(f"guillemet non fermé : {lost} lignes dans une cellule")
        except pa.ArrowInvalid:
            wrong.append("lignes illisibles")
    texts = range(len(header) - first)
    table = table.set_axis([*["code", "name"][:first], *texts], axis=1)
    indicators = [_dated(cell) for cell in header[first:]]
    # A spreadsheet ends every line with separators: such a column holds nothing.
    while indicators and not indicators[-1].label and (table[len(indicators) - 1] == "").all():
        del table[len(indicators) - 1], indicators[-1]
    return Export(titles, tuple(indicators), table, tuple(aside), tuple(wrong))


def _dated(header: str) -> Indicator:
    """Label and years of a header."""
    found = _DATED.fullmatch(header)
    return Indicator(found[1], found[2]) if found else Indicator(header, "")

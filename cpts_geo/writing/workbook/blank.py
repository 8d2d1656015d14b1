"""A table to fill as a workbook: the headings and cells of its CSV, codes as texts, and how to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from cpts_geo.sources._conventions.text import plain
from cpts_geo.writing.workbook.book import write_book
from cpts_geo.writing.workbook.sheet import Cell, Number, Sheet

#: Digits of a cell that are a number.
_NUMBER: Final = re.compile(r"[0-9]+(?:,([0-9]+))?")
#: Beginnings of the headings of texts: a code loses its zeros, « 5-10 » and « 12/AAAA » are turned.
_TEXTS: Final = ("code", "commune", "classe", "date")
_MOMENT: Final = "date et heure"
#: What is said of any table to fill, then of one with somebody to ask, or without.
_HOW: Final = (
    "Remplissez les cellules teintées ; ne changez ni l’en-tête, ni le reste.",
    "Vide : on ne sait pas. 0 : on sait qu’il n’y en a pas.",
)
_ASKED: Final = (
    "La colonne « À demander » dit à qui demander chaque ligne.",
    "Une valeur a sa date ({year}, 12/{year} ou 31/12/{year}) et son producteur (qui la donne).",
    "Une part s’écrit 11,8 ou 11,8 %. Ce qu’un producteur masque s’écrit comme il l’écrit : < 11.",
)
_KEPT: Final = (
    "Une demande par ligne. Jamais un nom, un numéro, une date de naissance, un commentaire.",
    "Date et heure : {day} 09:40. Commune : son nom, ou son code Insee si deux ont ce nom.",
    "Une liste est proposée dans les cellules qui en ont une ; d’autres mots peuvent s’y écrire.",
)


def write_blank_book(
    heads: Sequence[str],
    rows: Sequence[Sequence[str | float | None]],
    path: Path,
    *,
    title: str,
    day: date,
    choices: Mapping[str, Sequence[str]],
) -> None:
    """
    Write a table to fill for a spreadsheet, its headings in sight, and a sheet on how to fill it.

    Parameters
    ----------
    heads, rows : sequence
        Headings and cells, as :func:`cpts_geo.files.write_french_csv` takes them.
    path : Path
        File to write.
    title : str
        Name of the sheet of the table.
    day : datetime.date
        Date that the file says it was made on.
    choices : mapping of str to sequence of str
        Words that the cells of a column may hold, by its heading.
    """
    # A registre is kept, and asked of nobody.
    kept = _MOMENT in map(plain, heads)
    offered = (
        (heads.index(name), tuple(words)) for name, words in choices.items() if name in heads
    )
    sheet = Sheet(
        name=title, about="", heads=tuple(heads), pinned=0, choices=tuple(offered),
        rows=[tuple(map(_cell, heads, row)) for row in rows],
        to_fill=tuple(map(_pattern, heads)),
    )  # fmt: skip
    said = (*_HOW, *(_KEPT if kept else _ASKED), "Tout est dit dans docs/guide/remplir.md.")
    told: list[tuple[Cell, ...]] = [
        (each.format(year=day.year - 1, day=f"{day:%d/%m/%Y}"),) for each in said
    ]
    read_me = Sheet(name="Lisez-moi", about="", heads=("Lisez-moi",), rows=told)
    write_book([sheet, read_me], path, title=title, day=day)


def _cell(head: str, value: str | float | None) -> Cell:
    """A cell, the digits of one that is no code as a number."""
    if isinstance(value, str):
        found = None if plain(head).startswith("code") else _NUMBER.fullmatch(value)
        if found is None:
            return value
        return Number(float(value.replace(",", ".")), len(found[1] or ""), year=found[1] is None)
    return None if value is None else Number(value, 0 if float(value).is_integer() else 1)


def _pattern(head: str) -> str:
    """Number format of what is typed under a heading."""
    words = plain(head)
    if words == _MOMENT:
        return "dd/mm/yyyy hh:mm"
    return "@" if words.startswith(_TEXTS) else "General"

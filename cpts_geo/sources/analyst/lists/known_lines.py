"""An analyst's copy of data/cpts/known_lines.csv, as a spreadsheet leaves it.

Semicolons, Windows-1252, a byte order mark, decimal commas, spaces between thousands, capitals and
empty lines are taken as what they mean, and told; what could mean two things is refused.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import pandas as pd

from cpts_geo.asked import typed_path
from cpts_geo.errors import Defect, TableError, one_line, quoted
from cpts_geo.french import counted
from cpts_geo.sources._conventions.numbers import NUMBERS
from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.analyst._tables.text import (
    HEADER_ROWS,
    SEPARATORS,
    Row,
    first_rows,
    rows_of,
    text_of,
    unbalanced,
)
from cpts_geo.sources.analyst._tables.workbook import SUFFIXES, read_workbook
from cpts_geo.sources.analyst.lists._columns import passed_over
from cpts_geo.sources.codes import overseas
from cpts_geo.sources.door import Door, memory_told, read_bytes
from cpts_geo.sources.embedding.embedded import load_epci, load_perimeters

_NUMBERS: Final = list(NUMBERS["known_lines"])
_FORM: Final = "repartez d’une copie de data/cpts/known_lines.csv et ajoutez-y vos lignes"
_KNOWN_LINES: Final = Door(
    key="known_lines",
    error=TableError,
    suffixes=SUFFIXES | {".csv", ".txt", ".tsv"},
    formats=".csv ou .xlsx",
    save_as=f"{_FORM}, en .csv ou en .xlsx.",
    empty=lambda path: TableError(f"{one_line(path.name)} est vide.", remedy=f"{_FORM}."),
)
#: Fewest names of columns that make a row the header.
_LEAST: Final = 3
#: Words among a few, whose case is no matter.
_WORDS: Final = ("saturated", "law", "calibrates")
_COUNTS: Final = ("count_low", "count_high")
#: Numbers of a row that are in order.
_BOUNDS: Final = (
    ("people_factor",),
    _COUNTS,
    ("share_low", "share_likely", "share_high"),
    ("served_low", "served_high"),
)
_NUMBER: Final = re.compile(r"-?\d{1,3}(?:\s\d{3})+(?:[.,]\d+)?|-?\d+(?:[.,]\d+)?")
_FRENCH_DAY: Final = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
#: Where a row may be, once its form is right.
_PLACES: Final = re.compile(r"(?:cpts|epci|communes):[\w+]+")
#: « 1,407 » is one and a half to one reader, fourteen hundred to another.
_TWO_MEANINGS: Final = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")


@cache
def _columns() -> dict[str, bool]:
    """Its columns, and whether each is a number."""
    from cpts_geo.sources.embedding.contracts import numbers_of  # noqa: PLC0415

    return numbers_of("known_lines")


@memory_told(_KNOWN_LINES)
def read_known_lines_file(path: Path | str) -> pd.DataFrame:
    """
    Read an analyst's copy of the known lines.

    Parameters
    ----------
    path : pathlib.Path or str
        A text or a spreadsheet (see :mod:`cpts_geo.sources.analyst`) with the columns of
        data/cpts/known_lines.csv, in any order, and rows of its own.

    Returns
    -------
    DataFrame
        As :func:`cpts_geo.sources.embedding.embedded.load_known_lines`. In attrs: ``notes``, French
        sentences on how the file was read.

    Raises
    ------
    TableError
        The file cannot be read, a column is unknown (its nearest is named), missing or there twice,
        a number could mean two things, or a row breaks the contract; every defect is listed.

    Examples
    --------
    >>> from cpts_geo import settings
    >>> copy = read_known_lines_file(settings.CPTS_DIR / "known_lines.csv")
    >>> len(copy), copy.attrs["notes"]
    (35, ('Lignes connues lues dans « known_lines.csv », séparées par : virgule.',))
    """
    path = typed_path(path)
    content = read_bytes(path, _KNOWN_LINES)
    read = _sheet_rows if path.suffix.lower() in SUFFIXES else _text_rows
    rows, header, notes = read(path, content)
    names = [_column(cell) for cell in rows[header][1]]
    body = rows[header + 1 :]
    if defects := [*_header_defects(names, rows[header][1]), *_width_defects(names, body)]:
        raise _refused(path, defects)
    kept = [(place, name) for place, name in enumerate(names) if name]
    table = pd.DataFrame(
        {name: [cells[place] if place < len(cells) else "" for _, cells in body]
         for place, name in kept}
    )  # fmt: skip
    if table.empty:
        raise _refused(path, ["aucune ligne sous l’en-tête"])
    meant = _meant(table)[list(_columns())]
    doubtful = _doubtful(table, [line for line, _ in body])
    # As in `_columns`: a report on the lines that come with the package reads none of an analyst.
    from cpts_geo.sources.embedding.contracts import check  # noqa: PLC0415

    try:
        found = check(_with_stand_ins(meant, doubtful), "known_lines", origin=path.name)
        broken: Sequence[str] = ()
    except TableError as error:
        broken = error.defects
    told: list[str] = [*doubtful.values(), *broken, *_nowhere(meant)]
    if told:
        raise _refused(path, told)
    found.attrs["notes"] = (*notes, *_adapted(table, rows, header))
    return found


def communes_at(
    places: str, *, epci: pd.Series[str], perimeters: pd.DataFrame
) -> tuple[list[str], list[str]]:
    """
    Find the communes of a line.

    Parameters
    ----------
    places : str
        Where a row says that it is: ``cpts:``, ``epci:`` or ``communes:``, and names joined by +.
    epci : Series of str
        SIREN by commune.
    perimeters : DataFrame
        Known perimeters.

    Returns
    -------
    tuple of list of str
        Codes of the communes, each once; names that nothing bears.

    Examples
    --------
    >>> found, unknown = communes_at(
    ...     "communes:45252+99999", epci=load_epci(), perimeters=load_perimeters()
    ... )
    >>> found, unknown
    (['45252'], ['99999'])
    """
    kind, _, names = places.partition(":")
    listed = perimeters[perimeters["remarque"] == ""]
    members: dict[str, Callable[[str], Any]] = {
        "cpts": lambda key: listed.loc[listed["territory"] == key, "code_insee"],
        "epci": lambda siren: epci.index[epci == siren],
        "communes": lambda code: epci.index[epci.index == code],
    }
    found = {name: list(members[kind](name)) for name in names.split("+")}
    unknown = [name for name, codes in found.items() if not codes]
    # A commune that is named twice lives there once.
    return list(dict.fromkeys(code for codes in found.values() for code in codes)), unknown


def _text_rows(path: Path, content: bytes) -> tuple[list[Row], int, list[str]]:
    """Rows of a text under the separator that names most columns, place of the header, notes."""
    text, notes = text_of(path, content, door=_KNOWN_LINES)
    heads = {each: first_rows(path, text, each, door=_KNOWN_LINES) for each in SEPARATORS}
    best = max(SEPARATORS, key=lambda each: _most_named(heads[each])[0])
    rows = rows_of(path, text, best, door=_KNOWN_LINES)
    if rows is None:
        raise unbalanced(path, door=_KNOWN_LINES)
    origin = f"Lignes connues lues dans {quoted(path.name)}, séparées par : {SEPARATORS[best]}."
    return rows, _header_of(path, rows), [origin, *notes]


def _sheet_rows(path: Path, content: bytes) -> tuple[list[Row], int, list[str]]:
    """Rows of the visible sheet that names most columns, place of the header, notes."""
    sheets = read_workbook(path, content, door=_KNOWN_LINES).sheets
    sheet = max(sheets, key=lambda each: _most_named(each.rows)[0])
    origin = f"Lignes connues lues dans {quoted(path.name)}, feuille {quoted(sheet.name)}."
    return sheet.rows, _header_of(path, sheet.rows), [origin]


def _most_named(rows: Sequence[Row]) -> tuple[int, int]:
    """Most columns that one of the first rows names, and its place (first of equals)."""
    named = [sum(_column(cell) in _columns() for cell in cells) for _, cells in rows[:HEADER_ROWS]]
    most = max(named, default=0)
    return most, named.index(most) if named else 0


def _header_of(path: Path, rows: Sequence[Row]) -> int:
    """Place of the row of headers, or a refusal of a file without one."""
    most, place = _most_named(rows)
    if most < _LEAST:
        first = " | ".join(one_line(cell) for cell in (rows[0][1] if rows else ()) if cell)
        raise _refused(path, [f"aucune ligne d’en-tête ; première ligne lue : {first}"])
    return place


def _column(cell: str) -> str:
    """Name of a column as the table writes it."""
    return plain(cell).replace(" ", "_")


def _header_defects(names: Sequence[str], written: Sequence[str]) -> Iterator[Defect]:
    """Say which columns are unknown, with the nearest that lacks, there twice, or missing."""
    missing = [name for name in _columns() if name not in names]
    for name, cell in zip(names, written, strict=True):
        if name and name not in _columns():
            near = difflib.get_close_matches(name, missing, n=1) or difflib.get_close_matches(
                name, _columns(), n=1
            )
            said = f" ; la plus proche est {near[0]}" if near else ""
            yield Defect(f"colonne inconnue : {quoted(cell)}{said}", "colonne inconnue")
    for name, count in Counter(names).items():
        if name in _columns() and count > 1:
            yield Defect(f"colonne {name} : {count} fois", "colonne répétée")
    for name in missing:
        yield Defect(f"colonne absente : {name}", "colonne absente")


def _width_defects(names: Sequence[str], body: Sequence[Row]) -> Iterator[Defect]:
    """Say which rows hold something under no header."""
    for line, cells in body:
        under = [cell for place, cell in enumerate(cells) if not "".join(names[place : place + 1])]
        if any(under):
            text = quoted(next(cell for cell in under if cell))
            yield Defect(f"ligne {line} : {text} n’est sous aucun nom de colonne", "hors colonne")


def _doubtful(table: pd.DataFrame, lines: Sequence[int]) -> dict[tuple[int, str], Defect]:
    """Say of which rows and columns a number is none, or could be two."""
    found: dict[tuple[int, str], Defect] = {}
    for name in _NUMBERS:
        for row, (line, key, text) in enumerate(
            zip(lines, table["line"], table[name], strict=True)
        ):
            where = f"ligne {line} ({one_line(key)}), {name} : {quoted(text)}"
            if text and not _NUMBER.fullmatch(text):
                found[row, name] = Defect(f"{where}, nombre attendu", "nombre illisible")
            elif name in _COUNTS and _TWO_MEANINGS.fullmatch(text):
                digits = re.sub(r"[.,]", "", text)
                found[row, name] = Defect(
                    f"{where}, milliers ou décimales ? Écrivez {digits}", "deux sens"
                )
    return found


def _with_stand_ins(meant: pd.DataFrame, doubtful: Iterable[tuple[int, str]]) -> pd.DataFrame:
    """The table with numbers that break no rule in place of the doubtful ones, so that all else is
    checked as well: that of the bound beside it, or 1."""
    found, doubtful = meant.copy(), set(doubtful)
    for row, name in doubtful:
        bounds = next(names for names in _BOUNDS if name in names)
        near = sorted(bounds, key=lambda other: abs(bounds.index(other) - bounds.index(name)))
        given = [str(meant.at[row, other]) for other in near if (row, other) not in doubtful]
        found.loc[row, name] = next((text for text in given if text != "nan"), "1")
    return found


def _nowhere(rows: pd.DataFrame) -> Iterator[Defect]:
    """Say which rows are in a département, or at places, that nothing bears."""
    epci, perimeters = load_epci(), load_perimeters()
    codes = epci.index.to_series()
    departements = set(codes.str[:3].where(overseas(codes), codes.str[:2]))
    for row in rows.to_dict("records"):
        named = re.findall(r"\b(?:\d{2,3}|2[AB])\b", str(row["departements"]))
        unknown = [name for name in named if name not in departements]
        if _PLACES.fullmatch(str(row["places"])):
            unknown += communes_at(str(row["places"]), epci=epci, perimeters=perimeters)[1]
        if unknown:
            names = ", ".join(map(one_line, unknown))
            yield Defect(f"ligne {quoted(row['line'])} : {names} inconnu", "lieu inconnu")


def _meant(table: pd.DataFrame) -> pd.DataFrame:
    """The table with numbers, words and codes as the contract writes them; empty numbers NaN."""
    found = table.copy()
    for name in _NUMBERS:
        digits = found[name].str.replace(r"\s", "", regex=True).str.replace(",", ".")
        found[name] = digits.mask(digits == "")
    for name in _WORDS:
        found[name] = found[name].str.lower()
    found["grade"] = found["grade"].str.upper()
    found["date"] = found["date"].str.replace(_FRENCH_DAY, _iso_day, regex=True)
    found["places"] = found["places"].str.replace(r"\s", "", regex=True)
    return found


def _iso_day(found: re.Match[str]) -> str:
    """A day as the table writes it."""
    return f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}"


def _adapted(table: pd.DataFrame, rows: Sequence[Row], header: int) -> Iterator[str]:
    """Say what was passed over, and what was taken as a number that a computer would not."""
    if header:
        yield passed_over(rows, header)
    if french := int(table[_NUMBERS].apply(lambda each: each.str.contains(r"[,\s]")).sum().sum()):
        yield (
            f"{counted(french, 'nombre écrit', 'nombres écrits')} avec une virgule ou des espaces."
        )


def _refused(path: Path, defects: Sequence[str]) -> TableError:
    """Refusal of a copy for its defects."""
    return TableError(
        f"Les lignes connues de {one_line(path.name)} ne sont pas lisibles telles quelles.",
        defects=defects,
        remedy=f"{_FORM}, sans changer l’en-tête ; un nombre inconnu se laisse vide "
        "(data/cpts/README.md dit chaque colonne).",
    )

"""A table that a coordinator has filled: found by its header, read cell by cell.

What is wrong is kept beside the rows: territories have their say before the file is refused, once,
with every defect.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from cpts_geo.asked import typed_path
from cpts_geo.errors import Defect, IndicatorsError, one_line, quoted
from cpts_geo.french import joined
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
from cpts_geo.sources.analyst._tables.workbook import SUFFIXES, Sheet, failed_cells, read_workbook
from cpts_geo.sources.analyst.filled._rows import Said, line_rows, zoned_rows
from cpts_geo.sources.analyst.filled.templates import Template, headings, templates
from cpts_geo.sources.door import Door, memory_told, read_bytes

#: What is done about a filled table that is refused.
REMEDY: Final = (
    "corrigez ces cellules ; une valeur inconnue se laisse vide, une absence connue s’écrit 0, et "
    "« cpts-geo template » redonne un tableau vide."
)
_TEXTS: Final = frozenset({".csv", ".txt", ".tsv"})
_DOOR: Final = Door(
    key="indicators",
    error=IndicatorsError,
    suffixes=_TEXTS | SUFFIXES,
    formats=".csv ou .xlsx",
    save_as="enregistrez-le en « CSV UTF-8 » (.csv) ou en .xlsx.",
    empty=lambda path: IndicatorsError(
        f"{one_line(path.name)} est vide.",
        remedy="donnez un export de Géoclip (CSV), ou un tableau de « cpts-geo template » rempli.",
    ),
)
#: Columns that tell a table to fill from any other.
_OWN: Final = ("table", "territory")
#: Headings of such a table, the producer among them, that tell it even so.
_ENOUGH: Final = 5
#: Columns of the rows read, besides those of the cells.
ROWS: Final = (
    "table", "territory", "line", "level", "area_code", "detail", "number", "population", "share",
    "masked", "date", "producer", "remark", "place", "file",
)  # fmt: skip


@dataclass(frozen=True)
class Filled:
    """
    A table that was filled.

    Parameters
    ----------
    file : str
        Name of its file.
    template : Template
        What it fills.
    rows : DataFrame
        One row a cell that is filled, columns :data:`ROWS`: shares from 0 to 1, NaN for nothing;
        ``area_code`` is the code of a commune in a table of zoning.
    defects : tuple of str
        What is wrong in it, in French.
    asked : int
        Lines under its header, filled or not.
    territories : mapping of str to str
        Names of those of its lines, by key; the key where no name is written.
    """

    file: str
    template: Template
    rows: pd.DataFrame
    defects: tuple[str, ...]
    asked: int
    territories: Mapping[str, str]


def is_filled(path: Path | str) -> bool:
    """
    Tell whether a file has the header of a table to fill, whatever its name.

    Parameters
    ----------
    path : pathlib.Path or str
        Any file.

    Returns
    -------
    bool
        False for what cannot be read: another reader will say why.

    Examples
    --------
    >>> is_filled("absent.csv")
    False
    """
    path = typed_path(path)
    if path.suffix.lower() not in _DOOR.suffixes:
        return False
    try:
        content = read_bytes(path, _DOOR)
        if path.suffix.lower() in SUFFIXES:
            heads = [each.rows for each in read_workbook(path, content, door=_DOOR).sheets]
        else:
            text, _ = text_of(path, content, door=_DOOR)
            heads = [first_rows(path, text, each, door=_DOOR) for each in SEPARATORS]
    except IndicatorsError:
        return False
    return any(_header(rows) is not None for rows in heads)


@memory_told(_DOOR)
def read_filled(path: Path | str) -> tuple[Filled, ...]:
    """
    Read the tables that a file fills.

    Parameters
    ----------
    path : pathlib.Path or str
        A text, or a workbook of which each sheet may hold a table.

    Returns
    -------
    tuple of Filled
        None where no sheet has the header of a table to fill, or the file is of another type.

    Raises
    ------
    IndicatorsError
        The file cannot be read, a table is none that is asked for, or lacks a column.

    Examples
    --------
    >>> import tempfile
    >>> head = "Tableau;Territoire;Ligne;Valeur;Date;Producteur"
    >>> text = f"{head}\\nsas;ici;effecteurs;18;2025;CPTS\\n"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "sas.csv"
    ...     _ = path.write_text(text, encoding="utf-8")
    ...     [filled] = read_filled(path)
    >>> filled.template.key, filled.rows["number"].tolist(), filled.defects
    ('sas', [18.0], ())
    """
    path = typed_path(path)
    if path.suffix.lower() not in _DOOR.suffixes:
        return ()
    content = read_bytes(path, _DOOR)
    if path.suffix.lower() in SUFFIXES:
        sheets = read_workbook(path, content, door=_DOOR, percents=True).sheets
        return tuple(_table(path, each.rows, each) for each in sheets
                     if _header(each.rows) is not None)  # fmt: skip
    text, _ = text_of(path, content, door=_DOOR)
    for separator in SEPARATORS:
        if _header(first_rows(path, text, separator, door=_DOOR)) is None:
            continue
        rows = rows_of(path, text, separator, door=_DOOR)
        if rows is None:
            raise unbalanced(path, door=_DOOR)
        return (_table(path, rows),)
    return ()


def _header(rows: Sequence[Row]) -> int | None:
    """Place of the header of a table to fill, one that lacks a column of its own too; None where
    there is none."""
    wanted = {plain(headings()[key]) for key in _OWN}
    ours = {plain(text) for text in headings().values()}
    producer = plain(headings()["producer"])
    for place, (_, cells) in enumerate(rows[:HEADER_ROWS]):
        named = {*map(plain, cells)} & ours
        if wanted <= named or (len(named) >= _ENOUGH and producer in named):
            return place
    return None


def _table(path: Path, rows: Sequence[Row], sheet: Sheet | None = None) -> Filled:
    """A table: which one it is, its columns, its rows."""
    start = _header(rows) or 0
    known = {plain(words): key for key, words in headings().items()}
    names = [known.get(plain(cell), "") for cell in rows[start][1]]
    body = rows[start + 1 :]
    places = {key: place for place, key in enumerate(names) if key}
    if absent := [headings()[key] for key in _OWN if key not in places]:
        raise IndicatorsError(
            f"{one_line(path.name)} n’a pas toutes les colonnes d’un tableau à remplir.",
            defects=[f"colonne absente : {quoted(each)}" for each in absent],
            remedy="repartez d’un tableau vide : cpts-geo template.",
        )
    if not body:
        raise IndicatorsError(
            f"{one_line(path.name)} est un tableau sans rien dedans.",
            defects=["aucune ligne sous l’en-tête"],
            remedy="repartez d’un tableau vide, et remplissez ses lignes : cpts-geo template.",
        )
    told = Counter(
        plain(cells[places["table"]]) for _, cells in body if len(cells) > places["table"]
    )
    named = [key for key in templates() if told[plain(key)]]
    if len(named) != 1:
        said = [quoted(text) for text in told if text]
        raise IndicatorsError(
            f"{one_line(path.name)} ne dit pas quel tableau il remplit.",
            defects=[f"colonne « {headings()['table']} » : {joined(said) if said else 'vide'}"],
            remedy="laissez cette colonne telle que le tableau vide la donne "
            f"({joined([*templates()])}), un tableau par fichier ou par feuille.",
        )
    template = templates()[named[0]]
    twice = [headings()[key] for key, n in Counter(filter(None, names)).items() if n > 1]
    lacking = [headings()[key] for key in template.columns if key in template.needed - {*places}]
    if twice or lacking:
        raise IndicatorsError(
            f"{one_line(path.name)} n’a pas les colonnes du tableau « {template.key} ».",
            defects=[*(f"colonne absente : {quoted(each)}" for each in lacking),
                     *(f"colonne en double : {quoted(each)}" for each in twice)],
            remedy=f"repartez d’un tableau vide : cpts-geo template {template.key}.",
        )  # fmt: skip
    defects: list[str] = []
    if sheet is not None:
        defects += failed_cells(sheet, places.values(), header=rows[start][0])
    found = []
    territories: dict[str, str] = {}
    for line, cells in body:
        if any(cells[len(names) :]):
            defects.append(
                Defect(f"ligne {line} : d’une autre largeur", "ligne d’une autre largeur")
            )
        texts = {key: cells[place] if place < len(cells) else "" for key, place in places.items()}
        if key := texts["territory"]:
            territories.setdefault(key, texts.get("territory_name") or key)
        reader = line_rows if "line" in template.columns else zoned_rows
        where = {"table": template.key, "place": line, "file": path.name}
        found += [where | row for row in reader(template, Said(texts, line, defects))]
    table = pd.DataFrame(found, columns=list(ROWS))
    return Filled(path.name, template, table, tuple(defects), len(body), territories)


def places(rows: pd.DataFrame) -> Iterator[tuple[Any, str]]:
    """
    Give rows with where each stands, as messages say it.

    Parameters
    ----------
    rows : DataFrame
        Columns :data:`ROWS`.

    Yields
    ------
    tuple of Series and str
        A row, and « fichier, ligne ».

    Examples
    --------
    >>> rows = pd.DataFrame({"file": ["sas.csv"], "place": [2]})
    >>> [where for _, where in places(rows)]
    ['sas.csv, ligne 2']
    """
    for row in rows.to_dict("records"):
        yield row, f"{one_line(str(row['file']))}, ligne {row['place']}"

"""The table that a coordinator fills for the indicators of the ACI, read whole or refused whole.

A figure that a producer hides (``< 11``, ``NS``) is kept as hidden, never as 0; an empty cell is
unknown.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from cpts_geo.asked import typed_path
from cpts_geo.errors import Defect, IndicatorsError, one_line, quoted
from cpts_geo.french import counted, joined
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
from cpts_geo.sources.analyst._tables.workbook import SUFFIXES, failed_cells, read_workbook
from cpts_geo.sources.analyst.aci._cells import row_values
from cpts_geo.sources.analyst.aci._contradictions import contradictions
from cpts_geo.sources.analyst.aci.codes import _COLUMNS, aci_indicators
from cpts_geo.sources.analyst.filled.file import read_filled
from cpts_geo.sources.door import Door, memory_told, read_bytes

_FORM: Final = "repartez du modèle : cpts-geo template aci"
_ACI: Final = Door(
    key="aci",
    error=IndicatorsError,
    suffixes=SUFFIXES | {".csv", ".txt", ".tsv"},
    formats=".csv ou .xlsx",
    save_as=f"{_FORM}, et enregistrez-le en .csv ou en .xlsx.",
    empty=lambda path: IndicatorsError(f"{one_line(path.name)} est vide.", remedy=f"{_FORM}."),
)
_BY_HEADING: Final = {plain(heading): name for name, heading in _COLUMNS.items()}
#: Headings that no other table of an analyst has together.
_OWN: Final = frozenset({"code", "reference_year", "target", "justification"})


@dataclass(frozen=True)
class GivenAci:
    """
    Indicators of the ACI that a coordinator gave.

    Parameters
    ----------
    file : str
        Name of the file.
    rows : DataFrame
        By (territory, code), territory empty where the file names none: reference, previous, value
        and target (a share from 0 to 1 where the unit is %; NaN unknown or hidden), each with
        ``_year`` (NaN unknown), ``_hidden`` (True: its producer hides it) and, target apart,
        ``_field`` (that of the indicator where the file says none); justification, comment,
        producer, date (texts).
    notes : tuple of str
        French sentences on how the file was read.
    """

    file: str
    rows: pd.DataFrame
    notes: tuple[str, ...]


def is_aci(path: Path | str) -> bool:
    """
    Tell whether a file has the headings of a table of the ACI, whatever its name.

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
    >>> is_aci("absent.csv")
    False
    """
    try:
        path = typed_path(path)
        _, rows, *_ = _table(path, read_bytes(path, _ACI))
    except IndicatorsError:
        return False
    named = {_BY_HEADING.get(plain(cell)) for _, cells in rows[:1] for cell in cells}
    return named >= _OWN


@memory_told(_ACI)
def read_aci(path: Path | str) -> GivenAci:
    """
    Read the indicators of the ACI that a coordinator filled.

    Parameters
    ----------
    path : pathlib.Path or str
        A text or a spreadsheet (see :mod:`cpts_geo.sources.analyst`) with the headings of
        :data:`cpts_geo.sources.analyst.aci.codes._COLUMNS`, in any order, a row an indicator of a
        territory. A row without a figure is an indicator that nobody filled.

    Returns
    -------
    GivenAci
        Its rows.

    Raises
    ------
    IndicatorsError
        The file cannot be read, a column is missing, a code is unknown or there twice, a figure is
        none, negative, or over 100 %, has no year or no producer; periods mix years, a reference is
        later than N, fields differ between two figures of an indicator, or are not its own. Every
        defect is listed.

    Examples
    --------
    >>> import tempfile
    >>> row = dict.fromkeys(_COLUMNS, "") | {"code": "taux_reponse", "reference": "62,5",
    ...     "reference_year": "2024", "target": "80 %", "target_year": "2027", "producer": "CPTS"}
    >>> lines = [";".join(_COLUMNS.values()), ";".join(row.values())]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "aci.csv"
    ...     _ = path.write_text("\\n".join(lines), encoding="utf-8")
    ...     given = read_aci(path)
    >>> given.rows.loc[("", "taux_reponse"), ["reference", "target"]].tolist()
    [0.625, 0.8]
    """
    path = typed_path(path)
    origin, rows, notes, failed = _table(path, read_bytes(path, _ACI))
    if not rows:
        raise _refused(path, ["aucune ligne d’en-tête"])
    names = [_BY_HEADING.get(plain(cell), "") for cell in rows[0][1]]
    if defects := list(_header_defects(names, rows[0][1])):
        raise _other_table(path) or _refused(path, defects)
    unknown = [cell for cell, name in zip(rows[0][1], names, strict=True) if cell and not name]
    ignored = f"Colonnes laissées : {joined([one_line(cell) for cell in unknown])}."
    texts = [
        (line, {name: cell for name, cell in zip(names, cells, strict=False) if name})
        for line, cells in rows[1:]
    ]
    if not texts:
        raise _refused(path, ["aucune ligne sous l’en-tête"])
    defects = [*failed, *_code_defects(texts)]
    found = []
    for line, cells in texts:
        indicator = aci_indicators().get(cells.get("code", ""))
        if indicator is None:
            continue
        values, wrong = row_values(cells, indicator, line=line)
        defects += wrong
        found.append({"line": line, **values})
    table = pd.DataFrame(found)
    defects += contradictions(table) if len(table) else []
    if defects:
        raise _refused(path, defects)
    return GivenAci(
        file=path.name,
        rows=table.drop(columns="line").set_index(["territory", "code"]),
        notes=(origin, *notes, *([ignored] if unknown else [])),
    )


def _table(path: Path, content: bytes) -> tuple[str, list[Row], list[str], list[Defect]]:
    """How a file was read, its rows from the heading on, notes, and its cells without a value."""
    if path.suffix.lower() in SUFFIXES:
        sheets = read_workbook(path, content, door=_ACI, percents=True).sheets
        sheet = max(sheets, key=lambda each: _most_named(each.rows)[0])
        origin = f"Indicateurs de l’ACI lus dans {quoted(path.name)}, feuille {quoted(sheet.name)}."
        below = sheet.rows[_most_named(sheet.rows)[1] :]
        line, titles = below[0] if below else (0, ())
        read = [place for place, text in enumerate(titles) if plain(text) in _BY_HEADING]
        return origin, below, [], failed_cells(sheet, read, header=line)
    text, notes = text_of(path, content, door=_ACI)
    heads = {each: first_rows(path, text, each, door=_ACI) for each in SEPARATORS}
    best = max(SEPARATORS, key=lambda each: _most_named(heads[each])[0])
    rows = rows_of(path, text, best, door=_ACI)
    if rows is None:
        raise unbalanced(path, door=_ACI)
    origin = f"Indicateurs de l’ACI lus dans {quoted(path.name)}, séparés par : {SEPARATORS[best]}."
    return origin, rows[_most_named(rows)[1] :], notes, []


def _most_named(rows: Sequence[Row]) -> tuple[int, int]:
    """Most headings that one of the first rows names, and its place (first of equals)."""
    named = [sum(plain(x) in _BY_HEADING for x in cells) for _, cells in rows[:HEADER_ROWS]]
    most = max(named, default=0)
    return most, named.index(most) if named else 0


def _header_defects(names: Sequence[str], written: Sequence[str]) -> Iterator[Defect]:
    """Say which headings are missing, with the nearest one written, or there twice."""
    others = [cell for cell, name in zip(written, names, strict=True) if cell and not name]
    for name, heading in _COLUMNS.items():
        if names.count(name) > 1:
            yield Defect(f"colonne {quoted(heading)} : {names.count(name)} fois", "répétée")
        if name not in names and name != "ask":
            near = difflib.get_close_matches(heading, others, n=1)
            said = f" ; au plus près : {quoted(near[0])}" if near else ""
            yield Defect(f"colonne absente : {quoted(heading)}{said}", "colonne absente")


def _code_defects(texts: Sequence[tuple[int, Mapping[str, str]]]) -> Iterator[Defect]:
    """Say which codes are unknown, with the nearest, or there twice for a territory."""
    known = aci_indicators()
    for line, cells in texts:
        code = cells.get("code", "")
        if code not in known:
            near = difflib.get_close_matches(code, known, n=1, cutoff=0.5)
            said = f" ; au plus près : {near[0]}" if near else ""
            yield Defect(f"ligne {line}, code inconnu : {quoted(code)}{said}", "code inconnu")
    rows = Counter((cells.get("territory", ""), cells.get("code", "")) for _, cells in texts)
    for (territory, code), count in rows.items():
        if count > 1 and code in known:
            of = f" de {quoted(territory)}" if territory else ""
            yield Defect(f"{code}{of} : {counted(count, 'ligne', 'lignes')}", "code en double")


def _other_table(path: Path) -> IndicatorsError | None:
    """Refusal of a table of another kind that a coordinator filled; None for any other file."""
    try:
        found = read_filled(path)
    except IndicatorsError:
        return None
    if not found:
        return None
    return IndicatorsError(
        f"{one_line(path.name)} : ceci est un tableau {found[0].template.key} ; ceux de l’ACI sont "
        "attendus ici.",
        remedy=f"donnez-le à « cpts-geo report --indicators » ; pour l’ACI, {_FORM}.",
    )


def _refused(path: Path, defects: Sequence[str]) -> IndicatorsError:
    """Refusal of a file for its defects."""
    return IndicatorsError(
        f"Les indicateurs de l’ACI de {one_line(path.name)} ne peuvent pas être repris tels quels.",
        defects=defects,
        remedy=f"corrigez ces cellules ; ce que vous ignorez se laisse vide. Au besoin, {_FORM}.",
    )

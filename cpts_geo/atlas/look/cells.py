"""A cell and a row as people read them: text, status, note, origin."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from cpts_geo.french import number, percent, typeset, value_text
from cpts_geo.schema import AREA, COLUMNS, STATUS_LABELS, STATUS_MARKS, Column, Status
from cpts_geo.secrecy.disclosure import MIN_PATIENTS, Mask

#: A masked value is written, marked and painted as such: never like an unknown one, or like 0.
MASK_TEXTS: Final = {Mask.UNDER_11: f"moins de {MIN_PATIENTS}", Mask.SECRET: "secret"}
MASK_LABEL: Final = "secret statistique"
#: Sign and words of each status, or of the mask in the place of a value.
MARKS: Final[dict[str, str]] = dict([*STATUS_MARKS.items(), *((mask, "■") for mask in MASK_TEXTS)])
STATUS_WORDS: Final[dict[str, str]] = dict(
    [*STATUS_LABELS.items(), *((mask, MASK_LABEL) for mask in MASK_TEXTS)]
)


@dataclass(frozen=True)
class Cell:
    """
    A cell of a table.

    Parameters
    ----------
    text : str
        What is written.
    status : str
        Status of the value (or the mask in its place), empty for plain text.
    note : str
        What a reader must know of this value, empty when nothing.
    numeric : bool
        Whether it is aligned on the right.
    origin : str
        Where this value comes from, when it is not where its row says.
    """

    text: str
    status: str = ""
    note: str = ""
    numeric: bool = True
    origin: str = ""

    @property
    def mark(self) -> str:
        """Sign of the status."""
        return MARKS[self.status] if self.status else ""

    @property
    def title(self) -> str:
        """Status and note in words."""
        words = STATUS_WORDS[self.status] if self.status else ""
        return typeset(" — ".join(filter(None, (words, self.note))))


@dataclass(frozen=True)
class Row:
    """
    A row of a comparison.

    Parameters
    ----------
    label, detail : str
        Name of the indicator; unit, vintage and source.
    cells : tuple of Cell
        One cell an area.
    more : str
        What is read on demand: a list of names.
    """

    label: str
    detail: str
    cells: tuple[Cell, ...]
    more: str = ""


def remark(area: str, note: str) -> str:
    """
    Write what is to know of the value of an area, under a label that stands for several.

    Parameters
    ----------
    area : str
        Name of the area.
    note : str
        What a reader must know of its value.

    Returns
    -------
    str
        The note, after the name of the area unless it begins with it.

    Examples
    --------
    >>> remark("France", "France métropolitaine")
    'France métropolitaine'
    """
    return note if note.startswith(area) else f"{area} : {note}"


def shown_text(column: Column, value: float, status: str, *, unit: bool = False) -> str:
    """
    Write a value, or the mask in its place.

    Parameters
    ----------
    column : Column
        Says decimals and whether the value is a share.
    value : float
        NaN is unknown, or masked where `status` says so.
    status : str
        How the value is known, or its mask.
    unit : bool
        Whether the unit follows.

    Returns
    -------
    str
        French text.

    Examples
    --------
    >>> shown_text(COLUMNS["population"], float("nan"), "masked_under_11")
    'moins de 11'
    """
    if status in MASK_TEXTS:
        return MASK_TEXTS[Mask(status)]
    text = value_text(column, value, unit=unit)
    # What was announced as 30 % is not 30,0 %.
    return re.sub(r",0+(?=\D|$)", "", text) if status == Status.ANNOUNCED else text


def plain_cells(*texts: str) -> list[Cell]:
    """
    Write words in cells, aligned on the left.

    Parameters
    ----------
    *texts : str
        One a cell.

    Returns
    -------
    list of Cell
        Without status.
    """
    return [Cell(text, numeric=False) for text in texts]


def value_cell(name: str, value: float, status: str, note: str = "") -> Cell:
    """
    Write a value of a column in a cell.

    Parameters
    ----------
    name : str
        Name of the column.
    value, status : float, str
        As :func:`shown_text`.
    note : str
        What a reader must know of it.

    Returns
    -------
    Cell
        Formatted value with its status.
    """
    return Cell(shown_text(COLUMNS[name], value, status), status=status, note=note)


def origin_text(found: pd.Series | Mapping[str, Any]) -> str:
    """
    Definition, document and grade of a value that has its own.

    Parameters
    ----------
    found : Series
        Row of a comparison.

    Returns
    -------
    str
        French words.
    """
    source = f"{found['source']} ({found['grade']})"
    return " : ".join(part for part in (found["note"], source) if part)


def own_label(column: Column, origin: pd.Series | Mapping[str, Any]) -> tuple[str, str]:
    """
    Label and vintage of a value, which may have those of who gave it.

    Parameters
    ----------
    column : Column
        What the values are.
    origin : Series
        Row of a comparison.

    Returns
    -------
    tuple of str
        Those of the column; a value of another vintage is not the published one.

    Examples
    --------
    >>> own_label(COLUMNS["share_without_mt"], pd.Series({"vintage": "2025"}))
    ('Habitants sans médecin traitant', '2025')
    """
    if origin["vintage"] == column.vintage:
        return column.label, column.vintage
    return column.label.removesuffix(" (publié)"), str(origin["vintage"])


def producer(origin: pd.Series | Mapping[Any, Any]) -> str:
    """
    Name who gives a value, where its whole source stands elsewhere.

    Parameters
    ----------
    origin : Series or mapping
        Row of a comparison.

    Returns
    -------
    str
        What its source begins with, up to the first comma.

    Examples
    --------
    >>> producer({"source": "Insee, BPE 2024"})
    'Insee'
    """
    return str(origin["source"]).split(",", maxsplit=1)[0]


def detail_text(column: Column, origin: pd.Series | Mapping[str, Any]) -> str:
    """
    Unit, source and grade, in one line.

    Parameters
    ----------
    column : Column
        What the values are.
    origin : Series
        Row of a comparison.

    Returns
    -------
    str
        French words.
    """
    source = f"{origin['source']} ({origin['grade']})" if origin["source"] else ""
    return ", ".join(part for part in (column.shown_unit, source) if part)


def rows_by_area(
    comparison: pd.DataFrame, names: Sequence[str]
) -> dict[str, dict[tuple[str, str], dict[str, Any]]]:
    """
    Take the rows of a comparison out of its table, which is slow to ask a row at a time.

    Parameters
    ----------
    comparison : DataFrame
        Rows of a comparison.
    names : sequence of str
        Indicators wanted.

    Returns
    -------
    dict
        Rows by level and code of their area, by indicator.

    Examples
    --------
    >>> row = {"indicator": "apl", "area_level": "france", "area_code": "FR", "value": 3.3}
    >>> rows_by_area(pd.DataFrame([row]), ["apl"])["apl"]["france", "FR"]["value"]
    3.3
    """
    found: dict[str, dict[tuple[str, str], dict[str, Any]]] = {}
    level, code = AREA
    for record in comparison[comparison["indicator"].isin(names)].to_dict("records"):
        row = {str(name): value for name, value in record.items()}
        found.setdefault(row["indicator"], {})[row[level], row[code]] = row
    return found


def _plain(value: float) -> str:
    """A number with a decimal where it has one."""
    return number(value, 0 if value.is_integer() else 1)


def share_cell(found: Mapping[Any, Any]) -> Cell:
    """
    Write the share of a line that has a number too.

    Parameters
    ----------
    found : mapping
        As for :func:`filled_cell`.

    Returns
    -------
    Cell
        As :func:`filled_cell`; a number without its share is not said twice.

    Examples
    --------
    >>> found = {"number": 12.0, "share": float("nan"), "status": "announced", "unit": ""}
    >>> share_cell(found).text
    'part inconnue'
    """
    lacking = pd.isna(found["share"]) and not pd.isna(found["number"])
    if lacking and found["status"] not in MASK_TEXTS:
        return Cell("part inconnue")
    return filled_cell(found)


def filled_cell(found: Mapping[Any, Any], value: str = "") -> Cell:
    """
    Write a cell of a table that a coordinator fills, or whom to ask.

    Parameters
    ----------
    found : mapping
        Row of such a table (:mod:`cpts_geo.indicators.filled.tables`).
    value : {"", "number", "share"}
        Column shown; the share where it is known if absent, else the number.

    Returns
    -------
    Cell
        Its value, « — » where only the other column is known, the mask in its place, or what is to
        be asked.

    Examples
    --------
    >>> found = {"number": 12.0, "share": 0.124, "status": "announced", "unit": "", "note": ""}
    >>> filled_cell(found).text, filled_cell(found, "number").text
    ('12,4\u202f%', '12')
    """
    status = str(found["status"])
    if status in MASK_TEXTS:
        return Cell(MASK_TEXTS[Mask(status)], status=status)
    if status == Status.UNKNOWN.value:
        return Cell(str(found["ask"]), status=status)
    name = value or ("number" if pd.isna(found["share"]) else "share")
    known = float(found[name])
    if pd.isna(known):
        nothing = not value and bool(found["note"])
        return Cell(str(found["note"]) if nothing else "—")
    # What others say has the decimals that they gave it.
    whole = status == Status.ANNOUNCED.value and round(100 * known, 6).is_integer()
    text = percent(known, 0 if whole else 1) if name == "share" else _plain(known)
    return Cell(text, status=status, note=str(found["note"]))

"""A cell and a row as people read them: text, status, note, origin."""

from __future__ import annotations

from dataclasses import dataclass

from cpts_geo.french import typeset, value_text
from cpts_geo.schema import COLUMNS, STATUS_LABELS, STATUS_MARKS, Status


@dataclass(frozen=True)
class Cell:
    """
    A cell of a table.

    Parameters
    ----------
    text : str
        What is written.
    status : str
        Status of the value, empty for plain text.
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
        return STATUS_MARKS[Status(self.status)] if self.status else ""

    @property
    def title(self) -> str:
        """Status and note in words."""
        words = STATUS_LABELS[Status(self.status)] if self.status else ""
        return typeset(" — ".join(part for part in (words, self.note) if part))


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
    """

    label: str
    detail: str
    cells: tuple[Cell, ...]


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


def value_cell(name: str, value: float, status: str, note: str = "") -> Cell:
    """
    Write a value of a column in a cell.

    Parameters
    ----------
    name : str
        Name of the column.
    value : float
        NaN is unknown.
    status : str
        How the value is known.
    note : str
        What a reader must know of it.

    Returns
    -------
    Cell
        Formatted value with its status.
    """
    return Cell(value_text(COLUMNS[name], value), status=status, note=note)

"""Sheets of an analyst's workbook as rows of text, opened in a process apart and within bounds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from cpts_geo.errors import CptsGeoError, one_line, quoted
from cpts_geo.sources._apart import run_within
from cpts_geo.sources._bounds.limits import beyond
from cpts_geo.sources.analyst.door.reading import Door
from cpts_geo.sources.analyst.door.text import Row

SUFFIXES: Final = frozenset({".xlsx", ".xlsm", ".xls", ".ods"})
# Name of the stream that holds an encrypted workbook in its container.
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_SHEETS: Final = "cpts_geo.sources.analyst.door._sheets:sheets"


class Sheet(NamedTuple):
    """
    A visible sheet of a workbook.

    Parameters
    ----------
    name : str
        As its author named it.
    rows : list of Row
        Those that hold something, all of one width, from the first column of the sheet.
    """

    name: str
    rows: list[Row]


class Workbook(NamedTuple):
    """
    What is read of a workbook.

    Parameters
    ----------
    sheets : list of Sheet
        The visible sheets, in order.
    names : tuple of str
        Names of all the sheets, hidden ones too.
    """

    sheets: list[Sheet]
    names: tuple[str, ...]


def read_workbook(path: Path, content: bytes, *, door: Door) -> Workbook:
    """
    Read the visible sheets of a workbook.

    Parameters
    ----------
    path : Path
        The file, for messages.
    content : bytes
        Its bytes: .xlsx, .xlsm, .xls or .ods.
    door : Door
        What kind of file it is.

    Returns
    -------
    Workbook
        Cells as text: dates and times in ISO form, whole numbers without decimals.

    Raises
    ------
    CptsGeoError
        The workbook is damaged, protected, beyond a bound, or stops the program that opens it.
    """
    rows = {"rows": f"{door.key}_rows"}
    answer = run_within(
        "workbook", _SHEETS, rows, content=content, error=door.error, name=path.name
    )
    lines = iter(answer.split(b"\n"))
    said = json.loads(next(lines))
    if said.get("damaged"):
        raise _damaged(path, content, door)
    if name := said.get("beyond"):
        where = f"{quoted(said['sheet'])} ({said['cells']})" if "sheet" in said else ""
        raise beyond(name, door.error, name=path.name, found=said["found"], where=where)
    return Workbook([_sheet(sheet, lines) for sheet in said["sheets"]], tuple(said["names"]))


def _sheet(about: dict[str, Any], lines: Iterator[bytes]) -> Sheet:
    """A sheet of the answer, its rows all of one width."""
    width = about["width"]
    # Few distinct texts fill a sheet: each is kept once.
    once: dict[str, str] = {}
    rows: list[Row] = []
    for line in islice(lines, about["rows"]):
        number, texts = json.loads(line)
        cells = [once.setdefault(text, text) for text in texts]
        rows.append((number, (*cells, *[""] * (width - len(cells)))))
    return Sheet(about["name"], rows)


def _damaged(path: Path, content: bytes, door: Door) -> CptsGeoError:
    """Refusal of a workbook that is protected or damaged."""
    reason = (
        "il est protégé par un mot de passe"
        if _ENCRYPTED in content
        else "il est endommagé, ou d’un autre format que son extension"
    )
    return door.error(
        f"Le classeur {one_line(path.name)} ne peut pas être ouvert : {reason}.",
        remedy="ouvrez-le dans votre tableur et enregistrez-le en .xlsx sans mot de passe, "
        "ou en « CSV UTF-8 ».",
    )

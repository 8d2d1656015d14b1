"""Runs in a process apart: sheets of a producer's workbook as JSON."""

from __future__ import annotations

import io
import json
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook


def names(content: bytes) -> list[str] | None:
    """
    Names of the sheets of a workbook.

    Parameters
    ----------
    content : bytes
        The workbook.

    Returns
    -------
    list of str or None
        In its order; None where it is no workbook.
    """
    try:
        return list(CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names)
    except CalamineError:
        return None


def rows(content: bytes, *, sheet: str, first: int | None, most: int) -> bytes:
    """
    Cells of a sheet.

    Parameters
    ----------
    content : bytes
        The workbook.
    sheet : str
        Name of the sheet.
    first : int or None
        Rows wanted from the top; None for all.
    most : int
        Cells of the used range at most.

    Returns
    -------
    bytes
        JSON: ``rows`` (dates as text), ``beyond`` (cells found), or ``damaged``.
    """
    said: dict[str, Any]
    try:
        found = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(sheet)
        cells = found.height * found.width
        said = {"beyond": cells} if cells > most else {"rows": found.to_python(nrows=first)}
    except CalamineError:
        said = {"damaged": True}
    return json.dumps(said, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")

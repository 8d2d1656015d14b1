"""Runs in a process apart: sheets of a producer's workbook as JSON."""

from __future__ import annotations

import io
import json
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from cpts_geo.sources._bounds.limits import LIMITS


def names(content: bytes) -> list[str] | None:
    """Names of the sheets of a workbook; None where it is no workbook."""
    try:
        return list(CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names)
    except CalamineError:
        return None


def rows(content: bytes, *, sheet: str, first: int | None) -> bytes:
    """Cells of the first rows of a sheet (all for None) as JSON: ``rows``, or ``beyond`` (cells
    found), or ``damaged``."""
    said: dict[str, Any]
    try:
        found = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(sheet)
        cells = found.height * found.width
        said = (
            {"beyond": cells}
            if cells > LIMITS["workbook_range"]
            else {"rows": found.to_python(nrows=first)}
        )
    except CalamineError:
        said = {"damaged": True}
    return json.dumps(said, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")

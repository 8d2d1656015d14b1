"""Runs in the process apart: a workbook is weighed, then opened, then written as lines of JSON."""

from __future__ import annotations

import datetime as dt
import io
import json
import posixpath
import re
import struct
import zipfile
from typing import Any, Final
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from cpts_geo.files import UNREADABLE
from cpts_geo.sources._bounds.limits import LIMITS
from cpts_geo.sources.analyst._tables._marks import (
    Marks,
    column_number,
    excel_marks,
    opendocument_marks,
)
from cpts_geo.sources.analyst._tables._old_excel import COMPOUND, old_excel_marks
from cpts_geo.sources.analyst._tables._percents import percent_styles, styled_cells

_BLOCK: Final = 1 << 20
#: A cell that holds something, and its reference; one that is only formatted has no content.
_CELL: Final = re.compile(
    rb"<(?:\w+:)?c\s[^<>]*?\br=[\"']([A-Za-z]{1,4})(\d{1,9})[\"'][^<>]*(?<!/)>(?!\s*</)"
)


def sheets(content: bytes, *, rows: str, wanted: str = "", percents: bool = False) -> bytes:
    """Read the visible sheets, and the one that is wanted: a line of JSON (``damaged``, ``beyond``
    a bound, or ``names`` and ``sheets``), then one line a row that holds something."""
    try:
        excess = _weighed(content, wanted)
        if excess:
            return json.dumps(excess).encode()
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            marks = _marked(content, wanted)
            return _read(book, rows, marks, wanted, _shown_percents(content) if percents else {})
    except CalamineError:
        return json.dumps({"damaged": True}).encode()


def _read(
    book: CalamineWorkbook, rows: str, marks: dict[str, Marks], wanted: str,
    percents: dict[str, set[tuple[int, int]]],
) -> bytes:  # fmt: skip
    """JSON of the visible sheets, row by row, or what is beyond a bound."""
    heads: list[dict[str, Any]] = []
    lines: list[bytes] = []
    total = 0
    for about in book.sheets_metadata:
        visible = about.visible is SheetVisibleEnum.Visible
        if not (visible or about.name == wanted) or about.typ is not SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_name(about.name)
        last_row, last_column = sheet.end or (-1, -1)
        height, width = last_row + 1, last_column + 1
        total += height * width
        if height * width > LIMITS["workbook_range"]:
            cells = f"{height} lignes × {width} colonnes"
            return _beyond("workbook_range", height * width, sheet=about.name, cells=cells)
        if total > LIMITS["workbook_cells"]:
            return _beyond("workbook_cells", total)
        before = len(lines)
        # Empty rows above the first cell are given, empty columns before it are not.
        left = [""] * (sheet.start or (0, 0))[1]
        in_percent = percents.get(about.name, set())
        for number, row in enumerate(sheet.iter_rows(), start=1):
            texts = left + [
                _percent_text(cell) if (number, place) in in_percent else _cell_text(cell)
                for place, cell in enumerate(row, start=len(left))
            ]
            while texts and not texts[-1]:
                texts.pop()
            if texts:
                lines.append(json.dumps([number, texts]).encode())
            if len(lines) - before > LIMITS[rows]:
                return _beyond(rows, len(lines) - before)
        head = {"name": about.name, "width": width, "rows": len(lines) - before}
        heads.append(head | marks.get(about.name, Marks()).written())
    said = {"names": book.sheet_names, "sheets": heads}
    return b"\n".join([json.dumps(said).encode(), *lines])


def _beyond(key: str, found: int, **where: str) -> bytes:
    """JSON of what is beyond a bound, and where."""
    return json.dumps({"beyond": key, "found": found, **where}).encode()


def _cell_text(cell: object) -> str:
    """Text of a cell: dates and times in ISO form, whole numbers without decimals."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, dt.datetime):
        # Spreadsheets count days: seconds come back a little short.
        rounded = cell + dt.timedelta(milliseconds=500)
        return rounded.replace(microsecond=0).isoformat(sep=" ")
    if isinstance(cell, dt.date):  # a whole number of days is midnight, or has its hour elsewhere
        return f"{cell.isoformat()} 00:00:00"
    if isinstance(cell, dt.time):
        return cell.strftime("%H:%M:%S")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _percent_text(cell: object) -> str:
    """Text of a cell that a workbook shows in %: its number, a hundred times, and the sign."""
    if not isinstance(cell, int | float) or isinstance(cell, bool):
        return _cell_text(cell)
    return f"{float(f'{100 * cell:.12g}'):.12g} %"


def _shown_percents(content: bytes) -> dict[str, set[tuple[int, int]]]:
    """Cells that a workbook shows in %, by visible sheet: row (from 1), column (from 0)."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            styles = percent_styles(archive)
            parts = _parts(archive, "") if styles else {}
            return {name: styled_cells(archive, part, styles) for name, part in parts.items()}
    except MemoryError:
        raise  # the process lacks it, and says so
    except (*UNREADABLE, LookupError, ElementTree.ParseError):
        return {}


def _marked(content: bytes, wanted: str) -> dict[str, Marks]:
    """Marks of each sheet; none of a damaged format, which the parser mends or refuses."""
    try:
        if content.startswith(COMPOUND):
            return old_excel_marks(content)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = _parts(archive, wanted)
            found = {name: excel_marks(archive, part) for name, part in parts.items()}
            return found or opendocument_marks(archive)
    except MemoryError:
        raise  # the process lacks it, and says so
    except (*UNREADABLE, LookupError, struct.error, ElementTree.ParseError):
        return {}


def _weighed(content: bytes, wanted: str) -> dict[str, Any] | None:
    """What is beyond a bound in an archive, before anything of it is parsed."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
            if unpacked > LIMITS["workbook_unpacked"]:
                return {"beyond": "workbook_unpacked", "found": unpacked}
            for name, part in _parts(archive, wanted).items():
                if cell := _far_cell(archive, part, LIMITS["workbook_range"]):
                    size, reference = cell
                    where = {"sheet": name, "cells": f"cellule {reference}"}
                    return {"beyond": "workbook_range", "found": size, **where}
    except MemoryError:
        raise  # the process lacks it, and says so
    except (*UNREADABLE, LookupError, ElementTree.ParseError):
        # Not an archive, or a damaged one: the parser says so.
        return None
    return None


def _parts(archive: zipfile.ZipFile, wanted: str) -> dict[str, str]:
    """Part of each visible sheet of an Excel workbook, and of the one that is wanted; none for
    another format."""
    if "xl/workbook.xml" not in archive.namelist():
        return {}
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    found = {}
    for sheet in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if sheet.tag.rpartition("}")[2] != "sheet":
            continue
        if sheet.get("state", "visible") != "visible" and sheet.get("name") != wanted:
            continue
        link = next((value for key, value in sheet.items() if key.endswith("}id")), None)
        part = posixpath.normpath(posixpath.join("/xl", targets.get(link, ""))).lstrip("/")
        if part in archive.namelist():
            found[sheet.get("name", "")] = part
    return found


def _far_cell(archive: zipfile.ZipFile, part: str, most: int) -> tuple[int, str] | None:
    """Range of a sheet found beyond the bound, and the farthest cell of where it was found."""
    height = width = 0
    rest = b""
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK):
            text = rest + block
            cut = _last_opening(text)
            found = _CELL.findall(text, 0, cut)
            # Each column and each row of a block is turned into a number once.
            height = max([height, *map(int, {row for _, row in found})])
            width = max([width, *map(column_number, {letters for letters, _ in found})])
            if height * width > most:
                far = max(found, key=lambda cell: (column_number(cell[0]) * int(cell[1]), cell))
                return height * width, b"".join(far).decode()
            rest = text[cut:][-_BLOCK:]
    return None


def _last_opening(text: bytes) -> int:
    """Where the last opening tag begins: it, and all below it, may go on in the next block."""
    place = len(text)
    while (place := text.rfind(b"<", 0, place)) > 0:
        if text[place + 1 : place + 2] not in (b"", b"/"):
            return place
    return len(text)

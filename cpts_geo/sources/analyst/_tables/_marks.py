"""Runs in the process apart: what a workbook says of its cells that their values do not.

Rows and columns that are hidden, cells that hold an error, formulas whose value was never computed:
the parser gives all of them as if they were ordinary, or empty.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from xml.etree import ElementTree

_BLOCK: Final = 1 << 20
#: A row longer than this is not looked at.
_LONGEST_ROW: Final = 1 << 24
#: Cells that fail, remembered by column: more than a message shows.
_MOST: Final = 200
_NO_VALUE: Final = "formule jamais calculée"
_ROW: Final = re.compile(rb"<(?:\w+:)?row\s[^<>]*>")
_NUMBER: Final = re.compile(rb"\sr=[\"'](\d{1,9})[\"']")
_HIDDEN: Final = re.compile(rb"\s(?:hidden=[\"'](?:1|true)[\"']|(?:ht|width)=[\"']0(?:\.0*)?[\"'])")
_COLUMN: Final = re.compile(rb"<(?:\w+:)?col\s[^<>]*>")
_EDGE: Final = re.compile(rb"\s(min|max)=[\"'](\d{1,5})[\"']")
_OPENING: Final = rb"<(?:\w+:)?c\s([^<>]*?)>"
_ERROR: Final = re.compile(
    _OPENING + rb"(?:<(?:\w+:)?f\b[^<]*(?:</(?:\w+:)?f>)?)?<(?:\w+:)?v>(#[^<]{1,20})<"
)
_UNCOMPUTED: Final = re.compile(
    _OPENING + rb"<(?:\w+:)?f\b(?:[^<>]*/>|[^<]*</(?:\w+:)?f>)"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)  # fmt: skip
_PLACE: Final = re.compile(rb"(?:^|\s)r=[\"']([A-Za-z]{1,4})(\d{1,9})[\"']")
_TYPE: Final = re.compile(rb"(?:^|\s)t=[\"'](\w+)[\"']")
#: Without one of these, an OpenDocument hides nothing and no cell of it fails.
_SIGNS: Final = (b'value-type="error"', b":visibility=")
_REPEATED_MOST: Final = 1_048_576


@dataclass
class Marks:
    """Hidden rows (from 1) and columns (from 0) of a sheet, and its cells that fail: by column,
    their rows and what stands there."""

    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    failed: dict[int, list[tuple[int, str]]] = field(default_factory=dict)

    def fail(self, row: int, column: int, said: str) -> None:
        """Remember a cell that fails."""
        cells = self.failed.setdefault(column, [])
        if len(cells) < _MOST:
            cells.append((row, said))

    def written(self) -> dict[str, Any]:
        """What JSON holds of it."""
        failed = list(self.failed.items())
        return {"rows_hidden": self.hidden_rows, "columns_hidden": self.hidden_columns,
                "failed": failed}  # fmt: skip


def column_number(letters: bytes) -> int:
    """Place (from 1) of a column by its letters."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - 64
    return number


def excel_marks(archive: zipfile.ZipFile, part: str) -> Marks:
    """Marks of a sheet of an Excel workbook, read by whole rows."""
    found = Marks()
    rest = b""
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK):
            text = rest + block
            cut = text.rfind(b"row>") + 4
            if cut < 4:
                rest = text[-_LONGEST_ROW:]
                continue
            _look(text[:cut], found)
            rest = text[cut:]
    _look(rest, found)
    return found


def _look(text: bytes, found: Marks) -> None:
    """Add the marks of a piece of a sheet."""
    for tag in _COLUMN.findall(text):
        if _HIDDEN.search(tag):
            edges = {key: int(value) for key, value in _EDGE.findall(tag)}
            first, last = edges.get(b"min", 1), edges.get(b"max", 0)
            found.hidden_columns += range(first - 1, min(last, 16_384))
    if b"hidden" in text or b"ht=" in text:
        for tag in _ROW.findall(text):
            if _HIDDEN.search(tag) and (number := _NUMBER.search(tag)):
                found.hidden_rows.append(int(number[1]))
    if b"<v>#" in text or b":v>#" in text:
        for inside, said in _ERROR.findall(text):
            kind = _TYPE.search(inside)
            if kind and kind[1] == b"e" and (place := _PLACE.search(inside)):
                found.fail(
                    int(place[2]), column_number(place[1]) - 1, said.decode(errors="replace")
                )
    if b"<f" in text or b":f" in text:
        for inside in _UNCOMPUTED.findall(text):
            kind, place = _TYPE.search(inside), _PLACE.search(inside)
            # A formula may give an empty text: it was computed.
            if place and not (kind and kind[1] == b"str"):
                found.fail(int(place[2]), column_number(place[1]) - 1, _NO_VALUE)


def opendocument_marks(archive: zipfile.ZipFile) -> dict[str, Marks]:
    """Marks of each sheet of an OpenDocument; none where nothing in it is hidden or fails."""
    if "content.xml" not in archive.namelist():
        return {}
    with archive.open("content.xml") as stream:
        last = b""
        while block := stream.read(_BLOCK):
            if any(sign in last + block for sign in _SIGNS):
                break
            last = block[-64:]
        else:
            return {}
    with archive.open("content.xml") as stream:
        return dict(_tables(stream))


def _tables(stream: Any) -> Iterator[tuple[str, Marks]]:
    """Name and marks of each table of an OpenDocument."""
    name, found, row = "", Marks(), 0
    columns = 0
    for event, each in ElementTree.iterparse(stream, events=("start", "end")):
        tag = each.tag.rpartition("}")[2]
        if event == "start":
            if tag == "table":
                name, found, row, columns = _said(each, "name"), Marks(), 0, 0
            continue
        if tag == "table-column":
            times = _repeated(each, "number-columns-repeated")
            if _said(each, "visibility") in ("collapse", "filter") and times < 16_384:
                found.hidden_columns += range(columns, columns + times)
            columns += times
        elif tag == "table-row":
            times = _repeated(each, "number-rows-repeated")
            if _said(each, "visibility") in ("collapse", "filter") and times < _REPEATED_MOST // 2:
                found.hidden_rows += range(row + 1, row + 1 + times)
            _failed_cells(each, row + 1, found)
            row += times
            each.clear()
        elif tag == "table":
            yield name, found


def _failed_cells(row: ElementTree.Element, number: int, found: Marks) -> None:
    """Add the cells of a row that hold an error."""
    column = 0
    for cell in row:
        if any(key.endswith("}value-type") and kind == "error" for key, kind in cell.items()):
            found.fail(number, column, "".join(cell.itertext()).strip() or "erreur")
        column += _repeated(cell, "number-columns-repeated")


def _said(element: ElementTree.Element, attribute: str) -> str:
    """Attribute of an element, whatever its namespace; empty for none."""
    return next((v for key, v in element.items() if key.rpartition("}")[2] == attribute), "")


def _repeated(element: ElementTree.Element, attribute: str) -> int:
    """How many times an element stands."""
    said = _said(element, attribute)
    return min(int(said), _REPEATED_MOST) if said.isdigit() else 1

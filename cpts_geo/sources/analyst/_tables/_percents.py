"""Runs in the process apart: which cells of an Excel workbook are shown in %."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection
from typing import Final
from xml.etree import ElementTree

from cpts_geo.sources.analyst._tables._marks import column_number

#: Formats that every Excel has: 0 % and 0,00 %.
_BUILT_IN: Final = {"9", "10"}
_STYLES: Final = "xl/styles.xml"
#: Texts of a format, which may hold the sign without meaning it.
_LITERAL: Final = re.compile(r'"[^"]*"|\\.')
_CELL: Final = re.compile(rb"<(?:\w+:)?c\s([^<>]*[^<>/])>")
_PLACE: Final = re.compile(rb"(?:^|\s)r=[\"']([A-Za-z]{1,4})(\d{1,9})[\"']")
_STYLE: Final = re.compile(rb"(?:^|\s)s=[\"'](\d{1,6})[\"']")


def percent_styles(archive: zipfile.ZipFile) -> frozenset[int]:
    """Styles of cells whose format is one of %."""
    if _STYLES not in archive.namelist():
        return frozenset()
    root = ElementTree.fromstring(archive.read(_STYLES))
    formats = {
        each.get("numFmtId", "")
        for each in root.iter()
        if _tag(each) == "numFmt" and "%" in _LITERAL.sub("", each.get("formatCode", ""))
    }
    cells = [each for group in root if _tag(group) == "cellXfs" for each in group]
    return frozenset(
        place for place, each in enumerate(cells) if each.get("numFmtId") in formats | _BUILT_IN
    )


def styled_cells(
    archive: zipfile.ZipFile, part: str, styles: Collection[int]
) -> set[tuple[int, int]]:
    """Cells of a sheet that bear one of these styles: row (from 1), column (from 0)."""
    found = set()
    for inside in _CELL.findall(archive.read(part)):
        style, place = _STYLE.search(inside), _PLACE.search(inside)
        if style and place and int(style[1]) in styles:
            found.add((int(place[2]), column_number(place[1]) - 1))
    return found


def _tag(element: ElementTree.Element) -> str:
    """Name of an element, whatever its namespace."""
    return element.tag.rpartition("}")[2]

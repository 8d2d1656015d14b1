"""Both sides of the bounds on lists of communes, call logs, scenario files and workbooks."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl

from cpts_geo import settings
from cpts_geo.capacity.checks.forecast.kept import read_kept
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.sources._bounds.limits import LIMITS
from cpts_geo.sources.analyst.aci.file import read_aci
from cpts_geo.sources.analyst.aci.template import aci_template
from cpts_geo.sources.analyst.calls.log import read_call_log
from cpts_geo.sources.analyst.indicators.file import read_indicators
from cpts_geo.sources.analyst.lists.known_lines import read_known_lines_file
from cpts_geo.sources.analyst.lists.perimeter import read_perimeter_file
from tests.broken_makers_door import OWN

#: A reading, the value of the bound at which it passes, and the next at which it does not.
Side = tuple[Callable[[Path], object], int, int]

LIST = b"commune;insee\nDry;45130\nBaule;45024\n"
EXPORT = b"Insee\nFrance par commune\nCode;Part de X 2024\n45130;1\n"
LINES = (settings.CPTS_DIR / "known_lines.csv").read_bytes()
_HEADS, _ROWS = aci_template(example_year=2026)
ACI = "\n".join(";".join(map(str, row)) for row in [_HEADS, *_ROWS]).encode()
FORECAST = {
    "territory": "bg", "made": "2025-11-30", "version": "1", "scenario": "", "public": "all",
    "least_inside": 0.5, "months": [],
}  # fmt: skip
MANIFEST = json.dumps({"forecasts": {"bg": FORECAST}}).encode()
LOG = b"date;issue\n04/03/2024;RDV\n"


def _of(read: Callable[[Path], object], name: str, content: bytes) -> Callable[[Path], object]:
    def act(folder: Path) -> object:
        (folder / name).write_bytes(content)
        return read(folder / name)

    return act


def _book(path: Path) -> Path:
    book = openpyxl.Workbook()
    for line in LIST.decode().splitlines():
        book.active.append(line.split(";"))
    book.create_sheet("Autre").append(["x"])
    book.save(path)
    return path


def _read_book(folder: Path) -> object:
    return read_perimeter_file(_book(folder / "liste.xlsx"))


def _unpacked_exactly(folder: Path) -> object:
    path = _book(folder / "liste.xlsx")
    with zipfile.ZipFile(path) as archive:
        size = sum(member.file_size for member in archive.infolist())
    # The size depends on the library that writes: the last part makes it what is wanted.
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("docProps/x.bin", bytes(20_000 - size))
    return read_perimeter_file(path)


_list = _of(read_perimeter_file, "liste.csv", LIST)
_export = _of(read_indicators, "export.csv", EXPORT)
_log = _of(read_call_log, "journal.csv", LOG)
_long = _of(read_perimeter_file, "liste.csv", b"commune;note\nDry;" + b"a" * 300 + b"\n")
_lines = _of(read_known_lines_file, "lignes.csv", LINES)
_aci = _of(read_aci, "aci.csv", ACI)
_manifest = _of(
    lambda path: read_kept(path, territory="bg", public="all"), "manifest.json", MANIFEST
)
_scenario = _of(load_scenario, "essai.toml", OWN.encode())

SIDES: dict[str, Side] = {
    "perimeter_bytes": (_list, len(LIST), len(LIST) - 1),
    "perimeter_rows": (_list, 3, 2),
    "call_log_bytes": (_log, len(LOG), len(LOG) - 1),
    "call_log_rows": (_log, 2, 1),
    "indicators_bytes": (_export, len(EXPORT), len(EXPORT) - 1),
    "indicators_rows": (_export, 4, 3),
    "known_lines_bytes": (_lines, len(LINES), len(LINES) - 1),
    "known_lines_rows": (_lines, 36, 35),
    "aci_bytes": (_aci, len(ACI), len(ACI) - 1),
    "aci_rows": (_aci, ACI.count(b"\n") + 1, ACI.count(b"\n")),
    "manifest_bytes": (_manifest, len(MANIFEST), len(MANIFEST) - 1),
    "scenario_bytes": (_scenario, len(OWN.encode()), len(OWN.encode()) - 1),
    "line_length": (_long, 304, 303),
    "cell_length": (_long, 300, 299),
    "text_columns": (_list, 2, 1),
    "text_cells": (_list, 6, 5),
    "workbook_unpacked": (_unpacked_exactly, 20_000, 19_999),
    "workbook_range": (_read_book, 6, 5),
    "workbook_cells": (_read_book, 7, 6),
    "workbook_seconds": (_read_book, LIMITS["workbook_seconds"], 0),
    "workbook_memory": (_read_book, LIMITS["workbook_memory"], 1_000_000),
}

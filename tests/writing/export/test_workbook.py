"""The workbook and the CSV, opened by libraries that did not write them."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from cpts_geo.schema import STATUS_LABELS, Status
from cpts_geo.writing.export.export import write_exports
from tests.kept import analysed
from tests.writing.export.conftest import CASES, DAY

ORDER = [
    "Lisez-moi", "Identité", "Indicateurs", "Communes", "Zonage", "SNP mensuel", "Semaine",
    "Capacité", "Scénarios", "Hypothèses", "Méthode et sources",
]  # fmt: skip
UNKNOWN = STATUS_LABELS[Status.UNKNOWN]


def one(folder: Path, end: str) -> Path:
    """Return the only file of a format."""
    (found,) = folder.glob(f"*.{end}")
    return found


def test_the_workbook_has_its_sheets_filters_and_named_cells(exported):
    book = openpyxl.load_workbook(one(exported("beauce_gatinais", "xlsx", "csv"), "xlsx"))
    assert book.sheetnames == ORDER
    for sheet in book:
        assert sheet.freeze_panes is not None
        assert sheet.auto_filter.ref == sheet.dimensions
    study = analysed("beauce_gatinais", draws=1000).studies["beauce_gatinais"]
    named = {}
    for name, defined in book.defined_names.items():
        ((title, place),) = defined.destinations
        named[name] = book[title][place].value
    assert named["hyp_target"] == study.scenario.target
    assert named["hyp_slots_today"] == study.scenario.slots_today
    assert [named[f"hyp_minutes_{end}"] for end in ("bas", "probable", "haut")] == list(
        study.scenario.minutes
    )


def test_codes_are_texts_and_numbers_are_numbers(exported):
    book = openpyxl.load_workbook(one(exported("beauce_gatinais", "xlsx", "csv"), "xlsx"))
    rows = list(book["Communes"].iter_rows(min_row=2))
    assert len(rows) == 87
    assert {row[0].data_type for row in rows} == {"s"}
    assert all(re.fullmatch(r"\d{5}", row[0].value) for row in rows)
    heads = [cell.value for cell in book["Communes"][1]]
    apl = next(place for place, head in enumerate(heads) if head.startswith("APL aux"))
    assert "2022" in heads[apl] or "2023" in heads[apl]
    assert {row[apl].data_type for row in rows} == {"n"}
    assert rows[0][apl].number_format == "#,##0.00"


@pytest.mark.parametrize("case", CASES)
def test_unknown_is_empty_and_said_and_zero_is_written(exported, case):
    folder = exported(case, "xlsx", "csv")
    book = CalamineWorkbook.from_path(one(folder, "xlsx"))
    heads, *rows = book.get_sheet_by_name("Communes").to_python()
    signs = [place for place, head in enumerate(heads) if head.startswith("Signe")]
    seen = set()
    for row in rows:
        for place in signs:
            known = UNKNOWN not in row[place]
            assert (row[place - 1] != "") == known
            seen.add((known, row[place - 1] == 0))
    assert (True, True) in seen
    if case == "mayotte":
        assert (False, False) in seen


@pytest.mark.parametrize("case", CASES)
def test_csv_and_workbook_say_the_same(exported, case):
    folder = exported(case, "xlsx", "csv")
    book = CalamineWorkbook.from_path(one(folder, "xlsx"))
    (path,) = folder.glob("*_communes.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        heads, *rows = csv.reader(stream, delimiter=";")
    theirs, *others = book.get_sheet_by_name("Communes").to_python()
    assert [head.removesuffix(" (%)") for head in heads] == theirs
    times = [100 if head.endswith(" (%)") else 1 for head in heads]
    assert (100 in times) == (case != "mayotte")
    # Each figure and each sign says its year.
    assert all(re.search(r"\b20\d\d\b", head) for head in heads[3:])
    assert len(rows) == len(others)
    for row, other in zip(rows, others, strict=True):
        for text, value, factor in zip(row, other, times, strict=True):
            if isinstance(value, float):
                assert "." not in text
                assert float(text.replace(",", ".")) == pytest.approx(factor * value, abs=0.006)
            else:
                assert text == value
    assert len(list(folder.glob("*.csv"))) == len(book.sheet_names) - 1


def test_licences_leave_with_every_table(exported):
    folder = exported("beauce_gatinais", "xlsx", "csv")
    book = CalamineWorkbook.from_path(one(folder, "xlsx"))
    told = [" ".join(map(str, row)) for row in book.get_sheet_by_name("Lisez-moi").to_python()]
    assert any("Licence Ouverte" in line for line in told)
    (sources,) = folder.glob("*_methode_et_sources.csv")
    assert "Licence Ouverte" in sources.read_text("utf-8-sig")


FORMULAS = ("=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "\t=1", '=HYPERLINK("http://x")')


def test_no_text_is_ever_computed(tmp_path):
    analysis = analysed("ouest_loiret", draws=1000)
    study = analysis.studies["ouest_loiret"]
    names = study.figures["name"].copy()
    names.iloc[: len(FORMULAS)] = FORMULAS
    outline = study.outline.copy()
    outline["name"], outline["document"] = FORMULAS[0], FORMULAS[1]
    places = study.comparison.assign(area_name=FORMULAS[2], note=FORMULAS[3])
    bad = replace(study, outline=outline, figures=study.figures.assign(name=names))
    bad = bad.with_parts(comparison=places)
    run = replace(analysis, studies={study.key: bad})
    write_exports(run, tmp_path, formats=("xlsx", "csv"), day=DAY)
    book = openpyxl.load_workbook(tmp_path / "ouest_loiret.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} <= {"s", "n"}
    assert FORMULAS[0] in {cell.value for cell in cells}
    assert set(book.sheetnames) <= set(ORDER)
    assert all(re.fullmatch(r"hyp_\w+", name) for name in book.defined_names)
    assert not any(cell.hyperlink for cell in cells)
    for path in tmp_path.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.reader(stream, delimiter=";"):
                for text in row:
                    start = text.lstrip()[:1]
                    assert start not in set("=@") or text.startswith("'")
                    assert text not in FORMULAS


def test_same_day_same_bytes(tmp_path):
    analysis = analysed("ouest_loiret", draws=1000)
    for name in ("one", "two"):
        write_exports(analysis, tmp_path / name, formats=("xlsx", "csv"), day=DAY)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name

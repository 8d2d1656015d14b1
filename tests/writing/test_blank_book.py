"""Workbooks to fill: read back as their CSV, tinted where empty, lists beside free words."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from cpts_geo.capacity.checks.invented import HEADINGS
from cpts_geo.indicators.filled.blank import blank_table
from cpts_geo.sources.analyst.aci.file import read_aci
from cpts_geo.sources.analyst.aci.template import aci_template
from cpts_geo.sources.analyst.calls.log import read_call_log
from cpts_geo.sources.analyst.filled.file import read_filled
from cpts_geo.writing.workbook.blank import write_blank_book

YES = ("oui", "non")


def book(path: Path, heads: list[str], rows: list[list[str | float | None]]) -> openpyxl.Workbook:
    write_blank_book(
        heads, rows, path, title="tableau", day=date(2026, 1, 2), choices={"Honoré": YES}
    )
    return openpyxl.load_workbook(path)


def test_a_filled_example_is_read_among_two_sheets(tmp_path: Path) -> None:
    areas = pd.DataFrame(
        {"territory": "ici", "area_level": ["cpts"], "area_code": "ici", "area_name": "Ici",
         "people": 50_000}
    )  # fmt: skip
    path = tmp_path / "sas.xlsx"
    heads, rows = blank_table("sas", areas=[areas], members=None, example_year=2025)
    assert book(path, heads, rows).sheetnames == ["tableau", "Lisez-moi"]
    [found] = read_filled(path)
    assert (len(found.rows), found.defects, set(found.rows["date"])) == (11, (), {"2025"})
    heads, rows = aci_template(example_year=2025)
    made = book(path, heads, rows).worksheets[0]
    assert isinstance(made.cell(2, heads.index("N") + 1).value, int | float)
    assert read_aci(path).rows["value_year"].unique().tolist() == [2025.0]


def test_cells_to_fill_are_tinted_and_are_no_texts(tmp_path: Path) -> None:
    heads, rows = blank_table("sas", areas=[], members=None)
    page = book(tmp_path / "sas.xlsx", heads, rows).worksheets[0]
    value, label = (page.cell(2, heads.index(name) + 1) for name in ("Valeur", "Indicateur"))
    assert value.number_format == "General" and value.fill.fill_type == "solid"
    assert label.fill.fill_type is None
    # « 12/2025 » stays what was typed.
    assert page.cell(2, heads.index("Date") + 1).number_format == "@"


@pytest.mark.parametrize("age", ["0-16", "5 à 10 ans"])
def test_a_registre_offers_lists_and_is_read_by_names_of_communes(tmp_path: Path, age: str) -> None:
    path = tmp_path / "registre.xlsx"
    kept = book(path, [*HEADINGS], [])
    page = kept.worksheets[0]
    [offered] = page.data_validations.dataValidation
    assert offered.formula1 == '"oui,non"' and not offered.showErrorMessage
    # Columns of one format are kept together, under the first.
    assert page.column_dimensions["C"].number_format == "@"
    for minute in range(2):
        page.append([f"05/01/2026 09:0{minute}", "rendez-vous", ("Pithiviers", "45252")[minute],
                     age, "oui", "oui", 3])  # fmt: skip
    kept.save(path)
    log = read_call_log(path)
    assert log["commune"].tolist() == ["Pithiviers", "45252"]
    assert log["age_class"].nunique() == 1 and log["own_doctor"].notna().all()

"""Cells of filled tables: dates as people write them, digits, errors of a workbook, headers."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from cpts_geo.errors import IndicatorsError
from cpts_geo.sources._conventions.masked import bounded
from cpts_geo.sources.analyst.aci._contradictions import contradictions
from cpts_geo.sources.analyst.aci.file import read_aci
from cpts_geo.sources.analyst.filled._cells import Number, disagrees, read_date
from cpts_geo.sources.analyst.filled.file import read_filled

HEADS = ["Tableau", "Territoire", "Ligne", "Valeur", "Date", "Producteur"]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("31-12-2025", "2025-12-31"),
        ("30 juin 2021", "2021-06-30"),
        ("1er août 2024", "2024-08-01"),
        ("2025-12-31 14:05:00", "2025-12-31"),
        # What a spreadsheet makes of 12/2025.
        ("déc-25", "2025-12"),
        ("janv.-25", "2025-01"),
        ("Sept 2024", "2024-09"),
        ("31-juil.-25", "2025-07-31"),
        ("jui-25", ""),
        ("30 juin", ""),
        ("٢٠٢٥", ""),
    ],
)
def test_dates_are_read_as_people_write_them(text: str, iso: str) -> None:
    wrong: list[str] = []
    assert read_date(text, wrong=wrong.append) == iso
    assert bool(wrong) == (not iso)


def test_digits_of_other_scripts_are_no_number_and_hundreds_are_infinite() -> None:
    found, unread = bounded(pd.Series(["١٢", "1" * 400]), masked=(0.0, 0.0))
    assert (list(unread), found["low"].iloc[1]) == (["١٢"], float("inf"))


def test_a_share_of_whole_points_was_rounded() -> None:
    number, population = Number(100.0), Number(1000.0)
    assert disagrees(number, population, Number(0.11, decimals=2))
    assert not disagrees(number, population, Number(0.10, decimals=2))


def test_cells_that_fail_are_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(HEADS)
    book.active.append(["sas", "ici", "effecteurs", "=6+6", "2025", "SAS"])
    book.save(tmp_path / "sas.xlsx")
    [found] = read_filled(tmp_path / "sas.xlsx")
    assert "cellule D2 : formule jamais calculée" in found.defects[0]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([HEADS], "aucune ligne sous l’en-tête"),
        ([HEADS[1:], ["ici", "effecteurs", "18", "2025", "SAS"]], "colonne absente : « Tableau »"),
    ],
)
def test_a_table_that_is_not_whole_says_what_it_lacks(
    lines: list[list[str]], said: str, tmp_path: Path
) -> None:
    path = tmp_path / "sas.csv"
    path.write_text("\n".join(map(";".join, lines)) + "\n", "utf-8")
    with pytest.raises(IndicatorsError, match=said):
        read_filled(path)


def test_the_aci_says_which_other_table_it_is_given(tmp_path: Path) -> None:
    path = tmp_path / "sas.csv"
    lines = [HEADS, ["sas", "ici", "effecteurs", "18", "2025", "SAS"]]
    path.write_text("\n".join(map(";".join, lines)) + "\n", "utf-8")
    with pytest.raises(IndicatorsError, match="ceci est un tableau sas"):
        read_aci(path)


def test_numbers_and_shares_of_the_aci_are_of_one_population() -> None:
    nothing = float("nan")
    row = {"territory": "", "reference_year": 2024.0, "value_year": 2026.0,
           "previous_year": nothing, "target_year": nothing, "previous": nothing,
           "target": nothing}  # fmt: skip
    row |= {f"{name}_hidden": False for name in ("reference", "previous", "value")}
    row |= {f"{name}_field": "" for name in ("reference", "previous", "value")}
    number = row | {"line": 2, "code": "mt_17_nombre", "reference": 6900.0, "value": 6100.0}
    share = row | {"line": 3, "code": "mt_17_part", "reference": 0.138, "value": 0.122}
    assert contradictions(pd.DataFrame([number, share])) == []
    [said] = contradictions(pd.DataFrame([number, share | {"value": 0.99}]))
    assert "ne sont pas d’une même population" in said

"""A log of several sheets: a sheet a month is one log, what is left aside is named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from cpts_geo.errors import TableError
from cpts_geo.french import MONTHS
from cpts_geo.sources.analyst.calls.log import read_call_log

HEADER = ["Date", "Heure", "Issue"]
Rows = Sequence[Sequence[Any]]


def book(folder: Path, sheets: dict[str, Rows], *, hidden: str = "") -> Path:
    """A workbook of these sheets, one of them hidden or not."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
        if name == hidden:
            sheet.sheet_state = "hidden"
    made.save(folder / "journal.xlsx")
    return folder / "journal.xlsx"


def month(number: int, rows: int) -> list[list[Any]]:
    """Calls of a month, one every five minutes of its first days."""
    first = datetime(2024, number, 1, 8)
    when = [first + timedelta(days=i % 20, minutes=5 * (i // 20)) for i in range(rows)]
    return [[w.replace(hour=0, minute=0), w.time(), "RDV"] for w in when]


def test_a_sheet_a_month_is_one_log(tmp_path: Path) -> None:
    sheets = {MONTHS[n - 1]: [HEADER, *month(n, 10 + n)] for n in range(1, 13)}
    log = read_call_log(book(tmp_path, sheets))
    assert len(log) == sum(10 + n for n in range(1, 13))
    assert log["time"].dt.month.value_counts().to_dict() == {n: 10 + n for n in range(1, 13)}
    said = log.attrs["notes"][0]
    assert said.startswith("12 feuilles lues ensemble : « janvier » (11 lignes), « février » (12 ")


def test_columns_of_a_sheet_may_stand_in_another_order(tmp_path: Path) -> None:
    turned = [[row[2], row[0], row[1]] for row in [HEADER, *month(2, 4)]]
    log = read_call_log(book(tmp_path, {"janvier": [HEADER, *month(1, 3)], "février": turned}))
    assert log["time"].dt.month.tolist() == [1, 1, 1, 2, 2, 2, 2]
    assert set(log["outcome"]) == {"appointment"}


def test_what_is_not_read_is_named(tmp_path: Path) -> None:
    sheets = {
        "janvier": [HEADER, *month(1, 30)],
        "bilan": [["Mois", "Appels"], ["janvier 2024", 30]],
        "notes": [["à relire"]],
        "brouillon": [HEADER, *month(3, 5)],
    }
    log = read_call_log(book(tmp_path, sheets, hidden="brouillon"))
    assert len(log) == 30
    assert log.attrs["notes"][:3] == (
        "1 feuille lue : « janvier » (30 lignes).",
        "Feuilles laissées de côté (d’un autre en-tête) : « bilan » et « notes ».",
        "Feuilles laissées de côté (masquées) : « brouillon ».",
    )


def test_a_year_beside_its_months_is_counted_once(tmp_path: Path) -> None:
    months = {"janvier": month(1, 12), "février": month(2, 9), "mars": month(3, 15)}
    year = [row for rows in months.values() for row in rows]
    sheets = {"2024": year, **months}
    log = read_call_log(book(tmp_path, {n: [HEADER, *rows] for n, rows in sheets.items()}))
    assert len(log) == len(year) == 36
    assert any("dans les autres) : « 2024 »." in note for note in log.attrs["notes"])


def test_rows_of_two_sheets_are_told(tmp_path: Path) -> None:
    sheets = {"nord": [HEADER, *month(1, 12)], "sud": [HEADER, *month(1, 5), *month(2, 3)]}
    log = read_call_log(book(tmp_path, sheets))
    assert len(log) == 20
    assert any(n.startswith("10 lignes sont les mêmes dans plusieurs") for n in log.attrs["notes"])


def test_a_defect_names_its_sheet(tmp_path: Path) -> None:
    wrong = [datetime(2024, 2, 3), time(9), "rendez-vos"]
    sheets = {"janvier": [HEADER, *month(1, 3)], "février": [HEADER, *month(2, 2), wrong]}
    with pytest.raises(TableError) as caught:
        read_call_log(book(tmp_path, sheets))
    assert caught.value.defects[0].startswith("1 ligne (« février » 4) : issue « rendez-vos »")


def test_people_of_any_sheet_are_refused(tmp_path: Path) -> None:
    somebody = [datetime(2024, 2, 3), time(9), "EXEMPLE Prenom"]
    sheets = {"janvier": [HEADER, *month(1, 3)], "février": [HEADER, somebody]}
    with pytest.raises(TableError, match="un nom de personne") as caught:
        read_call_log(book(tmp_path, sheets))
    assert "EXEMPLE" not in str(caught.value)


def test_hidden_rows_and_cells_that_fail_are_told(tmp_path: Path) -> None:
    path = book(
        tmp_path, {"janvier": [HEADER, *month(1, 4), [datetime(2024, 1, 9), time(9), "#N/A"]]}
    )
    made = openpyxl.load_workbook(path)
    made.active.row_dimensions[3].hidden = True
    made.active["C6"].data_type = "e"
    made.save(path)
    log = read_call_log(path)
    assert (len(log), int(log["outcome"].isna().sum())) == (5, 1)
    assert log.attrs["notes"][:2] == (
        "Feuille « janvier » : rangs masqués dans le classeur, et lus : 1 ligne (3).",
        "Feuille « janvier » : cellules en erreur, lues vides : 1 ligne (6).",
    )

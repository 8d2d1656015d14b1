"""The door of an analyst's files: what is read, what is said of it, what never blocks."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpts_geo.errors import CptsGeoError, PerimeterError
from cpts_geo.sources.analyst._tables.text import rows_of, text_of
from cpts_geo.sources.analyst._tables.workbook import read_workbook
from cpts_geo.sources.analyst.calls.log import read_call_log
from cpts_geo.sources.analyst.lists._columns import PERIMETER
from cpts_geo.sources.analyst.lists.perimeter import read_perimeter_file
from cpts_geo.sources.door import memory_told, read_bytes

NAME = Path("liste.csv")


def test_lines_of_two_encodings_are_read_and_said(tmp_path: Path) -> None:
    content = "commune\nCléry-Saint-André\n".encode() + "Épieds-en-Beauce\n".encode("cp1252")
    path = tmp_path / "liste.csv"
    path.write_bytes(content)
    read = read_perimeter_file(path)
    assert read["name"].to_list() == ["Cléry-Saint-André", "Épieds-en-Beauce"]
    assert "Encodages mêlés" in read.attrs["notes"][0]


def test_a_log_says_its_encoding_too(tmp_path: Path) -> None:
    path = tmp_path / "journal.csv"
    path.write_bytes("date;issue\n04/03/2024;annulé\n".encode("utf-16"))
    assert "Encodage UTF-16." in read_call_log(path).attrs["notes"]


def test_lines_end_as_on_any_system() -> None:
    for end in ("\n", "\r\n", "\r"):
        text, _ = text_of(NAME, f"a;b{end}{end}c;d{end}".encode(), door=PERIMETER)
        assert rows_of(NAME, text, ";", door=PERIMETER) == [(1, ("a", "b")), (3, ("c", "d"))]


@given(st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=20), min_size=1))
def test_any_cells_written_as_csv_are_read_back(cells: list[str]) -> None:
    text = ";".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\n"
    rows = rows_of(NAME, text, ";", door=PERIMETER)
    stripped = tuple(cell.strip() for cell in cells)
    assert rows == ([(1, stripped)] if any(stripped) else [])


@given(st.binary(max_size=300))
def test_any_bytes_are_a_text_or_a_refusal(content: bytes) -> None:
    try:
        text, _ = text_of(NAME, content, door=PERIMETER)
    except CptsGeoError as error:
        assert error.remedy
    else:
        assert (
            "\ufffd" not in text
            or "\ufffd".encode() in content
            or content[:2]
            in (
                b"\xff\xfe",
                b"\xfe\xff",
            )
        )


def test_a_workbook_is_read_from_its_first_column(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Une"
    cells = {
        "C3": "  texte ",
        "D3": 3.0,
        "E3": 2.5,
        "C5": dt.datetime(2024, 3, 4, 8, 30),
        "D5": dt.date(2024, 3, 4),
        "E5": dt.time(8, 30),
        "F5": True,
    }
    for reference, value in cells.items():
        book.active[reference] = value
    book.create_sheet("Cachée").sheet_state = "hidden"
    # Formatted, and empty: no part of what is used.
    book.active["XFD1048576"].font = openpyxl.styles.Font(bold=True)
    path = tmp_path / "livre.xlsx"
    book.save(path)
    read = read_workbook(path, path.read_bytes(), door=PERIMETER)
    assert read.names == ("Une", "Cachée")
    assert [sheet.name for sheet in read.sheets] == ["Une"]
    assert read.sheets[0].rows == [
        (3, ("", "", "texte", "3", "2.5", "")),
        (5, ("", "", "2024-03-04 08:30:00", "2024-03-04 00:00:00", "08:30:00", "True")),
    ]


def test_a_lack_of_memory_is_told() -> None:
    @memory_told(PERIMETER)
    def reads(path: Path) -> None:
        raise MemoryError

    with pytest.raises(PerimeterError, match=r"La mémoire .* pour lire liste\.csv\."):
        reads(NAME)


@pytest.mark.skipif(os.name == "nt", reason="named pipes of Unix")
def test_a_pipe_that_takes_the_place_of_the_file_does_not_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "liste.csv"
    path.write_bytes(b"commune\nDry\n")
    before = path.stat()
    path.unlink()
    os.mkfifo(path)
    # What was looked at before the exchange.
    monkeypatch.setattr(Path, "stat", lambda self: before)
    with pytest.raises(PerimeterError, match="un tube nommé"):
        read_bytes(path, PERIMETER)


@pytest.mark.skipif(os.name == "nt", reason="files of Linux that do not say their size")
def test_a_file_that_says_no_size_is_read_within_its_bound(tmp_path: Path) -> None:
    if not Path("/proc/self/maps").exists():
        pytest.skip("no such file here")
    (tmp_path / "liste.csv").symlink_to("/proc/self/maps")
    assert read_bytes(tmp_path / "liste.csv", PERIMETER)


def test_what_a_workbook_hides_and_what_fails_in_it(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["commune", "code", "n"], ["Dry", "=A2", "#N/A"], ["Baule", '=""', 1], ["Ay", 2]):
        sheet.append(row)
    sheet["C5"] = "=NA()"
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions.group("E", "F", hidden=True)
    book.create_sheet("Cachée").append(["commune"])
    book["Cachée"].sheet_state = "hidden"
    path = tmp_path / "livre.xlsx"
    book.save(path)
    [read] = read_workbook(path, path.read_bytes(), door=PERIMETER).sheets
    assert (read.hidden_rows, read.hidden_columns) == ({3}, {4, 5})
    never = "formule jamais calculée"
    assert read.failed == {1: [(2, never), (3, never)], 2: [(2, "#N/A"), (5, never)]}
    wanted = read_workbook(path, path.read_bytes(), door=PERIMETER, wanted="Cachée").sheets
    assert [each.name for each in wanted] == ["Sheet", "Cachée"]

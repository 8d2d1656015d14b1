"""Text of others made fit to be shown: names, terminals, spreadsheets, names of files."""

from __future__ import annotations

import csv
import io
import unicodedata
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cpts_geo.atlas.look.cells import Cell
from cpts_geo.cli import _terminal as terminal
from cpts_geo.cli.last_resort import refuse
from cpts_geo.errors import one_line
from cpts_geo.files import write_csv
from cpts_geo.foreign import (
    MAX_NAME,
    for_spreadsheet,
    is_invisible,
    shown_name,
    shown_path,
    visible,
)
from cpts_geo.french import slug

anything = st.text(st.characters(), max_size=300)


@given(anything)
@example("CPTS\ud800")
@example("\u202e" * 300)
@example("a" * MAX_NAME)
@example("a" * (MAX_NAME + 1))
def test_a_name_is_one_visible_line_and_is_the_same_twice(text: str) -> None:
    name = shown_name(text)
    assert len(name) <= MAX_NAME
    assert not any(map(is_invisible, name))
    assert name == " ".join(name.split())
    assert shown_name(name) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("CPTS du Val de l’Ouest", "CPTS du Val de l’Ouest"),
        ("  CPTS\r\n\tdu Val\u2028Est ", "CPTS du Val Est"),
        ("CPTS\x00du\x1b[2JVal", "CPTS du [2JVal"),
        ("Val\u202eeriol\u202c", "Valeriol"),
        ("\ufeffVal\u200b\u00ad", "Val"),
        ("journal_\udce9t\udce9", "journal_\ufffdt\ufffd"),
        ("\x07\x00", ""),
        ("a" * 10_000, "a" * 199 + "…"),
    ],
)
def test_names(text: str, name: str) -> None:
    assert shown_name(text) == name


@given(anything)
def test_a_terminal_receives_no_command(text: str) -> None:
    shown = visible(text)
    assert len(shown) == len(text)
    assert all(not is_invisible(c) or c in "\n\t" for c in shown)
    assert visible(shown) == shown


def test_what_a_command_prints_is_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    evil = "[red]a\x1b[31mb\u202ec\x9b1m[/red]"
    terminal.echo(evil)
    terminal.teller()(evil)
    view = terminal.table_view([evil, "x"], [[evil, Cell(evil)]], title=evil, right=True)
    terminal.results().print(view)
    out, err = capsys.readouterr()
    assert out.count("[red]a\ufffd[31mb\ufffdc\ufffd1m[/red]") == 5
    with pytest.raises(SystemExit):
        refuse(evil, 1)
    err += capsys.readouterr().err
    assert err.count("[red]a\ufffd[31mb\ufffdc\ufffd1m[/red]") == 2
    assert not any(is_invisible(c) for c in out + err if c != "\n")


def cells_of(text: str, separator: str) -> list[str]:
    """Every cell that a spreadsheet would make of a file with this separator."""
    return [cell for row in csv.reader(io.StringIO(text), delimiter=separator) for cell in row]


def is_formula(cell: str) -> bool:
    """What a spreadsheet may compute: judged apart from the rule that is tested."""
    seen = "".join(c for c in cell if unicodedata.category(c)[0] != "C").strip()
    first = unicodedata.normalize("NFKC", seen[:1])
    number = seen[1:].strip().rstrip("%").strip().replace(" ", "").replace(",", "").replace(".", "")
    return first in ("=", "@") or (first in ("+", "-") and not (number.isdecimal() or not number))


FORMULAS = [
    "=1+1",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "＝1+1",
    "＋A1",
    "－A1",
    "＠A1",
    "\ufeff=1+1",
    "\u200b\u200b=1+1",
    "  =1+1",
    "\t=1+1",
    "\r\n=1+1",
    "Dry;=1+1",
    "Dry ; \u200b@A1",
    "Dry\n=1+1",
    "Dry\t=HYPERLINK(1)",
    '";=1+1',
]


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_cell_is_computed_whatever_the_separator(
    text: str, separator: str, tmp_path: Path
) -> None:
    path = tmp_path / "table.csv"
    write_csv(pd.DataFrame({"name": [text, "Dry"], text: [1, 2]}), path)
    assert [c for c in cells_of(path.read_text(encoding="utf-8"), separator) if is_formula(c)] == []


@given(st.text(st.sampled_from("=+-@;\n\t, \"'a1é\u200b＝"), max_size=12))
def test_no_text_is_computed(text: str) -> None:
    for separator in ";\n\t\r":
        cells = for_spreadsheet(text).split(separator)
        assert not any(is_formula(cell) for cell in cells)


@pytest.mark.parametrize(
    "text",
    ["Saint-Ay", "−0,03", "-3,5", "+12 %", "- 4", "a = b", "Dry ; Baule", "1=2", "à 15-20 h", ""],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert for_spreadsheet(text) == text


DEVICES = ["con", "PRN", "Aux", "nul", *(f"COM{n}" for n in (1, 9)), *(f"lpt{n}" for n in (1, 9))]


@given(anything)
@example("…/../..")
@example("a" * 59 + " b")
def test_the_name_of_a_file_is_valid_everywhere(text: str) -> None:
    name = slug(text)
    assert 1 <= len(name) <= 80
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789_")
    assert name.strip("_") == name
    assert name.upper() not in {device.upper() for device in DEVICES}


@pytest.mark.parametrize("device", DEVICES)
def test_no_file_is_named_after_a_device_of_windows(device: str) -> None:
    assert slug(device) == f"territoire_{device.lower()}"
    assert slug(f"{device}.") == f"territoire_{device.lower()}"
    assert slug(f"{device} du Val") == f"{device.lower()}_du_val"


def test_what_is_quoted_shows_its_spaces_and_escapes_what_is_invisible() -> None:
    assert one_line("10\u202f000\xa0€\u2003\u3000.") == "10\u202f000\xa0€\u2003\u3000."
    assert one_line("a\u2028\u200b\x85\ud800\ue000b") == r"a\u2028\u200b\x85\ud800\ue000b"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("a" * 120, "a" * 120),
        ("a" * 121, "…" + "a" * 119),
        ("d" * 60 + "/" + "e" * 60 + "/a.csv", "…/" + "e" * 60 + "/a.csv"),
        ("d\n/\x1ba\u202e.csv", r"d\n/\x1ba\u202e.csv"),
    ],
)
def test_a_path_is_quoted_by_its_end_on_one_line(path: str, shown: str) -> None:
    assert shown_path(path) == shown
    assert shown_path(Path(path)) == shown

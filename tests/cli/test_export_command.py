"""« cpts-geo export » as an analyst types it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cpts_geo.writing.export import _pdf

QUICK = ("--draws", "100", "--embedded-only")


def test_help_is_in_french_and_names_territories_as_a_report_does(command):
    code, said, _ = command("export", "--help")
    _, report, _ = command("report", "--help")
    assert code == 0
    flat = " ".join(said.split())
    for option in ("--format", "--annexe", "--output", "Répétable"):
        assert option in flat
    for option in ("--perimeter", "--epci", "--departement", "--scenario", "--share-without-mt"):
        assert option in said and option in report


def test_files_of_two_formats_are_told_by_their_paths(command, tmp_path):
    code, said, told = command(
        "export", "ouest_loiret", *QUICK, "--format", "csv", "--format", "xlsx", "--output", "ici"
    )
    assert code == 0, told
    paths = [line.removeprefix("Fichier : ") for line in said.splitlines()]
    assert set(map(Path, paths)) == set((tmp_path / "ici").iterdir())
    assert str(tmp_path / "ici" / "ouest_loiret.xlsx") in paths
    assert "· CSV : CPTS Ouest Loiret" in told
    with (tmp_path / "ici" / "ouest_loiret_communes.csv").open(encoding="utf-8-sig") as stream:
        heads, *rows = csv.reader(stream, delimiter=";")
    assert heads[:2] == ["Code Insee", "Commune"]
    assert len(rows) == 21


def test_a_list_of_ones_own_goes_to_a_folder_of_its_own(command, tmp_path):
    (tmp_path / "iroise.csv").write_text("commune\nLe Conquet\nPlougonvelin\n", encoding="utf-8")
    asked = ("--perimeter", "iroise.csv", "--departement", "29", "--format", "csv")
    code, _, told = command("export", *asked, *QUICK)
    assert code == 0, told
    made = tmp_path / "outputs" / "iroise" / "exports"
    assert (made / "iroise_communes.csv").is_file()


@pytest.mark.parametrize(
    ("arguments", "words", "code"),
    [
        (("export", "lvo", "--format", "docx"), "--format attend une de ces valeurs", 2),
        (("export", "lvo"), "il manque : --format", 2),
        (("export", "nulle_part", "--format", "csv"), "nulle_part", 1),
    ],
)
def test_what_is_not_understood_is_refused_in_french(command, tmp_path, arguments, words, code):
    found, said, told = command(*arguments)
    assert (found, said) == (code, "")
    assert words in told and "À faire :" in told
    assert list(tmp_path.iterdir()) == []


def test_no_browser_is_said_at_once(command, monkeypatch, tmp_path):
    monkeypatch.setattr(_pdf, "find_browser", lambda: None)
    code, said, told = command("export", "lvo", "--format", "pdf", "--format", "csv")
    assert (code, said) == (1, "")
    assert "CPTS_GEO_BROWSER" in told
    assert "·" not in told
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_takes_no_file_is_refused(command, tmp_path):
    (tmp_path / "ici").write_text("un fichier", encoding="utf-8")
    code, _, told = command("export", "lvo", "--format", "csv", "--output", "ici")
    assert code == 1
    assert "Impossible d’écrire" in told

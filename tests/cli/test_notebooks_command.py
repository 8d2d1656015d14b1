"""`cpts-geo notebooks run` as an analyst meets it."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from cpts_geo.errors import NotebookError
from cpts_geo.writing.notebooks import run
from cpts_geo.writing.notebooks.run import Step
from tests.conftest import PYTHONPATH, ROOT
from tests.writing.notebooks.small import write

STEPS = [
    Step(0, 2, "LVO — 01. A", "", None),
    Step(1, 2, "LVO — 02. B", "LVO — 01. A : écrit", 185.0),
    Step(2, 2, "", "LVO — 02. B : échec, pas de réseau", 0.0),
]


class Terminal(io.StringIO):
    """An error output that a person watches."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture
def asked(monkeypatch):
    """What the command hands on, where a run is two steps."""
    seen = {}

    def fake(typed, output, *, watch, say, **options):
        seen.update(typed=list(typed), output=output, **options)
        for step in STEPS:
            watch(step)
        return Path("ici", "index.html")

    monkeypatch.setattr(run, "run_notebooks", fake)
    return seen


def test_help_lines_hold_in_the_list_of_commands(command):
    assert "Carnets exécutés pour d’autres territoires." in command("--help")[1]
    assert command("notebooks")[1] == command("notebooks", "--help")[1]
    said = command("notebooks", "run", "--help")[1]
    for option in ("--territory", "--departement", "--notebook ", "--notebooks", "--output"):
        assert option in said


def test_what_is_typed_is_handed_on(command, asked, tmp_path):
    code, out, _ = command(
        "notebooks", "run", "--territory", "lvo", "--territory", "a.csv", "--departement", "45",
        "--notebook", "3", "--notebooks", "~/mes carnets", "--output", "là",
        "--log", "j.csv",
    )  # fmt: skip
    assert (code, out) == (0, f"Carnets prêts : {tmp_path / 'ici' / 'index.html'}\n")
    assert asked == {
        "typed": ["lvo", "a.csv"], "output": Path("là"), "departements": ["45"],
        "notebooks": ["3"], "folder": Path.home() / "mes carnets", "log": Path("j.csv"),
    }  # fmt: skip


def test_by_default_those_of_the_project_go_to_the_results(command, asked):
    assert command("notebooks", "run", "--territory", "lvo")[0] == 0
    assert (asked["folder"], asked["output"]) == (Path("notebooks"), Path("outputs", "carnets"))


def test_a_file_gets_a_line_a_notebook(command, asked):
    _, _, err = command("notebooks", "run", "--territory", "lvo")
    assert err.splitlines() == [
        "· 1/2 LVO — 01. A : écrit ; reste environ 3 min",
        "· 2/2 LVO — 02. B : échec, pas de réseau",
    ]


def test_a_terminal_shows_how_far_it_is_too(command, asked, monkeypatch):
    screen = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", screen)
    command("notebooks", "run", "--territory", "lvo")
    shown = screen.getvalue()
    assert "1/2" in shown and "reste environ 3 min · LVO — 02. B" in shown
    assert "· 1/2 LVO — 01. A : écrit" in shown


def test_refusals_are_said_and_leave_no_folder(command, tmp_path):
    for arguments, words in {
        (): "aucun territoire",
        ("--territory", "lvo"): "« notebooks » n’existe pas",
        ("--territory", "lyon"): "« lyon » : ni une clé",
        ("--territory", "lvo", "--notebook", "42", "--notebooks", ROOT / "notebooks"): "« 42 »",
    }.items():
        code, out, err = command("notebooks", "run", *arguments)
        assert (code, out) == (1, "")
        assert words in err and "À faire :" in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.notebook
def test_a_failure_ends_with_code_1_once_the_others_are_written(command, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", PYTHONPATH)
    parameter = 'territory = "lvo"'
    write(tmp_path / "notebooks" / "01_a.ipynb", "# 01. A", parameter, "1 / 0")
    write(tmp_path / "notebooks" / "02_b.ipynb", "# 02. B", parameter, "print(territory)")
    code, out, err = command("notebooks", "run", "--territory", "asclepios")
    assert (code, out) == (1, "")
    assert "1 carnet a échoué sur 2" in err
    assert (tmp_path / "outputs" / "carnets" / "asclepios" / "02_b.html").is_file()


def test_an_interruption_says_what_is_whole(monkeypatch, tmp_path):
    folder = tmp_path / "carnets"
    write(folder / "01_a.ipynb", "# 01. A", 'territory = "lvo"')
    ran = []

    def stopped(asked, *_, **__):
        ran.append(asked.key)
        if len(ran) == 2:
            raise NotebookError("raté.", remedy="rien.")
        if len(ran) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(run, "_write", stopped)
    with pytest.raises(KeyboardInterrupt, match="1 carnet écrit en entier sur 4, aucun à moitié"):
        run.run_notebooks(
            ["lvo", "asclepios", "ouest_loiret", "ondaine_forez"], tmp_path / "o", folder=folder
        )
    assert "raté" in (tmp_path / "o" / "index.html").read_text(encoding="utf-8")

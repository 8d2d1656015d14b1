"""Scripts of the pages are linted like the rest of the code."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

SCRIPTS = sorted((ROOT / "cpts_geo" / "atlas" / "templates").rglob("*.js"))
LINTER = Path(sys.executable).with_name("oxlint")


def linted(path: Path) -> subprocess.CompletedProcess[str]:
    command = [str(LINTER), "--config", str(ROOT / "tests" / "oxlint.json"), str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_of_a_page_is_clean(path: Path) -> None:
    done = linted(path)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "text",
    ["fetch('x');", "let b = 1; b === 2 ? 1 : 2;", "undefinedName();", "eval('1');"],
)
def test_what_is_not_clean_is_seen(text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.js"
    path.write_text(text, encoding="utf-8")
    assert linted(path).returncode != 0


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_text_is_never_written_as_html(path: Path) -> None:
    written = path.read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", written)

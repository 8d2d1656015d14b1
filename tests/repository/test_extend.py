"""docs/extend.md: each change it shows is made on a copy, in as few files as it says, and works."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import on_path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "extend.md").read_text("utf-8")
#: The most files that each change may touch.
AT_MOST = {
    "An indicator": 3,
    "A source, read and shown": 4,
    "A column or a sentence of a section": 2,
    "A section of the page": 4,
    "A parameter of scenarios": 4,
    "The default deadline": 1,
    "A palette": 1,
}


@dataclass(frozen=True)
class Recipe:
    """A change: how many files it says it touches, its diff, and what then holds."""

    files: int
    diff: str
    check: str


def recipes() -> dict[str, Recipe]:
    """Read the changes of the page, by title."""
    found = {}
    for title, files, body in re.findall(
        r"^## ([^\n]+): (\d+) files?\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL
    ):
        (diff,), (check,) = (
            re.findall(rf"^```{kind}\n(.*?)^```", body, re.MULTILINE | re.DOTALL)
            for kind in ("diff", "python")
        )
        found[title] = Recipe(int(files), diff, check)
    return found


def test_every_change_is_in_the_page_and_within_its_number_of_files() -> None:
    found = recipes()
    assert set(found) == set(AT_MOST)
    for title, recipe in found.items():
        touched = set(re.findall(r"^\+\+\+ b/(\S+)", recipe.diff, re.MULTILINE))
        assert len(touched) == recipe.files <= AT_MOST[title], title


@pytest.mark.parametrize("title", AT_MOST)
def test_a_change_applies_to_the_code_of_today(title: str) -> None:
    command = ["git", "apply", "--check", "-"]
    done = subprocess.run(
        command, cwd=ROOT, input=recipes()[title].diff, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def checked(recipe: Recipe, root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-c", recipe.check]
    there = os.environ | {"PYTHONPATH": on_path(root)}
    return subprocess.run(command, env=there, capture_output=True, text=True, check=False)


@pytest.mark.full
@pytest.mark.parametrize("title", AT_MOST)
def test_a_change_works_on_a_copy(title: str, tmp_path: Path) -> None:
    recipe = recipes()[title]
    for folder in ("cpts_geo", "data"):
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__")
        )

    # Without the change it does not hold: else the check would prove nothing.
    assert checked(recipe, ROOT).returncode != 0
    applied = subprocess.run(
        ["git", "apply", "-"], cwd=tmp_path, input=recipe.diff, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert applied.returncode == 0, applied.stderr
    after = checked(recipe, tmp_path)
    assert after.returncode == 0, after.stderr

"""The workflow file, read and no more: nothing here has run it."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import yaml

from tests.conftest import ROOT

TEXT = (ROOT / ".github" / "workflows" / "tests.yml").read_text("utf-8")
#: YAML 1.1 reads the key « on » as true.
FOUND: dict[Any, Any] = yaml.safe_load(TEXT)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
[JOB] = FOUND["jobs"].values()


def test_it_runs_the_checks_on_what_the_package_says_it_runs_on() -> None:
    matrix = JOB["strategy"]["matrix"]
    assert [each.partition("-")[0] for each in matrix["os"]] == ["ubuntu", "windows", "macos"]
    told = re.findall(r"Python :: (3\.\d+)$", "\n".join(PROJECT["classifiers"]), re.MULTILINE)
    assert matrix["python"] == told == ["3.11", "3.12", "3.13", "3.14"]
    assert PROJECT["requires-python"] == f">={told[0]}"
    assert [step["run"] for step in JOB["steps"] if "run" in step] == ["python run.py test"]


def test_it_may_read_alone_and_pins_what_it_uses() -> None:
    assert FOUND["permissions"] == {"contents": "read"}
    assert "permissions" not in JOB
    used = [step["uses"] for step in JOB["steps"] if "uses" in step]
    assert used
    assert [each for each in used if not re.fullmatch(r"actions/[a-z-]+@v\d+", each)] == []
    assert "secrets" not in TEXT
    assert {*FOUND[True]} == {"push", "pull_request", "workflow_dispatch"}


def test_it_says_that_it_is_untried() -> None:
    assert TEXT.startswith("# Untried:")
    assert "It is untried" in (ROOT / "CONTRIBUTING.md").read_text("utf-8")

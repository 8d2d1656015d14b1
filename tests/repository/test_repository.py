"""Hygiene of what is committed: sizes, personal data, paths, versions, docstrings, imports."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

import cpts_geo
from run import LOCKS
from tests.conftest import ROOT, unavailable

FILE_CAP_BYTES = 8_500_000
DATA_CAP_BYTES = 15_000_000

#: In pieces: no host of a package registry is spelled in the repository, here neither.
REGISTRIES = "py-pi python-hosted ana-conda npm-js yarn-pkg deb-ian".replace("-", "").split()
#: No pattern matches its own source, so this file is searched like the others.
FORBIDDEN = {
    "path of a machine": r"/(?:work|root|home|Users)/\w",
    "host of a package registry": rf"(?:{'|'.join(REGISTRIES)})\.(?:org|com|io)\b",
    "e-mail address": r"[\w.+-]+@(?:[\w-]+\.)+[A-Za-z]{2,}\b",
    "French phone number": (
        r"(?<![\w.,+-])(?:0|\+33[ .\u00a0\u202f]?(?:\(0\))?)[ .\u00a0\u202f]?"
        r"[1-9](?:[ .\u00a0\u202f-]?\d{2}){4}(?![\w])"
    ),
}
LOCK_ENTRY = (
    r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+]+(?: ; [^\n\\]+)?(?: \\\n    --hash=sha256:[0-9a-f]{64})+\n"
)


@pytest.fixture(scope="module")
def files() -> list[Path]:
    """Files that are committed, or would be by ``git add .``."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        unavailable("not a git checkout, or git is absent: the files to check are unknown")
    paths = [ROOT / name for name in listed.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def text_of(path: Path) -> str | None:
    """Text of a file, whatever its encoding; None when it is binary."""
    content = path.read_bytes()
    return None if b"\0" in content else content.decode("utf-8", errors="replace")


def findings(kind: str, text: str) -> list[str]:
    """What a text holds of a forbidden kind."""
    return [match.group() for match in re.finditer(FORBIDDEN[kind], text)]


@pytest.mark.parametrize(
    ("kind", "guilty"),
    [
        ("path of a machine", ["", "home", "someone", "x"]),
        *(("host of a package registry", ["https:", "", f"{name}.org"]) for name in REGISTRIES),
        ("host of a package registry", [f"files.{REGISTRIES[1]}.org"]),
        ("e-mail address", ["nom.prenom" + "@" + "exemple.fr"]),
        ("French phone number", ["tel : " + " ".join(["02", "38", "00", "00", "00"])]),
        ("French phone number", ["+33" + " 2" + ".38" * 4]),
        ("French phone number", ["(" + "06" + "1" * 8 + ")"]),
    ],
)
def test_patterns_catch_what_they_are_for(kind, guilty):
    assert len(findings(kind, "/".join(guilty))) == 1


@pytest.mark.parametrize(
    "innocent",
    [
        "@etalab/decoupage-administratif@6.0.0 est un paquet",
        "le 116 117, le 15, le 0 800 et 44 165 habitants",
        "code 45001, 0.0612345678, 2022-01-24 08:30, sha256:0612345678abcdef",
        "import numpy @ media { } homeless/work",
    ],
)
def test_patterns_leave_the_rest(innocent):
    assert [found for kind in FORBIDDEN for found in findings(kind, innocent)] == []


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_no_forbidden_text(files, kind):
    texts = {path.relative_to(ROOT): text_of(path) for path in files}
    found = {path: hits for path, text in texts.items() if text and (hits := findings(kind, text))}
    assert found == {}


def test_words_are_counted_and_never_left_in_two_numbers(files):
    said = {}
    for path in files:
        if path.suffix == ".py" and path.is_relative_to(ROOT / "cpts_geo"):
            nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            texts = [
                n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)
            ]
        elif path.suffix in {".j2", ".csv", ".json"} and "tests" not in path.parts:
            texts = [path.read_text(encoding="utf-8")]
        else:
            continue
        if found := re.findall(r"\w+\((?:s|es|x)\)", "\n".join(texts)):
            said[path.relative_to(ROOT)] = found
    assert said == {}


def test_sizes(files):
    sizes = {path.relative_to(ROOT): path.stat().st_size for path in files}
    assert {path: size for path, size in sizes.items() if size > FILE_CAP_BYTES} == {}
    assert sum(size for path, size in sizes.items() if path.parts[0] == "data") < DATA_CAP_BYTES


def test_notebooks_hold_no_result(files):
    dirty = [
        (path.name, index)
        for path in files
        if path.suffix == ".ipynb"
        for index, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"])
        if cell.get("outputs") or cell.get("execution_count")
    ]
    assert dirty == []


def test_outputs_are_not_committed(files):
    committed = [path.relative_to(ROOT).as_posix() for path in files]
    assert [name for name in committed if name.startswith("outputs/")] == ["outputs/README.md"]


@pytest.mark.parametrize("name", LOCKS)
def test_lock_holds_only_names_versions_markers_and_hashes(name):
    lock = (ROOT / name).read_text(encoding="utf-8")
    assert re.sub(LOCK_ENTRY, "", lock) == ""


def test_one_version_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## \[([^\]]+)\](?: - (.+))?$", changelog, re.MULTILINE)
    assert project["version"] == cpts_geo.__version__ == citation["version"]
    released = next(heading for heading in headings if heading[0] != "Unreleased")
    assert released == (project["version"], citation["date-released"].isoformat())
    package = json.loads((ROOT / "data" / "communes" / "datapackage.json").read_text("utf-8"))
    assert package["version"] == project["version"]
    assert f"Figures of version {project['version']}." in (ROOT / "README.md").read_text("utf-8")


def test_one_licence_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert project["license"] == citation["license"] == "MIT"
    assert licence.startswith("MIT License")
    author = project["authors"][0]["name"]
    assert citation["authors"] == [{"name": author}]
    assert author in licence

"""Hygiene of what is committed: sizes, personal data, paths, versions, docstrings, imports."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import re
import subprocess
import tomllib
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from importlinter.cli import lint_imports
from numpydoc.docscrape import NumpyDocString
from numpydoc.validate import Validator, validate

import cpts_geo
from run import LOCKS
from tests.conftest import ROOT, unavailable

FILE_CAP_BYTES = 8_500_000
DATA_CAP_BYTES = 15_000_000
MODULE_CAP_LINES = 400

#: No pattern matches its own source, so this file is searched like the others.
FORBIDDEN = {
    "path of a machine": r"/(?:work|root|home|Users)/\w",
    "host of a package registry": (
        r"(?:pypi|pythonhosted|anaconda|npmjs|yarnpkg|debian)\.(?:org|com|io)\b"
    ),
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
        ("host of a package registry", ["https:", "", "pypi" + "." + "org"]),
        ("host of a package registry", ["files.pythonhosted" + "." + "org"]),
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


def test_modules_stay_short():
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in (ROOT / "cpts_geo").rglob("*.py")
    }
    assert {name: n for name, n in lengths.items() if n > MODULE_CAP_LINES} == {}


@pytest.mark.parametrize("name", LOCKS)
def test_lock_holds_only_names_versions_markers_and_hashes(name):
    lock = (ROOT / name).read_text(encoding="utf-8")
    assert re.sub(LOCK_ENTRY, "", lock) == ""


def test_one_version_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## \[([^\]]+)\]", changelog, re.MULTILINE)
    assert project["version"] == cpts_geo.__version__ == citation["version"]
    assert next(name for name in headings if name != "Unreleased") == project["version"]


def test_one_licence_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert project["license"] == citation["license"] == "MIT"
    assert licence.startswith("MIT License")
    author = project["authors"][0]["name"]
    assert citation["authors"] == [{"name": author}]
    assert author in licence


def public_names(package: ModuleType) -> Iterator[str]:
    """Functions, classes, methods and properties that a package defines, by full name."""
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    for module in [package, *(importlib.import_module(info.name) for info in found)]:
        for name, thing in vars(module).items():
            defined = inspect.isroutine(thing) or inspect.isclass(thing)
            if getattr(thing, "__module__", None) != module.__name__ or not defined:
                continue
            yield f"{module.__name__}.{name}"
            for member, value in vars(thing).items() if inspect.isclass(thing) else ():
                if inspect.isroutine(value) or isinstance(value, property | cached_property):
                    yield f"{module.__name__}.{name}.{member}"


def class_defects(kind: type, codes: dict[str, str]) -> dict[str, str]:
    """
    Judge a class by the fields it declares, where numpydoc looks at its constructor.

    Fields (dataclass, named tuple, pydantic) may stand under Parameters or Attributes, or carry
    their own description; a class that declares neither fields nor a constructor owes nothing for
    those of its parent.
    """
    fields = {name for name in inspect.get_annotations(kind) if not name.startswith("_")}
    if not fields and "__init__" in vars(kind):
        return codes
    sections = NumpyDocString(inspect.getdoc(kind) or "")
    entries = [*sections["Parameters"], *sections["Attributes"]]
    described = {
        name for name, field in getattr(kind, "model_fields", {}).items() if field.description
    }
    missing = (
        fields - described - {name.strip() for entry in entries for name in entry.name.split(",")}
    )
    others = {code: message for code, message in codes.items() if code not in {"PR01", "PR02"}}
    return others | ({"PR01": f"Fields {sorted(missing)} not documented"} if missing else {})


def docstring_defects(names: Iterable[str]) -> list[str]:
    """What is wrong with these docstrings, by the checks and exclusions of pyproject.toml."""
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    rules = tools["numpydoc_validation"]
    defects = []
    for name in names:
        if any(re.search(pattern, name) for pattern in rules["exclude"]):
            continue
        codes = dict(validate(name)["errors"])
        thing = Validator._load_obj(name)
        if inspect.isclass(thing):
            codes = class_defects(thing, codes)
        defects += [f"{name}: {c} {text}" for c, text in codes.items() if c in rules["checks"]]
    return defects


def test_docstrings_are_numpydoc_definitions():
    names = list(public_names(cpts_geo))
    assert "cpts_geo.errors.CptsGeoError" in names
    assert docstring_defects(names) == []


def test_docstring_check_sees_what_is_missing(tmp_path, monkeypatch):
    source = """
from typing import NamedTuple

def f(a: int) -> int:
    '''Give back.'''
    return a

class Pair(NamedTuple):
    '''
    Two numbers.

    Attributes
    ----------
    left : int
        The first.
    '''
    left: int
    right: int

class Bare:
    def method(self) -> None: ...

def _private(a): ...
"""
    (tmp_path / "undocumented").mkdir()
    (tmp_path / "undocumented" / "__init__.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    defects = docstring_defects(public_names(importlib.import_module("undocumented")))
    assert [defect.split()[:2] for defect in defects] == [
        ["undocumented.f:", "PR01"],
        ["undocumented.f:", "RT01"],
        ["undocumented.Pair:", "PR01"],
        ["undocumented.Bare:", "GL08"],
        ["undocumented.Bare.method:", "GL08"],
    ]
    assert "'right'" in defects[2]
    assert "'left'" not in defects[2]


def test_imports_go_only_downward(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True, no_logo=True) == 0

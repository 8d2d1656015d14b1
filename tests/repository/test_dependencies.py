"""What is imported is declared, and what is declared is imported."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
GROUPS = PROJECT["dependency-groups"]
OURS = {"cpts_geo", "tests", "benchmarks", "docs", "release", "run"}
#: Declared but imported by no line of ours -> what it is for.
NOT_IMPORTED = {
    "jupyterlab": "run.py lab starts it",
    "jupyterlab-language-pack-fr-fr": "JupyterLab in French",
    "myst-nb": "extension of Sphinx: pages in Markdown, executed notebooks",
    "pydata-sphinx-theme": "theme of the documentation",
    "ipykernel": "runs the notebooks",
    "editables": "asked for by hatchling when the package is installed with --editable",
    "hatchling": "builds the package",
    "uv": "installs the locks",
    "mypy": "run.py test starts it",
    "nbstripout": "hook of pre-commit",
    "oxlint": "lints the scripts of the pages",
    "pandas-stubs": "types for mypy",
    "pre-commit": "starts the hooks",
    "pytest-xdist": "option -n of pytest",
    "ruff": "run.py test starts it",
    "types-pyyaml": "types for mypy",
    "types-requests": "types for mypy",
}


def names(requirements: list[str]) -> set[str]:
    """Canonical names of a list of requirements."""
    return {canonicalize_name(Requirement(text).name) for text in requirements}


RUNTIME = names(PROJECT["project"]["dependencies"])
#: What `cpts-geo notebooks run` and the panel import of the extra that serves the notebooks.
RUN_NOTEBOOKS = {"ipython", "ipywidgets", "nbclient", "nbconvert", "nbformat", "papermill"}
EVERY_EXTRA = set().union(*map(names, EXTRAS.values()))


def modules_of(source: str) -> set[str]:
    """Top-level modules that a text of Python imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found - sys.stdlib_module_names - OURS


def notebook_source(path: Path) -> str:
    """Code of a notebook, without its magic lines."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return "\n".join(re.sub(r"^\s*[%!].*$", "", text, flags=re.MULTILINE) for text in code)


@cache
def imported(folder: str) -> dict[str, set[str]]:
    """Module -> files of a folder that import it."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / folder).rglob("*")):
        if path.suffix not in {".py", ".ipynb"} or ".ipynb_checkpoints" in path.parts:
            continue
        notebook = path.suffix == ".ipynb"
        source = notebook_source(path) if notebook else path.read_text(encoding="utf-8")
        for module in modules_of(source):
            found.setdefault(module, set()).add(path.relative_to(ROOT).as_posix())
    return found


#: Module -> packages that bring it.
OWNERS = {
    module: {canonicalize_name(owner) for owner in owners}
    for module, owners in packages_distributions().items()
}
#: One module, brought by one package or the other as Python's version asks.
EITHER = {"pyvalhalla", "pyvalhalla-weekly"}


def distributions(modules: Iterable[str]) -> set[str]:
    """Packages that bring these modules; a module that no package brings stands for itself."""
    found = set().union(*(OWNERS.get(module, {module}) for module in modules))
    return found | EITHER if found & EITHER else found


@pytest.mark.parametrize(
    ("folder", "declared"),
    [
        # Code of an extra is imported where it is asked for, never at the top of a module.
        ("cpts_geo", RUNTIME | EVERY_EXTRA - names(EXTRAS["notebooks"]) | RUN_NOTEBOOKS),
        ("notebooks", RUNTIME | names(EXTRAS["notebooks"])),
        ("benchmarks", RUNTIME | EVERY_EXTRA | names(GROUPS["test"])),
        ("tests", RUNTIME | EVERY_EXTRA | names(GROUPS["test"])),
        # Extensions of Sphinx are written with the nodes of the docutils that it brings.
        ("docs", RUNTIME | EVERY_EXTRA | names(GROUPS["test"]) | {"docutils"}),
    ],
)
def test_what_is_imported_is_declared(folder, declared):
    undeclared = {
        module: sorted(files)
        for module, files in imported(folder).items()
        if not distributions([module]) & declared
    }
    assert undeclared == {}


def test_what_is_declared_is_imported_or_explained():
    used = distributions(
        module
        for folder in ("cpts_geo", "notebooks", "benchmarks", "tests", "docs")
        for module in imported(folder)
    )
    declared = RUNTIME | EVERY_EXTRA | set().union(*map(names, GROUPS.values()))
    assert declared - used == set(NOT_IMPORTED)


def test_what_the_package_needs_is_imported_by_the_package():
    assert RUNTIME - distributions(imported("cpts_geo")) == set()


def test_a_module_is_found_wherever_it_is_imported():
    source = "import a.b\nfrom c import d\nfrom . import e\ndef f():\n    import g, os\n"
    assert modules_of(source) == {"a", "c", "g"}


def test_the_package_starts_without_what_only_checks_extras_and_notebooks_need():
    allowed = {
        canonicalize_name(name)
        for name in re.findall(
            r"^([A-Za-z0-9._-]+)==", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE
        )
    }
    absent = sorted(
        module
        for module, owners in OWNERS.items()
        if not owners & (allowed | {"cpts-geo"}) and module.isidentifier()
    )
    assert {"hypothesis", "playwright", "valhalla", "rattler", "IPython", "py7zr"} <= set(absent)
    code = """
import importlib, pkgutil, sys
absent = set(sys.stdin.read().split()) - set(sys.modules)  # some are loaded by Python's start
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
import cpts_geo
for info in pkgutil.walk_packages(cpts_geo.__path__, "cpts_geo."):
    importlib.import_module(info.name)
print(*sorted(absent & {name.partition(".")[0] for name in sys.modules}))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], input=" ".join(absent), cwd=ROOT,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout.split(), done.stderr) == (0, [], "")

"""environment.yml and requirements.lock say the same as pyproject.toml."""

from __future__ import annotations

import re
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from rattler import MatchSpec, Version, VersionSpec

from tests.conftest import ROOT

#: PyPI name (with extras) -> conda-forge name, where they differ.
CONDA_NAME = {
    # The plain conda package of pandera no longer brings the pandas backend.
    "pandera[pandas]": "pandera-pandas",
    # Without the Qt desktop backend, which nothing here opens.
    "matplotlib": "matplotlib-base",
}
#: Not on conda-forge: in the pip section.
PIP_ONLY = {"vacances-scolaires-france", "xstatic-leaflet"}

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["optional-dependencies"]
#: An analyst's environment: the package and its notebooks; checks run in the environment of run.py.
WANTED = [Requirement(text) for text in PROJECT["dependencies"] + EXTRAS["notebooks"]]

CONDA = [MatchSpec(text) for text in ENVIRONMENT["dependencies"] if isinstance(text, str)]
PIP = next(entry["pip"] for entry in ENVIRONMENT["dependencies"] if isinstance(entry, dict))


def bounds(versions: object) -> set[str]:
    """Split ">=1,<2" into its clauses, whatever their order and spaces."""
    return set(re.sub(r"\s", "", str(versions or "")).split(",")) - {""}


def conda_name(requirement: Requirement) -> str:
    """Name that conda-forge gives to a package of PyPI."""
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    return CONDA_NAME.get(requirement.name + extras, canonicalize_name(requirement.name))


def locked_versions() -> dict[str, list[str]]:
    """Every version of every package of the lock (several where markers differ)."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    versions: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", lock, re.MULTILINE):
        versions.setdefault(canonicalize_name(name), []).append(version)
    return versions


def test_conda_section_is_the_same_list_with_the_same_bounds():
    expected = {conda_name(r): bounds(r.specifier) for r in WANTED if r.name not in PIP_ONLY}
    found = {spec.name.normalized: bounds(spec.version) for spec in CONDA}
    expected |= {"python": bounds(PROJECT["requires-python"]), "pip": set()}
    assert found == expected
    assert len(CONDA) == len(found), "a package stands twice"


def test_pip_section_holds_what_conda_lacks_and_the_package():
    assert PIP[-1] == "-e ."
    found = {r.name: bounds(r.specifier) for r in map(Requirement, PIP[:-1])}
    assert found == {r.name: bounds(r.specifier) for r in WANTED if r.name in PIP_ONLY}


def test_environment_is_named_and_uses_one_channel():
    assert (ENVIRONMENT["name"], ENVIRONMENT["channels"]) == ("cpts_geo", ["conda-forge"])


def test_aliases_are_all_used():
    assert {conda_name(r) for r in WANTED} >= set(CONDA_NAME.values())
    assert {r.name for r in WANTED} >= PIP_ONLY


@pytest.mark.parametrize("requirement", WANTED, ids=lambda r: r.name)
def test_locked_versions_satisfy_the_conda_bounds(requirement):
    specs = {spec.name.normalized: spec for spec in CONDA}
    spec = specs.get(conda_name(requirement))
    clauses = spec.version if spec else str(requirement.specifier)
    for version in locked_versions()[canonicalize_name(requirement.name)]:
        assert VersionSpec(clauses).matches(Version(version))


@pytest.mark.parametrize("extra", ["", *EXTRAS])
def test_lock_satisfies_pyproject(extra):
    locked = locked_versions()
    wanted = map(Requirement, EXTRAS[extra] if extra else PROJECT["dependencies"])
    broken = [
        str(requirement)
        for requirement in wanted
        for version in locked.get(canonicalize_name(requirement.name), ["0"])
        if version not in requirement.specifier
    ]
    assert broken == []


def test_lock_holds_what_builds_the_package():
    system = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]
    # editables: asked for by hatchling when the package is installed with --editable.
    needed = {Requirement(text).name for text in system["requires"]} | {"editables", "uv"}
    assert needed <= set(locked_versions())

"""environment.yml and the three locks say the same as pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from itertools import chain, pairwise

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from rattler import MatchSpec, Version, VersionSpec

import run
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

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT, GROUPS = PYPROJECT["project"], PYPROJECT["dependency-groups"]
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


#: Lock -> what it holds, besides the packages' own requirements.
LOCKED = {
    run.LOCK_NAME: PROJECT["dependencies"] + GROUPS["setup"],
    run.LAB: EXTRAS["notebooks"],
    run.TEST: [*chain(*EXTRAS.values()), *GROUPS["test"]],
}


def locked_versions(name: str = run.LOCK_NAME) -> dict[str, list[str]]:
    """Every version of every package of a lock (several where markers differ)."""
    lock = (ROOT / name).read_text(encoding="utf-8")
    versions: dict[str, list[str]] = {}
    for package, version in re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", lock, re.MULTILINE):
        versions.setdefault(canonicalize_name(package), []).append(version)
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
    for version in locked_versions(run.LAB)[canonicalize_name(requirement.name)]:
        assert VersionSpec(clauses).matches(Version(version))


@pytest.mark.parametrize("lock", LOCKED)
def test_lock_satisfies_pyproject(lock):
    locked = locked_versions(lock)
    broken = [
        str(requirement)
        for requirement in map(Requirement, LOCKED[lock])
        for version in locked.get(canonicalize_name(requirement.name), ["0"])
        if version not in requirement.specifier
    ]
    assert broken == []


def test_each_lock_holds_the_one_before_with_the_same_versions():
    locks = list(map(locked_versions, run.LOCKS))
    assert list(LOCKED) == list(run.LOCKS)
    for smaller, larger in pairwise(locks):
        assert {name: larger.get(name) for name in smaller} == smaller
        assert len(larger) > len(smaller)


def test_default_lock_is_free_of_what_only_checks_routing_and_notebooks_need():
    heavy = {"playwright", "py-rattler", "pyvalhalla", "pyvalhalla-weekly", "jupyterlab", "mypy"}
    assert heavy & set(locked_versions()) == set()
    assert heavy <= set(locked_versions(run.TEST))


def test_default_lock_holds_what_builds_the_package():
    # editables: asked for by hatchling when the package is installed with --editable.
    needed = {Requirement(text).name for text in PYPROJECT["build-system"]["requires"]}
    assert needed | {"editables", "uv"} <= set(locked_versions())

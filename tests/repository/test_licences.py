"""docs/licences.md: every package that an analyst installs, and no surprise among the licences."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, version

import pytest

from tests import licences

LOCKED = licences.locked(licences.LOCK.read_text(encoding="utf-8"))
PAGE = licences.PAGE.read_text(encoding="utf-8")


def installed(name: str) -> bool:
    """Whether this environment has one of the versions of the lock."""
    try:
        return version(name) in LOCKED[name]
    except PackageNotFoundError:
        return False


def test_the_page_lists_the_packages_of_the_default_lock():
    listed = re.findall(r"^\| ([a-z0-9._-]+) \| \S", PAGE, re.MULTILINE)
    assert listed == ["package", *LOCKED]


def test_the_page_says_what_metadata_say():
    # Where Pythons differ in versions, the page speaks of the one it was written with.
    expected = licences.rows(licences.LOCK.read_text(encoding="utf-8"))
    compared = [name for name in LOCKED if len(LOCKED[name]) == 1 and installed(name)]
    assert len(compared) > 50
    assert [name for name in compared if expected[name] not in PAGE.splitlines()] == []


def test_a_package_that_is_not_here_is_said_by_hand():
    absent = [name for name in LOCKED if licences.licence_of(name) is None]
    assert absent == []
    assert set(licences.SAID_HERE) <= set(LOCKED)


def test_no_licence_is_unknown_and_every_copyleft_is_explained():
    told = dict(re.findall(r"^\| (\S+) \| ([^|]+) \|", PAGE, re.MULTILINE))
    live = {name: licences.licence_of(name) for name in LOCKED}
    assert [name for name, licence in live.items() if licence in {"", "UNKNOWN"}] == []
    for found in (told, live):
        copyleft = {name for name, text in found.items() if licences.COPYLEFT.search(text or "")}
        assert copyleft == set(licences.EXPLAINED)


def test_what_compiled_packages_bundle_under_the_gpl_family_is_explained():
    naming = {name for name in LOCKED if installed(name) and licences.names_the_gpl(name)}
    assert naming - set(licences.BUNDLED) - set(licences.EXPLAINED) == set()
    assert set(licences.BUNDLED) <= set(LOCKED)


@pytest.mark.parametrize(
    ("licence", "asks"),
    [
        ("MIT", False),
        ("BSD-3-Clause AND Zlib", False),
        ("Apache Software License", False),
        ("GNU Lesser General Public License v2 or later (LGPLv2+)", True),
        ("AGPL-3.0-only", True),
        ("MPL-2.0 AND MIT", True),
        ("CC-BY-SA-4.0", True),
    ],
)
def test_what_counts_as_copyleft(licence, asks):
    assert bool(licences.COPYLEFT.search(licence)) == asks

"""Every bound holds on both sides, and the table shown to people is that of the code."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.errors import CptsGeoError
from cpts_geo.sources._bounds._bound import Bound
from cpts_geo.sources._bounds._files import BOUNDS
from cpts_geo.sources._bounds.limits import LIMITS
from tests.bounds_page import files_page
from tests.conftest import ROOT

Side = tuple[Callable[[Path], object], int, int]


def all_sides() -> dict[str, Side]:
    """What the modules ``bound_sides_*`` give, by key of the bound."""
    sides: dict[str, Side] = {}
    for path in sorted(Path(__file__).parents[2].glob("bound_sides_*.py")):
        more = importlib.import_module(f"tests.{path.stem}").SIDES
        assert not sides.keys() & more.keys(), path.name
        sides |= more
    return sides


SIDES = all_sides()
BY_KEY = {bound.key: bound for bound in BOUNDS}


def pattern(bound: Bound) -> str:
    """The sentence of a bound, whatever fills it."""
    return re.sub(r"\\\{\w+\\\}", ".*", re.escape(bound.sentence))


def test_every_bound_is_tested() -> None:
    assert len(BY_KEY) == len(BOUNDS)
    assert SIDES.keys() == BY_KEY.keys()


@pytest.mark.parametrize("key", SIDES)
def test_a_bound_holds_on_both_sides(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if key.endswith("_memory") and sys.platform != "linux":
        pytest.skip("this system does not limit the memory of a process")
    read, passes, refuses = SIDES[key]
    assert passes > refuses
    for place, limit in (("passes", passes), ("refuses", refuses)):
        (tmp_path / place).mkdir()
        monkeypatch.setitem(LIMITS, key, limit)
        if place == "passes":
            read(tmp_path / place)
            continue
        with pytest.raises(CptsGeoError) as caught:
            read(tmp_path / place)
        assert re.search(pattern(BY_KEY[key]), str(caught.value))
        assert caught.value.remedy


def test_bounds_are_said_in_whole_sentences() -> None:
    for bound in BOUNDS:
        assert bound.limit > 0
        assert "{limit}" in bound.sentence + bound.remedy, bound.key
        assert bound.sentence.endswith("."), bound.key
        assert bound.remedy.endswith("."), bound.key


def test_the_page_of_bounds_is_up_to_date() -> None:
    page = (ROOT / "docs" / "bounds.md").read_text(encoding="utf-8")
    assert page == files_page(), "regenerate it: python -m tests.bounds_page"


def test_a_byte_too_many_never_reads_as_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "essai.toml"
    path.write_bytes(b"#" * (BY_KEY["scenario_bytes"].limit + 1))
    with pytest.raises(CptsGeoError, match=r"trop gros \(plus de 1 Mo, 1 Mo au plus\)"):
        load_scenario(path)

"""The table of bad inputs: each is refused at its door, in French, with what to do."""

from __future__ import annotations

import csv
import importlib
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

import geopandas as gpd
import pandas as pd
import pytest

from cpts_geo.access.changes.text import parse_changes
from cpts_geo.capacity.checks.forecast.kept import read_kept
from cpts_geo.capacity.need.learning import known_lines
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.capacity.scenario.overlay import chosen_parameters
from cpts_geo.cli.main import main
from cpts_geo.errors import CptsGeoError
from cpts_geo.geography.perimeters._files.lists import file_perimeter
from cpts_geo.geography.perimeters._files.polygons import polygon_perimeters
from cpts_geo.indicators.filled.checked import checked_rows
from cpts_geo.sources.analyst.aci.file import read_aci
from cpts_geo.sources.analyst.calls._values.outcomes import known_wordings, read_wordings
from cpts_geo.sources.analyst.calls.log import read_call_log
from cpts_geo.sources.analyst.filled.file import read_filled
from cpts_geo.sources.analyst.indicators.file import read_indicators
from cpts_geo.sources.analyst.travel.file import read_travel_file
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.catalogue.lock import read_lock
from cpts_geo.sources.embedding import embedded
from cpts_geo.sources.fetching._inspection import check_content, check_form
from cpts_geo.writing.squares._given import given_squares
from cpts_geo.writing.verifying._manifest import read_manifest

TESTS = Path(__file__).parents[1]
BROKEN = TESTS / "data" / "broken"
LEAST_ROWS = 200
MOST_OF_A_CLASS = 25


@dataclass(frozen=True)
class Case:
    """A row of the table."""

    input: str
    door: str
    kind: str
    words: str

    @property
    def maker(self) -> str:
        return self.input.removeprefix("make:") if self.input.startswith("make:") else ""


def read_cases() -> list[Case]:
    cases = []
    for path in sorted(BROKEN.glob("cases_*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file, strict=True)
            assert next(rows) == ["input", "door", "class", "words"], path.name
            cases += [Case(*row) for row in rows]
    return cases


CASES = read_cases()


@cache
def makers() -> list[ModuleType]:
    return [importlib.import_module(f"tests.{p.stem}") for p in TESTS.glob("broken_makers_*.py")]


def made(case: Case, folder: Path) -> Path:
    if not case.maker:
        return BROKEN / case.input
    [make] = [vars(each)[case.maker] for each in makers() if case.maker in vars(each)]
    path: Path = make(folder)
    return path


communes = cache(embedded.load_communes)
former = cache(embedded.load_former_communes)


@cache
def town_halls() -> gpd.GeoDataFrame:
    points = gpd.points_from_xy(communes()["lon"], communes()["lat"], crs="EPSG:4326")
    return communes().set_geometry(points)


def perimeter(path: Path) -> None:
    file_perimeter(path, communes(), former=former())


def polygons(path: Path) -> None:
    polygon_perimeters(path, town_halls())


def travel(path: Path) -> None:
    read_travel_file(path, unit="minutes")


def fetched(path: Path) -> None:
    check_form(path, path.name)
    for source in sources().values():
        if source.file == path.name:
            check_content(path, source)


def change(path: Path) -> None:
    # As the system gives what was typed.
    texts = path.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    parse_changes(texts, communes(), former=former())


def manifest(path: Path) -> None:
    read_manifest(path.parent, name=path.name)


def forecast(path: Path) -> None:
    read_kept(path, territory="bg", public=None)


def wordings(path: Path) -> None:
    known_wordings(read_wordings(path))


def filled(path: Path) -> None:
    """A table that is filled, for a territory of two communes of the Loiret."""
    checked_rows(read_filled(path), AREAS, inside=INSIDE, communes=COMMUNES)


COMMUNES = {"45130": "Dry", "45024": "Baule"}
AREAS = {
    "ici": pd.DataFrame(
        {
            "territory": "ici",
            "area_level": ["cpts", "departement", "region", "france"],
            "area_code": ["ici", "45", "24", "FR"],
            "area_name": ["Ici", "Loiret", "Centre-Val de Loire", "France"],
            "people": [10_000, 680_000, 2_580_000, 68_000_000],
        }
    )
}
INSIDE = {"ici": pd.Series({"45130": 1_000, "45024": 9_000})}

DOORS: dict[str, Callable[[Path], object]] = {
    "perimeter": perimeter,
    "polygons": polygons,
    "travel": travel,
    "call_log": read_call_log,
    "indicators": read_indicators,
    "squares": lambda path: given_squares(path, embedded.load_communes()),
    "aci": read_aci,
    "filled": filled,
    "known_lines": known_lines,
    "scenario": load_scenario,
    "parameters": chosen_parameters,
    "wordings": wordings,
    "manifest": manifest,
    "forecast": forecast,
    "lock": read_lock,
    "fetched": fetched,
    "change": change,
}


def refused(case: Case, folder: Path) -> str:
    with pytest.raises(CptsGeoError) as caught:
        DOORS[case.door](made(case, folder))
    assert caught.value.remedy
    return str(caught.value)


def refused_by_command(case: Case, folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    sys.argv[1:] = made(case, folder).read_text(encoding="utf-8").splitlines()
    before = sorted(folder.iterdir())
    with pytest.raises(SystemExit) as stopped:
        main()
    said = capsys.readouterr()
    assert stopped.value.code in (1, 2)
    assert said.out == ""
    assert sorted(folder.iterdir()) == before
    return said.err


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.door}-{case.input}")
def test_each_is_refused_in_words(
    case: Case,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["cpts-geo"])
    if case.door == "command":
        said = refused_by_command(case, tmp_path, capfd)
    else:
        said = refused(case, tmp_path)
    said = said.replace("\u202f", " ").replace("\u00a0", " ")
    assert case.words in said
    assert "À faire : " in said
    assert "Traceback" not in said
    assert all(line.isprintable() for line in said.splitlines())
    # A parser apart, or a library, prints nothing of its own.
    left = capfd.readouterr()
    assert (left.out, left.err) == ("", "")


def test_the_table_is_wide_and_even() -> None:
    assert len(CASES) >= LEAST_ROWS
    assert len({(case.input, case.door) for case in CASES}) == len(CASES)
    kinds = Counter(case.kind for case in CASES)
    assert {kind: n for kind, n in kinds.items() if n > MOST_OF_A_CLASS} == {}
    assert [case for case in CASES if not (case.kind.isidentifier() and case.words.strip())] == []


def test_every_broken_file_is_used() -> None:
    tests = "\n".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    named = {case.input for case in CASES}
    files = [path.name for path in BROKEN.iterdir() if not path.name.startswith("cases_")]
    assert [name for name in files if name not in named and f'"{name}"' not in tests] == []


def test_every_maker_is_used() -> None:
    named = {case.maker for case in CASES}
    for module in makers():
        public = {
            name
            for name, thing in vars(module).items()
            if not name.startswith("_")
            and callable(thing)
            and getattr(thing, "__module__", "").startswith("tests.broken_makers_")
        }
        assert public - named == set(), module.__name__

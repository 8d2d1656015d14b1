"""What is near right is read, or refused in French with what to do: never an error of another kind.

The examples are the same each time: a failure here is one of what changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cpts_geo import asked
from cpts_geo.access.changes.text import parse_changes
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.capacity.scenario.overlay import chosen_parameters
from cpts_geo.errors import CptsGeoError
from cpts_geo.foreign import is_invisible
from cpts_geo.geography.naming.names import resolve
from cpts_geo.geography.perimeters.request import Request
from cpts_geo.sources.analyst.aci.file import read_aci
from cpts_geo.sources.analyst.calls.log import OUTCOMES, read_call_log
from cpts_geo.sources.analyst.indicators.file import read_indicators
from cpts_geo.sources.analyst.lists.known_lines import read_known_lines_file
from cpts_geo.sources.analyst.lists.perimeter import read_perimeter_file
from cpts_geo.sources.analyst.squares.file import read_squares
from cpts_geo.sources.analyst.travel.file import read_travel_file
from tests import strategies as given_by
from tests.cli.test_broken import DOORS, communes, former
from tests.fuzz.targets import wrong_words

ACI = ["Code", "Indicateur", "Unité", "Référence", "N-1", "N", "Cible", "Justification"]
FILLED = [
    "Table", "Niveau", "Code", "Nom", "Ligne", "Nombre", "Population", "Part", "Producteur",
    "Millésime", "Date",
]  # fmt: skip
SQUARES = ["idcar_200m", "ind", "lcog_geo"]
TRAVEL = (
    ["origine", "destination", "minutes"],
    ["from", "to", "secondes"],
    ["id", "45130", "1001"],
)
INDICATORS = (["codgeo", "libgeo", "part"], ["code", "nom", "annee", "valeur"])
LINES = ["code_insee", "calls", "years", "territory"]


def tried(examples: int) -> Callable[[Any], Any]:
    """Settings of a property: so many examples, the same each time."""
    slow = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
    return settings(
        max_examples=examples, derandomize=True, database=None, suppress_health_check=slow
    )


def answer(read: Callable[[], Any]) -> Any:
    """What is read, None where it is refused in words."""
    try:
        return read()
    except CptsGeoError as error:
        assert wrong_words(error) == ""
        assert all(str(defect).strip() for defect in error.defects)
        return None


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("essais")


def given_file(place: Path, name: str, content: bytes) -> Path:
    path = place / name
    path.write_bytes(content)
    return path


@tried(60)
@given(st.data())
def test_any_list_of_communes(place: Path, data: st.DataObject) -> None:
    content = data.draw(given_by.written(given_by.lists_of_communes()))
    path = given_file(place, "liste.csv", content)
    found = answer(lambda: read_perimeter_file(path))
    if found is not None:
        assert len(found)
        assert (found[[*{"name", "code"} & {*found}]] != "").any(axis=1).all()
        assert not any(is_invisible(char) for note in found.attrs["notes"] for char in note)


@tried(12)
@given(st.lists(given_by.commune_names(), min_size=1, max_size=3))
def test_names_are_resolved_or_told(names: list[str]) -> None:
    found = answer(lambda: resolve(names, communes(), former=former()))
    if found is not None:
        assert set(found["code_insee"]) <= set(communes()["code_insee"])
        assert set(found["published"]) <= set(names)


@tried(60)
@given(st.data())
def test_any_registre(place: Path, data: st.DataObject) -> None:
    path = given_file(place, "registre.csv", data.draw(given_by.written(given_by.registres())))
    found = answer(lambda: read_call_log(path))
    if found is not None:
        assert found["time"].notna().all()
        assert set(found["outcome"].dropna()) <= set(OUTCOMES)
        assert not (found["delay"] < 0).any()


@tried(60)
@given(st.data())
def test_any_travel_times(place: Path, data: st.DataObject) -> None:
    path = given_file(place, "temps.csv", data.draw(given_by.written(given_by.tables(*TRAVEL))))
    found = answer(lambda: read_travel_file(path))
    if found is not None:
        assert found["minutes"].between(0, 24 * 60).all()
        assert not found.duplicated(["origin", "destination"]).any()


@pytest.mark.parametrize(
    ("read", "headers"),
    [
        (read_indicators, INDICATORS),
        (read_aci, (ACI,)),
        (DOORS["filled"], (FILLED,)),
        (read_squares, (SQUARES,)),
        (read_known_lines_file, (LINES,)),
        (DOORS["wordings"], (["valeur", "sens"],)),
    ],
    ids=["indicators", "aci", "filled", "squares", "known_lines", "wordings"],
)
def test_any_table(
    place: Path, read: Callable[[Path], object], headers: tuple[list[str], ...]
) -> None:
    @tried(40)
    @given(given_by.written(given_by.tables(*headers)))
    def holds(content: bytes) -> None:
        found = answer(lambda: read(given_file(place, "table.csv", content)))
        if isinstance(found, pd.DataFrame):
            assert len(found)

    holds()


@tried(40)
@given(given_by.scenarios())
def test_any_scenario(place: Path, text: str) -> None:
    path = given_file(place, "mien.toml", text.encode("utf-8", "replace"))
    found = answer(lambda: load_scenario(path))
    if found is not None:
        assert found.people_without_mt > 0
        assert 0 < found.target <= 1
    parameters = answer(lambda: chosen_parameters(path))
    if parameters is not None:
        assert all(each.grade for each in parameters.values())


@tried(60)
@given(given_by.json_values())
def test_any_manifest(place: Path, value: object) -> None:
    names = ("manifest", "forecast", "lock")
    parts = {"date": "2026-11-30", "outputs": value, "forecasts": {"bg": value}}
    with suppress(UnicodeEncodeError):
        for content in (value, parts):
            path = given_file(place, "manifest.json", json.dumps(content).encode())
            for name in names:
                answer(lambda name=name, path=path: DOORS[name](path))


@tried(60)
@given(given_by.requests())
def test_any_request(arguments: dict[str, Any]) -> None:
    found = answer(lambda: Request(**arguments))
    if found is not None:
        assert isinstance(found.epci, tuple)
        assert isinstance(asked.told(found), dict)


@tried(8)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["départ", "arrivée", "depart", "x"]),
            st.one_of(given_by.commune_names(), given_by.strange_text()),
            given_by.cells(),
        ).map(":".join),
        max_size=2,
    )
)
def test_any_change_of_supply(texts: list[str]) -> None:
    found = answer(lambda: parse_changes(texts, communes(), former=former()))
    if found is not None:
        assert {each.code for each in found} <= set(communes()["code_insee"])

"""Every field of a scenario and every parameter, given what it cannot be: refused in French."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path
from typing import Any, Final

import pytest
import tomli_w

from cpts_geo.capacity.scenario.area import Area
from cpts_geo.capacity.scenario.calendar import Calendar
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import _Population, load_scenario
from cpts_geo.capacity.scenario.overlay import chosen_parameters
from cpts_geo.capacity.scenario.parameters import _Default, default_parameters
from cpts_geo.capacity.scenario.records import Record
from cpts_geo.capacity.scenario.supply import Lever, Reading, Rota, Session, Visitors
from cpts_geo.errors import ScenarioError

MINE: Final[dict[str, Any]] = {
    "label": "Mon territoire",
    "public": "all",
    "eligibility": "Tous",
    "population_basis": "inconnue",
    "people_without_mt": 5000.0,
}
NAN, INF = math.nan, math.inf
#: What no field takes, whatever its type.
NEVER: Final[dict[str, Any]] = {
    "nan": NAN,
    "infinite": INF,
    "negative": -3,
    "very negative": -1e300,
    "nested": [[[NAN]]],
    "unknown key": {"x": NAN},
    "list of nan": [NAN],
    "three nan": [NAN, NAN, NAN],
    "twelve infinite": [INF] * 12,
    "three truths": [True, False, True],
    "negative list": [-1, -1, -1],
    "pairs of nan": [[NAN, NAN]],
    "huge": 10**400,
    "tables": [{"x": 1}],
    "date and time": [date(2025, 1, 1), time(8)],
}
#: What some fields take.
SOMETIMES: Final[dict[str, Any]] = {
    "text": "x",
    "number in a text": "0,5",
    "truth": True,
    "zero": 0,
    "decimal": 1.5,
    "empty": [],
    "too long": [1.0] * 40,
    "day": date(2025, 1, 1),
    "hour": time(8),
    "texts": ["a", "b", "c"],
    "blank": "",
}
TABLES: Final[dict[str, type[Record]]] = {
    "area": Area,
    "calendar": Calendar,
    "rota": Rota,
    "visitors": Visitors,
}
#: Words of the library, of Python, or of English.
FOREIGN: Final = re.compile(
    r"(?i:input|should|type=|finite_number|list\[|dict\[|tuple\[|value_error|function-|"
    r"constrained|extra_|valeur refusée|\[key\])|\b(?:int|float|valid|error|datetime|True|False|"
    r"None)\b"
)


def places() -> Iterator[tuple[str, ...]]:
    """Every field of a file: of the scenario, of its tables, of its lists of tables."""
    yield from ((name,) for name in (*Scenario.model_fields, *_Population.model_fields))
    for table, kind in TABLES.items():
        yield from ((table, name) for name in kind.model_fields)
    yield from (("readings", name) for name in Reading.model_fields)
    yield from (("sessions", name) for name in Session.model_fields)
    yield from (("levers", name) for name in Lever.model_fields)
    yield from (("sources", "target", name) for name in ("text", "grade", "announced"))


def filled(place: tuple[str, ...], value: Any) -> dict[str, Any]:
    """A file whose one field is odd."""
    name, *inside = place
    if name == "readings" and inside:
        usual = {"label": "x", "slots_today": 8, "weight": 0.5}
        return MINE | {name: [usual | {inside[0]: value}]}
    if name == "sessions" and inside:
        held = {"days": [1], "starts": time(12), "ends": time(14), "slots": 8}
        return MINE | {name: [held | {inside[0]: value}]}
    if name == "levers" and inside:
        return MINE | {name: [{"kind": "effectors", "count": 2} | {inside[0]: value}]}
    for each in reversed(inside):
        value = {each: value}
    values = MINE | {name: value}
    if name in ("share_without_mt", "age_share"):
        del values["people_without_mt"]
    return values


def defects(path: Path, values: dict[str, Any]) -> tuple[str, ...]:
    path.write_text(tomli_w.dumps(values), encoding="utf-8")
    try:
        load_scenario(path)
    except ScenarioError as error:
        return error.defects
    return ()


@pytest.mark.parametrize("place", places(), ids=".".join)
def test_every_field_refuses_in_french_what_it_cannot_be(
    place: tuple[str, ...], tmp_path: Path
) -> None:
    for kind, value in (NEVER | SOMETIMES).items():
        found = defects(tmp_path / "mine.toml", filled(place, value))
        assert found or kind in SOMETIMES, (place, kind)
        for defect in found:
            assert not FOREIGN.search(defect), (place, kind, defect)
            assert len(defect) < 600


@pytest.mark.parametrize("name", default_parameters())
def test_every_parameter_refuses_in_french_what_it_cannot_be(name: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    model = default_parameters()[name].value
    odd = NEVER | SOMETIMES
    if isinstance(model, list):
        inside = [("one", NAN), ("one", INF), ("one", "x"), ("one", True), ("one", 10**400)]
        for place, (_, value) in itertools.product(range(len(model)), inside):
            odd[f"{place} is {value!r:.9}"] = [*model[:place], value, *model[place + 1 :]]
        odd["wrong length"] = [*model, model[-1]]
        odd["all wrong"] = [NAN] * len(model)
    if isinstance(model, dict):
        odd |= {f"{key} is {kind}": {key: x} for key in model for kind, x in NEVER.items()}
        odd["shape"] = {"month_factors": [2.0] * 12}
    for kind, value in odd.items():
        path.write_text(tomli_w.dumps({name: {"value": value}}), encoding="utf-8")
        try:
            chosen_parameters(path)
        except ScenarioError as error:
            found = error.defects
        else:
            assert kind in SOMETIMES, (name, kind)
            continue
        if kind == "all wrong":
            assert len(found) == len(value)
        for defect in found:
            assert not FOREIGN.search(defect), (name, kind, defect)


def test_the_source_of_a_parameter_refuses_in_french_what_it_cannot_be(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    for key, odd in itertools.product(_Default.model_fields.keys() - {"value"}, NEVER.values()):
        table = {"value": 0.9, "text": "x", "grade": "C"} | {key: odd}
        path.write_text(tomli_w.dumps({"target": table}), encoding="utf-8")
        with pytest.raises(ScenarioError) as caught:
            chosen_parameters(path)
        for defect in caught.value.defects:
            assert not FOREIGN.search(defect), (key, odd, defect)

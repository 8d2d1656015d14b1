"""What is asked in Python is checked at the door: never a traceback, every defect at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import cpts_geo as cg
from cpts_geo.analysis import Options, analyse
from cpts_geo.capacity.answer.headline import headline
from cpts_geo.capacity.comparing.compare import compare_scenarios
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.errors import (
    AskedError,
    CptsGeoError,
    PathError,
    PerimeterError,
    ScenarioError,
    TravelError,
)
from cpts_geo.geography.perimeters.request import Request
from cpts_geo.sources.analyst.calls.log import read_call_log
from cpts_geo.sources.analyst.travel.file import read_travel_file
from cpts_geo.writing.report import write_report
from tests.kept import analysed

#: Of no kind that anything takes.
STRANGE: Any = 1.5j


def defects_of(make: Callable[..., object], **given: Any) -> tuple[str, ...]:
    with pytest.raises(CptsGeoError, match="À faire : ") as refused:
        make(**given)
    return refused.value.defects


@pytest.mark.parametrize("record", [Request, Options])
def test_fields_of_another_kind_are_all_refused_at_once(record: type) -> None:
    names = [field.name for field in fields(record)]
    each = [defects_of(record, **{name: STRANGE})[0] for name in names]
    assert len(set(each)) == len(names)
    assert all("1.5j" in defect for defect in each)
    assert set(each) <= set(defects_of(record, **dict.fromkeys(names, STRANGE)))


@pytest.mark.parametrize(
    ("make", "given", "said"),
    [
        (Request, {"epci": [2000.5]}, "--epci : [2000.5]"),
        (Request, {"territories": ""}, "clés de CPTS : ''"),
        (Request, {"epci": ["200068278", " "]}, "un texte y est vide"),
        (Request, {"perimeter": ""}, "Un chemin est vide"),
        (Options, {"travel": "a.csv", "travel_unit": "hours"}, "minutes ou seconds"),
        (Options, {"travel": "a.csv", "roads": "a.osm.pbf"}, "pas des deux"),
        (Options, {"changes": None}, "--change : None"),
        (Options, {"fetched": "non"}, "--embedded-only"),
        (Options, {"draws": 0}, "tirages (--draws) = 0 : il en faut de 100 à 2\u202f000\u202f000"),
        (Options, {"draws": True}, "il faut un nombre entier"),
        (Options, {"seed": -1}, "graine = -1"),
    ],
)
def test_values_of_another_domain_are_refused(make: type, given: dict[str, Any], said: str) -> None:
    (defect,) = defects_of(make, **given)
    assert said in defect


def test_texts_stand_for_paths_and_one_text_for_several() -> None:
    asked = Request(perimeter="~/liste.gpkg", only="Nord")
    assert (asked.perimeter, asked.only) == (Path.home() / "liste.gpkg", ("Nord",))
    assert asked.polygon
    options = Options(travel="~/t.csv", scenario="s.toml", changes="départ:Dry")
    assert (options.travel, options.scenario) == (Path.home() / "t.csv", Path("s.toml"))
    assert options.changes == ("départ:Dry",)
    assert json.dumps([Options(draws=np.int64(500), seed=np.int64(1)).draws]) == "[500]"


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: analyse(STRANGE), AskedError),
        (lambda: analyse(options=STRANGE), AskedError),
        (lambda: headline(STRANGE), AskedError),
        (lambda: compare_scenarios(STRANGE, STRANGE), AskedError),
        (lambda: compare_scenarios(load_scenario("lvo"), STRANGE), AskedError),
        (lambda: headline(load_scenario("lvo"), draws=STRANGE), ScenarioError),
        (lambda: load_scenario(STRANGE), ScenarioError),
        (lambda: read_call_log(STRANGE), PathError),
        (lambda: write_report(STRANGE, "out"), AskedError),
        (lambda: write_report(analysed(["lvo"], draws=100), STRANGE), PathError),
        (lambda: cg.territory(STRANGE), PerimeterError),
        (lambda: cg.territory(epci=STRANGE), PerimeterError),
        (lambda: cg.territory("lvo", nothing=STRANGE), AskedError),
        (lambda: cg.territories(departement=STRANGE), PerimeterError),
        (lambda: cg.scenario(STRANGE), AskedError),
        (lambda: cg.scenario("lvo", minutes=STRANGE), ScenarioError),
        (lambda: cg.compare("lvo", STRANGE), AskedError),
        (lambda: cg.parameters(STRANGE), PathError),
        (lambda: cg.call_log(STRANGE, "lvo"), PathError),
        (lambda: cg.france(STRANGE), AskedError),
        (lambda: cg.offline(STRANGE, "m.html"), AskedError),
        (lambda: analysed(["lvo"], draws=100).table("headline"), AskedError),
        (lambda: analysed(["lvo"], draws=100).with_tables(comunes=pd.DataFrame()), AskedError),
        (lambda: analysed(["lvo"], draws=100).studies["lvo"].with_parts(nope=1), AskedError),
    ],
)
def test_no_argument_of_the_readme_ends_in_a_traceback(
    call: Callable[[], object], error: type[CptsGeoError]
) -> None:
    with pytest.raises(error, match="À faire : "):
        call()


def test_an_unknown_unit_is_refused_where_times_are_read(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("origine,destination,duree\n45001,45002,12\n", encoding="utf-8")
    with pytest.raises(TravelError, match="« hours »"):
        read_travel_file(path, unit="hours")  # type: ignore[arg-type]

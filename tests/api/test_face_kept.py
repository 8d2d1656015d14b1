"""What a territory hands out may be changed, copied, asked for in any way: its answers stay."""

from __future__ import annotations

import copy
import pickle
from fractions import Fraction
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import cpts_geo as cg
from cpts_geo.api.territory import Territory
from cpts_geo.atlas.views.view import View
from cpts_geo.errors import AskedError, PathError, PerimeterError
from tests.kept import analysed

FEW = 500


@pytest.fixture(scope="module")
def several() -> cg.Territories:
    return type(cg.territories(["lvo"], draws=FEW))(analysed(["beauce_gatinais"], draws=FEW))


@pytest.fixture
def beauce(several: cg.Territories) -> Territory:
    return copy.copy(several["beauce_gatinais"])


def tables(found: Territory) -> dict[str, Any]:
    """Every table that the face hands out, by what asks for it."""
    views = {
        "need": found.need(),
        "capacity": found.capacity(),
        "access": found.access(),
        "opening": found.where_to_open(),
        "indicators": found.indicators,
        "audit": found.audit,
        "sources": found.sources,
        "every": found.indicators["every"],
        "documents": found.audit["documents"],
    }
    tables = {name: view.table for name, view in views.items()}
    values = {f"{name}.value": view.value for name, view in views.items()}
    frames = {name: value for name, value in values.items() if isinstance(value, pd.DataFrame)}
    return {**tables, **frames, "communes": found.communes}


def test_what_an_analyst_changes_changes_no_later_answer(beauce: Territory) -> None:
    before = {name: table.copy() for name, table in tables(beauce).items()}
    said = [beauce._repr_html_(), repr(beauce.need()), repr(beauce.indicators)]
    for table in tables(beauce).values():
        for column in table.select_dtypes("number"):
            table.loc[:, column] = 0
        table["share"] = table["population"] = 0
        for column in list(table.columns):
            table.pop(column)
    for name, table in tables(beauce).items():
        assert table.equals(before[name]), name
    assert [beauce._repr_html_(), repr(beauce.need()), repr(beauce.indicators)] == said
    assert beauce.plot("population") is not None
    plt.close("all")
    assert tables(copy.copy(beauce))["communes"].equals(before["communes"])


def test_a_set_and_a_result_are_mappings(several: cg.Territories, beauce: Territory) -> None:
    assert "beauce_gatinais" in several and "x" not in several and ["x"] not in several
    assert several.get("x") is None
    audit = beauce.audit
    assert "gaps" in audit and "x" not in audit and 3 not in audit
    assert audit.get("x") is None and len(audit) == 3
    assert dict(audit).keys() == audit.keys() == {*audit}
    assert len({audit, beauce.need()}) == 2 and audit != beauce.need()
    assert View("Sans partie")
    asked: Any
    for asked in ("x", ["gaps"], 3, None, slice(2)):
        for whole, kind in ((audit, AskedError), (several, PerimeterError)):
            with pytest.raises(kind) as caught:
                whole[asked]
            assert isinstance(caught.value, KeyError)
            assert str(caught.value).splitlines()[-1].startswith("À faire")


def test_a_part_is_not_made_to_know_that_it_is_there() -> None:
    made: list[str] = []
    view = View("Exemple", parts={"a": ("le détail", lambda: made.append("a") or View("Détail"))})
    assert "a" in view and list(view.keys()) == ["a"] and view != View("Exemple")
    assert made == []


def test_a_copy_has_its_own_answers(several: cg.Territories) -> None:
    mine = several["beauce_gatinais"]
    need = mine.need()
    for other in (copy.copy(mine), copy.deepcopy(mine)):
        assert other.name == mine.name and other.need() is not need
        assert other.need().table.equals(need.table)
    assert copy.deepcopy(need) is need


def test_what_cannot_be_written_says_what_to_do(several: cg.Territories) -> None:
    mine = several["beauce_gatinais"]
    for each in (several, mine, mine.need()):
        with pytest.raises(AskedError, match="À faire") as caught:
            pickle.dumps(each)
        assert isinstance(caught.value, TypeError)


@pytest.mark.parametrize("sites", [2.0, np.int64(2), np.float64(2), Fraction(2)])
def test_a_whole_number_of_sites_is_one_however_written(beauce: Territory, sites: Any) -> None:
    assert beauce.where_to_open(sites) is beauce.where_to_open(2)


@pytest.mark.parametrize("sites", [True, [1], "2", 2.5, float("nan"), 0, 4, np.bool_(True), {}])
def test_what_is_no_number_of_sites_is_refused_in_any_order(beauce: Territory, sites: Any) -> None:
    beauce.where_to_open(1)
    with pytest.raises(AskedError, match="de 1 à 3"):
        beauce.where_to_open(sites)


def test_one_list_stands_for_several(beauce: Territory, tmp_path: Path) -> None:
    (title,) = (each.title for each in beauce.access(["départ:Pithiviers"]).value.shifts)
    assert title == "Un médecin part : Pithiviers"
    assert beauce.access([]) is beauce.access()
    assert {path.suffix for path in beauce.export(["csv"], folder=tmp_path)} == {".csv"}


@pytest.mark.parametrize("asked", [(3,), (None,), (b"csv",), ([3, "csv"],), ({"csv": 1},)])
def test_what_is_no_text_is_refused(
    several: cg.Territories, beauce: Territory, asked: Any, tmp_path: Path
) -> None:
    for ask in (beauce.access, beauce.export, several.export):
        with pytest.raises(AskedError, match="est un texte"):
            ask(*asked)
    with pytest.raises(AskedError) as caught:
        beauce.access(3, None)
    assert len(caught.value.defects) == 2


def test_a_null_character_is_in_no_path(several: cg.Territories, beauce: Territory) -> None:
    for ask in (
        beauce.report,
        several.report,
        lambda path: beauce.export("csv", folder=path),
        lambda path: cg.offline(beauce.explore(), path),
    ):
        for path in ("a\0b", Path("a\0b")):
            with pytest.raises(PathError, match="caractère nul"):
                ask(path)


def test_what_is_computed_on_is_one_line_in_a_terminal(beauce: Territory) -> None:
    study = beauce.study
    values = [beauce.access().value, beauce.where_to_open().value, beauce.capacity().value]
    for each in (study, study.common, study.scenario, several_of(beauce), *values):
        said = repr(each)
        assert len(said) < 200 and "\n" not in said and said.startswith(f"<{type(each).__name__}")
    assert beauce.name in repr(study) and "87 communes" in repr(study)
    result = beauce.capacity().value
    assert f"{result.slots_per_day.p50} créneaux par jour" in repr(result)
    assert str(study.scenario) == repr(study.scenario)


def several_of(found: Territory) -> Any:
    """The run of a territory."""
    return found._run.analysis


def test_raw_counts_of_a_log_are_not_handed_out(beauce: Territory, tmp_path: Path) -> None:
    days = pd.bdate_range("2024-03-04", periods=60).strftime("%d/%m/%Y")
    counts = pd.DataFrame({"date": days, "appels": 20, "consultations": 8})
    counts.to_csv(tmp_path / "journal.csv", sep=";", index=False)
    log = cg.call_log(tmp_path / "journal.csv", beauce).value
    public = [name for name in dir(log) if not name.startswith("_")]
    assert sorted(public) == ["notes", "scenario", "tables"]
    assert "CallProfile" not in repr(log) and len(repr(log)) < 1000


def test_a_run_that_is_handed_out_is_released(several: cg.Territories) -> None:
    assert several.analysis.released and several.analysis.only("beauce_gatinais").released
    assert not several.analysis.with_tables().released
    assert several.folder == ""

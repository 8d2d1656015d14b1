"""What a territory hands out may be changed, copied, asked for in any way: its answers stay."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import cpts_geo as cg
from cpts_geo.api.territory import Territory
from cpts_geo.atlas.views.view import View
from cpts_geo.errors import AskedError, PerimeterError
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

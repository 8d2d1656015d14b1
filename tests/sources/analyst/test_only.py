"""Names asked for with --only: chosen but for case and accents, never by half, else told."""

from __future__ import annotations

import shlex

import pytest

from cpts_geo.errors import PerimeterError
from cpts_geo.sources.analyst._tables.only import chosen_names, retyped

NAMES = ["CPTS du Val", "CPTS du Val d’Orge", "Épieds", "EPIEDS", "Sud\u200b Loire", ""]


def chosen(*only: str) -> set[str]:
    return chosen_names(NAMES, only, file="zones.shp", where="du champ « nom »")


def told(*only: str) -> tuple[str, ...]:
    with pytest.raises(PerimeterError, match=r"zones\.shp") as refused:
        chosen(*only)
    assert "champ « nom »" in refused.value.remedy
    return refused.value.defects


def test_letters_first_then_case_accents_and_spaces() -> None:
    assert chosen("cpts  du VAL d'orge", "Épieds", "sud loire") == {
        "CPTS du Val d’Orge", "Épieds", "Sud\u200b Loire"
    }  # fmt: skip


def test_what_is_not_sure_is_told_with_what_to_type() -> None:
    [unknown, several] = told("Val", "epieds", "CPTS du Val")
    assert unknown.startswith('« Val » : inconnu ; au plus près : --only "CPTS du Val", --only ')
    assert several == '« epieds » : plusieurs s’écrivent ainsi : --only "Épieds", --only EPIEDS'
    assert told("")


@pytest.mark.parametrize("name", ["Nord", "CPTS du Nord", "L’Est", 'a "b"', "5 $HOME", "d'Orge"])
def test_what_is_told_to_type_is_what_the_program_receives(name: str) -> None:
    assert shlex.split(retyped("--only", name)) == ["--only", name]

"""Compiled templates are kept as Python keeps its modules, and are never more than a spare."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from cpts_geo.atlas.look import templating

TEXT = "{{ 6 * 7 }} créneaux"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(templating, "_TEMPLATES", tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    return tmp_path / "__pycache__"


def environment(text: str = TEXT, options: bytes = b"") -> Environment:
    return Environment(loader=DictLoader({"page": text}), bytecode_cache=templating._Kept(options))


def rendered(**made: str | bytes) -> str:
    return environment(**made).get_template("page").render()  # type: ignore[arg-type]


def test_what_is_kept_is_not_compiled_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert rendered() == "42 créneaux"
    assert len([*folder.iterdir()]) == 1
    monkeypatch.setattr(Environment, "compile", None)
    assert rendered() == "42 créneaux"


@pytest.mark.parametrize("place", [0, 40, -1])
def test_a_byte_that_changed_is_never_run(folder: Path, place: int) -> None:
    rendered()
    (path,) = folder.iterdir()
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    assert rendered() == "42 créneaux"
    assert path.read_bytes() != content


def test_another_text_or_other_options_are_compiled(folder: Path) -> None:
    rendered()
    assert rendered(text="{{ 6 * 8 }}") == "48"
    rendered(options=b"trim")
    assert len([*folder.iterdir()]) == 2


def test_nothing_is_kept_where_python_keeps_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert rendered() == "42 créneaux"
    assert not folder.exists()


def test_a_folder_that_cannot_be_written_stops_nothing(folder: Path) -> None:
    folder.write_text("in the way")
    assert rendered() == "42 créneaux"

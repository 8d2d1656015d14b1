"""What differs between two files of results: cells of a table, lines of a text, or bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

from cpts_geo.errors import quoted
from cpts_geo.french import counted, joined, number
from cpts_geo.geography.perimeters.request import Request

#: Cells that are written out; those beyond are counted.
_SHOWN: Final = 50
_TEXTS: Final = frozenset({".html", ".toml", ".json"})


def differences(before: Path, after: Path, names: Iterable[str]) -> dict[str, list[str]]:
    """By name of the files of two folders that differ, French lines on what differs."""
    found = {}
    for name in sorted(names):
        one, other = before / name, after / name
        if not other.is_file():
            found[name] = ["le recalcul ne l’écrit pas"]
        elif not one.is_file():
            found[name] = ["le recalcul l’écrit, et il manque ici"]
        elif (content := one.read_bytes()) != (again := other.read_bytes()):
            found[name] = _of_contents(content, again, suffix=one.suffix)
    return found


def _of_contents(before: bytes, after: bytes, *, suffix: str) -> list[str]:
    """French lines on how two contents that are not the same differ."""
    if suffix == ".csv":
        return _of_tables(_rows(before), _rows(after))
    if suffix in _TEXTS:
        pairs = zip_longest(before.split(b"\n"), after.split(b"\n"))
        lines = [number(n) for n, (one, other) in enumerate(pairs, start=1) if one != other]
        if len(lines) <= _SHOWN:
            return [f"{'ligne' if len(lines) == 1 else 'lignes'} {joined(lines)}"]
        return [f"{counted(len(lines), 'ligne', 'lignes')}, depuis la ligne {lines[0]}"]
    return [f"{number(len(before))} octets ici, {number(len(after))} au recalcul"]


def _rows(content: bytes) -> list[list[str]]:
    """Rows of a table, as texts; damaged, it is what can be read of it."""
    text = content.decode("utf-8-sig", errors="replace").replace("\0", "\ufffd")
    try:
        heads = text.partition("\n")[0]
        mark = ";" if heads.count(";") > heads.count(",") else ","
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
    except csv.Error:
        return [[line] for line in text.splitlines()]


def _of_tables(before: list[list[str]], after: list[list[str]]) -> list[str]:
    """French lines on two tables: their columns, their rows, then each cell."""
    one, other = (
        {name: at for at, name in enumerate(rows[0])} if rows else {} for rows in (before, after)
    )
    said = []
    for names, words in (
        (one.keys() - other.keys(), "en trop"),
        (other.keys() - one.keys(), "absente"),
    ):
        said += [f"colonne {quoted(name)} {words}" for name in sorted(names)]
    if len(before) != len(after):
        said.append(f"{number(len(before) - 1)} lignes ici, {number(len(after) - 1)} au recalcul")
    shared = [name for name in other if name in one]
    cells = [
        f"ligne {number(line)}, {quoted(name)} : {_cell(row, one[name])} ici, "
        f"{_cell(again, other[name])} au recalcul"
        for line, (row, again) in enumerate(zip(before[1:], after[1:], strict=False), start=2)
        for name in shared
        if _cell(row, one[name]) != _cell(again, other[name])
    ]
    said += cells[:_SHOWN]
    if len(cells) > _SHOWN:
        said.append(f"et {counted(len(cells) - _SHOWN, 'autre cellule', 'autres cellules')}")
    return said or ["mêmes cellules, écrites autrement"]


def _cell(row: Sequence[str], at: int) -> str:
    """A cell as it is quoted; a row may be short."""
    return quoted(row[at]) if at < len(row) else "rien"


def other_parts(
    before: Mapping[str, Any], after: Mapping[str, Any], names: Sequence[str]
) -> list[str]:
    """French lines on what two manifests tell differently of one run."""
    return [f"sa partie « {n} » diffère" for n in names if before.get(n) != after.get(n)]


def other_options(before: Mapping[str, Any], after: Mapping[str, Any], *, every: bool) -> list[str]:
    """French lines on options of a run that two manifests tell differently; of `every` territory,
    those that say which ones may be of another request."""
    apart = {each.name for each in fields(Request)} if every else set()
    one, other = (dict(told.get("parameters") or {}) for told in (before, after))
    names = sorted({*one, *other} - apart)
    return [f"« parameters », {line}" for line in other_parts(one, other, names)]

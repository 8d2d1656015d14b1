"""The tables that a coordinator fills, as ``templates.toml`` beside describes them."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Final, Literal

from cpts_geo.schema import LEVELS
from cpts_geo.settings import COG_YEAR
from cpts_geo.sources._conventions.text import plain

_Kind = Literal["people", "doctors", "activity", "visits", "share", "rate"]
#: Who gives the figures of an invented example: whatever shows one of its rows shows this.
INVENTED: Final = "exemple inventé"
#: What a reader is told of it, before any figure.
INVENTED_SAID: Final = f"{INVENTED.capitalize()} : des chiffres ne sont pas ceux du territoire."
#: What stands in place of a code where a zoning holds no commune.
NO_COMMUNE: Final = "aucune"


@dataclass(frozen=True)
class Line:
    """
    One thing that a table asks for.

    Parameters
    ----------
    code, label : str
        What stands in the table, and French words.
    kind : {"people", "doctors", "activity", "visits", "share", "rate"}
        What its value is of, which says what may leave.
    unit : str
        French unit of the value; empty where the table has columns of its own for it.
    group : str
        Lines of a group bear one date.
    levels : tuple of str
        Keys of the levels of areas it is asked for.
    within : str
        Code of the line that counts the same, and more; empty for none.
    most : float
        Highest value that is possible.
    of_people : float
        What its population is for one inhabitant, where nobody gives it.
    example : mapping of str to float
        Invented figures, by level.
    ask : mapping of str to str
        Whom to ask, by level, after « à demander ».
    """

    code: str
    label: str
    kind: _Kind
    unit: str
    group: str
    levels: tuple[str, ...]
    within: str
    most: float
    of_people: float
    example: Mapping[str, float]
    ask: Mapping[str, str]


@dataclass(frozen=True)
class Template:
    """
    A table to fill.

    Parameters
    ----------
    key, title : str
        What is typed to ask for it, and French words.
    columns : tuple of str
        Keys of its columns, in order.
    needed : frozenset of str
        Those without which it cannot be read.
    lines : mapping of str to Line
        What it asks for, by code.
    """

    key: str
    title: str
    columns: tuple[str, ...]
    needed: frozenset[str]
    lines: Mapping[str, Line]

    @property
    def name(self) -> str:
        """Name of the table that a run writes."""
        return self.key.replace("-", "_")


def newest_year() -> int:
    """
    Give the last year that something was counted in.

    Returns
    -------
    int
        This one; a clock that is behind the figures of the package is not believed.

    Examples
    --------
    >>> newest_year() >= COG_YEAR
    True
    """
    return max(date.today().year, COG_YEAR)


def is_invented(producer: object) -> bool:
    """
    Tell whether a figure is marked as invented.

    Parameters
    ----------
    producer : object
        Who gives it, as a file says it.

    Returns
    -------
    bool
        Whether the mark is a part of it, whatever its capitals and accents.

    Examples
    --------
    >>> is_invented("CPAM (EXEMPLE INVENTE)"), is_invented("CPAM")
    (True, False)
    """
    return plain(INVENTED) in plain(producer)


@cache
def _written() -> dict[str, Any]:
    """The file of the templates."""
    text = resources.files(__package__).joinpath("templates.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def headings() -> Mapping[str, str]:
    """
    Give the heading of each column.

    Returns
    -------
    mapping of str to str
        French words, by key.

    Examples
    --------
    >>> headings()["share"]
    'Part (%)'
    """
    found: dict[str, str] = _written()["headings"]
    return found


@cache
def level_words() -> Mapping[str, str]:
    """
    Give what a table writes for each level of areas.

    Returns
    -------
    mapping of str to str
        French words, by key of level.

    Examples
    --------
    >>> level_words()["cpts"]
    'CPTS'
    """
    found: dict[str, str] = _written()["levels"]
    return found


@cache
def templates() -> Mapping[str, Template]:
    """
    Give the tables to fill.

    Returns
    -------
    mapping of str to Template
        By what is typed to ask for each.

    Examples
    --------
    >>> list(templates())
    ['acces-mt', 'passages', 'sas', 'zonage']
    >>> templates()["acces-mt"].lines["17+"].ask["cpts"]
    'à la CPAM'
    """
    return {key: _template(key, said) for key, said in _written()["tables"].items()}


def _template(key: str, said: Mapping[str, Any]) -> Template:
    """One table, its lines with what they do not say."""
    every = said.get("levels", [level.key for level in LEVELS])
    lines = {}
    for line in said["lines"]:
        code = line["code"]
        lines[code] = Line(
            code=code,
            label=line["label"],
            kind=line["kind"],
            unit=line.get("unit", ""),
            group=line.get("group", code),
            levels=tuple(line.get("levels", every)),
            within=line.get("within", ""),
            most=line.get("most", 100.0 if line["kind"] == "share" else math.inf),
            of_people=line.get("of_people", math.nan),
            example=line.get("example", {}),
            ask=said.get("ask", {}) | line.get("ask", {}),
        )
    return Template(key, said["title"], tuple(said["columns"]), frozenset(said["needed"]), lines)

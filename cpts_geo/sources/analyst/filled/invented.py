"""Figures of an example, invented once: whatever table shows one shows the same."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from cpts_geo.schema import TERRITORY
from cpts_geo.sources.analyst.filled.templates import Line, templates

#: Inhabitants that a count of the example is for.
_FOR: Final = 10_000


@dataclass(frozen=True)
class Invented:
    """
    What an example says of a line.

    Parameters
    ----------
    number, population, share : float
        Counts, and a share in %; NaN for what the line does not have. A rate is a number.
    """

    number: float
    population: float
    share: float


def invented(code: str, *, people: float, level: str = TERRITORY.key) -> Invented:
    """
    Invent the figures of a line for an area.

    Parameters
    ----------
    code : str
        Code of the line, of whichever table.
    people : float
        Inhabitants of the area.
    level : str, default "cpts"
        Its level.

    Returns
    -------
    Invented
        They agree with one another, and a part is never above its whole.

    Raises
    ------
    KeyError
        No table has this line, or not for this level.

    Examples
    --------
    >>> invented("17+", people=10_000)
    Invented(number=980.0, population=7900.0, share=12.4)
    >>> invented("effecteurs", people=100_000).number
    14.0
    """
    lines = {key: line for each in templates().values() for key, line in each.lines.items()}
    line = lines[code]
    value = line.example[level]
    if line.kind == "rate":
        return Invented(value, math.nan, math.nan)
    if line.kind == "share" or not line.unit:
        population = _rounded(people * line.of_people)
        number = _rounded(population * value / 100)
        exact = line.kind == "share" or not population
        return Invented(number, population, value if exact else round(100 * number / population, 1))
    number, population = _count(line, people, level), _whole(lines, line, people, level)
    return Invented(number, population, 100 * number / population if population else math.nan)


def _count(line: Line, people: float, level: str) -> float:
    """A count, as large as the area."""
    return _rounded(people * line.example[level] / _FOR)


def _whole(lines: Mapping[str, Line], line: Line, people: float, level: str) -> float:
    """What a count is a part of; NaN for nothing."""
    return _count(lines[line.within], people, level) if line.within else math.nan


def _rounded(count: float) -> float:
    """A count is whole; NaN stays."""
    return float(np.round(count))

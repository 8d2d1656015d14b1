"""What the label of a column of an export means, by the table ``labels.toml`` beside."""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from cpts_geo.errors import DataFileError, quoted
from cpts_geo.schema import COLUMNS, Column, vintages
from cpts_geo.sources._conventions.geoclip import Indicator
from cpts_geo.sources._conventions.text import plain

#: Name of the table, as messages say it.
TABLE: Final = "labels.toml"
_AGES: Final = re.compile(r"(?P<over>plus de )?(?P<age>\d{2}) ans(?(over)| (?:et|ou) (?:plus|\+))")


@dataclass(frozen=True)
class Meaning:
    """
    What the figures of a column are.

    Parameters
    ----------
    adds : bool or None
        Whether they are numbers of things, which add, or rates, which weigh; None where the table
        does not say.
    column : Column or None
        Ours, where it is the same quantity of the same year.
    scale : float
        What they are multiplied by to be ours.
    most : float
        Highest value that is possible, as written.
    unit : str
        French unit; empty where the label says it, or nothing does.
    base : str
        Ages of the people that a share is of, as the label says them; empty where it does not.
    warns : str
        French words on what the value of a territory is not.
    """

    adds: bool | None = None
    column: Column | None = None
    scale: float = 1.0
    most: float = math.inf
    unit: str = ""
    base: str = ""
    warns: str = ""


@dataclass(frozen=True)
class _Line:
    """A line of the table: see its head."""

    label: str
    adds: bool
    column: str = ""
    scale: float = 1.0
    most: float = math.inf
    unit: str = ""
    warns: str = ""


def meaning_of(indicator: Indicator) -> Meaning:
    """
    Say what a column of an export holds.

    Parameters
    ----------
    indicator : Indicator
        Its label, and the years it describes.

    Returns
    -------
    Meaning
        Of the first line of the table that reads the label; nothing known where none does.

    Raises
    ------
    DataFileError
        The table was edited, and holds defects; lists them all.

    Examples
    --------
    >>> found = meaning_of(Indicator("APL Médecins généralistes", "2023"))
    >>> found.adds, found.column.name
    (False, 'apl_2023')
    >>> meaning_of(Indicator("Bassin de natation (en nombre)", "2024")).adds
    True
    """
    text = plain(indicator.label)
    line = next((line for line in _table() if re.fullmatch(line.label, text)), None)
    if line is None:
        return Meaning()
    every = [COLUMNS[name] for name in vintages(line.column)] if line.column else []
    # A share without MT has the years of its documents; other columns have one each.
    undated = [column for column in every if column.table == "areas"]
    same = undated or [column for column in every if column.vintage == indicator.vintage]
    ours = same[0] if same else None
    return Meaning(
        adds=line.adds,
        column=ours,
        scale=line.scale if ours else 1.0,
        most=line.most,
        unit=line.unit or ("%" if line.scale == 0.01 else ""),
        base=_ages(text) if ours in undated else "",
        warns=line.warns,
    )


def _ages(text: str) -> str:
    """Ages that a label names, in the words of our documents; empty for none."""
    if "tous ages" in text:
        return "tous âges"
    found = _AGES.search(text)
    if found is None:
        return ""
    return f"{int(found['age']) + (found['over'] is not None)} ans et plus"


@cache
def _table() -> tuple[_Line, ...]:
    """Lines of the table, checked."""
    text = resources.files(__package__).joinpath(TABLE).read_text(encoding="utf-8")
    lines, defects = [], []
    try:
        written = tomllib.loads(text)["labels"]
    except (tomllib.TOMLDecodeError, KeyError) as error:
        written, defects = [], [f"illisible : {error}"]
    for place, values in enumerate(written, start=1):
        try:
            line = _Line(**values)
            re.compile(line.label)
            if line.column and not vintages(line.column):
                defects.append(f"ligne {place} : grandeur {quoted(line.column)} inconnue")
            lines.append(line)
        except (TypeError, re.error) as error:
            defects.append(f"ligne {place} : {error}")
    if defects:
        raise DataFileError(
            f"La table des libellés {TABLE} ne convient pas.",
            defects=defects,
            remedy="corrigez-la ; son en-tête dit ce que chaque ligne peut contenir.",
        )
    return tuple(lines)

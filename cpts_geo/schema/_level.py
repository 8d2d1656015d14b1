"""Areas that figures are given for: a territory, and those it stands beside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Level:
    """
    A kind of area: what it is called, what is in it, how it is drawn.

    Parameters
    ----------
    key : str
        Its value in ``area_level``; a code is unique within a level only.
    word : str
        French name, as in a legend.
    of : str
        The same after « de », as « du département ».
    beside : tuple of str
        What a territory stands beside, one or several: « de son département », « de ses
        départements ».
    members : str
        Column of the tables of communes that holds the code of their area; empty where one area
        holds them all.
    names : str
        Likewise the column of its name.
    code : str
        Code of the one area that holds all communes.
    mark : str
        Sign on a drawing: an SVG path from its centre, closed or a line; empty for a disc.
    """

    key: str
    word: str
    of: str
    beside: tuple[str, str]
    members: str = ""
    names: str = ""
    code: str = ""
    mark: str = ""


TERRITORY: Final = Level(
    "cpts", "territoire", "du territoire", ("du territoire", "des territoires"), "territory"
)
DEPARTEMENT: Final = Level(
    "departement", "département", "du département", ("de son département", "de ses départements"),
    "departement", "departement_name", mark="m0 -6l6 6l-6 6l-6 -6z",
)  # fmt: skip
REGION: Final = Level(
    "region", "région", "de la région", ("de sa région", "de ses régions"),
    "region", "region_name", mark="m-5 -5h10v10h-10z",
)  # fmt: skip
FRANCE: Final = Level(
    "france", "France", "de la France", ("de la France", "de la France"), code="FR", mark="m0 -7v14"
)
#: All levels, from the smallest areas to the whole country, in reading order.
LEVELS: Final = (TERRITORY, DEPARTEMENT, REGION, FRANCE)
#: Those a territory stands beside, whose figures are compiled.
AROUND: Final = LEVELS[1:]
#: What names an area in a long table: a code alone may be one of another level.
AREA: Final = ["area_level", "area_code"]

"""What is to know of the territories and of their slots, after the table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cpts_geo.atlas.look.words import goal
from cpts_geo.study.study import Study


def section(sheets: Sequence[Study]) -> dict[str, Any]:
    """What the template shows: targets, and sentences on the lists of communes."""
    return {
        "goals": sorted({goal(sheet.headline) for sheet in sheets if sheet.headline}),
        "perimeters": _perimeters(sheets),
    }


def _perimeters(sheets: Sequence[Study]) -> list[str]:
    """What is to know of each list of communes, said once where it is the same for several."""
    said: dict[str, list[str]] = {}
    for sheet in sheets:
        said.setdefault(sheet.perimeter, []).append(sheet.name)
    return [f"{', '.join(names)} : {text}" for text, names in said.items()]

"""What is to know of the territories and of their slots, after the table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cpts_geo.atlas.sections.several.lines import Line


def section(lines: Sequence[Line]) -> dict[str, Any]:
    """What the template shows: targets, and sentences on the lists of communes."""
    return {
        "goals": sorted({line.needed.goal for line in lines if line.needed}),
        "perimeters": _perimeters(lines),
    }


def _perimeters(lines: Sequence[Line]) -> list[str]:
    """What is to know of each list of communes, said once where it is the same for several."""
    said: dict[str, list[str]] = {}
    for line in lines:
        said.setdefault(line.perimeter, []).append(line.name)
    return [f"{', '.join(names)} : {text}" for text, names in said.items()]

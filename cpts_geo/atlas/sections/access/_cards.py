"""« Et si… »: each change of supply, and the best place of a centre, in three numbers."""

from __future__ import annotations

from typing import NamedTuple

from cpts_geo.atlas.look.words import gain_numbers, opened, shift_numbers
from cpts_geo.study.access import TerritoryAccess


class _Card(NamedTuple):
    """A change: its title, and up to three numbers with their words."""

    title: str
    numbers: list[tuple[str, str]]


def cards(access: TerritoryAccess) -> list[_Card]:
    """Those that move something; nothing is shown of what moves nothing, or by how much nobody
    knows."""
    found = [_Card(shift.title, shift_numbers(shift, access.names)) for shift in access.shifts]
    if access.opening and (best := access.opening.worthwhile):
        sites, gain = best
        found.append(
            _Card(opened(sites, access.names), gain_numbers(gain, approximate=access.approximate))
        )
    return [card for card in found if card.numbers]

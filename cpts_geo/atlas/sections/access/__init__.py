"""Sections on access: minutes to care, changes of supply, where to open."""

from __future__ import annotations

from typing import Any

from cpts_geo.atlas.sections.access import _cards, _changes, _coverage, _opening
from cpts_geo.atlas.sections.access._opening import NOWHERE as NOWHERE
from cpts_geo.study.access import TerritoryAccess


def access_sections(access: TerritoryAccess) -> dict[str, Any]:
    """
    Gather the sections on the access of one territory.

    Parameters
    ----------
    access : TerritoryAccess
        Its access.

    Returns
    -------
    dict
        What each template shows, by the name of the section; None where nothing is known.
    """
    return {
        "coverage": _coverage.section(access),
        "cards": _cards.cards(access),
        "changes": _changes.section(access),
        "opening": access.opening and _opening.section(access.opening, access),
    }

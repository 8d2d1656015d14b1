"""Sections of the page of several territories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cpts_geo.atlas.sections.several import _beside, _known, _rows
from cpts_geo.atlas.sections.several.lines import Line, line_of
from cpts_geo.study.study import Study


def several_sections(sheets: Sequence[Study]) -> dict[str, Any]:
    """
    Gather the sections of the page of several territories.

    Parameters
    ----------
    sheets : sequence of Study
        Territories in order.

    Returns
    -------
    dict
        What each template shows, by the name of the section.
    """
    lines = [line_of(sheet) for sheet in sheets]
    return {**line_sections(lines), "beside": _beside.section(sheets)}


def line_sections(lines: Sequence[Line]) -> dict[str, Any]:
    """
    Gather those of the sections that need no more than a line a territory.

    Parameters
    ----------
    lines : sequence of Line
        Territories in order.

    Returns
    -------
    dict
        What each template shows, by the name of the section.
    """
    return {"table": _rows.section(lines), "known": _known.section(lines)}

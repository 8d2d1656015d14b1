"""Sections that set two scenarios side by side."""

from __future__ import annotations

from typing import Any

from cpts_geo.atlas.sections.comparison import _assumed, _changes, _drawings, _finding, _measures
from cpts_geo.capacity.comparing.compare import ScenarioComparison


def comparison_sections(found: ScenarioComparison) -> dict[str, Any]:
    """
    Gather the sections of a comparison.

    Parameters
    ----------
    found : ScenarioComparison
        Comparison of two scenarios.

    Returns
    -------
    dict
        What each template shows, by the name of the section.
    """
    return {
        "finding": _finding.section(found),
        "drawings": _drawings.section(found),
        "measures": _measures.section(found),
        "changes": _changes.section(found),
        "assumed": _assumed.section(found),
    }

"""« L’essentiel »: what is read in ten seconds, before anything is explained."""

from __future__ import annotations

from typing import Any

from cpts_geo.atlas.sections.essential import _asked, _beside, _titles
from cpts_geo.study.study import Study


def essential_sections(study: Study) -> dict[str, Any]:
    """
    Gather the first screen of a territory, and the finding that each part of the page begins with.

    Parameters
    ----------
    study : Study
        Everything known of it.

    Returns
    -------
    dict
        What the templates show: ``essential``, the first screen; ``titles``, a finding by the name
        of its part of the page.
    """
    return {
        "essential": {"asked": _asked.section(study), "groups": _beside.section(study.comparison)},
        "titles": _titles.section(study),
    }

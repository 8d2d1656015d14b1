"""Sections on its list of communes: how names were read, what it adds up to, what it cuts."""

from __future__ import annotations

from typing import Any

from cpts_geo.atlas.sections.perimeter import _border, _documents, _identity, audit, gaps
from cpts_geo.study.study import Study


def perimeter_sections(study: Study) -> dict[str, Any]:
    """
    Gather the sections on the list of communes of one territory.

    Parameters
    ----------
    study : Study
        Everything known of it.

    Returns
    -------
    dict
        What each template shows, by the name of the section.
    """
    return {
        "identity": _identity.section(study),
        "gaps": gaps.section(study.gaps),
        "border": _border.section(study.border),
        "documents": _documents.section(study.facts),
        "audit": audit.section(study.audit),
    }

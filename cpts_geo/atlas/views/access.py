"""Access of a territory: minutes to care, what a change of supply does, where to open."""

from __future__ import annotations

from functools import cache
from typing import Any

from cpts_geo.atlas.sections.access import access_sections
from cpts_geo.atlas.sections.essential import essential_sections
from cpts_geo.atlas.views.view import View, section_parts
from cpts_geo.study.study import Study


def access_view(study: Study) -> View:
    """
    Show who is at how many minutes of care.

    Parameters
    ----------
    study : Study
        Everything known of the territory.

    Returns
    -------
    View
        Its value is the :class:`cpts_geo.study.access.TerritoryAccess`; its table has a row a
        facility, time and variant of the times.
    """
    access = study.access

    @cache
    def shown() -> dict[str, Any]:
        titles = essential_sections(study)["titles"]
        return {**access_sections(access), "sheet": study, "sentences": [titles["access"]]}

    parts = {}
    if access.shifts or access.set_aside:
        parts["changes"] = (
            "et si l’offre changeait",
            "sections/access/changes.html.j2",
            access.columns,
        )
    return View(
        f"{study.name} : l’accès aux soins",
        ["views/sentences.html.j2", "sections/access/coverage.html.j2"],
        shown,
        value=access,
        table=access.coverage,
        parts=section_parts(study.name, parts, shown),
    )


def opening_view(study: Study) -> View:
    """
    Show where to open a centre.

    Parameters
    ----------
    study : Study
        Everything known of the territory.

    Returns
    -------
    View
        Its value is the :class:`cpts_geo.study.opening.Opening`, None where it cannot be said; its
        table has a row a set of sites.
    """
    found = study.access.opening

    def shown() -> dict[str, Any]:
        return access_sections(study.access)

    return View(
        f"{study.name} : où ouvrir",
        ["sections/access/opening.html.j2" if found else "views/no_opening.html.j2"],
        shown,
        value=found,
        table=None if found is None else found.solutions,
    )

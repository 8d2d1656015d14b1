"""What is known of a territory: its list of communes, its indicators, where these come from."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

from cpts_geo.atlas.pages.sheet import sources_used
from cpts_geo.atlas.sections.essential import essential_sections
from cpts_geo.atlas.sections.perimeter import perimeter_sections
from cpts_geo.atlas.sections.territory import figure_sections
from cpts_geo.atlas.views.view import View, section_parts
from cpts_geo.french import counted
from cpts_geo.geography.naming.names import LEFT_OUT
from cpts_geo.geography.perimeters.checking import audit_lines
from cpts_geo.study.study import Study


def audit_view(study: Study) -> View:
    """
    Show how the list of communes was read: names corrected, lines left out.

    Parameters
    ----------
    study : Study
        Everything known of the territory.

    Returns
    -------
    View
        Its table is the audit, a row a line of the list.
    """
    known = study.audit[study.audit["method"] != LEFT_OUT]
    exact = counted(int((known["method"] == "exact").sum()), "écrite", "écrites")
    sections = perimeter_sections(study)
    said = [
        f"{counted(len(known), 'commune reconnue', 'communes reconnues')}, dont {exact} à la "
        "lettre.",
        f"{study.perimeter} Source : {study.document}.",
        *study.notes,
        *([] if sections["audit"]["read"] else audit_lines(study.audit)),
    ]
    parts = {
        "gaps": ("chiffres publiés et sommes d’aujourd’hui", "gaps", study.gaps),
        "documents": ("ce que disent les documents", "documents", study.facts),
        "border": ("communes que la limite coupe", "border", study.border),
    }
    return View(
        f"{study.name} : la liste de communes",
        ["views/sentences.html.j2", "sections/perimeter/audit.html.j2"],
        {**sections, "sentences": said},
        value=study.audit,
        table=study.audit,
        parts=section_parts(
            study.name,
            {
                key: (words, f"sections/perimeter/{section}.html.j2", table)
                for key, (words, section, table) in parts.items()
                if sections[section]["rows"]
            },
            sections,
        ),
    )


def indicators_view(study: Study) -> View:
    """
    Show a territory beside its départements, its région and France.

    Parameters
    ----------
    study : Study
        Everything known of it.

    Returns
    -------
    View
        Its table has a row an area and indicator, with value, status, source and grade.
    """
    of_gps = study.comparison["indicator"].str.startswith("gps")
    parts: dict[str, tuple[str, str, pd.DataFrame | None]] = {
        "every": ("tous les indicateurs", "beside", study.comparison),
        "gps": ("les généralistes, source par source", "gp_counts", study.comparison[of_gps]),
        "apl": ("l’APL d’année en année", "apl_trend", study.apl_trend),
        "communes": ("commune par commune", "communes", study.figures.drop(columns="geometry")),
    }
    if len(study.given):
        parts["given"] = ("indicateurs fournis", "given", study.given)

    @cache
    def shown() -> dict[str, Any]:
        finding = essential_sections(study)["titles"]["beside"]
        return {**figure_sections(study), "sheet": study, "sentences": [finding]}

    return View(
        f"{study.name} : les indicateurs",
        ["views/sentences.html.j2", "sections/territory/spine.html.j2"],
        shown,
        value=study.comparison,
        table=study.comparison,
        used=sources_used([study]),
        parts=section_parts(
            study.name,
            {
                key: (words, f"sections/territory/{section}.html.j2", table)
                for key, (words, section, table) in parts.items()
            },
            shown,
        ),
    )

"""What is known of a territory: its list of communes, its indicators, where these come from."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any, Final

import pandas as pd

from cpts_geo.atlas.look.cells import plain_cells
from cpts_geo.atlas.pages.sheet import sources_used
from cpts_geo.atlas.sections.essential import essential_sections
from cpts_geo.atlas.sections.perimeter import perimeter_sections
from cpts_geo.atlas.sections.territory import figure_sections
from cpts_geo.atlas.views.tables import table_view
from cpts_geo.atlas.views.view import View, section_parts, unknown_view
from cpts_geo.french import counted
from cpts_geo.geography.naming.names import LEFT_OUT
from cpts_geo.geography.perimeters.checking import audit_lines
from cpts_geo.schema import GP_SOURCES, GRADE_LABELS, STATUS_LABELS, STATUS_MARKS, TERRITORY, Status
from cpts_geo.study.study import Study

#: What each sign means, in words that suit any value.
_MEANINGS: Final = {
    Status.MEASURED: "compté ou recensé, repris tel quel, ou somme de valeurs qui le sont toutes",
    Status.COMPUTED: "indice que son producteur calcule : personne ne l’a compté",
    Status.ANNOUNCED: "écrit dans un document public par ceux dont il parle, sans dire sa source",
    Status.ESTIMATED: "obtenu en approchant : communes fusionnées, poids d’une autre année, "
    "données de quelques communes absentes",
    Status.ASSUMED: "choisi faute de mesure ; à remplacer dès que vous en savez plus",
    Status.UNKNOWN: "inconnu ici : ce n’est pas zéro, et ce n’est pas « faible »",
}

#: Parts of the audit: French words, and what is said where there is nothing to show.
_AUDIT_PARTS: Final = {
    "gaps": (
        "chiffres publiés et sommes d’aujourd’hui",
        "Aucun document connu ne publie la taille de ce territoire : rien à rapprocher de la somme "
        "de ses communes.",
    ),
    "documents": (
        "ce que disent les documents",
        "Aucun document publié sur ce territoire n’est connu de l’outil.",
    ),
    "border": (
        "communes que la limite coupe",
        "Ce territoire est fait de communes entières : sa limite n’en coupe aucune.",
    ),
}


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
    tables = {"gaps": study.gaps, "documents": study.facts, "border": study.border}
    parts: dict[str, tuple[str, Callable[[], View]]] = {}
    for key, (words, why) in _AUDIT_PARTS.items():
        if sections[key]["rows"]:
            section = {key: (words, f"sections/perimeter/{key}.html.j2", tables[key])}
            parts |= section_parts(study.name, section, sections)
        else:
            parts[key] = (words, partial(unknown_view, f"{study.name} : {words}", why))
    return View(
        f"{study.name} : la liste de communes",
        ["views/sentences.html.j2", "sections/perimeter/audit.html.j2"],
        {**sections, "sentences": said},
        value=study.audit,
        table=study.audit,
        parts=parts,
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
    of_gps = study.comparison["indicator"].isin(GP_SOURCES)
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
        parts={
            **section_parts(
                study.name,
                {
                    key: (words, f"sections/territory/{section}.html.j2", table)
                    for key, (words, section, table) in parts.items()
                },
                shown,
            ),
            "signs": ("lire un signe", lambda: _signs(study)),
            "grades": ("lire une note", lambda: _grades(study)),
        },
    )


def _signs(study: Study) -> View:
    """What each sign means, and how many values of the territory carry it."""
    comparison = study.comparison
    mine = comparison.loc[comparison["area_level"] == TERRITORY.key, "status"].value_counts()
    table = pd.DataFrame(
        [
            [STATUS_MARKS[each], STATUS_LABELS[each], meaning, int(mine.get(each.value, 0))]
            for each, meaning in _MEANINGS.items()
        ],
        columns=["sign", "label", "meaning", "values"],
    )
    return table_view(
        f"{study.name} : lire un signe",
        table,
        headers=["Signe", "Se lit", "Ce que cela veut dire", "Valeurs du territoire"],
        rows=[plain_cells(*map(str, row)) for row in table.to_numpy()],
        more="0 est une absence connue, jamais un blanc.",
    )


def _grades(study: Study) -> View:
    """What each grade of a source means, and how many sources of the territory have it."""
    used = pd.Series([source.grade for source in sources_used([study])]).value_counts()
    table = pd.DataFrame(
        [[grade, words, int(used.get(grade, 0))] for grade, words in GRADE_LABELS.items()],
        columns=["grade", "meaning", "sources"],
    )
    return table_view(
        f"{study.name} : lire une note de confiance",
        table,
        headers=["Note", "La source est", "Sources employées ici"],
        rows=[plain_cells(*map(str, row)) for row in table.to_numpy()],
        more="La note dit la confiance dans la source, non l’âge du chiffre : le millésime est "
        "écrit à côté.",
    )

"""Access of a territory: minutes to care, what a change of supply does, where to open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from cpts_geo.atlas.exhibits.findings import map_finding
from cpts_geo.atlas.look.cells import Cell, plain_cells
from cpts_geo.atlas.maps.embedding import png
from cpts_geo.atlas.maps.layers import MapLayer, territory_layers
from cpts_geo.atlas.maps.still import layer_figures
from cpts_geo.atlas.sections.access import NOWHERE, access_sections
from cpts_geo.atlas.sections.access.words import named
from cpts_geo.atlas.sections.essential import essential_sections
from cpts_geo.atlas.sections.territory import answer
from cpts_geo.atlas.views.tables import table_view
from cpts_geo.atlas.views.view import View, section_parts, unknown_view
from cpts_geo.french import duration, number, rough, whole_percent
from cpts_geo.schema import COLUMNS, Status
from cpts_geo.settings import SPOKEN_MINUTES
from cpts_geo.study.opening import MAX_SITES
from cpts_geo.study.study import Study

_DPI: Final = 80
_NO_CHANGE: Final = (
    "Aucun changement d’offre ne peut être montré ici : l’APL n’y est pas publiée, ou aucun "
    "médecin compté ne peut partir et aucun lieu n’est proposé. Essayez les vôtres : "
    't.access("arrivée:…").'
)
_NO_MINUTES: Final = (
    "Aucun temps d’accès n’est connu commune par commune : il n’y a rien à peindre sur une carte."
)
_NO_SHIFT: Final = "Aucun changement d’offre n’a d’effet connu ici : il n’y a rien à peindre."


def access_view(study: Study, *, national: gpd.GeoDataFrame) -> View:
    """
    Show who is at how many minutes of care.

    Parameters
    ----------
    study : Study
        Everything known of the territory.
    national : GeoDataFrame
        All communes, for the surroundings of the maps.

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

    def maps(title: str, why: str, layers: Callable[[Study], list[MapLayer]]) -> View:
        found = layers(study)
        if not found or study.figures.geometry.isna().all():
            return unknown_view(f"{study.name} : {title}", why)
        figures = layer_figures(study.communes, found, name=study.name, national=national)
        pictures = [
            {"png": png(figure, dpi=_DPI), "words": map_finding(study, layer), "layer": layer}
            for figure, layer in zip(figures, found, strict=True)
        ]
        return View(
            f"{study.name} : {title}", ["views/maps.html.j2"], {"pictures": pictures}, value=found
        )

    parts: dict[str, tuple[str, Callable[[], View]]] = {
        "map": (
            "la carte des minutes",
            lambda: maps("la carte des minutes", _NO_MINUTES, _minutes),
        ),
        "changes": (
            "et si l’offre changeait",
            lambda: unknown_view(f"{study.name} : et si l’offre changeait", _NO_CHANGE),
        ),
        "shifts": (
            "la carte de ces changements",
            lambda: maps("la carte de ces changements", _NO_SHIFT, _shifts),
        ),
    }
    if access.shifts or access.set_aside:
        words, _ = parts["changes"]
        template = "sections/access/changes.html.j2"
        section = {"changes": (words, template, access.columns)}
        parts |= section_parts(study.name, section, shown)
    return View(
        f"{study.name} : l’accès aux soins",
        ["views/sentences.html.j2", "sections/access/coverage.html.j2"],
        shown,
        value=access,
        table=access.coverage,
        parts=parts,
    )


def _minutes(study: Study) -> list[MapLayer]:
    """A map a facility whose minutes are known, in the same classes."""
    every = territory_layers(study.communes)
    found = [each for each in every if COLUMNS[each.column].table == "access"]
    columns = study.access.coverage.drop_duplicates("facility")["column"]
    return [
        replace(found[0], column=name, title=COLUMNS[name].label)
        for name in columns
        if found and study.communes[name].notna().any()
    ]


def _shifts(study: Study) -> list[MapLayer]:
    """A map a change of supply, in the same classes."""
    every = territory_layers(study.communes, scenarios=study.scenarios)
    return [layer for layer in every if layer.diverging]


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
    title = f"{study.name} : où ouvrir"
    parts = {"several": ("un, deux ou trois lieux", lambda: _several_view(study))}
    if found is None:
        return unknown_view(title, *_nowhere(study), parts=parts)
    return View(
        title,
        ["sections/access/opening.html.j2"],
        lambda: access_sections(study.access),
        value=found,
        table=found.solutions,
        parts=parts,
    )


def _several_view(study: Study) -> View:
    """One site, then more: where, and how many people they bring near."""
    title = f"{study.name} : un, deux ou trois lieux"
    if study.access.opening is None:
        return unknown_view(title, *_nowhere(study))
    rows, table = [], []
    for count in range(1, MAX_SITES + 1):
        access = study.opening_at(count).access
        found = access.opening
        if found is None or len(found.best) < count:
            break
        for sites in found.helpful:
            gain = found.gain(sites)
            counts = sites == found.farthest_first and found.emergencies_known
            table.append({"sites": sites, "with_emergencies": counts, "gain": gain})
            cells = [Cell("non calculé")] * 3
            if gain is not None:
                before, after = (whole_percent(share) for share in gain.shares)
                minutes = " puis ".join(duration(each) for each in gain.minutes)
                cells = [
                    Cell(number(rough(gain.people)), status=Status.ESTIMATED.value),
                    Cell(f"{before} puis {after}"),
                    Cell(minutes),
                ]
            rows.append(
                [
                    Cell(number(count)),
                    *plain_cells(named(sites, access.names), "oui" if counts else "non"),
                    *cells,
                ]
            )
    if not rows:
        return unknown_view(title, NOWHERE)
    near = duration(SPOKEN_MINUTES["centre"], words=True)
    return table_view(
        title,
        pd.DataFrame(table),
        headers=[
            "Nouveaux lieux", "Lesquels", "Les urgences comptent", f"Habitants de plus à {near}",
            "Part des habitants, avant puis après", "Trajet moyen, avant puis après",
        ],
        rows=rows,
        more="Avant, après : jusqu’au service d’urgences ou au lieu de SNP le plus proche. Choisir "
        "ce que l’on veut est une décision, pas un calcul.",
    )  # fmt: skip


def _nowhere(study: Study) -> Sequence[str]:
    """Why no site is looked for."""
    start = "Aucun lieu ne peut être proposé"
    result = study.headline
    if result is None:
        return (f"{start}.", answer.section(study)["why"])
    if not result.requests_per_day.p50:
        return (
            f"{start} : à la médiane, le modèle n’attend aucune demande ici, car l’APL n’y voit "
            "pas de besoin sans réponse.",
        )
    return (f"{start} : il faut au moins deux communes habitées que des temps relient.",)

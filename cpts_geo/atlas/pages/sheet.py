"""Page of a territory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd

from cpts_geo.atlas.look.offline import inline_assets
from cpts_geo.atlas.look.templating import template
from cpts_geo.atlas.maps.layers import territory_layers
from cpts_geo.atlas.pages._capacity import capacity_sections
from cpts_geo.atlas.sections.access import changes, coverage, opening
from cpts_geo.atlas.sections.perimeter import audit, border, documents, gaps
from cpts_geo.atlas.sections.territory import (
    answer,
    beside,
    communes,
    figures,
    gp_counts,
    hypotheses,
    limits,
    mapped,
)
from cpts_geo.indicators.densities import poisson_interval
from cpts_geo.schema import COLUMNS, EARLIER_POPULATION
from cpts_geo.sources.catalogue.catalogue import Source, sources
from cpts_geo.study.study import Study


def sheet_page(sheet: Study, *, national: gpd.GeoDataFrame, date: str) -> str:
    """
    Render the page of one territory.

    Parameters
    ----------
    sheet : Study
        Its tables and headline.
    national : GeoDataFrame
        All communes, for the surroundings.
    date : str
        Date of the run, as written on the page.

    Returns
    -------
    str
        A complete HTML page that asks nothing of any network.

    Raises
    ------
    AssetError
        The page would need a file that cannot be embedded.
    """
    layers = territory_layers(sheet.communes, scenarios=sheet.scenarios)
    shown = {"name": sheet.name, "national": national, "scenarios": sheet.scenarios}
    result, found = sheet.headline, sheet.access.opening
    sections: dict[str, Any] = {
        "answer": answer.section(sheet.outline, result),
        "mapped": mapped.section(sheet.communes, layers, **shown),
        "figures": figures.section(sheet.comparison),
        "coverage": coverage.section(sheet.access),
        "changes": changes.section(sheet.access),
        "opening": found and opening.section(found, sheet.access),
        "beside": beside.section(sheet.comparison),
        "gp_counts": gp_counts.section(sheet.comparison),
        "gaps": gaps.section(sheet.gaps),
        "communes": communes.section(sheet.communes, one_gp=poisson_interval(1)),
        "border": border.section(sheet.border),
        "documents": documents.section(sheet.facts),
        "audit": audit.section(sheet.audit),
        "limits": limits.section(layers),
    }
    if result and sheet.capacity:
        sections |= capacity_sections(result, sheet.capacity, facts=sheet.facts)
        sections["hypotheses"] = hypotheses.section(result.scenario)
    page = template("pages/sheet.html.j2").render(
        sheet=sheet, sources=sources_used([sheet]), date=date, **sections
    )
    return inline_assets(page)


def sources_used(sheets: Sequence[Study]) -> list[Source]:
    """
    List the sources of the figures shown, and of the outlines and people behind them.

    Parameters
    ----------
    sheets : sequence of Study
        What the page shows.

    Returns
    -------
    list of Source
        In the order of the catalogue.
    """
    used = {COLUMNS[name].source for name in ("area_km2", EARLIER_POPULATION)}
    for sheet in sheets:
        known = sheet.comparison["indicator"][sheet.comparison["value"].notna()]
        layers = territory_layers(sheet.communes, scenarios=sheet.scenarios)
        names = {*known, *communes.commune_columns(sheet.communes), *(x.column for x in layers)}
        names |= set(sheet.access.coverage["column"])
        used |= {COLUMNS[name].source for name in names}
    return [source for key, source in sources().items() if key in used]

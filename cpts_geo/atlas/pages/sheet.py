"""Page of a territory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

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
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.french import joined
from cpts_geo.indicators.comparison import poisson_interval
from cpts_geo.schema import COLUMNS
from cpts_geo.sources.catalogue.catalogue import Source, sources
from cpts_geo.study.access import TerritoryAccess
from cpts_geo.study.capacity import TerritoryCapacity


@dataclass(frozen=True)
class Sheet:
    """
    What the page of one territory shows.

    Parameters
    ----------
    key, name, document, perimeter : str
        Key, name, document it comes from, French sentence on its list of communes.
    outline : Series
        communes, population, area_km2, departements, geometry.
    communes : GeoDataFrame
        Communes with their figures and status.
    comparison, gaps, facts, audit : DataFrame
        Rows of this territory.
    headline : Headline or None
        Slots and hours needed; None where the territory is too large for the queue.
    notes : tuple of str
        What was adapted while reading an analyst's file.
    border : DataFrame
        Communes that the limit of its polygon cuts; empty where it is no polygon.
    access : TerritoryAccess
        Minutes to care, scenarios of supply, where to open.
    capacity : TerritoryCapacity or None
        Months, groups, drivers, telephone, future; None where the headline is.
    """

    key: str
    name: str
    document: str
    perimeter: str
    outline: pd.Series
    communes: gpd.GeoDataFrame
    comparison: pd.DataFrame
    gaps: pd.DataFrame
    facts: pd.DataFrame
    audit: pd.DataFrame
    headline: Headline | None
    notes: tuple[str, ...]
    border: pd.DataFrame
    access: TerritoryAccess
    capacity: TerritoryCapacity | None

    @property
    def scenarios(self) -> list[str]:
        """Titles of the scenarios of supply, in the order of the columns of communes."""
        return [shift.title for shift in self.access.shifts]

    @property
    def file(self) -> str:
        """File name of the page."""
        return f"{self.key}.html"

    @property
    def departements(self) -> str:
        """Names of its départements, joined in French."""
        names = list(self.communes.drop_duplicates("departement")["departement_name"])
        return joined(names)


def sheet_page(sheet: Sheet, *, national: gpd.GeoDataFrame, date: str) -> str:
    """
    Render the page of one territory.

    Parameters
    ----------
    sheet : Sheet
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


def sources_used(sheets: Sequence[Sheet]) -> list[Source]:
    """
    List the sources of the figures shown, and of the outlines and people behind them.

    Parameters
    ----------
    sheets : sequence of Sheet
        What the page shows.

    Returns
    -------
    list of Source
        In the order of the catalogue.
    """
    used = {"admin_express", "insee_population_2017"}
    for sheet in sheets:
        known = sheet.comparison["indicator"][sheet.comparison["value"].notna()]
        layers = territory_layers(sheet.communes, scenarios=sheet.scenarios)
        names = {*known, *communes.commune_columns(sheet.communes), *(x.column for x in layers)}
        names |= set(sheet.access.coverage["column"])
        used |= {COLUMNS[name].source for name in names}
    return [source for key, source in sources().items() if key in used]

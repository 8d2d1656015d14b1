"""Page of a territory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import geopandas as gpd

from cpts_geo.atlas.look.offline import inline_assets
from cpts_geo.atlas.look.templating import rendered
from cpts_geo.atlas.maps.drawings import still_maps
from cpts_geo.atlas.maps.layers import territory_layers
from cpts_geo.atlas.sections.access import access_sections
from cpts_geo.atlas.sections.capacity import capacity_sections, need_sections
from cpts_geo.atlas.sections.essential import essential_sections
from cpts_geo.atlas.sections.filled import filled_sections
from cpts_geo.atlas.sections.paper import section as paper_section
from cpts_geo.atlas.sections.perimeter import perimeter_sections
from cpts_geo.atlas.sections.resources import section as resources_section
from cpts_geo.atlas.sections.territory import territory_sections
from cpts_geo.atlas.sections.territory.communes import commune_columns
from cpts_geo.schema import COLUMNS, EARLIER_POPULATION, TERRITORY, Status
from cpts_geo.sources.catalogue.catalogue import Source, sources
from cpts_geo.study.study import Study

#: Parts of the page, by their anchor.
_PARTS: Final = (
    ("essentiel", "L’essentiel"),
    ("carte", "Carte"),
    ("chiffres", "Chiffres"),
    ("besoin", "Besoin"),
    ("acces", "Accès"),
    ("et-si", "Et si…"),
    ("communes", "Communes"),
    ("sources", "Sources"),
)


def sheet_page(
    sheet: Study, *, national: gpd.GeoDataFrame, date: str, home: str = "index.html"
) -> str:
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
    home : str
        Address of the page of all territories.

    Returns
    -------
    str
        A complete HTML page that asks nothing of any network.

    Raises
    ------
    AssetError
        The page would need a file that cannot be embedded.
    """
    opening = sheet.access.opening
    stills = still_maps(
        sheet.communes,
        national=national,
        scenarios=sheet.scenarios,
        around=sheet.common.surroundings.field,
        open_today=sheet.centres,
        proposed=opening.proposed[0] if opening and opening.proposed else (),
    )
    sections = {
        **essential_sections(sheet),
        **territory_sections(sheet, national=national),
        **access_sections(sheet.access),
        **perimeter_sections(sheet),
        **need_sections(sheet),
        **filled_sections(sheet),
    }
    if sheet.headline and sheet.capacity:
        sections |= capacity_sections(sheet.headline, sheet.capacity, facts=sheet.facts)
        sections["resources"] = resources_section(sheet.headline, sheet.capacity)
    used = sources_used([sheet])
    sections["paper"] = paper_section(sheet, stills=stills, date=date, used=used)
    page = rendered(
        "pages/sheet.html.j2",
        sheet=sheet,
        sources=used,
        date=date,
        home=home,
        parts=_parts(sections),
        stills=stills,
        **sections,
    )
    return inline_assets(page)


def _parts(sections: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Anchors and words of the navigation; a part that has nothing to say is not in it."""
    changes = sections["changes"]
    moved = changes["shifts"] or changes["set_aside"] or sections["opening"]
    moved = moved or sections.get("levers")
    return [(anchor, words) for anchor, words in _PARTS if anchor != "et-si" or moved]


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
        found = sheet.comparison[sheet.comparison["value"].notna()]
        mine = found["area_level"] == TERRITORY.key
        # What is announced of elsewhere is shown as such, and no source of this territory.
        known = found.loc[mine | (found["status"] != Status.ANNOUNCED.value), "indicator"]
        layers = territory_layers(sheet.communes, scenarios=sheet.scenarios)
        names = {*known, *commune_columns(sheet.communes), *(x.column for x in layers)}
        names |= set(sheet.access.coverage["column"])
        names |= set(sheet.apl_trend.loc[sheet.apl_trend["value"].notna(), "indicator"])
        used |= {COLUMNS[name].source for name in names}
    return [source for key, source in sources().items() if key in used]

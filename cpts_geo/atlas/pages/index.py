"""Page of all territories: overview map, a row each, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import folium
import geopandas as gpd
import pandas as pd

from cpts_geo.atlas.look.offline import inline_assets
from cpts_geo.atlas.look.templating import rendered
from cpts_geo.atlas.look.words import short_answer
from cpts_geo.atlas.maps.embedding import map_parts, png
from cpts_geo.atlas.maps.interactive import overview_map
from cpts_geo.atlas.maps.still import overview_figure
from cpts_geo.atlas.pages.sheet import sources_used
from cpts_geo.atlas.sections.several import several_sections
from cpts_geo.schema import SLOTS, Status, status_column
from cpts_geo.study.study import Study


def index_page(
    sheets: Sequence[Study],
    outlines: gpd.GeoDataFrame,
    *,
    national: gpd.GeoDataFrame,
    notes: Sequence[str],
    date: str,
) -> str:
    """
    Render the index: overview map and comparison of the territories.

    Parameters
    ----------
    sheets : sequence of Study
        Territories in order.
    outlines : GeoDataFrame
        Their outlines and names.
    national : GeoDataFrame
        All communes.
    notes : sequence of str
        What to know of the set of territories.
    date : str
        Date of the run.

    Returns
    -------
    str
        A complete HTML page that asks nothing of any network.
    """
    comparison = pd.concat([sheet.comparison for sheet in sheets])
    drawn = index_map(
        sheets, outlines, national=national, links={sheet.key: sheet.file for sheet in sheets}
    )
    page = rendered(
        "pages/index.html.j2",
        notes=notes if len(sheets) > 1 else (),
        map=map_parts(drawn),
        still=png(overview_figure(outlines, national=national, comparison=comparison)),
        sources=sources_used(sheets),
        date=date,
        **several_sections(sheets),
    )
    return inline_assets(page)


def index_map(
    sheets: Sequence[Study],
    outlines: gpd.GeoDataFrame,
    *,
    national: gpd.GeoDataFrame,
    links: Mapping[str, str] | None = None,
) -> folium.Map:
    """
    Map territories by what they need and by their indicators.

    Parameters
    ----------
    sheets, outlines, national : sequence of Study, GeoDataFrame, GeoDataFrame
        As :func:`index_page`.
    links : mapping of str to str, optional
        Address of the page of each, by its key.

    Returns
    -------
    folium.Map
        As :func:`cpts_geo.atlas.maps.interactive.overview_map`.
    """
    return overview_map(
        outlines,
        national,
        comparison=pd.concat([sheet.comparison for sheet in sheets]),
        slots=_slots(sheets),
        links=links,
    )


def _slots(sheets: Sequence[Study]) -> pd.DataFrame:
    """Slots that each territory needs, for the circles of the map; an order of magnitude, or
    a floor, has no more than its words."""
    rows = {}
    for sheet in sheets:
        result = sheet.headline
        own = result is not None and result.has_median
        rows[sheet.key] = {
            SLOTS.name: float(result.slots_per_day.p50) if result and own else float("nan"),
            status_column(SLOTS.name): result.status if result else Status.UNKNOWN,
            f"{SLOTS.name}_words": short_answer(result) if result else "",
        }
    return pd.DataFrame.from_dict(rows, orient="index")

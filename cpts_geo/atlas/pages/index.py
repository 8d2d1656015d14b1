"""Page of several territories: overview map, a row each, side by side where they are few."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import folium
import geopandas as gpd
import pandas as pd

from cpts_geo.atlas.look.offline import inline_assets
from cpts_geo.atlas.look.templating import rendered
from cpts_geo.atlas.maps.embedding import map_parts, png
from cpts_geo.atlas.maps.interactive import overview_map
from cpts_geo.atlas.maps.still import overview_figure
from cpts_geo.atlas.pages.sheet import sources_used
from cpts_geo.atlas.sections.several import line_sections, several_sections
from cpts_geo.atlas.sections.several.lines import Line, line_of, values_of
from cpts_geo.foreign import for_readers
from cpts_geo.french import counted
from cpts_geo.schema import SLOTS, Status, status_column
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.study.study import Study

_FAILED: Final = ("territoire n’a pas pu être calculé", "territoires n’ont pas pu être calculés")


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
    return _page(
        [line_of(sheet) for sheet in sheets],
        outlines,
        national=national,
        notes=notes if len(sheets) > 1 else (),
        used=sources_used(sheets),
        date=date,
        failures={},
        **several_sections(sheets),
    )


def many_page(
    lines: Sequence[Line],
    outlines: gpd.GeoDataFrame,
    *,
    national: gpd.GeoDataFrame,
    notes: Sequence[str],
    used: Sequence[Source],
    date: str,
    failures: Mapping[str, str],
) -> str:
    """
    Render the index of more territories than are held at once.

    Parameters
    ----------
    lines : sequence of Line
        What is said of each, in order.
    outlines : GeoDataFrame
        Their outlines and names, of those that failed too.
    national : GeoDataFrame
        All communes.
    notes : sequence of str
        What to know of the set of territories.
    used : sequence of Source
        Sources of their figures.
    date : str
        Date of the run.
    failures : mapping of str to str
        Name of each territory without a page, and why, in French.

    Returns
    -------
    str
        A complete HTML page that asks nothing of any network.
    """
    shown = outlines.loc[[line.key for line in lines]]
    return _page(
        lines, shown, national=national, notes=notes, used=used, date=date, failures=failures,
        beside=None, **line_sections(lines),
    )  # fmt: skip


def _page(
    lines: Sequence[Line],
    outlines: gpd.GeoDataFrame,
    *,
    national: gpd.GeoDataFrame,
    notes: Sequence[str],
    used: Sequence[Source],
    **shown: Any,
) -> str:
    """The page, its map and its sections."""
    drawn = index_map(
        lines, outlines, national=national, links={line.key: line.file for line in lines}
    )
    page = rendered(
        "pages/index.html.j2",
        map=map_parts(drawn),
        still=png(overview_figure(outlines, national=national, comparison=values_of(lines))),
        notes=for_readers(notes),
        sources=used,
        count=counted(len(lines), "territoire", "territoires"),
        failed=counted(len(shown["failures"]), *_FAILED),
        **shown,
    )
    return inline_assets(page)


def index_map(
    lines: Sequence[Line],
    outlines: gpd.GeoDataFrame,
    *,
    national: gpd.GeoDataFrame,
    links: Mapping[str, str] | None = None,
) -> folium.Map:
    """
    Map territories by what they need and by their indicators.

    Parameters
    ----------
    lines : sequence of Line
        What is said of each.
    outlines, national : GeoDataFrame, GeoDataFrame
        As :func:`index_page`.
    links : mapping of str to str, optional
        Address of the page of each, by its key.

    Returns
    -------
    folium.Map
        As :func:`cpts_geo.atlas.maps.interactive.overview_map`.
    """
    return overview_map(
        outlines, national, comparison=values_of(lines), slots=_slots(lines), links=links
    )


def _slots(lines: Sequence[Line]) -> pd.DataFrame:
    """Slots that each territory needs, for the circles of the map; an order of magnitude, or
    a floor, has no more than its words."""
    rows = {
        line.key: {
            SLOTS.name: line.needed.median if line.needed else math.nan,
            status_column(SLOTS.name): line.needed.status if line.needed else Status.UNKNOWN,
            f"{SLOTS.name}_words": line.needed.answer if line.needed else "",
        }
        for line in lines
    }
    return pd.DataFrame.from_dict(rows, orient="index")

"""Page of all territories: overview map, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd

from cpts_geo.atlas.look.cells import value_cell
from cpts_geo.atlas.look.offline import inline_assets
from cpts_geo.atlas.look.templating import rendered
from cpts_geo.atlas.look.vintages import KEY_FIGURES, newest_known
from cpts_geo.atlas.look.words import (
    estimate,
    goal,
    short_answer,
    slots_text,
    strength,
    whom,
)
from cpts_geo.atlas.maps.embedding import map_parts, png
from cpts_geo.atlas.maps.interactive import overview_map
from cpts_geo.atlas.maps.still import overview_figure
from cpts_geo.atlas.pages.sheet import sources_used
from cpts_geo.errors import DemandTooLargeError
from cpts_geo.schema import COLUMNS, STATUS_MARKS, TERRITORY
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.study.study import Study

_INDEX_COLUMNS = ("population", *KEY_FIGURES)


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
    columns = newest_known(_INDEX_COLUMNS, comparison)
    links = {sheet.key: sheet.file for sheet in sheets}
    page = rendered(
        "pages/index.html.j2",
        rows=[_row(sheet, columns) for sheet in sheets],
        columns=[(COLUMNS[name], sources()[COLUMNS[name].source]) for name in columns],
        goals=sorted({goal(s.headline) for s in sheets if s.headline}),
        notes=notes if len(sheets) > 1 else (),
        perimeters=_perimeters(sheets),
        map=map_parts(overview_map(outlines, national, comparison=comparison, links=links)),
        still=png(overview_figure(outlines, national=national)),
        sources=sources_used(sheets),
        date=date,
    )
    return inline_assets(page)


def _row(sheet: Study, columns: Sequence[str]) -> dict[str, Any]:
    """What a row of the table shows of a territory."""
    values = sheet.comparison[sheet.comparison["area_level"] == TERRITORY.key]
    found = values.set_index("indicator").to_dict("index")
    result = sheet.headline
    return {
        "sheet": sheet,
        "public": whom(result.scenario) if result else "—",
        "answer": short_answer(result) if result else _missing(sheet),
        "hours": estimate(result, result.gp_hours_per_week) if result else "—",
        "today": slots_text(result.today.slots) if result and result.today else None,
        "label": strength(result.scenario) if result else "—",
        "mark": STATUS_MARKS[result.status] if result else "",
        "cells": [
            value_cell(name, found[name]["value"], found[name]["status"], _note(name, found[name]))
            for name in columns
        ],
    }


def _note(name: str, found: Mapping[Any, Any]) -> str:
    """What is to know of a value; whose it is, and of what ages, where it is not the published
    one."""
    if found["vintage"] == COLUMNS[name].vintage:
        return str(found["note"])
    own = f"{found['source']} ({found['grade']})"
    return ", ".join(filter(None, (found["base"], own, found["note"])))


def _missing(sheet: Study) -> str:
    """Say of a territory without an answer whether it is unknown, or too large."""
    too_large = isinstance(sheet.answer, DemandTooLargeError)
    return "non calculé : trop pour une file" if too_large else "inconnu"


def _perimeters(sheets: Sequence[Study]) -> list[str]:
    """What is to know of each list of communes, said once where it is the same for several."""
    said: dict[str, list[str]] = {}
    for sheet in sheets:
        said.setdefault(sheet.perimeter, []).append(sheet.name)
    return [f"{', '.join(names)} : {text}" for text, names in said.items()]

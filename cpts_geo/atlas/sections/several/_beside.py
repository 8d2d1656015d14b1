"""« Côte à côte »: the indicators of two to four territories, and their maps in equal classes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from cpts_geo.atlas.charts.outlines import outlines_svg
from cpts_geo.atlas.charts.spine import SpineMark, spine_svg
from cpts_geo.atlas.look import style
from cpts_geo.atlas.look.cells import Cell, value_cell
from cpts_geo.atlas.look.vintages import DIAGNOSIS, newest_known
from cpts_geo.atlas.maps.layers import MapLayer, classify, column_layer
from cpts_geo.french import typeset
from cpts_geo.indicators.given_share import comparable
from cpts_geo.schema import COLUMNS, DEPARTEMENT, TERRITORY, shown_vintage
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.study.study import Study


def section(sheets: Sequence[Study]) -> dict[str, Any] | None:
    """What the template shows: an indicator a row, a map a territory; None for one alone."""
    if len(sheets) < 2:
        return None
    comparison = pd.concat([sheet.comparison for sheet in sheets])
    mine = comparison[comparison["area_level"] == TERRITORY.key]
    known = set(mine["indicator"][mine["value"].notna()])
    names = [name for name in newest_known(DIAGNOSIS, comparison) if name in known]
    everywhere = sheets[0].common.comparisons
    shared = set.intersection(*(_columns(sheet) for sheet in sheets))
    apl = shown_vintage("apl", shared)
    layer = column_layer(apl) if apl in shared else None
    return {
        "sheets": sheets,
        "rows": [_row(name, mine, everywhere, sheets=sheets) for name in names],
        "layer": layer,
        "maps": [_map(sheet, layer) for sheet in sheets] if layer else [],
    }


def _columns(sheet: Study) -> set[str]:
    """Columns of the communes of a territory with at least one value."""
    return {str(name) for name in sheet.communes.columns[sheet.communes.notna().any()]}


def _row(
    name: str, mine: pd.DataFrame, everywhere: pd.DataFrame, *, sheets: Sequence[Study]
) -> dict[str, Any]:
    """An indicator: the value of each territory, and all on the range of départements."""
    column = COLUMNS[name]
    found = mine[mine["indicator"] == name].set_index("territory")
    ranged = everywhere[
        (everywhere["indicator"] == name) & (everywhere["area_level"] == DEPARTEMENT.key)
    ]["value"].dropna()
    ends = (float(ranged.min()), float(ranged.max())) if len(ranged) else (math.nan, math.nan)
    cells: list[Cell] = []
    marks: list[SpineMark] = []
    # Shares of other ages are written, and not drawn on one scale.
    first = next(iter(found.loc[found["value"].notna(), "base"]), "")
    for sheet in sheets:
        row: Any = found.loc[sheet.key]
        note = " ; ".join(filter(None, (str(row["base"]), str(row["note"]))))
        cells.append(value_cell(name, row["value"], row["status"], note))
        if comparable(str(row["base"]), first):
            marks.append(SpineMark(float(row["value"]), key=sheet.key))
    title = typeset(f"{column.label} : place de chaque territoire choisi")
    return {
        "label": column.label,
        "detail": ", ".join(filter(None, (column.shown_unit, column.vintage))),
        "source": sources()[column.source],
        "cells": cells,
        "drawn": Markup(spine_svg(ends, marks, title=title)),
    }


def _map(sheet: Study, layer: MapLayer) -> dict[str, Any]:
    """A small map of a territory, in the classes that all share."""
    drawn = sheet.communes[sheet.communes.geometry.notna()]
    classes = classify(drawn[layer.column], layer)
    colours = [layer.colours[rank] if rank >= 0 else style.HATCH_LINE for rank in classes]
    svg, wide = outlines_svg(
        list(drawn.geometry), colours, title=typeset(f"{sheet.name} : {layer.title} par commune")
    )
    return {"sheet": sheet, "drawn": Markup(svg), "km": f"{wide:.1f}"}

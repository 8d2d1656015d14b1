"""« Le territoire à côté de son département et de la France »."""

from __future__ import annotations

from math import isnan
from typing import Any

import pandas as pd

from cpts_geo.atlas.look.cells import (
    Cell,
    Row,
    detail_text,
    origin_text,
    own_label,
    remark,
    rows_by_area,
    shown_text,
)
from cpts_geo.french import joined
from cpts_geo.schema import AREA, AROUND, COLUMNS, COMPARED, GP_SOURCES, LEVELS, vintages

#: Counts and densities of GPs: source by source in a panel of their own.
_IN_SOURCE_PANEL = {
    *GP_SOURCES, *(COLUMNS[name].numerator for name in GP_SOURCES), *vintages("gps_mep_cnam")
}  # fmt: skip


def comparison_rows(comparison: pd.DataFrame) -> tuple[list[str], list[Row]]:
    """
    Lay out the comparison of one territory: an indicator a row, an area a column.

    Parameters
    ----------
    comparison : DataFrame
        Rows of :func:`cpts_geo.indicators.comparison.compare_areas` for one territory.

    Returns
    -------
    areas : list of str
        Names of the areas, the territory first.
    rows : list of Row
        Indicators in reading order; those unknown everywhere, and the GPs that have a panel of
        their own, are left out.
    """
    order = comparison.drop_duplicates(AREA)
    areas = list(order[AREA].itertuples(index=False, name=None))
    names = [name for name in COMPARED if name not in _IN_SOURCE_PANEL]
    blocks = rows_by_area(comparison, names)
    rows = []
    for name in names:
        block = blocks.get(name, {})
        if all(isnan(found["value"]) for found in block.values()):
            continue
        column = COLUMNS[name]
        main = next(found for found in block.values() if found["source"])
        cells, remarks = [], []
        for area in areas:
            found = block[area]
            note = str(found["note"])
            if note:
                remarks.append(remark(str(found["area_name"]), note))
            origin = "" if found["source"] in ("", main["source"]) else origin_text(found)
            text = shown_text(column, found["value"], found["status"])
            base = f", {found['base']}" if found["base"] else ""
            cells.append(Cell(text + base, status=found["status"], note=note, origin=origin))
        detail = ". ".join([detail_text(column, main), *dict.fromkeys(remarks)])
        label, vintage = own_label(column, main)
        dated = column.dated_label if vintage == column.vintage else f"{label}, {vintage}"
        rows.append(Row(dated, detail, tuple(cells)))
    return list(order["area_name"]), rows


def section(comparison: pd.DataFrame) -> dict[str, Any]:
    """
    Set the territory beside its départements, régions and France.

    Parameters
    ----------
    comparison : DataFrame
        As :func:`comparison_rows`.

    Returns
    -------
    dict
        What its template shows.
    """
    areas, rows = comparison_rows(comparison)
    there = comparison.drop_duplicates(AREA)["area_level"].value_counts()
    beside = [level.beside[int(there[level.key] > 1)] for level in AROUND if level.key in there]
    return {
        "title": f"Le territoire à côté {joined(beside)}",
        "caption": "Comparaison " + joined([level.of for level in LEVELS if level.key in there]),
        "areas": areas,
        "rows": rows,
    }

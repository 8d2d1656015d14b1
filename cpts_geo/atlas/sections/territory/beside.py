"""« Le territoire à côté de son département et de la France »."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cpts_geo.atlas.look.cells import Cell, Row, detail_text, origin_text, remark, shown_text
from cpts_geo.schema import COLUMNS, COMPARED, GP_SOURCES, vintages

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
    order = comparison.drop_duplicates(["area_level", "area_code"])
    areas = list(order["area_code"])
    rows = []
    for name in (name for name in COMPARED if name not in _IN_SOURCE_PANEL):
        block = comparison[comparison["indicator"] == name].set_index("area_code")
        known = block["value"].notna()
        if not known.any():
            continue
        column = COLUMNS[name]
        main = block[block["source"] != ""].iloc[0]
        cells, remarks = [], []
        for area in areas:
            found = block.loc[area]
            note = str(found["note"])
            if note:
                remarks.append(remark(str(found["area_name"]), note))
            origin = "" if found["source"] in ("", main["source"]) else origin_text(found)
            text = shown_text(column, found["value"], found["status"])
            base = f", {found['base']}" if found["base"] else ""
            cells.append(Cell(text + base, status=found["status"], note=note, origin=origin))
        detail = ". ".join([detail_text(column, main), *dict.fromkeys(remarks)])
        rows.append(Row(column.dated_label, detail, tuple(cells)))
    return list(order["area_name"]), rows


def section(comparison: pd.DataFrame) -> dict[str, Any]:
    """
    Set the territory beside its départements and France.

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
    return {"areas": areas, "rows": rows}

"""« Ce que disent les documents »."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cpts_geo.atlas.look.cells import Cell, plain_cells
from cpts_geo.french import day, number, percent, typeset


def section(facts: pd.DataFrame) -> dict[str, Any]:
    """Of each fact published: definition, value with unit, date, document, grade."""
    rows = []
    for fact in facts.to_dict("records"):
        share = fact["base"] != ""
        shown = round(float(fact["value"]) * (100 if share else 1), 6)
        decimals = 0 if shown.is_integer() else 1
        value = (percent if share else number)(fact["value"], decimals)
        unit = fact["unit"].removeprefix("part ") if share else fact["unit"]
        rows.append(
            [
                *plain_cells(typeset(fact["definition"])),
                Cell(f"{value} {unit}"),
                *plain_cells(day(fact["date"]), typeset(fact["document"]), fact["grade"]),
            ]
        )
    return {"rows": rows}

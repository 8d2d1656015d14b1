"""« Communes coupées par la limite du polygone »."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cpts_geo.atlas.look.cells import Cell, plain_cells
from cpts_geo.french import number, percent
from cpts_geo.schema import Status


def section(border: pd.DataFrame) -> dict[str, Any]:
    """Commune, code, kept or not, share of its area and (estimated) people inside, weight."""
    rows = [
        [
            *plain_cells(row["name"], row["code_insee"]),
            *plain_cells("retenue" if row["kept"] else "non retenue"),
            Cell(percent(row["area_share"]), status=Status.MEASURED.value),
            Cell(number(row["population"]), status=Status.MEASURED.value),
            Cell(number(row["population_inside"]), status=row["population_inside_status"]),
            Cell(percent(row["weight"])),
        ]
        for row in border.to_dict("records")
    ]
    return {"rows": rows}

"""« Chiffres publiés et sommes d’aujourd’hui »."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cpts_geo.atlas.look.cells import Cell
from cpts_geo.french import day, number, signed_percent, typeset

_QUANTITIES = {
    "population": ("Population", "habitants"),
    "area_km2": ("Superficie", "km²"),
    "communes": ("Communes", ""),
}


def section(gaps: pd.DataFrame) -> dict[str, Any]:
    """
    Set published sizes beside today's.

    Parameters
    ----------
    gaps : DataFrame
        Rows of :func:`cpts_geo.geography.perimeters.outlines.published_gaps` for one
        territory.

    Returns
    -------
    dict
        What its template shows.
    """
    rows = []
    for gap in gaps.to_dict("records"):
        label, unit = _QUANTITIES[gap["quantity"]]
        percent = gap["gap_percent"]
        rows.append(
            [
                Cell(label, numeric=False),
                Cell(f"{number(gap['published'])} {unit}".strip()),
                Cell(day(gap["date"]), note=gap["document"], numeric=False),
                Cell(f"{number(gap['today'])} {unit}".strip()),
                Cell(signed_percent(percent) if abs(percent) >= 0.05 else "aucun"),
                Cell(typeset(gap["reason"]), numeric=False),
            ]
        )
    return {"rows": rows}

"""« Mesure par mesure »."""

from __future__ import annotations

from typing import Any

from cpts_geo.atlas.look.cells import Cell
from cpts_geo.atlas.look.grades import least_known
from cpts_geo.atlas.sections.comparison._sides import (
    NOT_KEPT,
    UNCOUNTED,
    hour_cost,
    measure_status,
    told_parts,
)
from cpts_geo.atlas.sections.comparison.written import TEXTS, period_words
from cpts_geo.capacity.comparing._measures import SAMPLING
from cpts_geo.capacity.comparing.compare import ScenarioComparison
from cpts_geo.french import UNKNOWN_TEXT
from cpts_geo.schema import Status


def measure_rows(found: ScenarioComparison) -> list[tuple[str, str, list[Cell]]]:
    """Label, unit, then cells of both scenarios and of the difference, intervals as origins.

    What is unknown of both has no row, nor what counting leaves unknown where neither counts.
    """
    rows = []
    for measure, row in found.table.iterrows():
        name = str(measure)
        if row.isna().all():
            continue
        text = TEXTS[name]
        status = {
            "first": measure_status(found.first, name),
            "second": measure_status(found.second, name),
        }
        status["difference"] = least_known(status["first"], status["second"])
        cells = []
        for side, known in status.items():
            shown, spread = told_parts(found, name, side)
            marked = {UNKNOWN_TEXT: str(Status.UNKNOWN), UNCOUNTED: "", NOT_KEPT: ""}.get(
                shown, known
            )
            cells.append(Cell(shown, status=marked, origin=spread))
        rows.append((text.label, text.unit.format(period=period_words(found)), cells))
    return rows


def section(found: ScenarioComparison) -> dict[str, Any]:
    """What the template shows: every measure of two scenarios, and their difference."""
    return {
        "rows": measure_rows(found),
        "unknown": [
            TEXTS[str(name)].label
            for name, row in found.table.iterrows()
            if name not in SAMPLING and row.isna().all()
        ],
        "sampled": bool(found.table.loc[list(SAMPLING)].notna().any(axis=None)),
        "hour_cost": hour_cost(found),
    }

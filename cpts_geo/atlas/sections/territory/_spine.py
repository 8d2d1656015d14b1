"""« Le territoire en chiffres »: each key indicator on the range of all départements."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd
from markupsafe import Markup

from cpts_geo.atlas.charts.spine import SpineMark, spine_svg
from cpts_geo.atlas.look.cells import Cell, Row, own_label, producer, rows_by_area, shown_text
from cpts_geo.atlas.look.vintages import DIAGNOSIS, newest_known
from cpts_geo.indicators.given_share import comparable
from cpts_geo.schema import AREA, COLUMNS, DEPARTEMENT, LEVELS, TERRITORY, Status

_SIGNS: Final = {level.key: level.mark for level in LEVELS}


def section(comparison: pd.DataFrame, everywhere: pd.DataFrame) -> dict[str, Any]:
    """
    What the template shows: an indicator known of the territory a row, and its drawing.

    `everywhere` holds the same indicators of all départements, whose range is drawn.
    """
    order = comparison.drop_duplicates(AREA)
    mine = comparison[(comparison["area_level"] == TERRITORY.key) & comparison["value"].notna()]
    names = [name for name in newest_known(DIAGNOSIS, comparison) if name in set(mine["indicator"])]
    blocks = rows_by_area(comparison, names)
    areas = list(order[AREA].itertuples(index=False, name=None))
    ranges = everywhere[everywhere["area_level"] == DEPARTEMENT.key].dropna(subset="value")
    by_name = ranges[ranges["indicator"].isin(names)].groupby("indicator")["value"]
    lowest, highest = by_name.min(), by_name.max()
    return {
        "areas": list(order["area_name"]),
        "signs": [(x.mark, x.word) for x in LEVELS[1:] if x.key in set(order["area_level"])],
        "rows": [
            _row(
                name,
                [blocks[name][area] for area in areas],
                (float(lowest.get(name, math.nan)), float(highest.get(name, math.nan))),
            )
            for name in names
        ],
    }


def _row(
    name: str, areas: Sequence[Mapping[str, Any]], ends: tuple[float, float]
) -> tuple[Row, Markup]:
    """An indicator: its values, area by area, and where they lie in the range of départements."""
    column = COLUMNS[name]
    first = areas[0]
    cells = tuple(_cell(name, found, first) for found in areas)
    label, vintage = own_label(column, first)
    marks = [
        SpineMark(
            float(found["value"]),
            _SIGNS[found["area_level"]],
            main=found["area_level"] == TERRITORY.key,
        )
        for found in areas
        if comparable(str(found["base"]), str(first["base"]))
    ]
    bounds = [shown_text(column, end, Status.MEASURED.value) for end in ends]
    span = f" ; départements : de {bounds[0]} à {bounds[1]}" if not math.isnan(ends[0]) else ""
    title = f"{label} : {cells[0].text}{span}"
    # Its whole source stands with all the indicators.
    said = f"{producer(first)} {vintage} ({first['grade']})"
    detail = ", ".join(filter(None, (column.shown_unit, said)))
    return Row(label, detail, cells), Markup(spine_svg(ends, marks, title=title))


def _cell(name: str, found: Mapping[str, Any], first: Mapping[str, Any]) -> Cell:
    """A value, and whose it is where it is not that of the territory."""
    text = shown_text(COLUMNS[name], found["value"], found["status"])
    base = f", {found['base']}" if found["base"] else ""
    apart = "" if comparable(str(found["base"]), str(first["base"])) else "non comparable"
    elsewhere = found["source"] not in ("", first["source"])
    whose = f"{producer(found)} ({found['grade']})" if elsewhere else ""
    origin = " ; ".join(filter(None, (apart if base else "", whose)))
    return Cell(text + base, status=found["status"], note=str(found["note"]), origin=origin)

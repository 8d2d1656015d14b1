"""« Les territoires »: a row each, its access first, its slots last."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from markupsafe import Markup

from cpts_geo.atlas.charts.dumbbell import dumbbell_svg
from cpts_geo.atlas.look.cells import value_cell
from cpts_geo.atlas.look.vintages import KEY_FIGURES, newest_known
from cpts_geo.atlas.maps.live.commune_layer import NAMED
from cpts_geo.atlas.sections.several.lines import Line, Needed, values_of
from cpts_geo.french import joined, number, typeset
from cpts_geo.schema import COLUMNS, Status
from cpts_geo.sources.catalogue.catalogue import sources

#: What is measured of access first: slots rest on it.
_INDICATORS: Final = tuple(dict.fromkeys(["apl", *KEY_FIGURES, "population"]))


def section(lines: Sequence[Line]) -> dict[str, Any]:
    """What the template shows: columns, and a row a territory."""
    values = values_of(lines)
    columns, many = newest_known(_INDICATORS, values), len(lines) > NAMED
    # A column that nobody knows would hatch every row: a sentence says as much. A secret is known.
    known = set(values["indicator"][values["status"] != Status.UNKNOWN])
    lacking = [COLUMNS[name].label for name in columns if name not in known]
    columns = [name for name in columns if name in known]
    today = any(line.needed and line.needed.today_text for line in lines)
    lacking += [] if today else ["créneaux par jour aujourd’hui"]
    needs = [line.needed for line in lines if line.needed]
    top = max([1.0, *(each.end for each in needs)])
    return {
        "columns": [(COLUMNS[name], sources()[COLUMNS[name].source]) for name in columns],
        "rows": [_row(line, columns, top=top) for line in lines],
        "top": number(math.ceil(top)),
        "many": many,
        "today": today,
        "unknown": f"Inconnu pour tous ces territoires, et absent du tableau : {joined(lacking)}."
        if lacking
        else "",
        "rough": any(not each.own for each in needs),
    }


def _row(line: Line, columns: Sequence[str], *, top: float) -> dict[str, Any]:
    """What a row of the table shows of a territory."""
    return {
        "line": line,
        "cells": [value_cell(name, *line.values[name]) for name in columns],
        "needed": line.needed,
        "drawn": Markup(_drawn(line.needed, top=top)) if line.needed else "",
    }


def _drawn(needed: Needed, *, top: float) -> str:
    """The slots of a territory on the scale that all share."""
    floor = needed.floor
    return dumbbell_svg(
        (needed.low, needed.high) if floor is None else (floor, top),
        needed=needed.median,
        today=needed.today,
        top=top,
        title=typeset(f"Créneaux par jour : {needed.answer}"),
    )

"""« Les territoires »: a row each, its access first, its slots last."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd
from markupsafe import Markup

from cpts_geo.atlas.charts.dumbbell import dumbbell_svg
from cpts_geo.atlas.look.cells import value_cell
from cpts_geo.atlas.look.vintages import KEY_FIGURES, newest_known
from cpts_geo.atlas.look.words import (
    estimate,
    short_answer,
    slots_text,
    solidity,
    strength,
    whom,
)
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.french import number, typeset
from cpts_geo.schema import COLUMNS, STATUS_LABELS, STATUS_MARKS, TERRITORY
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.study.study import Study

#: What is measured of access first: slots rest on it.
_INDICATORS: Final = tuple(dict.fromkeys(["apl", *KEY_FIGURES, "population"]))


def section(sheets: Sequence[Study]) -> dict[str, Any]:
    """What the template shows: columns, and a row a territory."""
    comparison = pd.concat([sheet.comparison for sheet in sheets])
    columns = newest_known(_INDICATORS, comparison)
    results = [sheet.headline for sheet in sheets if sheet.headline]
    top = max([1.0, *map(_end, results)])
    return {
        "columns": [(COLUMNS[name], sources()[COLUMNS[name].source]) for name in columns],
        "rows": [_row(sheet, columns, top=top) for sheet in sheets],
        "top": number(math.ceil(top)),
        "rough": any(not result.has_median for result in results),
    }


def _row(sheet: Study, columns: Sequence[str], *, top: float) -> dict[str, Any]:
    """What a row of the table shows of a territory."""
    values = sheet.comparison[sheet.comparison["area_level"] == TERRITORY.key]
    found = values.set_index("indicator").to_dict("index")
    cells = [
        value_cell(name, found[name]["value"], found[name]["status"], _note(name, found[name]))
        for name in columns
    ]
    result = sheet.headline
    return {"sheet": sheet, "cells": cells} | (
        {"answer": _missing(sheet), "mark": ""} if result is None else _needed(result, top=top)
    )


def _needed(result: Headline, *, top: float) -> dict[str, Any]:
    """Slots and hours of a territory, and what they are sorted by: only its own activity ranks."""
    needed, hours, today = result.slots_per_day, result.gp_hours_per_week, result.today
    own, floor, answer = result.has_median, result.at_least, short_answer(result)
    drawn = dumbbell_svg(
        (needed.p10, needed.p90) if floor is None else (floor, top),
        needed=needed.p50 if own else math.nan,
        today=today.slots if today else math.nan,
        top=top,
        title=typeset(f"Créneaux par jour : {answer}"),
    )
    spread = "" if needed.p10 == needed.p90 else f", {number(needed.p10)} à {number(needed.p90)}"
    status = STATUS_LABELS[result.status] + (spread if own else f" : {answer}")
    return {
        "public": whom(result.scenario),
        "answer": answer,
        "mark": STATUS_MARKS[result.status],
        "words": STATUS_LABELS[result.status],
        "status": typeset(status),
        "own": own,
        "rank": f"{needed.p50:g}" if own else "",
        "drawn": Markup(drawn),
        "today": slots_text(today.slots) if today else None,
        "hours": estimate(result, hours) if floor is None else "—",
        "hours_rank": f"{hours.p50:.3g}" if own else "",
        "label": strength(result.scenario),
        "label_rank": solidity(result.scenario),
    }


def _end(result: Headline) -> float:
    """Where the drawing of a territory ends."""
    needed = result.slots_per_day.p90 if result.at_least is None else result.at_least
    return max(needed, result.today.slots if result.today else 0)


def _note(name: str, found: Mapping[Any, Any]) -> str:
    """What is to know of a value; whose it is, and of what ages, where it is not the published
    one."""
    if found["vintage"] == COLUMNS[name].vintage:
        return str(found["note"])
    own = f"{found['source']} ({found['grade']})"
    return ", ".join(filter(None, (found["base"], own, found["note"])))


def _missing(sheet: Study) -> str:
    """Say of a territory without an answer whether it is unknown, or too large."""
    return "non calculé : trop pour une file" if sheet.too_large else "inconnu"

"""« Indicateurs fournis »: those of an analyst's exports, beside ours where they are the same."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from cpts_geo.atlas.look.cells import Cell, Row, shown_text
from cpts_geo.french import NNBSP, UNKNOWN_TEXT, number, value_text
from cpts_geo.schema import COLUMNS, TERRITORY, Status


def section(given: pd.DataFrame, comparison: pd.DataFrame) -> dict[str, Any] | None:
    """What the template shows: an indicator a row, its value here, of France, and that of this
    sheet; None without any."""
    if given.empty:
        return None
    ours = comparison[comparison["area_level"] == TERRITORY.key]
    rows = []
    for row in given.to_dict("records"):
        france = Cell(_text(row, row["france"])) if row["france"] == row["france"] else Cell("—")
        cells = [_value(row), france, _ours(row["indicator"], ours)]
        rows.append(Row(_label(row), _detail(row), tuple(cells)))
    return {"rows": rows}


def _label(row: Mapping[Any, Any]) -> str:
    """Its label as written, with its years."""
    return f"{row['label']}, {row['vintage']}" if row["vintage"] else str(row["label"])


def _detail(row: Mapping[Any, Any]) -> str:
    """Our label and unit where it is the same quantity, producer, file and grade."""
    same = ""
    if row["indicator"]:
        column = COLUMNS[row["indicator"]]
        unit = f", en {column.unit}" if column.shown_unit else ""
        same = f"Même grandeur que « {column.label} »{unit}."
    origin = ", ".join(filter(None, (row["producer"], f"fichier {row['file']}")))
    return " ".join(filter(None, (same, f"{origin} ({row['grade']}).")))


def _value(row: Mapping[Any, Any]) -> Cell:
    """The value here with what bounds it, how it was made and what to know of it."""
    bounds = _bounds(row)
    known = not math.isnan(row["value"])
    text = _text(row, row["value"]) if known else bounds or UNKNOWN_TEXT
    if row["base"]:
        text += f", {row['base']}"
    # What is bounded is not absent: it is estimated, and its text says between what.
    status = Status.ESTIMATED.value if bounds and not known else row["status"]
    said = (bounds if known else "", row["how"] if known or bounds else "", row["note"])
    return Cell(text, status=status, origin=" ; ".join(filter(None, said)))


def _bounds(row: Mapping[Any, Any]) -> str:
    """What bounds a value in words; empty where nothing does."""
    low, high = (
        None if math.isnan(row[side]) else _text(row, row[side]) for side in ("low", "high")
    )
    if low and high:
        return f"entre {low} et {high}"
    return f"au moins {low}" if low else f"au plus {high}" if high else ""


def _text(row: Mapping[Any, Any], value: float) -> str:
    """A value with its unit; written as ours, whose unit stands once, where it is one of ours."""
    if row["indicator"]:
        return value_text(COLUMNS[row["indicator"]], value)
    decimals = (
        0 if float(value).is_integer() or abs(value) >= 1_000 else 1 if abs(value) >= 10 else 2
    )
    return f"{number(value, decimals)}{NNBSP if row['unit'] else ''}{row['unit']}"


def _ours(indicator: str, ours: pd.DataFrame) -> Cell:
    """The value of this sheet for the same quantity."""
    for found in ours[ours["indicator"] == indicator].to_dict("records"):
        if found["status"] != Status.UNKNOWN.value:
            text = shown_text(COLUMNS[indicator], found["value"], found["status"])
            return Cell(text, status=found["status"])
    return Cell("—")

"""A layer as one column of data: values, classes and statuses, row by row."""

from __future__ import annotations

import math
import string
from collections.abc import Mapping, Sequence
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from cpts_geo.atlas.look.cells import MARKS, MASK_TEXTS, STATUS_WORDS
from cpts_geo.atlas.maps._circles import LOOKS, circles, key, places
from cpts_geo.atlas.maps.layers import MapLayer, classify
from cpts_geo.french import typeset, value_text
from cpts_geo.schema import (
    CHANGES,
    COLUMNS,
    LEVELS,
    TERRITORY,
    Column,
    status_column,
)
from cpts_geo.secrecy.disclosure import masked
from cpts_geo.sources.catalogue.catalogue import sources

#: Pixels of the radius of the largest circle, and of the digits in a circle.
LARGEST: Final = 22.0
DIGITS: Final = 13
#: Circles beyond which none is drawn: the values stand on the cards alone.
_MOST: Final = 20_000
#: Letters of a unit that is told once.
_LONG: Final = 12
#: Column of the words that stand in the place of the values of another, as an interval does.
WORDS: Final = "{}_words"
#: Column of where the values of another come from, row by row: empty for where the column says.
ORIGIN: Final = "{}_origin"
#: Name and value of an area that a layer is read beside.
Average = tuple[str, float]

_STATUSES: Final = tuple(STATUS_WORDS)
#: Sign, word, and what stands in the place of a value, by the number of a status.
STATUS_TABLE: Final = [
    [MARKS[status], STATUS_WORDS[status], MASK_TEXTS.get(status, "")]  # type: ignore[call-overload]
    for status in _STATUSES
]


def column_data(
    rows: gpd.GeoDataFrame, layer: MapLayer, *, own: int, averages: Sequence[Average] = ()
) -> dict[str, Any]:
    """A layer of `rows`, the first `own` of which are those it is about."""
    column = COLUMNS[layer.column]
    known = _known(rows, layer.column)
    mine = rows.iloc[:own]
    data: dict[str, Any] = {
        "kind": "circles" if layer.counts else "fill",
        "title": layer.title,
        "name": typeset(layer.name),
        "heading": layer.heading,
        "measure": layer.measure,
        "source": typeset(sources()[column.source].attribution),
        "origin": origin(column),
        "unit": typeset(column.unit),
        "note": _note(column),
        "decimals": column.decimals,
        "percent": column.percent,
        "signed": column.signed,
        "diverging": layer.diverging,
        "values": _steps(column, known),
        "statuses": _statuses(rows, layer.column),
        # A number of doctors is not gauged against that of the whole country.
        "averages": [
            [name, value, value_text(column, value)]
            for name, value in averages[: 1 if layer.counts else None]
            if not math.isnan(value)
        ],
    }
    if ORIGIN.format(layer.column) in rows:
        data["origins"] = rows[ORIGIN.format(layer.column)].fillna("").map(typeset).tolist()
    if WORDS.format(layer.column) in rows:
        data["texts"] = rows[WORDS.format(layer.column)].fillna("").tolist()
    if layer.counts:
        scale, others = key(mine, layer.column, largest=LARGEST)
        found = circles(mine, layer.column, at=places(mine), largest=LARGEST, letters=DIGITS)
        # A circle in every commune of France says nothing, and weighs more than all the rest.
        found = found if len(found) < _MOST else []
        data["discs"] = [[c.row, c.radius, LOOKS.index(c.look), int(bool(c.text))] for c in found]
        data["key"] = [
            *([round(radius, 2), 0, text] for radius, text in scale),
            *([round(radius, 2), LOOKS.index(look), text] for radius, look, text in others),
        ]
    else:
        data |= {
            "labels": layer.labels,
            "colours": layer.colours,
            "breaks": layer.breaks,
            "classes": _classes(rows, known, layer),
        }
    return data


def origin(column: Column) -> str:
    """Producer and vintage of a column, as its line of a card says them."""
    producer = sources()[column.source].producer
    return typeset(", ".join(filter(None, (producer, column.vintage))))


def after(rows: gpd.GeoDataFrame, layer: MapLayer, layers: Sequence[MapLayer]) -> Any:
    """What a shift leads to, in the classes of what it moves; None for what is no shift."""
    name = dict(CHANGES).get(layer.column, "")
    moved = [rank for rank, each in enumerate(layers) if COLUMNS[each.column].quantity == "apl"]
    if name not in rows or not moved:
        return None
    known = _known(rows, name)
    # Where a change of supply moves nothing that is known, all is as before.
    return {
        "before": moved[0],
        "values": _steps(COLUMNS[name], known),
        "classes": _classes(rows, known, layers[moved[0]]),
    }


def averages_of(comparison: pd.DataFrame, columns: Sequence[str]) -> Mapping[str, list[Average]]:
    """Values of a comparison by column: the territory, what it is wholly within, France."""
    found: dict[str, list[Average]] = {name: [] for name in columns}
    shown = comparison[comparison["indicator"].isin(found)]
    for level in LEVELS:
        rows = shown[shown["area_level"] == level.key]
        if rows["area_code"].nunique() > 1:
            continue
        for column, area, value in zip(
            rows["indicator"], rows["area_name"], rows["value"].astype(float), strict=True
        ):
            found[column].append(("ici" if level == TERRITORY else area, value))
    return found


def _note(column: Column) -> str:
    """What stands under a title, not beside each value: a long unit, or what a shift is of."""
    if column.name in dict(CHANGES):
        return typeset("écart d’APL")
    return typeset(column.unit) if len(column.unit) > _LONG else ""


def _known(rows: pd.DataFrame, name: str) -> pd.Series:
    """Values that may be shown, NaN elsewhere."""
    if name not in rows:
        return pd.Series(np.nan, index=rows.index)
    return rows[name].astype(float).mask(masked(rows, name))


def _steps(column: Column, values: pd.Series) -> list[int | None]:
    """Values in steps of their last decimal, rounded as they are written."""
    distinct, place = np.unique(values.to_numpy(dtype=float), return_inverse=True)
    written = [None if np.isnan(value) else _step(column, value) for value in distinct]
    return [written[rank] for rank in place]


def _step(column: Column, value: float) -> int:
    """One value in steps of its last decimal."""
    text = value_text(column, value)
    digits = int("".join(each for each in text if each.isdigit()))
    return -digits if text.startswith("−") else digits


def _classes(rows: pd.DataFrame, values: pd.Series, layer: MapLayer) -> str:
    """A digit a row; a dash where the value is unknown, an m where it is masked."""
    digits = np.array([*string.digits, "-"])[classify(values, layer).to_numpy()]
    return "".join(np.where(masked(rows, layer.column), "m", digits))


def _statuses(rows: pd.DataFrame, name: str) -> str:
    """A digit a row: the number of its status."""
    status, unknown = status_column(name), _STATUSES.index("unknown")
    if status not in rows:
        return str(unknown) * len(rows)
    numbers = {each: str(rank) for rank, each in enumerate(_STATUSES)}
    return "".join(rows[status].map(numbers).fillna(str(unknown)))

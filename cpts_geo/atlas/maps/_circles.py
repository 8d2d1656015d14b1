"""Circles of a count: as much area for each thing counted, and a key of round values."""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot, sqrt
from typing import Any, Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from cpts_geo.atlas.look import style
from cpts_geo.french import number, typeset, value_text
from cpts_geo.schema import COLUMNS, STATUS_LABELS, status_column
from cpts_geo.secrecy.disclosure import masked

#: Shares of the largest radius: what one thing takes at most, the ring of none, what is still seen.
_ONE, _RING, _LEAST = 0.36, 0.11, 0.08
#: Width and height of a digit, in sizes of letters; share of a circle that a number may take.
_DIGIT: Final = (0.64, 0.73)
_FILLED: Final = 0.85
#: Circles of a key, at most.
_ROUND: Final = 3

#: In sizes of the letters of a name: width of a letter, height of a line, how far it stands over
#: its place or circle, or its foot under it; largest ring of none that a sign may lie on.
_LETTER, _LINE, _RAISED, _UNDER, RING = 0.66, 1.15, 0.25, 0.9, 0.2

#: Two coordinates a row.
Places = NDArray[np.float64]


class Look(NamedTuple):
    """How a circle is drawn, and the number in it."""

    fill: str
    edge: str
    ink: str
    dashed: bool = False


MEASURED: Final = Look(style.CIRCLE, style.PAPER, style.PAPER)
#: Known otherwise than by a count.
INFERRED: Final = Look(style.PAPER, style.CIRCLE, style.INK, dashed=True)
NONE: Final = Look(style.PAPER, style.MUTED, style.INK)
LOOKS: Final = (MEASURED, INFERRED, NONE)


class Circle(NamedTuple):
    """A circle on a place, for the commune of a row of the table, and the number in it."""

    row: int
    x: float
    y: float
    radius: float
    look: Look
    text: str


def places(communes: gpd.GeoDataFrame) -> Places:
    """Lon and lat of the town halls, or of a point inside a contour that has not its own."""
    halls: Places = communes[["lon", "lat"]].to_numpy(dtype=float, copy=True)
    contours = np.asarray(communes.geometry)
    lost = ~shapely.contains_xy(contours, halls)
    halls[lost] = shapely.get_coordinates(shapely.point_on_surface(contours[lost]))
    return halls


def circles(
    communes: pd.DataFrame, column: str, *, at: Places, largest: float, letters: float
) -> list[Circle]:
    """Circles of the communes whose count is known, large ones first: small ones lie on them."""
    values = _shown(communes, column)
    counted = _counted(communes, column)
    ring = _ring(values, largest)
    known = np.flatnonzero(~np.isnan(values))
    found = []
    for row in known[np.argsort(-values[known], kind="stable")].tolist():
        value = values[row]
        look = NONE if value == 0 else MEASURED if counted[row] else INFERRED
        radius = ring if look is NONE else _radius(value, values, largest)
        if radius == 0:
            continue
        text = value_text(COLUMNS[column], value)
        written = text if look is not NONE and _fits(text, radius, letters) else ""
        x, y = at[row].tolist()
        found.append(Circle(row, x, y, round(radius, 2), look, written))
    return found


def key(
    communes: pd.DataFrame, column: str, *, largest: float
) -> tuple[list[tuple[float, str]], list[tuple[float, Look, str]]]:
    """Radius and label of round values; then of what else is drawn, with its look."""
    values = _shown(communes, column)
    scale = [(_radius(value, values, largest), number(value)) for value in _round(values)]
    others = []
    if (values == 0).any():
        ring = _ring(values, largest)
        others.append((ring, NONE, typeset("aucun" if ring else "sans cercle : aucun")))
    inferred = (values > 0) & ~_counted(communes, column)
    if inferred.any():
        found = set(communes[status_column(column)][inferred])
        words = " ou ".join(label for status, label in STATUS_LABELS.items() if status in found)
        others.append((largest / 3, INFERRED, words))
    return scale, others


def _radius(value: float, values: NDArray[np.float64], largest: float) -> float:
    """Radius of a value among others, the greatest of which has the largest circle."""
    # Where all are few, they cover no more than where some are many.
    unit = min(largest / sqrt(np.nanmax(values)), largest * _ONE)
    return max(unit * sqrt(value), largest * _LEAST)


def _ring(values: NDArray[np.float64], largest: float) -> float:
    """Radius of none: no ring where it would be larger than the circle of some."""
    some = values[values > 0]
    ring = largest * _RING
    return ring if not some.size or _radius(some.min(), values, largest) > ring else 0.0


def _round(values: NDArray[np.float64]) -> list[float]:
    """Values 1, 2, 5, 10, 20... up to the greatest: the last of them and others well apart."""
    top = np.nanmax(values, initial=0)
    steps = [
        leading * 10.0**power
        for power in range(9)
        for leading in (1, 2, 5)
        if leading * 10**power <= top
    ]
    # Every second one, where there are enough.
    apart = steps[::-2] if len(steps) >= 2 * _ROUND - 1 else steps[::-1]
    return apart[:_ROUND]


def _shown(communes: pd.DataFrame, column: str) -> NDArray[np.float64]:
    """Values that may be drawn."""
    return communes[column].mask(masked(communes, column)).to_numpy(dtype=float)


def _counted(communes: pd.DataFrame, column: str) -> Any:
    """Whether each value is known as well as it can be; all, in a table that says no status."""
    if status_column(column) not in communes:
        return np.ones(len(communes), dtype=bool)
    return communes[status_column(column)].eq(COLUMNS[column].best).to_numpy()


def _fits(text: str, radius: float, letters: float) -> bool:
    """Whether a number in letters of this size holds in a circle."""
    wide, high = _DIGIT
    return hypot(wide * len(text), high) * letters <= _FILLED * 2 * radius


class Name(NamedTuple):
    """A name, and the middle of its foot."""

    x: float
    y: float
    text: str


def written(
    ranked: Sequence[tuple[int, str]],
    discs: Sequence[Circle],
    *,
    at: Places,
    edges: tuple[float, float],
    letters: float,
    most: int,
) -> dict[int, Name]:
    """Names of rows that neither edges cut nor others cover, over or under a circle."""
    left, right = edges
    radii = {each.row: each.radius for each in discs}
    seen = [each for each in discs if each.radius > RING * letters]
    kept: dict[int, Name] = {}
    for row, name in ranked:
        half = _LETTER * letters * len(name) / 2
        (x, y), middle, radius = at[row], (left + right) / 2, radii.get(row, 0.0)
        x = float(np.clip(x, min(left + half, middle), max(right - half, middle)))
        for foot in (y - radius - _RAISED * letters, y + radius + _UNDER * letters):
            apart = (
                abs(other.x - x) > half + _LETTER * letters * len(other.text) / 2
                or abs(other.y - foot) > _LINE * letters
                for other in kept.values()
            )
            clear = (
                each.row == row
                or abs(each.x - x) > half + each.radius
                or abs(each.y - foot + 0.4 * letters) > 0.45 * letters + each.radius
                for each in seen
            )
            if len(kept) < most and all(apart) and all(clear):
                kept[row] = Name(round(x), round(foot), name)
                break
    return kept

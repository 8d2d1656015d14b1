"""Circles on a still map, and those of its legend."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.legend_handler import HandlerPatch
from matplotlib.patches import Patch, Rectangle
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform

from cpts_geo.atlas.maps._circles import MEASURED, Look, Places, circles, key

#: Points of the radius of the largest circle in an inch of map, and of the digits in a circle.
_LARGEST, _DIGIT = 2.25, 6.5
#: Points between two rows of a legend of circles; in sizes of its letters, their middle over
#: their feet and a swatch.
_GAP: Final = 4.0
_MIDDLE: Final = 0.35
#: Share of a handle's height that a row of a legend grows by.
_HANDLE: Final = 0.65
_SWATCH: Final = (1.6, 0.7)


def largest_radius(across: float) -> float:
    """Points of the radius of the largest circle of a map so many inches wide."""
    return _LARGEST * across


def encircle(
    communes: pd.DataFrame,
    column: str,
    *,
    at: Places,
    ax: Axes,
    largest: float,
) -> dict[Any, float]:
    """Draw the circles of a count; their radius by commune, in points."""
    found = circles(communes, column, at=at, largest=largest, letters=_DIGIT)
    drawn = _discs(
        [each.radius for each in found],
        [each.look for each in found],
        offsets=[(each.x, each.y) for each in found],
        offset_transform=ax.transData,
        # Over the border of the territory, under names.
        zorder=2.5,
    )
    ax.add_collection(drawn, autolim=False)
    for each in found:
        ax.annotate(
            each.text, (each.x, each.y), fontsize=_DIGIT, color=each.look.ink, ha="center",
            va="center_baseline",
        ).set_in_layout(False)  # fmt: skip
    return {communes.index[each.row]: each.radius for each in found}


def key_handles(communes: pd.DataFrame, column: str, *, largest: float) -> list[PathCollection]:
    """Handles of a legend: round values, then what else is drawn."""
    scale, others = key(communes, column, largest=largest)
    rows = [*((radius, MEASURED, text) for radius, text in scale), *others]
    return [_discs([radius], [look], label=text) for radius, look, text in rows]


def key_room(communes: pd.DataFrame, column: str, *, largest: float, ncols: int) -> float:
    """Points that a legend of so many columns takes, where all that may be unknown is."""
    handles = len(key_handles(communes, column, largest=largest)) + 2
    # The first row alone has circles as large as its handles.
    return 2 * largest + _GAP + (ceil(handles / ncols) - 1) * (_HANDLE * 2 * largest + _GAP)


def key_look(largest: float, letters: float) -> dict[str, Any]:
    """Options of a legend in whose rows the largest circle holds."""
    size = 2 * largest / letters
    return {
        "handlelength": size,
        "handleheight": size,
        "labelspacing": _GAP / letters,
        "scatterpoints": 1,
        # A legend places its rows by the feet of the letters: circles are centred on these.
        "scatteryoffsets": [_MIDDLE / (_HANDLE * size + 0.245)],
        "handler_map": {Patch: HandlerPatch(_swatch)},
    }


def _swatch(*, width: float, fontsize: float, **_: Any) -> Rectangle:
    """A swatch among circles, no larger than in another legend."""
    wide, high = (size * fontsize for size in _SWATCH)
    return Rectangle(((width - wide) / 2, _MIDDLE * fontsize - high / 2), wide, high)


def _discs(radii: Sequence[float], looks: Sequence[Look], **more: Any) -> PathCollection:
    """Circles of radii in points."""
    drawn = PathCollection(
        [Path.unit_circle()],
        sizes=[radius**2 for radius in radii],
        facecolors=[look.fill for look in looks],
        edgecolors=[look.edge for look in looks],
        linestyles=[(0, (2, 1.3)) if look.dashed else "solid" for look in looks],
        linewidths=[1.0 if look.dashed else 0.5 for look in looks],
        **more,
    )
    # Of points, not of the ground.
    drawn.set_transform(IdentityTransform())
    return drawn

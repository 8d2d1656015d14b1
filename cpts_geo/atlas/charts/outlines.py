"""Outlines: a small map of communes, painted, in a drawing of a few kilobytes."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, radians
from typing import Any, Final

import numpy as np
import shapely

from cpts_geo.atlas.charts.svg import svg_tag
from cpts_geo.atlas.look import style

_KM_A_DEGREE: Final = 111.2
#: Units of the drawing a kilometre, and how far a contour may be from the true one, in degrees.
_UNITS: Final = 5
_TOLERANCE: Final = 0.004


def outlines_svg(shapes: Sequence[Any], colours: Sequence[str], *, title: str) -> tuple[str, float]:
    """
    Draw communes in their colours.

    Parameters
    ----------
    shapes : sequence of geometry
        Their contours, in degrees.
    colours : sequence of str
        Colour of each.
    title : str
        Text for screen readers.

    Returns
    -------
    svg : str
        An SVG element.
    km : float
        Its width, so that several may stand at one scale.

    Examples
    --------
    >>> svg, km = outlines_svg([shapely.box(0, 0, 1, 1)], ["white"], title="Un carré")
    >>> round(km), svg.count("<path")
    (111, 1)
    """
    light = shapely.coverage_simplify(np.asarray(shapes), _TOLERANCE)
    west, south, east, north = shapely.total_bounds(light)
    down = _UNITS * _KM_A_DEGREE
    across = down * cos(radians((south + north) / 2))
    wide, high = (east - west) * across, (north - south) * down
    paths: dict[str, list[str]] = {}
    for shape, colour in zip(light, colours, strict=True):
        for part in shapely.get_parts(shape):
            xy = shapely.get_coordinates(part.exterior)[:-1]
            x = np.round((xy[:, 0] - west) * across).astype(int)
            y = np.round((north - xy[:, 1]) * down).astype(int)
            places = " ".join(f"{a} {b}" for a, b in zip(x, y, strict=True))
            paths.setdefault(colour, []).append(f"M{places}z")
    drawn = "".join(
        f'<path d="{"".join(rings)}" fill="{colour}" stroke="{style.BORDER}" '
        'vector-effect="non-scaling-stroke" stroke-width=".6"/>'
        for colour, rings in paths.items()
    )
    tag = svg_tag(round(wide), high, title=title, kind="outlines")
    return f"{tag}{drawn}</svg>", float(wide / _UNITS)

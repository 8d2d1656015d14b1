"""Dumbbell: the slots of today and those needed, on one scale for all rows."""

from __future__ import annotations

import math
from typing import Final

from cpts_geo.atlas.charts.svg import svg_tag
from cpts_geo.atlas.look import style

_WIDTH: Final = 160
_HEIGHT: Final = 16
#: Room at both ends for half a sign.
_MARGIN: Final = 7


def dumbbell_svg(
    bounds: tuple[float, float], *, needed: float, today: float, top: float, title: str
) -> str:
    """
    Draw what there is, what is needed, and how sure that is.

    Parameters
    ----------
    bounds : tuple of float
        Interval of what is needed.
    needed : float
        What is needed; NaN where no more than an order of magnitude is known: a grey band alone.
    today : float
        What there is; NaN where it is unknown.
    top : float
        End of the scale, the same for all rows; it starts at 0.
    title : str
        Text for screen readers.

    Returns
    -------
    str
        An SVG element, 160 wide.

    Examples
    --------
    >>> svg = dumbbell_svg((10, 20), needed=15.0, today=8.0, top=20.0, title="15, il y en a 8")
    >>> 'cx="116.5"' in svg and 'cx="65.4"' in svg
    True
    """
    middle = _HEIGHT / 2
    known = not math.isnan(needed)

    def x(value: float) -> str:
        return f"{_MARGIN + value * (_WIDTH - 2 * _MARGIN) / top:.1f}"

    band = style.FILL_LIGHT if known else style.LINE
    parts = [
        svg_tag(_WIDTH, _HEIGHT, title=title, kind="dumbbell"),
        f'<path d="M{x(0)} {middle}H{x(top)}" stroke="{style.GROOVE}"/>',
        f'<path d="M{x(bounds[0])} {middle}H{x(bounds[1])}" stroke="{band}" stroke-width="7" '
        'stroke-linecap="round"/>',
    ]
    if known and not math.isnan(today):
        parts.append(
            f'<path d="M{x(today)} {middle}H{x(needed)}" stroke="{style.INK}" stroke-width="2"/>'
        )
    if known:
        parts.append(f'<circle cx="{x(needed)}" cy="{middle}" r="5.5" fill="{style.ACCENT}"/>')
    if not math.isnan(today):
        parts.append(
            f'<circle cx="{x(today)}" cy="{middle}" r="4.5" fill="{style.PAPER}" '
            f'stroke="{style.INK}" stroke-width="2"/>'
        )
    return "".join(parts) + "</svg>"

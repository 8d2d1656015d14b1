"""Spine: where a territory lies between the lowest département and the highest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from cpts_geo.atlas.charts.svg import svg_tag
from cpts_geo.atlas.look import style

_WIDTH: Final = 240
_HEIGHT: Final = 22
#: Room at both ends for half a sign.
_MARGIN: Final = 8


@dataclass(frozen=True)
class SpineMark:
    """
    An area on a spine.

    Parameters
    ----------
    value : float
        NaN is not drawn.
    sign : str
        SVG path from its centre; a disc where empty.
    main : bool
        Whether it is the territory itself.
    key : str
        Of one territory among several, hidden until the page chooses it and gives it a letter;
        empty for others.
    """

    value: float
    sign: str = ""
    main: bool = False
    key: str = ""


def spine_svg(range_of: tuple[float, float], marks: Sequence[SpineMark], *, title: str) -> str:
    """
    Draw the range of all départements and the place of some areas on it.

    Parameters
    ----------
    range_of : tuple of float
        Lowest and highest value of the départements; NaN where they are unknown.
    marks : sequence of SpineMark
        Areas, the territory first: it is drawn last, above the others.
    title : str
        Text for screen readers.

    Returns
    -------
    str
        An SVG element, 240 wide; the line goes from the lowest value of all to the highest.

    Examples
    --------
    >>> svg = spine_svg((1.0, 5.0), [SpineMark(2.0, main=True)], title="APL : 2")
    >>> 'cx="64.0"' in svg and 'aria-label="APL : 2"' in svg
    True
    """
    known = [mark for mark in marks if not math.isnan(mark.value)]
    ends = [end for end in range_of if not math.isnan(end)]
    values = [*ends, *(mark.value for mark in known)]
    low, high = (min(values), max(values)) if values else (0.0, 0.0)
    scale = (_WIDTH - 2 * _MARGIN) / ((high - low) or 1.0)
    middle = _HEIGHT / 2

    def x(value: float) -> str:
        return f"{_MARGIN + (value - low) * scale:.1f}"

    parts = [svg_tag(_WIDTH, _HEIGHT, title=title, kind="spine")]
    if ends:
        parts.append(
            f'<path d="M{x(ends[0])} {middle}H{x(ends[-1])}" stroke="{style.LINE}" '
            'stroke-width="8" stroke-linecap="round"/>'
        )
    for mark in reversed(known):
        colour = style.ACCENT if mark.main else style.MUTED
        if mark.key:
            parts.append(
                f'<g data-key="{escape(mark.key)}" transform="translate({x(mark.value)} {middle})">'
                f'<circle r="8" fill="{style.ACCENT}" stroke="{style.PAPER}"/><text y="4" '
                f'text-anchor="middle" font-weight="600" style="fill:{style.PAPER}"></text></g>'
            )
        elif mark.sign:
            parts.append(
                f'<path d="{escape(mark.sign)}" transform="translate({x(mark.value)} {middle})" '
                f'fill="{style.PAPER}" stroke="{style.INK}" stroke-width="2"/>'
            )
        else:
            parts.append(
                f'<circle cx="{x(mark.value)}" cy="{middle}" r="6.5" fill="{colour}" '
                f'stroke="{style.PAPER}" stroke-width="1.5"/>'
            )
    return "".join(parts) + "</svg>"

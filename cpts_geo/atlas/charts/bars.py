"""Horizontal bars: the territory, its départements, France."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from cpts_geo.atlas.charts.svg import HATCH, NAME_LETTERS, svg_tag
from cpts_geo.atlas.look import style
from cpts_geo.atlas.look.words import short_name


@dataclass(frozen=True)
class Bar:
    """
    One bar of a comparison.

    Parameters
    ----------
    label : str
        Name of the area.
    value : float
        NaN is unknown: hatched, without length.
    text : str
        Value as it is written.
    low, high : float
        Interval, NaN when there is none.
    main : bool
        Whether it is the territory itself.
    base : str
        Whom the value speaks of, where bars differ on that.
    announced : bool
        Whether the area says it of itself: drawn dotted and empty.
    """

    label: str
    value: float
    text: str
    low: float = math.nan
    high: float = math.nan
    main: bool = False
    base: str = ""
    announced: bool = False


def bars_svg(bars: Sequence[Bar], *, title: str) -> str:
    """
    Horizontal bars: the territory, its départements, France.

    Parameters
    ----------
    bars : sequence of Bar
        In reading order; a whisker shows the interval where there is one.
    title : str
        Text for screen readers.

    Returns
    -------
    str
        An SVG element, about 300 wide.
    """
    left = 14 + 7.3 * max(len(short_name(bar.label, NAME_LETTERS)) for bar in bars)
    width, text_room = left + 166, 56
    row = 36 if any(bar.base for bar in bars) else 22
    tops = [b.high if not math.isnan(b.high) else b.value for b in bars]
    top = max((value for value in tops if not math.isnan(value)), default=1.0) or 1.0
    scale = (width - left - text_room) / top
    parts = [
        svg_tag(width, row * len(bars), title=title, kind="bars"),
        HATCH.format(id="hb", paper=style.PAPER, line=style.HATCH_LINE, width=2),
    ]
    for index, bar in enumerate(bars):
        y = index * row
        weight = ' font-weight="600"' if bar.main else ""
        parts.append(
            f'<text x="{left - 6}" y="{y + 15}" text-anchor="end"{weight}>'
            f"{escape(short_name(bar.label, NAME_LETTERS))}</text>"
        )
        if bar.base:
            parts.append(f'<text x="{left}" y="{y + 31}" class="muted">{escape(bar.base)}</text>')
        if math.isnan(bar.value):
            parts.append(
                f'<rect x="{left}" y="{y + 4}" width="40" height="14" fill="url(#hb)" '
                f'stroke="{style.HATCH_LINE}"/><text x="{left + 46}" y="{y + 15}" '
                f'class="muted">{escape(bar.text)}</text>'
            )
            continue
        fill = style.FILL if bar.main else style.FILL_LIGHT
        dots = f'stroke="{style.FILL}" stroke-dasharray="2 2"' if bar.announced else ""
        length = max(bar.value * scale, 0.5)
        parts.append(
            f'<rect x="{left}" y="{y + 4}" width="{length:.1f}" height="14" '
            f'fill="{style.PAPER if bar.announced else fill}"{" " + dots if dots else ""}/>'
        )
        end = length
        if not math.isnan(bar.low):
            low, high = bar.low * scale, bar.high * scale
            end = max(end, high)
            parts.append(
                f'<path d="M{left + low:.1f} {y + 11}H{left + high:.1f}M{left + low:.1f} {y + 7}v8'
                f'M{left + high:.1f} {y + 7}v8" stroke="{style.INK}" fill="none"/>'
            )
        parts.append(f'<text x="{left + end + 5:.1f}" y="{y + 15}"{weight}>{bar.text}</text>')
    return "".join(parts) + "</svg>"

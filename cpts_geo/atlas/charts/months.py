"""Months: a value a month, over the band that was expected and beside the year before."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Final, NamedTuple

from cpts_geo.atlas.charts.svg import WIDTH, axis, round_ticks, svg_tag
from cpts_geo.atlas.look import style

_LEFT, _RIGHT, _HEIGHT = 34, WIDTH - 6, 170
_ROW: Final = 18


class MonthDot(NamedTuple):
    """
    A month.

    Parameters
    ----------
    label : str
        Under the axis, short.
    value, before : float
        This year and the year before; NaN is not drawn.
    low, high : float
        Band that was expected; NaN is not drawn.
    hidden : bool
        Whether the value is masked: a grey square stands on the axis.
    """

    label: str
    value: float
    before: float = math.nan
    low: float = math.nan
    high: float = math.nan
    hidden: bool = False


def months_svg(
    dots: Sequence[MonthDot], *, names: tuple[str, str, str], unit: str, title: str
) -> str:
    """
    Draw months from 0.

    Parameters
    ----------
    dots : sequence of MonthDot
        In order.
    names : tuple of str
        What the dots are, the line of the year before, the band; only what is drawn is named.
    unit : str
        Of the scale.
    title : str
        Text for screen readers.

    Returns
    -------
    str
        An SVG element, as wide as a telephone.

    Examples
    --------
    >>> months = [MonthDot("janv.", 30.0, low=20.0, high=28.0), MonthDot("févr.", 25.0)]
    >>> svg = months_svg(months, names=("comptées", "", "attendues"), unit="demandes", title="An")
    >>> svg.count("<circle"), svg.count("<rect"), "attendues" in svg
    (3, 2, True)
    """
    numbers = [each for dot in dots for each in dot[1:5] if not math.isnan(each)]
    ticks = round_ticks(max([*numbers, 1.0]))
    drawn = [
        True,
        any(not math.isnan(dot.before) for dot in dots),
        any(not math.isnan(dot.high) for dot in dots),
        any(dot.hidden for dot in dots),
    ]
    legend = [(place, name) for place, name in enumerate((*names, "masqué")) if drawn[place]]
    top = _ROW * len(legend) + 30
    base = top + _HEIGHT
    step = (_RIGHT - _LEFT) / len(dots)

    def x(place: int) -> float:
        return _LEFT + step * (place + 0.5)

    def y(value: float) -> float:
        return base - value * _HEIGHT / ticks[-1]

    parts = [
        svg_tag(WIDTH, base + 26, title=title, kind="chart"),
        *(_named(kind, name, y=4 + _ROW * row) for row, (kind, name) in enumerate(legend)),
        f'<text x="{_LEFT}" y="{top - 8}" class="muted">{escape(unit)}</text>',
        axis(ticks, left=_LEFT, right=_RIGHT, base=base, height=_HEIGHT),
    ]
    every = math.ceil(len(dots) * 16 / (_RIGHT - _LEFT))
    for place, dot in enumerate(dots):
        if not math.isnan(dot.high):
            parts.append(
                f'<rect x="{x(place) - step * 0.42:.1f}" y="{y(dot.high):.1f}" '
                f'width="{step * 0.84:.1f}" height="{max(y(dot.low) - y(dot.high), 1):.1f}" '
                f'fill="{style.FILL_LIGHT}"/>'
            )
        if place % every == 0:
            parts.append(
                f'<text x="{x(place):.1f}" y="{base + 18}" text-anchor="middle" class="muted">'
                f"{escape(dot.label)}</text>"
            )
    known = [(x(i), y(dot.before)) for i, dot in enumerate(dots) if not math.isnan(dot.before)]
    if known:
        path = "L".join(f"{across:.1f} {down:.1f}" for across, down in known)
        parts.append(
            f'<path d="M{path}" fill="none" stroke="{style.BORDER}" stroke-width="1.5" '
            'stroke-dasharray="5 3"/>'
        )
    for place, dot in enumerate(dots):
        if dot.hidden:
            parts.append(
                f'<rect x="{x(place) - 4:.1f}" y="{base - 8}" width="8" height="8" '
                f'fill="{style.MASK_FILL}"/>'
            )
        elif not math.isnan(dot.value):
            # Out of its band, a month is seen without its colour.
            out = not (math.isnan(dot.high) or dot.low <= dot.value <= dot.high)
            fill = style.PAPER if out else style.ACCENT
            parts.append(
                f'<circle cx="{x(place):.1f}" cy="{y(dot.value):.1f}" r="4.5" fill="{fill}" '
                f'stroke="{style.ACCENT}" stroke-width="2"/>'
            )
    return "".join(parts) + "</svg>"


def _named(kind: int, name: str, *, y: int) -> str:
    """A line of the legend: dot, line of the year before, band, mask."""
    signs = (
        f'<circle cx="11" cy="{y + 6}" r="4.5" fill="{style.ACCENT}"/>',
        f'<path d="M0 {y + 6}h22" stroke="{style.BORDER}" stroke-width="1.5" '
        'stroke-dasharray="5 3"/>',
        f'<rect y="{y}" width="22" height="12" fill="{style.FILL_LIGHT}"/>',
        f'<rect x="7" y="{y + 2}" width="8" height="8" fill="{style.MASK_FILL}"/>',
    )
    return f'{signs[kind]}<text x="30" y="{y + 11}">{escape(name)}</text>'

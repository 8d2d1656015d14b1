"""Spans: two intervals of one quantity a row, such as what is predicted and what was counted."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final, NamedTuple

from cpts_geo.atlas.charts.svg import EDGE, WIDTH, round_ticks, svg_tag
from cpts_geo.atlas.look import style
from cpts_geo.capacity.need.interval import Interval
from cpts_geo.french import number

_ROW, _TOP, _LEFT = 44, 40, 8
_RIGHT: Final = WIDTH - 24


class Spans(NamedTuple):
    """
    Two intervals of one quantity.

    Parameters
    ----------
    label : str
        Whose they are.
    first, second : Interval of float
        Drawn wide and pale, then narrow and strong below it.
    """

    label: str
    first: Interval[float]
    second: Interval[float]


def spans_svg(rows: Sequence[Spans], *, names: tuple[str, str], unit: str, title: str) -> str:
    """
    Draw two intervals a row on one scale from 0.

    Parameters
    ----------
    rows : sequence of Spans
        In reading order.
    names : tuple of str
        What the first interval is, and the second.
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
    >>> one = Spans("Une ligne", Interval(1.0, 2.0, 4.0), Interval(2.0, 3.0, 5.0))
    >>> svg = spans_svg([one], names=("prédit", "compté"), unit="demandes", title="Deux bandes")
    >>> svg.count("<rect"), "Une ligne" in svg
    (4, True)
    """
    ticks = round_ticks(max(each.p90 for row in rows for each in row[1:]))
    base = _TOP + _ROW * len(rows)
    looks = ((style.FILL_LIGHT, 12, 20, EDGE), (style.ACCENT, 6, 33, ""))

    def x(value: float) -> float:
        return _LEFT + value * (_RIGHT - _LEFT) / ticks[-1]

    parts = [svg_tag(WIDTH, base + 38, title=title, kind="chart")]
    for place, (name, (fill, high, _, edge)) in enumerate(zip(names, looks, strict=True)):
        y = 4 + 17 * place
        parts.append(
            f'<rect x="{_LEFT}" y="{y + (12 - high) / 2:.0f}" width="22" height="{high}" '
            f'fill="{fill}" {edge}/><text x="{_LEFT + 30}" y="{y + 11}">{escape(name)}</text>'
        )
    parts += [
        f'<path d="M{x(tick):.1f} {_TOP}V{base}" stroke="{style.LAND_EDGE}"/>'
        f'<text x="{x(tick):.1f}" y="{base + 15}" text-anchor="middle" class="muted">'
        f"{number(tick)}</text>"
        for tick in ticks
    ]
    parts.append(f'<text x="{_LEFT}" y="{base + 33}" class="muted">{escape(unit)}</text>')
    for place, row in enumerate(rows):
        y = _TOP + _ROW * place
        parts.append(f'<text x="{_LEFT}" y="{y + 14}">{escape(row.label)}</text>')
        for found, (fill, high, down, edge) in zip(row[1:], looks, strict=True):
            wide = max(x(found.p90) - x(found.p10), 1.0)
            parts.append(
                f'<rect x="{x(found.p10):.1f}" y="{y + down}" width="{wide:.1f}" '
                f'height="{high}" fill="{fill}" {edge}/>'
                f'<path d="M{x(found.p50):.1f} {y + down - 1}v{high + 2}" stroke="{style.INK}" '
                'stroke-width="2"/>'
            )
    return "".join(parts) + "</svg>"

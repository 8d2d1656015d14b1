"""Dots: equally likely situations, their median and interval, what there is today."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from operator import itemgetter

from cpts_geo.atlas.charts.svg import EDGE, HALO, WIDTH, hatches, svg_tag
from cpts_geo.atlas.look import style
from cpts_geo.atlas.look.words import slots_text, span
from cpts_geo.french import number

_FLOOR_TEXT = "au moins, vu l’activité"
#: Height of a line of words, and width of one of their bold letters.
_LEVEL, _LETTER = 16, 8.6
_TALLEST = 150.0


def dots_svg(
    dots: Sequence[int],
    *,
    interval: tuple[int, int],
    median: int | None,
    today: float | None,
    floor: int | None,
    assumed: bool,
    title: str,
    tallest: float = _TALLEST,
    offered: str = "aujourd’hui",
) -> str:
    """
    Quantile dot plot of slots per day, with median, interval and today's capacity.

    Parameters
    ----------
    dots : sequence of int
        Slots of equally likely situations.
    interval : tuple of int
        p10, p90.
    median : int or None
        p50; None is not marked, as of an order of magnitude.
    today : float or None
        Slots offered today; None is unknown and said so in words elsewhere.
    floor : int or None
        Slots that the consultations already served require.
    assumed : bool
        Whether the share without médecin traitant is assumed: dots are hatched.
    title : str
        Text for screen readers.
    tallest : float
        Height at most of a column of dots, if they are not made too small to be seen.
    offered : str
        What the slots offered are called.

    Returns
    -------
    str
        An SVG element, as wide as a telephone.
    """
    low, high = interval
    marks = [*dots, *(value for value in (today, floor) if value is not None)]
    first, last = max(math.floor(min(marks)) - 1, 0), math.ceil(max(marks)) + 1
    width, left = WIDTH, 20
    # Few distinct values must not become a huge plot: a column is at most 46 wide.
    step = min((width - 2 * left) / max(last - first, 1), 46.0)
    count = Counter(dots)
    # Of a wide range, dots that touch are seen better than points.
    radius = max(min(step * 0.42, 9.0, tallest / 2 / max(count.values())), 3.0)
    landmarks = [
        (slots, text, dash)
        for slots, text, dash in ((today, offered, "none"), (floor, _FLOOR_TEXT, "5 3"))
        if slots is not None
    ]
    # Room above the tallest column for the words of each mark, a line each.
    base = (28 if landmarks else 6) + _LEVEL * len(landmarks) + 2 * radius * max(count.values())

    def x(value: float) -> float:
        return left + (value - first) * step

    fill = "url(#hd)" if assumed else style.FILL
    bar = base + 30
    # Under the bar, the words of the median where it is marked.
    legend = bar + (40 if median is not None else 22)
    inner = "url(#hl)" if assumed else style.FILL_LIGHT
    parts = [
        svg_tag(width, legend + 22, title=title, kind="dots"),
        hatches("h"),
        f'<path d="M{x(first):.1f} {base}H{x(last):.1f}" stroke="{style.BORDER}"/>',
    ]
    apart = max(22.0, _LETTER * len(number(last)) + 6)
    every = next(10**n * k for n in range(7) for k in (1, 2, 5) if 10**n * k * step >= apart)
    parts.extend(
        f'<text x="{x(value):.1f}" y="{base + 17}" text-anchor="middle" class="muted">'
        f"{number(value)}</text>"
        for value in range(first, last + 1)
        if value % every == 0
    )
    for value, times in sorted(count.items()):
        for level in range(times):
            y = base - radius - 3 - level * 2 * radius
            parts.append(
                f'<circle cx="{x(value):.1f}" cy="{y:.1f}" r="{radius * 0.92:.1f}" fill="{fill}" '
                f'stroke="{style.FILL}"/>'
            )
    parts.append(
        f'<rect x="{x(low) - 6:.1f}" y="{bar}" width="{x(high) - x(low) + 12:.1f}" height="12" '
        f'fill="{inner}" stroke="{style.FILL}"/>'
    )
    if median is not None:
        words = f"médiane {number(median)}"
        half = _LETTER * len(words) / 2
        centre = min(max(x(median), half), width - half)
        parts.append(
            f'<path d="M{x(median):.1f} {bar - 4}v20" stroke="{style.INK}" stroke-width="2.5"/>'
            f'<text x="{centre:.1f}" y="{bar + 30}" text-anchor="middle" '
            f'font-weight="600">{words}</text>'
        )
    parts.append(
        f'<rect x="{left}" y="{legend}" width="22" height="12" fill="{inner}" {EDGE}/>'
        f'<text x="{left + 30}" y="{legend + 10}" class="muted">'
        f"{span(low, high)} ; un point : une situation sur {len(dots)}</text>"
    )
    lines, words_above = [], []
    # The first stands above, with words that reach over where the line of the other begins.
    leftwards = any(x(slots) > width / 2 for slots, _, _ in landmarks)
    ordered = sorted(landmarks, key=itemgetter(0), reverse=leftwards)
    for level, (slots, text, dash) in enumerate(ordered):
        top = 14 + _LEVEL * level
        said = f"{text} : {slots_text(slots)}"
        lines.append(_mark(x(slots), dash, top=top, axis=base, end=bar))
        words_above.append(_words(x(slots), said, y=top + 10, middle=width / 2))
    # Words come last, on their paper: another mark may pass behind them.
    return "".join([*parts, *lines, *words_above]) + "</svg>"


def _mark(x: float, dash: str, *, top: float, axis: float, end: float) -> str:
    """A vertical mark of the accent colour that spares the number under the axis."""
    return (
        f'<path d="M{x:.1f} {top}V{axis:.1f}M{x:.1f} {axis + 22:.1f}V{end + 14:.1f}" '
        f'stroke="{style.ACCENT}" stroke-width="2.5" stroke-dasharray="{dash}"/>'
    )


def _words(x: float, text: str, *, y: float, middle: float) -> str:
    """The words of a mark, on the side of it where there is more room."""
    # Words longer than what is left on that side begin, or end, at the edge of the drawing.
    wide = _LETTER * len(text)
    start = max(x - 6 - wide, 0.0) if x > middle else min(x + 6, max(2 * middle - wide, 0.0))
    anchor, at = ("end", start + wide) if x > middle else ("start", start)
    return (
        f'<text x="{at:.1f}" y="{y}" text-anchor="{anchor}" '
        f'fill="{style.ACCENT}" font-weight="600" {HALO}>{text}</text>'
    )

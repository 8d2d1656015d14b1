"""Lines year after year, which stop where what they show breaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from operator import itemgetter
from typing import Final, NamedTuple

from cpts_geo.atlas.charts.svg import NAME_LETTERS, WIDTH, axis, round_ticks, svg_tag
from cpts_geo.atlas.look import style
from cpts_geo.atlas.look.words import short_name

#: Narrow enough for words to be read on a telephone, the longest names beside.
_LEFT, _WIDE, _TOP, _HEIGHT, _RADIUS = 26, 260, 34, 190, 3.5
#: Names at the end of lines stand this far apart at least.
_APART: Final = 15


class Dot(NamedTuple):
    """
    A value of one year.

    Parameters
    ----------
    year : int
        Its place.
    value : float
        Its height.
    text : str
        Value as it is written.
    hollow : bool
        Whether it is drawn empty: not measured.
    """

    year: int
    value: float
    text: str
    hollow: bool = False


@dataclass(frozen=True)
class Line:
    """
    Values of one area.

    Parameters
    ----------
    label : str
        Name of the area, written at the end.
    runs : sequence of sequence of Dot
        Years that a line joins; nothing joins one run to the next.
    colour : str
        Of the line and its dots.
    main : bool
        Whether it is the territory itself: thicker.
    """

    label: str
    runs: Sequence[Sequence[Dot]]
    colour: str
    main: bool = False


class Break(NamedTuple):
    """
    A place that no line crosses.

    Parameters
    ----------
    year : float
        Its place.
    text : str
        Why, in a few words.
    """

    year: float
    text: str


def lines_svg(lines: Sequence[Line], *, breaks: Sequence[Break], title: str) -> str:
    """
    Draw values year after year, from 0.

    Parameters
    ----------
    lines : sequence of Line
        In reading order, each with a dot at least; the first is drawn on top.
    breaks : sequence of Break
        From left to right: a dashed mark each, with its words.
    title : str
        Text for screen readers.

    Returns
    -------
    str
        An SVG element, 440 wide or as much as its names ask.

    Examples
    --------
    >>> dots = [Dot(2015, 3.0, "3,00"), Dot(2016, 2.9, "2,90")]
    >>> drawing = lines_svg([Line("Loiret", [dots], style.INK)], breaks=[], title="APL")
    >>> drawing.count("<circle"), "2016" in drawing
    (2, True)
    """
    dots = [dot for line in lines for run in line.runs for dot in run]
    first, last = min(dot.year for dot in dots), max(dot.year for dot in dots)
    ticks = round_ticks(max(dot.value for dot in dots))
    base, right = _TOP + _HEIGHT, _LEFT + _WIDE
    names = [
        f"{short_name(line.label, NAME_LETTERS)}\u00a0{line.runs[-1][-1].text}" for line in lines
    ]
    width = max(WIDTH, right + 14 + 7.6 * max(map(len, names)))
    # One year alone stands in the middle.
    inner = (_LEFT + 18, right - 8) if last > first else ((_LEFT + right) / 2,) * 2

    def x(year: float) -> float:
        return inner[0] + (year - first) * (inner[1] - inner[0]) / max(last - first, 1)

    def y(value: float) -> float:
        return base - value * _HEIGHT / ticks[-1]

    parts = [
        svg_tag(width, base + 26, title=title, kind="chart"),
        axis(ticks, left=_LEFT, right=right, base=base, height=_HEIGHT),
    ]
    parts += [
        f'<text x="{x(year):.1f}" y="{base + 18}" text-anchor="middle" class="muted">'
        # Whole years would touch one another.
        f"{year if year in (first, last) else f'’{year % 100:02d}'}</text>"
        for year in range(first, last + 1)
    ]
    for place, mark in enumerate(breaks):
        # The last speaks to its right, those before it to their left.
        anchor, shift = ("start", 4) if place == len(breaks) - 1 else ("end", -4)
        parts.append(
            f'<path d="M{x(mark.year):.1f} 8V{base}" stroke="{style.BORDER}" '
            f'stroke-dasharray="4 3"/><text x="{x(mark.year) + shift:.1f}" y="17" '
            f'text-anchor="{anchor}" class="muted">{escape(mark.text)}</text>'
        )
    for line in reversed(lines):
        for run in line.runs:
            path = "L".join(f"{x(dot.year):.1f} {y(dot.value):.1f}" for dot in run)
            thick = 2.5 if line.main else 1.5
            parts.append(
                f'<path d="M{path}" fill="none" stroke="{line.colour}" stroke-width="{thick}"/>'
            )
            parts += [
                f'<circle cx="{x(dot.year):.1f}" cy="{y(dot.value):.1f}" r="{_RADIUS}" '
                f'fill="{style.PAPER if dot.hollow else line.colour}" stroke="{line.colour}" '
                'stroke-width="1.5"/>'
                for dot in run
            ]
    heights = [y(line.runs[-1][-1].value) for line in lines]
    floor, left_over = 0.0, len(lines)
    for height, name, line in sorted(zip(heights, names, lines, strict=True), key=itemgetter(0)):
        # Names of lines that end together go down one after the other, and stay on the drawing.
        left_over -= 1
        floor = max(min(height + 4, base + 22 - _APART * left_over), floor + _APART)
        weight = ' font-weight="600"' if line.main else ""
        parts.append(
            f'<text x="{right + 8}" y="{floor:.1f}" fill="{line.colour}"{weight}>'
            f"{escape(name)}</text>"
        )
    return "".join(parts) + "</svg>"

"""Lines year after year, which stop where what they show breaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final, NamedTuple

from cpts_geo.atlas.charts.svg import HALO, WIDTH, axis, round_ticks, svg_tag
from cpts_geo.atlas.look import style
from cpts_geo.atlas.look.words import short_name

_LEFT, _HEIGHT, _RADIUS = 26, 170, 3.5
#: Height of a line of words; values at the end of lines stand this far apart at least.
_APART: Final = 16
#: Height of a row of names; width of a letter; letters of the longest name.
_ROW: Final = 19
_LETTER: Final = 7.8
_NAME_LETTERS: Final = 40


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
        Name of the area, written above.
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
        An SVG element, as wide as a telephone.

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
    ends = [line.runs[-1][-1] for line in lines]
    right = WIDTH - 10 - _LETTER * max(len(dot.text) for dot in ends)
    legend, rows = _legend(lines)
    # The words of each break stand on a line of their own, under the names.
    top = _ROW * rows + _APART * len(breaks) + 8
    base = top + _HEIGHT
    # One year alone stands in the middle.
    inner = (_LEFT + 18, right - 8) if last > first else ((_LEFT + right) / 2,) * 2

    def x(year: float) -> float:
        return inner[0] + (year - first) * (inner[1] - inner[0]) / max(last - first, 1)

    def y(value: float) -> float:
        return base - value * _HEIGHT / ticks[-1]

    parts = [
        svg_tag(WIDTH, base + 26, title=title, kind="chart"),
        axis(ticks, left=_LEFT, right=right, base=base, height=_HEIGHT),
    ]
    parts += [
        f'<text x="{x(year):.1f}" y="{base + 18}" text-anchor="middle" class="muted">'
        # Whole years would touch one another.
        f"{year if year in (first, last) else f'’{year % 100:02d}'}</text>"
        for year in range(first, last + 1)
    ]
    for place, mark in enumerate(reversed(breaks)):
        at, level = x(mark.year), _ROW * rows + _APART * place
        anchor, shift = ("end", -4) if at > WIDTH / 2 else ("start", 4)
        parts.append(
            f'<path d="M{at:.1f} {level + 4}V{base}" stroke="{style.BORDER}" '
            f'stroke-dasharray="4 3"/><text x="{at + shift:.1f}" y="{level + 14}" '
            f'text-anchor="{anchor}" class="muted" {HALO}>{escape(mark.text)}</text>'
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
    floor, left_over = 0.0, len(lines)
    for dot, line in sorted(zip(ends, lines, strict=True), key=lambda pair: -pair[0].value):
        # Values of lines that end together go down one after the other, and stay on the drawing.
        left_over -= 1
        floor = max(min(y(dot.value) + 4, base + 22 - _APART * left_over), floor + _APART)
        weight = ' font-weight="600"' if line.main else ""
        parts.append(
            f'<text x="{right + 8:.1f}" y="{floor:.1f}" fill="{line.colour}"{weight}>'
            f"{escape(dot.text)}</text>"
        )
    return "".join([*parts, *legend]) + "</svg>"


def _legend(lines: Sequence[Line]) -> tuple[list[str], int]:
    """Names of the lines beside a stroke of each, and how many rows they take."""
    parts, x, row = [], 0.0, 0
    for line in lines:
        name = short_name(line.label, _NAME_LETTERS)
        wide = 24 + _LETTER * len(name)
        if x and x + wide > WIDTH:
            x, row = 0.0, row + 1
        y, weight = 14 + _ROW * row, ' font-weight="600"' if line.main else ""
        parts.append(
            f'<path d="M{x:.1f} {y - 4}h18" stroke="{line.colour}" stroke-width="2.5"/>'
            f'<text x="{x + 24:.1f}" y="{y}"{weight}>{escape(name)}</text>'
        )
        x += wide + 14
    return parts, row + 1

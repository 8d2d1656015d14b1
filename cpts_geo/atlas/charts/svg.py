"""What every drawing is made of: its tag, hatches, axes, strokes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Final

from cpts_geo.atlas.look import style
from cpts_geo.french import number

#: A hatched fill; its own `id` in each kind of drawing, since a page holds several.
HATCH: Final = (
    '<defs><pattern id="{id}" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect width="6" height="6" fill="{paper}"/>'
    '<line x1="0" y1="0" x2="0" y2="6" stroke="{line}" stroke-width="{width}"/></pattern></defs>'
)
#: That of a telephone: letters are read there at their size.
WIDTH: Final = 374
EDGE: Final = f'stroke="{style.FILL}"'
#: Words on a drawing keep their paper, whatever they stand on.
HALO: Final = f'paint-order="stroke" stroke="{style.PAPER}" stroke-width="3"'


def svg_tag(width: float, height: float, *, title: str, kind: str) -> str:
    """
    Open a drawing that names itself, and has its font where no page gives one.

    Parameters
    ----------
    width, height : float
        Size of its view box; it scales to the room it is given.
    title : str
        Text for screen readers.
    kind : str
        Class of the style sheet.

    Returns
    -------
    str
        Opening tag of an SVG element.

    Examples
    --------
    >>> 'viewBox="0 0 300 40"' in svg_tag(300, 40, title="Trois barres", kind="bars")
    True
    """
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:.0f}" role="img" '
        f'aria-label="{escape(title)}" class="{kind}" font-family="system-ui, sans-serif" '
        'font-size="13">'
    )


def hatches(kind: str) -> str:
    """
    Define the dark and light hatched fills of one drawing.

    Parameters
    ----------
    kind : str
        A letter that no other drawing of the page has.

    Returns
    -------
    str
        SVG definitions of ``url(#<kind>d)`` and ``url(#<kind>l)``.
    """
    return HATCH.format(id=f"{kind}d", paper=style.PAPER, line=style.FILL, width=3) + HATCH.format(
        id=f"{kind}l", paper=style.PAPER, line=style.FILL_LIGHT, width=3
    )


def round_ticks(top: float) -> list[int]:
    """
    Choose round values for a scale.

    Parameters
    ----------
    top : float
        Largest value drawn.

    Returns
    -------
    list of int
        From 0 to `top` or a little more, five at most after 0.
    """
    steps = (step * 10**power for power in range(6) for step in (1, 2, 5))
    step = next(step for step in steps if top / step <= 5)
    return list(range(0, math.ceil(top / step) * step + 1, step))


def axis(ticks: Sequence[int], *, left: float, right: float, base: float, height: float) -> str:
    """
    Draw a vertical scale.

    Parameters
    ----------
    ticks : sequence of int
        As :func:`round_ticks`.
    left, right, base, height : float
        Its ends, the place of 0 and the height of the last tick.

    Returns
    -------
    str
        SVG lines with their values.
    """
    scale = height / ticks[-1]
    return "".join(
        f'<path d="M{left} {base - tick * scale:.1f}H{right}" stroke="{style.LAND_EDGE}"/>'
        f'<text x="{left - 6}" y="{base - tick * scale + 4:.1f}" text-anchor="end" class="muted">'
        f"{number(tick)}</text>"
        for tick in ticks
    )

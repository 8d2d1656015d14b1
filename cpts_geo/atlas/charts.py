"""Small SVG charts drawn as text: they scale, print, and carry their own numbers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from cpts_geo.atlas import style
from cpts_geo.atlas.sentences import short_answer, slots_text
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.french import number


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
    """

    label: str
    value: float
    text: str
    low: float = math.nan
    high: float = math.nan
    main: bool = False
    base: str = ""


#: A hatched fill; its own `id` in each kind of drawing, since a page holds several.
HATCH: Final = (
    '<defs><pattern id="{id}" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect width="6" height="6" fill="{paper}"/>'
    '<line x1="0" y1="0" x2="0" y2="6" stroke="{line}" stroke-width="{width}"/></pattern></defs>'
)


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
    left = 14 + 7.3 * max(len(_short(bar.label)) for bar in bars)
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
            f"{escape(_short(bar.label))}</text>"
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
        length = max(bar.value * scale, 0.5)
        parts.append(
            f'<rect x="{left}" y="{y + 4}" width="{length:.1f}" height="14" fill="{fill}"/>'
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


def _short(label: str) -> str:
    name = label.removeprefix("CPTS ")
    return name if len(name) <= 18 else name[:17] + "…"


def dots_svg(
    dots: Sequence[int],
    *,
    interval: tuple[int, int, int],
    today: float | None,
    floor: int | None,
    assumed: bool,
    title: str,
    sampling: tuple[int, int] | None = None,
) -> str:
    """
    Quantile dot plot of slots per day, with median, intervals and today's capacity.

    Parameters
    ----------
    dots : sequence of int
        Slots of equally likely situations.
    interval : tuple of int
        p10, p50, p90.
    today : float or None
        Slots offered today; None is unknown and said so in words elsewhere.
    floor : int or None
        Slots that the consultations already served require.
    assumed : bool
        Whether the share without médecin traitant is assumed: dots are hatched.
    title : str
        Text for screen readers.
    sampling : tuple of int or None
        p10 and p90 if counting calls were the only unknown: a bar inside that of the interval;
        None draws none.

    Returns
    -------
    str
        An SVG element, 440 wide.
    """
    low, median, high = interval
    marks = [*dots, *(value for value in (today, floor) if value is not None)]
    first, last = max(math.floor(min(marks)) - 1, 0), math.ceil(max(marks)) + 1
    width, left = 440, 20
    # Few distinct values must not become a huge plot: a column is at most 46 wide.
    step = min((width - 2 * left) / max(last - first, 1), 46.0)
    count = Counter(dots)
    radius = min(step * 0.42, 9.0, 75 / max(count.values()))
    # Room above the tallest column for the words about today.
    base = 44 + 2 * radius * max(count.values())

    def x(value: float) -> float:
        return left + (value - first) * step

    fill = "url(#hd)" if assumed else style.FILL
    bar = base + 30
    inner = "url(#hl)" if assumed else style.FILL_LIGHT
    said = [(f"{_span(low, high)} : {_REFUTED if floor is not None else _CHANCES}", inner, 12)]
    if sampling is not None:
        said.append((f"{_span(*sampling)} : {_SAMPLING}", style.FILL, 6))
    parts = [
        svg_tag(width, bar + 42 + 20 * len(said), title=title, kind="dots"),
        HATCH.format(id="hd", paper=style.PAPER, line=style.FILL, width=3),
        HATCH.format(id="hl", paper=style.PAPER, line=style.FILL_LIGHT, width=3),
        f'<path d="M{x(first):.1f} {base}H{x(last):.1f}" stroke="{style.BORDER}"/>',
    ]
    every = 1 if step >= 22 else 2 if step >= 11 else 5
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
    if sampling is not None:
        parts.append(
            f'<rect x="{x(sampling[0]) - 5:.1f}" y="{bar + 3}" '
            f'width="{x(sampling[1]) - x(sampling[0]) + 10:.1f}" height="6" fill="{style.FILL}"/>'
        )
    words = f"médiane {number(median)}"
    parts.append(
        f'<path d="M{x(median):.1f} {bar - 4}v20" stroke="{style.INK}" stroke-width="2.5"/>'
        f'<text x="{max(x(median), 3.8 * len(words)):.1f}" y="{bar + 30}" text-anchor="middle" '
        f'font-weight="600">{words}</text>'
    )
    for row, (text, colour, height) in enumerate(said):
        y = bar + 50 + 20 * row
        parts.append(
            f'<rect x="{left}" y="{y - 4 - height / 2}" width="22" height="{height}" '
            f'fill="{colour}"{_EDGE if height > 6 else ""}/>'
            f'<text x="{left + 30}" y="{y}" class="muted">{text}</text>'
        )
    for slots, text, dash in ((today, "aujourd’hui", "none"), (floor, _FLOOR_TEXT, "5 3")):
        if slots is not None:
            words = f"{text} : {slots_text(slots)}"
            parts.append(_mark(x(slots), words, dash, width=width, axis=base, end=bar))
    return "".join(parts) + "</svg>"


def _span(low: int, high: int) -> str:
    return number(low) if low == high else f"{number(low)} à {number(high)}"


def capacity_svg(result: Headline) -> str:
    """
    Draw the capacity a territory needs: dots, median, interval, today.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    str
        An SVG element; hatched where the share without médecin traitant is assumed.
    """
    needed = result.slots_per_day
    return dots_svg(
        result.slots_dots,
        interval=(needed.p10, needed.p50, needed.p90),
        today=result.today.slots if result.today else None,
        floor=result.refuting.slots if result.refuting else None,
        assumed=result.scenario.share_assumed,
        title=f"Créneaux par jour nécessaires : {short_answer(result)}",
        sampling=(result.sampling_slots.p10, result.sampling_slots.p90),
    )


_FLOOR_TEXT = "au moins, vu l’activité"
_CHANCES = "au moins 8 chances sur 10"
_REFUTED = "modèle démenti par l’activité"
_SAMPLING = "si seul le comptage des appels était incertain"
_EDGE = f' stroke="{style.FILL}"'


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
        'font-size="12">'
    )


def _mark(x: float, text: str, dash: str, *, width: float, axis: float, end: float) -> str:
    """A vertical mark of the accent colour that spares the number under the axis."""
    anchor, shift = ("end", -6) if x > width * 0.55 else ("start", 6)
    return (
        f'<path d="M{x:.1f} 14V{axis:.1f}M{x:.1f} {axis + 22:.1f}V{end + 14:.1f}" '
        f'stroke="{style.ACCENT}" stroke-width="2.5" stroke-dasharray="{dash}"/>'
        f'<text x="{x + shift:.1f}" y="24" text-anchor="{anchor}" '
        f'fill="{style.ACCENT}" font-weight="600">{text}</text>'
    )

"""Drawings of the capacity section: months, drivers, telephone, future; read at 400 px as on A4."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

import pandas as pd
from babel.dates import get_month_names

from cpts_geo.atlas import style
from cpts_geo.atlas.charts import HATCH, svg_tag
from cpts_geo.atlas.sentences import slots_text
from cpts_geo.french import NNBSP, number
from cpts_geo.schema import STATUS_MARKS, Status

#: Narrow enough for a telephone to show its words at their size.
_WIDTH: Final = 440
#: Names of months that fit a column, from 1.
SHORT_MONTHS: Final = get_month_names("abbreviated", locale="fr")
_EDGE: Final = f'stroke="{style.FILL}"'
#: Words on a drawing keep their paper, whatever they stand on.
_HALO: Final = f'paint-order="stroke" stroke="{style.PAPER}" stroke-width="3"'


@dataclass(frozen=True)
class Swing:
    """
    One bar of a tornado.

    Parameters
    ----------
    label, values : str
        Name of the input; its values at both ends, as they are written.
    low, high : float
        Result at these ends.
    status : Status
        How the input is known; hatched where it is assumed.
    """

    label: str
    values: str
    low: float
    high: float
    status: Status


def _hatches(kind: str) -> str:
    """Dark and light hatched fills of one drawing."""
    return HATCH.format(id=f"{kind}d", paper=style.PAPER, line=style.FILL, width=3) + HATCH.format(
        id=f"{kind}l", paper=style.PAPER, line=style.FILL_LIGHT, width=3
    )


def _ticks(top: float) -> list[int]:
    """Round values from 0 to `top` or a little more, five at most after 0."""
    steps = (step * 10**power for power in range(6) for step in (1, 2, 5))
    step = next(step for step in steps if top / step <= 5)
    return list(range(0, math.ceil(top / step) * step + 1, step))


def _axis(ticks: Sequence[int], *, left: float, right: float, base: float, height: float) -> str:
    scale = height / ticks[-1]
    return "".join(
        f'<path d="M{left} {base - tick * scale:.1f}H{right}" stroke="{style.LAND_EDGE}"/>'
        f'<text x="{left - 6}" y="{base - tick * scale + 4:.1f}" text-anchor="end" class="muted">'
        f"{number(tick)}</text>"
        for tick in ticks
    )


def months_svg(
    by_month: pd.DataFrame,
    *,
    today: float | None,
    floor: int | None,
    assumed: bool,
    title: str,
) -> str:
    """
    Slots needed in each month: median and interval, with those of today.

    Parameters
    ----------
    by_month : DataFrame
        As :attr:`cpts_geo.capacity.answer.seasons.EligibleDemand.by_month`.
    today : float or None
        Slots offered today; None is unknown and draws no line.
    floor : int or None
        Slots that the consultations already served require.
    assumed : bool
        Whether the shape of the year is assumed: intervals are hatched.
    title : str
        Text for screen readers.

    Returns
    -------
    str
        An SVG element, 440 wide.
    """
    lines = [(today, "aujourd’hui", "none"), (floor, "au moins, vu l’activité", "5 3")]
    known = [(value, text, dash) for value, text, dash in lines if value is not None]
    ticks = _ticks(max([by_month["slots_p90"].max(), *(value for value, _, _ in known)]))
    left, right, height, base = 38, _WIDTH - 4, 170, 222
    scale, step = height / ticks[-1], (right - left) / len(by_month)
    fill = "url(#ml)" if assumed else style.FILL_LIGHT
    parts = [
        svg_tag(_WIDTH, base + 24, title=title, kind="chart"),
        _hatches("m"),
        _axis(ticks, left=left, right=right, base=base, height=height),
        f'<rect x="{left}" y="4" width="12" height="12" fill="{fill}" {_EDGE}/>'
        f'<text x="{left + 18}" y="14" class="muted">8 chances sur 10</text>'
        f'<path d="M{left + 134} 10h16" stroke="{style.INK}" stroke-width="2.5"/>'
        f'<text x="{left + 156}" y="14" class="muted">médiane</text>',
    ]
    places = [left + (index + 0.5) * step for index in range(len(by_month))]
    rows = list(zip(places, by_month.to_dict("index").items(), strict=True))
    for x, (_, row) in rows:
        top, bottom = (base - row[name] * scale for name in ("slots_p90", "slots_p10"))
        parts.append(
            f'<rect x="{x - 9:.1f}" y="{top:.1f}" width="18" height="{max(bottom - top, 1):.1f}" '
            f'fill="{fill}" {_EDGE}/>'
        )
    for place, (value, text, dash) in enumerate(known):
        y = base - value * scale
        at = left + 150 * place
        parts.append(
            f'<path d="M{left} {y:.1f}H{right}M{at} 29h16" '
            f'stroke="{style.ACCENT}" stroke-width="2" stroke-dasharray="{dash}"/>'
            f'<text x="{at + 22}" y="33" fill="{style.ACCENT}" font-weight="600">'
            f"{text} : {slots_text(value)}</text>"
        )
    for x, (month, row) in rows:
        y = base - row["slots_p50"] * scale
        parts.append(
            f'<path d="M{x - 11:.1f} {y:.1f}h22" stroke="{style.INK}" stroke-width="2.5"/>'
            f'<text x="{x:.1f}" y="{y - 5:.1f}" text-anchor="middle" font-weight="600" {_HALO}>'
            f"{number(row['slots_p50'])}</text>"
            f'<text x="{x:.1f}" y="{base + 17}" text-anchor="middle" class="muted">'
            f"{SHORT_MONTHS[int(str(month))]}</text>"
        )
    return "".join(parts) + "</svg>"


def tornado_svg(swings: Sequence[Swing], *, median: float, decimals: int, title: str) -> str:
    """
    What each uncertain input alone makes of the result, the widest first.

    Parameters
    ----------
    swings : sequence of Swing
        Inputs in order; results in GP-hours a week.
    median : float
        Result with every input at its median.
    decimals : int
        Decimals of the results.
    title : str
        Text for screen readers.

    Returns
    -------
    str
        An SVG element, 440 wide.
    """
    row, top, left, right = 44, 22, 34, _WIDTH - 40
    low = min([median, *(min(s.low, s.high) for s in swings)])
    high = max([median, *(max(s.low, s.high) for s in swings)])
    scale = (right - left) / ((high - low) or 1.0)
    middle = left + (median - low) * scale
    base = top + row * len(swings)
    parts = [svg_tag(_WIDTH, base + 8, title=title, kind="chart"), _hatches("t")]
    for index, swing in enumerate(swings):
        y = top + row * index
        start, end = sorted((swing.low, swing.high))
        first, last = left + (start - low) * scale, left + (end - low) * scale
        fill = "url(#td)" if swing.status is Status.ASSUMED else style.FILL
        parts.append(
            f'<text x="0" y="{y + 14}">{STATUS_MARKS[swing.status]} {escape(swing.label)} '
            f'<tspan fill="{style.MUTED}">· {escape(swing.values)}</tspan></text>'
            f'<rect x="{first:.1f}" y="{y + 21}" width="{max(last - first, 1):.1f}" height="13" '
            f'fill="{fill}" {_EDGE}/>'
        )
        if start < end:
            parts.append(
                f'<text x="{first - 5:.1f}" y="{y + 32}" text-anchor="end">'
                f"{number(start, decimals)}</text>"
                f'<text x="{last + 5:.1f}" y="{y + 32}">{number(end, decimals)}</text>'
            )
        else:
            side, gap = ("end", -9) if middle > _WIDTH / 2 else ("start", 9)
            parts.append(
                f'<text x="{middle + gap:.1f}" y="{y + 32}" text-anchor="{side}" class="muted">'
                "ne change rien</text>"
            )
        parts.append(
            f'<path d="M{middle:.1f} {y + 18}v19" stroke="{style.INK}" stroke-width="2.5"/>'
        )
    anchor = (
        "middle" if left + 60 < middle < right - 60 else "start" if middle < right / 2 else "end"
    )
    parts.append(
        f'<text x="{middle:.1f}" y="12" text-anchor="{anchor}" font-weight="600">'
        f"médiane {number(median, decimals)}{NNBSP}h</text>"
    )
    return "".join(parts) + "</svg>"


def agents_svg(phone: pd.DataFrame, *, title: str) -> str:
    """
    People who must answer in each hour: a disc a person, the calls of the hour under it.

    Parameters
    ----------
    phone : DataFrame
        As :func:`cpts_geo.capacity.workforce.phone.agents_by_hour`; its profile is assumed:
        hatched.
    title : str
        Text for screen readers.

    Returns
    -------
    str
        An SVG element, 440 wide.
    """
    most = int(phone["agents"].max())
    step = (_WIDTH - 8) / len(phone)
    radius = min(8.0, step * 0.4, 60 / most)
    base = 8 + 2 * (radius + 1) * most
    parts = [
        svg_tag(_WIDTH, base + 56, title=title, kind="chart"),
        _hatches("p"),
        f'<path d="M4 {base}H{_WIDTH - 4}" stroke="{style.BORDER}"/>',
    ]
    for index, (hour, row) in enumerate(phone.to_dict("index").items()):
        x = 4 + (index + 0.5) * step
        parts.extend(
            f'<circle cx="{x:.1f}" cy="{base - 2 - radius - 2 * (radius + 1) * level:.1f}" '
            f'r="{radius:.1f}" fill="url(#pd)" {_EDGE}/>'
            for level in range(int(row["agents"]))
        )
        parts.append(
            f'<text x="{x:.1f}" y="{base + 16}" text-anchor="middle">{hour}{NNBSP}h</text>'
            f'<text x="{x:.1f}" y="{base + 32}" text-anchor="middle" class="muted">'
            f"{number(row['calls_per_hour'], 1)}</text>"
        )
    parts.append(
        f'<text x="4" y="{base + 50}" class="muted">Un disque : une personne qui décroche. '
        "Dessous : appels dans l’heure.</text>"
    )
    return "".join(parts) + "</svg>"


def fan_svg(future: pd.DataFrame, *, labels: Mapping[float, str], title: str) -> str:
    """
    GPs in the coming years: a ribbon a number of arrivals, as wide as the spreads of ages.

    Parameters
    ----------
    future : DataFrame
        As :func:`cpts_geo.capacity.workforce.fan.fan`.
    labels : mapping of float to str
        How each number of arrivals a year is written.
    title : str
        Text for screen readers.

    Returns
    -------
    str
        An SVG element, 440 wide; ribbons are hatched, since ages and arrivals are assumed.
    """
    left, right, top, height = 34, _WIDTH - 146, 14, 170
    base = top + height
    ticks = _ticks(float(future["gps"].max()))
    years = int(future["year"].max())
    scale, step = height / ticks[-1], (right - left) / max(years, 1)
    parts = [
        svg_tag(_WIDTH, base + 24, title=title, kind="chart"),
        _hatches("f"),
        _axis(ticks, left=left, right=right, base=base, height=height),
    ]
    parts.extend(
        f'<text x="{left + year * step:.1f}" y="{base + 17}" text-anchor="middle" class="muted">'
        f"{'aujourd’hui' if year == 0 else f'{year}{NNBSP}ans'}</text>"
        for year in range(0, years + 1, 5)
    )
    ends = []
    for arrivals, block in future.groupby("entries"):
        bounds = block.groupby("year")["gps"].agg(["min", "max"])
        upper, lower = (
            [
                f"{left + index * step:.1f} {base - value * scale:.1f}"
                for index, value in enumerate(bounds[side].tolist())
            ]
            for side in ("max", "min")
        )
        parts.append(
            f'<path d="M{"L".join([*upper, *reversed(lower)])}z" fill="url(#fd)" {_EDGE} '
            'stroke-width="1.5"/>'
        )
        least, most = (bounds[side].tolist()[-1] for side in ("min", "max"))
        shown = " à ".join(dict.fromkeys([number(least), number(most)]))
        y = base - (least + most) / 2 * scale
        ends.append((y, labels[float(str(arrivals))], shown))
    lowest = base + 34.0
    for y, label, shown in sorted(ends, reverse=True):
        lowest = min(y, lowest - 34)
        parts.append(
            f'<text x="{right + 8}" y="{lowest:.1f}">{label}</text>'
            f'<text x="{right + 8}" y="{lowest + 15:.1f}" font-weight="600">{shown}</text>'
        )
    return "".join(parts) + "</svg>"

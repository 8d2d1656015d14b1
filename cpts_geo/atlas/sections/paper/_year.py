"""Twelve months and the day that asks most: a flat drawing, in points of the page."""

from __future__ import annotations

from html import escape
from typing import Any, Final

import pandas as pd
from babel.dates import get_month_names
from markupsafe import Markup

from cpts_geo.atlas.charts.svg import EDGE, svg_tag
from cpts_geo.atlas.look import style
from cpts_geo.atlas.look.grades import input_status
from cpts_geo.atlas.look.words import (
    months_finding,
    slots_text,
    span,
)
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.need.interval import named_interval
from cpts_geo.french import WEEKDAYS, capital, number, whole_percent
from cpts_geo.schema import STATUS_LABELS, STATUS_MARKS
from cpts_geo.study.capacity import TerritoryCapacity

#: Points: 186 mm across, height of the bars, room above for figures and below for names.
_WIDTH, _HEIGHT, _ABOVE, _BELOW = 527, 52, 14, 14
#: Room on the left for the words of today's slots.
_LEFT: Final = 74
_BAR: Final = 18
_SHORT_MONTHS: Final = get_month_names("abbreviated", locale="fr")


def section(result: Headline, capacity: TerritoryCapacity) -> dict[str, Any] | None:
    """Finding, drawing, what is said of Monday; None beyond one queue, or where nobody asks."""
    table = capacity.by_month
    if table is None or not table["slots_p90"].any():
        return None
    title = months_finding(result, table)
    status = input_status(result.scenario, "calendar")
    return {
        "title": title,
        "chart": Markup(_svg(result, table, title=title)),
        "week": _week(result, capacity),
        "sign": f"{STATUS_MARKS[status]} {STATUS_LABELS[status]}.",
    }


def _week(result: Headline, capacity: TerritoryCapacity) -> str:
    """How much more the heaviest day receives, and what it loses with today's slots."""
    calendar = result.scenario.calendar
    factors = dict(zip(calendar.weekdays, calendar.weekday_factors, strict=True))
    heavy = max(factors, key=lambda day: factors[day])
    text = ""
    if factors[heavy] > min(factors.values()):
        text = (
            f"{capital(WEEKDAYS[heavy - 1])} : {number(factors[heavy], 2)} fois les demandes d’un "
            "jour moyen"
        )
    if capacity.week is None or not text:
        return f"{text}." if text else ""
    lost = dict(zip(calendar.week_days, capacity.week.lost_by_weekday, strict=True))[heavy]
    return f"{text} ; {whole_percent(lost)} y restent sans rendez-vous aujourd’hui."


def _svg(result: Headline, table: pd.DataFrame, *, title: str) -> str:
    """A bar a month from p10 to p90, its median; a line for today's slots."""
    today = None if result.today is None else result.today.slots
    top = max(float(table["slots_p90"].max()), today or 0.0)
    base = _ABOVE + _HEIGHT
    scale, step = _HEIGHT / top, (_WIDTH - _LEFT) / len(table)
    parts = [svg_tag(_WIDTH, base + _BELOW, title=title, kind="year")]
    months = list(table.to_dict("index").items())
    for place, (_, row) in enumerate(months):
        x = _LEFT + (place + 0.5) * step - _BAR / 2
        high, low = (base - row[name] * scale for name in ("slots_p90", "slots_p10"))
        parts.append(
            f'<rect x="{x:.1f}" y="{high:.1f}" width="{_BAR}" height="{max(low - high, 1):.1f}" '
            f'fill="{style.FILL_LIGHT}" {EDGE}/>'
        )
    parts.append(f'<path d="M{_LEFT} {base}H{_WIDTH}" stroke="{style.LINE}"/>')
    if today is not None:
        y = base - today * scale
        parts.append(
            f'<path d="M{_LEFT} {y:.1f}H{_WIDTH}" stroke="{style.ACCENT}" stroke-width="1.5"/>'
            f'<text x="0" y="{y + 3:.1f}" fill="{style.ACCENT}" font-weight="600">'
            f"{escape(f'aujourd’hui {slots_text(today)}')}</text>"
        )
    rough = not result.scenario.has_own_line
    for place, (month, row) in enumerate(months):
        middle, found = _LEFT + (place + 0.5) * step, named_interval(row, "slots")
        at, above = base - found.p50 * scale, base - found.p90 * scale
        # Two bounds in the width of a month.
        bounds = span(found.p10, found.p90).replace(" à ", "–")
        text = bounds if rough else number(found.p50)
        if not rough:
            parts.append(
                f'<path d="M{middle - _BAR / 2 - 2:.1f} {at:.1f}h{_BAR + 4}" '
                f'stroke="{style.INK}" stroke-width="2"/>'
            )
        parts.append(
            f'<text x="{middle:.1f}" y="{above - 3:.1f}" text-anchor="middle">{text}</text>'
            f'<text x="{middle:.1f}" y="{base + 11}" text-anchor="middle" class="muted">'
            f"{_SHORT_MONTHS[int(str(month))]}</text>"
        )
    return "".join(parts) + "</svg>"

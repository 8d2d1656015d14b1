"""« Ce que cela change »: a measure of both on one axis, their difference below."""

from __future__ import annotations

import math
from html import escape
from typing import Any, Final

import pandas as pd
from markupsafe import Markup

from cpts_geo.atlas.charts.svg import HATCH, svg_tag
from cpts_geo.atlas.look import style
from cpts_geo.atlas.sections.comparison._sides import (
    SAME,
    mean_offered,
    measure_status,
    refuted,
    side_text,
)
from cpts_geo.atlas.sections.comparison.written import COMMON_DRAWS, TEXTS
from cpts_geo.capacity.comparing.compare import ScenarioComparison
from cpts_geo.capacity.need.interval import named_interval
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.french import NNBSP, joined, number
from cpts_geo.schema import STATUS_MARKS, Status

#: Narrow enough for a telephone to show its words at their size.
_WIDTH: Final = 340
_LEFT: Final = 12
_RIGHT: Final = _WIDTH - 12
_ROW: Final = 44
_LETTERS: Final = ("A", "B")
#: Measures that are drawn.
_DRAWN: Final = ("served", "same_day", "slots_needed")


def _paired_svg(found: ScenarioComparison, measure: str) -> str:
    """Draw a measure of both scenarios on one axis, and their difference on its own."""
    row: Any = found.table.loc[measure]
    text = TEXTS[measure]
    scenarios = (found.first, found.second)
    said = [
        f"{letter} {side_text(measure, row, side)}"
        for letter, side in zip(_LETTERS, ("first", "second"), strict=True)
    ]
    said.append(f"différence {side_text(measure, row, 'difference')}")
    kind = f"p{measure.replace('_', '')}"
    gap = side_text(measure, row, "difference")
    drawn = not math.isnan(float(row["difference_p50"])) and not gap.endswith(SAME)
    parts = [
        svg_tag(
            _WIDTH,
            2 * _ROW + (104 if drawn else 64),
            title=f"{text.label} : {' ; '.join(said)}",
            kind="paired",
        ),
        HATCH.format(id=kind, paper=style.PAPER, line=style.FILL, width=3),
        HATCH.format(id="unknown", paper=style.PAPER, line=style.HATCH_LINE, width=2),
    ]
    ends = row.filter(regex="first|second").dropna()
    ticks = _ticks(0.0, 1.0 if text.share else float(max(ends, default=1.0)))
    base = 2 * _ROW + 4
    parts.append(_axis(ticks, share=text.share, top=16, base=base))
    for place, (letter, side, scenario) in enumerate(
        zip(_LETTERS, ("first", "second"), scenarios, strict=True)
    ):
        assumed = measure_status(scenario, measure) is Status.ASSUMED
        fill = f"url(#{kind})" if assumed else style.FILL
        mark = mean_offered(scenario) if measure == "slots_needed" else math.nan
        parts.append(
            _line(
                row,
                side,
                ticks,
                y=place * _ROW,
                label=letter,
                shown=_marked(scenario, measure, row, side),
                fill=fill,
            )
            + _offer_mark(mark, ticks, y=place * _ROW)
        )
    low, high = (float(row[f"difference_{name}"]) for name in ("p10", "p90"))
    top = base + 34
    if drawn:
        gaps = _ticks(min(low, 0.0), max(high, 0.0))
        parts.append(_axis(gaps, share=text.share, top=top + 18, base=top + _ROW, zero=True))
        parts.append(
            _line(row, "difference", gaps, y=top, label="B − A", shown=gap, fill=style.INK)
        )
    else:
        parts.append(
            f'<text x="{_LEFT}" y="{top + 14}"><tspan font-weight="600">B − A</tspan> : '
            f"{gap}</text>"
        )
    return "".join(parts) + "</svg>"


def _marked(scenario: Scenario, measure: str, row: pd.Series, side: str) -> str:
    """The measure of a side with the sign of how it is known; none where it is unknown."""
    mark = STATUS_MARKS[measure_status(scenario, measure)]
    shown = side_text(measure, row, side)
    return shown if math.isnan(float(row[f"{side}_p50"])) else f"{shown} {mark}"


def _line(
    row: pd.Series, side: str, ticks: list[float], *, y: float, label: str, shown: str, fill: str
) -> str:
    """Words, then the interval as a bar and the median as a dot under them."""
    words = (
        f'<text x="{_LEFT}" y="{y + 14}"><tspan font-weight="600">{label}</tspan> : '
        f"{escape(shown)}</text>"
    )
    low, middle, high = vars(named_interval(row, side)).values()
    if math.isnan(middle):
        return (
            f'{words}<rect x="{_LEFT}" y="{y + 21}" width="40" height="12" fill="url(#unknown)" '
            f'stroke="{style.HATCH_LINE}"/>'
        )
    start, dot, end = (_x(value, ticks) for value in (low, middle, high))
    return (
        f'{words}<rect x="{start - 1:.1f}" y="{y + 24}" width="{end - start + 2:.1f}" height="8" '
        f'fill="{fill}" stroke="{style.FILL if fill != style.INK else style.INK}"/>'
        f'<circle cx="{dot:.1f}" cy="{y + 28}" r="5.5" fill="{style.PAPER}" stroke="{style.INK}" '
        'stroke-width="2.5"/>'
    )


def _offer_mark(slots: float, ticks: list[float], *, y: float) -> str:
    """A mark at the slots offered a day; empty for NaN."""
    if math.isnan(slots):
        return ""
    x = _x(slots, ticks)
    return f'<path d="M{x:.1f} {y + 18}v20" stroke="{style.ACCENT}" stroke-width="3"/>'


def _axis(ticks: list[float], *, share: bool, top: float, base: float, zero: bool = False) -> str:
    """Lines and values of a scale, shares in percent; 0 is strong where it splits gains."""
    parts = []
    for tick in ticks:
        x = _x(tick, ticks)
        strong = style.INK if zero and tick == 0 else style.LAND_EDGE
        decimals = 0 if all(float(t * (100 if share else 1)).is_integer() for t in ticks) else 1
        shown = number(100 * tick if share else tick, decimals)
        unit = f"{NNBSP}%" if share and not zero else ""
        parts.append(
            f'<path d="M{x:.1f} {top}V{base}" stroke="{strong}"/>'
            f'<text x="{x:.1f}" y="{base + 14}" text-anchor="{_anchor(x)}" class="muted">'
            f"{shown}{unit}</text>"
        )
    return "".join(parts)


def _anchor(x: float) -> str:
    """Which end of a word stands at x, so that it stays inside."""
    return "start" if x <= _LEFT + 1 else "end" if x >= _RIGHT - 1 else "middle"


def _ticks(low: float, high: float) -> list[float]:
    """Round values, six at most, around both."""
    width = (high - low) or 1.0
    power = 10.0 ** math.floor(math.log10(width / 4))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if width / (s * power) <= 4)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(n * step, 10) for n in range(first, max(last, first + 1) + 1)]


def _x(value: float, ticks: list[float]) -> float:
    """Place of a value on a scale."""
    return _LEFT + (value - ticks[0]) / (ticks[-1] - ticks[0]) * (_RIGHT - _LEFT)


def section(found: ScenarioComparison) -> dict[str, Any]:
    """What the template shows: a drawing of each measure that tells the scenarios apart."""
    return {
        "refuted": joined(refuted(found)),
        "figures": [(TEXTS[name].label, Markup(_paired_svg(found, name))) for name in _DRAWN],
        "common_draws": COMMON_DRAWS,
        "draws": found.draws,
        "seed": found.first.seed,
    }

"""« Ce qui fait la largeur de l’intervalle »."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final, NamedTuple

import pandas as pd
from markupsafe import Markup

from cpts_geo.atlas.charts.svg import EDGE, WIDTH, hatches, svg_tag
from cpts_geo.atlas.look import style
from cpts_geo.atlas.look.grades import input_status
from cpts_geo.atlas.look.words import span
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.french import NNBSP, number, percent
from cpts_geo.schema import STATUS_MARKS, Status


class _Input(NamedTuple):
    """Field that says where an input comes from, how its values are written, how to know more."""

    field: str
    write: Callable[[float], str]
    remedy: str


#: By law of a demand that the tornado shows.
_INPUTS: Final = {
    "people": _Input(
        "people_cv", number, "Compter ces personnes (l’Assurance maladie les connaît)"
    ),
    "calls": _Input(
        "calls_observed", lambda value: number(value, 3), "Compter les appels plus longtemps"
    ),
    "need": _Input(
        "need_share",
        lambda value: percent(value, 0),
        "Mesurer cette part, en notant pour chaque appel s’il méritait un créneau,",
    ),
    "gap": _Input(
        "between_territory_sd",
        lambda value: f"×{NNBSP}{number(value, 2)}",
        "Mesurer cet écart, en comptant pendant un an les appels d’ici,",
    ),
    "minutes": _Input("minutes", lambda value: f"{number(value)}{NNBSP}min", "Mesurer cette durée"),
}


def _drivers_sentence(tornado: pd.DataFrame) -> str:
    """Name what makes most of the interval, and what would narrow it."""
    first = tornado.to_dict("records")[0]
    low, high = sorted((first["result_low"], first["result_high"]))
    decimals = _hours_decimals(tornado)
    if low == high:
        return (
            "Aucune de ces données, prise seule, ne change le nombre d’heures : les créneaux sont "
            "entiers, et les écarts trop petits pour en ajouter un."
        )
    hours = f"de {number(low, decimals)} à {number(high, decimals)} heures de médecin par semaine"
    return (
        f"{first['label']} : {hours} selon sa valeur, le reste étant à sa médiane. C’est ce qui "
        f"pèse le plus. {_INPUTS[first['input']].remedy} resserrerait l’intervalle plus que tout "
        "le reste."
    )


def _hours_decimals(tornado: pd.DataFrame) -> int:
    """Choose decimals that tell the ends of bars apart: none where they span 10 hours or more."""
    ends = tornado[["result_low", "result_high"]]
    return int(ends.max().max() - ends.min().min() < 10)


def _swings(result: Headline, tornado: pd.DataFrame) -> list[_Swing]:
    """Prepare the bars of the tornado."""
    bars = []
    for row in tornado.to_dict("records"):
        source, write, _ = _INPUTS[str(row["input"])]
        bounds = dict.fromkeys([write(row["low_value"]), write(row["high_value"])])
        own = result.scenario.need_input if source == "need_share" else source
        status = input_status(result.scenario, own)
        low, high = sorted((row["result_low"], row["result_high"]))
        bars.append(
            _Swing(
                label=str(row["label"]).partition(" (")[0],
                values=" à ".join(bounds),
                low=low,
                high=high,
                status=result.scenario.people_status if row["input"] == "people" else status,
            )
        )
    return bars


@dataclass(frozen=True)
class _Swing:
    """One bar of a tornado."""

    label: str
    values: str
    low: float
    high: float
    status: Status


def _tornado_svg(swings: Sequence[_Swing], *, median: float, decimals: int, title: str) -> str:
    """What each uncertain input alone makes of the result, the widest first."""
    row, top, left, right = 44, 22, 34, WIDTH - 40
    low = min([median, *(swing.low for swing in swings)])
    high = max([median, *(swing.high for swing in swings)])
    scale = (right - left) / ((high - low) or 1.0)
    middle = left + (median - low) * scale
    base = top + row * len(swings)
    parts = [svg_tag(WIDTH, base + 8, title=title, kind="chart"), hatches("t")]
    for index, swing in enumerate(swings):
        y = top + row * index
        start, end = swing.low, swing.high
        first, last = left + (start - low) * scale, left + (end - low) * scale
        fill = "url(#td)" if swing.status is Status.ASSUMED else style.FILL
        parts.append(
            f'<text x="0" y="{y + 14}">{STATUS_MARKS[swing.status]} {escape(swing.label)} '
            f'<tspan fill="{style.MUTED}">· {escape(swing.values)}</tspan></text>'
            f'<rect x="{first:.1f}" y="{y + 21}" width="{max(last - first, 1):.1f}" height="13" '
            f'fill="{fill}" {EDGE}/>'
        )
        if start < end:
            parts.append(
                f'<text x="{first - 5:.1f}" y="{y + 32}" text-anchor="end">'
                f"{number(start, decimals)}</text>"
                f'<text x="{last + 5:.1f}" y="{y + 32}">{number(end, decimals)}</text>'
            )
        else:
            side, gap = ("end", -9) if middle > WIDTH / 2 else ("start", 9)
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


def section(result: Headline, tornado: pd.DataFrame, *, several: bool) -> dict[str, Any]:
    """What the template shows: what each unknown alone makes of the GP-hours per week."""
    bars = _swings(result, tornado)
    decimals = _hours_decimals(tornado)
    each = " ; ".join(f"{bar.label} : {span(bar.low, bar.high, decimals)}" for bar in bars)
    chart = _tornado_svg(
        bars,
        median=float(tornado["result_median"].iloc[0]),
        decimals=decimals,
        title=f"Heures de médecin par semaine selon chaque donnée. {each}",
    )
    return {"sentence": _drivers_sentence(tornado), "chart": Markup(chart), "several": several}

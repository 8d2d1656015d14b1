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

#: What is learnt from the known lines has no source of its own.
_LEARNT: Final = "known_lines"


class _Input(NamedTuple):
    """Field that says where an input comes from, how its values are written, how to know more."""

    field: str
    write: Callable[[float], str]
    remedy: str


def _whole_share(value: float) -> str:
    """A share without decimals."""
    return percent(value, 0)


def _times(value: float) -> str:
    """A factor."""
    return f"×{NNBSP}{number(value, 2)}"


_LINE: Final = "Compter pendant un an les appels ou les consultations d’une ligne d’ici"
#: By label of an input that the tornado shows.
_INPUTS: Final = {
    "Personnes sans médecin traitant": _Input(
        "people_without_mt", number, "Compter ces personnes (l’Assurance maladie les connaît)"
    ),
    "Appels d’une année": _Input("calls_observed", number, "Compter les appels plus longtemps"),
    "Consultations d’une année": _Input(
        "observed_consultations", number, "Compter les consultations plus longtemps"
    ),
    "Appels par personne (comptés sur un an)": _Input(
        "calls_observed", lambda value: number(value, 3), "Compter les appels plus longtemps"
    ),
    "Part des appels qui relèvent d’une consultation": _Input(
        "need_share",
        _whole_share,
        "Mesurer cette part, en notant pour chaque appel s’il relevait d’une consultation,",
    ),
    "Part des demandes qui ont trouvé un créneau": _Input(
        "found_share", _whole_share, "Mesurer cette part, en notant qui n’a pas eu de créneau,"
    ),
    "Écart du taux d’appel entre territoires": _Input("between_territory_sd", _times, _LINE),
    "Durée d’une consultation": _Input(
        "minutes", lambda value: f"{number(value)}{NNBSP}min", "Mesurer cette durée"
    ),
    "Besoins d’un visiteur rapportés à un habitant": _Input("visitor_rate_ratio", _times, _LINE),
    "Demandes non programmées d’un habitant": _Input(
        "need_rate", lambda value: f"{number(value, 1)} par an", _LINE
    ),
    "Part que les cabinets servent en France": _Input("met_share", _whole_share, _LINE),
    "De combien cette part suit l’APL": _Input(
        "apl_elasticity", lambda value: number(value, 1), _LINE
    ),
    "Part du besoin sans réponse qui viendrait": _Input(_LEARNT, _whole_share, _LINE),
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
    span = f"de {number(low, decimals)} à {number(high, decimals)}"
    hours = f"{span} heures de consultation par semaine"
    return (
        f"{first['label']} : {hours} selon sa valeur. C’est ce qui pèse le plus. "
        f"{_INPUTS[first['label']].remedy} resserrerait l’intervalle plus que tout "
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
        name, write, _ = _INPUTS[str(row["label"])]
        bounds = dict.fromkeys([write(row["low_value"]), write(row["high_value"])])
        own = result.scenario.need_input if name == "need_share" else name
        status = Status.ESTIMATED if own == _LEARNT else input_status(result.scenario, own)
        low, high = sorted((row["result_low"], row["result_high"]))
        bars.append(
            _Swing(
                label=str(row["label"]).partition(" (")[0],
                values=" à ".join(bounds),
                low=low,
                high=high,
                status=status,
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


def _tornado_svg(
    swings: Sequence[_Swing], *, median: float, decimals: int, title: str, rough: bool
) -> str:
    """What each uncertain input alone makes of the result, the widest first."""
    row, top, left, right = 61, 22, 36, WIDTH - 42
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
            f'<text x="0" y="{y + 14}">{STATUS_MARKS[swing.status]} {escape(swing.label)}</text>'
            f'<text x="16" y="{y + 31}" class="muted">{escape(swing.values)}</text>'
        )
        y += 17
        if start != end:
            parts.append(
                f'<rect x="{first:.1f}" y="{y + 21}" width="{max(last - first, 1):.1f}" '
                f'height="13" fill="{fill}" {EDGE}/>'
            )
        if number(start, decimals) != number(end, decimals):
            parts.append(
                f'<text x="{first - 5:.1f}" y="{y + 32}" text-anchor="end">'
                f"{number(start, decimals)}</text>"
                f'<text x="{last + 5:.1f}" y="{y + 32}">{number(end, decimals)}</text>'
            )
        else:
            side, at = ("end", first - 9) if middle > WIDTH / 2 else ("start", last + 9)
            parts.append(
                f'<text x="{at:.1f}" y="{y + 32}" text-anchor="{side}" class="muted">'
                f"ne change {'rien' if start == end else 'guère'}</text>"
            )
        parts.append(
            f'<path d="M{middle:.1f} {y + 18}v19" stroke="{style.INK}" stroke-width="2.5"/>'
        )
    anchor = (
        "middle" if left + 60 < middle < right - 60 else "start" if middle < right / 2 else "end"
    )
    weight = "" if rough else ' font-weight="600"'
    parts.append(
        f'<text x="{middle:.1f}" y="12" text-anchor="{anchor}"{weight}>'
        f"médiane {number(median, decimals)}{NNBSP}h</text>"
    )
    return "".join(parts) + "</svg>"


def section(result: Headline, tornado: pd.DataFrame) -> dict[str, Any]:
    """What the template shows: what each unknown alone makes of the GP-hours per week."""
    bars = _swings(result, tornado)
    decimals = _hours_decimals(tornado)
    each = " ; ".join(f"{bar.label} : {span(bar.low, bar.high, decimals)}" for bar in bars)
    chart = _tornado_svg(
        bars,
        median=float(tornado["result_median"].iloc[0]),
        decimals=decimals,
        title=f"Heures de consultation par semaine selon chaque donnée. {each}",
        rough=not result.scenario.has_own_line,
    )
    return {"sentence": _drivers_sentence(tornado), "chart": Markup(chart)}

"""« Le besoin du territoire »: need, met in surgeries, gap, requests of a device, slots."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from html import escape
from typing import Any, Final

import pandas as pd
from markupsafe import Markup

from cpts_geo.atlas.charts.svg import EDGE, WIDTH, hatches, svg_tag
from cpts_geo.atlas.look import style
from cpts_geo.atlas.look.words import span, whom
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.checks.backtest import Surprise
from cpts_geo.capacity.checks.learnt import CONFOUNDED, groups_sentence
from cpts_geo.capacity.need.interval import CHANCES, LEVELS, Interval
from cpts_geo.french import NNBSP, number, percent
from cpts_geo.schema import APL_OF_NEED, COLUMNS
from cpts_geo.study.study import Study

#: Bold letters that a line of the drawing holds.
_LETTERS: Final = 44

#: Visits that a surgery could have seen: inside the gap, or more than the APL sees of it.
_WITHIN, _APART = "dont aux urgences, et qui relèvent de la ville", "Aux urgences, sans en relever"


@dataclass(frozen=True)
class _Rung:
    """A quantity a day: what is inside the one above begins further right."""

    label: str
    found: Interval[float] | Interval[int]
    inside: bool = False
    bold: bool = False


def section(study: Study) -> dict[str, Any]:
    """What the template shows: the ladder where the need is known, how the known lines fare."""
    result = study.headline
    capacity = study.capacity
    own, share = (None, None) if capacity is None else (capacity.surprise, capacity.gap_share)
    table = study.need_ladder
    if table is None:
        return {"unknown": "Besoin du territoire : inconnu, car son APL l’est."}
    shown: dict[str, Any] = {"lines": _lines_sentence(study.common.lines_checked, own)}
    if result is not None and (groups := study.line_groups) is not None:
        moved = groups_sentence(groups, slots=result.slots_per_day.p50)
        shown["lines"] = f"{shown['lines']} {CONFOUNDED} {moved}".strip()
    rungs = _rungs(table / study.scenario.opening_days_per_year, result)
    title = "Par jour d’ouverture. " + " ; ".join(
        f"{rung.label} : {span(rung.found.p10, rung.found.p90)}" for rung in rungs
    )
    return shown | {
        "sentences": _sentences(rungs, result, share=share),
        "apl_year": COLUMNS[APL_OF_NEED].vintage,
        "chart": Markup(_ladder_svg(rungs, title=title)),
    }


def _rungs(daily: pd.DataFrame, result: Headline | None) -> list[_Rung]:
    """The quantities of all residents, then what reaches the device of this page, and its slots.

    No part is larger than its whole: visits that exceed the gap stand on their own.
    """
    rows = daily.to_dict("index")
    within = rows["emergency"]["p50"] <= rows["gap"]["p50"]

    def rung(name: str, label: str, *, inside: bool = False) -> _Rung:
        return _Rung(label, Interval(*(float(rows[name][p]) for p in LEVELS)), inside=inside)

    found = [
        rung("need", "Besoin : demandes non programmées du territoire"),
        rung("met", "servies par les cabinets du territoire", inside=True),
        rung("gap", "sans réponse sur place", inside=True),
        rung("emergency", _WITHIN if within else _APART, inside=within),
    ]
    if result is None:
        return [*found, rung("organised", "Reçues par une ligne ouverte à tous")]
    scenario = result.scenario
    line = "la ligne" if scenario.has_own_line else "une ligne"
    asked = f"Reçues par {line}, {whom(scenario, of=True)}"
    return [
        *found,
        _Rung(asked, result.requests_per_day, bold=True),
        _Rung("Créneaux pour y répondre", result.slots_per_day, bold=True),
    ]


def _sentences(
    rungs: list[_Rung], result: Headline | None, *, share: Interval[float] | None
) -> list[str]:
    """Say what the gap is worth, what a device takes of it, and what is not known."""
    gap, visits = rungs[2].found, rungs[3].found
    said = [
        f"Le besoin sans réponse sur place, {span(gap.p10, gap.p90)} demandes par jour, est un "
        "ordre de grandeur (à 40 % près, au mieux) et jamais un objectif."
    ]
    if rungs[3].inside and gap.p50 > 0:
        said[0] += " Des passages aux urgences en font partie, ils ne s’y ajoutent pas."
    if gap.p50 == 0:
        seen = f"guère ({span(gap.p10, gap.p90)} demandes par jour)" if gap.p90 else "pas"
        said = [f"L’APL ne voit {seen} de besoin sans réponse sur place, ce qui ne veut pas dire "
                "que personne n’a besoin d’une ligne."]  # fmt: skip
    if not rungs[3].inside and round(visits.p90) > 0:
        said.append(
            f"Au taux de la France, {span(visits.p10, visits.p90)} passages par jour aux urgences "
            "relèvent pourtant de la ville : l’APL ne voit pas cette part du besoin."
        )
    if result is not None and result.scenario.public == "no_mt":
        said.append(
            "Ces quantités sont celles du territoire entier ; la réponse ne compte que les "
            f"demandes {whom(result.scenario, of=True)}."
        )
    elif share is not None:
        part = f"{span(100 * share.p10, 100 * share.p90)}{NNBSP}%"
        said.append(
            f"Sa ligne en reçoit {percent(share.p50, 0)} ({part})."
            if result is not None and result.scenario.has_own_line
            else f"Une ligne comme les lignes connues en recevrait {part}."
        )
    if gap.p50 > 0:
        said.append(
            "Ce que deviennent les autres demandes n’est pas connu : soins hors du territoire, "
            "plus tard, aux urgences, ou aucun soin."
        )
    return said


def _lines_sentence(checked: pd.DataFrame, own: Surprise | None) -> str:
    """Say how well known lines predict one another, and how surprising that of here is."""
    inside = int(checked["inside"].sum())
    text = (
        f"Ces ordres de grandeur reposent sur {number(len(checked))} lignes connues : les demandes "
        f"de {number(inside)} d’entre elles tombent dans ce que les autres prédisent ({CHANCES})"
    )
    if own is None:
        return text + "."
    said = "n’ont rien de surprenant" if own.inside else "surprennent"
    return (
        f"{text}. Celles que la réponse retient ici, d’après les chiffres de la ligne, {said} : "
        f"les autres lignes prédisent moins dans {percent(own.rank, 0)} des situations."
    )


def _ladder_svg(rungs: list[_Rung], *, title: str) -> str:
    """A bar a quantity, its interval as a whisker and in figures."""
    row, line, left = 40, 16, 4
    # A long name takes two lines.
    names = [textwrap.wrap(rung.label, _LETTERS) for rung in rungs]
    tops = [row * n + line * sum(len(each) - 1 for each in names[:n]) for n in range(len(rungs))]
    high = tops[-1] + row + line * (len(names[-1]) - 1) + 4
    # The longest interval stands after the longest bar.
    room = 12 + 8 * max(len(span(rung.found.p10, rung.found.p90)) for rung in rungs)
    top = max(rung.found.p90 for rung in rungs) or 1.0
    scale = (WIDTH - left - room) / top
    parts = [svg_tag(WIDTH, high, title=title, kind="chart"), hatches("l")]
    for rung, name, y in zip(rungs, names, tops, strict=True):
        indent = 14 if rung.inside else 0
        weight = ' font-weight="600"' if rung.bold else ""
        fill = style.FILL if rung.bold else style.FILL_LIGHT
        low, middle, end = (left + scale * x for x in vars(rung.found).values())
        parts += [
            f'<text x="{left + indent}" y="{y + 14 + line * rank}"{weight}>{escape(words)}</text>'
            for rank, words in enumerate(name)
        ]
        base = y + line * (len(name) - 1)
        parts.append(
            f'<rect x="{left}" y="{base + 20}" width="{max(middle - left, 0.5):.1f}" height="13" '
            f'fill="{fill}" {EDGE}/>'
            f'<path d="M{low:.1f} {base + 26.5}H{end:.1f}M{low:.1f} {base + 22.5}v8M{end:.1f} '
            f'{base + 22.5}v8" stroke="{style.INK}" fill="none"/>'
            f'<text x="{end + 7:.1f}" y="{base + 31}"{weight}>'
            f"{span(rung.found.p10, rung.found.p90)}</text>"
        )
    return "".join(parts) + "</svg>"

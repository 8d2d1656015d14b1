"""« Dans … ans »: GPs, people without médecin traitant, slots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from markupsafe import Markup

from cpts_geo.atlas.charts.svg import EDGE, WIDTH, axis, hatches, round_ticks, svg_tag
from cpts_geo.atlas.look.cells import Cell, Row
from cpts_geo.atlas.look.words import span
from cpts_geo.capacity.workforce.projection import ENTRY_AGE
from cpts_geo.french import NNBSP, joined, number, percent
from cpts_geo.schema import Status
from cpts_geo.study.capacity import HORIZONS


def _future_sentences(future: pd.DataFrame) -> list[str]:
    """Say what becomes of the GPs, of people without médecin traitant and of slots."""
    now = future[future["year"] == 0].iloc[0]
    last = int(future["year"].max())
    ends = future[future["year"] == last].groupby("entries")
    fewest, most = future["entries"].min(), future["entries"].max()
    few, many = ends.get_group(fewest), ends.get_group(most)
    people = span(100 * few["share_without_mt"].min(), 100 * few["share_without_mt"].max())
    return [
        f"{_arrivals(fewest).capitalize()}, {number(now['gps'])} médecins deviendraient "
        f"{span(few['gps'].min(), few['gps'].max())} dans {last} ans ; la part des habitants sans "
        f"médecin traitant, {percent(now['share_without_mt'], 0)} aujourd’hui, serait de "
        f"{people}{NNBSP}%, et il faudrait {span(few['slots'].min(), few['slots'].max())} créneaux "
        f"par jour au lieu de {number(now['slots'])}.",
        f"Avec {_arrivals(most)}, ils seraient {span(many['gps'].min(), many['gps'].max())} et "
        f"{span(many['slots'].min(), many['slots'].max())} créneaux suffiraient.",
    ]


def _arrivals(entries: float) -> str:
    """Write a number of GPs who settle each year."""
    if entries == 0:
        return "sans installation"
    count = number(entries, 0 if float(entries).is_integer() else 1)
    return f"{count} {'installation' if entries < 2 else 'installations'} par an"


def _future_note(facts: Mapping[str, Mapping[Any, Any]]) -> str:
    """Say what is known of the GPs, and what is imagined."""
    age, density = facts["gp_mean_age"], facts["gps_per_100k"]
    return (
        f"Publié : {number(density['value'])} médecins pour 100 000 habitants, de "
        f"{number(age['value'])} ans en moyenne ({age['document']}, {age['grade']}). Les âges sont "
        "imaginés autour de cette moyenne, resserrés ou étalés : d’où les deux bornes. Départs "
        f"selon l’âge, installations à {number(ENTRY_AGE)} ans, population et patients par "
        "médecin constants, mêmes appels par personne : hypothèses (D). Ce n’est la prévision "
        "d’aucun médecin."
    )


def _future_rows(future: pd.DataFrame) -> list[Row]:
    """Arrivals and horizon a row, over the spreads of ages; today first."""
    rows = [Row("Aujourd’hui", "", _future_cells(future[future["year"] == 0], Status.ESTIMATED))]
    for entries in sorted(future["entries"].unique()):
        for year in HORIZONS:
            block = future[(future["entries"] == entries) & (future["year"] == year)]
            title = f"Dans {year} ans, {_arrivals(float(entries))}"
            rows.append(Row(title, "", _future_cells(block, Status.ASSUMED)))
    return rows


def _future_cells(block: pd.DataFrame, status: Status) -> tuple[Cell, ...]:
    """GPs, density, share without médecin traitant and slots, over the spreads of ages."""

    def text(name: str, factor: float = 1.0) -> str:
        return span(factor * block[name].min(), factor * block[name].max())

    values = (
        text("gps"),
        text("density"),
        f"{text('share_without_mt', 100.0)}{NNBSP}%",
        text("slots"),
    )
    return tuple(Cell(value, status=status.value) for value in values)


def _fan_svg(future: pd.DataFrame, *, title: str) -> str:
    """GPs in the coming years: a ribbon a number of arrivals, as wide as the spreads of ages."""
    left, right, top, height = 34, WIDTH - 146, 14, 170
    base = top + height
    ticks = round_ticks(float(future["gps"].max()))
    years = int(future["year"].max())
    scale, step = height / ticks[-1], (right - left) / max(years, 1)
    parts = [
        svg_tag(WIDTH, base + 24, title=title, kind="chart"),
        hatches("f"),
        axis(ticks, left=left, right=right, base=base, height=height),
    ]
    parts.extend(
        f'<text x="{left + year * step:.1f}" y="{base + 17}" text-anchor="middle" class="muted">'
        f"{'aujourd’hui' if year == 0 else f'{year}{NNBSP}ans'}</text>"
        for year in range(0, years + 1, 5)
    )
    ends = []
    for entries, block in future.groupby("entries"):
        bounds = block.groupby("year")["gps"].agg(["min", "max"])
        upper, lower = (
            [
                f"{left + index * step:.1f} {base - value * scale:.1f}"
                for index, value in enumerate(bounds[side].tolist())
            ]
            for side in ("max", "min")
        )
        parts.append(
            f'<path d="M{"L".join([*upper, *reversed(lower)])}z" fill="url(#fd)" {EDGE} '
            'stroke-width="1.5"/>'
        )
        least, most = (bounds[side].tolist()[-1] for side in ("min", "max"))
        shown = " à ".join(dict.fromkeys([number(least), number(most)]))
        y = base - (least + most) / 2 * scale
        ends.append((y, _arrivals(float(str(entries))), shown))
    lowest = base + 34.0
    for y, label, shown in sorted(ends, reverse=True):
        lowest = min(y, lowest - 34)
        parts.append(
            f'<text x="{right + 8}" y="{lowest:.1f}">{label}</text>'
            f'<text x="{right + 8}" y="{lowest + 15:.1f}" font-weight="600">{shown}</text>'
        )
    return "".join(parts) + "</svg>"


def section(future: pd.DataFrame, facts: pd.DataFrame) -> dict[str, Any]:
    """What the template shows of the GPs, and of the slots, in the years to come."""
    said = _future_sentences(future)
    title = f"Médecins dans les {max(HORIZONS)} ans. {' '.join(said)}"
    return {
        "horizons": joined([str(years) for years in HORIZONS]),
        "sentences": said,
        "chart": Markup(_fan_svg(future, title=title)),
        "rows": _future_rows(future),
        "note": _future_note({str(row["fact"]): row for row in facts.to_dict("records")}),
    }

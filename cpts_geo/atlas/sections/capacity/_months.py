"""« Les mois »: requests and slots, month by month."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
from babel.dates import get_month_names
from markupsafe import Markup

from cpts_geo.atlas.charts.svg import EDGE, HALO, WIDTH, axis, hatches, round_ticks, svg_tag
from cpts_geo.atlas.look import style
from cpts_geo.atlas.look.cells import Cell, Row
from cpts_geo.atlas.look.words import (
    estimate,
    extreme_months,
    month_slots,
    shown_floor,
    slots_text,
    span,
    todays,
)
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.need.interval import CHANCES, named_interval
from cpts_geo.french import MONTHS, capital, joined, number, whole_percent
from cpts_geo.schema import Status
from cpts_geo.study.capacity import TerritoryCapacity

#: A month calls for much more than the mean day from this ratio on.
_PEAK: Final = 1.5
#: From this number on, bounds of a rough quantity are whole.
_DIGITS: Final = 10
#: Names of months that fit a column, from 1.
_SHORT_MONTHS: Final = get_month_names("abbreviated", locale="fr")


def _months_sentences(result: Headline, table: pd.DataFrame) -> list[str]:
    """Say which month asks most, against the mean day."""
    mean = result.slots_per_day
    calmest, busiest = extreme_months(table)
    low, high = (table.to_dict("index")[month] for month in (calmest, busiest))
    studied = "des mois étudiés" if result.scenario.months else "de l’année"
    shown = {month_slots(result, month) for month in table.to_dict("records")}
    usual, fewest = estimate(result, mean), month_slots(result, low)
    if len(shown) == 1:
        said = [f"Le nombre est le même toute l’année : {usual} par jour."]
    else:
        least = f" ; {MONTHS[calmest - 1]} le moins : {fewest}"
        said = [
            f"{MONTHS[busiest - 1].capitalize()} demande le plus : "
            f"{month_slots(result, high)} créneaux par jour, contre {usual} pour un jour "
            f"moyen {studied}{least if fewest != usual else ''}."
        ]
    heavy = table["slots_p50"][table["slots_p50"] >= _PEAK * mean.p50]
    if result.scenario.visitors is not None and mean.p50 and len(heavy):
        names = joined([MONTHS[int(month) - 1] for month in heavy.index])
        times = span(heavy.min() / mean.p50, heavy.max() / mean.p50, 1)
        said.append(
            f"En {names}, il faudrait {times} fois les créneaux d’un jour moyen : ce sont les "
            "visiteurs."
        )
    if result.today is not None:
        worst, best = (whole_percent(row["served_today"]) for row in (high, low))
        said.append(
            f"{capital(todays(result))} serviraient {worst} des demandes en "
            f"{MONTHS[busiest - 1]}, {best} en {MONTHS[calmest - 1]}."
        )
    return said


def _months_note(result: Headline, capacity: TerritoryCapacity) -> str:
    """Say what the months rest on, and what another profile would make of them."""
    sources = result.scenario.sources
    text = f"Jours d’ouverture et forme de l’année : {_sourced(sources['calendar'])}. "
    if capacity.around_holidays is not None:
        text += f"{_around_holidays(capacity.around_holidays)} "
    if result.scenario.visitors is not None:
        text += f"Visiteurs : {_sourced(sources['visitors'])}. "
    text += (
        "Chaque mois est calculé comme s’il se prolongeait : une pointe plus courte se ferait "
        "moins sentir."
    )
    if capacity.peaked is not None:
        text += f" {_peaked_months(result, capacity.peaked.by_month)}"
    if result.today is None:
        text += " Les créneaux d’aujourd’hui ne sont pas publiés : aucune part servie n’est donnée."
    return text


def _around_holidays(measured: pd.DataFrame) -> str:
    """Say how the days around public holidays differ, and on how many days it was measured."""
    bridge, after = (
        f"{number(row['factor'], 2)} fois un jour ordinaire ({number(row['low'], 2)} à "
        f"{number(row['high'], 2)} ; {number(row['days'])} jours mesurés)"
        for _, row in measured.loc[["bridge", "after_holiday"]].iterrows()
    )
    return f"Un pont compte {bridge}, le premier jour après un jour férié {after} ; {CHANCES}."


def _peaked_months(result: Headline, table: pd.DataFrame) -> str:
    """Say which months would ask most and least under the peaked profile."""
    calmest, busiest = extreme_months(table)
    least, most = (table.to_dict("index")[month] for month in (calmest, busiest))
    return (
        f"Variante « pointe forte » (D) : {MONTHS[busiest - 1]} demanderait le plus, "
        f"{month_slots(result, most)} créneaux par jour, {MONTHS[calmest - 1]} le moins, "
        f"{month_slots(result, least)}."
    )


def _sourced(source: Any) -> str:
    """A source with its grade."""
    return f"{source.text} ({source.grade})"


def _year_assumed(result: Headline) -> bool:
    """Tell whether the shape of the year is assumed."""
    sources = result.scenario.sources
    return any(sources[name].grade == "D" for name in ("calendar", "visitors") if name in sources)


def _month_rows(result: Headline, table: pd.DataFrame, *, assumed: bool) -> list[Row]:
    """A quantity a row, a month a column; the share served is left out where it is unknown."""
    months = table.to_dict("records")
    status = Status.ASSUMED if assumed else Status.ESTIMATED
    rough = not result.scenario.has_own_line
    detail = CHANCES if rough else f"médiane, {CHANCES}"

    def cell(month: Any, name: str, decimals: int = 0) -> Cell:
        return _month_cell(month, name, status=status, decimals=decimals, rough=rough)

    rows = [
        Row("Jours d’ouverture", "", tuple(Cell(number(m["opening_days"])) for m in months)),
        Row(
            "Demandes par jour",
            detail,
            tuple(cell(m, "requests", 1) for m in months),
        ),
        Row(
            "Créneaux par jour",
            detail,
            tuple(cell(m, "slots") for m in months),
        ),
    ]
    if table["served_today"].notna().all():
        cells = [Cell(whole_percent(m["served_today"]), status=status.value) for m in months]
        rows.append(Row("Servies aujourd’hui", "dans le délai", tuple(cells)))
    return rows


def _month_cell(month: Any, name: str, *, status: Status, decimals: int, rough: bool) -> Cell:
    """Median of a quantity in a month, its interval under it; the interval alone where rough."""
    low, middle, high = vars(named_interval(month, name)).values()
    if rough:
        # An order of magnitude has no decimals, and twelve months must fit a screen.
        return Cell(span(low, high, decimals if high < _DIGITS else 0), status=status.value)
    bounds = span(low, high, decimals)
    return Cell(number(middle, decimals), status=status.value, origin=bounds)


def _months_svg(result: Headline, by_month: pd.DataFrame, *, assumed: bool, title: str) -> str:
    """Slots needed in each month, median and interval; lines are today's and those observed."""
    lines = [
        (result.today.slots if result.today else None, "aujourd’hui", "none"),
        (shown_floor(result), "au moins, vu l’activité", "5 3"),
    ]
    known = [(value, text, dash) for value, text, dash in lines if value is not None]
    ticks = round_ticks(max([by_month["slots_p90"].max(), *(value for value, _, _ in known)]))
    left, right, height = 34, WIDTH - 4, 170
    # What the marks are: the bar alone on its line, the median and the slots after it.
    base = height + 46 + 17 * len(known)
    scale, step = height / ticks[-1], (right - left) / len(by_month)
    fill = "url(#ml)" if assumed else style.FILL_LIGHT
    weight = ' font-weight="600"' if result.scenario.has_own_line else ""
    parts = [
        svg_tag(WIDTH, base + 40, title=title, kind="chart"),
        hatches("m"),
        axis(ticks, left=left, right=right, base=base, height=height),
        f'<rect x="{left}" y="4" width="12" height="12" fill="{fill}" {EDGE}/>'
        f'<text x="{left + 18}" y="14" class="muted">{CHANCES}</text>'
        f'<path d="M{left} 27h16" stroke="{style.INK}" stroke-width="2.5"/>'
        f'<text x="{left + 22}" y="31" class="muted">médiane</text>',
    ]
    places = [left + (index + 0.5) * step for index in range(len(by_month))]
    rows = list(zip(places, by_month.to_dict("index").items(), strict=True))
    for x, (_, row) in rows:
        top, bottom = (base - row[name] * scale for name in ("slots_p90", "slots_p10"))
        parts.append(
            f'<rect x="{x - 9:.1f}" y="{top:.1f}" width="18" height="{max(bottom - top, 1):.1f}" '
            f'fill="{fill}" {EDGE}/>'
        )
    for place, (value, text, dash) in enumerate(known):
        y = base - value * scale
        line = 44 + 17 * place
        parts.append(
            f'<path d="M{left} {y:.1f}H{right}M{left} {line}h16" '
            f'stroke="{style.ACCENT}" stroke-width="2" stroke-dasharray="{dash}"/>'
            f'<text x="{left + 22}" y="{line + 4}" fill="{style.ACCENT}" font-weight="600">'
            f"{text} : {slots_text(value)}</text>"
        )
    for index, (x, (month, row)) in enumerate(rows):
        y = base - row["slots_p50"] * scale
        parts.append(
            f'<path d="M{x - 11:.1f} {y:.1f}h22" stroke="{style.INK}" stroke-width="2.5"/>'
            f'<text x="{x:.1f}" y="{y - 5:.1f}" text-anchor="middle"{weight} {HALO}>'
            f"{number(row['slots_p50'])}</text>"
            # Twelve names on one line would touch.
            f'<text x="{x:.1f}" y="{base + 16 + 16 * (index % 2)}" text-anchor="middle" '
            f'class="muted">'
            f"{_SHORT_MONTHS[int(str(month))]}</text>"
        )
    return "".join(parts) + "</svg>"


def section(result: Headline, capacity: TerritoryCapacity) -> dict[str, Any]:
    """What the template shows of each month; no row beyond one queue, or where nobody asks."""
    table = capacity.by_month
    if table is None or not table["slots_p90"].any():
        return {"rows": []}
    assumed = _year_assumed(result)
    said = _months_sentences(result, table)
    title = f"Créneaux par jour nécessaires, mois par mois. {said[0]}"
    return {
        "sentences": said,
        "assumed": assumed,
        "chart": Markup(_months_svg(result, table, assumed=assumed, title=title)),
        "headers": [_SHORT_MONTHS[int(month)] for month in table.index],
        "rows": _month_rows(result, table, assumed=assumed),
        "note": _months_note(result, capacity),
    }

"""« Dans … ans »: GPs, people without médecin traitant, slots; and the model held to the past."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd
from markupsafe import Markup

from cpts_geo.atlas.charts.svg import EDGE, WIDTH, axis, hatches, round_ticks, svg_tag
from cpts_geo.atlas.look import style
from cpts_geo.atlas.look.cells import Cell, Row
from cpts_geo.atlas.look.words import span
from cpts_geo.capacity.comparing.future import HORIZONS, MEAN_AGE_YEAR, NATIONAL_MEAN_AGE
from cpts_geo.capacity.need.interval import CHANCES
from cpts_geo.capacity.workforce.projection import ENTRY_AGE, EXIT_FACTORS
from cpts_geo.french import NNBSP, joined, number, percent
from cpts_geo.schema import COLUMNS, Status, embedded_vintage, vintages

#: What the counts of all intercommunalités say of it (a test holds it), and whose the age is.
_HELD_TO_FRANCE: Final = (
    "Sur les intercommunalités de France, de telles bornes se sont montrées trop étroites. Âge "
    f"moyen français : Drees, 1er janvier {MEAN_AGE_YEAR}, d’après la presse (C)."
)


def _finding(future: pd.DataFrame) -> str:
    """Say what becomes of the GPs, of people without médecin traitant and of slots."""
    last = int(future["year"].max())
    now = future[future["year"] == 0].iloc[0]
    ends = future[future["year"] == last].set_index("entries")
    fewest, most = ends.index.min(), ends.index.max()
    few, many = ends.loc[fewest], ends.loc[most]
    return (
        f"{_arrivals(fewest).capitalize()}, les {number(now['gps_p50'])} médecins ne seraient plus "
        f"que {_span(few, 'gps')} dans {last} ans : {_span(few, 'share_without_mt', 100)}{NNBSP}% "
        f"des habitants n’auraient pas de médecin traitant "
        f"({percent(now['share_without_mt_p50'], 0)} aujourd’hui), et il faudrait "
        f"{_span(few, 'slots')} créneaux par jour ({_span(now, 'slots')} aujourd’hui) ; avec "
        f"{_arrivals(most)}, il y aurait {_span(many, 'gps')} médecins, et il faudrait "
        f"{_span(many, 'slots')} créneaux."
    )


def _span(row: pd.Series, name: str, factor: float = 1.0) -> str:
    """Write p10 and p90 of a quantity; slots beyond one queue are only known to be more."""
    low, high = factor * row[f"{name}_p10"], factor * row[f"{name}_p90"]
    return f"au moins {number(low)}" if pd.isna(high) else span(low, high)


def _arrivals(entries: float) -> str:
    """Write a number of GPs who settle each year."""
    if entries == 0:
        return "sans installation"
    count = number(entries, 0 if float(entries).is_integer() else 1)
    return f"{count} {'installation' if entries < 2 else 'installations'} par an"


def _note(facts: Mapping[str, Mapping[Any, Any]]) -> str:
    """Say what is known of the GPs, and what is imagined."""
    age, density = facts["gp_mean_age"], facts["gps_per_100k"]
    factors = joined([f"× {number(x, 1 if x % 1 else 0)}" for x in EXIT_FACTORS])
    return (
        f"Publié : {number(density['value'])} médecins pour 100 000 habitants, de "
        f"{number(age['value'])} ans en moyenne ({age['document']}, {age['grade']}). Les bornes "
        f"({CHANCES}) mêlent des âges imaginés autour de cette moyenne, resserrés ou étalés, "
        f"des départs plus rares ou plus fréquents ({factors}) et le hasard de chacun ; pour les "
        "créneaux, aussi tout ce qui est mal connu de la demande d’aujourd’hui, qui suit ici le "
        "nombre de personnes sans médecin traitant si la ligne ne reçoit qu’elles, et sinon les "
        "besoins que les cabinets ne couvrent plus. Départs selon l’âge, installations à "
        f"{number(ENTRY_AGE)} ans, population, patients par médecin et appels par personne "
        "constants : hypothèses (D). Rien n’est prédit d’aucun médecin en particulier."
    )


def _past_sentences(past: pd.DataFrame, facts: Mapping[str, Mapping[Any, Any]]) -> list[str]:
    """Say of each check what the model would have said, by the mean age at its start."""
    found = []
    for check, rows in past.groupby("check", sort=False):
        first = rows.iloc[0]
        before, after = number(first["before"]), number(first["observed"])
        if check == "press":
            left, loss = facts["gp_departures_10y"], facts["gp_decline_10y"]
            found.append(
                f"Il y a {first['years']} ans, ils auraient été {before} pour {after} aujourd’hui "
                f"({percent(loss['value'], 0)} de moins, {number(left['value'])} départs à la "
                f"retraite : presse, {loss['grade']})."
            )
            said = "Le modèle en aurait annoncé"
        else:
            start, end = (
                COLUMNS[name].vintage for name in (vintages("gps")[0], embedded_vintage("gps"))
            )
            found.append(
                f"De {start} à {end}, le compte de l’Insee, fait sur d’autres médecins, passe de "
                f"{before} à {after}."
            )
            said = "Au rythme d’installation de la France, le modèle aurait annoncé"
        found.append(f"{said} {' ; '.join(_verdict(row) for row in rows.to_dict('records'))}.")
    if past.groupby("check")["inside"].nunique().gt(1).any():
        found.append("Tout dépend de leur âge d’alors, qui n’est pas publié.")
    return [*found, _HELD_TO_FRANCE]


def _verdict(row: Mapping[Any, Any]) -> str:
    """Say what the model would have said for a mean age, and whether it would have been right."""
    age = number(row["mean_age"])
    national = row["mean_age"] == NATIONAL_MEAN_AGE
    whose = f"l’âge moyen français, {age} ans" if national else f"déjà {age} ans"
    verdict = "juste" if row["inside"] else "trop haut"
    if row["observed"] > row["gps_p90"]:
        verdict = "trop bas"
    return f"{span(row['gps_p10'], row['gps_p90'])} s’ils avaient {whose} ({verdict})"


def _rows(future: pd.DataFrame) -> list[Row]:
    """Arrivals and horizon a row; today first."""
    today = future[future["year"] == 0].iloc[0]
    rows = [Row("Aujourd’hui", "", _cells(today, Status.ESTIMATED))]
    for _, row in future[future["year"].isin(HORIZONS)].iterrows():
        title = f"Dans {number(row['year'])} ans, {_arrivals(float(row['entries']))}"
        rows.append(Row(title, "", _cells(row, Status.ASSUMED)))
    return rows


def _cells(row: pd.Series, status: Status) -> tuple[Cell, ...]:
    """Median, p10 and p90 of GPs, density, share without médecin traitant and slots."""

    def text(name: str, factor: float = 1.0, unit: str = "") -> str:
        middle = number(factor * row[f"{name}_p50"]) + unit
        around = _span(row, name, factor)
        return middle if middle == around + unit else f"{middle} ({around})"

    values = (
        text("gps"),
        text("density"),
        text("share_without_mt", 100.0, f"{NNBSP}%"),
        text("slots"),
    )
    return tuple(Cell(value, status=status.value) for value in values)


def _fan_svg(future: pd.DataFrame, past: pd.DataFrame | None, *, title: str) -> str:
    """GPs by year: a ribbon and its median a number of arrivals; the model of ten years ago."""
    told = None if past is None else past[past["check"] == "press"]
    start = None if told is None or told.empty else told.iloc[0]
    left, right, top, height = 30, WIDTH - 156, 16, 190
    base = top + height
    first = 0 if start is None else -int(start["years"])
    last = int(future["year"].max())
    most = max(float(future["gps_p90"].max()), 0.0 if start is None else float(start["before"]))
    ticks = round_ticks(most)

    def x(year: float) -> float:
        return left + 6 + (year - first) * (right - left - 6) / max(last - first, 1)

    def y(gps: float) -> float:
        return base - gps * height / ticks[-1]

    parts = [
        svg_tag(WIDTH, base + 76, title=title, kind="chart"),
        hatches("f"),
        axis(ticks, left=left, right=right, base=base, height=height),
    ]
    for year in range(first, last + 1, 5):
        words = "auj." if year == 0 else f"{'−' if year < 0 else '+'}{abs(year)}"
        # The unit is told once: four times it would touch the next year.
        words += f"{NNBSP}ans" if year == last else ""
        parts.append(
            f'<text x="{x(year):.1f}" y="{base + 17}" text-anchor="middle" class="muted">{words}'
            "</text>"
        )
    if start is not None:
        low, high = y(start["gps_p10"]), y(start["gps_p90"])
        parts.append(
            f'<path d="M{x(first):.1f} {y(start["before"]):.1f}L{x(0):.1f} {high:.1f}V{low:.1f}z" '
            f'fill="url(#fl)" stroke="{style.BORDER}" stroke-dasharray="4 3"/>'
        )
    ends = []
    for entries, block in future.groupby("entries"):
        upper, middle, lower = (
            [f"{x(t):.1f} {y(gps):.1f}" for t, gps in zip(block["year"], block[name], strict=True)]
            for name in ("gps_p90", "gps_p50", "gps_p10")
        )
        parts.append(
            f'<path d="M{"L".join([*upper, *reversed(lower)])}z" fill="{style.FILL}" '
            f'fill-opacity="0.22"/><path d="M{"L".join(middle)}" fill="none" {EDGE} '
            'stroke-width="2"/>'
        )
        end = block.iloc[-1]
        ends.append((y(end["gps_p50"]), _arrivals(float(str(entries))), _span(end, "gps")))
    now = future[future["year"] == 0].iloc[0]["gps_p50"]
    parts.append(f'<circle cx="{x(0):.1f}" cy="{y(now):.1f}" r="4.5" fill="{style.ACCENT}"/>')
    if start is not None:
        parts.append(
            f'<circle cx="{x(first):.1f}" cy="{y(start["before"]):.1f}" r="4.5" '
            f'fill="{style.PAPER}" stroke="{style.ACCENT}" stroke-width="1.5"/>'
        )
    legend = ["trait : médiane", f"bande : {CHANCES}"]
    if start is not None:
        legend.append(f"pointillé : ce que le modèle aurait dit il y a {-first}{NNBSP}ans")
    parts += [
        f'<text x="0" y="{base + 36 + 17 * line}" class="muted">{text}</text>'
        for line, text in enumerate(legend)
    ]
    lowest = base + 34.0
    for height_at, label, shown in sorted(ends, reverse=True):
        lowest = min(height_at, lowest - 34)
        parts.append(
            f'<text x="{right + 8}" y="{lowest:.1f}">{label}</text>'
            f'<text x="{right + 8}" y="{lowest + 15:.1f}" font-weight="600">{shown}</text>'
        )
    return "".join(parts) + "</svg>"


def section(
    future: pd.DataFrame, facts: pd.DataFrame, *, past: pd.DataFrame | None
) -> dict[str, Any]:
    """What the template shows of the GPs, and of the slots, in the years to come."""
    of = {str(row["fact"]): row for row in facts.to_dict("records")}
    finding = _finding(future)
    title = f"Médecins dans les {max(HORIZONS)} ans. {finding}"
    return {
        "horizons": joined([str(years) for years in HORIZONS]),
        "sentence": finding,
        "past": [] if past is None else _past_sentences(past, of),
        "chart": Markup(_fan_svg(future, past, title=title)),
        "rows": _rows(future),
        "note": _note(of),
    }

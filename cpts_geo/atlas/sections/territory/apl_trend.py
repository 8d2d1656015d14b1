"""« L’APL d’année en année »: vintages of two publications, which no line joins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd
from markupsafe import Markup

from cpts_geo import settings
from cpts_geo.atlas.charts.lines import Break, Dot, Line, lines_svg
from cpts_geo.atlas.look import style
from cpts_geo.atlas.look.cells import Cell, Row, value_cell
from cpts_geo.french import joined, number, signed_number
from cpts_geo.indicators.apl_trend import Point, Step, points, steps, unbroken
from cpts_geo.schema import (
    AREA,
    COLUMNS,
    DEPARTEMENT,
    FIRST_HAND,
    FRANCE,
    REGION,
    TERRITORY,
    vintages,
)
from cpts_geo.sources.catalogue.catalogue import sources

#: What the file of the earlier publications leaves out.
_NOT_COVERED: Final = "la Corse, Paris, Lyon, Marseille et Mayotte"
_COLOURS: Final = {
    TERRITORY.key: style.ACCENT,
    DEPARTEMENT.key: style.FILL,
    REGION.key: style.INK,
    FRANCE.key: style.MUTED,
}


def _written(value: float) -> str:
    """An APL as it is written."""
    return number(value, 2)


def _change(known: Sequence[Point]) -> str:
    """From the first to the last vintage of one publication."""
    first, last = known[0], known[-1]
    if first.year == last.year:
        return f"est de {_written(first.value)} en {first.year}"
    whole = Step(first, last).change
    if not whole:
        return f"est la même, {_written(first.value)}, en {first.year} et en {last.year}"
    return (
        f"passe de {_written(first.value)} en {first.year} à {_written(last.value)} en "
        f"{last.year} ({signed_number(whole, 2)})"
    )


def _sentence(earlier: Sequence[Point], current: Sequence[Point]) -> str:
    """The trend of the territory, publication by publication."""
    said = [_change(known) for known in (earlier, current) if known]
    last = " dans la publication actuelle" if earlier and current else ""
    return f"L’APL du territoire {', puis '.join(said)}{last}."


def _volatile(*publications: Sequence[Point]) -> str:
    """Changes too large for their years, never called a progress; empty where there is none."""
    found = [step for known in publications for step in steps(known) if step.volatile]
    if not found:
        return ""
    one = len(found) == 1
    said = [
        f"{signed_number(step.change, 2)} de {step.before.year} à {step.after.year}"
        for step in found
    ]
    return (
        f"{'Variation brutale' if one else 'Variations brutales'} (plus de "
        f"{number(settings.APL_JUMP, 1)} en un an), à lire avec prudence : {' ; '.join(said)}. "
        "Quelques départs ou arrivées de médecins suffisent."
    )


def _overlap(trend: pd.DataFrame) -> str:
    """How far the two publications are apart in each area, for the vintage that both hold."""
    said, years = [], set()
    for _, rows in trend.groupby(AREA, sort=False):
        current = {point.year: point for point in points(rows, "apl")}
        for before in points(rows, "apl_past"):
            if now := current.get(before.year):
                gap = signed_number(Step(before, now).change, 2)
                said.append(f"{rows['area_name'].iloc[0]} {gap}")
                years.add(str(before.year))
    if not said:
        return ""
    return (
        f"Pour {joined(sorted(years))}, que les deux publications donnent, l’actuelle s’écarte de "
        f"l’antérieure : {' ; '.join(said)}. Relier les deux ferait prendre ces écarts pour une "
        "évolution."
    )


def _gaps(trend: pd.DataFrame, *, past: bool) -> list[str]:
    """What the earlier publications leave out of the areas shown."""
    if not past:
        return [
            f"Le fichier des publications antérieures ne couvre pas {_NOT_COVERED} : pas de série "
            f"d’avant {COLUMNS[vintages('apl')[0]].vintage} pour ce territoire."
        ]
    country = trend[(trend["area_level"] == FRANCE.key) & (trend["note"] != "")]
    if not country["indicator"].isin(vintages("apl_past")).any():
        return []
    return [f"Dans ce fichier, la France des publications antérieures est sans {_NOT_COVERED}."]


def _method(shown: Sequence[str]) -> str:
    """How means are made, what changes from one vintage to the next, who publishes."""
    weights = {str(COLUMNS[name].weight) for name in shown if COLUMNS[name].table == "past"}
    said = [
        f"Publications antérieures : moyennes pondérées par la {COLUMNS[name].label.lower()} du "
        f"millésime {COLUMNS[vintages('apl')[0]].vintage}, faute de celle de chaque année ; elles "
        "sont donc estimées (◐, point vide)."
        for name in weights
    ]
    said.append("Le poids donné à chaque âge change aussi d’un millésime à l’autre.")
    used = [sources()[key] for key in dict.fromkeys(COLUMNS[name].source for name in shown)]
    origins = joined([f"{source.attribution} ({source.grade})" for source in used])
    return " ".join([*said, f"Source : {origins}."])


def _breaks(earlier: Sequence[int], current: Sequence[int]) -> list[Break]:
    """Where no line may pass: years that lack, and the change of publication."""
    years = sorted(set(earlier))
    marks = [
        Break(year, f"{year} absente")
        for year in range(min(years, default=0), max(years, default=0))
        if year not in years
    ]
    if years and current:
        marks.append(Break((max(years) + min(current)) / 2, "autre publication"))
    return marks


def _lines(trend: pd.DataFrame, *, past: bool) -> tuple[list[Line], list[Break]]:
    """What is drawn of each area: vintages that the current publication replaces are not."""
    lines = []
    years: dict[str, list[int]] = {"apl_past": [], "apl": []}
    for (level, _), rows in trend.groupby(AREA, sort=False):
        current = points(rows, "apl")
        replaced = {point.year for point in current}
        earlier = [p for p in points(rows, "apl_past") if p.year not in replaced] if past else []
        runs = [
            [Dot(p.year, p.value, _written(p.value), p.status not in FIRST_HAND) for p in run]
            for known in (earlier, current)
            for run in unbroken(known)
        ]
        years["apl_past"] += [point.year for point in earlier]
        years["apl"] += [point.year for point in current]
        if runs:
            main = level == TERRITORY.key
            lines.append(Line(rows["area_name"].iloc[0], runs, _COLOURS[str(level)], main))
    return lines, _breaks(years["apl_past"], years["apl"])


def _rows(trend: pd.DataFrame, shown: Sequence[str]) -> list[Row]:
    """An area a row, a vintage a column."""
    rows = []
    for _, block in trend.groupby(AREA, sort=False):
        found = block.set_index("indicator")
        cells = [
            value_cell(name, *found.loc[name, ["value", "status", "note"]])
            if name in found.index
            else Cell("", status="")
            for name in shown
        ]
        rows.append(Row(block["area_name"].iloc[0], "", tuple(cells)))
    return rows


def section(trend: pd.DataFrame) -> dict[str, Any]:
    """
    Show how the APL of a territory changed, beside its départements, région and France.

    Parameters
    ----------
    trend : DataFrame
        Rows of :func:`cpts_geo.indicators.apl_trend.apl_trend` for one territory.

    Returns
    -------
    dict
        What its template shows: a sentence alone where no APL of the territory is known.
    """
    mine = trend[trend["area_level"] == TERRITORY.key]
    earlier, current = points(mine, "apl_past"), points(mine, "apl")
    if not earlier and not current:
        return {
            "sentence": "Aucune APL n’est connue pour ce territoire : la Drees n’en publie pas "
            "pour Mayotte.",
            "chart": "",
        }
    past = bool(earlier)
    sentence = _sentence([p for p in earlier if p.year not in {c.year for c in current}], current)
    lines, breaks = _lines(trend, past=past)
    names = [*(vintages("apl_past") if past else ()), *vintages("apl")]
    known = set(trend.loc[trend["value"].notna(), "indicator"])
    shown = [name for name in names if name in known]
    return {
        "chart": Markup(lines_svg(lines, breaks=breaks, title=sentence)),
        "sentence": sentence,
        "warning": _volatile(earlier, current),
        "notes": [*([_overlap(trend)] if past else []), *_gaps(trend, past=past)],
        "groups": [
            (words, count)
            for words, family in (
                ("publications antérieures", "apl_past"),
                ("publication actuelle", "apl"),
            )
            if (count := sum(name in vintages(family) for name in shown))
        ],
        "years": [COLUMNS[name].vintage for name in shown],
        "rows": _rows(trend, shown),
        "method": _method(shown),
    }

"""« Les communes »: the map in figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import pandas as pd

from cpts_geo.atlas.look.cells import MARKS, STATUS_WORDS, Cell, plain_cells, value_cell
from cpts_geo.atlas.look.vintages import minutes_column
from cpts_geo.french import capital, number, slug, value_text
from cpts_geo.schema import (
    COLUMNS,
    DEPARTEMENT,
    FRANCE,
    LISTED,
    REGION,
    TRAVEL_SERIES,
    Column,
    shown_vintage,
    status_column,
    vintages,
)
from cpts_geo.settings import COG_YEAR
from cpts_geo.study.study import Study

#: What the head of a column, or the card of a commune on a phone, calls it in few words.
_SHORT: Final = {
    "population": "habitants",
    "gps": "généralistes",
    "apl": "APL",
    "share_75plus": "75 ans et +",
    "emergency_departments": "services d’urgences",
    **{series.family("emergency"): "urgences (min)" for series in TRAVEL_SERIES},
    **{series.family("gp"): "généraliste (min)" for series in TRAVEL_SERIES},
}
#: Left out of the card of a phone: its minutes say as much.
_MINOR: Final = "emergency_departments"


def commune_columns(communes: pd.DataFrame) -> list[str]:
    """
    Columns of the table of communes: the newest vintage known, the APL of the year before too.

    Parameters
    ----------
    communes : DataFrame
        Communes with their figures, NaN unknown.

    Returns
    -------
    list of str
        Column names in reading order.
    """
    known = [str(name) for name in communes.columns[communes.notna().any()]]
    shown = {family: shown_vintage(family, known) for family in LISTED}
    newest = {family: name for family, name in shown.items() if name}
    every = vintages("apl")
    before = every[every.index(newest["apl"]) - 1]
    wanted = [n for name in newest.values() for n in ([before] if name in every else []) + [name]]
    minutes = minutes_column(known)
    return wanted if minutes is None else [*wanted, minutes]


def commune_table(communes: pd.DataFrame) -> tuple[list[tuple[str, str]], list[list[Cell]]]:
    """
    Table of the communes of one territory, the map in figures.

    Parameters
    ----------
    communes : DataFrame
        Communes with their figures and status.

    Returns
    -------
    headers : list of tuple
        Label and detail of each column.
    rows : list of list of Cell
        Communes in alphabetical order.
    """
    headers = [("Commune", ""), ("Code", f"Insee, COG {COG_YEAR}")]
    names = commune_columns(communes)
    for name in names:
        column = COLUMNS[name]
        vintage = "" if column.vintage in column.label else column.vintage
        headers.append((column.label, ", ".join(filter(None, (vintage, column.age_words)))))
    rows = []
    order = communes["name"].map(slug).sort_values().index
    for commune in communes.loc[order].to_dict("records"):
        row = plain_cells(commune["name"], commune["code_insee"])
        row += [value_cell(name, commune[name], commune[status_column(name)]) for name in names]
        rows.append(row)
    return headers, rows


def section(study: Study) -> dict[str, Any]:
    """
    List the communes: the map in figures.

    Parameters
    ----------
    study : Study
        Everything known of a territory.

    Returns
    -------
    dict
        What its template shows.
    """
    communes = study.communes
    headers, rows = commune_table(communes)
    names = commune_columns(communes)
    columns = [
        _head(name, [row[place] for row in rows], study.comparison) | _named(name, names)
        for place, name in enumerate(names, start=2)
    ]
    return {
        "columns": columns,
        "lexicon": _lexicon(columns),
        "code_detail": headers[1][1],
        "rows": rows,
        "file": f"communes_{study.key}.csv",
        "one_gp": [number(bound, 2) for bound in study.one_gp],
    }


def _head(name: str, cells: Sequence[Cell], comparison: pd.DataFrame) -> dict[str, Any]:
    """What a column is, how most of its values are known, and the value to hold them against."""
    column = COLUMNS[name]
    usual = Counter(cell.status for cell in cells).most_common(1)[0][0]
    reference = _reference(column, comparison)
    return {
        "label": column.label,
        "status": usual,
        "mark": MARKS[usual],
        "words": STATUS_WORDS[usual],
        "csv": f"{column.dated_label} ({column.unit})",
        "reference": reference and f"{reference[1]:.6g}",
        "beside": reference and f"{reference[0]} {value_text(column, reference[1])}",
        "scale": 100 if column.percent else 1,
    }


def _lexicon(columns: Sequence[dict[str, Any]]) -> str:
    """Give the whole label of what the heads shorten, once each."""
    whole = {each["label"]: each["short"] for each in columns}
    said = [
        f"{capital(short)} : {label[:1].lower() + label[1:] if label[1:2].islower() else label}"
        for label, short in whole.items()
        if short.lower() != label.lower()
    ]
    return " ; ".join(said) + "."


def _named(name: str, names: Sequence[str]) -> dict[str, Any]:
    """Few words for a column, its vintage where two are shown, and whether a card does without."""
    column = COLUMNS[name]
    same = [other for other in names if COLUMNS[other].quantity == column.quantity]
    short = _SHORT.get(column.quantity, column.label)
    dated = f"{short} {column.vintage}" if len(same) > 1 else short
    vintage = "" if column.vintage in dated else column.vintage
    return {
        "short": dated,
        "card": short,
        "detail": ", ".join(filter(None, (vintage, column.age_words))),
        "minor": name != same[-1] or column.quantity == _MINOR,
    }


def _reference(column: Column, comparison: pd.DataFrame) -> tuple[str, float] | None:
    """The département and its value, its région where there are several, France where these are
    too; None for a count."""
    if column.kind != "rate":
        return None
    known = comparison[(comparison["indicator"] == column.name) & comparison["value"].notna()]
    for level in (DEPARTEMENT, REGION, FRANCE):
        found = known[known["area_level"] == level.key]
        if len(found) == 1:
            return str(found["area_name"].iloc[0]), float(found["value"].iloc[0])
    return None

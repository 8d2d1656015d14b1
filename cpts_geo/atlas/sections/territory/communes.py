"""« Les communes »: the map in figures."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cpts_geo.atlas.look.cells import Cell, plain_cells, value_cell
from cpts_geo.atlas.look.vintages import minutes_column
from cpts_geo.french import number, slug
from cpts_geo.schema import COLUMNS, LISTED, shown_vintage, status_column, vintages
from cpts_geo.settings import COG_YEAR


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


def section(communes: pd.DataFrame, *, one_gp: tuple[float, float]) -> dict[str, Any]:
    """
    List the communes: the map in figures.

    Parameters
    ----------
    communes : DataFrame
        As :func:`commune_table`.
    one_gp : tuple of float
        Mean numbers of GPs with which one GP counted is compatible.

    Returns
    -------
    dict
        What its template shows.
    """
    headers, rows = commune_table(communes)
    return {"headers": headers, "rows": rows, "one_gp": [number(bound, 2) for bound in one_gp]}

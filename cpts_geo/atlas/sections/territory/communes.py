"""« Les communes »: the map in figures."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from cpts_geo.atlas.look.cells import Cell, value_cell
from cpts_geo.atlas.look.vintages import minutes_column, newest
from cpts_geo.french import number, slug
from cpts_geo.schema import COLUMNS, status_column
from cpts_geo.secrecy.disclosure import releasable

#: Columns of the table of communes, after the name, before newer vintages take their place.
_COMMUNE_COLUMNS = (
    "population",
    "gps_2017",
    "gps_estimated_2024",
    "apl_2022",
    "apl_2023",
    "share_75plus_2022",
    "emergency_departments_2020",
)


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
    found = [newest(name, known) for name in _COMMUNE_COLUMNS if name != "apl_2022"]
    place = next(i for i, name in enumerate(found) if name.startswith("apl_"))
    year = int(found[place].removeprefix("apl_"))
    # An estimate at 2024 says nothing beside a count of a later year.
    wanted = [*found[:place], f"apl_{year - 1}", *found[place:]]
    counted = max(name for name in wanted if re.fullmatch(r"gps_\d{4}", name))
    wanted = [n for n in wanted if n != "gps_estimated_2024" or counted < "gps_2024"]
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
        Communes in alphabetical order; what may not be published is masked first
        (:func:`cpts_geo.secrecy.disclosure.releasable`).
    """
    communes = releasable(communes)
    headers = [("Commune", ""), ("Code", "Insee, COG 2026")]
    names = commune_columns(communes)
    for name in names:
        column = COLUMNS[name]
        headers.append((column.label, "" if column.vintage in column.label else column.vintage))
    rows = []
    order = communes["name"].map(slug).sort_values().index
    for commune in communes.loc[order].to_dict("records"):
        row = [Cell(commune["name"], numeric=False), Cell(commune["code_insee"], numeric=False)]
        row += [value_cell(name, commune[name], commune[status_column(name)]) for name in names]
        rows.append(row)
    return headers, rows


def section(communes: pd.DataFrame, *, one_gp: tuple[float, float]) -> dict[str, Any]:
    """
    List the communes: the map in figures.

    Parameters
    ----------
    communes : DataFrame
        Communes with their figures and status.
    one_gp : tuple of float
        Mean numbers of GPs with which one GP counted is compatible.

    Returns
    -------
    dict
        What its template shows.
    """
    headers, rows = commune_table(communes)
    return {"headers": headers, "rows": rows, "one_gp": [number(bound, 2) for bound in one_gp]}

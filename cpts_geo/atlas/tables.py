"""Tables as people read them: formatted text, every cell with its status."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from cpts_geo.atlas import style
from cpts_geo.atlas.cells import (
    Cell,
    Row,
    remark,
    shown_text,
    status_mark,
    status_words,
    value_cell,
)
from cpts_geo.atlas.charts import Bar
from cpts_geo.atlas.scenario_words import value_words
from cpts_geo.capacity.scenario.inputs import VISITOR_FIELDS, WIDER_FIELDS, Scenario
from cpts_geo.capacity.scenario.loading import described
from cpts_geo.capacity.scenario.parameters import default_parameters
from cpts_geo.french import day, number, percent, slug, typeset
from cpts_geo.indicators.reconciliation import GP_SOURCES
from cpts_geo.schema import COLUMNS, COMPARED, Column, status_column

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
#: The four figures beside the map, likewise.
_KEY_FIGURES = ("share_without_mt", "gps_per_100k_2017", "apl_2023", "share_low_apl_2023")
#: Counts and densities of GPs: source by source in a panel of their own.
_IN_SOURCE_PANEL = {"gps_mep_cnam_2024", *(name for pair in GP_SOURCES for name in pair)}


def _origin(found: pd.Series) -> str:
    """Definition, document and grade of a value that has its own."""
    source = f"{found['source']} ({found['grade']})"
    return " : ".join(part for part in (found["note"], source) if part)


def _detail(column: Column, origin: pd.Series) -> str:
    """Unit, source and grade, in one line."""
    source = f"{origin['source']} ({origin['grade']})" if origin["source"] else ""
    return ", ".join(part for part in (column.shown_unit, source) if part)


def comparison_rows(comparison: pd.DataFrame) -> tuple[list[str], list[Row]]:
    """
    Lay out the comparison of one territory: an indicator a row, an area a column.

    Parameters
    ----------
    comparison : DataFrame
        Rows of :func:`cpts_geo.indicators.comparison.compare` for one territory.

    Returns
    -------
    areas : list of str
        Names of the areas, the territory first.
    rows : list of Row
        Indicators in reading order; those unknown everywhere, and the GPs that have a panel of
        their own, are left out.
    """
    order = comparison.drop_duplicates(["area_level", "area_code"])
    areas = list(order["area_code"])
    rows = []
    for name in (name for name in COMPARED if name not in _IN_SOURCE_PANEL):
        block = comparison[comparison["indicator"] == name].set_index("area_code")
        known = block["value"].notna()
        if not known.any():
            continue
        column = COLUMNS[name]
        main = block[block["source"] != ""].iloc[0]
        cells, remarks = [], []
        for area in areas:
            found = block.loc[area]
            note = str(found["note"])
            if note:
                remarks.append(remark(str(found["area_name"]), note))
            origin = "" if found["source"] in ("", main["source"]) else _origin(found)
            text = shown_text(column, found["value"], found["status"])
            base = f", {found['base']}" if found["base"] else ""
            cells.append(Cell(text + base, status=found["status"], note=note, origin=origin))
        detail = ". ".join([_detail(column, main), *dict.fromkeys(remarks)])
        rows.append(Row(column.dated_label, detail, tuple(cells)))
    return list(order["area_name"]), rows


def key_figures(comparison: pd.DataFrame) -> list[tuple[str, str, str, list[Bar]]]:
    """
    Give the four figures beside the map, each as bars.

    Parameters
    ----------
    comparison : DataFrame
        Rows of the comparison for one territory.

    Returns
    -------
    list of tuple
        Label, detail (unit, vintage, source), note of the territory's value, bars.
    """
    figures = []
    for name in newest_known(_KEY_FIGURES, comparison):
        block = comparison[comparison["indicator"] == name]
        column = COLUMNS[name]
        bars = [
            Bar(
                label=row["area_name"],
                value=row["value"],
                text=shown_text(column, row["value"], row["status"]),
                base=row["base"],
                low=row["low"],
                high=row["high"],
                main=row["area_level"] == "cpts",
            )
            for row in block.to_dict("records")
        ]
        first = block.iloc[0]
        mark = f"{status_mark(first['status'])} {status_words(first['status'])}"
        others = block[~block["source"].isin(["", first["source"]])]
        apart = [f"{row['area_name']} : {_origin(row)}" for _, row in others.iterrows()]
        note = " — ".join(part for part in (mark, str(first["note"]), *apart) if part)
        detail = ", ".join(part for part in (column.vintage, _detail(column, first)) if part)
        figures.append((column.label, detail, note, bars))
    return figures


def newest_known(names: Sequence[str], comparison: pd.DataFrame) -> list[str]:
    """
    Replace each indicator by its newest vintage known of some territory.

    Parameters
    ----------
    names : sequence of str
        Indicators, with their embedded vintage.
    comparison : DataFrame
        Rows of :func:`cpts_geo.indicators.comparison.compare`.

    Returns
    -------
    list of str
        Indicators in the same order.
    """
    mine = comparison[(comparison["area_level"] == "cpts") & comparison["value"].notna()]
    known = set(mine["indicator"])
    return [style.newest(name, known) for name in names]


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
    newest = [style.newest(name, known) for name in _COMMUNE_COLUMNS if name != "apl_2022"]
    place = next(i for i, name in enumerate(newest) if name.startswith("apl_"))
    year = int(newest[place].removeprefix("apl_"))
    # An estimate at 2024 says nothing beside a count of a later year.
    wanted = [*newest[:place], f"apl_{year - 1}", *newest[place:]]
    counted = max(name for name in wanted if re.fullmatch(r"gps_\d{4}", name))
    wanted = [n for n in wanted if n != "gps_estimated_2024" or counted < "gps_2024"]
    minutes = style.minutes_column(known)
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


def assumption_rows(scenario: Scenario) -> list[list[Cell]]:
    """
    List what the capacity of a territory assumes, with values.

    Parameters
    ----------
    scenario : Scenario
        Scenario of the territory.

    Returns
    -------
    list of list of Cell
        Meaning, value with unit, source, grade; what the territory does not use is left out.
    """
    rows = []
    unused = set() if scenario.share_assumed else {"share_without_mt", "age_share"}
    unused |= set() if scenario.uncounted_demand else {*WIDER_FIELDS}
    unused |= set() if scenario.visitors else {*VISITOR_FIELDS}
    for name, default in default_parameters().items():
        if name in unused:
            continue
        meaning, unit = described(name)
        source = scenario.sources.get(name, default)
        rows.append(
            [
                Cell(typeset(meaning), numeric=False),
                Cell(
                    f"{value_words(name, getattr(scenario, name, default.value))} {unit}".strip(),
                    numeric=False,
                ),
                Cell(typeset(source.text), numeric=False),
                Cell(source.grade, numeric=False),
            ]
        )
    return rows


def fact_rows(facts: pd.DataFrame) -> list[list[Cell]]:
    """
    List the published facts of one territory.

    Parameters
    ----------
    facts : DataFrame
        Facts of the territory.

    Returns
    -------
    list of list of Cell
        Definition, value with unit, date, document, grade.
    """
    rows = []
    for fact in facts.to_dict("records"):
        share = fact["unit"].startswith("part des ")
        decimals = 0 if float(fact["value"]).is_integer() else 1
        value = percent(fact["value"], 0) if share else number(fact["value"], decimals)
        unit = fact["unit"].removeprefix("part ") if share else fact["unit"]
        rows.append(
            [
                Cell(typeset(fact["definition"]), numeric=False),
                Cell(f"{value} {unit}"),
                Cell(day(fact["date"]), numeric=False),
                Cell(typeset(fact["document"]), numeric=False),
                Cell(fact["grade"], numeric=False),
            ]
        )
    return rows

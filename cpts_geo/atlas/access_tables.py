"""Tables of access as people read them: coverage, scenarios of supply, best sites, gains."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import pandas as pd

from cpts_geo.access.changes.shifts import Shift
from cpts_geo.access.travel.times import BANDS
from cpts_geo.atlas.access_words import (
    aside,
    between,
    most_touched,
    named,
    out_of_reach,
    signed,
    whose_times,
)
from cpts_geo.atlas.cells import Cell, Row
from cpts_geo.french import NNBSP, number, percent, whole_percent
from cpts_geo.schema import COLUMNS, Status
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.study.access import CELL_COLUMNS, TerritoryAccess
from cpts_geo.study.opening import Opening

#: Communes of a scenario listed on a page; all are in the CSV.
_LISTED = 8
_TIMES = ("mean_minutes", "p90_minutes")
_LABELS = {"gp": "Généraliste", "emergency": "Service d’urgences"}


def coverage_headers() -> list[str]:
    """
    Columns of the coverage table, after the facility.

    Returns
    -------
    list of str
        French titles.
    """
    bands = [f"à {number(band)} min au plus" for band in BANDS]
    return [*bands, "En moyenne", "Pour 9 habitants sur 10, au plus", "Commune la plus éloignée"]


def coverage_rows(access: TerritoryAccess) -> list[Row]:
    """
    Lay out the coverage: a facility and source of times a row.

    Parameters
    ----------
    access : TerritoryAccess
        Access of the territory.

    Returns
    -------
    list of Row
        Shares of the people, with the other variants; minutes; the farthest commune.
    """
    rows = []
    for facility, block in access.coverage.groupby("facility", sort=False):
        status = access.times.status.value
        cells = []
        for band in BANDS:
            part = block[block["minutes"] == band].set_index("variant")
            cells.append(_share_cell(part, status))
        last = block.drop_duplicates("variant").set_index("variant").to_dict("index")
        worst = last["central"]
        far = out_of_reach(worst["beyond"], access)
        for name in _TIMES:
            span = between((each[name] for each in last.values()), _minutes)
            known = status if pd.notna(worst[name]) else Status.UNKNOWN.value
            origin = span if pd.notna(worst[name]) else far
            cells.append(Cell(_minutes(worst[name]), status=known, origin=origin))
        text = f"{access.names.get(worst['worst'], '')} : {_minutes(worst['worst_minutes'])}"
        if not worst["worst"]:
            text, status = _minutes(float("nan")), Status.UNKNOWN.value
        cells.append(Cell(text, status=status, origin=far and f"hors {far}"))
        column = COLUMNS[str(block["column"].iloc[0])]
        detail = f"{column.vintage} ; {whose_times(access)} ({access.times.grade})"
        rows.append(Row(_LABELS[str(facility)], detail, tuple(cells)))
    return [*rows, *_cell_rows(access.cells)]


def _share_cell(part: pd.DataFrame, status: str) -> Cell:
    found = part.to_dict("index").get("central")
    if found is None or pd.isna(found["share"]):
        return Cell(percent(float("nan")), status=Status.UNKNOWN.value)
    span = between(part["share"], whole_percent)
    people = f"{number(found['people'])} habitants"
    origin = f"{span} ; {people}" if span else people
    return Cell(whole_percent(found["share"]), status=status, origin=origin)


def _cell_rows(cells: pd.DataFrame) -> list[Row]:
    rows = []
    for facility, found in cells.iterrows():
        column = COLUMNS[CELL_COLUMNS[str(facility)]]
        origin = sources()[column.source]
        cells_of = _figure_cells(found, Status.MEASURED.value)
        worst = Cell(_minutes(found["worst_minutes"]), status=Status.MEASURED.value)
        detail = f"{origin.attribution} ({origin.grade})"
        rows.append(Row(_LABELS[column.name.partition("_")[0]], detail, (*cells_of, worst)))
    return rows


def _figure_cells(figures: pd.Series, status: str) -> list[Cell]:
    """People within each time, then mean and ninth decile, as access counts them."""
    shares = [
        Cell(
            whole_percent(float(figures[f"share_within_{band:g}"])),
            status=status,
            origin=f"{number(float(figures[f'within_{band:g}']))} habitants",
        )
        for band in BANDS
    ]
    times = (Cell(_minutes(figures[name]), status=status) for name in _TIMES)
    return [*shares, *times]


def _minutes(value: float) -> str:
    return f"{number(value)}{NNBSP}min" if pd.notna(value) else number(float("nan"))


def shift_rows(shift: Shift, names: pd.Series) -> list[list[Cell]]:
    """
    List the communes that a scenario changes most, those that cross 2.5 first.

    Parameters
    ----------
    shift : Shift
        Scenario on a territory.
    names : Series of str
        Name by code.

    Returns
    -------
    list of list of Cell
        Commune, APL before, after, shift with its other variants, crossing; none where no shift is
        seen in the figure as written.
    """
    table = shift.communes.to_dict("index")
    sizes = shift.communes.loc[shift.crossing.index, "shift"].abs()
    crossing = list(sizes.sort_values(ascending=False, kind="stable").index)
    listed = list(dict.fromkeys([*crossing, *most_touched(shift)]))
    words = {"falls": "passe sous 2,5", "rises": "passe à 2,5 ou plus"}
    rows = []
    for code in listed[: max(_LISTED, len(crossing))]:
        row = table[code]
        span = aside(between((row["low"], row["high"]), signed))
        direction = words.get(shift.crossing["direction"].get(code, ""), "—")
        if not shift.crossing["sure"].get(code, True):
            direction += ", selon les temps"
        known = Status.ASSUMED.value if pd.notna(row["after"]) else Status.UNKNOWN.value
        before = Status.MEASURED.value if pd.notna(row["before"]) else Status.UNKNOWN.value
        rows.append(
            [
                Cell(str(names.get(code, code)), numeric=False),
                Cell(number(row["before"], 2), status=before),
                Cell(number(row["after"], 2), status=known),
                Cell(signed(row["shift"]) + span, status=Status.ASSUMED.value),
                Cell(direction, numeric=False),
            ]
        )
    return rows


def site_headers(found: Opening) -> list[str]:
    """
    Columns of the table of best sites, after the sites.

    Parameters
    ----------
    found : Opening
        Where to open.

    Returns
    -------
    list of str
        French titles: minutes under each allocation.
    """
    return [f"Minutes en moyenne : demande {name}" for name in _allocations(found)]


def site_rows(found: Opening, access: TerritoryAccess) -> list[list[Cell]]:
    """
    List the best sites, each judged under every allocation of the demand.

    Parameters
    ----------
    found : Opening
        Where to open.
    access : TerritoryAccess
        Access of the territory.

    Returns
    -------
    list of list of Cell
        Sites, their people, mean minutes under each allocation, the farthest commune; in the
        order of the first allocation.
    """
    status = Status.ASSUMED.value
    rows = []
    first = found.solutions[found.solutions["allocation"] == _allocations(found)[0]]
    for row in first.to_dict("records"):
        cells = [
            Cell(named(row["sites"], access.names), numeric=False),
            Cell(number(float(access.population[list(row["sites"])].sum()))),
        ]
        for allocation in _allocations(found):
            minutes = _mean_under(found, row, allocation)
            cells.append(Cell(number(minutes, 1), status=status))
        far = access.names.get(row["worst_commune"], row["worst_commune"])
        cells.append(Cell(f"{far} : {_minutes(row['worst_minutes'])}", status=status))
        rows.append(cells)
    return rows


def _allocations(found: Opening) -> Sequence[str]:
    return list(dict.fromkeys(found.solutions["allocation"]))


def _mean_under(found: Opening, row: dict[Hashable, Any], allocation: str) -> float:
    if found.stability is None:
        return float(row["mean_minutes"])
    judged = found.stability.regrets
    mine = judged[(judged["sites"] == row["sites"]) & (judged["allocation"] == allocation)]
    return float(mine["objective"].iloc[0]) / found.requests_per_day


def gain_rows(found: Opening, access: TerritoryAccess) -> list[Row]:
    """
    Set the people near care without appointment today beside those once a centre opens.

    Parameters
    ----------
    found : Opening
        Where to open.
    access : TerritoryAccess
        Access of the territory.

    Returns
    -------
    list of Row
        Today, then with each proposed site: shares within each time, mean, p90, worst.
    """
    if not found.today or not found.gains:
        return []
    status = Status.ESTIMATED.value
    before: pd.Series = found.gains[found.best].T["before"]
    how = f"{whose_times(access)} ({access.times.grade})"
    tables = [("Aujourd’hui", f"{named(found.today, access.names)} ; {how}", before)]
    for sites in dict.fromkeys([found.best, found.farthest_first]):
        title = f"Avec un centre : {named(sites, access.names)}"
        tables.append((title, how, found.gains[sites].T["after"]))
    rows = []
    for title, detail, figures in tables:
        cells = _figure_cells(figures, status)
        far = access.names.get(figures["worst_commune"], figures["worst_commune"])
        cells.append(Cell(f"{far} : {_minutes(figures['worst_minutes'])}", status=status))
        rows.append(Row(title, detail, tuple(cells)))
    return rows

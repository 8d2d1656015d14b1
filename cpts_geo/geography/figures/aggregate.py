"""From communes to areas: counts add, rates weigh by the denominator the schema names.

An area whose communes are not all known is never completed silently: the share of its
people for whom the figure is known decides between a value with a note, and unknown.
A commune that was split and the parts it left count as the one commune that producers saw.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cpts_geo.french import counted, number
from cpts_geo.schema import (
    COLUMNS,
    FIGURE_COLUMNS,
    FIRST_HAND,
    Column,
    Status,
    best_status,
    status_column,
)
from cpts_geo.settings import MIN_COVERAGE_COUNT, MIN_COVERAGE_RATE

#: Indicators of an area that come from the table of communes, and from nothing else.
SUMMARISED = tuple(
    name for name, column in COLUMNS.items() if column.table not in ("past", "areas", "access")
)
_ALWAYS_THERE = tuple(name for name, column in COLUMNS.items() if column.table == "communes")
_Numbers = npt.NDArray[np.float64]


def area_summary(
    communes: pd.DataFrame, *, by: str, indicators: Sequence[str] = SUMMARISED
) -> pd.DataFrame:
    """
    Indicators of each area, from the figures of its communes.

    Parameters
    ----------
    communes : DataFrame
        One row a commune and area: `by`, code_insee, split_family (codes of the communes that
        were one, the one they left first; NaN for nearly all), population, population_2017,
        area_km2 and :data:`cpts_geo.schema.FIGURE_COLUMNS` with their status.
    by : str
        Column of the area; one commune may stand in several areas.
    indicators : sequence of str
        Indicators wanted, among :data:`SUMMARISED`.

    Returns
    -------
    DataFrame
        Long table: `by`, indicator, value, status, note. A figure known for too small a share of
        the people (of the communes for area_km2; settings.MIN_COVERAGE_*) is NaN and ``unknown``;
        the note says how many communes are missing, and how many bring the figure of the wider
        commune they were part of. A split commune with all its parts counts as one, with the people
        and the land of all. The APL weighs by its standardised population, shares of people under a
        threshold by the total population of its file, as the DREES prescribes.

    Examples
    --------
    >>> communes = pd.DataFrame(
    ...     {"area": "x", "code_insee": ["45019", "45024"], "split_family": None,
    ...      "population": [1000, 3000], "population_2017": [900.0, 3100.0],
    ...      "area_km2": [10.0, 30.0], **dict.fromkeys(FIGURE_COLUMNS, 1.0),
    ...      **{status_column(name): "measured" for name in FIGURE_COLUMNS}}
    ... )
    >>> wanted = ["density_km2", "gps_per_100k_2017"]
    >>> area_summary(communes, by="area", indicators=wanted)["value"].tolist()
    [100.0, 50.0]
    """
    units = _units(communes, by=by)
    columns = [COLUMNS[name] for name in indicators]
    areas, sums = _sums(units, columns, by=by)
    size, missing = sums["size"], sums["missing"]
    # Where nobody lives, a sum is known when it is known of every commune.
    whole = np.where((size == 0) & (missing == 0), 1.0, np.nan)
    coverage = np.divide(sums["known_size"], size, out=whole, where=size > 0)
    weighed = np.array([column.weight is not None for column in columns])
    enough = coverage >= np.where(weighed, MIN_COVERAGE_RATE, MIN_COVERAGE_COUNT)
    below = np.where(weighed, sums["denominator"], 1.0)
    value = np.full(below.shape, np.nan)
    np.divide(sums["numerator"], below, out=value, where=enough & (below > 0))
    known = ~np.isnan(value)
    best = [best_status(column.name) for column in columns]
    direct = (sums["doubtful"] == 0) & (missing == 0) & np.isin(best, FIRST_HAND)
    status = np.where(direct, np.array(best, dtype=object), Status.ESTIMATED.value)
    wider = np.where(known, sums["wider"], 0)
    notes = np.full(value.shape, "", dtype=object)
    for at in zip(*np.nonzero((missing > 0) | (wider > 0)), strict=True):
        notes[at] = _note(columns[at[1]], missing[at], coverage[at], wider[at])
    return pd.DataFrame(
        {
            by: np.tile(areas, len(columns)),
            "indicator": np.repeat([column.name for column in columns], len(areas)),
            "value": value.ravel(order="F"),
            "status": np.where(known, status, Status.UNKNOWN.value).ravel(order="F"),
            "note": notes.ravel(order="F"),
        }
    )


def with_every_figure(table: pd.DataFrame) -> pd.DataFrame:
    """
    Give a table of communes every figure column: what no file brought is unknown.

    Parameters
    ----------
    table : DataFrame
        Communes with some of :data:`cpts_geo.schema.FIGURE_COLUMNS` and their status.

    Returns
    -------
    DataFrame
        The same rows with all of them: NaN and ``unknown`` where there was nothing.

    Examples
    --------
    >>> with_every_figure(pd.DataFrame({"code_insee": ["45019"]}))["apl_2023_status"].tolist()
    ['unknown']
    """
    statuses = {name: status_column(name) for name in FIGURE_COLUMNS}
    absent = [column for pair in statuses.items() for column in pair if column not in table]
    whole = pd.concat([table, pd.DataFrame(np.nan, index=table.index, columns=absent)], axis=1)
    filled = {c: whole[c].astype(object).fillna(Status.UNKNOWN.value) for c in statuses.values()}
    return whole.assign(**filled)


def _units(communes: pd.DataFrame, *, by: str) -> pd.DataFrame:
    """Rows that are counted: communes, and as one row the whole of a commune split since."""
    statuses = [status_column(name) for name in FIGURE_COLUMNS]
    family = communes["split_family"].fillna("").astype(str)
    table = communes[[by, "code_insee", *_ALWAYS_THERE, *FIGURE_COLUMNS, *statuses]]
    table = pd.DataFrame(table).assign(family=family, communes=1)
    # Whatever is left of a family describes the wider commune, if it describes anything.
    table["wider"] = family.str[:5] == table["code_insee"]
    in_family = table[family != ""]
    held = in_family.groupby([by, "family"])["communes"].transform("sum")
    whole = held == in_family["family"].str.count(" ") + 1
    rest = table.drop(index=in_family.index[whole])
    return pd.concat([rest, _joined(in_family[whole], by=by)]) if whole.any() else rest


def _joined(parts: pd.DataFrame, *, by: str) -> pd.DataFrame:
    """One row for each split commune and its parts: what a part lacks is in the one it left."""
    names = [*_ALWAYS_THERE, *FIGURE_COLUMNS]
    rated = np.array([COLUMNS[name].weight is not None for name in names])
    group = parts.groupby([by, "family"]).ngroup().to_numpy()
    left = parts["wider"].to_numpy()[:, None]
    values = parts[names].to_numpy(dtype=float)
    weights = np.column_stack([parts[COLUMNS[n].weight or "communes"].fillna(0) for n in names])
    weights = np.where(np.isnan(values), 0.0, weights)
    statuses = [parts[status_column(name)] for name in FIGURE_COLUMNS]
    sums = _summed(
        group,
        total=np.nan_to_num(values) * weights,
        weight=weights,
        known=~np.isnan(values) & left,
        others=(weights > 0) & ~left & rated,
        doubtful=np.column_stack([~status.isin(FIRST_HAND) for status in statuses]),
    )
    value = np.full(sums["total"].shape, np.nan)
    there = (sums["known"] > 0) & (sums["weight"] > 0)
    np.divide(sums["total"], np.where(rated, sums["weight"], 1.0), out=value, where=there)
    # The rate of the wider commune is its producer's, and so are those of its parts when each
    # was measured; any other mean over them is ours.
    figures = slice(len(_ALWAYS_THERE), None)
    ours = (sums["others"][:, figures] > 0) & (sums["doubtful"] > 0)
    best = np.array([COLUMNS[name].best.value for name in FIGURE_COLUMNS], dtype=object)
    status = np.where(ours, Status.ESTIMATED.value, best)
    status = np.where(np.isnan(value[:, figures]), Status.UNKNOWN.value, status)
    rows = parts[left].iloc[group[left[:, 0]].argsort()].copy()
    rows[names] = value
    rows[[status_column(name) for name in FIGURE_COLUMNS]] = status
    return pd.DataFrame(rows.assign(family="", wider=False, communes=np.bincount(group)))


def _summed(group: npt.NDArray[np.integer[Any]], **blocks: npt.NDArray[Any]) -> dict[str, _Numbers]:
    """Sum of each block over the rows of each group, numbered from 0; rows of no group are -1."""
    size = range(group.max(initial=-1) + 1)
    return {
        name: pd.DataFrame(block).groupby(group).sum().reindex(size).to_numpy(dtype=float)
        for name, block in blocks.items()
    }


def _sums(
    units: pd.DataFrame, columns: Sequence[Column], *, by: str
) -> tuple[pd.Index, dict[str, _Numbers]]:
    """Areas in order, and what each of them (row) sums for each indicator (column)."""
    group, areas = pd.factorize(units[by], sort=True)
    people, communes = (
        units[name].to_numpy(dtype=float)[:, None] for name in ("population", "communes")
    )
    land = np.array([column.land for column in columns])
    terms = [_terms(units, column) for column in columns]
    numerator, denominator, doubtful, estimated = map(np.column_stack, zip(*terms, strict=True))
    known = ~np.isnan(numerator) & ~np.isnan(denominator)
    size = np.where(land, communes, people)
    return areas, _summed(
        group,
        numerator=np.where(known, numerator, 0.0),
        denominator=np.where(known, denominator, 0.0),
        known_size=np.where(known, size, 0.0),
        size=size,
        missing=np.where(known, 0.0, communes),
        wider=units["wider"].to_numpy()[:, None] & estimated,
        doubtful=doubtful,
    )


def _terms(units: pd.DataFrame, column: Column) -> tuple[npt.NDArray[Any], ...]:
    """Numerator, denominator (1 for a count), and whether the figure behind is not measured."""
    count = column.numerator or column.name
    numerator = units[count] * column.per
    denominator = units[column.weight] if column.weight else pd.Series(1.0, index=units.index)
    if column.where:
        count = column.where.column
        counted = column.where.test(units[count], column.where.limit)
        numerator = numerator.where(counted, 0).where(units[count].notna())
    elif column.weight and not column.numerator:
        numerator = numerator * denominator
    if COLUMNS[count].table == "figures":
        status = units[status_column(count)].to_numpy()
        doubtful, estimated = ~np.isin(status, FIRST_HAND), status == Status.ESTIMATED.value
    else:
        doubtful = estimated = np.zeros(len(units), dtype=bool)
    return numerator.to_numpy(dtype=float), denominator.to_numpy(dtype=float), doubtful, estimated


def _note(column: Column, missing: float, coverage: float, wider: float) -> str:
    """French words on the communes whose figure lacks, or is that of a wider commune."""
    said = []
    if missing:
        lacking = 100 * (1 - (1.0 if np.isnan(coverage) else coverage))
        # Some people lack: « 0,0 % » would say that none does.
        share = f"moins de {number(0.1, 1)}" if 0 < lacking < 0.05 else number(lacking, 1)
        many = counted(missing, "commune sans donnée", "communes sans donnée")
        said.append(f"{many} ({share} % des {'communes' if column.land else 'habitants'})")
    if wider:
        many = counted(wider, "commune divisée", "communes divisées")
        said.append(f"{many} depuis : chiffre de l’ancienne")
    return " ; ".join(said)

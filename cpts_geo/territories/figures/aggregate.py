"""From communes to areas: counts add, rates weigh by the denominator the schema names.

An area whose communes are not all known is never completed silently: the share of its
people for whom the figure is known decides between a value with a note, and unknown.
A commune that was split and the parts it left count as the one commune that producers saw.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cpts_geo.schema import ACCESS_COLUMNS, COLUMNS, FIGURE_COLUMNS, Column, Status, status_column
from cpts_geo.settings import APL_LOW, MIN_COVERAGE_COUNT, MIN_COVERAGE_RATE

#: Indicators of an area that no table of communes gives: published facts, département files.
_NOT_SUMMED = frozenset(
    {
        "gps_bpe_2024",
        "gps_per_100k_bpe_2024",
        "gps_cnam_2024",
        "gps_mep_cnam_2024",
        "gps_per_100k_cnam_2024",
        "gps_per_100k_published",
        "share_without_mt",
    }
)
#: Indicators of an area that come from the table of communes, and from nothing else.
SUMMARISED = tuple(
    name
    for name, column in COLUMNS.items()
    if name not in _NOT_SUMMED and column not in ACCESS_COLUMNS
)
#: Weighed by a population of another year than the rate's own: never better than estimated.
_APPROXIMATE_WEIGHT = frozenset(
    {
        "share_75plus_2022",
        "gps_per_100k_2025",
        "population_without_gp_2025",
        "share_without_gp_2025",
        "gps_per_100k_rpps",
    }
)
#: Figures of the land: an area knows them when it knows them for its communes, not its people.
_OF_LAND = frozenset({"area_km2"})
_ALWAYS_THERE = ("population", "population_2017", "area_km2")


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
        area_km2 and the columns of :data:`cpts_geo.schema.FIGURE_COLUMNS` with their status.
    by : str
        Column of the area; one commune may stand in several areas.
    indicators : sequence of str
        Indicators wanted, among :data:`SUMMARISED`.

    Returns
    -------
    DataFrame
        Long table: `by`, indicator, value, status, note. A figure known for too small a
        share of the people (of the communes for area_km2; settings.MIN_COVERAGE_*) is NaN and
        ``unknown``; the note says how many communes are missing, and how many bring a figure
        of the wider commune they were part of because the area does not hold all of it.

    Notes
    -----
    Means of the APL weigh by its standardised population, shares of people under a threshold
    by the total population of the same file, as the DREES prescribes. An area that holds a
    split commune and all its parts counts them as one: the figure of before the split stands
    with the people and the land of all.

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
    return pd.concat([_one(units, COLUMNS[name], by=by) for name in indicators], ignore_index=True)


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
    in_family = table[family != ""]
    held = in_family.groupby([by, "family"])["communes"].transform("sum")
    whole = held == in_family["family"].str.count(" ") + 1
    groups = in_family[whole].groupby([by, "family"])
    joined = [_joined(group) | {by: area} for (area, _), group in groups]
    # Whatever is left of a family describes the wider commune, if it describes anything.
    table["wider"] = family.str[:5] == table["code_insee"]
    rest = table.drop(index=in_family.index[whole])
    return pd.concat([rest, pd.DataFrame(joined, columns=rest.columns)]) if joined else rest


def _joined(group: pd.DataFrame) -> dict[str, Any]:
    """One row for a split commune and its parts: what a part lacks is in the one it left."""
    codes = group["family"].iloc[0].split()
    group = group.set_index("code_insee").loc[codes]
    row: dict[str, Any] = {"code_insee": codes[0], "family": "", "communes": len(codes)}
    row["wider"] = False
    for name in (*_ALWAYS_THERE, *FIGURE_COLUMNS):
        values, weight = group[name], COLUMNS[name].weight
        status = Status.MEASURED
        if weight:
            weights = group[weight].where(values.notna(), 0)
            value = (values * weights).sum() / weights.sum() if weights.sum() > 0 else np.nan
            # The rate of the wider commune is its producer's, and so are those of its parts when
            # each was measured; any other mean over them is ours.
            mixed = (weights.iloc[1:] > 0).any()
            if name in FIGURE_COLUMNS:
                mixed &= (group[status_column(name)] != Status.MEASURED.value).any()
            status = Status.ESTIMATED if mixed else status
        else:
            value = values.sum()
        row[name] = value if pd.notna(values.iloc[0]) else np.nan
        if name in FIGURE_COLUMNS:
            row[status_column(name)] = (status if pd.notna(row[name]) else Status.UNKNOWN).value
    return row


def _parts(communes: pd.DataFrame, column: Column) -> tuple[pd.Series, pd.Series | None, list[str]]:
    """Numerator, denominator (None for a count) and the figures they are made of."""
    name, weight = column.name, column.weight
    if name == "density_km2":
        return communes["population"], communes["area_km2"], []
    if name.startswith("gps_per_100k_") and weight:
        count = name.replace("per_100k_", "")
        return communes[count] * 1e5, communes[weight], [count]
    if "_without_gp_" in name:
        count = f"gps_{column.vintage}"
        people = communes[COLUMNS[name.replace("population_", "share_")].weight or "population"]
        without = people.where(communes[count] == 0, 0).where(communes[count].notna())
        return without, people if weight else None, [count]
    if name.startswith("share_low_") and weight:
        apl = communes[name.removeprefix("share_low_")]
        low = communes[weight].where(apl < APL_LOW, 0).where(apl.notna())
        return low, communes[weight], [name.removeprefix("share_low_")]
    figures = [name] if status_column(name) in communes else []
    if weight:
        return communes[name] * communes[weight], communes[weight], figures
    return communes[name], None, figures


def _one(communes: pd.DataFrame, column: Column, *, by: str) -> pd.DataFrame:
    numerator, denominator, figures = _parts(communes, column)
    known = numerator.notna()
    if denominator is not None:
        known &= denominator.notna()
    exact = pd.Series(True, index=communes.index)
    estimated = pd.Series(False, index=communes.index)
    for figure in figures:
        exact &= communes[status_column(figure)] == Status.MEASURED.value
        estimated |= communes[status_column(figure)] == Status.ESTIMATED.value
    of_land = column.name in _OF_LAND
    size = communes["communes"] if of_land else communes["population"]
    table = pd.DataFrame(
        {
            by: communes[by],
            "numerator": numerator.where(known, 0.0),
            "denominator": 0.0 if denominator is None else denominator.where(known, 0.0),
            "known_size": size.where(known, 0),
            "size": size,
            "missing": communes["communes"].where(~known, 0),
            "wider": communes["wider"] & estimated,
            "exact": exact,
        }
    )
    sums = table.groupby(by, sort=True).agg(
        numerator=("numerator", "sum"),
        denominator=("denominator", "sum"),
        known_size=("known_size", "sum"),
        size=("size", "sum"),
        missing=("missing", "sum"),
        wider=("wider", "sum"),
        exact=("exact", "all"),
    )
    coverage = sums["known_size"] / sums["size"].where(sums["size"] > 0)
    # Where nobody lives, a sum is known when it is known of every commune.
    coverage = coverage.mask((sums["size"] == 0) & (sums["missing"] == 0), 1.0)
    if denominator is None:
        value, enough = sums["numerator"], coverage >= MIN_COVERAGE_COUNT
    else:
        value = sums["numerator"] / sums["denominator"].where(sums["denominator"] > 0)
        enough = coverage >= MIN_COVERAGE_RATE
    value = value.where(enough)
    measured = sums["exact"] & (sums["missing"] == 0) & (column.name not in _APPROXIMATE_WEIGHT)
    status = np.where(measured, Status.MEASURED.value, Status.ESTIMATED.value)
    share = (100 * (1 - coverage.fillna(1))).round(1).astype(str).str.replace(".", ",")
    people = "communes" if of_land else "habitants"
    missing = (
        sums["missing"].astype(str) + " commune(s) sans donnée (" + share + f" % des {people})"
    )
    wider = sums["wider"].astype(str) + " commune(s) divisée(s) depuis : chiffre de l’ancienne"
    missing = missing.where(sums["missing"] > 0, "")
    wider = wider.where((sums["wider"] > 0) & value.notna(), "")
    notes = [" ; ".join(filter(None, pair)) for pair in zip(missing, wider, strict=True)]
    return pd.DataFrame(
        {
            by: sums.index,
            "indicator": column.name,
            "value": value.to_numpy(),
            "status": np.where(value.notna(), status, Status.UNKNOWN.value),
            "note": notes,
        }
    )

"""From communes to areas: counts add, rates weigh by the denominator the schema names.

An area whose communes are not all known is never completed silently: the share of its
people for whom the figure is known decides between a value with a note, and unknown.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from cpts_geo.schema import COLUMNS, Column, Status, status_column
from cpts_geo.settings import APL_LOW, MIN_COVERAGE_COUNT, MIN_COVERAGE_RATE

#: Indicators of an area that come from the table of communes, and from nothing else.
SUMMARISED = (
    "population",
    "area_km2",
    "density_km2",
    "share_75plus_2022",
    "population_2017",
    "gps_2017",
    "gps_per_100k_2017",
    "population_without_gp_2017",
    "share_without_gp_2017",
    "standardised_population_2022",
    "standardised_population_2023",
    "apl_population_2022",
    "apl_population_2023",
    "apl_2022",
    "apl_2023",
    "apl_65_2022",
    "apl_65_2023",
    "share_low_apl_2022",
    "share_low_apl_2023",
    "share_low_apl_65_2022",
    "share_low_apl_65_2023",
    "emergency_departments_2020",
)
#: Weighed by a population of another year than the rate's own: never better than estimated.
_APPROXIMATE_WEIGHT = frozenset({"share_75plus_2022"})


def area_summary(communes: pd.DataFrame, *, by: str) -> pd.DataFrame:
    """
    Indicators of each area, from the figures of its communes.

    Parameters
    ----------
    communes : DataFrame
        One row a commune and area: `by`, population, population_2017, area_km2 and the
        columns of :data:`cpts_geo.schema.FIGURE_COLUMNS` with their status columns.
    by : str
        Column of the area; one commune may stand in several areas.

    Returns
    -------
    DataFrame
        Long table: `by`, indicator, value, status, note. A figure known for too small a
        share of the people (settings.MIN_COVERAGE_*) is NaN and ``unknown``; the note says
        how many communes are missing.

    Notes
    -----
    Means of the APL weigh by its standardised population, shares of people under a threshold
    by the total population of the same file, as the DREES prescribes.
    """
    return pd.concat(
        [_one(communes, COLUMNS[name], by=by) for name in SUMMARISED], ignore_index=True
    )


def _parts(communes: pd.DataFrame, column: Column) -> tuple[pd.Series, pd.Series | None, list[str]]:
    """Numerator, denominator (None for a count) and the figures they are made of."""
    name, weight = column.name, column.weight
    if name == "density_km2":
        return communes["population"], communes["area_km2"], []
    if name == "gps_per_100k_2017":
        return communes["gps_2017"] * 1e5, communes["population_2017"], ["gps_2017"]
    if name in ("population_without_gp_2017", "share_without_gp_2017"):
        without = communes["population_2017"].where(communes["gps_2017"] == 0, 0)
        without = without.where(communes["gps_2017"].notna())
        return without, communes["population_2017"] if weight else None, ["gps_2017"]
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
    for figure in figures:
        exact &= communes[status_column(figure)] == Status.MEASURED.value
    people = communes["population"]
    table = pd.DataFrame(
        {
            by: communes[by],
            "numerator": numerator.where(known, 0.0),
            "denominator": 0.0 if denominator is None else denominator.where(known, 0.0),
            "known_people": people.where(known, 0),
            "people": people,
            "missing": ~known,
            "exact": exact,
        }
    )
    sums = table.groupby(by, sort=True).agg(
        numerator=("numerator", "sum"),
        denominator=("denominator", "sum"),
        known_people=("known_people", "sum"),
        people=("people", "sum"),
        missing=("missing", "sum"),
        exact=("exact", "all"),
    )
    coverage = sums["known_people"] / sums["people"].where(sums["people"] > 0)
    if denominator is None:
        value, enough = sums["numerator"], coverage >= MIN_COVERAGE_COUNT
    else:
        value = sums["numerator"] / sums["denominator"].where(sums["denominator"] > 0)
        enough = coverage >= MIN_COVERAGE_RATE
    value = value.where(enough)
    measured = sums["exact"] & (sums["missing"] == 0) & (column.name not in _APPROXIMATE_WEIGHT)
    status = np.where(measured, Status.MEASURED.value, Status.ESTIMATED.value)
    share = (100 * (1 - coverage)).round(1).astype(str).str.replace(".", ",")
    note = sums["missing"].astype(str) + " commune(s) sans donnée (" + share + " % des habitants)"
    return pd.DataFrame(
        {
            by: sums.index,
            "indicator": column.name,
            "value": value.to_numpy(),
            "status": np.where(value.notna(), status, Status.UNKNOWN.value),
            "note": note.where(sums["missing"] > 0, "").to_numpy(),
        }
    )

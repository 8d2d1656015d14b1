"""Minutes to the nearest facility, from cells of 200 m to communes and territories.

Each inhabited cell has its own time: what a mean hides (the hamlet at 25 minutes) is kept. A cell
that no road joins to a facility is neither near nor far: its people are counted apart.
"""

from __future__ import annotations

import pandas as pd

from cpts_geo.access.nearest.reached import NEAR_SHARE
from cpts_geo.settings import MINUTES_BANDS


def cell_minutes(cells: pd.DataFrame, *, facility: str, by: str = "code_insee") -> pd.DataFrame:
    """
    Minutes from where people live to the nearest facility of a kind, by commune or territory.

    Parameters
    ----------
    cells : DataFrame
        Table of :mod:`cpts_geo.sources.readers.care.access_times` (minutes NaN
        where no road joins): a cell stands once for each facility.
    facility : str
        Kind of facility: ``gps``, ``emergency_departments`` or ``pharmacies``.
    by : str
        Column of the areas.

    Returns
    -------
    DataFrame
        By area, in order: population (of all its cells), population_unknown (those no road joins to
        a facility), mean_minutes, p90_minutes (the smallest time within which 90 % of the people
        whose time is known are), worst_minutes, and for each band b of
        ``settings.MINUTES_BANDS`` within_b (people) and share_within_b (of those
        whose time is known, in [0, 1]). Cells weigh by their people; one without any is no worst
        case. NaN where nobody's time tells.

    Examples
    --------
    >>> cells = pd.DataFrame(
    ...     {"x": [0, 200, 400], "y": 0, "code_insee": "45130", "population": [60.0, 30.0, 10.0],
    ...      "facility": "gps", "minutes": [4.0, 12.0, None]}
    ... )
    >>> found = cell_minutes(cells, facility="gps").round(3)
    >>> found.loc["45130", ["population_unknown", "mean_minutes", "share_within_10"]].tolist()
    [10.0, 6.667, 0.667]
    """
    chosen = cells[cells["facility"] == facility]
    people = chosen["population"].where(chosen["minutes"].notna(), 0.0)
    table = pd.DataFrame(
        {
            by: chosen[by],
            "population": chosen["population"],
            "known": people,
            "weighed": people * chosen["minutes"].fillna(0.0),
            # Nobody at the end of the road: no worst case.
            "inhabited": chosen["minutes"].where(people > 0),
        }
    )
    for band in MINUTES_BANDS:
        table[f"within_{band:g}"] = people.where(chosen["minutes"] <= band, 0.0)
    groups = table.groupby(by, sort=True)
    sums = groups.sum()
    known = sums["known"].where(sums["known"] > 0)
    columns = {
        "population": sums["population"],
        "population_unknown": sums["population"] - sums["known"],
        "mean_minutes": sums["weighed"] / known,
        "p90_minutes": _quantile(table, NEAR_SHARE, by=by).reindex(sums.index),
        "worst_minutes": groups["inhabited"].max(),
    }
    for band in MINUTES_BANDS:
        within = sums[f"within_{band:g}"]
        columns |= {f"within_{band:g}": within, f"share_within_{band:g}": within / known}
    return pd.DataFrame(columns)


def _quantile(table: pd.DataFrame, share: float, *, by: str) -> pd.Series:
    """Smallest time within which at least a share of the people of each area are."""
    rows = table[table["inhabited"].notna()].sort_values([by, "inhabited"], kind="stable")
    groups = rows.groupby(by)["known"]
    # Sums of many cells are rounded: a share reached exactly counts as reached.
    reached = groups.cumsum() >= groups.transform("sum") * share * (1 - 1e-12)
    return rows[reached].groupby(by)["inhabited"].first()

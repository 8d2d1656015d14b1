"""What is published by bassin de vie, for areas that hold communes of several."""

from __future__ import annotations

import pandas as pd

from cpts_geo.schema import Status, embedded_vintage
from cpts_geo.settings import MIN_COVERAGE_RATE

#: Column of the schema, and what the published figures per 10,000 people are multiplied by.
_DENSITY, _PER_100K = embedded_vintage("gps_per_100k_cartosante"), 10.0


def mean_of_basins(communes: pd.DataFrame, basins: pd.DataFrame, *, by: str) -> pd.DataFrame:
    """
    Density of GPs of each area: the mean of the bassins de vie of its people.

    Parameters
    ----------
    communes : DataFrame
        `by`, bassin_de_vie (NaN for none), population.
    basins : DataFrame
        bassin_de_vie, gps_per_10k (NaN where it is secret).
    by : str
        Column of the area.

    Returns
    -------
    DataFrame
        Long table: `by`, indicator, value (per 100,000 people), status, note. Unknown where the
        density of too many people is (settings.MIN_COVERAGE_RATE): it is never completed.

    Examples
    --------
    >>> basins = pd.DataFrame({"bassin_de_vie": ["45252"], "gps_per_10k": [4.5]})
    >>> communes = pd.DataFrame({"area": ["x"], "bassin_de_vie": ["45252"], "population": [100]})
    >>> mean_of_basins(communes, basins, by="area")[["value", "status"]].to_numpy().tolist()
    [[45.0, 'estimated']]
    """
    density = communes["bassin_de_vie"].map(basins.set_index("bassin_de_vie")["gps_per_10k"])
    people = communes["population"].astype(float)
    table = pd.DataFrame(
        {
            by: communes[by],
            "people": people,
            "known": people.where(density.notna(), 0.0),
            "weighed": (density * people).fillna(0.0),
        }
    )
    sums = table.groupby(by).sum()
    enough = sums["known"] >= MIN_COVERAGE_RATE * sums["people"]
    value = (_PER_100K * sums["weighed"] / sums["known"]).where(enough & (sums["known"] > 0))
    status = value.notna().map({True: Status.ESTIMATED.value, False: Status.UNKNOWN.value})
    found = pd.DataFrame({"value": value, "status": status, "note": ""}).reset_index()
    return found.assign(indicator=_DENSITY)[[by, "indicator", "value", "status", "note"]]

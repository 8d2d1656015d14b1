"""What travel times of each département are worth beside the law of distance, from DREES minutes.

DREES says the minutes from each commune to the nearest emergency department or SMUR (2019, mean of
off-peak and peak hours). One factor per département is the median of these minutes over the central
law; part of it is peak traffic, and the sites of 2019, where the distances go to those of the BPE.
Density at both ends and emptiness along the line were tried, and add nothing where they were not
fitted (``benchmarks/travel_benchmarks.py`` says how much).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from cpts_geo.access.travel.surrogate import (
    FACTOR_COLUMNS,
    LAWS,
    great_circle_km,
    unit_vectors,
)
from cpts_geo.sources.codes import overseas
from cpts_geo.sources.lands import land_of

#: Minutes of the communes that make the factors: nearer, a minute rounded weighs too much;
#: farther, the nearest site by distance is seldom that of the road.
_MINUTES: Final = (3.0, 40.0)
#: Communes that weigh as much as the wider area does.
_SHRINKAGE: Final = 30.0
#: Quantiles of the residuals between which eight communes in ten lie.
_BOUNDS: Final = (0.1, 0.9)


def nearest_sites(points: pd.DataFrame, sites: Collection[str]) -> pd.DataFrame:
    """
    Find the nearest site of each place, as the crow flies, on its own land.

    Parameters
    ----------
    points : DataFrame
        lon, lat (degrees) by code; NaN unknown.
    sites : collection of str
        Codes of places with a site.

    Returns
    -------
    DataFrame
        By code of the places joined to a site: site (code), km (great circle).

    Examples
    --------
    >>> points = pd.DataFrame({"lon": [2.0, 2.1, 2.2], "lat": 48.0}, index=["A", "B", "C"])
    >>> nearest_sites(points, ["A"])["km"].round(1).tolist()
    [0.0, 7.4, 14.9]
    """
    known = points[points["lon"].notna() & points["lat"].notna()]
    vectors = unit_vectors(known["lon"], known["lat"])
    lands, equipped = land_of(known.index), known.index.isin(list(sites))
    parts = []
    for land in np.unique(lands[equipped]):
        here, there = np.flatnonzero(lands == land), np.flatnonzero((lands == land) & equipped)
        _, found = cKDTree(vectors[there]).query(vectors[here])
        parts.append(pd.Series(known.index[there[found]], index=known.index[here]))
    site = pd.concat([pd.Series(dtype="str"), *parts]).reindex(known.index).dropna()
    start, end = known.loc[site.index], known.loc[site]
    km = great_circle_km(start["lon"], start["lat"], end["lon"], end["lat"])
    return pd.DataFrame({"site": site, "km": km})


def travel_factors(
    communes: pd.DataFrame, minutes: pd.Series, sites: Collection[str]
) -> pd.DataFrame:
    """
    Compute the factors of each département, and the bounds that hold eight communes in ten.

    Parameters
    ----------
    communes : DataFrame
        Communes by code: lon, lat, departement, region.
    minutes : Series of float
        DREES minutes by commune, NaN unknown.
    sites : collection of str
        Communes with an emergency department.

    Returns
    -------
    DataFrame
        By departement, in order: communes (number that DREES puts 3 to 40 minutes away), ratio
        (their median of DREES over the central law, NaN without any), travel_central (the same
        drawn towards that of the region by n / (n + 30); overseas, where a region is one
        département, towards that of France), travel_low and travel_high (tenth and ninetieth
        centiles of the residuals of all its communes, drawn likewise towards those of France, times
        travel_central).

    Examples
    --------
    >>> communes = pd.DataFrame({"lon": [2.0, 2.1, 2.2], "lat": 48.0, "departement": "45",
    ...                          "region": "24"}, index=["A", "B", "C"])
    >>> minutes = pd.Series({"A": 0.0, "B": 13.0, "C": 23.4})
    >>> travel_factors(communes, minutes, ["A"]).loc["45", ["communes", "ratio"]].round(2).tolist()
    [2.0, 1.1]
    """
    areas = communes.groupby("departement")["region"].first()
    table = observed(communes, minutes, sites)
    used = table[table["minutes"].between(*_MINUTES)]
    ratio = used["minutes"] / used["law"]
    france = float(ratio.median())
    wider = areas.map(ratio.groupby(used["region"]).median()).fillna(france)
    wider = wider.mask(overseas(areas.index.to_series()), france)
    count = used.groupby("departement").size().reindex(areas.index, fill_value=0)
    own = ratio.groupby(used["departement"]).median().reindex(areas.index)
    central = _drawn(own, wider, count)
    residual = table["minutes"] / (table["law"] * mean_of_ends(table, communes, central))
    every = residual.groupby(table["departement"])
    number = every.size().reindex(areas.index, fill_value=0)
    low, high = (
        _drawn(every.quantile(q).reindex(areas.index), float(residual.quantile(q)), number)
        * central
        for q in _BOUNDS
    )
    factors = {"low": low, "central": central, "high": high}
    columns = {FACTOR_COLUMNS[name]: factors[name] for name in FACTOR_COLUMNS}
    return pd.DataFrame({"communes": count, "ratio": own, **columns}).rename_axis("departement")


def observed(communes: pd.DataFrame, minutes: pd.Series, sites: Collection[str]) -> pd.DataFrame:
    """
    Set the minutes of DREES beside the central law.

    Parameters
    ----------
    communes, minutes, sites : see there
        As in :func:`travel_factors`.

    Returns
    -------
    DataFrame
        By commune with minutes, apart from its site: site, km, minutes, law (minutes),
        departement, region.

    Examples
    --------
    >>> communes = pd.DataFrame({"lon": [2.0, 2.1], "lat": 48.0, "departement": "45",
    ...                          "region": "24"}, index=["A", "B"])
    >>> observed(communes, pd.Series({"A": 0.0, "B": 13.0}), ["A"])["law"].round(1).to_dict()
    {'B': 11.9}
    """
    near = nearest_sites(communes, sites)
    near = near.assign(minutes=minutes.reindex(near.index))
    near = near[(near["km"] > 0) & near["minutes"].notna()]
    law = LAWS["central"].minutes(near["km"].to_numpy(dtype=np.float64))
    return near.assign(law=law).join(communes[["departement", "region"]])


def mean_of_ends(table: pd.DataFrame, communes: pd.DataFrame, factors: pd.Series) -> pd.Series:
    """
    Mean of the factors of a commune and of its site.

    Parameters
    ----------
    table : DataFrame
        Result of :func:`observed`.
    communes : DataFrame
        Communes by code: departement.
    factors : Series of float
        By departement.

    Returns
    -------
    Series of float
        By commune of `table`.

    Examples
    --------
    >>> communes = pd.DataFrame({"departement": ["45", "28"]}, index=["A", "B"])
    >>> table = pd.DataFrame({"site": ["B"], "departement": ["45"]}, index=["A"])
    >>> mean_of_ends(table, communes, pd.Series({"45": 1.0, "28": 0.9})).tolist()
    [0.95]
    """
    there = table["site"].map(communes["departement"]).map(factors)
    return (table["departement"].map(factors) + there) / 2


def _drawn(own: pd.Series, wider: pd.Series | float, count: pd.Series) -> pd.Series:
    """Draw what few communes say towards what a wider area says."""
    weight = count / (count + _SHRINKAGE)
    return weight * own.fillna(wider) + (1 - weight) * wider

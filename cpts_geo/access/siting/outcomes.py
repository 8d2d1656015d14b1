"""What a set of open sites gives to people: who is near, how far the others are, what is gained.

Minutes are those by car to the nearest open site; no public transport is counted.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import pandas as pd

from cpts_geo.access.nearest.reached import NEAR_SHARE, time_reached
from cpts_geo.access.siting._question import (
    demand_defects,
    minutes_defects,
    site_defects,
    told,
)
from cpts_geo.errors import SitingError
from cpts_geo.settings import MINUTES_BANDS


def coverage_outcomes(
    minutes: pd.DataFrame,
    demand: pd.Series,
    *,
    sites: Collection[str],
) -> pd.Series:
    """
    Describe how near the demand is to a set of open sites.

    Parameters
    ----------
    minutes : DataFrame of float
        Minutes from each commune (rows) to each site (columns); NaN out of reach or unknown.
    demand : Series of float
        Demand by commune (people, requests a day), 0 or more, for exactly the communes of
        `minutes`; a commune whose demand is 0 counts nowhere.
    sites : collection of str
        Every open site, existing ones included; empty when nothing is open.

    Returns
    -------
    Series
        demand (whole); within_10, ... (demand within each time of
        ``settings.MINUTES_BANDS``, itself included); share_within_10, ... (0 to 1,
        of the whole); mean_minutes (of the demand in reach); p90_minutes; worst_minutes and
        worst_commune (the farthest in reach, first by code); unreached (demand with no known time).
        Minutes are NaN, and the commune empty, when nothing is in reach.

    Raises
    ------
    SitingError
        If a table or a site is unusable; lists every defect.

    Notes
    -----
    The p90 is the smallest time within which at least 90 % of the whole demand is. Demand out of
    reach comes after every known time: with over 10 % of it, the p90 is NaN. So one more site
    never raises the p90. It may raise the mean and the worst time, when it brings far communes
    within reach: read them beside `unreached`.

    Examples
    --------
    >>> minutes = pd.DataFrame({"A": [0.0, 12.0, math.nan]}, index=["A", "B", "C"])
    >>> people = pd.Series({"A": 600, "B": 380, "C": 20})
    >>> found = coverage_outcomes(minutes, people, sites=["A"])
    >>> found[["within_10", "share_within_10", "p90_minutes", "unreached"]].tolist()
    [600.0, 0.6, 12.0, 20.0]
    """
    _check(minutes, demand, sites=sites, what="sites")
    return _outcomes(minutes, demand, sites=sites)


def coverage_gain(
    minutes: pd.DataFrame,
    demand: pd.Series,
    *,
    sites: Collection[str],
    existing: Collection[str],
    reach: float = math.inf,
) -> pd.DataFrame:
    """
    Compare how near the demand is before and after new sites open.

    Parameters
    ----------
    minutes, demand : DataFrame of float, Series of float
        As for :func:`coverage_outcomes`.
    sites : collection of str
        New sites.
    existing : collection of str
        Sites open today (emergency departments, centres), which stay open; may be empty.
    reach : float
        Minutes up to which every time is known: what is within more is NaN while some demand is
        out of reach.

    Returns
    -------
    DataFrame
        Rows before, after, difference (after less before); columns of :func:`coverage_outcomes`.
        The difference of mean_minutes and worst_minutes is NaN when new sites bring demand within
        reach: the two are not about the same people. Its worst_commune is empty.

    Raises
    ------
    SitingError
        If a table or a site is unusable, or a new site is open already; lists every defect.

    Examples
    --------
    >>> minutes = pd.DataFrame({"A": [0.0, 12.0], "B": [12.0, 0.0]}, index=["A", "B"])
    >>> people = pd.Series({"A": 600, "B": 400})
    >>> gain = coverage_gain(minutes, people, sites=["B"], existing=["A"])
    >>> gain[["within_10", "mean_minutes"]].T.to_dict("list")
    {'before': [600.0, 4.8], 'after': [1000.0, 0.0], 'difference': [400.0, -4.8]}
    """
    _check(
        minutes,
        demand,
        sites=existing,
        what="sites existants",
        others=[
            *site_defects(sites, minutes, what="nouveaux sites"),
            *told(("nouveaux sites déjà ouverts", [c for c in sites if c in set(existing)])),
        ],
    )
    before = _outcomes(minutes, demand, sites=existing, reach=reach)
    after = _outcomes(minutes, demand, sites=[*existing, *sites], reach=reach)
    figures = before.index.drop("worst_commune")
    difference = after[figures].astype("float64") - before[figures].astype("float64")
    if difference["unreached"]:
        difference[["mean_minutes", "worst_minutes"]] = math.nan
    table = pd.DataFrame({"before": before, "after": after, "difference": difference}).T
    table = table[before.index].astype(dict.fromkeys(figures, "float64"))
    return table.fillna({"worst_commune": ""})


def _outcomes(
    minutes: pd.DataFrame, demand: pd.Series, *, sites: Collection[str], reach: float = math.inf
) -> pd.Series:
    """Measures of one set of open sites."""
    asks = demand.reindex(minutes.index).astype("float64")
    asks = asks[asks > 0].sort_index()
    # min() skips NaN: a commune is out of reach when no open site has a known time.
    nearest = minutes.loc[asks.index, list(sites)].astype("float64").min(axis=1)
    total, known = float(asks.sum()), nearest.notna()
    figures: dict[str, float | str] = {"demand": total}
    for band in MINUTES_BANDS:
        sure = band <= reach or known.all()
        within = float(asks[nearest <= band].sum()) if sure else math.nan
        figures |= {f"within_{band:g}": within, f"share_within_{band:g}": within / total}
    in_reach = float(asks[known].sum())
    spent = float((asks * nearest)[known].sum())
    figures["mean_minutes"] = spent / in_reach if known.any() else math.nan
    figures["p90_minutes"] = time_reached(nearest, asks, share=NEAR_SHARE)
    figures["worst_minutes"] = float(nearest.max())
    figures["worst_commune"] = str(nearest.idxmax()) if known.any() else ""
    figures["unreached"] = float(asks[~known].sum())
    return pd.Series(figures, dtype=object)


def _check(
    minutes: pd.DataFrame,
    demand: pd.Series,
    *,
    sites: Collection[str],
    what: str,
    others: Sequence[str] = (),
) -> None:
    """Refuse tables, times or sites that give no outcome; all defects are listed."""
    defects = [
        *minutes_defects(minutes),
        *demand_defects(demand, minutes),
        *site_defects(sites, minutes, what=what),
        *others,
    ]
    if defects:
        raise SitingError(
            "La couverture ne peut pas être calculée.",
            defects=defects,
            remedy="corrigez la table des temps, la demande ou les sites ; un temps inconnu reste "
            "vide.",
        )

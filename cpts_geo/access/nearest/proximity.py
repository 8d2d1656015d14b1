"""The nearest place of care, and the people within 10, 15, 20 and 30 minutes of it.

Bands are right-closed, as people say them: "within 10 minutes" holds 10 itself. They count whole
communes, from one point each. Near is not available: the nearest doctor may take no patient.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.access.catchments.sharing import check_places, values_at
from cpts_geo.access.travel.times import TravelTimes, listed
from cpts_geo.errors import TableError, TravelError
from cpts_geo.french import number

#: Minutes of the coverage bands.
BANDS: Final = (10.0, 15.0, 20.0, 30.0)
#: Share of the people within the "p90" of times.
NEAR_SHARE: Final = 0.9


def nearest(travel: TravelTimes, supply: pd.Series) -> pd.DataFrame:
    """
    Find the nearest destination that has a supply.

    Parameters
    ----------
    travel : TravelTimes
        Minutes from homes to places of care.
    supply : Series of float
        Supply by destination, >= 0; NaN unknown.

    Returns
    -------
    DataFrame
        By origin: site (code, the first one in order where several are as near; missing where
        none is in reach or known), minutes (NaN likewise), known (False where the place has no
        road, or where a destination of unknown supply is nearer than the nearest known one).
        Known without minutes: farther than the table's reach.

    Raises
    ------
    TableError
        Codes that do not agree with the travel times, or negative supply.

    Examples
    --------
    >>> from cpts_geo.access.travel.example import three_communes
    >>> times, supply, _ = three_communes()
    >>> nearest(times, supply)["minutes"].tolist(), nearest(times, supply).at["C", "site"]
    ([0.0, 0.0, 9.0], 'B')
    """
    check_places(travel, supply=supply)
    amounts = values_at(supply, travel.destinations)
    site, minutes = _first(travel, amounts > 0)
    _, doubtful = _first(travel, np.isnan(amounts))
    # NaN compares as False: no doubtful place in reach leaves the nearest one known.
    uncertain = (doubtful < minutes) | (np.isnan(minutes) & ~np.isnan(doubtful))
    known = ~uncertain & ~travel.origins.isin(travel.unsnapped)
    found = pd.DataFrame({"minutes": minutes, "known": known}, index=travel.origins)
    names = pd.Series(travel.destinations.to_numpy()[site], index=travel.origins, dtype="str")
    found.insert(0, "site", names.where(found["minutes"].notna() & known))
    return found.assign(minutes=found["minutes"].where(known))


def coverage(
    near: pd.DataFrame, people: pd.Series, *, reach: float, bands: Sequence[float] = BANDS
) -> pd.DataFrame:
    """
    Count the people within each time of the nearest place.

    Parameters
    ----------
    near : DataFrame
        minutes and known by origin, from :func:`nearest`.
    people : Series of float
        People of the origins wanted, >= 0; NaN unknown, left out with a count of such places.
    reach : float
        Reach of the travel times.
    bands : sequence of float
        Minutes, rising, up to `reach`.

    Returns
    -------
    DataFrame
        By band (minutes): people (within), share (of the people whose time is known; NaN where
        there is none). In attrs: unknown, the people whose time is unknown; unknown_places, the
        number of origins whose people are unknown.

    Raises
    ------
    TableError
        Origins that `near` lacks, that stand twice, or negative people.
    TravelError
        A band beyond the reach, or bands that do not rise.

    Examples
    --------
    >>> from cpts_geo.access.travel.example import three_communes
    >>> times, supply, people = three_communes()
    >>> coverage(nearest(times, supply), people, reach=times.reach)["people"].to_dict()
    {10.0: 3500.0, 15.0: 3500.0, 20.0: 3500.0, 30.0: 3500.0}
    """
    limits = [float(band) for band in bands]
    rising = all(low < high for low, high in pairwise(limits))
    if not limits or not rising or not (limits[0] >= 0 and limits[-1] <= reach):
        shown = " ; ".join(number(band, 1) for band in limits)
        raise TravelError(
            "Ces temps de couverture ne peuvent pas être comptés.",
            defects=[f"bandes {shown} min, table des temps jusqu’à {number(reach, 1)} min"],
            remedy="donnez des minutes croissantes, sans dépasser la table des temps de trajet.",
        )
    lost = people.index.difference(near.index, sort=False)
    negative = people.index[people < 0]
    twice = people.index[people.index.duplicated()]
    if len(lost) or len(negative) or len(twice):
        rules = (
            (lost, "communes sans temps de trajet"),
            (negative, "populations négatives"),
            (twice, "codes en double"),
        )
        raise TableError(
            "La couverture ne peut pas être comptée.",
            defects=[f"{text} : {listed(codes)}" for codes, text in rules if len(codes)],
            remedy="donnez les habitants de communes que la table des temps connaît.",
        )
    here = near.loc[people.index]
    counted = people.where(here["known"], 0.0).fillna(0.0)
    total = float(counted.sum())
    within = [float(counted[here["minutes"] <= band].sum()) for band in limits]
    table = pd.DataFrame({"people": within}, index=pd.Index(limits, name="minutes"))
    table["share"] = table["people"] / total if total > 0 else np.nan
    table.attrs = {
        "unknown": float(people[~here["known"]].sum()),
        "unknown_places": int(people.isna().sum()),
    }
    return table


def time_reached(minutes: pd.Series, people: pd.Series, *, share: float) -> float:
    """
    Find the time within which a share of the people are.

    Parameters
    ----------
    minutes : Series of float
        Minutes by place; NaN (beyond every time, or unknown) comes last.
    people : Series of float
        People of the same places, >= 0, not all 0.
    share : float
        Share of all the people, between 0 and 1.

    Returns
    -------
    float
        Smallest time within which at least that share is; NaN where it is not reached.

    Examples
    --------
    >>> minutes = pd.Series([0.0, 12.0, np.nan], index=["A", "B", "C"])
    >>> time_reached(minutes, pd.Series({"A": 600, "B": 380, "C": 20}), share=0.9)
    12.0
    """
    ordered = minutes.sort_values(na_position="last", kind="stable")
    reached = people[ordered.index].cumsum().to_numpy() / people.sum()
    # Sums are rounded: a share reached exactly counts as reached.
    return float(ordered.iloc[int(np.searchsorted(reached, share - 1e-12))])


def _first(travel: TravelTimes, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Place and minutes of the nearest wanted destination of each origin; NaN without one."""
    stored = travel.minutes
    keep = wanted[stored.indices]
    rows = np.repeat(np.arange(stored.shape[0]), np.diff(stored.indptr))[keep]
    columns, minutes = stored.indices[keep], stored.data[keep]
    order = np.lexsort((columns, minutes, rows))
    rows, columns, minutes = rows[order], columns[order], minutes[order]
    first = np.flatnonzero(np.diff(rows, prepend=-1))
    site = np.zeros(stored.shape[0], dtype=np.int64)
    best = np.full(stored.shape[0], np.nan)
    site[rows[first]], best[rows[first]] = columns[first], minutes[first]
    return site, best

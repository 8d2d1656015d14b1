"""The nearest place of care. Near is not available: the nearest doctor may take no patient."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cpts_geo.access.travel.places import check_places, values_at
from cpts_geo.access.travel.times import TravelTimes


def nearest(travel: TravelTimes, supply: pd.Series) -> pd.DataFrame:
    """Nearest destination that has a supply, by origin: site (code), minutes, known.

    The first one in order where several are as near; missing where none is in reach or known.
    Known is False where the place has no road, or where a destination of unknown supply (NaN) is
    nearer than the nearest known one; known without minutes is farther than the table's reach.
    """
    check_places(travel, supply=supply)
    amounts = values_at(supply, travel.destinations)
    site, minutes = _first(travel, amounts > 0)
    unknown = np.isnan(amounts)
    doubtful = _first(travel, unknown)[1] if unknown.any() else np.full(len(minutes), np.nan)
    # NaN compares as False: no doubtful place in reach leaves the nearest one known.
    uncertain = (doubtful < minutes) | (np.isnan(minutes) & ~np.isnan(doubtful))
    known = ~uncertain & ~travel.origins.isin(travel.unsnapped)
    found = pd.DataFrame({"minutes": minutes, "known": known}, index=travel.origins)
    names = pd.Series(travel.destinations.to_numpy()[site], index=travel.origins, dtype="str")
    found.insert(0, "site", names.where(found["minutes"].notna() & known))
    return found.assign(minutes=found["minutes"].where(known))


def _first(travel: TravelTimes, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Place and minutes of the nearest wanted destination of each origin; NaN without one."""
    stored = travel.minutes
    rows, lengths = stored.shape[0], np.diff(stored.indptr)
    held = np.flatnonzero(lengths)
    site, best = np.zeros(rows, dtype=np.int64), np.full(rows, np.inf)
    if len(held):
        minutes = np.where(wanted[stored.indices], stored.data, np.inf)
        best[held] = np.minimum.reduceat(minutes, stored.indptr[held])
        # The nearest pairs, few: one a row, and those as near.
        found = np.flatnonzero((minutes == np.repeat(best, lengths)) & np.isfinite(minutes))
        site[:] = stored.shape[1]
        at = np.searchsorted(stored.indptr, found, side="right") - 1
        np.minimum.at(site, at, stored.indices[found])
    none = np.isinf(best)
    site[none], best[none] = 0, np.nan
    return site, best

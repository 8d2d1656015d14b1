"""Three communes to try every measure by hand: A to B 12 minutes, A to C 18, B to C 9."""

from __future__ import annotations

import pandas as pd

from cpts_geo.access.travel.times import TravelTimes, travel_times


def three_communes() -> tuple[TravelTimes, pd.Series, pd.Series]:
    """
    Give the travel times, supply and people of the worked example.

    Returns
    -------
    times : TravelTimes
        Both ways alike, 0 within a commune.
    supply : Series of float
        Consultations a year: 5,000 in A, 9,000 in B, none in C.
    people : Series of float
        Inhabitants: 1,000, 2,000 and 500.

    Examples
    --------
    >>> times, supply, people = three_communes()
    >>> len(times.pairs()), supply.sum() / people.sum()
    (9, np.float64(4.0))
    """
    ways = [("A", "B", 12.0), ("A", "C", 18.0), ("B", "C", 9.0)]
    both = [*ways, *((b, a, minutes) for a, b, minutes in ways)]
    pairs = pd.DataFrame(both, columns=["origin", "destination", "minutes"])
    times = travel_times(pairs, label="exemple inventé", source="exemple", diagonal=0.0)
    codes = ["A", "B", "C"]
    supply = pd.Series([5_000.0, 9_000.0, 0.0], index=codes)
    return times, supply, pd.Series([1_000.0, 2_000.0, 500.0], index=codes)

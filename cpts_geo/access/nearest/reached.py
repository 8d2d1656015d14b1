"""The time within which a share of the people are: the « 9 out of 10 » of tables."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

#: Share of the people within the "p90" of times.
NEAR_SHARE: Final = 0.9


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

"""The ladder of a need: what is asked, met in surgeries, left, and brought to a device, a year."""

from __future__ import annotations

from typing import Final

import pandas as pd

from cpts_geo.capacity.need.interval import LEVELS, quantiles
from cpts_geo.capacity.need.quantities import Need

#: Quantities, from the whole need down to what a device receives.
_RUNGS: Final = ("need", "met", "gap", "emergency", "organised")


def ladder(need: Need) -> pd.DataFrame:
    """
    Take the median and the central 80 % of each quantity of a need.

    Each has a median of its own: they do not add up.

    Parameters
    ----------
    need : Need
        Need of a territory, draw by draw.

    Returns
    -------
    DataFrame
        Indexed by quantity (need, met, gap, emergency, organised): p10, p50, p90, requests a year;
        visits for emergency, which are inside the gap, and may exceed it where the APL hardly sees
        any: they are counted, the gap is not.

    Examples
    --------
    >>> from cpts_geo.capacity.need.learning import shipped_lines
    >>> from cpts_geo.capacity.need.quantities import need_of
    >>> from cpts_geo.capacity.scenario.area import known_area
    >>> found = ladder(need_of(known_area("asclepios"), shipped_lines().draws(20_000, seed=1)))
    >>> (found["p50"] / 251).round().astype(int).to_dict()
    {'need': 322, 'met': 242, 'gap': 79, 'emergency': 14, 'organised': 6}
    """
    rows = {name: quantiles(getattr(need, name)) for name in _RUNGS}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(LEVELS))
    return table.rename_axis("quantity")

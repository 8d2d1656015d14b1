"""Bring counts of communes to the total their area has today: an estimate, never a count."""

from __future__ import annotations

import pandas as pd

from cpts_geo.errors import TableError


def scaled_to_totals(counts: pd.Series, areas: pd.Series, totals: pd.Series) -> pd.Series:
    """
    Scale the counts of communes so that each area adds up to its total.

    Every commune of an area is multiplied by the same ratio, total over sum of known counts:
    it supposes that all have changed as their area did. A commune with none keeps none.

    Parameters
    ----------
    counts : Series of float
        One count a commune, >= 0; NaN is unknown, and stays so.
    areas : Series of str
        Area of each commune, on the same index.
    totals : Series of float
        Total by area, >= 0; areas that are missing or NaN have no estimate.

    Returns
    -------
    Series of float
        Estimates on the index of `counts`; NaN where the count or the total is unknown, and in
        an area whose communes have none while its total says otherwise.

    Raises
    ------
    TableError
        An index differs, or a count or total is negative.

    Examples
    --------
    >>> counts = pd.Series([6.0, 2.0, 0.0])
    >>> scaled_to_totals(counts, pd.Series(["45"] * 3), pd.Series({"45": 4.0})).tolist()
    [3.0, 1.0, 0.0]
    """
    defects = [] if counts.index.equals(areas.index) else ["index différents"]
    defects += [f"{n} compte(s) négatif(s)" for n in [int((counts < 0).sum())] if n]
    defects += [f"total négatif : {area}" for area in totals.index[totals < 0]]
    if defects:
        raise TableError(
            "Ces comptes ne peuvent pas être ramenés à des totaux.",
            defects=defects,
            remedy="donnez un compte et une zone par commune, positifs ou nuls.",
        )
    known = counts.groupby(areas).sum(min_count=1)
    ratio = totals.reindex(known.index) / known.where(known > 0)
    # None here and none expected: the estimate is none, not unknown.
    ratio = ratio.mask((known == 0) & (totals.reindex(known.index) == 0), 1.0)
    return counts * areas.map(ratio)

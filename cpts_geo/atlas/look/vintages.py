"""Which vintage of an indicator is shown: the newest that is known."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import pandas as pd

from cpts_geo.schema import (
    COLUMNS,
    TERRITORY,
    TRAVEL_SERIES,
    Status,
    newest_vintage,
    shown_vintage,
)

#: The figures of a territory that are seen first, at their newest vintage.
KEY_FIGURES: Final = (
    "gps_per_100k", "gps_per_100k_published", "share_without_mt", "apl", "share_low_apl",
)  # fmt: skip

#: Indicators of a diagnosis, in its order: people, needs, supply, access.
DIAGNOSIS: Final = (
    "share_75plus", "share_without_mt", "share_ald_without_mt", "gps_per_100k_published",
    "gps_per_100k", "apl", "share_low_apl", "share_without_gp", "nurses_per_100k",
    "emergency_minutes_drees",
)  # fmt: skip


def minutes_column(known: Collection[str]) -> str | None:
    """
    Choose the minutes to a GP to show.

    Parameters
    ----------
    known : collection of str
        Columns with at least one value.

    Returns
    -------
    str or None
        Of the first of :data:`cpts_geo.schema.TRAVEL_SERIES` that is known, at its newest GPs;
        None where none is.

    Examples
    --------
    >>> minutes_column({"gp_minutes_approx_2017", "gp_minutes_insee_2025"})
    'gp_minutes_insee_2025'
    """
    found = (newest_vintage(series.family("gp"), known) for series in TRAVEL_SERIES)
    return next(filter(None, found), None)


def newest_known(names: Sequence[str], comparison: pd.DataFrame) -> list[str]:
    """
    Name the newest vintage of each indicator that is known of some territory.

    Parameters
    ----------
    names : sequence of str
        Indicators, by the name that their vintages share.
    comparison : DataFrame
        Rows of :func:`cpts_geo.indicators.comparison.compare_areas`.

    Returns
    -------
    list of str
        Indicators in the same order, without those that only fetched files bring and none did, or
        that nobody announced.
    """
    mine = comparison[(comparison["area_level"] == TERRITORY.key) & comparison["value"].notna()]
    known = set(mine["indicator"])
    shown = [found for name in names if (found := shown_vintage(name, known))]
    return [name for name in shown if name in known or COLUMNS[name].best is not Status.ANNOUNCED]


def value_of(indicator: str, comparison: pd.DataFrame, *, level: str = TERRITORY.key) -> float:
    """
    Find what an indicator is for the territory, or for the area of another level.

    Parameters
    ----------
    indicator : str
        Its name, vintage included.
    comparison : DataFrame
        Rows of :func:`cpts_geo.indicators.comparison.compare_areas`, of one territory.
    level : str
        Level of the area.

    Returns
    -------
    float
        NaN where it is not known.

    Examples
    --------
    >>> row = {"area_level": ["cpts"], "indicator": ["apl_2023"], "value": [1.8]}
    >>> value_of("apl_2023", pd.DataFrame(row)), value_of("apl_2022", pd.DataFrame(row))
    (1.8, nan)
    """
    mine = (comparison["area_level"] == level) & (comparison["indicator"] == indicator)
    return float(comparison.loc[mine, "value"].max())

"""Which vintage of an indicator is shown: the newest that is known."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import pandas as pd

from cpts_geo.schema import TERRITORY, TRAVEL_SERIES, Column, newest_vintage, shown_vintage
from cpts_geo.settings import COG_YEAR

#: Years after which a figure is said to be old.
_OLD_YEARS: Final = 5
#: The figures of a territory that are seen first, at their newest vintage.
KEY_FIGURES: Final = ("share_without_mt", "gps_per_100k", "apl", "share_low_apl")


def dated(column: Column) -> str:
    """
    Write the vintage of a column, and that it is old where it is.

    Parameters
    ----------
    column : Column
        Its vintage ends with a year, or says none.

    Returns
    -------
    str
        Its vintage; followed by « plus de cinq ans » where it is older than that.

    Examples
    --------
    >>> from cpts_geo.schema import COLUMNS
    >>> dated(COLUMNS["minutes_su_smur_2019"]), dated(COLUMNS["gps_2024"])
    ('31 décembre 2019, plus de cinq ans', '2024')
    """
    year = column.vintage[-4:]
    old = year.isdigit() and COG_YEAR - int(year) > _OLD_YEARS
    return f"{column.vintage}, plus de cinq ans" if old else column.vintage


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
    >>> minutes_column({"gp_minutes_approx_2017", "gp_minutes_insee_2024"})
    'gp_minutes_insee_2024'
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
        Indicators in the same order, without those that only fetched files bring and none did.
    """
    mine = comparison[(comparison["area_level"] == TERRITORY.key) & comparison["value"].notna()]
    known = set(mine["indicator"])
    return [shown for name in names if (shown := shown_vintage(name, known))]

"""Opening days of a line: Monday to Friday, public holidays closed.

The calendar is that of métropole with its 11 national holidays (Whit Monday included).
Alsace-Moselle (Good Friday and 26 December closed as well) and the overseas départements
(one local holiday each) have fewer opening days than counted here.
"""

from __future__ import annotations

from datetime import date

import holidays
import pandas as pd

from cpts_geo.errors import ScenarioError


def public_holidays(start: date, end: date) -> pd.DatetimeIndex:
    """
    List the national public holidays of métropole between two dates.

    Parameters
    ----------
    start : datetime.date
        First day, included.
    end : datetime.date
        Last day, included.

    Returns
    -------
    pandas.DatetimeIndex
        Holidays in order, those that fall on a weekend included; not Alsace-Moselle.

    Raises
    ------
    ScenarioError
        If ``end`` comes before ``start``.

    Examples
    --------
    >>> from datetime import date
    >>> len(public_holidays(date(2023, 1, 1), date(2023, 12, 31)))
    11
    """
    if end < start:
        raise ScenarioError(
            "La période est à l'envers.",
            defects=[f"début {start:%d/%m/%Y}, fin {end:%d/%m/%Y}"],
            remedy="donnez d'abord le premier jour, puis le dernier.",
        )
    french = holidays.country_holidays("FR", years=range(start.year, end.year + 1))
    return pd.DatetimeIndex(sorted(day for day in french if start <= day <= end))


def opening_days(start: date, end: date) -> pd.DatetimeIndex:
    """
    List the weekdays that are not public holidays between two dates.

    Parameters
    ----------
    start : datetime.date
        First day, included.
    end : datetime.date
        Last day, included.

    Returns
    -------
    pandas.DatetimeIndex
        Opening days in order, calendar of métropole (not Alsace-Moselle); empty if none.

    Raises
    ------
    ScenarioError
        If ``end`` comes before ``start``.

    Examples
    --------
    >>> from datetime import date
    >>> len(opening_days(date(2023, 3, 6), date(2024, 3, 31)))
    270
    """
    closed = public_holidays(start, end)
    return pd.bdate_range(start, end).difference(closed)

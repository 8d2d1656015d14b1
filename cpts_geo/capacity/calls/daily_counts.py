"""How the counts of a day depend on weekday, month and public holidays: any daily series.

A day far below the same weekday of the weeks around is a hole of the collection, not a calm day:
it is listed and left out. Months hold their holidays and bridges, whose own factors come on top:
some tenths of a percent of a month are told twice.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from cpts_geo.capacity.need.interval import LEVELS
from cpts_geo.capacity.scenario.calendar import bridges, public_holidays
from cpts_geo.errors import TableError

#: A day under this share of the median of the same weekday around is a hole.
_HOLE: Final = 0.70
#: Weeks before a day, and as many after, that it is set against.
_WEEKS: Final = 4


def day_profiles(counts: pd.Series, *, years: tuple[int, int]) -> pd.DataFrame:
    """
    Measure the shapes of the week and of the year, and the days around public holidays.

    Parameters
    ----------
    counts : Series
        Counts of each day, by day, none missing; days outside `years` help to judge those inside.
    years : tuple of int
        First and last year measured, both included; the holidays are those of métropole.

    Returns
    -------
    DataFrame
        A row a factor: kind, key, factor, low and high (80 % interval of a mean, NaN where none is
        given), days behind it. ``weekday`` (1 to 5: means of Monday to Friday, holidays
        included, over the mean of the five), ``month`` (1 to 12: means of all days, over the mean
        of the twelve); ``holiday`` (on a weekday), ``bridge`` and ``after_holiday`` (first weekday
        after a holiday, bridges apart): mean ratio to the same weekday of the four weeks before
        and the four after, where it is an ordinary day; ``day_to_day``: what remains from one
        ordinary weekday to the next, weekday and month of each year apart (relative standard
        deviation); ``hole`` (key: the day): ratio to the median of the same weekdays.

    Raises
    ------
    TableError
        The series has no weekday, month, holiday or bridge to measure.

    Examples
    --------
    >>> every = pd.date_range("2022-12-01", "2025-01-31")
    >>> flat = pd.Series(100.0, index=every).where(every != "2023-03-08", 20.0)
    >>> found = day_profiles(flat, years=(2023, 2024)).set_index("kind")
    >>> found.at["hole", "key"], float(found.at["bridge", "factor"])
    ('2023-03-08', 1.0)
    """
    series = counts.astype(float).sort_index()
    days = pd.DatetimeIndex(series.index)
    share = series / _around(series).median(axis=1)
    holes = share < _HOLE
    first, last = date(int(days[0].year), 1, 1), date(int(days[-1].year) + 1, 1, 1)
    off = public_holidays(first, last)
    working = days[(_weekday(days) <= 5) & ~days.isin(off)]
    special = {
        "holiday": days[days.isin(off) & (_weekday(days) <= 5)],
        "bridge": bridges(days, off),
    }
    places = np.unique(working.searchsorted(special["holiday"], side="right"))
    special["after_holiday"] = working[places[places < len(working)]].difference(special["bridge"])
    inside = days.year.isin(range(years[0], years[1] + 1))
    studied: pd.Series = series[~holes.to_numpy() & inside]
    apart = special["holiday"].union(special["bridge"]).union(special["after_holiday"])
    usual = series.mask(holes | series.index.isin(apart))
    ratio = (series / _around(usual).mean(axis=1)).reindex(studied.index)
    rows = [*_shape(studied, "weekday"), *_shape(studied, "month")]
    rows += [
        row
        for kind, found in special.items()
        for row in _mean(kind, ratio[ratio.index.isin(found)].dropna())
    ]
    rows += _day_to_day(studied[~studied.index.isin(off)])
    rows += [
        ("hole", f"{day:%Y-%m-%d}", float(value), np.nan, np.nan, 1)
        for day, value in share[holes].items()
        if years[0] <= pd.Timestamp(str(day)).year <= years[1]
    ]
    table = pd.DataFrame(rows, columns=["kind", "key", "factor", "low", "high", "days"])
    counted = table["kind"].value_counts()
    wanted = {"weekday": 5, "month": 12, "holiday": 1, "bridge": 1, "after_holiday": 1}
    defects = [
        f"{kind} : {int(counted.get(kind, 0))} sur {number}"
        for kind, number in wanted.items()
        if counted.get(kind, 0) < number
    ]
    if defects:
        raise TableError(
            "La série est trop courte pour en tirer la forme de la semaine et de l’année.",
            defects=defects,
            remedy="donnez au moins une année entière, et un pont.",
        )
    return table


_Row = tuple[str, str, float, float, float, int]


def _weekday(days: pd.DatetimeIndex) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Day of the week of each day, 1 for Monday."""
    return days.isocalendar().day.to_numpy(dtype=np.int64)


def _around(series: pd.Series) -> pd.DataFrame:
    """Counts of the same weekday in the weeks before and after each day, a column a week."""
    weeks = [week for week in range(-_WEEKS, _WEEKS + 1) if week]
    moved = {week: series.shift(7 * week, freq="D").reindex(series.index) for week in weeks}
    return pd.DataFrame(moved)


def _shape(studied: pd.Series, kind: str) -> list[_Row]:
    """Mean of each weekday or month over the mean of them all."""
    days = pd.DatetimeIndex(studied.index)
    if kind == "weekday":
        studied = studied[_weekday(days) <= 5]
        days = pd.DatetimeIndex(studied.index)
    key = _weekday(days) if kind == "weekday" else days.month.to_numpy()
    groups = studied.groupby(key)
    factors = groups.mean() / groups.mean().mean()
    return [
        (kind, str(name), float(factor), np.nan, np.nan, int(size))
        for (name, factor), size in zip(factors.items(), groups.size(), strict=True)
    ]


def _mean(kind: str, ratios: pd.Series) -> list[_Row]:
    """Mean of ratios with the interval of a mean of as many; no row without any."""
    if not len(ratios):
        return []
    mean, size = float(ratios.mean()), len(ratios)
    # Of one day alone, no error is known.
    half = float(stdtrit(size - 1, LEVELS["p90"]) * ratios.std()) / size**0.5
    return [(kind, "", mean, mean - half, mean + half, size)]


def _day_to_day(ordinary: pd.Series) -> list[_Row]:
    """Relative standard deviation that weekday and month of each year leave, Monday to Friday."""
    days = pd.DatetimeIndex(ordinary.index)
    ordinary = ordinary[_weekday(days) <= 5]
    days = pd.DatetimeIndex(ordinary.index)
    cells = ordinary.groupby([days.year, days.month, _weekday(days)])
    left = ordinary / cells.transform("mean") - 1
    free = len(left) - cells.ngroups
    if free < 1:
        return []
    return [("day_to_day", "", float((left**2).sum() / free) ** 0.5, np.nan, np.nan, len(left))]

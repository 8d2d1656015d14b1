"""Dates of birth in a column of a call log: early dates, or dates over decades, marked or not.

A number of six digits is a ticket, or a date of birth; a column of them is one or the other: dates
possible nine times in ten, over decades, and no counter. Below three different values a column
proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cpts_geo.sources.analyst.calls.forms import FIRST_CALLS, LAST_CENTURY
from cpts_geo.sources.analyst.calls.shapes import LIKELY, MANY, PROOF, SHARE, is_counter, matched

Years = npt.NDArray[Any]
# Digits of a date with its whole year.
_WHOLE: Final = 8
_YEARS_OF_CALLS: Final = 15
_MONTH: Final = r"(?:janv|f[ée]v|mars|avr|mai|juin|juil|ao[uû]|sept|oct|nov|d[ée]c)[a-zéû]{0,6}\.?"
_WRITTEN: Final = re.compile(
    r"(?:(?P<a>\d{4})(?:[-/. ]\d{1,2}[-/. ]\d{1,2})?"
    rf"|\d{{1,2}}(?:[-/. ]\d{{1,2}}[-/. ]|(?:er)? {_MONTH} )(?P<b>\d{{4}}|\d\d))"
    r"(?:[T ]\d{1,2}[:hH]\d\d.*)?",
    re.IGNORECASE,
)
#: Letters, then the digits of a date; or the digits first.
CODED: Final = re.compile(
    r"(?P<a>[^\W\d_]{1,4})[ ._-]?(?P<b>\d{6}|\d{8})|(?P<d>\d{6}|\d{8})[ ._-]?(?P<c>[^\W\d_]{1,4})"
)


def births(texts: pd.Series) -> int:
    """
    Count the rows of a column that are dates of birth, judged together.

    Parameters
    ----------
    texts : Series of str
        Cells that say something, in the order of the file.

    Returns
    -------
    int
        0 where the column is none of births: dates of calls, tickets.

    Examples
    --------
    >>> births(pd.Series(["120351", "040788", "230962"])), births(pd.Series(["100001", "100002"]))
    (3, 0)
    """
    return _written_births(texts.value_counts()) or (
        _compact_births(texts) if texts.nunique() >= PROOF else 0
    )


def coded_births(texts: pd.Series) -> int:
    """
    Count the rows of a column of initials glued to a date of birth.

    Parameters
    ----------
    texts : Series of str
        Cells that say something, in the order of the file.

    Returns
    -------
    int
        0 where letters are always the same (tickets), or where dates are those of calls.

    Examples
    --------
    >>> coded_births(pd.Series(["PE120351", "AB040788", "CF230962"]))
    3
    >>> coded_births(pd.Series(["TK100001", "TK100002", "TK100003"]))
    0
    """
    parts = matched(texts, CODED)
    if parts is None:
        return 0
    letters = parts["a"].fillna(parts["c"])
    numbers = parts["b"].fillna(parts["d"])
    if letters.nunique() < PROOF or numbers.nunique() < PROOF:
        return 0
    return _compact_births(numbers)


def are_days(texts: pd.Series) -> bool:
    """
    Tell whether numbers are days without marks, whatever their order.

    Parameters
    ----------
    texts : Series of str
        Cells of digits.

    Returns
    -------
    bool
        True for nine possible dates in ten.

    Examples
    --------
    >>> are_days(pd.Series(["20240304", "20240305"])), are_days(pd.Series(["80123456"]))
    (True, False)
    """
    return any(len(found) >= SHARE * len(texts) for found in _compact_years(texts))


def _written_births(counts: pd.Series) -> int:
    """Rows of dates with their marks: early, or over decades."""
    years: list[int] = []
    early: set[str] = set()
    rows_early = 0
    for text, rows in counts.items():
        written = str(text).strip()
        if len(written) > 40 or not (match := _WRITTEN.fullmatch(written)):
            continue
        year = int(match["a"] or match["b"])
        year += 0 if year > 99 else 2000 if year < 50 else 1900
        years += [year] * int(rows)
        if 1900 < year < FIRST_CALLS and not written.isdecimal():
            early.add(written)
            rows_early += int(rows)
    dates = pd.Series([year for year in years if 1890 < year < 2200], dtype=float)
    if not len(dates) or 2 * len(dates) < counts.sum():
        return rows_early if len(early) >= PROOF else 0
    return len(dates) if _are_lives(dates.to_numpy()) else rows_early * (len(early) >= PROOF)


def _are_lives(years: Years) -> bool:
    low, middle, high = np.quantile(years, [0.1, 0.5, 0.9])
    return bool(middle < FIRST_CALLS or high - low > _YEARS_OF_CALLS)


def _compact_births(texts: pd.Series) -> int:
    """Rows of dates of birth without marks, of six or eight digits; first zeros may be lost."""
    dates = [found for found in _compact_years(texts) if len(found) >= SHARE * len(texts)]
    if not dates or any(not _are_lives(found) for found in dates):
        return 0
    # Eight digits that are dates are no counter: most numbers are no date.
    return 0 if texts.str.len().max() < _WHOLE and is_counter(texts) else len(texts)


def _compact_years(texts: pd.Series) -> list[Years]:
    """Years of the numbers that are dates: the day first, then the year first."""
    if texts.head(MANY).str.fullmatch(r"\d{5,8}").mean() < LIKELY:
        return []
    bare = texts[texts.str.fullmatch(r"\d{5,8}")]
    width = _WHOLE if (bare.str.len() >= _WHOLE - 1).mean() >= SHARE else 6
    bare = bare[bare.str.len().between(width - 1, width)]
    if not (bare.str.len() == width).any():
        return []
    numbers = bare.astype(int).to_numpy()
    orders: tuple[Callable[[Years], Years], ...] = (_day_first, _year_first)
    years = [
        order(numbers if width == _WHOLE else _four_digits(numbers, order)) for order in orders
    ]
    return [found[found > 0] for found in years]


def _four_digits(numbers: Years, order: Callable[[Years], Years]) -> Years:
    """Years on two digits made whole: those of a century before 2040."""
    last = order is _day_first
    year: Years = numbers % 100 if last else numbers // 10_000
    whole: Years = year + np.where(year >= LAST_CENTURY, 1900, 2000)
    found: Years = numbers // 100 * 10_000 + whole if last else whole * 10_000 + numbers % 10_000
    return found


def _day_first(numbers: Years) -> Years:
    found: Years = _years(numbers % 10_000, numbers // 10_000 % 100, numbers // 1_000_000)
    return found


def _year_first(numbers: Years) -> Years:
    found: Years = _years(numbers // 10_000, numbers // 100 % 100, numbers % 100)
    return found


def _years(year: Years, month: Years, day: Years) -> Years:
    """Years of possible dates; 0 for what is none."""
    last: Years = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    possible = (year > 1900) & (year < 2100) & (month >= 1) & (month <= 12) & (day >= 1)
    possible &= day <= last[np.where(possible, month, 0)]
    found: Years = np.where(possible, year, 0)
    return found

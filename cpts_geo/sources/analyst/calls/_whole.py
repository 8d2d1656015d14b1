"""What a whole column of a call log proves: births, beginnings of NIR, records, split phones.

A number of six digits is a ticket, or a date of birth; a column of them is one or the other: dates
possible nine times in ten, over decades, and no counter. Below three different values a column
proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cpts_geo.sources.analyst.calls._columns import UNKNOWN, key
from cpts_geo.sources.analyst.calls._forms import FIRST_CALLS, LAST_CENTURY, kind_of

#: Different values that prove what a column is; fewer are told to the analyst.
PROOF: Final = 3
#: Share of the cells that must have a form for the column to have it.
SHARE: Final = 0.9
#: Share of the first cells below which the others are not looked at.
LIKELY: Final = 0.5
#: Values that are many; as many first cells are looked at before all of them.
MANY: Final = 20
#: Numbers that follow one another by no more than this are counted, not drawn from lives.
_STEP: Final = 1_000
_HAS_DIGIT: Final = re.compile(r"\d")
_STUB: Final = re.compile(r"[12]\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[1-8]\d|9[0-578]|2[ABab])(?:\d{3})?")
_RECORD: Final = re.compile(r"[A-Za-z]{0,4}[-_ ]?\d{6,}|(?=[^\d]*\d)[0-9A-Za-z-]{8,}")
_CLOCK: Final = r"(?:[01]\d|2[0-3])[0-5]\d[0-5]\d"
# Share of different values, and of those that come back, in a column that follows callers.
_DISTINCT: Final = 0.2
_BACK: Final = 0.05
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


def known(texts: pd.Series) -> pd.Series:
    """Keep the cells that say something."""
    texts = texts[texts != ""]
    words = (text for text in texts.unique() if len(text) <= 20 and not _HAS_DIGIT.search(text))
    short = {text for text in words if key(text) in UNKNOWN}
    return texts[~texts.isin(short)] if short else texts


def matched(texts: pd.Series, form: re.Pattern[str]) -> pd.DataFrame | None:
    """Give the named parts of the cells of a form, where nearly all have it; else None."""
    if not len(texts) or texts.head(MANY).str.fullmatch(form.pattern).mean() < LIKELY:
        return None
    matches = texts.map({text: form.fullmatch(text) for text in texts.unique()}).dropna()
    if len(matches) < SHARE * len(texts):
        return None
    return pd.DataFrame([match.groupdict() for match in matches], index=matches.index)


def is_counter(texts: pd.Series) -> bool:
    """Tell whether numbers (digits alone count) follow one another in small steps: tickets and
    calls, numbered as they come."""
    digits = texts.str.replace(r"\D", "", regex=True).str[-15:]
    numbers = pd.to_numeric(digits, errors="coerce").dropna().to_numpy()
    steps = np.diff(numbers)
    steps = steps[steps != 0]
    if not len(steps):
        return False
    one_way = max((steps > 0).mean(), (steps < 0).mean()) >= SHARE
    return bool(one_way and np.median(np.abs(steps)) <= _STEP)


def births(texts: pd.Series) -> int:
    """Count the rows of a column that are dates of birth, judged together; 0 for dates of calls and
    for tickets."""
    return _written_births(texts.value_counts()) or (
        _compact_births(texts) if texts.nunique() >= PROOF else 0
    )


def coded_births(texts: pd.Series) -> int:
    """Count the rows of a column of initials glued to a date of birth; 0 where letters are always
    the same, or dates those of calls."""
    parts = matched(texts, CODED)
    if parts is None:
        return 0
    letters = parts["a"].fillna(parts["c"])
    numbers = parts["b"].fillna(parts["d"])
    if letters.nunique() < PROOF or numbers.nunique() < PROOF:
        return 0
    return _compact_births(numbers)


def are_days(texts: pd.Series) -> bool:
    """Tell whether nine numbers in ten are days without marks, whatever their order."""
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
    """Whether years are those of lives: early, or over decades."""
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
    """Years of numbers written day, month, year; 0 for no date."""
    found: Years = _years(numbers % 10_000, numbers // 10_000 % 100, numbers // 1_000_000)
    return found


def _year_first(numbers: Years) -> Years:
    """Years of numbers written year, month, day; 0 for no date."""
    found: Years = _years(numbers // 10_000, numbers // 100 % 100, numbers % 100)
    return found


def _years(year: Years, month: Years, day: Years) -> Years:
    """Years of possible dates; 0 for what is none."""
    last: Years = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    possible = (year > 1900) & (year < 2100) & (month >= 1) & (month <= 12) & (day >= 1)
    possible &= day <= last[np.where(possible, month, 0)]
    found: Years = np.where(possible, year, 0)
    return found


def stubs(texts: pd.Series) -> int:
    """Count the rows of a column of beginnings of NIR (sex, year, month, département); 0 where it
    may be of tickets."""
    bare = texts.str.replace(r"[ .\-/_]", "", regex=True)
    parts = matched(bare, _STUB)
    if parts is None or bare.nunique() < PROOF or is_counter(bare):
        return 0
    years = bare[parts.index].str[1:3].astype(int)
    return len(parts) if years.nunique() >= PROOF else 0


def records(texts: pd.Series) -> int:
    """Count the rows of a column of long identifiers that come back, those of callers; 0 for
    numbers of calls and for few identifiers."""
    distinct = texts.nunique()
    if distinct < max(MANY, _DISTINCT * len(texts)) or distinct == len(texts):
        return 0
    # Rows of one call follow one another; those of one caller do not.
    runs = int((texts != texts.shift()).sum())
    if runs - distinct < max(PROOF, _BACK * distinct):
        return 0
    values = pd.Series(texts.unique())
    if values.map(lambda text: _RECORD.fullmatch(text) is not None).mean() < SHARE:
        return 0
    if values.str.fullmatch(_CLOCK).mean() >= SHARE or is_counter(values):
        return 0
    digits = values.str.replace(r"\D", "", regex=True)
    # A day, alone or before the number of the call.
    if are_days(digits) or (digits.str.len().min() > _WHOLE and are_days(digits.str[:8])):
        return 0
    return len(texts)


def split_phones(cells: pd.DataFrame, free: Sequence[int]) -> dict[int, int]:
    """Find phones that are written over neighbouring columns: rows, by every column that holds a
    part."""
    parts = {
        place: texts
        for place in free
        if len(texts := known(cells[place]))
        and texts.head(MANY).str.fullmatch(r"[\d\s.\-/()+]{1,12}").mean() >= LIKELY
    }
    found: dict[int, int] = {}
    for first, texts in parts.items():
        if texts.head(MANY).str.match(r"[0+(]|[1-9]\d?[ .-]").mean() < LIKELY:
            continue
        span = [first]
        while span[-1] + 1 in parts and len(span) < 5:
            span.append(span[-1] + 1)
            if rows := _phones_over([parts[place] for place in span]):
                found |= dict.fromkeys(span, rows)
                break
    return found


def _phones_over(parts: Sequence[pd.Series]) -> int:
    """Rows whose cells make a phone, put end to end."""
    rows = parts[0].index
    for part in parts[1:]:
        rows = rows.intersection(part.index)
    if len(rows) < max(1, SHARE * max(len(part) for part in parts)):
        return 0
    joined = parts[0][rows]
    for part in parts[1:]:
        joined = joined + " " + part[rows]
    unique = joined.unique()
    paired = joined.str.fullmatch(r"(?:\+33 |0033 )?\(?0?\)?\s?[1-9](?:[ .\-/]\d\d){4}")
    # Two digits and two digits in one cell: no count is written so.
    if (parts[0][rows].str.contains(r"\d[ .\-/]\d", regex=True) & paired).mean() >= SHARE:
        return len(rows)
    bare = joined.str.replace(r"[\s.\-/()]", "", regex=True)
    phones = bare.str.fullmatch(r"(?:0|(?:\+|00)33)[1-9]\d{8}")
    if len(unique) < PROOF or phones.mean() < SHARE:
        return 0
    clock = parts[0][rows].str.fullmatch(r"(?:[01]\d|2[0-3])[0-5]\d|\d{1,2}").all()
    if clock and len(parts) < 5:  # an hour, then the number of a ticket or a duration
        return 0
    return 0 if any(is_counter(part[rows]) for part in parts[1:]) else len(rows)


def doubt(texts: pd.Series) -> str | None:
    """Say in French why a column that was not read may lead to somebody, where nothing proves it;
    else None."""
    distinct = texts.nunique()
    if 0 < distinct < PROOF:
        few = pd.Series(texts.unique())
        for what, form in (
            ("une date de naissance", _birth_like),
            ("un nom ou des initiales avec une date de naissance", _coded_like),
            ("un numéro de sécurité sociale", lambda text: bool(_STUB.fullmatch(text))),
        ):
            if few.map(form).any():
                return f"peut-être {what}"
    if distinct >= MANY and distinct >= SHARE * len(texts):
        sample = pd.Series(texts.unique()[:1000])
        if sample.map(lambda text: _RECORD.fullmatch(text) is not None).mean() >= SHARE:
            return "un numéro par appel, qui peut mener à une personne"
    return None


def _birth_like(text: str) -> bool:
    """Whether a text is six or eight digits that are a date of birth."""
    return kind_of(f"x y {text}") is not None if text.isdecimal() and len(text) in {6, 8} else False


def _coded_like(text: str) -> bool:
    """Whether a text is letters glued to a date of birth."""
    match = CODED.fullmatch(text)
    return bool(match) and _birth_like(match["b"] or match["d"])  # type: ignore[index]

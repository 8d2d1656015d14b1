"""What a row of counts is of: months and weeks as they are written, days that are alike."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final, Literal

import pandas as pd

from cpts_geo.french import WEEKDAYS
from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.analyst.calls._values._moments import moment_of, month_of

Unit = Literal["hour", "day", "week", "month"]
#: What a row of counts is of, in French.
UNIT_WORDS: Final[dict[Unit, str]] = {
    "hour": "heure", "day": "jour", "week": "semaine", "month": "mois",
}  # fmt: skip
_MONTH: Final = re.compile(
    r"(?P<word>[^\W\d_]{3,9})\.?[\s/-]+(?P<a>\d{4}|\d\d)|(?P<m>\d{1,2})[-/.](?P<b>\d{4})"
    r"|(?P<c>\d{4})[-/.](?P<n>\d{1,2})"
)
_WEEK: Final = re.compile(
    r"(?:semaine|sem|s|w)[.\s]*(?P<w>\d{1,2})[\s/,-]*(?P<a>\d{4})"
    r"|(?P<b>\d{4})[\s/-]*(?:semaine|sem|s|w)[.\s]*(?P<v>\d{1,2})"
)
_SPAN: Final = re.compile(r"(?:du\s+)?(.{6,20}?)\s+(?:au|-|–|à)\s+(.{6,20})", re.IGNORECASE)
#: Days of a week that a row names: Monday to Friday, to Saturday or to Sunday.
_SPANS: Final = range(4, 7)
#: Rows from which first days of months are months, and days alike may be weeks.
_PROOF: Final = 3
_OF_HEADER: Final[dict[str, Unit]] = {
    "semaine": "week", "semaines": "week", "week": "week",
    "mois": "month", "month": "month",
    "jour": "day", "jours": "day", "day": "day",
}  # fmt: skip


def plain_periods(texts: pd.Series) -> tuple[pd.Series, Unit | None]:
    """Turn months (« janvier 2024 ») or weeks (« S12 2024 ») into their first days, where all are;
    None where they are days."""
    known = [text for text in texts.unique() if text]
    for unit, first_day in (("month", _month), ("week", _week)):
        found = {text: first_day(text) for text in known}
        if known and all(found.values()):
            return texts.map({t: d.isoformat() for t, d in found.items() if d}).fillna(""), unit  # type: ignore[return-value]
    return texts, None


def unit_of(header: str, days: pd.Series) -> tuple[Unit, str]:
    """What rows of counts are of, by the header of their dates and the dates; and a French
    question where nothing tells."""
    words = re.findall("[a-z]+", plain(header))
    for word in words:
        if word in _OF_HEADER:
            return _OF_HEADER[word], ""
    known = pd.Series(days.dropna().unique())
    if len(known) < _PROOF:
        return "day", ""
    if (known.dt.day == 1).all():
        return "month", ""
    if known.dt.day_of_week.nunique() == 1:
        name = WEEKDAYS[int(known.dt.day_of_week.iloc[0])]
        return "day", (
            f"toutes les dates sont des {name}s : un compte par semaine, ou d’une ligne ouverte ce "
            "jour-là ? Nommez la colonne « semaine » ou « jour »"
        )
    return "day", ""


def last_day(first: date, unit: Unit) -> date:
    """Last day of the week or of the month that begins on a day; this day for a day."""
    if unit == "month":
        return (first.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return first + timedelta(days=6 if unit == "week" else 0)


def _month(text: str) -> date | None:
    """First day of a month; None for another text."""
    match = _MONTH.fullmatch(text)
    if not match:
        return None
    year = int(match["a"] or match["b"] or match["c"])
    month = month_of(match["word"]) if match["word"] else int(match["m"] or match["n"])
    return _day(year + 2000 * (year < 100), month)


def _day(year: int, month: int | None) -> date | None:
    """First day of a month that exists; else None."""
    return date(year, month, 1) if month and 1 <= month <= 12 else None


def _week(text: str) -> date | None:
    """Monday of a numbered week, or first day of a span of a week; None for another text."""
    if match := _WEEK.fullmatch(plain(text)):
        try:
            return date.fromisocalendar(
                int(match["a"] or match["b"]), int(match["w"] or match["v"]), 1
            )
        except ValueError:
            return None
    if not (match := _SPAN.fullmatch(text)):
        return None
    first, last = (moment_of(part).time for part in match.groups())
    if first is None or last is None or (last - first).days not in _SPANS:
        return None
    return first.date()

"""One cell of a log to the date, the hour and the offset that it writes."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import cache
from typing import Final, NamedTuple

from cpts_geo.french import MONTHS, WEEKDAYS
from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.analyst.calls._columns import UNKNOWN, key
from cpts_geo.sources.analyst.calls._forms import FIRST_CALLS
from cpts_geo.sources.analyst.calls._values._lines import form_of

#: An earlier year is that of an empty cell, or a birth.
_YEARS: Final = (FIRST_CALLS, 2200)
_WORD: Final = r"[^\W\d_]{3,9}"
_WHEN: Final = re.compile(
    rf"""
    (?:(?P<weekday>{_WORD})\.?,?\s+(?:le\s+)?)?
    (?:(?P<y>\d{{4}})[-/.](?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}})
     | (?P<fd>\d{{1,2}})[-/.](?P<fm>\d{{1,2}})[-/.](?P<fy>\d{{4}}|\d\d)
     | (?P<wd>\d{{1,2}})(?:er)?[\s-]+(?P<month>{_WORD})\.?[\s-]+(?P<wy>\d{{4}}|\d\d))
    (?:(?:\s*[T,]\s*|\s+(?:[àa]\s+)?)
     (?:(?P<compact>\d{{3,6}})
      | (?P<H>\d{{1,2}})
        (?:\s?[:h]\s?(?P<M>\d\d)?(?::(?P<S>\d\d)(?:[.,]\d+)?)?|\.(?P<dotted>\d\d))?)
     \s*(?P<half>[ap]\.?m\.?)?
     \s*(?P<zone>Z|UTC|[+-]\d\d(?::?\d\d)?)?)?
    """,
    re.VERBOSE | re.IGNORECASE,
)
#: « 20240304 », the year first.
_GLUED: Final = re.compile(r"^(20\d\d)([01]\d)([0-3]\d)(?=[T ]|$)")
_NOON: Final = 12


class Moment(NamedTuple):
    """A date as written: local where there is no offset; a French reason where it is none."""

    time: datetime | None = None
    offset: timedelta | None = None
    hour: bool = False
    half: bool = False
    day_first: bool = False
    #: First and last parts of a date whose year has two digits.
    short: tuple[int, int] | None = None
    reason: str = ""


class _UnreadError(ValueError):
    """A date that is none, for a French reason."""


def moment_of(text: str) -> Moment:
    """Moment that a cell writes, or the French reason why it is none."""
    match = _WHEN.fullmatch(_GLUED.sub(r"\1-\2-\3", text.strip()))
    try:
        if not match:
            raise _UnreadError(_unreadable(text))
        return _moment(match.groupdict(), text)
    except _UnreadError as error:
        return Moment(reason=str(error))


def _unreadable(text: str) -> str:
    """Why a text is no date, by its form."""
    if key(text) in UNKNOWN:
        return "date absente"
    return f"date illisible, de la forme « {form_of(text)} »"


def _moment(part: dict[str, str | None], text: str) -> Moment:
    """Moment of the parts of a date, or why it is none."""
    year, month, day = (int(part[x] or part[f"f{x}"] or part.get(f"w{x}") or 0) for x in "ymd")
    if part["wd"]:
        month = month_of(part["month"] or "") or 0
    short = (day, year) if part["fy"] and year < 100 else None
    year += 2000 * (year < 100)
    weekday = _begun(part["weekday"] or "", WEEKDAYS)
    if (not month and part["wd"]) or (weekday is None and part["weekday"]):
        raise _UnreadError(_unreadable(text))
    if month > 12:
        order = "année, mois, jour" if part["y"] else "jour, mois, année"
        raise _UnreadError(f"le mois serait {month} (ordre attendu : {order})")
    if not _YEARS[0] <= year <= _YEARS[1]:
        raise _UnreadError("année invraisemblable")
    try:
        time = datetime(year, month, day, *_clock(part))
    except ValueError as error:
        raise _UnreadError("ce jour ou cette heure n’existe pas") from error
    if weekday not in (None, time.weekday()):
        raise _UnreadError("le jour de la semaine écrit n’est pas celui de cette date")
    return Moment(
        time,
        _offset(part["zone"]),
        hour=part["H"] is not None or part["compact"] is not None,
        half=part["half"] is not None,
        day_first=part["fd"] is not None and part["weekday"] is None,
        short=short,
    )


def month_of(word: str) -> int | None:
    """Month (1 to 12) whose French name a word is, or begins without a doubt; else None."""
    found = _begun(word, MONTHS)
    return None if found is None else found + 1


@cache
def _begun(word: str, names: tuple[str, ...]) -> int | None:
    """Place of the only name that a word begins, three letters at least."""
    bare = plain(word)
    found = [place for place, name in enumerate(names) if plain(name).startswith(bare)]
    return found[0] if len(found) == 1 and len(bare) > 2 else None


def _clock(part: dict[str, str | None]) -> tuple[int, int, int]:
    """Hour, minute and second of the parts of a date; a ValueError for an hour past noon twice."""
    if compact := part["compact"]:
        seconds = compact[-2:] * (len(compact) > 4)
        compact = compact.removesuffix(seconds)
        hour, minute, second = int(compact[:-2]), int(compact[-2:]), int(seconds or 0)
    else:
        hour, minute = int(part["H"] or 0), int(part["M"] or part["dotted"] or 0)
        second = int(part["S"] or 0)
    if half := part["half"]:
        if not 1 <= hour <= _NOON:
            raise ValueError
        hour = hour % _NOON + _NOON * (half[0] in "pP")
    return hour, minute, second


def _offset(zone: str | None) -> timedelta | None:
    """Offset from UTC that a zone writes; None without one."""
    if zone is None:
        return None
    if zone.upper() in {"Z", "UTC"}:
        return timedelta(0)
    digits = zone[1:].replace(":", "").ljust(4, "0")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -size if zone[0] == "-" else size

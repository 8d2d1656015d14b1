"""Cells of a call log to values: local times, outcomes, age classes; defects by line.

Messages never repeat a cell as written, which may be about a person: a date is shown by its form
(digits as 9), an unknown wording only where it is close to a known one.
"""

from __future__ import annotations

import difflib
import math
import re
import secrets
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd

from cpts_geo.french import number
from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.analyst.calls._columns import UNKNOWN, WORDINGS, key, outcome_of
from cpts_geo.sources.analyst.calls._forms import FIRST_CALLS
from cpts_geo.sources.analyst.calls._words import is_common_name, words

#: Lower ends of the classes that exact ages are turned into; the last is open.
AGE_STARTS: Final = (0, 5, 17, 65, 75)
_AGE_WORDS: Final = frozenset(
    {
        "nourrisson", "nourrissons", "enfant", "enfants", "adolescent", "adolescents", "adulte",
        "adultes", "senior", "seniors",
    }
)  # fmt: skip
_MAX_AGE: Final = 120
#: An earlier year is that of an empty cell, or a birth.
_YEARS: Final = (FIRST_CALLS, 2200)
#: Lines written in a message; the rest is counted.
_SHOWN: Final = 5
#: Likeness of a wording to a known one, from which it is a slip of the hand and may be quoted.
_SLIP: Final = 0.8
#: A class of fewer years says nearly an age.
_MIN_CLASS: Final = 5
_PARIS: Final = ZoneInfo("Europe/Paris")
_WHEN: Final = re.compile(
    r"(?:(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})"
    r"|(?P<fd>\d{1,2})[-/.](?P<fm>\d{1,2})[-/.](?P<fy>\d{4}))"
    r"(?:(?:\s*[T,]\s*|\s+(?:[àa]\s+)?)(?P<H>\d{1,2})"
    r"(?:\s?[:hH]\s?(?P<M>\d{2})?(?::(?P<S>\d{2})(?:[.,]\d+)?)?)?"
    r"\s*(?P<zone>Z|UTC|[+-]\d{2}(?::?\d{2})?)?)?"
)


class _Moment(NamedTuple):
    """A date as written: local where there is no offset; a French reason where it is none."""

    time: datetime | None = None
    offset: timedelta | None = None
    hour: bool = False
    day_first: bool = False
    reason: str = ""


class Times(NamedTuple):
    """Local times of Europe/Paris (NaT where unread), whether they have an hour, French defects,
    whether they were converted from an offset, whether day before month is assumed."""

    local: pd.Series
    with_hour: bool
    defects: list[str]
    converted: bool
    order_assumed: bool


def said_lines(lines: Iterable[int]) -> str:
    """Count lines of a file, and name the first ones."""
    known = list(lines)
    first = ", ".join(map(str, known[:_SHOWN]))
    more = "…" if len(known) > _SHOWN else ""
    return f"{number(len(known))} ligne{'s' if len(known) > 1 else ''} ({first}{more})"


def times(dates: pd.Series, hours: pd.Series | None, *, today: date) -> Times:
    """Read the date-times of a log, ISO or French, with or without offsets (all absent, all alike,
    or those of summer and winter in France); `hours` where no date holds one."""
    found = _moments(dates)
    # A spreadsheet writes midnight after a date that has its hour in another column.
    bare = all(m.time is None or (m.time.hour, m.time.minute) == (0, 0) for m in found)
    if hours is not None and bare:
        days = dates.str.replace(r"[T\s]+00[:h]00(?::00)?$", "", regex=True)
        found = _moments((days + " " + hours).str.strip())
    lines = [int(line) for line in dates.index]
    defects = _unread(dates, found)
    with_hour = any(m.hour for m in found)
    if with_hour:
        without = [i for i, m in zip(lines, found, strict=True) if m.time and not m.hour]
        if without:
            defects.append(f"{said_lines(without)} sans heure, d’autres en ont une")
    defects += _zones(lines, found)
    read = [m.time and _to_paris(m.time, m.offset) for m in found]
    local = pd.Series(pd.to_datetime(pd.Series(read, dtype=object)).array, index=dates.index)
    local = local.astype("datetime64[us]")
    later = local.index[local >= pd.Timestamp(today) + pd.Timedelta(days=1)]
    if len(later):
        defects.append(f"{said_lines(later)} après le {today:%d/%m/%Y} : dates à venir")
    timed = with_hour and bool((local != local.dt.normalize())[local.notna()].any())
    order = [m.time.day for m in found if m.time and m.day_first]
    converted = any(m.offset is not None for m in found)
    return Times(local, timed, defects, converted, bool(order) and max(order) <= 12)


def outcomes(texts: pd.Series) -> tuple[pd.Series, list[str]]:
    """Read the outcomes of a log, missing where nothing is known, and French lines on the wordings
    that are not known."""
    known = {text: outcome_of(text) for text in texts.unique()}
    found = pd.Categorical(texts.map(known), categories=list(WORDINGS))
    defects: list[str] = []
    hidden: list[int] = []
    names = {key(wording): wording for each in WORDINGS.values() for wording in each}
    for text, outcome in known.items():
        if outcome or key(text) in UNKNOWN:
            continue
        lines = [int(line) for line in texts.index[texts == text]]
        close = difflib.get_close_matches(key(text), names, n=1, cutoff=_SLIP)
        # A word more than the wording may be somebody: « vu E. », « rendez-vous pris M. X ».
        if not close or is_common_name(text) or _says_more(text, names[close[0]]):
            hidden += lines
            continue
        defects.append(
            f"{said_lines(lines)} : issue « {_short(text)} » inconnue, la plus proche est "
            f"« {names[close[0]]} »"
        )
    if hidden:
        defects.append(
            f"{said_lines(sorted(hidden))} : issues inconnues, qui ne sont pas répétées ici (ce "
            "peut être une personne)"
        )
    if defects:
        said = " ; ".join(", ".join(wordings) for wordings in WORDINGS.values())
        defects.append(f"issues connues : {said}")
    return pd.Series(found, index=texts.index), defects


def _says_more(text: str, wording: str) -> bool:
    """Whether a text has more words than a wording, or digits where it has none."""
    more = len(words(text)) > len(words(wording))
    return more or any(c.isdigit() for c in text) > any(c.isdigit() for c in wording)


def age_classes(texts: pd.Series) -> tuple[pd.Series, list[str]]:
    """Read ages as classes (``17-64``, ``75+``), exact ages not kept, missing where nothing is
    known; and French lines on the others."""
    found = {text: _age_class(text) for text in texts.unique()}
    classes = texts.map(found)
    wrong = texts.index[classes == ""]
    defects = [f"{said_lines(wrong)} : ni une classe d’âge, ni un âge"] if len(wrong) else []
    return classes.astype(str).where(classes.notna()), defects


def hashed(texts: pd.Series) -> pd.Series:
    """Hash the groups of letters and digits of each text, whatever their case and what stands
    between them, with a secret drawn for this column and not kept; missing where nothing is known.
    """
    secret = secrets.token_bytes(32)
    kept = {text: _groups(text) for text in texts.unique()}
    known = {
        text: blake2b(" ".join(each).encode(), key=secret, digest_size=16).hexdigest()
        for text, each in kept.items()
        if "".join(each) not in UNKNOWN
    }
    return texts.map(known).astype(str).where(texts.isin(list(known)))


def _groups(text: str) -> list[str]:
    """Groups of letters and digits of a text; one of a whole number that a spreadsheet wrote."""
    # « 1-23 » and « 12-3 » are two keys. What cannot be seen stands between no groups.
    seen = "".join(c for c in plain(text) if unicodedata.category(c) != "Cf")
    return re.findall(r"[^\W_]+", re.sub(r"^\W*(\d+)[.,]0$", r"\1", seen))


def _age_class(text: str) -> str | None:
    """Class of a cell; None where nothing is known, empty where it cannot be read."""
    if key(text) in UNKNOWN:
        return None
    words = re.sub(r"\b(?:ans?|years?|y)\b", " ", plain(text).replace("–", "-"))
    words = re.sub(r"\s+", " ", words).strip(" .[]()")
    if words in _AGE_WORDS:
        return words
    low, high = _age_bounds(words)
    if not low <= high or low > _MAX_AGE:
        return ""
    if high - low + 1 < _MIN_CLASS:
        first, last = _of_age(low), _of_age(int(high))
        if first == last:
            return first
        return f"{first.split('-')[0]}{'+' if '+' in last else '-' + last.split('-')[1]}"
    return f"{low}+" if math.isinf(high) else f"{low}-{high:.0f}"


def _age_bounds(words: str) -> tuple[int, float]:
    """First and last whole years of a class; last below first where there is none."""
    if exact := re.fullmatch(r"(\d{1,3})(?:[.,]\d+)?( ?mois)?", words):
        years = int(exact[1]) // (12 if exact[2] else 1)
        return years, years
    if between := re.fullmatch(r"(?:de )?(\d{1,3}) ?(?:-|a|et) ?(\d{1,3})", words):
        return int(between[1]), int(between[2])
    if below := re.fullmatch(r"(?:<|moins de) ?(\d{1,3})", words):
        return 0, int(below[1]) - 1
    if above := re.fullmatch(r"(>=?|plus de)? ?(\d{1,3}) ?(?:\+|(?:et|ou) plus)?", words):
        return int(above[2]) + (above[1] in {">", "plus de"}), math.inf
    return 0, -1


def _of_age(years: int) -> str:
    """Class of an exact age, in whole years."""
    place = bisect_right(AGE_STARTS, years)
    following = AGE_STARTS[place : place + 1]
    start = AGE_STARTS[place - 1]
    return f"{start}-{following[0] - 1}" if following else f"{start}+"


def _moments(texts: pd.Series) -> list[_Moment]:
    """Moment of each cell, in order."""
    # Far fewer distinct texts than cells, often: each is parsed once.
    known = {text: _moment(text) for text in texts.unique()}
    return [known[text] for text in texts]


def _moment(text: str) -> _Moment:
    """Moment that a cell writes, or the French reason why it is none."""
    match = _WHEN.fullmatch(text.strip())
    if not match:
        if key(text) in UNKNOWN:
            return _Moment(reason="date absente")
        return _Moment(reason=f"date illisible, de la forme « {_form(text)} »")
    part = match.groupdict()
    year, month, day = (int(part[x] or part[f"f{x}"]) for x in "ymd")
    if month > 12:
        order = "année, mois, jour" if part["y"] else "jour, mois, année"
        return _Moment(reason=f"le mois serait {month} (ordre attendu : {order})")
    if not _YEARS[0] <= year <= _YEARS[1]:
        return _Moment(reason="année invraisemblable")
    hour = part["H"] is not None
    try:
        clock = (int(part["H"] or 0), int(part["M"] or 0), int(part["S"] or 0))
        time = datetime(year, month, day, *clock)
        return _Moment(time, _offset(part["zone"]), hour, part["y"] is None)
    except ValueError:
        return _Moment(reason="ce jour ou cette heure n’existe pas")


def _offset(zone: str | None) -> timedelta | None:
    """Offset from UTC that a zone writes; None without one."""
    if zone is None:
        return None
    if zone in {"Z", "UTC"}:
        return timedelta(0)
    digits = zone[1:].replace(":", "").ljust(4, "0")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -size if zone[0] == "-" else size


def _to_paris(time: datetime, offset: timedelta | None) -> datetime:
    """Local time of Europe/Paris; as written where there is no offset."""
    if offset is None:
        return time
    return (time - offset).replace(tzinfo=UTC).astimezone(_PARIS).replace(tzinfo=None)


def _unread(dates: pd.Series, found: Sequence[_Moment]) -> list[str]:
    """French lines on the dates that are none, by reason."""
    by_reason: dict[str, list[int]] = {}
    for line, moment in zip(dates.index, found, strict=True):
        if moment.reason:
            by_reason.setdefault(moment.reason, []).append(int(line))
    return [f"{said_lines(lines)} : {reason}" for reason, lines in by_reason.items()]


def _zones(lines: Sequence[int], found: Sequence[_Moment]) -> list[str]:
    """French lines on offsets that are mixed, or not of métropole."""
    read = [(line, m) for line, m in zip(lines, found, strict=True) if m.time]
    aware = [line for line, m in read if m.offset is not None]
    naive = [line for line, m in read if m.offset is None]
    if not aware:
        return []
    if naive:
        return [
            f"fuseaux mêlés : {said_lines(aware)} avec un décalage (Z, +02:00), "
            f"{said_lines(naive)} sans"
        ]
    offsets = {m.offset for _, m in read}
    if len(offsets) == 1:
        hours = offsets.pop()
        if hours in {timedelta(0), timedelta(hours=1), timedelta(hours=2)}:
            return []
        return ["décalage qui n’est ni UTC, ni l’heure d’hiver ou d’été de métropole"]
    wrong = [line for line, m in read if m.time and _to_paris(m.time, m.offset) != m.time]
    if not wrong:
        return []
    return [f"fuseaux mêlés : {said_lines(wrong)} hors de l’heure de Paris, été comme hiver"]


def _form(text: str) -> str:
    """Digits as 9, letters as a: what a cell looks like, and not what it says."""
    form = re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", text))
    return _short("".join(c if c.isprintable() else " " for c in form))


def _short(text: str) -> str:
    """A text of forty characters at most."""
    return text if len(text) <= 40 else f"{text[:39]}…"

"""Columns of dates and hours to local times: one form, one order and one clock for the whole log.

What may be read in two ways is refused; what is usual but not proved is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

import pandas as pd

from cpts_geo.sources.analyst.calls._forms import FIRST_CALLS
from cpts_geo.sources.analyst.calls._values._hours import plain_dates, plain_hours
from cpts_geo.sources.analyst.calls._values._lines import said_lines
from cpts_geo.sources.analyst.calls._values._moments import Moment, moment_of
from cpts_geo.sources.analyst.calls._values._zones import PARIS, PLACES, in_paris, in_zone

_METROPOLE: Final = frozenset({timedelta(hours=1), timedelta(hours=2)})


class Times(NamedTuple):
    """Local times (NaT where unread), whether they have an hour, French defects, French notes on
    what was turned or assumed, whether UTC needs a place that nobody gave."""

    local: pd.Series
    with_hour: bool
    defects: list[str]
    notes: list[str]
    unplaced: bool


def times(
    dates: pd.Series, hours: pd.Series | None, *, today: date, zone: str | None = None
) -> Times:
    """Read the date-times of a log, with or without offsets (all absent, all alike, or those of
    summer and winter in France); `hours` where no date holds one, `zone` of those in UTC."""
    days = plain_dates(dates)
    defects, notes = list(days.defects), []
    if days.numbers:
        notes.append("Dates écrites en nombre de jours d’Excel, ainsi lues.")
    found = _moments(days.texts)
    # A spreadsheet writes midnight after a date that has its hour in another column.
    if hours is not None and all(m.time is None or _is_midnight(m.time) for m in found):
        clock = plain_hours(hours, numbers=days.numbers)
        defects += clock.defects
        bare = days.texts.str.replace(r"[T\s]+00[:h]00(?::00)?$", "", regex=True)
        found = _moments((bare + " " + clock.texts).str.strip())
    lines = list(dates.index)
    defects += [] if days.defects else _unread(lines, found)
    defects += _uneven(lines, found) + _year_first(found, today=today)
    defects += _mixed_zones(lines, found)
    offsets = {m.offset for m in found if m.time and m.offset is not None}
    in_utc = offsets == {timedelta(0)}
    read = [m.time and _local(m.time, m.offset, offsets=offsets, zone=zone) for m in found]
    local = pd.Series(pd.to_datetime(pd.Series(read, dtype=object)).array, index=dates.index)
    local = local.astype("datetime64[us]")
    later = local.index[local >= pd.Timestamp(today) + pd.Timedelta(days=1)]
    if len(later):
        defects.append(f"{said_lines(later)} après le {today:%d/%m/%Y} : dates à venir")
    with_hour = any(m.hour for m in found)
    timed = with_hour and bool((local != local.dt.normalize())[local.notna()].any())
    if said := _zone_note(offsets, zone):
        notes.append(said)
    order = [m.time.day for m in found if m.time and m.day_first]
    if order and max(order) <= 12:
        notes.append(
            "Dates lues dans l’ordre français, jour/mois/année : aucun jour ne dépasse 12. "
            "Vérifiez que le fichier n’est pas dans l’ordre américain."
        )
    return Times(local, timed, defects, notes, in_utc and zone is None)


def are_in_utc(texts: pd.Series) -> bool:
    """Tell whether some dates may say that they are in UTC."""
    return bool(texts.str.contains(r"(?:Z|UTC|[+-]00(?::?00)?)$", case=False, regex=True).any())


def _moments(texts: pd.Series) -> list[Moment]:
    """Moment of each cell, in order."""
    # Far fewer distinct texts than cells, often: each is parsed once.
    known = {text: moment_of(text) for text in texts.unique()}
    return [known[text] for text in texts]


def _is_midnight(time: datetime) -> bool:
    """Whether a time is the beginning of a day."""
    return (time.hour, time.minute) == (0, 0)


def _local(
    time: datetime, offset: timedelta | None, *, offsets: set[timedelta], zone: str | None
) -> datetime:
    """Time on the clock of the place: that of métropole for its own offsets, else as written."""
    if offset is None or not offsets <= _METROPOLE | {timedelta(0)}:
        return time
    return in_zone(time - offset, (zone or PARIS) if offsets == {timedelta(0)} else PARIS)


def _zone_note(offsets: set[timedelta], zone: str | None) -> str:
    """French sentence on what became of offsets; empty where there is none."""
    if not offsets:
        return ""
    if offsets == {timedelta(0)}:
        return f"Heures données en UTC, ramenées à l’heure {PLACES[zone or PARIS]}."
    if offsets <= _METROPOLE | {timedelta(0)}:
        return "Heures données avec leur décalage, ramenées à l’heure de Paris."
    return (
        "Heures données avec un décalage qui n’est pas celui de métropole : gardées telles "
        "qu’écrites, à l’heure du lieu."
    )


def _unread(lines: Sequence[object], found: Sequence[Moment]) -> list[str]:
    """French lines on the dates that are none, by reason."""
    by_reason: dict[str, list[object]] = {}
    for line, moment in zip(lines, found, strict=True):
        if moment.reason:
            by_reason.setdefault(moment.reason, []).append(line)
    return [f"{said_lines(each)} : {reason}" for reason, each in by_reason.items()]


def _uneven(lines: Sequence[object], found: Sequence[Moment]) -> list[str]:
    """French lines on the dates without an hour, or without AM or PM, where others have one."""
    read = [(line, m) for line, m in zip(lines, found, strict=True) if m.time]
    defects = []
    without = [line for line, m in read if not m.hour]
    if without and len(without) < len(read):
        defects.append(f"{said_lines(without)} sans heure, d’autres en ont une")
    whole = [line for line, m in read if m.hour and not m.half]
    if whole and any(m.half for _, m in read):
        defects.append(f"{said_lines(whole)} sans AM ni PM, d’autres l’ont")
    return defects


def _year_first(found: Sequence[Moment], *, today: date) -> list[str]:
    """A French line where years on two digits may stand first: there, they would vary less."""
    short = [m.short for m in found if m.time and m.short]
    firsts, lasts = ({each[end] for each in short} for end in (0, 1))
    years = range(FIRST_CALLS % 100, today.year % 100 + 1)
    if len(lasts) <= len(firsts) or not firsts.issubset(years):
        return []
    return [
        "années sur deux chiffres : rien ne dit si elles viennent en premier ou en dernier ; "
        "écrivez-les sur quatre chiffres"
    ]


def _mixed_zones(lines: Sequence[object], found: Sequence[Moment]) -> list[str]:
    """French lines on offsets that are not all of one place."""
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
    if len({m.offset for _, m in read}) == 1:
        return []
    wrong = [line for line, m in read if m.time and in_paris(m.time, m.offset) != m.time]
    if not wrong:
        return []
    return [f"fuseaux mêlés : {said_lines(wrong)} hors de l’heure de Paris, été comme hiver"]

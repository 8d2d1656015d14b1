"""Opening days of a line, and how requests vary from one to the next.

A line opens on some weekdays, outside public holidays and its own closures. Requests of an
opening day are relative to the mean opening day of the year::

    factor(day) = W(weekday) x M(month) x F(first day after a holiday that closed it) x S(school)

normalised to a mean of 1 over the opening days of the year, so that a profile moves requests
within the year and never adds any.
"""

from __future__ import annotations

from datetime import date, time
from functools import lru_cache
from typing import Annotated, Any, Final, Literal

import numpy as np
import pandas as pd
from holidays.countries.france import France

from cpts_geo.capacity.scenario.parameters import default_parameters
from cpts_geo.capacity.scenario.records import AS_TUPLE, Record, field
from cpts_geo.errors import ScenarioError

#: Regions whose public holidays differ -> their name in the library of holidays.
_REGIONS: Final = {
    "metropole": None,
    "alsace": "6AE",
    "moselle": "57",
    "guadeloupe": "971",
    "martinique": "972",
    "guyane": "973",
    "la_reunion": "974",
    "mayotte": "976",
}
_Region = Literal[
    "metropole", "alsace", "moselle", "guadeloupe", "martinique", "guyane", "la_reunion", "mayotte"
]
_Weekday = Annotated[int, field("Jour de la semaine, 1 = lundi", ge=1, le=7)]
_Factor = Annotated[float, field("Rapport à la moyenne", gt=0, le=100)]
_Factors = Annotated[tuple[_Factor, ...], AS_TUPLE]
_Closure = Annotated[tuple[date, date], AS_TUPLE]


class Calendar(Record):
    """
    Days and hours of a line, and the shape of its demand over the year.

    Each field carries its French description and unit, published in the scenario schema.
    """

    year: int = field("Année dont on compte les jours d’ouverture", "année", ge=1990, le=2100)
    weekdays: Annotated[tuple[_Weekday, ...], AS_TUPLE] = field(
        "Jours d’ouverture de la semaine", hint="1 = lundi … 7 = dimanche"
    )
    opens: time = field("Heure d’ouverture", "heure locale")
    closes: time = field("Heure de fermeture", "heure locale")
    public_holidays: Literal["closed", "open"] = field("Ouverture les jours fériés")
    region: _Region = field("Région dont on prend les jours fériés")
    closed: Annotated[tuple[_Closure, ...], AS_TUPLE] = field(
        "Fermetures propres", "dates", hint="premier et dernier jour de chacune"
    )
    weekday_factors: _Factors = field(
        "Demandes de chaque jour d’ouverture de la semaine",
        "rapport à la moyenne",
        hint="dans l’ordre de « weekdays »",
    )
    month_factors: _Factors = field(
        "Demandes de chaque mois", "rapport à la moyenne", hint="de janvier à décembre"
    )
    after_holiday_factor: _Factor = field(
        "Demandes du premier jour d’ouverture après un jour férié qui a fermé la ligne",
        "rapport à un jour ordinaire",
    )
    school_zone: Literal["A", "B", "C"] | None = field("Zone de vacances scolaires", default=None)
    school_holiday_factor: _Factor = field(
        "Demandes d’un jour de vacances scolaires", "rapport à un jour de classe", default=1.0
    )

    def _contradictions(self) -> list[str]:
        defects = []
        if list(self.weekdays) != sorted(set(self.weekdays)) or not self.weekdays:
            defects.append("« weekdays » : il faut au moins un jour, dans l'ordre, sans doublon")
        if len(self.weekday_factors) != len(self.weekdays):
            defects.append("« weekday_factors » : il faut un facteur par jour de « weekdays »")
        if len(self.month_factors) != 12:
            defects.append("« month_factors » : il faut 12 facteurs, de janvier à décembre")
        if self.opens.tzinfo or self.closes.tzinfo:
            defects.append("« opens » et « closes » : des heures locales, sans fuseau")
        elif self.closes <= self.opens:
            defects.append("« closes » doit venir après « opens »")
        defects += [
            f"« closed » : {first:%d/%m/%Y} vient après {last:%d/%m/%Y}"
            for first, last in self.closed
            if last < first
        ]
        if self.school_zone is None and self.school_holiday_factor != 1.0:
            defects.append("« school_holiday_factor » demande « school_zone » (A, B ou C)")
        if self.school_zone is not None and not _school_year(self.year):
            defects.append(f"« year » = {self.year} : vacances scolaires inconnues cette année-là")
        if not defects and len(_open_days(self, self.year)) == 0:
            defects.append("aucun jour d'ouverture dans l'année : « weekdays » et « closed »")
        return defects

    @property
    def days_per_year(self) -> int:
        """Opening days of the year, at least 1."""
        return len(_factors(self))

    @property
    def opening_months(self) -> set[int]:
        """Months that have an opening day, 1 (January) to 12."""
        return {day.month for day in _open_days(self, self.year)}

    @property
    def factors(self) -> pd.Series:
        """Requests of each opening day of the year relative to the mean one, by day; mean 1."""
        return _factors(self).copy()

    @property
    def day_profile(self) -> pd.Series:
        """The same with no month nor school holiday: visitors come by their own months."""
        return _factors(
            self.model_copy(update={"month_factors": (1.0,) * 12, "school_holiday_factor": 1.0})
        ).copy()


def _public_holidays(start: date, end: date, *, region: _Region = "metropole") -> pd.DatetimeIndex:
    """Public holidays between two dates, both included; a ScenarioError if they are inverted."""
    if end < start:
        raise ScenarioError(
            "La période est à l'envers.",
            defects=[f"début {start:%d/%m/%Y}, fin {end:%d/%m/%Y}"],
            remedy="donnez d'abord le premier jour, puis le dernier.",
        )
    years = range(start.year, end.year + 1)
    french = France(subdiv=_REGIONS[region], years=years)  # type: ignore[no-untyped-call]
    return pd.DatetimeIndex(sorted(day for day in french if start <= day <= end))


def opening_days(start: date, end: date, *, calendar: Calendar | None = None) -> pd.DatetimeIndex:
    """
    List the opening days between two dates.

    Parameters
    ----------
    start, end : datetime.date
        First and last day, included, in this order, else a ScenarioError.
    calendar : Calendar, optional
        Days of the line; :func:`default_calendar` if absent.

    Returns
    -------
    pandas.DatetimeIndex
        Opening days in order; empty if none.

    Examples
    --------
    >>> from datetime import date
    >>> len(opening_days(date(2023, 3, 6), date(2024, 3, 31)))
    270
    """
    rules = calendar or default_calendar()
    off = _public_holidays(start, end, region=rules.region)
    days = pd.date_range(start, end)
    days = days[np.isin(days.isocalendar().day, rules.weekdays)]
    if rules.public_holidays == "closed":
        days = days.difference(off)
    for first, last in rules.closed:
        days = days[(days < pd.Timestamp(first)) | (days > pd.Timestamp(last))]
    return days


@lru_cache(maxsize=1)
def default_calendar() -> Calendar:
    """
    Read the calendar of a line that gives none.

    Returns
    -------
    Calendar
        Monday to Friday, 8 h to 20 h, outside the public holidays of métropole.

    Examples
    --------
    >>> default_calendar().weekdays
    (1, 2, 3, 4, 5)
    """
    return Calendar.model_validate(default_parameters()["calendar"].value)


def _open_days(calendar: Calendar, year: int, *, holidays_too: bool = False) -> pd.DatetimeIndex:
    """Opening days of a year; where asked, as if public holidays were not closed."""
    rules = calendar.model_copy(update={"public_holidays": "open"}) if holidays_too else calendar
    return opening_days(date(year, 1, 1), date(year, 12, 31), calendar=rules)


@lru_cache(maxsize=256)
def _factors(calendar: Calendar) -> pd.Series:
    """Requests of each opening day relative to the mean one, kept for the next call."""
    days = _open_days(calendar, calendar.year)
    weekday = dict(zip(calendar.weekdays, calendar.weekday_factors, strict=True))
    shape = np.array([weekday[day] for day in days.isocalendar().day], dtype=np.float64)
    shape *= np.asarray(calendar.month_factors)[days.month - 1]
    off = _public_holidays(
        date(calendar.year, 1, 1), date(calendar.year, 12, 31), region=calendar.region
    )
    if calendar.public_holidays == "closed":
        # A holiday that falls on a day already closed holds nobody back.
        kept = off[off.isin(_open_days(calendar, calendar.year, holidays_too=True))]
        after = days.searchsorted(kept, side="right")
        after = np.unique(after[after < len(days)])
        shape[after] *= calendar.after_holiday_factor
    if calendar.school_zone is not None:
        free = _school_holidays(calendar.year, calendar.school_zone)
        shape[days.isin(free)] *= calendar.school_holiday_factor
    return pd.Series(shape / shape.mean(), index=days, name="factor")


def _school_year(year: int) -> bool:
    """Whether the school holidays of a year are known in full."""
    dates = _school_dates()
    # The first and last years known are known in part: a year in full has both its ends.
    known = dates.min_year <= year <= dates.max_year
    return known and {1, 12} <= set(_school_holidays(year, "A").month)


@lru_cache(maxsize=1)
def _school_dates() -> Any:
    """The library of school holidays, read once."""
    # Imported here: half a megabyte of dates that only a school calendar needs.
    from vacances_scolaires_france import SchoolHolidayDates  # noqa: PLC0415

    return SchoolHolidayDates()


@lru_cache(maxsize=32)
def _school_holidays(year: int, zone: str) -> pd.DatetimeIndex:
    """Days of school holidays of a zone in a year, in order."""
    return pd.DatetimeIndex(sorted(_school_dates().holidays_for_year_and_zone(year, zone)))

"""Opening days of a line, and how requests vary from one to the next.

A line opens on some weekdays, outside public holidays and its own closures. Requests of an
opening day are relative to the mean opening day of the year::

    factor(day) = W(weekday) x M(month) x F(day around a holiday) x S(school)

normalised to a mean of 1 over the opening days of the year, so that a profile moves requests
within the year and never adds any. F is that of a bridge where the day is one, else that of the
first day after a holiday that closed the line, or of a holiday that does not.

A Saturday morning that opens stands apart from these days: its requests come on top of theirs, and
Monday is not relieved of any. It counts as an opening day of the deadline.
"""

from __future__ import annotations

from datetime import date, time
from functools import lru_cache
from typing import Annotated, Any, Final, Literal

import numpy as np
import pandas as pd

from cpts_geo.capacity.scenario._slips.hours import (
    SATURDAY,
    SATURDAY_CLOSES,
    SATURDAY_OPENS,
)
from cpts_geo.capacity.scenario.parameters import (
    MEASURED,
    Parameters,
    default_parameters,
    named_profiles,
)
from cpts_geo.capacity.scenario.records import AS_TUPLE, Record, Weekday, field
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
_Factor = Annotated[float, field("Rapport à la moyenne", gt=0, le=100)]
_Factors = Annotated[tuple[_Factor, ...], AS_TUPLE]
_Closure = Annotated[tuple[date, date], AS_TUPLE]


#: First and last year that a calendar knows.
YEARS: Final = (1990, 2100)


class Calendar(Record):
    """
    Days and hours of a line, and the shape of its demand over the year.

    Each field carries its French description and unit, published in the scenario schema.
    """

    year: int = field(
        "Année dont on compte les jours d’ouverture", "année", ge=YEARS[0], le=YEARS[1]
    )
    weekdays: Annotated[tuple[Weekday, ...], AS_TUPLE] = field(
        "Jours d’ouverture de la semaine", hint="1 = lundi … 7 = dimanche"
    )
    saturday_morning: bool = field(
        "Ouverture le samedi matin, de 8 h à 12 h",
        hint="en plus de « weekdays » ; ses créneaux sont « slots_saturday »",
        default=False,
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
    hour_factors: _Factors = field(
        "Demandes de chaque heure, de 8 h à 20 h",
        "rapport à la moyenne",
        hint="12 heures ; absent : un profil supposé",
        default=(),
    )
    after_holiday_factor: _Factor = field(
        "Demandes du premier jour d’ouverture après un jour férié qui a fermé la ligne",
        "rapport à un jour ordinaire",
        default=1.0,
    )
    bridge_factor: _Factor | None = field(
        "Demandes d’un pont, jour ouvert entre un jour férié et une fin de semaine",
        "rapport à un jour ordinaire",
        hint="à la place du facteur d’après un jour férié",
        default=None,
    )
    holiday_factor: _Factor = field(
        "Demandes d’un jour férié, si la ligne est ouverte",
        "rapport à un jour ordinaire",
        default=1.0,
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
        if self.saturday_morning and SATURDAY in self.weekdays:
            defects.append(
                "« saturday_morning » et 6 dans « weekdays » : le samedi matin, ou le samedi entier"
            )
        if len(self.month_factors) != 12:
            defects.append("« month_factors » : il faut 12 facteurs, de janvier à décembre")
        if len(self.hour_factors) not in (0, 12):
            defects.append("« hour_factors » : il faut 12 facteurs, de 8 h à 20 h")
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
    def opening_days(self) -> pd.DatetimeIndex:
        """Opening days of the year, in order."""
        return pd.DatetimeIndex(_factors(self).index)

    @property
    def hours_per_day(self) -> float:
        """Hours open on an opening day."""
        minutes = self.closes.minute - self.opens.minute
        return self.closes.hour - self.opens.hour + minutes / 60.0

    @property
    def week_days(self) -> tuple[int, ...]:
        """Weekdays that open, 1 = Monday, Saturday last where its morning does."""
        return (*self.weekdays, SATURDAY) if self.saturday_morning else self.weekdays

    @property
    def saturdays(self) -> pd.DatetimeIndex:
        """Saturdays of the year whose morning opens; they are not among its opening days."""
        if not self.saturday_morning:
            return pd.DatetimeIndex([])
        return _open_days(self.model_copy(update={"weekdays": (SATURDAY,)}), self.year)

    @property
    def hours_of_week(self) -> tuple[float, ...]:
        """Hours open on each opening day of the week, Saturday morning last where it opens."""
        morning = float(SATURDAY_CLOSES.hour - SATURDAY_OPENS.hour)
        ordinary = (self.hours_per_day,) * len(self.weekdays)
        return (*ordinary, morning) if self.saturday_morning else ordinary

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


def public_holidays(start: date, end: date, *, region: _Region = "metropole") -> pd.DatetimeIndex:
    """
    List the public holidays between two dates.

    Parameters
    ----------
    start, end : datetime.date
        First and last day, included, in this order, else a ScenarioError.
    region : str
        Region whose holidays they are, as :class:`Calendar` names it.

    Returns
    -------
    pandas.DatetimeIndex
        Holidays in order, those of a weekend too.

    Examples
    --------
    >>> len(public_holidays(date(2025, 1, 1), date(2025, 12, 31)))
    11
    """
    if end < start:
        raise ScenarioError(
            "La période est à l'envers.",
            defects=[f"début {start:%d/%m/%Y}, fin {end:%d/%m/%Y}"],
            remedy="donnez d'abord le premier jour, puis le dernier.",
        )
    years = range(start.year, end.year + 1)
    # Its package loads every country: imported when days are counted.
    from holidays.countries.france import France  # noqa: PLC0415

    french: Any = France(subdiv=_REGIONS[region], years=years)  # type: ignore[no-untyped-call]
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
    off = public_holidays(start, end, region=rules.region)
    days = pd.date_range(start, end)
    days = days[np.isin(days.isocalendar().day, rules.weekdays)]
    if rules.public_holidays == "closed":
        days = days.difference(off)
    for first, last in rules.closed:
        days = days[(days < pd.Timestamp(first)) | (days > pd.Timestamp(last))]
    return days


def bridges(days: pd.DatetimeIndex, holidays: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """
    Find the bridges: a day from Monday to Friday between a public holiday and a weekend.

    Parameters
    ----------
    days : pandas.DatetimeIndex
        Days to choose among.
    holidays : pandas.DatetimeIndex
        Public holidays, from the day before the first of `days` to the day after the last.

    Returns
    -------
    pandas.DatetimeIndex
        Fridays after a holiday and Mondays before one, that are no holiday themselves.

    Examples
    --------
    >>> ascension = pd.DatetimeIndex(["2025-05-29"])
    >>> bridges(pd.date_range("2025-05-26", "2025-06-01"), ascension).strftime("%d/%m").tolist()
    ['30/05']
    """
    weekday, one = days.isocalendar().day.to_numpy(), pd.Timedelta(days=1)
    friday = (weekday == 5) & (days - one).isin(holidays)
    monday = (weekday == 1) & (days + one).isin(holidays)
    return days[np.flatnonzero((friday | monday) & ~days.isin(holidays))]


#: What a named profile gives of a calendar; where it says nothing, a day is an ordinary one.
_SHAPE: Final = {
    "weekday_factors": (),
    "month_factors": (),
    "after_holiday_factor": 1.0,
    "bridge_factor": None,
    "holiday_factor": 1.0,
}


def profile_shape(name: str) -> dict[str, Any]:
    """
    Give the fields of a calendar that a named profile decides.

    Parameters
    ----------
    name : str
        A key of :func:`cpts_geo.capacity.scenario.parameters.named_profiles`.

    Returns
    -------
    dict
        Factors of weekdays (Monday to Friday), months and days around a holiday.

    Examples
    --------
    >>> profile_shape("pointe_forte")["weekday_factors"][0]
    1.3
    """
    return _SHAPE | named_profiles()[name].value


def legal_days(parameters: Parameters | None = None) -> dict[str, Any]:
    """
    Give the days and hours of a line that says none, as a file writes them.

    Parameters
    ----------
    parameters : Parameters, optional
        Defaults; those of the package if absent.

    Returns
    -------
    dict
        Fields of a calendar, without the shapes of its demand.

    Examples
    --------
    >>> legal_days()["weekdays"]
    [1, 2, 3, 4, 5]
    """
    days = (default_parameters() if parameters is None else parameters)["calendar"].value
    return dict(days) if isinstance(days, dict) else {}


@lru_cache(maxsize=1)
def default_calendar() -> Calendar:
    """
    Read the calendar of a line that gives none.

    Returns
    -------
    Calendar
        Monday to Friday, 8 h to 20 h, outside the public holidays of métropole, with the measured
        profile of week and year.

    Examples
    --------
    >>> default_calendar().weekdays
    (1, 2, 3, 4, 5)
    """
    return Calendar.model_validate(legal_days() | profile_shape(MEASURED))


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
    shape *= _around_holidays(calendar, days)
    if calendar.school_zone is not None:
        free = _school_holidays(calendar.year, calendar.school_zone)
        shape[days.isin(free)] *= calendar.school_holiday_factor
    return pd.Series(shape / shape.mean(), index=days, name="factor")


def _around_holidays(calendar: Calendar, days: pd.DatetimeIndex) -> np.ndarray[Any, Any]:
    """Factor of each opening day of the year that public holidays make unlike the others."""
    factor = np.ones(len(days))
    # The holiday of 1 January makes a bridge of the 31 December before.
    first, last = date(calendar.year, 1, 1), date(calendar.year + 1, 1, 1)
    off = public_holidays(first, last, region=calendar.region)
    if calendar.public_holidays == "closed":
        # A holiday that falls on a day already closed holds nobody back.
        kept = off[off.isin(_open_days(calendar, calendar.year, holidays_too=True))]
        after = days.searchsorted(kept, side="right")
        factor[after[after < len(days)]] = calendar.after_holiday_factor
    factor[days.isin(off)] = calendar.holiday_factor
    if calendar.bridge_factor is not None:
        factor[days.isin(bridges(days, off))] = calendar.bridge_factor
    return factor


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

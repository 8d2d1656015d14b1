"""Opening days against the published calendar, and the shape of demand over a year."""

from __future__ import annotations

from datetime import date, time
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpts_geo.capacity.scenario.calendar import (
    _REGIONS,
    Calendar,
    _Region,
    default_calendar,
    opening_days,
    profile_shape,
    public_holidays,
)
from cpts_geo.errors import ScenarioError

YEAR = (date(2025, 1, 1), date(2025, 12, 31))
PERIOD = (date(2023, 3, 6), date(2024, 3, 31))


@pytest.mark.parametrize(
    ("year", "days"),
    [(2021, 254), (2022, 253), (2023, 251), (2024, 252), (2025, 251), (2026, 252), (2027, 254)],
)
def test_french_working_days(year: int, days: int) -> None:
    assert len(opening_days(date(year, 1, 1), date(year, 12, 31))) == days
    assert len(public_holidays(date(year, 1, 1), date(year, 12, 31))) == 11


def test_observed_period_of_ouest_loiret() -> None:
    start, end = PERIOD
    weekdays = pd.bdate_range(start, end)
    assert (end - start).days + 1 == 392
    assert len(weekdays) == 280
    assert len(weekdays.intersection(public_holidays(start, end))) == 10
    assert len(opening_days(start, end)) == 270
    holidays = public_holidays(start, end).to_numpy().astype("datetime64[D]")
    assert np.busday_count(start, np.datetime64(end) + 1, holidays=holidays) == 270


def test_both_ends_are_included() -> None:
    assert list(opening_days(date(2026, 1, 2), date(2026, 1, 5))) == [
        pd.Timestamp("2026-01-02"),
        pd.Timestamp("2026-01-05"),
    ]
    assert len(opening_days(date(2026, 5, 1), date(2026, 5, 1))) == 0
    days = opening_days(date(2024, 1, 1), date(2024, 12, 31))
    assert pd.Timestamp("2024-05-20") not in days  # Whit Monday
    assert pd.Timestamp("2024-03-29") in days  # Good Friday, worked but in Alsace-Moselle
    assert pd.Timestamp("2024-12-26") in days
    with pytest.raises(ScenarioError, match="à l'envers") as caught:
        opening_days(date(2024, 1, 2), date(2024, 1, 1))
    assert caught.value.remedy


# ---- calendars of a line


#: No day around a holiday is unlike another.
EVEN_HOLIDAYS = {"after_holiday_factor": 1.0, "bridge_factor": None, "holiday_factor": 1.0}
PEAKED = profile_shape("pointe_forte")


def calendar(**changes: Any) -> Calendar:
    return Calendar(**dict(default_calendar()) | changes)


def flat(**changes: Any) -> Calendar:
    week = changes.get("weekdays", (1, 2, 3, 4, 5))
    even = {"weekday_factors": (1.0,) * len(week), "month_factors": (1.0,) * 12}
    return calendar(**even | EVEN_HOLIDAYS | changes)


def days_of(year: int, **changes: Any) -> pd.DatetimeIndex:
    rules = calendar(year=year, **changes)
    return opening_days(date(year, 1, 1), date(year, 12, 31), calendar=rules)


@pytest.mark.parametrize(
    ("region", "opens_not"),
    [
        ("alsace", ["2025-04-18", "2025-12-26"]),  # Good Friday, Saint Stephen
        ("moselle", ["2025-04-18", "2025-12-26"]),
        # the days of the abolition of slavery
        ("guadeloupe", ["2025-05-27"]),
        ("martinique", ["2025-05-22"]),
        ("guyane", ["2025-06-10"]),
        ("la_reunion", ["2024-12-20"]),
        ("mayotte", ["2026-04-27"]),
    ],
)
def test_holidays_of_a_region(region: _Region, opens_not: list[str]) -> None:
    for day in map(pd.Timestamp, opens_not):
        assert day not in days_of(day.year, region=region)
        assert day in days_of(day.year)
    assert set(public_holidays(*YEAR)) <= set(public_holidays(*YEAR, region=region))
    assert set(get_args(_Region)) == set(_REGIONS)
    days = len(public_holidays(*YEAR, region=region))
    assert days == 13 if region in ("alsace", "moselle") else days >= 12


def test_a_line_open_at_the_weekend_or_on_holidays() -> None:
    found = days_of(2025, weekdays=(6, 7), weekday_factors=(1.0, 1.0))
    assert set(found.day_of_week) == {5, 6}
    assert len(found) == 104 - 1  # All Saints' Day is a Saturday
    assert flat(weekdays=(6, 7)).days_per_year == 103
    for year, days in ((2024, 366), (2025, 365)):
        every = flat(weekdays=tuple(range(1, 8)), public_holidays="open", year=year)
        assert every.days_per_year == days
    assert len(days_of(2025, public_holidays="open")) == len(pd.bdate_range(*YEAR)) == 261
    assert calendar(public_holidays="open").days_per_year == 261


def test_own_closures_include_both_ends() -> None:
    one = (date(2025, 8, 4), date(2025, 8, 8))
    closed = days_of(2025, closed=(one,))
    assert days_of(2025).difference(closed).tolist() == pd.date_range(*one).tolist()
    single = (date(2025, 9, 1), date(2025, 9, 1))
    overlapping = ((date(2025, 8, 6), date(2025, 8, 11)), one, single)
    assert len(days_of(2025, closed=overlapping)) == 251 - 5 - 1 - 1
    other_year = ((date(2024, 8, 4), date(2024, 8, 8)),)
    assert len(days_of(2025, closed=other_year)) == 251
    august = calendar(closed=((date(2025, 8, 1), date(2025, 8, 31)),))
    assert august.opening_months == set(range(1, 13)) - {8}


def test_the_default_line_is_that_of_no_line() -> None:
    assert opening_days(*YEAR).tolist() == opening_days(*YEAR, calendar=default_calendar()).tolist()
    rules = default_calendar()
    assert (rules.weekdays, rules.region, rules.public_holidays) == (
        (1, 2, 3, 4, 5),
        "metropole",
        "closed",
    )
    # methods.md 9.7, without the two holes of the series
    rounded = [round(factor, 3) for factor in rules.weekday_factors]
    assert rounded == [1.086, 0.996, 0.982, 0.979, 0.957]
    assert [round(rules.month_factors[month - 1], 3) for month in (2, 10)] == [1.070, 1.013]
    assert sum(rules.weekday_factors) == pytest.approx(5, rel=1e-12)  # as a queue asks
    assert rules.bridge_factor == pytest.approx(1.228, abs=0.001)
    assert PEAKED["weekday_factors"] == [1.30, 1.00, 0.90, 0.85, 0.95]  # mean 1
    assert {name: PEAKED[name] for name in EVEN_HOLIDAYS} == EVEN_HOLIDAYS
    assert (rules.opens, rules.closes, rules.days_per_year) == (time(8), time(20), 251)


# ---- shape of the year


def test_factors_by_hand() -> None:
    shape = calendar(**PEAKED).factors
    assert (shape.name, len(shape)) == ("factor", 251)
    assert shape.index.equals(days_of(2025))
    # Mondays and Tuesdays, January and July, no holiday in between
    assert shape["2025-01-06"] / shape["2025-01-07"] == pytest.approx(1.30)
    assert shape["2025-01-06"] / shape["2025-07-07"] == pytest.approx(1.25 / 0.8)
    assert shape["2025-12-01"] / shape["2025-03-07"] == pytest.approx(1.3 * 1.25 / 0.95)
    # only ratios count
    twice = calendar(
        weekday_factors=tuple(2 * x for x in PEAKED["weekday_factors"]),
        month_factors=tuple(3 * x for x in PEAKED["month_factors"]),
        **EVEN_HOLIDAYS,
    )
    assert twice.factors.to_numpy() == pytest.approx(shape.to_numpy())


def test_factors_against_a_plain_loop() -> None:
    rules = calendar(after_holiday_factor=1.4, bridge_factor=1.7, year=2024, region="alsace")
    off = set(public_holidays(date(2024, 1, 1), date(2024, 12, 31), region="alsace"))
    week = dict(zip(rules.weekdays, rules.weekday_factors, strict=True))
    raw, after = {}, False
    for day in pd.date_range("2024-01-01", "2024-12-31"):
        if day in off:
            after = after or day.isoweekday() in week
        elif day.isoweekday() in week:
            raw[day] = week[day.isoweekday()] * rules.month_factors[day.month - 1]
            friday = day.isoweekday() == 5 and day - pd.Timedelta(days=1) in off
            monday = day.isoweekday() == 1 and day + pd.Timedelta(days=1) in off
            raw[day] *= 1.7 if friday or monday else 1.4 if after else 1.0
            after = False
    expected = np.array(list(raw.values()))
    assert rules.factors.index.tolist() == list(raw)
    assert rules.factors.to_numpy() == pytest.approx(expected / expected.mean())


@settings(max_examples=40, deadline=None)
@given(
    week=st.sets(st.integers(1, 7), min_size=1),
    by_weekday=st.tuples(*[st.floats(0.01, 100)] * 7),
    by_month=st.tuples(*[st.floats(0.01, 100)] * 12),
    after=st.floats(0.01, 100),
    zone=st.sampled_from(["A", "B", "C"]),
    school=st.floats(0.01, 100),
    year=st.sampled_from([1991, 2024, 2025, 2027]),
)
def test_factors_mean_one_whatever_they_are(
    week: set[int],
    by_weekday: tuple[float, ...],
    by_month: tuple[float, ...],
    after: float,
    zone: str,
    school: float,
    year: int,
) -> None:
    rules = calendar(
        year=year,
        weekdays=tuple(sorted(week)),
        weekday_factors=by_weekday[: len(week)],
        month_factors=by_month,
        after_holiday_factor=after,
        school_zone=zone,
        school_holiday_factor=school,
    )
    for shape in (rules.factors, rules.day_profile):
        assert shape.mean() == pytest.approx(1, rel=1e-9)
        assert (shape > 0).all()
        assert len(shape) == rules.days_per_year


def busy(**changes: Any) -> list[str]:
    """Opening days of 2025 that a holiday makes twice as busy."""
    shape = flat(**{"after_holiday_factor": 2.0} | changes).factors
    assert set((shape / shape.min()).round(9)) <= {1.0, 2.0}
    return [f"{day:%m-%d}" for day in shape.index[shape > shape.min() * 1.5]]


def test_the_first_opening_day_after_a_holiday() -> None:
    usual = busy()
    assert usual == [
        "01-02", "04-22", "05-02", "05-09", "05-30", "06-10", "07-15",
        "08-18",  # Friday 15 August: the Monday; Saturday 1 November closed nothing
        "11-12", "12-26",
    ]  # fmt: skip
    assert busy(public_holidays="open") == []
    # two in a row make one day after: Good Friday and Easter Monday; Christmas and Saint Stephen
    assert busy(region="alsace") == [*usual[:-1], "12-29"]
    # before an own closure, it counts when the line opens again
    bridge = ((date(2025, 5, 2), date(2025, 5, 2)),)
    assert busy(closed=bridge) == ["05-05" if day == "05-02" else day for day in usual]
    # on a day closed anyway it holds nobody back: Christmas, a Thursday, within own holidays
    feasts = ((date(2025, 12, 22), date(2025, 12, 26)),)
    assert busy(closed=feasts) == usual[:-1]
    # a line that never opens on Thursdays: 1 and 8 May, Ascension and Christmas; 1 January is a
    # Wednesday
    assert busy(weekdays=(1, 2, 3, 5)) == ["01-03", "04-22", "06-10", "07-15", "08-18", "11-12"]


def test_a_bridge_is_between_a_holiday_and_a_weekend() -> None:
    only = {"after_holiday_factor": 1.0, "bridge_factor": 2.0}
    # Fridays after a Thursday holiday, the Monday before Tuesday 11 November
    assert busy(**only) == ["05-02", "05-09", "05-30", "11-10", "12-26"]
    # its factor takes the place of that of the day after, also where it is the smaller one
    both = flat(after_holiday_factor=3.0, bridge_factor=1.5).factors
    assert both["2025-05-02"] / both["2025-05-15"] == pytest.approx(1.5)
    assert both["2025-04-22"] / both["2025-05-15"] == pytest.approx(3.0)
    # a holiday of a region is no bridge; one of the next year makes one
    assert "12-26" not in busy(**only, region="alsace")
    monday = flat(bridge_factor=2.0, year=2018).factors  # 1 January 2019 is a Tuesday
    assert monday["2018-12-31"] / monday["2018-12-03"] == pytest.approx(2.0)
    # a line that is closed that day has none
    assert busy(**only, weekdays=(2, 3, 4)) == []


def test_a_holiday_counts_where_the_line_opens() -> None:
    only = {"after_holiday_factor": 1.0, "holiday_factor": 2.0}
    assert busy(**only) == []
    assert busy(**only, public_holidays="open") == [
        "01-01", "04-21", "05-01", "05-08", "05-29", "06-09", "07-14", "08-15", "11-11", "12-25",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "first", "last"),
    [
        # winter holidays of 2025, from the evening of the Friday to the Monday that follows
        ("A", "2025-02-24", "2025-03-07"),
        ("B", "2025-02-10", "2025-02-21"),
        ("C", "2025-02-17", "2025-02-28"),
    ],
)
def test_school_holidays_of_a_zone(zone: str, first: str, last: str) -> None:
    shape = flat(school_zone=zone, school_holiday_factor=0.5).factors
    free = shape.index[shape < shape.max() * 0.75]
    winter = free[(free >= "2025-02-01") & (free < "2025-04-01")]
    assert winter.tolist() == pd.bdate_range(first, last).tolist()
    assert shape.min() / shape.max() == pytest.approx(0.5)
    # summer and the feasts are those of all zones
    assert {"2025-01-02", "2025-07-15", "2025-08-29", "2025-10-20", "2025-12-24"} <= {
        f"{day:%Y-%m-%d}" for day in free
    }
    for school in ("2025-01-06", "2025-07-04", "2025-09-01", "2025-11-03"):
        assert pd.Timestamp(school) not in free


@pytest.mark.parametrize("year", [1990, 2028, 2090])
def test_a_year_whose_school_holidays_are_not_known_in_full_is_refused(year: int) -> None:
    with pytest.raises(ScenarioError, match="vacances scolaires inconnues"):
        flat(year=year, school_zone="B", school_holiday_factor=0.5)
    assert flat(year=year).days_per_year > 245


def test_the_day_profile_has_no_month_in_it() -> None:
    peaked = PEAKED | {"after_holiday_factor": 1.5}
    rules = calendar(**peaked)
    profile = rules.day_profile
    assert profile.mean() == pytest.approx(1)
    assert profile["2025-01-06"] == pytest.approx(profile["2025-07-07"])  # two Mondays
    assert profile["2025-01-06"] / profile["2025-01-07"] == pytest.approx(1.3)
    assert profile["2025-05-02"] / profile["2025-05-16"] == pytest.approx(1.5)
    winter = {"month_factors": (9.0, *(0.1,) * 11)}
    extreme = calendar(**peaked | winter, school_zone="B", school_holiday_factor=0.1)
    pd.testing.assert_series_equal(extreme.day_profile, profile)
    assert not np.allclose(extreme.factors, rules.factors)


def test_a_shape_may_be_altered_without_harm() -> None:
    rules = calendar()
    for name in ("factors", "day_profile"):
        shape = getattr(rules, name)
        shape *= 0.0
        assert getattr(rules, name).mean() == pytest.approx(1)

"""Requests of a year laid on its opening days: sums kept, visitors in their months."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpts_geo.capacity.answer.headline import headline
from cpts_geo.capacity.comparing._measures import offer_measures
from cpts_geo.capacity.demand.periods import (
    _month_of,
    _visitor_factors,
    asked_a_year,
    month_means,
    per_opening_day,
    requests_by_day,
    studied_means,
    visitor_presence,
)
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.capacity.scenario.supply import Visitors

FLAT = {
    "weekday_factors": (1.0,) * 5,
    "month_factors": (1.0,) * 12,
    "after_holiday_factor": 1.0,
    "bridge_factor": None,
}
NO_AUGUST = {"closed": ((date(2025, 8, 1), date(2025, 8, 31)),)}
#: Opening days of each month of 2025: weekdays less public holidays.
DAYS_2025 = [22, 20, 21, 21, 19, 20, 22, 20, 22, 23, 19, 22]


@pytest.fixture(scope="module")
def lvo() -> Scenario:
    return load_scenario("lvo")


def coming(*people: float) -> Visitors:
    return Visitors(present=people)


def test_months_of_days(lvo: Scenario) -> None:
    days = pd.DatetimeIndex(["2025-01-31", "2025-02-01", "2025-12-31"])
    assert _month_of(pd.Series(0.0, index=days)).tolist() == [1, 2, 12]
    assert _month_of(pd.DataFrame({"a": 0.0}, index=days)).tolist() == [1, 2, 12]
    assert month_means(lvo)["opening_days"].tolist() == DAYS_2025
    assert sum(DAYS_2025) == lvo.opening_days_per_year == 251
    # a month without opening day has no row
    table = month_means(lvo.evolve(calendar=NO_AUGUST))
    assert table.index.tolist() == [1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12]
    assert table.index.name == "month"
    assert table["opening_days"].sum() == 231


# ---- the year's requests are kept


@settings(max_examples=30, deadline=None)
@given(
    residents=st.floats(0, 1e6),
    visitors=st.floats(0, 1e6),
    months=st.tuples(*[st.floats(0.01, 100)] * 12),
    present=st.tuples(*[st.floats(0, 1e6)] * 12).filter(lambda x: max(x) > 1e-3),
)
def test_a_season_moves_requests_and_adds_none(
    residents: float, visitors: float, months: tuple[float, ...], present: tuple[float, ...]
) -> None:
    case = load_scenario("lvo").evolve(
        calendar={"month_factors": months}, visitors={"present": present}
    )
    days = requests_by_day(case, residents=residents, visitors=visitors)
    assert len(days) == 251
    assert (days >= 0).all()
    assert days.sum() == pytest.approx(residents + visitors, rel=1e-9, abs=1e-9)
    ratios = month_means(case)
    weights = ratios["opening_days"] / 251
    assert (weights * ratios["residents"]).sum() == pytest.approx(1)
    assert (weights * ratios["visitors"]).sum() == pytest.approx(1)


def test_requests_of_each_group_add_up(lvo: Scenario) -> None:
    both = requests_by_day(lvo, residents=1000.0, visitors=500.0)
    alone = requests_by_day(lvo, residents=1000.0)
    assert both.name == "requests"
    assert alone.sum() == pytest.approx(1000)
    expected = alone + requests_by_day(lvo, residents=0.0, visitors=500.0)
    pd.testing.assert_series_equal(both, expected)
    pd.testing.assert_series_equal(alone, 1000 / 251 * lvo.calendar.factors, check_names=False)
    flat = requests_by_day(lvo.evolve(calendar=FLAT), residents=251.0)
    assert flat.to_numpy() == pytest.approx(1.0)
    case = lvo.evolve(months=(7, 8))
    residents, visitors = studied_means(case)
    studied = requests_by_day(case, residents=900.0, visitors=300.0)
    mean = studied[np.isin(_month_of(studied), (7, 8))].mean()
    assert mean == pytest.approx((900 * residents + 300 * visitors) / 251)


# ---- visitors


def test_visitors_come_in_their_months_only(lvo: Scenario) -> None:
    shape = _visitor_factors(lvo)
    present = np.asarray(lvo.visitors.by_month if lvo.visitors else ())
    assert shape.mean() == pytest.approx(1)
    assert ((shape > 0) == (present[_month_of(shape) - 1] > 0)).all()
    # winter makes residents ill more often; visitors come by their own months alone
    summer = shape[_month_of(shape) == 8].mean() / shape[_month_of(shape) == 5].mean()
    weekdays = lvo.calendar.day_profile
    by_weekday = (
        weekdays[_month_of(weekdays) == 8].mean() / weekdays[_month_of(weekdays) == 5].mean()
    )
    assert summer == pytest.approx(472_500 / 135_000 * by_weekday)
    case = lvo.evolve(calendar=FLAT, visitors={"present": (0.0,) * 6 + (300.0, 100.0) + (0.0,) * 4})
    # 22 days of July weigh 3, 20 of August 1: 86 shares of 251 mean days
    shape = _visitor_factors(case)
    assert shape["2025-07-01"] == pytest.approx(3 * 251 / 86)
    assert shape["2025-08-01"] == pytest.approx(251 / 86)
    assert shape["2025-06-30"] == 0.0
    # no visitor is zero, and not unknown
    nobody = lvo.evolve(visitors={"present": (0.0,) * 12})
    for case in (nobody, lvo.evolve(public="no_mt", visitors=None)):
        assert _visitor_factors(case).tolist() == [0.0] * 251
        assert requests_by_day(case, residents=10.0).sum() == pytest.approx(10)


def test_visitors_follow_weekdays_and_not_school(lvo: Scenario) -> None:
    case = lvo.with_profile("pointe_forte").evolve(
        calendar={
            "month_factors": (5.0,) * 6 + (1.0,) * 6,
            "school_zone": "B",
            "school_holiday_factor": 0.5,
        },
        visitors={"present": (7.0,) * 12},
    )
    shape = _visitor_factors(case)
    assert shape["2025-02-10"] == pytest.approx(shape["2025-11-17"])  # Mondays
    assert shape["2025-02-10"] / shape["2025-02-11"] == pytest.approx(1.3)
    assert case.calendar.factors["2025-02-10"] != pytest.approx(case.calendar.factors["2025-11-17"])


def test_presence_is_that_of_opening_days(lvo: Scenario) -> None:
    case = lvo.evolve(calendar=FLAT, visitors={"present": tuple(map(float, range(12)))})
    expected = sum(day * month for month, day in enumerate(DAYS_2025)) / 251
    assert visitor_presence(case) == pytest.approx(expected)
    # Mondays, when people ask more, weigh more
    mondays = (2.0, 1.0, 1.0, 1.0, 1.0)
    closed = ((date(2025, 8, 5), date(2025, 8, 31)),)  # August: Friday 1 and Monday 4
    busy = case.evolve(
        calendar={"weekday_factors": mondays, "closed": closed},
        visitors={"present": (*(0.0,) * 7, 100.0, *(0.0,) * 4)},
    )
    opened = pd.DatetimeIndex(busy.calendar.factors.index)
    weight = len(opened) + int((opened.day_of_week == 0).sum())
    assert visitor_presence(busy) == pytest.approx(100 * 3 / weight)


def test_a_closed_month_has_no_presence_and_moves_none(lvo: Scenario) -> None:
    whole, shut = lvo.evolve(calendar=FLAT), lvo.evolve(calendar=FLAT | NO_AUGUST)
    rate = 0.01
    for case in (whole, shut):
        asked = rate * visitor_presence(case)
        days = requests_by_day(case, residents=0.0, visitors=asked)
        assert days.sum() == pytest.approx(asked)
        # a July day is July's people at the rate, over the opening days: no one else's
        assert days["2025-07-15"] == pytest.approx(rate * 472_500 / case.opening_days_per_year)
    only = shut.evolve(visitors={"present": (*(0.0,) * 7, 9.0, *(0.0,) * 4)})
    assert visitor_presence(only) == 0.0
    assert requests_by_day(only, residents=0.0, visitors=0.0).sum() == 0.0
    alone = lvo.evolve(public="no_mt", visitors=None)
    assert visitor_presence(alone) == 0.0


# ---- months studied


def test_a_whole_year_is_exactly_one(lvo: Scenario) -> None:
    assert studied_means(lvo) == (1.0, 1.0)
    assert per_opening_day(lvo, 502.0) == 2.0
    assert per_opening_day(lvo, 502.0, 251.0) == 3.0
    all_months = studied_means(lvo.evolve(months=tuple(range(1, 13))))
    assert all_months == pytest.approx((1, 1))


def test_saturdays_that_open_are_days_of_the_year(lvo: Scenario) -> None:
    assert asked_a_year(lvo, 1000.0) == 1000.0  # exactly: no answer moves where none opens
    opens = lvo.evolve(calendar={"saturday_morning": True}, slots_saturday=16, saturday_factor=0.5)
    held = len(opens.calendar.saturdays)
    assert held > 45
    assert asked_a_year(opens, 251.0) == pytest.approx(251 + held / 2)
    answer, closed = headline(opens, draws=500), headline(lvo, draws=500)
    per_day = answer.requests_per_day.p50
    assert answer.requests_per_year.p50 == pytest.approx(per_day * (251 + held / 2))
    assert per_day == closed.requests_per_day.p50
    # All its slots served, the consultations of a year are no more than its requests.
    offered = opens.evolve(slots_today=200, slots_saturday=200)
    found = offer_measures(offered, answer.drawn)["consultations"] / (1 - opens.no_show_rate)
    assert np.median(found) == pytest.approx(answer.requests_per_year.p50, rel=1e-3)


def test_months_studied_weigh_their_opening_days(lvo: Scenario) -> None:
    table = month_means(lvo)
    for months in ((7,), (7, 8), (1, 5, 12)):
        part = table.loc[list(months)]
        weights = part["opening_days"] / part["opening_days"].sum()
        expected = [(weights * part[name]).sum() for name in ("residents", "visitors")]
        assert studied_means(lvo.evolve(months=months)) == pytest.approx(expected)


def test_requests_of_the_months_studied_by_hand(lvo: Scenario) -> None:
    halved = (1.0,) * 6 + (0.5,) * 2 + (1.0,) * 4
    summer = lvo.evolve(months=(7, 8), calendar=FLAT | {"month_factors": halved})
    # 209 ordinary days and 42 of half: a summer day has half of 251 / 230 of the mean day
    assert studied_means(summer)[0] == pytest.approx(0.5 * 251 / 230)
    many = np.array([251.0, 502.0])
    assert per_opening_day(summer, many) == pytest.approx(0.5 * 251 / 230 * np.array([1.0, 2.0]))
    # visitors come by their own months: all of them, or none
    came = lvo.evolve(
        months=(7, 8), calendar=FLAT, visitors={"present": (0.0,) * 6 + (1.0,) * 2 + (0.0,) * 4}
    )
    assert per_opening_day(came, 251.0, 84.0) == pytest.approx(1.0 + 84 / 42)
    gone = came.evolve(months=(1,))
    assert per_opening_day(gone, 251.0, 84.0) == pytest.approx(1.0)
    assert many.tolist() == [251.0, 502.0]

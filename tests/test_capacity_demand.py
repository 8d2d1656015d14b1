"""Observed lines, ratios and draws of the demand."""

from __future__ import annotations

import time

import numpy as np
import pytest
from scipy import stats

from cpts_geo.capacity.demand import (
    calls_per_year,
    central_requests,
    draw_requests,
    normative_ceiling,
    observed_line,
)
from cpts_geo.capacity.headline import SEED
from cpts_geo.capacity.ratios import (
    gp_hours_per_day,
    per_thousand_a_year,
    requests_per_day,
    utilisation,
    volunteers_needed,
    weekly_gp_hours,
)
from cpts_geo.capacity.scenario import Scenario, load_scenarios, revise
from cpts_geo.errors import ScenarioError


@pytest.fixture(scope="module")
def cases() -> dict[str, Scenario]:
    return load_scenarios()


def test_o6_ouest_loiret(cases: dict[str, Scenario]) -> None:
    line = observed_line(cases["ouest_loiret"])
    assert line is not None
    assert line.opening_days == 270
    assert line.per_day == pytest.approx(5.59630, abs=5e-6)
    assert line.per_year == pytest.approx(1407.9, abs=0.05)
    assert line.per_thousand_a_year == pytest.approx(31.878, abs=5e-4)
    rate = per_thousand_a_year(1511, people=44_165, calendar_days=392)
    assert rate == pytest.approx(31.878, abs=5e-4)
    rate = per_thousand_a_year(1511, people=44_165, calendar_days=392, days_per_year=365)
    assert rate == pytest.approx(31.856, abs=5e-4)


@pytest.mark.parametrize(
    ("minutes", "hours"), [(15.0, 1.3991), (16.4, 1.5297), (18.0, 1.6789), (20.0, 1.8654)]
)
def test_o6_hours_a_day(minutes: float, hours: float) -> None:
    assert gp_hours_per_day(1511 / 270, minutes=minutes) == pytest.approx(hours, abs=5e-5)


def test_o6_consultations_per_volunteer() -> None:
    assert pytest.approx(2.80, abs=5e-3) == 5 * (1511 / 270) / 10


def test_o7_beauce_gatinais(cases: dict[str, Scenario]) -> None:
    assert per_thousand_a_year(2000, people=80_000) == 25.0
    assert per_thousand_a_year(5800, people=80_000) == 72.5
    assert per_thousand_a_year(2000, people=24_000) == pytest.approx(83.33, abs=5e-3)
    assert per_thousand_a_year(5800, people=24_000) == pytest.approx(241.67, abs=5e-3)
    line = observed_line(cases["beauce_gatinais"])
    assert line is not None
    assert (line.opening_days, line.per_year) == (251, 2000.0)
    assert line.per_thousand_a_year == pytest.approx(25.0)
    unknown = observed_line(revise(cases["beauce_gatinais"], population=None))
    assert unknown is not None
    assert unknown.per_thousand_a_year is None
    assert line.per_day == pytest.approx(7.96813, abs=5e-6)
    assert requests_per_day(5800, opening_days_per_year=251) == pytest.approx(23.10757, abs=5e-6)
    for days, share in ((251, 0.996016), (253, 0.988142), (365, 0.684932)):
        found = utilisation(2000, slots_per_day=8, opening_days=days)
        assert found == pytest.approx(share, abs=5e-7)


def test_o7_if_every_call_needed_a_slot() -> None:
    every = requests_per_day(5800, opening_days_per_year=251)
    assert 251 * gp_hours_per_day(every, minutes=15.0) == pytest.approx(1450)
    assert gp_hours_per_day(every, minutes=15.0) == pytest.approx(5.7769, abs=5e-5)
    weekly = weekly_gp_hours(every, minutes=15.0)
    assert weekly == pytest.approx(28.88, abs=5e-3)
    assert weekly / 5 / 2 == pytest.approx(2.8884, abs=5e-5)
    assert volunteers_needed(weekly, session_hours=2, sessions_per_week_each=0.5) == 29
    half = requests_per_day(2900, opening_days_per_year=251)
    assert half == pytest.approx(11.5538, abs=5e-5)
    assert gp_hours_per_day(half, minutes=15.0) == pytest.approx(2.8884, abs=5e-5)
    assert gp_hours_per_day(half, minutes=18.0) == pytest.approx(3.4661, abs=5e-5)


def test_exact_number_of_volunteers_is_not_rounded_up() -> None:
    assert volunteers_needed(0.3 * 3, session_hours=0.3, sessions_per_week_each=1) == 3
    assert volunteers_needed(0.91, session_hours=0.3, sessions_per_week_each=1) == 4
    assert volunteers_needed(0.0, session_hours=2, sessions_per_week_each=1) == 0


@pytest.mark.parametrize(
    ("territory", "requests"),
    [
        ("beauce_gatinais", (2564, 3454, 4769)),
        ("ouest_loiret", (248, 539, 1168)),
        ("ondaine_forez", (92, 194, 411)),
    ],
)
def test_o17_requests(cases: dict[str, Scenario], territory: str, requests: tuple[int]) -> None:
    began = time.perf_counter()
    drawn = draw_requests(cases[territory], draws=400_000, seed=SEED)
    assert time.perf_counter() - began < 3
    found = np.quantile(drawn.requests_per_year, [0.1, 0.5, 0.9])
    # document: 2 %; 1 % here tells the mean from the median of the lognormal
    assert found == pytest.approx(requests, rel=0.01)


def test_mean_of_the_draws_is_the_product_of_the_means(cases: dict[str, Scenario]) -> None:
    case = cases["ouest_loiret"]
    drawn = draw_requests(case, draws=400_000, seed=1).requests_per_year
    calls = (case.calls_observed + 0.5) / case.calls_people_years
    expected = case.people_without_mt * calls * sum(case.need_share) / 3 * np.exp(0.5**2 / 2)
    assert drawn.mean() == pytest.approx(expected, abs=4 * drawn.std() / np.sqrt(drawn.size))


def test_minutes_are_triangular(cases: dict[str, Scenario]) -> None:
    minutes = draw_requests(cases["lvo"], draws=20_000, seed=2).minutes
    law = stats.triang((16.4 - 15) / 5, loc=15, scale=5)
    assert stats.kstest(minutes, law.cdf).pvalue > 0.001
    assert minutes.min() >= 15
    assert minutes.max() <= 20


def test_same_seed_same_draws_and_common_random_numbers(cases: dict[str, Scenario]) -> None:
    case = cases["lvo"]
    first = draw_requests(case, draws=500, seed=4)
    again = draw_requests(case, draws=500, seed=4)
    other = draw_requests(case, draws=500, seed=5)
    assert np.array_equal(first.requests_per_year, again.requests_per_year)
    assert not np.array_equal(first.requests_per_year, other.requests_per_year)
    fixed = draw_requests(revise(case, need_share=[0.5, 0.5, 0.5]), draws=500, seed=4)
    assert np.array_equal(first.minutes, fixed.minutes)
    double = revise(case, people_without_mt=2 * case.people_without_mt)
    doubled = draw_requests(double, draws=500, seed=4)
    assert doubled.requests_per_year == pytest.approx(2 * first.requests_per_year)


def test_everything_fixed_gives_the_central_product(cases: dict[str, Scenario]) -> None:
    case = revise(
        cases["beauce_gatinais"],
        people_cv=0.0,
        need_share=[0.345, 0.345, 0.345],
        minutes=[15.0, 15.0, 15.0],
        calls_observed=5_800_000_000,
        calls_people_years=24_000_000_000.0,
    )
    drawn = draw_requests(case, draws=1000, seed=0)
    assert (drawn.minutes == 15.0).all()
    assert drawn.requests_per_year == pytest.approx(central_requests(case), rel=1e-3)
    assert central_requests(case) == pytest.approx(2001)


def test_calls_of_a_year(cases: dict[str, Scenario]) -> None:
    assert calls_per_year(cases["beauce_gatinais"]) == pytest.approx(5800)
    assert calls_per_year(cases["asclepios"]) == pytest.approx(4345 * 5800 / 24_000)


def test_normative_ceiling() -> None:
    ceiling = normative_ceiling(24_000)
    assert (ceiling.low, ceiling.central, ceiling.high) == (12_480, 21_600, 36_000)


def test_no_activity_known(cases: dict[str, Scenario]) -> None:
    assert observed_line(cases["asclepios"]) is None


def test_bad_draws(cases: dict[str, Scenario]) -> None:
    with pytest.raises(ScenarioError) as caught:
        draw_requests(cases["lvo"], draws=10, seed=-1)
    assert len(caught.value.defects) == 2
    for bad in (1000.0, "1000", True, 10**9):
        with pytest.raises(ScenarioError, match="tirages"):
            draw_requests(cases["lvo"], draws=bad, seed=1)  # type: ignore[arg-type]


def test_divisions_by_zero_are_refused(cases: dict[str, Scenario]) -> None:
    with pytest.raises(ScenarioError) as caught:
        per_thousand_a_year(1, people=0, calendar_days=-2)
    assert len(caught.value.defects) == 2
    with pytest.raises(ScenarioError, match="opening_days"):
        utilisation(1, slots_per_day=1, opening_days=float("nan"))
    weekend = revise(
        cases["ouest_loiret"],
        observed_start=cases["ouest_loiret"].observed_start.replace(day=4),  # type: ignore[union-attr]
        observed_end=cases["ouest_loiret"].observed_start.replace(day=5),  # type: ignore[union-attr]
    )
    with pytest.raises(ScenarioError):
        observed_line(weekend)

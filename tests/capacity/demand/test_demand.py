"""Observed lines, ratios and draws of the demand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cpts_geo.capacity.demand.ratios import (
    effective_slots,
    gp_hours_per_day,
    per_thousand_a_year,
    requests_per_day,
    utilisation,
    weekly_gp_hours,
)
from cpts_geo.capacity.demand.requests import (
    calls_per_year,
    central_requests,
    draw_requests,
    normative_ceiling,
    observed_line,
)
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import load_scenarios
from cpts_geo.capacity.scenario.parameters import SEED
from cpts_geo.errors import ScenarioError

#: What is drawn of a territory open to all.
GROUPS = ("no_mt", "mt_unavailable", "visitors")
TERMS = (*GROUPS, "minutes")
MANY = 400_000


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
    rate = per_thousand_a_year(1511, people=44_165, calendar_days=392) * 365 / 365.25
    assert rate == pytest.approx(31.856, abs=5e-4)
    assert observed_line(cases["asclepios"]) is None
    # a line follows its own calendar: 56 Saturdays from 6 March 2023 to 31 March 2024, one of
    # them 11 November
    week = {"weekdays": (1, 2, 3, 4, 5, 6), "weekday_factors": (1.0,) * 6}
    saturdays = observed_line(cases["ouest_loiret"].evolve(calendar=week))
    assert saturdays is not None
    assert saturdays.opening_days == 270 + 55
    assert saturdays.per_day == pytest.approx(1511 / 325)
    assert saturdays.per_year == pytest.approx(1407.9, abs=0.05)


@pytest.mark.parametrize(
    ("minutes", "hours"), [(15.0, 1.3991), (16.4, 1.5297), (18.0, 1.6789), (20.0, 1.8654)]
)
def test_o6_hours_a_day(minutes: float, hours: float) -> None:
    assert gp_hours_per_day(1511 / 270, minutes=minutes) == pytest.approx(hours, abs=5e-5)


def test_o7_beauce_gatinais(cases: dict[str, Scenario]) -> None:
    assert per_thousand_a_year(2000, people=80_000) == 25.0
    assert per_thousand_a_year(5800, people=80_000) == 72.5
    assert per_thousand_a_year(2000, people=24_000) == pytest.approx(83.33, abs=5e-3)
    assert per_thousand_a_year(5800, people=24_000) == pytest.approx(241.67, abs=5e-3)
    line = observed_line(cases["beauce_gatinais"])
    assert line is not None
    assert (line.opening_days, line.per_year) == (251, 2000.0)
    assert line.per_thousand_a_year == pytest.approx(25.0)
    unknown = observed_line(cases["beauce_gatinais"].evolve(population=None))
    assert unknown is not None
    assert unknown.per_thousand_a_year is None
    assert line.per_day == pytest.approx(7.96813, abs=5e-6)
    assert requests_per_day(5800, opening_days_per_year=251) == pytest.approx(23.10757, abs=5e-6)
    for days, share in ((251, 0.996016), (253, 0.988142), (365, 0.684932)):
        found = utilisation(2000, slots_per_day=8, opening_days=days)
        assert found == pytest.approx(share, abs=5e-7)


def test_o7_if_every_call_needed_a_slot(cases: dict[str, Scenario]) -> None:
    every = requests_per_day(5800, opening_days_per_year=251)
    assert 251 * gp_hours_per_day(every, minutes=15.0) == pytest.approx(1450)
    assert gp_hours_per_day(every, minutes=15.0) == pytest.approx(5.7769, abs=5e-5)
    weekly = weekly_gp_hours(every, minutes=15.0)
    assert weekly == pytest.approx(28.88, abs=5e-3)
    assert weekly / 5 / 2 == pytest.approx(2.8884, abs=5e-5)
    half = requests_per_day(2900, opening_days_per_year=251)
    assert half == pytest.approx(11.5538, abs=5e-5)
    assert gp_hours_per_day(half, minutes=15.0) == pytest.approx(2.8884, abs=5e-5)
    assert gp_hours_per_day(half, minutes=18.0) == pytest.approx(3.4661, abs=5e-5)
    assert calls_per_year(cases["beauce_gatinais"]) == pytest.approx(5800)
    assert calls_per_year(cases["asclepios"]) == pytest.approx(4345 * 5800 / 24_000)
    ceiling = normative_ceiling(24_000)
    assert (ceiling.low, ceiling.central, ceiling.high) == (12_480, 21_600, 36_000)


@pytest.mark.parametrize(
    ("territory", "requests"),
    [
        ("beauce_gatinais", (2564, 3454, 4769)),
        ("ouest_loiret", (248, 539, 1168)),
        ("ondaine_forez", (92, 194, 411)),
    ],
)
def test_o17_requests(cases: dict[str, Scenario], territory: str, requests: tuple[int]) -> None:
    drawn = draw_requests(cases[territory], draws=400_000, seed=SEED)
    found = np.quantile(drawn.requests_per_year, [0.1, 0.5, 0.9])
    # document: 2 %; 1 % here tells the mean from the median of the lognormal
    assert found == pytest.approx(requests, rel=0.01)


def test_same_seed_same_draws_and_common_random_numbers(cases: dict[str, Scenario]) -> None:
    case = cases["lvo"]
    first = draw_requests(case, draws=500, seed=4)
    again = draw_requests(case, draws=500, seed=4)
    other = draw_requests(case, draws=500, seed=5)
    for name in TERMS:
        assert np.array_equal(getattr(first, name), getattr(again, name))
        assert not np.array_equal(getattr(first, name), getattr(other, name))
    fixed = draw_requests(case.evolve(need_share=[0.5, 0.5, 0.5]), draws=500, seed=4)
    assert np.array_equal(first.minutes, fixed.minutes)
    double = case.evolve(people_without_mt=2 * case.people_without_mt)
    doubled = draw_requests(double, draws=500, seed=4)
    assert doubled.no_mt == pytest.approx(2 * first.no_mt)
    # the months studied do not change the year
    summer = draw_requests(case.evolve(months=(7, 8)), draws=500, seed=4)
    assert np.array_equal(summer.no_mt, first.no_mt)
    # the seed is that of the call, 0 included, or else of the scenario
    own = draw_requests(case.evolve(seed=4), draws=500)
    assert np.array_equal(own.no_mt, first.no_mt)
    usual = draw_requests(case, draws=500)
    assert np.array_equal(usual.no_mt, draw_requests(case, draws=500, seed=SEED).no_mt)
    assert not np.array_equal(draw_requests(case, draws=500, seed=0).no_mt, usual.no_mt)


def test_everything_fixed_gives_the_central_product(cases: dict[str, Scenario]) -> None:
    case = cases["beauce_gatinais"].evolve(
        people_cv=0.0,
        need_share=[0.345, 0.345, 0.345],
        minutes=[15.0, 15.0, 15.0],
        calls_observed=58_000_000,
        calls_people_years=240_000_000.0,
    )
    drawn = draw_requests(case, draws=1000, seed=0)
    assert (drawn.minutes == 15.0).all()
    assert drawn.requests_per_year == pytest.approx(central_requests(case), rel=1e-3)
    assert central_requests(case) == pytest.approx(2001)


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
    weekend = cases["ouest_loiret"].evolve(
        observed_start=cases["ouest_loiret"].observed_start.replace(day=4),  # type: ignore[union-attr]
        observed_end=cases["ouest_loiret"].observed_start.replace(day=5),  # type: ignore[union-attr]
    )
    with pytest.raises(ScenarioError):
        observed_line(weekend)


# ---- the three groups

#: Public holidays of 2025 that fall from Monday to Friday.
HOLIDAYS_2025 = ["0101", "0421", "0501", "0508", "0529", "0609", "0714", "0815", "1111", "1225"]


def present_by_hand() -> float:
    """Visitors of LVO on a mean opening day of 2025, weekdays weighed as in « pointe forte »."""
    asking = {0: 1.30, 1: 1.00, 2: 0.90, 3: 0.85, 4: 0.95}
    # 135,000 people more for four months, 3.5 times as many in July and August
    people = {4: 1.0, 5: 1.0, 6: 1.0, 7: 3.5, 8: 3.5, 9: 1.0}
    seen = whole = 0.0
    for day in pd.bdate_range("2025-01-01", "2025-12-31"):
        if f"{day:%m%d}" not in HOLIDAYS_2025:
            seen += asking[day.weekday()] * 135_000 * people.get(day.month, 0.0)
            whole += asking[day.weekday()]
    return seen / whole


def near(drawn: np.ndarray, mean: float) -> None:
    """The mean of the draws, within 4 standard errors."""
    assert drawn.mean() == pytest.approx(mean, abs=4 * drawn.std() / np.sqrt(drawn.size))


def test_the_means_of_the_three_terms_by_hand(cases: dict[str, Scenario]) -> None:
    case = cases["lvo"].with_profile("pointe_forte")
    drawn = draw_requests(case, draws=MANY, seed=3)
    # a triangular law has mean (low + mode + high) / 3
    rate = (0.52 + 0.9 + 1.5) / 3
    unmet = (0.02 + 0.05 + 0.10) / 3
    ratio = (0.5 + 1.0 + 2.0) / 3
    people = 0.11 * 0.79 * 135_000
    need = (0.345 + 0.5 + 1.0) / 3
    near(drawn.no_mt, people * 5800.5 / 24_000 * need * np.exp(0.5**2 / 2))
    near(drawn.mt_unavailable, (135_000 - people) * rate * unmet)
    near(drawn.visitors, present_by_hand() * rate * unmet * ratio)
    near(drawn.minutes, (15 + 16.4 + 20) / 3)
    total = drawn.no_mt + drawn.mt_unavailable + drawn.visitors
    assert np.array_equal(drawn.requests_per_year, total)


def test_laws_of_the_inputs(cases: dict[str, Scenario]) -> None:
    """With one input unknown at a time, the draws follow its law."""
    one = {"need_share": (1.0, 1.0, 1.0), "between_territory_sd": 0.0, "people_cv": 0.0}
    known = {"calls_observed": 10**9, "calls_people_years": 1e9}
    case = cases["asclepios"].evolve(people_without_mt=1000.0, **one, **known)
    cv = 0.5
    sigma = np.sqrt(np.log(1 + cv**2))
    few = {"calls_observed": 2, "calls_people_years": 10.0}
    laws = {
        "calls": (few, stats.gamma(2.5, scale=1000 / 10)),  # Jeffreys' half call shows
        # the mean of the people is kept, not their median
        "people": ({"people_cv": cv}, stats.lognorm(sigma, scale=1000 / np.sqrt(1 + cv**2))),
        "gap": ({"between_territory_sd": 0.7}, stats.lognorm(0.7, scale=1000)),
        "need": ({"need_share": (0.2, 0.3, 0.9)}, stats.triang(0.1 / 0.7, loc=200, scale=700)),
    }
    for name, (change, law) in laws.items():
        drawn = draw_requests(case.evolve(**change), draws=20_000, seed=6).no_mt
        assert stats.kstest(drawn, law.cdf).pvalue > 0.001, name
    minutes = draw_requests(cases["lvo"], draws=20_000, seed=2).minutes
    law = stats.triang((16.4 - 15) / 5, loc=15, scale=5)
    assert stats.kstest(minutes, law.cdf).pvalue > 0.001
    assert 15 <= minutes.min() <= minutes.max() <= 20


def test_terms_of_a_group_alone_follow_their_law(cases: dict[str, Scenario]) -> None:
    peaked = cases["lvo"].with_profile("pointe_forte")
    case = peaked.evolve(
        snp_rate=(1.0, 1.0, 1.0), visitor_rate_ratio=(1.0, 1.0, 1.0), people_cv=0.0
    )
    drawn = draw_requests(case, draws=20_000, seed=6)
    unmet = stats.triang(0.03 / 0.08, loc=0.02, scale=0.08)
    insured = 135_000 - case.people_without_mt
    assert stats.kstest(drawn.mt_unavailable / insured, unmet.cdf).pvalue > 0.001
    # the share left to the line is one unknown, the same for residents and visitors
    assert drawn.visitors / present_by_hand() == pytest.approx(drawn.mt_unavailable / insured)


def test_other_groups_do_not_move_the_draws_of_the_first(cases: dict[str, Scenario]) -> None:
    everyone = cases["lvo"]
    variants = {
        "no_mt": everyone.evolve(eligible=("no_mt",), visitors=None),
        "no_mt mt_unavailable": everyone.evolve(eligible=GROUPS[:2], visitors=None),
        "no_mt visitors": everyone.evolve(eligible=("no_mt", "visitors")),
    }
    whole = draw_requests(everyone, draws=2000, seed=9)
    for eligible, case in variants.items():
        drawn = draw_requests(case, draws=2000, seed=9)
        assert np.array_equal(drawn.minutes, whole.minutes)
        for group in GROUPS:
            counted = getattr(drawn, group)
            assert counted.shape == (2000,)
            expected = getattr(whole, group) if group in eligible.split() else np.zeros(2000)
            assert np.array_equal(counted, expected), (eligible, group)
    assert (whole.mt_unavailable > 0).all()
    assert (whole.visitors > 0).all()
    wider = everyone.evolve(
        snp_rate=(1.0, 2.0, 3.0), unmet_share=(0.1, 0.2, 0.3), visitor_rate_ratio=(1.0, 1.0, 1.0)
    )
    again = draw_requests(wider, draws=2000, seed=9)
    assert np.array_equal(again.no_mt, whole.no_mt)
    assert (again.mt_unavailable > whole.mt_unavailable).all()
    # twice the visitors ask twice as much
    present = np.array(everyone.visitors.by_month)  # type: ignore[union-attr]
    for times in (2.0, 0.0):
        come = everyone.evolve(visitors={"present": tuple((times * present).tolist())})
        drawn = draw_requests(come, draws=2000, seed=9)
        assert drawn.visitors == pytest.approx(times * whole.visitors)
        assert np.array_equal(drawn.mt_unavailable, whole.mt_unavailable)


def test_people_without_and_with_a_medecin_traitant_are_the_population(
    cases: dict[str, Scenario],
) -> None:
    """Where more people are drawn without one, fewer are left with one, and never under 0."""
    one = (1.0, 1.0, 1.0)
    case = cases["lvo"].evolve(
        eligible=("no_mt", "mt_unavailable"),
        visitors=None,
        people_without_mt=130_000.0,
        people_cv=0.5,
        between_territory_sd=0.0,
        need_share=one,
        snp_rate=one,
        unmet_share=one,
        calls_observed=10**9,
        calls_people_years=1e9,
    )
    drawn = draw_requests(case, draws=5000, seed=1)
    expected = np.maximum(135_000 - drawn.no_mt, 0)  # a request each
    assert drawn.mt_unavailable == pytest.approx(expected, abs=20.0)
    assert (drawn.mt_unavailable == 0).any()


def test_no_show_takes_consultations_from_slots() -> None:
    assert effective_slots(8, no_show_rate=0.03) == pytest.approx(7.76)
    assert effective_slots(8, no_show_rate=0.0) == 8
    for bad in (-0.01, 1.0, float("nan")):
        with pytest.raises(ScenarioError, match="non honorés"):
            effective_slots(8, no_show_rate=bad)

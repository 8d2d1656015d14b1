"""Observed lines, ratios and draws of the demand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cpts_geo.capacity.demand.line import calls_per_year, observed_line
from cpts_geo.capacity.demand.ratios import (
    effective_slots,
    gp_hours_per_day,
    per_thousand_a_year,
    requests_per_day,
    utilisation,
    weekly_gp_hours,
)
from cpts_geo.capacity.demand.requests import draw_requests
from cpts_geo.capacity.need.learning import shipped_lines
from cpts_geo.capacity.need.quantities import need_of
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import load_scenario, load_scenarios
from cpts_geo.capacity.scenario.parameters import SEED
from cpts_geo.errors import NeedUnknownError, ScenarioError
from tests.capacity.vouched import vouched

#: What is drawn of a territory open to all.
TERMS = ("residents", "visitors", "minutes")
MANY = 400_000
#: A line that counted nothing of its own.
NO_LINE: dict[str, Any] = {
    "calls_years": None,
    "observed_consultations": None,
    "observed_start": None,
    "observed_end": None,
}


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
    # the rate of another territory makes no calls of one's own
    assert calls_per_year(cases["asclepios"]) is None


@pytest.mark.parametrize(
    ("territory", "requests"),
    [("ouest_loiret", (248, 539, 1168)), ("ondaine_forez", (92, 194, 411))],
)
def test_o17_requests_of_people_without_mt(
    cases: dict[str, Scenario], territory: str, requests: tuple[int]
) -> None:
    case = cases[territory].evolve(**NO_LINE, public="no_mt")
    drawn = draw_requests(case, draws=400_000, seed=SEED)
    found = np.quantile(drawn.requests_per_year, [0.1, 0.5, 0.9])
    # document: 2 %; 1 % here tells the mean from the median of the lognormal
    assert found == pytest.approx(requests, rel=0.01)


def test_o17_own_calls_that_no_other_line_informs(cases: dict[str, Scenario]) -> None:
    """Beauce-Gâtinais without APL: its calls times the share, which its consultations cut."""
    case = cases["beauce_gatinais"].evolve(area=None)
    levels = [0.1, 0.5, 0.9]
    found = np.quantile(draw_requests(case, draws=MANY, seed=SEED).requests_per_year, levels)
    assert found == pytest.approx([2607, 3480, 4765], rel=0.01)
    # with no consultation to cut it, the whole triangle
    free = case.evolve(observed_consultations=None)
    found = np.quantile(draw_requests(free, draws=MANY, seed=SEED).requests_per_year, levels)
    share = stats.triang((0.5 - 0.345) / 0.655, loc=0.345, scale=0.655)
    assert found == pytest.approx(5800 * share.ppf(levels), rel=0.01)


def test_same_seed_same_draws_and_common_random_numbers(cases: dict[str, Scenario]) -> None:
    case = cases["lvo"]
    first = draw_requests(case, draws=500, seed=4)
    again = draw_requests(case, draws=500, seed=4)
    other = draw_requests(case, draws=500, seed=5)
    for name in TERMS:
        assert np.array_equal(getattr(first, name), getattr(again, name))
        assert not np.array_equal(getattr(first, name), getattr(other, name))
    fixed = draw_requests(case.evolve(minutes=[15.0, 15.0, 15.0]), draws=500, seed=4)
    assert np.array_equal(first.residents, fixed.residents)
    alone = case.evolve(public="no_mt", visitors=None)
    few = draw_requests(alone, draws=500, seed=4).residents
    double = alone.evolve(people_without_mt=2 * case.people_without_mt)
    assert draw_requests(double, draws=500, seed=4).residents == pytest.approx(2 * few)
    # who is without médecin traitant changes nothing where all are received
    more = case.evolve(people_without_mt=2 * case.people_without_mt)
    assert np.array_equal(draw_requests(more, draws=500, seed=4).residents, first.residents)
    # the months studied do not change the year
    summer = draw_requests(case.evolve(months=(7, 8)), draws=500, seed=4)
    assert np.array_equal(summer.residents, first.residents)
    # the seed is that of the call, 0 included, or else of the scenario
    for asked in (case, alone):
        own = draw_requests(asked.evolve(seed=4), draws=500).residents
        assert np.array_equal(own, draw_requests(asked, draws=500, seed=4).residents)
        usual = draw_requests(asked, draws=500).residents
        assert np.array_equal(usual, draw_requests(asked, draws=500, seed=SEED).residents)
        assert not np.array_equal(draw_requests(asked, draws=500, seed=0).residents, usual)


def test_everything_fixed_gives_the_central_product(cases: dict[str, Scenario]) -> None:
    fixed = {"need_share": [0.345, 0.345, 0.345], "minutes": [15.0, 15.0, 15.0]}
    # people x calls of a person-year x share that deserves a slot
    case = cases["ondaine_forez"].evolve(
        public="no_mt",
        people_without_mt=24_000.0,
        people_cv=0.0,
        between_territory_sd=0.0,
        calls_observed=58_000_000,
        calls_people_years=240_000_000.0,
        **fixed,
    )
    # calls of a year x share that deserves a slot, whatever the people
    own = vouched(cases["beauce_gatinais"], calls_observed=580_000, calls_years=100.0, **fixed)
    for each in (case, own, own.evolve(area=None)):
        drawn = draw_requests(each, draws=1000, seed=0)
        assert (drawn.minutes == 15.0).all()
        # 580,000 calls leave 0.13 % of doubt
        assert drawn.requests_per_year == pytest.approx(5800 * 0.345, rel=6e-3)


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


# ---- residents and visitors

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


def test_means_of_what_is_drawn_by_hand(cases: dict[str, Scenario]) -> None:
    case = cases["lvo"].with_profile("pointe_forte")
    few = draw_requests(case.evolve(public="no_mt", visitors=None), draws=MANY, seed=3)
    people = 0.11 * 0.79 * 135_000
    # a triangular law has mean (low + mode + high) / 3
    need = (0.345 + 0.5 + 1.0) / 3
    near(few.residents, people * 5800.5 / 24_000 * need * np.exp(0.5**2 / 2))
    near(few.minutes, (15 + 16.4 + 20) / 3)
    assert not few.visitors.any()
    # all residents: those of known lines; visitors ask as they do, of the same draw
    everyone = draw_requests(case, draws=20_000, seed=3)
    national = shipped_lines().draws(20_000, seed=3)
    assert case.area is not None
    theirs = need_of(case.area, national)
    assert np.array_equal(everyone.residents, theirs.organised)
    ratio = everyone.visitors / (present_by_hand() * national.rate * theirs.organised / theirs.need)
    near(ratio, (0.5 + 1.0 + 2.0) / 3)
    law = stats.triang(0.5 / 1.5, loc=0.5, scale=1.5)
    assert stats.kstest(ratio, law.cdf).pvalue > 0.001
    assert np.array_equal(everyone.requests_per_year, everyone.residents + everyone.visitors)


def test_laws_of_the_inputs(cases: dict[str, Scenario]) -> None:
    """With one input unknown at a time, the draws follow its law."""
    one = {"need_share": (1.0, 1.0, 1.0), "between_territory_sd": 0.0, "people_cv": 0.0}
    known = {"calls_observed": 10**9, "calls_people_years": 1e9}
    case = vouched(cases["asclepios"], public="no_mt", people_without_mt=1000.0, **one, **known)
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
        drawn = draw_requests(vouched(case, **change), draws=20_000, seed=6).residents
        assert stats.kstest(drawn, law.cdf).pvalue > 0.001, name
    minutes = draw_requests(cases["lvo"], draws=20_000, seed=2).minutes
    law = stats.triang((16.4 - 15) / 5, loc=15, scale=5)
    assert stats.kstest(minutes, law.cdf).pvalue > 0.001
    assert 15 <= minutes.min() <= minutes.max() <= 20


def test_visitors_do_not_move_the_draws_of_residents(cases: dict[str, Scenario]) -> None:
    everyone = cases["lvo"]
    whole = draw_requests(everyone, draws=2000, seed=9)
    assert (whole.visitors > 0).all()
    nobody = draw_requests(everyone.evolve(visitors=None), draws=2000, seed=9)
    for name in ("residents", "minutes"):
        assert np.array_equal(getattr(nobody, name), getattr(whole, name))
    assert not nobody.visitors.any()
    # twice the visitors, or twice their needs, ask twice as much
    present = np.array(everyone.visitors.by_month)  # type: ignore[union-attr]
    ratio = tuple(np.array(everyone.visitor_rate_ratio) * 2)
    for times, change in (
        (2.0, {"visitors": {"present": tuple((2 * present).tolist())}}),
        (0.0, {"visitors": {"present": tuple((0 * present).tolist())}}),
        (2.0, {"visitor_rate_ratio": ratio}),
    ):
        drawn = draw_requests(everyone.evolve(**change), draws=2000, seed=9)
        assert drawn.visitors == pytest.approx(times * whole.visitors)
        assert np.array_equal(drawn.residents, whole.residents)


def test_where_no_device_is_described_it_would_receive_everyone(
    cases: dict[str, Scenario],
) -> None:
    for key in ("asclepios", "ondaine_forez"):
        first = draw_requests(cases[key], draws=500, seed=1)
        again = draw_requests(cases[key].evolve(public="all"), draws=500, seed=1)
        assert np.array_equal(first.residents, again.residents)


def test_a_territory_whose_need_nothing_says(cases: dict[str, Scenario]) -> None:
    unknown = cases["asclepios"].evolve(area=None)
    with pytest.raises(NeedUnknownError) as caught:
        draw_requests(unknown, draws=500)
    assert caught.value.summary == "Le besoin de « CPTS Asclépios » n’est pas connu."
    assert "APL" in caught.value.defects[0]
    assert "no_mt" in caught.value.remedy
    # people without médecin traitant, whose number is known or supposed, need no APL
    few = draw_requests(unknown.evolve(public="no_mt"), draws=500)
    known = draw_requests(cases["asclepios"].evolve(public="no_mt"), draws=500)
    assert np.array_equal(few.residents, known.residents)
    assert few.need is None and known.need is not None
    # nor does a line of its own
    own = load_scenario("ouest_loiret").evolve(area=None, public="all")
    assert draw_requests(own, draws=500).residents.min() > 0


def test_no_show_takes_consultations_from_slots() -> None:
    assert effective_slots(8, no_show_rate=0.03) == pytest.approx(7.76)
    assert effective_slots(8, no_show_rate=0.0) == 8
    for bad in (-0.01, 1.0, float("nan")):
        with pytest.raises(ScenarioError, match="non honorés"):
            effective_slots(8, no_show_rate=bad)

"""The answer of each territory: published oracles, bounds, warnings and table."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

from cpts_geo.capacity.booking import minimum_slots, service
from cpts_geo.capacity.demand import central_requests, draw_requests
from cpts_geo.capacity.headline import (
    DRAWS,
    SAME_DAY_TARGET,
    SEED,
    Headline,
    headline,
    to_frame,
)
from cpts_geo.capacity.scenario import (
    Scenario,
    load_scenarios,
    revise,
    scenario_from_population,
)
from cpts_geo.errors import ScenarioError
from cpts_geo.schema import Status


@pytest.fixture(scope="module")
def cases() -> dict[str, Scenario]:
    return load_scenarios()


@pytest.fixture(scope="module")
def answers(cases: dict[str, Scenario]) -> dict[str, Headline]:
    return {name: headline(case) for name, case in cases.items()}


def three(interval: object) -> tuple[float, ...]:
    return tuple(getattr(interval, name) for name in ("p10", "p50", "p90"))


@pytest.mark.parametrize(
    ("territory", "slots", "hours"),
    [
        ("beauce_gatinais", (10, 14, 19), (14.7, 19.6, 26.8)),
        ("ouest_loiret", (2, 3, 5), None),
        ("ondaine_forez", (1, 2, 3), (1.4, 2.8, 4.1)),
    ],
)
def test_o17_headline(
    cases: dict[str, Scenario],
    territory: str,
    slots: tuple[int, ...],
    hours: tuple[float, ...] | None,
) -> None:
    began = time.perf_counter()
    found = headline(cases[territory], draws=400_000)
    assert time.perf_counter() - began < 3
    assert three(found.slots_per_day) == slots  # the document allows 1 slot
    if hours is not None:
        assert three(found.gp_hours_per_week) == pytest.approx(hours, abs=0.05)


def test_acceptance_beauce_gatinais(answers: dict[str, Headline]) -> None:
    found = answers["beauce_gatinais"]
    assert three(found.slots_per_day) == pytest.approx((10, 14, 19), abs=1)
    assert found.today is not None
    assert (found.today.slots, found.today.gp_hours_per_week) == (8, 10.0)
    assert found.today.carries_per_day == pytest.approx(8.0980, abs=5e-5)
    assert found.today.served_at_median < 0.6
    assert found.today.served_if_all_calls == pytest.approx(0.346207, abs=5e-7)  # O11
    assert found.lower_bound is False


def test_o11_announced_doubling(answers: dict[str, Headline]) -> None:
    found = answers["beauce_gatinais"]
    assert found.planned is not None
    assert (found.planned.slots, found.planned.gp_hours_per_week) == (16, 20.0)
    assert found.planned.served_if_all_calls == pytest.approx(0.692414, abs=5e-7)
    median = found.requests_per_year.p50 / 251
    assert found.planned.served_at_median == pytest.approx(service(median, 16).served, rel=1e-12)
    assert [name for name, x in answers.items() if x.planned] == ["beauce_gatinais"]


def test_all_calls_are_those_of_the_own_log_only(cases: dict[str, Scenario]) -> None:
    today = headline(cases["lvo"]).today
    assert today is not None
    assert today.gp_hours_per_week == 20.0
    assert today.served_if_all_calls is None  # its call rate is another territory's
    silent = headline(revise(cases["beauce_gatinais"], calls_observed=0)).today
    assert silent is not None
    assert silent.served_if_all_calls is None  # no share of no call


def test_planned_slots_without_a_known_length_last_a_consultation(
    cases: dict[str, Scenario],
) -> None:
    case = revise(cases["asclepios"], slots_planned=6, planned_basis="projet de santé")
    found = headline(case)
    assert found.today is None
    assert found.planned is not None
    assert found.planned.gp_hours_per_week == pytest.approx(5 * 6 * 16.4 / 60)


def test_same_day_companion(cases: dict[str, Scenario], answers: dict[str, Headline]) -> None:
    assert SAME_DAY_TARGET == 0.80
    slots = {name: found.slots_same_day for name, found in answers.items()}
    assert slots == {
        "ouest_loiret": 4,
        "beauce_gatinais": 16,
        "lvo": 8,
        "asclepios": 4,
        "ondaine_forez": 2,
    }
    for name, found in answers.items():
        median = found.requests_per_year.p50 / cases[name].opening_days_per_year
        line = service(median, found.slots_same_day)
        assert line.served >= 0.95
        assert line.same_day >= 0.80
        fewer = service(median, found.slots_same_day - 1)
        assert fewer.served < 0.95 or fewer.same_day < 0.80


def test_interval_holds_at_least_eight_draws_in_ten(
    cases: dict[str, Scenario], answers: dict[str, Headline]
) -> None:
    for name, found in answers.items():
        assert 0.8 <= found.interval_share <= 1
        drawn = draw_requests(cases[name], draws=DRAWS, seed=SEED).requests_per_year / 251
        slots = np.array([minimum_slots(x) for x in drawn[:500]])
        low, _, high = three(found.slots_per_day)
        inside = np.mean((low <= slots) & (slots <= high))
        assert found.interval_share == pytest.approx(inside, abs=0.06)  # 3.5 binomial errors
    assert answers["beauce_gatinais"].interval_share == pytest.approx(0.90, abs=0.01)
    assert headline(scenario_from_population(100)).interval_share == 1.0


def test_status(answers: dict[str, Headline]) -> None:
    for name, found in answers.items():
        assumed = name in ("ouest_loiret", "lvo", "asclepios")
        assert found.status is (Status.ASSUMED if assumed else Status.ESTIMATED)
        assert found.people_status is found.scenario.people_status


def test_one_home_for_the_setting(cases: dict[str, Scenario]) -> None:
    found = headline(cases["lvo"])
    assert (found.draws, found.seed) == (DRAWS, SEED) == (20_000, 20_260_101)


def test_acceptance_todays_device(cases: dict[str, Scenario]) -> None:
    case = revise(
        cases["beauce_gatinais"],
        need_share=[0.345, 0.345, 0.345],
        between_territory_sd=0.0,
        opening_days_per_year=251,
        minutes=[15.0, 15.0, 15.0],
    )
    demand = central_requests(case) / 251
    assert demand == pytest.approx(7.97, abs=5e-3)
    assert minimum_slots(demand) == 8
    found = headline(case)
    assert found.slots_per_day.p50 == 8
    assert found.gp_hours_per_week.p50 == 10.0


def test_acceptance_ouest_loiret_warns(answers: dict[str, Headline]) -> None:
    found = answers["ouest_loiret"]
    assert found.observed is not None
    assert found.observed.above_p90
    assert found.observed.line.per_year > found.requests_per_year.p90
    assert found.observed.slots == 6
    assert found.lower_bound
    text = " ".join(found.warnings)
    assert "le modèle ne convient pas à ce territoire" in text
    assert "au moins 6 créneaux" in text
    assert "1\u202f408" in text


def test_ouest_loiret_is_centred_at_28_percent(cases: dict[str, Scenario]) -> None:
    people = 44_165 * 0.79 * 0.28
    found = headline(revise(cases["ouest_loiret"], people_without_mt=people))
    assert found.observed is not None
    assert not found.observed.above_p90
    assert found.requests_per_year.p50 == pytest.approx(1408, rel=0.05)
    assert not any("ne convient pas" in warning for warning in found.warnings)


def test_saturated_ratio_is_not_a_need(
    cases: dict[str, Scenario], answers: dict[str, Headline]
) -> None:
    text = " ".join(answers["beauce_gatinais"].warnings)
    assert "saturée" in text
    assert "34,6\u202f%" in text
    assert "34,5\u202f%" in text
    assert "transportent" not in text
    # with slots to spare the ratio is no longer explained by the slots alone
    wide = headline(revise(cases["beauce_gatinais"], slots_today=16))
    assert not any("saturée" in warning for warning in wide.warnings)
    for other in ("ouest_loiret", "lvo", "asclepios", "ondaine_forez"):
        warnings = " ".join(answers[other].warnings)
        assert "saturée" not in warnings
        assert "transportent" in warnings


def test_uncounted_demand_makes_a_lower_bound(answers: dict[str, Headline]) -> None:
    found = answers["lvo"]
    assert found.lower_bound
    assert "une partie de la demande" in " ".join(found.warnings)
    assert found.today is not None
    assert found.today.carries_per_year == pytest.approx(16.6917 * 251, abs=0.05)
    assert found.observed is None


def test_assumed_share_is_said(answers: dict[str, Headline]) -> None:
    for name, found in answers.items():
        said = any("supposée" in warning for warning in found.warnings)
        assert said == (name in ("ouest_loiret", "lvo", "asclepios"))


def test_dots_are_twenty_draws_that_match_the_interval(answers: dict[str, Headline]) -> None:
    for found in answers.values():
        dots = found.slots_dots
        assert len(dots) == 20
        assert list(dots) == sorted(dots)
        assert all(isinstance(dot, int) and dot >= 1 for dot in dots)
        low, middle, high = three(found.slots_per_day)
        assert dots[1] <= low <= dots[2]
        assert dots[9] <= middle <= dots[10]
        assert dots[17] <= high <= dots[18]


def test_companions(answers: dict[str, Headline]) -> None:
    found = answers["beauce_gatinais"]
    assert found.central_requests_per_year == pytest.approx(2900)
    # 2,900 / 251 slots of 16.4 min, five days a week
    assert found.central_gp_hours_per_week == pytest.approx(15.79, abs=5e-3)
    median = found.requests_per_year.p50 / 251
    assert found.slots_dispersed == minimum_slots(median, dispersion=2.0)
    assert found.slots_dispersed >= found.slots_per_day.p50
    assert found.ceiling.central == pytest.approx(21_600)


def test_stated_monte_carlo_error_covers_the_large_run(cases: dict[str, Scenario]) -> None:
    for name in ("beauce_gatinais", "ouest_loiret"):
        large = headline(cases[name], draws=400_000, seed=1).requests_per_year.p50
        gaps = []
        for seed in range(2, 12):
            small = headline(cases[name], draws=2_000, seed=seed)
            gaps.append((small.requests_per_year.p50 / large - 1) / small.median_error)
        assert max(np.abs(gaps)) < 3.5
        assert np.std(gaps) > 0.3  # an error stated ten times too wide would fail here


def test_same_seed_same_answer(cases: dict[str, Scenario]) -> None:
    assert headline(cases["lvo"]) == headline(cases["lvo"])
    assert headline(cases["lvo"], seed=1) != headline(cases["lvo"], seed=2)


def test_stricter_rules_never_ask_for_less(cases: dict[str, Scenario]) -> None:
    base = headline(cases["lvo"])
    for change in ({"target": 0.99}, {"deadline_days": 0}, {"dispersion": 2.0}):
        strict = headline(revise(cases["lvo"], **change))
        assert strict.requests_per_year == base.requests_per_year
        assert all(a >= b for a, b in zip(strict.slots_dots, base.slots_dots, strict=True))


def test_table_of_territories(answers: dict[str, Headline]) -> None:
    table = to_frame(answers.values())
    assert list(table.index) == list(answers)
    assert table.loc["beauce_gatinais", "slots_p50"] == 14
    assert table["slots_today"].isna().tolist() == [True, False, False, True, True]
    assert table["served_today_at_median"].isna().tolist() == [True, False, False, True, True]
    assert table.loc["ouest_loiret", "observed_slots"] == 6
    assert bool(table.loc["ouest_loiret", "observed_above_p90"]) is True
    assert table["observed_above_p90"].isna().sum() == 3
    names = [str(name) for name in table]
    absent = ("today", "planned", "observed_", "per_thousand")
    complete = [x for x in names if not any(word in x for word in absent)]
    assert table[complete].notna().all().all()
    assert table["status"].tolist() == ["assumed", "estimated", "assumed", "assumed", "estimated"]
    people = ["assumed", "measured", "assumed", "assumed", "estimated"]
    assert table["people_status"].tolist() == people
    assert table.loc["beauce_gatinais", "population"] == 80_000
    assert table["per_thousand_a_year"].round(3).tolist()[:2] == [31.878, 25.0]
    assert table["per_thousand_a_year"].isna().tolist() == [False, False, True, True, True]
    assert table["slots_planned"].isna().tolist() == [True, False, True, True, True]
    planned = answers["beauce_gatinais"].planned
    assert planned is not None
    row = table.loc["beauce_gatinais"]
    assert row["slots_planned"] == 16
    assert row["planned_served_at_median"] == planned.served_at_median
    assert row["planned_served_if_all_calls"] == pytest.approx(0.692414, abs=5e-7)
    assert row["served_today_if_all_calls"] == pytest.approx(0.346207, abs=5e-7)
    assert table["slots_same_day"].tolist() == [4, 16, 8, 4, 2]
    assert table["interval_share"].between(0.8, 1).all()
    again = to_frame(answers.values())
    pd.testing.assert_frame_equal(table, again)


def test_unknown_population_is_missing_not_zero(cases: dict[str, Scenario]) -> None:
    table = to_frame([headline(revise(cases["ouest_loiret"], population=None), draws=500)])
    assert table[["population", "per_thousand_a_year"]].isna().all().all()
    assert table.loc["ouest_loiret", "observed_slots"] == 6


def test_empty_table_keeps_its_columns(answers: dict[str, Headline]) -> None:
    assert list(to_frame([]).columns) == list(to_frame(answers.values()).columns)


def test_tiny_and_large_territories() -> None:
    hamlet = headline(scenario_from_population(100))
    assert three(hamlet.slots_per_day) == (1, 1, 1)
    large = headline(scenario_from_population(300_000), draws=2_000)
    assert large.slots_per_day.p50 == minimum_slots(large.requests_per_year.p50 / 251)


def test_a_country_is_told_to_be_split() -> None:
    with pytest.raises(ScenarioError, match=r"découpez le territoire.*600 créneaux"):
        headline(scenario_from_population(68_000_000))


def test_zero_consultations_set_no_floor(cases: dict[str, Scenario]) -> None:
    assert headline(revise(cases["ouest_loiret"], observed_consultations=0)).observed is None

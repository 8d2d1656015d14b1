"""Two scenarios compared: by hand, against the exact chain, and by what cannot be otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpts_geo.capacity.answer.headline import headline
from cpts_geo.capacity.comparing._measures import (
    MEASURES,
    SAMPLING,
    TOTALS,
    sampling_measures,
    scenario_measures,
)
from cpts_geo.capacity.comparing.compare import changed_fields, compare_scenarios
from cpts_geo.capacity.comparing.shares import requests_served, served_shares, studied_weekdays
from cpts_geo.capacity.demand.requests import DemandDraws, draw_requests
from cpts_geo.capacity.need.learning import shipped_lines
from cpts_geo.capacity.queue.rules import Rules
from cpts_geo.capacity.scenario._files.toml_file import _VARIANTS, _VARIANTS_DIR
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.errors import DemandTooLargeError, ScenarioError
from tests.queues import WEEKDAY_FACTORS, queue

DRAWS = 2000
CALLS = ("calls_observed", "calls_years", "observed_consultations")
TODAY = load_scenario("beauce_gatinais")
DOUBLED = load_scenario("beauce_gatinais_16_creneaux")
UNKNOWN = TODAY.evolve(slots_today=None, minutes_per_slot_today=None)
LVO = load_scenario("lvo")
WEST = load_scenario("ouest_loiret")
SUMMER = load_scenario("lvo_ete")


def certain(per_day: float, **changes: Any) -> Scenario:
    """A territory whose demand is known: `per_day` requests on each of its 251 days."""
    people = changes.pop("people_without_mt", 10_000.0)
    rate = 251 * per_day / people
    # The most that a scenario takes: so many calls leave no doubt on their rate.
    exposure = 1e9 / max(1.0, rate)
    case = TODAY.evolve(
        public="no_mt", calls_years=None, observed_consultations=None, readings=None
    ).evolve(**changes)
    return case.evolve(
        people_without_mt=people,
        people_cv=0.0,
        between_territory_sd=0.0,
        need_share=(1.0, 1.0, 1.0),
        minutes=(15.0, 15.0, 15.0),
        calls_observed=round(rate * exposure),
        calls_people_years=exposure,
        sources=case.sources,  # vouched for, however far from any territory
    )


def counting(calls: int) -> Scenario:
    """The line of today, had it counted so few calls in its few days."""
    case = TODAY.evolve(observed_consultations=None)
    return case.evolve(calls_observed=calls, calls_years=0.01, sources=case.sources)


def table_of(first: Scenario, second: Scenario, **options: Any) -> pd.DataFrame:
    return compare_scenarios(first, second, **{"draws": DRAWS} | options).table


# ---- by hand


def test_a_known_demand_by_hand() -> None:
    # O10: 8 slots facing 8 requests serve .955974, .470765 on the day.
    rate = {"no_show_rate": 0.03}
    first, second = certain(8.0, **rate), certain(8.0, slots_today=16, **rate)
    found = table_of(first, second, draws=100)["first_p50"]
    served = 251 * 8 * 0.955974
    expected = {
        "requests_per_day": 8.0,
        "sampling_requests_per_day": 8.0,
        "slots_needed": 8,
        "sampling_slots_needed": 8,
        "gp_hours_needed": 10.0,  # 8 slots x 15 min x 5 days
        "slots_offered": 8,
        "gp_hours_offered": 10.0,
        "served": 0.955974,
        "same_day": 0.470765,
        "requests_served": served,
        "consultations": served * 0.97,
        "people_reached": 10_000 * (1 - np.exp(-served * 0.97 / 10_000)),
        "cost": 50_200,  # 251 days x 2 h x 100 euros
        "cost_per_consultation": 50_200 / (served * 0.97),
    }
    assert found.to_dict() == pytest.approx(expected, rel=1e-4)
    assert list(found.index) == list(MEASURES)


def test_the_difference_by_hand() -> None:
    first = certain(8.0)
    second = certain(8.0, slots_today=[9, 9, 9, 9, 8], gp_hour_cost=120.0)
    found = table_of(first, second, draws=100)["difference_p50"]
    assert found["slots_offered"] == pytest.approx(0.8)
    assert found["gp_hours_offered"] == pytest.approx(1.0)  # 4 slots of 15 min
    # 200 days of 9 slots of 15 min, and 51 Fridays of 8.
    assert found["cost"] == pytest.approx((200 * 9 + 51 * 8) / 4 * 120 - 50_200)
    week = queue().week(8.0, [9, 9, 9, 9, 8], factors=[1.0] * 5)
    assert found["served"] == pytest.approx(week.served - 0.955974, abs=1e-4)
    # O11: facing 2,900 requests a year, 8 slots serve .692370, 16 serve .999999.
    facing = 2900 / 251
    both = table_of(certain(facing), certain(facing, slots_today=16), draws=100)
    assert both.at["served", "first_p50"] == pytest.approx(0.692370, abs=1e-4)
    assert both.at["served", "second_p50"] == pytest.approx(0.999999, abs=1e-4)
    assert both.at["same_day", "second_p50"] == pytest.approx(0.979, abs=1e-3)


def test_each_side_and_sampling_alone_are_those_of_the_headline() -> None:
    few = counting(58)
    bounds = ("p10", "p50", "p90")
    for case in (TODAY, few):
        found = table_of(case, DOUBLED.evolve(**{name: getattr(case, name) for name in CALLS}))
        answer = headline(case, draws=DRAWS)
        for side in ("first", "second"):
            row = found.loc["slots_needed", [f"{side}_{p}" for p in bounds]]
            assert row.tolist() == [getattr(answer.slots_per_day, p) for p in bounds]
        for measure, expected, per in (
            ("requests_per_day", answer.sampling_requests, 251),
            ("slots_needed", answer.sampling_slots, 1),
        ):
            row = found.loc[f"sampling_{measure}", [f"first_{p}" for p in bounds]] * per
            assert row.tolist() == pytest.approx([getattr(expected, p) for p in bounds])
    # 58 calls tell less than 5,800.
    assert found.at["sampling_slots_needed", "first_p90"] > 14


def test_sampling_is_that_of_what_the_line_counted() -> None:
    drawn = draw_requests(TODAY, draws=DRAWS)
    found = sampling_measures(TODAY, drawn)["sampling_requests_per_day"]
    low, middle, high = np.quantile(found, [0.1, 0.5, 0.9])
    assert middle == pytest.approx(np.median(drawn.requests_per_year) / 251)
    # 5,800 calls: a standard deviation of 1 / sqrt(5800), 2.563 of them between p10 and p90
    assert high - low == pytest.approx(2.563 / 5800**0.5 * middle, rel=0.01)


def test_a_demand_that_rests_on_no_count_has_no_sampling() -> None:
    found = table_of(LVO, TODAY)
    for measure in SAMPLING:
        assert found.loc[measure].filter(like="first_").isna().all()
        assert found.loc[measure].filter(like="second_").notna().all()
        assert found.loc[measure].filter(like="difference_").isna().all()
    assert table_of(LVO, SUMMER).loc[list(SAMPLING)].isna().all(axis=None)


@pytest.mark.parametrize("calls", [0, 1, 58])
def test_sampling_alone_is_narrower_than_the_whole(calls: int) -> None:
    # Where no known line says what such a line receives: it would narrow the whole.
    few = counting(calls)
    few = few.evolve(area=None, sources=few.sources)
    found = table_of(few, TODAY, draws=20_000)
    for measure in ("requests_per_day", "slots_needed"):
        alone, whole = found.loc[f"sampling_{measure}"], found.loc[measure]
        assert alone["first_p50"] == pytest.approx(whole["first_p50"])
        assert alone["first_p90"] <= whole["first_p90"]
        assert alone["first_p10"] >= whole["first_p10"]


def test_slots_of_a_weekday_are_those_of_its_days_in_the_period() -> None:
    busy = certain(500.0, slots_today=[40, 0, 0, 0, 0], no_show_rate=0.25)
    found = table_of(busy, busy, draws=100)["first_p50"]
    # 49 Mondays in 2025: 1,960 slots of 15 min at 100 euros an hour, all taken.
    assert found["cost"] == pytest.approx(49_000)
    assert found["requests_served"] == pytest.approx(1960, rel=1e-6)
    assert found["consultations"] == pytest.approx(1960 * 0.75, rel=1e-6)
    assert found["cost_per_consultation"] == pytest.approx(49_000 / 1470, rel=1e-6)
    assert found["gp_hours_offered"] == pytest.approx(10)
    # 4 Wednesdays in May 2025; its two holidays are Thursdays.
    may = certain(500.0, slots_today=[0, 0, 40, 0, 0], months=(5,))
    found = table_of(may, may, draws=100)["first_p50"]
    assert found["cost"] == pytest.approx(4 * 1000)
    assert found["requests_served"] == pytest.approx(160, rel=1e-6)


@settings(max_examples=15, deadline=None)
@given(
    week=st.lists(st.integers(0, 12), min_size=5, max_size=5).filter(any),
    load=st.floats(0.05, 4.0),
    deadline=st.sampled_from([0, 1, 3]),
)
def test_no_more_is_served_than_asked_or_offered(
    week: list[int], load: float, deadline: int
) -> None:
    demand = np.array([load * sum(week) / 5])
    case = TODAY.evolve(deadline_days=deadline)
    _, _, *seen = served_shares(case.rules, week, demand)
    found = requests_served(case, demand, seen)[0]
    offered = float(np.dot(week, studied_weekdays(case)))
    assert 0 < found <= min(251 * demand[0], offered) * (1 + 1e-9)


# ---- what cannot be otherwise


@pytest.mark.parametrize("scenario", [TODAY, SUMMER], ids=["year", "summer"])
def test_a_scenario_does_not_differ_from_itself(scenario: Scenario) -> None:
    found = compare_scenarios(scenario, scenario, draws=DRAWS)
    gaps = found.table.filter(like="difference_")
    if scenario is SUMMER:  # known lines say it all: no count of its own
        gaps = gaps.drop(list(SAMPLING))
    assert (gaps == 0).all(axis=None)
    assert found.changes == ()
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("first", "second"), [(TODAY, DOUBLED), (LVO, SUMMER), (TODAY, TODAY.evolve(target=0.8))]
)
def test_there_and_back_is_the_opposite(first: Scenario, second: Scenario) -> None:
    there, back = table_of(first, second), table_of(second, first)
    for low, high in (("p10", "p90"), ("p50", "p50"), ("p90", "p10")):
        ahead = there[f"difference_{low}"]
        # A whole number of slots is one that was drawn: the next one, the other way round.
        gap = (ahead + back[f"difference_{high}"]).abs()
        slots = ["slots_needed", "sampling_slots_needed"]
        assert gap.drop(slots).max() <= 1e-9 * ahead.abs().max()
        assert gap[slots].max() <= 1
    np.testing.assert_array_equal(there.filter(like="first_"), back.filter(like="second_"))


def test_common_draws_make_the_difference_narrow() -> None:
    one_more = load_scenario("beauce_gatinais_un_medecin_de_plus")
    first = scenario_measures(TODAY, draw_requests(TODAY, draws=DRAWS))["served"]
    apart = scenario_measures(one_more, draw_requests(one_more, draws=DRAWS, seed=7))["served"]
    low, high = np.quantile(apart - first, [0.1, 0.9])
    found = table_of(TODAY, one_more).loc["served"]
    assert found["difference_p90"] - found["difference_p10"] < (high - low) / 5
    assert found["difference_p10"] > 0 > low


def test_more_slots_and_a_longer_deadline_serve_more() -> None:
    found = table_of(TODAY, DOUBLED)
    for measure in ("served", "same_day", "requests_served", "people_reached", "cost"):
        assert found.at[measure, "difference_p10"] > 0
    for measure in ("requests_per_day", "slots_needed", "gp_hours_needed"):
        assert (found.loc[measure].filter(like="difference") == 0).all()
    longer = table_of(TODAY, TODAY.evolve(deadline_days=3))
    assert longer.at["served", "difference_p10"] >= 0
    assert longer.at["same_day", "difference_p90"] <= 0  # but fewer on the day
    assert longer.at["slots_needed", "difference_p90"] <= 0


def test_arguments_are_not_modified_and_equal_inputs_give_equal_results() -> None:
    before = TODAY.model_dump()
    found = [compare_scenarios(TODAY, DOUBLED, draws=500).table for _ in range(2)]
    pd.testing.assert_frame_equal(*found, check_exact=True)
    assert TODAY.model_dump() == before


# ---- interpolated shares against the exact chain


@settings(max_examples=12, deadline=None)
@given(
    slots=st.sampled_from([1, 2, 5, 8, 12, 16, 24, 40, 120]),
    spread=st.floats(0.2, 1.2),
    deadline=st.sampled_from([0, 1, 3]),
    dispersion=st.sampled_from([1.0, 2.0, 5.0]),
    load=st.floats(0.3, 2.5),
    seed=st.integers(0, 2**16),
)
def test_shares_are_those_of_the_chain(
    slots: int, spread: float, deadline: int, dispersion: float, load: float, seed: int
) -> None:
    case = TODAY.evolve(deadline_days=deadline, dispersion=dispersion)
    rng = np.random.default_rng(seed)
    demands = slots * load * np.exp(spread * rng.standard_normal(300))
    served, same_day, *_ = served_shares(case.rules, [slots] * 5, demands)
    for place in range(0, 300, 30):
        exact = queue(deadline_days=deadline, dispersion=dispersion).service(
            float(demands[place]), slots
        )
        assert served[place] == pytest.approx(exact.served, abs=1e-4)
        assert same_day[place] == pytest.approx(exact.same_day, abs=1e-4)


def test_shares_of_an_uneven_week_and_of_one_demand_are_those_of_the_chain() -> None:
    week = [12, 0, 9, 4, 9]
    uneven = queue().week(9.0, week, factors=WEEKDAY_FACTORS)
    assert sum(uneven.seen_by_weekday) == pytest.approx(uneven.served)
    demands = np.random.default_rng(1).uniform(2, 25, 200)
    served, same_day, *_ = served_shares(TODAY.rules, week, demands)
    for place in range(0, 200, 20):
        exact = queue().week(float(demands[place]), week, factors=[1.0] * 5)
        assert served[place] == pytest.approx(exact.served, abs=1e-4)
        assert same_day[place] == pytest.approx(exact.same_day, abs=1e-4)
    served, same_day, *_ = served_shares(TODAY.rules, [8] * 5, np.full(3, 8.0))
    line = queue().service(8.0, 8)
    assert served == pytest.approx(np.full(3, line.served), abs=1e-14)
    assert same_day == pytest.approx(np.full(3, line.same_day), abs=1e-14)
    # alike days serve the share of the requests of the year
    demands = np.array([4.0, 8.0, 20.0])
    served, _, *seen = served_shares(TODAY.rules, [8] * 5, demands)
    assert requests_served(TODAY, demands, seen) == pytest.approx(251 * demands * served)
    with pytest.raises(ScenarioError, match="il faut plus de 0"):
        served_shares(TODAY.rules, [8] * 5, np.array([1.0, 0.0]))


def test_many_demands_of_a_week_are_solved_as_each_alone_and_none_as_none() -> None:
    rules = Rules(0.95, 2, 3.0)
    for week in ([9, 0, 4, 7, 0], [6] * 5):
        demands = np.array([1e-6, 0.3, 4.0, 9.0, 60.0])
        found = rules.week_shares(demands, week)
        for demand, row in zip(demands, found, strict=True):
            alone = rules.week(float(demand), week)
            expected = [alone.served, alone.same_day, *alone.seen_by_weekday]
            assert row == pytest.approx(expected, abs=1e-12)
        assert found.min() >= 0 and found.max() <= 1
        assert rules.week_shares(np.array([]), week).shape == (0, 7)
    with pytest.raises(ScenarioError, match="demandes par jour"):
        rules.week_shares(np.array([1.0, -2.0]), [6] * 5)


# ---- people


@pytest.mark.parametrize("people", [50.0, 2_000.0, 10_000_000.0])
def test_people_reached_are_at_most_people_and_consultations(people: float) -> None:
    case = certain(8.0, people_without_mt=people, population=None, area=None)
    found = table_of(case, DOUBLED, draws=100)["first_p50"]
    assert found["people_reached"] <= min(people, found["consultations"])
    if people == 50.0:  # 37 consultations for each
        assert found["people_reached"] == pytest.approx(50, rel=1e-6)
    if people == 10_000_000.0:  # nobody comes twice
        assert found["people_reached"] == pytest.approx(found["consultations"], rel=1e-3)


def test_visitors_of_a_season_are_reached_one_by_one() -> None:
    nobody = np.zeros(100)
    found = scenario_measures(SUMMER, DemandDraws(nobody, nobody + 600.0, nobody + 1, 1))
    assert found["people_reached"] == pytest.approx(found["consultations"])
    # Their months hold about 945,000 of 1,620,000 month-presences.
    assert 600 * 0.5 < found["people_reached"][0] < 600 * 0.7
    # those whom a device does not admit are not reached
    alone = scenario_measures(TODAY, draw_requests(TODAY, draws=200))
    assert (alone["people_reached"] < (TODAY.population or 0)).all()
    few = WEST.evolve(slots_today=200, minutes_per_slot_today=15.0)
    assert few.public == "no_mt"
    reached = scenario_measures(few, draw_requests(few, draws=200))["people_reached"]
    assert (reached < few.people_without_mt).all()


# ---- unknown slots


def test_unknown_slots_are_unknown_never_nil() -> None:
    found = table_of(TODAY, UNKNOWN)
    asked = ["requests_per_day", "slots_needed", "gp_hours_needed", *SAMPLING]
    assert found.loc[asked].notna().all(axis=None)
    rest = found.drop(asked)
    assert rest.filter(like="first_").notna().all(axis=None)
    assert rest.filter(like="second_").isna().all(axis=None)
    assert rest.filter(like="difference_").isna().all(axis=None)
    # what is computed is said
    said: list[str] = []
    compare_scenarios(TODAY, UNKNOWN, draws=100, say=said.append)
    assert len(said) == 2
    assert "40 créneaux par semaine" in said[0]
    assert "créneaux inconnus" in said[1]


# ---- months, calendars, warnings


def test_totals_of_different_periods_are_brought_to_a_month() -> None:
    found = compare_scenarios(LVO, SUMMER, draws=DRAWS)
    assert not found.same_period
    assert "people_reached" not in found.table.index
    alone = table_of(LVO, LVO), table_of(SUMMER, SUMMER)
    for name in set(TOTALS) - {"people_reached"}:
        for side, own, months in zip(("first", "second"), alone, (12, 2), strict=True):
            expected = pytest.approx(own.at[name, "first_p50"] / months)
            assert found.table.at[name, f"{side}_p50"] == expected
    # 42 days of 4 h at 100 euros in two months; 251 in twelve
    assert found.table.at["cost", "second_p50"] == pytest.approx(42 * 400 / 2)
    assert found.table.at["cost", "first_p50"] == pytest.approx(251 * 400 / 12)
    assert any("mois" in text for text in found.warnings)


def test_totals_of_the_same_months_are_those_of_the_months() -> None:
    found = compare_scenarios(SUMMER, load_scenario("lvo_ete_deux_medecins"), draws=DRAWS)
    assert found.same_period
    assert found.table.at["cost", "difference_p50"] == pytest.approx(42 * 400)
    assert "people_reached" in found.table.index
    assert found.warnings == ()


def test_days_studied_are_those_of_the_months() -> None:
    assert sum(studied_weekdays(TODAY)) == 251
    days = [day for day in SUMMER.calendar.factors.index if day.month in (7, 8)]
    assert studied_weekdays(SUMMER) == tuple(
        sum(day.isoweekday() == weekday for day in days) for weekday in range(1, 6)
    )
    weekend = TODAY.evolve(
        calendar={"weekdays": (2, 6), "weekday_factors": (1.0, 1.0)},
        slots_today=8,
        minutes_per_slot_today=15.0,
    )
    assert len(studied_weekdays(weekend)) == 2


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (LVO.admitting("no_mt"), "publics admis"),
        (LVO.evolve(deadline_days=2), "Le délai change de"),
        (LVO.evolve(deadline_days=2, target=0.9), "Le délai et l’objectif changent de"),
        (LVO.evolve(seed=1), "graines"),
        (
            LVO.evolve(calendar={"weekdays": (1, 2, 3, 4), "weekday_factors": (1.0,) * 4}),
            "jours par semaine",
        ),
        (TODAY, "par habitant"),
        (load_scenario("asclepios"), "Aucun dispositif n’est décrit pour"),
    ],
)
def test_what_may_not_be_compared_as_it_stands_is_said(second: Scenario, words: str) -> None:
    assert any(words in text for text in compare_scenarios(LVO, second, draws=100).warnings)


def test_suppositions_drawn_together_for_two_territories_are_said() -> None:
    def said(first: Scenario, second: Scenario) -> bool:
        found = compare_scenarios(first, second, draws=100)
        return any("tiré ensemble" in text for text in found.warnings)

    assert said(WEST, TODAY)
    assert said(LVO.admitting("no_mt"), load_scenario("asclepios").admitting("no_mt"))
    # Known lines say each its own, and a line of its own owes nothing to what others receive.
    assert not said(LVO, load_scenario("asclepios"))
    assert not said(LVO, TODAY)
    assert not said(WEST, WEST.evolve(target=0.9))


def test_a_territory_without_device_is_compared_as_open_to_all() -> None:
    alone = load_scenario("asclepios")
    assert alone.public is None
    table = table_of(alone, alone.admitting("all"))
    assert (table.filter(like="difference_").dropna() == 0).all(axis=None)
    found = compare_scenarios(alone, alone.admitting("all"), draws=100)
    assert [text for text in found.warnings if "publics admis" in text] == []


def test_what_is_not_known_of_each_is_said_under_its_name() -> None:
    found = compare_scenarios(LVO, LVO.admitting("no_mt").evolve(label="Autre"), draws=100)
    assert any(text.startswith(f"{LVO.label} — C’est un ordre") for text in found.caveats)
    assert any(text.startswith("Autre — ") for text in found.caveats)
    both = compare_scenarios(LVO, SUMMER, draws=100).caveats
    assert sum(text.startswith("C’est un ordre de grandeur") for text in both) == 1


def test_other_known_lines_move_what_they_say_alone() -> None:
    known = shipped_lines()
    few = replace(known, every=known.lines[:3])
    told, own = (
        compare_scenarios(case, TODAY, draws=DRAWS, lines=few).table.at["requests_per_day", p]
        / compare_scenarios(case, TODAY, draws=DRAWS).table.at["requests_per_day", p]
        for case, p in ((LVO, "first_p50"), (TODAY, "second_p50"))
    )
    assert abs(told - 1) > 0.03
    assert abs(own - 1) < 0.03


def test_changed_fields_leave_words_out() -> None:
    assert changed_fields(TODAY, TODAY.evolve(label="x", notes=("y",))) == ()
    assert changed_fields(TODAY, DOUBLED) == ("slots_today",)
    assert changed_fields(TODAY, TODAY.evolve(calendar={"year": 2024}, target=0.9)) == (
        "calendar",
        "target",
    )


# ---- bounds


def test_a_rare_draw_beyond_the_queue_is_no_error() -> None:
    per_day = np.concatenate([np.full(95, 8.0), np.full(5, 5_000.0)])
    drawn = DemandDraws(per_day * 251, 0 * per_day, per_day, 1)
    needed = scenario_measures(TODAY, drawn)["slots_needed"]
    assert sorted(set(needed)) == [queue().slots(8.0), 601]
    many = DemandDraws(per_day * 125_500, 0 * per_day, per_day, 1)
    with pytest.raises(DemandTooLargeError):
        scenario_measures(TODAY, many)
    for draws in (99, 2_000_001, 1000.5):
        with pytest.raises(ScenarioError, match="tirages"):
            compare_scenarios(TODAY, DOUBLED, draws=draws)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("base", "variant", "fields", "week"),
    [
        ("beauce_gatinais", "beauce_gatinais_16_creneaux", "slots_today", (16,) * 5),
        # one session of 2 h every two weeks: 4 slots of 15 min a week
        (
            "beauce_gatinais",
            "beauce_gatinais_un_medecin_de_plus",
            "slots_today volunteers",
            (9, 9, 9, 9, 8),
        ),
        ("lvo", "lvo_ete", "months", (16,) * 5),
        ("lvo_ete", "lvo_ete_deux_medecins", "sessions slots_today", (32,) * 5),
    ],
)
def test_a_shipped_variant_changes_what_it_says_and_no_more(
    base: str, variant: str, fields: str, week: tuple[int, ...]
) -> None:
    found = load_scenario(variant)
    assert set(changed_fields(load_scenario(base), found)) == set(fields.split())
    assert found.territory == variant
    assert found.slots_by_weekday == week
    assert "sans source" not in found.sources["slots_today"].text
    assert {path.stem for path in _VARIANTS_DIR.glob("*.toml")} == set(_VARIANTS)

"""From slots to people: cases counted by hand, unknowns, limits, bad input."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpts_geo.capacity.answer.headline import headline
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.capacity.workforce.resources import Line, resources
from cpts_geo.errors import ScenarioError
from cpts_geo.study.capacity import study_capacity
from tests.atlas.said import TERRITORIES

DAYS = (50,) * 5
EIGHT = Line(slots=(8,) * 5, gp_hours_per_week=10.0, requests_per_day=80.0)


@pytest.fixture(scope="module")
def beauce() -> Scenario:
    return load_scenario("beauce_gatinais").evolve(
        no_show_rate=0.05,
        gp_hour_cost=90.0,
        secretary_hour_cost=20.0,
        consultation_tariff=30.0,
        sas_supplement=15.0,
    )


def row(scenario: Scenario, line: Line, **more: object) -> pd.Series:
    given_ = {"days": DAYS, **more}
    found = resources(scenario, {"one": line}, **given_).loc["one"]  # type: ignore[arg-type]
    assert isinstance(found, pd.Series)
    return found


# --- by hand ------------------------------------------------------------------


def test_eight_slots_of_a_quarter_of_an_hour(beauce: Scenario) -> None:
    found = row(beauce, EIGHT)
    week = ["slots_per_day", "gp_hours", "half_days", "sessions", "sas_effectors"]
    assert found[week].tolist() == [8.0, 10.0, 2.5, 5.0, 5.0]
    # one session every two weeks each; 14 of them known: one every 2.8
    assert found[["volunteers_needed", "session_weeks"]].tolist() == [10.0, pytest.approx(2.8)]
    # one person from 8 h to 18 h, five days
    assert found[["agents", "secretary_hours", "rooms"]].tolist() == [1.0, 50.0, 1.0]


def test_a_year_of_a_full_line(beauce: Scenario) -> None:
    found = row(beauce, EIGHT)
    # ten times more people than slots: every slot of 250 days is taken, 1 in 20 does not come
    assert found["consultations"] == pytest.approx(8 * 250 * 0.95, rel=1e-9)
    assert found["receipts"] == pytest.approx(1900 * 30, rel=1e-9)
    assert found["sas_receipts"] == pytest.approx(1900 * 15, rel=1e-9)
    assert found["gp_cost"] == pytest.approx(2 * 250 * 90)
    assert found["secretary_cost"] == pytest.approx(10 * 250 * 20)
    assert found["balance"] == pytest.approx(57_000 - 45_000 - 50_000, rel=1e-9)


def test_an_idle_line_is_paid_and_brings_in_what_it_sees(beauce: Scenario) -> None:
    found = row(beauce, Line(slots=(8,) * 5, gp_hours_per_week=10.0, requests_per_day=1.0))
    assert found["consultations"] == pytest.approx(250 * 0.95, rel=1e-6)
    assert found["gp_cost"] == pytest.approx(45_000)


def test_days_of_a_week_that_differ(beauce: Scenario) -> None:
    line = Line(slots=(12, 0, 9, 0, 9), gp_hours_per_week=7.5, requests_per_day=80.0)
    found = row(beauce, line)
    assert (found["slots_per_day"], found["gp_hours"]) == (6.0, 7.5)
    assert found["gp_cost"] == pytest.approx(7.5 * 50 * 90)
    # no Monday in the period: 18 quarters of an hour a week are left of 30
    fewer = row(beauce, line, days=(0, 50, 50, 50, 50))
    assert fewer["gp_cost"] == pytest.approx(4.5 * 50 * 90)
    assert fewer["secretary_cost"] == pytest.approx(10 * 200 * 20)


@pytest.mark.parametrize(("slots", "rooms"), [(1, 1), (16, 1), (17, 2), (32, 2), (60, 4)])
def test_rooms_of_a_centre_open_four_hours(slots: int, rooms: int) -> None:
    lvo = load_scenario("lvo")
    line = Line(slots=(slots,) * 5, gp_hours_per_week=slots * 1.25, requests_per_day=9.0)
    assert row(lvo, line)["rooms"] == rooms
    # the fullest day says how many
    uneven = Line(slots=(slots, 1, 1, 1, 1), gp_hours_per_week=(slots + 4) / 4)
    assert row(lvo, uneven)["rooms"] == rooms


def test_secretaries_are_those_of_the_telephone_where_calls_are_counted(beauce: Scenario) -> None:
    phone = pd.DataFrame({"agents": [2, 1, 1]})
    found = row(beauce, EIGHT, phone=phone)
    assert found[["agents", "secretary_hours"]].tolist() == [2.0, 20.0]
    assert found["secretary_cost"] == pytest.approx(4 * 250 * 20)
    two = row(beauce.evolve(phone_agents=2), EIGHT)
    assert two[["agents", "secretary_hours"]].tolist() == [2.0, 100.0]
    assert row(beauce.evolve(phone_agents=0), EIGHT)["secretary_cost"] == 0.0


def test_a_rota_gives_its_own_session_and_gps() -> None:
    rota = {"gps": 6, "sessions_per_gp_per_week": 0.5, "session_hours": 3.0}
    scenario = load_scenario("asclepios").evolve(rota=rota, minutes_per_slot_today=15.0)
    found = row(scenario, Line(slots=(12,) * 5, gp_hours_per_week=15.0))
    assert found[["sessions", "session_weeks"]].tolist() == [5.0, pytest.approx(1.2)]
    other = row(scenario.evolve(session_weeks=4.0, half_day_hours=3.5), EIGHT)
    assert other["volunteers_needed"] == math.ceil(10 / 3 * 4)
    assert other["half_days"] == pytest.approx(10 / 3.5)


@given(
    hours=st.floats(0.1, 400),
    weeks=st.floats(0.25, 8),
    session=st.sampled_from([1.0, 1.5, 2.0, 3.0, 4.0]),
)
def test_volunteers_are_enough_and_no_more(hours: float, weeks: float, session: float) -> None:
    scenario = load_scenario("lvo").evolve(session_weeks=weeks, session_hours=session)
    found = row(scenario, Line(slots=(1,) * 5, gp_hours_per_week=hours))
    exact = hours / session * weeks
    assert exact - 1e-6 <= found["volunteers_needed"] < exact + 1


# --- unknown ------------------------------------------------------------------


def test_an_unknown_line_costs_nothing_known(beauce: Scenario) -> None:
    assert row(beauce, Line()).isna().all()
    found = row(beauce, Line(requests_per_day=3.0))
    assert found.isna().all()


def test_consultations_counted_without_slots(beauce: Scenario) -> None:
    found = row(beauce, Line(consultations=1_400.0))
    assert found[["consultations", "receipts"]].tolist() == [1_400.0, 42_000.0]
    assert found["secretary_cost"] == pytest.approx(50_000.0)
    known = ["agents", "secretary_hours", "consultations", "secretary_cost", "receipts"]
    assert set(found[found.notna()].index) == {*known, "sas_receipts"}


def test_no_volunteer_known_and_no_demand_known(beauce: Scenario) -> None:
    found = row(beauce.evolve(volunteers=None), Line(slots=(8,) * 5, gp_hours_per_week=10.0))
    unknown = {"session_weeks", "consultations", "receipts", "balance", "sas_receipts"}
    assert set(found[found.isna()].index) == unknown


def test_no_line_at_all(beauce: Scenario) -> None:
    assert resources(beauce, {}, days=DAYS).empty


# --- bad input ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (Line(slots=(8,) * 4, gp_hours_per_week=8.0), "il en faut 5"),
        (Line(slots=(8, 8, 8, 8, -1), gp_hours_per_week=8.0), "0 ou plus"),
        (Line(slots=(0,) * 5, gp_hours_per_week=0.0), "aucun créneau"),
        (Line(slots=(8,) * 5), "vont ensemble"),
        (Line(gp_hours_per_week=8.0), "vont ensemble"),
        (Line(slots=(8,) * 5, gp_hours_per_week=-1.0), "heures de consultation = -1.0"),
        (Line(slots=(8,) * 5, gp_hours_per_week=math.inf), "heures de consultation = inf"),
        (Line(slots=(8,) * 5, gp_hours_per_week=8.0, requests_per_day=0.0), "plus de 0"),
        (Line(consultations=-1.0), "consultations = -1.0"),
    ],
)
def test_impossible_lines_are_refused(beauce: Scenario, line: Line, words: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        resources(beauce, {"today": EIGHT, "other": line}, days=DAYS)
    (defect,) = refused.value.defects
    assert defect.startswith("other : ")
    assert words in defect


@pytest.mark.parametrize("days", [(50,) * 4, (50, 50, 50, 50, -1)])
def test_every_defect_is_listed(beauce: Scenario, days: tuple[int, ...]) -> None:
    with pytest.raises(ScenarioError) as refused:
        resources(beauce, {"a": Line(slots=()), "b": Line(consultations=-1.0)}, days=days)
    assert len(refused.value.defects) == 4


# --- the five -----------------------------------------------------------------


@pytest.mark.parametrize("key", TERRITORIES)
def test_the_table_of_a_territory_is_that_of_its_answer(key: str) -> None:
    result = headline(load_scenario(key), draws=500)
    capacity = study_capacity(result, facts={})
    table = capacity.resources
    assert table.index[0] == "today"
    assert ("planned" in table.index) == (result.planned is not None)
    if result.today is None:
        assert math.isnan(table.loc["today", "slots_per_day"])
        assert math.isnan(table.loc["today", "gp_cost"])
    else:
        assert table.loc["today", "slots_per_day"] == result.today.slots
        assert table.loc["today", "gp_hours"] == result.today.gp_hours_per_week
    needed = table.filter(like="needed", axis=0)
    assert list(needed.index) == ["needed_p10", "needed_p50", "needed_p90"]
    assert needed["slots_per_day"].tolist() == list(vars(result.slots_per_day).values())
    assert needed["gp_hours"].tolist() == list(vars(result.gp_hours_per_week).values())
    assert needed.notna().all(axis=1).all() or result.scenario.volunteers is None
    for name in ("slots_per_day", "gp_hours", "consultations", "receipts", "gp_cost", "rooms"):
        assert needed[name].is_monotonic_increasing
    # the target is held: no request is worth more than a consultation
    asked = result.requests_per_year.p50
    kept = needed.loc["needed_p50", "consultations"] / (1 - result.scenario.no_show_rate)
    # the slots are those of a demand that was drawn, next to the median
    assert result.scenario.target - 0.01 <= kept / asked <= 1.0


def test_a_scenario_of_two_months_counts_two_months() -> None:
    year, summer = (
        study_capacity(headline(load_scenario(key), draws=500), facts={}).resources.loc["today"]
        for key in ("lvo", "lvo_ete")
    )
    assert year["gp_hours"] == summer["gp_hours"]
    assert summer["gp_cost"] / year["gp_cost"] == pytest.approx(42 / 251)


def test_slots_tried_are_not_credited_with_the_consultations_of_others() -> None:
    tried = load_scenario("beauce_gatinais_16_creneaux")
    assert tried.observed_consultations == 2_000
    table = study_capacity(headline(tried, draws=500), facts={}).resources
    assert table.loc["today", "consultations"] > 2_500

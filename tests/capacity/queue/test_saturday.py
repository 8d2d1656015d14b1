"""Saturday morning: a half-day with its own requests, slots and hours, where a line opens it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cpts_geo.capacity.answer.deadlines import by_deadline, waits
from cpts_geo.capacity.answer.headline import Headline, headline
from cpts_geo.capacity.comparing.shares import (
    requests_served,
    served_shares,
    studied_weekdays,
)
from cpts_geo.capacity.queue.rules import Rules
from cpts_geo.capacity.scenario.calendar import opening_days
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import load_scenario, save_scenario
from cpts_geo.capacity.scenario.parameters import default_parameters
from cpts_geo.capacity.workforce.phone import FIRST_HOUR, HOUR_SHARES
from cpts_geo.errors import ScenarioError
from cpts_geo.study.capacity import study_capacity
from tests.capacity.queue.oracles import fifo_week

FACTOR = default_parameters()["saturday_factor"].value


def opened(**changes: Any) -> Scenario:
    changes = {"slots_saturday": 6} | changes
    return load_scenario("beauce_gatinais").evolve(calendar={"saturday_morning": True}, **changes)


@pytest.fixture(scope="module")
def closed_answer() -> Headline:
    return headline(load_scenario("beauce_gatinais"), draws=1000)


@pytest.fixture(scope="module")
def answer() -> Headline:
    return headline(opened(), draws=1000)


def test_the_default_is_the_morning_of_a_weekday() -> None:
    hours = dict(enumerate(HOUR_SHARES, start=FIRST_HOUR))
    assert sum(hours[hour] for hour in range(8, 12)) == pytest.approx(FACTOR)
    assert default_parameters()["saturday_factor"].grade == "D"


def test_a_line_that_does_not_open_on_saturday_has_nothing_of_it() -> None:
    usual = load_scenario("lvo")
    assert (usual.saturday_factor, usual.slots_saturday) == (None, None)
    assert "saturday_factor" not in usual.sources
    assert usual.week_slots == usual.slots_by_weekday == (16,) * 5
    assert usual.week_rules == usual.rules
    assert usual.ordinary_days_per_year == usual.opening_days_per_year


def test_one_field_opens_it_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "samedi.toml"
    path.write_text(
        'base = "beauce_gatinais"\nslots_saturday = 6\n[calendar]\nsaturday_morning = true\n',
        encoding="utf-8",
    )
    found = load_scenario(path)
    assert found.week_slots == (8, 8, 8, 8, 8, 6)
    assert found.week_shape == (1, 1, 1, 1, 1, FACTOR)
    assert found.sources["saturday_factor"] == default_parameters()["saturday_factor"].source
    save_scenario(found, tmp_path / "kept.toml")
    kept = load_scenario(tmp_path / "kept.toml")
    assert kept.evolve(territory="samedi") == found


def test_opened_then_closed_it_is_as_before() -> None:
    usual = load_scenario("beauce_gatinais")
    again = opened().evolve(calendar={"saturday_morning": False})
    assert again.evolve(sources=usual.sources) == usual


def test_its_days_are_saturdays_that_are_no_holiday() -> None:
    calendar = opened().calendar
    assert calendar.weekdays == (1, 2, 3, 4, 5)
    assert calendar.week_days == (1, 2, 3, 4, 5, 6)
    assert len(calendar.saturdays) == 51  # All Saints' Day is one
    assert calendar.opening_days.equals(load_scenario("beauce_gatinais").calendar.opening_days)
    assert calendar.hours_of_week == (10, 10, 10, 10, 10, 4)
    assert len(opening_days(date(2025, 1, 1), date(2025, 12, 31), calendar=calendar)) == 251
    assert studied_weekdays(opened())[-1] == 51


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"slots_saturday": None}, "sans créneaux du samedi"),
        ({"slots_saturday": 5, "slots_today": None, "minutes_per_slot_today": None}, "sans ceux"),
        ({"slots_saturday": -1}, "slots_saturday"),
        ({"saturday_factor": 0.0}, "saturday_factor"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        opened(**changes)
    assert said in " ".join(caught.value.defects)


def test_slots_of_a_closed_saturday_are_refused() -> None:
    with pytest.raises(ScenarioError, match="n’ouvre pas"):
        load_scenario("lvo").evolve(slots_saturday=4)
    six = {"weekdays": (1, 2, 3, 4, 5, 6), "weekday_factors": (1.0,) * 6}
    with pytest.raises(ScenarioError, match="samedi entier"):
        load_scenario("lvo").evolve(
            calendar=six | {"saturday_morning": True}, slots_saturday=4, slots_today=16
        )


# ---- the queue


@pytest.mark.parametrize("deadline", [0, 1, 2])
def test_the_week_against_a_plain_queue(deadline: int) -> None:
    rules = Rules(0.95, deadline, 1.0, shape=(1, 1, 1, 1, 1, 0.48))
    plan, demand = (9, 9, 9, 9, 9, 3), 8.7
    week = rules.week(demand, plan)
    served, lost = fifo_week(
        [demand * each for each in rules.shape or ()], plan, deadline=deadline, weeks=20_000, seed=7
    )
    assert rules.served(demand, plan) == week.served
    assert week.served == pytest.approx(served, abs=0.003)
    assert week.lost_by_weekday[-1] == pytest.approx(lost[-1], abs=0.01)


def test_a_shape_of_days_alike_changes_nothing() -> None:
    usual = Rules(0.95, 1, 1.0)
    alike = replace(usual, shape=(1.0,) * 6)
    assert alike.served(10.0, 11) == pytest.approx(usual.served(10.0, 11), abs=1e-12)
    assert alike.carries(11) == pytest.approx(usual.carries(11), abs=1e-6)


def test_one_number_leaves_saturday_its_share() -> None:
    rules = Rules(0.95, 1, 1.0, shape=(1.0,) * 5 + (0.48,))
    means, plan = rules.week_plan(10.0, 9)
    assert plan == [9, 9, 9, 9, 9, 5]
    assert means == pytest.approx([10.0] * 5 + [4.8])


def test_what_is_needed_on_a_weekday_serves_the_whole_week() -> None:
    """Saturday is left its share of the slots, rounded up: the week then holds the target."""
    case = opened()
    for demand in (3.0, 8.7, 20.0):
        for deadline in (1, 2):
            rules = replace(case.week_rules, deadline_days=deadline)
            plan = case.needed_week(rules.slots(demand))
            assert rules.served(demand, plan) >= rules.target - 0.005


# ---- the answer


def test_weekdays_are_asked_as_before(closed_answer: Headline, answer: Headline) -> None:
    """Saturday comes on top: no request of the week moves to it, so no weekday needs fewer."""
    assert answer.slots_per_day == closed_answer.slots_per_day
    days = closed_answer.scenario.ordinary_days_per_year
    assert answer.requests_per_year.p50 == pytest.approx(
        closed_answer.requests_per_year.p50 * answer.scenario.ordinary_days_per_year / days
    )
    more = (5 + FACTOR) / 5
    assert answer.gp_hours_per_week.p50 == pytest.approx(closed_answer.gp_hours_per_week.p50 * more)
    assert answer.today is not None
    assert answer.today.slots == 8
    assert answer.today.gp_hours_per_week == pytest.approx((40 + 6) * 0.25)


def test_slots_beyond_its_requests_serve_more(closed_answer: Headline) -> None:
    median = closed_answer.requests_per_day.p50
    shares = [
        case.week_rules.served(median, case.week_slots)
        for case in [opened(slots_saturday=count) for count in (0, 4, 8, 16)]
    ]
    assert shares == sorted(shares)
    before = closed_answer.scenario.rules.served(median, 8)
    # Opened without a slot, it only adds requests.
    assert shares[0] < before < shares[-1]


def test_tables_of_a_line_that_opens_on_saturday(answer: Headline) -> None:
    table = by_deadline(answer)
    assert table["served_today"].is_monotonic_increasing
    assert {8.0, 9.0} <= set(waits(answer)["slots"])
    found = study_capacity(answer, facts={})
    assert found.week is not None
    assert len(found.week.lost_by_weekday) == 6
    today = found.resources.loc["today"]
    assert today["gp_hours"] == pytest.approx(11.5)
    assert today["slots_per_day"] == 8
    # As many weeks of 46 slots as the calendar holds days: 251 weekdays, 51 Saturdays.
    assert today["gp_cost"] == pytest.approx((251 * 8 + 51 * 6) * 0.25 * 100)


def test_requests_served_are_at_most_those_made() -> None:
    case = opened(slots_saturday=40, slots_today=200)
    demand = np.array([5.0, 10.0])
    shares = served_shares(case.week_rules, case.week_slots or (), demand)
    handled = requests_served(case, demand, shares[2:])
    assert handled == pytest.approx(demand * case.ordinary_days_per_year, rel=1e-3)

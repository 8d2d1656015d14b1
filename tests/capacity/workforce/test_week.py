"""The week: cells that add up, sessions that cannot stand, and the needs of three deadlines."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cpts_geo.capacity.answer.deadlines import by_deadline, week_by_deadline
from cpts_geo.capacity.answer.headline import Headline, headline
from cpts_geo.capacity.need.interval import LEVELS
from cpts_geo.capacity.queue.rules import Rules
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.capacity.workforce.week import BANDS, DAYS, OPEN, PDSA, week_days, week_grid
from cpts_geo.errors import ScenarioError
from cpts_geo.study.capacity import study_capacity
from cpts_geo.writing._need_tables import week_table
from tests.capacity.queue.oracles import fifo_week

NEEDED = {"p10": 8.0, "p50": 13.0, "p90": 21.0}
FIVE = ("asclepios", "beauce_gatinais", "lvo", "ondaine_forez", "ouest_loiret")


def held(*sessions: dict[str, Any], **changes: Any) -> Scenario:
    """A line of 8 slots a day of 15 min, open from 8 h to 18 h, with these sessions."""
    return load_scenario("beauce_gatinais").evolve(sessions=sessions, **changes)


def noon(**changes: Any) -> dict[str, Any]:
    return {"days": (1, 2, 3, 4, 5), "starts": time(12), "ends": time(14), "slots": 8} | changes


# ---- the grid


@pytest.mark.parametrize("name", FIVE)
def test_needed_cells_add_up_to_the_days_and_to_the_week(name: str) -> None:
    case = load_scenario(name)
    grid, days = week_grid(case, NEEDED), week_days(case, NEEDED)
    for bound, slots in NEEDED.items():
        column = f"needed_{bound}"
        by_day = grid.groupby("day")[column].sum(min_count=1)
        assert by_day.to_numpy() == pytest.approx(days[column].to_numpy(), nan_ok=True)
        assert grid[column].sum() == pytest.approx(slots * sum(case.week_shape))
    assert len(grid) == len(DAYS) * len(BANDS)


def test_offered_cells_add_up_to_the_slots_of_the_week() -> None:
    case = held(noon(days=(1, 2, 3)), noon(days=(4, 5), starts=time(11), ends=time(15), slots=8))
    grid = week_grid(case, NEEDED)
    assert grid["offered"].sum() == sum(case.week_slots or ())
    thursday = grid[grid["day"] == 4].set_index("first_hour")["offered"]
    assert thursday.tolist() == [2, 4, 2, 0]  # an hour before noon, two at noon, one after


def test_doctors_make_slots_of_their_hours() -> None:
    grid = week_grid(held(noon(slots=None, doctors=1)), NEEDED)
    assert grid["offered"].sum() == 40


def test_hours_that_nobody_says_are_not_invented() -> None:
    case = load_scenario("beauce_gatinais")
    assert week_grid(case, NEEDED)["offered"].isna().all()
    assert week_days(case, NEEDED)["offered"].tolist() == [8, 8, 8, 8, 8, 0]
    unknown = load_scenario("ouest_loiret")
    assert week_days(unknown, NEEDED)["offered"].isna().all()


def test_a_known_schedule_stands_at_its_hours() -> None:
    grid = week_grid(load_scenario("lvo"), NEEDED).set_index(["day", "first_hour"])["offered"]
    assert grid[1].tolist() == [0, 2, 14, 0]  # 13 h 30 to 17 h 30


def test_saturday_afternoon_is_out_of_scope_and_its_morning_counted_where_it_opens() -> None:
    grid = week_grid(load_scenario("lvo"), NEEDED).set_index(["day", "first_hour"])
    assert grid.loc[6, "state"].tolist() == ["closed", PDSA, PDSA, PDSA]
    assert grid.loc[6, "needed_p50"].isna().all()
    case = load_scenario("lvo").evolve(calendar={"saturday_morning": True}, slots_saturday=8)
    assert case.sessions is not None  # those of the week still hold
    grid = week_grid(case, NEEDED).set_index(["day", "first_hour"])
    assert grid.loc[6, "state"].tolist() == [OPEN, PDSA, PDSA, PDSA]
    assert grid.loc[(6, 8), "needed_p50"] == pytest.approx(13 * 0.48)
    assert grid.loc[(6, 8), "offered"] == 8
    assert grid["offered"].sum() == 88


def test_the_hours_of_a_log_come_first() -> None:
    factors = (0.5,) * 4 + (1.0,) * 2 + (1.5,) * 4 + (1.0,) * 2
    case = load_scenario("lvo").evolve(calendar={"hour_factors": factors})
    monday = week_grid(case, NEEDED).query("day == 1")["needed_p50"]
    assert (monday / monday.sum()).tolist() == pytest.approx([2 / 12, 2 / 12, 6 / 12, 2 / 12])


# ---- sessions that cannot stand


@pytest.mark.parametrize(
    ("session", "said"),
    [
        (noon(starts=time(7)), "en PDSA"),
        (noon(starts=time(18), ends=time(21)), "en PDSA"),
        (noon(days=(1, 7)), "dimanche"),
        (noon(days=(1, 6), starts=time(10), ends=time(13)), "en PDSA"),
        (noon(days=(1, 6), starts=time(9), ends=time(12)), "saturday_morning = true"),
        (noon(starts=time(17), ends=time(19)), "hors des heures d’ouverture"),
        (noon(slots=7), "7 créneaux"),
        (noon(starts=time(14), ends=time(12)), "« ends »"),
        (noon(doctors=1), "« slots » ou « doctors »"),
        (noon(slots=None), "« slots » ou « doctors »"),
        (noon(days=()), "au moins un jour"),
    ],
)
def test_sessions_that_cannot_stand_are_refused(session: dict[str, Any], said: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        held(session)
    assert said in " ".join(caught.value.defects)
    assert caught.value.remedy


def test_every_session_in_out_of_hours_care_is_listed() -> None:
    with pytest.raises(ScenarioError) as caught:
        held(noon(days=(1, 2), ends=time(21)), noon(days=(7,)))
    assert len(caught.value.defects) == 3


def test_sessions_leave_with_the_slots_they_told() -> None:
    case = load_scenario("lvo")
    assert case.evolve(slots_today=32).sessions is None
    assert "sessions" not in case.evolve(slots_today=32).sources
    assert case.evolve(target=0.9).sessions == case.sessions


def test_a_file_gives_sessions(tmp_path: Path) -> None:
    path = tmp_path / "midi.toml"
    text = 'base = "beauce_gatinais"\n[[sessions]]\ndays = [1, 2, 3, 4, 5]\nstarts = 12:00:00\n'
    path.write_text(text + "ends = 14:00:00\nslots = 8\n", encoding="utf-8")
    found = load_scenario(path)
    assert found.sessions == held(noon()).sessions
    path.write_text(text + "ends = 21:00:00\nslots = 8\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="en PDSA"):
        load_scenario(path)


# ---- need, served, missing at three deadlines


@pytest.fixture(scope="module")
def answer() -> Headline:
    return headline(load_scenario("beauce_gatinais"), draws=1000)


def test_the_week_is_that_of_the_answer(answer: Headline) -> None:
    table = week_by_deadline(answer).set_index(["deadline_days", "quantity", "unit"])
    own = answer.scenario.deadline_days
    hours = table.loc[(own, "needed", "gp_hours"), [*LEVELS]]
    assert hours.tolist() == pytest.approx(list(vars(answer.gp_hours_per_week).values()))
    rows = by_deadline(answer)
    for days in (0, 1, 2):
        slots = table.loc[(days, "needed", "slots"), "p50"]
        assert slots == 5 * rows.loc[days, "slots_p50"]
        served = table.loc[(days, "served", "slots"), "p50"]
        assert served == pytest.approx(
            5 * answer.requests_per_day.p50 * rows.loc[days, "served_today"]
        )
        assert table.loc[(days, "missing", "slots"), "p50"] == slots - 40
    hours_p50 = table.loc[(own, "needed", "gp_hours"), "p50"]
    assert table.loc[(own, "needed", "sas_effectors"), "p50"] == pytest.approx(hours_p50 / 2)
    assert table.loc[(own, "needed", "half_days"), "p50"] == pytest.approx(hours_p50 / 4)


def test_an_effecteur_of_other_hours(answer: Headline) -> None:
    three = headline(answer.scenario.evolve(effector_hours=3.0), draws=1000)
    offered = week_by_deadline(three).query("quantity == 'offered' and unit == 'sas_effectors'")
    assert offered["p50"].tolist() == pytest.approx([10 / 3] * 3)


def test_unknown_slots_are_empty_and_no_zero() -> None:
    found = week_by_deadline(headline(load_scenario("ouest_loiret"), draws=1000))
    apart = found["quantity"] != "needed"
    assert found.loc[apart, [*LEVELS]].isna().all(axis=None)
    assert found.loc[~apart, [*LEVELS]].notna().all(axis=None)


@pytest.mark.parametrize("deadline", [0, 1, 2])
def test_the_needs_of_one_demand_against_a_plain_queue(deadline: int) -> None:
    """Same day, next opening day, 48 h: drawn weeks hold the target, and not with one slot less."""
    demand, rules = 13.0, Rules(0.95, deadline, 1.0)
    slots = rules.slots(demand)
    served = [
        fifo_week([demand] * 5, [count] * 5, deadline=deadline, weeks=20_000, seed=3)[0]
        for count in (slots - 1, slots)
    ]
    assert served[0] < 0.95 <= served[1] + 0.002
    assert np.diff(served)[0] > 0


# ---- the table


@pytest.mark.parametrize("name", ["beauce_gatinais", "ouest_loiret"])
def test_the_table_says_what_is_unknown(name: str) -> None:
    table = week_table(study_capacity(headline(load_scenario(name), draws=1000), facts={}))
    assert table is not None
    assert table.groupby("kind").size().to_dict() == {"délai": 48, "grille": 48, "jour": 12}
    assert (table["p50"].isna() == (table["status"] == "unknown")).all()
    needed = table.query("kind == 'grille' and quantity == 'needed'")["p50"].sum()
    days = table.query("kind == 'jour' and quantity == 'needed'")["p50"].sum()
    assert needed == pytest.approx(days, abs=0.2)  # of rounded cells

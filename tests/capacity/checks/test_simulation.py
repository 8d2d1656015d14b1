"""The simulation agrees with the exact formulas, and would not with wrong ones."""

from __future__ import annotations

import ast
import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cpts_geo.capacity.checks import simulation
from cpts_geo.capacity.checks.simulation import simulate, simulate_phone
from cpts_geo.capacity.checks.verification import (
    VERIFIED_SETTINGS,
    Setting,
    verification,
    z_scores,
)
from cpts_geo.capacity.workforce.phone import average_speed_of_answer, erlang_c
from cpts_geo.errors import ScenarioError
from tests.queues import WEEKDAY_FACTORS, queue

OL = 1511 / 270


@pytest.fixture(scope="module")
def heard() -> list[str]:
    return []


@pytest.fixture(scope="module")
def table(heard: list[str]) -> pd.DataFrame:
    return verification(say=heard.append)


# --- the chain is right ... --------------------------------------------------


def test_chain_agrees_with_the_simulation(table: pd.DataFrame) -> None:
    assert len(table) == 2 * len(VERIFIED_SETTINGS) == 26
    assert (table["error"] > 0).all()
    assert table[table["z"].abs() > 3].empty


def test_settings_are_spread() -> None:
    assert {setting.rules.deadline_days for setting in VERIFIED_SETTINGS} == {0, 1, 2}
    assert {setting.rules.dispersion for setting in VERIFIED_SETTINGS} == {1.0, 2.0}
    loads = [setting.arrivals_per_day / np.mean(setting.slots) for setting in VERIFIED_SETTINGS]
    assert min(loads) < 0.75
    assert max(loads) == 1.5
    demands = [setting.arrivals_per_day for setting in VERIFIED_SETTINGS]
    assert (min(demands), max(demands)) == (1.0, 30.0)
    assert len({len(setting.factors) for setting in VERIFIED_SETTINGS}) == 2
    assert sum(np.ndim(setting.slots) for setting in VERIFIED_SETTINGS) == 1
    assert len(set(VERIFIED_SETTINGS)) == 13


def memory_days(setting: Setting) -> float:
    """Days for a full book to be forgotten: second eigenvalue of the flat queue, built naively."""
    slots = round(np.mean(setting.slots))
    last = setting.rules.deadline_days * slots
    if last == 0:
        return 0.0
    spread = setting.rules.dispersion - 1
    counts = (
        stats.nbinom(setting.arrivals_per_day / spread, 1 / setting.rules.dispersion)
        if spread
        else stats.poisson(setting.arrivals_per_day)
    )
    chances = counts.pmf(np.arange(400))
    step = np.zeros((last + 1, last + 1))
    for backlog in range(last + 1):
        after = np.clip(backlog + np.arange(400) - slots, 0, last)
        np.add.at(step[backlog], after, chances)
    return float(-1 / np.log(np.sort(np.abs(np.linalg.eigvals(step)))[-2]))


@pytest.mark.parametrize("setting", VERIFIED_SETTINGS)
def test_batches_are_long_against_the_memory_of_the_queue(setting: Setting) -> None:
    memory = memory_days(setting)
    spread = math.sqrt(setting.rules.dispersion * setting.arrivals_per_day)
    # the rule of thumb of the documentation
    backlog = setting.rules.deadline_days * np.mean(setting.slots)
    assert memory <= 1.3 * (1 + backlog / spread) ** 2 / 5
    assert setting.days / 20 >= 20 * memory
    assert 20 * memory <= 500  # the warm-up
    assert (setting.days // 20) % len(setting.factors) == 0


def test_progress_is_told(table: pd.DataFrame, heard: list[str]) -> None:
    assert len(heard) == 13
    assert [heard[rank].replace("\u202f", " ") for rank in (0, 12)] == [
        "Réglage 1 sur 13 : 20 000 jours à 1,0 demandes, 1 créneaux par jour",
        "Réglage 13 sur 13 : 10 000 jours à 5,6 demandes, 12 / 0 / 9 / 0 / 9 créneaux par jour",
    ]
    # slots of a plan are told by their mean
    assert table["slots"].tolist()[-3:] == [21.0, 6.0, 6.0]
    assert table["weekly"].tolist()[-5:] == [True] * 5
    alike = verification([Setting(4.0, (5, 5), queue(), days=200, factors=(1.0, 1.0))])
    assert alike["weekly"].all()


@pytest.mark.parametrize(
    "setting", [setting for setting in VERIFIED_SETTINGS if setting.rules.deadline_days == 2]
)
def test_waiting_agrees_with_the_simulation(setting: Setting) -> None:
    demand, slots, rules = setting.arrivals_per_day, setting.slots, setting.rules
    played = simulate(
        demand, slots, rules=rules, factors=setting.factors, days=setting.days, seed=20
    )
    waiting = rules.week(demand, slots, factors=setting.factors).waiting
    assert np.abs(z_scores(waiting, played.waiting, played.waiting_errors)).max() <= 3
    # a formula that took a day for the other would be seen
    for wrong in [np.roll(waiting, 1), (waiting[0], waiting[2], waiting[1])]:
        assert np.abs(z_scores(wrong, played.waiting, played.waiting_errors)).max() > 3


# --- ... and a wrong chain is caught -----------------------------------------


def slots_added(setting: Setting, slots: int) -> Setting:
    """Add slots to the day, or to the first day of a week that tells its sessions."""
    if isinstance(setting.slots, tuple):
        return replace(setting, slots=(setting.slots[0] + slots, *setting.slots[1:]))
    return replace(setting, slots=setting.slots + slots)


def ruled(setting: Setting, **changes: float) -> Setting:
    """Change one of the rules."""
    return replace(setting, rules=replace(setting.rules, **changes))


Change = Callable[[Setting], Setting]
WRONG: dict[str, tuple[Change, Callable[[Setting], bool], int]] = {
    "a day too few": (
        lambda s: ruled(s, deadline_days=s.rules.deadline_days - 1),
        lambda s: s.rules.deadline_days > 0,
        11,
    ),
    "a day too many": (
        lambda s: ruled(s, deadline_days=s.rules.deadline_days + 1),
        lambda s: s.rules.deadline_days < 2,
        10,
    ),
    "a slot too many": (lambda s: slots_added(s, 1), lambda _: True, 13),
    "a slot too few": (lambda s: slots_added(s, -1), lambda s: s.slots != 1, 12),
    "sessions ignored": (
        lambda s: replace(s, slots=round(np.mean(s.slots))),
        lambda s: isinstance(s.slots, tuple),
        1,
    ),
    "sessions a day late": (
        lambda s: replace(s, slots=tuple(np.roll(s.slots, 1).tolist())),
        lambda s: isinstance(s.slots, tuple),
        1,
    ),
    "dispersion ignored": (
        lambda s: ruled(s, dispersion=1.0),
        lambda s: s.rules.dispersion > 1,
        4,
    ),
    "week ignored": (
        lambda s: replace(s, factors=(1.0,)),
        lambda s: s.factors != WEEKDAY_FACTORS and len(s.factors) > 1,  # a mild week hardly shows
        1,
    ),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_wrong_chain_is_refuted(table: pd.DataFrame, mistake: str) -> None:
    change, concerned, expected = WRONG[mistake]
    refuted = []
    for index, setting in enumerate(VERIFIED_SETTINGS):
        if not concerned(setting):
            continue
        wrong = change(setting)
        line = wrong.rules.week(wrong.arrivals_per_day, wrong.slots, factors=wrong.factors)
        rows = table.iloc[2 * index : 2 * index + 2]
        z = z_scores([line.served, line.same_day], rows["simulated"], rows["error"])
        refuted.append(bool(np.abs(z).max() > 3))
    assert refuted == [True] * expected


def test_simulation_does_not_use_what_it_checks() -> None:
    nodes = list(ast.walk(ast.parse(inspect.getsource(simulation))))
    imported = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    assert "cpts_geo.errors" in imported
    assert {name for name in imported if name and name.startswith("cpts_geo.capacity")} == {
        "cpts_geo.capacity.queue.rules"
    }
    # of the rules, what they are and the domain of their values: nothing that is solved
    used = {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "rules"
    }
    assert used == {"deadline_days", "dispersion", "week_plan"}


# --- the simulation itself ---------------------------------------------------


def daily_requests(
    seed: int, days: int, demand: float, dispersion: float, factors: Sequence[float]
) -> list[int]:
    """Draw the same requests as the simulation, and keep their number a day."""
    rng = np.random.default_rng(seed)
    counts = []
    for day in range(days):
        mean = demand * factors[day % len(factors)]
        if dispersion > 1:
            counts.append(int(rng.negative_binomial(mean / (dispersion - 1), 1 / dispersion)))
            rng.random(counts[-1])
            continue
        requests, moment = 0, rng.exponential(1 / mean)
        while moment < 1:
            requests += 1
            moment += rng.exponential(1 / mean)
        counts.append(requests)
    return counts


@pytest.mark.parametrize("deadline", [0, 1, 2, 3])
@pytest.mark.parametrize("dispersion", [1.0, 2.5])
@pytest.mark.parametrize(
    ("factors", "slots"),
    [
        ((1.0,), 4),
        (WEEKDAY_FACTORS, 4),
        (WEEKDAY_FACTORS, (8, 0, 7, 0, 5)),
        ((1.0, 1.2, 0.8), [0, 0, 13]),
    ],
)
def test_patients_add_up_to_the_daily_recursion(
    deadline: int, dispersion: float, factors: tuple[float, ...], slots: int | Sequence[int]
) -> None:
    # the days kept start within a week
    demand, days, warm_up = 4.2, 400, 37
    plan = np.resize(slots, warm_up + days + 2 * deadline)
    counts = daily_requests(11, warm_up + days, demand, dispersion, factors)
    backlog, lost, same, used, taken = 0, 0, 0, 0, 0
    for day, requests in enumerate(counts):
        after = backlog + requests - plan[day]
        ahead = plan[day + 1 : day + 1 + deadline].sum()
        if day >= warm_up:
            taken += backlog
            lost += max(after - ahead, 0)
            same += min(requests, max(plan[day] - backlog, 0))
            used += min(backlog + requests, plan[day])
        backlog = min(max(after, 0), ahead)
    rules = queue(deadline_days=deadline, dispersion=dispersion)
    run = {"factors": factors, "days": days, "warm_up": warm_up, "seed": 11}
    line = simulate(demand, slots, rules=rules, **run)
    asked = sum(counts[warm_up:])
    assert line.requests == asked
    assert line.served == pytest.approx(1 - lost / asked, rel=1e-12)
    assert line.same_day == pytest.approx(same / asked, rel=1e-12)
    assert line.utilisation == pytest.approx(used / plan[warm_up : warm_up + days].sum(), rel=1e-12)
    assert line.expected_backlog == pytest.approx(taken / days, rel=1e-12)
    assert len(line.waiting) == len(line.waiting_errors) == deadline + 1
    assert line.waiting_errors[0] == line.same_day_error
    assert line.waiting[0] == line.same_day
    assert sum(line.waiting) == pytest.approx(line.served, rel=1e-12)


def test_utilisation_and_backlog_agree_with_the_chain() -> None:
    line, exact = simulate(OL, 6, rules=queue(), days=10_000, seed=4), queue().service(OL, 6)
    assert abs(line.utilisation - exact.utilisation) < 3 * line.utilisation_error
    assert abs(line.expected_backlog - exact.expected_backlog) < 3 * line.backlog_error


@pytest.mark.parametrize("dispersion", [1.0, 3.0])
def test_requests_have_the_mean_asked_for(dispersion: float) -> None:
    days, demand = 8_000, 3.0
    rules = queue(dispersion=dispersion)
    line = simulate(demand, 3, rules=rules, factors=WEEKDAY_FACTORS, days=days, warm_up=0, seed=2)
    spread = math.sqrt(dispersion * demand * days)
    assert abs(line.requests - demand * days) < 3 * spread


def test_standard_errors_are_those_of_repeated_runs() -> None:
    lines = [simulate(4.0, 4, rules=queue(), days=600, warm_up=60, seed=seed) for seed in range(60)]
    for measure, error in [
        ("served", "served_error"),
        ("same_day", "same_day_error"),
        ("utilisation", "utilisation_error"),
        ("expected_backlog", "backlog_error"),
    ]:
        seen = np.std([getattr(line, measure) for line in lines], ddof=1)
        told = np.sqrt(np.mean([getattr(line, error) ** 2 for line in lines]))
        # 60 runs know a standard deviation to 9 %; three times that
        assert told == pytest.approx(seen, rel=0.28), measure


def test_same_seed_same_run() -> None:
    runs = [simulate(3.0, 3, rules=queue(), days=200, seed=seed) for seed in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]


def test_limits() -> None:
    wide = simulate(3.0, 60, rules=queue(deadline_days=2), days=200, seed=1)
    assert (wide.served, wide.same_day, wide.expected_backlog) == (1.0, 1.0, 0.0)
    assert (wide.served_error, wide.backlog_error) == (0.0, 0.0)
    assert wide.waiting == (1.0, 0.0, 0.0)
    narrow = simulate(60.0, 1, rules=queue(), days=200, seed=1)
    assert (narrow.utilisation, narrow.expected_backlog) == (1.0, 1.0)
    assert narrow.served == 200 / narrow.requests
    assert narrow.waiting == (0.0, narrow.served)
    # the warm-up forgets the empty book
    cold, warm = (
        simulate(60.0, 1, rules=queue(deadline_days=5), days=20, warm_up=days, seed=1)
        for days in (0, 5)
    )
    assert cold.same_day > 0
    assert warm.same_day == 0
    # shares of nobody are unknown
    line = simulate(1e-9, 2, rules=queue(), days=20, warm_up=0, seed=1)
    assert (line.requests, line.utilisation, line.expected_backlog) == (0, 0.0, 0.0)
    assert all(map(math.isnan, (line.served, line.same_day, line.served_error, *line.waiting)))


def test_one_plan_for_all_days_is_one_number() -> None:
    run = {"rules": queue(), "factors": (1.1, 0.9), "days": 200, "seed": 1}
    assert simulate(3.0, [4, 4], **run) == simulate(3.0, 4, **run)


def test_a_day_without_session_has_no_slot() -> None:
    line = simulate(
        3.0, [0, 9], rules=queue(deadline_days=0), factors=(1.0, 1.0), days=2_000, seed=3
    )
    # only the second day's requests are served, and 9 slots are enough but for 1 in 1,000
    assert line.served == pytest.approx(0.5, abs=3 * line.served_error + 1e-3)
    assert line.same_day == line.served


# --- z -----------------------------------------------------------------------


def test_z_is_in_standard_errors_signed_and_known_without_spread() -> None:
    assert z_scores([0.5, 0.5], [0.6, 0.4], [0.05, 0.05]) == pytest.approx([2, -2])
    z = z_scores([1.0, 1 - 1e-15, 0.999, 1.0], [1.0, 1.0, 1.0, 0.999], [0.0] * 4)
    assert z.tolist() == [0, 0, math.inf, -math.inf]
    assert math.isnan(z_scores([0.9], [math.nan], [math.nan])[0])
    # a setting where all is served
    table = verification([Setting(2.0, 40, queue(), days=200)])
    assert table["error"].tolist() == [0.0, 0.0]
    assert table["z"].tolist() == [0.0, 0.0]


# --- the phone line ----------------------------------------------------------

LINES = [
    (36, 5, 5, 0.2361516),
    (84, 5, 10, 0.2217312),
    (1.9256, 5, 1, 0.16047),
    (3.4661, 6, 1, 0.34661),
]


@pytest.mark.parametrize(("calls", "minutes", "agents", "published"), LINES)
def test_phone_agrees_with_erlang_c(
    calls: float, minutes: float, agents: int, published: float
) -> None:
    hours = int(25_000 / calls) // 20 * 20
    line = simulate_phone(calls, minutes, agents, hours=hours, seed=6)
    assert abs(line.calls - calls * hours) < 3 * math.sqrt(calls * hours)
    load = calls * minutes / 60
    answer = average_speed_of_answer(load, agents, handling_minutes=minutes)
    assert abs(line.waits - published) < 3 * line.waits_error
    assert abs(line.waits - erlang_c(load, agents)) < 3 * line.waits_error
    assert abs(line.mean_wait_seconds - answer) < 3 * line.mean_wait_error
    # an agent more or a minute less would be seen
    assert abs(line.waits - erlang_c(load, agents + 1)) > 3 * line.waits_error
    shorter = average_speed_of_answer(
        load * (minutes - 1) / minutes, agents, handling_minutes=minutes - 1
    )
    assert abs(line.mean_wait_seconds - shorter) > 3 * line.mean_wait_error


def test_phone_limits() -> None:
    idle = simulate_phone(1.0, 1.0, 50, hours=200, seed=1)
    assert (idle.waits, idle.mean_wait_seconds, idle.waits_error) == (0.0, 0.0, 0.0)
    silent = simulate_phone(1e-9, 5, 1, hours=20, seed=1)
    assert silent.calls == 0
    assert math.isnan(silent.waits)
    assert idle == simulate_phone(1.0, 1.0, 50, hours=200, seed=1)


# --- bad input ---------------------------------------------------------------


def test_every_defect_of_a_simulation_is_listed() -> None:
    with pytest.raises(ScenarioError) as caught:
        simulate(
            -1.0,
            0,
            rules=queue(dispersion=0.5),
            factors=(1.0, 2.0),
            days=0,
            warm_up=-1,
            seed=-3,
        )
    assert len(caught.value.defects) == 7
    with pytest.raises(ScenarioError) as caught:
        simulate(-1.0, [4, -1], rules=queue(), factors=(), days=20, seed=1)
    assert len(caught.value.defects) == 3
    with pytest.raises(ScenarioError, match="multiple de 20"):
        simulate(1.0, 1, rules=queue(), days=30, seed=1)
    with pytest.raises(ScenarioError, match="nombre entier"):
        simulate(1.0, 1, rules=queue(), days=20.0, seed=1)  # type: ignore[arg-type]


def test_every_defect_of_a_phone_line_is_listed() -> None:
    with pytest.raises(ScenarioError) as caught:
        simulate_phone(0.0, math.nan, 0, hours=0, seed=-1)
    assert len(caught.value.defects) == 5
    assert "appels par heure = 0.0" in str(caught.value)
    with pytest.raises(ScenarioError, match="multiple de 20"):
        simulate_phone(1.0, 1.0, 1, hours=30, seed=1)
    for calls in (12, 13):
        with pytest.raises(ScenarioError, match="s’allonge sans fin"):
            simulate_phone(calls, 5, 1, hours=20, seed=1)

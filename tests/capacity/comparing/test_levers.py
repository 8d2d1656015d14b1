"""Levers: nothing added is today, more is never less, hours and euros by hand, none impossible."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import tomli_w

from cpts_geo.capacity.answer.deadlines import week_by_deadline
from cpts_geo.capacity.answer.headline import Headline, headline
from cpts_geo.capacity.comparing import levers as module
from cpts_geo.capacity.comparing._lever import (
    default_levers,
    hours_added,
    majorations,
    offering,
    opened,
    slots_added,
)
from cpts_geo.capacity.comparing.compare import compare_scenarios
from cpts_geo.capacity.comparing.levers import lever_effects
from cpts_geo.capacity.comparing.shares import studied_weekdays
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import load_scenario, load_scenarios, save_scenario
from cpts_geo.capacity.scenario.parameters import default_parameters
from cpts_geo.capacity.scenario.supply import Lever, lever_terms
from cpts_geo.errors import ScenarioError

TERMS = lever_terms(default_parameters())
DRAWS = 1_000


def answer(key: str = "beauce_gatinais", **changes: Any) -> Headline:
    return headline(load_scenario(key).evolve(**changes), draws=DRAWS)


def effects(*levers: Lever, key: str = "beauce_gatinais", **changes: Any) -> pd.DataFrame:
    return lever_effects(answer(key, levers=levers, **changes), TERMS)


def nothing(kind: str, **fields: Any) -> Lever:
    """A lever that adds nothing: no file may hold one."""
    unset = dict.fromkeys(("count", "hours", "days", "gps", "list_gain"))
    return Lever.model_construct(**(unset | {"kind": kind} | fields))


def effectors(count: int) -> Lever:
    return Lever(kind="effectors", count=count)


def test_nothing_added_is_today() -> None:
    result = answer()
    levers = (
        nothing("effectors", count=0),
        nothing("site", hours=0.0),
        nothing("advanced", count=0),
        nothing("assistant", count=0),
        Lever(kind="assistant", count=1, list_gain=0.0),
    )
    tried = result.scenario.model_copy(update={"levers": levers})
    found = lever_effects(replace(result, scenario=tried), TERMS)
    assert (found["served_p50"] == found["served_before_p50"]).all()
    for name in ("gp_hours", "slots", "gain_p10", "gain_p90", "cost"):
        assert (found[name].drop(4) == 0).all(), name
    assert (found["gain_p90"] == 0).all()
    assert not found["best"].any()
    assert math.isclose(
        found["served_before_p50"][0], answer().today.served_at_median, abs_tol=1e-3
    )


def test_more_effectors_never_serve_less() -> None:
    found = effects(*map(effectors, (1, 2, 5, 10, 40)))
    for bound in ("p10", "p50", "p90"):
        for name in ("served", "gain", "alone", "consultations", "people_reached", "receipts"):
            values = found[f"{name}_{bound}"].dropna()
            assert values.is_monotonic_increasing, (name, bound)
    assert (found["served_p90"] <= 1).all()
    assert (np.diff(found["cost"]) > 0).all()


def test_an_assistant_never_serves_less_and_gives_no_more_than_all_a_doctor() -> None:
    one, many = Lever(kind="assistant", count=1), Lever(kind="assistant", count=200)
    found = effects(one, many)
    people = load_scenario("beauce_gatinais").people_without_mt
    assert found["people_with_mt"][0] == pytest.approx(1318 * 0.195 * 0.75)
    assert found["people_with_mt"][1] == people
    assert (found["gain_p10"] >= 0).all()
    # Each person who gains one no longer asks what a person admitted asks.
    scenario, drawn = load_scenario("beauce_gatinais"), answer().drawn
    each = float(np.median(drawn.residents)) / scenario.people_admitted
    assert found["requests_less_p50"][0] == pytest.approx(found["people_with_mt"][0] * each)
    assert found[["gp_hours", "slots"]].eq(0).all(axis=None)


@pytest.mark.parametrize(
    ("lever", "hours", "slots"),
    [
        (effectors(7), 14.0, (12, 11, 11, 11, 11)),
        (Lever(kind="site", hours=20.0), 20.0, (16,) * 5),
        (Lever(kind="site", hours=4.0, days=(1, 3, 5)), 12.0, (16, 0, 16, 0, 16)),
        (Lever(kind="advanced", count=2), 8.0, (16, 0, 16, 0, 0)),
        (Lever(kind="advanced", count=6), 24.0, (32, 16, 16, 16, 16)),
        (Lever(kind="saturday", count=2), 8.0, (0, 0, 0, 0, 0, 32)),
        (Lever(kind="assistant", count=3), 0.0, (0,) * 5),
    ],
)
def test_hours_are_kept_in_slots(lever: Lever, hours: float, slots: tuple[int, ...]) -> None:
    scenario = load_scenario("beauce_gatinais")  # slots of 15 minutes
    base = opened(scenario, lever)
    assert hours_added(lever, scenario) == hours
    assert slots_added(lever, base) == slots
    assert sum(slots) * 15 / 60 == hours
    if any(slots[:5]):  # Saturday alone is no week
        assert offering(base, slots).week_slots == slots


def test_a_lever_is_the_scenario_with_its_slots() -> None:
    scenario = load_scenario("beauce_gatinais")
    other = compare_scenarios(scenario, scenario.evolve(slots_today=16), draws=DRAWS).table
    (row,) = effects(effectors(5)).to_dict("records")
    for mine, theirs in (("served", "served"), ("consultations", "consultations")):
        column = "second_p50" if mine == "served" else "difference_p50"
        assert row[f"{mine}_p50"] == pytest.approx(other.at[theirs, column], rel=1e-3)
    assert row["gain_p50"] == pytest.approx(other.at["served", "difference_p50"], abs=1e-3)
    assert row["gp_cost"] == pytest.approx(other.at["cost", "difference_p50"])


def test_costs_by_hand() -> None:
    found = effects(
        effectors(5), Lever(kind="advanced", count=2), Lever(kind="assistant", count=1)
    ).set_index("kind")
    weeks = 251 / 5
    assert found.at["effectors", "cost"] == pytest.approx(10 * weeks * 100)
    given = found.at["effectors", "consultations_p50"]
    assert found.at["effectors", "receipts_p50"] == pytest.approx(given * 30)
    assert found.at["effectors", "sas_receipts"] == pytest.approx(given * 15)
    assert found.at["effectors", "balance_p50"] == pytest.approx(given * 30 - 10 * weeks * 100)
    regulated = given / (1 - 0.03)
    assert found.at["effectors", "regulation_cost"] == pytest.approx(regulated * 6 / 60 * 100)
    # One calendar: the Mondays and the Wednesdays of the year, paid by the hour and by half-day.
    days = studied_weekdays(load_scenario("beauce_gatinais"))
    halves = days[0] + days[2]
    assert found.at["advanced", "gp_cost"] == pytest.approx(halves * 4 * 100)
    assert found.at["advanced", "other_cost"] == pytest.approx(halves * 200)
    assert found.at["assistant", "cost"] == pytest.approx(1607 * 22)
    assert found.at["assistant", "aid"] == 22_050
    each = found.at["assistant", "cost"] / found.at["assistant", "people_with_mt"]
    assert found.at["assistant", "cost_per_person"] == pytest.approx(each)


def test_a_doctor_has_twenty_majorations_a_week_at_most() -> None:
    scenario = load_scenario("lvo")
    alone = Lever(kind="site", hours=20.0, gps=1)
    assert majorations(alone, scenario, 4_000.0, weeks=50.0, terms=TERMS) == 1_000
    shared = Lever(kind="site", hours=20.0)  # ten effectors
    assert majorations(shared, scenario, 4_000.0, weeks=50.0, terms=TERMS) == 4_000
    found = effects(alone, shared, key="lvo")
    assert found["sas_receipts"][0] == pytest.approx(20 * 251 / 5 * 15)
    assert found["sas_receipts"][1] == pytest.approx(found["consultations_p50"][1] * 15)


def test_saturday_has_requests_of_its_own() -> None:
    lever = Lever(kind="saturday", count=1)
    (row,) = effects(lever).to_dict("records")
    assert (row["gp_hours"], row["slots"]) == (4.0, 16)
    assert row["consultations_p50"] <= 16 * 52
    assert math.isnan(row["alone_p50"])
    week = opened(load_scenario("beauce_gatinais"), lever)
    assert week.week_slots == (8, 8, 8, 8, 8, 0)
    assert week.saturday_factor is not None


def test_unknown_slots_leave_the_share_unknown_and_never_invent_one() -> None:
    found = effects(effectors(5), Lever(kind="saturday", count=1), key="asclepios")
    for name in ("served_before", "served", "gain", "consultations", "people_reached"):
        assert found[f"{name}_p50"].isna().all(), name
    assert 0 < found["alone_p50"][0] <= 1 and math.isnan(found["alone_p50"][1])
    assert found["cost"].gt(0).all()
    assert not found["best"].any() and not found["reaches_target"].any()


def test_counts_that_deny_the_answer_leave_shares_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    result = answer(levers=(effectors(5),))
    monkeypatch.setattr(Headline, "at_least", property(lambda _: 9))
    (row,) = lever_effects(result, TERMS).to_dict("records")
    assert all(math.isnan(row[f"{name}_p50"]) for name in ("served_before", "served", "alone"))
    assert row["cost"] > 0


def test_slots_beyond_a_queue_leave_shares_unknown() -> None:
    (row,) = effects(
        Lever(kind="site", hours=120.0, days=(1,)), minutes_per_slot_today=10.0
    ).to_dict("records")
    assert row["slots"] == 720
    assert math.isnan(row["served_p50"]) and math.isnan(row["alone_p50"])


def test_levers_are_chosen_from_what_is_missing() -> None:
    result = answer()
    missing = 5 * (result.slots_per_day.p50 - 8) * 15 / 60
    first, *others = default_levers(result)
    assert first.count == math.ceil(missing / 2)
    assert [each.kind for each in others] == ["site", "saturday", "advanced", "assistant"]
    assert default_levers(answer(slots_today=60)) == ()
    assert lever_effects(answer(slots_today=60), TERMS).empty
    assert lever_effects(answer(levers=()), TERMS).empty
    opens = answer(calendar={"saturday_morning": True}, slots_saturday=0)
    assert "saturday" not in [each.kind for each in default_levers(opens)]


@pytest.mark.parametrize("saturday", [False, True])
def test_effectors_chosen_are_those_that_the_week_lacks(saturday: bool) -> None:
    opens = {"calendar": {"saturday_morning": True}, "slots_saturday": 4} if saturday else {}
    result = answer(**opens)
    week = week_by_deadline(result).set_index(["deadline_days", "quantity", "unit"])["p50"]
    own = result.scenario.deadline_days
    missing = week[own, "missing", "slots"]
    assert week[own, "missing", "gp_hours"] == pytest.approx(missing * 15 / 60)
    lacking = week[own, "missing", "sas_effectors"]
    first = lever_effects(result, TERMS).to_dict("records")[0]
    assert first["sas_effectors"] == math.ceil(lacking - 1e-9)
    assert first["slots"] >= missing
    assert first["lever"] == f"{math.ceil(lacking - 1e-9)} effecteurs de plus, à 2\u202fh"
    if not saturday:
        assert first["reaches_target"]


@pytest.mark.parametrize("key", ["ouest_loiret", "asclepios", "ondaine_forez"])
def test_where_no_slot_is_known_effectors_give_all_the_hours_needed(key: str) -> None:
    result = answer(key)
    first = default_levers(result)[0]
    assert (first.count or 0) * 2 >= result.gp_hours_per_week.p50


def test_nobody_is_seen_without_a_consultation() -> None:
    found = effects(effectors(2), Lever(kind="site", hours=20.0), no_show_rate=0.3)
    for bound in ("p10", "p50", "p90"):
        assert (found[f"people_reached_{bound}"] <= found[f"consultations_{bound}"]).all(), bound
    none = effects(effectors(2), no_show_rate=0.0)
    assert none["people_reached_p50"][0] > found["people_reached_p50"][0]


def test_the_cheapest_that_reaches_the_target_is_put_forward() -> None:
    few, enough, more = effectors(1), effectors(8), effectors(30)
    found = effects(more, few, enough)
    assert found["reaches_target"].tolist() == [True, False, True]
    assert found["best"].tolist() == [False, False, True]
    assert effects(few, effectors(2))["best"].tolist() == [False, True]


def test_answers_do_not_rest_on_levers() -> None:
    for key, scenario in load_scenarios().items():
        tried = scenario.evolve(levers=(effectors(5),))
        assert headline(tried, draws=200).slots_per_day == (
            headline(scenario, draws=200).slots_per_day
        ), key


def test_levers_are_read_from_a_file_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'base = "lvo"\nlabel = "x"\n[[levers]]\nkind = "effectors"\ncount = 10\n'
        '[[levers]]\nkind = "site"\nhours = 4.0\ndays = [1, 3]\n',
        encoding="utf-8",
    )
    scenario = load_scenario(path)
    assert scenario.levers == (effectors(10), Lever(kind="site", hours=4.0, days=(1, 3)))
    save_scenario(scenario, tmp_path / "again.toml")
    assert load_scenario(tmp_path / "again.toml").levers == scenario.levers
    assert "levers" in Scenario.model_fields and module.__doc__


def test_impossible_levers_are_all_told(tmp_path: Path) -> None:
    wrong: list[dict[str, Any]] = [
        {"kind": "effectors", "count": 1.5},
        {"kind": "site", "hours": -3.0},
        {"kind": "assistant", "count": 1, "list_gain": 1.2},
        {"kind": "saturday"},
        {"kind": "advanced", "count": 2, "hours": 3.0},
        {"kind": "site", "hours": 4.0, "days": [3, 1]},
        {"kind": "médecins", "count": 2},
        {"kind": "effectors", "count": 0},
        {"kind": "saturday", "count": 50},
        {"kind": "site", "hours": 0.0},
        {"kind": "site", "hours": 200.0, "days": [1]},
    ]
    path = tmp_path / "mine.toml"
    path.write_text(tomli_w.dumps({"base": "lvo", "label": "x", "levers": wrong}), "utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    said = "\n".join(caught.value.defects)
    for place in range(1, len(wrong) + 1):
        assert f"levers.{place}" in said, place
    assert "il faut un nombre entier" in said and "20 au plus" in said
    short = {"kind": "site", "hours": 0.1}
    path.write_text(tomli_w.dumps({"base": "lvo", "label": "x", "levers": [short]}), "utf-8")
    with pytest.raises(ScenarioError, match=r"levers\.1\.hours » = 0\.1 : moins d’un créneau"):
        load_scenario(path)
    closed = {"kind": "site", "hours": 4.0, "days": [1, 6]}
    path.write_text(tomli_w.dumps({"base": "lvo", "label": "x", "levers": [closed]}), "utf-8")
    with pytest.raises(ScenarioError, match=r"levers\.1\.days » : fermé le samedi"):
        load_scenario(path)

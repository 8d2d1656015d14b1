"""Scenario files of earlier versions: what each former field became, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cpts_geo.capacity.answer.headline import headline
from cpts_geo.capacity.demand.requests import draw_requests
from cpts_geo.capacity.scenario._files.former import modern
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import load_scenario, save_scenario
from cpts_geo.capacity.scenario.parameters import FILE_MARK, UNSOURCED, default_parameters
from cpts_geo.errors import ScenarioError
from cpts_geo.study.scenarios import scenario_notes

HEAD = """
label = "Mon territoire"
eligibility = "Tous"
population_basis = "inconnue"
"""
FORMER = f"""{HEAD}
evidence_label = 3
share_assumed = false
people_without_mt = 5000.0
eligible = ["no_mt"]
snp_rate = [0.52, 0.9, 1.5]
unmet_share = [0.02, 0.05, 0.1]
"""
CALLS = "calls_observed = 1200\ncalls_people_years = 10000.0\n"

Load = Callable[..., Scenario]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load a text as a file of that name."""

    def read(text: str, name: str = "mine.toml") -> Scenario:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return load_scenario(path)

    return read


def saved_before(**changes: Any) -> str:
    """Write all that an earlier version saved of a territory, with the defaults it was made of."""
    values: dict[str, Any] = {
        "territory": "asclepios",
        "evidence_label": 4,
        "share_assumed": True,
        "eligible": ["no_mt"],
        "population": 50_000.0,
        "people_without_mt": 4345.0,
        "people_cv": 0.25,
        "between_territory_sd": 0.5,
        "calls_observed": 5800,
        "calls_people_years": 24_000.0,
        "need_share": [0.345, 0.5, 1.0],
        "snp_rate": [0.52, 0.9, 1.5],
        "unmet_share": [0.02, 0.05, 0.1],
        "visitor_rate_ratio": [0.5, 1.0, 2.0],
        "minutes": [15.0, 16.4, 20.0],
        "months": [],
        "deadline_days": 1,
        "target": 0.95,
        "dispersion": 1.0,
        "no_show_rate": 0.03,
        "gp_hour_cost": 100.0,
        "seed": 20_260_101,
        "notes": ["Un minimum."],
    } | changes
    # TOML writes booleans in small letters
    lines = [
        f"{name} = {str(value).lower() if isinstance(value, bool) else repr(value)}"
        for name, value in values.items()
    ]
    sources = {
        name: default.source
        for name, default in default_parameters().items()
        if name in values or name == "calendar"
    }
    told = {name: (source.text, source.grade) for name, source in sources.items()}
    told |= dict.fromkeys(("snp_rate", "unmet_share"), ("hypothèse d’avant", "D"))
    told["people_without_mt"] = ("Cnam", "C")
    for name in changes.keys() & {"calls_observed", "calls_people_years"}:
        told[name] = ("relevé de la ligne", "A")
    lines += [
        f'[sources.{name}]\ntext = "{text}"\ngrade = "{grade}"\nannounced = false'
        for name, (text, grade) in told.items()
    ]
    return HEAD + "\n".join(lines)


# ---- whom the device admits


@pytest.mark.parametrize(
    ("eligible", "public"),
    [
        (["no_mt"], "no_mt"),
        (["no_mt", "mt_unavailable"], "all"),
        (["no_mt", "visitors"], "all"),
        (["mt_unavailable"], "all"),
        (["visitors", "mt_unavailable", "no_mt"], "all"),
    ],
)
def test_groups_become_a_public(load: Load, eligible: list[str], public: str) -> None:
    assert modern({"eligible": eligible}) == {"public": public}
    text = FORMER.replace('["no_mt"]', repr(eligible))
    assert load(text).public == public


@pytest.mark.parametrize(
    "eligible", ["[]", '"no_mt"', '["tous"]', '["no_mt", "touristes"]', "true", "3", "[[]]", "[3]"]
)
def test_wrong_groups_are_refused(load: Load, eligible: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(FORMER.replace('["no_mt"]', eligible))
    (defect,) = caught.value.defects
    assert defect.startswith("« eligible » = ")
    assert defect.endswith('écrivez « public » = "no_mt" ou "all"')


def test_both_words_are_one_too_many(load: Load) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(FORMER + 'public = "all"\n')
    assert caught.value.defects == ("« eligible » et « public » : gardez « public »",)
    # over a base that says one, the file says another
    load(FORMER, "avant.toml")
    assert load('base = "avant.toml"\npublic = "all"\n').public == "all"
    assert load('base = "lvo"\neligible = ["no_mt"]\n').public == "no_mt"
    assert load('base = "lvo"\neligible = ["no_mt"]\n').visitors is None


# ---- what nothing rests on any more


def test_what_is_ignored_is_said(load: Load) -> None:
    case = load(FORMER)
    (said,) = [note for note in case.notes if note.startswith(FILE_MARK)]
    for name in ("evidence_label", "snp_rate", "unmet_share"):
        assert f"« {name} »" in said
    assert "ne sont plus lus" in said
    one = load(FORMER.replace("snp_rate", "# ").replace("unmet_share", "# "))
    (said,) = one.notes
    assert "« evidence_label » n’est plus lu" in said
    # a page tells it of the scenario that it was given
    told = scenario_notes(case, pd.Series({"population": 20_000}, name="mine"))
    assert any("« evidence_label »" in each for each in told)
    assert not any(FILE_MARK in each for each in told)
    # nothing is said where nothing was ignored
    assert load(HEAD + "share_assumed = false\npeople_without_mt = 5000.0\n").notes == ()


def test_its_label_is_that_of_what_it_gives(load: Load) -> None:
    for label in (1, 2, 3, 4, 9):
        case = load(FORMER.replace("evidence_label = 3", f"evidence_label = {label}"))
        assert case.evidence == "3"
    assumed = FORMER.replace("share_assumed = false", "share_assumed = true")
    assert load(assumed).evidence == "4"


def test_an_ignored_field_has_no_source(load: Load) -> None:
    told = '[sources]\nsnp_rate = { text = "relevé", grade = "B" }\n'
    assert "snp_rate" not in load(FORMER + told).sources
    wrong = FORMER + "notes = 3\n"
    with pytest.raises(ScenarioError, match="notes"):
        load(wrong)


# ---- calls of its own


def test_calls_typed_by_hand_are_its_own(load: Load) -> None:
    case = load(FORMER + CALLS)
    # 10,000 person-years of 5,000 people are two years
    assert (case.calls_years, case.evidence) == (2.0, "1b")
    assert case.sources["calls_observed"] == UNSOURCED
    # one of the three lacks: the rate is then another's
    calls, people_years = CALLS.splitlines()
    assert load(f"{FORMER}{people_years}\n").calls_years is None
    # calls over nothing said are no rate at all, and none of ours is lent to them
    with pytest.raises(ScenarioError, match=r"calls_years = 1\.0"):
        load(f"{FORMER}{calls}\n")
    assert load(FORMER + CALLS + "calls_years = 0.5\n").calls_years == 0.5


@pytest.mark.parametrize(("person_years", "years"), [("500000.0", 100.0), ("500001.0", None)])
def test_years_that_nobody_typed_are_refused_by_the_fields_that_make_them(
    load: Load, person_years: str, years: float | None
) -> None:
    source = '[sources]\ncalls_observed = { text = "Compte", grade = "C" }\n'
    source += 'calls_people_years = { text = "Compte", grade = "C" }\n'
    text = (FORMER + CALLS).replace("10000.0", person_years)
    if years is not None:
        assert load(text + source).calls_years == years
        return
    with pytest.raises(ScenarioError) as caught:
        load(text + source)
    [said] = caught.value.defects
    assert "« calls_people_years » / « people_without_mt »" in str(said)
    assert load(f"{text}calls_years = 2.0\n{source}").calls_years == 2.0


@pytest.mark.parametrize("bad", ["0", "-3", '"beaucoup"', "true", "[1]"])
def test_bad_calls_are_refused_and_not_divided(load: Load, bad: str) -> None:
    text = (FORMER + CALLS).replace("5000.0", bad)
    with pytest.raises(ScenarioError, match="people_without_mt"):
        load(text)


def test_a_file_saved_before_borrows_its_calls(load: Load) -> None:
    """It bears the defaults that it was computed with, Beauce-Gâtinais's calls among them."""
    case = load(saved_before())
    assert (case.calls_years, case.evidence, case.public) == (None, "4", "no_mt")
    assert case.territory == "asclepios"
    assert case.notes[0] == "Un minimum."
    assert case.calls_observed == 5800
    today = load_scenario("asclepios").evolve(public="no_mt")
    for name in ("people_without_mt", "need_share", "minutes", "target", "calendar", "seed"):
        assert getattr(case, name) == getattr(today, name), name
    # its answer is that of today for these people
    first, second = (draw_requests(x, draws=500).requests_per_year for x in (case, today))
    assert np.array_equal(first, second)


def test_a_file_saved_before_keeps_its_own_calls(load: Load) -> None:
    own = saved_before(
        evidence_label=1,
        share_assumed=False,
        people_without_mt=24_000.0,
        calls_observed=5_900,
        calls_people_years=24_000.0,
    )
    case = load(own)
    assert (case.calls_years, case.evidence) == (1.0, "1b")
    # in an edited file its people change nothing: a year stays a year
    edited = (
        load('base = "avant.toml"\npeople_without_mt = 12000.0\n')
        if load(own, "avant.toml")
        else case
    )
    assert (edited.people_without_mt, edited.calls_years) == (12_000.0, 1.0)
    assert headline(edited, draws=500).slots_per_day == headline(case, draws=500).slots_per_day


# ---- own calls whatever the people, however they are typed


def test_people_typed_do_not_move_a_line_of_its_own(load: Load, tmp_path: Path) -> None:
    base = load_scenario("beauce_gatinais")
    usual = draw_requests(base, draws=1_000).requests_per_year
    interface = base.evolve(people_without_mt=12_000.0)
    variant = load('base = "beauce_gatinais"\npeople_without_mt = 12000\n')
    path = tmp_path / "copie.toml"
    save_scenario(base, path)
    text = path.read_text("utf-8")
    assert "people_without_mt = 24000.0" in text
    edited = load(text.replace("people_without_mt = 24000.0", "people_without_mt = 12000.0"))
    for case in (interface, variant, edited):
        assert case.people_without_mt == 12_000
        assert (case.calls_years, case.evidence) == (1.0, "1b")
        drawn = draw_requests(case, draws=1_000).requests_per_year
        assert np.array_equal(drawn, usual)
        assert headline(case, draws=500).slots_per_day == headline(base, draws=500).slots_per_day


def test_a_rate_changed_by_the_interface_is_read_back(load: Load, tmp_path: Path) -> None:
    """A rate of one's own choice is no count of the territory, saved or not."""
    chosen = load_scenario("asclepios").evolve(calls_observed=900, calls_people_years=3000.0)
    path = tmp_path / "choisi.toml"
    save_scenario(chosen, path)
    assert load_scenario(path) == chosen
    assert load_scenario(path).calls_years is None

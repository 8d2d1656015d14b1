"""Consultations are held against the slots of their days; what is tried beside them is not asked.

Each question is asked where a file or a change gives what it is about, and nowhere else.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from cpts_geo.capacity.scenario._slips.plausible import served_questions
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.capacity.scenario.parameters import Source
from cpts_geo.errors import ScenarioError

NAME = "observed_consultations"
MINE = """label = "Mon territoire"
population = 50000
people_without_mt = 4000
public = "all"
eligibility = "Tous"
population_basis = "inconnue"
slots_today = 8
minutes_per_slot_today = 15
"""
AREA = "[area]\nstandardised_population = 50500\napl = 3.0\npopulation = 50000\n"


def load(folder: Path, text: str = "") -> Scenario:
    path = folder / "mine.toml"
    path.write_text(MINE + text + AREA, encoding="utf-8")
    return load_scenario(path)


def refused(case: Scenario, **changes: Any) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        case.evolve(**changes)
    return list(caught.value.defects)


# ---- slots of the days counted


@pytest.mark.parametrize(
    "calendar",
    [
        {},
        {"public_holidays": "open"},
        {"weekdays": (1, 3), "weekday_factors": (1.0, 1.0)},
        {"closed": ((date(2025, 8, 1), date(2025, 8, 20)),)},
    ],
)
@pytest.mark.parametrize("slots", [8, "by_day"])
def test_a_line_that_fills_every_slot_is_never_asked_about(
    tmp_path: Path, calendar: dict[str, Any], slots: int | str
) -> None:
    """Over days, weeks, months, with holidays and part weeks; 6 % more is asked about."""
    usual = load(tmp_path)
    opens = len(calendar.get("weekdays", usual.calendar.weekdays))
    by_day = tuple(range(8, 8 + opens)) if slots == "by_day" else (8,) * opens
    case = usual.evolve(calendar=calendar, slots_today=8 if slots == 8 else by_day)
    lengths = [0, 1, 2, 4, 6, 11, 25, 30, 61, 83, 179, 364, 420]
    starts = [date(2024, 12, 20) + timedelta(days) for days in range(0, 250, 41)]
    tried = 0
    for start, length in ((start, length) for start in starts for length in lengths):
        dated = case.model_copy(
            update={"observed_start": start, "observed_end": start + timedelta(length)}
        )
        week = dict(zip(case.calendar.weekdays, by_day, strict=True))
        full = sum(week[day.isoweekday()] for day in dated.counted_days)
        for count, asked in ((full, 0), (int(full * 1.06) + 1, 1)):
            found = served_questions(
                dated.model_copy(update={NAME: count}), unsourced=[NAME] if full else []
            )
            assert len(found) == asked * bool(full), (start, length, found)
        tried += bool(full)
    assert tried > 50
    # as are those of a year, which bear no date
    full = sum(week[day.isoweekday()] for day in case.calendar.opening_days)
    assert case.evolve(**{NAME: full}).observed_consultations == full
    assert len(refused(case, **{NAME: int(full * 1.06) + 1})) == 1


def test_the_question_gives_the_figures_of_the_period(tmp_path: Path) -> None:
    dates = "observed_start = 2025-01-06\nobserved_end = 2025-01-31\n"
    assert load(tmp_path, f"observed_consultations = 160\n{dates}").observed_consultations == 160
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path, f"observed_consultations = 190\n{dates}")
    (question,) = caught.value.defects
    assert "= 190 : pour 160 créneaux en 20 jours d’ouverture : des créneaux par" in question
    # days that hold no opening day are no period of slots
    weekend = "observed_start = 2025-01-11\nobserved_end = 2025-01-12\n"
    assert load(tmp_path, f"observed_consultations = 9\n{weekend}").counted_days.empty


# ---- what is tried


#: What a scenario whose inputs nobody sourced may be tried with, that makes another value unlikely.
TRIED: list[tuple[str, dict[str, Any]]] = [
    ("observed_consultations = 1800\n", {"slots_today": 6}),
    ("observed_consultations = 1800\n", {"slots_today": (2, 2, 2, 2, 2)}),
    (
        "observed_consultations = 1800\n",
        {"calendar": {"weekdays": (1, 3), "weekday_factors": (1.0, 1.0)}},
    ),
    ("observed_consultations = 1800\n", {"population": 800.0, "people_without_mt": 400.0}),
    ("calls_observed = 2000\ncalls_years = 1.0\n", {"people_without_mt": 900.0}),
    ("calls_observed = 3000\ncalls_people_years = 3000.0\n", {"population": 4e6}),
    (
        "observed_consultations = 1800\ncalls_observed = 1800\ncalls_years = 1.0\n",
        {"deadline_days": 3, "target": 0.9},
    ),
    ("", {"population": 200_000.0}),
    ("", {"population": 5e6}),
]


@pytest.mark.parametrize(("text", "changes"), TRIED)
def test_what_does_not_change_is_not_asked_about(
    tmp_path: Path, text: str, changes: dict[str, Any]
) -> None:
    case = load(tmp_path, text)
    tried = case.evolve(**changes)
    for name, value in changes.items():
        if not isinstance(value, dict):
            assert getattr(tried, name) == value
    # nor by what is tried next
    assert tried.evolve(target=0.8).admitting("no_mt").public == "no_mt"


OWN = f"calls_observed = 1000\ncalls_years = 1.0\n{NAME} = 900\n"
#: What makes each question asked, where it is what changes, and the sources that answer each.
CHANGED: list[tuple[str, dict[str, Any], list[set[str]]]] = [
    ("", {"people_without_mt": 5.0}, [{"people_without_mt"}]),
    ("", {"deadline_days": 24}, [{"deadline_days"}]),
    ("", {"calls_people_years": 9.0}, [{"calls_people_years"}]),
    ("", {"area": {"apl": 35.0}}, [{"area"}]),
    ("", {"area": {"standardised_population": 50.0}}, [{"area"}]),
    ("", {"area": {"population": 90_000.0, "standardised_population": 9e4}}, [{"area"}]),
    ("", {NAME: 2400}, [{NAME}]),
    ("", {NAME: 150_000}, [{NAME}, {NAME}]),
    (OWN, {"calls_observed": 9000}, [{"calls_observed"}]),
    (OWN, {"calls_observed": 4000, "calls_years": 12.0}, [{"calls_observed"}] * 2),
    (OWN, {"calls_years": 2.0}, [{"calls_observed"}]),
    (OWN, {NAME: 1500}, [{NAME}]),
    (OWN, {"calls_observed": 800}, [{"calls_observed"}]),
    (OWN, {"calls_observed": 800, NAME: 1500}, [{NAME, "calls_observed"}]),
    (
        OWN,
        {"observed_start": date(2025, 1, 1), "observed_end": date(2025, 6, 30)},
        [{NAME}],
    ),
]


@pytest.mark.parametrize(("text", "changes", "sources"), CHANGED)
def test_what_changes_is_asked_about_with_its_own_source(
    tmp_path: Path, text: str, changes: dict[str, Any], sources: list[set[str]]
) -> None:
    """The command answers: with these sources, the change is taken."""
    case = load(tmp_path, text)
    found = refused(case, **changes)
    assert [set(re.findall(r"(\w+) = \{ text", each)) for each in found] == sources
    given = Source(text="Bilan", grade="C")
    vouched = case.sources | {name: given for names in sources for name in names}
    assert case.evolve(**changes, sources=vouched) != case
    # and what was asked about once is not again, whatever is tried beside it
    assert case.evolve(**changes, sources=vouched).evolve(target=0.9).target == 0.9

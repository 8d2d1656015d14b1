"""What is a part of something is not more than it: refused, or asked about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cpts_geo.capacity.scenario._slips.plausible import CALLS
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.errors import ScenarioError
from tests.capacity.vouched import vouched

MINE = """label = "Mon territoire"
population = 60000
people_without_mt = 5000
public = "all"
eligibility = "Tous"
population_basis = "inconnue"
"""
CALLED = "calls_observed = 900\ncalls_years = 1.0\n"
SLOTS = "slots_today = 4\nminutes_per_slot_today = 15\n"
YEAR = "observed_start = 2025-01-01\nobserved_end = 2025-12-31\n"

Load = Callable[[str], Scenario]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def read(text: str) -> Scenario:
        path = tmp_path / "mine.toml"
        path.write_text(MINE + text, encoding="utf-8")
        return load_scenario(path)

    return read


def refused(build: Callable[[], object]) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        build()
    return list(caught.value.defects)


# ---- refused: no source makes it possible


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            f"{CALLED}need_counted = [608, 392]\n",
            "« need_counted » dépasse « calls_observed » : 1\u202f000 demandes comptées parmi 900",
        ),
        (f"{CALLED}need_counted = [901, 0]\n", "901 demandes comptées parmi 900 appels"),
        (
            "people_without_mt = 60001\n",
            "dépasse « population » : 60\u202f001 pour 60\u202f000",
        ),
        ("found_share = [0.5, 1.1]\n", "« found_share.2 » = 1.1 : il faut 1 ou moins"),
        ("no_show_rate = 1.0\n", "« no_show_rate » = 1.0 : il faut moins de 1"),
        (
            "observed_consultations = 9\n[[readings]]\nlabel = 'x'\nweight = 1.0\n"
            "slots_today = [0, 0, 0, 0, 0]\n",
            "« readings.1.slots_today » : aucun créneau de la semaine",
        ),
    ],
)
def test_more_than_all_is_refused_with_both_figures(
    load: Load, text: str, words: str, tmp_path: Path
) -> None:
    given = text if "people_without" not in text else ""
    path = tmp_path / "mine.toml"
    start = MINE if given else MINE.replace("people_without_mt = 5000\n", text)
    sources = ", ".join(
        f'{name} = {{ text = "relevé", grade = "A" }}'
        for name in ("need_counted", "calls_observed", "people_without_mt", "readings")
        if name in text
    )
    for more in ("", f"sources = {{ {sources} }}\n") if sources else ("",):
        path.write_text(more + start + given, encoding="utf-8")
        (defect,) = refused(lambda: load_scenario(path))
        assert words in defect


def test_all_of_it_is_read(load: Load) -> None:
    assert load(f"{CALLED}need_counted = [508, 392]\n").need_counted == (508, 392)
    assert load("found_share = [0.5, 1.0]\n").found_share == (0.5, 1.0)
    own = load(CALLED)
    assert refused(lambda: own.evolve(need_counted=(900, 1)))
    assert own.evolve(need_counted=(900, 0)).evidence == "1a"


# ---- asked about: periods may differ, and a line may be used by many


@pytest.mark.parametrize(
    ("text", "names", "words"),
    [
        (
            f"{CALLED}observed_consultations = 948\n",
            ["observed_consultations", "calls_observed"],
            "948 consultations par an, pour 900 appels",
        ),
        (
            f"calls_observed = 1800\ncalls_years = 2.0\nobserved_consultations = 1900\n{YEAR}",
            ["observed_consultations", "calls_observed"],
            "pour 900 appels",
        ),
        (
            f"{SLOTS}observed_consultations = 1058\n",
            ["observed_consultations"],
            "= 1058 : pour 1\u202f004 créneaux en 251 jours d’ouverture : ",
        ),
        (
            "observed_consultations = 63159\nobserved_start = 2025-01-01\n"
            "observed_end = 2025-06-30\n",
            ["observed_consultations"],
            "pour 60\u202f000 habitants",
        ),
    ],
)
def test_more_than_all_of_a_year_is_asked_about(
    load: Load, text: str, names: list[str], words: str
) -> None:
    (question,) = refused(lambda: load(text))
    assert words in question
    sources = "".join(f'{name} = {{ text = "relevé", grade = "A" }}\n' for name in names)
    assert all(f'{name} = {{ text = "…", grade = "C" }}' in question for name in names)
    assert load(f"{text}\n[sources]\n{sources}").observed_consultations
    # of one that a source vouches for, nothing is asked
    if len(names) == 2:
        (left,) = refused(lambda: load(f"{text}\n[sources]\n{sources.splitlines()[0]}\n"))
        assert f'[sources] : {names[1]} = {{ text = "…", grade = "C" }}' in left


@pytest.mark.parametrize(
    "text",
    [
        f"{CALLED}observed_consultations = 947\n",
        f"{SLOTS}observed_consultations = 1056\n",
        "observed_consultations = 0\n",
        f"observed_consultations = 126200\n{YEAR}",
        # what is counted in a month is brought to a year
        "observed_consultations = 80\nobserved_start = 2025-03-01\nobserved_end = 2025-03-31\n"
        + SLOTS,
    ],
)
def test_what_may_be_a_part_is_read(load: Load, text: str) -> None:
    assert load(text).observed_consultations is not None


def test_inhabitants_in_thousands_make_too_many_consultations(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    start = MINE.replace("people_without_mt = 5000\n", "").replace("60000", "60")
    path.write_text(f"{start}observed_consultations = 1500\n", encoding="utf-8")
    (question,) = refused(lambda: load_scenario(path))
    assert "en milliers ? écrivez « population = 60000 »" in question
    assert 60 * CALLS[1] < 1500


def test_slots_that_are_tried_are_not_those_of_the_days_counted() -> None:
    """Readings are: fewer slots may be tried on a line, and more."""
    case = load_scenario("beauce_gatinais")
    for slots in (2, 6, 30):
        assert case.evolve(slots_today=slots).slots_today == slots
    counted: dict[str, Any] = {
        "observed_consultations": 1512,
        "observed_start": date(2023, 3, 6),
        "observed_end": date(2024, 3, 31),
    }
    west = load_scenario("ouest_loiret")
    assert west.evolve(slots_today=2, minutes_per_slot_today=15.0).slots_today == 2
    assert refused(lambda: west.evolve(slots_today=2, minutes_per_slot_today=15.0, **counted))
    assert vouched(west, slots_today=2, minutes_per_slot_today=15.0, **counted).slots_today == 2


def test_another_count_or_other_days_have_none_of_the_readings_of_a_base(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    for text, kept in (
        ("target = 0.9\n", 3),
        ("observed_consultations = 1900\n", 0),
        ("[calendar]\nopens = 09:00:00\n", 3),
        ("[calendar]\nweekdays = [1, 3, 5]\nweekday_factors = [1.0, 1.0, 1.0]\n", 0),
        (
            'observed_consultations = 1900\n[[readings]]\nlabel = "x"\n'
            "slots_today = 9\nweight = 1\n",
            1,
        ),
    ):
        path.write_text(f'base = "beauce_gatinais"\n{text}', encoding="utf-8")
        assert len(load_scenario(path).readings or ()) == kept

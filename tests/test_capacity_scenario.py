"""Scenarios: the shipped file, an analyst's file, and every way they can be wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cpts_geo.capacity.inputs import SOURCED_FIELDS
from cpts_geo.capacity.scenario import (
    Scenario,
    default_parameters,
    load_scenarios,
    people_without_mt,
    revise,
    scenario_from_population,
)
from cpts_geo.errors import ScenarioError
from cpts_geo.schema import Status

MINE = """
[territories.mine]
label = "Mon territoire"
people_without_mt = 5000.0
evidence_label = 3
share_assumed = false
eligibility = "Tous"
population_basis = "inconnue"
"""


@pytest.fixture(scope="module")
def cases() -> dict[str, Scenario]:
    return load_scenarios()


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "mine.toml"
    path.write_bytes(text.encode(encoding))
    return path


def defects_of(path: Path) -> str:
    with pytest.raises(ScenarioError) as caught:
        load_scenarios(path)
    assert caught.value.remedy
    return "\n".join(caught.value.defects)


def test_the_five_cases(cases: dict[str, Scenario]) -> None:
    people = {name: round(case.people_without_mt) for name, case in cases.items()}
    assert people == {
        "ouest_loiret": 3838,
        "beauce_gatinais": 24_000,
        "lvo": 11_732,  # 0.11 x 0.79 x 135,000 = 11,731.5
        "asclepios": 4345,
        "ondaine_forez": 1368,
    }
    labels = {name: case.evidence_label for name, case in cases.items()}
    assert list(labels.values()) == [2, 1, 4, 4, 3]
    assumed = [name for name, case in cases.items() if case.share_assumed]
    assert assumed == ["ouest_loiret", "lvo", "asclepios"]
    spread = {name: (case.people_cv, case.between_territory_sd) for name, case in cases.items()}
    assert spread["beauce_gatinais"] == (0.05, 0.0)
    assert spread["ondaine_forez"] == (0.2, 0.5)
    assert spread["ouest_loiret"] == spread["lvo"] == spread["asclepios"] == (0.25, 0.5)


def test_todays_capacity(cases: dict[str, Scenario]) -> None:
    slots = {name: case.slots_today for name, case in cases.items()}
    assert slots["beauce_gatinais"] == 8
    assert slots["lvo"] == 16
    assert slots["ouest_loiret"] is None  # unknown, not 0


def test_only_beauce_gatinais_announces_a_capacity(cases: dict[str, Scenario]) -> None:
    planned = {name: case.slots_planned for name, case in cases.items() if case.slots_planned}
    assert planned == {"beauce_gatinais": 16}
    basis = cases["beauce_gatinais"].planned_basis
    assert basis == "doublement annoncé, communiqué du 15 décembre 2021"


def test_population_is_kept(cases: dict[str, Scenario]) -> None:
    population = {name: case.population for name, case in cases.items()}
    assert population == {
        "ouest_loiret": 44_165,
        "beauce_gatinais": 80_000,
        "lvo": 135_000,
        "asclepios": 50_000,
        "ondaine_forez": 84_466,
    }
    for case in cases.values():  # the text that sources it gives the same number
        assert f"{case.population:,.0f}".replace(",", " ") in case.population_basis
    assert scenario_from_population(50_000).population == 50_000


def test_population_beside_the_people_changes_nothing_but_itself(
    tmp_path: Path, cases: dict[str, Scenario]
) -> None:
    alone = load_scenarios(write(tmp_path, MINE))["mine"]
    both = load_scenarios(write(tmp_path, MINE + "population = 20000\n"))["mine"]
    assert alone.population is None
    assert both == revise(alone, population=20_000.0)
    assert cases["beauce_gatinais"].sources["people_without_mt"].grade == "A"


def test_people_status(cases: dict[str, Scenario]) -> None:
    assert {name: case.people_status for name, case in cases.items()} == {
        "ouest_loiret": Status.ASSUMED,
        "beauce_gatinais": Status.MEASURED,
        "lvo": Status.ASSUMED,
        "asclepios": Status.ASSUMED,
        "ondaine_forez": Status.ESTIMATED,
    }
    # an assumed share is never shown as measured, even beside an own call log
    own = revise(cases["beauce_gatinais"], share_assumed=True)
    assert own.people_status is Status.ASSUMED


def test_every_input_has_a_source_and_a_grade(cases: dict[str, Scenario]) -> None:
    for case in cases.values():
        given = {name for name in SOURCED_FIELDS if getattr(case, name) is not None}
        assert set(case.sources) == given
        assert all("sans source" not in source.text for source in case.sources.values())
    assert cases["asclepios"].sources["people_without_mt"].grade == "C"
    assert cases["asclepios"].sources["need_share"].grade == "D"
    assert cases["beauce_gatinais"].sources["people_without_mt"].grade == "A"


def test_traps_are_noted_in_french(cases: dict[str, Scenario]) -> None:
    notes = " ".join(cases["beauce_gatinais"].notes)
    for words in ("251 séances", "365 séances", "351 séances", "ne s'accordent pas"):
        assert words in notes
    assert cases["lvo"].uncounted_demand is not None


def test_default_of_a_territory_without_data() -> None:
    case = scenario_from_population(50_000)
    assert case.people_without_mt == pytest.approx(0.11 * 0.79 * 50_000)
    assert (case.people_cv, case.between_territory_sd, case.evidence_label) == (0.25, 0.5, 4)
    assert case.share_assumed
    assert case.sources["people_without_mt"].grade == "C"  # the weaker of B and C
    grades = {name: p.grade for name, p in default_parameters().items()}
    assert grades["share_without_mt"] == "B"
    assert grades["age_share"] == "C"


def test_people_of_ondaine_forez_by_hand() -> None:
    found = people_without_mt(84_466, share_without_mt=0.02, age_share=0.81)
    assert found == pytest.approx(1368.3, abs=0.1)
    assert people_without_mt(84_466, share_without_mt=0.02, age_share=0.82) == pytest.approx(
        1385, abs=0.5
    )


@pytest.mark.parametrize("population", [-1, float("nan"), float("inf"), "50000", None, True])
def test_bad_population(population: Any) -> None:
    with pytest.raises(ScenarioError, match="population"):
        scenario_from_population(population)


@pytest.mark.parametrize("population", [0, 0.0])
def test_uninhabited_perimeter_speaks_of_the_communes(population: float) -> None:
    with pytest.raises(ScenarioError) as caught:
        scenario_from_population(population, label="Douaumont")
    assert "« Douaumont »" in caught.value.summary
    assert caught.value.defects == ("ce périmètre n'a aucun habitant",)
    assert "liste des communes" in caught.value.remedy
    assert "scenarios.toml" not in str(caught.value)


def test_own_file_takes_the_defaults(tmp_path: Path) -> None:
    case = load_scenarios(write(tmp_path, MINE))["mine"]
    assert case.need_share == (0.345, 0.5, 1.0)
    assert case.sources["people_without_mt"].text == "valeur saisie sans source"
    assert case.sources["people_without_mt"].grade == "D"


def test_own_defaults_win(tmp_path: Path) -> None:
    own = """
[defaults.target]
value = 0.9
unit = "part"
meaning = "cible"
text = "comité du 3 mars"
grade = "D"
"""
    case = load_scenarios(write(tmp_path, own + MINE))["mine"]
    assert case.target == 0.9
    assert case.sources["target"].text == "comité du 3 mars"
    assert case.deadline_days == 1


def test_every_defect_of_every_territory(tmp_path: Path) -> None:
    text = MINE + "minuts = [1.0, 2.0, 3.0]\ntarget = 1.5\n"
    text += MINE.replace("mine", "autre").replace("5000.0", '"beaucoup"')
    found = defects_of(write(tmp_path, text))
    assert "mine : « minuts » est inconnu ; vouliez-vous dire « minutes » ?" in found
    assert "mine : « target » = 1.5 : il faut moins de 1" in found
    assert "autre : « people_without_mt » = 'beaucoup' : il faut un nombre" in found
    assert len(found.splitlines()) == 3


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("need_share = [0.5, 0.4, 1.0]", "bas ≤ probable ≤ haut"),
        ("need_share = [0.5, 0.8, 1.2]", "il faut 1 au plus"),
        ("need_share = [0.5, 1.0]", "need_share"),
        ("need_share = 0.5", "il faut une liste"),
        ("minutes = [0.0, 1.0, 2.0]", "« minutes.1 » = 0.0 : il faut plus de 0"),
        ("dispersion = 0.9", "il faut 1 ou plus"),
        ("dispersion = nan", "il faut"),
        ("deadline_days = 1.5", "il faut un nombre entier"),
        ("deadline_days = true", "il faut un nombre entier"),
        ("slots_today = 0", "il faut 1 ou plus"),
        ("slots_today = 8", "vont ensemble"),
        ("observed_start = 2023-03-06", "vont ensemble"),
        ("observed_consultations = -1", "il faut 0 ou plus"),
        ("slots_planned = 0", "il faut 1 ou plus"),
        ("slots_planned = 8", "vont ensemble"),
        ("planned_basis = 'annonce'", "vont ensemble"),
        ("population = 0", "« population » = 0 : il faut plus de 0"),
        ("population = 3000", "« people_without_mt » dépasse « population »"),
        ("share_without_mt = 0.5", "« share_without_mt » : donnez l'un ou l'autre"),
        ("age_share = 2.0", "« age_share » : donnez l'un ou l'autre"),
        ('notes = "une phrase"', "il faut une liste"),
        ("[territories.mine.sources]\nminuts = {text = 'x', grade = 'A'}", "« sources.minuts »"),
        ("[territories.mine.sources]\nminutes = {text = 'x', grade = 'Z'}", "'A', 'B', 'C' ou 'D'"),
        ("[territories.mine.sources]\nminutes = 3", "il faut une table"),
        ("sources = 3", "doit être une table"),
    ],
)
def test_bad_line(tmp_path: Path, line: str, words: str) -> None:
    assert words in defects_of(write(tmp_path, MINE + line + "\n"))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("5000.0", "0.0", "il faut plus de 0"),
        ("people_without_mt = 5000.0", "share_without_mt = 0.5", "« population » : il manque"),
        ("people_without_mt = 5000.0", "population = -1", "« population » = -1 : il faut plus"),
        ("evidence_label = 3", "evidence_label = 7", "1, 2, 3 ou 4"),
        ("evidence_label = 3", "evidence_label = 2", "demande « observed_consultations »"),
        ("evidence_label = 3", "evidence_label = 4", "demande « share_assumed »"),
        ("share_assumed = false", 'share_assumed = "non"', "true ou false"),
        ('label = "Mon territoire"', 'label = ""', "le texte est vide"),
        ('label = "Mon territoire"', "", "« label » : il manque"),
    ],
)
def test_bad_value(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert words in defects_of(write(tmp_path, MINE.replace(old, new)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "aucune table"),
        ("territories = 3", "aucune table"),
        ("[territories]\nmine = 3", "il faut une table"),
        (MINE + "[default.x]\nvalue = 1", "« default »"),
        (MINE + "[defaults.minuts]\nvalue = 1", "vouliez-vous dire « minutes »"),
        (MINE + "[defaults.minutes]\nvalue = 1", "defaults.minutes : « unit » : il manque"),
        ("defaults = 3\n" + MINE, "« defaults » doit être une table"),
        ("[territories.mine\n", "TOML"),
    ],
)
def test_bad_file(tmp_path: Path, text: str, words: str) -> None:
    assert words in defects_of(write(tmp_path, text))


def test_unreadable_file(tmp_path: Path) -> None:
    assert "n'existe pas" in defects_of(tmp_path / "absent.toml")
    assert "refuse" in defects_of(tmp_path)
    assert "UTF-8" in defects_of(write(tmp_path, MINE + "# été", encoding="cp1252"))


def test_revise_checks_again_and_leaves_the_original(cases: dict[str, Scenario]) -> None:
    case = cases["ouest_loiret"]
    changed = revise(case, target=0.99, slots_today=6, minutes_per_slot_today=15.0)
    assert (changed.target, case.target) == (0.99, 0.95)
    assert changed.sources["slots_today"].text == "valeur choisie par l'analyste"
    assert changed.sources["minutes"] == case.sources["minutes"]
    emptied = revise(case, observed_start=None, observed_end=None)
    assert emptied.observed_start is None
    with pytest.raises(ScenarioError) as caught:
        revise(case, targett=0.99, people_cv=-1.0, observed_end=date(2020, 1, 1))
    assert "« targett » est inconnu ; vouliez-vous dire « target » ?" in caught.value.defects
    assert len(caught.value.defects) == 2  # contradictions are looked for once values are sound
    with pytest.raises(ScenarioError, match="avant"):
        revise(case, observed_end=date(2020, 1, 1))


def test_a_scenario_cannot_be_altered(cases: dict[str, Scenario]) -> None:
    with pytest.raises(Exception, match="frozen"):
        cases["lvo"].target = 0.5

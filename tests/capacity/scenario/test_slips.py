"""What nobody meant: asked about with what to write instead, unless a source vouches for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cpts_geo.capacity.scenario._slips.meant import in_toml, no_such_day
from cpts_geo.capacity.scenario._slips.plausible import questions
from cpts_geo.capacity.scenario.loading import (
    load_scenario,
    load_scenarios,
    save_scenario,
    scenario_from_population,
)
from cpts_geo.errors import ScenarioError

MINE = """label = "Mon territoire"
evidence_label = 3
share_assumed = false
eligible = ["no_mt"]
eligibility = "Tous"
population_basis = "inconnue"
"""
COUNTED = MINE + "people_without_mt = 5000\n"
SOURCED = '\n[sources]\n{} = {{ text = "CPAM, 2025", grade = "C" }}\n'

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def to(text: str) -> Path:
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return to


def refused(path: Path) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    return list(caught.value.defects)


# ---- values that a queue could be computed from


@pytest.mark.parametrize(
    ("lines", "name", "words"),
    [
        ("people_without_mt = 10.9", "people_without_mt", "« people_without_mt = 10900 »"),
        ("people_without_mt = 24\npopulation = 80000", "people_without_mt", "= 24000 »"),
        ("people_without_mt = 79\npopulation = 80000", "people_without_mt", "= 79000 »"),
        ("people_without_mt = 0.3", "people_without_mt", "« share_without_mt = 0.3 »"),
        ("people_without_mt = 8\npopulation = 5000", "people_without_mt", "_mt = 0.08 »"),
        ("share_without_mt = 0.0012\npopulation = 80000", "people_without_mt", "_mt = 0.12 »"),
        ("people_without_mt = 5000\ndeadline_days = 6", "deadline_days", "comptez en jours"),
        ("people_without_mt = 5000\ndeadline_days = 24", "deadline_days", "« deadline_days = 1 »"),
    ],
)
def test_a_value_that_nobody_meant_is_asked_about(
    write: Write, lines: str, name: str, words: str
) -> None:
    (asked,) = refused(write(f"{MINE}{lines}\n"))
    assert words in asked
    assert f'donnez sa source dans [sources] : {name} = {{ text = "…"' in asked
    # the line that the question says makes it meant
    kept = load_scenario(write(f"{MINE}{lines}\n{SOURCED.format(name)}"))
    assert kept.sources[name].text == "CPAM, 2025"


@pytest.mark.parametrize(
    "lines",
    [
        "people_without_mt = 11",
        "people_without_mt = 80\npopulation = 80000",
        "share_without_mt = 0.0013\npopulation = 80000",
        # The people of a village, from a share that was typed or from that of France.
        "share_without_mt = 0.05\npopulation = 60",
        "people_without_mt = 5000\ndeadline_days = 5",
        "people_without_mt = 5000\ndeadline_days = 0",
    ],
)
def test_what_is_likely_is_read(write: Write, lines: str) -> None:
    assert load_scenario(write(f"{MINE}{lines}\n")).label == "Mon territoire"


@pytest.mark.parametrize(
    ("calls", "people", "words"),
    [
        (49, 1000, "ceux d’un mois ? écrivez « calls_observed = 588 »"),
        (4, 1000, "0,004 appel par personne et par an ; si"),
        (2001, 1000, "2,001 appel par personne et par an"),
        (5800, 24, "en milliers ? écrivez « calls_people_years = 24000 »"),
        (0, 1000, "0,000 appel par personne"),
        (50, 1000, ""),
        (2000, 1000, ""),
    ],
)
def test_calls_of_a_person_in_a_year_have_an_order_of_magnitude(
    write: Write, calls: int, people: int, words: str
) -> None:
    text = f"{COUNTED}calls_observed = {calls}\ncalls_people_years = {people}\n"
    if not words:
        assert load_scenario(write(text)).calls_observed == calls
        return
    (asked,) = refused(write(text))
    assert words in asked
    one, two = (SOURCED.format(x) for x in ("calls_observed", "calls_people_years"))
    assert "donnez sa source" in refused(write(text + one))[0]
    both = one + two.replace("\n[sources]\n", "")
    assert load_scenario(write(text + both)).calls_people_years == people


@pytest.mark.parametrize(("years", "asked"), [(10.0, False), (10.1, True), (12.0, True)])
def test_years_of_a_count_are_no_months(write: Write, years: float, asked: bool) -> None:
    text = f"{COUNTED}calls_observed = 9000\ncalls_years = {years}\n"
    if not asked:
        assert load_scenario(write(text)).calls_years == years
        return
    (question,) = refused(write(text))
    assert f"des mois ? écrivez « calls_years = {years / 12:.4g} »" in question
    assert load_scenario(write(text + SOURCED.format("calls_observed"))).calls_years == years


def test_every_question_is_asked_at_once_and_of_a_variant_too(write: Write) -> None:
    lines = "people_without_mt = 24\npopulation = 80000\ndeadline_days = 30\n"
    lines += "calls_observed = 480\ncalls_years = 1.0\n"
    assert len(refused(write(MINE + lines))) == 3
    case = load_scenario("beauce_gatinais")
    for change in ({"people_without_mt": 24.0}, {"deadline_days": 6}, {"calls_observed": 480}):
        with pytest.raises(ScenarioError, match="donnez sa source"):
            case.evolve(**change)
    source = case.sources["people_cv"]
    meant = case.evolve(deadline_days=6, sources=case.sources | {"deadline_days": source})
    assert meant.deadline_days == 6
    # what is not changed keeps the source it had
    assert meant.evolve(label="Autre").deadline_days == 6


def test_nothing_is_asked_of_what_nobody_typed(tmp_path: Path) -> None:
    for population in (1, 60, 126, 5_000, 2_000_000):
        case = scenario_from_population(population)
        assert case.people_without_mt == pytest.approx(population * 0.11 * 0.79)
        save_scenario(case, tmp_path / "case.toml")
        assert load_scenario(tmp_path / "case.toml") == case
    assert len(load_scenarios()) == 5


@pytest.mark.parametrize(("people", "asked"), [(10.999, 1), (11.0, 0)])
def test_without_a_source_alone(people: float, asked: int) -> None:
    given: dict[str, Any] = {
        "people": people,
        "population": None,
        "calls": 10,
        "people_years": 100.0,
        "deadline_days": 1,
    }
    assert len(questions(**given, unsourced=["people_without_mt"])) == asked
    assert questions(**given, unsourced=[]) == []


# ---- values out of their bounds, in another unit or as French writes them


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("share_without_mt = 14\npopulation = 80000", "vouliez-vous dire 0.14 (14 %) ?"),
        ("people_cv = 25", "vouliez-vous dire 0.25 (25 %) ?"),
        (
            "population = 80",
            "« population » : 5\u202f000 pour 80 ; en milliers ? écrivez « population = 80000 »",
        ),
        (
            "[visitors]\nsecond_homes = 9\noccupancy = [60, 60, 60]",
            "vouliez-vous dire 0.6 (60 %) ?",
        ),
        ("age_share = 79\npopulation = 80000", "vouliez-vous dire 0.79 (79 %) ?"),
        ("target = 95", "vouliez-vous dire 0.95 (95 %) ?"),
        ("no_show_rate = 2.6", "vouliez-vous dire 0.026 (2.6 %) ?"),
        ("need_share = [0.3, 0.5, 60]", "vouliez-vous dire 0.6 (60 %) ?"),
        ("minutes = [0.25, 15, 20]", "des heures ? écrivez 15"),
        ("slots_today = 8\nminutes_per_slot_today = 0.25", "des heures ? écrivez 15"),
        ("deadline_days = 48", "des heures ? écrivez « deadline_days = 2 »"),
        ('target = "0,95"', "vouliez-vous dire 0.95 (sans guillemets) ?"),
        ('target = "95 %"', "vouliez-vous dire 0.95 (sans guillemets) ?"),
        ('observed_consultations = "1 511"', "vouliez-vous dire 1511 (sans guillemets) ?"),
        ('observed_start = "06/03/2023"', "vouliez-vous dire 2023-03-06 (sans guillemets) ?"),
        ('observed_start = "6 mars 2023"', "vouliez-vous dire 2023-03-06"),
        ('observed_start = "31/02/2023"', "ce jour n’existe pas"),
        ('share_assumed = "oui"', "vouliez-vous dire true"),
        ('[calendar]\nopens = "8h30"', "vouliez-vous dire 08:30:00"),
        ("[rota]\ngps = 3\nsessions_per_gp_per_week = 1\nsession_hours = 120", "écrivez 2"),
        ("half_day_hours = 240", "des minutes ? écrivez 4"),
        ("minutes = [900, 960, 1200]", "des secondes ? écrivez 15"),
        ('[calendar]\nweekdays = ["mardi"]', "vouliez-vous dire 2 (sans guillemets) ?"),
        ('months = ["Août"]', "vouliez-vous dire 8 (sans guillemets) ?"),
        ("[calendar]\nopens = 8", "vouliez-vous dire 08:00:00 ?"),
        ("[calendar]\nclosed = [2025-08-01, 2025-08-15]", "une période, par exemple [2025-08-01,"),
        ('[calendar]\nclosed = ["2025-08-01", "2025-08-15"]', "une période, par exemple"),
        (
            "need_share = 0.6",
            "il faut une liste ; Part des appels qui relèvent d’une consultation, part",
        ),
        ("[visitors]\npresent = 5000", "de janvier à décembre, personnes"),
        ("[readings]\nlabel = 'x'\nslots_today = 8\nweight = 1", "deux crochets : [[readings]]"),
        ("[sources]\ntarget = 'comité'", "écrivez « target = { text = 'comité', grade = \"C\" } »"),
        ("[calendar]\ntarget = 0.9", "écrivez « target » avant la première table [ ]"),
        ("[rota]\nmonths = [7]", "« rota.months » : écrivez « months » avant la première table"),
    ],
)
def test_a_refused_value_says_what_was_meant(write: Write, lines: str, words: str) -> None:
    start = MINE if "share_without" in lines or "age_share" in lines else COUNTED
    name = lines.partition(" =")[0]
    text = "".join(x for x in start.splitlines(keepends=True) if not x.startswith(f"{name} ="))
    found = refused(write(f"{text}{lines}\n"))
    assert any(words in defect for defect in found), found


@pytest.mark.parametrize(
    "lines",
    [
        "target = 1",
        "population = 4",
        "population = 4999",
        "target = 5",
        "target = 101",
        "need_share = [0.3, 0.5, 1.2]",
        "deadline_days = -1",
        f"deadline_days = 24{'0' * 400}",
        "minutes = [0, 15, 20]",
        'target = "beaucoup"',
        'target = "oui"',
        'deadline_days = "0,5"',
    ],
)
def test_nothing_is_proposed_that_could_be_wrong(write: Write, lines: str) -> None:
    (found,) = refused(write(f"{COUNTED}{lines}\n"))
    assert "vouliez-vous" not in found
    assert "écrivez" not in found


# ---- TOML itself


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("observed_start = 06/03/2023", "observed_start = 2023-03-06"),
        ("observed_start = 6/3/2023  # premier jour", "observed_start = 2023-03-06"),
        ("observed_start = 6 mars 2023", "observed_start = 2023-03-06"),
        ("observed_start = 1er août 2023", "observed_start = 2023-08-01"),
        ("observed_start = 6 fevr. 2023", "observed_start = 2023-02-06"),
        ("observed_start = 2023-3-6", "observed_start = 2023-03-06"),
        ("opens = 8h30", "opens = 08:30:00"),
        ("opens = 08:30", "opens = 08:30:00"),
        ("target = 0,95", "target = 0.95"),
        ("target = 95 %", "target = 0.95"),
        ("population = 44 165", "population = 44165"),
        ("share_assumed = Vrai", "share_assumed = true"),
        ("share_assumed = non", "share_assumed = false"),
        ("label = CPTS de l’Ouest", 'label = "CPTS de l’Ouest"'),
        ("label = « CPTS de l’Ouest »", 'label = "CPTS de l’Ouest"'),
        ("label: CPTS de l’Ouest", 'label = "CPTS de l’Ouest"'),
        ("population: 44 165", "population = 44165"),
        ("label = 'CPTS de l'Ouest'", 'label = "CPTS de l\'Ouest"'),
        ("minutes_per_slot_today = 15 min", "minutes_per_slot_today = 15"),
        ("population = 44 165 habitants", "population = 44165"),
        ("deadline_days = 2 jours", "deadline_days = 2"),
        ("closed = [[01/08/2025, 15/08/2025]]", "closed = [[2025-08-01, 2025-08-15]]"),
        ("closed = [\n  [01/08/2025, 15/08/2025],\n]", "[2025-08-01, 2025-08-15],"),
    ],
)
def test_a_line_that_is_no_toml_is_written_again(write: Write, line: str, right: str) -> None:
    (found,) = refused(write(f"# début\n{line}\n"))
    at = 3 if "\n" in line else 2
    assert found.startswith(f"ligne {at} : ")
    assert found.endswith(f"écrivez « {right} »")


@pytest.mark.parametrize("day", ["31/02/2023", "31 juin 2023", "2023-02-30", "00/01/2023"])
def test_a_day_that_does_not_exist_is_said(write: Write, day: str) -> None:
    (found,) = refused(write(f"observed_start = {day}\n"))
    assert found == f"ligne 1 : « observed_start = {day} » : ce jour n’existe pas"


def test_every_line_to_write_again_is_told(write: Write) -> None:
    text = "target = 0,95\nlabel = 'x'\npopulation = 44 165\nlabel = 'y'\nwhat is this\n"
    assert refused(write(text)) == [
        "la clé « label » est écrite deux fois (lignes 2 et 4)",
        "ligne 1 : « target = 0,95 » : écrivez « target = 0.95 »",
        "ligne 3 : « population = 44 165 » : écrivez « population = 44165 »",
    ]
    # what is not understood is told where it stops the reading
    assert refused(write("label = 'x'\nwhat is this\ntarget = 0,95\n")) == [
        "ligne 3 : « target = 0,95 » : écrivez « target = 0.95 »",
        "ce n'est pas du TOML correct (ligne 2, colonne 6) : « what is this »",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("population = 1\nx = 2\n\npopulation = 3\n", "la clé « population » est écrite deux fois "
         "(lignes 1 et 4)"),
        ("a = 1\n'a' = 2\n\"a\" = 3\n", "la clé « a » est écrite trois fois (lignes 1, 2 et 3)"),
        ("[calendar]\nyear = 1\nyear = 2\n", "la clé « calendar.year » est écrite deux fois "
         "(lignes 2 et 3)"),
        ("[sources]\n[calendar]\n[sources]\n", "la table « [sources] » est écrite deux fois "
         "(lignes 1 et 3)"),
        ("calendar = {}\n[calendar]\n", "la table « [calendar] » est écrite deux fois "
         "(lignes 1 et 2)"),
        ("x = { a = 1, a = 2 }\n", "une clé y est écrite deux fois (ligne 1"),
        ("a.b = 1\n[a]\nb = 2\n", "« a.b » est écrite deux fois (lignes 1 et 3)"),
    ],
)  # fmt: skip
def test_what_is_written_twice_is_told_with_its_lines(write: Write, text: str, words: str) -> None:
    (found,) = refused(write(text))
    assert words in found


@pytest.mark.parametrize(
    "text",
    [
        'label = "oui',
        'label = """oui\n',
        "label = 'oui",
        f"target = {'9' * 4000},5",
        f"target = {'9' * 4000} %",
        f"target = {'9 ' * 300_000}x",
        f"target = x{' ' * 300_000}= 2",
        f"{'a ' * 300_000}= 2",
    ],
)
def test_what_is_not_plain_is_told_by_its_place_alone(write: Write, text: str) -> None:
    (found,) = refused(write(text))
    assert found.startswith("ce n'est pas du TOML correct (")


def test_a_text_of_several_lines_is_no_key(write: Write) -> None:
    text = 'a = """\nb = 1\nb = 2\n"""\nc = 1\nc = 2\n'
    assert refused(write(text)) == ["la clé « c » est écrite deux fois (lignes 5 et 6)"]
    # and one key in two tables is no key twice
    assert "inconnu" in refused(write("[a]\nx = 1\n[b]\nx = 1\n[[c]]\nx = 1\n[[c]]\nx = 1\n"))[0]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("29/02/2024", "2024-02-29"),
        ("29/02/2023", None),
        ("6 jui 2023", None),  # juin or juillet
        ("6 xyz 2023", None),
        ("24h", None),
        ("8h60", None),
        ("1 511,5", "1511.5"),
        ("-0,5", "-0.5"),
        ("12 34", None),
        ("0,5 %", "0.005"),
        ("", None),
        ("2,5 minutes", "2.5"),
        ("480 par mois", None),
        ("5 milliers", None),
        ("minutes", None),
    ],
)
def test_french_written_as_toml(text: str, written: str | None) -> None:
    assert in_toml(text) == written
    assert no_such_day(text) is (text == "29/02/2023")

"""Defaults that an analyst changes: what follows them, what does not, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cpts_geo.capacity.scenario import parameters as room
from cpts_geo.capacity.scenario.loading import (
    load_scenario,
    load_scenarios,
    save_scenario,
    scenario_from_population,
)
from cpts_geo.capacity.scenario.overlay import chosen_parameters, parameter_notes
from cpts_geo.capacity.scenario.parameters import (
    _BY_FILE,
    _CHANGED,
    ANALYST,
    Parameters,
    default_parameters,
)
from cpts_geo.errors import ScenarioError

Choose = Callable[[str], Parameters]


@pytest.fixture
def choose(tmp_path: Path) -> Choose:
    def read(text: str) -> Parameters:
        path = tmp_path / "mes_parametres.toml"
        path.write_text(text, encoding="utf-8")
        return chosen_parameters(path)

    return read


def refused(choose: Choose, text: str) -> ScenarioError:
    with pytest.raises(ScenarioError) as caught:
        choose(text)
    return caught.value


def test_only_what_is_named_changes(choose: Choose) -> None:
    shipped, chosen = default_parameters(), choose("[target]\nvalue = 0.9\n")
    assert {name for name in shipped if chosen[name] != shipped[name]} == {"target"}
    assert chosen["target"].source == _CHANGED
    assert _CHANGED.text.startswith(ANALYST.text)
    assert default_parameters()["target"].value == 0.95  # those of the package stay
    case = scenario_from_population(50_000, parameters=chosen)
    assert (case.target, case.sources["target"]) == (0.9, _CHANGED)
    assert case.evolve(target=0.95).evolve(sources=scenario_from_population(50_000).sources) == (
        scenario_from_population(50_000)
    )


def test_a_source_given_is_kept_and_a_value_that_is_the_same_keeps_its_own(choose: Choose) -> None:
    own = '[target]\nvalue = 0.9\ntext = "Comité, mars 2025"\n'
    found = choose(own)["target"]
    assert (found.text, found.grade) == (f"Comité, mars 2025{_BY_FILE}", "D")
    assert choose(own + 'grade = "C"\n')["target"].grade == "C"
    assert choose("[target]\nvalue = 0.95\n") == default_parameters()
    # An announced default that is changed is announced by nobody any more.
    assert not choose("[calls_observed]\nvalue = 5000\n")["calls_observed"].announced


def test_a_changed_share_changes_people_and_says_whose_it_is(choose: Choose) -> None:
    chosen = choose("[share_without_mt]\nvalue = 0.15\n")
    assert chosen["share_without_mt"].base == default_parameters()["share_without_mt"].base
    for key, case in load_scenarios(parameters=chosen).items():
        before = load_scenario(key)
        if not before.share_assumed:
            assert case == before
            continue
        assert case.people_without_mt == pytest.approx(before.people_without_mt * 0.15 / 0.11)
        source = case.sources["people_without_mt"]
        assert source.text.startswith(ANALYST.text)
        assert "cnam" not in source.text.lower()
        assert source.grade == "D"


def test_what_a_scenario_gives_itself_is_not_changed(choose: Choose, tmp_path: Path) -> None:
    chosen = choose("[calls_observed]\nvalue = 9000\n[minutes]\nvalue = [10, 12, 14]\n")
    own, other = (load_scenario(key, parameters=chosen) for key in ("beauce_gatinais", "lvo"))
    assert own.calls_observed == 5800
    assert other.calls_observed == 9000
    assert own.minutes == other.minutes == (10, 12, 14)
    # A variant has its base's defaults; a saved scenario keeps those it was computed with.
    assert load_scenario("lvo_ete", parameters=chosen).calls_observed == 9000
    save_scenario(other, tmp_path / "saved.toml")
    assert load_scenario(tmp_path / "saved.toml") == other


def test_calls_of_a_changed_default_are_still_borrowed(choose: Choose, tmp_path: Path) -> None:
    lines = "[calls_observed]\nvalue = 9000\n[calls_people_years]\nvalue = 30000\n"
    file = tmp_path / "mine.toml"
    file.write_text('base = "asclepios"\nshare_assumed = true\n', "utf-8")
    sourced = lines.replace("\n[", '\ntext = "Ailleurs"\ngrade = "A"\n[')
    for text in (lines, sourced + 'text = "Ailleurs"\ngrade = "A"\n'):
        for name in ("asclepios", file):
            case = load_scenario(name, parameters=choose(text))
            assert (case.calls_observed, case.calls_years) == (9000, None)
            assert not case.has_own_line
    # nor are they where a saved scenario bears them
    save_scenario(case, tmp_path / "saved.toml")
    assert load_scenario(tmp_path / "saved.toml").calls_years is None


def test_a_part_of_the_calendar_changes_only_what_it_names(choose: Choose) -> None:
    chosen = choose("[calendar.value]\ncloses = 18:00:00\n")
    case = scenario_from_population(50_000, parameters=chosen)
    usual = scenario_from_population(50_000)
    assert case.calendar == usual.calendar.model_copy(update={"closes": case.calendar.closes})
    assert case.calendar.closes.hour == 18
    assert case.sources["calendar"].grade == "D"
    assert load_scenario("lvo", parameters=chosen).calendar == load_scenario("lvo").calendar
    assert parameter_notes(chosen)[0].count("→") == 1


def test_what_is_changed_is_said_with_what_it_was(choose: Choose) -> None:
    text = "[need_share]\nvalue = [0.4, 0.5, 1.0]\n[target]\nvalue = 0.9\n"
    said = parameter_notes(choose(text + 'text = "Comité"\ngrade = "C"\n'))
    assert len(said) == 2
    assert "0,345 – 0,5 – 1 → 0,4 – 0,5 – 1 (source : valeur choisie par l'analyste" in said[0]
    assert said[1].endswith("Part des demandes à servir dans le délai, 0,95 → 0,9 "
                            "(source : Comité ; C).")  # fmt: skip


def test_every_defect_is_told_at_once(choose: Choose) -> None:
    error = refused(
        choose,
        """target = 0.9
[targett]
value = 0.9
[share_without_mt]
value = 15
[need_share]
value = [0.3, 0.5]
[visitor_rate_ratio]
value = [1, 0.9, 1.5]
[minutes]
value = "15"
[deadline_days]
value = 48
[no_show_rate]
valeur = 0.1
[people_cv]
value = true
[dispersion]
value = 2
grade = "A"
[gp_hour_cost]
value = 90
text = "Comité"
grade = "Z"
[calendar]
value = { close = 18:00:00 }
""",
    )
    assert error.summary.startswith("Le fichier de paramètres mes_parametres.toml contient 13 déf")
    assert list(error.defects) == [
        "« target » : il faut une table : [target], puis value = 0.9",
        "« targett » est inconnu ; vouliez-vous dire « target » ?",
        "need_share : « value » = [0.3, 0.5] : il faut 3 nombres, comme [0.345, 0.5, 1.0]",
        "minutes : « value » = '15' : il faut 3 nombres, comme [15.0, 16.4, 20.0]",
        "no_show_rate : « value » manque",
        "no_show_rate : « valeur » est inconnu ; vouliez-vous dire « value » ?",
        "people_cv : « value » = true : il faut un nombre, comme 0.25",
        "dispersion : « grade » est donné sans « text » : dites d’où vient la valeur",
        "gp_hour_cost : « grade » = 'Z' : il faut l'une de ces valeurs : 'A', 'B', 'C' ou 'D'",
        "« share_without_mt » = 15 : il faut 1 ou moins ; vouliez-vous dire 0.15 (15 %) ?",
        "visitor_rate_ratio : 1, 0.9, 1.5 : il faut bas ≤ probable ≤ haut",
        "« calendar.close » est inconnu ; vouliez-vous dire « closes » ?",
        "« deadline_days » = 48 : il faut 30 ou moins ; des heures ? écrivez « deadline_days = 2 »",
    ]


@pytest.mark.parametrize(
    ("value", "asked"), [("5", False), ("6", True), ('6\ntext = "Comité"', False)]
)
def test_an_unlikely_default_is_asked_about(choose: Choose, value: str, asked: bool) -> None:
    text = f"[deadline_days]\nvalue = {value}\n"
    if not asked:
        assert choose(text)["deadline_days"].value == int(value[0])
        return
    error = refused(choose, text)
    assert "plus de 5 jours" in error.defects[0]
    assert 'text = "…"' in error.remedy


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "vide"),
        ("[target]\nvalue = 0,9\n", "ligne 2 : « value = 0,9 » : écrivez « value = 0.9 »"),
        ("[target]\nvalue = 0.9\n[target]\nvalue = 0.8\n", "« [target] » est écrite deux fois"),
        ("[profiles.mine]\nvalue = 1\n", "« profiles » est inconnu"),
    ],
)
def test_a_file_that_cannot_be_read(choose: Choose, text: str, words: str) -> None:
    assert words in str(refused(choose, text))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "parametres.toml").write_text("[target]\nvalue = 0.9\n", "utf-8")
    with pytest.raises(ScenarioError, match=r"vouliez-vous dire « parametres\.toml »"):
        chosen_parameters(tmp_path / "parametre.toml")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("met = [0.6, 0.7, 0.9]", ""),
        ("met = [0.6, 0.7, 1]", ""),
        ("met = [0.6, 0.7, 1.1]", "il faut plus de 0 et 1,0 au plus"),
        ("met = [0.0, 0.7, 0.9]", "il faut plus de 0"),
        ("met = [0.8, 0.7, 0.9]", "bas ≤ probable ≤ haut"),
        ("rate = 17", ""),
        ("rate = 17.1", "17,0 au plus"),
    ],
)
def test_a_parameter_that_is_no_field_of_a_scenario_has_bounds(
    choose: Choose, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lines: str, words: str
) -> None:
    file = tmp_path / "shipped.toml"
    more = '\n[met]\nvalue = [0.5, 0.6, 0.9]\ntext = "x"\ngrade = "D"\n'
    more += '\n[rate]\nvalue = 1.7\ntext = "x"\ngrade = "D"\n'
    file.write_text(room._PARAMETERS_FILE.read_text("utf-8") + more, "utf-8")
    monkeypatch.setattr(room, "_PARAMETERS_FILE", file)
    default_parameters.cache_clear()
    try:
        name, _, value = lines.partition(" = ")
        text = f"[{name}]\nvalue = {value}\n"
        if words:
            assert words in refused(choose, text).defects[0]
        else:
            (said,) = parameter_notes(choose(text))
            assert f"« {name} »" in said
    finally:
        default_parameters.cache_clear()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("need_rate", "[0.8, 0.5, 2.0]", "bas ≤ probable ≤ haut"),
        ("need_rate", "[-1.0, 0.5, 1.0]", "plus de 0"),
        ("met_share", "[60, 72, 90]", "plus de 0 et 1,0 au plus"),
        ("apl_elasticity", "[1.1, 0.7]", "bas ≤ probable ≤ haut"),
        ("office_hours_share", "[42, 55]", "1,0 au plus"),
        ("emergency_visits", "30.7", "1,0 au plus"),
        ("treatable_in_town", "43", "1,0 au plus"),
    ],
)
def test_national_parameters_are_bounded(choose: Choose, name: str, value: str, words: str) -> None:
    error = refused(choose, f"[{name}]\nvalue = {value}\n")
    assert len(error.defects) == 1
    assert name in error.defects[0] and words in error.defects[0]

"""A run on defaults that an analyst changed: what follows them, what stays official."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cpts_geo.analysis import Analysis, Options, analyse
from cpts_geo.atlas.look.grades import input_status
from cpts_geo.atlas.sections.territory._grounds import hypotheses
from cpts_geo.capacity.scenario.loading import load_scenarios
from cpts_geo.capacity.scenario.overlay import chosen_parameters
from cpts_geo.capacity.scenario.parameters import _BY_FILE, _CHANGED, default_parameters
from cpts_geo.errors import AskedError, ScenarioError
from cpts_geo.geography.perimeters.request import Request
from cpts_geo.indicators.given_share import typed_share
from cpts_geo.schema import Status
from cpts_geo.sources.catalogue.catalogue import sha256_of
from cpts_geo.sources.embedding.embedded import load_facts
from cpts_geo.study.scenarios import scenarios_of

TEXT = """
[share_without_mt]
value = 0.15

[calls_observed]
value = 9000
text = "Une autre ligne, 2024"
grade = "A"
"""


@pytest.fixture(scope="module")
def mine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("parameters") / "mes_parametres.toml"
    file.write_text(TEXT, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def found(mine: Path) -> Analysis:
    return analyse(Request(["asclepios"]), Options(draws=300, parameters=mine, fetched=False))


def france(analysis: Analysis) -> pd.Series:
    rows = analysis.comparison.query("indicator == 'share_without_mt' and area_level == 'france'")
    assert len(rows) == 1
    return rows.iloc[0]


def test_the_share_of_france_is_not_the_default_of_the_model(found: Analysis) -> None:
    usual = default_parameters()["share_without_mt"]
    row = france(found)
    assert (row["value"], row["base"], row["grade"]) == (0.11, "17 ans et plus", "C")
    assert row["source"].startswith("Cnam, juin 2021")
    assert row["status"] == Status.ANNOUNCED.value
    scenario = found.studies["asclepios"].scenario
    assert scenario.people_without_mt == pytest.approx(50_000 * 0.15 * 0.79)
    assert usual.text not in scenario.sources["people_without_mt"].text
    # The fact is one of France, of no territory; both say the same figure today.
    facts = load_facts().set_index(["territory", "fact"])
    assert facts.at[("france", "share_without_mt_france"), "value"] == usual.value
    assert facts.at[("france", "share_without_mt_france"), "base"] == usual.base
    assert "share_without_mt_france" not in set(found.studies["asclepios"].facts["fact"])


def test_what_was_changed_is_said_and_the_file_recorded(found: Analysis, mine: Path) -> None:
    said = [note for note in found.notes if "Paramètre changé" in note]
    assert len(said) == 2
    assert "0,11 → 0,15" in said[0]
    assert "5800 → 9000 (source : Une autre ligne, 2024" in said[1]
    assert found.parameters["parameters"] == "mes_parametres.toml"
    assert found.inputs["mes_parametres.toml"] == sha256_of(mine)


def test_the_page_shows_the_default_that_was_used(found: Analysis) -> None:
    study = found.studies["asclepios"]
    # Of a device for them: one open to all does not rest on their share.
    assert "share_without_mt" in study.scenario.unused
    rows = hypotheses([study.scenario.admitting("no_mt")], study.common.parameters)["rows"]
    [share] = [row for row in rows if row[0].text.startswith("Part sans médecin traitant")]
    assert share[1].text.startswith("15\u202f%")
    assert _BY_FILE.strip() in share[2].text
    assert share[3].text == "D"
    # Calls of elsewhere are no measure of here, whoever counted them.
    assert study.scenario.sources["calls_observed"].grade == "A"
    assert input_status(study.scenario, "calls_observed") is Status.ESTIMATED


def test_without_a_file_nothing_is_changed_nor_said() -> None:
    plain = analyse(Request(["asclepios"]), Options(draws=300, fetched=False))
    assert france(plain)["value"] == 0.11
    assert plain.studies["asclepios"].scenario == load_scenarios()["asclepios"]
    assert not any("Paramètre" in note for note in plain.notes)
    assert plain.parameters["parameters"] is None


def test_defaults_hold_for_any_territory_its_share_and_its_scenario(
    mine: Path, tmp_path: Path
) -> None:
    chosen = chosen_parameters(mine)
    outlines = pd.DataFrame({"name": ["Ici"], "population": [10_000]}, index=["ici"])
    case = scenarios_of(outlines, areas={}, published=(), parameters=chosen)["ici"]
    assert case.people_without_mt == pytest.approx(10_000 * 0.15 * 0.79)
    mine = tmp_path / "ages.toml"
    mine.write_text("[age_share]\nvalue = 0.6\n", encoding="utf-8")
    share = {"ici": typed_share(0.2, ages="17+", source="CPAM, 2025")}
    for parameters, adults in ((chosen_parameters(mine), 0.6), (None, 0.79)):
        case = scenarios_of(outlines, areas={}, published=(), shares=share, parameters=parameters)[
            "ici"
        ]
        assert case.people_without_mt == pytest.approx(10_000 * 0.2 * adults)
    own = tmp_path / "own.toml"
    own.write_text('base = "asclepios"\nlabel = "Essai"\ntarget = 0.9\n', encoding="utf-8")
    mine.write_text("[target]\nvalue = 0.8\n[dispersion]\nvalue = 2\n", encoding="utf-8")
    asked = Options(draws=300, scenario=own, parameters=mine, fetched=False)
    run = analyse(Request(["asclepios"]), asked)
    scenario = run.studies["asclepios"].scenario
    # What the scenario gives is its own; the rest is the analyst's default.
    assert (scenario.target, scenario.dispersion) == (0.9, 2)
    assert scenario.sources["dispersion"] == _CHANGED
    assert {"own.toml", "ages.toml"} <= set(run.inputs)


def test_bad_defaults_are_refused_before_any_work(tmp_path: Path) -> None:
    said: list[str] = []
    with pytest.raises(ScenarioError, match=r"absent\.toml"):
        analyse(options=Options(parameters=tmp_path / "absent.toml"), say=said.append)
    assert said == []
    with pytest.raises(AskedError, match="--parameters"):
        Options(parameters=3)  # type: ignore[arg-type]

"""Values that change an answer, or are told not to: no change is silent, none is misread."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import cpts_geo as cg
from cpts_geo.capacity.scenario.loading import (
    load_scenario,
    save_scenario,
    scenario_from_population,
)
from cpts_geo.errors import AskedError, ScenarioError

FEW = 500


def test_years_alone_do_not_make_the_calls_of_another_line_its_own(tmp_path: Path) -> None:
    lent = scenario_from_population(30_000)
    with pytest.raises(ScenarioError, match="« calls_years » va avec « calls_observed »"):
        cg.scenario(lent, calls_years=1.0)
    with pytest.raises(ScenarioError, match="en combien de temps"):
        cg.scenario(lent, calls_observed=300)
    assert cg.scenario(lent, calls_observed=3000, calls_years=1.0).evidence == "1b"
    assert cg.scenario("beauce_gatinais", calls_years=2.0).calls_years == 2
    # A saved scenario writes the calls that it was lent: years typed beside them own them no more.
    save_scenario(lent, tmp_path / "saved.toml")
    for text in (
        'base = "saved.toml"\ncalls_years = 1.0\n',
        "calls_years = 1.0\n" + (tmp_path / "saved.toml").read_text("utf-8"),
    ):
        (tmp_path / "mine.toml").write_text(text, "utf-8")
        with pytest.raises(ScenarioError, match="« calls_years » va avec « calls_observed »"):
            load_scenario(tmp_path / "mine.toml")
    with pytest.raises(ScenarioError) as both:
        cg.scenario(lent, calls_years=1.0, target=7)
    assert len(both.value.defects) == 2


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ({"slots_today": np.int64(16)}, {"slots_today": 16}),
        ({"slots_today": 16.0}, {"slots_today": 16}),
        ({"slots_today": np.array([8, 8, 8, 8, 9])}, {"slots_today": (8, 8, 8, 8, 9)}),
        ({"deadline_days": np.int64(1)}, {"deadline_days": 1}),
        ({"deadline_days": np.float64(0)}, {"deadline_days": 0}),
        ({"minutes": np.array([15, 20, 25])}, {"minutes": (15, 20, 25)}),
        ({"minutes": np.float32(20)}, {"minutes": 20}),
        ({"found_share": 0.7}, {"found_share": (0.7, 0.7)}),
        ({"months": [7.0, np.int64(8)]}, {"months": (7, 8)}),
    ],
)
def test_numbers_of_numpy_are_numbers(given: dict[str, Any], plain: dict[str, Any]) -> None:
    assert cg.scenario("beauce_gatinais", **given) == cg.scenario("beauce_gatinais", **plain)


@pytest.mark.parametrize("value", [pd.NA, pd.Series([1, 2]), pd.DataFrame({"a": [1]}), object()])
@pytest.mark.parametrize("name", ["slots_today", "minutes", "deadline_days", "label", "months"])
def test_what_is_no_value_is_refused(name: str, value: Any) -> None:
    with pytest.raises(ScenarioError, match=name):
        cg.scenario("beauce_gatinais", **{name: value})


@pytest.fixture(scope="module")
def beauce() -> cg.Territory:
    return cg.territory("beauce_gatinais", draws=FEW)


@pytest.fixture(scope="module")
def patay() -> cg.Territory:
    return cg.territory(["Patay"], departement=45, draws=FEW)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("parameters") / "mine.toml"
    path.write_text("[target]\nvalue = 0.7\n", "utf-8")
    return path


def text_of(view: Any) -> str:
    return " ".join(str(view).replace("\u202f", " ").replace("\xa0", " ").split())


def test_defaults_that_nothing_reads_are_refused(beauce: cg.Territory, target: Path) -> None:
    ready = cg.scenario(beauce)
    for call in (
        lambda: cg.scenario(beauce, parameters=target),
        lambda: cg.compare(ready, beauce, parameters=target),
        lambda: cg.call_log("journal.csv", beauce, parameters=3),  # type: ignore[arg-type]
    ):
        with pytest.raises(AskedError, match="ne change que ce qui est lu d’une clé"):
            call()
    one = cg.compare(ready, "lvo", draws=FEW, parameters=target)
    assert (one.value.first.target, one.value.second.target) == (0.95, 0.7)
    (note,) = [each for each in one.value.caveats if "Paramètre changé" in each]
    assert note.startswith(one.value.second.label)


def test_a_comparison_is_of_the_run_of_its_territory(beauce: cg.Territory, target: Path) -> None:
    other = cg.territory("lvo", draws=300, seed=7, parameters=target)
    found = cg.compare(other, other.capacity(deadline_days=0)).value
    assert (found.draws, found.first.seed) == (300, 7)
    levels = other.capacity().value.slots_per_day
    assert found.table.loc["slots_needed", ["first_p10", "first_p50", "first_p90"]].tolist() == [
        levels.p10, levels.p50, levels.p90
    ]  # fmt: skip
    said = cg.compare(beauce, other).value.warnings
    assert "mêmes options (tirages, graine, lignes connues)" in said[0] or "graine" in said[0]
    # Its own defaults read a key as well.
    assert other.capacity("asclepios").value.scenario.target == 0.7


def test_a_count_of_one_public_does_not_answer_for_the_other() -> None:
    west = cg.territory("ouest_loiret", draws=FEW)
    for public in ("all", "no_mt"):
        shown = west.capacity(public=public)
        if public == (west.study.scenario.public or "all"):
            assert shown.value == west.capacity().value
            continue
        assert isinstance(shown.value, ScenarioError) and "ne dit rien de l’autre" in str(shown)
        with pytest.raises(ScenarioError, match="a compté est de son public"):
            cg.scenario(west, public=public)
        with pytest.raises(ScenarioError, match="a compté est de son public"):
            cg.scenario("ouest_loiret", public=public)


def test_the_scenario_of_another_territory_is_said_first(beauce: cg.Territory) -> None:
    for shown in (
        cg.territory("lvo", scenario="beauce_gatinais", draws=FEW).capacity(),
        beauce.capacity("lvo"),
    ):
        said = text_of(shown)
        assert "celui d’une autre CPTS" in said
        assert said.index("celui d’une autre CPTS") < said.index(" par jour")
    assert "autre CPTS" not in text_of(beauce.capacity())
    with pytest.raises(AskedError, match="celle de CPTS Beauce"):
        beauce.capacity(territory="lvo")
    assert beauce.capacity(label="Essai").title == "CPTS Beauce-Gâtinais : la capacité, « Essai »"


def test_values_that_do_nothing_are_told(beauce: cg.Territory, patay: cg.Territory) -> None:
    said = text_of(patay.capacity(population=30_000, need_share=0.9, slots_today=8))
    idle = said.split("Sans effet ici : ")[1]
    assert idle.startswith("Habitants de tous âges · Part des appels qui relèvent")
    assert "Sans effet" not in text_of(beauce.capacity(slots_today=16))
    assert "Sans effet ici" in text_of(beauce.capacity(people_without_mt=20_000))


def test_two_of_one_name_are_told_apart(beauce: cg.Territory, patay: cg.Territory) -> None:
    changed = beauce.capacity(minutes=30)
    for pair, place in (((changed, beauce), 0), ((beauce, changed), 1)):
        found = cg.compare(*pair).value
        labels = [found.first.label, found.second.label]
        assert labels[1 - place] == beauce.name
        assert labels[place] == f"{beauce.name}, avec d’autres valeurs"
    same = cg.compare(beauce, beauce)
    assert {same.value.first.label, same.value.second.label} == {beauce.name}
    assert "rien ne les distingue" in text_of(same)
    other = cg.territory(["Artenay"], departement=45, draws=FEW)
    two = cg.compare(patay, other)
    if patay.name == other.name:
        assert two.title.count("(1)") == two.title.count("(2)") == 1
    assert "Inconnu des deux" in text_of(two)
    assert "0 créneau de plus" not in text_of(two)


def test_a_log_says_first_what_it_lacks(patay: cg.Territory, tmp_path: Path) -> None:
    days = pd.bdate_range("2024-03-04", periods=60)
    counts = pd.DataFrame({"date": days.strftime("%d/%m/%Y"), "appels": 20, "consultations": 8})
    counts.to_csv(tmp_path / "journal.csv", sep=";", index=False)
    log = cg.call_log(tmp_path / "journal.csv", patay, departement=None)
    assert text_of(log).index("moins d’un an") < text_of(log).index("Par jour d’ouverture")
    assert "moins d’un an" in text_of(patay.capacity(log))
    with pytest.raises(AskedError) as refused:
        cg.call_log(
            tmp_path / "journal.csv",
            patay,
            own_outcomes={1: 2},  # type: ignore[dict-item]
            departement=float("nan"),
            repeats_out="no",  # type: ignore[arg-type]
        )
    assert len(refused.value.defects) == 3


def test_what_has_no_scenario_is_said_without_words_of_python(patay: cg.Territory) -> None:
    for what in ("", None, patay.need(), 3):
        with pytest.raises(AskedError, match="n’a pas de scénario") as refused:
            cg.compare(what, patay)
        assert not {"NoneType", "View", "DataFrame", "int"} & {*str(refused.value).split("'")}


def test_where_nothing_can_be_tried_the_panel_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cpts_geo.api.panel.trial_section", lambda _: None)
    assert "Rien à essayer ici" in str(cg.territory("lvo", draws=FEW).panel())

"""The share without médecin traitant: who gives it, of what ages, and never another's."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from cpts_geo.analysis import Analysis, Options, analyse
from cpts_geo.asked import share
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.errors import AskedError, ScenarioError
from cpts_geo.geography.perimeters.request import Request
from cpts_geo.indicators.given_share import exported_share, shares_of, typed_share, unused_notes
from cpts_geo.schema import AREA
from cpts_geo.sources.embedding import embedded
from cpts_geo.study.scenarios import scenarios_of, with_share

TYPED = {"share_without_mt": "14 %", "share_of": "17+", "share_source": "CPAM du Loiret, 2025"}
OUTLINES = pd.DataFrame({"name": ["Ici"], "population": [10_000]}, index=["ici"])


@pytest.mark.parametrize(
    ("written", "value"),
    [("14 %", 0.14), ("14%", 0.14), ("14,5 %", 0.145), ("0,14", 0.14), ("0.14", 0.14),
     ("14\u202f%", 0.14), (0.14, 0.14), (1, 1.0), ("100 %", 1.0), (None, None)],
)  # fmt: skip
def test_a_share_is_read_as_people_write_it(written: object, value: float | None) -> None:
    assert share(written) == pytest.approx(value)


@pytest.mark.parametrize("written", ["14", "101 %", "-0,1", "0", "0 %", "", "un", True, math.nan])
def test_what_is_no_share_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match="14 %"):
        share(written)


@pytest.mark.parametrize("missing", TYPED)
def test_the_three_go_together(missing: str) -> None:
    said = {
        "share_without_mt": "--share-without-mt",
        "share_of": "--share-of",
        "share_source": "--share-source",
    }
    for blank in (None, "" if missing == "share_source" else None):
        with pytest.raises(AskedError) as refused:
            Options(**(TYPED | {missing: blank}))
        assert f"il manque {said[missing]} " in str(refused.value)
    with pytest.raises(AskedError, match="--share-of"):
        Options(**(TYPED | {"share_of": "18+"}))
    assert Options(**TYPED).given_share == typed_share(
        0.14, ages="17+", source="CPAM du Loiret, 2025"
    )
    assert Options().given_share is None


def test_one_share_is_of_one_territory() -> None:
    typed = typed_share(0.14, ages="all", source="CPAM")
    none = pd.DataFrame(columns=["indicator", "value"])
    assert shares_of({"a": none}, typed=typed) == {"a": typed}
    assert shares_of({"a": none, "b": none}, typed=None) == {}
    with pytest.raises(AskedError, match="celle d’un territoire, et 2"):
        shares_of({"a": none, "b": none}, typed=typed)


@pytest.mark.parametrize(("ages", "people"), [("all", 1400), ("17+", 1106), ("16+", 1134)])
def test_people_follow_the_ages(ages: str, people: int) -> None:
    scenario = scenarios_of(OUTLINES, published=(), areas={})["ici"]
    typed = typed_share(0.14, ages=ages, source="CPAM, 2025")
    found = with_share(scenario, typed, population=10_000, adults=0.79)
    assert round(found.people_without_mt) == people
    assert (found.share_assumed, found.evidence) == (False, "3")
    # of people without médecin traitant alone, it is no national share any more
    assert (scenario.evolve(public="no_mt").evidence, found.evolve(public="no_mt").evidence) == (
        "4", "3",
    )  # fmt: skip
    assert "CPAM, 2025" in found.sources["people_without_mt"].text
    assert "fourni par l’analyste" in found.sources["people_without_mt"].text


def test_a_share_of_unknown_ages_counts_nobody() -> None:
    scenario = scenarios_of(OUTLINES, published=(), areas={})["ici"]
    unsaid = replace(typed_share(0.14, ages="all", source="x"), base="âges non dits")
    assert with_share(scenario, unsaid, population=10_000, adults=0.79) is scenario
    nobody = replace(typed_share(0.14, ages="all", source="x"), value=0.0)
    assert with_share(scenario, nobody, population=10_000, adults=0.79) is scenario


def test_what_it_replaces_is_not_said_any_more() -> None:
    scenario = load_scenario("ouest_loiret")
    typed = typed_share(0.14, ages="17+", source="CPAM, 2025")
    said = " ".join(with_share(scenario, typed, population=1, adults=0.79).notes)
    assert "moyenne nationale" not in said and "28 %" not in said
    assert "1 511 consultations" in said


@pytest.fixture(scope="module")
def typed_run() -> Analysis:
    return analyse(Request(["ondaine_forez"]), Options(draws=1000, **TYPED))


def rows(run: Analysis) -> pd.DataFrame:
    table = run.comparison[run.comparison["indicator"] == "share_without_mt"]
    return table.set_index(AREA)


def test_the_given_share_stands_before_the_published_one(typed_run: Analysis) -> None:
    [key] = typed_run.studies
    mine = rows(typed_run).loc[("cpts", key)]
    assert mine[["value", "base", "vintage", "grade", "source"]].to_list() == [
        0.14, "17 ans et plus", "2025", "fourni par l’analyste", "CPAM du Loiret, 2025",
    ]  # fmt: skip
    # What the document publishes is still told among the documents.
    study = typed_run.studies[key]
    assert "share_without_mt_16plus" in set(study.facts["fact"])
    assert study.scenario.people_without_mt == pytest.approx(84_466 * 0.79 * 0.14)
    warned = " ".join(study.headline.warnings)
    assert "moyenne nationale" not in warned


def test_without_a_share_the_page_says_whose_it_takes() -> None:
    run = analyse(Request(["asclepios"]), Options(draws=1000))
    study = run.studies["asclepios"]
    assert rows(run).loc[("cpts", "asclepios"), "status"] == "unknown"
    # of the public that rests on it alone: it never is the headline
    assert not any("supposée" in text for text in study.headline.warnings)
    assert (study.publics[1].public, study.publics[1].hypothesis) == ("no_mt", True)
    [said] = [text for text in study.publics[1].answer.warnings if "supposée" in text]
    assert "c’est la moyenne nationale, Cnam, juin 2021 : 11 % des 17 ans et plus" in said


def test_an_export_gives_the_share(tmp_path: Path) -> None:
    members = embedded.load_perimeters().query("territory == 'ouest_loiret'")["code_insee"]
    lines = [
        "Observatoire des fragilités", "France par commune",
        "Code;Libellé;Part des patients de 16 ans et plus sans médecin traitant 2024",
        *(f"{code};x;12,5" for code in members),
    ]  # fmt: skip
    path = tmp_path / "export.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    run = analyse(Request(["ouest_loiret"]), Options(draws=1000, indicators=[path]))
    mine = rows(run).loc[("cpts", "ouest_loiret")]
    assert mine[["value", "base", "vintage", "grade"]].to_list() == [
        0.125, "16 ans et plus", "2024", "B",
    ]  # fmt: skip
    assert mine["source"] == "Observatoire des fragilités, fichier export.csv"
    study = run.studies["ouest_loiret"]
    assert study.scenario.people_without_mt == pytest.approx(44_165 * 0.81 * 0.125)
    assert exported_share(study.given) == study.share
    assert list(run.parameters["indicators"]) == ["export.csv"]
    assert "export.csv" in run.inputs


def test_a_scenario_with_its_own_share_and_a_typed_one(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="--scenario"):
        analyse(Request(["ondaine_forez"]), Options(scenario="ondaine_forez", **TYPED))


def test_a_share_of_nobody_is_said_to_leave_the_capacity_on_another() -> None:
    [said] = unused_notes([typed_share(0.0, ages="all", source="CPAM")])
    assert "est de 0" in said
    assert "repose sur une autre part" in said
    assert unused_notes([typed_share(0.001, ages="all", source="CPAM")]) == []

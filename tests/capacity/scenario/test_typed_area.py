"""An area typed by hand: asked about where no territory of France is like it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cpts_geo.capacity.scenario._slips.meant import APL as LIKELY_APL
from cpts_geo.capacity.scenario._slips.plausible import (
    AREA,
    LARGE,
    SAME_PEOPLE,
    STANDARDISED,
    area_questions,
)
from cpts_geo.capacity.scenario.area import (
    APL,
    Area,
    _places,
    area_of_codes,
    areas_of_epci,
    known_area,
)
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import load_scenario, load_scenarios, save_scenario
from cpts_geo.capacity.scenario.parameters import OF_COMMUNES, UNSOURCED, Source
from cpts_geo.errors import ScenarioError
from cpts_geo.study.scenarios import _placed

MINE = """label = "Mon territoire"
population = 80000
public = "all"
eligibility = "Tous"
population_basis = "inconnue"
"""
TYPED: dict[str, float] = {"apl": 3.0, "population": 80_000, "standardised_population": 78_000}
SOURCED = '\n[sources]\narea = { text = "Insee, DREES", grade = "B" }\n'

Load = Callable[[str], Scenario]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def read(text: str) -> Scenario:
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        return load_scenario(path)

    return read


def table(**changes: float) -> str:
    lines = (f"{name} = {value}\n" for name, value in (TYPED | changes).items())
    return f"[area]\n{''.join(lines)}"


def refused(build: Callable[[], object]) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        build()
    return list(caught.value.defects)


def asked(area: Area, population: float | None = None) -> list[str]:
    return area_questions(area, population=population, unsourced=[AREA])


# ---- what France is


def test_no_territory_of_france_is_asked_about() -> None:
    """Even typed without a source: the limits lie outside every one of them."""
    every = [Area(**row) for row in areas_of_epci().dropna().to_dict("records")]
    assert len(every) > 1_200
    places = _places()
    departements = places.groupby(places.index.str[:2]).groups.values()
    every += [area for codes in departements if (area := area_of_codes(codes)) is not None]
    assert len(every) > 1_340
    assert [area for area in every if asked(area, area.population)] == []
    # and the limits are near what France is: a wider one would ask about less
    apl = [area.apl for area in every]
    aged = [area.standardised_population / area.population for area in every]
    assert min(apl) / 2 < LIKELY_APL[0] < min(apl) and max(apl) < LIKELY_APL[1] < 2 * max(apl)
    assert min(aged) - 0.1 < STANDARDISED[0] < min(aged)
    assert max(aged) < STANDARDISED[1] < max(aged) + 0.2


def test_the_people_of_the_five_are_those_of_their_communes() -> None:
    for case in load_scenarios().values():
        assert case.sources[AREA] == OF_COMMUNES
        assert case.area is not None and case.population is not None
        assert asked(case.area, case.population) == []


def test_an_area_of_few_communes_is_computed_and_never_asked_about(
    load: Load, tmp_path: Path
) -> None:
    """A commune may be without any APL, or of one that no territory has."""
    places = _places()
    known = places[places["standardised_population_2023"] > 0]
    odd = [known[APL].idxmin(), known[APL].idxmax()]
    ratio = known["standardised_population_2023"] / known["population"]
    odd += [ratio.idxmin(), ratio.idxmax()]
    typed = load(MINE + table() + SOURCED)
    for code in odd:
        area = area_of_codes([code])
        assert area is not None and asked(area)
        for own in (typed, load(MINE + table())):
            placed = _placed({"mine": own}, {"mine": area})["mine"]
            assert (placed.area, placed.sources[AREA]) == (area, OF_COMMUNES)
            save_scenario(placed, tmp_path / "kept.toml")
            assert load_scenario(tmp_path / "kept.toml").evolve(territory="mine") == placed.evolve(
                territory="mine"
            )
            # the other is left, and that is told
            told = [note for note in placed.notes if note.startswith("Habitants et APL du besoin")]
            assert len(told) == 1
            again = _placed({"mine": placed}, {"mine": area})["mine"]
            assert again.notes == own.notes
            assert AREA not in typed.evolve(area=area).sources
    assert AREA not in _placed({"mine": typed}, {"mine": None})["mine"].sources


def test_no_large_place_is_out_of_the_limits() -> None:
    """The figure is that of the embedded data: a lower one would not hold."""
    columns = {"standardised_population_2023": "standardised_population", APL: "apl"}
    both = pd.concat([_places().rename(columns=columns), areas_of_epci()])
    both = both[["population", "standardised_population", "apl"]].astype("float64").dropna()
    aged = both["standardised_population"] / both["population"]
    within = both["apl"].between(*LIKELY_APL) & aged.between(*STANDARDISED)
    most = both.loc[~within, "population"].max()
    assert LARGE - 1_000 < most <= LARGE
    assert len(both) > 36_000 and (both["population"] > LARGE).sum() > 1_000


@pytest.mark.parametrize("source", ["kept", "none"])
def test_a_large_area_of_a_written_file_is_asked_about(tmp_path: Path, source: str) -> None:
    """The file that a report writes says that its area is of communes: it may be edited."""
    path = tmp_path / "written.toml"

    def edited(people: float, apl: float, of: Source | None) -> Scenario:
        area = Area(population=people, standardised_population=people, apl=apl)
        case = load_scenario("asclepios")
        sources = {k: v for k, v in case.sources.items() if k != AREA} | ({AREA: of} if of else {})
        save_scenario(case.evolve(area=area, sources=sources), path)
        return load_scenario(path)

    of = OF_COMMUNES if source == "kept" else None
    for apl in (35.0, LIKELY_APL[1] + 0.01, LIKELY_APL[0] - 0.01, 0.0):
        assert edited(LARGE, apl, of).area is not None
        (question,) = refused(lambda apl=apl: edited(LARGE + 1, apl, of))  # type: ignore[misc]
        assert "« area.apl »" in question
        kept = edited(LARGE + 1, apl, Source(text="DREES, à part", grade="B"))
        assert kept.area is not None and kept.area.apl == apl
    for apl in LIKELY_APL:
        assert edited(LARGE + 1, apl, of).area is not None


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, ""),
        ({"lent": 0.05, "place": 3, "apl": 3.0 * (1 + 5e-7)}, ""),
        ({"apl": 2.0}, "(APL 3,0), et non ceux du scénario (APL 2,0)."),
        ({"apl": 3.001}, "(APL 3,000), et non ceux du scénario (APL 3,001)."),
        (
            {"population": 79_000},
            "(80\u202f000 habitants), et non ceux du scénario (79\u202f000 habitants).",
        ),
        (
            {"standardised_population": 78_001, "apl": 2.5},
            "(78\u202f000 habitants standardisés par l’âge, APL 3,0), et non ceux du scénario "
            "(78\u202f001 habitants standardisés par l’âge, APL 2,5).",
        ),
    ],
)
def test_an_area_is_told_as_left_where_it_is_another(
    load: Load, changes: dict[str, Any], told: str
) -> None:
    """Whatever its source says, and by the figures that differ."""
    start = "Habitants et APL du besoin : "
    mine, other = Area(**TYPED), Area(**(TYPED | changes))
    typed = load(MINE + table() + SOURCED)
    for source in ({AREA: OF_COMMUNES}, {AREA: UNSOURCED}, {}):
        sources = {k: v for k, v in typed.sources.items() if k != AREA} | source
        case = typed.evolve(area=other, sources=sources)
        placed = _placed({"mine": case}, {"mine": mine})["mine"]
        assert placed.area == mine
        here = f"{start}ceux des communes de ce territoire {told}"
        assert placed.notes == ((*case.notes, here) if told else case.notes)
    # no area, nothing left; unknown, it is said; and no run repeats what another said
    none = typed.evolve(area=None)
    assert _placed({"mine": none}, {"mine": mine})["mine"].notes == none.notes
    unknown = _placed({"mine": placed}, {"mine": None})["mine"]
    assert unknown.notes[:-1] == none.notes
    assert unknown.notes[-1].startswith(f"{start}inconnus pour les communes de ce territoire, et")
    assert _placed({"mine": unknown}, {"mine": mine})["mine"].notes == none.notes


# ---- what is typed


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"apl": 85.0}, "ni pour 100 habitants, ni une densité de médecins"),
        ({"apl": 0.03}, "entre 0,5 et 10 consultations par an et habitant"),
        ({"apl": 0.0}, "« area.apl » = 0 : "),
        ({"standardised_population": 78.0}, "écrivez « standardised_population = 78000 » sous"),
        ({"standardised_population": 3.0}, "« area.standardised_population »"),
        ({"standardised_population": 150_000}, "1,875 habitant standardisé par habitant"),
        (
            {"population": 80, "standardised_population": 78},
            "écrivez « population = 80000 » sous [area]",
        ),
        ({"population": 54_000, "standardised_population": 55_000}, "de deux territoires ?"),
        ({"population": 120_000, "standardised_population": 115_000}, "de deux territoires ?"),
    ],
)
def test_what_no_territory_is_is_asked_about(
    load: Load, changes: dict[str, float], words: str
) -> None:
    (question,) = refused(lambda: load(MINE + table(**changes)))
    assert words in question
    assert "donnez sa source dans [sources] : area = { text" in question
    kept = load(MINE + table(**changes) + SOURCED)
    assert kept.area == Area(**(TYPED | changes))
    # of a variant too, and laid over a base
    (again,) = refused(lambda: load(MINE + table()).evolve(area=changes))
    assert again == question
    if "apl" in changes:
        over = f'base = "asclepios"\n[area]\napl = {changes["apl"]}\n'
        assert [x.partition(" ; si")[0] for x in refused(lambda: load(over))] == [
            question.partition(" ; si")[0]
        ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"apl": 300.0},
            "il faut 100 ou moins ; en France, l’APL d’un territoire est entre 0,5 et 10",
        ),
        ({"apl": 78_000.0, "population": 3.0}, "un nombre d’habitants ?"),
        ({"lent": 5.0}, "vouliez-vous dire 0.05 (5 %) ?"),
        ({"lent": 0.2}, "il faut 0.1 ou moins"),
        ({"lent": 20.0}, "il faut 0.1 ou moins"),
    ],
)
def test_what_is_out_of_bounds_says_what_it_is_counted_in(
    load: Load, changes: dict[str, float], words: str
) -> None:
    (defect,) = refused(lambda: load(MINE + table(**changes)))
    assert words in defect
    assert ("vouliez-vous" in defect) == ("vouliez-vous" in words)


def test_every_question_is_asked_at_once(load: Load) -> None:
    found = refused(lambda: load(MINE + table(apl=0.0, population=80, standardised_population=3)))
    assert len(found) == 3


@pytest.mark.parametrize(
    ("changes", "questions"),
    [
        ({"apl": LIKELY_APL[0]}, 0),
        ({"apl": LIKELY_APL[0] - 1e-6}, 1),
        ({"apl": LIKELY_APL[1]}, 0),
        ({"apl": LIKELY_APL[1] + 1e-6}, 1),
        ({"standardised_population": 1_000 * STANDARDISED[0]}, 0),
        ({"standardised_population": 1_000 * STANDARDISED[0] - 1}, 1),
        ({"standardised_population": 1_000 * STANDARDISED[1]}, 0),
        ({"standardised_population": 1_000 * STANDARDISED[1] + 1}, 1),
        ({"beside": 1_000 / SAME_PEOPLE[0]}, 0),
        ({"beside": 1_000 / SAME_PEOPLE[0] + 1}, 1),
        ({"beside": 1_000 / SAME_PEOPLE[1]}, 0),
        ({"beside": 1_000 / SAME_PEOPLE[1] - 1}, 1),
        ({"beside": None}, 0),
    ],
)
def test_both_sides_of_each_limit(changes: dict[str, Any], questions: int) -> None:
    beside = changes.pop("beside", 1_000.0)
    usual = {"apl": 3.0, "standardised_population": 1_000.0, "population": 1_000.0}
    area = Area(**(usual | changes))
    assert len(asked(area, beside)) == questions
    assert area_questions(area, population=beside, unsourced=["target"]) == []


def test_people_of_a_base_are_those_of_its_communes(load: Load) -> None:
    """Who starts from a CPTS of ours and types other people keeps the communes of that CPTS."""
    (question,) = refused(lambda: load('base = "asclepios"\npopulation = 80000\n'))
    assert "« area.population » / « population » = 54037 / 80000" in question
    assert "« report » écrit la table [area] de vos communes" in question
    near = load('base = "asclepios"\npopulation = 60000\n')
    assert (near.area, near.sources[AREA]) == (known_area("asclepios"), UNSOURCED)
    assert load('base = "asclepios"\nlabel = "x"\n').sources[AREA] == OF_COMMUNES
    meant = load(f'base = "asclepios"\npopulation = 80000\n{SOURCED}')
    assert meant.sources[AREA].text == "Insee, DREES"


def test_more_people_without_mt_than_inhabitants_of_the_area(load: Load) -> None:
    start = MINE.replace("population = 80000\n", "people_without_mt = 9000\n")
    (defect,) = refused(
        lambda: load(start + table(population=80, standardised_population=78) + SOURCED)
    )
    assert "« area.population » : 9\u202f000 pour 80 ; en milliers ?" in defect
    assert load(start + table(population=9_000, standardised_population=9_000)).area is not None

"""The scenario object: the five cases, their sources, and variants of them."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from cpts_geo.capacity.answer.headline import headline
from cpts_geo.capacity.need import learning
from cpts_geo.capacity.scenario import parameters
from cpts_geo.capacity.scenario.area import Area
from cpts_geo.capacity.scenario.calendar import Calendar
from cpts_geo.capacity.scenario.inputs import EVIDENCE, Scenario
from cpts_geo.capacity.scenario.loading import (
    _Population,
    described,
    load_scenario,
    load_scenarios,
    people_without_mt,
    scenario_from_population,
)
from cpts_geo.capacity.scenario.parameters import (
    ANALYST,
    SEED,
    SOURCED_FIELDS,
    Source,
    _Default,
    default_parameters,
)
from cpts_geo.capacity.scenario.records import label_and_unit
from cpts_geo.capacity.scenario.supply import (
    Lever,
    LeverTerms,
    Reading,
    Rota,
    Session,
    Visitors,
)
from cpts_geo.errors import NeedUnknownError, ScenarioError
from cpts_geo.schema import Status
from cpts_geo.settings import CPTS_DIR


@pytest.fixture(scope="module")
def cases() -> dict[str, Scenario]:
    return load_scenarios()


@pytest.fixture
def no_memory() -> Iterator[None]:
    default_parameters.cache_clear()
    yield
    default_parameters.cache_clear()


def defects_of(case: Scenario, **changes: Any) -> tuple[str, ...]:
    with pytest.raises(ScenarioError) as caught:
        case.evolve(**changes)
    return caught.value.defects


def test_the_five_cases(cases: dict[str, Scenario]) -> None:
    people = {name: round(case.people_without_mt) for name, case in cases.items()}
    assert people == {
        "ouest_loiret": 3838,
        "beauce_gatinais": 24_000,
        "lvo": 11_732,  # 0.11 x 0.79 x 135,000 = 11,731.5
        "asclepios": 4345,
        "ondaine_forez": 1368,
    }
    assert [case.evidence for case in cases.values()] == ["2", "1b", "3", "3", "3"]
    # nobody describes a device of the last two
    assert [case.public for case in cases.values()] == ["no_mt", "all", "all", None, None]
    assumed = [name for name, case in cases.items() if case.share_assumed]
    assert assumed == ["ouest_loiret", "lvo", "asclepios"]
    spread = {name: (case.people_cv, case.between_territory_sd) for name, case in cases.items()}
    assert spread["beauce_gatinais"] == (0.05, 0.5)
    assert spread["ondaine_forez"] == (0.2, 0.5)
    assert spread["ouest_loiret"] == spread["lvo"] == spread["asclepios"] == (0.25, 0.5)
    for name, case in cases.items():
        assert case.territory == name
        assert case == load_scenario(name)
        assert (case.target, case.deadline_days, case.dispersion) == (0.95, 1, 1.0)
        assert (case.opening_days_per_year, case.seed, case.months) == (251, SEED, ())
    population = [case.population for case in cases.values()]
    assert population == [44_165, 80_000, 135_000, 50_000, 84_466]
    for case in cases.values():  # the text that sources it gives the same number
        assert f"{case.population:,.0f}".replace(",", " ") in case.population_basis


def test_what_is_offered_today_and_announced(cases: dict[str, Scenario]) -> None:
    slots = {name: case.slots_today for name, case in cases.items()}
    unknown = dict.fromkeys(cases)  # not 0
    assert slots == unknown | {"beauce_gatinais": 8, "lvo": 16}
    assert cases["ouest_loiret"].slots_by_weekday is None
    assert cases["lvo"].slots_by_weekday == (16,) * 5
    assert cases["lvo"].no_show_rate == 0.03
    planned = {name: case.slots_planned for name, case in cases.items() if case.slots_planned}
    assert planned == {"beauce_gatinais": 16}
    case = cases["beauce_gatinais"]
    assert case.planned_basis == "doublement annoncé, communiqué du 15 décembre 2021"
    assert case.observed_consultations == 2000
    # never computed from the consultations that it then predicts
    assert case.no_show_rate == 0.03
    assert case.sources["no_show_rate"] == default_parameters()["no_show_rate"].source
    assert case.calendar.opens == time(8) and case.calendar.closes == time(18)
    readings = [(each.slots_today, each.weight) for each in case.readings or ()]
    assert readings == [(8, 0.8), ((12, 12, 12, 11, 11), 0.1), ((12, 11, 11, 11, 11), 0.1)]
    said = " ".join([*case.notes, *(each.label for each in case.readings or ())])
    for words in ("251 séances", "365 séances", "351 séances", "ne s'accordent pas"):
        assert words in said


def test_people_status(cases: dict[str, Scenario]) -> None:
    assert {name: case.people_status for name, case in cases.items()} == {
        "ouest_loiret": Status.ASSUMED,
        "beauce_gatinais": Status.ANNOUNCED,
        "lvo": Status.ASSUMED,
        "asclepios": Status.ASSUMED,
        "ondaine_forez": Status.ESTIMATED,
    }
    # an assumed share is never shown as measured, even beside an own call log
    case = cases["beauce_gatinais"]
    assert case.evolve(share_assumed=True).people_status is Status.ASSUMED
    # nor is a number that its source does not vouch for
    borrowed = {"calls_years": None, "observed_consultations": None}
    for change, grade, status in (
        ({}, "A", Status.MEASURED),
        ({}, "B", Status.ESTIMATED),
        ({}, "C", Status.ESTIMATED),
        ({}, "D", Status.ASSUMED),
        (borrowed, "A", Status.ESTIMATED),
        (borrowed, "D", Status.ASSUMED),
    ):
        source = {"text": "relevé", "grade": grade}
        own = case.evolve(**change)
        own = own.evolve(sources={**own.sources, "people_without_mt": source})
        assert own.people_status is status, (change, grade)
    # what a public document says is announced, where the territory has calls of its own
    for change, status in (({}, Status.ANNOUNCED), (borrowed, Status.ESTIMATED)):
        source = {"text": "communiqué", "grade": "B", "announced": True}
        own = case.evolve(**change)
        own = own.evolve(sources={**own.sources, "people_without_mt": source})
        assert own.people_status is status, change
    assert case.evolve(people_without_mt=20_000.0).people_status is Status.ASSUMED


def test_evidence_follows_from_what_is_given(cases: dict[str, Scenario]) -> None:
    """No field says it: what is typed by hand is evidence of its own."""
    default = default_parameters()["calls_observed"].source
    own = [name for name, case in cases.items() if case.sources["calls_observed"] != default]
    assert own == ["beauce_gatinais"]
    case = cases["asclepios"]
    for changes, evidence in (
        ({}, "3"),
        ({"public": "all"}, "3"),
        ({"public": "no_mt"}, "4"),
        ({"public": "no_mt", "share_assumed": False}, "3"),
        ({"observed_consultations": 900}, "2"),
        ({"observed_consultations": 0}, "3"),  # nothing was served: nothing is learnt
        ({"calls_observed": 900, "calls_years": 1.0}, "1b"),
        ({"calls_observed": 900, "calls_years": 1.0, "observed_consultations": 900}, "1b"),
        ({"calls_observed": 1000, "calls_years": 1.0, "need_counted": (608, 392)}, "1a"),
        ({"calls_observed": 900, "calls_people_years": 4345.0}, "3"),
    ):
        found = case.evolve(**changes)
        assert found.evidence == evidence, changes
        assert found.has_own_line == (evidence in ("1a", "1b", "2"))
    assert set(EVIDENCE) == {"1a", "1b", "2", "3", "4"}
    assert len(set(EVIDENCE.values())) == 5


@pytest.mark.parametrize("name", ["asclepios", "ondaine_forez"])
def test_known_lines_are_said_to_bear_only_what_rests_on_them(
    cases: dict[str, Scenario], name: str
) -> None:
    everyone, few = cases[name], cases[name].admitting("no_mt")
    assert everyone.evidence_words == EVIDENCE["3"] and "lignes connues" in EVIDENCE["3"]
    assert "lignes connues" not in few.evidence_words
    assert "taux d’appel d’une seule ligne" in few.evidence_words
    assert ("supposée" in few.evidence_words) is few.share_assumed
    own = few.evolve(calls_observed=900, calls_years=1.0)
    assert own.evidence_words == EVIDENCE["1b"]


def test_an_answer_that_counts_everyone_uses_nothing_of_those_without_mt(
    cases: dict[str, Scenario],
) -> None:
    names = {"people_without_mt", "people_cv", "share_assumed", "share_without_mt", "age_share"}
    for case in cases.values():
        assert names <= case.unused
    assert not names & cases["asclepios"].admitting("no_mt").unused
    known = cases["ondaine_forez"].admitting("no_mt").unused
    assert names & known == {"share_without_mt", "age_share"}


def test_parameters_that_a_demand_does_not_rest_on(cases: dict[str, Scenario]) -> None:
    """What a page may leave out, by what the demand is computed from."""
    used = {"people_without_mt", "calls_observed", "calls_people_years", "need_share"}
    bg, ol = cases["beauce_gatinais"].unused, cases["ouest_loiret"].unused
    assert used & bg == {"people_without_mt", "calls_people_years"}
    assert used & ol == used and "found_share" not in ol and "found_share" in bg
    assert used <= cases["asclepios"].unused
    few = cases["asclepios"].evolve(public="no_mt")
    assert not used & few.unused
    assert "share_without_mt" not in few.unused
    assert "visitors" in few.unused and "visitors" not in cases["lvo"].unused


def test_every_input_has_a_source_and_a_grade(cases: dict[str, Scenario]) -> None:
    for case in cases.values():
        given = {name for name in SOURCED_FIELDS if getattr(case, name) is not None}
        # Its people and APL are those of its communes.
        assert set(case.sources) == given | {"area"}
        assert all("sans source" not in source.text for source in case.sources.values())
    assert cases["asclepios"].sources["people_without_mt"].grade == "C"
    assert cases["asclepios"].sources["need_share"].grade == "D"
    # a communiqué is no official file
    assert cases["beauce_gatinais"].sources["people_without_mt"].grade == "B"
    assert cases["beauce_gatinais"].sources["people_without_mt"].announced


def test_only_the_centre_of_challans_receives_visitors(cases: dict[str, Scenario]) -> None:
    assert [name for name, case in cases.items() if case.visitors] == ["lvo"]
    assert cases["lvo"].admitting("no_mt").visitors is None
    people = {name: case.people_admitted for name, case in cases.items()}
    assert people == {
        "ouest_loiret": cases["ouest_loiret"].people_without_mt,
        "beauce_gatinais": 80_000,
        "lvo": 135_000,
        "asclepios": 50_000,
        "ondaine_forez": 84_466,
    }
    # where the scenario says nothing, its communes do
    unsaid = cases["lvo"].evolve(population=None)
    assert unsaid.area is not None and unsaid.people_admitted == unsaid.area.population
    assert unsaid.evolve(area=None).people_admitted is None


def test_default_of_a_territory_without_data() -> None:
    case = scenario_from_population(50_000)
    assert case.people_without_mt == pytest.approx(0.11 * 0.79 * 50_000)
    assert (case.people_cv, case.between_territory_sd, case.public) == (0.25, 0.5, None)
    assert (case.evidence, case.evolve(public="no_mt").evidence) == ("3", "4")
    assert case.share_assumed
    assert case.sources["people_without_mt"].grade == "C"  # the weaker of B and C
    grades = {name: p.grade for name, p in default_parameters().items()}
    assert grades["share_without_mt"] == "C"
    assert grades["age_share"] == "C"
    assert (case.need_share, case.found_share) == ((0.345, 0.5, 1.0), (0.6, 1.0))
    assert (case.visitors, case.slots_today, case.rota) == (None, None, None)
    assert case.population == 50_000
    # Ondaine-Forez by hand, at 81 and 82 % of adults
    for share, people, near in ((0.81, 1368.3, 0.1), (0.82, 1385, 0.5)):
        found = people_without_mt(84_466, share_without_mt=0.02, age_share=share)
        assert found == pytest.approx(people, abs=near)


@pytest.mark.parametrize("population", [-1, float("nan"), float("inf"), "50000", None, True])
def test_bad_population(population: Any) -> None:
    with pytest.raises(ScenarioError, match="population"):
        scenario_from_population(population)
    for nobody in (0, 0.0):  # speaks of the communes
        with pytest.raises(ScenarioError) as caught:
            scenario_from_population(nobody, label="Douaumont")
        assert "« Douaumont »" in caught.value.summary
        assert caught.value.defects == ("ce périmètre n'a aucun habitant",)
        assert "liste des communes" in caught.value.remedy
        assert ".toml" not in str(caught.value)


def test_evolve_checks_again_and_leaves_the_original(cases: dict[str, Scenario]) -> None:
    case = cases["ouest_loiret"]
    before = copy.deepcopy(case.model_dump())
    changed = case.evolve(target=0.99, slots_today=6, minutes_per_slot_today=15.0)
    assert (changed.target, case.target) == (0.99, 0.95)
    assert changed.sources["slots_today"].text == "valeur choisie par l'analyste"
    assert changed.sources["minutes"] == case.sources["minutes"]
    emptied = case.evolve(observed_start=None, observed_end=None)
    assert emptied.observed_start is None
    assert defects_of(case, targett=0.99, people_cv=-1.0, observed_end=date(2020, 1, 1)) == (
        "« people_cv » = -1.0 : il faut 0 ou plus",
        "« targett » est inconnu ; vouliez-vous dire « target » ?",
    )  # contradictions are looked for once values are sound
    assert "avant" in defects_of(case, observed_end=date(2020, 1, 1))[0]
    assert case.model_dump() == before
    assert case.evolve() == case
    assert case.evolve(sources=case.sources, target=case.target) == case


def test_a_part_of_a_table_changes_only_what_it_names(cases: dict[str, Scenario]) -> None:
    case = cases["lvo"]
    change = {"weekdays": (1, 3, 5), "weekday_factors": [1.2, 0.9, 0.9]}
    given = copy.deepcopy(change)
    changed = case.evolve(calendar=change)
    assert change == given
    assert changed.calendar.weekdays == (1, 3, 5)
    assert changed.calendar.weekday_factors == (1.2, 0.9, 0.9)
    assert changed.calendar.opens == case.calendar.opens
    assert changed.calendar.month_factors == case.calendar.month_factors
    assert changed.sources["calendar"] == ANALYST
    assert changed.sources["visitors"] == case.sources["visitors"]
    assert changed.opening_days_per_year < case.opening_days_per_year == 251
    # the record itself may be given, or the whole table
    assert case.evolve(calendar=changed.calendar) == changed
    assert case.evolve(calendar=dict(changed.calendar)) == changed


def test_sources_given_are_kept(cases: dict[str, Scenario]) -> None:
    case = cases["asclepios"]
    own = {"text": "comité du 3 mars", "grade": "C"}
    sourced = case.evolve(target=0.9, sources={**case.sources, "target": own})
    assert sourced.sources["target"].model_dump() == own | {"announced": False}
    assert defects_of(case, sources={"target": own})[0] == (
        "« between_territory_sd » n'a pas de source"
    )
    assert defects_of(case, sources={**case.sources, "rota": own}) == (
        "« sources.rota » ne correspond à aucune donnée du scénario",
    )


def test_unknown_names_are_given_their_nearest(cases: dict[str, Scenario]) -> None:
    case = cases["lvo"]
    assert defects_of(
        case,
        deadline_day=2,
        calendar={"month_factor": (1.0,) * 12},
        visitors={"hotel_room": 3},
        rota={"gps": 3, "session_hours": 2.0, "session_per_gp_per_week": 1.0},
        zzzz=1,
    ) == (
        "« visitors.hotel_room » est inconnu ; vouliez-vous dire « hotel_rooms » ?",
        "« calendar.month_factor » est inconnu ; vouliez-vous dire « month_factors » ?",
        "« rota.sessions_per_gp_per_week » manque : écrivez « sessions_per_gp_per_week = … » "
        "(séances de chacun par semaine, séances, 0,5 = une toutes les deux semaines)",
        "« rota.session_per_gp_per_week » est inconnu ; vouliez-vous dire "
        "« sessions_per_gp_per_week » ?",
        "« deadline_day » est inconnu ; vouliez-vous dire « deadline_days » ?",
        "« zzzz » est inconnu",
    )


def test_one_input_in_place_of_another(cases: dict[str, Scenario]) -> None:
    rota = Rota(gps=14, sessions_per_gp_per_week=0.5, session_hours=2.0)
    case = cases["beauce_gatinais"].evolve(slots_today=None, rota=rota)
    assert case.slots_by_weekday == (12, 11, 11, 11, 11)  # 14 h = 56 slots of 15 min
    assert case.sources["rota"] == ANALYST
    assert "slots_today" not in case.sources
    as_table = cases["beauce_gatinais"].evolve(slots_today=None, rota=dict(rota))
    assert as_table == case
    each = cases["beauce_gatinais"].evolve(slots_today=[12, 0, 9, 0, 9])
    assert each.slots_today == each.slots_by_weekday == (12, 0, 9, 0, 9)
    beds = {"present": None, "second_homes": 10_000, "occupancy": (0.5,) * 12}
    lodged = cases["lvo"].evolve(visitors=beds).visitors
    assert lodged == Visitors(second_homes=10_000, occupancy=(0.5,) * 12)
    emptied = cases["lvo"].evolve(slots_today=None, minutes_per_slot_today=None)
    assert not {"slots_today", "minutes_per_slot_today"} & set(emptied.sources)
    assert emptied.slots_by_weekday is None


def test_a_scenario_cannot_be_altered(cases: dict[str, Scenario]) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        cases["lvo"].target = 0.5
    with pytest.raises(ValidationError, match="frozen"):
        cases["lvo"].calendar.year = 2020


def test_equal_inputs_give_equal_results_to_the_bit(cases: dict[str, Scenario]) -> None:
    def variant() -> Scenario:
        return load_scenario("lvo").evolve(
            target=0.9, months=[7, 8], calendar={"after_holiday_factor": 1.3}, seed=7
        )

    first = headline(variant(), draws=500)
    headline(cases["ondaine_forez"].evolve(dispersion=2.0), draws=500)  # what ran before is no part
    again = headline(variant(), draws=500)
    assert first == again
    assert repr(first) == repr(again)
    assert hash(variant().calendar) == hash(variant().calendar)


def test_every_field_is_described_in_french() -> None:
    kinds = (
        Scenario, _Population, Area, Calendar, Reading, Rota, Session, Visitors, Source, Lever,
        LeverTerms,
    )  # fmt: skip
    for name, info in ((name, x) for kind in kinds for name, x in kind.model_fields.items()):
        label, unit = label_and_unit(info)
        assert label, name
        assert str(info.description).startswith(label), name
        # how a file writes it is for editors, never for who reads a page
        assert not re.search(r"[=«_:;]", label + unit), name
    assert described("target") == label_and_unit(Scenario.model_fields["target"])
    for name in set(SOURCED_FIELDS) - {"calendar", "rota", "readings", "sessions", "phone_agents"}:
        assert described(name)[1], f"{name} has no unit"
    with pytest.raises(KeyError):
        described("targett")


def test_default_parameters_are_inputs_of_a_scenario() -> None:
    # others are of the nation: the same draw for every territory
    national = {*learning._NATIONAL}
    of_levers = {*LeverTerms.model_fields}
    known = {*SOURCED_FIELDS, *_Population.model_fields, *of_levers}
    assert set(default_parameters()) - national <= known
    assert of_levers <= set(default_parameters())
    assert national <= set(default_parameters())
    assert not national & {*SOURCED_FIELDS, *Scenario.model_fields}
    assert all(isinstance(x, _Default) for x in default_parameters().values())


@pytest.mark.usefixtures("no_memory")
def test_altered_parameters_are_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "parameters.toml"
    path.write_text(
        '[target]\nvalue = 0.9\ngrade = "Z"\n[minutes]\nvalues = 1\ntext = "x"\ngrade = "D"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(parameters, "_PARAMETERS_FILE", path)
    with pytest.raises(ScenarioError) as caught:
        default_parameters()
    assert caught.value.defects == (
        'target : « text » manque : écrivez « text = "…" » (producteur, document et date)',
        "target : « grade » = 'Z' : il faut l'une de ces valeurs : 'A', 'B', 'C' ou 'D'",
        "minutes : « value » manque",
        "minutes : « values » est inconnu ; vouliez-vous dire « value » ?",
    )
    path.write_text("[target", encoding="utf-8")
    with pytest.raises(ScenarioError, match="illisible"):
        default_parameters()


def test_a_copy_of_a_known_scenario_says_of_which_territory_it_is(tmp_path: Path) -> None:
    text = (CPTS_DIR / "scenarios" / "lvo.toml").read_text(encoding="utf-8")
    copy_of = tmp_path / "lvo_sat.toml"
    copy_of.write_text(text, encoding="utf-8")
    with pytest.raises(NeedUnknownError, match=r"ajoutez en tête « territory = \"lvo\" »"):
        headline(load_scenario(copy_of), draws=100)
    copy_of.write_text(f'territory = "lvo"\n{text}', encoding="utf-8")
    found, known = (headline(load_scenario(x), draws=100) for x in (copy_of, "lvo"))
    assert found.slots_per_day == known.slots_per_day

"""Which answer stands first: of the public a device admits, of both where none is described."""

from __future__ import annotations

from typing import Any

import pytest

from cpts_geo.capacity.answer.headline import Headline, headline
from cpts_geo.capacity.answer.publics import PublicAnswer, answers
from cpts_geo.capacity.scenario.area import Area
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import (
    load_scenario,
    load_scenarios,
    scenario_from_population,
)
from cpts_geo.errors import DemandTooLargeError, NeedUnknownError

DRAWS = 1_000
ASCLEPIOS, ONDAINE = map(load_scenario, ("asclepios", "ondaine_forez"))
#: Where the APL sees no gap.
RICH = Area(standardised_population=50_000.0, apl=9.0, population=50_000.0)


def found(case: Scenario, **changes: Any) -> tuple[PublicAnswer, ...]:
    return answers(case.evolve(**changes), draws=DRAWS)


def order(case: Scenario, **changes: Any) -> list[str]:
    return [each.public for each in found(case, **changes)]


def slots(answer: PublicAnswer) -> tuple[int, ...]:
    assert isinstance(answer.answer, Headline)
    return tuple(vars(answer.answer.slots_per_day).values())


def test_the_answers_of_the_five() -> None:
    """Examples of the document: slots of each public, the headline first."""
    seen = {key: answers(case) for key, case in load_scenarios().items()}
    assert {key: [each.public for each in several] for key, several in seen.items()} == {
        "ouest_loiret": ["no_mt"],
        "beauce_gatinais": ["all"],
        "lvo": ["all"],
        "asclepios": ["all", "no_mt"],
        "ondaine_forez": ["all", "no_mt"],
    }
    assert [slots(each) for each in seen["asclepios"]] == [(4, 6, 11), (2, 3, 6)]
    assert slots(seen["ondaine_forez"][1]) == (1, 2, 3)  # [O17]
    assert [each.hypothesis for each in seen["asclepios"]] == [False, True]
    assert [each.hypothesis for each in seen["ondaine_forez"]] == [False, False]
    # the national share is no own line's
    assert [each.hypothesis for each in seen["ouest_loiret"]] == [False]


@pytest.mark.parametrize("public", ["all", "no_mt"])
def test_one_public_one_answer(public: str) -> None:
    (one,) = found(ASCLEPIOS, public=public)
    assert one.public == public
    assert one.answer == headline(ASCLEPIOS.evolve(public=public), draws=DRAWS)


def test_two_answers_are_those_of_each_public() -> None:
    for each in found(ONDAINE):
        alone = headline(ONDAINE.admitting(each.public), draws=DRAWS)
        assert each.answer == alone
        assert each.answer.scenario.public == each.public


def test_people_without_mt_lead_where_they_are_known_and_ask_more() -> None:
    assert order(ONDAINE) == ["all", "no_mt"]
    assert order(ONDAINE, people_without_mt=30_000.0) == ["no_mt", "all"]
    assert order(ONDAINE, area=RICH) == ["no_mt", "all"]


def test_the_national_share_never_leads() -> None:
    """Neither where it asks more, nor where the need is unknown: it is a hypothesis."""
    for change in ({"area": RICH}, {"people_without_mt": 30_000.0}, {"area": None}):
        several = found(ASCLEPIOS, share_assumed=True, **change)
        assert [each.public for each in several] == ["all", "no_mt"]
        assert several[1].hypothesis
    # known, it does
    known = found(ASCLEPIOS, share_assumed=False, area=RICH)
    assert [each.public for each in known] == ["no_mt", "all"]
    assert not known[0].hypothesis


def test_where_the_need_is_unknown() -> None:
    """The APL is not published: all residents are unknown, and said so; never a 0."""
    everyone, without = found(scenario_from_population(50_000), area=None)
    assert (everyone.public, without.public) == ("all", "no_mt")
    assert isinstance(everyone.answer, NeedUnknownError)
    assert "n’est pas connu" in everyone.answer.summary
    assert isinstance(without.answer, Headline)
    # people without médecin traitant whose number is known lead
    first, second = found(ONDAINE, area=None)
    assert (first.public, second.public) == ("no_mt", "all")
    assert isinstance(second.answer, NeedUnknownError)
    with pytest.raises(NeedUnknownError):
        headline(ONDAINE.evolve(area=None), draws=DRAWS)


def test_a_demand_beyond_a_queue_is_said_and_does_not_lead() -> None:
    huge = Area(standardised_population=3e7, apl=1.0, population=3e7)
    first, second = found(ONDAINE, area=huge, population=None)
    assert isinstance(first.answer, DemandTooLargeError)
    assert (first.public, second.public) == ("all", "no_mt")
    assert isinstance(second.answer, Headline)


def test_where_the_apl_sees_no_gap_nobody_is_said_to_need_nothing() -> None:
    everyone = next(each for each in found(ASCLEPIOS, area=RICH) if each.public == "all")
    assert isinstance(everyone.answer, Headline)
    assert slots(everyone) == (0, 0, 0)
    kinds = [caveat.kind for caveat in everyone.answer.caveats]
    assert kinds == ["no_gap", "order_of_magnitude"]
    assert "ne veut pas dire" in everyone.answer.warnings[0]


def test_visitors_come_where_all_residents_do() -> None:
    lvo = load_scenario("lvo")
    assert lvo.admitting("all") is lvo
    few = lvo.admitting("no_mt")
    assert (few.public, few.visitors) == ("no_mt", None)
    assert "visitors" not in few.sources
    kept = {name: source for name, source in lvo.sources.items() if name != "visitors"}
    assert few.sources == kept
    several = found(lvo, public=None, slots_today=None, minutes_per_slot_today=None)
    assert [each.public for each in several] == ["all", "no_mt"]
    assert isinstance(several[0].answer, Headline) and isinstance(several[1].answer, Headline)
    assert several[0].answer.drawn.visitors.any()
    assert not several[1].answer.drawn.visitors.any()


@pytest.mark.parametrize(
    "device",
    [
        {"slots_today": 4, "minutes_per_slot_today": 15.0},
        {"observed_consultations": 900},
        {"calls_observed": 3000, "calls_years": 1.0},
    ],
)
def test_what_a_device_counts_or_offers_is_of_one_public(device: dict[str, Any]) -> None:
    # where nobody says which, of all residents: no second row beside its slots
    assert order(ASCLEPIOS, **device) == ["all"]

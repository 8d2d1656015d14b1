"""The small table of both publics: why a part of the residents may seem to need more than all."""

from __future__ import annotations

from dataclasses import astuple
from types import SimpleNamespace
from typing import cast

import pytest

from cpts_geo.atlas.sections.essential._asked import _other_publics
from cpts_geo.atlas.sections.territory.answer import part_above_whole
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.answer.publics import answers, part_exceeds_whole
from cpts_geo.capacity.scenario.area import Area
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.study.study import Study
from tests.atlas.said import plain

ASCLEPIOS, ONDAINE = map(load_scenario, ("asclepios", "ondaine_forez"))


@pytest.mark.parametrize("apl", [0.5, 2.0, 3.0, 3.6, 4.5, 9.0])
@pytest.mark.parametrize("case", [ASCLEPIOS, ONDAINE], ids=lambda case: case.territory)
def test_a_part_above_its_whole_is_explained(case: Scenario, apl: float) -> None:
    area = Area(standardised_population=50_000.0, apl=apl, population=50_000.0)
    both = answers(case.evolve(area=area), draws=1_000)
    slots = {
        each.public: each.answer.slots_per_day for each in both if isinstance(each.answer, Headline)
    }
    part, whole = (astuple(slots[public]) for public in ("no_mt", "all"))
    # Above by its middle or its end; by its start where nothing else tells them apart.
    above = part[1] > whole[1] or part[2] > whole[2] or (part[1:] == whole[1:] and part > whole)
    said = plain(part_above_whole(both))
    assert bool(said) is above
    assert part_exceeds_whole(both) is above
    # The first screen does not leave two answers that contradict each other without a word.
    beside = plain(_other_publics(cast("Study", SimpleNamespace(publics=both))))
    assert ("Les deux méthodes divergent : l’APL" in beside) is above
    if apl == 9.0:
        assert above
    if apl == 0.5:
        assert not above
    if above:
        assert "dont elles font partie" in said
        assert "l’APL, qui voit peu ou pas de besoin" in said
        # the number of these people is told as what it is
        hypothesis = next(each.hypothesis for each in both if each.public == "no_mt")
        assert ("la part nationale ○" in said) is hypothesis
        assert ("leur nombre ×" in said) is not hypothesis
    # the order of what is compared does not matter
    assert part_above_whole(both[::-1]) == part_above_whole(both)


def test_one_public_alone_is_above_nothing() -> None:
    assert part_above_whole(answers(ASCLEPIOS.evolve(public="all"), draws=1_000)) == ""
    unknown = answers(ASCLEPIOS.evolve(area=None), draws=1_000)
    assert part_above_whole(unknown) == ""

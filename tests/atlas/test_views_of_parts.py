"""Parts of the views: each always shows something, or why it cannot be shown."""

from __future__ import annotations

import re

import pytest

import cpts_geo as cg
from cpts_geo.capacity.answer.deadlines import waits
from cpts_geo.capacity.answer.headline import headline
from cpts_geo.capacity.checks.structure import by_need_share, by_noted_calls, by_structure
from cpts_geo.capacity.comparing.shocks import shocks
from cpts_geo.capacity.need.learning import shipped_lines
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.errors import NeedUnknownError

#: With its own line; without; where nobody is expected; without an APL; one commune, and no road.
PLACES = {
    "beauce_gatinais": {},
    "200070183": {},
    "249740101": {},
    "200059871": {},
    "sein": {"what": ["Île-de-Sein"], "departement": "29"},
}
#: What takes seconds, and is the same everywhere.
SLOW = "simulation"


@pytest.fixture(scope="module", params=PLACES)
def place(request):
    asked = {"what": request.param, **PLACES[request.param]}
    return cg.territory(draws=1000, **asked)


def views_under(view):
    """A view, then its parts and theirs."""
    yield view
    for key in view:
        if key != SLOW:
            yield from views_under(view[key])


def test_every_part_shows_something_or_why(place):
    roots = [place.access(), place.where_to_open(), place.capacity()]
    silent = [
        view.title
        for root in roots
        for view in views_under(root)
        # More than its title.
        if len(repr(view).splitlines()) < 2
    ]
    assert silent == []


def test_the_same_parts_everywhere(place):
    assert set(place.capacity()) == {
        "needed", "months", "week", "causes", "resources", "telephone", "future", "assumed",
        "queue", "checks",
    }  # fmt: skip
    assert set(place.access()) == {"map", "changes", "shifts"}
    assert set(place.where_to_open()) == {"several"}


def test_no_comparison_where_the_need_is_unknown():
    t = cg.territory("200059871", draws=1000)
    found = cg.compare(t, cg.scenario(t, deadline_days=0), draws=1000)
    assert isinstance(found.value, NeedUnknownError)
    assert "APL" in repr(found)


def test_one_site_then_more_bring_more_people():
    several = cg.territory("beauce_gatinais", draws=1000).where_to_open()["several"]
    counted = several.table[several.table["with_emergencies"]]
    people = [gain.people for gain in counted["gain"]]
    assert [len(sites) for sites in counted["sites"]] == [1, 2, 3]
    assert people == sorted(people) and people[0] > 0


def test_changes_of_an_arrondissement_are_understood():
    t = cg.territory(["Paris 13e Arrondissement"], draws=1000)
    (shift,) = t.access("arrivée:75113").value.shifts
    assert shift.title.endswith("Paris 13e Arrondissement")


def test_maps_of_minutes_share_their_classes():
    found = cg.territory("ouest_loiret", draws=1000).access()["map"]
    assert len(found.value) == 2
    assert len({layer.breaks for layer in found.value}) == 1
    assert found.html.count("<img") == 2


@pytest.fixture(scope="module")
def beauce():
    return headline(load_scenario("beauce_gatinais"), draws=1000)


def test_waits_add_up(beauce):
    table = waits(beauce)
    seen = table.filter(like="after_").sum(axis=1)
    assert (seen + table["lost"]).round(9).eq(1).all()
    assert table.groupby("deadline_days")["served"].is_monotonic_increasing.all()
    assert table.loc[table["is_today"], "slots"].unique().tolist() == [8.0]


def test_other_structures_go_the_right_way(beauce):
    table = by_structure(beauce, lines=shipped_lines(), draws=1000).set_index("words")
    slots = table["slots_p50"]
    assert slots.iloc[0] == beauce.slots_per_day.p50
    assert slots["Servir le jour même"] > slots["Un jour d’ouverture de délai en plus"]
    assert slots["L’hiver (décembre à février)"] > slots["L’été (juillet et août)"]


def test_a_full_line_says_nothing_of_its_need(beauce):
    table = by_need_share(beauce)
    assert table["refusals"].is_monotonic_increasing
    # Twice the demand, and as many consultations.
    assert table["consultations"].iloc[-1] == pytest.approx(
        table["consultations"].iloc[2], rel=0.01
    )
    assert by_need_share(headline(load_scenario("asclepios"), draws=1000)).empty


def test_noting_more_calls_narrows_more(beauce):
    table = by_noted_calls(beauce, lines=shipped_lines(), draws=1000)
    width = table["slots_p90"] - table["slots_p10"]
    assert width.is_monotonic_decreasing
    assert width.iloc[0] > 2 * width.iloc[-1]


def test_a_slot_to_spare_is_an_insurance(beauce):
    table = shocks(beauce).set_index(["words", "slots"])["lost_more"].unstack()
    enough, more = table.columns
    assert more == enough + 1
    assert (table[enough] > table[more]).all()


def test_territories_without_a_gap_come_first():
    five = cg.territories(draws=1000)
    table = five.table["gap"].table
    assert table["gap_p50"].is_monotonic_increasing
    assert re.search(r"APL (ne )?voit (un|aucun) manque", repr(five.table["gap"]))
    assert "Lignes réunies" in repr(five.table["together"])

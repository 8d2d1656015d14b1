"""An answer that its own counts deny: the floor alone stands, on every page alike."""

from __future__ import annotations

import re

import pytest

from cpts_geo.atlas.look.words import need_parts, short_answer, slots_text
from cpts_geo.atlas.pages.comparison import compare_page
from cpts_geo.atlas.sections.comparison._finding import finding, section
from cpts_geo.atlas.sections.comparison._measures import measure_rows
from cpts_geo.atlas.sections.comparison._sides import NOT_KEPT
from cpts_geo.atlas.sections.essential import _asked
from cpts_geo.atlas.sections.several import _rows, lines
from cpts_geo.capacity.answer.headline import Headline, headline
from cpts_geo.capacity.answer.publics import PublicAnswer
from cpts_geo.capacity.comparing.compare import ScenarioComparison, compare_scenarios
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.writing.export import _capacity_sheets
from tests.atlas.said import plain
from tests.capacity.vouched import vouched

SOUND = load_scenario("beauce_gatinais")
#: Fewer calls than consultations given: both cannot be of one year.
DENIED = vouched(SOUND, calls_observed=1_000).evolve(label="Des chiffres qui se contredisent")


@pytest.fixture(scope="module")
def denied() -> Headline:
    return headline(DENIED, draws=500)


@pytest.fixture(scope="module")
def pair() -> ScenarioComparison:
    return compare_scenarios(SOUND, DENIED, draws=500)


def test_the_floor_is_the_answer(denied: Headline) -> None:
    assert denied.observed is not None
    least = denied.observed.slots
    assert denied.at_least == least
    assert not denied.has_median
    assert " ".join(need_parts(denied)) == f"Il faudrait au moins {least} créneaux par jour"
    assert short_answer(denied) == f"au moins {least}"
    sound = headline(SOUND, draws=500)
    assert (sound.at_least, sound.has_median) == (None, True)
    assert "au moins" not in short_answer(sound)


def test_the_first_screen_tells_nothing_that_rests_on_it(denied: Headline) -> None:
    assert "médecin par semaine" not in _asked._condition(denied)
    assert (_asked._spread(denied), _asked._served(denied)) == ("", [])


def test_the_index_sorts_a_floor_and_draws_no_point(denied: Headline) -> None:
    need = lines._needed(denied)
    assert need.answer == short_answer(denied)
    assert (need.own, need.rank, need.hours, need.hours_rank) == (
        False, f"{denied.at_least:g}", "—", "",
    )  # fmt: skip
    assert need.told.endswith(short_answer(denied))
    drawn = _rows._drawn(need, top=40.0)
    # A floor has no upper end: its band goes to the end of the scale, without a point.
    assert 'r="5.5"' not in drawn
    assert re.search(r'H153\.0" stroke="[^"]+" stroke-width="7"', drawn)


def test_a_workbook_holds_the_floor_alone(denied: Headline) -> None:
    rows = list(_capacity_sheets._needed(PublicAnswer("all", denied, ""), DENIED))
    ((_, name, *values, _, _, _),) = rows
    assert name == "Créneaux par jour nécessaires"
    assert [None if value is None else value.value for value in values] == [
        None, denied.at_least, None
    ]  # fmt: skip


def test_a_comparison_keeps_no_more_than_the_floor(pair: ScenarioComparison) -> None:
    assert pair.at_least[0] is None
    assert pair.at_least[1] is not None
    least = f"au moins {slots_text(pair.at_least[1])}"
    assert "se contredisent" in finding(pair)
    assert any(least in goal for goal in section(pair)["goals"])
    for label, _, cells in measure_rows(pair):
        first, second, gap = (cell.text for cell in cells)
        assert first != NOT_KEPT
        if label.startswith(("Créneaux offerts", "Heures de consultation off", "Coût des heures")):
            assert NOT_KEPT not in (second, gap)
        else:
            assert (second, gap) == (
                least if label.startswith("Créneaux n") else NOT_KEPT,
                NOT_KEPT,
            )
    page = plain(compare_page(pair, date="30/11/2026"))
    assert "Rien n’est dessiné" in page
    assert 'class="paired"' not in page
    assert "Moins d’appels que de consultations" in page

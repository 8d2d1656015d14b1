"""Ten seconds, three minutes: what a screen shows before anything is opened, and its letters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cpts_geo.analysis import Analysis
from cpts_geo.atlas.sections.essential._asked import _other_publics
from tests.atlas.elsewhere import FARTHER, USUAL, page_of
from tests.atlas.said import TERRITORIES, unfolded
from tests.atlas.test_read_aloud import BROKEN
from tests.conftest import OpenedPage
from tests.kept import reported

Open = Callable[..., OpenedPage]
pytestmark = pytest.mark.report
DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
WORDS, NUMBERS = 90, 26
#: Screens of a page whose folds are as they open.
SCREENS = [(DESK, 5), (PHONE, 8)]
#: Pixels of the smallest letters, those of drawings and of the map among them.
LETTER = 13
#: Bytes of a page of up to so many communes, and of each beyond.
BYTES, UP_TO, EACH = 900_000, 120, 3_000
#: The five, a few that are unlike them, and all of these in a whole run.
PLACES = [*TERRITORIES, *USUAL, *(pytest.param(name, marks=pytest.mark.full) for name in FARTHER)]

#: Texts seen above the edge of the screen, outside navigation, buttons, charts and map.
SEEN = """() => {
  const out = 'nav, button, .actions, figure, svg, table.bars, #carte, .skip, .vh, script, style';
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), texts = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.parentElement.checkVisibility() || node.parentElement.closest(out)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (box.height && box.top < innerHeight) texts.push(node.data);
  }
  return texts.join(' ');
}"""
#: Name and pixels of the letters of each text: those of the drawings as they are scaled.
LETTERS = """() => [...document.querySelectorAll('body *')].filter(each =>
    each.checkVisibility() && !each.closest('.vh, .cpts-hidden, script, style')
    && [...each.childNodes].some(child => child.nodeType === 3 && child.textContent.trim())
  ).map(each => {
    const size = parseFloat(getComputedStyle(each).fontSize), drawing = each.ownerSVGElement;
    const drawn = Boolean(drawing || each.closest('.cpts-stage, .cpts-legend'));
    const wide = drawing && drawing.viewBox.baseVal.width;
    const scale = wide ? drawing.getBoundingClientRect().width / wide : 1;
    return [`${each.tagName} ${each.textContent.slice(0, 30)}`, drawn, size * scale];
  })"""
HEIGHT = "document.documentElement.scrollHeight / innerHeight"
#: Parts of the page that are higher than what the head leaves of the screen.
TALL = """() => {
  const room = innerHeight - document.querySelector('.top').getBoundingClientRect().height;
  return [...document.querySelectorAll('main > section')].map(
    each => [each.id, each.getBoundingClientRect().height]).filter(each => each[1] > room + 1);
}"""
#: What stands beyond the sides of the screen, but in what scrolls by itself.
WIDE = """() => [...document.querySelectorAll('body *')].filter(each => {
  if (!each.checkVisibility()) return false;
  if (each.closest('.vh, .skip, .scroll, .map, nav, svg')) return false;
  const box = each.getBoundingClientRect();
  return box.width && (box.right > innerWidth + 1 || box.left < -1);
}).map(each => each.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def report_dir() -> Path:
    return reported()


@pytest.fixture(scope="module", params=PLACES)
def place(
    request: pytest.FixtureRequest, report_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, int]:
    """The page of a territory, and how many communes it is of."""
    if request.param in TERRITORIES:
        return report_dir / f"{request.param}.html", UP_TO
    return page_of(request.param, tmp_path_factory.mktemp("elsewhere"))


@pytest.fixture(scope="module")
def opened(place: tuple[Path, int], open_offline: Open) -> Iterator[OpenedPage]:
    found = shown_at(DESK, place, open_offline)
    yield found
    found.close()


def shown_at(screen: dict[str, int], place: tuple[Path, int], open_offline: Open) -> OpenedPage:
    found = open_offline(place[0], viewport=screen)
    found.page.wait_for_selector(".cpts-map[data-ready]")
    return found


def test_the_first_screen_is_short(opened: OpenedPage) -> None:
    text = opened.page.evaluate(SEEN)
    words = re.findall(r"[^\W\d_][\w’'-]*", text)
    numbers = re.findall(r"\d[\d\u202f\u00a0]*(?:,\d+)?", text)
    assert 20 <= len(words) <= WORDS, text
    assert len(numbers) <= NUMBERS, text


def above(opened: OpenedPage, selector: str) -> str:
    """Text of an element that stands wholly on the first screen."""
    place = opened.page.locator(selector).first
    box = place.bounding_box()
    assert box is not None and box["y"] + box["height"] <= DESK["height"], selector
    return place.inner_text()


@pytest.mark.parametrize("key", TERRITORIES)
def test_the_first_screen_answers(
    key: str, five: Any, report_dir: Path, open_offline: Open
) -> None:
    opened = open_offline(report_dir / f"{key}.html", viewport=DESK)
    answer = " ".join(above(opened, ".first .large").split())
    result = five.studies[key].headline
    needed = result.slots_per_day
    if opened.page.locator(".first .large.rough").count():
        assert f"{needed.p10} à {needed.p90}" in answer
    else:
        assert str(needed.p50) in answer
    if result.today is None:
        assert "nombre non publié" in above(opened, ".first .missing")
    else:
        assert re.search(rf"Il y en a {result.today.slots:.0f}\b", answer)
    assert "Solidité" in above(opened, ".first .worth")
    assert "APL" in above(opened, ".first .groups")
    opened.close()


def test_what_the_document_announced_is_on_the_first_screen(
    report_dir: Path, open_offline: Open
) -> None:
    opened = open_offline(report_dir / "beauce_gatinais.html", viewport=DESK)
    first = above(opened, ".first .groups .bars")
    assert "annoncé" in first
    assert re.findall(r"\b(\d\d)\b(?=\s*“| ?«|$|\n|[“”«»])", first)[:3] == ["30", "57", "87"]
    assert re.search(r"Insee 20\d\d\W+47,0, 61,8 et 88,6", above(opened, ".first .more"))
    opened.close()


@pytest.mark.parametrize(("screen", "most"), SCREENS)
def test_a_page_is_a_few_screens_high(
    screen: dict[str, int], most: int, place: tuple[Path, int], open_offline: Open
) -> None:
    shown = shown_at(screen, place, open_offline)
    height = shown.page.evaluate(HEIGHT)
    assert 2 < height <= most, height
    assert shown.page.evaluate(WIDE) == []
    shown.close()


def test_each_part_is_seen_at_once(opened: OpenedPage) -> None:
    assert opened.page.evaluate(TALL) == []


@pytest.mark.parametrize("screen", [DESK, PHONE])
def test_letters_are_large_and_lines_break_well(
    screen: dict[str, int], place: tuple[Path, int], open_offline: Open
) -> None:
    shown = shown_at(screen, place, open_offline)
    page = unfolded(shown.page)
    letters = page.evaluate(LETTERS)
    assert sum(drawn for _, drawn, _ in letters) > 9
    assert [each for each in letters if each[2] < LETTER - 0.05] == []
    assert page.evaluate(BROKEN) == []
    assert page.evaluate(WIDE) == []
    shown.close()


def test_a_page_is_light(place: tuple[Path, int]) -> None:
    file, communes = place
    most = BYTES + EACH * max(0, communes - UP_TO)
    assert 100_000 < file.stat().st_size <= most


def test_a_page_asks_nothing(opened: OpenedPage) -> None:
    unfolded(opened.page).mouse.wheel(0, 20_000)
    opened.page.wait_for_timeout(100)
    assert (opened.requests, opened.errors) == ([], [])


@pytest.mark.parametrize("order", [1, -1])
def test_the_other_public_is_named_as_it_is(five: Analysis, order: int) -> None:
    study = five.studies["ondaine_forez"]
    assert len(study.publics) == 2
    said = _other_publics(study.with_parts(publics=study.publics[::order]))
    alone = "seules personnes" in said
    assert alone == (study.publics[::order][1].answer.scenario.public == "no_mt")
    assert ("tous les habitants" in said) != alone

"""Other ways to read a sheet: presented, by keys, by a search, by a link, without any script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.atlas.said import TERRITORIES
from tests.conftest import OpenedPage
from tests.kept import reported

Open = Callable[..., OpenedPage]
pytestmark = pytest.mark.report
ROOM = {"width": 1366, "height": 768}
SCREENS = ["essentiel", "carte", "chiffres", "besoin", "et-si", "sources"]
#: The screen whose top is at that of the room.
CURRENT = """() => [...document.querySelectorAll('main > .screen')]
  .filter(each => Math.abs(each.getBoundingClientRect().top) < 3).map(each => each.id).join()"""
#: Texts of the screen at the top that pass the sides of the room, or are cut by their own box.
WRONG = """id => [...document.getElementById(id).querySelectorAll('*')].filter(each => {
  if (!each.checkVisibility() || each.closest('.vh, .map, svg, .scroll')) return false;
  const box = each.getBoundingClientRect();
  return box.width > 0 && (box.left < -1 || box.right > innerWidth + 1);
}).map(each => each.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def report_dir() -> Path:
    return reported()


@pytest.fixture(params=TERRITORIES)
def presented(
    request: pytest.FixtureRequest, report_dir: Path, open_offline: Open
) -> Iterator[Page]:
    opened = open_offline(report_dir / f"{request.param}.html", viewport=ROOM)
    opened.page.keyboard.press("p")
    yield opened.page
    assert (opened.requests, opened.errors) == ([], [])
    opened.close()


def test_a_clicker_turns_six_screens_there_and_back(presented: Page) -> None:
    page = presented
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "22px"
    assert not page.locator("nav").is_visible()
    seen = [page.evaluate(CURRENT)]
    for _ in range(20):
        page.keyboard.press("PageDown")
        if (now := page.evaluate(CURRENT)) and now != seen[-1]:
            seen.append(now)
    assert seen == SCREENS
    for _ in range(20):
        page.keyboard.press("PageUp")
    assert page.evaluate(CURRENT) == "essentiel"
    page.keyboard.press("Escape")
    assert page.locator("nav").is_visible()
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "15px"


def test_each_screen_fits_the_room_or_is_read_to_its_end(presented: Page) -> None:
    for screen in SCREENS:
        place = presented.locator(f"#{screen}")
        assert presented.evaluate(WRONG, screen) == []
        box = place.bounding_box()
        assert box is not None
        assert ROOM["height"] - 1 <= box["height"] <= 1.15 * ROOM["height"], screen
        assert len(place.inner_text()) > 60, screen


def test_what_is_presented_keeps_its_legend_and_its_sources(presented: Page) -> None:
    legend = presented.locator(".spines thead small").inner_text()
    assert all(word in legend for word in ("territoire", "département", "région", "France"))
    told = "#essentiel .origin, #chiffres .spines small"
    assert presented.locator("#chiffres .spines tbody th small").count() > 3
    small = f"""() => [...document.querySelectorAll('{told}')].filter(each =>
      !each.checkVisibility() || parseFloat(getComputedStyle(each).fontSize) < 18)
      .map(each => each.innerText)"""
    assert presented.evaluate(small) == []


def test_letters_of_a_letter_field_are_letters(report_dir: Path, open_offline: Open) -> None:
    opened = open_offline(report_dir / "beauce_gatinais.html", viewport=ROOM)
    opened.page.get_by_label("Chercher une commune").first.fill("")
    opened.page.keyboard.press("p")
    assert opened.page.locator("nav").is_visible()
    opened.close()


def test_an_address_opens_it_presented(report_dir: Path, open_offline: Open) -> None:
    opened = open_offline(report_dir / "lvo.html", viewport=ROOM)
    opened.page.goto(f"{(report_dir / 'lvo.html').as_uri()}?p=1")
    assert opened.page.evaluate(CURRENT) == "essentiel"
    opened.page.get_by_label("Écran suivant").click()
    assert opened.page.evaluate(CURRENT) == "carte"
    opened.page.get_by_role("button", name="Quitter").click()
    assert opened.page.locator("nav").is_visible()
    opened.close()


def test_a_link_opens_what_is_folded(report_dir: Path, open_offline: Open) -> None:
    opened = open_offline(report_dir / "beauce_gatinais.html", viewport=ROOM)
    page = opened.page
    fold = page.locator("#generalistes")
    assert fold.get_attribute("open") is None
    page.locator("a[href='#generalistes']").first.click()
    assert fold.get_attribute("open") is not None
    expect(fold).to_be_in_viewport()
    opened.close()


def test_a_text_that_is_folded_is_found(report_dir: Path, open_offline: Open) -> None:
    # A link to a text searches the page as Ctrl-F does, which no script can press.
    opened = open_offline(report_dir / "beauce_gatinais.html", viewport=ROOM)
    page = opened.page
    fold = page.locator("details", has_text="médecin le plus proche peut ne plus prendre").last
    assert fold.get_attribute("open") is None
    page.goto("about:blank")
    text = "le%20plus%20proche%20peut%20ne%20plus%20prendre"
    page.goto(f"{(report_dir / 'beauce_gatinais.html').as_uri()}#:~:text={text}")
    page.wait_for_timeout(300)
    assert fold.get_attribute("open") is not None
    opened.close()


def test_keys_reach_the_parts_in_order_and_show_where_they_are(
    report_dir: Path, open_offline: Open
) -> None:
    opened = open_offline(report_dir / "beauce_gatinais.html", viewport=ROOM)
    page = opened.page
    where = "(e => [e.tagName, e.hash || e.id, getComputedStyle(e).outlineStyle])"
    seen = []
    for _ in range(12):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(f"{where}(document.activeElement)"))
    assert seen[0][1] == "#essentiel"
    assert [each[1] for each in seen[1:4]] == ["presenter", "imprimer", "imprimer-annexe"]
    assert [each[1] for each in seen[4:8]] == ["#essentiel", "#carte", "#chiffres", "#besoin"]
    assert all(style != "none" for _, _, style in seen[1:])
    page.keyboard.press("Shift+Tab")
    page.locator(".top nav a[href='#sources']").press("Enter")
    assert page.evaluate("location.hash") == "#sources"
    opened.close()


def test_fingers_reach_what_is_to_be_touched(report_dir: Path, open_offline: Open) -> None:
    opened = open_offline(
        report_dir / "beauce_gatinais.html",
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
    )
    small = opened.page.evaluate(
        """() => [...document.querySelectorAll('a, button, summary, input, select')].filter(each =>
          each.checkVisibility() && !each.closest('.vh, p, .leaflet-pane, .cpts-chip, .skip')
          && !(each.matches('.skip'))).map(each => {
            const box = (each.closest('label') || each).getBoundingClientRect();
            return [each.outerHTML.slice(0, 70), box.width, box.height];
          }).filter(each => Math.min(each[1], each[2]) < 24)"""
    )
    assert small == []
    opened.page.locator("summary", has_text="Combien de généralistes").first.tap()
    assert opened.page.locator("#generalistes").get_attribute("open") is not None
    opened.close()


@pytest.mark.parametrize("key", TERRITORIES)
def test_without_scripts_all_is_there(key: str, report_dir: Path, open_offline: Open) -> None:
    opened = open_offline(report_dir / f"{key}.html", viewport=ROOM, java_script_enabled=False)
    page = opened.page
    assert page.locator(".first .large").is_visible()
    assert page.locator(".stills .drawing").first.is_visible()
    assert not page.locator(".map").is_visible()
    assert not page.locator("#presenter").is_visible()
    folds = page.locator("main details")
    for number in range(folds.count()):
        fold = folds.nth(number)
        if fold.get_attribute("open") is None:
            fold.locator("> summary").click()
        assert len(fold.inner_text()) > len(fold.locator("> summary").inner_text()) + 20
    assert page.locator("#communes table").first.is_visible()
    opened.close()

"""What who hears a sheet is given, and what axe does not look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.atlas.said import TERRITORIES
from tests.conftest import OpenedPage
from tests.kept import reported

Open = Callable[..., OpenedPage]
pytestmark = pytest.mark.report

#: Signs that are hidden from who hears the page, whose words do not follow.
MUTE_SIGNS = """() => [...document.querySelectorAll('.status[aria-hidden]')].filter(each => {
  const words = each.nextElementSibling;
  return !(words && words.classList.contains('vh') && words.textContent.trim().length > 3);
}).map(each => each.parentElement.outerHTML.slice(0, 120))"""
#: Signs of a status that are read as they are, where no word says what they mean.
BARE_SIGNS = """() => {
  const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  const bare = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (/^\\s*[●◐○▨■]\\s*$/.test(node.data) && !node.parentElement.closest('[aria-hidden]')
        && !/estimé|mesuré|hypothèse|absente/.test(node.parentElement.textContent))
      bare.push(node.parentElement.outerHTML.slice(0, 120));
  }
  return bare;
}"""
UNNAMED_TABLES = """() => [...document.querySelectorAll('main table')].filter(each =>
  !(each.caption && each.caption.textContent.trim())).map(each => each.outerHTML.slice(0, 90))"""
#: Drawings that say nothing: neither a title or label, nor hidden as what only adorns.
MUTE_DRAWINGS = """() => [...document.querySelectorAll('main svg')].filter(each =>
  !each.closest('[aria-hidden]') && !(each.getAttribute('role') === 'img'
    && (each.getAttribute('aria-label') || each.querySelector(':scope > title')))
  ).map(each => each.outerHTML.slice(0, 120))"""
HEADINGS = """() => [...document.querySelectorAll('header.top :is(h1), main :is(h2, h3, h4)')]
  .filter(each => !each.closest('.cpts-map, [hidden]'))
  .map(each => [Number(each.tagName[1]), each.textContent.trim()])"""


@pytest.fixture(scope="module", params=TERRITORIES)
def page(request: pytest.FixtureRequest, open_offline: Open) -> Iterator[Page]:
    opened = open_offline(reported() / f"{request.param}.html")
    opened.page.wait_for_selector(".cpts-map[data-ready]")
    yield opened.page
    opened.close()


def test_every_status_is_heard(page: Page) -> None:
    assert page.locator(".status[aria-hidden]").count() > 20
    assert page.evaluate(MUTE_SIGNS) == []
    assert page.evaluate(BARE_SIGNS) == []


def test_every_table_and_drawing_has_a_name(page: Page) -> None:
    assert page.locator("main table").count() > 5
    assert page.evaluate(UNNAMED_TABLES) == []
    assert page.evaluate(MUTE_DRAWINGS) == []


def test_headings_go_down_one_step_at_a_time_and_parts_are_named(page: Page) -> None:
    levels = page.evaluate(HEADINGS)
    assert levels[0][0] == 1
    assert len(levels) > 20
    for (before, _), (after, text) in pairwise(levels):
        assert after <= before + 1, text
        assert text
    parts = "[...document.querySelectorAll('main > section')].map(each => [each.id,"
    named = page.evaluate(
        f"{parts} document.getElementById(each.getAttribute('aria-labelledby'))?.textContent])"
    )
    assert len(named) >= 6
    assert all(anchor and name for anchor, name in named)
    links = page.evaluate(
        "[...document.querySelectorAll('nav a')].map(each => document.querySelector(each.hash))"
        ".map(each => each && each.tagName)"
    )
    assert links and all(links)


def test_each_head_says_of_what_it_is(page: Page) -> None:
    loose = page.evaluate(
        "[...document.querySelectorAll('main th')].filter(each => !each.scope && each.textContent)"
        ".map(each => each.outerHTML.slice(0, 90))"
    )
    assert loose == []


def test_the_page_speaks_only_where_it_is_asked(page: Page) -> None:
    spoken = "document.querySelectorAll('[role=status], [aria-live=polite]').length"
    assert 1 <= page.evaluate(spoken) <= 3
    assert page.locator("[aria-live=assertive], [role=alert]").count() == 0
    # Sliders tell what they are at by themselves: their output is no live region of its own.
    assert page.locator("output:not([aria-live=off])").count() == 0


def test_no_motion_where_none_is_wanted(open_offline: Open) -> None:
    opened = open_offline(reported() / "lvo.html", reduced_motion="reduce")
    behaviour = "getComputedStyle(document.documentElement).scrollBehavior"
    assert opened.page.evaluate(behaviour) == "auto"
    assert opened.page.evaluate("document.getAnimations().length") == 0
    opened.close()


def test_what_was_checked_is_said(page: Page) -> None:
    fold = page.locator("#accessibilite")
    assert fold.get_attribute("open") is None
    assert "Accessibilité" in fold.locator("summary").inner_text()
    text = fold.text_content() or ""
    for said in ("RGAA 4.1", "axe-core", "non conforme", "n’a pas été"):
        assert said in text


def test_the_page_is_read_at_twice_its_size(open_offline: Open) -> None:
    # 200 % on a screen of 1280 pixels is 640 of them.
    opened = open_offline(
        Path(reported() / "beauce_gatinais.html"), viewport={"width": 320, "height": 512}
    )
    wide = "document.documentElement.scrollWidth - innerWidth"
    assert opened.page.evaluate(wide) <= 0
    opened.close()

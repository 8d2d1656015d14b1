"""The page of several territories in a browser: sorted, saved, chosen, set side by side."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cpts_geo.analysis import Analysis
from cpts_geo.atlas.look.words import short_name
from cpts_geo.study.study import Study
from tests.atlas.test_first_reading import LETTER, LETTERS
from tests.kept import reported

Open = Callable[..., Any]
HEIGHTS = """() => [document.querySelector(".cpts-map"), document.documentElement]
  .map(e => e.scrollHeight)"""
KEYS = (
    """() => [...document.querySelectorAll("table.territoires tbody tr")].map(r => r.dataset.key)"""
)


@pytest.fixture
def page(open_offline: Open) -> Iterator[Any]:
    opened = open_offline(reported() / "index.html", accept_downloads=True)
    yield opened.page
    assert (opened.requests, opened.errors) == ([], [])
    opened.close()


def of_their_own(five: Analysis) -> dict[str, float]:
    """Slots of the territories whose answer rests on their own activity."""
    found = {key: study.headline for key, study in five.studies.items()}
    return {
        key: result.slots_per_day.p50
        for key, result in found.items()
        if result is not None and result.scenario.has_own_line
    }


def middle(study: Study) -> float:
    """What the slots of a territory without activity of its own are sorted by."""
    result = study.headline
    assert result is not None
    bounds = result.slots_per_day
    return (bounds.p10 + bounds.p90) / 2 if result.at_least is None else result.at_least


def test_an_order_of_magnitude_is_grey_and_ranked_after_the_rest(five: Analysis, page: Any) -> None:
    own = of_their_own(five)
    assert 0 < len(own) < len(five.studies)
    head = page.locator("table.territoires thead th.need")
    for way in ("descending", "ascending"):
        head.locator("button").click()
        assert head.get_attribute("aria-sort") == way
        ranked = sorted(own, key=lambda key: own[key], reverse=way == "descending")
        keys = page.evaluate(KEYS)
        assert keys[: len(own)] == ranked
        # Among themselves, by the figure that is shown: the middle of a span.
        middles = [middle(five.studies[key]) for key in keys[len(own) :]]
        assert len(middles) > 1
        assert middles == sorted(middles, reverse=way == "descending")
    rough = page.locator("table.territoires td.need.rough")
    assert rough.count() == len(five.studies) - len(own)
    assert "viennent après les autres" in page.locator("#territoires").inner_text()
    # No point is drawn where only an interval is known.
    assert rough.locator("circle[r='5.5']").count() == 0
    assert page.locator("td.need:not(.rough) circle[r='5.5']").count() == len(own)


def test_columns_are_saved_for_a_french_spreadsheet(five: Analysis, page: Any) -> None:
    with page.expect_download() as found:
        page.get_by_role("button", name="Télécharger en CSV").click()
    content = Path(found.value.path()).read_bytes().decode("utf-8")
    assert content.startswith("\ufeff")
    heads, *rows = csv.reader(io.StringIO(content[1:]), delimiter=";")
    assert {len(row) for row in rows} == {len(heads)}
    assert [row[0] for row in rows] == [study.name for study in five.studies.values()]
    slots = heads.index("Créneaux nécessaires par jour")
    own = of_their_own(five)
    for row, key in zip(rows, five.studies, strict=True):
        assert row[slots] == (f"{own[key]:g}" if key in own else "")
        assert ("ordre de grandeur" in row[slots + 1]) is (key not in own)


def test_two_to_four_stand_side_by_side_in_equal_classes(five: Analysis, page: Any) -> None:
    section, boxes = page.locator("#cote-a-cote"), page.locator(".choose input")
    boxes.nth(0).check()
    assert not section.is_visible()
    for rank in (1, 2, 3):
        boxes.nth(rank).check()
    assert boxes.nth(4).is_disabled()
    keys = list(five.studies)[:4]
    assert section.locator("figure:visible .letter").all_inner_texts() == list("ABCD")
    shown = section.locator("thead th[data-key]:visible")
    assert [each.get_attribute("data-key") for each in shown.all()] == keys
    # One scale: a kilometre is as long on each map.
    scales = section.evaluate(
        """s => [...s.querySelectorAll("figure:not([hidden])")]
          .map(f => f.querySelector("svg").getBoundingClientRect().width / f.dataset.km)"""
    )
    assert max(scales) < 1.02 * min(scales)
    boxes.nth(0).uncheck()
    assert section.locator("figure:visible").count() == 3
    assert not boxes.nth(4).is_disabled()


def test_every_territory_bears_its_name_outside_the_others(five: Analysis, page: Any) -> None:
    page.wait_for_selector(".cpts-map[data-ready]")
    names = page.locator(".cpts-name:not(.cpts-site)").all_inner_texts()
    assert page.locator(".cpts-numbers").inner_text() == ""
    assert sorted(names) == sorted(short_name(study.name) for study in five.studies.values())
    boxes = page.evaluate(
        """() => [...document.querySelectorAll(".cpts-name:not(.cpts-site)")].map(each => {
          const range = document.createRange();
          range.selectNodeContents(each);
          const box = range.getBoundingClientRect();
          return [box.left, box.top, box.right, box.bottom];
        })"""
    )
    for one, other in itertools.combinations(boxes, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] + 2
        assert apart or other[3] <= one[1] + 2, (one, other)
    # Two that touch on a small map: one is named at the end of a line, or by a number.
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    page.wait_for_selector(".cpts-map[data-ready]")
    assert page.locator(".cpts-lead, .cpts-numbers span").count() >= 1


@pytest.mark.parametrize("width", [1366, 390])
def test_nothing_scrolls_aside_and_letters_are_large(
    width: int, five: Analysis, open_offline: Open
) -> None:
    opened = open_offline(reported() / "index.html", viewport={"width": width, "height": 800})
    page = opened.page
    page.wait_for_selector(".cpts-map[data-ready]")
    for rank in range(4):
        page.locator(".choose input").nth(rank).check()
    aside = "e => e.scrollWidth - e.clientWidth"
    assert page.locator(".scroll").evaluate_all(f"all => all.map({aside})") == [0, 0]
    # Where there is no room for a name, a number is told under the map.
    names = page.locator(".cpts-name:not(.cpts-site)").all_inner_texts()
    told = page.locator(".cpts-numbers span").evaluate_all("all => all.map(e => e.lastChild.data)")
    shown = [name for name in names if not name.isdigit()] + told
    assert sorted(shown) == sorted(short_name(study.name) for study in five.studies.values())
    letters = page.evaluate(LETTERS)
    assert [each for each in letters if each[2] < LETTER - 0.05] == []
    # Two abreast on a telephone, four where there is room.
    tops = page.locator("figure[data-km]:visible").evaluate_all(
        "all => all.map(e => Math.round(e.getBoundingClientRect().bottom))"
    )
    assert len(set(tops)) == (1 if width > 1000 else 2)
    opened.close()


def test_the_map_and_the_table_say_the_same_territory(five: Analysis, page: Any) -> None:
    page.wait_for_selector(".cpts-map[data-ready]")
    before = page.evaluate(HEIGHTS)
    field = page.get_by_role("combobox").first
    field.fill("beauce")
    field.press("Enter")
    row = page.locator("table.territoires tr[aria-current]")
    assert row.get_attribute("data-key") == "beauce_gatinais"
    link = page.locator(".cpts-card a")
    assert link.get_attribute("href") == five.studies["beauce_gatinais"].file
    # Its card scrolls, its page right under its name: the map stays as high as it was.
    card = page.locator(".cpts-card")
    assert card.locator("p.cpts-head ~ p:not(.cpts-code)").first.inner_text() == "Ouvrir la fiche"
    assert card.evaluate("e => e.scrollHeight > e.clientHeight")
    assert page.evaluate(HEIGHTS) == before
    # Of whom and when, line by line: no source stands for all.
    terms = card.locator("dt").all_inner_texts()
    assert any(text.endswith("Drees, 2023") for text in terms)
    assert any(text.endswith("Insee, 2024") for text in terms)
    assert card.locator("dt:not(:has(small))").count() == card.locator(".cpts-source").count() == 0
    # An order of magnitude is no number on a card either.
    field.fill("asclépios")
    field.press("Enter")
    assert "ordre de grandeur" in page.locator(".cpts-card").inner_text()


def test_on_paper_what_is_folded_is_read_and_the_map_takes_the_width(page: Any) -> None:
    page.set_viewport_size({"width": 1047, "height": 700})
    page.emulate_media(media="print")
    assert page.get_by_text("Données : ", exact=False).last.is_visible()
    heights = "all => all.map(e => e.getBoundingClientRect().height)"
    assert min(page.locator(".fold > :not(summary)").evaluate_all(heights)) > 10
    assert page.locator("img.still").evaluate("e => e.offsetWidth > 0.95 * innerWidth")


def test_a_short_table_is_shown_whole(page: Any) -> None:
    box = page.locator(".scroll:has(> .territoires)")
    assert box.evaluate("e => e.scrollHeight - e.clientHeight") == 0
    longer = """() => { const body = document.querySelector("table.territoires tbody");
      for (let k = 0; k < 30; k += 1) { body.append(body.rows[0].cloneNode(true)); } }"""
    page.evaluate(longer)
    assert box.evaluate("e => e.scrollHeight > e.clientHeight && e.clientHeight < innerHeight")


def test_without_scripts_the_table_is_plain(open_offline: Open) -> None:
    opened = open_offline(reported() / "index.html", java_script_enabled=False)
    assert opened.page.locator("img.still").is_visible()
    assert not opened.page.locator("#territoires-outils, #cote-a-cote, .choose").first.is_visible()
    assert opened.page.locator("table.territoires tbody tr").count() == 5
    opened.close()


def test_its_table_holds_on_a_sheet_of_paper_on_its_side(page: Any) -> None:
    # As wide as what the margins leave of the longer side of A4.
    page.set_viewport_size({"width": 1047, "height": 700})
    page.emulate_media(media="print")
    past = "each => each.getBoundingClientRect().right > innerWidth + 1"
    assert page.evaluate(f"[...document.querySelectorAll('table *')].filter({past}).length") == 0
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", page.pdf(prefer_css_page_size=True))
    assert box
    assert float(box[1]) > float(box[2])

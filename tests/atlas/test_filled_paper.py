"""Pages of which every table is filled: two on paper, an annex that holds, rows for a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from typer.testing import CliRunner

from cpts_geo.analysis import Analysis, Options, analyse
from cpts_geo.atlas.pages.sheet import sheet_page
from cpts_geo.cli.main import app
from cpts_geo.geography.perimeters.request import Request
from cpts_geo.sources.analyst.filled.templates import INVENTED, templates
from cpts_geo.writing.released import released
from tests.atlas.said import plain
from tests.atlas.test_paper import (
    FIVE,
    LONGEST,
    PAST_THE_EDGE,
    SIZES,
    SMALLEST_OF_ANNEX,
    blocks,
    check,
    pages_of,
)
from tests.conftest import OpenedPage
from tests.kept import kept_file, made_by

Open = Callable[..., OpenedPage]
#: Rows that take another place once tables are filled.
REPLACED = (
    "Sans médecin traitant", "ALD sans médecin traitant", "Effecteurs du SAS",
    "Généraliste à 10", "Urgences ou SMUR",
)  # fmt: skip
#: Words of a cell that pass the edge of it, on its left too: they would cover those beside.
COVERING = """selector => [...document.querySelectorAll(selector)].filter(cell => {
  const head = cell.closest('thead');
  if (!cell.checkVisibility() || cell.closest('.vh')) return false;
  if (head && getComputedStyle(head).clipPath !== 'none') return false;
  const box = cell.getBoundingClientRect(), walked = document.createTreeWalker(cell, 4);
  while (walked.nextNode()) {
    if (walked.currentNode.parentElement.closest('.vh, svg')) continue;
    const words = document.createRange();
    words.selectNodeContents(walked.currentNode);
    if ([...words.getClientRects()].some(each =>
      each.width > 1 && (each.left < box.left - 1 || each.right > box.right + 1))) return true;
  }
  return false;
}).map(cell => cell.textContent)"""
#: Words that pass the edge of a phone where nothing scrolls them.
BEYOND = """() => [...document.querySelectorAll('main *')].filter(each => each.checkVisibility()
    && !each.closest('.vh, svg, .scroll.wide, .map, thead, .trial')
    && each.getBoundingClientRect().right > innerWidth + 1).map(each => each.outerHTML)"""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """The five, of an example of every table that a coordinator fills."""

    def made() -> Analysis:
        folder, files = tmp_path_factory.mktemp("exemples"), []
        for name in (*templates(), "aci"):
            files.append(folder / f"{name}.csv")
            asked = ["template", name, *FIVE, "--example", "--out", str(files[-1])]
            assert CliRunner().invoke(app, asked).exit_code == 0
        options = Options(draws=200, indicators=tuple(files), fetched=False)
        return released(analyse(Request(FIVE), options))

    found: Analysis = kept_file(made_by(__file__), made)
    return found


@pytest.mark.parametrize("name", FIVE)
def test_filled_pages_are_two_with_nothing_cut(
    name: str, filled: Analysis, open_offline: Open
) -> None:
    check(filled.studies[name], filled.national, open_offline)


def labels(study: Any, national: Any) -> set[str]:
    """First words of each row of the tables of the two pages."""
    found, _, _ = blocks(study, national)
    rows = [row.label for row in found["figures"]["rows"]]
    for block in ("access", "aci"):
        rows += [row[0] for row in (found.get(block) or {"rows": []})["rows"]]
    return set(rows)


@pytest.mark.parametrize("name", FIVE)
def test_what_the_empty_page_says_is_there_or_filled(
    name: str, filled: Analysis, five: Analysis
) -> None:
    empty, study = five.studies[name], filled.studies[name]
    found, first, second = blocks(study, filled.national)
    _, first_empty, second_empty = blocks(empty, five.national)
    assert set(first_empty) <= set(first)
    assert set(second_empty) <= set(second)
    assert {"access", "zoned"} <= set(first) and {"sas", "aci"} <= set(second)
    lost = labels(empty, five.national) - labels(study, filled.national)
    # They have tables of their own, but for the ways to care: the annex says them.
    assert all(label.startswith(REPLACED) for label in lost), lost
    assert len(found["access"]["rows"]) == 4 and len(found["sas"]["told"]) == 12
    page = plain(unescape(sheet_page(study, national=filled.national, date="x")))
    annex = page[page.index("<main") :]
    assert "Service d’urgences ou SMUR" in annex and "à 10 min au plus" in annex


@pytest.mark.parametrize("name", FIVE)
def test_the_filled_annex_holds(name: str, filled: Analysis, open_offline: Open) -> None:
    page = sheet_page(filled.studies[name], national=filled.national, date="x")
    opened = open_offline(page, viewport={"width": 718, "height": 1000})
    opened.page.get_by_label("avec l’annexe").check()
    opened.page.emulate_media(media="print")
    assert opened.page.evaluate(PAST_THE_EDGE) == []
    assert min(opened.page.evaluate(SIZES, "main *, footer *")) * 0.75 >= SMALLEST_OF_ANNEX
    assert opened.page.evaluate(COVERING, ".a4 :is(td, th)") == []
    assert 2 < pages_of(opened) <= LONGEST
    opened.close()


@pytest.mark.parametrize("name", ["lvo", "ondaine_forez"])
def test_a_phone_reads_every_row(name: str, filled: Analysis, open_offline: Open) -> None:
    page = sheet_page(filled.studies[name], national=filled.national, date="x")
    opened = open_offline(page, viewport={"width": 390, "height": 844})
    opened.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    opened.page.wait_for_timeout(200)
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert opened.page.evaluate(BEYOND) == []
    assert opened.page.evaluate(COVERING, "main :is(td, th)") == []
    # A table that still passes its place says so.
    hints = opened.page.evaluate(
        "[...document.querySelectorAll('.scroll')].filter(each =>"
        " each.scrollWidth > each.clientWidth + 1)"
        ".map(each => getComputedStyle(each, '::before').content)"
    )
    assert hints and all("Faites glisser" in hint for hint in hints)
    opened.close()


@pytest.mark.parametrize("name", FIVE)
def test_no_date_is_said_as_a_computer_writes_it(name: str, filled: Analysis) -> None:
    page = plain(unescape(sheet_page(filled.studies[name], national=filled.national, date="x")))
    shown = re.sub(r"(?s)<(script|style).*?</\1>|<[^>]*>", " ", page)
    assert re.findall(r".{30}\b\d{4}-\d{2}-\d{2}\b", shown) == []
    assert "donnée absente rapport" not in shown
    assert INVENTED in shown.lower()


def test_words_stand_once_over_what_they_head(filled: Analysis, open_offline: Open) -> None:
    page = sheet_page(filled.studies["lvo"], national=filled.national, date="x")
    opened = open_offline(page, viewport={"width": 1366, "height": 768})
    opened.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    # A heading stands on the side of its cells.
    astray = opened.page.evaluate(
        """() => [...document.querySelectorAll('#sas table, #acces .fold table')].flatMap(table =>
        [...table.tHead.rows[0].cells].filter((head, place) => place && [...table.tBodies[0].rows]
          .every(row => getComputedStyle(row.cells[place]).textAlign
            !== getComputedStyle(head).textAlign)).map(head => head.textContent))"""
    )
    assert astray == []
    assert opened.page.evaluate(COVERING, "main :is(td, th)") == []
    opened.close()

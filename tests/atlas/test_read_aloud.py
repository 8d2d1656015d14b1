"""Pages as they are read: lines that break where French allows, words that a mayor knows."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cpts_geo.atlas.pages.comparison import compare_page
from cpts_geo.capacity.comparing.compare import compare_scenarios
from cpts_geo.capacity.scenario.loading import load_scenario
from tests.atlas.said import TERRITORIES, unfolded
from tests.kept import reported

Open = Callable[..., Any]
#: Words of who calculates, which stand behind « Pour l’analyste » alone.
JARGON = re.compile(
    r"graine|tirages?\b|M/M/c|Erlang|p-médiane|b = 0|km puissance|écart-type|logarithme"
    r"|[Aa]ppui [1-4]|demande inclinée|cpts-geo |loi de Poisson|variance",
)
#: What a line breaks that it may not: a sign parted from its word, a number from its unit.
BROKEN = """() => {
  const found = [], range = document.createRange();
  const unit = /^(min|h|km²?|%|€|hab\\.|habitants?|créneaux?|heures?|minutes?)(?![\\wé’])/;
  const line = (node, at) => {
    range.setStart(node, at); range.setEnd(node, at + 1);
    const box = range.getClientRects()[0];
    return box && box.width ? box.top : null;
  };
  const parted = (node, one, other) => {
    const tops = [line(node, one), line(node, other)];
    return !tops.includes(null) && Math.abs(tops[0] - tops[1]) > 6;
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, text = node.data;
    if (!text.trim() || node.parentElement.closest("script, style, svg, noscript")) continue;
    const told = (at) => found.push(text.slice(Math.max(0, at - 30), at + 20));
    for (const sign of text.matchAll(/[;:!?»%€«]/g)) {
      const step = sign[0] === "«" ? 1 : -1;
      let at = sign.index + step;
      while (at >= 0 && at < text.length && /\\s/.test(text[at])) at += step;
      if (at >= 0 && at < text.length && parted(node, sign.index, at)) told(sign.index);
    }
    for (const number of text.matchAll(/\\d\\s+(?=\\S)/g)) {
      const after = number.index + number[0].length, rest = text.slice(after);
      if (!unit.test(rest) && !/^\\d{3}(?!\\d)/.test(rest)) continue;
      if (parted(node, number.index, after)) told(number.index);
    }
  }
  return found;
}"""
#: The text outside what only analysts read, scripts and styles left out.
READ = """() => {
  const copy = document.body.cloneNode(true);
  copy.querySelectorAll("script, style, .analyst").forEach((each) => each.remove());
  return copy.textContent;
}"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The five sheets, their index, and a comparison."""
    folder = reported()
    compared = tmp_path_factory.mktemp("compared") / "compare.html"
    pair = [load_scenario(name) for name in ("beauce_gatinais", "beauce_gatinais_16_creneaux")]
    page = compare_page(compare_scenarios(*pair, draws=500), date="29/11/2026")
    compared.write_text(page, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in (*TERRITORIES, "index")} | {
        "compare": compared
    }


PAGES = [*TERRITORIES, "index", "compare"]


@pytest.mark.report
@pytest.mark.parametrize("width", [320, 390, 1366])
@pytest.mark.parametrize("name", PAGES)
def test_no_line_breaks_where_french_does_not(
    name: str, width: int, pages: dict[str, Path], open_offline: Open
) -> None:
    opened = open_offline(pages[name], viewport={"width": width, "height": 800})
    assert unfolded(opened.page).evaluate(BROKEN) == []


@pytest.mark.report
@pytest.mark.parametrize("name", PAGES)
def test_words_of_analysts_are_told_to_analysts(
    name: str, pages: dict[str, Path], open_offline: Open
) -> None:
    text = open_offline(pages[name]).page.evaluate(READ)
    assert [text[max(0, m.start() - 60) : m.end() + 20] for m in JARGON.finditer(text)] == []


@pytest.mark.report
@pytest.mark.parametrize("name", PAGES)
def test_nobody_deserves_a_slot(name: str, pages: dict[str, Path]) -> None:
    text = pages[name].read_text(encoding="utf-8")
    # « un ordre de mérite » is of territories, and says that there is none.
    assert re.findall(r".{30}(?<!ordre de )mérit.{20}", text) == []


@pytest.mark.report
@pytest.mark.parametrize("name", PAGES)
def test_names_and_counts_are_set_as_a_book_sets_them(
    name: str, pages: dict[str, Path], open_offline: Open
) -> None:
    text = open_offline(pages[name]).page.evaluate(READ)
    assert re.findall(r".{20}\w'\w.{20}", text) == []
    assert re.findall(r".{20}\w\(s\).{10}", text) == []
    assert re.findall(r"\bCNAM\b.{20}", text) == []


@pytest.mark.parametrize("line", ["14 créneaux", "Il faudrait : 3", "« oui »"])
def test_a_line_that_breaks_badly_is_seen(line: str, open_offline: Open, tmp_path: Path) -> None:
    page = tmp_path / "narrow.html"
    page.write_text(f"<body><p style='width: 1px'>{line}</p></body>", encoding="utf-8")
    assert open_offline(page).page.evaluate(BROKEN)

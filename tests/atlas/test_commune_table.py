"""The table of communes in a browser: sorted, filtered, saved, tied to the map by two events."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cpts_geo.analysis import Analysis
from cpts_geo.atlas.pages.sheet import sheet_page
from cpts_geo.atlas.sections.territory.communes import commune_table
from cpts_geo.french import typeset
from tests.atlas.said import plain, unfolded
from tests.kept import reported

Open = Callable[..., Any]
KEY = "lvo"
#: Rows as they stand: text of the first column, of those that are shown.
NAMES = """t => [...t.tBodies[0].rows].filter(r => !r.hidden).map(r => r.cells[0].textContent)"""
COLUMN = """(t, k) => [...t.tBodies[0].rows].map(r => r.cells[k].firstChild.textContent)"""
#: Keeps what the page tells the map.
LISTEN = """() => {
  window.told = [];
  for (const kind of ["cpts:pick", "cpts:hover"])
    document.addEventListener(kind, e => window.told.push([kind, e.detail.code, e.detail.from]));
}"""
TELL = """([kind, code]) => document.dispatchEvent(
  new CustomEvent("cpts:" + kind, { detail: { code, from: "map" } }))"""


@pytest.fixture(scope="module")
def pages() -> Path:
    return reported()


@pytest.fixture
def page(pages: Path, open_offline: Open) -> Iterator[Any]:
    opened = open_offline(pages / f"{KEY}.html", accept_downloads=True)
    yield unfolded(opened.page)
    assert (opened.requests, opened.errors) == ([], [])
    opened.close()


def numbers(texts: list[str]) -> list[float]:
    """Numbers of cells, those that are not known left out."""
    kept = ["".join(t.split()).replace("%", "").replace(",", ".") for t in texts]
    return [float(t) for t in kept if t.replace(".", "").isdigit()]


def test_a_head_sorts_both_ways_and_what_is_unknown_stays_last(page: Any) -> None:
    table = page.locator("table.communes")
    heads = table.locator("thead th")
    names = table.evaluate(NAMES)
    assert heads.first.get_attribute("aria-sort") == "ascending"
    place = next(k for k in range(heads.count()) if "min" in heads.nth(k).inner_text())
    button = heads.nth(place).locator("button")
    # L'Île-d'Yeu has no road to an emergency department.
    for way, last_first in (("descending", True), ("ascending", False)):
        button.focus()
        page.keyboard.press("Enter")
        assert heads.nth(place).get_attribute("aria-sort") == way
        assert table.locator("[aria-sort]").count() == 1
        texts = table.evaluate(COLUMN, place)
        assert texts[-1] == "donnée absente"
        assert numbers(texts) == sorted(numbers(texts), reverse=last_first)
    heads.first.locator("button").click()
    assert table.evaluate(NAMES) == names


def test_the_filter_ignores_accents_and_speaks_once_settled(page: Any) -> None:
    table, count = page.locator("table.communes"), page.locator("#communes-compte")
    page.clock.install(time=0)
    page.clock.pause_at(60_000)
    page.get_by_role("searchbox", name="Chercher une commune").fill("ILE d'y")
    assert table.evaluate(NAMES) == ["L’Île-d’Yeu"]
    page.clock.run_for(300)
    assert count.inner_text() == ""
    page.clock.run_for(400)
    assert count.inner_text() == "1 commune sur 35"
    page.get_by_role("searchbox", name="Chercher une commune").fill("85047")
    assert table.evaluate(NAMES) == ["Challans"]
    page.get_by_role("searchbox", name="Chercher une commune").fill("")
    assert len(table.evaluate(NAMES)) == 35


def test_a_row_and_the_map_say_the_same_commune(page: Any) -> None:
    table = page.locator("table.communes")
    page.evaluate(LISTEN)
    row = table.locator("tbody tr").nth(2)
    code = row.locator("td").first.inner_text()
    row.hover()
    row.locator("button").click()
    assert row.get_attribute("aria-current") == "true"
    told = page.evaluate("window.told")
    assert ["cpts:hover", code, "table"] in told
    assert [each for each in told if each[2] == "table"][-1] == ["cpts:pick", code, "table"]
    row.locator("button").click()
    told = page.evaluate("window.told")
    assert [each for each in told if each[2] == "table"][-1] == ["cpts:pick", None, "table"]
    # What the map says moves the table inside its frame, and never the page.
    before, last = page.evaluate("scrollY"), table.locator("tbody tr").last
    other = last.locator("td").first.inner_text()
    page.evaluate(TELL, ["pick", other])
    assert last.get_attribute("aria-current") == "true"
    assert table.locator("[aria-current]").count() == 1
    assert page.evaluate("scrollY") == before
    frame = page.locator(".scroll:has(> table.communes)")
    assert frame.evaluate("e => e.scrollTop") > 0
    page.evaluate(TELL, ["hover", code])
    assert row.evaluate("e => e.hasAttribute('data-hover')")
    page.evaluate(TELL, ["hover", None])
    page.evaluate(TELL, ["pick", None])
    assert table.locator("[aria-current], [data-hover]").count() == 0
    # A commune of the surroundings has no row.
    page.evaluate(TELL, ["pick", "75056"])
    assert table.locator("[aria-current]").count() == 0


def saved(page: Any) -> tuple[bytes, list[list[str]]]:
    """The file of the button, and its rows as a spreadsheet parts them."""
    with page.expect_download() as found:
        page.get_by_role("button", name="Télécharger en CSV").click()
    content = Path(found.value.path()).read_bytes()
    return content, list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_the_csv_is_for_a_french_spreadsheet(five: Analysis, page: Any) -> None:
    content, (heads, *rows) = saved(page)
    assert content.startswith(b"\xef\xbb\xbf") and content.count(b"\r\n") == 36
    assert heads[:2] == ["Commune", "Code Insee"]
    apl = heads.index("APL aux médecins généralistes, 2023 (consultations par an et par habitant "
                      "standardisé)")  # fmt: skip
    assert heads[apl + 1] == f"{heads[apl]}, statut"
    communes = five.studies[KEY].communes.set_index("code_insee")
    assert [row[1] for row in rows] == [f'="{code}"' for code in communes.loc[
        [row[1][2:-1] for row in rows]].index]  # fmt: skip
    for row in rows:
        commune = communes.loc[row[1][2:-1]]
        assert row[0] == typeset(commune["name"].replace("'", "’"))
        assert float(row[apl].replace(",", ".")) == pytest.approx(commune["apl_2023"], abs=0.005)
        assert "." not in row[apl] and row[apl + 1] == "calculé"
    island = next(row for row in rows if row[0] == "L’Île-d’Yeu")
    unknown = [at for at, word in enumerate(island) if word == "donnée absente"]
    assert unknown and all(island[at - 1] == "" for at in unknown)
    assert {len(row) for row in rows} == {len(heads)}


@pytest.mark.parametrize("evil", ['=1+1;"<b>', "+cmd|' /C calc'!A0", "@x\t-2"])
def test_names_of_others_stay_names(five: Analysis, open_offline: Open, evil: str) -> None:
    study = five.studies["asclepios"]
    communes = study.communes.copy()
    communes.loc[communes.index[0], "name"] = evil
    html = sheet_page(study.with_parts(communes=communes), national=five.national, date="ce jour")
    opened = open_offline(html, accept_downloads=True)
    unfolded(opened.page)
    _, (_, *rows) = saved(opened.page)
    code = communes["code_insee"].iloc[0]
    (row,) = (row for row in rows if row[1] == f'="{code}"')
    assert row[0].startswith("'") and row[0].replace("'", "") == evil.replace("'", "")
    assert opened.page.locator("table.communes b").count() == 0
    assert opened.errors == []
    opened.close()


def test_a_phone_shows_cards_of_three_lines(pages: Path, open_offline: Open) -> None:
    opened = open_offline(
        pages / f"{KEY}.html",
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
    )
    unfolded(opened.page)
    heights = opened.page.evaluate(
        """() => [...document.querySelectorAll('table.communes tbody tr:not(:has(.unknown))')]
          .filter(r => r.cells[0].innerText.length <= 24).map(r => r.clientHeight)"""
    )
    # « Donnée absente », or a long name, takes one line more.
    assert max(heights) <= 95
    assert opened.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = opened.page.evaluate(
        """() => [...document.querySelectorAll('.tools *, .communes *')].filter(e =>
          e.checkVisibility() && parseFloat(getComputedStyle(e).fontSize) < 13)
          .map(e => e.outerHTML)"""
    )
    assert small == []
    opened.page.get_by_label("Trier par").select_option(label="habitants")
    first = opened.page.locator("table.communes tbody th").first.inner_text()
    assert first == "Challans"
    opened.close()


@pytest.mark.parametrize("key", ["beauce_gatinais", "lvo"])
def test_a_plain_table_without_scripts_says_the_same(
    five: Analysis, pages: Path, open_offline: Open, key: str
) -> None:
    opened = open_offline(pages / f"{key}.html", java_script_enabled=False)
    page = opened.page
    page.locator("#table > summary").click()
    assert not page.locator("#communes-outils").is_visible()
    _, rows = commune_table(five.studies[key].communes)
    table = page.locator("table.communes")
    assert table.locator("caption").count() == 1
    assert table.locator("tbody tr").count() == len(rows)
    first = table.locator("tbody tr").first.locator("th, td").all_inner_texts()
    assert [plain(text) for text in first] == [
        plain(cell.text).replace("'", "’") for cell in rows[0]
    ]
    # Each column says in words how it is known.
    heads = table.locator("thead th").all_inner_texts()
    assert all(any(word in head for word in ("mesuré", "calculé", "estimé")) for head in heads[2:])
    html = (pages / f"{key}.html").read_text(encoding="utf-8")
    body = html[html.index('<table class="named sortable communes"') :]
    body = body[body.index("<tbody>") : body.index("</tbody>")]
    assert len(body.encode()) <= 600 * len(rows)
    opened.close()


def test_every_status_is_in_words_for_who_hears_the_page(pages: Path, open_offline: Open) -> None:
    opened = open_offline(pages / "beauce_gatinais.html")
    silent = opened.page.evaluate(
        """() => [...document.querySelectorAll('td .status[aria-hidden], th .status[aria-hidden]')]
          .filter(e => !e.nextElementSibling || !e.nextElementSibling.matches('.vh')
            || !e.nextElementSibling.textContent.trim()).map(e => e.parentNode.outerHTML)"""
    )
    assert silent == []
    assert opened.page.locator("td .status").count() > 100
    assert opened.page.locator("main table:not(:has(caption))").count() == 0
    opened.close()

"""The two printed pages: two whatever the territory, nothing cut, nothing small, all escaped."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cpts_geo.analysis import Analysis
from cpts_geo.atlas.look.templating import template
from cpts_geo.atlas.maps.drawings import still_maps
from cpts_geo.atlas.pages.sheet import sheet_page
from cpts_geo.atlas.sections.paper import section
from cpts_geo.atlas.sections.paper._fitting import css_text, fitting, others, shortened
from cpts_geo.atlas.sections.paper._levers import levers
from cpts_geo.sources.embedding import embedded
from cpts_geo.study.study import Study
from tests.atlas.said import plain
from tests.conftest import OpenedPage
from tests.kept import analysed
from tests.pdf_tags import structure

Open = Callable[..., OpenedPage]
FIVE = ("asclepios", "beauce_gatinais", "lvo", "ondaine_forez", "ouest_loiret")
#: Of a few communes, of many, overseas, with nothing known, one too large for a queue, an island.
OTHERS = {
    "three communes on an island": {"epci": ["249710047"]},
    "dots all alike": {"epci": ["243600343"]},
    "128 communes": {"epci": ["245701206"]},
    "an order of magnitude beyond 600 slots": {"epci": ["200054781"]},
    "nothing known": {"epci": ["200060457"]},
    "two arrondissements": {"name": "Paris sud", "perimeter": "commune\nParis 13e\nParis 14ème\n"},
    "an island commune": {"name": "Île", "perimeter": "commune\nL'Île-d'Yeu\n"},
    "400 communes": {"name": "Quatre cents", "perimeter": "four hundred"},
}  # fmt: skip
#: Points of the smallest letters.
SMALLEST = 8.5
_POINT = 0.75
HOSTILE = '</style><script>window.owned = 1</script> "\\ } body { display: none }'

#: What is wrong of each of the two pages, by rectangles: what passes the sheet or its own box.
WRONG = """() => [...document.querySelectorAll('.a4')].map(page => {
  const sheet = page.getBoundingClientRect(), wrong = [];
  if (page.scrollHeight > page.clientHeight) wrong.push('the sheet is too small');
  for (const each of page.querySelectorAll('*')) {
    if (each.closest('.vh') || each.closest('svg') && each.tagName !== 'svg') continue;
    const box = each.getBoundingClientRect();
    const name = each.tagName + '.' + each.className;
    if (box.bottom > sheet.bottom + 1 || box.right > sheet.right + 1) wrong.push(name + ' out');
    const cut = getComputedStyle(each).display !== 'inline' && each.tagName !== 'svg';
    if (cut && each.scrollHeight > each.clientHeight + 2) wrong.push(name + ' cut below');
    if (cut && each.scrollWidth > each.clientWidth + 2) wrong.push(name + ' cut aside');
  }
  return wrong;
})"""
#: Points of the letters of what is shown of a part: those of the text, of drawings as scaled.
SIZES = """selector => [...document.querySelectorAll(selector)].filter(each =>
    [...each.childNodes].some(child => child.nodeType === 3 && child.textContent.trim())
    && !each.closest('.vh, style, script') && each.checkVisibility()).map(each => {
  const size = parseFloat(getComputedStyle(each).fontSize), drawing = each.ownerSVGElement;
  if (!drawing) return size;
  const shown = drawing.getBoundingClientRect(), box = drawing.viewBox.baseVal;
  return size * Math.min(shown.width / box.width, shown.height / box.height);
})"""
#: What passes the edge of the paper: the browser would then shrink every page, the two with them.
PAST_THE_EDGE = """() => [...document.querySelectorAll('main *, footer *')].filter(each =>
    each.checkVisibility() && !each.closest('svg, .vh')
    && each.getBoundingClientRect().right > innerWidth + 1).map(each => each.outerHTML)"""
#: Points of the letters of the annex, and pages of it with the two before.
SMALLEST_OF_ANNEX, LONGEST = 8.0, 18


def asked(case: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Fields of a request: a list of communes becomes a file."""
    if "perimeter" not in case:
        return case
    text = case["perimeter"]
    if text == "four hundred":
        communes = embedded.load_communes()
        found = communes.loc[communes["departement"].isin(["54", "55"]), "code_insee"][:400]
        text = "code_insee\n" + "\n".join(found) + "\n"
    file = folder / "liste.csv"
    file.write_text(text, encoding="utf-8")
    return {**case, "perimeter": file}


def opened_on_paper(study: Study, national: Any, open_offline: Open) -> OpenedPage:
    page = sheet_page(study, national=national, date="29/11/2026")
    # As wide as what the margins leave of A4.
    opened = open_offline(page, viewport={"width": 703, "height": 1000})
    opened.page.emulate_media(media="print")
    return opened


def pages_of(opened: OpenedPage) -> int:
    pdf = opened.page.pdf(prefer_css_page_size=True)
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def check(study: Study, national: Any, open_offline: Open) -> None:
    opened = opened_on_paper(study, national, open_offline)
    assert opened.page.evaluate(WRONG) == [[], []]
    smallest = min(opened.page.evaluate(SIZES, ".paper *")) * _POINT
    assert smallest >= SMALLEST - 0.01, smallest
    assert pages_of(opened) == 2
    # A drawing is as sharp as any paper: what is left of its letters is what counts, above.
    assert opened.page.locator(".a4 img").count() == 0
    drawn = opened.page.locator(".a4 svg.drawing")
    assert drawn.count() == int(study.communes.geometry.notna().any())
    assert opened.requests == []
    assert opened.errors == []
    opened.close()


@pytest.mark.parametrize("name", FIVE)
def test_the_five_are_two_pages_with_nothing_cut(
    name: str, five: Analysis, open_offline: Open
) -> None:
    check(five.studies[name], five.national, open_offline)


@pytest.mark.parametrize("name", OTHERS)
def test_others_are_two_pages_with_nothing_cut(
    name: str, tmp_path: Path, open_offline: Open
) -> None:
    found = analysed(**asked(OTHERS[name], tmp_path), draws=200, fetched=False)
    (study,) = found.studies.values()
    check(study, found.national, open_offline)


def sixty() -> list[str]:
    """Intercommunalités from the smallest to the largest, those overseas among them."""
    communes = embedded.load_communes().dropna(subset=["epci"])
    sizes = communes.groupby("epci").agg(
        communes=("code_insee", "size"),
        people=("population", "sum"),
        where=("departement", "first"),
    )
    by_size, by_people = (list(sizes.sort_values(x).index) for x in ("communes", "people"))
    chosen = by_size[:4] + by_size[-4:] + by_people[:4] + by_people[-4:]
    chosen += list(sizes.index[sizes["where"].str.startswith("97")])[:12]
    chosen += by_size[:: len(by_size) // 40]
    return list(dict.fromkeys(map(str, chosen)))[:60]


@pytest.mark.full
@pytest.mark.parametrize("code", sixty())
def test_sixty_are_two_pages_with_nothing_cut(code: str, open_offline: Open) -> None:
    found = analysed(epci=[code], draws=200, fetched=False)
    (study,) = found.studies.values()
    check(study, found.national, open_offline)


@pytest.fixture(scope="module")
def beauce(five: Analysis) -> Study:
    return five.studies["beauce_gatinais"]


@pytest.fixture
def shown(beauce: Study, five: Analysis, open_offline: Open) -> Iterator[OpenedPage]:
    opened = opened_on_paper(beauce, five.national, open_offline)
    yield opened
    opened.close()


def test_paper_is_hidden_on_screen_and_alone_on_paper(shown: OpenedPage) -> None:
    page = shown.page
    seen = (
        "[...document.body.children].filter(each => each.checkVisibility() && each.clientHeight)"
        ".map(each => each.className)"
    )
    assert page.evaluate(seen) == ["paper"]
    page.emulate_media(media="screen")
    assert "paper" not in page.evaluate(seen)
    assert not page.locator(".paper .name").is_visible()


def test_the_annex_follows_where_its_box_is_ticked(shown: OpenedPage) -> None:
    page = shown.page
    page.emulate_media(media="screen")
    page.get_by_label("avec l’annexe").check()
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend',"
        " '<details><summary>Plus</summary><p id=folded>Replié.</p></details>')"
    )
    assert not page.locator("#folded").is_visible()
    page.emulate_media(media="print")
    assert page.locator("main").is_visible()
    assert page.locator("#folded").is_visible()
    assert pages_of(shown) > 2
    page.emulate_media(media="screen")
    page.get_by_label("avec l’annexe").uncheck()
    page.emulate_media(media="print")
    assert pages_of(shown) == 2


@pytest.mark.parametrize("name", [*FIVE, "128 communes", "nothing known"])
def test_the_annex_is_short_and_nothing_in_it_is_cut_small_or_alone(
    name: str, five: Analysis, tmp_path: Path, open_offline: Open
) -> None:
    found = five
    if name not in FIVE:
        found = analysed(**asked(OTHERS[name], tmp_path), draws=200, fetched=False)
    study = five.studies[name] if name in FIVE else next(iter(found.studies.values()))
    page = sheet_page(study, national=found.national, date="x")
    # As wide as what the margins of the annex leave of A4.
    opened = open_offline(page, viewport={"width": 718, "height": 1000})
    opened.page.get_by_label("avec l’annexe").check()
    opened.page.emulate_media(media="print")
    assert opened.page.evaluate(PAST_THE_EDGE) == []
    assert min(opened.page.evaluate(SIZES, "main *, footer *")) * _POINT >= SMALLEST_OF_ANNEX
    whole = structure(opened.page.pdf(prefer_css_page_size=True, tagged=True))
    assert 2 < len(whole.pages) <= LONGEST
    for drawing in whole.all("Figure"):
        assert len(drawing.pages) == 1, drawing.instead
    for table in whole.all("Table"):
        head, *rows = table.all("TR")
        if not rows:
            # A table that is whole on its page may be told as two, a row in each.
            continue
        places = [row.pages for row in rows]
        assert {len(pages) for pages in places} == {1}
        assert min(head.pages) == min(table.pages) == min(places[0])
        alone = [pages for pages, count in Counter(places).items() if count == 1]
        assert len(rows) == 1 or not alone
    opened.close()


def test_the_annex_is_asked_for_in_the_address(
    beauce: Study, five: Analysis, open_offline: Open, tmp_path: Path
) -> None:
    file = tmp_path / "fiche.html"
    file.write_text(sheet_page(beauce, national=five.national, date="x"), encoding="utf-8")
    opened = open_offline(file)
    opened.page.goto(f"{file.as_uri()}?annexe=1")
    assert opened.page.get_by_label("avec l’annexe").is_checked()
    assert pages_of(opened) > 2
    opened.close()


def test_without_scripts_it_is_two_pages_and_no_box(
    beauce: Study, five: Analysis, open_offline: Open
) -> None:
    page = sheet_page(beauce, national=five.national, date="x")
    opened = open_offline(page, java_script_enabled=False)
    assert not opened.page.locator("#imprimer-annexe").is_visible()
    assert pages_of(opened) == 2
    opened.close()


def blocks(study: Study, national: Any) -> tuple[dict[str, Any], list[str], list[str]]:
    stills = still_maps(study.communes, national=national)
    found = section(study, stills=stills, date="x", used=[])
    first, second = found["pages"]
    return found | dict(first) | dict(second), [n for n, _ in first], [n for n, _ in second]


def test_blocks_stand_in_the_order_of_the_meeting(beauce: Study, five: Analysis) -> None:
    found, first, second = blocks(beauce, five.national)
    assert first == ["band", "messages", "figures", "map"]
    assert second == ["need", "year", "levers", "unknown", "steps", "sources"]
    result = beauce.headline
    assert result is not None and result.today is not None and result.planned is not None
    needed = result.slots_per_day.p50
    assert found["title"] == f"Il faudrait {needed} créneaux par jour ; il y en a 8"
    labels = [line.label for line in found["messages"]["lines"]]
    assert labels == ["Besoin", "Écart", "Levier"]


def test_what_is_not_known_has_no_block_and_says_whom_to_ask(tmp_path: Path) -> None:
    case = asked(OTHERS["nothing known"], tmp_path)
    found = analysed(**case, draws=200, fetched=False)
    (study,) = found.studies.values()
    told, first, second = blocks(study, found.national)
    assert first == ["band", "messages", "figures", "map"]
    assert second == ["need", "unknown", "steps", "sources"]
    assert "à la CPAM" in " ".join(told["need"]["asked"])
    rows = {row.label: row.cells[0] for row in told["figures"]["rows"]}
    assert rows["Accès aux généralistes (APL)"].text == "voir la Drees"
    assert not any(cell.text == "0" for cell in rows.values())


@pytest.mark.parametrize("name", FIVE)
def test_a_lever_is_shown_only_where_something_moves(name: str, five: Analysis) -> None:
    study = five.studies[name]
    found, _, second = blocks(study, five.national)
    access = study.access
    rows = [] if "levers" not in second else found["levers"]["rows"]
    for row in rows:
        assert not re.match(r"\+0\b|0\b", row.numbers[0][0])
    every = [lever.title for lever in levers(study)]
    assert all(("centre" not in t) or access.opening is not None for t in every)
    moved = [
        shift.title
        for shift in access.shifts
        if abs(shift.means.loc["central", "after"] - shift.means.loc["central", "before"]) > 0.005
    ]
    assert [t for t in every if t in {s.title for s in access.shifts}] == moved
    assert len(rows) + (found["levers"]["more"] != "") <= len(every)


@pytest.mark.parametrize("name", FIVE)
def test_three_levers_say_hours_share_served_and_cost(name: str, five: Analysis) -> None:
    study = five.studies[name]
    found, _, _ = blocks(study, five.national)
    assert study.capacity is not None
    table = study.capacity.levers
    rows = [row for row in found["levers"]["rows"] if row.title != "Capacité annoncée"]
    assert len(rows) == 3
    assert {row.title for row in rows} <= set(table["lever"])
    for row in rows:
        assert row.numbers[0][0].endswith("h") and row.numbers[2][0].endswith("€")
    (said,) = [line for line in found["messages"]["lines"] if line.label == "Levier"]
    best = table[table["best"]]
    if study.headline is not None and study.headline.today is not None:
        assert said.first.startswith(best["lever"].iloc[0])
        assert "le moins coûteux qui suffise" in said.rest
    else:
        assert best.empty
        assert all("à lui seul" in row.numbers[1][1] or not row.numbers[1][0] for row in rows)


def test_what_was_announced_is_quoted_and_stands_beside_the_official_figure(
    beauce: Study, five: Analysis
) -> None:
    page = plain(unescape(sheet_page(beauce, national=five.national, date="x")))
    paper = page[page.index('<div class="paper">') : page.index("<main")]
    row = re.search(r"Les mêmes, annoncés.*?</tr>", paper, re.S)
    assert row
    assert re.findall(r"« (\d+) »", row[0]) == ["30", "57", "87"]
    assert "●" not in row[0]


def test_names_of_others_are_text_on_paper_and_in_its_foot(
    beauce: Study, five: Analysis, open_offline: Open
) -> None:
    outline = pd.Series({**beauce.outline, "name": HOSTILE, "document": HOSTILE * 9})
    study = beauce.with_parts(outline=outline)
    opened = opened_on_paper(study, five.national, open_offline)
    assert opened.page.evaluate("window.owned") is None
    assert opened.errors == []
    assert opened.page.locator(".paper .name").inner_text().startswith("</style><script>")
    assert opened.page.evaluate(WRONG) == [[], []]
    assert pages_of(opened) == 2
    opened.close()


def test_the_foot_is_the_text_it_was_given(open_offline: Open) -> None:
    style = f"<style>#foot::before {{ content: {css_text(HOSTILE)} }}</style>"
    opened = open_offline(f"<!doctype html>{style}<p id=foot></p>")
    shown = "getComputedStyle(document.querySelector('#foot'), '::before').content"
    written = opened.page.evaluate(f"JSON.parse({shown})")
    assert written == HOSTILE
    opened.close()


def test_the_foot_names_territory_date_page(shown: OpenedPage, beauce: Study) -> None:
    rules = shown.page.evaluate(
        "[...document.styleSheets].flatMap(each => [...each.cssRules])"
        ".filter(each => each instanceof CSSPageRule).map(each => each.cssText).join(' ')"
    )
    assert "counter(page)" in rules and "counter(pages)" in rules
    assert f"{beauce.name} · 29/11/2026 · Insee" in rules


def test_what_is_cut_is_told() -> None:
    assert shortened("Un nom", 20) == "Un nom"
    assert shortened("Communauté de communes du Val", 20) == "Communauté de…"
    assert len(shortened("x" * 400, 30)) == 30
    assert fitting(["a" * 30, "b" * 30, "c"], 40) == (["a" * 30], 2)
    assert fitting(["a" * 300], 40)[1] == 0
    assert others(0) == ""
    assert others(1) == "… et 1 autre : voir l’annexe"
    assert others(3) == "… et 3 autres : voir l’annexe"


def test_other_pages_print_as_they_are(open_offline: Open) -> None:
    css = template("print.css").render()
    opened = open_offline(f"<!doctype html><style>{css}</style><main id=m>Comparer</main>")
    opened.page.emulate_media(media="print")
    assert opened.page.locator("#m").is_visible()
    opened.close()

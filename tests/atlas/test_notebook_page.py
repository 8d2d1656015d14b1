"""The page of an executed notebook: read, heard and shown without a network."""

from __future__ import annotations

import base64
import re

import folium
import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cpts_geo.atlas.maps.live.bare import bare_map
from cpts_geo.atlas.pages.notebook import notebook_page
from cpts_geo.atlas.pages.notebook_index import Row, notebook_index_page
from cpts_geo.errors import AssetError
from cpts_geo.french import NNBSP

DOT = base64.b64encode(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )
).decode()
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>'
TABLE = (
    '<table class="dataframe"><thead><tr><th></th><th>APL</th></tr></thead>'
    "<tbody><tr><th>Dry</th><td>1,2</td></tr></tbody></table>"
)
MAP = bare_map(location=[48.0, 2.0])._repr_html_()


def shown(**data):
    """A result, by its kinds."""
    named = {
        "png": "image/png", "svg": "image/svg+xml", "html": "text/html", "text": "text/plain",
        "widget": "application/vnd.jupyter.widget-view+json", "script": "application/javascript",
    }  # fmt: skip
    data = {named[kind]: value for kind, value in data.items()}
    return new_output("execute_result", data=data, execution_count=1)


def code(source, *outputs):
    return new_code_cell(source, outputs=list(outputs), execution_count=1)


def page(*cells, title="01. Essai", links=(), folder=None, **metadata):
    notebook = new_notebook(cells=list(cells), metadata=metadata)
    return notebook_page(
        notebook, title=title, territory="Pays d’<Iroise>", folder=folder, links=links, date="x"
    )


@pytest.fixture(scope="module")
def whole():
    return page(
        new_markdown_cell("# 01. *Essai*\n\n#### Trop bas\n\n| a | b |\n|---|---|\n| 1 | 2 |"),
        code("x = '<b>'  # « d'abord »", new_output("stream", name="stdout", text="\x1b[31mici")),
        code("df", shown(html=TABLE, text="df")),
        code("plot", shown(png=DOT, text="<Figure>")),
        code("svg", shown(svg=SVG), *[shown(html='<section aria-label="Vue">v</section>')] * 2),
        new_markdown_cell("# Une autre partie\n\n### La carte"),
        code("map", shown(html=MAP), shown(html="<iframe srcdoc='<p>a</p>'></iframe>")),
        code("w", new_output("stream", name="stderr", text="FutureWarning")),
        code("panel", shown(widget={"model_id": "1"}, text="IntSlider(value=3)")),
        code("script", shown(script="alert(1)", text="js")),
        code(""),
        widgets={"application/vnd.jupyter.widget-state+json": {"state": {}}},
    )  # fmt: skip


def test_it_is_a_french_page_with_its_title_and_its_territory(whole):
    assert '<html lang="fr">' in whole
    assert "<title>01. Essai — Pays d’&lt;Iroise&gt;</title>" in whole
    assert "<strong>Pays d’&lt;Iroise&gt;</strong>" in whole


def test_headings_go_in_order_under_one_title(whole):
    assert re.findall(r"<h(\d)[^>]*>(.*?)</h(\d)>", whole) == [
        ("1", "01. <em>Essai</em>", "1"),
        ("2", "Trop bas", "2"),
        ("2", "Une autre partie", "2"),
        ("3", "La carte", "3"),
    ]


def test_a_notebook_without_heading_gets_its_title():
    assert re.findall(r"<h1.*?</h1>", page(code("1"))) == ["<h1>01. Essai</h1>"]


def test_code_is_there_and_folded(whole):
    folded = re.findall(r"<details[^>]*>\s*<summary>(.*?)</summary>\s*<pre>(.*?)</pre>", whole)
    assert "<details open" not in whole
    assert ("Code de la cellule 1", "<code>x = '&lt;b&gt;'  # « d'abord »</code>") in folded
    assert ("Messages techniques", "FutureWarning") in folded
    # An empty cell has none.
    assert sum(head.startswith("Code") for head, _ in folded) == 8


def test_what_is_seen_has_words(whole):
    said = re.findall(r'<img[^>]* alt="([^"]*)"', whole)
    assert said == [f"Figure {n}{NNBSP}: Trop bas" for n in (1, 2)]
    assert all("title=" in tag[:400] for tag in re.findall(r"<iframe.*?>", whole))
    assert '<th scope="col">APL</th>' in whole
    assert '<th scope="row">Dry</th>' in whole
    assert "<tr><td></td><th" in whole
    assert re.findall(r"<section.*?>", whole) == [
        '<section aria-label="Vue">', '<section aria-label="Vue (2)">'
    ]  # fmt: skip
    assert len(re.findall(r'<div class="scroll" tabindex="0" role="group"', whole)) == 2


def test_an_image_that_has_words_keeps_them():
    given = shown(png=DOT)
    given["metadata"] = {"image/png": {"alt": "Deux <barres>"}}
    html = '<img src="data:image/png;base64,AA=="><img alt="" src="data:image/png;base64,AA==">'
    found = page(code("1", given, shown(html=html)))
    assert re.findall(r'<img[^>]* alt="([^"]*)"', found) == [
        "Deux &lt;barres&gt;", f"Figure 1{NNBSP}: 01. Essai", ""
    ]  # fmt: skip


def test_what_only_lives_in_jupyterlab_is_said_or_still(whole):
    assert "s’essaient dans JupyterLab" in whole
    assert not re.search(r"IntSlider|>alert|widget-state|require\.|mathjax", whole, re.IGNORECASE)
    still = page(code("panel", shown(widget={"model_id": "1"}, html="<p>3 créneaux</p>")))
    assert "3 créneaux" in still and "JupyterLab" not in still


def test_links_lead_to_pages_or_nowhere():
    prose = "[a](02_b.ipynb#fin) [b](03_c.ipynb) [c](README.md) [d](https://insee.fr) [e](#ici)"
    found = page(new_markdown_cell(prose), links=["02_b"])
    assert re.findall(r"<a(.*?)>(\w)</a>", found) == [
        (' href="02_b.html#fin"', "a"), ("", "b"), ("", "c"),
        (' href="https://insee.fr"', "d"), (' href="#ici"', "e"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "html",
    [
        '<img alt="x" src="https://example.org/x.png">',
        '<script src="https://cdn.example.org/x.js"></script>',
        folium.Map([48, 2])._repr_html_(),
    ],
    ids=["image", "script", "map"],
)
def test_what_would_ask_a_network_is_refused(html):
    with pytest.raises(AssetError):
        page(code("1", shown(html=html)))


def test_an_image_beside_the_notebook_is_embedded(tmp_path):
    (tmp_path / "x.png").write_bytes(base64.b64decode(DOT))
    found = page(new_markdown_cell("![Un point](x.png)"), folder=tmp_path)
    assert re.search(r'<img alt="Un point" src="data:image/png;base64,', found)


def test_the_notebook_is_not_modified():
    notebook = new_notebook(cells=[code("1", shown(widget={}, text="w"))], metadata={"widgets": {}})
    before = nbformat.writes(notebook)
    notebook_page(notebook, title="T", territory="x", folder=None, links=(), date="x")
    assert nbformat.writes(notebook) == before


def test_a_browser_shows_it_without_a_network_and_hears_it(whole, open_offline):
    opened = open_offline(whole)
    opened.page.frame_locator("iframe").first.locator(".leaflet-container").wait_for()
    assert Axe().run(opened.page).response["violations"] == []
    hidden = opened.page.get_by_text("d'abord")
    assert not hidden.is_visible()
    opened.page.keyboard.press("Tab")
    assert opened.page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    opened.page.locator("summary").first.focus()
    opened.page.keyboard.press("Enter")
    assert hidden.is_visible()
    assert (opened.requests, opened.errors) == ([], [])
    opened.close()


def test_a_telephone_shows_it_whole(whole, open_offline):
    opened = open_offline(whole, viewport={"width": 320, "height": 700})
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 320
    opened.close()


ROWS = [
    Row("CC des Îles", "01. A & B", "cc_des_iles/01 a.html"),
    Row("CC des Îles", "02. B", "", failure="la cellule n° 2 s’arrête : <Erreur>"),
    Row("CPTS LVO", "02. B", "lvo/02_b.html", failure="stop"),
]


def test_the_list_says_what_failed(open_offline):
    html = notebook_index_page(ROWS, date="01/01/2026")
    assert re.findall(r'<a href="(\w.*?)">(.*?)</a>', html) == [
        ("cc_des_iles/01%20a.html", "01. A &amp; B"), ("lvo/02_b.html", "02. B")
    ]  # fmt: skip
    assert re.findall(r"<h2.*?>(.*?)</h2>", html) == ["CC des Îles", "CPTS LVO"]
    assert html.count("d’une exécution précédente") == 1
    assert "&lt;Erreur&gt;" in html
    opened = open_offline(html)
    assert Axe().run(opened.page).response["violations"] == []
    assert (opened.requests, opened.errors) == ([], [])
    opened.close()


def test_a_list_of_nothing_says_so():
    assert "Aucun carnet n’est écrit" in notebook_index_page([], date="x")

"""Pictures that leave a sheet by its buttons: titled, sourced, whole without the page."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from xml.etree import ElementTree

import pytest
from PIL import Image
from playwright.sync_api import Locator

from cpts_geo.analysis import Analysis
from cpts_geo.atlas.pages.sheet import sheet_page
from tests.conftest import OpenedPage

Open = Callable[..., OpenedPage]
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '"><b>$x$ & Co'


@pytest.fixture(scope="module")
def html(five: Analysis) -> str:
    study = five.studies["beauce_gatinais"]
    communes = study.communes.replace({"name": {"Pithiviers": HOSTILE}})
    study = study.with_parts(communes=communes)
    return sheet_page(study, national=five.national, date="30/11/2026")


@pytest.fixture
def opened(html: str, open_offline: Open) -> Iterator[OpenedPage]:
    found = open_offline(html)
    found.page.evaluate("document.querySelectorAll('main details').forEach(x => x.open = true)")
    yield found
    assert found.requests == []
    assert found.errors == []
    assert found.page.evaluate("window.owned") is None
    found.close()


def taken(opened: OpenedPage, group: Locator, form: str) -> tuple[str, bytes]:
    with opened.page.expect_download() as download:
        group.get_by_role("button", name=form).click()
    return download.value.suggested_filename, download.value.path().read_bytes()


def test_every_drawing_of_the_reading_path_leaves_as_svg(opened: OpenedPage) -> None:
    groups = opened.page.locator("main .take").all()
    drawings = opened.page.locator("main svg:is(.dots, .chart, .sources)").count()
    # And the map.
    assert len(groups) == drawings + 1 > 6
    names = set()
    for group in groups:
        name, content = taken(opened, group, "SVG")
        names.add(name)
        text = content.decode("utf-8")
        root = ElementTree.fromstring(text)
        assert root.tag == f"{SVG}svg"
        words = ["".join(each.itertext()) for each in root.iter(f"{SVG}text")]
        assert words[0].strip()
        assert "CPTS Beauce-Gâtinais · 30/11/2026" in " ".join(words)
        # It needs neither the page's styles nor an address.
        assert "var(" not in text
        assert not {"class", "style", "onload"} & {key for x in root.iter() for key in x.attrib}
        assert not re.search(r'href="(?!#)|url\((?!&quot;#|#|"#)', text)
        used = set(re.findall(r'href="#([^"]+)"', text)) | set(
            re.findall(r"url\(\W*#([\w-]+)", text)
        )
        assert used <= {each.get("id") for each in root.iter()}
    assert len(names) == len(groups)
    assert all(re.fullmatch(r"beauce_gatinais-[a-z0-9-]+\.svg", name) for name in names)


def test_the_map_leaves_as_it_is_chosen(opened: OpenedPage) -> None:
    group = opened.page.get_by_role("button", name="Carte, image en SVG").locator("..")
    box = opened.page.locator(".cpts-map")
    box.get_by_label("Minutes jusqu’au généraliste").check()
    box.get_by_label("Population 2023").check()
    name, content = taken(opened, group, "SVG")
    assert "minutes" in name
    root = ElementTree.fromstring(content)
    words = " ".join("".join(each.itertext()) for each in root.iter(f"{SVG}text"))
    for expected in ("Minutes", "Population municipale", "dans la commune (15)", "IGN", HOSTILE):
        assert expected in words.replace("\u00a0", " ")
    circles = [each for each in root.iter(f"{SVG}circle") if float(each.get("r", 0)) > 5]
    assert len(circles) > 20


def test_a_picture_of_pixels_is_the_same(opened: OpenedPage) -> None:
    group = opened.page.get_by_role("button", name="Carte, image en PNG").locator("..")
    name, content = taken(opened, group, "PNG")
    assert name.endswith(".png")
    image = Image.open(io.BytesIO(content)).convert("RGB")
    assert image.width == 1600
    colours = {colour for _, colour in image.getcolors(1 << 24) or []}
    shown = opened.page.locator(".stills tbody i[style]").first.evaluate(
        "each => getComputedStyle(each).backgroundColor"
    )
    assert tuple(map(int, re.findall(r"\d+", shown))) in colours


def test_without_scripts_no_button_is_there(html: str, open_offline: Open) -> None:
    found = open_offline(html, java_script_enabled=False)
    assert found.page.locator(".take").count() == 0
    found.close()

"""The map in a real Chromium: mouse, touch, keyboard, no script, on a map of the analyst's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import folium
import pytest
from folium.plugins import FloatImage

from cpts_geo.analysis import Analysis
from cpts_geo.atlas.look.offline import inline_assets
from cpts_geo.atlas.maps.embedding import png
from cpts_geo.atlas.maps.interactive import territory_map
from cpts_geo.atlas.maps.layers import territory_layers
from cpts_geo.atlas.maps.live.bare import bare_map
from cpts_geo.atlas.maps.live.commune_layer import CommuneLayer
from cpts_geo.atlas.maps.still import layer_figure
from tests.atlas.read_maps import layer_of
from tests.atlas.said import plain

Open = Callable[..., Any]
KEY = "beauce_gatinais"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
#: An image of one pixel.
DOT = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
    "rkJggg=="
)
#: What is heard of the map by the rest of the page.
LISTEN = """
window.heard = [];
for (const kind of ['pick', 'hover']) {
  document.addEventListener('cpts:' + kind, (event) => heard.push([kind, event.detail.code]));
}
"""


@pytest.fixture(scope="module")
def new(five: Analysis) -> folium.Map:
    study = five.studies[KEY]
    return territory_map(
        study.communes, name=study.name, national=five.national, scenarios=study.scenarios,
        around=study.common.surroundings.field, comparison=study.comparison, proposed=["45119"],
    )  # fmt: skip


@pytest.fixture(scope="module")
def html(new: folium.Map) -> str:
    return inline_assets(new.get_root().render())


@pytest.fixture
def opened(html: str, open_offline: Open) -> Iterator[Any]:
    found = ready(open_offline(html))
    yield found
    assert (found.requests, found.errors) == ([], [])
    found.close()


@pytest.fixture
def phone(html: str, open_offline: Open) -> Iterator[Any]:
    found = ready(open_offline(html, **PHONE))
    yield found
    # Chromium says it where a scroll was begun before a script could hold it.
    errors = [text for text in found.errors if not text.startswith("Ignored attempt to cancel")]
    assert (found.requests, errors) == ([], [])
    found.close()


def ready(found: Any) -> Any:
    """Wait for the map, and hear what it tells."""
    found.page.wait_for_selector(".cpts-map[data-ready]")
    found.page.evaluate(LISTEN)
    return found


def place(page: Any, new: folium.Map, code: str) -> tuple[float, float]:
    """Where a commune is on the screen."""
    layer, data = layer_of(new).get_name(), layer_of(new).data
    x, y = page.evaluate(
        f"row => {{ const p = {layer}._map.latLngToContainerPoint({layer}.place(row));"
        " return [p.x, p.y]; }",
        data["codes"].index(code),
    )
    stage = page.locator(".leaflet-container").bounding_box()
    return stage["x"] + x, stage["y"] + y


def head(page: Any) -> str:
    return str(page.locator(".cpts-head").inner_text())


def test_a_click_opens_the_card_and_tells_the_page(opened: Any, new: folium.Map) -> None:
    page = opened.page
    page.mouse.move(*place(page, new, "45119"))
    assert page.locator(".cpts-tip").inner_text().startswith("Dadonville\n1,45")
    page.mouse.click(*place(page, new, "45119"))
    assert head(page) == "Dadonville"
    assert not page.locator(".cpts-tip").is_visible()
    card = plain(" ".join(page.locator(".cpts-card").inner_text().split()))
    measure = "APL 2023 consultations par an et par habitant standardisé · Drees, 2023"
    assert f"{measure} 1,45 ƒ calculé" in card
    assert "2 354 habitants ● mesuré" in card
    assert "APL après : " in card
    assert "2 354 habitants ● mesuré" in card and "Drees, 2023" in card
    # A unit that is long is told once.
    assert card.count("consultations par an") == 1
    page.keyboard.press("Escape")
    assert head(page) == "CPTS Beauce-Gâtinais"
    assert page.evaluate("heard.filter(([kind]) => kind === 'pick')") == [
        ["pick", "45119"],
        ["pick", None],
    ]
    assert ["hover", "45119"] in page.evaluate("heard")


def test_what_the_table_picks_is_shown(opened: Any) -> None:
    page = opened.page
    page.evaluate(
        "document.dispatchEvent(new CustomEvent('cpts:pick',"
        " {detail: {code: '45252', from: 'table'}}))"
    )
    assert head(page) == "Pithiviers"
    # It does not answer what it is told.
    assert page.evaluate("heard.length") == 1


def test_the_legend_counts_communes_and_marks_the_averages(opened: Any, new: folium.Map) -> None:
    page, data = opened.page, layer_of(new).data
    bins = [text.split("\n") for text in page.locator(".cpts-bin").all_inner_texts()]
    classes = data["layers"][0]["classes"][: data["own"]]
    assert [int(words[1].split()[0]) for words in bins] == [classes.count(str(k)) for k in range(6)]
    assert page.locator(".cpts-mean").all_inner_texts() == [
        "ici 1,83",
        "Loiret 2,62",
        "Centre-Val de Loire 2,92",
        "France 3,74",
    ]
    boxes = [each.bounding_box() for each in page.locator(".cpts-bin i").all()]
    for mean, rank in zip(page.locator(".cpts-mean > i").all(), (1, 2, 2, 3), strict=True):
        x = mean.bounding_box()["x"] + 5
        assert boxes[rank]["x"] - 2 <= x <= boxes[rank]["x"] + boxes[rank]["width"] + 2
    # A class looked at is told from the others.
    before = pixels(page)
    page.locator(".cpts-bin").nth(1).focus()
    during = pixels(page)
    page.locator(".cpts-bin").nth(1).blur()
    assert during != before
    assert pixels(page) == before


def pixels(page: Any) -> str:
    return str(page.evaluate("document.querySelector('.cpts-canvas canvas').toDataURL()"))


def test_names_never_overlap_nor_leave_the_map(opened: Any) -> None:
    page = opened.page
    for _ in range(3):
        boxes = page.evaluate(
            """() => [...document.querySelectorAll('.cpts-name:not(.cpts-site)')].map((each) => {
              const range = document.createRange();
              range.selectNodeContents(each);
              const r = range.getBoundingClientRect();
              return [r.left, r.top, r.right, r.bottom];
            })"""
        )
        assert len(boxes) > 4
        stage = page.locator(".leaflet-container").bounding_box()
        for rank, (left, top, right, bottom) in enumerate(boxes):
            assert stage["x"] <= left and right <= stage["x"] + stage["width"]
            for other in boxes[:rank]:
                assert (
                    right <= other[0]
                    or other[2] <= left
                    or bottom - 2 <= other[1]
                    or other[3] - 2 <= top
                )
        page.locator(".leaflet-control-zoom-in").click()
        page.wait_for_timeout(500)


def test_a_tap_opens_a_sheet_wholly_visible(phone: Any, new: folium.Map) -> None:
    page, data = phone.page, layer_of(new).data
    for code in data["codes"][: data["own"] : 9]:
        x, y = place(page, new, code)
        # Two taps in a row are a zoom.
        page.wait_for_timeout(300)
        page.touchscreen.tap(x, y)
        page.wait_for_selector(".cpts-card.cpts-open")
        box = page.locator(".cpts-card").bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390
        assert box["y"] >= 0 and box["y"] + box["height"] <= 844
        assert page.locator(".cpts-card").evaluate("e => e.scrollHeight <= e.clientHeight + 1")
        page.locator(".cpts-close").tap()
        assert not page.locator(".cpts-card").is_visible()


def test_one_finger_scrolls_and_is_told_that_two_move_the_map(phone: Any) -> None:
    page = phone.page
    assert (
        page.locator(".leaflet-container").evaluate("e => getComputedStyle(e).touchAction")
        == "pan-x pan-y"
    )
    touches = page.context.new_cdp_session(page)
    stage = page.locator(".leaflet-container").bounding_box()
    x, y = stage["x"] + 200, stage["y"] + 200

    def touch(kind: str, *points: tuple[float, float]) -> None:
        touches.send(
            "Input.dispatchTouchEvent",
            {
                "type": kind,
                "touchPoints": [{"x": a, "y": b, "id": k} for k, (a, b) in enumerate(points)],
            },
        )

    centre = (
        f"(() => {{ const c = {layer_name(page)}._map.getCenter(); return [c.lat, c.lng]; }})()"
    )
    before = page.evaluate(centre)
    touch("touchStart", (x, y))
    for step in range(6):
        touch("touchMove", (x, y - 8 * step))
    assert page.locator(".cpts-hint").is_visible()
    touch("touchEnd")
    assert page.evaluate(centre) == before
    touch("touchStart", (x, y), (x + 60, y))
    for step in range(1, 8):
        touch("touchMove", (x, y - 10 * step), (x + 60, y - 10 * step))
    touch("touchEnd")
    page.wait_for_timeout(400)
    assert page.evaluate(centre) != before


def layer_name(page: Any) -> str:
    return str(page.evaluate("Object.keys(window).find(k => k.startsWith('commune_layer'))"))


def test_the_wheel_zooms_with_ctrl_alone(opened: Any) -> None:
    page = opened.page
    zoom = f"{layer_name(page)}._map.getZoom()"
    before = page.evaluate(zoom)
    page.mouse.move(500, 400)
    page.mouse.wheel(0, -300)
    page.wait_for_timeout(400)
    assert page.evaluate(zoom) == before
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    page.wait_for_timeout(400)
    assert page.evaluate(zoom) > before


def test_the_keyboard_walks_pins_and_searches(opened: Any, new: folium.Map) -> None:
    page = opened.page
    walk = page.locator(".cpts-list")
    # One tab stop for the communes.
    assert page.locator(".leaflet-container").get_attribute("tabindex") is None
    walk.focus()
    option = page.locator(".cpts-list [role=option]")
    assert walk.get_attribute("aria-activedescendant") == option.get_attribute("id")
    first = option.inner_text()
    seen = {first}
    for key in ("ArrowDown", "ArrowRight", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
        seen.add(option.inner_text())
    assert len(seen) >= 4
    data = layer_of(new).data
    assert option.get_attribute("aria-setsize") == str(data["own"])
    page.keyboard.press("Enter")
    assert option.inner_text().startswith(head(page) + ",")
    # Said once things are quiet.
    live = page.locator(".cpts-map [aria-live]")
    page.wait_for_timeout(700)
    assert live.inner_text().startswith(head(page))
    page.keyboard.press("/")
    page.keyboard.type("neuville aux")
    assert page.locator(".cpts-found li").first.inner_text() == "Neuville-aux-Bois (45224)"
    page.keyboard.press("Enter")
    assert head(page) == "Neuville-aux-Bois"
    # Without its accents, and by the middle of its name.
    page.locator(".cpts-search").fill("traino")
    assert page.locator(".cpts-found li").first.inner_text() == "Traînou (45327)"
    page.keyboard.press("Escape")
    assert page.locator(".cpts-found li").count() == 0


def test_targets_are_large_enough(phone: Any) -> None:
    sizes = phone.page.evaluate(
        """() => [...document.querySelectorAll('.cpts-map :is(button, input, a)')]
          .filter((each) => each.offsetParent !== null)
          .map((each) => { const r = each.getBoundingClientRect(); return [r.width, r.height]; })"""
    )
    assert len(sizes) > 8
    assert min(min(size) for size in sizes) >= 24


def test_before_and_after_are_swiped_with_equal_classes(opened: Any, new: folium.Map) -> None:
    page, data = opened.page, layer_of(new).data
    assert not page.locator(".cpts-both").is_visible()
    shift = next(each for each in data["layers"] if each["after"])
    page.get_by_label(shift["title"]).check()
    only = [text.split("\n")[0] for text in page.locator(".cpts-bin").all_inner_texts()]
    assert [plain(word) for word in only] == [
        plain(label)
        for rank, label in enumerate(shift["labels"])
        if str(rank) in shift["classes"][: data["own"]]
    ]
    page.locator(".cpts-both").click()
    first = page.locator(".cpts-bin").first.inner_text().split("\n")
    before, after = (
        data["layers"][0]["classes"][: data["own"]],
        shift["after"]["classes"][: data["own"]],
    )
    assert first[0] == "moins de 1,5"
    assert first[1].split("communes")[0].strip() == f"{before.count('0')} → {after.count('0')}"
    middle = pixels(page)
    page.locator(".cpts-range").focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    assert pixels(page) != middle
    page.locator(".cpts-both").click()
    assert not page.locator(".cpts-range").is_visible()


def test_reduced_motion_is_kept_still(html: str, open_offline: Open) -> None:
    found = ready(open_offline(html, reduced_motion="reduce"))
    assert found.page.evaluate(f"{layer_name(found.page)}._map._zoomAnimated") is False
    found.close()


def test_without_scripts_a_still_map_stands_there(five: Analysis, open_offline: Open) -> None:
    rows = five.communes[five.communes["territory"] == "ouest_loiret"]
    figure = layer_figure(rows, territory_layers(rows)[0], name="x", national=five.national)
    new = territory_map(rows, name="x", national=five.national, still=png(figure))
    for html in (inline_assets(new.get_root().render()), new._repr_html_()):
        found = open_offline(html, java_script_enabled=False)
        inner = found.page.frames[-1]
        image = inner.locator("noscript img")
        assert image.is_visible()
        assert image.bounding_box()["width"] > 300
        assert not inner.locator(".folium-map").is_visible()
        found.close()


def test_in_a_part_that_is_closed_the_map_waits(html: str, open_offline: Open) -> None:
    body = re.sub(
        r"(<body[^>]*>)",
        r"\1<details style='width:900px'><summary>Carte</summary><div style='height:700px'>",
        html,
    )
    body = body.replace("</body>", "</div></details></body>")
    found = open_offline(body)
    page = found.page
    page.wait_for_timeout(500)
    page.locator("summary").click()
    page.wait_for_selector(".cpts-map[data-ready]")
    page.wait_for_timeout(300)
    assert page.locator(".cpts-name:not(.cpts-site)").count() > 4
    assert (found.requests, found.errors) == ([], [])
    found.close()


def test_the_map_of_the_reference_opens_without_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_offline: Open
) -> None:
    page = Path(__file__).parents[2] / "docs" / "api" / "own_map.md"
    first, own = re.findall(
        r"^```python\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S
    )
    monkeypatch.chdir(tmp_path)
    exec(f"{first}\n{own}", {})
    found = ready(open_offline(tmp_path / "my_map.html"))
    assert found.page.locator(".cpts-choice input").count() == 2
    assert (found.requests, found.errors) == ([], [])
    found.close()


@pytest.mark.parametrize("own", [True, False], ids=["ours", "folium's own"])
def test_it_stands_on_an_analysts_map_beside_what_folium_makes(
    own: bool, five: Analysis, open_offline: Open
) -> None:
    rows = five.communes[five.communes["territory"] == "ouest_loiret"]
    theirs = bare_map() if own else folium.Map(tiles=None)
    if not own:
        theirs.default_js = bare_map().default_js
        theirs.default_css = bare_map().default_css
    CommuneLayer(rows, territory_layers(rows), label="Ouest Loiret", name="Communes").add_to(theirs)
    group = folium.FeatureGroup("Tournée").add_to(theirs)
    # Popups of folium are made by jQuery, for which a map of ours has what they ask.
    popup = "ici" if own else None
    folium.CircleMarker((47.83, 1.7), radius=12, fill=True, tooltip="cabinet", popup=popup).add_to(
        group
    )
    folium.LayerControl(collapsed=False).add_to(theirs)
    FloatImage(f"data:image/png;base64,{DOT}", bottom=5, left=70).add_to(theirs)
    found = ready(open_offline(inline_assets(theirs.get_root().render())))
    page = found.page
    assert page.locator(".cpts-choice input").count() > 2
    assert page.locator("img.float_image, img[src^='data:image/png']").count() >= 1
    # Their layer lies over ours and answers for itself.
    marker = page.locator("path.leaflet-interactive").bounding_box()
    page.mouse.click(marker["x"] + 12, marker["y"] + 12)
    assert page.locator(".leaflet-tooltip").inner_text() == "cabinet"
    assert page.locator(".leaflet-popup").count() == int(own)
    assert head(page) == "Ouest Loiret"
    # Ours is taken away and put back like any other.
    box = page.get_by_label("Communes", exact=True)
    box.uncheck()
    assert page.locator(".cpts-legend").count() == 0
    box.check()
    page.wait_for_selector(".cpts-legend")
    assert page.locator(".cpts-name").count() > 3
    assert (found.requests, found.errors) == ([], [])
    found.close()

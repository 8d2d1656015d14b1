"""Any map of folium as one file: opened in a real browser with the network cut."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
import pytest
import shapely
from branca.colormap import LinearColormap
from folium import plugins

import cpts_geo as cg
from cpts_geo.errors import AskedError, AssetError, OutputError

Open = Callable[..., Any]
HERE = (48.05, 2.1)
#: The middle of the first square: what a mouse goes to.
FIRST = """() => {
  const path = document.querySelector('.leaflet-interactive'), box = path.getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2];
}"""


def squares() -> gpd.GeoDataFrame:
    """Two squares side by side, with a text that must stay one."""
    return gpd.GeoDataFrame(
        {"nom": ["L’un", "L’autre"], "valeur": [1.0, 12.5], "genre": ["bois", "pré"]},
        geometry=[shapely.box(2, 48, 2.1, 48.1), shapely.box(2.1, 48, 2.2, 48.1)],
        crs=4326,
    )


def plain(**options: Any) -> folium.Map:
    return folium.Map(HERE, zoom_start=11, **options)


def choropleth() -> folium.Map:
    rows, m = squares(), plain(tiles=None)
    folium.Choropleth(
        rows, data=rows, columns=["nom", "valeur"], key_on="feature.properties.nom",
        legend_name="Valeur {{ 1/0 }} <b>",
    ).add_to(m)  # fmt: skip
    return m


def layers() -> folium.Map:
    m = plain()
    group = folium.FeatureGroup("Carrés").add_to(m)
    folium.GeoJson(
        squares(), tooltip=folium.GeoJsonTooltip(["nom"]), popup=folium.GeoJsonPopup(["valeur"])
    ).add_to(group)
    folium.LayerControl(collapsed=False).add_to(m)
    return m


def marked(element: Any, **options: Any) -> folium.Map:
    m = plain(**options)
    element.add_to(m)
    return m


def names(element: Any) -> list[str]:
    """All that a map holds, and what it has already written."""
    parts = [element.header, element.html, element.script] if "header" in vars(element) else []
    inside = [*element._children.values(), *parts]
    return [element.get_name(), *(name for child in inside for name in names(child))]


#: Maker, selector of what is drawn, words of its tooltip and of its popup.
MAPS: dict[str, tuple[Callable[[], folium.Map], str, str, str]] = {
    "tiles alone": (plain, ".leaflet-container", "", ""),
    "no tiles": (lambda: plain(tiles=None), ".leaflet-container", "", ""),
    "explore": (lambda: squares().explore(), "path.leaflet-interactive", "L’un", ""),
    "explore, scale": (
        lambda: squares().explore("valeur", popup=True), "path.leaflet-interactive", "L’un", "12.5"
    ),
    "explore, classes": (
        lambda: squares().explore("valeur", scheme="EqualInterval", k=2, tiles=None),
        "path.leaflet-interactive", "L’un", "",
    ),
    "explore, categories": (
        lambda: squares().explore("genre"), "path.leaflet-interactive", "bois", ""
    ),
    "marker": (
        lambda: marked(folium.Marker(HERE, tooltip="ici", popup="<b>là</b>")),
        "img.leaflet-marker-icon", "ici", "là",
    ),
    "circle": (
        lambda: marked(folium.CircleMarker(HERE, fill=True, tooltip="ici", popup="là")),
        "path.leaflet-interactive", "ici", "là",
    ),
    "div icon": (
        lambda: marked(
            folium.Marker(HERE, icon=folium.DivIcon(html="là", icon_size=(30, 30)), tooltip="ici")
        ),
        ".leaflet-marker-icon", "ici", "",
    ),
    "choropleth": (choropleth, "path.leaflet-interactive", "", ""),
    "layers": (layers, "path.leaflet-interactive", "L’un", "1"),
    "colours": (
        lambda: marked(LinearColormap(["red", "blue"], vmin=0, vmax=0.5, caption="Part")),
        ".legend svg", "", "",
    ),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:Fond de carte")
@pytest.mark.parametrize("name", MAPS)
def test_a_map_opens_without_a_network(name: str, tmp_path: Path, open_offline: Open) -> None:
    make, drawn, tooltip, popup = MAPS[name]
    m = make()
    file = cg.offline(m, tmp_path / "carte.html")
    opened = open_offline(file)
    page = opened.page
    assert page.locator(drawn).first.is_visible()
    if tooltip:
        x, y = page.evaluate(FIRST)
        page.mouse.move(x, y)
        assert tooltip in page.locator(".leaflet-tooltip").inner_text()
        page.mouse.click(x, y)
    if popup:
        page.wait_for_selector(".leaflet-popup-content")
        assert page.locator(".leaflet-popup-content").inner_text()
    if drawn.startswith("img"):
        assert page.locator(drawn).evaluate("image => image.naturalWidth") > 0
    assert (opened.requests, opened.errors) == ([], [])
    opened.close()


@pytest.mark.filterwarnings("ignore:Fond de carte")
def test_a_scale_says_what_it_is(tmp_path: Path, open_offline: Open) -> None:
    opened = open_offline(cg.offline(choropleth(), tmp_path / "carte.html"))
    legend = opened.page.locator(".legend svg")
    assert legend.get_attribute("aria-label") == "Valeur {{ 1/0 }} <b>"
    assert "Valeur {{ 1/0 }} <b>" in legend.text_content()
    assert legend.locator("rect").count() == 6
    assert "12,5" in legend.text_content()
    opened.close()
    found = open_offline(cg.offline(squares().explore("genre"), tmp_path / "autre.html"))
    legend = found.page.locator(".maplegend")
    assert "pré" in legend.inner_text()
    assert legend.evaluate("box => getComputedStyle(box).position") == "absolute"
    found.close()


def test_tiles_are_left_out_and_told_and_the_map_stays_as_it_was(tmp_path: Path) -> None:
    m = squares().explore("valeur")
    m.get_root().render()
    before = names(m.get_root())
    with pytest.warns(UserWarning, match="Fond de carte en ligne retiré : openstreetmap") as told:
        file = cg.offline(m, tmp_path / "carte.html")
    assert told[0].filename == __file__
    assert "tile.openstreetmap" not in file.read_text("utf-8")
    assert names(m.get_root()) == before
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cg.offline(plain(tiles=None), tmp_path / "carte.html")


def test_what_cannot_be_embedded_is_listed_with_what_to_do(tmp_path: Path) -> None:
    m = plain(tiles=None)
    for icon in ("home", "star"):
        folium.Marker(HERE, icon=folium.Icon(icon=icon)).add_to(m)
    plugins.Fullscreen().add_to(m)
    file = tmp_path / "carte.html"
    file.write_text("avant", "utf-8")
    with pytest.raises(AssetError, match=r"folium\.CircleMarker") as caught:
        cg.offline(m, file)
    said = "\n".join(caught.value.defects)
    assert "folium.Icon home au point 48.05, 2.1" in said and "star" in said
    assert "ullscreen" in said
    assert file.read_text("utf-8") == "avant"


def test_what_asks_jquery_for_more_is_refused(tmp_path: Path) -> None:
    m = plain(tiles=None)
    m.get_root().script.add_child(folium.Element('$("#x").hide();'))
    with pytest.raises(AssetError, match="jQuery"):
        cg.offline(m, tmp_path / "carte.html")


def test_neither_a_map_nor_a_place_to_write(tmp_path: Path) -> None:
    with pytest.raises(AskedError, match="carte"):
        cg.offline("carte", tmp_path / "carte.html")  # type: ignore[arg-type]
    (tmp_path / "pris").write_text("", "utf-8")
    with pytest.raises(OutputError):
        cg.offline(plain(tiles=None), tmp_path / "pris" / "carte.html")


@pytest.mark.filterwarnings("ignore:Fond de carte")
@pytest.mark.parametrize("given", [False, True])
def test_ours_takes_what_is_added(given: bool, tmp_path: Path, open_offline: Open) -> None:
    place = cg.territory("beauce_gatinais", draws=1000)
    m = place.explore("apl", m=plain()) if given else place.explore("apl")
    folium.Marker(HERE, tooltip="ici").add_to(m)
    LinearColormap(["red", "blue"], vmin=0, vmax=1, caption="Part").add_to(m)
    if given:
        source: Path | str = cg.offline(m, tmp_path / "carte.html")
        assert "tile.openstreetmap" in m._repr_html_()
    else:
        source = m._repr_html_()
    opened = open_offline(source)
    shown = opened.page if given else opened.page.frame_locator("iframe")
    shown.locator(".cpts-map[data-ready]").wait_for()
    assert shown.locator("img.leaflet-marker-icon").is_visible()
    assert shown.locator(".legend svg").is_visible()
    assert (opened.requests, opened.errors) == ([], [])
    opened.close()

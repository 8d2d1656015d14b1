"""What cannot be drawn, or drawn on, is refused in words, with what to give."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import shapely
from folium import plugins
from matplotlib.figure import Figure

import cpts_geo as cg
from cpts_geo.errors import AskedError, AssetError

HERE = (48.05, 2.1)


@pytest.fixture(scope="module")
def place() -> cg.Territory:
    return cg.territory(["Patay"], departement=45, draws=500)


@pytest.mark.parametrize("column", [["apl"], pd.Series(["apl"]), 3, 1.5, b"apl", ("apl", "x")])
def test_a_column_is_a_name(place: cg.Territory, column: Any) -> None:
    for draw in (place.explore, place.plot):
        with pytest.raises(AskedError, match="le nom d’une colonne") as caught:
            draw(column)
        assert "entre guillemets" in caught.value.remedy


def test_a_map_is_one(place: cg.Territory) -> None:
    for m in (3, "carte", Figure(), place, folium.Figure(), folium.Map):
        with pytest.raises(AskedError, match="une carte où dessiner") as caught:
            place.explore("population", m=m)  # type: ignore[arg-type]
        assert "folium.Map()" in caught.value.remedy


def test_axes_are_one_and_plane(place: cg.Territory) -> None:
    figure = plt.figure()
    bent = [figure.add_subplot(projection=name) for name in ("3d", "polar")]
    try:
        for ax in (3, figure, np.array([figure.add_subplot()]), *bent):
            with pytest.raises(AskedError, match="un repère plan") as caught:
                place.plot("population", ax=ax)  # type: ignore[arg-type]
            assert "plt.subplots()" in caught.value.remedy
    finally:
        plt.close(figure)


def test_a_column_of_ones_own_is_told_why_and_what_is_near(place: cg.Territory) -> None:
    with pytest.raises(AskedError, match="une source et une unité") as caught:
        place.explore("populaton")
    assert "population" in caught.value.remedy and "docs/extend.md" in caught.value.remedy
    assert len(caught.value.remedy.partition(";")[0].split(",")) <= 4


def test_points_of_explore_have_the_marker_and_a_page_a_title(tmp_path: Path) -> None:
    points = gpd.GeoDataFrame(geometry=[shapely.Point(2.1, 48.05)], crs=4326)
    m = points.explore(marker_type="marker", tiles=None)
    page = cg.offline(m, tmp_path / "carte.html").read_text("utf-8")
    assert "L.Icon.Default.mergeOptions" in page
    assert "<title>Carte</title>" in page
    # One point is a bound without a size: Leaflet draws nothing at a zoom without an end.
    assert '"maxZoom": 18' in page


@pytest.mark.parametrize("quote", ["'", '"'])
@pytest.mark.parametrize("address", ["https://x.fr/a.png", "a.png"])
def test_an_image_elsewhere_is_listed_wherever_it_hides(
    quote: str, address: str, tmp_path: Path
) -> None:
    image = f"<img src={quote}{address}{quote}>"
    for marker in (
        folium.Marker(HERE, icon=folium.DivIcon(html=image)),
        folium.Marker(HERE, popup=folium.Popup(folium.IFrame(image))),
        folium.Marker(HERE, popup=image),
    ):
        m = folium.Map(HERE, tiles=None)
        marker.add_to(m)
        with pytest.raises(AssetError) as caught:
            cg.offline(m, tmp_path / "carte.html")
        assert [*caught.value.defects] == [address]
        assert "icône" not in caught.value.remedy


def test_a_page_in_a_popup_is_held_by_the_map(tmp_path: Path) -> None:
    m = folium.Map(HERE, tiles=None)
    folium.Marker(HERE, popup=folium.Popup(folium.IFrame("<b>`là` ${1}</b>"))).add_to(m)
    page = cg.offline(m, tmp_path / "carte.html").read_text("utf-8")
    assert "data:text/html" not in page
    assert "&lt;b&gt;&#96;là&#96; &#36;{1}&lt;/b&gt;" in page


def test_an_extension_is_named_and_an_icon_of_data_is_drawn(tmp_path: Path) -> None:
    m = folium.Map(HERE, tiles=None)
    cluster: Any = plugins.MarkerCluster
    cluster([HERE]).add_to(m)
    with pytest.raises(AssetError, match=r"folium\.plugins\.MarkerCluster") as caught:
        cg.offline(m, tmp_path / "carte.html")
    assert "extension" in caught.value.remedy and "icône" not in caught.value.remedy
    drawn = folium.Map(HERE, tiles=None)
    folium.Marker(HERE, icon=folium.CustomIcon("data:image/png;base64,AAAA")).add_to(drawn)
    assert cg.offline(drawn, tmp_path / "carte.html").is_file()

"""Counts are circles: as much area for each thing counted, never an area of land."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from cpts_geo.analysis import Analysis
from cpts_geo.atlas.look import style
from cpts_geo.atlas.look.offline import inline_assets
from cpts_geo.atlas.maps import _circles, interactive, still
from cpts_geo.atlas.maps._circles import INFERRED, MEASURED, NONE, Circle, circles, key, places
from cpts_geo.atlas.maps.layers import MapLayer, territory_layers
from cpts_geo.atlas.maps.live._columns import DIGITS
from cpts_geo.atlas.maps.live._columns import LARGEST as LIVE
from cpts_geo.schema import COLUMNS, Status
from cpts_geo.secrecy.disclosure import Mask
from tests.atlas.read_maps import layer_of
from tests.atlas.said import plain

LARGEST = 20.0
GPS, POPULATION = (layer for layer in territory_layers(pd.DataFrame()) if layer.counts)


def table(values: Sequence[float], statuses: Sequence[str] = ()) -> pd.DataFrame:
    known = np.where(np.isnan(values), Status.UNKNOWN, Status.MEASURED)
    return pd.DataFrame({GPS.column: values, f"{GPS.column}_status": statuses or known})


def drawn(values: Sequence[float], statuses: Sequence[str] = ()) -> list[Circle]:
    at = np.column_stack([np.arange(len(values)), np.zeros(len(values))])
    return circles(table(values, statuses), GPS.column, at=at, largest=LARGEST, letters=6)


def test_no_count_has_classes_and_all_that_is_no_count_has() -> None:
    painted = [column for column in COLUMNS.values() if column.layer]
    assert {column.kind == "count" for column in painted} == {True, False}
    for column in painted:
        assert bool(column.breaks) != (column.kind == "count"), column.name


@given(st.lists(st.integers(0, 100_000), min_size=1, max_size=30))
def test_areas_are_as_the_counts(values: list[int]) -> None:
    found = drawn(values)
    sizes = [values[each.row] for each in found]
    assert sizes == sorted(sizes, reverse=True)
    some = [each for each in found if each.look is MEASURED]
    assert [values[each.row] for each in some] == sorted(filter(None, values), reverse=True)
    if not some:
        return
    # Where all are few, the largest of them stays small.
    top = max(values)
    largest = min(LARGEST, LARGEST * _circles._ONE * top**0.5)
    for each in some:
        exact = largest * (values[each.row] / top) ** 0.5
        assert each.radius == pytest.approx(max(exact, LARGEST * _circles._LEAST), abs=0.006)
        assert each.radius <= LARGEST


def test_none_is_a_ring_unknown_has_no_circle_and_an_estimate_is_open() -> None:
    found = drawn(
        [4, 0, np.nan, 9, 1, 2],
        ["measured", "measured", "unknown", "estimated", "assumed", Mask.SECRET.value],
    )
    # Nor has a masked value, even where it was not taken away.
    assert [(each.row, each.look) for each in found] == [
        (3, INFERRED), (0, MEASURED), (4, INFERRED), (1, NONE),
    ]  # fmt: skip
    ring, smallest = found[-1], found[-2]
    assert 0 < ring.radius < smallest.radius
    assert [each.text for each in found] == ["9", "4", "1", ""]
    assert MEASURED.fill != INFERRED.fill and INFERRED.dashed and not MEASURED.dashed


def test_a_ring_is_never_larger_than_the_circle_of_some() -> None:
    limit = next(
        top for top in range(1, 10_000)
        if not any(each.look is NONE for each in drawn([0, 1, top]))
    )  # fmt: skip
    for top in (1, limit - 1):
        *_, one, none = drawn([0, 1, top])
        assert (none.look, none.radius < one.radius) == (NONE, True)
    scale, others = key(table([0, 1, limit]), GPS.column, largest=LARGEST)
    assert [(radius, plain(words)) for radius, _, words in others] == [(0, "sans cercle : aucun")]
    assert scale
    # Where all are 0, a ring each.
    assert [each.look for each in drawn([0, 0])] == [NONE, NONE]


@pytest.mark.parametrize(
    ("top", "shown"),
    [
        (0, []), (1, ["1"]), (2, ["2", "1"]), (4, ["2", "1"]), (5, ["5", "2", "1"]),
        (19, ["10", "5", "2"]), (20, ["20", "5", "1"]), (22_943, ["20 000", "5 000", "1 000"]),
    ],
)  # fmt: skip
def test_a_key_has_round_values_as_large_as_on_the_map(top: float, shown: list[str]) -> None:
    scale, others = key(table([top, np.nan]), GPS.column, largest=LARGEST)
    assert [plain(text) for _, text in scale] == shown
    values = [float(plain(text).replace(" ", "")) for text in shown]
    on_map = {each.row: each.radius for each in drawn([*values, top]) if each.look is MEASURED}
    for rank, (radius, _) in enumerate(scale):
        assert radius == pytest.approx(on_map[rank], abs=0.006)
    assert [words for *_, words in others] == (["aucun"] if top == 0 else [])


def test_a_key_says_how_what_is_open_is_known() -> None:
    for statuses, words in (
        (["measured", "estimated"], ["estimé"]),
        (["assumed", "estimated"], ["estimé ou hypothèse"]),
        (["measured", "measured"], []),
    ):
        _, others = key(table([3, 2], statuses), GPS.column, largest=LARGEST)
        assert [text for _, look, text in others if look is INFERRED] == words


def test_nothing_known_has_no_circle_and_no_key() -> None:
    assert drawn([np.nan, np.nan]) == []
    assert key(table([np.nan]), GPS.column, largest=LARGEST) == ([], [])


def test_a_number_is_written_where_it_holds() -> None:
    assert [each.text for each in drawn([10_000, 9, 1])] == ["10\u202f000", "", ""]
    assert [each.text for each in drawn([4, 1])] == ["4", "1"]


def test_a_circle_stands_on_its_town_hall_or_inside_its_contour() -> None:
    horseshoe = shapely.box(0, 0, 3, 3) - shapely.box(1, 1, 2, 3)
    shapes = gpd.GeoDataFrame(
        {"lon": [0.5, 1.5, np.nan], "lat": [0.5, 2.0, np.nan]},
        geometry=[horseshoe] * 3, crs="EPSG:4326",
    )  # fmt: skip
    at = places(shapes)
    assert at[0].tolist() == [0.5, 0.5]
    assert shapely.contains_xy(horseshoe, at).all()


@pytest.fixture(scope="module")
def communes(five: Analysis) -> gpd.GeoDataFrame:
    """Communes of a territory: one count estimated, one unknown, one masked."""
    rows = five.communes[five.communes["territory"] == "ouest_loiret"].copy()
    name, status = GPS.column, f"{GPS.column}_status"
    first, second, third, *_ = rows[name].sort_values(ascending=False, kind="stable").index
    rows[status] = rows[status].astype(object)
    rows.loc[first, status] = Status.ESTIMATED
    rows.loc[[second, third], name] = np.nan
    rows.loc[[second, third], status] = [Status.UNKNOWN, Mask.SECRET.value]
    return rows


def column_of(communes: gpd.GeoDataFrame, five: Analysis, layer: MapLayer = GPS) -> dict[str, Any]:
    """What the interactive map draws for a layer, and the names of its rows."""
    new = interactive.territory_map(communes, name="x", national=five.national)
    data = layer_of(new).data
    (found,) = (each for each in data["layers"] if each["title"] == layer.title)
    return found | {"names": data["names"], "own": data["own"]}


def expected_circles(communes: gpd.GeoDataFrame) -> list[Circle]:
    return circles(communes, GPS.column, at=places(communes), largest=LIVE, letters=DIGITS)


def test_the_interactive_map_paints_no_land_by_a_count(
    five: Analysis, communes: gpd.GeoDataFrame
) -> None:
    column = column_of(communes, five)
    assert "classes" not in column
    found = expected_circles(communes)
    assert len(found) == communes[GPS.column].notna().sum()
    assert column["discs"] == [
        [each.row, each.radius, [MEASURED, INFERRED, NONE].index(each.look), int(bool(each.text))]
        for each in found
    ]
    for row, *_ in column["discs"]:
        assert column["names"][row] == communes.iloc[row]["name"]
    looks = [look for _, _, look, _ in column["discs"]]
    assert (looks.count(1), looks.count(2)) == (1, int((communes[GPS.column] == 0).sum()))
    assert [text for *_, text in column["key"]] == ["5", "2", "1", "aucun", "estimé"]
    # A value that may not be shown is not in the file at all.
    hidden = communes[GPS.column].isna().to_numpy()
    assert [value is None for value in column["values"][: column["own"]]] == hidden.tolist()
    # A rate is painted as ever.
    assert "discs" not in column_of(communes, five, territory_layers(communes)[0])


def discs(artists: Sequence[Any]) -> list[PathCollection]:
    return [each for each in artists if isinstance(each, PathCollection) and len(each.get_sizes())]


def test_the_still_map_draws_the_circles_of_the_interactive_one(
    five: Analysis, communes: gpd.GeoDataFrame
) -> None:
    ax = still.draw_layer(communes, GPS, ax=Figure().subplots(), national=five.national)
    (found,) = discs(ax.collections)
    expected = expected_circles(communes)
    radii = np.sqrt(found.get_sizes())
    # The same, in points instead of pixels.
    np.testing.assert_allclose(
        radii / radii[0], [each.radius / expected[0].radius for each in expected], rtol=0.02
    )
    ground = gpd.GeoSeries(gpd.points_from_xy(*np.transpose([(c.x, c.y) for c in expected])))
    ground = ground.set_crs("EPSG:4326").to_crs("EPSG:2154")
    np.testing.assert_allclose(found.get_offsets(), np.column_stack([ground.x, ground.y]))
    assert [to_hex(colour) for colour in found.get_facecolor()] == [c.look.fill for c in expected]
    land = {
        to_hex(each.get_facecolor()[0]) for each in ax.collections if len(each.get_facecolor())
    } - {style.CIRCLE}
    assert land == {style.LAND, style.PAPER, style.MASK_FILL}
    legend = ax.get_legend()
    assert legend is not None
    assert [plain(text.get_text()) for text in legend.get_texts()] == [
        "5", "aucun", "donnée absente", "2", "estimé", "1", "secret statistique",
    ]  # fmt: skip
    # What the key shows is what is drawn.
    shown = {
        text.get_text(): handle.get_sizes()[0]
        for text, handle in zip(legend.get_texts(), legend.legend_handles, strict=True)
        if isinstance(handle, PathCollection)
    }
    of_two = next(r for r, c in zip(radii, expected, strict=True) if c.text == "2")
    assert shown["2"] == pytest.approx(of_two**2, rel=0.01)
    assert shown["aucun"] == pytest.approx(radii[-1] ** 2, rel=0.01)


def test_on_a_still_map_numbers_hold_in_their_circles(
    five: Analysis, communes: gpd.GeoDataFrame
) -> None:
    figure = still.layer_figure(communes, GPS, name="x", national=five.national)
    figure.draw_without_rendering()
    (ax,) = figure.axes
    (found,) = discs(ax.collections)
    centres = ax.transData.transform(found.get_offsets())
    radii = np.sqrt(found.get_sizes()) * figure.dpi / 72
    numbers = [text for text in ax.texts if text.get_text().isdigit()]
    assert len(numbers) == (communes[GPS.column] > 0).sum()
    for text, centre, radius in zip(numbers, centres, radii, strict=False):
        corners = text.get_window_extent().corners()
        assert np.hypot(*(corners - centre).T).max() <= radius * 1.25


@pytest.mark.parametrize("width", [1280, 390])
def test_in_a_browser_a_circle_answers_for_its_commune(
    width: int, five: Analysis, communes: gpd.GeoDataFrame, open_offline: Callable[..., Any]
) -> None:
    new = interactive.territory_map(communes, name="x", national=five.national)
    opened = open_offline(
        inline_assets(new.get_root().render()), viewport={"width": width, "height": 900}
    )
    page = opened.page
    page.wait_for_selector(".cpts-map[data-ready]")
    first = expected_circles(communes)[0]
    layer = layer_of(new).get_name()
    stage = page.locator(".leaflet-container").bounding_box()
    x, y = page.evaluate(
        f"""() => {{
          const p = {layer}._map.latLngToContainerPoint([{first.y}, {first.x}]);
          return [p.x, p.y];
        }}"""
    )
    radius = first.radius * (1 if width > 720 else 0.65)
    # At its edge too, wherever the border of the commune is.
    page.mouse.click(stage["x"] + x, stage["y"] + y + 0.8 * radius)
    assert page.locator(".cpts-head").inner_text() == communes.iloc[first.row]["name"]
    page.keyboard.press("Escape")
    # Two choices stand side by side: what is painted, and what is encircled.
    page.get_by_label("sans").check()
    assert "Généralistes" not in page.locator(".cpts-legend").inner_text()
    page.get_by_label(GPS.title).check()
    assert "Généralistes" in page.locator(".cpts-legend").inner_text()
    assert (opened.requests, opened.errors) == ([], [])
    opened.close()

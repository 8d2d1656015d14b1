"""The still maps of a page: legible on paper, and without colour."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from cpts_geo.analysis import Analysis
from cpts_geo.atlas.maps._circles import MEASURED
from cpts_geo.atlas.maps.drawings import StillMaps, still_maps
from cpts_geo.atlas.maps.layers import classify

#: Millimetres across the first map, and across one of three abreast; of a point.
FIRST, ABREAST, POINT = 120, 58, 25.4 / 72


def drawn(five: Analysis, key: str, *, places: bool = True) -> StillMaps:
    study = five.studies[key]
    found = still_maps(
        study.communes, national=five.national, scenarios=study.scenarios,
        around=study.common.surroundings.field, open_today=["45252"] if places else (),
        proposed=["45119"] if places else (),
    )  # fmt: skip
    assert found is not None
    return found


@pytest.mark.parametrize(
    "key", ["ouest_loiret", "beauce_gatinais", "lvo", "asclepios", "ondaine_forez"]
)
def test_it_is_read_on_paper_and_light(five: Analysis, key: str) -> None:
    found = drawn(five, key)
    for still, wide in [(found.first, FIRST), *((each, ABREAST) for each in found.each)]:
        left, top, across, high = still.view
        assert still.letters * wide / across / POINT >= 8
        assert still.names
        # No name is cut by the edge of its map.
        for x, y, name in still.names:
            half = 0.6 * still.letters * len(name) / 2
            assert left <= x - half
            assert x + half <= left + across
            assert top <= y - 0.7 * still.letters
            assert y <= top + high
    assert sum(map(len, found.contours)) < 30_000


@pytest.mark.parametrize("key", ["beauce_gatinais", "lvo"])
def test_every_commune_is_in_one_class_and_counted(five: Analysis, key: str) -> None:
    found, communes = drawn(five, key), five.studies[key].communes
    for still in found.each:
        mine = [row for band in still.painted for row in band.rows]
        assert sorted(mine) == list(range(found.own))
        (layer,) = still.layers
        if layer.counts:
            assert len(still.circles) <= len(communes)
            assert still.key
            continue
        counted = {each.label: each.communes for each in still.classes}
        ranks = classify(communes[layer.column], layer)
        for rank, label in enumerate(layer.labels):
            number = int((ranks == rank).sum())
            # A loss or a gain that no commune has is no class of its map.
            assert counted.get(label, 0) == number
            assert not layer.diverging or (label in counted) == (number > 0)


def test_losses_and_gains_differ_without_colour(five: Analysis) -> None:
    shifts = [x for x in drawn(five, "beauce_gatinais").each if x.layers[0].diverging]
    assert len(shifts) == 2
    for still in shifts:
        for each in still.classes:
            side = {"per": "loss", "gai": "gain"}.get(each.label[:3], "")
            assert each.texture == side
        assert {each.texture for each in still.painted} == {x.texture for x in still.classes}


def test_the_first_map_says_what_is_around_and_where_care_is(five: Analysis) -> None:
    found = drawn(five, "beauce_gatinais")
    assert [layer.column for layer in found.first.layers] == ["apl_2023", "gps_2024"]
    assert [words for _, words, _ in found.first.signs] == [
        "service d’urgences", "lieu de SNP ouvert aujourd’hui", "lieu proposé",
    ]  # fmt: skip
    faint = [each for each in found.first.painted if each.opacity < 1]
    assert len(faint) >= 4
    assert {row >= found.own for each in faint for row in each.rows} == {True}
    assert drawn(five, "beauce_gatinais", places=False).first.signs != found.first.signs


def test_contours_are_those_of_the_communes(five: Analysis) -> None:
    """Areas drawn are those of the ground, within the unit that they are rounded to."""
    communes = five.studies["ouest_loiret"].communes
    found = drawn(five, "ouest_loiret")
    areas = []
    for path in found.contours[: found.own]:
        area = 0.0
        for ring in path.removesuffix("z").split("z"):
            start, steps = ring.removeprefix("M").split("l")
            numbers = [int(x) for x in steps.replace("-", " -").split()]
            walk = np.array([[int(x) for x in start.replace("-", " -").split()],
                             *np.reshape(numbers, (-1, 2))]).cumsum(axis=0)  # fmt: skip
            area += abs(shapely.Polygon(walk).area)
        areas.append(area)
    truth = communes.to_crs(2154).area.to_numpy()
    ratio = np.array(areas) / truth
    assert np.abs(ratio / np.median(ratio) - 1).max() < 0.02


def test_an_island_smaller_than_a_unit_is_drawn_and_a_name_is_data() -> None:
    rows = pd.DataFrame({
        "code_insee": ["1", "2"], "name": ["<b>Île</b>", "Terre"], "departement": ["29", "29"],
        "population": [10.0, 900.0], "population_status": "measured", "lon": [-5.5, -4.0],
        "lat": [48.0, 48.0],
    })  # fmt: skip
    speck, land = shapely.box(-5.5, 48, -5.49999, 48.00001), shapely.box(-5, 47.5, -3, 48.5)
    communes = gpd.GeoDataFrame(rows, geometry=[speck, land], crs="EPSG:4326")
    found = still_maps(communes, national=communes)
    assert found is not None
    assert found.contours[0].endswith("l1 0 0 1z")
    assert "<b>Île</b>" in [name for *_, name in found.first.names]


def test_where_nothing_is_drawn_there_is_no_map(five: Analysis) -> None:
    communes = five.studies["lvo"].communes
    bare = communes.set_geometry(gpd.GeoSeries([None] * len(communes), crs=communes.crs))
    assert still_maps(bare, national=five.national) is None


def test_a_sign_stands_beside_the_circle_of_its_commune(five: Analysis) -> None:
    still = drawn(five, "beauce_gatinais").first
    placed = [at for _, _, places in still.signs for at in places]
    assert placed
    for circle in still.circles:
        if circle.look.fill == MEASURED.fill:
            apart = [np.hypot(x - circle.x, y - circle.y) for x, y in placed]
            assert min(apart) >= circle.radius

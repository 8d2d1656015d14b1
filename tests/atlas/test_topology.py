"""Contours come back as they were, and each border that two share is written once."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from cpts_geo.atlas.maps.live.topology import topology
from cpts_geo.sources.embedding import embedded
from tests.atlas.read_maps import arcs_of, rings_of


def on_grid(shapes: gpd.GeoSeries, quantum: float) -> list[list[list[tuple[int, int]]]]:
    """Rings on the grid, in their order, without what repeats."""
    found = []
    for shape in shapes:
        rings = shapely.get_rings(shapely.get_parts(shape)) if shape is not None else []
        places = [np.round(shapely.get_coordinates(ring) / quantum).astype(int) for ring in rings]
        found.append([[tuple(xy) for xy in each.tolist()] for each in places])
    return found


def edges(ring: list[tuple[int, int]]) -> Counter[frozenset[tuple[int, int]]]:
    """Edges of a ring, whichever way and from wherever it is walked."""
    return Counter(frozenset(pair) for pair in pairwise(ring) if pair[0] != pair[1])


def same(shapes: gpd.GeoSeries, quantum: float) -> None:
    """Assert that rings come back on the grid, and that no edge is in two arcs."""
    part = topology(shapes, quantum=quantum).packed()
    found, expected = rings_of(part), on_grid(shapes, quantum)
    assert [len(shape) for shape in found] == [len(shape) for shape in expected]
    for shape, wanted in zip(found, expected, strict=True):
        for ring, written in zip(shape, wanted, strict=True):
            assert ring[0] == ring[-1]
            assert edges(ring) == edges(written)
    arcs, *_ = arcs_of(part)
    twice = sum((edges(arc) for arc in arcs), Counter[frozenset[tuple[int, int]]]())
    folded = sum((edges(r) for s in expected for r in s), Counter[frozenset[tuple[int, int]]]())
    # Once, but for the ring that the grid folds onto itself.
    assert all(count == 1 or folded[edge] > 2 for edge, count in twice.items())


@pytest.mark.parametrize("departement", ["45", "2A", "29", "75"])
def test_communes_come_back_and_share_their_borders(departement: str) -> None:
    communes = embedded.load_communes()
    shapes = communes.geometry[communes["departement"] == departement]
    same(shapes, 1e-4)
    found = topology(shapes, quantum=1e-4)
    followed = Counter(int(arc) if arc >= 0 else ~int(arc) for arc in found.arcs)
    assert set(followed) == set(range(len(found.lengths)))
    assert max(followed.values()) <= 2
    if departement == "45":
        shared = sum(count == 2 for count in followed.values())
        assert shared > len(followed) / 2


def test_enclaves_parts_and_missing_contours() -> None:
    hole = shapely.box(1, 1, 2, 2)
    around = shapely.box(0, 0, 3, 3) - hole
    # The island and its lake are walked from elsewhere, the other way.
    island = shapely.Polygon([(2, 2), (1, 2), (1, 1), (2, 1)])
    parts = shapely.MultiPolygon([shapely.box(5, 0, 6, 1), shapely.box(7, 0, 8, 1)])
    shapes = gpd.GeoSeries([around, island, None, parts, shapely.Polygon()])
    found = topology(shapes, quantum=0.5)
    assert found.rings.tolist() == [2, 1, 0, 2, 0]
    assert len(found.lengths) == 4
    same(shapes, 0.5)


def test_what_is_smaller_than_the_grid_is_still_a_place() -> None:
    shapes = gpd.GeoSeries([shapely.box(0, 0, 0.01, 0.01), shapely.box(3, 3, 5, 5)])
    (first, second) = rings_of(topology(shapes, quantum=1.0).packed())
    assert set(first[0]) == {(0, 0)}
    assert len(second[0]) == 5


@given(st.lists(st.integers(-(2**24), 2**24), min_size=1, max_size=8, unique=True))
def test_numbers_of_any_size_are_packed(values: list[int]) -> None:
    same(gpd.GeoSeries([shapely.box(v, -v, v + 1, 1 - v) for v in values]), 1.0)


def test_france_is_small() -> None:
    shapes = embedded.load_communes().geometry
    found = topology(shapes, quantum=3e-4)
    assert len(found.rings) == len(shapes)
    assert len(found.packed()) < 2_000_000

"""Cleaning, simplifying and dissolving a coverage; areas; holes; town-hall points."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given, settings
from hypothesis import strategies as st

import cpts_geo
from cpts_geo.geography.perimeters.coverage import (
    area_km2,
    checked_points,
    clean_and_simplify,
    clean_with_parts,
    dissolve,
    holes,
)
from cpts_geo.sources.embedding import embedded


def cells(rows: int, columns: int, *, origin=(2.0, 47.0), step=0.05) -> gpd.GeoDataFrame:
    """A chequered land of square communes, in degrees."""
    west, south = origin
    shapes = [
        shapely.box(
            west + i * step, south + j * step, west + (i + 1) * step, south + (j + 1) * step
        )
        for i in range(columns)
        for j in range(rows)
    ]
    codes = [f"45{number:03d}" for number in range(len(shapes))]
    return gpd.GeoDataFrame({"code_insee": codes}, geometry=shapes, crs="EPSG:4326")


def wavy(rows: int, columns: int, *, amplitude: float = 0.001) -> gpd.GeoDataFrame:
    """The same land with every border drawn in many points that waver together."""
    land = cells(rows, columns)
    dense = shapely.segmentize(np.asarray(land.geometry), 0.002)

    def waver(xy: np.ndarray) -> np.ndarray:
        shift = amplitude * np.sin(xy[:, ::-1] * 900)
        return xy + shift

    return land.set_geometry(gpd.GeoSeries(shapely.transform(dense, waver), crs=land.crs))


def invalid_edges(shapes) -> int:
    edges = shapely.coverage_invalid_edges(np.asarray(shapes))
    return int((~shapely.is_empty(edges)).sum())


# --- area -------------------------------------------------------------------------------


def test_area_of_a_known_square():
    # 0.01° square at 47° N: 1,111.9 m x 760 m on the ellipsoid, within Lambert-93's 0.1 %.
    land = cells(1, 1, step=0.01)
    assert area_km2(land).iloc[0] == pytest.approx(0.8454, rel=2e-3)


def test_area_is_unknown_without_a_contour():
    land = cells(1, 3)
    land.loc[1, "geometry"] = None
    areas = area_km2(land)
    assert areas.isna().tolist() == [False, True, False]
    assert areas.index.equals(land.index)


def test_overseas_is_not_measured_in_lambert_93():
    square = shapely.box(55.5, -21.1, 55.6, -21.0)
    land = gpd.GeoDataFrame({"code_insee": ["97400"]}, geometry=[square], crs="EPSG:4326")
    local = area_km2(land).iloc[0]
    assert local == pytest.approx(115.1, rel=0.01)
    assert land.to_crs("EPSG:2154").area.iloc[0] / 1e6 > 1.5 * local


# --- cleaning and simplifying -------------------------------------------------------------


def test_overseas_is_told_by_one_function():
    homes = [
        p for p in Path(cpts_geo.__file__).parent.rglob("*.py") if '"97"' in p.read_text("utf-8")
    ]
    assert [path.name for path in homes] == ["codes.py"]


def test_simplifying_keeps_a_coverage_and_its_outline():
    land = wavy(4, 4)
    simple = clean_and_simplify(land, tolerance_m=400)
    assert invalid_edges(simple.geometry) == 0
    before, after = (shapely.get_num_coordinates(np.asarray(x.geometry)) for x in (land, simple))
    assert after.sum() < before.sum() / 4
    assert area_km2(simple).sum() == pytest.approx(area_km2(land).sum(), rel=0.01)
    assert simple["code_insee"].equals(land["code_insee"])
    assert simple.crs == "EPSG:4326"


def test_overlap_and_gap_are_repaired():
    land = cells(1, 3)
    # The middle commune overlaps its western neighbour and leaves a sliver to the eastern one.
    land.loc[1, "geometry"] = shapely.box(2.0497, 47.0, 2.0998, 47.05)
    assert invalid_edges(land.geometry) > 0
    clean = clean_and_simplify(land, tolerance_m=1)
    assert invalid_edges(clean.geometry) == 0
    overlap = shapely.intersection(clean.geometry[0], clean.geometry[1])
    assert shapely.area(overlap) == 0


def test_missing_contours_stay_missing_and_arguments_are_left():
    land = wavy(2, 3)
    land.loc[2, "geometry"] = None
    before = land.copy()
    simple = clean_and_simplify(land, tolerance_m=400)
    assert simple.geometry.isna().tolist() == land.geometry.isna().tolist()
    assert_geodataframe_equal(land, before)


def test_zones_do_not_touch_one_another():
    # One commune in métropole, one in La Réunion: each in its own metric system.
    far = cells(1, 1, origin=(55.5, -21.1)).assign(code_insee="97401")
    land = pd.concat([cells(1, 1), far], ignore_index=True)
    simple = clean_and_simplify(land, tolerance_m=250)
    hausdorff = shapely.hausdorff_distance(np.asarray(simple.geometry), np.asarray(land.geometry))
    assert hausdorff.max() < 1e-4


# --- dissolving ---------------------------------------------------------------------------


def test_dissolve_of_the_toy():
    land = cells(2, 4).assign(group=["a", "a", "a", "a", "b", "b", None, "b"])
    land.loc[7, "geometry"] = None
    result = dissolve(land, "group")
    assert result.index.tolist() == ["a", "b"]
    assert result.geometry["a"].equals(shapely.box(2.0, 47.0, 2.1, 47.1))
    # A commune without contour, or without a group, adds nothing.
    assert result.geometry["b"].equals(shapely.box(2.1, 47.0, 2.15, 47.1))


@settings(max_examples=40, deadline=None)
@given(groups=st.lists(st.sampled_from("abcd"), min_size=12, max_size=12))
def test_dissolve_keeps_area_and_agrees_with_a_general_union(groups):
    land = cells(3, 4).assign(group=groups)
    result = dissolve(land, "group")
    assert shapely.is_valid(np.asarray(result.geometry)).all()
    assert sorted(result.index) == sorted(set(groups))
    for group, shape in result.geometry.items():
        naive = shapely.unary_union(np.asarray(land.geometry[land["group"] == group]))
        assert shape.equals(naive)
    total = shapely.area(np.asarray(land.geometry)).sum()
    assert shapely.area(np.asarray(result.geometry)).sum() == pytest.approx(total)


def test_dissolve_of_the_five_cpts():
    communes = embedded.load_communes()
    members = (
        embedded.load_perimeters()
        .query("source == 'communiques'")[["territory", "code_insee"]]
        .merge(communes)
    )
    members = gpd.GeoDataFrame(members, geometry="geometry", crs=communes.crs)
    result = dissolve(members, "territory").to_crs("EPSG:2154")
    assert len(result) == 5
    assert result.is_valid.all()
    drawn = members.to_crs("EPSG:2154").area.groupby(members["territory"]).sum()
    assert np.allclose(result.area, drawn.reindex(result.index), rtol=1e-9)


def test_dissolve_of_all_communes_without_contour_is_no_group():
    land = cells(1, 2).assign(group=["a", "b"])
    land.loc[1, "geometry"] = None
    assert dissolve(land, "group").index.tolist() == ["a"]


# --- holes --------------------------------------------------------------------------------


def test_hole_is_found_and_measured():
    land = cells(3, 3)
    middle = land[land["code_insee"] == "45004"]
    found = holes(land.drop(middle.index))
    assert len(found) == 1
    assert found["area_km2"].iloc[0] == pytest.approx(area_km2(middle).iloc[0], rel=1e-3)
    inside = shapely.points(found["lon"], found["lat"])
    assert shapely.contains(middle.geometry.iloc[0], inside).all()


def test_no_hole_in_a_whole_land_and_none_overseas():
    assert holes(cells(3, 3)).empty
    ring = cells(3, 3, origin=(55.4, -21.2)).drop(index=4)
    ring["code_insee"] = [f"974{n:02d}" for n in range(8)]
    assert holes(pd.concat([cells(2, 2), ring], ignore_index=True)).empty


# --- town-hall points ------------------------------------------------------------------------


def test_points_outside_or_missing_are_replaced_and_said():
    land = cells(1, 4).assign(
        lon=[2.025, 2.2, np.nan, 2.1990], lat=[47.025, 47.025, np.nan, 46.9990]
    )
    points = checked_points(land)
    assert points["point_status"].tolist() == ["measured", "estimated", "estimated", "measured"]
    # Kept as it was when it is inside, or within 200 m of the generalised border.
    assert points.loc[[0, 3], ["lon", "lat"]].to_numpy().tolist() == [
        [2.025, 47.025],
        [2.1990, 46.9990],
    ]
    replaced = shapely.points(points["lon"], points["lat"])
    assert shapely.contains(np.asarray(land.geometry), replaced)[:3].all()


def test_point_without_contour_is_kept_but_not_confirmed():
    land = cells(1, 2).assign(lon=[2.025, np.nan], lat=[47.025, np.nan])
    land["geometry"] = None
    points = checked_points(land)
    assert points["lon"].tolist()[0] == 2.025
    assert np.isnan(points["lon"].tolist()[1])
    assert set(points["point_status"]) == {"estimated"}


# --- cities made of parts -----------------------------------------------------------------


@pytest.fixture(scope="module")
def cut_city():
    """A wavy land whose middle communes are the parts of one city, simplified."""
    land = wavy(4, 4)
    inner = [5, 6, 9, 10]
    parts = land.iloc[inner].reset_index(drop=True)
    parts["code_insee"] = ["75101", "75102", "75103", "75104"]
    city = gpd.GeoDataFrame(
        {"code_insee": ["75056"]}, geometry=[shapely.union_all(parts.geometry)], crs=land.crs
    )
    communes = pd.concat([land.drop(index=inner), city], ignore_index=True)
    wholes = pd.Series("75056", index=parts.index)
    return communes, clean_with_parts(communes, parts, wholes=wholes, tolerance_m=2_000)


def test_a_city_is_the_union_of_its_parts(cut_city):
    before, (communes, parts) = cut_city
    assert communes["code_insee"].tolist() == before["code_insee"].tolist()
    city = communes.geometry.iloc[-1]
    assert city.is_valid
    assert shapely.equals(city, shapely.coverage_union_all(np.asarray(parts.geometry)))


def test_parts_and_neighbours_share_their_borders(cut_city):
    _, (communes, parts) = cut_city
    around = communes.geometry.iloc[:-1]
    assert invalid_edges([*around, *parts.geometry]) == 0
    assert invalid_edges(communes.geometry) == 0
    vertices = shapely.get_num_coordinates(np.asarray(parts.geometry)).sum()
    assert vertices < shapely.get_num_coordinates(np.asarray(wavy(2, 2).geometry)).sum()

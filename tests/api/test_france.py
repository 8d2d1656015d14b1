"""All of France in a table, level by level, and what brings the producers' files."""

from __future__ import annotations

from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import pytest

import cpts_geo as cg
from cpts_geo.errors import CptsGeoError

AREAS = ["epci", "tvs", "departement", "region"]


@cache
def france(level: str) -> gpd.GeoDataFrame:
    return cg.france(level, fetched=False)


@pytest.mark.parametrize("level", ["departement", "region"])
def test_a_density_is_that_of_the_communes_whose_area_is_known(level: str) -> None:
    communes, areas = france("commune"), france(level)
    # The land of a part that has no contour yet is in that of the commune it left.
    measured = communes["area_km2"].notna() | communes["split_family"].notna()
    there = communes[measured]
    people = there.groupby(level)["population"].sum()
    known = areas[areas["density_km2"].notna()]
    computed = (known["density_km2"] * known["area_km2"]).to_numpy()
    assert np.allclose(computed, people[known.index].to_numpy())
    lacking = communes[~measured].groupby(level).size()
    for code in lacking.index.intersection(areas.index):
        assert "density_km2" in areas.at[code, "note"] or np.isnan(areas.at[code, "density_km2"])
        assert "area_km2" in areas.at[code, "note"]


def test_communes_that_no_outline_draws_are_told() -> None:
    communes = france("commune")
    undrawn = communes[communes.geometry.isna()].groupby("departement").size()
    notes = france("departement")["note"]
    assert {*undrawn.index} == {*notes.index[notes.str.contains("sans contour")]}
    assert "geometry : 1 commune sans contour" in notes["12"]
    assert notes["45"] == ""


@pytest.mark.parametrize("level", ["commune", *AREAS])
def test_every_level_has_a_note_statuses_and_no_figure_that_nothing_has(level: str) -> None:
    table = france(level)
    assert table.index.is_unique
    assert table["note"].map(type).eq(str).all()
    assert not [name for name in table if table[name].isna().all()]
    for name in ("population", "area_km2", "density_km2", "gps_per_100k_2024"):
        status = table[f"{name}_status"]
        assert ((status == "unknown") == table[name].isna()).all(), name


def test_counts_of_areas_and_of_what_is_outside_add_up_to_those_of_communes() -> None:
    communes, epci = france("commune"), france("epci")
    outside = communes[communes["epci"].isna()]
    for name in ("population", "gps_2024", "pharmacies_2024"):
        assert not epci[name].isna().any()
        total = epci[name].sum() + outside[name].sum()
        assert total == pytest.approx(communes[name].sum()), name


@pytest.mark.parametrize("asked", [{"fetched": "no"}, {"fetched": 1}, {"level": ["epci"]}])
def test_a_level_and_a_truth_value_are_what_they_say(asked: dict[str, Any]) -> None:
    with pytest.raises(CptsGeoError):
        cg.france(**asked)


@pytest.mark.parametrize(
    ("keys", "asked"),
    [
        ((3,), {}),
        ((None,), {}),
        (([],), {}),
        (([["insee_bpe_2024"]],), {}),
        (("insee_bpe_2024",), {"say": 3}),
        (("insee_bpe_2024",), {"offline": "no"}),
        (("insee_bpe_2024",), {"mirror": 3}),
    ],
)
def test_a_source_is_a_key_and_nothing_else(keys: tuple[Any, ...], asked: dict[str, Any]) -> None:
    with pytest.raises(CptsGeoError):
        cg.fetch(*keys, **{"offline": True} | asked)


def test_every_key_of_a_list_is_asked_for() -> None:
    with pytest.raises(CptsGeoError) as refused:
        cg.fetch(["absent_one", "absent_two"], "absent_three", offline=True)
    assert len(refused.value.defects) == 3

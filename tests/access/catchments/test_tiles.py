"""Catchments by tiles: plain loops, the other implementation, any cut, any executor, refusals."""

from __future__ import annotations

import math
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

from cpts_geo.access.catchments._tiles import tiled_fca
from cpts_geo.access.catchments.catchment import enhanced_two_stage_fca, m2sfca
from cpts_geo.access.catchments.weights import APL_WEIGHT, Weight
from cpts_geo.access.travel.surrogate import LAWS, great_circle_km, surrogate_times
from cpts_geo.errors import TableError
from tests.access.grids import lattice, scattered


def naive(homes: pd.DataFrame, sites: pd.DataFrame, weight: Weight) -> list[float]:
    """Two loops over pairs."""

    def share(home: pd.Series, site: pd.Series) -> float:
        if home["land"] != site["land"]:
            return 0.0
        km = float(great_circle_km(home["lon"], home["lat"], site["lon"], site["lat"]))
        minutes = 2.2 * km**0.84 * (home["factor"] + site["factor"]) / 2
        bands = zip(weight.breaks, weight.weights, strict=True)
        return next((value for limit, value in bands if minutes < limit), 0.0)

    rows, there = [list(map(second, table.iterrows())) for table in (homes, sites)]
    people = [math.fsum(share(h, s) * h["people"] for h in rows) for s in there]
    found = []
    for home in rows:
        parts = [
            share(home, site) * (site["supply"] / shared if shared else math.nan)
            for site, shared in zip(there, people, strict=True)
            if site["supply"] != 0 and share(home, site) > 0
        ]
        found.append(math.fsum(parts))
    return found


def second(pair: tuple[object, pd.Series]) -> pd.Series:
    return pair[1]


@pytest.mark.parametrize("weight", [APL_WEIGHT, Weight((4, 30), (1, 0.22)), Weight((15,), (1,))])
def test_tiles_equal_plain_loops(weight: Weight) -> None:
    homes, sites = lattice(12, step=0.03), scattered(25)
    found = tiled_fca(homes, sites, weight=weight, tile=20)
    np.testing.assert_allclose(found, naive(homes, sites, weight), rtol=1e-12, equal_nan=True)
    assert 0 < (found > 0).sum() < len(found) or weight.reach == 30


@pytest.mark.parametrize("power", [1, 2])
def test_tiles_equal_catchments_of_travel_times(power: int) -> None:
    """The same places as homes and as sites, times laid out as pairs; some supplies unknown."""
    places = scattered(300, side=1.5).assign(land=0)
    places.loc[[3, 80], "supply"] = math.nan
    homes = places.assign(people=np.arange(300.0) + 1)
    codes = [f"45{n:03d}" for n in places.index]
    coded = homes.set_axis(codes)
    times = surrogate_times(coded[["lon", "lat"]], reach=20, factors=coded["factor"])
    measure = enhanced_two_stage_fca if power == 1 else m2sfca
    expected = measure(times, supply=coded["supply"], demand=coded["people"], weight=APL_WEIGHT)
    found = tiled_fca(homes, places, weight=APL_WEIGHT, power=power, tile=64)
    np.testing.assert_allclose(found, expected, rtol=1e-12, equal_nan=True)
    assert 0 < found.isna().sum() < 150


def test_neither_size_nor_order_of_tiles_changes_a_figure() -> None:
    homes, sites = lattice(60), scattered(60)
    whole = tiled_fca(homes, sites, weight=APL_WEIGHT)
    for size in (1, 7, 500, 10_000):
        found = tiled_fca(homes, sites, weight=APL_WEIGHT, tile=size)
        pd.testing.assert_series_equal(found, whole, check_exact=True)
    mixed = homes.sample(frac=1, random_state=3)
    found = tiled_fca(mixed, sites, weight=APL_WEIGHT, tile=500)
    np.testing.assert_allclose(found.reindex(whole.index), whole, rtol=0, atol=1e-15)
    # Halves of people are as exact; thirds add up in another order.
    thirds = homes.assign(people=homes["people"] / 3)
    found = [tiled_fca(thirds, sites, weight=APL_WEIGHT, tile=size) for size in (500, 10_000)]
    np.testing.assert_allclose(*found, rtol=1e-14)


def test_all_supply_in_reach_of_somebody_is_shared() -> None:
    homes, sites = lattice(40), scattered(80, side=3.0)
    found = tiled_fca(homes, sites, weight=APL_WEIGHT, tile=300)
    reached = [
        bool((naive_minutes(homes, site) < APL_WEIGHT.reach).any()) for _, site in sites.iterrows()
    ]
    assert 0 < sum(reached) < len(sites)
    assert (found * homes["people"]).sum() == pytest.approx(sites["supply"][reached].sum())


def naive_minutes(homes: pd.DataFrame, site: pd.Series) -> pd.Series:
    km = great_circle_km(homes["lon"], homes["lat"], site["lon"], site["lat"])
    minutes = LAWS["central"].minutes(km) * (homes["factor"] + site["factor"]) / 2
    return pd.Series(minutes, homes.index).where(homes["land"] == site["land"], math.inf)


def test_a_border_of_a_tile_is_none() -> None:
    """Two homes either side of a tile, one site: alone in their tiles, they share it."""
    homes = pd.DataFrame(
        {"lon": [2.0, 2.15], "lat": 48.05, "people": [30.0, 10.0], "land": 0, "factor": 1.0}
    )
    sites = homes.iloc[:1].assign(lon=2.075, supply=2.0)
    found = tiled_fca(homes, sites, weight=APL_WEIGHT, tile=1)
    assert found.tolist() == [2 / 40, 2 / 40]


def test_unknown_and_none_are_not_alike() -> None:
    homes = pd.DataFrame(
        {"lon": [2.0, 2.0, 3.0, 4.0, 5.0], "lat": 48.0, "people": [10.0, 10.0, 10.0, 10.0, 0.0],
         "land": [0, 1, 0, 0, 0], "factor": 1.0}
    )  # fmt: skip
    sites = pd.DataFrame(
        {"lon": [2.0, 3.0, 4.0, 5.0], "lat": 48.0, "supply": [5.0, 0.0, math.nan, 3.0], "land": 0,
         "factor": 1.0}
    )  # fmt: skip
    found = tiled_fca(homes, sites, weight=APL_WEIGHT)
    # Shared; on another land; no supply; unknown supply; supply in reach of nobody.
    np.testing.assert_array_equal(found, [0.5, 0.0, 0.0, math.nan, math.nan])
    assert tiled_fca(homes, sites.assign(supply=0.0), weight=APL_WEIGHT).eq(0).all()
    assert tiled_fca(homes, sites, weight=Weight((10,), (0,))).eq(0).all()
    assert tiled_fca(homes.iloc[:0], sites, weight=APL_WEIGHT).empty


def test_executors_change_no_byte_and_progress_is_told() -> None:
    homes, sites = lattice(50).assign(people=1 / 3), scattered(60)
    told: list[tuple[int, int]] = []

    def found(executor=None) -> bytes:
        values = tiled_fca(
            homes, sites, weight=APL_WEIGHT, tile=400, executor=executor,
            told=lambda done, total: told.append((done, total)),
        )  # fmt: skip
        return values.to_numpy().tobytes()

    alone = found()
    assert told == [(n, len(told)) for n in range(1, len(told) + 1)]
    assert len(told) >= 8
    with ThreadPoolExecutor(2) as threads, ProcessPoolExecutor(2) as processes:
        assert found(threads) == alone
        assert found(processes) == alone


def test_places_that_are_none_are_refused_with_every_defect() -> None:
    homes = pd.DataFrame(
        {"lon": [2.0, math.nan], "lat": 48.0, "people": [-1.0, math.nan], "land": 0, "factor": 0.0}
    )
    sites = pd.DataFrame({"lon": [2.0], "lat": [95.0], "supply": [math.inf], "land": 0})
    with pytest.raises(TableError) as refused:
        tiled_fca(homes, sites, weight=APL_WEIGHT)
    assert [defect.replace("\u202f", " ") for defect in refused.value.defects] == [
        "habitants : coordonnées absentes ou hors des degrés : 1 ligne",
        "habitants : nombre absent, négatif, infini : 2 lignes",
        "habitants : facteur absent ou nul : 2 lignes",
        "offre : colonne absente : factor",
    ]
    with pytest.raises(TableError) as refused:
        tiled_fca(homes.iloc[:0], sites.assign(factor=1.0), weight=APL_WEIGHT)
    assert [defect.replace("\u202f", " ") for defect in refused.value.defects] == [
        "offre : coordonnées absentes ou hors des degrés : 1 ligne",
        "offre : nombre absent, négatif, infini : 1 ligne",
    ]

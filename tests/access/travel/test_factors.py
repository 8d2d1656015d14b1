"""Factors of départements: medians of what DREES says over the law, drawn towards wider areas."""

from __future__ import annotations

import hashlib
import math

import numpy as np
import pandas as pd
import pytest

from cpts_geo.access.travel.factors import (
    mean_of_ends,
    nearest_sites,
    observed,
    travel_factors,
)
from cpts_geo.access.travel.surrogate import FACTOR_COLUMNS, surrogate_times
from cpts_geo.errors import TravelError
from cpts_geo.schema import PUBLISHED
from cpts_geo.sources.codes import WHOLE_OF
from cpts_geo.sources.embedding import embedded

DEGREE = math.pi * 6371.0088 / 180


def line(*areas: tuple[str, str, int], apart: float = 500.0) -> pd.DataFrame:
    """By area (département, région, number): a site, then communes every km, far from others."""
    rows = {}
    for place, (departement, region, count) in enumerate(areas):
        for k in range(count + 1):
            code = f"{departement}{k:03d}"
            rows[code] = ((place * apart + (k and k + 2)) / DEGREE, 0.0, departement, region)
    return pd.DataFrame.from_dict(rows, "index", columns=["lon", "lat", "departement", "region"])


def minutes_of(communes: pd.DataFrame, ratio: dict[str, float]) -> tuple[pd.Series, list[str]]:
    """Minutes that are the central law times the ratio of the département; and the sites."""
    sites = [code for code in communes.index if code.endswith("000")]
    km = nearest_sites(communes, sites)["km"]
    return 2.2 * km**0.84 * communes["departement"].map(ratio), sites


@pytest.fixture(scope="module")
def real() -> tuple[pd.DataFrame, pd.Series, set[str]]:
    """Communes, minutes of DREES and communes with emergencies, as embedded."""
    communes = pd.DataFrame(embedded.load_communes().drop(columns="geometry"))
    figures = embedded.load_figures().set_index("code_insee")
    equipped = figures.index[figures["emergency_departments_2024"] > 0].to_series()
    sites = set(equipped.replace(WHOLE_OF))
    return communes.set_index("code_insee"), figures[PUBLISHED.name], sites


def held(
    table: pd.DataFrame, communes: pd.DataFrame, factors: pd.DataFrame
) -> tuple[pd.Series, pd.Series]:
    """Minutes by the central factors, and whether the real ones are within the bounds."""
    low, central, high = (
        table["law"] * mean_of_ends(table, communes, factors[name])
        for name in FACTOR_COLUMNS.values()
    )
    return central, table["minutes"].between(low, high)


# --- the nearest site -------------------------------------------------------------------


def test_the_nearest_site_is_on_the_same_land() -> None:
    # Yeu (no site) and Noirmoutier, joined by a bridge to Challans.
    communes = embedded.load_communes().set_index("code_insee")
    found = nearest_sites(communes.loc[["85047", "85113", "85163"]], ["85047"])
    assert found["site"].to_dict() == {"85047": "85047", "85163": "85047"}
    assert found["km"].round().tolist() == [0, 33]


def test_places_without_a_point_or_a_site_have_none() -> None:
    places = line(("A", "R", 2))
    places.loc["A001", "lon"] = np.nan
    assert list(nearest_sites(places, ["A000"]).index) == ["A000", "A002"]
    assert nearest_sites(places, []).empty


# --- factors ----------------------------------------------------------------------------


def test_few_communes_are_drawn_towards_their_region() -> None:
    communes = line(("11", "R", 10), ("12", "R", 10), ("13", "Q", 10))
    minutes, sites = minutes_of(communes, {"11": 1.0, "12": 1.4, "13": 2.0})
    found = travel_factors(communes, minutes, sites)
    n = found["communes"]
    assert n.to_dict() == {"11": 10, "12": 10, "13": 10}
    assert found["ratio"].tolist() == pytest.approx([1.0, 1.4, 2.0])
    region = np.median([1.0] * 10 + [1.4] * 10)
    for code, own in (("11", 1.0), ("12", 1.4)):
        expected = (n[code] * own + 30 * region) / (n[code] + 30)
        assert found.at[code, "travel_central"] == pytest.approx(expected)
    assert found.at["13", "travel_central"] == pytest.approx(2.0)


def test_overseas_a_factor_is_drawn_towards_that_of_france() -> None:
    communes = line(("11", "R", 20), ("974", "04", 5))
    minutes, sites = minutes_of(communes, {"11": 1.0, "974": 1.6})
    found = travel_factors(communes, minutes, sites)
    n = found.at["974", "communes"]
    assert found.at["974", "travel_central"] == pytest.approx((n * 1.6 + 30 * 1.0) / (n + 30))


def test_a_departement_without_minutes_takes_those_around() -> None:
    communes = line(("11", "R", 20), ("12", "R", 5), ("13", "Q", 5))
    minutes, sites = minutes_of(communes, {"11": 1.2, "12": np.nan, "13": np.nan})
    found = travel_factors(communes, minutes, sites)
    assert found["communes"].tolist() == [20, 0, 0]
    assert found["ratio"].isna().tolist() == [False, True, True]
    # The region of 12 is known by 11; nothing is known of that of 13 but France.
    assert found["travel_central"].tolist() == pytest.approx([1.2, 1.2, 1.2])


@pytest.mark.parametrize(("minutes", "used"), [(2.9, 0), (3.0, 1), (40.0, 1), (40.1, 0)])
def test_communes_of_3_to_40_minutes_make_the_factors(minutes: float, used: int) -> None:
    communes = line(("11", "R", 1), ("12", "R", 5))
    given, sites = minutes_of(communes, {"11": 1.0, "12": 1.0})
    given["11001"] = minutes
    assert travel_factors(communes, given, sites).at["11", "communes"] == used


def test_arguments_are_left_as_they_were() -> None:
    communes = line(("11", "R", 3))
    minutes, sites = minutes_of(communes, {"11": 1.0})
    before = communes.copy(), minutes.copy(), list(sites)
    travel_factors(communes, minutes, sites)
    pd.testing.assert_frame_equal(communes, before[0])
    pd.testing.assert_series_equal(minutes, before[1])
    assert sites == before[2]


# --- what is embedded -------------------------------------------------------------------


def test_the_embedded_factors_are_those_of_the_embedded_figures(real) -> None:
    found = travel_factors(*real)
    pd.testing.assert_frame_equal(
        embedded.load_travel_factors(), found, atol=5e-4, rtol=0, check_names=False,
        check_index_type=False, check_dtype=False,
    )  # fmt: skip


def test_published_ratios_are_found_again() -> None:
    """methods.md §9.8: medians, before they are drawn."""
    ratio = embedded.load_travel_factors()["ratio"]
    for code, expected in {"42": 1.21, "43": 1.16, "38": 1.17, "07": 1.32}.items():
        assert ratio[code] == pytest.approx(expected, abs=0.006)
    assert len(ratio) == 101
    assert list(ratio.index[ratio.isna()]) == ["75"]


def test_bounds_hold_eight_communes_in_ten_out_of_sample(real) -> None:
    communes, minutes, sites = real
    side = pd.Series(
        [hashlib.sha256(code.encode()).digest()[0] % 2 for code in minutes.index], minutes.index
    )
    for half in (0, 1):
        factors = travel_factors(communes, minutes[side == half], sites)
        table = observed(communes, minutes[side != half], sites)
        central, within = held(table, communes, factors)
        assert within.mean() == pytest.approx(0.8, abs=0.015)
        error = (central - table["minutes"]).abs().mean()
        # 3.1 minutes, where the law alone makes 3.9.
        assert error == pytest.approx(3.1, abs=0.1)
        assert (table["law"] - table["minutes"]).abs().mean() - error > 0.7
        by_area = within.groupby(table["departement"]).agg(["mean", "size"])
        assert (by_area["mean"][by_area["size"] >= 100] > 0.6).all()


# --- the law with factors ---------------------------------------------------------------


def test_a_pair_takes_the_mean_of_its_ends_both_ways() -> None:
    places = pd.DataFrame({"lon": [0.0, 10 / DEGREE], "lat": 0.0}, index=["A", "B"])
    factors = pd.Series({"B": 1.5, "A": 1.1})
    for variant in FACTOR_COLUMNS:
        found = surrogate_times(places, variant=variant, factors=factors).minutes.toarray()
        assert found[0, 1] == found[1, 0] == pytest.approx(2.2 * 10**0.84 * 1.3)


@pytest.mark.parametrize("factor", [0.7, 1.0, 1.8])
def test_no_pair_in_reach_is_lost_and_none_beyond_is_kept(factor: float) -> None:
    km = np.arange(0.0, 60.0, 0.5)
    places = pd.DataFrame({"lon": km / DEGREE, "lat": 0.0}, index=[f"p{k:g}" for k in km])
    factors = pd.Series(np.linspace(0.8, 1.2, len(km)) * factor, index=places.index)
    found = surrogate_times(places, reach=30.0, factors=factors).pairs()
    apart = np.abs(km[:, None] - km[None, :])
    both = (factors.to_numpy()[:, None] + factors.to_numpy()[None, :]) / 2
    real = 2.2 * apart**0.84 * both
    assert len(found) == (real <= 30.0).sum()
    assert found["minutes"].max() <= 30.0


@pytest.mark.parametrize("factor", [np.nan, 0.0, -1.0, np.inf, None])
def test_a_place_without_a_factor_is_named(factor: float | None) -> None:
    places = pd.DataFrame({"lon": [0.0, 0.1], "lat": 0.0}, index=["A", "B"])
    factors = pd.Series({"A": 1.0} if factor is None else {"A": 1.0, "B": factor})
    with pytest.raises(TravelError) as refused:
        surrogate_times(places, factors=factors)
    assert refused.value.defects == ("facteur absent ou nul : B",)


def test_factors_are_said_where_the_times_are_named() -> None:
    places = pd.DataFrame({"lon": [0.0, 0.1], "lat": 0.0}, index=["A", "B"])
    alone = surrogate_times(places)
    with_factors = surrogate_times(places, factors=pd.Series(1.0, index=places.index))
    assert "facteur" not in alone.label + alone.source
    assert "un facteur par département d’après la Drees, 31 décembre 2019" in with_factors.label
    assert "facteur par département" in with_factors.source
    # Factors of 1 are the central law.
    assert np.array_equal(alone.minutes.toarray(), with_factors.minutes.toarray())

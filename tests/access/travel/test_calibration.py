"""A power law of distance, fitted on pairs made of one, then on the 512 real communes of Isère."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpts_geo.access.travel.calibration import (
    _DISTANCE_BANDS,
    band_agreement,
    distances,
    error_by_distance,
    fit_power_law,
)
from cpts_geo.access.travel.surrogate import LAWS, PowerLaw
from cpts_geo.access.travel.times import TravelTimes, travel_times
from cpts_geo.errors import TravelError
from cpts_geo.sources.analyst.travel.file import read_travel_file
from cpts_geo.sources.embedding import embedded

#: Kilometres of one degree of longitude on the equator.
DEGREE = math.pi * 6371.0088 / 180


def times(rows: list[tuple[str, str, float]]) -> TravelTimes:
    pairs = pd.DataFrame(rows, columns=["origin", "destination", "minutes"])
    return travel_times(pairs, label="essai", source="exemple", diagonal=0.0)


def equator(**lons: float) -> pd.DataFrame:
    return pd.DataFrame({"lon": lons, "lat": 0.0})


def pairs_of(km: list[float], minutes: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"km": km, "minutes": minutes})


# --- distances --------------------------------------------------------------------------


def test_each_pair_has_its_distance_both_ways() -> None:
    found = distances(times([("A", "B", 7.0), ("B", "A", 9.0)]), equator(A=2.0, B=2.1))
    assert found[["origin", "destination", "minutes"]].to_numpy().tolist() == [
        ["A", "B", 7.0],
        ["B", "A", 9.0],
    ]
    assert found["km"].tolist() == pytest.approx([0.1 * DEGREE] * 2)


def test_pairs_that_no_law_can_tell_are_left_out() -> None:
    rows = [("A", "A", 0.0), ("A", "B", 7.0), ("A", "C", 3.0), ("B", "D", 5.0), ("B", "A", 0.0)]
    points = equator(A=2.0, B=2.1, C=2.0, D=math.nan)
    found = distances(times(rows), points)
    # C stands where A does, D has no point, and nobody goes from B to A in no time.
    assert found[["origin", "destination"]].to_numpy().tolist() == [["A", "B"]]


def test_every_place_without_a_point_is_named() -> None:
    with pytest.raises(TravelError) as refused:
        distances(times([("A", "B", 7.0), ("A", "C", 9.0)]), equator(A=2.0))
    assert refused.value.defects == ("lieux sans coordonnées : B, C",)


def test_points_and_times_are_left_as_they_were() -> None:
    points, travel = equator(A=2.0, B=2.1), times([("A", "B", 7.0)])
    before, pairs = points.copy(), travel.pairs()
    distances(travel, points)
    pd.testing.assert_frame_equal(points, before)
    pd.testing.assert_frame_equal(travel.pairs(), pairs)


# --- the law ----------------------------------------------------------------------------


@given(
    st.floats(0.5, 6), st.floats(0.3, 1.4), st.lists(st.floats(0.5, 25), min_size=3, unique=True)
)
def test_pairs_made_of_a_law_give_it_back(factor: float, exponent: float, km: list[float]) -> None:
    spread = max(km) / min(km)
    if spread < 1.5:
        km = [*km, min(km) / 2]
    exact = PowerLaw(factor, exponent, "", "D").minutes(np.array(km))
    fit = fit_power_law(pairs_of(km, exact.tolist()), text="essai")
    assert fit.law.factor == pytest.approx(factor, rel=1e-6)
    assert fit.law.exponent == pytest.approx(exponent, rel=1e-6)
    assert fit.log_sd == pytest.approx(0, abs=1e-6)
    assert fit.mean_absolute_error == pytest.approx(0, abs=1e-6)
    assert fit.pairs == len(km)


def test_errors_of_a_law_computed_by_hand() -> None:
    # Logs of the ratio to 2 d^0.5 are +log 2, -log 2, -log 2, +log 2: the fit is 2 d^0.5 itself.
    fit = fit_power_law(pairs_of([1.0, 1.0, 16.0, 16.0], [4.0, 1.0, 4.0, 16.0]), text="essai")
    assert (fit.law.factor, fit.law.exponent) == pytest.approx((2.0, 0.5))
    assert fit.log_sd == pytest.approx(math.log(2))
    assert fit.mean_absolute_error == pytest.approx((2 + 1 + 4 + 8) / 4)
    # |2/4-1|, |2/1-1|, |8/4-1|, |8/16-1| = .5, 1, 1, .5
    assert fit.median_relative_error == pytest.approx(0.75)
    assert (fit.law.text, fit.law.grade) == ("essai", "B")


def test_pairs_too_far_are_not_used() -> None:
    near = pairs_of([1.0, 4.0, 16.0], [2.0, 4.0, 8.0])
    far = pairs_of([25.0, 25.1, 100.0], [10.0, 500.0, 500.0])
    fit = fit_power_law(pd.concat([near, far]), text="essai")
    assert fit.pairs == 4  # 25 km is in, 25.1 is not
    assert fit.law.exponent == pytest.approx(0.5)
    wide = fit_power_law(pd.concat([near, far]), text="essai", max_km=math.inf)
    assert wide.pairs == 6
    assert wide.law.exponent > 0.9


@pytest.mark.parametrize(
    ("km", "minutes", "defect"),
    [
        ([1.0, 2.0], [2.0, 3.0], "2 paires"),
        ([3.0, 3.0, 3.0], [2.0, 3.0, 4.0], "3 paires"),
        ([30.0, 40.0, 50.0], [2.0, 3.0, 4.0], "0 paire"),
        ([1.0, 2.0, 4.0], [8.0, 4.0, 2.0], "exposant −1,00"),
    ],
)
def test_pairs_that_give_no_law_are_refused(
    km: list[float], minutes: list[float], defect: str
) -> None:
    with pytest.raises(TravelError) as refused:
        fit_power_law(pairs_of(km, minutes), text="essai")
    assert len(refused.value.defects) == 1
    assert defect in refused.value.defects[0]


# --- errors of a law --------------------------------------------------------------------


def test_errors_stand_by_band_and_an_empty_band_says_nothing() -> None:
    law = PowerLaw(2.0, 1.0, "", "D")
    # Law: 2, 4 | 6 | nothing. Real: 3, 3 | 4.
    pairs = pairs_of([1.0, 2.0, 3.0], [3.0, 3.0, 4.0])
    found = error_by_distance(pairs, law, bands=(0, 2, 4, 8))
    assert found["pairs"].tolist() == [2, 1, 0]
    assert found["from_km"].tolist() == [0, 2, 4]
    assert found["to_km"].tolist() == [2, 4, 8]
    assert found["bias"].tolist()[:2] == pytest.approx([0.0, 2.0])
    assert found["mean_absolute_error"].tolist()[:2] == pytest.approx([1.0, 2.0])
    assert found["median_relative_error"].tolist()[:2] == pytest.approx([1 / 3, 0.5])
    assert found["real_minutes"].tolist()[:2] == [3.0, 4.0]
    assert found["law_minutes"].tolist()[:2] == [3.0, 6.0]
    assert found.iloc[2, 3:].isna().all()


def test_agreement_counted_by_hand() -> None:
    law = PowerLaw(1.0, 1.0, "", "D")
    # (real, law): both within 10 (10 itself is), missed, false, both beyond.
    pairs = pairs_of([10.0, 11.0, 9.0, 12.0], [10.0, 8.0, 15.0, 30.0])
    found = band_agreement(pairs, law, bands=(5, 10, 60))
    assert found["agreement"].tolist() == [1.0, 0.5, 1.0]
    assert found.loc[10, ["missed", "false"]].tolist() == [0.5, 0.5]
    # Nobody is within 5 minutes, nobody beyond 60: no share of nobody.
    assert math.isnan(found.at[5, "missed"])
    assert found.at[5, "false"] == 0
    assert math.isnan(found.at[60, "false"])
    assert found.at[60, "missed"] == 0


# --- the real matrix of Isère -----------------------------------------------------------


@pytest.fixture(scope="module")
def isere(official_dir: Path) -> pd.DataFrame:
    """Pairs of different communes of Isère: minutes by OSRM, kilometres between town halls."""
    path = official_dir / "osrm_isere_38_commune_matrix_seconds.csv"
    travel = travel_times(read_travel_file(path, unit="seconds"), label="OSRM", source="rspatial")
    points = embedded.load_communes().set_index("code_insee")[["lon", "lat"]]
    return distances(travel, points)


@pytest.fixture(scope="module")
def lowland(isere: pd.DataFrame) -> pd.DataFrame:
    """Pairs of the west of the département, where the land is low: both ends west of 5.5° E."""
    lon = embedded.load_communes().set_index("code_insee")["lon"]
    west = isere[["origin", "destination"]].apply(lambda codes: codes.map(lon)) < 5.5
    return isere[west.all(axis=1)]


@pytest.fixture
def sample(request: pytest.FixtureRequest) -> Callable[[str], pd.DataFrame]:
    return request.getfixturevalue


def test_every_pair_of_isere_has_a_distance(isere: pd.DataFrame) -> None:
    assert len(isere) == 512 * 511
    assert isere["km"].between(0.1, 160).all()


@pytest.mark.parametrize(
    ("name", "factor", "exponent", "log_sd"),
    [("lowland", 2.831, 0.810, 0.171), ("isere", 3.141, 0.802, 0.257)],
)
def test_the_laws_of_the_methods_are_found_again(
    sample: Callable[[str], pd.DataFrame],
    name: str,
    factor: float,
    exponent: float,
    log_sd: float,
) -> None:
    fit = fit_power_law(sample(name), text="Isère")
    ten_km = float(fit.law.minutes(np.array([10.0]))[0])
    assert ten_km == pytest.approx(factor * 10**exponent, rel=0.01)
    assert fit.law.exponent == pytest.approx(exponent, abs=0.01)
    assert fit.log_sd == pytest.approx(log_sd, abs=0.01)


def test_errors_of_the_lowland_law(lowland: pd.DataFrame) -> None:
    fit = fit_power_law(lowland, text="Isère")
    assert fit.mean_absolute_error == pytest.approx(2.9, abs=0.3)
    assert fit.median_relative_error == pytest.approx(0.10, abs=0.01)
    table = error_by_distance(lowland, fit.law).set_index("from_km")
    medians = table.loc[[0, 4, 8, 10, 15], "real_minutes"]
    assert medians.tolist() == pytest.approx([4.0, 10.5, 16.9, 22.0, 28.8], rel=0.06)
    assert table["pairs"].sum() == fit.pairs
    assert len(table) == len(_DISTANCE_BANDS) - 1
    # The law is right on the whole, and worse in minutes as roads grow longer.
    assert table["bias"].abs().max() < 1
    assert table["mean_absolute_error"].is_monotonic_increasing


@pytest.mark.parametrize("own", [True, False])
def test_the_agreement_published_is_that_of_the_lowland_law(
    lowland: pd.DataFrame, own: bool
) -> None:
    near = lowland[lowland["km"] <= 25]
    law = fit_power_law(lowland, text="Isère").law if own else LAWS["high"]
    shares = band_agreement(near, law)["agreement"]
    assert shares.round(2).tolist() == [0.97, 0.95, 0.91, 0.86]
    # It is that of its own region: the default, made for another one, does worse everywhere.
    assert (band_agreement(near, LAWS["central"])["agreement"] < shares).all()

"""Times approached by distance: a power law of the great circle, and the sea it does not cross."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpts_geo.access.travel.surrogate import (
    LAWS,
    great_circle_km,
    surrogate_times,
)
from cpts_geo.access.travel.times import minutes_matrix
from cpts_geo.errors import TravelError
from cpts_geo.schema import Status
from cpts_geo.sources.embedding import embedded
from cpts_geo.sources.lands import _APART, _ROADLESS, land_of

few = settings(max_examples=25, deadline=None)
#: methods.md §5: minutes for one kilometre, power of the distance.
PUBLISHED = {"low": (1.714, 0.873), "central": (2.2, 0.84), "high": (2.831, 0.810)}
coordinates = st.tuples(st.floats(-4, 8), st.floats(42, 51))


def points(*places: tuple[float, float], codes: list | None = None) -> pd.DataFrame:
    names = codes or [f"p{n}" for n in range(len(places))]
    return pd.DataFrame(places, columns=["lon", "lat"], index=names, dtype=float)


def haversine(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The school formula, half the versine of angles; kilometres."""
    lon, lat, lon_b, lat_b = map(math.radians, (*a, *b))
    half = (
        math.sin((lat_b - lat) / 2) ** 2
        + math.cos(lat) * math.cos(lat_b) * math.sin((lon_b - lon) / 2) ** 2
    )
    return 2 * 6371.0088 * math.asin(math.sqrt(half))


def as_dict(travel) -> dict[tuple[str, str], float]:
    return {(i, j): t for i, j, t in travel.pairs().itertuples(index=False)}


def refused(places: pd.DataFrame, **options) -> tuple[str, ...]:
    with pytest.raises(TravelError) as error:
        surrogate_times(places, **options)
    assert "en degrés" in error.value.remedy
    return error.value.defects


@pytest.fixture(scope="module")
def communes():
    table = embedded.load_communes()
    return table.set_index("code_insee")


# --- distance ---------------------------------------------------------------------------


def test_great_circle_of_the_published_pair():
    """Oracle O20."""
    found = great_circle_km(1.6961, 47.8283, 1.9090, 47.9025)
    assert found == pytest.approx(17.8972, abs=5e-5)


@given(coordinates, coordinates)
def test_great_circle_equals_the_school_formula(a, b):
    assert great_circle_km(*a, *b) == pytest.approx(haversine(a, b), rel=1e-9, abs=1e-6)


def test_great_circle_far_near_and_unknown():
    half = math.pi * 6371.0088
    assert great_circle_km(0, 0, 180, 0) == pytest.approx(half)
    assert great_circle_km(0, 0, 0, 90) == pytest.approx(half / 2)
    assert great_circle_km(2, 48, 2, 48) == 0
    # A metre, which the cosine of an angle cannot tell.
    assert great_circle_km(2, 48, 2, 48 + 9e-6) == pytest.approx(1.00075e-3, rel=1e-4)
    half_known = great_circle_km([1.0, np.nan], [47.0, 47.0], 1.0, 48.0)
    assert np.isnan(half_known).tolist() == [False, True]


def test_great_circle_takes_shapes_that_broadcast():
    lon, lat = np.array([1.0, 2.0, 3.0]), np.array([[47.0], [48.0]])
    found = great_circle_km(lon, lat, 2.5, [46.0, 46.5, 47.5])
    assert found.shape == (2, 3)
    assert found[1, 2] == pytest.approx(haversine((3.0, 48.0), (2.5, 47.5)))


# --- law --------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", ["low", "central", "high"])
def test_every_variant_is_its_published_law(variant):
    factor, exponent = PUBLISHED[variant]
    law = LAWS[variant]
    km = np.array([0.0, 1.0, 5.0, 10.0, 20.0])
    assert law.minutes(km).tolist() == pytest.approx([factor * d**exponent for d in km])
    assert law.distance(law.minutes(np.array([7.3]))[0]) == pytest.approx(7.3)
    places = [(2.0, 48.0), (2.05, 48.03)]
    found = as_dict(surrogate_times(points(*places), variant=variant))
    assert found["p0", "p1"] == pytest.approx(factor * haversine(*places) ** exponent)


def test_published_minutes_of_the_laws():
    """methods.md §5: METRIC at 5 to 20 km; 15.2 minutes at 10 km, bounds x 0.84 and x 1.20."""
    low = LAWS["low"].minutes(np.array([5.0, 10.0, 15.0, 20.0]))
    assert low.tolist() == pytest.approx([7.0, 12.8, 18.2, 23.4], abs=0.06)
    ten = {name: float(law.minutes(np.array([10.0]))[0]) for name, law in LAWS.items()}
    assert ten["central"] == pytest.approx(15.2, abs=0.05)
    assert ten["low"] / ten["central"] == pytest.approx(0.84, abs=0.006)
    assert ten["high"] / ten["central"] == pytest.approx(1.20, abs=0.005)
    assert [law.grade for law in LAWS.values()] == ["B", "D", "B"]
    # In order at every distance that is asked about.
    km = np.geomspace(0.05, 100, 500)
    low, central, high = (LAWS[name].minutes(km) for name in PUBLISHED)
    assert (low < central).all() and (central < high).all()


# --- pairs ------------------------------------------------------------------------------


@few
@given(
    st.lists(coordinates, min_size=1, max_size=12, unique=True),
    st.sampled_from(["low", "central", "high"]),
    st.sampled_from([10.0, 30.0, 120.0, 900.0]),
)
def test_pairs_are_all_those_under_the_reach_and_equal_the_naive_law(places, variant, reach):
    factor, exponent = PUBLISHED[variant]
    travel = surrogate_times(points(*places), reach=reach, variant=variant)
    found = as_dict(travel)
    for a, one in enumerate(places):
        for b, two in enumerate(places):
            expected = 0.0 if a == b else factor * haversine(one, two) ** exponent
            key = (f"p{a}", f"p{b}")
            if abs(expected - reach) < 1e-9:
                continue
            assert (key in found) == (expected < reach)
            if key in found:
                assert found[key] == pytest.approx(expected, rel=1e-9, abs=1e-4)
    assert len(found) == travel.minutes.nnz
    assert travel.reach == reach


def test_pairs_too_many_for_one_block_are_all_computed():
    rng = np.random.default_rng(8)
    lon, lat = rng.uniform(2, 2.1, 700), rng.uniform(48, 48.1, 700)
    found = surrogate_times(points(*zip(lon, lat, strict=True))).minutes
    assert found.nnz == 700 * 700
    assert (found != found.T).nnz == 0
    east, north = np.radians(lon), np.radians(lat)
    half = np.sin((north[:, None] - north) / 2) ** 2
    half += np.cos(north[:, None]) * np.cos(north) * np.sin((east[:, None] - east) / 2) ** 2
    km = 2 * 6371.0088 * np.arcsin(np.sqrt(half))
    np.testing.assert_allclose(found.toarray(), 2.2 * km**0.84, rtol=1e-6, atol=1e-6)


def test_minutes_never_fall_with_distance():
    rng = np.random.default_rng(6)
    places = [
        (2.0, 48.0),
        *zip(rng.uniform(1.5, 2.5, 200), rng.uniform(47.7, 48.3, 200), strict=True),
    ]
    for variant in LAWS:
        travel = surrogate_times(points(*places), reach=900, variant=variant)
        row = minutes_matrix(travel, origins=["p0"], destinations=list(travel.destinations)).iloc[0]
        far = np.argsort([haversine(places[0], place) for place in places])
        assert (np.diff(row.to_numpy()[far]) > 0).all()


def test_points_at_one_place_are_at_no_distance():
    found = as_dict(surrogate_times(points((2.0, 48.0), (2.0, 48.0))))
    assert found == {(a, b): 0.0 for a in ("p0", "p1") for b in ("p0", "p1")}


@pytest.mark.parametrize("reach", [11_000.0, 20_000.0, 30_000.0, 1e6])
def test_a_reach_longer_than_the_earth_holds_every_pair(reach):
    assert len(as_dict(surrogate_times(points((0.0, 0.0), (179.9, 0.0)), reach=reach))) == 4


def test_the_label_says_it_is_an_approximation_and_which():
    near = points((2.0, 48.0), (2.1, 48.0))
    for variant, words in (("low", "basse"), ("central", "centrale"), ("high", "haute")):
        travel = surrogate_times(near, variant=variant)
        assert "approchés" in travel.label
        assert f"variante {words}" in travel.label
        assert "sans réseau routier" in travel.label
        assert travel.status is Status.ESTIMATED
        assert travel.grade == LAWS[variant].grade


# --- no point, no road ------------------------------------------------------------------


@pytest.mark.filterwarnings("error")
def test_places_without_a_point_have_no_times():
    nan = math.nan
    places = [(2.0, 48.0), (nan, nan), (2.0, nan), (nan, 48.0), (2.1, 48.0)]
    series = points(*places, codes=list("abcde"))
    travel = surrogate_times(series)
    assert travel.unsnapped == ("b", "c", "d")
    assert travel.origins.tolist() == list("abcde")
    assert set(as_dict(travel)) == {(i, j) for i in "ae" for j in "ae"}
    nowhere = surrogate_times(series.iloc[1:3])
    assert nowhere.unsnapped == ("b", "c")
    assert as_dict(nowhere) == {}


def test_roadless_communes_exist_by_the_name_beside_them(communes):
    names = {code: communes.at[code, "name"] for group in _ROADLESS for code in group}
    assert len(names) == sum(map(len, _ROADLESS))
    wanted = {
        "17004": "Île-d'Aix", "22016": "Île-de-Bréhat", "29082": "Île-de-Batz",
        "29083": "Île-de-Sein", "29084": "Île-Molène", "29155": "Ouessant", "56009": "Bangor",
        "56114": "Locmaria", "56152": "Le Palais", "56241": "Sauzon", "56069": "Groix",
        "56085": "Hœdic", "56086": "Île-d'Houat", "56087": "Île-aux-Moines", "56088": "Île-d'Arz",
        "85113": "L'Île-d'Yeu", "97108": "Capesterre-de-Marie-Galante", "97112": "Grand-Bourg",
        "97126": "Saint-Louis", "97110": "La Désirade", "97130": "Terre-de-Bas",
        "97131": "Terre-de-Haut", "97314": "Ouanary", "97352": "Saül", "97353": "Maripasoula",
        "97356": "Camopi", "97357": "Grand-Santi", "97362": "Papaichton", "97608": "Dzaoudzi",
        "97615": "Pamandzi",
    }  # fmt: skip
    assert names == wanted


def test_islands_are_joined_among_themselves_and_to_nothing_else(communes):
    belle_ile = ["56009", "56114", "56152", "56241"]
    others = ["56085", "56086", "56069", "56087", "56088", "85113", "85011", "56034", "56186"]
    found = as_dict(surrogate_times(communes.loc[[*belle_ile, *others]], reach=90))
    for island in [*belle_ile, *others[:6]]:
        joined = {j for i, j in found if i == island}
        assert joined == (set(belle_ile) if island in belle_ile else {island})
    assert ("56034", "56186") in found


def test_bridges_join_what_they_join(communes):
    noirmoutier, barbatre, beauvoir = "85163", "85011", "85018"
    found = as_dict(surrogate_times(communes.loc[[noirmoutier, barbatre, beauvoir]]))
    assert len(found) == 9


def test_no_road_crosses_the_sea_to_corse_or_overseas(communes):
    codes = ["06088", "2A004", "2B033", "97105", "97209", "97411", "97302", "97611", "97608"]
    found = set(as_dict(surrogate_times(communes.loc[codes], reach=20_000)))
    assert found == {(a, a) for a in codes} | {("2A004", "2B033"), ("2B033", "2A004")}
    lands = land_of(pd.Index(codes))
    assert lands[0] == 0
    assert len(set(lands)) == 8
    assert land_of(pd.Index(["45234", "28085", "A"])).tolist() == [0, 0, 0]
    assert len({code for group in _APART for code in group}) == 7


# --- refused ----------------------------------------------------------------------------


@pytest.mark.parametrize("place", [(181.0, 48.0), (-181.0, 48.0), (2.0, 91.0), (2.0, -91.0)])
def test_one_coordinate_out_of_its_range_is_enough(place):
    assert refused(points((2.0, 48.0), place)) == ("coordonnées hors des degrés : p1",)


def test_codes_alike_once_written_are_the_same_code():
    assert refused(points((2.0, 48.0), (2.1, 48.0), codes=[1, "1"])) == ("codes en double : 1",)


def test_every_defect_is_listed_at_once():
    places = points((2.0, 48.0), (620_000.0, 6_780_000.0), (2.0, 48.0), codes=list("aba"))
    assert refused(places, reach=-2) == (
        "codes en double : a",
        "portée -2 : minutes au-dessus de 0 attendues",
        "coordonnées hors des degrés : b",
    )


@pytest.mark.parametrize("reach", [0, -1, math.nan, math.inf])
def test_a_reach_that_is_no_time_is_refused(reach):
    assert refused(points((2.0, 48.0)), reach=reach)[0].startswith("portée")

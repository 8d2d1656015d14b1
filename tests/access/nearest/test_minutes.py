"""Minutes to the nearest GP and emergency department: whom they count, what they do not know."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpts_geo.access.nearest.minutes import (
    coverage_by_variant,
    facility_counts,
    minutes_columns,
    minutes_to_care,
    neighbourhood,
    travel_variants,
)
from cpts_geo.access.travel.surrogate import great_circle_km
from cpts_geo.access.travel.times import TravelTimes, travel_times
from cpts_geo.errors import TravelError
from cpts_geo.schema import COLUMNS, FILE, Status
from cpts_geo.settings import MINUTES_BANDS
from cpts_geo.sources.embedding import embedded

#: methods.md §5: minutes of d kilometres.
LAWS = {"low": (1.714, 0.873), "central": (2.2, 0.84), "high": (2.831, 0.810)}
#: Kilometres of one degree of longitude on the equator.
DEGREE = math.pi * 6371.0088 / 180


def minutes(km: float, variant: str = "central") -> float:
    factor, exponent = LAWS[variant]
    return factor * km**exponent


def on_a_line(**km: float) -> pd.DataFrame:
    """Places of the equator, by their kilometres from the first."""
    return pd.DataFrame({"lon": {code: at / DEGREE for code, at in km.items()}, "lat": 0.0})


def given_times(*rows: tuple[str, str, float]) -> TravelTimes:
    pairs = pd.DataFrame(rows, columns=["origin", "destination", "minutes"])
    return travel_times(
        pairs, label="table", source="analyste", grade="C", diagonal=0.0, series=FILE
    )


def care_of(field: pd.DataFrame, given: TravelTimes | None = None) -> pd.DataFrame:
    """Minutes, place and knowledge by facility, variant and commune."""
    table = minutes_to_care(field, travel_variants(field, given=given))
    return table.set_index(["facility", "variant", "code_insee"]).sort_index()


# --- the communes looked at -------------------------------------------------------------


@pytest.fixture(scope="module")
def national() -> pd.DataFrame:
    return pd.DataFrame(embedded.load_communes().drop(columns="geometry"))


@pytest.fixture(scope="module")
def members() -> pd.DataFrame:
    table = embedded.load_perimeters().query("source == 'communiques'")
    return table[table["territory"].isin(["ouest_loiret", "lvo"])]


def test_every_commune_that_any_variant_reaches_is_looked_at(
    national: pd.DataFrame, members: pd.DataFrame
) -> None:
    field = neighbourhood(members, national, figures=embedded.load_figures())
    far = max((45 / factor) ** (1 / exponent) for factor, exponent in LAWS.values())
    inside = national[national["code_insee"].isin(members["code_insee"])]
    km = great_circle_km(
        *(national[[name]].to_numpy() for name in ("lon", "lat")),
        *(inside[name].to_numpy()[None, :] for name in ("lon", "lat")),
    )
    near = national.loc[(km <= far).any(axis=1), "code_insee"]
    assert near.isin(field.index).all()
    # A little wider than needed, and not all that lies between Loiret and Vendée.
    assert len(near) < len(field) < 2 * len(near)
    assert (
        field.index.tolist()
        == national["code_insee"][national["code_insee"].isin(field.index)].tolist()
    )


def test_figures_that_are_not_there_are_unknown_and_zeros_stay_zeros(
    national: pd.DataFrame, members: pd.DataFrame
) -> None:
    figures = pd.DataFrame({"code_insee": ["45203", "45019"], "gps_2017": [6.0, 0.0]})
    field = neighbourhood(members, national, figures=figures)
    assert field.at["45203", "gps_2017"] == 6
    assert field.at["45019", "gps_2017"] == 0
    assert field["gps_2017"].drop(["45203", "45019"]).isna().all()


def test_a_member_without_coordinates_is_kept_and_draws_nobody(national: pd.DataFrame) -> None:
    lost = national.copy()
    lost.loc[lost["code_insee"] == "45203", ["lon", "lat"]] = np.nan
    before = lost.copy()
    wanted = pd.DataFrame({"code_insee": ["45203"]})
    field = neighbourhood(wanted, lost, figures=pd.DataFrame({"code_insee": []}, dtype=str))
    assert field.index.tolist() == ["45203"]
    pd.testing.assert_frame_equal(lost, before)


# --- travel times -----------------------------------------------------------------------


def test_three_laws_of_distance_the_central_one_between_the_others() -> None:
    found = travel_variants(on_a_line(A=0, B=10))
    assert list(found) == ["low", "central", "high"]
    for name, times in found.items():
        assert times.pairs()["minutes"].max() == pytest.approx(minutes(10, name), rel=1e-6)
    assert minutes(10, "low") < minutes(10) < minutes(10, "high")


def test_a_place_without_coordinates_has_no_road() -> None:
    field = on_a_line(A=0, B=10, C=20)
    field.loc["B", "lon"] = np.nan
    for times in travel_variants(field).values():
        assert times.unsnapped == ("B",)


def test_the_analysts_times_stand_alone() -> None:
    table = given_times(("A", "B", 3.0))
    assert travel_variants(on_a_line(A=0, B=10), given=table) == {"central": table}


def test_times_of_another_region_are_refused() -> None:
    with pytest.raises(TravelError, match="ne parle pas de ce territoire") as refused:
        travel_variants(on_a_line(A=0), given=given_times(("Y", "Z", 3.0)))
    assert "Y" in refused.value.defects[0]
    assert "codes" in refused.value.remedy


# --- where care is ----------------------------------------------------------------------


def test_the_newest_count_known_somewhere_is_taken() -> None:
    field = pd.DataFrame({"gps_2017": [2.0, 1.0], "gps_2025": [np.nan, 0.0]}, index=["A", "B"])
    vintage, counts = facility_counts(field, "gp")
    assert vintage == 2025
    assert counts.equals(field["gps_2025"])
    assert facility_counts(field.assign(gps_2025=np.nan), "gp")[0] == 2017


def test_no_figure_is_nothing_and_zero_everywhere_is_a_figure() -> None:
    field = pd.DataFrame({"emergency_departments_2024": [0.0, 0.0]}, index=["A", "B"])
    assert facility_counts(field, "gp") is None
    assert facility_counts(field, "emergency")[1].tolist() == [0, 0]
    assert facility_counts(field.assign(emergency_departments_2024=np.nan), "emergency") is None


# --- minutes to care --------------------------------------------------------------------


def test_minutes_go_to_the_nearest_commune_with_care_across_any_limit() -> None:
    field = on_a_line(A=0, B=4, C=10).assign(
        gps_2017=[2.0, 0.0, 1.0], emergency_departments_2024=[0.0, 0.0, 1.0]
    )
    found = care_of(field)
    for name in LAWS:
        near = found.loc[("gp", name)]
        assert near["minutes"].tolist() == pytest.approx([0, minutes(4, name), 0], rel=1e-6)
        assert near["site"].tolist() == ["A", "A", "C"]
        assert found.loc[("emergency", name, "A"), "minutes"] == pytest.approx(minutes(10, name))
    assert set(found.loc["gp", "column"]) == {"gp_minutes_approx_2017"}
    assert set(found.loc["emergency", "column"]) == {"emergency_minutes_approx_2024"}
    assert set(found["column"]) <= set(COLUMNS)
    assert found["known"].all()


def test_unknown_is_neither_zero_nor_far() -> None:
    # B may have a GP: nothing can be said of B, and A, whose GP is farther than B, is unsure.
    field = on_a_line(A=0, B=4, C=10).assign(gps_2017=[0.0, np.nan, 1.0])
    near = care_of(field).loc[("gp", "central")]
    assert near["known"].tolist() == [False, False, True]
    assert near["minutes"].isna().tolist() == [True, True, False]
    sure = care_of(field.assign(gps_2017=[0.0, 0.0, 1.0])).loc[("gp", "central")]
    assert sure["minutes"].tolist() == pytest.approx([minutes(10), minutes(6), 0], rel=1e-6)


def test_known_none_in_reach_is_far_and_not_unknown() -> None:
    # 60 km: beyond 45 minutes in every variant.
    near = care_of(on_a_line(A=0, B=60).assign(gps_2017=[0.0, 1.0])).loc[("gp", "low")]
    assert near["known"].tolist() == [True, True]
    assert near["minutes"].isna().tolist() == [True, False]
    none = care_of(on_a_line(A=0).assign(gps_2017=[0.0])).loc[("gp", "central")]
    assert none["known"].tolist() == [True]


def test_the_analysts_minutes_bear_his_name() -> None:
    field = on_a_line(A=0, B=10).assign(gps_2017=[1.0, 0.0])
    found = care_of(field, given_times(("A", "B", 3.0), ("B", "A", 4.5)))
    assert found.loc[("gp", "central", "B"), "minutes"] == 4.5
    assert set(found["column"]) == {"gp_minutes_file_2017"}


def test_care_that_the_analysts_table_lacks_is_unknown_not_absent() -> None:
    # The table holds A and B alone; the hospital is in C, or may be.
    table = given_times(("A", "B", 3.0), ("B", "A", 4.0))
    field = on_a_line(A=0, B=10, C=12)
    for there in (1.0, np.nan):
        found = care_of(field.assign(emergency_departments_2024=[0.0, 0.0, there]), table)
        assert not found["known"].any()
    # None anywhere: that is known.
    found = care_of(field.assign(emergency_departments_2024=[0.0, 0.0, 0.0]), table)
    assert found["known"].all()
    # What the table does reach stays known.
    found = care_of(field.assign(emergency_departments_2024=[1.0, 0.0, 1.0]), table)
    assert found["minutes"].tolist() == [0.0, 4.0]


def test_without_any_figure_there_is_no_row() -> None:
    field = on_a_line(A=0, B=10)
    care = minutes_to_care(field, travel_variants(field))
    assert care.empty
    assert coverage_by_variant(care, pd.Series({"A": 10.0})).empty
    codes = pd.Series(["A", "B"])
    assert minutes_columns(care, codes, status=Status.ESTIMATED).shape == (2, 0)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0, 120), st.sampled_from([0.0, 1.0, 3.0]), st.integers(0, 500)),
        min_size=2,
        max_size=8,
    )
)
def test_the_central_minutes_and_shares_stand_between_the_two_others(
    places: list[tuple[float, float, int]],
) -> None:
    codes = [f"p{n}" for n in range(len(places))]
    km, gps, people = zip(*places, strict=True)
    field = on_a_line(**dict(zip(codes, km, strict=True))).assign(gps_2017=list(gps))
    care = minutes_to_care(field, travel_variants(field))
    wide = care.pivot(index="code_insee", columns="variant", values="minutes").fillna(np.inf)
    assert (wide["low"] <= wide["central"]).all()
    assert (wide["central"] <= wide["high"]).all()
    table = coverage_by_variant(care, pd.Series(people, index=codes, dtype=float))
    near = table.pivot(index="minutes", columns="variant", values="people")
    assert (near["high"] <= near["central"]).all()
    assert (near["central"] <= near["low"]).all()
    assert near.apply(lambda column: column.is_monotonic_increasing).all()
    assert (table["people"] + table["beyond"] + table["unknown"] <= sum(people)).all()


# --- columns of communes ----------------------------------------------------------------


def test_columns_keep_the_rows_of_the_communes_and_say_how_they_are_known() -> None:
    field = on_a_line(A=0, B=4, C=60).assign(gps_2017=[1.0, 0.0, 0.0])
    care = minutes_to_care(field, travel_variants(field))
    codes = pd.Series(["C", "B", "Z", "A"], index=[7, 3, 5, 1])
    found = minutes_columns(care, codes, status=Status.ESTIMATED)
    name = "gp_minutes_approx_2017"
    assert found.columns.tolist() == [name, f"{name}_status"]
    assert found.index.tolist() == [7, 3, 5, 1]
    assert found.at[1, name] == 0
    assert found.at[3, name] == pytest.approx(minutes(4), rel=1e-6)
    assert found[name].isna().tolist() == [True, False, True, False]
    assert found[f"{name}_status"].tolist() == ["unknown", "estimated", "unknown", "estimated"]


# --- coverage ---------------------------------------------------------------------------


def care_table(known: dict[str, float], *, unknown: tuple[str, ...] = ()) -> pd.DataFrame:
    rows = pd.DataFrame(
        {"code_insee": [*known, *unknown], "minutes": [*known.values(), *[np.nan] * len(unknown)]}
    )
    return rows.assign(
        facility="gp",
        variant="central",
        site="A",
        known=~rows["code_insee"].isin(unknown),
        reach=45.0,
        column="gp_minutes_approx_2017",
    )


def covered(known: dict[str, float], people: dict[str, float], **options: tuple) -> pd.DataFrame:
    care = care_table(known, **options)
    return coverage_by_variant(care, pd.Series(people)).set_index("minutes")


def test_coverage_computed_by_hand() -> None:
    known = {"A": 0.0, "B": 10.0, "C": 12.0, "D": 31.0}
    found = covered(known, {"A": 500.0, "B": 200.0, "C": 250.0, "D": 50.0})
    assert found["people"].to_dict() == {10: 700, 15: 950, 20: 950, 30: 950}
    assert found["share"].tolist() == pytest.approx([0.7, 0.95, 0.95, 0.95])
    row = found.loc[10]
    assert row["mean_minutes"] == pytest.approx((2_000 + 3_000 + 1_550) / 1_000)
    assert row["p90_minutes"] == 12
    assert (row["worst"], row["worst_minutes"]) == ("D", 31)
    assert (row["unknown"], row["beyond"]) == (0, 0)
    # 10 minutes are within 10, and no more.
    edges = {"A": 10.01, "B": 30.0, "C": 30.5, "D": 0.0}
    found = covered(edges, {"A": 4.0, "B": 16.0, "C": 32.0, "D": 1.0, "E": np.nan})
    assert found["people"].tolist() == [1, 5, 5, 21]
    assert found["share"].tolist() == pytest.approx([1 / 53, 5 / 53, 5 / 53, 21 / 53])


def test_nine_in_ten_exactly_is_reached() -> None:
    assert covered({"A": 0.0, "B": 9.0}, {"A": 90.0, "B": 10.0}).at[10, "p90_minutes"] == 0
    assert covered({"A": 0.0, "B": 9.0}, {"A": 89.0, "B": 11.0}).at[10, "p90_minutes"] == 9


def test_people_out_of_reach_count_and_have_no_mean() -> None:
    found = covered({"A": 0.0, "B": 12.0, "C": np.nan}, {"A": 800.0, "B": 150.0, "C": 50.0})
    assert found["share"].tolist() == pytest.approx([0.8, 0.95, 0.95, 0.95])
    row = found.loc[10]
    assert (row["beyond"], row["unknown"]) == (50, 0)
    assert math.isnan(row["mean_minutes"])
    assert row["p90_minutes"] == 12
    assert (row["worst"], row["worst_minutes"]) == ("B", 12)
    far = covered({"A": 0.0, "B": np.nan}, {"A": 80.0, "B": 20.0})
    assert math.isnan(far.at[10, "p90_minutes"])


def test_people_whose_time_is_unknown_are_counted_apart() -> None:
    found = covered({"A": 0.0, "B": 12.0}, {"A": 300.0, "B": 100.0, "C": 40.0}, unknown=("C",))
    assert found["share"].tolist() == pytest.approx([0.75, 1, 1, 1])
    assert (found.at[10, "unknown"], found.at[10, "beyond"]) == (40, 0)
    assert math.isnan(found.at[10, "mean_minutes"])
    # A commune that the times do not hold at all is unknown too.
    assert covered({"A": 0.0}, {"A": 300.0, "Z": 10.0}).at[10, "unknown"] == 10
    nobody = covered({}, {"A": 300.0}, unknown=("A",))
    assert nobody["share"].isna().all()
    assert nobody.at[10, "worst"] == ""


def test_what_is_known_of_a_few_says_nothing_of_all() -> None:
    known, people = {"A": 0.0, "B": 12.0}, {"A": 800.0, "B": 100.0, "C": 100.0}
    assert covered(known, people, unknown=("C",))["share"].notna().all()
    found = covered(known, people | {"C": 101.0}, unknown=("C",))
    assert found["share"].isna().all()
    # Those near are still counted, as a least number; nobody is called the farthest.
    assert found["people"].tolist() == [800, 900, 900, 900]
    assert found.at[10, "worst"] == ""
    assert math.isnan(found.at[10, "worst_minutes"])


def test_a_commune_without_people_is_no_worst_case() -> None:
    row = covered({"A": 0.0, "B": 5.0, "C": 40.0}, {"A": 10.0, "B": 10.0, "C": 0.0}).loc[10]
    assert (row["worst"], row["mean_minutes"], row["p90_minutes"]) == ("B", 2.5, 5)
    # Nor does one out of reach take the mean away.
    row = covered({"A": 0.0, "B": np.nan}, {"A": 10.0, "B": 0.0}).loc[10]
    assert row["mean_minutes"] == 0
    empty = covered({"A": 3.0}, {"A": 0.0}).loc[10]
    assert math.isnan(empty["mean_minutes"])
    assert empty["worst"] == ""


def test_what_is_within_more_than_the_times_reach_is_known_only_of_everyone() -> None:
    people = pd.Series({"A": 10.0, "B": 30.0})
    care = care_table({"A": 0.0, "B": np.nan})
    for reach, share in {19.0: [0.25, 0.25], 20.0: [0.25] * 3, 9.9: []}.items():
        found = coverage_by_variant(care.assign(reach=reach), people)
        assert found["minutes"].tolist() == list(MINUTES_BANDS)
        assert found["share"].dropna().tolist() == share
        assert found["people"].isna().equals(found["share"].isna())
        assert set(found["beyond"]) == {30}
    near = coverage_by_variant(care_table({"A": 0.0, "B": 4.0}).assign(reach=9.9), people)
    assert near["share"].tolist() == [1.0] * 4

"""Scenarios of supply on a territory: before, after, extremes, and the communes that cross 2.5."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpts_geo.access.changes.change import Change, centre_opens, gp_leaves
from cpts_geo.access.changes.shifts import (
    Basins,
    Shift,
    basins,
    check_departures,
    largest_practice,
    people_missing,
    shift_of,
)
from cpts_geo.access.changes.text import _gp_arrives, _gp_cuts_hours
from cpts_geo.access.nearest.minutes import neighbourhood, travel_variants
from cpts_geo.access.travel.times import travel_times
from cpts_geo.errors import ScenarioError, TableError
from cpts_geo.sources.embedding import embedded

#: Kilometres of one degree of longitude on the equator.
DEGREE = math.pi * 6371.0088 / 180


def field_of(
    km: list[float], *, apl: list[float], people: list[float], **columns: list
) -> pd.DataFrame:
    """Communes A, B, C... on the equator; 7.5 km are 9.95, 11.95 and 14.48 minutes."""
    codes = list("ABCDEFGH"[: len(km)])
    base = {
        "lon": [at / DEGREE for at in km],
        "lat": 0.0,
        "population": people,
        "split_family": None,
        "apl_2023": apl,
        "standardised_population_2023": people,
    }
    return pd.DataFrame(base | columns, index=codes)


def basis_of(field: pd.DataFrame) -> Basins:
    found = basins(field, travel_variants(field))
    assert found is not None
    return found


def studied(field: pd.DataFrame, *changes: Change, communes: list[str] | None = None) -> Shift:
    wanted = list(field.index) if communes is None else communes
    return shift_of(basis_of(field), changes, title="essai", communes=wanted)


# --- what scenarios share ---------------------------------------------------------------


def test_the_newest_apl_that_some_commune_has_is_moved() -> None:
    field = field_of([0, 5], apl=[2.0, 3.0], people=[10.0, 10.0])
    newer = field.assign(apl_2024=[np.nan, 2.8], standardised_population_2024=[12.0, 11.0])
    assert basis_of(newer).vintage == 2024
    assert basis_of(newer).people.tolist() == [12, 11]
    nothing = field.assign(apl_2024=np.nan, standardised_population_2024=np.nan)
    assert basis_of(nothing).vintage == 2023


def test_without_any_apl_there_is_no_scenario() -> None:
    field = field_of([0, 5], apl=[np.nan, np.nan], people=[10.0, 10.0])
    assert basins(field, travel_variants(field)) is None
    bare = field.drop(columns="apl_2023")
    assert basins(bare, travel_variants(bare)) is None


def test_nobody_is_counted_where_nobody_lives_or_where_another_commune_holds_them() -> None:
    field = field_of(
        [0, 1, 2, 3],
        apl=[2.0, np.nan, np.nan, 2.0],
        people=[100.0, np.nan, np.nan, np.nan],
        population=[80, 20, 0, 30],
        split_family=["A B", "A B", None, None],
    )
    people = basis_of(field).people
    # A holds B's people since before the split; nobody lives in C; D is unknown, not empty.
    assert people.iloc[:3].tolist() == [100, 0, 0]
    assert math.isnan(people["D"])
    both = field.assign(standardised_population_2023=[np.nan, np.nan, np.nan, 5.0])
    unknown = basis_of(both).people
    assert unknown[["A", "B"]].isna().all()
    assert unknown["C"] == 0


def test_times_shorter_than_a_catchment_give_no_basin() -> None:
    field = field_of([0, 5], apl=[2.0, 3.0], people=[10.0, 10.0])
    pairs = pd.DataFrame({"origin": ["A"], "destination": ["B"], "minutes": [12.0]})
    short = travel_times(pairs, label="x", source="x", diagonal=0.0, reach=15.0)
    assert basins(field, {"central": short}) is None


# --- one scenario -----------------------------------------------------------------------


def test_a_shift_computed_by_hand_lies_between_its_extremes() -> None:
    field = field_of([0, 7.5], apl=[2.0, 2.4], people=[9_000.0, 900.0])
    found = studied(field, _gp_arrives("A")).communes
    # Weights from A: 1 for itself; for B 1 at 9.95 minutes, 2/3 at 11.95 and 14.48.
    near, far = 5_400 / (9_000 + 900), 5_400 / (9_000 + 600)
    assert found["shift"].tolist() == pytest.approx([far, far * 2 / 3])
    assert found["low"].tolist() == pytest.approx([near, far * 2 / 3])
    assert found["high"].tolist() == pytest.approx([far, near])
    assert found["before"].tolist() == [2.0, 2.4]
    assert found["after"].tolist() == pytest.approx([2 + far, 2.4 + far * 2 / 3])


def test_a_departure_undoes_an_arrival() -> None:
    field = field_of([0, 7.5, 14], apl=[2.0, 2.4, 3.0], people=[9_000.0, 900.0, 50.0])
    gain, loss = studied(field, _gp_arrives("A")), studied(field, gp_leaves("A"))
    pd.testing.assert_series_equal(gain.communes["shift"], -loss.communes["shift"])
    pd.testing.assert_series_equal(gain.communes["low"], -loss.communes["high"], check_names=False)
    both = studied(field, _gp_arrives("A"), gp_leaves("A"))
    assert both.communes["shift"].tolist() == pytest.approx([0, 0, 0])
    assert both.crossing.empty


def test_far_communes_are_untouched_and_that_is_known() -> None:
    field = field_of([0, 60], apl=[2.0, 3.0], people=[100.0, 100.0])
    found = studied(field, _gp_arrives("A")).communes.loc["B"]
    assert found.tolist() == [3.0, 0.0, 3.0, 0.0, 0.0]


def test_no_apl_falls_under_nothing() -> None:
    found = studied(field_of([0, 1], apl=[0.5, 9.0], people=[900.0, 100.0]), gp_leaves("A"))
    assert found.communes["shift"].tolist() == pytest.approx([-5.4, -5.4])
    assert found.communes["after"].tolist() == pytest.approx([0.0, 3.6])
    # Means too: (0.5 x 900 + 9 x 100) / 1000, then (0 + 3.6 x 100) / 1000.
    assert found.means.loc["central"].tolist() == pytest.approx([1.35, 0.36])


def test_an_unknown_apl_stays_unknown_and_crosses_nothing() -> None:
    field = field_of([0, 1], apl=[2.4, np.nan], people=[9_000.0, 900.0])
    found = studied(field, _gp_arrives("A"))
    assert math.isnan(found.communes.at["B", "after"])
    assert found.communes.at["B", "shift"] > 0
    assert list(found.crossing.index) == ["A"]
    assert found.means.isna().all(axis=None)


def test_unknown_people_around_a_place_make_its_shift_unknown_not_zero() -> None:
    field = field_of([0, 1, 60], apl=[2.4, 2.0, 3.0], people=[9_000.0, np.nan, 10.0])
    field["population"] = [9_000, 500, 10]
    found = studied(field, _gp_arrives("A")).communes
    assert found["shift"].isna().tolist() == [True, True, False]
    assert found["low"].isna().tolist() == [True, True, False]


def test_communes_that_cross_come_with_their_people() -> None:
    field = field_of([0, 7.5, 60], apl=[2.0, 2.4, 2.4], people=[9_000.0, 900.0, 500.0])
    found = studied(field, _gp_arrives("A")).crossing
    assert found["direction"].to_dict() == {"A": "rises", "B": "rises"}
    assert found["people"].to_dict() == {"A": 9_000, "B": 900}
    fall = studied(field.assign(apl_2023=[2.6, 2.6, 2.6]), gp_leaves("A")).crossing
    assert fall["direction"].to_dict() == {"A": "falls", "B": "falls"}


def test_communes_that_some_times_alone_take_across_are_told_from_the_others() -> None:
    # From A, B gains 0.55 with the low times, 0.38 with the others; A 0.55 and 0.56.
    field = field_of([0, 7.5, 60], apl=[2.0, 2.0, 2.4], people=[9_000.0, 900.0, 500.0])
    found = studied(field, _gp_arrives("A"))
    assert list(found.crossing.index) == ["A", "B"]
    assert found.crossing["central"].tolist() == [True, False]
    assert found.crossing["sure"].tolist() == [True, False]
    assert found.crossing.at["B", "after"] == pytest.approx(2 + 5_400 / 9_600 * 2 / 3)
    assert found.counts.T.to_dict() == {
        "low": {"falls": 0, "rises": 2},
        "central": {"falls": 0, "rises": 1},
        "high": {"falls": 0, "rises": 1},
    }


def test_people_that_a_table_leaves_out_of_a_catchment_are_found() -> None:
    # 20 minutes by the low law are 16.7 km.
    field = field_of([0, 5, 16, 17, 3], apl=[2.0] * 5, people=[10.0, 20.0, 30.0, 40.0, 0.0])
    lost = people_missing("A", field, origins=pd.Index(["A"]))
    assert lost.to_dict() == {"B": 20, "C": 30}
    assert people_missing("A", field, origins=pd.Index(["A", "B", "C"])).empty
    # No road joins Yeu to the coast: it shares nothing with it.
    sea = field_of([0, 5], apl=[2.0, 2.0], people=[10.0, 20.0])
    sea.index = ["85047", "85113"]
    assert people_missing("85047", sea, origins=pd.Index(["85047"])).empty


def test_only_the_communes_of_the_territory_are_given_in_their_order() -> None:
    field = field_of([0, 3, 6], apl=[2.0, 2.4, 2.6], people=[100.0, 100.0, 100.0])
    before = field.copy()
    found = studied(field, _gp_arrives("B"), communes=["C", "A"])
    assert list(found.communes.index) == ["C", "A"]
    assert found.vintage == 2023
    assert found.title == "essai"
    pd.testing.assert_frame_equal(field, before)


def test_a_place_that_times_do_not_know_or_nobody_reaches_is_refused() -> None:
    field = field_of([0, 3], apl=[2.0, 2.4], people=[100.0, 100.0])
    field.loc["B", "lon"] = np.nan
    basis = basis_of(field)
    assert [basis.reaches(code) for code in ("A", "B", "Z")] == [True, False, False]
    with pytest.raises(TableError) as refused:
        shift_of(basis, [_gp_arrives("B"), _gp_arrives("Z")], title="x", communes=["A"])
    assert len(refused.value.defects) == 2


def test_people_unknown_around_a_place_do_not_make_it_unreached() -> None:
    field = field_of([0, 3], apl=[2.0, 2.4], people=[100.0, np.nan], population=[100, 9])
    assert basis_of(field).reaches("A")


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 40), st.integers(1, 5_000)), min_size=2, max_size=7),
    st.integers(1, 6),
    st.data(),
)
def test_the_mean_of_a_territory_moves_by_its_share_of_the_consultations(
    places: list[tuple[float, int]], size: int, data: st.DataObject
) -> None:
    km, people = (list(values) for values in zip(*places, strict=True))
    field = field_of(km, apl=[50.0] * len(km), people=[float(p) for p in people])
    inside = list(field.index[: min(size, len(km))])
    where = data.draw(st.sampled_from(list(field.index)))
    found = studied(field, centre_opens(where, hours_per_week=20), communes=inside)
    lived = field.loc[inside, "population"]
    for name, (factor, exponent) in {
        "low": (1.714, 0.873), "central": (2.2, 0.84), "high": (2.831, 0.81)
    }.items():  # fmt: skip
        taken = {}
        for code in field.index:
            d = abs(field.at[code, "lon"] - field.at[where, "lon"]) * DEGREE
            t = factor * d**exponent
            weight = 1 if t < 10 else 2 / 3 if t < 15 else 1 / 3 if t < 20 else 0
            taken[code] = weight * field.at[code, "population"]
        share = sum(taken[code] for code in inside) / sum(taken.values())
        moved = found.means.at[name, "after"] - found.means.at[name, "before"]
        assert moved == pytest.approx(4_000 * share / lived.sum(), rel=1e-6, abs=1e-9)
    table = found.communes
    assert (table["low"] <= table["shift"]).all()
    assert (table["shift"] <= table["high"]).all()


def test_consultations_of_ouest_loiret_are_neither_lost_nor_invented() -> None:
    """Beyond the territory, the rest of a shift goes to its neighbours: the whole is dS."""
    national = embedded.load_communes()
    members = embedded.load_perimeters().query("territory == 'ouest_loiret'")
    field = neighbourhood(members, national, figures=embedded.load_figures())
    basis = basis_of(field)
    whole = shift_of(basis, [gp_leaves("45203")], title="x", communes=list(field.index))
    assert (whole.communes["shift"] * basis.people).sum() == pytest.approx(-5_400)
    codes = list(members["code_insee"])
    mine = shift_of(basis, [gp_leaves("45203")], title="x", communes=codes)
    people = basis.people[codes]
    moved = mine.means.at["central", "after"] - mine.means.at["central", "before"]
    assert moved * people.sum() == pytest.approx((mine.communes["shift"] * people).sum())
    assert -5_400 < moved * people.sum() < -0.3 * 5_400
    # methods.md §1.3: the territory had 2.5446 in 2023, weighed by standardised people.
    assert mine.means["before"].tolist() == pytest.approx([2.5446] * 3, abs=5e-5)


# --- usual places, impossible departures ------------------------------------------------


def test_the_largest_practice_is_that_of_the_newest_count_known() -> None:
    table = pd.DataFrame(
        {
            "code_insee": ["A", "B", "C"],
            "gps_2017": [9.0, 1.0, 1.0],
            "gps_2025": [1.0, 4.0, 4.0],
            "gps_rpps": [30.0, 0.0, 0.0],
        }
    )
    assert largest_practice(table) == "B"
    assert largest_practice(table.assign(gps_2025=[np.nan, np.nan, 1.0])) == "C"
    assert largest_practice(table.assign(gps_2025=np.nan)) == "A"


def test_no_known_doctor_is_no_practice() -> None:
    codes = pd.DataFrame({"code_insee": ["A", "B"]})
    assert largest_practice(codes) is None
    assert largest_practice(codes.assign(gps_2017=0.0)) is None
    assert largest_practice(codes.assign(gps_2017=np.nan)) is None


def test_nobody_leaves_where_nobody_is_and_every_such_place_is_named() -> None:
    gps = pd.Series({"A": 0.0, "B": 0.0, "C": 1.0, "D": np.nan})
    names = pd.Series({"A": "Ay", "B": "Bû", "C": "Cé", "D": "Dry"})
    changes = [
        gp_leaves("A"),
        _gp_cuts_hours("B", after=3_000),
        _gp_arrives("A"),
        centre_opens("B", hours_per_week=3),
    ]
    with pytest.raises(ScenarioError) as refused:
        check_departures(changes, gps, names=names)
    assert refused.value.defects == ("aucun médecin généraliste : Ay (A), Bû (B)",)


def test_a_departure_is_possible_where_there_is_a_doctor_or_nobody_knows() -> None:
    gps = pd.Series({"C": 1.0, "D": np.nan})
    names = gps.index.to_series()
    check_departures([gp_leaves("C"), gp_leaves("D"), gp_leaves("unheard of")], gps, names=names)
    # Two scenarios on the only doctor of a commune are two questions, not two departures.
    check_departures([gp_leaves("C"), _gp_cuts_hours("C", after=3_000)], gps, names=names)

"""Travel times at the door: what is kept as it is, what is refused, what is unknown."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpts_geo.access.catchments.catchment import apl
from cpts_geo.access.catchments.sharing import _check_reach
from cpts_geo.access.catchments.weights import APL_WEIGHT, Weight
from cpts_geo.access.travel._sparse import csr
from cpts_geo.access.travel.times import listed, minutes_matrix, travel_times
from cpts_geo.errors import TravelError
from cpts_geo.schema import Status

few = settings(max_examples=30, deadline=None)


def pairs(*rows: tuple[object, object, object]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["origin", "destination", "minutes"])


def made(*rows, **options):
    return travel_times(pairs(*rows), label="essai", source="exemple", **options)


def refused(*rows, **options) -> tuple[str, ...]:
    """Defects of a table that must be refused."""
    with pytest.raises(TravelError) as error:
        made(*rows, **options)
    assert "diagonal=0.0" in error.value.remedy
    return error.value.defects


def as_dict(travel) -> dict[tuple[str, str], float]:
    table = travel.pairs()
    found = {(i, j): t for i, j, t in table.itertuples(index=False)}
    assert len(found) == len(table)
    return found


#: Communes to communes, times of its own in each direction; the farther pairs are absent.
ROWS = (("A", "A", 0.0), ("A", "B", 12.0), ("B", "A", 14.5), ("B", "B", 1.0), ("C", "C", 0.0))


# --- kept as they are -------------------------------------------------------------------


@st.composite
def tables(draw):
    """Directed pairs of few places, in any order, some absent."""
    names = st.sampled_from(["A", "B", "C", "D", "01001", "2A004"])
    times = st.floats(0, 300, allow_subnormal=False) | st.just(0.0)
    return draw(st.dictionaries(st.tuples(names, names), times, min_size=1, max_size=20))


@few
@given(tables())
def test_every_pair_comes_back_as_it_was_and_no_other(table):
    alone = {a for a, _ in table} & {b for _, b in table} - {a for a, b in table if a == b}
    travel = made(*((a, b, t) for (a, b), t in table.items()), diagonal=7.25)
    assert as_dict(travel) == {**table, **{(a, a): 7.25 for a in alone}}
    assert set(travel.origins) == {a for a, _ in table}
    assert set(travel.destinations) == {b for _, b in table}


def test_codes_stand_in_order_of_appearance():
    travel = made(("B", "X", 5.0), ("A", "Y", 4.0), ("B", "Y", 3.0))
    assert travel.origins.tolist() == ["B", "A"]
    assert travel.destinations.tolist() == ["X", "Y"]
    square = made(("B", "A", 5.0), ("A", "B", 4.0), diagonal=0.0)
    assert square.origins.tolist() == square.destinations.tolist() == ["B", "A"]


def test_a_time_of_zero_is_a_time_and_an_absent_pair_is_none():
    travel = made(*ROWS)
    assert travel.minutes.nnz == 5
    assert sorted(travel.minutes.data.tolist()) == [0.0, 0.0, 1.0, 12.0, 14.5]
    supply, people = (
        pd.Series({"A": 9.0, "B": 0.0, "C": 4.0}),
        pd.Series([3.0, 5.0, 2.0], ["A", "B", "C"]),
    )
    wide = made(*ROWS, reach=30)
    found = apl(wide, consultations=supply, standardised=people)
    served = 3 + 2 / 3 * 5
    assert found.to_dict() == pytest.approx({"A": 9 / served, "B": 6 / served, "C": 2.0})


def test_values_are_stored_by_row_with_zeros_and_their_order_kept():
    matrix = csr(np.array([3.0, 0.0, 1.0]), np.array([1, 0, 1]), np.array([2, 1, 0]), shape=(2, 3))
    assert matrix.indptr.tolist() == [0, 1, 3]
    assert matrix.indices.tolist() == [1, 2, 0]
    assert matrix.data.tolist() == [0.0, 3.0, 1.0]
    assert matrix.indices.dtype == matrix.indptr.dtype == np.int32


def test_both_ways_of_a_pair_are_kept_apart():
    travel = made(*ROWS)
    assert as_dict(travel)["A", "B"] == 12.0
    assert as_dict(travel)["B", "A"] == 14.5
    # From home to care: A's people are 12 minutes from B, which has the only doctor.
    supply, people = pd.Series({"A": 0.0, "B": 6.0, "C": 0.0}), pd.Series(1.0, ["A", "B", "C"])
    turned = made(*((b, a, t + (t == 14.5)) for a, b, t in ROWS), reach=30)
    found = apl(made(*ROWS, reach=30), consultations=supply, standardised=people)
    assert found["A"] == pytest.approx(2 / 3 * 6 / (1 + 2 / 3))
    back = apl(turned, consultations=supply, standardised=people)
    assert back["A"] == pytest.approx(1 / 3 * 6 / (1 + 1 / 3))


def test_what_is_said_of_the_times_is_kept():
    travel = made(*ROWS)
    assert (travel.label, travel.source, travel.grade) == ("essai", "exemple", "B")
    assert travel.status is Status.ESTIMATED
    assert made(*ROWS, grade="A").grade == "A"


def test_the_table_is_left_alone_whatever_its_index_and_columns():
    table = pairs(*ROWS).assign(name="x")[["name", "minutes", "destination", "origin"]]
    table.index = [4, 4, 1, 1, 0]
    before = table.copy()
    travel = travel_times(table, label="essai", source="exemple", diagonal=0.0)
    pd.testing.assert_frame_equal(table, before)
    assert as_dict(travel) == {(a, b): t for a, b, t in ROWS}


def test_codes_and_minutes_may_be_numbers_texts_or_categories():
    expected = {("1001", "1002"): 5.0}
    assert as_dict(made((1001, 1002, "5.0"))) == expected
    table = pairs(("1001", "1002", 5)).astype({"origin": "category", "minutes": "Int64"})
    assert as_dict(travel_times(table, label="essai", source="exemple")) == expected


# --- pairs given twice ------------------------------------------------------------------


def test_a_pair_given_twice_alike_counts_once():
    assert as_dict(made(*ROWS, *ROWS)) == as_dict(made(*ROWS))
    assert as_dict(made((1, "X", 5), ("1", "X", "5.0"), ("1", "X", 5.0))) == {("1", "X"): 5.0}


def test_two_times_for_one_pair_are_refused():
    assert refused(*ROWS, ("A", "B", 12.5)) == (
        "plusieurs temps pour une même paire : A → B, A → B",
    )
    assert refused((1, "X", 5.0), ("1", "X", 6.0)) == (
        "plusieurs temps pour une même paire : 1 → X, 1 → X",
    )


# --- refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (-1, "minutes négatives : A → B"),
        (-math.inf, "minutes négatives : A → B"),
        (math.inf, "minutes infinies : A → B"),
        ("inf", "minutes infinies : A → B"),
        (math.nan, "minutes absentes ou qui ne sont pas un nombre"),
        (None, "minutes absentes ou qui ne sont pas un nombre"),
        ("12 min", "minutes absentes ou qui ne sont pas un nombre"),
    ],
)
def test_minutes_that_are_no_time_are_refused(minutes, said):
    (defect,) = refused(("A", "B", minutes), ("A", "C", 3.0))
    assert said in defect
    assert defect.endswith(": A → B")


def test_every_defect_of_a_table_is_listed_at_once():
    defects = refused(
        ("A", "B", -1.0),
        ("A", "C", math.inf),
        ("A", "D", math.nan),
        ("B", "A", 4.0),
        ("B", "A", 5.0),
        (None, "A", 6.0),
        ("B", None, 6.0),
        ("yeu", "A", 6.0),
        reach=-3,
        diagonal=None,
        unsnapped=["yeu"],
    )
    assert defects == (
        "code d’origine ou de destination absent : nan → A, B → nan",
        "minutes absentes ou qui ne sont pas un nombre (une paire sans temps n’a pas de ligne) : "
        "A → D",
        "minutes négatives : A → B",
        "minutes infinies : A → C",
        "plusieurs temps pour une même paire : B → A, B → A",
        "temps vers ou depuis un lieu dit sans route : yeu → A",
        "2 lieux sans temps vers lui-même (diagonale) : A, B",
        "reach = -3 : minutes au-dessus de 0 attendues",
    )


def test_missing_columns_are_all_named():
    with pytest.raises(TravelError) as error:
        travel_times(pd.DataFrame({"from": ["A"], "minutes": [1.0]}), label="essai", source="x")
    assert error.value.defects == ("colonne absente : origin, destination",)


@pytest.mark.parametrize(
    ("name", "value"),
    [*(("diagonal", v) for v in (-1.0, math.inf, math.nan)), ("reach", 0), ("reach", math.nan)],
)
def test_a_diagonal_or_a_reach_that_is_no_time_is_refused(name, value):
    assert refused(*ROWS, **{name: value})[0].startswith(f"{name} = ")


def test_long_lists_of_codes_are_cut_and_counted():
    many = [f"{n:05d}" for n in range(11)]
    assert listed(many) == ", ".join(many[:8]) + " et 3 de plus"
    assert listed(many[:8]) == ", ".join(many[:8])
    assert listed(["a\nb"]) == "a\\nb"


# --- diagonal ---------------------------------------------------------------------------


def test_a_table_without_its_diagonal_is_refused_or_filled_as_asked():
    ways = [("A", "B", 12.0), ("B", "A", 14.5), ("B", "B", 1.0), ("C", "A", 20.0)]
    assert refused(*ways) == ("1 lieu sans temps vers lui-même (diagonale) : A",)
    filled = as_dict(made(*ways, diagonal=0.5))
    assert filled == {**{(a, b): t for a, b, t in ways}, ("A", "A"): 0.5}
    assert as_dict(made(*ways, diagonal=0.0))["A", "A"] == 0.0


def test_homes_and_places_of_other_kinds_need_no_diagonal():
    assert as_dict(made(("A", "X", 5.0), ("B", "X", 6.0), diagonal=0.0)) == {
        ("A", "X"): 5.0,
        ("B", "X"): 6.0,
    }


# --- reach ------------------------------------------------------------------------------


def test_a_complete_table_has_no_end_and_another_ends_at_its_longest_time():
    complete = [("A", "A", 0.0), ("A", "B", 12.0), ("B", "A", 14.5), ("B", "B", 1.0)]
    assert made(*complete).reach == math.inf
    assert made(*complete[1:3], diagonal=0.0).reach == math.inf
    assert made(*complete[:3], diagonal=0.0).reach == math.inf
    assert made(*ROWS).reach == 14.5
    assert made(("A", "X", 5.0), ("B", "X", 7.0), ("B", "Y", 3.0)).reach == 7.0
    assert made(*ROWS, reach=30).reach == 30.0
    assert made(*complete, reach=13).reach == 13.0


def test_a_weight_may_go_as_far_as_the_table_and_no_farther():
    travel = made(*ROWS, reach=20)
    _check_reach(travel, APL_WEIGHT)
    with pytest.raises(TravelError, match=r"reach=…"):
        _check_reach(travel, Weight((20.01,), (1,)))
    with pytest.raises(TravelError):
        _check_reach(made(*ROWS), APL_WEIGHT)
    _check_reach(made(("A", "A", 0.0)), Weight((9_999,), (1,)))


# --- places without a road --------------------------------------------------------------


def test_places_without_a_road_are_places_without_times():
    travel = made(*ROWS, unsnapped=["yeu", "batz"])
    assert travel.unsnapped == ("yeu", "batz")
    assert travel.origins.tolist() == travel.destinations.tolist() == ["A", "B", "C", "yeu", "batz"]
    assert as_dict(travel) == as_dict(made(*ROWS))
    found = minutes_matrix(travel, origins=["yeu", "A"], destinations=["A", "batz"])
    assert found.isna().to_numpy().tolist() == [[True, True], [False, True]]


def test_a_place_without_a_road_may_have_its_own_time_and_no_other():
    travel = made(*ROWS, ("yeu", "yeu", 0.0), unsnapped=["yeu"])
    assert as_dict(travel)["yeu", "yeu"] == 0.0
    assert travel.reach == 14.5
    supply, people = (pd.Series([6.0, 0, 0, 9.0], travel.origins), pd.Series(1.0, travel.origins))
    wide = made(*ROWS, ("yeu", "yeu", 0.0), unsnapped=["yeu"], reach=30)
    found = apl(wide, consultations=supply, standardised=people)
    assert math.isnan(found["yeu"])
    assert found.notna().sum() == 3
    for way in (("yeu", "A", 5.0), ("A", "yeu", 5.0)):
        assert refused(*ROWS, way, unsnapped=["yeu"]) == (
            f"temps vers ou depuis un lieu dit sans route : {way[0]} → {way[1]}",
        )


def test_a_table_of_nothing_but_places_without_a_road():
    travel = made(unsnapped=["yeu"])
    assert as_dict(travel) == {}
    assert travel.origins.tolist() == ["yeu"]


# --- matrix ---------------------------------------------------------------------------


def test_a_matrix_has_the_places_wanted_in_order_and_nan_beyond():
    travel = made(*ROWS)
    found = minutes_matrix(travel, origins=["B", "A", "B"], destinations=["C", "A"])
    assert found.index.tolist() == ["B", "A", "B"]
    assert found.columns.tolist() == ["C", "A"]
    np.testing.assert_array_equal(found, [[np.nan, 14.5], [np.nan, 0.0], [np.nan, 14.5]])
    assert minutes_matrix(travel, origins=[], destinations=["A"]).shape == (0, 1)


def test_a_matrix_of_unknown_places_is_refused():
    with pytest.raises(TravelError) as error:
        minutes_matrix(made(*ROWS), origins=["A", "Z"], destinations=["Q", "B"])
    assert error.value.defects == (
        "origine inconnue des temps de trajet : Z",
        "destination inconnue des temps de trajet : Q",
    )

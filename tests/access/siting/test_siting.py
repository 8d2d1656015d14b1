"""Where to open: every set tried, against plain loops; what people get; what is refused."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cpts_geo.access.siting import best as siting
from cpts_geo.access.siting._enumeration import enumeration_size
from cpts_geo.access.siting._question import siting_question
from cpts_geo.access.siting.best import best_sites, sites_by_allocation
from cpts_geo.access.siting.outcomes import coverage_gain, coverage_outcomes
from cpts_geo.errors import SitingError
from cpts_geo.settings import MINUTES_BANDS
from tests.access.siting.oracles import Place, places, ranked, realistic

CHECKED = settings(max_examples=60, deadline=None)
#: Three communes in a row, one hour apart at the ends, and an island.
MINUTES = pd.DataFrame(
    {
        "A": [0.0, 10.0, 30.0, np.nan],
        "B": [10.0, 0.0, 20.0, np.nan],
        "C": [30.0, 20.0, 0.0, np.nan],
    },
    index=["A", "B", "C", "I"],
)
DEMAND = pd.Series({"A": 50.0, "B": 20.0, "C": 25.0, "I": 5.0})
ASHORE = MINUTES.loc[["A", "B", "C"]]


def defects(*arguments, of=best_sites, **options) -> tuple[str, ...]:
    with pytest.raises(SitingError) as refused:
        of(*arguments, **options)
    assert refused.value.remedy
    return refused.value.defects


def answer(place: Place, **options) -> pd.DataFrame | None:
    """Table of solutions; None when the question has none."""
    try:
        return best_sites(place.minutes, place.demand, existing=place.existing, **options)
    except SitingError as error:
        assert error.summary == "Aucun choix de sites ne répond à cette question."
        return None


# --- best sets, against loops ----------------------------------------------------------


@CHECKED
@given(
    place=places(),
    objective=st.sampled_from(["p_median", "mclp"]),
    radius=st.integers(0, 40),
    best=st.integers(1, 6),
    data=st.data(),
)
def test_the_best_sets_are_those_of_the_loops(place, objective, radius, best, data):
    least = 0 if place.existing else 1
    p = data.draw(st.integers(least, min(3, len(place.candidates))))
    found = answer(place, objective=objective, p=p, radius=float(radius), best=best)
    expected = ranked(place, objective=objective, p=p, radius=radius)
    if objective == "mclp" and expected[0][0] == 0 and found is None:
        # Refused only when no site at all is near anybody.
        near = place.minutes.loc[list(place.asking)] <= radius
        assert not near.any(axis=None)
        return
    if not expected:
        assert found is None
        return
    assert list(zip(found["objective"], found["sites"], strict=True)) == expected[:best]
    assert found["rank"].tolist() == list(range(1, len(found) + 1))


@CHECKED
@given(place=places(), radius=st.integers(0, 40), capacity=st.integers(0, 20), data=st.data())
def test_capacities_serve_what_a_linear_programme_serves(place, radius, capacity, data):
    p = data.draw(st.integers(1, min(2, len(place.candidates))))
    found = answer(place, objective="mclp", p=p, radius=radius, capacity=capacity, best=50)
    expected = ranked(place, objective="mclp", p=p, radius=radius, capacity=float(capacity))
    if found is None:
        assert not (place.minutes.loc[list(place.asking)] <= radius).any(axis=None)
        return
    assert found["objective"].to_list() == pytest.approx([value for value, _ in expected], abs=1e-6)
    by_sites = dict(zip(found["sites"], found["objective"], strict=True))
    assert by_sites == pytest.approx({new: value for value, new in expected}, abs=1e-6)
    free, unlimited = (
        answer(place, objective="mclp", p=p, radius=radius, **options)
        for options in ({}, {"capacity": math.inf})
    )
    pd.testing.assert_frame_equal(free, unlimited)


@CHECKED
@given(place=places(), radius=st.integers(0, 40), data=st.data())
def test_one_more_existing_site_never_lowers_coverage(place, radius, data):
    more = data.draw(st.sampled_from(place.candidates))
    wider = Place(place.minutes, place.demand, (*place.existing, more))
    assume(wider.candidates)
    before = ranked(place, objective="mclp", p=1, radius=radius)[0][0]
    found = answer(wider, objective="mclp", p=1, radius=radius, best=1)
    assert (0.0 if found is None else found["objective"].iloc[0]) >= before


@CHECKED
@given(place=places(holes=False))
def test_with_every_candidate_open_people_go_to_their_nearest(place):
    found = answer(place, objective="p_median", p=len(place.candidates))
    nearest = place.minutes.min(axis=1)
    assert len(found) == 1
    assert found["objective"].iloc[0] == (nearest * place.demand).sum()
    assert found["mean_minutes"].iloc[0] == pytest.approx(np.average(nearest, weights=place.demand))


def test_communes_that_are_their_own_sites():
    minutes, demand = realistic(12)
    found = best_sites(minutes, demand, objective="mclp", p=3, radius=0.0, best=1)
    assert found["sites"].iloc[0] == tuple(sorted(demand.nlargest(3).index))
    everywhere = best_sites(minutes, demand, objective="p_median", p=12)
    assert everywhere["objective"].tolist() == [0.0]


def test_blocks_cut_nothing(monkeypatch):
    minutes, demand = realistic(9)
    whole = best_sites(minutes, demand, objective="p_median", p=3, best=20)
    monkeypatch.setattr("cpts_geo.access.siting._enumeration._BLOCK", 20)
    pd.testing.assert_frame_equal(
        best_sites(minutes, demand, objective="p_median", p=3, best=20), whole
    )


@pytest.mark.parametrize("best", [1, 2, 3, 4])
def test_ties_go_to_who_leaves_fewer_out_then_to_the_nearer_then_to_the_code(best):
    minutes = pd.DataFrame(
        {"A": [5.0, np.nan], "Y": [5.0, 40.0], "X": [5.0, 30.0], "W": [5.0, 30.0]},
        index=["a", "b"],
    )
    demand = pd.Series({"a": 3, "b": 1})
    found = best_sites(minutes, demand, objective="mclp", p=1, radius=10, best=best)
    assert found["sites"].tolist() == [("W",), ("X",), ("Y",), ("A",)][:best]
    assert found["objective"].tolist() == [3.0] * best


@pytest.mark.parametrize("best", [1, 2])
def test_rounding_breaks_no_tie(best):
    # In binary 0.1 + 0.2 is over 0.3: B, no better than A, would come first by a rounding.
    minutes = pd.DataFrame({"A": [99.0, 99.0, 1.0], "B": [1.0, 1.0, 99.0]}, index=["a", "b", "c"])
    demand = pd.Series({"a": 0.1, "b": 0.2, "c": 0.3})
    found = best_sites(minutes, demand, objective="mclp", p=1, radius=10, best=best)
    assert found["sites"].tolist() == [("A",), ("B",)][:best]


# --- the table -------------------------------------------------------------------------


def test_columns_by_hand():
    found = best_sites(MINUTES, DEMAND, objective="mclp", p=1, radius=10, best=2)
    assert found.to_dict("list") == {
        "rank": [1, 2],
        "sites": [("A",), ("B",)],
        "objective": [70.0, 70.0],
        "covered": [70.0, 70.0],
        # (20 x 10 + 25 x 30) / 95, then (50 x 10 + 25 x 20) / 95.
        "mean_minutes": [pytest.approx(950 / 95), pytest.approx(1000 / 95)],
        "worst_minutes": [30.0, 20.0],
        "worst_commune": ["C", "C"],
        "unreached": [5.0, 5.0],
        "uncovered": [("C", "I"), ("C", "I")],
        "gap": [0.0, 0.0],
    }


def test_without_a_radius_nothing_is_said_of_coverage():
    found = best_sites(ASHORE, DEMAND.drop("I"), objective="p_median", p=1, best=1).iloc[0]
    assert found["sites"] == ("A",)
    assert math.isnan(found["covered"])
    assert found["uncovered"] == ()


def test_a_commune_without_demand_asks_nothing():
    demand = DEMAND.replace({5.0: 0.0, 25.0: 0.0})
    found = best_sites(MINUTES, demand, objective="p_median", p=1, best=1).iloc[0]
    assert (found["objective"], found["worst_commune"], found["unreached"]) == (200.0, "B", 0.0)


def test_no_new_site_describes_today():
    found = best_sites(ASHORE, DEMAND.drop("I"), objective="p_median", p=0, existing=["A"])
    assert found[["sites", "objective"]].to_numpy().tolist() == [[(), 950.0]]


def test_the_order_of_the_tables_and_the_kind_of_their_numbers_change_nothing():
    turned = DEMAND.iloc[::-1].astype("Float64")
    table = MINUTES.astype("Float64")
    table = table.iloc[[2, 0, 3, 1], [1, 2, 0]]
    pd.testing.assert_frame_equal(
        best_sites(table, turned, objective="mclp", p=2, radius=20),
        best_sites(MINUTES, DEMAND, objective="mclp", p=2, radius=20),
    )


def test_arguments_are_left_as_they_were():
    minutes, demand = MINUTES.copy(), DEMAND.copy()
    best_sites(minutes, demand, objective="mclp", p=2, radius=20)
    coverage_gain(minutes, demand, sites=["B"], existing=["A"])
    pd.testing.assert_frame_equal(minutes, MINUTES)
    pd.testing.assert_series_equal(demand, DEMAND)


def test_capacities_by_code():
    # 70 ask within 10 min of A and of B, 25 at C.
    capacity = {"A": 60.0, "B": 25.0, "C": math.inf}
    found = best_sites(MINUTES, DEMAND, objective="mclp", p=1, radius=10, capacity=capacity)
    assert dict(zip(found["sites"], found["objective"], strict=True)) == {
        ("A",): 60.0,
        ("B",): 25.0,
        ("C",): 25.0,
    }
    series = pd.Series(capacity)
    again = best_sites(MINUTES, DEMAND, objective="mclp", p=1, radius=10, capacity=series)
    pd.testing.assert_frame_equal(found, again)


def test_work_of_the_enumeration_and_its_limit(monkeypatch):
    minutes, demand = realistic(10)
    asked = {"objective": "mclp", "radius": 15.0}

    def size(**options) -> float:
        return enumeration_size(siting_question(minutes, demand, **(asked | options)))

    codes = list(minutes.columns)
    assert size(p=3) == 120
    assert size(p=3, capacity=5.0) == 120 * 8
    assert size(p=3, capacity=math.inf, existing=codes[:2]) == 56 * 8
    assert size(p=3, capacity=5.0, existing=codes[:2]) == 56 * 8 * 4
    assert size(objective="p_median", p=1, capacity=1e6) == math.inf
    monkeypatch.setattr(siting, "_ENUMERATION_LIMITS", {"free": 119, "capacitated": 959})
    monkeypatch.setattr(siting, "search_sites", lambda question: "search")
    monkeypatch.setattr(siting, "solve_sites", lambda question: "models")
    assert best_sites(minutes, demand, **asked, p=3) == "search"
    assert best_sites(minutes, demand, **asked, p=3, capacity=5.0) == "models"
    assert isinstance(best_sites(minutes, demand, **asked, p=2), pd.DataFrame)


def test_a_number_of_sets_beyond_any_float_is_only_large():
    codes = [f"{rank:04}" for rank in range(1_100)]
    minutes = pd.DataFrame(1.0, index=["a"], columns=codes)
    question = siting_question(minutes, pd.Series({"a": 1}), objective="p_median", p=550)
    assert enumeration_size(question) > siting._ENUMERATION_LIMITS["capacitated"]


# --- allocations -----------------------------------------------------------------------

DEMANDS = {
    "x": pd.Series({"A": 60.0, "B": 0.0, "C": 40.0}),
    "y": pd.Series({"A": 30.0, "B": 0.0, "C": 70.0}),
}
ENDS = ASHORE[["A", "C"]]


def test_an_answer_that_changes_with_the_allocation_says_what_it_loses():
    found = sites_by_allocation(ENDS, DEMANDS, objective="mclp", p=1, radius=10, best=1)
    assert found.changes
    assert found.common == ()
    assert found.solutions[["allocation", "sites", "objective"]].to_numpy().tolist() == [
        ["x", ("A",), 60.0],
        ["y", ("C",), 70.0],
    ]
    columns = ["sites", "allocation", "objective", "best_objective", "regret", "regret_share"]
    assert found.regrets[columns].to_numpy().tolist() == [
        [("A",), "x", 60.0, 60.0, 0.0, 0.0],
        [("A",), "y", 30.0, 70.0, 40.0, 40 / 70],
        [("C",), "x", 40.0, 60.0, 20.0, 20 / 60],
        [("C",), "y", 70.0, 70.0, 0.0, 0.0],
    ]
    # Of minutes, it is what is added; with capacities, what is no longer served.
    minutes = sites_by_allocation(ENDS, DEMANDS, objective="p_median", p=1, best=1)
    assert minutes.regrets["regret"].tolist() == [0.0, 1200.0, 600.0, 0.0]
    limits = {"A": 50.0, "C": 45.0}
    served = sites_by_allocation(
        ENDS, DEMANDS, objective="mclp", p=1, radius=10, best=1, capacity=limits
    )
    assert served.regrets["objective"].tolist() == [50.0, 30.0, 40.0, 45.0]


def test_a_tie_is_no_change():
    # Under x both are as good; under y only C is: C answers both.
    demands = DEMANDS | {"x": pd.Series({"A": 50.0, "B": 0.0, "C": 50.0})}
    found = sites_by_allocation(ENDS, demands, objective="mclp", p=1, radius=10)
    assert not found.changes
    assert found.common == (("C",),)


def test_sites_that_cannot_answer_elsewhere_lose_everything():
    # Z reaches only a, and only x leaves b without demand.
    minutes = pd.DataFrame({"Y": [9.0, 9.0], "Z": [1.0, np.nan]}, index=["a", "b"])
    demands = {"x": pd.Series({"a": 1.0, "b": 0.0}), "y": pd.Series({"a": 1.0, "b": 1.0})}
    found = sites_by_allocation(minutes, demands, objective="p_median", p=1)
    lost = found.regrets.set_index(["sites", "allocation"])["regret"]
    assert lost[("Z",), "y"] == math.inf
    assert found.changes


def test_allocations_that_cannot_be_compared_are_refused():
    assert defects(MINUTES, {"x": DEMAND}, of=sites_by_allocation, objective="mclp", p=1) == (
        "moins de deux répartitions de la demande",
    )


# --- what people get -------------------------------------------------------------------


def test_outcomes_by_hand():
    found = coverage_outcomes(MINUTES, DEMAND, sites=["B"])
    within = {10: 70.0, 15: 70.0, 20: 95.0, 30: 95.0}
    assert found.to_dict() == {
        "demand": 100.0,
        **{f"within_{band}": people for band, people in within.items()},
        **{f"share_within_{band}": people / 100 for band, people in within.items()},
        "mean_minutes": 1000 / 95, "p90_minutes": 20.0, "worst_minutes": 20.0,
        "worst_commune": "C", "unreached": 5.0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ([90, 10, 0, 0], 0.0),  # 90 % exactly is enough
        ([89, 11, 0, 0], 10.0),
        ([0, 0, 90, 10], 30.0),
        ([0, 0, 89, 11], math.nan),  # the 90th percent is out of reach
        ([1, 0, 0, 0], 0.0),
    ],
)
def test_p90_is_the_time_within_which_nine_tenths_are(amounts, expected):
    demand = pd.Series(amounts, index=MINUTES.index)
    found = coverage_outcomes(MINUTES, demand, sites=["A"])["p90_minutes"]
    assert found == pytest.approx(expected, nan_ok=True)


def test_nothing_open_reaches_nobody():
    found = coverage_outcomes(MINUTES, DEMAND, sites=[])
    assert (found["within_30"], found["unreached"], found["worst_commune"]) == (0.0, 100.0, "")
    assert all(math.isnan(found[f"{what}_minutes"]) for what in ("mean", "p90", "worst"))


@CHECKED
@given(place=places(), data=st.data())
def test_outcomes_agree_with_loops_and_one_more_site_never_harms(place, data):
    sites = data.draw(st.lists(st.sampled_from(list(place.minutes.columns)), unique=True))
    found = coverage_outcomes(place.minutes, place.demand, sites=sites)
    near = {code: place.nearest(code, tuple(sites)) for code in place.asking}
    for band in MINUTES_BANDS:
        within = sum(place.asking[code] for code, t in near.items() if t <= band)
        assert found[f"within_{band:g}"] == within
    if known := [t for t in near.values() if not math.isinf(t)]:
        assert found["worst_minutes"] == max(known)
        assert near[found["worst_commune"]] == max(known)
    everything = coverage_outcomes(place.minutes, place.demand, sites=list(place.minutes.columns))
    for gained in ("within_10", "within_15", "within_20", "within_30"):
        assert everything[gained] >= found[gained]
    assert everything["unreached"] <= found["unreached"]
    assert math.isnan(found["p90_minutes"]) or everything["p90_minutes"] <= found["p90_minutes"]


def test_outcomes_are_those_of_the_best_sites():
    minutes, demand = realistic(30)
    best = best_sites(minutes, demand, objective="mclp", p=2, radius=15.0, best=1).iloc[0]
    found = coverage_outcomes(minutes, demand, sites=best["sites"])
    assert found["within_15"] == pytest.approx(best["covered"])
    for column in ("mean_minutes", "worst_minutes", "unreached"):
        assert found[column] == pytest.approx(best[column])
    assert found["worst_commune"] == best["worst_commune"]


def test_gain_by_hand():
    found = coverage_gain(MINUTES, DEMAND, sites=["A"], existing=["C"])
    figures = found.drop(columns="worst_commune")
    bands = {"before": [25, 25, 45, 95], "after": [95] * 4, "difference": [70, 70, 50, 0]}
    for row, within in bands.items():
        assert figures.loc[row].filter(regex="^within").tolist() == within
        shares = figures.loc[row].filter(regex="^share").tolist()
        assert shares == pytest.approx([people / 100 for people in within])
    figures = figures.drop(columns=list(figures.filter(like="within")))
    assert figures.loc["before"].tolist() == [100, 1900 / 95, 30, 30, 5]
    assert figures.loc["after"].tolist() == [100, 200 / 95, 10, 10, 5]
    gained = [0, -1700 / 95, -20, -20, 0]
    assert figures.loc["difference"].tolist() == pytest.approx(gained)
    assert found["worst_commune"].tolist() == ["A", "B", ""]
    assert (figures.dtypes == "float64").all()


def test_what_is_within_more_than_the_times_reach_is_gained_only_where_all_is_known():
    found = coverage_gain(MINUTES, DEMAND, sites=["A"], existing=["C"], reach=15.0)
    within = found.filter(regex="^within").astype(float)
    assert within.isna().to_numpy().tolist() == [[False, False, True, True]] * 3
    known, people = MINUTES.drop(index="I"), DEMAND.drop("I")
    found = coverage_gain(known, people, sites=["A"], existing=["C"], reach=15.0)
    assert found.filter(regex="^within").notna().all(axis=None)


def test_means_of_other_people_are_not_subtracted():
    minutes = MINUTES.assign(Q=[np.nan, np.nan, np.nan, 45.0])
    found = coverage_gain(minutes, DEMAND, sites=["Q"], existing=["A"])
    assert found.loc["difference", "unreached"] == -5.0
    assert found.loc["after", "mean_minutes"] > found.loc["before", "mean_minutes"]
    assert math.isnan(found.loc["difference", "mean_minutes"])
    assert math.isnan(found.loc["difference", "worst_minutes"])


def test_unusable_outcomes_list_every_defect():
    minutes = MINUTES.assign(A=-1.0)
    assert defects(
        minutes.drop(index="I"),
        DEMAND,
        of=coverage_gain,
        sites=["B", "Z"],
        existing=["B", "Y"],
    ) == (
        "temps négatifs : A → A, B → A, C → A",
        "communes de la demande sans temps : I",
        "sites existants absents de la table des temps : Y",
        "nouveaux sites absents de la table des temps : Z",
        "nouveaux sites déjà ouverts : B",
    )


# --- what is refused -------------------------------------------------------------------


def test_every_defect_of_a_question_is_listed():
    minutes = pd.DataFrame(
        [[0.0, -1.0, 3.0], [math.inf, 0.0, 4.0], [1.0, 2.0, 5.0]],
        index=["a", "b", "b"],
        columns=["P", "Q", "Q"],
    )
    demand = pd.Series([1.0, -2.0, np.nan, 3.0], index=["a", "c", "d", "a"])
    assert defects(
        minutes,
        demand,
        objective="mclp",
        p=9,
        existing=["P", "Z", "Z"],
        candidates=["P", "P", "Y"],
        best=0,
        radius=-1.0,
        capacity=-5.0,
    ) == (
        "communes en double dans la table des temps : b",
        "sites en double dans la table des temps : Q",
        "temps négatifs : a → Q",
        "temps infinis : b → P",
        "communes en double dans la demande : a",
        "demande inconnue : d",
        "demande négative : c",
        "communes de la demande sans temps : c, d",
        "communes sans demande : b, b",
        "sites existants en double : Z",
        "sites existants absents de la table des temps : Z",
        "sites candidats en double : P",
        "sites candidats absents de la table des temps : Y",
        "p = 9 nouveaux sites pour 3 candidats",
        "rayon : il faut un nombre de minutes, 0 ou plus",
        "nombre de solutions (best) : il faut un entier, 1 ou plus",
        "sites candidats déjà ouverts : P, P",
        "capacité négative ou inconnue",
    )


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"p": -1}, "p = −1 : il faut 0 ou plus"),
        ({"p": 1.5}, "p : il faut le nombre de nouveaux sites, un entier"),
        ({"p": True}, "p : il faut le nombre de nouveaux sites, un entier"),
        ({"p": None}, "p : il faut le nombre de nouveaux sites, un entier"),
        ({"p": 0}, "aucun site : p = 0 et aucun site existant"),
        ({"p": 4}, "p = 4 nouveaux sites pour 3 candidats"),
        ({"p": 1, "candidates": []}, "aucun site candidat"),
        ({"p": 1, "existing": ["A", "B", "C"]}, "aucun site candidat"),
        ({"p": 1, "radius": None}, "rayon à donner en minutes"),
        ({"p": 1, "radius": math.nan}, "rayon : il faut un nombre de minutes, 0 ou plus"),
        ({"p": 1, "radius": math.inf}, "rayon : il faut un nombre de minutes, 0 ou plus"),
        (
            {"p": 1, "objective": "p_mean"},
            "objectif inconnu : « p_mean » ; possibles : p_median, mclp",
        ),
        ({"p": 1, "capacity": math.nan}, "capacité négative ou inconnue"),
        (
            {"p": 1, "capacity": {"A": 1.0, "B": -1.0, "C": 1.0}},
            "capacité négative ou inconnue : B",
        ),
        ({"p": 1, "capacity": {"A": 1.0}}, "capacité absente : B, C"),
    ],
)
def test_a_badly_asked_question_is_refused(options, expected):
    asked = {"objective": "mclp", "radius": 10.0} | options
    assert defects(MINUTES, DEMAND, **asked) == (expected,)


@pytest.mark.parametrize(
    ("minutes", "demand", "expected"),
    [
        (MINUTES.iloc[:0], DEMAND, "la table des temps est vide"),
        (MINUTES.assign(A="dix"), DEMAND, "temps qui ne sont pas des nombres vers : A"),
        (MINUTES, DEMAND.iloc[:0], "la demande est vide"),
        (MINUTES, DEMAND * 0, "la demande est nulle partout"),
        (MINUTES, DEMAND.astype(str), "la demande n’est pas faite de nombres"),
        (MINUTES, DEMAND.replace(5.0, math.inf), "demande inconnue : I"),
        (MINUTES, DEMAND.drop("B"), "communes sans demande : B"),
    ],
)
def test_an_unusable_table_is_refused(minutes, demand, expected):
    assert defects(minutes, demand, objective="mclp", p=1, radius=10)[0] == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"objective": "p_median", "p": 1}, "communes qu’aucun site n’atteint : I"),
        (
            {"objective": "mclp", "p": 1, "radius": 5, "candidates": ["B"], "remote": True},
            "aucune demande à 5,0 min ou moins d’un site",
        ),
    ],
)
def test_a_question_without_answer_says_why(options, expected):
    remote = options.pop("remote", False)
    minutes = MINUTES.replace(0.0, 6.0) if remote else MINUTES
    assert defects(minutes, DEMAND, **options) == (expected,)


def test_too_few_sites_to_reach_everyone():
    minutes = pd.DataFrame({"P": [1.0, np.nan], "Q": [np.nan, 1.0]}, index=["a", "b"])
    demand = pd.Series({"a": 1, "b": 1})
    assert defects(minutes, demand, objective="p_median", p=1) == (
        "tous les choix de sites ont été essayés",
    )
    assert best_sites(minutes, demand, objective="p_median", p=2)["objective"].tolist() == [2.0]

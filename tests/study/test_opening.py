"""Where to open: small territories on a line, solved by hand or by trying every set again."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpts_geo.access.nearest.minutes import neighbourhood
from cpts_geo.access.travel.times import TravelTimes, travel_times
from cpts_geo.capacity.answer.headline import Headline, headline
from cpts_geo.capacity.demand.periods import studied_means
from cpts_geo.capacity.scenario.loading import load_scenarios
from cpts_geo.sources.embedding import embedded
from cpts_geo.study.opening import Opening, opening, siting_times

#: Kilometres of one degree of longitude on the equator.
DEGREE = math.pi * 6371.0088 / 180
#: methods.md §3.3, O12: the largest demand that 16 slots serve at 95 %, K = 1.
CARRIED = 16.6917


@pytest.fixture(scope="module")
def asclepios() -> Headline:
    return headline(load_scenarios()["asclepios"], draws=300)


def asking(result: Headline, per_day: float) -> Headline:
    """The same headline for another demand."""
    return replace(result, requests_per_day=replace(result.requests_per_day, p50=per_day))


def on_a_line(**places: tuple[float, float]) -> pd.DataFrame:
    """Communes of the equator: kilometres from the first, people."""
    km, people = zip(*places.values(), strict=True)
    return pd.DataFrame(
        {"lon": [at / DEGREE for at in km], "lat": 0.0, "population": people},
        index=list(places),
    )


def minutes(field: pd.DataFrame, a: str, b: str, factor: float = 2.2, power: float = 0.84) -> float:
    return factor * (abs(field.at[a, "lon"] - field.at[b, "lon"]) * DEGREE) ** power


def cost(field: pd.DataFrame, communes: list[str], sites: tuple[str, ...]) -> float:
    """Person-minutes to the nearest of the sites."""
    return sum(
        field.at[home, "population"] * min(minutes(field, home, site) for site in sites)
        for home in communes
    )


def least(
    field: pd.DataFrame, communes: list[str], offered: list[str], p: int, *kept: str
) -> float:
    return min(cost(field, communes, (*sites, *kept)) for sites in combinations(offered, p))


def found_in(result: Headline, field: pd.DataFrame, **options) -> Opening:
    communes = options.pop("communes", list(field.index))
    found = opening(result, field, communes=communes, **options)
    assert found is not None
    return found


FOUR = on_a_line(A=(0, 900), B=(10, 5_000), C=(20, 1_000), D=(30, 800))


# --- what is asked ----------------------------------------------------------------------


def carried(result: Headline) -> float:
    """Requests of an opening day that the sites must carry."""
    return found_in(result, FOUR).requests_per_day


def test_requests_are_the_median_of_the_headline(asclepios: Headline) -> None:
    assert carried(asking(asclepios, 7.25)) == pytest.approx(7.25)
    for key in ("ouest_loiret", "lvo"):
        result = headline(load_scenarios()[key], draws=300)
        assert carried(result) == result.requests_per_day.p50
    # visitors ask too: of the public that the device admits
    lvo = load_scenarios()["lvo"]
    alone = headline(lvo.evolve(visitors=None), draws=300)
    assert carried(headline(lvo, draws=300)) > 1.2 * carried(alone)


def test_requests_are_those_of_the_months_studied() -> None:
    case = load_scenarios()["asclepios"]
    year, winter = (
        carried(headline(case.evolve(months=months), draws=300)) for months in ((), (1, 2))
    )
    # January and February ask more than an ordinary month, as measured.
    assert winter / year == pytest.approx(studied_means(case.evolve(months=(1, 2)))[0])
    assert winter > 1.05 * year
    assert winter < 1.15 * year
    # Supposed, the winter of the peaked variant asks a quarter more.
    peaked = case.with_profile("pointe_forte")
    year, winter = (
        carried(headline(peaked.evolve(months=months), draws=300)) for months in ((), (1, 2))
    )
    assert winter > 1.15 * year


@pytest.mark.parametrize(
    ("per_day", "needed", "new"), [(0.5, 1, 1), (16, 1, 1), (17, 2, 2), (49, 3, 3), (84, 6, 3)]
)
def test_sites_needed_and_sites_looked_for(
    asclepios: Headline, per_day: float, needed: int, new: int
) -> None:
    field = on_a_line(**{name: (7.0 * k, 100 + k) for k, name in enumerate("ABCDEFGH")})
    found = found_in(asking(asclepios, per_day), field)
    assert (found.sites_needed, len(found.best)) == (needed, new)


def test_a_demand_of_exactly_one_site_needs_one(asclepios: Headline) -> None:
    capacity = found_in(asclepios, FOUR).site_capacity
    assert found_in(asking(asclepios, capacity), FOUR).sites_needed == 1
    assert found_in(asking(asclepios, capacity * 1.001), FOUR).sites_needed == 2


# --- the best sites ---------------------------------------------------------------------


def test_the_best_site_is_the_one_with_the_fewest_minutes_for_all(asclepios: Headline) -> None:
    found = found_in(asclepios, FOUR)
    assert found.best == ("B",)
    assert found.site_slots == 16
    assert found.site_capacity == pytest.approx(CARRIED, abs=1e-4)
    costs = {site: cost(FOUR, list(FOUR.index), (site,)) for site in FOUR.index}
    order = sorted(costs, key=costs.__getitem__)
    assert [sites for (sites,) in found.solutions["sites"]] == order
    people = FOUR["population"].sum()
    assert found.solutions["mean_minutes"].tolist() == pytest.approx(
        [costs[site] / people for site in order], rel=1e-6
    )
    assert found.solutions["worst_commune"].iloc[0] == "D"
    assert found.solutions["worst_minutes"].iloc[0] == pytest.approx(minutes(FOUR, "B", "D"))


@settings(max_examples=12, deadline=None)
@given(
    places=st.lists(
        st.tuples(st.integers(0, 60), st.integers(1, 9_000)),
        min_size=4,
        max_size=7,
        unique_by=lambda place: place[0],
    ),
    two=st.booleans(),
    care=st.sets(st.integers(0, 3), max_size=2),
)
def test_every_set_was_tried(places: list, two: bool, care: set[int], asclepios: Headline) -> None:
    field = on_a_line(**dict(zip("ABCDEFG", places, strict=False)))
    codes = list(field.index)
    open_now = [codes[k] for k in sorted(care)]
    p = 2 if two else 1
    found = found_in(asking(asclepios, 20 if two else 5), field, emergencies=open_now)
    assert len(found.best) == p
    assert cost(field, codes, found.best) == pytest.approx(least(field, codes, codes, p))
    offered = [code for code in codes if code not in open_now]
    far = found.farthest_first
    assert not set(far) & set(open_now)
    assert cost(field, codes, (*far, *open_now)) == pytest.approx(
        least(field, codes, offered, p, *open_now)
    )
    assert found.loads.sum() == pytest.approx(found.requests_per_day)


def test_the_farthest_first_leaves_the_town_of_the_hospital(asclepios: Headline) -> None:
    found = found_in(asclepios, FOUR, emergencies=["B"])
    assert found.best == ("B",)
    assert found.farthest_first != found.best
    assert cost(FOUR, list("ABCD"), (*found.farthest_first, "B")) == pytest.approx(
        least(FOUR, list("ABCD"), ["A", "C", "D"], 1, "B")
    )
    assert found.today == ("B",)
    # A centre beside the hospital brings nobody nearer.
    same = found.gains[("B",)]
    assert same.loc["difference", "within_15"] == 0
    assert same.loc["difference", "mean_minutes"] == 0
    assert found.gains[found.farthest_first].loc["difference", "mean_minutes"] < 0
    assert found.proposed == (found.farthest_first,)
    assert replace(found, farthest_first=found.best).proposed == ()
    # Without any place of care there is no today.
    nowhere = found_in(asclepios, FOUR)
    assert nowhere.today == ()
    assert nowhere.farthest_first == nowhere.best
    assert nowhere.proposed == (nowhere.best,)
    assert nowhere.gains[("B",)].at["before", "unreached"] == FOUR["population"].sum()


def with_hours(result: Headline, p50: float) -> Headline:
    """The same headline for other hours of doctor a week."""
    return replace(result, gp_hours_per_week=replace(result.gp_hours_per_week, p50=p50))


def test_nothing_is_proposed_for_less_than_one_half_day_of_doctor(asclepios: Headline) -> None:
    half_day = asclepios.scenario.half_day_hours
    for hours, doubt in ((half_day - 0.1, "small"), (half_day, "")):
        found = found_in(with_hours(asclepios, hours), FOUR, emergencies=["B"])
        assert found.doubt == doubt
        # What could be chosen stays told.
        assert found.helpful == (found.farthest_first,)
        assert found.proposed == (() if doubt else found.helpful)
        assert (found.worthwhile is None) == bool(doubt)


@pytest.mark.parametrize(
    ("km", "apl", "doubt"),
    [
        # West has more people, East the low APL: the choice moves, and both are as near.
        (1.0, (4.0, 0.5), "tied"),
        # The same far from each other: the second best costs minutes more.
        (20.0, (4.0, 0.5), ""),
        # As near, but whatever the allocation the choice is the same.
        (1.0, (2.0, 2.0), ""),
    ],
)
def test_a_tie_that_the_allocation_decides_is_no_proposal(
    asclepios: Headline, km: float, apl: tuple[float, float], doubt: str
) -> None:
    field = on_a_line(W=(0, 1_300), E=(km, 1_000))
    found = found_in(asclepios, field, apl=pd.Series(list(apl), index=["W", "E"]))
    assert found.best == ("W",)
    assert found.doubt == doubt
    assert bool(found.proposed) == (not doubt)


def test_a_hospital_far_away_changes_nothing_to_the_best_site(asclepios: Headline) -> None:
    field = pd.concat([FOUR, on_a_line(Z=(120, 0))])
    found = found_in(asclepios, field, communes=list("ABCD"), emergencies=["Z"])
    assert found.best == found.farthest_first == ("B",)
    assert found.today == ("Z",)
    assert set(found.gains) == {("B",)}


def test_where_every_commune_has_a_hospital_the_answer_stands(asclepios: Headline) -> None:
    found = found_in(asclepios, FOUR, emergencies=list("ABCD"))
    assert found.farthest_first == found.best == ("B",)
    # One commune without: fewer sites than asked for can be told from the others.
    two = found_in(asking(asclepios, 20), FOUR, emergencies=list("ABC"))
    assert len(two.best) == 2
    assert two.farthest_first == ("D",)


# --- a centre that is open stays open ---------------------------------------------------


def test_a_centre_open_today_is_kept_and_not_proposed_again(asclepios: Headline) -> None:
    found = found_in(asclepios, FOUR, existing=["B"])
    assert found.existing == ("B",)
    assert "B" not in {site for sites in found.solutions["sites"] for site in sites}
    assert cost(FOUR, list("ABCD"), (*found.best, "B")) == pytest.approx(
        least(FOUR, list("ABCD"), ["A", "C", "D"], 1, "B")
    )
    assert found.sites_needed == 1
    assert set(found.loads.index) == {"B", *found.best}
    # Two sites are needed, one is there: one more. None is needed: one all the same, for distance.
    more = found_in(asking(asclepios, 20), FOUR, existing=["B"])
    assert (more.sites_needed, len(more.best)) == (2, 1)
    assert len(found.best) == 1


def test_challans_stays_open_and_the_island_of_yeu_is_left_out() -> None:
    members = embedded.load_perimeters().query("territory == 'lvo'")
    field = neighbourhood(members, embedded.load_communes(), figures=embedded.load_figures())
    result = headline(load_scenarios()["lvo"], draws=300)
    hospitals = field.index[field["emergency_departments_2024"] > 0]
    found = found_in(
        result,
        field,
        communes=list(members["code_insee"]),
        existing=["85047"],
        emergencies=list(hospitals),
        apl=field["apl_2023"],
    )
    assert found.existing == ("85047",)
    assert "85047" not in {site for sites in found.solutions["sites"] for site in sites}
    assert found.left_out == ("85113",)
    assert "85113" not in set(found.solutions["worst_commune"])
    assert "85047" in found.today


# --- what is gained, who goes where -----------------------------------------------------


def test_gains_computed_by_hand(asclepios: Headline) -> None:
    field = pd.concat([FOUR, on_a_line(Z=(45, 0))])
    found = found_in(asclepios, field, communes=list("ABCD"), emergencies=["Z"])
    gain = found.gains[("B",)]
    # From Z: A 53.8, B 43.6, C 32.9, D 21.4 minutes; from B: A and C 15.2, D 27.2.
    before = {code: minutes(field, code, "Z") for code in "ABCD"}
    assert before["D"] == pytest.approx(21.4, abs=0.05)
    people = field.loc[list("ABCD"), "population"]
    assert gain.at["before", "within_30"] == people["D"]
    assert gain.at["before", "within_15"] == 0
    assert gain.at["after", "within_10"] == people["B"]
    assert gain.at["after", "within_15"] == people["B"]
    assert gain.at["after", "within_20"] == people[["A", "B", "C"]].sum()
    after = {code: min(before[code], minutes(field, code, "B")) for code in "ABCD"}
    for row, times in (("before", before), ("after", after)):
        mean = sum(times[code] * people[code] for code in "ABCD") / people.sum()
        assert gain.at[row, "mean_minutes"] == pytest.approx(mean, rel=1e-6)
    assert gain.at["after", "worst_commune"] == "D"


def test_unknown_hospitals_are_not_absent_ones(asclepios: Headline) -> None:
    unknown = found_in(asclepios, FOUR, emergencies=None, existing=["C"])
    assert not unknown.emergencies_known
    assert (unknown.today, unknown.gains) == ((), {})
    # Nothing can be said of those far from them; the site nearest to all stands.
    assert unknown.farthest_first == unknown.best == ("B",)
    absent = found_in(asclepios, FOUR, emergencies=[], existing=["C"])
    assert absent.emergencies_known
    assert absent.today == ("C",)
    assert set(absent.gains) == {("B",)}


def test_a_centre_that_no_road_joins_serves_nobody_and_hides_nothing(asclepios: Headline) -> None:
    field = on_a_line(**{"85047": (0, 900), "85113": (10, 100), "85012": (20, 800)})
    found = found_in(asclepios, field, existing=["85113"])
    assert found.existing == ("85113",)
    assert found.best == ("85047",)
    assert found.left_out == ("85113",)
    assert found.loads["85113"] == 0


def test_everyone_goes_to_the_nearest_site(asclepios: Headline) -> None:
    field = on_a_line(A=(0, 100), B=(5, 50), C=(40, 50), D=(41, 300))
    found = found_in(asking(asclepios, 20), field)
    assert found.best == ("A", "D")
    assert found.loads.to_dict() == pytest.approx({"A": 20 * 150 / 500, "D": 20 * 350 / 500})


# --- does it depend on what is not known ------------------------------------------------


def test_an_unknown_apl_leaves_one_allocation(asclepios: Headline) -> None:
    for apl in (None, pd.Series(np.nan, index=FOUR.index), pd.Series({"Z": 2.0})):
        found = found_in(asclepios, FOUR, apl=apl)
        assert found.stability is None
        assert set(found.solutions["allocation"]) == {"proportionnelle"}


def test_the_answer_says_that_it_depends_on_the_allocation(asclepios: Headline) -> None:
    # As many people on both sides; those of the left have no doctor.
    field = on_a_line(A=(0, 3_000), B=(20, 3_100), C=(40, 10))
    found = found_in(asclepios, field, apl=pd.Series({"A": 1.0, "B": 5.0, "C": 3.0}))
    assert found.best == ("B",)
    assert found.stability is not None
    assert found.stability.changes
    assert found.solutions["allocation"].iloc[0] == "proportionnelle"
    assert found.solutions["allocation"].nunique() == 3
    judged = found.stability.regrets
    mine = judged[judged["sites"].map(lambda sites: sites == ("B",))].set_index("allocation")
    assert mine.at["proportionnelle", "regret"] == 0
    assert mine["regret"].iloc[1:].gt(0).all()
    firm = found_in(asclepios, field, apl=pd.Series({"A": 3.0, "B": 3.0, "C": 3.0}))
    assert firm.stability is not None
    assert not firm.stability.changes


def test_each_variant_of_the_times_has_its_answer(asclepios: Headline) -> None:
    found = found_in(asclepios, FOUR)
    assert list(found.by_variant) == ["low", "central", "high"]
    assert found.by_variant["central"] == found.best
    # Many near people weigh more as the power of the distance falls: A first under one law.
    split = on_a_line(A=(0, 1_000), B=(1, 905), C=(30, 60))
    for name, (factor, power) in {"low": (1.714, 0.873), "high": (2.831, 0.81)}.items():
        costs = {
            site: sum(
                split.at[home, "population"] * minutes(split, home, site, factor, power)
                for home in split.index
            )
            for site in split.index
        }
        chosen = found_in(asclepios, split).by_variant[name]
        assert costs[chosen[0]] == pytest.approx(min(costs.values()), rel=1e-9)


# --- times of the analyst ---------------------------------------------------------------


def table(*rows: tuple[str, str, float], both: bool = True) -> TravelTimes:
    back = [(b, a, t) for a, b, t in rows] if both else []
    pairs = pd.DataFrame([*rows, *back], columns=["origin", "destination", "minutes"])
    return travel_times(pairs, label="table", source="analyste", grade="C", diagonal=0.0)


def test_times_given_replace_the_distances(asclepios: Headline) -> None:
    # By the table D is the middle of everything.
    given_times = table(
        ("D", "A", 1), ("D", "B", 1), ("D", "C", 1), ("A", "B", 40), ("A", "C", 40), ("B", "C", 40)
    )
    field = FOUR.assign(population=1_000)
    found = found_in(asclepios, field, given=given_times)
    assert found.best == ("D",)
    assert list(found.by_variant) == ["central"]
    assert siting_times(field, ["A"], given=given_times) == {"central": given_times}


def test_a_hospital_that_the_table_lacks_does_not_hide_the_answer(asclepios: Headline) -> None:
    given_times = table(("A", "B", 12), ("B", "C", 9), ("A", "C", 21))
    field = pd.concat([FOUR, on_a_line(Z=(45, 0))])
    found = found_in(
        asclepios, field, communes=list("ABC"), emergencies=["Z"], existing=["D"], given=given_times
    )
    assert found.best == ("B",)
    assert found.today == found.existing == ()


def test_communes_that_the_table_does_not_join_are_left_out(asclepios: Headline) -> None:
    found = found_in(asclepios, FOUR, given=table(("A", "B", 12), ("B", "C", 9), ("A", "C", 21)))
    assert found.left_out == ("D",)
    one_way = table(("A", "B", 12), ("B", "A", 12), ("B", "C", 9), both=False)
    assert found_in(asclepios, FOUR, given=one_way).left_out == ("C", "D")


def test_a_site_that_some_commune_is_not_known_to_reach_is_not_chosen(asclepios: Headline) -> None:
    # Two minutes from B to A, twelve back: A would be the best but for C, of which nothing is said.
    holes = table(("A", "B", 12), ("B", "A", 2), ("B", "C", 9), ("C", "B", 9), both=False)
    field = on_a_line(A=(0, 4_900), B=(10, 5_000), C=(20, 10))
    found = found_in(asclepios, field, given=holes)
    assert found.best == ("B",)
    assert list(found.solutions["sites"]) == [("B",)]
    assert found.left_out == ()


# --- very small, very large, very empty -------------------------------------------------


def test_two_communes_have_an_answer_and_one_has_none(asclepios: Headline) -> None:
    two = on_a_line(A=(0, 900), B=(10, 5_000))
    found = found_in(asking(asclepios, 50), two)
    assert found.best == ("B",)
    assert found.sites_needed == 3
    assert opening(asclepios, two, communes=["A"]) is None
    assert opening(asclepios, two, communes=[]) is None
    # Nothing is left to choose once one of the two is open.
    assert opening(asclepios, two, communes=["A", "B"], existing=["B"]) is None


def test_where_nobody_lives_nobody_asks_and_nothing_opens(asclepios: Headline) -> None:
    field = on_a_line(A=(0, 900), B=(10, 0), C=(20, 700), D=(30, 0))
    found = found_in(asclepios, field)
    assert found.best == ("A",)
    assert {site for sites in found.solutions["sites"] for site in sites} == {"A", "C"}
    # They are not left out: there is nobody to leave out.
    assert found.left_out == ()
    assert opening(asclepios, field.assign(population=0), communes=list("ABCD")) is None


def test_a_commune_without_coordinates_or_people_known_is_left_out(asclepios: Headline) -> None:
    lost = FOUR.astype({"population": float}).copy()
    lost.loc["A", "lon"] = np.nan
    lost.loc["D", "population"] = np.nan
    found = found_in(asclepios, lost)
    assert found.left_out == ("A", "D")
    # A hospital without coordinates is nowhere: it does not stop the answer.
    assert found_in(asclepios, lost, emergencies=["A"]).today == ()


def test_a_large_territory_is_answered_with_as_many_sites(asclepios: Headline) -> None:
    rng = np.random.default_rng(5)
    places = {f"c{k}": (float(rng.uniform(0, 90)), int(rng.integers(1, 999))) for k in range(120)}
    field = on_a_line(**places)
    found = found_in(asking(asclepios, 45), field)
    # 280,840 sets of three, most of which a bound excludes.
    assert (found.sites_needed, len(found.best), found.gap) == (3, 3, 0.0)
    demand = field["population"] / field["population"].sum()
    central = siting_times(field, field.index)["central"].minutes.toarray()
    own = field.index.get_indexer(list(found.best))
    best = demand.to_numpy() @ central[:, own].min(axis=1)
    # No exchange of one site for another improves.
    for kept in (own[[0, 1]], own[[0, 2]], own[[1, 2]]):
        near = np.minimum(central[:, kept].min(axis=1)[:, None], central)
        assert (demand.to_numpy() @ near).min() >= best - 1e-9


def test_an_answer_that_is_not_proven_says_so(asclepios: Headline, monkeypatch) -> None:
    monkeypatch.setattr("cpts_geo.access.siting._branching._STEPS", (3, 3))
    monkeypatch.setattr("cpts_geo.access.siting._branching._MANY", 0)
    monkeypatch.setattr("cpts_geo.study.opening._SECONDS", 1e-9)
    rng = np.random.default_rng(5)
    places = {f"c{k}": (float(rng.uniform(0, 90)), int(rng.integers(1, 999))) for k in range(60)}
    found = found_in(asking(asclepios, 45), on_a_line(**places))
    assert 0 < found.gap < 1


def test_arguments_are_left_as_they_were(asclepios: Headline) -> None:
    field, apl = FOUR.copy(), pd.Series({"A": 1.0, "B": 5.0, "C": 3.0, "D": 2.0})
    before = apl.copy()
    found_in(asclepios, field, emergencies=["A"], existing=["C"], apl=apl)
    pd.testing.assert_frame_equal(field, FOUR)
    pd.testing.assert_series_equal(apl, before)

"""Requests of a line that counted something: its own posterior, floors, readings, visitors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cpts_geo.capacity.answer.existing import observed_floor
from cpts_geo.capacity.answer.headline import headline
from cpts_geo.capacity.answer.seasons import demand_by_month
from cpts_geo.capacity.demand._own import own_requests
from cpts_geo.capacity.demand.readings import impossible_readings
from cpts_geo.capacity.demand.requests import draw_requests
from cpts_geo.capacity.need.learning import shipped_lines
from cpts_geo.capacity.need.quantities import need_of
from cpts_geo.capacity.scenario.area import Area, known_area
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.capacity.scenario.parameters import Source
from cpts_geo.capacity.scenario.supply import Reading
from cpts_geo.errors import ScenarioError
from cpts_geo.french import number
from tests.capacity.vouched import vouched

BG, OL, LVO = map(load_scenario, ("beauce_gatinais", "ouest_loiret", "lvo"))
LEVELS = (0.1, 0.5, 0.9)
DRAWS = 4_000
OUTCOMES = {"need_counted": Source(text="relevé", grade="A")}
NO_SLOTS: dict[str, Any] = {"slots_today": None, "minutes_per_slot_today": None, "readings": None}


def reading(slots: int | tuple[int, ...], weight: float = 1.0) -> dict[str, Any]:
    return {"label": f"lecture à {slots}", "slots_today": slots, "weight": weight}


def shares(case: Scenario, *, draws: int = DRAWS) -> np.ndarray:
    """Share of the calls that deserves a slot, draw by draw."""
    return draw_requests(case, draws=draws).causes[
        "Part des appels qui relèvent d’une consultation"
    ]


# ---- oracles of the document


@pytest.mark.parametrize(
    ("case", "slots"),
    [(BG, (12, 15, 20)), (OL, (7, 8, 9))],
    ids=["beauce_gatinais", "ouest_loiret"],
)
def test_o26_slots_by_its_own_line(case: Scenario, slots: tuple[int, ...]) -> None:
    found = headline(case).slots_per_day
    assert (found.p10, found.p50, found.p90) == pytest.approx(slots, abs=1)
    assert found.p50 == slots[1]


@pytest.mark.parametrize(
    ("case", "slots"),
    [(BG, (11, 20, 38)), (OL, (5, 10, 17)), (load_scenario("asclepios"), (4, 6, 11))],
    ids=["beauce_gatinais", "ouest_loiret", "asclepios"],
)
def test_o26_slots_as_if_its_line_were_unknown(case: Scenario, slots: tuple[int, ...]) -> None:
    """Learnt from all five lines, only its own requests unused."""
    unknown = case.evolve(
        public="all",
        calls_years=None,
        observed_consultations=None,
        observed_start=None,
        observed_end=None,
        **NO_SLOTS,
    )
    found = headline(unknown).slots_per_day
    assert (found.p10, found.p50, found.p90) == pytest.approx(slots, rel=0.1)


def test_o27_served_and_slots_cut_the_share() -> None:
    """At 8 slots a day, at least 1,975 served of 5,800 calls: p is 0.374 or more."""
    full = BG.evolve(area=None, readings=[reading(8)])
    cut = shares(full, draws=20_000)
    # the count of calls is drawn around 5,800: one in a hundred moves the share by as much
    assert np.quantile(cut, 0.001) == pytest.approx(0.374, abs=2e-3)
    # twice the slots deny nothing more than the count itself does
    free = shares(BG.evolve(area=None, readings=[reading(16)]), draws=20_000)
    assert np.quantile(free, 0.001) < 0.36
    assert np.mean(free < 0.372) > 0.005
    # slots that a line is asked about are no reading of those it had
    tried = BG.evolve(area=None, readings=None, slots_today=8)
    assert np.array_equal(shares(tried), shares(tried.evolve(slots_today=16)))


# ---- the posterior itself


def own_year(case: Scenario, *, size: int, seed: int = 3) -> np.ndarray:
    national = shipped_lines().draws(size, seed=seed)
    need = None if case.area is None else need_of(case.area, national)
    return own_requests(
        case,
        np.full(size, 5800.0),
        rng=np.random.default_rng(seed),
        need=need,
        tau=None if need is None else national.tau,
    )


def test_without_an_apl_its_law_alone() -> None:
    case = BG.evolve(area=None, observed_consultations=None, readings=None)
    law = stats.triang((0.5 - 0.345) / 0.655, loc=5800 * 0.345, scale=5800 * 0.655)
    assert stats.kstest(own_year(case, size=20_000), law.cdf).pvalue > 0.001
    many = {"found_share": (0.5, 0.8), "observed_consultations": 10**6}
    consultations = vouched(OL, area=None, **many)
    found = draw_requests(consultations, draws=20_000).causes[
        "Part des demandes qui ont trouvé un créneau"
    ]
    assert stats.kstest(found, stats.uniform(0.5, 0.3).cdf).pvalue > 0.001


def test_other_lines_weigh_it_by_their_distance() -> None:
    """By importance sampling: the law of the share, times the density of the requests."""
    case = BG.evolve(observed_consultations=None, readings=None)
    size = 200_000
    national = shipped_lines().draws(20_000, seed=3)
    assert case.area is not None
    need = need_of(case.area, national)
    rng = np.random.default_rng(1)
    draw = rng.integers(0, 20_000, size)
    asked = 5800 * rng.triangular(0.345, 0.5, 1.0, size)
    tau = national.tau[draw]
    weight = np.exp(-(((np.log(asked) - need.centre[draw]) / tau) ** 2) / 2)
    # what each draw of the nation gives in all is that of every other: they are of equal weight
    total = np.bincount(draw, weight, minlength=20_000)[draw]
    weight = np.divide(weight, total, out=np.zeros(size), where=total > 0)
    order = np.argsort(asked)
    by_hand = asked[order][np.searchsorted(np.cumsum(weight[order]) / weight.sum(), LEVELS)]
    found = np.quantile(own_year(case, size=20_000), LEVELS)
    assert found == pytest.approx(by_hand, rel=0.03)
    # the gap of Beauce-Gâtinais is wide: it asks more than its calls alone would say
    assert found[1] > 1.05 * np.median(own_year(case.evolve(area=None), size=20_000))


def test_where_the_apl_sees_no_gap_others_say_nothing() -> None:
    rich = Area(standardised_population=80_000.0, apl=12.0, population=80_000.0)
    case = BG.evolve(observed_consultations=None, readings=None)
    alone, none = (own_year(case.evolve(area=x), size=2_000) for x in (None, rich))
    assert none == pytest.approx(alone)


# ---- floors


@settings(max_examples=25, deadline=None)
@given(
    consultations=st.integers(1, 9_000),
    calls=st.one_of(st.none(), st.integers(1, 12_000)),
    least=st.floats(0.05, 1.0),
    slots=st.lists(st.integers(1, 30), max_size=2),
    public=st.sampled_from(["all", "no_mt"]),
    area=st.sampled_from([None, "beauce_gatinais", "asclepios"]),
    years=st.floats(0.2, 3.0),
)
def test_consultations_are_a_floor(
    consultations: int,
    calls: int | None,
    least: float,
    slots: list[int],
    public: str,
    area: str | None,
    years: float,
) -> None:
    case = vouched(
        BG,
        public=public,
        area=None if area is None else known_area(area),
        observed_consultations=consultations,
        calls_observed=calls or 5800,
        calls_years=None if calls is None else years,
        need_share=(least, (1 + least) / 2, 1.0),
        found_share=(least, 1.0),
        slots_today=None,
        minutes_per_slot_today=None,
        readings=[reading(x) for x in (*slots, 600)] if slots else None,
    )
    found, floor = headline(case, draws=300), observed_floor(case)
    assert floor is not None
    assert found.requests_per_year.p10 >= consultations * (1 - 1e-9)
    assert found.slots_per_day.p10 >= floor.slots
    assert floor.slots_same_day >= floor.slots


def test_a_total_smaller_than_what_was_served() -> None:
    """It is another year's, or wrong: what was given stays a floor."""
    for calls in (100, 1_000, 1_999):
        found = headline(vouched(BG, calls_observed=calls), draws=500)
        assert found.observed is not None
        assert found.requests_per_year.p10 == pytest.approx(2000)
        assert found.slots_per_day.p10 == found.observed.slots == 8
        # All draws are alike, which is no certainty: it is said first.
        assert found.caveats[0].kind == "contradicted"
        assert "Moins d’appels que de consultations" in found.warnings[0]
    enough = headline(vouched(BG, calls_observed=2_000), draws=500)
    assert "contradicted" not in [each.kind for each in enough.caveats]


# ---- what its demand does not rest on


@pytest.mark.parametrize("case", [BG, OL], ids=["beauce_gatinais", "ouest_loiret"])
def test_a_line_of_its_own_does_not_depend_on_the_people_typed(case: Scenario) -> None:
    usual = draw_requests(case, draws=DRAWS)
    for change in (
        {"people_without_mt": 12_000.0},
        {"people_cv": 0.8},
        {"between_territory_sd": 1.5},
        {"share_assumed": True},
        {"calls_people_years": 100.0},
    ):
        other = draw_requests(vouched(case, **change), draws=DRAWS)
        assert np.array_equal(other.requests_per_year, usual.requests_per_year), change
        assert headline(vouched(case, **change), draws=500).slots_per_day == (
            headline(case, draws=500).slots_per_day
        )


def test_calls_are_of_their_years() -> None:
    twice = vouched(BG, calls_observed=11_600, calls_years=2.0)
    one, two = (draw_requests(x, draws=DRAWS).requests_per_year for x in (BG, twice))
    assert np.quantile(two, LEVELS) == pytest.approx(np.quantile(one, LEVELS), rel=0.02)
    # over half as long, twice the calls a year
    half = draw_requests(BG.evolve(calls_years=0.5, area=None), draws=DRAWS).requests_per_year
    alone = draw_requests(BG.evolve(area=None), draws=DRAWS).requests_per_year
    assert np.median(half) > 1.9 * np.median(alone)


# ---- readings


def test_readings_weigh() -> None:
    free = BG.evolve(area=None)

    def cut(*weights: float) -> float:
        pairs = zip((8, 30), weights, strict=True)
        given = [reading(slots, weight) for slots, weight in pairs if weight]
        return float(np.mean(shares(free.evolve(readings=given), draws=40_000) < 0.37))

    none, all_, half, few = cut(0, 1), cut(1, 0), cut(1, 1), cut(1 / 3, 1)
    assert all_ < 0.2 * none
    assert half == pytest.approx((none + all_) / 2, rel=0.2)
    assert few == pytest.approx((3 * none + all_) / 4, rel=0.2)
    # weights are relative
    assert cut(0.2, 0.2) == half


@pytest.mark.parametrize(
    "counts",
    [
        {},
        {"need_counted": (608, 392)},
        {"calls_years": None},
        {"calls_observed": 2_020, "slots": (8, 1_953)},
    ],
    ids=["its calls", "their outcomes", "consultations alone", "few calls"],
)
def test_readings_that_are_all_impossible_are_refused(counts: dict[str, Any]) -> None:
    """Four slots a day cannot have given 2,000, nor eight of hardly as many calls."""
    slots, most = counts.pop("slots", (4, 1_004))
    case = vouched(BG, area=None, readings=[reading(slots)], **counts)
    with pytest.raises(ScenarioError, match="Aucune lecture") as caught:
        headline(case, draws=200)
    (defect,) = caught.value.defects
    assert f"lecture à {slots}" in defect
    assert "en a donné 2\u202f000" in defect
    assert number(most) in defect or counts
    assert headline(case.evolve(readings=[], sources=case.sources), draws=200)


@pytest.mark.parametrize(("given", "possible"), [(1_016, True), (1_017, False)])
def test_slots_may_have_given_a_rounded_count(given: int, possible: bool) -> None:
    """4 slots x 251 days = 1,004, which is 1 - 1.25 % of 1,016.7."""
    case = vouched(BG, area=None, readings=[reading(4)], observed_consultations=given)
    case = case.evolve(need_counted=(608, 392), sources=case.sources | OUTCOMES)
    if possible:
        assert impossible_readings(case) == {}
        return
    with pytest.raises(ScenarioError, match="Aucune lecture"):
        draw_requests(case, draws=200)


def test_calls_that_deny_the_consultations_blame_no_reading() -> None:
    """Which counts deny one another is told; the slots are not."""
    case = vouched(BG, calls_observed=1_000, readings=[reading(8)])
    assert impossible_readings(case) == {}
    assert headline(case, draws=200).caveats[0].kind == "contradicted"


# ---- visitors are inside the total of a line


def test_the_total_of_a_line_holds_its_visitors() -> None:
    own = vouched(LVO, calls_observed=6_000, calls_years=1.0)
    assert own.evidence == "1b"
    drawn = draw_requests(own, draws=DRAWS)
    alone = draw_requests(own.evolve(visitors=None), draws=DRAWS)
    assert drawn.requests_per_year == pytest.approx(alone.requests_per_year)
    assert (drawn.visitors > 0).all() and (drawn.residents > 0).all()
    assert not alone.visitors.any()
    # of the same parts as where all is transferred
    transferred = draw_requests(LVO, draws=DRAWS)
    part = transferred.visitors / transferred.requests_per_year
    assert drawn.visitors / drawn.requests_per_year == pytest.approx(part)
    # they appear in summer, and leave the winter
    with_them, without = (
        demand_by_month(x, y)["requests_p50"]
        for x, y in ((own, drawn), (own.evolve(visitors=None), alone))
    )
    assert with_them[8] > 1.2 * without[8]
    assert with_them[1] < without[1]


def test_a_reading_that_could_not_have_given_as_much_weighs_nothing_and_is_told() -> None:
    case = load_scenario("beauce_gatinais")
    few = Reading(label="Trop peu", slots_today=4, weight=0.5)
    enough = Reading(label="Assez", slots_today=8, weight=0.5)
    both, one = (
        headline(case.evolve(readings=readings), draws=500)
        for readings in ((few, enough), (enough,))
    )
    assert both.drawn.requests_per_year.tolist() == one.drawn.requests_per_year.tolist()
    (told,) = [each.text for each in both.caveats if each.kind == "impossible_reading"]
    assert "« Trop peu »" in told and "1\u202f004 par an" in told
    assert "impossible_reading" not in [each.kind for each in one.caveats]


@pytest.mark.parametrize("share", [{"need_counted": (100, 900)}, {"need_share": (0.1, 0.2, 0.3)}])
def test_a_share_that_what_was_given_denies_is_told_first(share: dict[str, object]) -> None:
    result = headline(load_scenario("beauce_gatinais").evolve(**share), draws=500)
    assert result.caveats[0].kind == "contradicted"
    assert "n’en demandent que" in result.warnings[0]


@pytest.mark.parametrize(
    "counted",
    [(200, 800), (250, 750), (300, 700), (320, 680), (335, 665), (339, 661),
     (345, 655), (360, 640), (450, 550), (3, 7), (15, 35)],
)  # fmt: skip
def test_an_answer_that_is_what_was_given_says_so_first(counted: tuple[int, int]) -> None:
    """Half of the draws at the floor, or more: the median is the consultations themselves."""
    result = headline(load_scenario("beauce_gatinais").evolve(need_counted=counted), draws=2000)
    at_floor = np.mean(result.drawn.requests_per_year <= 2000 * (1 + 1e-9))
    told = [each for each in result.caveats if each.kind == "contradicted"]
    assert bool(told) == (at_floor >= 0.5)
    assert (result.requests_per_year.p50 == pytest.approx(2000)) == bool(told)
    if told:
        assert result.caveats[0] == told[0]
        assert "suit les consultations, et son intervalle est trop étroit" in told[0].text
    # Few outcomes are outweighed by what other lines received.
    assert bool(told) == (sum(counted) == 1000 and counted[0] < 342)


@pytest.mark.parametrize("calls", [11, 40, 400, 2_000])
def test_a_line_that_served_all_who_asked_is_not_contradicted(calls: int) -> None:
    """Half of the draws of a count lie under it: its own consultations deny nothing."""
    for asked in (calls, round(calls * 0.6)):
        full = vouched(
            BG,
            area=None,
            calls_observed=calls,
            need_counted=(asked, calls - asked),
            observed_consultations=asked,
        )
        assert "contradicted" not in [each.kind for each in headline(full, draws=500).caveats]

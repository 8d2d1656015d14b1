"""Need, met, gap, emergencies and organised demand: oracles of the unweighted laws, identities."""

from __future__ import annotations

from dataclasses import fields
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpts_geo.capacity.need.learning import shipped_lines
from cpts_geo.capacity.need.quantities import NationalDraws, Need, need_of
from cpts_geo.capacity.scenario.area import (
    _MOST_LENT,
    APL,
    STANDARDISED,
    Area,
    apl_of_france,
    area_of,
    area_of_codes,
    known_area,
)

LEVELS = (0.1, 0.5, 0.9)
DAYS = 251
#: Draws that no line weighs: those of the prior.
PRIOR = shipped_lines().prior(150_000, rng=np.random.default_rng(1))
#: Draws that all lines weigh.
LEARNT = shipped_lines().draws(4_000, seed=1)


def area(people: float = 50_000.0, apl: float = 3.0) -> Area:
    """Give as many standardised people as inhabitants."""
    return Area(standardised_population=people, apl=apl, population=people)


def a_day(values: np.ndarray) -> list[float]:
    """Give the p10, p50 and p90 of an opening day."""
    return [float(x) for x in np.quantile(values, LEVELS) / DAYS]


@pytest.mark.parametrize(
    ("key", "quantity", "expected"),
    [
        ("beauce_gatinais", "need", (312, 441, 606)),
        ("beauce_gatinais", "met", (None, 171, None)),
        ("beauce_gatinais", "gap", (184, 269, 382)),
        ("beauce_gatinais", "emergency", (18, 20, 22)),
        ("ouest_loiret", "need", (179, 252, 346)),
        ("ouest_loiret", "met", (None, 131, None)),
        ("ouest_loiret", "gap", (80, 120, 174)),
        ("ouest_loiret", "emergency", (None, 12, None)),
        ("asclepios", "need", (219, 309, 424)),
        ("asclepios", "met", (None, 236, None)),
        ("asclepios", "gap", (37, 72, 120)),
        ("asclepios", "emergency", (None, 14, None)),
    ],
)
def test_o25_before_any_line_is_known(
    key: str, quantity: str, expected: tuple[float | None, ...]
) -> None:
    place = known_area(key)
    assert place is not None
    found = a_day(getattr(need_of(place, PRIOR), quantity))
    for value, oracle in zip(found, expected, strict=True):
        if oracle is not None:
            # The document allows 5 %; it writes whole numbers.
            assert value == pytest.approx(oracle, rel=0.02, abs=0.5)


def test_the_prior_is_that_of_the_document() -> None:
    bounds = {"rate": (0.52, 0.95, 1.7), "met_share": (0.60, 0.72, 0.90)}
    for name, ends in bounds.items():
        drawn = getattr(PRIOR, name)
        assert ends[0] <= drawn.min() and drawn.max() <= ends[2]
        assert drawn.mean() == pytest.approx(sum(ends) / 3, rel=0.005)
    assert PRIOR.elasticity.mean() == pytest.approx(0.9, rel=0.005)
    assert PRIOR.treatable.mean() == pytest.approx(0.307 * 0.43 * 0.485, rel=0.005)
    assert np.quantile(PRIOR.mu, LEVELS) == pytest.approx(
        np.log(0.05) + np.array([-1.2816, 0.0, 1.2816]), abs=0.02
    )
    assert np.quantile(PRIOR.tau, LEVELS) == pytest.approx([0.0628, 0.3372, 0.8224], rel=0.03)


# ---- identities


@settings(max_examples=30, deadline=None)
@given(people=st.floats(100, 1e6), apl=st.floats(0, 12))
def test_need_is_met_and_gap(people: float, apl: float) -> None:
    found = need_of(area(people, apl), LEARNT)
    assert (found.gap >= 0).all() and (found.met >= 0).all()
    assert found.need == pytest.approx(found.met + found.gap)
    assert (found.met <= found.need).all()
    # nobody asks a device where the APL sees no gap, and everyone is finite elsewhere
    assert ((found.organised > 0) == (found.gap > 0)).all()
    assert np.isfinite(found.organised).all()
    assert found.need == pytest.approx(people * LEARNT.rate / LEARNT.met_share)
    # as many requests as a French territory of the same people asks, whatever the APL
    assert np.array_equal(found.need, need_of(area(people, apl_of_france()), LEARNT).need)


def test_at_the_apl_of_france_the_national_share_is_met() -> None:
    found = need_of(area(apl=apl_of_france()), LEARNT)
    assert found.met == pytest.approx(found.need * LEARNT.met_share)


def test_where_the_gap_is_none() -> None:
    """All is met from (APL / APL of France)^e = 1 / kappa, draw by draw."""
    for apl in (4.0, 4.7, 5.5, 7.0):
        none = need_of(area(apl=apl), LEARNT).gap == 0
        relative = (apl / apl_of_france()) ** LEARNT.elasticity
        assert np.array_equal(none, relative >= 1 / LEARNT.met_share)
    shares = [float(np.mean(need_of(area(apl=x), LEARNT).gap == 0)) for x in (3.0, 4.7, 9.0)]
    assert shares[0] == 0 and 0 < shares[1] < 1 and shares[2] == 1
    nothing = need_of(area(apl=9.0), LEARNT)
    assert not nothing.organised.any()
    assert (nothing.emergency > 0).all()


def test_without_any_surgery_all_is_gap() -> None:
    found = need_of(area(apl=0.0), LEARNT)
    assert not found.met.any()
    assert np.array_equal(found.gap, found.need)


def test_more_surgeries_meet_more_and_leave_less() -> None:
    found = [need_of(area(apl=x), LEARNT) for x in (0.0, 0.5, 1.5, 3.0, 3.7, 4.5, 8.0)]
    for less, more in pairwise(found):
        assert (more.met >= less.met).all()
        assert (more.gap <= less.gap).all()
        assert (more.organised <= less.organised).all()
        assert np.array_equal(more.emergency, less.emergency)


@pytest.mark.parametrize("times", [0.5, 2.0, 10.0])
def test_all_grows_with_the_people(times: float) -> None:
    one, many = (need_of(x, LEARNT) for x in (area(), area().scaled(times)))
    for each in fields(Need):
        if each.name in ("need", "met", "gap", "emergency", "organised"):
            assert getattr(many, each.name) == pytest.approx(times * getattr(one, each.name))
    assert many.centre == pytest.approx(one.centre + np.log(times))


def test_the_least_is_taken_once_for_the_territory() -> None:
    """Surgeries of one commune receive its neighbours: a full one leaves no gap to an empty one."""
    apl = 1.8 * apl_of_france()
    rows = {"population": [1e4, 1e4], STANDARDISED: [1e4, 1e4]}
    whole = area_of(pd.DataFrame(rows | {APL: [0.0, apl]}))
    assert whole is not None
    assert whole.apl == pytest.approx(apl / 2)
    together = need_of(whole, LEARNT).gap
    apart = need_of(area(1e4, 0.0), LEARNT).gap + need_of(area(1e4, apl), LEARNT).gap
    assert (together < apart).all()
    even = area_of(pd.DataFrame(rows | {APL: [apl / 2, apl / 2]}))
    assert even is not None
    assert np.array_equal(together, need_of(even, LEARNT).gap)


def test_means_weigh_the_standardised_people() -> None:
    rows = {"population": [10, 90], STANDARDISED: [30.0, 60.0], APL: [1, 4]}
    found = area_of(pd.DataFrame(rows))
    assert found is not None
    assert (found.standardised_population, found.population) == (90.0, 100.0)
    assert found.apl == pytest.approx((30 * 1 + 60 * 4) / 90)


# ---- unknown APL


def some_without(unknown: float, **others: float) -> pd.DataFrame:
    """Make two communes of 100 people, so many of whom live where the APL is unknown."""
    people = [100 - unknown, unknown]
    rows = {"population": people, STANDARDISED: [1.1 * people[0], np.nan], APL: [2.0, np.nan]}
    return pd.DataFrame(rows | others)


def test_communes_without_apl_count_as_the_others_up_to_one_in_ten() -> None:
    whole, lent = area_of(some_without(0)), area_of(some_without(10))
    assert whole is not None and lent is not None
    assert (whole.lent, lent.lent, _MOST_LENT) == (0.0, 0.1, 0.1)
    # as many people for each inhabitant, at the same APL
    assert lent.standardised_population == pytest.approx(110)
    assert (lent.apl, lent.population) == (2.0, 100.0)
    assert area_of(some_without(10.5)) is None
    assert area_of(some_without(100)) is None


def test_nobody_has_no_need() -> None:
    nobody = some_without(0).assign(population=0, **{STANDARDISED: 0.0})
    assert area_of(nobody) is None
    unknown = some_without(100).assign(population=np.nan, **{STANDARDISED: np.nan})
    assert area_of(unknown) is None
    # Mayotte has people and no APL
    assert area_of_codes(["97601", "97608"]) is None
    with pytest.raises(KeyError):
        known_area("nulle_part")


def test_an_area_is_not_altered_by_what_is_computed_of_it() -> None:
    table = some_without(5)
    before = table.copy()
    area_of(table)
    pd.testing.assert_frame_equal(table, before)


# ---- what territories share


def test_territories_share_the_nation_and_not_their_own_chance() -> None:
    one, other = (known_area(key) for key in ("beauce_gatinais", "ouest_loiret"))
    assert one is not None and other is not None
    draws = shipped_lines().draws(20_000, seed=3)
    first, second = need_of(one, draws), need_of(other, draws)
    # the same r / kappa for both, draw by draw
    assert first.need / one.standardised_population == pytest.approx(
        second.need / other.standardised_population
    )
    own = [(np.log(x.organised) - x.centre) / draws.tau for x in (first, second)]
    assert abs(np.corrcoef(*own)[0, 1]) < 0.03  # 4 standard errors
    for z in own:
        assert (z.mean(), z.std()) == pytest.approx((0.0, 1.0), abs=0.03)
        assert abs(np.corrcoef(z, draws.mu)[0, 1]) < 0.03
        assert abs(np.corrcoef(z, draws.tau)[0, 1]) < 0.03
    # the same territory is the same, asked twice, of other people or of another APL
    factors = first.organised / (first.gap * np.exp(draws.mu))
    for changed in (one, one.scaled(1.01), one.model_copy(update={"apl": one.apl * 0.9})):
        same = need_of(changed, draws)
        assert same.organised / (same.gap * np.exp(draws.mu)) == pytest.approx(factors)
    assert np.array_equal(first.organised, need_of(one, draws).organised)


def test_some_of_the_draws() -> None:
    few = LEARNT.at(np.array([5, 5, 0]))
    for each in fields(NationalDraws):
        values = getattr(LEARNT, each.name)
        assert getattr(few, each.name).tolist() == [values[5], values[5], values[0]]

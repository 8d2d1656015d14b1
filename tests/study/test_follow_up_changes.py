"""What has changed between two periods: against other ways to compute it, and false alarms."""

from __future__ import annotations

from itertools import product
from math import comb

import numpy as np
import pandas as pd
import pytest
from scipy.stats import mannwhitneyu
from scipy.stats import t as student

from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.study.follow_up._changes import (
    Gaps,
    Spread,
    apart,
    chance,
    count_gaps,
    holm,
    paired,
    rank_gaps,
    share_gaps,
    spread_of,
)
from cpts_geo.study.follow_up._comparing import compared, departed
from cpts_geo.study.follow_up._counting import counts_of
from cpts_geo.study.follow_up._showing import TOTAL, shown
from cpts_geo.study.follow_up.follow_up import _slots
from tests.registres import INSIDE, SHARES, registre

SCENARIO = load_scenario("beauce_gatinais")


def changes(seed: int, **now: object) -> pd.DataFrame:
    """Compare two generated years of one seed, the second as `now` says."""
    logs = [registre(2025, seed=seed, **now), registre(2024, seed=seed)]  # type: ignore[arg-type]
    counts = [counts_of(log, SCENARIO, communes={INSIDE}) for log in logs]
    tables = [shown(each, _slots(SCENARIO, each.days)) for each in counts]
    return pd.DataFrame(compared(SCENARIO, counts, tables))


def months_apart(seed: int) -> pd.DataFrame:
    """Months said to depart of two generated years without a change."""
    logs = [registre(year, seed=seed) for year in (2025, 2024)]
    counts = [counts_of(log, SCENARIO, communes={INSIDE}) for log in logs]
    return departed(SCENARIO, counts, [shown(x, _slots(SCENARIO, x.days)) for x in counts])


def alarms(tries: int) -> int:
    """Pairs of years without a change, of which one is said to have changed."""
    return sum(bool(changes(seed)["significant"].eq(True).any()) for seed in range(tries))


# ---- oracles


def table(*rows: tuple[float, float, float, float]) -> pd.DataFrame:
    names = ["part", "whole", "part_before", "whole_before"]
    return pd.DataFrame(rows, columns=names, dtype=float)


def test_gaps_of_shares_are_moments_of_all_tables() -> None:
    # All ways to deal 7 cases among 10 of now and 8 of before.
    n, m, cases, seen = 10, 8, 7, 6
    ways = {a: comb(n, a) * comb(m, cases - a) for a in range(cases + 1)}
    total = sum(ways.values())
    mean = sum(a * w for a, w in ways.items()) / total
    variance = sum((a - mean) ** 2 * w for a, w in ways.items()) / total
    found = share_gaps(table((seen, n, cases - seen, m)))
    assert found.gap[0] == pytest.approx(seen - mean)
    assert found.variance[0] == pytest.approx(variance)
    assert found.change == pytest.approx(seen / n - (cases - seen) / m)


def test_gaps_of_counts_are_those_of_a_binomial() -> None:
    found = count_gaps(table((30, 2.0, 10, 1.0)))
    assert found.gap[0] == pytest.approx(30 - 40 * 2 / 3)
    assert found.variance[0] == pytest.approx(40 * (2 / 3) * (1 / 3))
    assert found.change == pytest.approx((30 / 2) / (10 / 1) - 1)


def test_ranks_of_one_month_are_those_of_wilcoxon() -> None:
    rng = np.random.default_rng(0)
    now, before = rng.integers(0, 9, 30).astype(float), rng.integers(1, 11, 40).astype(float)
    found = rank_gaps({"01": now}, {"01": before})
    known = mannwhitneyu(now, before, method="asymptotic", use_continuity=False).pvalue
    spread = Spread(1.0, 10**9)
    assert chance(found, spread) == pytest.approx(known, rel=1e-6)


def test_phi_is_how_months_vary_around_one_change() -> None:
    # Every month changes alike: nothing is beyond chance; half up and half down is.
    alike = Gaps(np.array([4.0, 8.0, 12.0]), np.array([2.0, 4.0, 6.0]), 0.0)
    assert spread_of(alike) == Spread(1.0, 2)
    mixed = Gaps(np.array([6.0, -6.0, 6.0, -6.0]), np.full(4, 3.0), 0.0)
    assert spread_of(mixed) == Spread(pytest.approx(4 * 12 / 3), 3)
    assert spread_of(Gaps(np.ones(2), np.ones(2), 0.0)) is None
    assert np.isnan(chance(alike, None))


def test_a_month_is_set_against_the_others_alone() -> None:
    # Deleted residual of a regression through zero: gap = common x variance, one month an own term.
    gap, variance = np.array([1.0, 4.0, 2.0, 12.0, 3.0]), np.array([2.0, 4.0, 3.0, 2.0, 5.0])
    found = apart(Gaps(gap, variance, 0.0))
    for place in range(5):
        own = (np.arange(5) == place).astype(float)
        design = np.column_stack([variance, own]) / np.sqrt(variance)[:, None]
        seen = gap / np.sqrt(variance)
        fitted, *_ = np.linalg.lstsq(design, seen, rcond=None)
        phi = max(1.0, float(((seen - design @ fitted) ** 2).sum()) / 3)
        error = np.sqrt(phi * np.linalg.inv(design.T @ design)[1, 1])
        assert found[place] == pytest.approx(2 * student.sf(abs(fitted[1]) / error, 3))
    assert np.isnan(apart(Gaps(np.ones(3), np.ones(3), 0.0))).all()


def test_a_month_of_nothing_does_not_hide_the_others() -> None:
    for compare in (share_gaps, count_gaps):
        told = compare(table((15, 20, 10, 20)))
        found = compare(table((15, 20, 10, 20), (0, 0, 0, 0)))
        assert found.change == told.change and found.variance.sum() == told.variance.sum()
    assert np.isnan(count_gaps(table((5, 2, 0, 2))).change)


def test_holm_is_the_sequence_of_rejections() -> None:
    for values in product((0.001, 0.012, 0.02, 0.04, 0.9), repeat=3):
        found = holm(dict(enumerate(values)))  # type: ignore[arg-type]
        rejected, left = set(), sorted(range(3), key=lambda i: values[i])
        while left and values[left[0]] <= 0.05 / len(left):
            rejected.add(left.pop(0))
        assert {i for i, p in found.items() if p <= 0.05} == rejected  # type: ignore[comparison-overlap]


def test_months_are_paired_and_the_rest_is_what_the_totals_leave() -> None:
    now = pd.DataFrame(
        {"part": [10.0, np.nan, 30.0, 60.0], "whole": [1.0, 1.0, 1.0, 3.0]},
        index=["2025-01", "2025-02", "2025-03", TOTAL],
    )
    before = now.set_axis(["2024-01", "2024-02", "2024-03", TOTAL])
    both = paired(now, before)
    assert both["part"].tolist() == [10.0, 30.0, 20.0] and both.index[-1] == "rest"
    # A period that lacks a month has no rest to compare.
    both = paired(now, before.drop("2024-02"))
    assert both.index.tolist() == ["01", "03"]


# ---- a known change, and none


def test_a_known_change_is_found_and_no_other() -> None:
    found = changes(7, shares=(0.65, 0.12, 0.10, 0.08, 0.05))
    told = set(found.index[found["significant"].eq(True)])
    assert {"appointments", "no_slot", "response_rate", "fill_rate"} <= told
    assert not told & {"delay_median", "honoured", "without_mt", "outside", "advice"}
    assert found.at["response_rate", "change"] == pytest.approx(0.10, abs=0.03)
    assert found.at["no_slot", "change"] == pytest.approx(-0.5, abs=0.1)


def test_longer_delays_are_found() -> None:
    told = changes(8, hours=21.0)["significant"].eq(True)
    assert set(told.index[told]) == {"delay_median", "delay_p90"}


def test_more_requests_are_found_beyond_months_that_vary() -> None:
    found = changes(9, mean=18.0)
    assert found.at["requests", "significant"] is True
    assert found.at["requests", "change"] == pytest.approx(0.5, abs=0.15)


def test_without_a_change_nothing_is_said_to_have_changed() -> None:
    assert not changes(7)["significant"].eq(True).any()


def test_false_alarms_are_few() -> None:
    # One year in ten of the whole measure: at 5 %, three of twenty are one chance in thirteen.
    assert alarms(20) <= 2


def test_months_are_seldom_said_to_depart() -> None:
    assert sum(len(months_apart(seed)) > 0 for seed in range(20)) <= 3


@pytest.mark.full
def test_false_alarms_over_two_hundred_years() -> None:
    found = alarms(200)
    print(f"{found} false alarms over 200 years")
    assert found <= 10


def test_shares_of_the_generator_are_those_asked() -> None:
    log = registre(2025, seed=0)
    assert (log["outcome"] == "appointment").mean() == pytest.approx(SHARES[0], abs=0.03)

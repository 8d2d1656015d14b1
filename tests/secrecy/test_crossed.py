"""Attacks on counts crossed two ways: what is shown is subtracted in every way that there is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import LinearConstraint, milp

from cpts_geo.secrecy.crossed import Crossed, shown_crossing, shown_nested


def left(
    found: Crossed, counts: pd.DataFrame, groups: pd.DataFrame | None = None
) -> dict[tuple[int, int], tuple[int, int]]:
    """Least and most that each masked count may be, by integer programming: for who knows what is
    shown of the cells, of the totals and of groups of columns, and their sum."""
    high, wide = counts.shape
    cells = found.cells.to_numpy()
    equations, values = [np.ones(high * wide)], [counts.to_numpy().sum()]
    for place in np.argwhere(~np.isnan(cells)):
        one = np.zeros((high, wide))
        one[tuple(place)] = 1
        equations.append(one.ravel())
        values.append(cells[tuple(place)])
    for axis, totals in ((0, found.rows), (1, found.columns)):
        for place in np.flatnonzero(totals.notna()):
            one = np.zeros((high, wide))
            one[(place, slice(None)) if axis == 0 else (slice(None), place)] = 1
            equations.append(one.ravel())
            values.append(totals.iloc[place])
    for name in [] if groups is None else groups:
        for row in np.flatnonzero(groups[name].notna()) if groups is not None else ():
            one = np.zeros((high, wide))
            one[row, [counts.columns.get_loc(each) for each in name]] = 1
            equations.append(one.ravel())
            values.append(groups[name].iloc[row])
    rule = LinearConstraint(np.array(equations), values, values)
    bounds = {}
    for row, column in np.argwhere(np.isnan(cells)):
        aim = np.zeros((high, wide))
        aim[row, column] = 1
        ends = [
            milp(sign * aim.ravel(), constraints=rule, integrality=np.ones(high * wide)).fun * sign
            for sign in (1, -1)
        ]
        bounds[int(row), int(column)] = (round(ends[0]), round(ends[1]))
    return bounds


def months_of(rng: np.random.Generator) -> pd.DataFrame:
    """Months by outcome of a line that may be small, or very small."""
    means = rng.choice([0, 0.3, 3, 8, 14, 60], size=5, p=[0.05, 0.1, 0.2, 0.25, 0.2, 0.2])
    table = rng.poisson(means * rng.lognormal(0, 0.4, size=(int(rng.integers(1, 9)), 1)))
    return pd.DataFrame(table, columns=list("abcde"))


@pytest.mark.parametrize("seed", range(40))
def test_no_small_count_comes_back(seed: int) -> None:
    counts = months_of(np.random.default_rng(seed))
    if counts.to_numpy().sum() < 11:
        return
    found = shown_crossing(counts)
    small = (counts > 0) & (counts < 11)
    assert found.cells[small].isna().all(axis=None)
    for totals, exact in ((found.rows, counts.sum(axis=1)), (found.columns, counts.sum())):
        assert totals[(exact > 0) & (exact < 11)].isna().all()
        assert (totals.dropna() == exact[totals.notna()]).all()
    assert (found.cells.isna() | (found.cells == counts)).all(axis=None)
    for place, (least, most) in left(found, counts).items():
        if small.iat[place]:
            assert most - least >= 4, (place, counts, found)


def test_what_needs_no_mask_has_none() -> None:
    counts = pd.DataFrame({"a": [40, 0, 30], "b": [30, 90, 0]})
    found = shown_crossing(counts)
    assert found.cells.equals(counts.astype(float))
    assert found.columns.tolist() == [70, 120] and found.rows.tolist() == [70, 90, 30]


def test_a_year_less_eleven_months_tells_no_twelfth() -> None:
    counts = pd.DataFrame({"a": [200] * 12, "b": [20] * 11 + [4], "c": [50] * 12})
    found = shown_crossing(counts)
    assert found.columns["b"] == 224
    # Two months and two outcomes are masked, and no more.
    assert found.cells.isna().sum().sum() == 4 and found.cells["b"].isna().sum() == 2


def test_a_row_that_is_masked_elsewhere_has_no_cell() -> None:
    counts = pd.DataFrame({"a": [40, 50, 60], "b": [30, 30, 30]})
    found = shown_crossing(counts, apart=[0, 2])
    assert found.cells.isna().to_numpy()[[0, 2]].all() and found.rows.isna().tolist() == [1, 0, 1]


def test_a_total_of_few_is_masked_with_another() -> None:
    counts = pd.DataFrame({"a": [40, 50, 60], "b": [30, 30, 30], "c": [0, 3, 0]})
    found = shown_crossing(counts)
    assert found.columns.isna().tolist() == [False, True, True]
    assert found.cells[["b", "c"]].iloc[1].isna().all()


@pytest.mark.parametrize("seed", range(40))
def test_no_small_count_comes_back_from_what_groups_tell(seed: int) -> None:
    rng = np.random.default_rng([7, seed])
    # The size at which groups can be shown, and what they are made of often cannot.
    means = rng.choice([6, 9, 12, 16, 30], size=5)
    table = rng.poisson(means * rng.lognormal(0, 0.4, size=(int(rng.integers(2, 9)), 1)))
    counts = pd.DataFrame(table, columns=list("abcde"))
    found, groups = shown_nested(counts, {"ab": "ab", "cde": "cde"})
    exact = pd.DataFrame({name: counts[list(name)].sum(axis=1) for name in groups})
    assert (groups.isna() | (groups == exact)).all(axis=None)
    assert groups[(exact > 0) & (exact < 11)].isna().all(axis=None)
    small = (counts > 0) & (counts < 11)
    assert found.cells[small].isna().all(axis=None)
    assert (found.cells.isna() | (found.cells == counts)).all(axis=None)
    for place, (least, most) in left(found, counts, groups).items():
        if small.iat[place]:
            assert most - least >= 4, (place, counts, found, groups)

"""Classes shared by several maps: breaks, counts, symmetry, few values."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpts_geo.atlas.look import classes
from cpts_geo.atlas.look.classes import pooled_breaks
from cpts_geo.atlas.maps.layers import MapLayer, classify
from cpts_geo.errors import TableError

#: Methods, O22.
ORACLE = pd.Series([0, 12, 25, 30, 31, 45, 57, 58, 61, 70, 87, 90, 104, 130, 210], dtype=float)


def counts(values: pd.Series, breaks: tuple[float, ...]) -> list[int]:
    layer = MapLayer("population", "", breaks, ("",) * (len(breaks) + 1))
    found = classify(values, layer).value_counts()
    return [int(found.get(number, 0)) for number in range(len(breaks) + 1)]


def spread(values: pd.Series, breaks: tuple[float, ...]) -> float:
    """Sum of squared distances to the means of the classes."""
    number = np.searchsorted(breaks, values, side="left")
    return float(values.groupby(number).apply(lambda part: ((part - part.mean()) ** 2).sum()).sum())


def test_fisher_jenks_oracle() -> None:
    breaks = pooled_breaks([ORACLE])
    assert breaks == (31, 70, 104, 130)
    assert counts(ORACLE, breaks) == [5, 5, 3, 1, 1]


def test_fixed_breaks_are_right_closed() -> None:
    assert counts(ORACLE, (30, 57, 87, 120)) == [4, 3, 4, 2, 2]


def test_how_values_are_spread_over_maps_changes_nothing() -> None:
    maps = [ORACLE.iloc[::2], pd.Series([np.nan]), ORACLE.iloc[1::2].iloc[::-1]]
    assert pooled_breaks(maps) == pooled_breaks([ORACLE])
    assert pooled_breaks(iter(maps)) == pooled_breaks([ORACLE])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=4, max_size=11), st.integers(2, 4))
def test_no_other_breaks_make_tighter_classes(numbers: list[int], k: int) -> None:
    values = pd.Series(numbers, dtype=float)
    distinct = sorted(set(values))
    breaks = pooled_breaks([values], k=k)
    assert len(breaks) == min(k, len(distinct)) - 1
    best = min(spread(values, cut) for cut in combinations(distinct[:-1], len(breaks)))
    assert spread(values, breaks) == pytest.approx(best, abs=1e-9)


def test_fewer_values_than_classes_give_a_class_a_value() -> None:
    few = pd.Series([3.0, 1.0, np.nan, 3.0, 2.0])
    assert pooled_breaks([few]) == (1, 2)
    assert counts(few, pooled_breaks([few])) == [1, 1, 2]
    assert pooled_breaks([pd.Series([4.0, 4.0])]) == ()


@pytest.mark.parametrize("maps", [[], [pd.Series([np.nan, np.nan])]])
def test_nothing_known_has_no_breaks(maps: list[pd.Series]) -> None:
    assert pooled_breaks(maps) == ()


def test_many_values_are_classed_by_their_ranks(monkeypatch: pytest.MonkeyPatch) -> None:
    # Three far groups: whichever values stand for all, the breaks separate them.
    many = pd.Series(np.concatenate([np.arange(90), 1000 + np.arange(80), 5000 + np.arange(70)]))
    monkeypatch.setattr(classes, "_MAX_VALUES", 30)
    breaks = pooled_breaks([many.sample(frac=1, random_state=1)], k=3)
    assert counts(many, breaks)[1:] == pytest.approx([80, 70], abs=8)
    assert breaks == pooled_breaks([many], k=3)


def test_impossible_classes_are_refused() -> None:
    with pytest.raises(TableError, match="deux classes"):
        pooled_breaks([ORACLE], k=1)
    with pytest.raises(TableError, match="infinies"):
        pooled_breaks([pd.Series([1.0, np.inf])])

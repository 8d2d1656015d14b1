"""Changing vintage: counts add, rates weigh, nothing is lost without a word."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpts_geo.errors import TableError
from cpts_geo.sources import embedded
from cpts_geo.territories.moves import move, successors

COMMUNES = pd.DataFrame({"code_insee": ["01001", "01002", "01003"]})
FORMER = pd.DataFrame(
    {
        "former_code": ["01010", "01011", "01002", "01099"],
        "code_insee": ["01001", "01001", "01001", None],
    }
)


def table(**columns) -> pd.DataFrame:
    return pd.DataFrame(columns)


def test_successors():
    found = successors(COMMUNES, FORMER)
    assert found.to_dict() == {
        "01001": "01001",
        # A current code is itself, even where a delegated commune bears it.
        "01002": "01002",
        "01003": "01003",
        "01010": "01001",
        "01011": "01001",
    }


def test_merger_worked_by_hand():
    before = table(
        code_insee=["01001", "01010", "01003"],
        people=[100.0, 300.0, 50.0],
        gps=[1.0, 0.0, 2.0],
        apl=[4.0, 2.0, 3.0],
    )
    moved, lost = move(
        before, successors(COMMUNES, FORMER), counts=["people", "gps"], rates={"apl": "people"}
    )
    assert lost.empty
    rows = moved.set_index("code_insee")
    assert rows.loc["01001", ["people", "gps", "apl"]].tolist() == [400, 1, (400 + 600) / 400]
    assert rows.loc["01003", ["people", "gps", "apl"]].tolist() == [50, 2, 3]
    # A sum of measures is a measure; a mean of rates is an estimate.
    assert rows["people_status"].tolist() == ["measured", "measured"]
    assert rows["apl_status"].tolist() == ["estimated", "measured"]


def test_unknown_part_makes_the_whole_unknown_never_zero():
    before = table(
        code_insee=["01001", "01010", "01002", "01003"],
        gps=[2.0, np.nan, np.nan, 0.0],
        people=[10.0, 10.0, 5.0, 7.0],
        apl=[np.nan, 3.0, 1.5, 0.0],
    )
    moved, _ = move(
        before, successors(COMMUNES, FORMER), counts=["gps", "people"], rates={"apl": "people"}
    )
    rows = moved.set_index("code_insee")
    assert rows["gps"].isna().to_dict() == {"01001": True, "01002": True, "01003": False}
    assert rows["gps_status"].to_dict() == {
        "01001": "unknown",
        "01002": "unknown",
        "01003": "measured",
    }
    assert rows.at["01003", "gps"] == 0
    assert np.isnan(rows.at["01001", "apl"])
    assert rows.at["01001", "apl_status"] == "unknown"
    assert rows.at["01003", "apl"] == 0


def test_code_without_successor_is_handed_back():
    before = table(code_insee=["01001", "01099", "99999"], gps=[1, 2, 4])
    moved, lost = move(before, successors(COMMUNES, FORMER), counts=["gps"], rates={})
    assert lost["code_insee"].tolist() == ["01099", "99999"]
    assert moved["gps"].sum() + lost["gps"].sum() == before["gps"].sum()


def test_identity_on_current_codes():
    before = table(code_insee=COMMUNES["code_insee"], gps=[0, 3, 1], apl=[1.0, np.nan, 0.0])
    moved, lost = move(before, successors(COMMUNES, FORMER), counts=["gps"], rates={"apl": "gps"})
    assert lost.empty
    # 0 people weigh nothing: a commune that did not change keeps its own rate all the same.
    pd.testing.assert_frame_equal(moved[["code_insee", "gps", "apl"]], before)


def test_identity_on_the_embedded_communes():
    communes = embedded.load_communes()
    counts = communes[["code_insee", "population"]]
    same = successors(communes, embedded.load_former_communes())
    moved, lost = move(pd.DataFrame(counts), same, counts=["population"], rates={})
    assert lost.empty
    assert moved["population"].tolist() == counts["population"].tolist()


def test_known_moves_of_the_cog():
    same = successors(embedded.load_communes(), embedded.load_former_communes())
    assert same["85060"] == same["85166"] == "85194"  # Les Sables-d'Olonne, 2019
    assert same["41023"] == "41151"  # Bourré, in Montrichard Val de Cher
    assert same["75101"] == "75056"
    assert same["42072"] == "42217"  # La Côte-en-Couzan, 2025: no delegated commune was kept
    assert "72287" not in same  # Saint-Gervais-en-Belin: retired, successor not in the source


def test_duplicates_are_refused_all_at_once():
    before = table(code_insee=["01002", "01001", "01002", "01001", "01003"], gps=1)
    with pytest.raises(TableError) as refused:
        move(before, successors(COMMUNES, FORMER), counts=["gps"], rates={})
    assert refused.value.defects == ("code 01001", "code 01002")
    assert "une ligne par code" in refused.value.remedy


def test_arguments_are_left_as_they_are():
    before = table(code_insee=["01010", "01001"], people=[1.0, 2.0], apl=[3.0, 4.0])
    copy = before.copy()
    move(before, successors(COMMUNES, FORMER), counts=["people"], rates={"apl": "people"})
    pd.testing.assert_frame_equal(before, copy)


CODES = [f"{number:05d}" for number in range(12)]
numbers = st.floats(0, 1e6, allow_nan=False)


@given(
    targets=st.lists(st.sampled_from([*CODES[:3], None]), min_size=12, max_size=12),
    people=st.lists(st.floats(0.5, 1e6), min_size=12, max_size=12),
    rate=st.lists(numbers, min_size=12, max_size=12),
)
def test_counts_are_conserved_and_rates_stay_between_their_parts(targets, people, rate):
    same = pd.Series(targets, index=CODES).dropna()
    before = table(code_insee=CODES, people=people, rate=rate)
    moved, lost = move(before, same, counts=["people"], rates={"rate": "people"})
    total = moved["people"].sum() + lost["people"].sum()
    assert total == pytest.approx(before["people"].sum())
    assert set(lost["code_insee"]) == set(CODES) - set(same.index)
    parts = before.assign(target=before["code_insee"].map(same)).groupby("target")["rate"]
    low, high = parts.min(), parts.max()
    for row in moved.itertuples():
        slack = 1e-9 * (1 + high[row.code_insee])
        assert low[row.code_insee] - slack <= row.rate <= high[row.code_insee] + slack


@given(weight=st.floats(0.01, 100), rate=st.lists(numbers, min_size=2, max_size=2))
def test_equal_weights_give_the_plain_mean(weight, rate):
    before = table(code_insee=["01001", "01010"], people=[weight, weight], rate=rate)
    moved, _ = move(
        before, successors(COMMUNES, FORMER), counts=["people"], rates={"rate": "people"}
    )
    assert moved["rate"].iloc[0] == pytest.approx(sum(rate) / 2)

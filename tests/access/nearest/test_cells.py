"""Cells of 200 m summed up: by hand, by a naive loop, and what must never change."""

from __future__ import annotations

import math
from random import Random

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpts_geo.access.nearest.squares import cell_minutes
from cpts_geo.settings import MINUTES_BANDS
from cpts_geo.sources.readers._formats.columns import _FACILITIES as FACILITIES


def cells(*rows: tuple[str, float, float], facility: str = "gps") -> pd.DataFrame:
    """Table of (commune, people, minutes), each its own cell."""
    table = pd.DataFrame(rows, columns=["code_insee", "population", "minutes"])
    table = table.astype({"population": "float64", "minutes": "float64"})
    return table.assign(x=[200.0 * i for i in range(len(rows))], y=0.0, facility=facility)


#: By hand, 45130: 100 people of 110 known, (50 x 4 + 40 x 10 + 10 x 31) / 100 = 9.1.
TOY = cells(
    ("45130", 50, 4), ("45130", 40, 10), ("45130", 10, 31), ("45130", 10, math.nan),
    ("45130", 0, 55), ("45098", 20, 12), ("85113", 7, math.nan), ("45269", 0, 3),
)  # fmt: skip


def naive(table: pd.DataFrame, code: str) -> dict[str, float]:
    rows = [row for row in table.to_dict("records") if row["code_insee"] == code]
    known = [row for row in rows if not math.isnan(row["minutes"]) and row["population"] > 0]
    people = sum(row["population"] for row in known)
    everyone = sum(row["population"] for row in rows)
    found = {"population": everyone, "population_unknown": everyone - people}
    times = sorted(row["minutes"] for row in known for _ in range(int(row["population"])))
    found["mean_minutes"] = sum(times) / len(times) if times else math.nan
    found["p90_minutes"] = times[math.ceil(0.9 * len(times)) - 1] if times else math.nan
    found["worst_minutes"] = times[-1] if times else math.nan
    for band in MINUTES_BANDS:
        within = sum(1 for minutes in times if minutes <= band)
        found[f"within_{band:g}"] = within
        found[f"share_within_{band:g}"] = within / people if people else math.nan
    return found


def test_toy_by_hand() -> None:
    found = cell_minutes(TOY, facility="gps")
    assert found.index.tolist() == ["45098", "45130", "45269", "85113"]
    assert found.index.name == "code_insee"
    assert found.loc["45130"].to_dict() == pytest.approx(
        {
            "population": 110, "population_unknown": 10, "mean_minutes": 9.1, "p90_minutes": 10,
            "worst_minutes": 31, **dict.fromkeys([f"within_{b:g}" for b in MINUTES_BANDS], 90),
            **dict.fromkeys([f"share_within_{b:g}" for b in MINUTES_BANDS], 0.9),
        }
    )  # fmt: skip
    assert found.loc["45098", ["within_10", "within_15"]].tolist() == [0, 20]


def test_people_without_a_road_are_neither_near_nor_far() -> None:
    found = cell_minutes(TOY, facility="gps")
    island = found.loc["85113"]
    assert island[["population", "population_unknown", "within_15"]].tolist() == [7, 7, 0]
    assert island[["mean_minutes", "p90_minutes", "worst_minutes", "share_within_15"]].isna().all()
    # The ten of 45130 change no share and no mean.
    without = TOY[~(TOY["minutes"].isna())]
    columns = ["mean_minutes", "p90_minutes", "worst_minutes", "share_within_10"]
    again = cell_minutes(without, facility="gps")
    assert again.loc["45130", columns].equals(found.loc["45130", columns])


def test_cells_without_people_weigh_nothing_and_are_no_worst_case() -> None:
    found = cell_minutes(TOY, facility="gps")
    assert found.at["45130", "worst_minutes"] == 31
    empty = found.loc["45269"]
    assert empty[["population", "population_unknown", "within_10"]].tolist() == [0, 0, 0]
    assert empty[["mean_minutes", "p90_minutes", "worst_minutes", "share_within_10"]].isna().all()


def test_territories_add_the_cells_of_their_communes() -> None:
    areas = {"45130": "sud", "45098": "sud", "85113": "ile", "99999": "ailleurs"}
    found = cell_minutes(TOY.assign(area=TOY["code_insee"].map(areas)), facility="gps", by="area")
    assert found.index.tolist() == ["ile", "sud"]  # 45269 is in none, 99999 has no cell
    together = TOY.assign(code_insee=TOY["code_insee"].map(areas))
    assert found.loc["sud"].to_dict() == pytest.approx(naive(together, "sud"))
    assert found.at["sud", "mean_minutes"] == pytest.approx((910 + 20 * 12) / 120)


def test_the_people_of_a_cell_count_once_for_the_facility_asked() -> None:
    everything = pd.concat(
        [TOY, *(TOY.assign(facility=name, minutes=77.0) for name in FACILITIES[1:])]
    )
    found = cell_minutes(everything, facility="gps")
    pd.testing.assert_frame_equal(found, cell_minutes(TOY, facility="gps"))
    other = cell_minutes(everything, facility="pharmacies")
    assert other.at["45130", "mean_minutes"] == 77


def test_a_cell_cut_by_a_limit_stands_in_both_communes() -> None:
    shared = cells(("45130", 3, 4), ("45098", 5, 6)).assign(x=0.0)
    assert cell_minutes(shared, facility="gps")["population"].tolist() == [5, 3]


def test_argument_is_left_as_it_was() -> None:
    before = TOY.copy()
    cell_minutes(TOY, facility="gps")
    pd.testing.assert_frame_equal(TOY, before)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["45130", "45098", "85113"]),
            st.integers(0, 12),
            st.one_of(st.just(math.nan), st.integers(0, 240).map(lambda quarter: quarter / 4)),
        ),
        min_size=1,
        max_size=25,
    ),
    st.randoms(use_true_random=False),
)
def test_any_table_agrees_with_a_naive_loop(
    rows: list[tuple[str, int, float]], shuffle: Random
) -> None:
    table = cells(*rows)
    order = list(range(len(rows)))
    shuffle.shuffle(order)
    found = cell_minutes(table.iloc[order], facility="gps")
    assert found.index.tolist() == sorted({code for code, _, _ in rows})
    for code, row in found.iterrows():
        assert row.to_dict() == pytest.approx(naive(table, code), nan_ok=True)
    assert found["population"].sum() == table["population"].sum()
    assert (found["within_10"] <= found["within_15"]).all()
    assert (found["within_15"] <= found["population"] - found["population_unknown"]).all()
    known = found["p90_minutes"].dropna()
    assert (known <= found.loc[known.index, "worst_minutes"]).all()


def test_p90_is_reached_at_exactly_nine_tenths_of_people() -> None:
    # 3.6 people of 4.0, which binary fractions miss by a hair.
    table = cells(("45130", 0.1, 5), ("45130", 2.3, 6), ("45130", 1.2, 7), ("45130", 0.4, 8))
    assert cell_minutes(table, facility="gps").at["45130", "p90_minutes"] == 7

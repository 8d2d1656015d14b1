"""Shapes of the week and of the year of a daily series, against methods.md 9.7 and by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cpts_geo.capacity.calls.daily_counts import day_profiles
from cpts_geo.errors import TableError
from cpts_geo.sources.catalogue.catalogue import sources, verified_path
from cpts_geo.sources.embedding.embedded import load_day_profiles
from cpts_geo.sources.readers.registry import READERS

EVERY = pd.date_range("2022-12-01", "2025-01-31")
WEEK = np.array([1.2, 1.0, 0.9, 0.9, 1.0, 1.5, 1.4])
YEARS = (2023, 2024)


def series(**days: float) -> pd.Series:
    """Counts whose week is known, some days multiplied."""
    counts = pd.Series(1000.0 * WEEK[EVERY.day_of_week], index=EVERY)
    for day, factor in days.items():
        counts[pd.Timestamp(day.strip("_"))] *= factor
    return counts


def factors(table: pd.DataFrame, kind: str) -> list[float]:
    return table.loc[table["kind"] == kind, "factor"].tolist()


def test_a_week_without_a_season() -> None:
    table = day_profiles(series(), years=YEARS)
    assert factors(table, "weekday") == pytest.approx(WEEK[:5] / WEEK[:5].mean())
    for kind in ("holiday", "bridge", "after_holiday"):
        assert factors(table, kind) == pytest.approx([1.0])
    assert factors(table, "day_to_day") == pytest.approx([0.0], abs=1e-12)
    assert factors(table, "hole") == []
    # 11 holidays a year; those of 2023 and 2024 that fall from Monday to Friday
    assert table.set_index("kind").at["holiday", "days"] == 19
    # Ascension 2023 and 2024, 14 August 2023, 16 August 2024
    assert table.set_index("kind").at["bridge", "days"] == 4


def test_days_around_holidays_by_hand() -> None:
    table = day_profiles(
        series(_20230519=1.1, _20230814=1.2, _20240510=1.3, _20240816=1.4), years=YEARS
    ).set_index("kind")
    bridge = table.loc["bridge"]
    assert bridge["factor"] == pytest.approx(1.25)
    # Student, 3 degrees of freedom, 10 % above: 1.6377
    half = 1.6377 * np.std([1.1, 1.2, 1.3, 1.4], ddof=1) / 2
    assert [bridge["low"], bridge["high"]] == pytest.approx([1.25 - half, 1.25 + half], rel=1e-4)
    # they are no day to set another against, nor a day after a holiday
    assert table.at["after_holiday", "factor"] == pytest.approx(1.0)
    assert table.at["holiday", "factor"] == pytest.approx(1.0)


@pytest.mark.parametrize(("factor", "left_out"), [(0.69, True), (0.71, False)])
def test_a_hole_is_listed_and_left_out(factor: float, left_out: bool) -> None:
    table = day_profiles(series(_20230214=factor), years=YEARS)
    holes = table[table["kind"] == "hole"]
    assert holes["key"].tolist() == (["2023-02-14"] if left_out else [])
    assert holes["factor"].tolist() == pytest.approx([factor] if left_out else [])
    even = factors(table, "weekday") == pytest.approx(WEEK[:5] / WEEK[:5].mean())
    assert even is left_out
    february = table[(table["kind"] == "month") & (table["key"] == "2")]
    assert february["days"].tolist() == [56 if left_out else 57]


def test_holes_outside_the_years_are_no_part() -> None:
    table = day_profiles(series(_20221215=0.1), years=YEARS)
    assert factors(table, "hole") == []
    assert factors(table, "month") == pytest.approx(
        factors(day_profiles(series(), years=YEARS), "month")
    )


def test_a_series_too_short_is_refused() -> None:
    with pytest.raises(TableError, match="trop courte") as caught:
        day_profiles(series()["2023-01-01":"2023-03-31"], years=YEARS)  # type: ignore[misc]
    assert [defect.partition(" ")[0] for defect in caught.value.defects] == [
        "month", "holiday", "bridge", "after_holiday",
    ]  # fmt: skip


def test_the_arguments_are_left_as_they_are() -> None:
    counts = series()
    before = counts.copy()
    day_profiles(counts, years=YEARS)
    pd.testing.assert_series_equal(counts, before)


@pytest.fixture(scope="module")
def daily(official_dir: Path) -> pd.DataFrame:
    source = sources()["spf_sursaud_2024"]
    path = verified_path(source.key, official_dir)
    return READERS[str(source.reader)].table(path, source).set_index("date")


@pytest.mark.parametrize(
    ("name", "week", "year"),
    [
        (
            "sos_medecins",
            [1.086, 0.996, 0.982, 0.979, 0.957],
            [1.07, 1.07, 1.01, 0.98, 0.98, 0.94, 0.88, 0.86, 0.98, 1.01, 1.07, 1.15],
        ),
        (
            "emergency_visits",
            [1.073, 0.988, 0.964, 0.983, 0.992],
            [0.96, 0.99, 0.99, 0.98, 1.01, 1.05, 0.99, 0.96, 1.01, 1.02, 1.00, 1.03],
        ),
    ],
)
def test_the_published_series(
    daily: pd.DataFrame, name: str, week: list[float], year: list[float]
) -> None:
    """methods.md 9.7, without the two holes of SOS Médecins."""
    table = day_profiles(daily[name], years=YEARS)
    assert factors(table, "weekday") == pytest.approx(week, abs=6e-4)
    assert factors(table, "month") == pytest.approx(year, abs=6e-3)
    holes = table.loc[table["kind"] == "hole", "key"].tolist()
    assert holes == (["2023-02-14", "2023-10-13"] if name == "sos_medecins" else [])
    assert factors(table, "day_to_day")[0] == pytest.approx(0.05, abs=0.01)
    committed = load_day_profiles().query("series == @name")
    assert committed["factor"].tolist() == pytest.approx(table["factor"].tolist(), abs=5e-5)
    assert committed["days"].tolist() == table["days"].tolist()


def test_february_and_october_with_and_without_holes(daily: pd.DataFrame) -> None:
    counts = daily["sos_medecins"]
    found = factors(day_profiles(counts, years=YEARS), "month")
    assert [round(found[month - 1], 3) for month in (2, 10)] == [1.070, 1.013]
    # with the two days at what the same weekdays around them are: nothing is left out, little moves
    filled = counts.astype(float).copy()
    filled[["2023-02-14", "2023-10-13"]] = [11_304, 11_420]
    table = day_profiles(filled, years=YEARS)
    assert factors(table, "hole") == []
    assert factors(table, "month") == pytest.approx(found, abs=3e-3)


def test_the_bridge_of_august_2024(daily: pd.DataFrame) -> None:
    """methods.md 9.7: 1.31 of the other Fridays of that August."""
    august = daily.loc["2024-08", "sos_medecins"]
    fridays = august[pd.DatetimeIndex(august.index).day_of_week == 4]
    bridge = pd.Timestamp("2024-08-16")
    assert fridays[bridge] / fridays.drop(bridge).mean() == pytest.approx(1.31, abs=0.005)

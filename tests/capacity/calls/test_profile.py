"""What a call log says: known rates come back, dispersion is judged, small counts stay hidden."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import chi2

from cpts_geo.capacity.calls.profile import CallProfile, _profile, profile_of
from cpts_geo.capacity.calls.released import released
from cpts_geo.capacity.scenario.calendar import opening_days
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.errors import ScenarioError
from cpts_geo.files import write_csv
from cpts_geo.secrecy.disclosure import Mask

WEEK = (1.30, 1.00, 0.90, 0.85, 0.95)
YEAR = (date(2023, 1, 2), date(2024, 12, 31))
DAY = pd.DatetimeIndex(["2024-03-04"])
PEOPLE = 24_000.0


def log_of(days: pd.DatetimeIndex, counts: np.ndarray, **columns: object) -> pd.DataFrame:
    """Calls at 9:00, one a minute, as many a day as said."""
    minutes = np.concatenate([np.arange(n) for n in counts]) if counts.sum() else []
    time = days.repeat(counts) + pd.Timedelta(hours=9) + pd.to_timedelta(minutes, unit="min")
    others = {"outcome": "appointment", "commune": None, "age_class": None} | columns
    return pd.DataFrame({"time": time, **others})


def summed(log: pd.DataFrame, days: pd.DatetimeIndex, **options: Any) -> CallProfile:
    """Profile of a log over given days, for 24,000 people and 251 days a year unless said."""
    usual = {"people_without_mt": PEOPLE, "days_per_year": 251}
    usual["period"] = (days[0].date(), days[-1].date())
    return _profile(log, days=days, **usual | options)  # type: ignore[arg-type]


def steady(days: pd.DatetimeIndex, calls: int, **columns: object) -> CallProfile:
    """Profile of a line with as many calls every day."""
    return summed(log_of(days, np.full(len(days), calls), **columns), days)


def drawn(
    mean: float, *, dispersion: float, seed: int, months: np.ndarray | None = None
) -> tuple[CallProfile, pd.DatetimeIndex]:
    """Profile of two years of Poisson or negative-binomial days of a known week."""
    rng = np.random.default_rng(seed)
    days = opening_days(*YEAR)
    means = mean * np.array(WEEK)[days.day_of_week]
    if months is not None:
        means = means * months[days.month - 1]
    if dispersion == 1:
        counts = rng.poisson(means)
    else:
        counts = rng.negative_binomial(means / (dispersion - 1), 1 / dispersion)
    return summed(log_of(days, counts), days), days


def test_toy_by_hand() -> None:
    # Two weeks of Mondays and Tuesdays, one call on a Sunday.
    days = pd.DatetimeIndex(["2024-03-04", "2024-03-05", "2024-03-11", "2024-03-12"])
    log = log_of(days, np.array([8, 2, 4, 4]))
    log["outcome"] = ["appointment"] * 9 + ["no_slot"] * 5 + ["duplicate"] * 3 + [None]
    sunday = log.iloc[:1].assign(time=pd.Timestamp("2024-03-10 10:00"))
    found = summed(pd.concat([log, sunday]), days, people_without_mt=450, days_per_year=100)
    assert (found.start, found.end) == (date(2024, 3, 4), date(2024, 3, 12))
    assert (found.calls, found.calls_outside, found.opening_days) == (18, 1, 4)
    assert found.people_years == pytest.approx(450 * 4 / 100)  # 18 person-years
    assert found.calls_per_opening_day == 4.5
    assert found.weekdays["factor"].to_dict() == pytest.approx({0: 12 / 9, 1: 6 / 9})
    asked = found.outcomes[["appointment", "no_slot", "duplicate", "unknown"]]
    assert asked.tolist() == [9, 5, 3, 1]
    assert found.hours is not None
    assert found.hours.tolist() == [18 * (hour == 9) for hour in range(24)]
    assert found.months["factor"].isna().all()
    assert not found.lower_bound
    # Requests are calls less three duplicates, of the last day: 8, 2, 4 and 1.
    assert found.requests == 15
    # Means 6 and 1.5: (4 + 4) / 6 + (.25 + .25) / 1.5 = 5 / 3 over 4 - 2 days.
    assert found.dispersion.index == pytest.approx(5 / 6)
    assert found.dispersion.degrees_of_freedom == 2
    assert found.dispersion.p_value == pytest.approx(chi2.sf(5 / 3, 2))
    assert not found.dispersion.overdispersed


def test_calls_per_day_of_the_published_period() -> None:
    # Ouest Loiret (O6): 1,511 consultations, 270 opening days, 392 days of calendar.
    days = opening_days(date(2023, 3, 6), date(2024, 3, 31))
    counts = np.full(270, 5)
    counts[: 1511 - 1350] += 1
    found = summed(log_of(days, counts), days, people_without_mt=251)
    assert found.calls_per_opening_day == 1511 / 270
    # Mean of the Jeffreys posterior (O16), made of the count and the days.
    assert (found.calls + 0.5) / found.opening_days == pytest.approx(5.598148, abs=1e-6)
    # 270 opening days are 270/251 of a year, where 392 days are 1.073 of 365.25: the rate over
    # a year of 251 opening days gives back the calls per opening day.
    assert found.people_years == pytest.approx(270)
    assert found.calls / found.people_years == found.calls_per_opening_day
    assert found.lower_bound


@pytest.mark.parametrize("dispersion", [1.0, 2.0])
@pytest.mark.parametrize("seed", range(5))
def test_weekday_factors_and_rate_come_back_within_their_errors(
    dispersion: float, seed: int
) -> None:
    found, days = drawn(23.1, dispersion=dispersion, seed=seed)
    share = np.bincount(days.day_of_week) / len(days)
    truth = np.array(WEEK) / (share @ np.array(WEEK))
    calls = found.weekdays["calls"].to_numpy()
    errors = found.weekdays["factor"].to_numpy() - truth
    assert (np.abs(errors) < 4 * truth * np.sqrt(dispersion / calls)).all()
    expected = 23.1 * np.array(WEEK)[days.day_of_week].sum()
    assert abs(found.calls - expected) < 4 * math.sqrt(dispersion * expected)


@pytest.mark.parametrize(("dispersion", "refused"), [(1.0, False), (2.0, True), (1.5, True)])
def test_dispersion_is_that_of_the_days(dispersion: float, refused: bool) -> None:
    found = [drawn(23.1, dispersion=dispersion, seed=seed)[0].dispersion for seed in range(12)]
    indices = np.array([each.index for each in found])
    # Some 500 days: standard error of one index about dispersion x sqrt(2 / 500).
    error = dispersion * math.sqrt(2 / found[0].degrees_of_freedom / len(found))
    assert abs(indices.mean() - dispersion) < 5 * error
    rejected = sum(each.overdispersed for each in found)
    assert rejected == 12 if refused else rejected <= 3


def test_a_season_is_not_taken_for_dispersion() -> None:
    months = np.array([1.3, 1.2, 1.1, 1, 0.9, 0.8, 1.6, 1.7, 0.7, 0.6, 1, 1.1])
    found, _ = drawn(23.1, dispersion=1, seed=3, months=months)
    assert not found.dispersion.overdispersed
    ratio = found.months["factor"].to_numpy() / months
    assert ratio.std() / ratio.mean() < 0.05
    # What a week alone would leave: the test can fail.
    daily = found.months["calls"] / found.months["days"]
    assert daily.max() > 2 * daily.min()


def test_dispersion_is_that_of_the_most_likely_means() -> None:
    rng = np.random.default_rng(8)
    days = opening_days(date(2023, 1, 2), date(2023, 12, 29))
    counts = rng.poisson(4, len(days))
    found = summed(log_of(days, counts), days).dispersion
    # Oracle: Poisson likelihood of log-linear weekday and month effects, by a general optimiser.
    design = np.column_stack(
        [days.day_of_week == w for w in range(5)] + [days.month == m for m in range(2, 13)]
    ).astype(float)

    def loss(effects: np.ndarray) -> tuple[float, np.ndarray]:
        means = np.exp(design @ effects)
        return float(means.sum() - counts @ np.log(means)), design.T @ (means - counts)

    best = minimize(loss, np.full(16, 0.5), jac=True, method="BFGS", options={"gtol": 1e-8})
    means = np.exp(design @ best.x)
    assert found.degrees_of_freedom == len(days) - 16
    index = ((counts - means) ** 2 / means).sum() / (len(days) - 16)
    assert found.index == pytest.approx(index, rel=1e-5)


def test_factors_are_one_on_average_and_counts_add() -> None:
    found, days = drawn(9.0, dispersion=2, seed=11)
    for table in (found.weekdays, found.months):
        assert np.average(table["factor"], weights=table["days"]) == pytest.approx(1)
        assert table["calls"].sum() == found.calls
        assert table["days"].sum() == len(days)
    assert found.outcomes.sum() == found.calls
    assert found.hours is not None
    assert found.hours.sum() == found.calls


@pytest.mark.parametrize(("last", "covered"), [(date(2023, 10, 31), 0), (date(2023, 11, 30), 11)])
def test_months_need_eleven(last: date, covered: int) -> None:
    found = steady(opening_days(date(2023, 1, 2), last), 3)
    assert found.months["factor"].notna().sum() == covered


def test_holes_and_days_without_hours() -> None:
    log = log_of(DAY, np.array([14]))
    bare = summed(log.assign(time=log["time"].dt.normalize()), DAY)
    assert bare.hours is None
    assert "hour" not in released(bare)
    days = opening_days(date(2024, 1, 2), date(2024, 3, 29))
    counts = np.full(len(days), 2)
    # Seven days at two a day, in 63: 63 x exp(-14) is 5e-5; the four last may be chance.
    counts[10:17] = 0
    counts[-4:] = 0
    found = summed(log_of(days, counts), days)
    assert found.longest_silence == 4
    assert found.closures == ((days[10].date(), days[16].date()),)
    assert found.opening_days == len(days) - 7


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2025, 3, 3), date(2025, 3, 7)),
        (date(2025, 3, 5), date(2025, 3, 5)),
        (date(2025, 1, 1), date(2025, 12, 31)),
        (date(2023, 3, 6), date(2024, 3, 31)),
    ],
)
def test_a_steady_line_has_the_same_rate_however_long_its_log(start: date, end: date) -> None:
    days = opening_days(start, end)
    log = log_of(days, np.full(len(days), 20))
    before = log.copy(deep=True)
    found = summed(log, days)
    assert found.calls / found.people_years == pytest.approx(20 * 251 / PEOPLE)
    assert found.people_years == PEOPLE * len(days) / 251  # a year of days is one each
    pd.testing.assert_frame_equal(log, before)
    # Others call too: no exposure, and all the rest.
    wide = summed(log, days, people_without_mt=None)
    assert math.isnan(wide.people_years)
    assert wide.calls == 20 * len(days)


@pytest.mark.parametrize("only", ["appointment", "cancelled", "duplicate"])
def test_a_log_of_those_served_alone_is_a_lower_bound(only: str) -> None:
    log = log_of(DAY, np.array([20]), outcome=only)
    assert summed(log, DAY).lower_bound
    log.loc[0, "outcome"] = "no_slot"
    assert not summed(log, DAY).lower_bound


def test_what_is_no_log_is_refused_with_all_that_it_lacks() -> None:
    log = log_of(DAY, np.array([20])).drop(columns="commune")
    log.loc[0, "time"] = pd.NaT
    case = load_scenario("ouest_loiret")
    with pytest.raises(ScenarioError) as caught:
        profile_of(log, case)
    assert len(caught.value.defects) == 2
    for part in ("« commune »", "1 appels sans date"):
        assert part in str(caught.value)
    with pytest.raises(ScenarioError, match="il faut des dates sans fuseau"):
        profile_of(log.assign(time="2024-03-04"), case)
    with pytest.raises(ScenarioError, match="trop peu d’appels"):
        summed(log_of(DAY, np.array([20])), pd.DatetimeIndex(["2024-03-05"]))


# What leaves.


def of_communes(counts: list[int]) -> CallProfile:
    names = np.repeat([f"4500{i}" for i in range(len(counts))], counts)
    log = log_of(DAY, np.array([sum(counts)]), commune=names)
    return summed(log, DAY)


def possible(table: pd.DataFrame, total: int) -> list[range]:
    """What each masked count may be for an outsider who knows the rules, the total and the rest."""
    hidden = table[table["calls"].isna()]
    rest = total - int(table["calls"].sum())
    # Secondary cells are among the smallest: none exceeds the smallest count shown.
    seen = table["calls"][table["calls"] > 0]
    most = min(rest, int(seen.min())) if len(seen) else rest
    few = hidden["calls_status"] == Mask.UNDER_11
    bounds = [(1, 10) if each else (11, most) for each in few]
    lows, highs = (sum(ends) for ends in zip(*bounds, strict=True)) if bounds else (0, 0)
    return [
        range(max(low, rest - (highs - high)), min(high, rest - (lows - low)) + 1)
        for low, high in bounds
    ]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=5).filter(lambda c: sum(c) > 10))
def test_no_small_count_comes_back_by_subtraction(counts: list[int]) -> None:
    table = released(of_communes(counts))["commune"]
    exact = dict(zip((f"4500{i}" for i in range(len(counts))), counts, strict=True))
    if table.empty:  # withheld whole
        assert any(0 < n < 11 for n in counts)
        return
    for name, shown in table["calls"].dropna().items():
        assert shown == exact.get(str(name), 0)
        assert not 0 < shown < 11
    assert table["share"].isna().equals(table["calls"].isna())
    assert all(len(values) >= 5 for values in possible(table, sum(counts)))


def test_classes_of_age_come_in_their_order() -> None:
    log = log_of(DAY, np.array([60]), age_class=["75+", "17-64", "5-16", "0-4"] * 15)
    table = released(summed(log, DAY))["age_class"]
    assert list(table.index) == ["0-4", "5-16", "17-64", "75+", "unknown"]


def test_no_more_is_masked_than_needed() -> None:
    shown = released(of_communes([11, 12, 13]))["commune"]
    assert shown["calls"].dropna().tolist()[:3] == [11, 12, 13]
    table = released(of_communes([4, 100, 30]))["commune"]
    assert table["calls_status"].tolist()[:3] == ["masked_under_11", "measured", "masked"]
    # Twenty calls in two communes of ten at most: both would be ten.
    assert released(of_communes([10, 10]))["commune"].empty


def test_factors_shown_tell_nothing_of_a_masked_day() -> None:
    # A few calls on Wednesdays, and on a Sunday that is not open.
    days = pd.DatetimeIndex(["2024-03-04", "2024-03-05", "2024-03-06"])
    log = log_of(days, np.array([40, 25, 4]))
    log = pd.concat([log, log_of(pd.DatetimeIndex(["2024-03-10"]), np.array([3]))])
    found = summed(log, days)
    tables = released(found)
    week = tables["weekday"]
    assert week["calls"].isna().tolist() == [False, True, True]
    assert week["factor"].isna().tolist() == [False, True, True]
    # The factor shown is made of what is shown: calls, days and the total.
    total = found.calls / found.opening_days
    assert week["factor"].iloc[0] == week["calls"].iloc[0] / week["days"].iloc[0] / total
    # Calls of other days are part of no figure: nothing to subtract.
    assert found.calls == 69
    assert tables["apart"].loc["outside", "calls_status"] == Mask.UNDER_11
    assert math.isnan(tables["apart"].loc["outside", "calls"])
    assert tables["apart"].loc["repeated", "calls_status"] == "unknown"


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "+33", "-2+3", "+cmd", "\t=1", "Dry"])
def test_no_label_of_a_table_is_a_formula_once_written(tmp_path: Path, name: str) -> None:
    table = released(steady(DAY, 20, commune=name))["commune"].rename_axis("commune").reset_index()
    before = table.copy()
    write_csv(table, tmp_path / "x.csv")
    pd.testing.assert_frame_equal(table, before)
    read = pd.read_csv(tmp_path / "x.csv", dtype=str)
    expected = {"Dry": "Dry", "+33": "+33", "\t=1": "\t'=1"}.get(name, f"'{name}")
    assert read["commune"].tolist() == [expected, "unknown"]
    assert read["calls"].astype(float).tolist() == [20, 0]


def test_every_table_is_masked() -> None:
    days = opening_days(date(2024, 1, 2), date(2024, 2, 2))
    log = log_of(days, np.full(len(days), 4), commune="45130", age_class="17-64")
    log.loc[:2, "outcome"] = "advice"
    log.loc[:2, "commune"] = "45269"
    log.loc[:2, "age_class"] = "0-4"
    log.loc[:2, "time"] += pd.Timedelta(hours=3)
    found = summed(log, days)
    tables = released(found)
    assert set(tables) == {"outcome", "weekday", "hour", "month", "commune", "age_class", "apart"}
    for name in ("outcome", "hour", "month", "commune", "age_class"):
        shown = tables[name]["calls"].dropna()
        assert not ((shown > 0) & (shown < 11)).any(), name
        assert (tables[name]["calls_status"] == Mask.UNDER_11).any(), name
        assert (tables[name]["calls_status"] == Mask.SECRET).any(), name

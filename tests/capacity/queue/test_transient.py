"""Booking queue day by day: against a diary, steady state, closures, leaves, seasons, misuse."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpts_geo.capacity.queue import transient as module
from cpts_geo.capacity.queue.transient import seasonal_service, transient
from cpts_geo.errors import ScenarioError
from tests.capacity.queue.oracles import run_days
from tests.queues import queue

COUNTS = ["requests", "slots", "served", "same_day", "lost", "expected_backlog"]


def year(mean: float) -> pd.Series:
    days = pd.bdate_range("2025-01-01", "2025-12-31")
    return pd.Series(mean, index=days)


# --- against a diary ---------------------------------------------------------


@pytest.mark.parametrize("dispersion", [1.0, 1.7])
@pytest.mark.parametrize("deadline", [0, 1, 2, 4])
def test_days_agree_with_a_diary(deadline: int, dispersion: float) -> None:
    demands = [1.5, 4.0, 0.0, 1.5, 2.5, 1.0]  # a rush after a closure, a day without a call
    slots = [2, 3, 1, 0, 0, 2]  # a leave
    _, days = run_days(demands, slots + [2] * deadline, deadline=deadline, dispersion=dispersion)
    table = transient(demands, slots, rules=queue(deadline_days=deadline, dispersion=dispersion))
    assert list(table.columns) == COUNTS
    assert table["requests"].tolist() == demands
    assert table["slots"].tolist() == slots
    assert table["lost"].tolist() == pytest.approx([day.lost for day in days], abs=1e-9)
    assert table["same_day"].tolist() == pytest.approx([day.seen[0] for day in days], abs=1e-9)
    assert table["served"].tolist() == pytest.approx([sum(day.seen) for day in days], abs=1e-9)
    booked = [day.booked for day in days]
    assert table["expected_backlog"].tolist() == pytest.approx(booked, abs=1e-9)


def test_a_backlog_at_the_start_agrees_with_a_diary() -> None:
    _, days = run_days(
        [1.5, 2.0], [2, 1, 1, 1], deadline=2, dispersion=1.0, start={(2, 1): 0.3, (1, 0): 0.7}
    )
    table = transient(
        [1.5, 2.0], [2, 1], rules=queue(deadline_days=2), initial_backlog=[0, 0.7, 0, 0.3]
    )
    assert table["lost"].tolist() == pytest.approx([day.lost for day in days], abs=1e-12)
    booked = [day.booked for day in days]
    assert table["expected_backlog"].tolist() == pytest.approx(booked, abs=1e-12)
    _, days = run_days([1.5, 2.0], [2, 1, 1, 1], deadline=2, dispersion=1.0, start={(2, 1): 1.0})
    table = transient([1.5, 2.0], [2, 1], rules=queue(deadline_days=2), initial_backlog=3)
    assert table["lost"].tolist() == pytest.approx([day.lost for day in days], abs=1e-12)


# --- hand-made ---------------------------------------------------------------


def test_days_by_hand() -> None:
    table = transient([1.0, 1.0], 1, rules=queue())
    none = np.exp(-1)
    assert table["same_day"].iloc[0] == pytest.approx(1 - none)
    assert table["lost"].iloc[0] == pytest.approx(3 * none - 1)  # E[(X - 2)+]
    assert table["expected_backlog"].tolist() == pytest.approx([0, 1 - 2 * none])
    # requests of days without slots go as far as the deadline: two days from the next session,
    # in time; three, lost
    table = transient([1.0] * 6, [9, 0, 0, 0, 9, 9], rules=queue(deadline_days=2))
    assert table["lost"].round(2).tolist() == [0, 1, 0, 0, 0, 0]
    assert table["same_day"].round(2).tolist() == [1, 0, 0, 0, 1, 1]
    assert table["expected_backlog"].round(2).tolist() == [0, 0, 0, 1, 2, 0]
    # no slot at all serves nobody
    table = transient([5.0, 0.3], [0, 0], rules=queue(deadline_days=3))
    assert table["lost"].tolist() == pytest.approx([5.0, 0.3], rel=1e-12)
    assert (table["served"] >= 0).all()
    assert table["served"].tolist() == pytest.approx([0, 0], abs=1e-12)


# --- steady state and shocks -------------------------------------------------


def test_the_steady_state_stays() -> None:
    line = queue(deadline_days=2).service(6.0, 6)
    start = line.backlog_distribution
    table = transient([6.0] * 4, 6, rules=queue(deadline_days=2), initial_backlog=start)
    assert (table["served"] / 6).tolist() == pytest.approx([line.served] * 4, rel=1e-10)
    assert (table["same_day"] / 6).tolist() == pytest.approx([line.same_day] * 4, rel=1e-10)
    assert table["expected_backlog"].tolist() == pytest.approx([line.expected_backlog] * 4)


def test_a_line_that_opens_tends_to_its_steady_state() -> None:
    table = transient([6.0] * 120, 6, rules=queue(deadline_days=1))
    line = queue().service(6.0, 6)
    assert table["lost"].iloc[0] < table["lost"].iloc[1] < table["lost"].iloc[5]
    assert 1 - table["lost"].iloc[-1] / 6 == pytest.approx(line.served, rel=1e-12)
    full = transient([6.0] * 120, 6, rules=queue(deadline_days=1), initial_backlog=6)
    assert full["lost"].iloc[0] > full["lost"].iloc[-1]
    assert full["lost"].iloc[-1] == pytest.approx(table["lost"].iloc[-1], rel=1e-12)


def test_a_leave_loses_from_the_eve_on_and_recovers() -> None:
    start = queue().service(5.0, 6).backlog_distribution
    slots = [6] * 10 + [0] * 15 + [6] * 15
    days = pd.bdate_range("2025-03-03", periods=40)
    table = transient(pd.Series(5.0, index=days), slots, rules=queue(), initial_backlog=start)
    usual = transient(pd.Series(5.0, index=days), 6, rules=queue(), initial_backlog=start)
    gap = (table["lost"] - usual["lost"]).to_numpy()
    assert table.index.equals(days)
    assert gap[:9] == pytest.approx(np.zeros(9), abs=1e-12)
    assert gap[9] > 0.1  # the eve: nothing to book for the morrow
    assert table["lost"].iloc[10:24].tolist() == pytest.approx([5.0] * 14, rel=1e-12)
    assert 0 < table["served"].iloc[24] < 5  # the last day of the leave books for the return
    assert table["expected_backlog"].iloc[10:25].tolist() == [0] * 15
    assert gap[25] > 10 * gap[-1] > 0


def test_an_epidemic_month_costs_most_while_it_lasts() -> None:
    means = year(6.0)
    means[means.index.month == 2] *= 1.5
    table, usual = transient(means, 7, rules=queue()), transient(year(6.0), 7, rules=queue())
    more = (table["lost"] - usual["lost"]).groupby(table.index.month).sum()
    assert more.idxmax() == 2
    assert more[1] == pytest.approx(0, abs=1e-12)
    assert 0 < more[3] < more[2] / 20
    assert more[12] == pytest.approx(0, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 15), st.integers(0, 10)), min_size=1, max_size=12),
    st.integers(0, 3),
    st.sampled_from([1.0, 2.5]),
)
def test_requests_and_bookings_are_conserved(
    days: list[tuple[float, int]], deadline: int, dispersion: float
) -> None:
    demands, slots = [mean for mean, _ in days], [s for _, s in days]
    rules = queue(deadline_days=deadline, dispersion=dispersion)
    table = transient(demands, slots, rules=rules)
    assert not table.isna().any(axis=None)
    assert (table >= 0).all(axis=None)
    assert (table["same_day"] <= table["served"] + 1e-9).all()
    assert (table["served"] + table["lost"]).tolist() == pytest.approx(demands, rel=1e-12)
    # bookings of the morrow = those of today + those made - visits, which are at most the slots
    visits = (
        table["expected_backlog"] + table["served"] - table["expected_backlog"].shift(-1)
    ).iloc[:-1]
    assert (visits <= table["slots"].iloc[:-1] + 1e-9).all()
    assert (visits >= table["same_day"].iloc[:-1] - 1e-9).all()
    more = transient(demands, [s + 1 for s in slots], rules=rules)
    assert (more["lost"] <= table["lost"] + 1e-9).all()


# --- seasons -----------------------------------------------------------------


def test_a_flat_year_is_the_plain_queue() -> None:
    rules = queue(deadline_days=2)
    months, line = seasonal_service(year(6.0), 6, rules=rules), rules.service(6.0, 6)
    assert list(months.columns) == ["requests", "slots", "lost", "served_share", "same_day_share"]
    assert months.index.name == "month"
    assert [str(month) for month in months.index[[0, -1]]] == ["2025-01", "2025-12"]
    assert months["served_share"].tolist() == pytest.approx([line.served] * 12, rel=1e-10)
    assert months["same_day_share"].tolist() == pytest.approx([line.same_day] * 12, rel=1e-10)
    assert months["requests"].sum() == pytest.approx(6 * len(year(6.0)))
    assert months["slots"].sum() == 6 * len(year(6.0))
    lost = months["requests"] * (1 - months["served_share"])
    assert months["lost"].tolist() == pytest.approx(lost.tolist(), rel=1e-9)


def test_a_week_that_comes_back_is_the_weekly_queue() -> None:
    factors, slots = [1.3, 1.0, 0.9, 0.85, 0.95], [12, 0, 9, 0, 9]
    days = pd.bdate_range("2025-06-02", periods=5)
    months = seasonal_service(
        pd.Series(5.6 * np.array(factors), index=days), slots, rules=queue(deadline_days=2)
    )
    week = queue(deadline_days=2).week(5.6, slots, factors=factors)
    assert months["served_share"].tolist() == pytest.approx([week.served], rel=1e-10)
    assert months["same_day_share"].tolist() == pytest.approx([week.same_day], rel=1e-10)


def test_a_year_begins_as_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    means = year(5.0)
    means[means.index.month == 12] = 12.0
    months = seasonal_service(means, 6, rules=queue())
    alone = transient(means, 6, rules=queue())
    january = alone[alone.index.month == 1]
    assert months["lost"].iloc[0] > january["lost"].sum() + 1  # December weighs on January
    twice = transient([*means, *means], 6, rules=queue()).iloc[len(means) :]
    monthly = twice["lost"].groupby(means.index.month.to_numpy()).sum()
    assert months["lost"].tolist() == pytest.approx(monthly.tolist(), rel=1e-9)
    # too much booked ahead would take centuries
    monkeypatch.setattr(module, "_MOST_DAYS", 30)
    with pytest.raises(ScenarioError, match="délai = 40 jours") as caught:
        seasonal_service(year(6.0)[:10], 6, rules=queue(deadline_days=40))
    assert "raccourcissez" in caught.value.remedy


def test_a_year_may_begin_in_september_and_months_may_be_empty() -> None:
    days = pd.bdate_range("2025-09-01", "2026-08-31")
    means = pd.Series(np.where(days.month == 8, 0.0, 6.0), index=days)
    means = means[means.index.month != 5]
    months = seasonal_service(means, 6, rules=queue())
    assert [str(month) for month in months.index[[0, 3, -1]]] == ["2025-09", "2025-12", "2026-08"]
    assert len(months) == 11
    assert months["requests"].iloc[-1] == 0
    assert months["lost"].iloc[-1] == 0
    assert months["served_share"].isna().tolist() == [False] * 10 + [True]
    # dates of the standard library are dates
    two = pd.Series([5.0, 6.0], index=[dt.date(2025, 1, 30), dt.date(2025, 2, 3)])
    months = seasonal_service(two, 6, rules=queue()).index
    assert [str(month) for month in months] == ["2025-01", "2025-02"]
    for undated in ([5.0, 5.0], pd.Series([5.0, 5.0]), pd.Series([5.0], index=["2025-01-06"])):
        with pytest.raises(ScenarioError, match="indexée par date"):
            seasonal_service(undated, 6, rules=queue())  # type: ignore[arg-type]


# --- bad input ---------------------------------------------------------------


def test_every_defect_is_listed_day_by_day() -> None:
    days = pd.to_datetime(["2025-01-02", "2025-01-06", "2025-01-03"])
    with pytest.raises(ScenarioError) as caught:
        transient(
            pd.Series([5.0, -1.0, np.nan], index=days), [6, 2.5, -3], rules=queue(dispersion=0.5)
        )
    assert len(caught.value.defects) == 6
    text = str(caught.value)
    assert "03/01/2025 ne vient pas après 06/01/2025" in text
    assert "demandes, 06/01/2025 = -1.0" in text
    assert "demandes, 03/01/2025 = nan" in text
    assert "créneaux, 06/01/2025 = 2.5" in text
    assert "créneaux, 03/01/2025 = -3" in text


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"slots": 0}, "créneaux par jour = 0"),
        ({"slots": [6]}, "créneaux de 1 jours pour 2 jours"),
        ({"slots": [6, True]}, "jour 2 = True"),
        ({"slots": [601, 6]}, "jour 1 = 601"),
        ({"rules": queue(deadline_days=-1)}, "délai = -1"),
        ({"rules": queue(deadline_days=1.5)}, "délai = 1.5"),  # type: ignore[arg-type]
        ({"slots": [600, 600], "rules": queue(deadline_days=5)}, "sur le délai"),
        ({"initial_backlog": 7}, "de 0 à 6"),
        ({"initial_backlog": -1}, "carnet au départ = -1"),
        ({"initial_backlog": 0.5}, "carnet au départ = 0.5"),
        ({"initial_backlog": [0.5, 0.4]}, "somme 1"),
        ({"initial_backlog": [1.5, -0.5]}, "somme 1"),
        ({"initial_backlog": ["1"]}, "somme 1"),
        ({"initial_backlog": [0] * 7 + [1]}, "pour 0 à 6 créneaux"),
        ({"slots": [0, 6], "initial_backlog": 1}, "de 0 à 0"),
        ({"arrivals": []}, "aucun jour"),
        ({"arrivals": [5.0, None]}, "jour 2 = None"),
        ({"arrivals": ["5", True]}, "jour 1 = 5"),
    ],
)
def test_bad_input(how: dict[str, object], message: str) -> None:
    arguments = {"arrivals": [5.0, 5.0], "slots": 6, "rules": queue(), **how}
    with pytest.raises(ScenarioError, match=message):
        transient(**arguments)  # type: ignore[arg-type]


def test_slots_of_other_days_are_refused() -> None:
    means, slots = year(6.0), [6] * len(year(6.0))
    before = means.copy(), list(slots)
    one = transient(means, 6, rules=queue())
    assert transient(means, pd.Series(6, index=means.index), rules=queue()).equals(one)
    assert transient(means, slots, rules=queue(), initial_backlog=[1.0]).equals(one)
    seasonal_service(means, slots, rules=queue())
    assert means.equals(before[0])
    assert slots == before[1]
    with pytest.raises(ScenarioError, match="ne sont pas ceux des demandes"):
        transient(means, pd.Series(6, index=means.index[::-1]), rules=queue())

"""Logs whose truth is known: the slots found are those of the truth, or the notes say why not.

A line of 23.1 requests a day of which 60.8 % deserve a slot, over two years unless said.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cpts_geo.capacity.answer.headline import headline
from cpts_geo.capacity.calls.local_evidence import with_call_log
from cpts_geo.capacity.calls.profile import CallProfile, profile_of
from cpts_geo.capacity.need.interval import Interval
from cpts_geo.capacity.queue.rules import Rules
from cpts_geo.capacity.scenario.calendar import opening_days
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import load_scenario

BASE = load_scenario("beauce_gatinais").evolve(slots_today=None, minutes_per_slot_today=None)
A_DAY = 23.1
NEED = 0.608
WEEK = np.array([1.10, 1.00, 0.98, 0.98, 0.94])
SEEDS = range(3)
FIRST, LAST = date(2023, 1, 2), date(2024, 12, 31)


def drawn_log(
    rng: np.random.Generator,
    *,
    start: date = FIRST,
    end: date = LAST,
    a_day: float = A_DAY,
    dispersion: float = 1.0,
    level: Callable[[np.ndarray], np.ndarray] = np.ones_like,
) -> pd.DataFrame:
    """Requests of a line, with their hours and how they ended; ``level`` by years since start."""
    days = opening_days(start, end)
    means = a_day * WEEK[days.day_of_week] * level(np.arange(len(days)) / 251)
    counts = (
        rng.poisson(means)
        if dispersion == 1
        else rng.negative_binomial(means / (dispersion - 1), 1 / dispersion)
    )
    times = days.repeat(counts) + pd.to_timedelta(rng.integers(480, 1080, counts.sum()), unit="min")
    chance = rng.random(counts.sum())
    ends = np.select(
        [chance < 0.9 * NEED, chance < NEED, chance < NEED + 0.3],
        ["appointment", "no_slot", "advice"],
        "redirected",
    )
    log = pd.DataFrame({"time": times, "outcome": ends, "commune": None, "age_class": None})
    return log.sort_values("time", ignore_index=True)


def ringing_again(rng: np.random.Generator, *, again: float = 0.7) -> pd.DataFrame:
    """Two callers in five find no slot; they ring again the next day, seven times in ten."""
    days = opening_days(FIRST, LAST)
    counts = rng.poisson(A_DAY * WEEK[days.day_of_week])
    size = counts.sum()
    weights = np.array([0.2, 0.1, 0.1, *[0.6 / 27] * 27])
    left = pd.DataFrame(
        {
            "place": np.repeat(np.arange(len(days)), counts),
            "caller": [f"c{number}" for number in range(size)],
            "commune": rng.choice([f"45{number:03d}" for number in range(30)], size, p=weights),
            "age_class": rng.choice(["0-4", "5-16", "17-64", "65-74", "75+"], size),
            "reason": rng.choice(list("abcdefgh"), size),
            "need": rng.random(size) < NEED,
        }
    )
    calls = []
    while len(left):
        found = rng.random(len(left)) > 0.4
        left["outcome"] = np.where(
            ~left["need"], "advice", np.where(found, "appointment", "no_slot")
        )
        calls.append(left)
        rings = (left["outcome"] == "no_slot") & (rng.random(len(left)) < again)
        left = left[rings & (left["place"] + 1 < len(days))]
        left = left.assign(place=left["place"] + 1)
    log = pd.concat(calls)
    hours = pd.to_timedelta(rng.integers(480, 1080, len(log)), unit="min")
    log = log.assign(time=days[log["place"]] + hours).drop(columns=["place", "need"])
    return log.sort_values("time", ignore_index=True)


def answered(log: pd.DataFrame, **options: Any) -> tuple[CallProfile, Scenario, Interval[int]]:
    """What the log says, the scenario that rests on it, and the slots of its headline."""
    found = profile_of(log, BASE, **options)
    own = with_call_log(BASE, found)
    return found, own, headline(own, draws=4000).slots_per_day


def truth(*, a_day: float = A_DAY, dispersion: float = 1.0) -> int:
    """Slots of the true line: its requests that deserve one, dispersed as thinned ones are."""
    return Rules(BASE.target, BASE.deadline_days, dispersion).slots(NEED * a_day)


def told(own: Scenario) -> str:
    """Notes of the log."""
    return " ".join(note for note in own.notes if note.startswith("Registre : "))


def near(slots: Interval[int], true: int) -> bool:
    """Whether the answer is that of the truth within one, and as narrow as counts make it."""
    return abs(slots.p50 - true) <= 1 and slots.p10 <= true + 1 and slots.p90 - slots.p10 <= 2


@pytest.mark.parametrize("seed", SEEDS)
def test_two_years_of_poisson(seed: int) -> None:
    log = drawn_log(np.random.default_rng(seed))
    found, own, slots = answered(log)
    assert near(slots, truth())
    assert (found.closures, found.partial_days, found.trend) == ((), (), None)
    assert found.opening_days == len(opening_days(FIRST, LAST))
    assert own.calls_observed == len(log)
    assert own.calls_years == pytest.approx(2.0, abs=0.01)
    assert own.need_counted is not None
    assert sum(own.need_counted) == len(log)
    assert own.evidence == "1a"


@pytest.mark.parametrize("seed", SEEDS)
def test_marked_duplicates_of_dispersed_requests(seed: int) -> None:
    log = drawn_log(np.random.default_rng(seed), dispersion=2.0)
    again = log.sample(frac=0.12 / 0.88, random_state=seed).assign(outcome="duplicate")
    again["time"] += pd.Timedelta(minutes=7)
    both = pd.concat([log, again]).sort_values("time", ignore_index=True)
    found, own, slots = answered(both)
    assert near(slots, truth(dispersion=1 + NEED))
    assert own.calls_observed == len(log)
    # The same log without them gives the same requests and the same dispersion.
    bare = profile_of(log, BASE)
    assert found.dispersion == bare.dispersion
    assert own.dispersion == pytest.approx(1 + NEED * (found.dispersion.index - 1), abs=0.02)
    assert own.dispersion == pytest.approx(1 + NEED, abs=3 * NEED * 2 * (2 / 500) ** 0.5)
    # Left in, they would be more calls, and more dispersed: the test can fail.
    kept = profile_of(both.assign(outcome=both["outcome"].replace("duplicate", "advice")), BASE)
    assert kept.requests > 1.1 * found.requests
    assert kept.dispersion.index > found.dispersion.index + 0.1


@pytest.mark.parametrize("seed", SEEDS)
def test_an_undeclared_fortnight_is_not_a_calm_one(seed: int) -> None:
    log = drawn_log(np.random.default_rng(seed))
    away = log["time"].between("2024-05-13", "2024-05-25")
    found, own, slots = answered(log[~away])
    assert near(slots, truth())
    assert found.closures == ((date(2024, 5, 13), date(2024, 5, 24)),)
    assert "du 13/05/2024 au 24/05/2024" in told(own)
    # Ten weekdays, of which one was no opening day.
    assert found.opening_days == len(opening_days(FIRST, LAST)) - 9
    # Over a short log a fortnight is a third of the calls: counted as open, the answer is short.
    quarter = log[log["time"].between("2024-04-22", "2024-06-08") & ~away]
    found, own, slots = answered(quarter)
    assert near(slots, truth())
    assert "du 13/05/2024 au 24/05/2024" in told(own)


@pytest.mark.parametrize("seed", SEEDS)
def test_days_cut_at_both_ends_do_not_count(seed: int) -> None:
    log = drawn_log(np.random.default_rng(seed), start=date(2024, 3, 4), end=date(2024, 3, 15))
    cut = log[log["time"].between("2024-03-04 15:00", "2024-03-15 10:30")]
    found, own, slots = answered(cut)
    assert found.partial_days == (date(2024, 3, 4), date(2024, 3, 15))
    assert found.opening_days == 8
    assert "04/03/2024 et 15/03/2024" in told(own)
    assert found.calls + found.calls_outside == len(cut)
    assert slots.p10 - 2 <= truth() <= slots.p90 + 2  # 185 calls tell no more
    assert profile_of(log, BASE).partial_days == ()
    # By the number of calls alone where there is no hour.
    few = log.drop(log.index[log["time"] < pd.Timestamp("2024-03-05")][2:])
    few = few.assign(time=few["time"].dt.normalize())
    assert profile_of(few, BASE).partial_days == (date(2024, 3, 4),)


@pytest.mark.parametrize("seed", SEEDS)
def test_callers_who_ring_again_are_known_by_their_key(seed: int) -> None:
    log = ringing_again(np.random.default_rng(seed))
    found, own, slots = answered(log)
    assert near(slots, truth())
    # One in two hundred rings for more than three days, and counts for two.
    callers = log["caller"].nunique()
    assert callers <= own.calls_observed < 1.01 * callers
    assert own.need_counted is not None
    assert own.need_counted[0] / sum(own.need_counted) == pytest.approx(NEED, abs=0.015)
    assert found.repeated_calls == len(log) - found.requests
    assert "comptés comme des doublons" in told(own)
    # Nothing is lost when told to be kept, and it is said.
    kept, scenario, _ = answered(log, repeats_out=False)
    assert (kept.requests, kept.repeated_calls) == (len(log), found.repeated_calls)
    assert "laissés dans le compte" in told(scenario)


@pytest.mark.parametrize("seed", SEEDS)
def test_callers_without_a_key_are_told_and_taken_out_when_asked(seed: int) -> None:
    log = ringing_again(np.random.default_rng(seed)).drop(columns="caller")
    found, own, slots = answered(log)
    assert not near(slots, truth())
    assert "gonflent le nombre de demandes" in told(own)
    assert found.requests == len(log)
    out, own, slots = answered(log, repeats_out=True)
    assert near(slots, truth())
    assert out.repeated_calls == len(log) - out.requests
    assert "un compte trop bas" in told(own)


@pytest.mark.parametrize("seed", SEEDS)
def test_strangers_alike_are_no_repeats(seed: int) -> None:
    # Nobody rings again: a tenth of the calls look so by chance, and none is taken out.
    log = ringing_again(np.random.default_rng(seed), again=0.0).drop(columns="caller")
    found, own, slots = answered(log)
    assert near(slots, truth())
    assert found.repeated_calls is not None
    assert found.repeated_by_chance is not None
    assert found.repeated_calls > 0.05 * len(log)
    assert found.repeated_calls == pytest.approx(found.repeated_by_chance, rel=0.15)
    assert "rappels" not in told(own)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_line_that_doubles_in_a_year_is_said_to(seed: int) -> None:
    rng = np.random.default_rng(seed)
    log = drawn_log(rng, start=date(2024, 1, 2), level=lambda years: 2**years)
    found, own, slots = answered(log)
    assert found.trend is not None
    assert found.trend.growth() == pytest.approx(1.0, abs=0.35)
    # A year of log: its mean, below the line of its last day, which the notes say.
    assert near(slots, truth(a_day=A_DAY / np.log(2)))
    assert abs(slots.p50 - truth(a_day=2 * A_DAY)) > 1
    assert "les demandes augmentent" in told(own)
    assert "alors qu’au dernier jour" in told(own)
    # Growth is not a season: the year keeps its shape.
    assert own.calendar.month_factors == BASE.calendar.month_factors
    assert own.dispersion == 1.0


@pytest.mark.parametrize("seed", SEEDS)
def test_the_level_of_a_line_that_doubled_is_that_of_its_last_year(seed: int) -> None:
    rng = np.random.default_rng(seed)
    log = drawn_log(rng, a_day=A_DAY / 2, level=lambda years: 2 ** np.minimum(years, 1))
    found, own, slots = answered(log)
    assert near(slots, truth())
    assert found.start == date(2024, 1, 2)
    assert own.calls_years == pytest.approx(1.0, abs=0.01)
    assert found.calls + found.calls_outside == len(log)


@pytest.mark.parametrize("months", [6, 12, 18, 24])
@pytest.mark.parametrize("first", [1, 4, 10])
def test_seasons_are_no_growth(months: int, first: int) -> None:
    year = np.array([1.07, 1.05, 1.01, 0.98, 0.98, 0.94, 0.89, 0.86, 0.98, 1.01, 1.07, 1.16])
    start = pd.Timestamp(2022, first, 1)
    end = start + pd.DateOffset(months=months) - pd.Timedelta(days=1)
    days = opening_days(start.date(), end.date())
    for seed in SEEDS:
        log = drawn_log(
            np.random.default_rng(seed),
            start=start.date(),
            end=end.date(),
            level=lambda years: year[days.month - 1],
        )
        assert profile_of(log, BASE).trend is None


@pytest.mark.parametrize("a_day", [1.0, 4.0, 23.1])
@pytest.mark.parametrize("dispersion", [1.0, 3.0])
def test_a_quiet_line_is_not_closed(a_day: float, dispersion: float) -> None:
    for seed in SEEDS:
        log = drawn_log(np.random.default_rng(seed), a_day=a_day, dispersion=dispersion)
        assert profile_of(log, BASE).closures == ()


def test_what_the_log_denies_is_said_first() -> None:
    # Seven requests a day deserve a slot and one in six finds none, beside 12 slots a day.
    rng = np.random.default_rng(0)
    log = drawn_log(rng, a_day=11.5)
    log.loc[log["outcome"].eq("appointment") & (rng.random(len(log)) < 0.08), "outcome"] = "no_slot"
    wide = BASE.evolve(slots_today=12, minutes_per_slot_today=15.0)
    own = with_call_log(wide, profile_of(log, wide))
    assert own.need_counted is not None
    assert own.lost_counted == (log["outcome"] == "no_slot").sum()
    first = headline(own, draws=500).caveats[0]
    assert first.kind == "contradicted"
    assert "12 créneaux par jour en serviraient plus de 99 %" in first.text
    share = f"{100 * own.lost_counted / own.need_counted[0]:.1f}".replace(".", ",")
    assert f"contredit ses créneaux : {share}" in first.text
    # It is of the slots of the scenario: other slots, other words, and none is kept in its notes.
    assert with_call_log(own, profile_of(log, own)) == own
    assert "contredit" not in told(own)
    # Six slots would lose more than that: nothing is denied. Nor where slots are not known.
    for case in (wide.evolve(slots_today=6), BASE):
        kinds = [each.kind for each in headline(with_call_log(case, profile_of(log, case))).caveats]
        assert "contradicted" not in kinds
    # Fewer than 11 are masked, and are not told by a sentence.
    lost = log.index[log["outcome"] == "no_slot"][9:]
    few = log.assign(outcome=log["outcome"].where(~log.index.isin(lost), "appointment"))
    masked = with_call_log(own, profile_of(few, own))
    assert masked.lost_counted is None
    assert "contradicted" not in [each.kind for each in headline(masked).caveats]


@pytest.mark.parametrize("ends", ["cancelled", None])
def test_who_cancelled_or_is_not_told_was_not_left_without_a_slot(ends: str | None) -> None:
    rng = np.random.default_rng(0)
    log = drawn_log(rng, a_day=11.5)
    log["outcome"] = log["outcome"].replace("no_slot", "appointment")
    log.loc[log["outcome"].eq("appointment") & (rng.random(len(log)) < 0.15), "outcome"] = ends
    wide = BASE.evolve(slots_today=12, minutes_per_slot_today=15.0)
    own = with_call_log(wide, profile_of(log, wide))
    assert own.lost_counted == 0
    assert "contradicted" not in [each.kind for each in headline(own, draws=500).caveats]

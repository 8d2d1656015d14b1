"""Keys of the caller: one of several callers says of nobody that they rang again."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from cpts_geo.atlas.sections.call_log import log_sentences
from cpts_geo.capacity.answer.headline import headline
from cpts_geo.capacity.calls._repeats import keys_of
from cpts_geo.capacity.calls.local_evidence import with_call_log
from cpts_geo.capacity.calls.profile import CallProfile, profile_of
from cpts_geo.capacity.calls.released import released
from cpts_geo.capacity.queue.rules import Rules
from cpts_geo.capacity.scenario.calendar import opening_days
from cpts_geo.capacity.scenario.loading import load_scenario

BASE = load_scenario("beauce_gatinais").evolve(slots_today=None, minutes_per_slot_today=None)
DAYS = opening_days(date(2023, 1, 2), date(2023, 12, 29))
CALLERS = 2_000
SEEDS = range(3)


def line(seed: int, *, again: float) -> pd.DataFrame:
    """A year of 2,000 callers, half of whom deserve a slot; so many ring again the next day."""
    rng = np.random.default_rng(seed)
    caller = np.arange(CALLERS)
    place = np.sort(rng.integers(0, len(DAYS), CALLERS))
    ends = np.where(rng.random(CALLERS) < 0.5, "no_slot", "advice")
    first = pd.DataFrame({"caller": caller, "place": place, "outcome": ends})
    second = first[(rng.random(CALLERS) < again) & (place + 1 < len(DAYS))]
    log = pd.concat([first, second.assign(place=second["place"] + 1)])
    minutes = pd.to_timedelta(rng.integers(480, 1080, len(log)), unit="min")
    log = log.assign(time=DAYS[log["place"]] + minutes, commune=None, age_class=None)
    return log.sort_values("time", ignore_index=True)


def masked(log: pd.DataFrame, share: float) -> pd.DataFrame:
    """The same, a share of the callers under one key."""
    return log.assign(caller=log["caller"].where(log["caller"] % 100 >= 100 * share, "masque"))


def said(found: CallProfile) -> str:
    """What is printed and what is kept of a log."""
    tables = released(found)
    return " ".join([*log_sentences(found, tables), *with_call_log(BASE, found).notes])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("again", [0.0, 0.2])
@pytest.mark.parametrize("share", [0.0, 0.05, 0.3])
def test_callers_under_a_masked_key_are_counted(seed: int, again: float, share: float) -> None:
    log = masked(line(seed, again=again), share)
    found = profile_of(log, BASE)
    own = with_call_log(BASE, found)
    slots = headline(own, draws=2000).slots_per_day.p50
    true = Rules(BASE.target, BASE.deadline_days, 1.0).slots(CALLERS / 2 / len(DAYS))
    assert abs(slots - true) <= 1
    hidden = int((log["caller"] == "masque").sum())
    if share == 0.0:
        assert found.requests == CALLERS
        assert (found.shared_keys, found.shared_calls, found.keyless_calls) == (0, 0, 0)
        return
    # None of theirs is taken out; those of the others are, as many as ring again.
    assert (found.shared_keys, found.shared_calls) == (1, hidden)
    assert found.requests == len(log) - (len(log) - hidden - round(CALLERS * (1 - share)))
    words = "appels sous 1 clé qui ne peut être celle d’une seule personne"
    assert f"{hidden:,} {words}".replace(",", "\u202f") in said(found)
    assert ("trop haut d’au moins " in said(found)) is (again > 0)
    # With the key of one person for them all, the demand would lose most of their requests.
    assert found.requests > CALLERS - 1


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("keys", [1, 2, 10, 40, 150])
def test_switchboards_are_no_callers(seed: int, keys: int) -> None:
    log = line(seed, again=0.1)
    found = profile_of(log.assign(caller=log["caller"] % keys), BASE)
    assert found.requests == len(log)
    assert (found.shared_keys, found.keys_aside) == (keys, True)
    assert "La colonne est laissée de côté" in said(found)
    # Beside keys of one person, they alone are left aside.
    own = log["caller"] % 3 > 0
    mixed = log.assign(caller=log["caller"].where(own, "s" + (log["caller"] % keys).astype(str)))
    found = profile_of(mixed, BASE)
    assert found.shared_calls == (~own).sum()
    assert found.requests == len(log) - (own.sum() - log.loc[own, "caller"].nunique())


def test_a_day_or_an_operator_is_no_caller() -> None:
    log = line(0, again=0.1)
    busy = pd.concat([log.assign(caller=n) for n in range(3)]).sort_values("time")
    for key in (busy["time"].dt.strftime("%Y%m%d"), busy["time"].dt.hour < 12):
        found = profile_of(busy.assign(caller=key.astype(str)), BASE)
        assert found.requests == len(busy)
        assert found.keys_aside


def test_keys_that_never_come_twice_number_the_calls() -> None:
    log = line(0, again=0.2)
    found = profile_of(log.assign(caller=range(len(log))), BASE)
    assert found.keys_aside
    assert found.requests == len(log)
    assert "aucune clé d’appelant ne revient" in said(found)
    # Nor where one in a hundred would have been repeats; in fewer calls chance has it so.
    keys = log.assign(caller=range(len(log)))
    for calls, numbered in ((916, False), (917, True)):
        few = profile_of(keys.head(calls), BASE)
        assert few.keys_aside is numbered
        assert ("aucune clé d’appelant ne revient" in said(few)) is numbered
        assert few.requests == calls
    # Likeness then tells what it can.
    alike = log.assign(caller=range(len(log)), commune="45001", age_class="75+")
    assert profile_of(alike, BASE).repeated_by_chance


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("calls", "again"), [(40, 0.02), (60, 0.15), (2_000, 0.2)])
@pytest.mark.parametrize("marked", [False, True])
def test_honest_keys_are_accused_of_nothing(
    seed: int, calls: int, again: float, marked: bool
) -> None:
    """Repeats may be few, or all marked by the line itself."""
    log = line(seed, again=again)
    some = log[log["caller"] < calls]
    if marked:
        repeats = some["caller"].duplicated()
        some = some.assign(outcome=some["outcome"].mask(repeats, "duplicate"))
    found = profile_of(some, BASE)
    assert (found.keys_aside, found.shared_keys) == (False, 0)
    assert found.requests == calls
    assert "clé" not in said(found)


@pytest.mark.parametrize("callers", [200, 500, 1_000])
def test_marked_repeats_show_that_somebody_rings_again(callers: int) -> None:
    """Who rings now and then through the year looks dealt at random, but for the repeats."""
    rng = np.random.default_rng(0)
    first = line(0, again=0.0)
    first = first.assign(caller=rng.integers(0, callers, len(first)))
    again = first[rng.random(len(first)) < 0.5]
    again = again.assign(time=again["time"] + pd.Timedelta(minutes=20), outcome="duplicate")
    both = pd.concat([first, again]).sort_values("time", ignore_index=True)
    assert not keys_of(both, DAYS).shared.any()


@pytest.mark.parametrize("calls", [10, 40, 60])
@pytest.mark.parametrize("bursts", [1, 2, 8, 10])
def test_who_rings_often_is_one_caller(calls: int, bursts: int) -> None:
    each = -(-calls // bursts)
    if each > 10:
        return
    log = line(0, again=0.1)
    places = np.repeat(np.linspace(3, len(DAYS) - 9, bursts).astype(int), each)[:calls]
    times = DAYS[places + np.arange(calls) % 3] + pd.Timedelta(hours=9)
    often = pd.DataFrame({"time": times, "caller": "often", "outcome": "no_slot"})
    both = pd.concat([log, often.assign(commune=None, age_class=None)])
    found = profile_of(both.sort_values("time", ignore_index=True), BASE)
    assert found.shared_keys == 0
    assert found.requests == CALLERS + len(set(places))


@pytest.mark.parametrize(
    ("calls", "place", "shared"),
    [
        # One trouble: ten calls within four opening days, and eleven.
        (10, lambda n: n % 4, False),
        (11, lambda n: n % 4, True),
        # One a week of 52, and ten more; then one more.
        (61, lambda n: n * 4, False),
        (62, lambda n: n * 4, True),
    ],
)
def test_the_most_that_one_person_rings(calls: int, place: object, shared: bool) -> None:
    log = line(0, again=0.1)
    assert callable(place)
    at = [place(n) for n in range(calls)]
    more = pd.DataFrame({"time": DAYS[at], "caller": "one", "outcome": "no_slot"})
    both = pd.concat([log, more]).sort_values("time", ignore_index=True)
    keys = keys_of(both, DAYS)
    assert keys.shared.sum() == calls * shared
    assert keys.own.isna().sum() == calls * shared


def test_a_short_log_has_callers_who_ring_again() -> None:
    # Within a few days chance would bring together whatever two calls: it denies nothing.
    log = line(0, again=0.0)
    for days in (2, 5, 10, 20):
        few = log[log["time"] < DAYS[days]].head(60)
        again = few.iloc[::3].assign(time=few["time"] + pd.Timedelta(hours=1))
        found = profile_of(pd.concat([few, again]).sort_values("time"), BASE)
        assert not found.keys_aside
        assert found.requests == len(few)


def test_calls_without_a_key_are_told() -> None:
    log = line(0, again=0.2)
    few = log.assign(caller=log["caller"].where(log["caller"] % 10 > 0))
    found = profile_of(few, BASE)
    assert found.keyless_calls == few["caller"].isna().sum()
    assert f"{found.keyless_calls} appels sans clé d’appelant" in said(found)
    assert "trop haut d’au moins 2\u202f%" in said(found)
    # No key at all is a log without that column.
    none = profile_of(log.assign(caller=None), BASE)
    assert (none.keyless_calls, none.shared_calls, none.keys_aside) == (None, None, False)
    assert "clé" not in said(none)


@pytest.mark.parametrize("known", [0, 4, 10, 11])
def test_few_calls_are_not_given_away_by_those_of_unknown_callers(known: int) -> None:
    log = line(0, again=0.1)
    key = np.where(np.arange(len(log)) < known, np.arange(len(log)) // 2, -1).astype(str)
    found = profile_of(log.assign(caller=key), BASE)
    apart = released(found)["apart"]
    hides = 0 < known < 11
    assert apart.at["shared", "calls_status"] == ("masked" if hides else "measured")
    assert (str(len(log) - known) in said(found).replace("\u202f", "")) is not hides
    found = profile_of(log.assign(caller=log["caller"].where(log.index >= known)), BASE)
    assert released(found)["apart"]["calls"].isna()["keyless"] == hides

"""A log turned into a scenario: what it gives, what it leaves, what it never tells."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cpts_geo.atlas.sections.call_log import log_sentences, log_views
from cpts_geo.capacity.answer.headline import headline
from cpts_geo.capacity.calls.local_evidence import with_call_log
from cpts_geo.capacity.calls.profile import profile_of
from cpts_geo.capacity.calls.released import released
from cpts_geo.capacity.demand.line import calls_per_year
from cpts_geo.capacity.demand.requests import draw_requests
from cpts_geo.capacity.scenario.calendar import opening_days
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import load_scenario, save_scenario
from cpts_geo.capacity.scenario.records import Public
from cpts_geo.errors import ScenarioError

WEST = load_scenario("ouest_loiret")
LVO = load_scenario("lvo")
YEAR = (date(2023, 3, 6), date(2024, 3, 29))
WEEK = np.array([1.3, 1.0, 0.9, 0.85, 0.95])


def log_of(
    start: date = YEAR[0], end: date = YEAR[1], *, mean: float = 20.0, dispersion: float = 1.0
) -> pd.DataFrame:
    """Calls of a line with a known week, all at 9:00, half of them given an appointment."""
    rng = np.random.default_rng(1)
    days = opening_days(start, end)
    means = mean * WEEK[days.day_of_week]
    counts = (
        rng.poisson(means)
        if dispersion == 1
        else rng.negative_binomial(means / (dispersion - 1), 1 / dispersion)
    )
    counts[[0, -1]] = np.maximum(counts[[0, -1]], 1)  # the log spans its period
    times = days.repeat(counts) + pd.Timedelta(hours=9)
    ends = np.where(np.arange(counts.sum()) % 2 == 0, "appointment", "advice")
    return pd.DataFrame({"time": times, "outcome": ends, "commune": None, "age_class": None})


def own_of(log: pd.DataFrame, base: Scenario = WEST) -> Scenario:
    return with_call_log(base, profile_of(log, base))


def test_a_year_of_calls_makes_evidence_of_its_own(tmp_path: Path) -> None:
    log = log_of(dispersion=3.0)
    before, copy = WEST.model_dump(), log.copy()
    own = own_of(log)
    days = len(opening_days(*YEAR))
    assert (WEST.evidence, own.evidence) == ("2", "1a")
    assert own.calls_observed == len(log)
    assert own.calls_years == pytest.approx(days / 251)
    assert own.need_counted == tuple(
        (log["outcome"] == each).sum() for each in ("appointment", "advice")
    )
    # What is said of the people, and of the lines of others, is not the log's to change.
    for name in ("calls_people_years", "between_territory_sd", "people_cv"):
        assert getattr(own, name) == getattr(WEST, name)
        assert name in own.unused
    assert own.observed_consultations == (log["outcome"] == "appointment").sum()
    assert (own.observed_start, own.observed_end) == YEAR
    text = "Registre des demandes du territoire, 06/03/2023–29/03/2024"
    assert (own.sources["calls_observed"].text, own.sources["calls_observed"].grade) == (text, "A")
    assert own.sources["observed_consultations"].text == text
    # Who has no médecin traitant is still assumed: the log does not tell.
    assert own.share_assumed
    assert own.sources["people_without_mt"] == WEST.sources["people_without_mt"]
    # nothing is modified, and the scenario survives its file
    assert WEST.model_dump() == before
    pd.testing.assert_frame_equal(log, copy)
    save_scenario(own, tmp_path / "x.toml")
    assert load_scenario(tmp_path / "x.toml") == own


def test_week_and_year_are_those_of_the_log() -> None:
    own = own_of(log_of(mean=200.0))
    shape = np.array(own.calendar.weekday_factors)
    assert shape / shape.mean() == pytest.approx(WEEK / WEEK.mean(), rel=0.03)
    assert np.array(own.calendar.month_factors) == pytest.approx(np.ones(12), abs=0.08)
    assert own.sources["calendar"].grade == "A"
    assert own.calendar.weekdays == WEST.calendar.weekdays


def test_requests_follow_the_calls_whatever_the_people() -> None:
    log = log_of()
    more = WEST.evolve(people_without_mt=2 * WEST.people_without_mt)
    drawn = [draw_requests(own_of(log, base), draws=2000).residents for base in (WEST, more)]
    assert drawn[0] == pytest.approx(drawn[1])
    # Calls a year times the share of appointments, with the error of counting only.
    per_year = len(log) * 251 / len(opening_days(*YEAR))
    assert np.median(drawn[0]) == pytest.approx(per_year * 0.5, rel=0.03)
    assert np.std(drawn[0]) / np.mean(drawn[0]) < 0.03


@pytest.mark.parametrize(("dispersion", "kept"), [(1.0, True), (3.0, False)])
def test_dispersion_only_where_poisson_is_refused(dispersion: float, kept: bool) -> None:
    own = own_of(log_of(dispersion=dispersion))
    assert (own.dispersion == WEST.dispersion) is kept
    if not kept:
        assert own.dispersion == pytest.approx(1 + 0.5 * (3.0 - 1), rel=0.25)
        assert own.sources["dispersion"].text.startswith("Registre")


def test_a_short_log_leaves_the_year_as_it_was() -> None:
    own = own_of(log_of(date(2024, 1, 8), date(2024, 2, 16)))
    assert own.calendar.month_factors == WEST.calendar.month_factors
    assert own.calendar.weekday_factors != WEST.calendar.weekday_factors
    assert own.sources["calendar"].grade == WEST.sources["calendar"].grade
    assert any("saisons" in note for note in own.notes)
    assert any("douze mois" in note for note in own.notes)
    # a few days give the rate of the year
    week = own_of(log_of(date(2024, 3, 4), date(2024, 3, 8)))
    assert calls_per_year(week) == pytest.approx(week.calls_observed / 5 * 251)
    day = own_of(log_of(date(2024, 3, 4), date(2024, 3, 4)))
    assert any(note.startswith("Registre : 1 jour, soit") for note in day.notes)
    assert any("en 1 jour d’ouverture" in note for note in day.notes)


def test_a_day_of_few_calls_leaves_the_week_as_it_was() -> None:
    log = log_of(date(2024, 1, 8), date(2024, 2, 16))
    few = log[(log["time"].dt.day_of_week != 2) | (log["time"] < pd.Timestamp("2024-01-11"))]
    few = few.drop(few.index[few["time"].dt.day_of_week == 2][6:])
    own = own_of(few)
    assert own.calendar.weekday_factors == WEST.calendar.weekday_factors
    assert any("forme de la semaine" in note for note in own.notes)


def test_appointments_alone_are_a_lower_bound() -> None:
    log = log_of().assign(outcome="appointment")
    own = own_of(log)
    assert own.evidence == "2"
    assert own.calls_years is None
    assert own.observed_consultations == len(log)
    assert own.calls_observed == WEST.calls_observed
    assert own.calendar == WEST.calendar
    beauce = load_scenario("beauce_gatinais")
    assert own_of(log, beauce).evidence == "1b"  # its own calls are better evidence


PERIODS = "rien ne dit que ces comptes sont de la même période"


def test_two_periods_that_are_compared_are_told() -> None:
    seen = log_of(mean=8.0).assign(outcome="appointment")
    beauce = load_scenario("beauce_gatinais")
    own = own_of(seen, beauce)
    (said,) = [note for note in own.notes if PERIODS in note]
    assert "du 06/03/2023 au 29/03/2024, alors que les appels viennent" in said
    assert "(Communiqué du département du Loiret, 15 décembre 2021, « sur un an »" in said
    # A second reading says it once; so does the page, and its answer is at least that floor.
    assert own_of(seen, own) == own
    assert said in headline(own, draws=500).scenario.notes
    # Where they deny each other, that comes first.
    many = own_of(log_of(mean=40.0).assign(outcome="appointment"), beauce)
    assert headline(many, draws=500).caveats[0].kind == "contradicted"
    # One log, or no calls of its own: one period.
    both = own_of(log_of(), beauce)
    for one in (both, own_of(log_of().assign(outcome="appointment"), both), own_of(seen)):
        assert not any(PERIODS in note for note in one.notes)
    # Another log of consultations after one of calls: two periods again.
    later = log_of(date(2024, 6, 3), date(2025, 5, 30)).assign(outcome="appointment")
    assert any(PERIODS in note for note in own_of(later, both).notes)


def test_consultations_of_another_count_are_told() -> None:
    log = log_of().assign(outcome="advice")
    log.loc[:6, "outcome"] = "appointment"
    (said,) = [note for note in own_of(log).notes if PERIODS in note]
    assert "alors que les consultations viennent d’une autre source" in said
    assert WEST.sources["observed_consultations"].text[:40] in said
    # None of its own, or those of the log: one period.
    for one in (own_of(log, load_scenario("asclepios")), own_of(log_of())):
        assert not any(PERIODS in note for note in one.notes)


@pytest.mark.parametrize(
    ("start", "end", "word"),
    [
        (date(2023, 10, 2), date(2024, 5, 31), "haute"),
        (date(2023, 7, 3), date(2023, 8, 31), "basse"),
        (date(2023, 1, 2), date(2023, 12, 29), None),
    ],
)
def test_a_log_that_has_not_the_visitors_of_a_year_says_so(
    start: date, end: date, word: str | None
) -> None:
    for log in (log_of(start, end), log_of(start, end).assign(outcome="appointment")):
        own = own_of(log, LVO)
        said = [note for note in own.notes if "visiteurs présents" in note]
        assert [f"serait plus {word} que la sienne" in note for note in said] == [True] * bool(word)
        assert own_of(log, own) == own
    assert not any("visiteurs" in note for note in own_of(log, WEST).notes)


def test_few_appointments_are_not_written() -> None:
    log = log_of().assign(outcome="advice")
    log.loc[:6, "outcome"] = "appointment"
    own = own_of(log, load_scenario("asclepios"))
    assert own.observed_consultations is None
    assert own.observed_start is None
    with pytest.raises(ScenarioError, match="trop peu d’appels"):
        profile_of(log.iloc[:10], WEST)
    sundays = log.iloc[:40].assign(time=pd.DatetimeIndex(["2024-03-10"] * 40))
    with pytest.raises(ScenarioError, match="aucun jour d’ouverture"):
        profile_of(sundays, WEST)


@pytest.mark.parametrize("public", ["all", "no_mt"])
def test_a_log_counts_whoever_the_line_admits(public: Public) -> None:
    log = log_of(dispersion=3.0)
    base = LVO.admitting(public)
    own = own_of(log, base)
    assert (base.evidence in ("3", "4"), own.evidence) == (True, "1a")
    drawn = draw_requests(own, draws=500)
    # Visitors are within what the line counted, not beside it.
    assert bool(drawn.visitors.max() > 0) is (public == "all")
    per_year = 0.5 * len(log) * 251 / len(opening_days(*YEAR))
    assert np.median(drawn.requests_per_year) == pytest.approx(per_year, rel=0.03)
    # Days vary as the log says, whoever calls.
    assert own.dispersion == pytest.approx(1 + 0.5 * (3.0 - 1), rel=0.25)
    assert own.calendar.weekday_factors != LVO.calendar.weekday_factors
    assert own.sources["calendar"].grade == "A"


@pytest.mark.parametrize("public", ["all", "no_mt"])
def test_consultations_of_an_open_line_are_those_of_all_it_admits(public: Public) -> None:
    log = log_of().assign(outcome="appointment")
    own = own_of(log, LVO.admitting(public))
    assert own.evidence == "2"
    assert (own.observed_start, own.observed_end) == YEAR
    drawn = draw_requests(own, draws=500).requests_per_year
    given = len(log) * 251 / len(opening_days(*YEAR))
    assert drawn.min() == pytest.approx(given)
    assert drawn.max() <= given / own.found_share[0] * 1.1


def test_a_second_log_replaces_the_words_of_the_first() -> None:
    log = log_of(date(2024, 1, 8), date(2024, 2, 16))
    once = own_of(log)
    assert own_of(log, once) == once
    other = own_of(log_of(date(2024, 1, 8), date(2024, 3, 1)), once)
    assert len(other.notes) == len(once.notes)
    assert other.notes[: len(WEST.notes)] == WEST.notes
    assert other.sources["calendar"].text.count("Registre") == 1


def said_of(log: pd.DataFrame, base: Scenario = WEST) -> list[str]:
    found = profile_of(log, base)
    return log_sentences(found, released(found))


def test_words_say_what_a_log_tells_and_bounds() -> None:
    for dispersion, words in ((4.0, "ne les explique pas"), (1.0, "suffit à les expliquer")):
        said = " ".join(said_of(log_of(dispersion=dispersion)))
        assert words in said
        assert "0,000" not in said
    said = said_of(log_of().assign(outcome="appointment"))
    assert any("au moins celle-là" in text for text in said)
    assert not any("Doublons" in text for text in said)
    assert "consultations du 6 mars 2023 au 29 mars 2024" in said[0]
    # no rate of several groups
    said = said_of(log_of(), LVO)
    assert any("Par personne sans médecin traitant et par an : non calculé" in x for x in said)
    assert not any("nan" in text for text in said)
    assert "appui 2" not in " ".join(said_of(log_of().assign(outcome="appointment"), LVO))


def test_words_hold_no_small_count() -> None:
    log = log_of().assign(outcome="advice")
    log.loc[:6, "outcome"] = "duplicate"
    sunday = log.iloc[:3].assign(time=pd.Timestamp("2023-06-04 10:00"))
    log = pd.concat([log, sunday], ignore_index=True)
    found = profile_of(log, WEST)
    tables = released(found)
    said = " ".join(log_sentences(found, tables))
    assert "En dehors des jours comptés : moins de 11." in said
    assert "Doublons : moins de 11 appels" in said
    cells = [
        cell.text
        for title, _, rows in log_views(tables)
        if title == "Issues"
        for row in rows
        for cell in row
    ]
    assert "moins de 11" in cells
    assert "7" not in cells


def counted_log(**outcomes: int) -> pd.DataFrame:
    """A year of calls, as many of each outcome as said, spread over its days."""
    days = opening_days(*YEAR)
    size = sum(outcomes.values())
    ends = np.random.default_rng(5).permutation(np.repeat(list(outcomes), list(outcomes.values())))
    times = days[np.arange(size) * len(days) // size] + pd.Timedelta(hours=9)
    return pd.DataFrame({"time": times, "outcome": ends, "commune": None, "age_class": None})


def test_each_outcome_says_whether_a_slot_was_deserved() -> None:
    log = counted_log(
        appointment=500, no_slot=100, cancelled=30, advice=200, redirected=60, other=40,
        duplicate=120,
    )  # fmt: skip
    log.loc[log.sample(50, random_state=0).index, "outcome"] = None
    own = own_of(log)
    left = log["outcome"].value_counts()
    assert own.need_counted == (
        left[["appointment", "no_slot", "cancelled"]].sum(),
        left[["advice", "redirected", "other"]].sum(),
    )
    # Unknown outcomes are requests, of which the share is that of the others.
    assert own.calls_observed == len(log) - left["duplicate"]
    assert own.sources["need_counted"].grade == "A"


@pytest.mark.parametrize(
    ("outcomes", "need", "requests"),
    [
        # All may be told.
        ({"appointment": 600, "advice": 300, "duplicate": 100}, (600, 300), 900),
        # Few cancelled: 5, and what is masked with them the rest.
        ({"appointment": 600, "advice": 300, "cancelled": 4, "other": 20}, (605, 319), 924),
        # The duplicates are not masked with them: the requests would be all the calls.
        ({"appointment": 600, "advice": 500, "cancelled": 4, "duplicate": 100}, (605, 499), 1104),
        # Few duplicates stay among the requests.
        ({"appointment": 600, "advice": 300, "other": 15, "duplicate": 4}, (600, 314), 919),
        ({"appointment": 600, "advice": 300, "duplicate": 0, "other": 11}, (600, 311), 911),
        # Two masked with them, of either kind.
        (
            {"appointment": 600, "advice": 300, "redirected": 1, "cancelled": 11, "other": 11},
            None,
            923,
        ),
        # Few that deserved none, or that did: the share stays assumed.
        ({"appointment": 4, "no_slot": 3, "advice": 300}, None, 307),
        ({"appointment": 600, "advice": 4, "no_slot": 100}, None, 704),
        ({"appointment": 600, "advice": 4}, None, 604),
    ],
)
def test_no_small_count_comes_back_from_requests_and_need(
    outcomes: dict[str, int], need: tuple[int, int] | None, requests: int
) -> None:
    found = profile_of(counted_log(**outcomes), WEST)
    own = with_call_log(WEST, found)
    shown = released(found)["outcome"]["calls"]
    # What leaves is made of what the tables show, and of the total.
    hidden = {name for name, calls in outcomes.items() if 0 < calls < 11}
    assert shown.reindex(list(hidden)).isna().all()
    assert own.need_counted == need
    assert own.calls_observed == requests
    assert any("reste supposée" in note for note in own.notes) is (need is None)
    assert ("need_counted" in own.sources) is (need is not None)
    assert found.calls == sum(outcomes.values())


def test_a_log_without_counts_forgets_those_of_another() -> None:
    once = own_of(counted_log(appointment=600, advice=300))
    again = own_of(counted_log(appointment=600, advice=4), once)
    assert once.need_counted == (600, 300)
    assert again.need_counted is None
    assert "need_counted" not in again.sources


def test_found_and_marked_duplicates_do_not_give_each_other_away() -> None:
    # Five are marked, and sixty are found by keys: their sum is told, neither alone.
    log = counted_log(appointment=600, advice=300, duplicate=5)
    log["caller"] = [f"c{number}" for number in range(len(log))]
    again = log[log["outcome"] == "advice"].iloc[:60]
    log = pd.concat([log, again.assign(time=again["time"] + pd.Timedelta(minutes=5))])
    found = profile_of(log.sort_values("time", ignore_index=True), WEST)
    tables = released(found)
    assert (found.repeated_calls, int(found.outcomes["duplicate"])) == (60, 65)
    assert tables["outcome"].at["duplicate", "calls"] == 65
    assert tables["apart"].at["repeated", "calls_status"] == "masked"
    said = " ".join([*log_sentences(found, tables), *with_call_log(WEST, found).notes])
    assert "60 appels" not in said
    assert with_call_log(WEST, found).calls_observed == 900


def test_a_log_never_answers_less_than_its_own_floor() -> None:
    for outcomes in ({"appointment": 1500, "advice": 60}, {"appointment": 1500, "advice": 500}):
        result = headline(own_of(counted_log(**outcomes), load_scenario("beauce_gatinais")))
        assert result.observed is not None
        assert result.slots_per_day.p50 >= result.observed.slots


def test_requests_and_need_are_said_with_their_interval() -> None:
    said = " ".join(said_of(counted_log(appointment=500, no_slot=108, advice=392, duplicate=100)))
    assert "Demandes, doublons ôtés : 1\u202f000, soit par jour d’ouverture 3,71" in said
    assert "60,8\u202f% (58,8\u202f% à 62,8\u202f%), sur 1\u202f000 d’issue connue" in said
    few = " ".join(said_of(counted_log(appointment=600, advice=4)))
    assert "trop peu d’appels par issue" in few

"""GPs to come and slots they leave to find: as uncertain as today's, and held to the past."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cpts_geo.capacity.answer.headline import Headline, headline
from cpts_geo.capacity.comparing.future import (
    NATIONAL_MEAN_AGE,
    _slot_chances,
    gps_to_come,
    national_pace,
    past_checks,
)
from cpts_geo.capacity.demand.periods import per_opening_day
from cpts_geo.capacity.queue.rules import Rules
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.capacity.workforce.projection import bounds, fan, head_counts
from cpts_geo.indicators.gp_sources import Trend, trend
from cpts_geo.sources.embedding.embedded import (
    load_communes,
    load_comparisons,
    load_facts,
    load_figures,
)

FACTS = {"gp_mean_age": 61.0, "gps_per_100k": 30.0}
ENDS = ("p10", "p50", "p90")


@pytest.fixture(scope="module")
def answers() -> dict[str, Headline]:
    lines = {
        key: headline(load_scenario(key), draws=200) for key in ("beauce_gatinais", "ouest_loiret")
    }
    for_people = load_scenario("asclepios").admitting("no_mt")
    return {**lines, "asclepios": headline(for_people, draws=200)}


@pytest.fixture(scope="module")
def own_facts() -> dict[str, float]:
    rows = load_facts().query("territory == 'beauce_gatinais'")
    return dict(zip(rows["fact"], rows["value"].astype(float), strict=True))


def test_beauce_gatinais_in_ten_years(
    answers: dict[str, Headline], own_facts: dict[str, float]
) -> None:
    table = gps_to_come(answers["beauce_gatinais"], facts=own_facts)
    assert table is not None
    alone = table.query("entries == 0 and year == 10").iloc[0]
    assert alone["gps_p10"] == pytest.approx(3, abs=1)
    assert alone["gps_p90"] == pytest.approx(10, abs=1)
    assert alone["share_without_mt_p90"] == pytest.approx(0.91, abs=0.005)
    # 35 to 38 slots in ten years, beside 10 to 19 today, was a certainty that nobody has.
    assert alone["slots_p90"] - alone["slots_p10"] > 19 - 10
    assert table.equals(gps_to_come(answers["beauce_gatinais"], facts=own_facts))


def test_today_is_the_headline(answers: dict[str, Headline]) -> None:
    for key in ("beauce_gatinais", "ouest_loiret"):  # 30 GPs for 100,000 there: capped lists
        answer = answers[key]
        table = gps_to_come(answer, facts=FACTS)
        assert table is not None
        for _, row in table[table["year"] == 0].iterrows():
            shown = [row[f"slots_{end}"] for end in ENDS]
            assert shown == [getattr(answer.slots_per_day, end) for end in ENDS]


@pytest.mark.parametrize(
    ("key", "age", "density"),
    [
        ("beauce_gatinais", 61.0, 30.0),
        ("beauce_gatinais", 50.0, 45.0),
        ("ouest_loiret", 52.0, 60.0),
        ("asclepios", 58.0, 40.0),
    ],
)
def test_slots_to_come_are_those_of_a_demand_never_surer_than_todays(
    answers: dict[str, Headline], key: str, age: float, density: float
) -> None:
    answer = answers[key]
    case = answer.scenario
    facts = {"gp_mean_age": age, "gps_per_100k": density}
    table = gps_to_come(answer, facts=facts, entries=[0.0, 1.0])
    assert table is not None and case.population is not None
    count = round(density * case.population / 1e5)
    people = {"population": case.population, "people_without_mt": case.people_without_mt}
    every_gps = fan(count, age, **people, entries=[0.0, 1.0]).query("chance > 0")
    known = every_gps.query("year == 0")["people_without_mt"].iloc[0]
    today = per_opening_day(case, answer.drawn.residents)
    alone = bounds(today, np.full(today.size, 1 / today.size))
    need = answer.drawn.need
    assert need is not None and (need.gap > 0).all()

    def growth(row: pd.Series) -> np.ndarray:
        """A device for people without MT follows them; one open to all, the gap of the APL."""
        if case.public == "no_mt":
            return np.full(today.size, row["people_without_mt"] / known)
        return need.with_apl(row["gps"] / count).gap / need.gap

    for at, block in every_gps.query("year in (5, 10)").groupby(["entries", "year"]):
        # Every demand drawn with every number of GPs, one by one.
        every = np.array([growth(row) for _, row in block.iterrows()]) * today
        chances = np.repeat(block["chance"].to_numpy() / today.size, today.size)
        wanted = bounds(every.ravel(), chances)
        if case.public == "no_mt":
            assert wanted.p90 * alone.p10 >= wanted.p10 * alone.p90
        elif wanted.p50 >= alone.p50:
            # A gap that is small today grows more: in requests, not in proportion.
            assert wanted.p90 - wanted.p10 >= alone.p90 - alone.p10
        row = table.set_index(["entries", "year"]).loc[at]
        shown = [row[f"slots_{end}"] for end in ENDS]
        asked = [getattr(wanted, end) for end in ENDS]
        assert shown == [case.rules.slots(x) if x > 0 else 0 for x in asked]
        # More to serve: the interval is not shorter, but for slots being whole.
        if wanted.p50 >= alone.p50:
            now = answer.slots_per_day
            assert shown[2] - shown[0] >= now.p90 - now.p10 - 1


def test_nobody_without_mt_needs_no_slot_and_a_crowd_is_beyond_one_queue() -> None:
    rules = Rules(0.95, 1, 1.0)
    found = _slot_chances([np.zeros(4), np.array([5e3, 8.0, 8.0, 8.0])], rules=rules)
    assert found[0].tolist() == [1.0] + [0.0] * (rules.most_slots + 1)
    assert found[1, 8] == 0.75 and found[1, rules.most_slots + 1] == 0.25


def test_enough_arrivals_leave_no_slot_to_find(answers: dict[str, Headline]) -> None:
    only = headline(load_scenario("beauce_gatinais").admitting("no_mt").evolve(
        calls_years=None, observed_consultations=None), draws=200)  # fmt: skip
    table = gps_to_come(only, facts=FACTS, entries=[4.0])
    assert table is not None
    last = table.iloc[-1]
    assert last["people_without_mt_p90"] == 0
    assert [last[f"slots_{end}"] for end in ENDS] == [0, 0, 0]
    # Of a line open to all, GPs take the part of the gap that is theirs: France has one too.
    table = gps_to_come(answers["beauce_gatinais"], facts=FACTS, entries=[4.0])
    assert table is not None
    first, last = table.iloc[0], table.iloc[-1]
    assert 0 < last["slots_p90"] < first["slots_p90"]


def test_slots_beyond_one_queue_are_unknown(
    answers: dict[str, Headline], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Rules, "most_slots", 25)
    table = gps_to_come(answers["beauce_gatinais"], facts=FACTS, entries=[0.0])
    assert table is not None
    last = table.iloc[-1]
    assert last["slots_p50"] <= 25 and np.isnan(last["slots_p90"])


@pytest.mark.parametrize("without", ["gp_mean_age", "gps_per_100k"])
def test_nothing_is_projected_of_gps_whose_age_or_number_is_unknown(
    answers: dict[str, Headline], without: str
) -> None:
    facts = {name: value for name, value in FACTS.items() if name != without}
    assert gps_to_come(answers["beauce_gatinais"], facts=facts) is None
    few = {**FACTS, "gps_per_100k": 5.6}  # 4 GPs
    assert gps_to_come(answers["beauce_gatinais"], facts=few) is None
    assert gps_to_come(answers["beauce_gatinais"], facts={**FACTS, "gps_per_100k": 5.7}) is not None


# The past


def test_the_model_is_held_to_ten_years_of_beauce_gatinais(
    answers: dict[str, Headline], own_facts: dict[str, float]
) -> None:
    counted = Trend("territory", "CPTS Beauce-Gâtinais", 48.0, 37.0)
    found = past_checks(answers["beauce_gatinais"], facts=own_facts, counted=counted)
    assert found is not None
    assert found["check"].tolist() == ["bpe", "bpe", "press", "press"]
    assert found["mean_age"].tolist() == [NATIONAL_MEAN_AGE, 61.0] * 2
    told = found[found["check"] == "press"]
    # 24 / (1 - 27 %) = 33, of whom 10 left: one came.
    assert set(told["before"]) == {33} and set(told["observed"]) == {24}
    assert told["entries"].tolist() == [0.1, 0.1]
    for _, row in found.iterrows():
        said = head_counts(
            int(row["before"]), row["mean_age"], entries_per_year=row["entries"],
            years=int(row["years"]),
        ).loc[row["years"]]  # fmt: skip
        within = said.loc[row["gps_p10"] : row["gps_p90"]].sum()
        assert within >= 0.8
        assert row["inside"] == (row["gps_p10"] <= row["observed"] <= row["gps_p90"])
    assert told["inside"].tolist() == [True, False]


@pytest.mark.parametrize(("before", "rows"), [(4.0, 0), (5.0, 1)])
def test_counts_of_a_territory_whose_age_is_unknown(
    answers: dict[str, Headline], before: float, rows: int
) -> None:
    counted = Trend("territory", "x", before, 6.0)
    found = past_checks(answers["ouest_loiret"], facts={}, counted=counted)
    assert (0 if found is None else len(found)) == rows
    assert past_checks(answers["ouest_loiret"], facts={}, counted=None) is None


def test_the_fan_is_too_narrow_for_the_intercommunalites_of_france() -> None:
    """What the page says of it: from 2017 to 2024, fewer than 80 % lie within."""
    figures = load_figures().set_index("code_insee")[["gps_2017", "gps_2024"]]
    table = load_communes().set_index("code_insee")[["epci"]].join(figures)
    counts = table.groupby("epci").sum(min_count=1)[["gps_2017", "gps_2024"]]
    counts = counts[table["gps_2017"].notna().groupby(table["epci"]).all()]
    counts = counts[counts["gps_2017"].between(5, 30)].round()
    inside = []
    said: dict[int, tuple[float, float]] = {}
    for before, after in counts.itertuples(index=False):
        if before not in said:
            year = head_counts(
                int(before), NATIONAL_MEAN_AGE, entries_per_year=before * national_pace(), years=7
            ).loc[7]
            found = bounds(year.index, year)
            said[before] = (found.p10, found.p90)
        inside.append(said[before][0] <= after <= said[before][1])
    assert len(inside) > 600
    assert 0.5 < np.mean(inside) < 0.7


def test_the_pace_of_france_gives_its_count_back() -> None:
    areas = [area for area in trend(load_comparisons()) if area.area_level == "region"]
    before, after = (sum(getattr(area, end) for area in areas) for end in ("before", "after"))
    assert 0.9 < after / before < 1.1
    year = head_counts(
        1_000, NATIONAL_MEAN_AGE, entries_per_year=1_000 * national_pace(), years=7
    ).loc[7]
    mean = float((pd.Series(year.index, index=year.index) * year).sum())
    # The three factors and spreads are around the middle ones, not exactly.
    assert mean / 1_000 == pytest.approx(after / before, abs=0.02)

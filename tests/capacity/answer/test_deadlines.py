"""Needed, served and missing at each deadline."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cpts_geo.capacity.answer.deadlines import NAMED_DEADLINES, by_deadline
from cpts_geo.capacity.answer.headline import headline
from cpts_geo.capacity.need.interval import LEVELS
from cpts_geo.capacity.scenario.loading import load_scenario


@pytest.mark.parametrize("name", ["beauce_gatinais", "ouest_loiret", "lvo", "ondaine_forez"])
def test_the_row_of_its_own_deadline_is_the_answer(name: str) -> None:
    result = headline(load_scenario(name), draws=1000)
    row = by_deadline(result).loc[result.scenario.deadline_days]
    assert [row[f"slots_{p}"] for p in LEVELS] == list(vars(result.slots_per_day).values())
    if result.today is None:
        assert np.isnan(row["served_today"])
        assert np.isnan([row[f"missing_{p}"] for p in LEVELS]).all()
    else:
        assert row["served_today"] == pytest.approx(result.today.served_at_median)
        wanted = [max(n - result.today.slots, 0) for n in vars(result.slots_per_day).values()]
        assert [row[f"missing_{p}"] for p in LEVELS] == pytest.approx(wanted)
    if result.planned is not None:
        assert row["served_planned"] == pytest.approx(result.planned.served_at_median)


def test_a_longer_deadline_asks_no_more_slots_and_serves_no_less() -> None:
    table = by_deadline(headline(load_scenario("beauce_gatinais"), draws=1000))
    assert tuple(table.index) == NAMED_DEADLINES
    for bound in LEVELS:
        assert table[f"slots_{bound}"].is_monotonic_decreasing
    assert table["served_today"].is_monotonic_increasing
    assert table.loc[0, "slots_p50"] > table.loc[2, "slots_p50"]


def test_a_deadline_of_its_own_has_a_row_too() -> None:
    scenario = load_scenario("beauce_gatinais")
    result = headline(scenario.evolve(deadline_days=4, sources=scenario.sources), draws=1000)
    table = by_deadline(result)
    assert list(table.index) == [*NAMED_DEADLINES, 4]
    own = replace(result.scenario.rules, deadline_days=2).served(
        result.requests_per_day.p50, result.scenario.slots_by_weekday or ()
    )
    assert table.loc[2, "served_today"] == pytest.approx(own)

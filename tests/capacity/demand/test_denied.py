"""What a log denies of today's slots: beyond chance, and beyond what no queue tells so finely."""

from __future__ import annotations

import math

import pytest
from scipy.stats import binom

from cpts_geo.capacity.demand.denied import denied_slots
from cpts_geo.capacity.demand.requests import draw_requests
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.errors import ScenarioError

WIDE = load_scenario("beauce_gatinais").evolve(area=None, slots_today=16)


def log_of(deserved: int, lost: int, *, years: float = 1.0) -> Scenario:
    """A line of so many requests that deserved a slot, of which so many found none."""
    return WIDE.evolve(
        calls_observed=2 * deserved,
        calls_years=years,
        need_counted=(deserved, deserved),
        lost_counted=lost,
        observed_consultations=None,
    )


def said(case: Scenario) -> str:
    return denied_slots(case, draw_requests(case, draws=500)) or ""


@pytest.mark.parametrize("deserved", [20, 60, 2_000])
def test_chance_is_no_contradiction(deserved: int) -> None:
    # At 8 a day, 16 slots lose nobody: only chance and the margin may.
    years = deserved / 2_000
    few = log_of(deserved, max(1, deserved // 25), years=years)
    assert said(few) == ""
    assert "25,0\u202f%" in said(log_of(deserved, deserved // 4, years=years))


def test_chance_counts_where_slots_are_few() -> None:
    # Nine slots lose some of these: in a small log more may be lost by chance than in a large one.
    def least(deserved: int) -> float:
        case = log_of(deserved, 0, years=deserved / 2_200).evolve(slots_today=9)
        tried = range(0, deserved, max(1, deserved // 400))
        lost = next(n for n in tried if said(case.evolve(lost_counted=n)))
        return lost / deserved

    shares = [least(deserved) for deserved in (40, 400, 4_000)]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > shares[2] + 0.05


def test_a_gap_within_the_margin_is_no_contradiction_however_sure() -> None:
    large = log_of(20_000, 900, years=10.0)
    assert binom.sf(900 - 1, 20_000, 0.02) < 1e-4
    assert said(large) == ""
    assert "6,0\u202f%" in said(large.evolve(lost_counted=1_200))


def test_months_that_the_log_gives_explain_what_its_winters_lose() -> None:
    """Forty slots serve forty a day, and not the fifty of a winter month."""
    wave = tuple(1.0 + 0.25 * math.cos(math.pi * month / 6) for month in range(12))
    flat = (1.0,) * 12
    busy = log_of(9_500, 800).evolve(slots_today=40, between_territory_sd=0.0)
    alike, winter = (busy.evolve(calendar={"month_factors": each}) for each in (flat, wave))
    assert said(alike)
    assert said(winter) == ""
    # Months explain so much, and no more.
    assert said(winter.evolve(lost_counted=4_000))


def test_what_is_not_known_denies_nothing() -> None:
    case = log_of(2_000, 500)
    assert said(case)
    assert said(case.evolve(slots_today=None, minutes_per_slot_today=None)) == ""
    assert said(case.evolve(lost_counted=None)) == ""
    assert said(log_of(2_000, 0)) == ""
    # It is the year's: that a busy season is studied changes nothing of what a year of log says.
    assert said(case.evolve(months=(1, 12))) == said(case)


@pytest.mark.parametrize("change", [{"lost_counted": 2_001}, {"need_counted": None}])
def test_those_without_a_slot_are_among_those_who_deserved_one(change: dict[str, object]) -> None:
    with pytest.raises(ScenarioError, match="« lost_counted » est une partie du premier nombre"):
        log_of(2_000, 500).evolve(**change)

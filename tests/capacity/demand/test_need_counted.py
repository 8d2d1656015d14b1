"""A need share that outcomes of a log count: its law, its oracle, its draws."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from cpts_geo.capacity.answer.headline import headline
from cpts_geo.capacity.demand.laws import laws
from cpts_geo.capacity.demand.line import calls_per_year
from cpts_geo.capacity.demand.requests import draw_requests
from cpts_geo.capacity.need.interval import Interval
from cpts_geo.capacity.scenario.loading import load_scenario, save_scenario
from cpts_geo.errors import ScenarioError

#: 5,800 calls in a year that are the territory's own, whoever they come from.
OWN = load_scenario("beauce_gatinais").evolve(area=None, readings=None)


def test_o27_a_log_of_1000_outcomes_narrows_the_answer() -> None:
    found = headline(OWN.evolve(need_counted=(608, 392)))
    a_day = found.requests_per_year
    per_day = [value / 251 for value in (a_day.p10, a_day.p50, a_day.p90)]
    assert per_day == pytest.approx([13.5, 14.0, 14.6], abs=0.06)  # 14.05
    assert found.slots_per_day in (Interval(14, 14, 14), Interval(14, 14, 15))
    # What the same line says with no outcome: the share is assumed, from 0.345 to 1.
    wide = headline(OWN).slots_per_day
    assert wide.p90 - wide.p10 >= 5


@pytest.mark.parametrize("counts", [(608, 392), (0, 40), (40, 0), (3, 2)])
def test_the_law_is_that_of_jeffreys(counts: tuple[int, int]) -> None:
    law = laws(OWN.evolve(need_counted=counts))["need"]
    chances = np.array([0.001, 0.1, 0.5, 0.9, 0.999])
    oracle = stats.beta(counts[0] + 0.5, counts[1] + 0.5)
    assert law.quantile(chances) == pytest.approx(oracle.ppf(chances))
    drawn = law.draw(np.random.default_rng(1), 100_000)
    assert stats.kstest(drawn, oracle.cdf).pvalue > 1e-3
    assert law.spread
    assert drawn.mean() == pytest.approx(oracle.mean(), abs=5e-3)


def test_as_many_numbers_are_taken_as_by_an_assumed_share() -> None:
    assumed, counted = (
        draw_requests(case, draws=500, seed=3) for case in (OWN, OWN.evolve(need_counted=(6, 4)))
    )
    assert np.array_equal(assumed.minutes, counted.minutes)
    # Common chances: the larger the one, the larger the other.
    need = [each.requests_per_year for each in (assumed, counted)]
    assert stats.spearmanr(*need).statistic > 0.99


def test_own_calls_are_a_count_whatever_the_people() -> None:
    case = OWN.evolve(calls_observed=11_600, calls_years=2.0)
    assert calls_per_year(case) == 5800
    assert calls_per_year(case.evolve(people_without_mt=12_000.0)) == 5800
    # without their years they are the rate of another territory
    assert calls_per_year(case.evolve(calls_years=None)) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"need_counted": (-1, 3)}, "need_counted"),
        ({"need_counted": (1, 2, 3)}, "need_counted"),
        ({"calls_years": 0.0}, "calls_years"),
        ({"calls_years": 101.0}, "calls_years"),
    ],
)
def test_counts_and_years_are_possible_ones(change: dict[str, object], words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        OWN.evolve(**change)


def test_counts_have_a_source_and_come_back_from_a_file(tmp_path: Path) -> None:
    case = OWN.evolve(need_counted=(608, 392))
    assert case.sources["need_counted"].grade == "D"
    without = {name: each for name, each in case.sources.items() if name != "need_counted"}
    with pytest.raises(ScenarioError, match="« need_counted » n'a pas de source"):
        case.evolve(sources=without)
    save_scenario(case, tmp_path / "x.toml")
    assert load_scenario(tmp_path / "x.toml") == case

"""A line held against what the others predict of it: surprising at some rank, never refuted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cpts_geo.capacity.checks.backtest import Surprise, surprise
from cpts_geo.capacity.demand.requests import draw_requests
from cpts_geo.capacity.need.learning import known_lines, leave_one_out, shipped_lines
from cpts_geo.capacity.need.quantities import need_of
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import load_scenarios
from tests.capacity.need.known import written
from tests.capacity.vouched import vouched

DRAWS = 20_000
CASES = load_scenarios()
OL, BG, LVO = (CASES[key] for key in ("ouest_loiret", "beauce_gatinais", "lvo"))


def of(case: Scenario) -> Surprise:
    found = surprise(case, draw_requests(case, draws=DRAWS))
    assert found is not None
    return found


def test_only_a_line_of_its_own_can_surprise() -> None:
    seen = {key: surprise(case, draw_requests(case, draws=500)) for key, case in CASES.items()}
    assert [key for key, found in seen.items() if found] == ["ouest_loiret", "beauce_gatinais"]
    # nothing predicts it where no APL is known
    alone = OL.evolve(area=None)
    assert surprise(alone, draw_requests(alone, draws=500)) is None


@pytest.mark.parametrize(
    ("case", "predicted"),
    [(BG, (2783, 5609, 10_951)), (OL, (1183, 2471, 4897))],
    ids=["beauce_gatinais", "ouest_loiret"],
)
def test_it_is_predicted_from_the_others_alone(
    case: Scenario, predicted: tuple[float, ...]
) -> None:
    found = of(case)
    assert tuple(vars(found.predicted).values()) == pytest.approx(predicted, rel=0.05)
    table = leave_one_out(shipped_lines(), draws=DRAWS).set_index("line")
    assert found.predicted.p50 == pytest.approx(table.loc[case.territory, "predicted_p50"])
    assert found.inside and table.loc[case.territory, "inside"]


def test_its_own_figures_are_those_of_its_answer() -> None:
    drawn = draw_requests(OL, draws=DRAWS)
    found = surprise(OL, drawn)
    assert found is not None
    assert found.own.p50 == pytest.approx(np.median(drawn.requests_per_year))
    assert OL.area is not None
    others = shipped_lines().less(["ouest_loiret"]).draws(DRAWS, seed=drawn.seed)
    below = need_of(OL.area, others).organised < found.own.p50
    assert found.rank == pytest.approx(below.mean())


def test_more_than_all_that_is_predicted_surprises() -> None:
    ranks = [of(OL.evolve(observed_consultations=count)).rank for count in (30, 1_511, 20_000)]
    assert ranks == sorted(ranks)
    assert ranks[0] < 0.01 and ranks[-1] > 0.99
    assert not of(OL.evolve(observed_consultations=20_000)).inside
    assert not of(OL.evolve(observed_consultations=30)).inside


def test_a_territory_that_is_no_known_line_is_predicted_from_all() -> None:
    own = vouched(LVO, calls_observed=6_000, calls_years=1.0)
    found = of(own)
    assert own.area is not None
    everything = need_of(own.area, shipped_lines().draws(DRAWS, seed=own.seed)).organised
    assert found.predicted.p50 == pytest.approx(np.median(everything))


def test_lines_of_an_analyst_predict(tmp_path: Path) -> None:
    few = known_lines(written(tmp_path, {"alencon": {"calibrates": "non"}}))
    drawn = draw_requests(OL, draws=DRAWS, lines=few)
    found, usual = surprise(OL, drawn, lines=few), of(OL)
    assert found is not None
    # without the fullest centre, less is predicted: the line is higher among it
    assert found.predicted.p50 < usual.predicted.p50
    assert found.rank > usual.rank

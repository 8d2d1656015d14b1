"""Observed against predicted: what refutes the model does, what it was fed does not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cpts_geo.capacity.answer.headline import headline
from cpts_geo.capacity.checks.backtest import _ROUNDING, back_test, back_test_table
from cpts_geo.capacity.comparing._measures import scenario_measures
from cpts_geo.capacity.demand.requests import draw_requests
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import load_scenarios, people_without_mt
from tests.queues import queue

DRAWS = 4_000
CASES = load_scenarios()
OL, BG, LVO = (CASES[key] for key in ("ouest_loiret", "beauce_gatinais", "lvo"))
#: Beauce-Gâtinais as if its rate came from elsewhere.
BORROWED = BG.evolve(between_territory_sd=0.5, evidence_label=3)


def table_of(*scenarios: Scenario) -> pd.DataFrame:
    """Test those whose activity is known."""
    found = [back_test(case, draw_requests(case, draws=DRAWS)) for case in scenarios]
    return back_test_table([each for each in found if each is not None])


def row(scenario: Scenario) -> pd.Series:
    """Give the one row of a territory."""
    return table_of(scenario).iloc[0]


def certain(consultations: int, *, slots: int | tuple[int, ...] | None = 8) -> Scenario:
    """Make a line whose demand is known: 5,800 calls a year, half of which deserve a slot."""
    return BG.evolve(
        people_cv=0.0,
        calls_observed=5_800_000,
        calls_people_years=24_000_000.0,
        need_share=(0.5, 0.5, 0.5),
        observed_consultations=consultations,
        slots_today=slots,
        no_show_rate=0.0,
        minutes_per_slot_today=None if slots is None else 15.0,
    )


# --- the five territories ----------------------------------------------------


def test_only_territories_with_an_activity_have_a_row() -> None:
    table = table_of(*CASES.values())
    assert table.index.tolist() == ["ouest_loiret", "beauce_gatinais"]
    assert table["label"].tolist() == [OL.label, BG.label]
    assert table["own_calls"].tolist() == [False, True]
    assert table["bounded"].tolist() == [False, True]


def test_ouest_loiret_refutes_the_national_share() -> None:
    found = row(OL)
    assert found["observed"] == pytest.approx(1511 * 365.25 / 392)
    assert found["observed"] > found["predicted_p90"]
    assert not found["inside"]
    assert found["refuted"]
    # [O17]
    assert [found[f"requests_p{k}"] for k in (10, 50, 90)] == pytest.approx(
        [248, 539, 1168], rel=0.06
    )
    assert 0.9 < found["rank"] < 1
    assert found["refuted"] == (headline(OL, draws=DRAWS).refuting is not None)
    # it is centred at 28 %
    people = people_without_mt(44_165, share_without_mt=0.28, age_share=0.79)
    found = row(OL.evolve(people_without_mt=people))
    assert found["inside"]
    assert found["rank"] == pytest.approx(0.5, abs=0.05)


def test_a_full_line_is_found_whatever_its_demand() -> None:
    own, borrowed = row(BG), row(BORROWED)
    for found in (own, borrowed):
        assert found["observed"] == 2000
        # 8 x 251 slots, of which 0.4 % not honoured
        assert found["predicted_p50"] == pytest.approx(2000, rel=1e-3)
        assert found["inside"]
        assert not found["refuted"]
    assert (own["own_calls"], borrowed["own_calls"]) == (True, False)
    # the wide gap between territories shows in the requests, and hardly in what is served
    assert borrowed["requests_p90"] - borrowed["requests_p10"] > 2 * (
        own["requests_p90"] - own["requests_p10"]
    )
    assert borrowed["predicted_p90"] == pytest.approx(own["predicted_p90"], rel=1e-3)


# --- the prediction itself ---------------------------------------------------


def test_prediction_is_what_the_slots_serve_of_the_requests() -> None:
    found = row(certain(2000).evolve(no_show_rate=0.1))
    demand = 2900.0
    served = queue().service(demand / 251, 8).served
    # 5.8 million calls leave 0.04 % of doubt on the rate
    assert found["requests_p50"] == pytest.approx(demand, rel=1e-4)
    came = demand * served * 0.9
    assert found["predicted_p50"] == pytest.approx(came, rel=1e-4)
    assert found["ratio"] == pytest.approx(2000 / came, rel=1e-4)
    # a count is of a year, whatever the months studied
    summer, whole = row(certain(2000).evolve(months=(7, 8))), row(certain(2000))
    assert summer["predicted_p50"] == pytest.approx(whole["predicted_p50"])
    # slots of the week bound it: 49 Mondays and 52 Wednesdays in 2025, not two fifths of 251 days
    offered = 12 * (49 + 52)
    assert 0.99 * offered < row(certain(2000, slots=(12, 0, 12, 0, 0)))["predicted_p50"] <= offered
    # unknown slots leave the requests, less those who do not come
    found = row(certain(2000, slots=None).evolve(no_show_rate=0.1))
    assert not found["bounded"]
    for bound in ("p10", "p50", "p90"):
        assert found[f"predicted_{bound}"] == pytest.approx(0.9 * found[f"requests_{bound}"])


def test_a_comparison_and_a_back_test_count_the_same_consultations() -> None:
    for slots in (8, (12, 0, 12, 0, 0)):
        case = certain(2000, slots=slots).evolve(no_show_rate=0.1)
        measured = scenario_measures(case, draw_requests(case, draws=DRAWS))["consultations"]
        assert row(case)["predicted_p50"] == pytest.approx(np.median(measured), rel=1e-9)


def test_all_who_may_ask_are_predicted() -> None:
    seen = LVO.evolve(observed_consultations=1000)
    found = row(seen)
    drawn = draw_requests(seen, draws=DRAWS)
    assert found["requests_p50"] == pytest.approx(np.median(drawn.requests_per_year))
    assert found["requests_p50"] > 1.2 * np.median(drawn.no_mt)


# --- the verdict -------------------------------------------------------------


@pytest.mark.parametrize(
    ("slots", "observed", "inside", "refuted"),
    [
        # 8 slots serve 2,008 of 2,900 requests: 1 % is rounding
        (8, 2008, True, False),
        (8, round(2008 * (1 + _ROUNDING)) - 1, True, False),
        (8, round(2008 * (1 + _ROUNDING)) + 2, False, True),
        (8, round(2008 * (1 - _ROUNDING)) - 2, False, True),
        (8, 0, False, True),
        # slots unknown: fewer consultations than requests refute nothing, more do
        (None, 1000, False, False),
        (None, 2900, True, False),
        (None, 3000, False, True),
    ],
)
def test_verdict(slots: int | None, observed: int, *, inside: bool, refuted: bool) -> None:
    found = row(certain(observed, slots=slots))
    assert (found["inside"], found["refuted"]) == (inside, refuted)


def test_more_observed_never_lowers_rank_and_ratio() -> None:
    rows = [row(OL.evolve(observed_consultations=count)) for count in (100, 500, 1000, 50_000)]
    ranks, ratios = ([found[name] for found in rows] for name in ("rank", "ratio"))
    assert ranks == sorted(ranks)
    assert ranks[-1] == 1
    assert ratios == sorted(set(ratios))
    # the rank counts the draws at or below
    case = OL.evolve(observed_consultations=600, observed_start=None, observed_end=None)
    drawn = draw_requests(case, draws=DRAWS).no_mt * (1 - case.no_show_rate)
    assert row(case)["rank"] == np.mean(drawn <= 600)


# --- shape -------------------------------------------------------------------


def test_columns_keep_their_types_without_any_row() -> None:
    empty, full = table_of(LVO), table_of(BG, OL)
    assert len(empty) == 0
    assert empty.index.name == full.index.name == "territory"
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()
    assert full.notna().all(axis=None)
    pd.testing.assert_frame_equal(full, table_of(OL, BG).loc[full.index])

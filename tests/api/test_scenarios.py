"""Values that change an answer, or are told not to: no change is silent, none is misread."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import cpts_geo as cg
from cpts_geo.capacity.scenario.loading import (
    load_scenario,
    save_scenario,
    scenario_from_population,
)
from cpts_geo.errors import ScenarioError

FEW = 500


def test_years_alone_do_not_make_the_calls_of_another_line_its_own(tmp_path: Path) -> None:
    lent = scenario_from_population(30_000)
    with pytest.raises(ScenarioError, match="« calls_years » va avec « calls_observed »"):
        cg.scenario(lent, calls_years=1.0)
    with pytest.raises(ScenarioError, match="en combien de temps"):
        cg.scenario(lent, calls_observed=300)
    assert cg.scenario(lent, calls_observed=3000, calls_years=1.0).evidence == "1b"
    assert cg.scenario("beauce_gatinais", calls_years=2.0).calls_years == 2
    # A saved scenario writes the calls that it was lent: years typed beside them own them no more.
    save_scenario(lent, tmp_path / "saved.toml")
    for text in (
        'base = "saved.toml"\ncalls_years = 1.0\n',
        "calls_years = 1.0\n" + (tmp_path / "saved.toml").read_text("utf-8"),
    ):
        (tmp_path / "mine.toml").write_text(text, "utf-8")
        with pytest.raises(ScenarioError, match="« calls_years » va avec « calls_observed »"):
            load_scenario(tmp_path / "mine.toml")
    with pytest.raises(ScenarioError) as both:
        cg.scenario(lent, calls_years=1.0, target=7)
    assert len(both.value.defects) == 2


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ({"slots_today": np.int64(16)}, {"slots_today": 16}),
        ({"slots_today": 16.0}, {"slots_today": 16}),
        ({"slots_today": np.array([8, 8, 8, 8, 9])}, {"slots_today": (8, 8, 8, 8, 9)}),
        ({"deadline_days": np.int64(1)}, {"deadline_days": 1}),
        ({"deadline_days": np.float64(0)}, {"deadline_days": 0}),
        ({"minutes": np.array([15, 20, 25])}, {"minutes": (15, 20, 25)}),
        ({"minutes": np.float32(20)}, {"minutes": 20}),
        ({"found_share": 0.7}, {"found_share": (0.7, 0.7)}),
        ({"months": [7.0, np.int64(8)]}, {"months": (7, 8)}),
    ],
)
def test_numbers_of_numpy_are_numbers(given: dict[str, Any], plain: dict[str, Any]) -> None:
    assert cg.scenario("beauce_gatinais", **given) == cg.scenario("beauce_gatinais", **plain)


@pytest.mark.parametrize("value", [pd.NA, pd.Series([1, 2]), pd.DataFrame({"a": [1]}), object()])
@pytest.mark.parametrize("name", ["slots_today", "minutes", "deadline_days", "label", "months"])
def test_what_is_no_value_is_refused(name: str, value: Any) -> None:
    with pytest.raises(ScenarioError, match=name):
        cg.scenario("beauce_gatinais", **{name: value})

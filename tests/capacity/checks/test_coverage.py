"""The interval holds the truth as often as it says, on the known lines and in fake worlds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cpts_geo.capacity.checks.coverage import (
    _published,
    coverage_of_lines,
    simulated_coverage,
)
from cpts_geo.capacity.need.learning import (
    KnownLines,
    leave_one_out,
    shipped_lines,
)
from cpts_geo.capacity.need.quantities import NationalDraws, need_of
from cpts_geo.capacity.scenario.inputs import EVIDENCE

WORLDS = 60


@pytest.fixture(scope="module")
def simulated() -> tuple[pd.DataFrame, int]:
    return simulated_coverage(shipped_lines(), worlds=WORLDS)


def test_the_interval_holds_the_truth_about_8_times_in_10(
    simulated: tuple[pd.DataFrame, int],
) -> None:
    table, left_out = simulated
    assert set(table.index) == set(EVIDENCE) - {"4"}
    assert table["requests"].between(0.75, 0.95).all()
    # Slots are whole numbers: their interval holds the truth at least as often.
    assert (table["slots"] >= table["requests"]).all()
    assert table.at["3", "runs"] + left_out == WORLDS
    assert table["runs"].min() > WORLDS / 2


def test_equal_seeds_give_equal_worlds_and_others_do_not() -> None:
    known = shipped_lines()
    one, again, other = (simulated_coverage(known, worlds=3, seed=seed)[0] for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, again)
    assert not one.equals(other)


def test_a_promise_too_narrow_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Territories that differ far more than the model says fall out of its interval."""

    def wilder(*args: object, **options: object) -> NationalDraws:
        drawn = prior(*args, **options)  # type: ignore[arg-type]
        return replace(drawn, tau=drawn.tau * 0 + 2.5)

    calm, prior = shipped_lines(), KnownLines.prior
    monkeypatch.setattr(KnownLines, "prior", wilder)
    monkeypatch.setattr("cpts_geo.capacity.checks.coverage._published", lambda *_: calm)
    table, _ = simulated_coverage(shipped_lines(), worlds=30)
    assert table.at["3", "requests"] < 0.6


def test_fake_counts_are_those_that_their_true_requests_could_have_given() -> None:
    known, rng = shipped_lines(), np.random.default_rng(1)
    truth = replace(known.prior(1, rng=rng), tau=np.array([1e-9]))
    fake = _published(known, truth, rng)
    assert [line.key for line in fake.lines] == [line.key for line in known.lines]
    for line, real in zip(fake.lines, known.lines, strict=True):
        asked = float(need_of(line.area, truth).organised[0])
        possible = line.draw(20_000, seed=1)
        assert possible.min() <= asked <= possible.max()
        assert line.count[1] / line.count[0] == pytest.approx(real.count[1] / real.count[0])


def test_the_known_lines_are_counted_as_leave_one_out_finds_them() -> None:
    checked = leave_one_out(shipped_lines(), draws=4000)
    found = coverage_of_lines(checked).loc["lines"]
    assert found["runs"] == len(checked) == len(shipped_lines().lines)
    assert found["slots"] == found["requests"] == checked["inside"].mean()
    # Five lines: 80 % cannot be told from 60 or 100 %, and the error says so.
    assert found["error"] > 0.1

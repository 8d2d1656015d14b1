"""Whether the interval holds the truth as often as it says: on the known lines, and in fake worlds.

A fake world is drawn from the prior of the model: what is national, the share of the gap that each
known line and a territory receive, hence their true requests. What the known lines would then have
published is drawn from the law of each count; the product learns from these fake counts as from the
true ones, and answers for the territory from each kind of evidence. The share of the worlds whose
true slots lie from p10 to p90 is the coverage: 80 %, or more as slots are whole numbers.

A world whose lines contradict one another gets no answer, as true lines would get none: it is left
out, and counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.capacity.answer.slots import slots_of_demands
from cpts_geo.capacity.demand.periods import per_opening_day
from cpts_geo.capacity.demand.requests import draw_requests
from cpts_geo.capacity.need.interval import quantiles
from cpts_geo.capacity.need.learning import KnownLines
from cpts_geo.capacity.need.quantities import NationalDraws, need_of
from cpts_geo.capacity.scenario.area import Area, areas_of_epci
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import scenario_from_population
from cpts_geo.capacity.scenario.parameters import SEED
from cpts_geo.errors import ScenarioError

#: Draws of each answer of a world.
_DRAWS: Final = 2_000
#: Inhabitants of a territory like a CPTS.
_PEOPLE: Final = (20_000, 200_000)


def coverage_of_lines(checked: pd.DataFrame) -> pd.DataFrame:
    """
    Count the known lines that the others predict.

    Parameters
    ----------
    checked : DataFrame
        As :func:`cpts_geo.capacity.need.learning.leave_one_out` gives it; not modified.

    Returns
    -------
    DataFrame
        One row, as those of :func:`simulated_coverage`.

    Examples
    --------
    >>> coverage_of_lines(pd.DataFrame({"inside": [True, True, False, True]})).loc["lines"].tolist()
    [0.75, 0.75, 0.22, 4.0]
    """
    return _table({"lines": [(each, each) for each in checked["inside"]]})


def simulated_coverage(
    known: KnownLines, *, worlds: int = 200, seed: int = SEED
) -> tuple[pd.DataFrame, int]:
    """
    Count how often the interval holds the truth of worlds drawn from the model.

    Parameters
    ----------
    known : KnownLines
        Lines whose areas and laws of count the fake ones keep, and what is supposed of the nation.
    worlds : int
        How many, 1 or more: a tenth of a second or two each.
    seed : int
        Of all that is drawn.

    Returns
    -------
    DataFrame
        Indexed by kind of evidence of the territory, a key of
        :data:`cpts_geo.capacity.scenario.inputs.EVIDENCE`: ``slots`` and ``requests``, the shares
        of the worlds whose true slots, and true requests, lie from p10 to p90; ``error``, standard
        error of the first; ``runs``, the worlds it is counted on.
    int
        Worlds left out, whose lines contradict one another.

    Examples
    --------
    >>> from cpts_geo.capacity.need.learning import shipped_lines
    >>> table, left_out = simulated_coverage(shipped_lines(), worlds=3)
    >>> list(table.index), int(table["runs"].max() + left_out)
    (['3', '1b', '2', '1a'], 3)
    """
    every = areas_of_epci()
    some = every[every["population"].between(*_PEOPLE)].to_dict("records")
    found: dict[str, list[tuple[bool, bool]]] = {kind: [] for kind in ("3", "1b", "2", "1a")}
    left_out = 0
    for world in range(worlds):
        rng = np.random.default_rng([seed, 5, world])
        truth = known.prior(1, rng=rng)
        fake = _published(known, truth, rng)
        area = Area.model_validate(some[int(rng.integers(len(some)))])
        asked = _requests(area, truth, rng)
        try:
            fake.draws(_DRAWS, seed=world)
        except ScenarioError:
            left_out += 1
            continue
        for scenario in _told(area, asked, rng):
            found[scenario.evidence].append(_inside(scenario, asked, fake, seed=world))
    return _table(found), left_out


def _requests(area: Area, truth: NationalDraws, rng: np.random.Generator) -> float:
    """True requests of a year of a device open to all, of a deviation of its own."""
    own = replace(truth, z=rng.standard_normal(1))
    return float(need_of(area, own).organised[0])


def _published(known: KnownLines, truth: NationalDraws, rng: np.random.Generator) -> KnownLines:
    """The same lines with counts that their true requests could have given."""
    lines = []
    for line in known.lines:
        asked = _requests(line.area, truth, rng)
        # A count is as far from the true requests as its law draws it.
        scale = asked / line.draw(1, seed=int(rng.integers(2**31)))[0]
        if scale > 0:
            low, high = line.count
            lines.append(replace(line, count=(scale * low, scale * high)))
    return replace(known, every=tuple(lines))


def _told(area: Area, asked: float, rng: np.random.Generator) -> Iterator[Scenario]:
    """The territory as nothing, its calls, its consultations, then its log would tell it."""
    unknown = scenario_from_population(area.population).admitting("all")
    unknown = unknown.evolve(area=area, sources=unknown.sources)
    yield unknown
    need = float(rng.triangular(*unknown.need_share))
    calls = int(rng.poisson(asked / need))
    seen = int(rng.poisson(asked * rng.uniform(*unknown.found_share)))
    # A line that nobody calls publishes nothing.
    if calls > 0:
        own = unknown.evolve(calls_observed=calls, calls_years=1.0, sources=unknown.sources)
        yield own
        deserved = int(rng.binomial(calls, need))
        yield own.evolve(need_counted=(deserved, calls - deserved))
    if seen > 0:
        # A count that was drawn is not asked about, however many it is.
        drawn = {"observed_consultations": unknown.sources["calls_observed"]}
        yield unknown.evolve(observed_consultations=seen, sources=unknown.sources | drawn)


def _inside(scenario: Scenario, asked: float, known: KnownLines, *, seed: int) -> tuple[bool, bool]:
    """Whether the true slots, then the true requests, lie from p10 to p90 of the answer."""
    drawn = draw_requests(scenario, draws=_DRAWS, seed=seed, lines=known).requests_per_year
    low, _, high = quantiles(drawn, drawn=True)
    rules, ends = scenario.rules, np.array([low, asked, high])
    slots = slots_of_demands(rules, per_opening_day(scenario, ends), at_most=rules.most_slots)
    return bool(slots[0] <= slots[1] <= slots[2]), bool(low <= asked <= high)


def _table(found: dict[str, list[tuple[bool, bool]]]) -> pd.DataFrame:
    """Shares inside, their standard error and the runs they are counted on, a row a kind."""
    rows = {}
    for kind, inside in found.items():
        share, requests = np.mean(inside, axis=0)
        error = np.sqrt(share * (1.0 - share) / len(inside))
        rows[kind] = {
            "slots": share, "requests": requests, "error": round(error, 2), "runs": len(inside),
        }  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("evidence")

"""What may be tried on a territory: quantiles of its demand, from which a page computes the rest.

A share that is fixed multiplies the demand, as people do: quantiles of the draws follow exactly.
The queue itself is solved in the page.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.demand.laws import laws
from cpts_geo.capacity.demand.line import observed_line
from cpts_geo.capacity.demand.periods import month_means, per_opening_day, studied_means
from cpts_geo.capacity.demand.readings import impossible_readings
from cpts_geo.capacity.demand.requests import GAP_SHARE, draw_requests
from cpts_geo.capacity.need.interval import Interval, quantiles
from cpts_geo.capacity.need.learning import KnownLines
from cpts_geo.capacity.need.quantities import Floats
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.errors import DemandTooLargeError, ScenarioError

#: The same day, the next opening day, 48 hours.
_DEADLINES: Final = (0, 1, 2)
#: Levels of a demand that the hours are computed from: even, the middle of each two hundredth.
_LEVELS: Final = (np.arange(200) + 0.5) / 200
#: More slots, or a longer backlog, would keep a page waiting.
_MOST_SLOTS: Final = 200
_MOST_BACKLOG: Final = 600
#: Slots to try beyond all that is needed or offered, and fewest shown.
_BEYOND: Final = 1.25
_FEWEST: Final = 20

#: What the demand of a public is multiplied by, or divided by, that a page may fix.
Factor = Literal["need", "found", "gap"]


@dataclass(frozen=True)
class Demand:
    """
    Quantiles of requests per opening day.

    Parameters
    ----------
    bounds : tuple of float
        p10, p50 and p90 of the period studied, each a demand that was drawn.
    middle : float
        Median, interpolated.
    months : tuple of tuple of float
        As ``bounds``, by month with an opening day.
    levels : tuple of float
        Two hundred equally likely demands of the period, in order.
    """

    bounds: tuple[float, ...]
    middle: float
    months: tuple[tuple[float, ...], ...]
    levels: tuple[float, ...]


@dataclass(frozen=True)
class Tried:
    """
    Demand of one public, as the answer has it and once its share is fixed.

    Parameters
    ----------
    result : Headline
        Its answer.
    by_deadline : tuple of Demand
        One a deadline of the trial; one alone where the deadline says nothing of the demand.
    factor : {"need", "found", "gap"}
        Which share may be fixed; the demand is over it where it is the share that found a slot.
    share : Interval of float
        What the draws have for it.
    reach : tuple of float
        Least and greatest share to try.
    unit : Demand
        Demand if that share were 1.
    floor : tuple of float
        Least requests per opening day, what the line already gave: of the period, then by month.
    """

    result: Headline
    by_deadline: tuple[Demand, ...]
    factor: Factor
    share: Interval[float]
    reach: tuple[float, float]
    unit: Demand
    floor: tuple[float, ...]


@dataclass(frozen=True)
class Trial:
    """
    What may be tried.

    Parameters
    ----------
    slots : tuple of int
        First position and greatest, in slots per opening day; the least is 1.
    deadlines : tuple of int
        Opening days after the request.
    months : tuple of int
        Months with an opening day, 1 to 12.
    ages : dict of str to float
        Part of a population that each age of a share has, by its French words.
    publics : tuple of Tried
        That of the answer first.
    """

    slots: tuple[int, int]
    deadlines: tuple[int, ...]
    months: tuple[int, ...]
    ages: dict[str, float]
    publics: tuple[Tried, ...]


def trial(
    results: Sequence[Headline], *, lines: KnownLines | None, ages: dict[str, float]
) -> Trial | None:
    """From the answers of a territory, its own first; None beyond a page, or where nobody asks."""
    if not any(each.requests_per_day.p50 for each in results):
        return None
    first, scenario = results[0], results[0].scenario
    deadlines = tuple(sorted({*_DEADLINES, scenario.deadline_days}))
    offer = max(1, first.slots_per_day.p50 if first.today is None else round(first.today.slots))
    planned = scenario.slots_planned or 0
    try:
        publics = tuple(_tried(each, deadlines, lines) for each in results)
        peaks = [max(m[-1] for m in each.by_deadline[-1].months) for each in publics]
        needed = [each.slots_per_day.p90 for each in results]
        needed += [scenario.rules.slots(peak) for peak in peaks if peak > 0]
    except DemandTooLargeError:
        return None
    most = max(_FEWEST, 10 * math.ceil(_BEYOND * max(offer, planned, *needed) / 10))
    if most > _MOST_SLOTS or most * deadlines[-1] > _MOST_BACKLOG:
        return None
    months = tuple(int(month) for month in month_means(scenario).index)
    return Trial((offer, most), deadlines, months, ages, publics)


def _tried(result: Headline, deadlines: Sequence[int], lines: KnownLines | None) -> Tried:
    """Demand of one public, by deadline, and for a share of 1."""
    scenario, drawn = result.scenario, result.drawn
    factor, label = _factor(scenario)
    shares = drawn.causes[label]
    times = shares if factor == "found" else 1.0 / shares
    line, (studied, _) = observed_line(scenario), studied_means(scenario)
    months = month_means(scenario)["residents"]
    own = line is not None and scenario.has_own_line
    return Tried(
        result=result,
        by_deadline=_by_deadline(result, deadlines, lines),
        factor=factor,
        share=Interval(*quantiles(shares)),
        reach=_reach(scenario, shares, factor, deadlines, times * drawn.requests_per_year),
        unit=_demand(scenario, drawn.residents * times, drawn.visitors * times),
        floor=tuple(line.per_day * each for each in (studied, *months))
        if own and line and scenario.visitors is None
        else (0.0,) * (1 + len(months)),
    )


def _factor(scenario: Scenario) -> tuple[Factor, str]:
    """Which share the demand is made with, and its name among the causes of the draws."""
    known = laws(scenario)
    for name in ("need", "found"):
        if name in known:
            return name, known[name].label
    return "gap", GAP_SHARE


def _by_deadline(
    result: Headline, deadlines: Sequence[int], lines: KnownLines | None
) -> tuple[Demand, ...]:
    """Demands as drawn; what a line gave says more of its calls where its deadline is short."""
    scenario, drawn = result.scenario, result.drawn
    bound = scenario.calls_years and scenario.observed_consultations and scenario.readings
    if not bound or scenario.need_counted is not None:
        return (_demand(scenario, drawn.residents, drawn.visitors),)
    others = [
        drawn
        if days == scenario.deadline_days
        else draw_requests(
            scenario.evolve(deadline_days=days), draws=result.draws, seed=result.seed, lines=lines
        )
        for days in deadlines
    ]
    return tuple(_demand(scenario, each.residents, each.visitors) for each in others)


def _demand(scenario: Scenario, residents: Floats, visitors: Floats) -> Demand:
    """Quantiles of requests of a year, brought to a day."""
    per_day = np.sort(per_opening_day(scenario, residents, visitors))
    days = scenario.opening_days_per_year
    means = month_means(scenario)[["residents", "visitors"]].to_numpy()
    return Demand(
        bounds=tuple(quantiles(per_day, drawn=True)),
        middle=quantiles(per_day)[1],
        months=tuple(
            tuple(quantiles((residents * lived + visitors * came) / days, drawn=True))
            for lived, came in means
        ),
        levels=tuple(np.quantile(per_day, _LEVELS).tolist()),
    )


def _reach(
    scenario: Scenario,
    shares: Floats,
    factor: Factor,
    deadlines: Sequence[int],
    unit: Floats,
) -> tuple[float, float]:
    """Shares to try: all that are possible, or as far as twice what a gap may bring."""
    if factor == "gap":
        return 0.001, min(1.0, 2.0 * float(np.quantile(shares, 0.95)))
    line = observed_line(scenario)
    given = 0.0 if line is None else line.per_day * scenario.opening_days_per_year
    if factor == "found":
        # Of visitors and residents that mix draw by draw, no floor is drawn.
        return 0.01, 1.0 if scenario.visitors is None else min(1.0, float(unit.min()) / given)
    if not scenario.has_own_line or not given:
        return 0.01, 1.0
    least = given / float(np.median(unit) if scenario.visitors is None else unit.min())
    return next(_possible(scenario, math.ceil(100 * least), deadlines)) / 100, 1.0


def _possible(scenario: Scenario, least: int, deadlines: Sequence[int]) -> Iterator[int]:
    """Percentages from which what a line gave is possible with a reading of its slots."""
    for percent in range(min(least, 100), 101):
        try:
            for days in deadlines:
                impossible_readings(fixed_share(scenario, percent / 100, deadline_days=days))
        except ScenarioError:
            continue
        yield percent
    yield 100


def fixed_share(scenario: Scenario, share: float, *, deadline_days: int) -> Scenario:
    """The scenario once the share of its calls that deserves a slot is known."""
    return scenario.evolve(**known_share(scenario, share), deadline_days=deadline_days)


def known_share(scenario: Scenario, share: float) -> dict[str, Any]:
    """
    Give the fields that change once the share of calls that deserves a slot is known.

    Parameters
    ----------
    scenario : Scenario
        What is tried.
    share : float
        0 to 1.

    Returns
    -------
    dict of str to object
        For :meth:`cpts_geo.capacity.scenario.inputs.Scenario.evolve`: a share that was counted
        gives way.
    """
    counted = {"need_counted": None, "lost_counted": None} if scenario.need_counted else {}
    return {"need_share": (share, share, share), **counted}

"""Everything a page says of the capacity of one territory besides its headline."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.capacity.answer.deadlines import by_deadline, week_by_deadline
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.answer.seasons import demand_by_month
from cpts_geo.capacity.answer.sensitivity import hours_tornado
from cpts_geo.capacity.checks.backtest import Surprise, surprise
from cpts_geo.capacity.comparing.future import gps_to_come, past_checks
from cpts_geo.capacity.comparing.levers import lever_effects
from cpts_geo.capacity.comparing.shares import studied_weekdays
from cpts_geo.capacity.demand.line import calls_per_year
from cpts_geo.capacity.demand.requests import DemandDraws
from cpts_geo.capacity.need.interval import LEVELS, Interval, interval
from cpts_geo.capacity.need.learning import KnownLines
from cpts_geo.capacity.queue.services import WeeklyService
from cpts_geo.capacity.scenario.calendar import profile_shape
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.parameters import (
    MEASURED,
    MEASURED_SERIES,
    PEAKED,
    Parameters,
    default_parameters,
)
from cpts_geo.capacity.scenario.supply import lever_terms
from cpts_geo.capacity.workforce.phone import FIRST_HOUR, HOUR_SHARES, agents_by_hour, agents_needed
from cpts_geo.capacity.workforce.resources import Line, resources
from cpts_geo.capacity.workforce.week import week_days, week_grid
from cpts_geo.errors import DemandTooLargeError
from cpts_geo.indicators.gp_sources import Trend
from cpts_geo.sources.embedding.embedded import load_day_profiles

#: Situations of the table that are needed, in its order.
NEEDED: Final = ("needed_p10", "needed_p50", "needed_p90")


@dataclass(frozen=True)
class PeakedVariant:
    """
    What a territory whose profile is measured would need under the peaked one.

    Parameters
    ----------
    monday : float
        Requests of a Monday relative to the mean day of the week.
    by_month : DataFrame
        As :func:`cpts_geo.capacity.answer.seasons.demand_by_month`.
    week : WeeklyService or None
        As :attr:`TerritoryCapacity.week`.
    """

    monday: float
    by_month: pd.DataFrame
    week: WeeklyService | None


@dataclass(frozen=True)
class TerritoryCapacity:
    """
    Months, weeks, drivers, telephone and future of a territory.

    Parameters
    ----------
    result : Headline
        Slots and hours needed.
    by_month : DataFrame or None
        Demand and slots of each month
        (:func:`cpts_geo.capacity.answer.seasons.demand_by_month`); None where the demand is beyond
        one queue.
    tornado : DataFrame
        What each input alone makes of the GP-hours per week.
    week : WeeklyService or None
        Today's slots at the median demand, weekdays unequal; None = slots unknown.
    phone : DataFrame or None
        Agents by hour of the day; None where the territory counts no call of its own, or its
        line is not open for the hours whose profile is known.
    resources : DataFrame
        What lines take, cost and bring in
        (:func:`cpts_geo.capacity.workforce.resources.resources`), by situation: ``today``,
        ``planned`` where one is announced, ``needed_p10``, ``needed_p50`` and ``needed_p90``: the
        lines that these slots make. A measure that does not grow with the slots, such as the
        balance, has no quantile there: that of ``needed_p10`` may be above that of ``needed_p50``.
    future : DataFrame or None
        GPs, people without médecin traitant and slots in the years to come
        (:func:`cpts_geo.capacity.comparing.future.gps_to_come`); None where the mean age of its
        GPs is not published, or they are under 5.
    past : DataFrame or None
        The same model held to the past
        (:func:`cpts_geo.capacity.comparing.future.past_checks`); None where nothing is known of it.
    around_holidays : DataFrame or None
        Where the profile of its calendar is the measured one, by kind (bridge, after_holiday):
        factor, low, high, days behind it.
    peaked : PeakedVariant or None
        The same days under the peaked profile; None as for `around_holidays`, or where the demand
        is beyond one queue.
    surprise : Surprise or None
        Its own line beside what the others predict of it; None without one.
    gap_share : Interval of float or None
        Share of the need left without an answer that residents bring to the device; None where it
        is not open to all, or the APL is unknown or hardly sees such a need.
    parameters : Parameters
        Defaults that the levers rest on.
    """

    result: Headline
    by_month: pd.DataFrame | None
    tornado: pd.DataFrame
    week: WeeklyService | None
    phone: pd.DataFrame | None
    resources: pd.DataFrame
    future: pd.DataFrame | None
    past: pd.DataFrame | None
    around_holidays: pd.DataFrame | None
    peaked: PeakedVariant | None
    surprise: Surprise | None
    gap_share: Interval[float] | None
    parameters: Parameters

    @cached_property
    def levers(self) -> pd.DataFrame:
        """What each lever would bring, serve and cost; empty where nothing is needed."""
        return lever_effects(self.result, lever_terms(self.parameters))

    @cached_property
    def by_deadline(self) -> pd.DataFrame:
        """Needed, served and missing at each deadline that texts name, and at its own."""
        return by_deadline(self.result)

    @cached_property
    def week_by_deadline(self) -> pd.DataFrame:
        """Needed, offered, served and missing a week at each deadline that texts name."""
        return week_by_deadline(self.result)

    @cached_property
    def week_grid(self) -> pd.DataFrame:
        """Slots offered and needed by day and band of hours."""
        return week_grid(self.result.scenario, vars(self.result.slots_per_day))

    @cached_property
    def week_days(self) -> pd.DataFrame:
        """Slots offered and needed by day of the week."""
        return week_days(self.result.scenario, vars(self.result.slots_per_day))

    @property
    def usual_agents(self) -> int | None:
        """Agents for an hour of average calls; None where the telephone is."""
        if self.phone is None:
            return None
        calls, minutes = self.phone["calls_per_hour"], 60.0 * self.phone["load_erlangs"]
        return agents_needed(float(calls.mean()), float(minutes.sum() / calls.sum()))


def study_capacity(
    result: Headline,
    *,
    facts: Mapping[str, float],
    counted: Trend | None = None,
    lines: KnownLines | None = None,
    parameters: Parameters | None = None,
) -> TerritoryCapacity:
    """
    Compute what a page says of the capacity of a territory besides its headline.

    Parameters
    ----------
    result : Headline
        Its headline.
    facts : Mapping of str to float
        Published facts of the territory; those on its GPs are used.
    counted : Trend or None
        Its GPs in the oldest BPE and in the newest; None where one does not count them.
    lines : KnownLines, optional
        Known lines; those of the package if absent.
    parameters : Parameters, optional
        Those that levers rest on; those of the package if absent.

    Returns
    -------
    TerritoryCapacity
        Tables and results; what is not known is None.

    Examples
    --------
    >>> from cpts_geo.capacity.answer.headline import headline
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> answer = headline(load_scenario("beauce_gatinais"), draws=1000)
    >>> found = study_capacity(answer, facts={})
    >>> found.phone["agents"].max(), found.future is None
    (np.int64(2), True)
    """
    scenario = result.scenario
    by_month = _by_month(scenario, result.drawn)
    measured = _is_measured(scenario)
    phone = _phone(scenario)
    return TerritoryCapacity(
        result=result,
        by_month=by_month,
        tornado=hours_tornado(scenario, result.drawn),
        week=_week(scenario, result.requests_per_day.p50),
        phone=phone,
        resources=_line_resources(result, phone=phone),
        future=gps_to_come(result, facts=facts),
        past=past_checks(result, facts=facts, counted=counted),
        around_holidays=_around_holidays() if measured else None,
        peaked=_peaked(result) if measured else None,
        surprise=surprise(scenario, result.drawn, lines=lines),
        gap_share=_gap_share(scenario, result.drawn),
        parameters=default_parameters() if parameters is None else parameters,
    )


def _gap_share(scenario: Scenario, drawn: DemandDraws) -> Interval[float] | None:
    """Requests of residents over the gap; None as for :attr:`TerritoryCapacity.gap_share`."""
    if drawn.need is None or scenario.public == "no_mt":
        return None
    seen = drawn.need.gap > 0
    if np.mean(seen) < LEVELS["p90"]:
        return None
    return interval(drawn.residents[seen] / drawn.need.gap[seen])


def _by_month(scenario: Scenario, drawn: DemandDraws) -> pd.DataFrame | None:
    """Demand and slots of each month; None where the demand is beyond one queue."""
    try:
        return demand_by_month(scenario, drawn)
    except DemandTooLargeError:
        return None


def _week(scenario: Scenario, per_day: float) -> WeeklyService | None:
    """Today's slots at the median demand; None as for :attr:`TerritoryCapacity.week`."""
    week = scenario.week_slots
    if week is None or per_day == 0:
        return None
    ordinary, shape = scenario.calendar.weekday_factors, scenario.week_shape
    factors = [*_mean_one(ordinary), *shape[len(ordinary) :]]
    mean = sum(factors) / len(factors) if len(factors) > len(ordinary) else 1.0
    return scenario.rules.week(per_day * mean, week, factors=[each / mean for each in factors])


def _is_measured(scenario: Scenario) -> bool:
    """Whether the profile of the calendar is the measured one, whole."""
    calendar = scenario.calendar
    return calendar == calendar.model_copy(update=profile_shape(MEASURED))


def _around_holidays() -> pd.DataFrame:
    """Factors measured around holidays, for a line that is closed on them."""
    table = load_day_profiles()
    table = table[table["series"] == MEASURED_SERIES].set_index("kind")
    return table.loc[["bridge", "after_holiday"], ["factor", "low", "high", "days"]]


def _peaked(result: Headline) -> PeakedVariant | None:
    """Months and week under the peaked profile, with the draws of the same seed."""
    scenario = result.scenario.with_profile(PEAKED)
    by_month = _by_month(scenario, result.drawn)
    if by_month is None:
        return None
    monday = _mean_one(scenario.calendar.weekday_factors)[0]
    return PeakedVariant(monday, by_month, _week(scenario, result.requests_per_day.p50))


def _mean_one(factors: tuple[float, ...]) -> list[float]:
    """Weekday factors of mean 1 over the week; the calendar's have it over the year."""
    mean = sum(factors) / len(factors)
    return [factor / mean for factor in factors]


def _phone(scenario: Scenario) -> pd.DataFrame | None:
    """Agents by hour of the territory's own line; None as for :attr:`TerritoryCapacity.phone`."""
    calendar, own = scenario.calendar, calls_per_year(scenario)
    shares = dict(enumerate(HOUR_SHARES, start=FIRST_HOUR))
    opens, closes = calendar.opens.hour, calendar.closes.hour
    whole = calendar.opens.minute == calendar.closes.minute == 0
    if own is None or not whole or opens not in shares or closes - 1 not in shares:
        return None
    open_shares = [shares[hour] for hour in range(opens, closes)]
    return agents_by_hour(
        own / scenario.opening_days_per_year,
        hour_shares=[share / sum(open_shares) for share in open_shares],
        opens=opens,
    )


def _line_resources(result: Headline, *, phone: pd.DataFrame | None) -> pd.DataFrame:
    """Resources of today's line, of the one announced, if any, and of those needed.

    As :func:`cpts_geo.capacity.workforce.resources.resources`, over the months studied, or the
    year: a line that is not needed yet is tried at the median demand.
    """
    scenario, demand = result.scenario, result.requests_per_day
    # Where nobody asks, what would be served is not known.
    median = demand.p50 or math.nan
    lines = {"today": _today(result, median)}
    if result.planned is not None and scenario.slots_planned is not None:
        lines["planned"] = Line(
            slots=scenario.whole_week((scenario.slots_planned,) * len(scenario.calendar.weekdays)),
            gp_hours_per_week=result.planned.gp_hours_per_week,
            requests_per_day=median,
        )
    needed = (vars(x).values() for x in (result.slots_per_day, result.gp_hours_per_week, demand))
    each = zip(*needed, strict=True)
    wanted = dict(zip(NEEDED, each, strict=True))
    lines |= {name: _line(result, *one) for name, one in wanted.items() if one[0]}
    table = resources(scenario, lines, days=studied_weekdays(scenario), phone=phone)
    # No slot takes nothing, and brings nothing in.
    nothing = pd.DataFrame(0.0, index=[x for x in wanted if x not in lines], columns=table.columns)
    order = [name for name in lines if name not in wanted] + list(wanted)
    return pd.concat([table, nothing]).loc[order].rename_axis("situation")


def _today(result: Headline, requests_per_day: float) -> Line:
    """Today's line, tried at a demand; its own consultations where its slots are unknown."""
    scenario, observed = result.scenario, result.observed
    if result.today is None:
        if observed is None or scenario.months:
            return Line()
        return Line(consultations=observed.line.per_year)
    return Line(
        slots=scenario.week_slots,
        gp_hours_per_week=result.today.gp_hours_per_week,
        requests_per_day=requests_per_day,
    )


def _line(result: Headline, slots: int, hours: float, requests_per_day: float) -> Line:
    """A line of as many slots every day, Saturday morning but its share of them."""
    week = result.scenario.needed_week(slots)
    return Line(slots=week, gp_hours_per_week=hours, requests_per_day=requests_per_day)

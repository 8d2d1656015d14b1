"""Everything a page says of the capacity of one territory besides its headline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.answer.seasons import EligibleDemand, eligible_demand
from cpts_geo.capacity.answer.sensitivity import hours_tornado
from cpts_geo.capacity.checks.backtest import back_test, back_test_table
from cpts_geo.capacity.comparing.future import gps_to_come, past_checks
from cpts_geo.capacity.demand.requests import DemandDraws, calls_per_year, draw_requests
from cpts_geo.capacity.queue.services import WeeklyService
from cpts_geo.capacity.scenario.calendar import profile_shape
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.parameters import MEASURED, MEASURED_SERIES, PEAKED
from cpts_geo.capacity.workforce.phone import HOUR_SHARES, agents_by_hour, agents_needed
from cpts_geo.errors import DemandTooLargeError
from cpts_geo.indicators.gp_sources import Trend
from cpts_geo.sources.embedding.embedded import load_day_profiles
from cpts_geo.study._trial import Trial, trial


@dataclass(frozen=True)
class PeakedVariant:
    """
    What a territory whose profile is measured would need under the peaked one.

    Parameters
    ----------
    monday : float
        Requests of a Monday relative to the mean day of the week.
    by_month : DataFrame
        As :attr:`cpts_geo.capacity.answer.seasons.EligibleDemand.by_month`.
    week : WeeklyService or None
        As :attr:`TerritoryCapacity.week`.
    """

    monday: float
    by_month: pd.DataFrame
    week: WeeklyService | None


@dataclass(frozen=True)
class TerritoryCapacity:
    """
    Demand of all groups, weeks, drivers, telephone and future of a territory.

    Parameters
    ----------
    result : Headline
        Slots and hours needed.
    eligible : EligibleDemand or None
        All who may ask, and each month; None where the demand is beyond one queue.
    tornado : DataFrame
        What each input alone makes of the GP-hours per week.
    week : WeeklyService or None
        Today's slots at the median demand of all who may ask, weekdays unequal; None = slots
        unknown, or demand beyond one queue.
    phone : DataFrame or None
        Agents by hour of the day; None where the territory counts no call of its own, or its
        line is not open for the hours whose profile is known.
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
    """

    result: Headline
    eligible: EligibleDemand | None
    tornado: pd.DataFrame
    week: WeeklyService | None
    phone: pd.DataFrame | None
    future: pd.DataFrame | None
    past: pd.DataFrame | None
    around_holidays: pd.DataFrame | None
    peaked: PeakedVariant | None

    @cached_property
    def back_test(self) -> pd.DataFrame:
        """Its line observed against predicted, with the draws of its answer; empty without one."""
        found = back_test(self.result.scenario, self.result.drawn)
        return back_test_table([] if found is None else [found])

    @cached_property
    def trial(self) -> Trial | None:
        """Slots and demands to try; None where the demand is beyond what a table can hold."""
        return None if self.eligible is None else trial(self.result, self.eligible)

    @property
    def usual_agents(self) -> int | None:
        """Agents for an hour of average calls; None where the telephone is."""
        if self.phone is None:
            return None
        calls, minutes = self.phone["calls_per_hour"], 60.0 * self.phone["load_erlangs"]
        return agents_needed(float(calls.mean()), float(minutes.sum() / calls.sum()))


def study_capacity(
    result: Headline, *, facts: Mapping[str, float], counted: Trend | None = None
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
    eligible = _eligible(scenario, result.drawn)
    measured = _is_measured(scenario)
    return TerritoryCapacity(
        result=result,
        eligible=eligible,
        tornado=hours_tornado(scenario),
        week=_week(scenario, eligible),
        phone=_phone(scenario),
        future=gps_to_come(result, facts=facts),
        past=past_checks(result, facts=facts, counted=counted),
        around_holidays=_around_holidays() if measured else None,
        peaked=_peaked(result) if measured else None,
    )


def _eligible(scenario: Scenario, drawn: DemandDraws) -> EligibleDemand | None:
    """All who may ask, month by month; None where the demand is beyond one queue."""
    try:
        return eligible_demand(scenario, drawn)
    except DemandTooLargeError:
        return None


def _week(scenario: Scenario, eligible: EligibleDemand | None) -> WeeklyService | None:
    """Today's slots at the median demand; None as for :attr:`TerritoryCapacity.week`."""
    week = scenario.slots_by_weekday
    if week is None or eligible is None:
        return None
    factors = _mean_one(scenario.calendar.weekday_factors)
    return scenario.rules.week(eligible.requests_per_day.p50, week, factors=factors)


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
    drawn = draw_requests(scenario, draws=result.draws, seed=result.seed)
    eligible = _eligible(scenario, drawn)
    if eligible is None:
        return None
    monday = _mean_one(scenario.calendar.weekday_factors)[0]
    return PeakedVariant(monday, eligible.by_month, _week(scenario, eligible))


def _mean_one(factors: tuple[float, ...]) -> list[float]:
    """Weekday factors of mean 1 over the week; the calendar's have it over the year."""
    mean = sum(factors) / len(factors)
    return [factor / mean for factor in factors]


def _phone(scenario: Scenario) -> pd.DataFrame | None:
    """Agents by hour of the territory's own line; None as for :attr:`TerritoryCapacity.phone`."""
    calendar = scenario.calendar
    hours = calendar.closes.hour - calendar.opens.hour
    whole = calendar.opens.minute == calendar.closes.minute == 0
    if scenario.evidence_label != 1 or hours != len(HOUR_SHARES) or not whole:
        return None
    calls = calls_per_year(scenario) / scenario.opening_days_per_year
    return agents_by_hour(calls, opens=calendar.opens.hour)

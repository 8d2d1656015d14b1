"""Everything a page says of the capacity of one territory besides its headline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pandas as pd

from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.answer.seasons import demand_by_month
from cpts_geo.capacity.answer.sensitivity import hours_tornado
from cpts_geo.capacity.checks.backtest import Surprise, surprise
from cpts_geo.capacity.demand.line import calls_per_year
from cpts_geo.capacity.demand.requests import DemandDraws
from cpts_geo.capacity.need.learning import KnownLines
from cpts_geo.capacity.queue.services import WeeklyService
from cpts_geo.capacity.scenario.calendar import profile_shape
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.parameters import MEASURED, MEASURED_SERIES, PEAKED
from cpts_geo.capacity.workforce.phone import FIRST_HOUR, HOUR_SHARES, agents_by_hour, agents_needed
from cpts_geo.capacity.workforce.projection import fan
from cpts_geo.errors import DemandTooLargeError
from cpts_geo.secrecy.disclosure import MIN_PROFESSIONALS
from cpts_geo.sources.embedding.embedded import load_day_profiles
from cpts_geo.study._resources import line_resources
from cpts_geo.study._trial import Trial, trial

#: GPs who settle each year, fewest to most, and spreads of their ages (years): a fan, grade D.
_ENTRIES: Final = (0.0, 1.0, 2.0)
_SPREADS: Final = (4.0, 7.0, 10.0)
HORIZONS: Final = (5, 10)


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
    Demand of all groups, weeks, drivers, telephone and future of a territory.

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
        ``planned`` where one is announced, ``needed_p10``, ``needed_p50`` and ``needed_p90``, or
        ``needed_floor`` alone where the activity observed refutes the model.
    future : DataFrame or None
        Fan of GPs, of people without médecin traitant and of slots (slots, for the target) in 5
        and 10 years; None where the mean age of its GPs is not published, or they are under 5.
    around_holidays : DataFrame or None
        Where the profile of its calendar is the measured one, by kind (bridge, after_holiday):
        factor, low, high, days behind it.
    peaked : PeakedVariant or None
        The same days under the peaked profile; None as for `around_holidays`, or where the demand
        is beyond one queue.
    surprise : Surprise or None
        Its own line beside what the others predict of it; None without one.
    """

    result: Headline
    by_month: pd.DataFrame | None
    tornado: pd.DataFrame
    week: WeeklyService | None
    phone: pd.DataFrame | None
    resources: pd.DataFrame
    future: pd.DataFrame | None
    around_holidays: pd.DataFrame | None
    peaked: PeakedVariant | None
    surprise: Surprise | None

    @cached_property
    def trial(self) -> Trial | None:
        """Slots and demands to try; None where the demand is beyond what a table can hold."""
        return None if self.by_month is None else trial(self.result, self.by_month)

    @property
    def usual_agents(self) -> int | None:
        """Agents for an hour of average calls; None where the telephone is."""
        if self.phone is None:
            return None
        calls, minutes = self.phone["calls_per_hour"], 60.0 * self.phone["load_erlangs"]
        return agents_needed(float(calls.mean()), float(minutes.sum() / calls.sum()))


def study_capacity(
    result: Headline, *, facts: Mapping[str, float], lines: KnownLines | None = None
) -> TerritoryCapacity:
    """
    Compute what a page says of the capacity of a territory besides its headline.

    Parameters
    ----------
    result : Headline
        Its headline.
    facts : Mapping of str to float
        Published facts of the territory; ``gp_mean_age`` (years) and ``gps_per_100k`` are used.
    lines : KnownLines, optional
        Known lines; those of the package if absent.

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
        resources=line_resources(result, phone=phone),
        future=_future(scenario, median=result.requests_per_day.p50, facts=facts),
        around_holidays=_around_holidays() if measured else None,
        peaked=_peaked(result) if measured else None,
        surprise=surprise(scenario, result.drawn, lines=lines),
    )


def _by_month(scenario: Scenario, drawn: DemandDraws) -> pd.DataFrame | None:
    """Demand and slots of each month; None where the demand is beyond one queue."""
    try:
        return demand_by_month(scenario, drawn)
    except DemandTooLargeError:
        return None


def _week(scenario: Scenario, per_day: float) -> WeeklyService | None:
    """Today's slots at the median demand; None as for :attr:`TerritoryCapacity.week`."""
    week = scenario.slots_by_weekday
    if week is None or per_day == 0:
        return None
    factors = _mean_one(scenario.calendar.weekday_factors)
    return scenario.rules.week(per_day, week, factors=factors)


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


def _future(
    scenario: Scenario, *, median: float, facts: Mapping[str, float]
) -> pd.DataFrame | None:
    """Fan of the GPs whose mean age is published; the demand follows people without MT."""
    age, density = facts.get("gp_mean_age"), facts.get("gps_per_100k")
    if age is None or density is None or scenario.population is None:
        return None
    gps = round(density * scenario.population / 1e5)
    if gps < MIN_PROFESSIONALS:
        return None
    table = fan(
        gps,
        age,
        population=scenario.population,
        people_without_mt=scenario.people_without_mt,
        spreads=_SPREADS,
        entries=_ENTRIES,
        years=max(HORIZONS),
    )
    demand = median * table["people_without_mt"] / scenario.people_without_mt
    return table.assign(
        slots=[scenario.rules.slots(per_day) if per_day > 0 else 0 for per_day in demand]
    )

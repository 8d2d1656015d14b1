"""What a scenario asks, offers, serves and costs, draw by draw.

Totals (requests served, consultations, people, cost) are those of the months studied, or of the
year, each of whose days has the slots of its weekday: a Monday lost to a holiday is a Monday's
slots lost. Where the slots offered are unknown, so is all that they give: NaN.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from cpts_geo.capacity.answer.slots import slots_of_demands
from cpts_geo.capacity.comparing.shares import requests_served, served_shares, studied_weekdays
from cpts_geo.capacity.demand.laws import counted_law
from cpts_geo.capacity.demand.periods import per_opening_day, studied_means
from cpts_geo.capacity.demand.ratios import gp_hours_per_day, weekly_gp_hours
from cpts_geo.capacity.demand.requests import DemandDraws
from cpts_geo.capacity.need.interval import quantiles
from cpts_geo.capacity.need.quantities import Floats
from cpts_geo.capacity.scenario.inputs import Scenario

#: In the order they are shown.
MEASURES: Final = (
    "requests_per_day",
    "sampling_requests_per_day",
    "slots_needed",
    "sampling_slots_needed",
    "gp_hours_needed",
    "slots_offered",
    "gp_hours_offered",
    "served",
    "same_day",
    "requests_served",
    "consultations",
    "people_reached",
    "cost",
    "cost_per_consultation",
)
#: What they would be if counting calls were the only unknown.
SAMPLING: Final = ("sampling_requests_per_day", "sampling_slots_needed")
#: What the slots offered make of it.
OFFERED: Final = MEASURES[MEASURES.index("slots_offered") :]
#: Sums over the period studied: they compare over the same period only.
TOTALS: Final = ("requests_served", "consultations", "people_reached", "cost")
#: So few requests a day that any slot serves them.
_NOBODY: Final = 1e-6
#: Situations of equal chance, in order, that stand for the count of calls: 0.1 is one of them.
_SITUATIONS: Final = 1001


def scenario_measures(scenario: Scenario, drawn: DemandDraws) -> dict[str, Floats]:
    """What a scenario asks, offers, serves and costs, one value a draw, by measure not of SAMPLING.

    NaN where the slots offered are unknown; an error if one draw in ten is beyond the queue. People
    reached, of n who are given q consultations at random: n (1 - exp(-q / n)); a visitor stays too
    briefly to come twice. Cost: slots of each weekday times the days of the calendar that fall
    on it, times the length of a slot and the price of an hour.
    """
    per_day = per_opening_day(scenario, drawn.residents, drawn.visitors)
    slots = _slots_needed(scenario, per_day)
    return {
        "requests_per_day": per_day,
        "slots_needed": slots,
        "gp_hours_needed": weekly_gp_hours(
            slots, minutes=drawn.minutes, opening_days=sum(scenario.week_shape)
        ),
    } | offer_measures(scenario, drawn)


def offer_measures(scenario: Scenario, drawn: DemandDraws) -> dict[str, Floats]:
    """What the slots offered serve and cost, as :func:`scenario_measures` says."""
    per_day = per_opening_day(scenario, drawn.residents, drawn.visitors)
    opens, ordinary = len(scenario.calendar.weekdays), scenario.slots_by_weekday
    week, minutes = scenario.week_slots, scenario.minutes_per_slot_today
    if ordinary is None or week is None or minutes is None:
        return dict.fromkeys(OFFERED, np.full(per_day.shape, np.nan))
    # Where nobody asks, nobody is left out.
    served, same_day, *seen = served_shares(scenario.week_rules, week, np.maximum(per_day, _NOBODY))
    handled = requests_served(scenario, per_day, seen)
    mean = float(np.mean(ordinary))
    hours = weekly_gp_hours(mean, minutes=minutes, opening_days=opens)
    hours += gp_hours_per_day(float(sum(week[opens:])), minutes=minutes)
    slots_studied = float(np.dot(week, studied_weekdays(scenario)))
    cost = gp_hours_per_day(slots_studied, minutes=minutes) * scenario.gp_hour_cost
    consultations = handled * (1.0 - scenario.no_show_rate)
    constant = np.ones_like(per_day)
    return {
        "slots_offered": mean * constant,
        "gp_hours_offered": hours * constant,
        "served": served,
        "same_day": same_day,
        "requests_served": handled,
        "consultations": consultations,
        "people_reached": _people_reached(
            scenario,
            drawn,
            np.divide(consultations, per_day, out=np.zeros_like(per_day), where=per_day > 0),
        ),
        "cost": cost * constant,
        # Where nobody is seen, a consultation has no cost.
        "cost_per_consultation": np.divide(
            cost, consultations, out=np.full_like(per_day, np.nan), where=consultations > 0
        ),
    }


def sampling_measures(scenario: Scenario, drawn: DemandDraws) -> dict[str, Floats]:
    """What a scenario asks if counting calls were the only unknown, by measure of SAMPLING.

    1,001 situations of equal chance, fewest counted first, all else at its median: two scenarios
    compare situation by situation. NaN where the demand rests on no count.
    """
    counted = counted_law(scenario)
    if counted is None:
        return {name: np.full(_SITUATIONS, np.nan) for name in SAMPLING}
    chances = np.linspace(0.0, 1.0, _SITUATIONS)
    # The ends of a Gamma are 0 and the infinite.
    chances[[0, -1]] = 1e-6, 1 - 1e-6
    counts = counted.quantile(chances)
    middle = float(np.median(per_opening_day(scenario, drawn.residents, drawn.visitors)))
    per_day = middle * counts / counts[_SITUATIONS // 2]
    return {
        "sampling_requests_per_day": per_day,
        "sampling_slots_needed": _slots_for(scenario, per_day),
    }


def _slots_needed(scenario: Scenario, per_day: Floats) -> Floats:
    """Slots for the target in each draw; an error where the p90 is beyond the queue."""
    # A p90 beyond the queue is an error; a rare draw beyond it is none.
    p90 = quantiles(per_day, drawn=True)[-1]
    slots_of_demands(scenario.rules, p90)
    return _slots_for(scenario, per_day)


def _slots_for(scenario: Scenario, per_day: Floats) -> Floats:
    """Slots for the target at each demand; one more than the largest queue beyond it."""
    rules = scenario.rules
    return slots_of_demands(rules, per_day, at_most=rules.most_slots).astype(np.float64)


def _people_reached(scenario: Scenario, drawn: DemandDraws, served_days: Floats) -> Floats:
    """People seen once at least, if consultations, in days of requests, fall at random."""
    of_residents, of_visitors = studied_means(scenario)
    share = served_days / scenario.opening_days_per_year
    people = scenario.people_admitted
    reached: Floats = drawn.visitors * share * of_visitors
    if people is None:
        return np.full(reached.shape, np.nan)
    each = drawn.residents * share * of_residents / people
    return np.asarray(reached + people * -np.expm1(-each))

"""What a scenario asks, offers, serves and costs, draw by draw.

Totals (requests served, consultations, people, cost) are those of the months studied, or of the
year, each of whose days has the slots of its weekday: a Monday lost to a holiday is a Monday's
slots lost. Where the slots offered are unknown, so is all that they give: NaN.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from cpts_geo.capacity.answer.seasons import eligible_per_day
from cpts_geo.capacity.comparing.shares import requests_served, served_shares, studied_weekdays
from cpts_geo.capacity.demand.interval import quantiles
from cpts_geo.capacity.demand.laws import Floats, laws
from cpts_geo.capacity.demand.periods import no_mt_per_day, studied_means
from cpts_geo.capacity.demand.ratios import gp_hours_per_day, weekly_gp_hours
from cpts_geo.capacity.demand.requests import DemandDraws
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
#: Sums over the period studied: they compare over the same period only.
TOTALS: Final = ("requests_served", "consultations", "people_reached", "cost")
#: Situations of equal chance, in order, that stand for the count of calls: 0.1 is one of them.
_SITUATIONS: Final = 1001


def scenario_measures(scenario: Scenario, drawn: DemandDraws) -> dict[str, Floats]:
    """What a scenario asks, offers, serves and costs, one value a draw, by measure not of SAMPLING.

    NaN where the slots offered are unknown; an error if one draw in ten is beyond the queue. People
    reached, of n who make q served requests at random: n (1 - exp(-q / n)); a visitor stays too
    briefly to ask twice. Cost: slots of each weekday times the days of the calendar that fall
    on it, times the length of a slot and the price of an hour.
    """
    per_day = eligible_per_day(scenario, drawn)
    opens = len(scenario.calendar.weekdays)
    slots = _slots_needed(scenario, per_day)
    unknown = np.full(per_day.shape, np.nan)
    found = {name: unknown for name in MEASURES if name not in SAMPLING} | {
        "requests_per_day": per_day,
        "slots_needed": slots,
        "gp_hours_needed": weekly_gp_hours(slots, minutes=drawn.minutes, opening_days=opens),
    }
    week, minutes = scenario.slots_by_weekday, scenario.minutes_per_slot_today
    if week is None or minutes is None:
        return found
    served, same_day, *seen = served_shares(scenario.rules, week, per_day)
    handled = requests_served(scenario, per_day, seen)
    mean = float(np.mean(week))
    hours = weekly_gp_hours(mean, minutes=minutes, opening_days=opens)
    slots_studied = float(np.dot(week, studied_weekdays(scenario)))
    cost = gp_hours_per_day(slots_studied, minutes=minutes) * scenario.gp_hour_cost
    consultations = handled * (1.0 - scenario.no_show_rate)
    constant = np.ones_like(per_day)
    return found | {
        "slots_offered": mean * constant,
        "gp_hours_offered": hours * constant,
        "served": served,
        "same_day": same_day,
        "requests_served": handled,
        "consultations": consultations,
        "people_reached": _people_reached(scenario, drawn, handled / per_day),
        "cost": cost * constant,
        "cost_per_consultation": cost / consultations,
    }


def sampling_measures(scenario: Scenario, drawn: DemandDraws) -> dict[str, Floats]:
    """What a scenario asks if counting calls were the only unknown, by measure of SAMPLING.

    1,001 situations of equal chance, fewest calls first, all else at its median: two scenarios
    compare situation by situation. Groups that are not counted by their calls do not move.
    """
    chances = np.linspace(0.0, 1.0, _SITUATIONS)
    # The ends of a Gamma are 0 and the infinite.
    chances[[0, -1]] = 1e-6, 1 - 1e-6
    calls = laws(scenario)["calls"].quantile(chances)
    swing = calls / calls[_SITUATIONS // 2] - 1.0
    counted = float(np.median(no_mt_per_day(scenario, drawn.no_mt)))
    per_day = float(np.median(eligible_per_day(scenario, drawn))) + counted * swing
    return {
        "sampling_requests_per_day": per_day,
        "sampling_slots_needed": _slots_for(scenario, per_day),
    }


def _slots_needed(scenario: Scenario, per_day: Floats) -> Floats:
    """Slots for the target in each draw; an error where the p90 is beyond the queue."""
    # A p90 beyond the queue is an error; a rare draw beyond it is none.
    p90 = quantiles(per_day, drawn=True)[-1]
    scenario.rules.slots(p90)
    return _slots_for(scenario, per_day)


def _slots_for(scenario: Scenario, per_day: Floats) -> Floats:
    """Slots for the target at each demand; one more than the largest queue beyond it."""
    rules = scenario.rules
    return rules.slots_for_each(per_day, at_most=rules.most_slots).astype(np.float64)


def _people_reached(scenario: Scenario, drawn: DemandDraws, served_days: Floats) -> Floats:
    """People with at least one request served, if requests fall at random among them."""
    of_residents, of_visitors = studied_means(scenario)
    share = served_days / scenario.opening_days_per_year
    groups = {
        "no_mt": scenario.people_without_mt,
        "mt_unavailable": (scenario.population or 0.0) - scenario.people_without_mt,
    }
    reached: Floats = drawn.visitors * share * of_visitors
    for group, people in groups.items():
        if group in scenario.eligible and people > 0:
            each = getattr(drawn, group) * share * of_residents / people
            reached = reached + people * -np.expm1(-each)
    return reached

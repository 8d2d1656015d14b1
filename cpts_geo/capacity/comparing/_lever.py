"""What a lever is: its words, its hours, its slots, whom it gives a médecin traitant to.

A lever makes a scenario of another (more slots), or takes requests away (an assistant médical gives
people a médecin traitant).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.demand.requests import DemandDraws
from cpts_geo.capacity.scenario._slips.hours import SATURDAY_CLOSES, SATURDAY_OPENS
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.parameters import Source
from cpts_geo.capacity.scenario.supply import (
    MOST_OF_LEVER,
    Lever,
    LeverTerms,
    spread,
    whole_slots,
)
from cpts_geo.french import NNBSP, WEEKDAYS, counted, joined, number

#: What is tried where nobody says what to try: a lieu de SNP of as many hours a week, as many
#: assistants and half-days (D).
_SITE_HOURS: Final = 20.0
_ASSISTANTS: Final = 1
_HALF_DAYS: Final = 2
#: Sources of today's slots that others replace.
_OF_TODAY: Final = ("rota", "readings", "sessions", "slots_saturday")
_TRIED: Final = Source(text="levier essayé : les créneaux d’aujourd’hui et les siens", grade="D")


def default_levers(result: Headline) -> tuple[Lever, ...]:
    """Choose levers from what a territory lacks; none where nothing is needed.

    Effectors are those of the slots missing in a week at the median, each as long as a slot of
    today; where these are unknown, those of all the hours needed.
    """
    scenario, needed, today = result.scenario, result.slots_per_day, result.today
    if needed.p90 <= (0.0 if today is None else today.slots):
        return ()
    missing = sum(scenario.week_shape) * needed.p50 - sum(scenario.week_slots or ())
    hours = missing * scenario.slot_minutes / 60.0
    if today is None:
        hours = max(hours, result.gp_hours_per_week.p50)
    # 1e-9 forgives the rounding of whole hours.
    effectors = min(math.ceil(hours / scenario.effector_hours - 1e-9), MOST_OF_LEVER["effectors"])
    found = [Lever(kind="effectors", count=effectors)] if effectors > 0 else []
    return (
        *found,
        Lever(kind="site", hours=_SITE_HOURS),
        *([] if scenario.calendar.saturday_morning else [Lever(kind="saturday", count=1)]),
        Lever(kind="advanced", count=_HALF_DAYS),
        Lever(kind="assistant", count=_ASSISTANTS),
    )


def lever_title(lever: Lever, scenario: Scenario) -> str:
    """The lever as its readers call it; hours and half-days are those of a week."""
    count = lever.count or 0
    if lever.kind == "effectors":
        more = counted(count, "effecteur de plus", "effecteurs de plus")
        return f"{more}, à {_hours(scenario.effector_hours)}"
    if lever.kind == "assistant":
        return counted(count, "assistant médical de plus", "assistants médicaux de plus")
    if lever.kind == "advanced":
        return f"Consultations avancées, {counted(count, 'demi-journée', 'demi-journées')}"
    if lever.kind == "saturday":
        return f"Le samedi matin, {counted(count, 'médecin', 'médecins')}"
    if lever.days is None:
        return f"Un lieu de SNP de {_hours(lever.hours_per_week)}"
    days = joined([WEEKDAYS[day - 1] for day in lever.days])
    return f"Un lieu de SNP de {_hours(lever.hours or 0.0)}, {days}"


def hours_added(lever: Lever, scenario: Scenario) -> float:
    """GP-hours a week that a lever adds; 0 for an assistant médical."""
    if lever.kind == "site":
        return lever.hours_per_week
    each = {
        "effectors": scenario.effector_hours,
        "advanced": scenario.half_day_hours,
        "saturday": float(SATURDAY_CLOSES.hour - SATURDAY_OPENS.hour),
    }
    return (lever.count or 0) * each.get(lever.kind, 0.0)


def opened(scenario: Scenario, lever: Lever) -> Scenario:
    """The scenario with the days that a lever opens, none of its slots being there yet."""
    if lever.kind != "saturday" or scenario.calendar.saturday_morning:
        return scenario
    slots = None if scenario.slots_by_weekday is None else 0
    return scenario.evolve(calendar={"saturday_morning": True}, slots_saturday=slots)


def slots_added(lever: Lever, scenario: Scenario) -> tuple[int, ...]:
    """Whole slots that a lever adds to each opening day of a scenario that it has opened.

    Hours of no given day are spread from Monday to Friday.
    """
    days, minutes = scenario.calendar.week_days, scenario.slot_minutes
    if lever.days is not None:
        each = whole_slots(lever.hours or 0.0, minutes=minutes)
        return tuple(each * (day in lever.days) for day in days)
    weekdays = len(scenario.calendar.weekdays)
    none_more = (0,) * (len(days) - weekdays)
    if lever.kind == "advanced":
        each = whole_slots(scenario.half_day_hours, minutes=minutes)
        return (*(each * halves for halves in half_days(lever, scenario)), *none_more)
    slots = whole_slots(hours_added(lever, scenario), minutes=minutes)
    if lever.kind == "saturday":
        return (*(0,) * weekdays, slots)
    return (*spread(slots, weekdays), *none_more)


def half_days(lever: Lever, scenario: Scenario) -> list[int]:
    """Half-days that a lever holds on each weekday, as far from one another as the week allows."""
    weekdays, count = len(scenario.calendar.weekdays), lever.count or 0
    until = [-(-(day * count) // weekdays) for day in range(weekdays + 1)]
    return [after - before for before, after in pairwise(until)]


def offering(scenario: Scenario, week: Sequence[int]) -> Scenario:
    """The same territory with other slots; its own counts stay what they are."""
    weekdays = len(scenario.calendar.weekdays)
    told = {name: x for name, x in scenario.sources.items() if name not in _OF_TODAY}
    tried = {"slots_today": _TRIED, "minutes_per_slot_today": _TRIED}
    if scenario.calendar.saturday_morning:
        tried["slots_saturday"] = _TRIED
    return scenario.evolve(
        slots_today=tuple(week[:weekdays]),
        slots_saturday=week[weekdays] if scenario.calendar.saturday_morning else None,
        minutes_per_slot_today=scenario.slot_minutes,
        rota=None,
        readings=None,
        sources=told | tried,
    )


def with_mt(lever: Lever, scenario: Scenario, terms: LeverTerms) -> float:
    """People who gain a médecin traitant: at most all those who have none."""
    if lever.kind != "assistant":
        return 0.0
    gain = terms.assistant_list_gain if lever.list_gain is None else lever.list_gain
    people = (lever.count or 0) * terms.assistant_list * gain * terms.assistant_list_new
    return min(people, scenario.people_without_mt)


def without(drawn: DemandDraws, scenario: Scenario, people: float) -> DemandDraws:
    """The demand less people, each asking as a person admitted does; NaN if those are unknown."""
    if not people:
        return drawn
    admitted = scenario.people_admitted
    part = math.nan if admitted is None else 1.0 - min(people / admitted, 1.0)
    return replace(drawn, residents=drawn.residents * part)


def majorations(
    lever: Lever, scenario: Scenario, consultations: float, *, weeks: float, terms: LeverTerms
) -> float:
    """Majorations SNP of consultations: a GP has so many a week at most."""
    gps = lever.count or 0.0
    if lever.kind == "site":
        gps = lever.gps or lever.hours_per_week / scenario.effector_hours
    return min(consultations, terms.sas_weekly_cap * gps * weeks)


def _hours(hours: float) -> str:
    """Hours with the decimal that they have."""
    return f"{number(hours, 0 if round(hours, 1).is_integer() else 1)}{NNBSP}h"

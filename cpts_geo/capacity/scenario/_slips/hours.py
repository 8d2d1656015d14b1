"""Sessions that cannot stand: in out-of-hours care, where the line is closed, of other slots."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import Any, Final

from cpts_geo.french import WEEKDAYS, clock, counted, number

#: Hours of unscheduled care by law: Monday to Friday, Saturday morning; the rest is PDSA.
SATURDAY: Final = 6
SATURDAY_OPENS: Final = time(8)
SATURDAY_CLOSES: Final = time(12)
WEEKDAY_OPENS: Final = time(8)
WEEKDAY_CLOSES: Final = time(20)


def session_defects(scenario: Any) -> list[str]:
    """What the sessions of a scenario deny of its hours and of its slots, one a line."""
    if scenario.sessions is None:
        return []
    week = scenario.slots_by_weekday
    if week is None:
        return ["« sessions » est donné sans les créneaux : ajoutez « slots_today = … »"]
    defects = []
    for place, session in enumerate(scenario.sessions, 1):
        for day in session.days:
            if why := _refused(scenario.calendar, day, session.starts, session.ends):
                hours = f"{clock(session.starts)} – {clock(session.ends)}"
                defects.append(f"« sessions.{place} » : {WEEKDAYS[day - 1]} {hours} : {why}")
    return defects or _other_slots(scenario, week)


def _refused(calendar: Any, day: int, starts: time, ends: time) -> str:
    """Why nobody is seen on a day at these hours; empty where all is well."""
    if day > SATURDAY:
        return "en PDSA (permanence des soins), hors du périmètre"
    saturday = day == SATURDAY
    first = SATURDAY_OPENS if saturday else WEEKDAY_OPENS
    last = SATURDAY_CLOSES if saturday else WEEKDAY_CLOSES
    if starts < first or ends > last:
        held = f"les soins non programmés vont de {clock(first)} à {clock(last)}"
        return f"en PDSA (permanence des soins), hors du périmètre : ce jour-là, {held}"
    if day not in calendar.week_days:
        more = " ; ajoutez « saturday_morning = true » sous [calendar]" if saturday else ""
        return f"ce jour est fermé{more}"
    if day in calendar.weekdays and (starts < calendar.opens or ends > calendar.closes):
        return (
            f"hors des heures d’ouverture, de {clock(calendar.opens)} à {clock(calendar.closes)} "
            "(« opens » et « closes » de [calendar])"
        )
    return ""


def _other_slots(scenario: Any, week: Sequence[int]) -> list[str]:
    """Days whose sessions hold other slots than are offered; the week, where a rota gives them."""
    minutes, days = scenario.minutes_per_slot_today, scenario.calendar.weekdays
    held = dict.fromkeys(scenario.calendar.week_days, 0)
    for session in scenario.sessions:
        for day in session.days:
            held[day] += session.slots_each(minutes)
    offered = dict(zip(days, week, strict=True))
    if scenario.rota is not None:
        total = sum(held[day] for day in days)
        if total == sum(week):
            return []
        said = f"{counted(total, 'créneau', 'créneaux')} par semaine, « rota » {number(sum(week))}"
        return [f"« sessions » : {said}"]
    # The hours of a Saturday morning are known without a session.
    if held.get(SATURDAY) and scenario.calendar.saturday_morning:
        offered[SATURDAY] = scenario.slots_saturday or 0
    name = {SATURDAY: "slots_saturday"}
    return [
        f"« sessions » : {counted(held[day], 'créneau', 'créneaux')} le {WEEKDAYS[day - 1]}, "
        f"« {name.get(day, 'slots_today')} » {number(slots)}"
        for day, slots in offered.items()
        if held[day] != slots
    ]

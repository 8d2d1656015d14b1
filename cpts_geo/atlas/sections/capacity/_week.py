"""« La semaine »: the grid of slots, what each deadline needs, which day loses most requests."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from cpts_geo.atlas.charts.week import week_view
from cpts_geo.atlas.look.grades import input_status
from cpts_geo.atlas.look.values import slot_length
from cpts_geo.atlas.look.words import deadline, estimate, todays
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.need.interval import LEVELS, Interval
from cpts_geo.capacity.queue.services import WeeklyService
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.french import NNBSP, WEEKDAYS, number, percent, whole_percent
from cpts_geo.schema import STATUS_LABELS, STATUS_MARKS
from cpts_geo.study.capacity import TerritoryCapacity

#: Quantities of a week in words.
_QUANTITIES: Final = {
    "needed": "nécessaires",
    "offered": "offerts",
    "served": "servis",
    "missing": "manquants",
}


def _week_sentence(result: Headline, week: WeeklyService) -> str:
    """Say which day of the week loses most requests with today's slots."""
    names = [WEEKDAYS[day - 1] for day in result.scenario.calendar.week_days]
    lost = pd.Series(week.lost_by_weekday, index=names)
    if lost.max() < 0.005:
        return (
            f"Avec {todays(result)}, à la demande médiane, moins de {percent(0.01, 0)} des "
            "demandes seraient perdues, quel que soit le jour."
        )
    each = ", ".join(f"{name} {whole_percent(share)}" for name, share in lost.items())
    return (
        f"Avec {todays(result)}, à la demande médiane, le {lost.idxmax()} perd le plus : "
        f"{whole_percent(lost.max())} de ses demandes n’ont aucun créneau dans le délai. Part "
        f"perdue : {each}."
    )


def _week_note(result: Headline, capacity: TerritoryCapacity) -> str:
    """Say what the days of the week rest on, and what another profile would make of them."""
    scenario = result.scenario
    factors = ", ".join(
        f"{WEEKDAYS[day - 1]} {number(factor, 2)}"
        for day, factor in zip(
            scenario.calendar.weekdays, scenario.calendar.weekday_factors, strict=True
        )
    )
    grade = scenario.sources["calendar"].grade
    text = (
        f"Demandes de chaque jour rapportées à la moyenne : {factors} (même source que "
        f"les mois, confiance {grade}). Semaine sans jour férié."
    )
    if capacity.peaked is not None and capacity.peaked.week is not None:
        lost = capacity.peaked.week.lost_by_weekday[0]
        text += (
            f" Variante « pointe forte » (lundi {number(capacity.peaked.monday, 2)} ; D) : le "
            f"lundi perdrait {whole_percent(lost)} de ses demandes."
        )
    return text


def _deadlines(result: Headline, table: pd.DataFrame) -> list[tuple[str, list[list[str]]]]:
    """Rows of each deadline: a quantity, then a cell a unit; what is unknown is left out."""
    found = []
    for days, each in table.groupby("deadline_days", sort=False):
        rows = [
            [words, *_cells(result, each[each["quantity"] == quantity])]
            for quantity, words in _QUANTITIES.items()
            if each.loc[each["quantity"] == quantity, "p50"].notna().all()
        ]
        found.append((deadline(int(str(days))), rows))
    return found


def _cells(result: Headline, table: pd.DataFrame) -> list[str]:
    """A quantity in each unit, with its interval where it has one."""
    bounds = [Interval(*each) for each in table[[*LEVELS]].itertuples(index=False)]
    return [
        number(one.p50, _tenths(one.p50))
        if round(one.p10, 1) == round(one.p90, 1)
        else estimate(result, one, _tenths(one.p90))
        for one in bounds
    ]


def _units(scenario: Scenario) -> str:
    """How many hours an effecteur and a half-day are."""
    values = {name: getattr(scenario, name) for name in ("effector_hours", "half_day_hours")}
    hours = [
        f"{number(value, _tenths(value))}{NNBSP}h ({scenario.sources[name].grade})"
        for name, value in values.items()
    ]
    return (
        f"Un effecteur : {hours[0]} par semaine ; une demi-journée : {hours[1]}. Heures "
        "nécessaires : durée supposée d’une consultation ; les autres, comme celles des leviers : "
        f"{slot_length(scenario)}. Le manque est compté en créneaux."
    )


def _tenths(value: float) -> int:
    """A decimal below ten, where the number has one."""
    return int(value < 10 and not round(value, 1).is_integer())


def section(result: Headline, capacity: TerritoryCapacity) -> dict[str, Any]:
    """What the template shows of the day that loses most requests, at the median demand."""
    week = capacity.week
    status = input_status(result.scenario, "calendar")
    return {
        "sentence": "" if week is None else _week_sentence(result, week),
        "note": _week_note(result, capacity),
        "grid": week_view(result, capacity),
        "deadlines": _deadlines(result, capacity.week_by_deadline),
        "units": _units(result.scenario),
        "evidence": f"{STATUS_MARKS[result.status]} {result.evidence}",
        "mark": STATUS_MARKS[status],
        "status": STATUS_LABELS[status],
    }

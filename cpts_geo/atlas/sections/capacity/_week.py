"""« La semaine »: which day loses most requests."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cpts_geo.atlas.look.grades import input_status
from cpts_geo.atlas.look.words import todays
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.queue.services import WeeklyService
from cpts_geo.french import WEEKDAYS, number, percent, whole_percent
from cpts_geo.schema import STATUS_LABELS, STATUS_MARKS
from cpts_geo.study.capacity import TerritoryCapacity


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


def section(result: Headline, capacity: TerritoryCapacity) -> dict[str, Any]:
    """What the template shows of the day that loses most requests, at the median demand."""
    assert capacity.week is not None
    status = input_status(result.scenario, "calendar")
    return {
        "sentence": _week_sentence(result, capacity.week),
        "note": _week_note(result, capacity),
        "mark": STATUS_MARKS[status],
        "status": STATUS_LABELS[status],
    }

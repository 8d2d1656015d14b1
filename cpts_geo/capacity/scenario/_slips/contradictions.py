"""What one field of a scenario denies of another: inputs that cannot stand together.

The records of a scenario refuse with what stands in this folder: their types are not known here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from cpts_geo.capacity.scenario._slips.hours import session_defects
from cpts_geo.capacity.scenario._slips.plausible import AREA, in_thousands
from cpts_geo.french import WEEKDAYS, number


def scenario_defects(scenario: Any, sourced: Sequence[str]) -> list[str]:
    """All that the fields of a scenario deny of one another; `sourced` owe a source."""
    defects = [
        *supply_defects(scenario),
        *session_defects(scenario),
        *saturday_defects(scenario),
        *lever_defects(scenario),
        *part_defects(scenario),
    ]
    if scenario.public == "no_mt" and scenario.visitors is not None:
        defects.append("« visitors » : des visiteurs viennent là où public = all")
    months = set(scenario.months)
    if list(scenario.months) != sorted(months):
        defects.append("« months » : des mois dans l'ordre, sans doublon")
    elif months and not (scenario.calendar.opening_months & months):
        defects.append("« months » : aucun jour d'ouverture dans ces mois")
    defects += closure_defects(scenario) + evidence_defects(scenario)
    return defects + source_defects(scenario, sourced)


def supply_defects(scenario: Any) -> list[str]:
    """What slots, rota and announcement deny of one another."""
    defects = []
    if scenario.rota is not None and scenario.slots_today is not None:
        defects.append("« slots_today » et « rota » : donnez l'un ou l'autre")
    offered = scenario.rota is not None or scenario.slots_today is not None
    if offered and scenario.minutes_per_slot_today is None:
        defects.append(
            f"« {'rota' if scenario.slots_today is None else 'slots_today'} » est donné sans la "
            "durée d’un créneau : ajoutez « minutes_per_slot_today = 15.0 », en minutes"
        )
    elif not offered and scenario.minutes_per_slot_today is not None:
        defects.append(
            "« minutes_per_slot_today » est donné sans créneaux : ajoutez « slots_today = … », "
            "par jour d’ouverture, ou « rota »"
        )
    if isinstance(scenario.slots_today, tuple):
        if len(scenario.slots_today) != len(scenario.calendar.weekdays):
            defects.append("« slots_today » : il faut un nombre par jour de « weekdays »")
        elif not any(scenario.slots_today):
            defects.append("« slots_today » : aucun créneau de la semaine")
    elif scenario.rota is not None and not any(scenario.slots_by_weekday or (1,)):
        defects.append("« rota » : moins d'un créneau par semaine")
    defects += [
        f"« readings.{place}.slots_today » : aucun créneau de la semaine"
        for place, reading in enumerate(scenario.readings or (), 1)
        if not (isinstance(reading.slots_today, int) or any(reading.slots_today or ()))
    ]
    if scenario.rota is not None and scenario.volunteers not in (None, scenario.rota.gps):
        defects.append("« volunteers » et « rota » : deux nombres de médecins, donnez-en un")
    if (scenario.slots_planned is None) != (scenario.planned_basis is None):
        defects.append(_alone(scenario, "slots_planned", "planned_basis"))
    return defects


def lever_defects(scenario: Any) -> list[str]:
    """Find levers that are held on days when nothing is open, or too short for one slot."""
    opens, minutes = set(scenario.calendar.week_days), scenario.slot_minutes
    short = [
        f"« levers.{place}.hours » = {lever.hours:g} : moins d’un créneau de {minutes:g} minutes"
        for place, lever in enumerate(scenario.levers or (), 1)
        if lever.hours is not None and lever.hours * 60.0 < minutes - 1e-6
    ]
    return short + [
        f"« levers.{place}.days » : fermé le {WEEKDAYS[day - 1]} ; ouvrez-le dans « calendar »"
        for place, lever in enumerate(scenario.levers or (), 1)
        for day in lever.days or ()
        if day not in opens
    ]


def saturday_defects(scenario: Any) -> list[str]:
    """What the slots of Saturday morning and its opening deny of one another."""
    opens, slots = scenario.calendar.saturday_morning, scenario.slots_saturday
    if not opens:
        return [
            f"« {name} » : le samedi matin n’ouvre pas ; ajoutez « saturday_morning = true » sous "
            "[calendar]"
            for name in ("slots_saturday", "saturday_factor")
            if getattr(scenario, name) is not None
        ]
    offered = scenario.rota is not None or scenario.slots_today is not None
    if offered and slots is None:
        return [
            "« saturday_morning » est donné sans créneaux du samedi : ajoutez « slots_saturday = "
            "… », 0 si personne n’y est reçu"
        ]
    if slots is not None and not offered:
        return [
            "« slots_saturday » est donné sans ceux de la semaine : ajoutez « slots_today = … »"
        ]
    return []


def part_defects(scenario: Any) -> list[str]:
    """What is a part of something, and is more than it."""
    defects = []
    people, population, area = scenario.people_without_mt, scenario.population, scenario.area
    if population is not None and people > population:
        hint = in_thousands(population, people=people)
        defects.append(
            f"« people_without_mt » dépasse « population » : {number(people)} pour "
            f"{number(population)}{hint}"
        )
    if population is None and area is not None and people > area.population:
        defects.append(
            f"« people_without_mt » dépasse « {AREA}.population » : {number(people)} pour "
            f"{number(area.population)}{in_thousands(area.population, people=people)}"
        )
    if (scenario.lost_counted or 0) > (scenario.need_counted or (0,))[0]:
        defects.append("« lost_counted » est une partie du premier nombre de « need_counted »")
    if scenario.need_counted is None:
        return defects
    counted, calls = sum(scenario.need_counted), scenario.calls_observed
    if scenario.calls_years is None:
        defects.append("« need_counted » va avec « calls_observed » et « calls_years »")
    elif counted > calls:
        defects.append(
            f"« need_counted » dépasse « calls_observed » : {number(counted)} demandes comptées "
            f"parmi {number(calls)} appels"
        )
    if not counted:
        defects.append("« need_counted » : aucune demande n’est comptée")
    return defects


def half_a_count(given: Mapping[str, Any]) -> str:
    """Refuse calls without their duration, or the reverse: the other would be of elsewhere."""
    names = {name for name, value in given.items() if value is not None}
    if "calls_observed" in names and not names & {"calls_years", "calls_people_years"}:
        return (
            "« calls_observed » : en combien de temps ? Écrivez « calls_years = 1.0 » pour les "
            "appels d’une année"
        )
    if "calls_years" in names and "calls_observed" not in names:
        return "« calls_years » va avec « calls_observed » : écrivez les appels de ces années"
    return ""


def evidence_defects(scenario: Any) -> list[str]:
    """What the dates and the count of consultations deny of one another."""
    defects = []
    if (scenario.observed_start is None) != (scenario.observed_end is None):
        defects.append(_alone(scenario, "observed_start", "observed_end"))
    elif (
        scenario.observed_start
        and scenario.observed_end
        and scenario.observed_end < scenario.observed_start
    ):
        defects.append("« observed_end » vient avant « observed_start »")
    if scenario.observed_start and scenario.observed_consultations is None:
        defects.append(
            "« observed_start » est donné sans « observed_consultations » : ajoutez les "
            "consultations de cette période"
        )
    return defects


def _alone(scenario: Any, *names: str) -> str:
    """Say which of two fields that go together is to be added."""
    given, absent = sorted(names, key=lambda name: getattr(scenario, name) is None)
    return f"« {given} » est donné sans « {absent} » : ajoutez « {absent} »"


def closure_defects(scenario: Any) -> list[str]:
    """Find closures that close nothing that is counted: another year's."""
    periods = [(date(scenario.calendar.year, 1, 1), date(scenario.calendar.year, 12, 31))]
    if scenario.observed_start and scenario.observed_end:
        periods.append((scenario.observed_start, scenario.observed_end))
    return [
        f"calendar : « closed » : {first:%d/%m/%Y} – {last:%d/%m/%Y} est hors de l’année "
        f"{scenario.calendar.year} ; donnez « year »"
        for first, last in scenario.calendar.closed
        if not any(first <= end and last >= start for start, end in periods)
    ]


def source_defects(scenario: Any, sourced: Sequence[str]) -> list[str]:
    """Inputs without a source, and sources without an input."""
    given = {name for name in sourced if getattr(scenario, name) is not None}
    lacking, more = given - set(scenario.sources), set(scenario.sources) - given - {AREA}
    return [f"« {name} » n'a pas de source" for name in sorted(lacking)] + [
        f"« sources.{name} » ne correspond à aucune donnée du scénario" for name in sorted(more)
    ]

"""What one field of a scenario denies of another: inputs that cannot stand together.

The records of a scenario refuse with what stands in this folder: their types are not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any


def supply_defects(scenario: Any) -> list[str]:
    """What slots, rota and announcement deny of one another."""
    defects = []
    if scenario.rota is not None and scenario.slots_today is not None:
        defects.append("« slots_today » et « rota » : donnez l'un ou l'autre")
    offered = scenario.rota is not None or scenario.slots_today is not None
    if offered != (scenario.minutes_per_slot_today is not None):
        defects.append(
            "« minutes_per_slot_today » va avec « slots_today » ou « rota » : un seul est donné"
        )
    if isinstance(scenario.slots_today, tuple):
        if len(scenario.slots_today) != len(scenario.calendar.weekdays):
            defects.append("« slots_today » : il faut un nombre par jour de « weekdays »")
        elif not any(scenario.slots_today):
            defects.append("« slots_today » : aucun créneau de la semaine")
    elif scenario.rota is not None and not any(scenario.slots_by_weekday or (1,)):
        defects.append("« rota » : moins d'un créneau par semaine")
    if scenario.rota is not None and scenario.volunteers not in (None, scenario.rota.gps):
        defects.append("« volunteers » et « rota » : deux nombres de médecins, donnez-en un")
    if (scenario.slots_planned is None) != (scenario.planned_basis is None):
        defects.append("« slots_planned » et « planned_basis » vont ensemble : un seul donné")
    return defects


def evidence_defects(scenario: Any) -> list[str]:
    """What the dates and the count of consultations deny of one another."""
    defects = []
    if (scenario.observed_start is None) != (scenario.observed_end is None):
        defects.append("« observed_start » et « observed_end » vont ensemble : un seul donné")
    elif (
        scenario.observed_start
        and scenario.observed_end
        and scenario.observed_end < scenario.observed_start
    ):
        defects.append("« observed_end » vient avant « observed_start »")
    if scenario.observed_start and scenario.observed_consultations is None:
        defects.append("« observed_start » est donné sans « observed_consultations »")
    return defects


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
    return [f"« {name} » n'a pas de source" for name in sorted(given - set(scenario.sources))] + [
        f"« sources.{name} » ne correspond à aucune donnée du scénario"
        for name in sorted(set(scenario.sources) - given)
    ]

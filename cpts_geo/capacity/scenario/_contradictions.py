"""What one field of a scenario denies of another: the inputs that cannot stand together."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from cpts_geo.capacity.scenario.parameters import SOURCED_FIELDS, default_parameters
from cpts_geo.french import joined

#: A Scenario, whose module imports this one.
_Scenario = Any

#: Inputs that a territory with a call log of its own gives itself.
_OWN_CALLS: Final = ("calls_observed", "calls_people_years")


def contradictions(scenario: _Scenario) -> list[str]:
    """Say in French what one field of a scenario denies of another."""
    defects = _supply_defects(scenario)
    if scenario.population is not None and scenario.people_without_mt > scenario.population:
        defects.append("« people_without_mt » dépasse « population »")
    if len(set(scenario.eligible)) != len(scenario.eligible) or "no_mt" not in scenario.eligible:
        defects.append("« eligible » : il faut « no_mt », et chaque public une seule fois")
    if "mt_unavailable" in scenario.eligible and scenario.population is None:
        defects.append("« eligible » = mt_unavailable demande « population »")
    if ("visitors" in scenario.eligible) != (scenario.visitors is not None):
        defects.append("« eligible » = visitors et la table « visitors » vont ensemble")
    if list(scenario.months) != sorted(set(scenario.months)):
        defects.append("« months » : des mois dans l'ordre, sans doublon")
    elif scenario.months and not (scenario.calendar.opening_months & set(scenario.months)):
        defects.append("« months » : aucun jour d'ouverture dans ces mois")
    return (
        defects
        + _closure_defects(scenario)
        + _evidence_defects(scenario)
        + _source_defects(scenario)
    )


def _supply_defects(scenario: _Scenario) -> list[str]:
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
    if (scenario.slots_planned is None) != (scenario.planned_basis is None):
        defects.append("« slots_planned » et « planned_basis » vont ensemble : un seul donné")
    return defects


def _evidence_defects(scenario: _Scenario) -> list[str]:
    """What label, own calls and observed consultations deny of one another."""
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
    if scenario.evidence_label == 2 and scenario.observed_consultations is None:
        defects.append("« evidence_label » = 2 demande « observed_consultations »")
    if scenario.evidence_label == 4 and not scenario.share_assumed:
        defects.append("« evidence_label » = 4 demande « share_assumed » = true")
    if scenario.evidence_label == 3 and scenario.share_assumed:
        defects.append("« evidence_label » = 3 demande « share_assumed » = false")
    borrowed = [name for name in _OWN_CALLS if _is_default(scenario, name)]
    if scenario.evidence_label == 1 and borrowed:
        names = joined([f"« {name} »" for name in borrowed])
        defects.append(
            f"« evidence_label » = 1 demande ses propres appels : donnez {names} et leur source"
        )
    return defects


def _is_default(scenario: _Scenario, name: str) -> bool:
    """Whether an input rests on the source that the package gives it."""
    return bool(scenario.sources.get(name) == default_parameters()[name].as_source())


def _closure_defects(scenario: _Scenario) -> list[str]:
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


def _source_defects(scenario: _Scenario) -> list[str]:
    """Inputs without a source, and sources without an input."""
    given = {name for name in SOURCED_FIELDS if getattr(scenario, name) is not None}
    return [f"« {name} » n'a pas de source" for name in sorted(given - set(scenario.sources))] + [
        f"« sources.{name} » ne correspond à aucune donnée du scénario"
        for name in sorted(set(scenario.sources) - given)
    ]

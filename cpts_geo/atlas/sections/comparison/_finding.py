"""Head of a comparison: the finding, and what each target asks."""

from __future__ import annotations

import math
from typing import Any, Final

import pandas as pd

from cpts_geo.atlas.look.values import month_names
from cpts_geo.atlas.look.words import deadline, slots, slots_text, span, whom
from cpts_geo.atlas.sections.comparison._sides import (
    gap_decimals,
    hour_cost,
    mean_offered,
    refuted,
    told_parts,
)
from cpts_geo.atlas.sections.comparison.written import EUROS, period_words
from cpts_geo.capacity.comparing.compare import ScenarioComparison
from cpts_geo.capacity.need.interval import CHANCES, named_interval
from cpts_geo.french import joined, number, percent

#: Fields that describe the device and not the demand.
_SUPPLY: Final = {"slots_today", "rota", "minutes_per_slot_today"}


def finding(found: ScenarioComparison) -> str:
    """Slots needed where the demand changes, share served, cost, in one sentence."""
    if not found.changes:
        return "Les deux scénarios donnent les mêmes résultats : rien ne les distingue."
    return f"{_lead(found)}{' ; '.join(_effects(found))}{_cost(found)}."


def _effects(found: ScenarioComparison) -> list[str]:
    """What changes of the slots needed, where the demand does, and of the share served."""
    if denied := refuted(found):
        return [
            f"les chiffres de {joined(denied)} se contredisent, et ni les créneaux nécessaires ni "
            "les parts servies ne se comparent"
        ]
    needed: Any = found.table.loc["slots_needed"]
    served: Any = found.table.loc["served"]
    said = []
    if needed.filter(like="difference").any():
        size, spread = _gap(needed, "créneau", "créneaux")
        said.append((f"il faudrait {size} par jour", spread))
    if len({s.public or "all" for s in (found.first, found.second)}) > 1:
        said.append(("les parts servies ne se comparent pas, car les publics diffèrent", ""))
    elif served.isna().any():
        unknown = [s.label for s in (found.first, found.second) if s.slots_by_weekday is None]
        clause = (
            "ce que servent les créneaux d’aujourd’hui ne se compare pas : ceux de "
            f"{joined(list(dict.fromkeys(unknown)))} ne sont pas connus"
        )
        said.append((clause, ""))
    else:
        decimals = gap_decimals("served", float(served["difference_p50"]))
        size, spread = _gap(100 * served, "point", "points", decimals=decimals)
        said.append((f"{size} de demandes servies dans le délai", spread))
    clauses, chances = [], f", {CHANCES}"
    for clause, spread in said:
        clauses.append(f"{clause} ({spread}{chances})" if spread else clause)
        chances = "" if spread else chances  # said once, with the first interval
    return clauses


def _goal_sentences(found: ScenarioComparison) -> list[str]:
    """Set the slots that each scenario offers beside those its target calls for."""
    row: Any = found.table.loc["slots_needed"]
    # A target is said once, whether both ask as much of it or not.
    asked: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for letter, side, scenario in zip(
        "AB", ("first", "second"), (found.first, found.second), strict=True
    ):
        middle, bounds = told_parts(found, "slots_needed", side)
        slots_asked = f"{middle} ({bounds})" if bounds else middle
        if not scenario.has_own_line:
            bounds = span(row[f"{side}_p10"], row[f"{side}_p90"])
            slots_asked = f"{bounds}, ordre de grandeur"
        need = (
            f"Pour servir {percent(scenario.target, 0)} des demandes {whom(scenario, of=True)} "
            f"{deadline(scenario.deadline_days)}, créneaux qu’il faudrait par jour"
        )
        mean = mean_offered(scenario)
        offered = "un nombre inconnu" if math.isnan(mean) else slots_text(mean)
        asked.setdefault(need, {}).setdefault(slots_asked, []).append((letter, offered))
    return [f"{need} : {_asked(slots)}." for need, slots in asked.items()]


def _asked(slots: dict[str, list[tuple[str, str]]]) -> str:
    """What a target calls for, with what each scenario offers of it."""
    if len(slots) == 1:
        ((count, offers),) = slots.items()
        return f"{count} ; {joined([f'{letter} en offre {offered}' for letter, offered in offers])}"
    return " ; ".join(
        f"{count} pour {letter}, qui en offre {offered}"
        for count, offers in slots.items()
        for letter, offered in offers
    )


def _lead(found: ScenarioComparison) -> str:
    """What sets the second scenario apart: its months, its slots or its name."""
    if found.changes == ("months",):
        one, two = (month_names(s.months) for s in (found.first, found.second))
        return f"Sur {two} plutôt que sur {one}, "
    before, after = (mean_offered(s) for s in (found.first, found.second))
    known = not math.isnan(before + after)
    if known and before != after and set(found.changes) <= _SUPPLY:
        return f"Avec {slots(after)} par jour au lieu de {slots_text(before)}, "
    return f"{found.second.label}, par rapport à {found.first.label} : "


def _cost(found: ScenarioComparison) -> str:
    """What the hours offered cost more, where they or their price differ."""
    table: Any = found.table
    gap = float(table.at["cost", "difference_p50"])
    prices = {s.gp_hour_cost for s in (found.first, found.second)}
    offered = float(table.at["gp_hours_offered", "difference_p50"])
    if pd.isna(gap) or round(gap) == 0 or (offered == 0 and len(prices) == 1):
        return ""
    sense = "de plus" if gap > 0 else "de moins"
    return f", pour {number(abs(gap))}{EUROS} {sense} {period_words(found)} ({hour_cost(found)})"


def _gap(row: pd.Series, one: str, many: str, *, decimals: int = 0) -> tuple[str, str]:
    """A difference in words, then its interval; both as they round."""
    ends = vars(named_interval(row, "difference")).values()
    low, middle, high = (round(float(end), decimals) for end in ends)
    size = f"{number(abs(middle), decimals)} {one if abs(middle) < 2 else many} de "
    size += "plus" if middle > 0 else "moins"
    if middle == 0:
        size = f"autant de {many}" if decimals == 0 else "presque autant"
    if low == high:
        return size, ""
    near, far = (number(x, decimals) for x in sorted((abs(low), abs(high))))
    if low < 0 < high:
        down, up = number(-low, decimals), number(high, decimals)
        return size, f"de {down} de moins à {up} de plus"
    if middle == 0:
        return size, f"jusqu’à {far} de {'plus' if high > 0 else 'moins'}"
    return size, f"entre {near} et {far}"


def section(found: ScenarioComparison) -> dict[str, Any]:
    """What the template shows: what the second scenario changes, and what each target asks."""
    return {"sentence": finding(found), "goals": _goal_sentences(found), "warnings": found.warnings}

"""A measure of one scenario, or its difference, as it is written and known."""

from __future__ import annotations

import math
from typing import Any, Final

import pandas as pd

from cpts_geo.atlas.look.grades import input_status, least_known
from cpts_geo.atlas.sections.comparison.written import EUROS, TEXTS
from cpts_geo.capacity.comparing._measures import SAMPLING
from cpts_geo.capacity.comparing.compare import ScenarioComparison
from cpts_geo.capacity.need.interval import named_interval
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.french import UNKNOWN_TEXT, number, signed_number, whole_percent
from cpts_geo.schema import Status

SAME: Final = "identique"
#: Said of what own counts deny.
NOT_KEPT: Final = "non retenu"
#: Said of what counting leaves unknown, where the demand rests on no count.
UNCOUNTED: Final = "aucun comptage"


def told_parts(found: ScenarioComparison, measure: str, side: str) -> tuple[str, str]:
    """As :func:`side_parts`; a floor alone, and no difference, where own counts deny an answer."""
    floors = dict(zip(("first", "second"), found.at_least, strict=True))
    offered = measure == "cost" or TEXTS[measure].of == "offered"
    if offered or not refuted(found) or (side in floors and floors[side] is None):
        row: Any = found.table.loc[measure]
        return side_parts(measure, row, side)
    floor = floors.get(side) if measure == "slots_needed" else None
    return (NOT_KEPT if floor is None else f"au moins {number(floor)}"), ""


def refuted(found: ScenarioComparison) -> list[str]:
    """Names of the scenarios whose own counts deny their answer."""
    sides = zip((found.first, found.second), found.at_least, strict=True)
    return list(dict.fromkeys(each.label for each, floor in sides if floor is not None))


def side_text(measure: str, row: pd.Series, side: str) -> str:
    """Median (interval) of a side: first, second or difference; « identique » for no difference."""
    median, spread = side_parts(measure, row, side)
    return f"{median} ({spread})" if spread else median


def side_parts(measure: str, row: pd.Series, side: str) -> tuple[str, str]:
    """Median and interval apart; the interval is empty where nothing is drawn or known."""
    low, middle, high = vars(named_interval(row, side)).values()
    text = TEXTS[measure]
    if pd.isna(middle):
        return (UNCOUNTED if measure in SAMPLING else UNKNOWN_TEXT), ""
    if side == "difference":
        if low == middle == high == 0:
            return SAME, ""
        factor = 100.0 if text.share else 1.0
        decimals = gap_decimals(measure, middle)
        rounded = [round(factor * x, decimals) + 0.0 for x in (low, middle, high)]
        if not any(rounded):
            return f"presque {SAME}", ""
        ends = [signed_number(x, decimals) for x in rounded]
        unit = (" point" if abs(rounded[1]) < 2 else " points") if text.share else text.suffix
    else:
        ends = [
            whole_percent(x) if text.share else number(x, _decimals(measure, x))
            for x in (low, middle, high)
        ]
        unit = text.suffix
    return f"{ends[1]}{unit}", "" if ends[0] == ends[2] else f"{ends[0]} à {ends[2]}"


def gap_decimals(measure: str, gap: float) -> int:
    """Choose the decimals of a difference: one more where it is small."""
    return int(abs(gap) < 0.1) if TEXTS[measure].share else _decimals(measure, gap)


def _decimals(measure: str, value: float) -> int:
    """Slots and hours offered are written whole where they are."""
    whole = TEXTS[measure].of == "offered" and float(value).is_integer()
    return 0 if whole else TEXTS[measure].decimals


def measure_status(scenario: Scenario, measure: str) -> Status:
    """No better known than what it is made of; what comes from the model is estimated at best."""
    asked = Status.ASSUMED if scenario.evidence == "4" else Status.ESTIMATED
    used = {"slots_offered": ("slots_today", "rota")}.get(
        measure, ("slots_today", "rota", "minutes_per_slot_today")
    )
    offered = graded(scenario, *used)
    if TEXTS[measure].of == "needed":
        return asked
    if TEXTS[measure].of == "offered":
        return offered
    if measure == "cost":
        return least_known(offered, graded(scenario, "gp_hour_cost"))
    priced = [graded(scenario, "gp_hour_cost")] if measure == "cost_per_consultation" else []
    return least_known(asked, offered, *priced)


def mean_offered(scenario: Scenario) -> float:
    """Slots offered a day, on average over the week; NaN where they are unknown."""
    week = scenario.slots_by_weekday
    return math.nan if week is None else sum(week) / len(week)


def graded(scenario: Scenario, *names: str) -> Status:
    """Status of the least known of these inputs; unknown where none has a source."""
    known = [input_status(scenario, name) for name in names if name in scenario.sources]
    return least_known(*known) if known else Status.UNKNOWN


def hour_cost(found: ScenarioComparison) -> str:
    """Such as « hypothèse : 100 € l’heure de consultation »."""
    scenarios = (found.first, found.second)
    costs = dict.fromkeys(
        number(s.gp_hour_cost, 0 if s.gp_hour_cost.is_integer() else 2) for s in scenarios
    )
    text = f"{' puis '.join(costs)}{EUROS} l’heure de consultation"
    assumed = any(graded(s, "gp_hour_cost") is Status.ASSUMED for s in scenarios)
    return f"hypothèse : {text}" if assumed else text

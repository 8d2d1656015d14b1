"""How a measure of two scenarios is called, written and known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from cpts_geo.atlas.look.grades import input_status, least_known
from cpts_geo.atlas.look.values import month_names
from cpts_geo.capacity.comparing.compare import ScenarioComparison
from cpts_geo.capacity.comparing.measures import SAMPLING
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.french import NNBSP, UNKNOWN_TEXT, number, signed_number, whole_percent
from cpts_geo.schema import Status

SAME: Final = "identique"


_ASKED: Final = ("requests_per_day", "slots_needed", "gp_hours_needed", *SAMPLING)


_OFFERED: Final = ("slots_offered", "gp_hours_offered")


@dataclass(frozen=True)
class Measure:
    """
    How a measure is called and written.

    Parameters
    ----------
    label, unit : str
        French name; unit, {period} being that of a total.
    decimals : int
        Decimals kept; those of a share are of its percentage.
    suffix : str
        What follows the number.
    share : bool
        Whether it is a share, whose differences are points.
    """

    label: str
    unit: str
    decimals: int = 0
    suffix: str = ""
    share: bool = False


_ALONE: Final = "Si seul le comptage des appels était incertain"


EUROS: Final = f"{NNBSP}€"


#: By measure of :data:`cpts_geo.capacity.comparing.measures.MEASURES`.
TEXTS: Final = {
    "requests_per_day": Measure("Demandes", "par jour d’ouverture", 1),
    "sampling_requests_per_day": Measure(_ALONE, "demandes par jour d’ouverture", 1),
    "slots_needed": Measure("Créneaux nécessaires à l’objectif", "par jour d’ouverture"),
    "sampling_slots_needed": Measure(_ALONE, "créneaux par jour d’ouverture"),
    "gp_hours_needed": Measure("Heures de médecin nécessaires", "par semaine"),
    "slots_offered": Measure("Créneaux offerts", "par jour d’ouverture, en moyenne", 1),
    "gp_hours_offered": Measure("Heures de médecin offertes", "par semaine", 1),
    "served": Measure("Demandes servies dans le délai", "part des demandes", share=True),
    "same_day": Measure("Demandes servies le jour même", "part des demandes", share=True),
    "requests_served": Measure("Demandes servies", "{period}"),
    "consultations": Measure("Consultations, rendez-vous non honorés déduits", "{period}"),
    "people_reached": Measure("Personnes servies au moins une fois", "{period}"),
    "cost": Measure("Coût des heures de médecin", "{period}", suffix=EUROS),
    "cost_per_consultation": Measure("Coût d’une consultation", "heures de médecin", 1, EUROS),
}


def period_words(found: ScenarioComparison) -> str:
    """
    Say what time the totals are of.

    Parameters
    ----------
    found : ScenarioComparison
        Comparison.

    Returns
    -------
    str
        « par an », « en juillet et août » or, where the periods differ, « par mois ».
    """
    if not found.same_period:
        return "par mois"
    return f"en {month_names(found.first.months)}" if found.first.months else "par an"


def side_text(measure: str, row: pd.Series, side: str) -> str:
    """
    Write a measure of one scenario, or its difference, with its interval.

    Parameters
    ----------
    measure : str
        Measure (key of ``TEXTS``).
    row : Series
        Row of the table of a comparison.
    side : {"first", "second", "difference"}
        Which.

    Returns
    -------
    str
        Median (interval), such as « 58 % (42 % à 78 %) », « +40 points (+22 à +47) », « 8 » where
        nothing is drawn, « identique » for no difference, « presque identique » for one that
        rounds to 0, « donnée absente » where unknown.

    Examples
    --------
    >>> row = pd.Series({"difference_p10": 0.218, "difference_p50": 0.398, "difference_p90": 0.47})
    >>> side_text("served", row, "difference")
    '+40 points (+22 à +47)'
    """
    median, spread = side_parts(measure, row, side)
    return f"{median} ({spread})" if spread else median


def side_parts(measure: str, row: pd.Series, side: str) -> tuple[str, str]:
    """
    Write a measure of one scenario, or its difference, apart from its interval.

    Parameters
    ----------
    measure : str
        Measure (key of ``TEXTS``).
    row : Series
        Row of the table of a comparison.
    side : {"first", "second", "difference"}
        Which.

    Returns
    -------
    tuple of str
        Median, or words where there is none; interval, empty where nothing is drawn.

    Examples
    --------
    >>> side_parts("cost", pd.Series(dict.fromkeys(["first_p10", "first_p50", "first_p90"], 9.0)),
    ...     "first")[1]
    ''
    """
    low, middle, high = (float(row[f"{side}_{name}"]) for name in ("p10", "p50", "p90"))
    text = TEXTS[measure]
    if pd.isna(middle):
        return UNKNOWN_TEXT, ""
    if side == "difference":
        if low == middle == high == 0:
            return SAME, ""
        factor = 100.0 if text.share else 1.0
        decimals = gap_decimals(measure, middle)
        rounded = [round(factor * x, decimals) + 0.0 for x in (low, middle, high)]
        if not any(rounded):
            return f"presque {SAME}", ""
        ends = [signed_number(x, decimals) for x in rounded]
        unit = " points" if text.share else text.suffix
    else:
        ends = [
            whole_percent(x) if text.share else number(x, _decimals(measure, x))
            for x in (low, middle, high)
        ]
        unit = text.suffix
    return f"{ends[1]}{unit}", "" if ends[0] == ends[2] else f"{ends[0]} à {ends[2]}"


def gap_decimals(measure: str, gap: float) -> int:
    """
    Choose the decimals of a difference: one more where it is small.

    Parameters
    ----------
    measure : str
        Measure (key of ``TEXTS``).
    gap : float
        Difference, a share for shares.

    Returns
    -------
    int
        Decimals.

    Examples
    --------
    >>> gap_decimals("served", 0.398), gap_decimals("served", 0.052), gap_decimals("cost", 4.0)
    (0, 1, 0)
    """
    return int(abs(gap) < 0.1) if TEXTS[measure].share else _decimals(measure, gap)


def _decimals(measure: str, value: float) -> int:
    """Slots and hours offered are written whole where they are."""
    whole = measure in _OFFERED and float(value).is_integer()
    return 0 if whole else TEXTS[measure].decimals


def measure_status(scenario: Scenario, measure: str) -> Status:
    """
    Say how a measure of a scenario is known: no better than what it is made of.

    Parameters
    ----------
    scenario : Scenario
        Scenario.
    measure : str
        Measure (key of ``TEXTS``).

    Returns
    -------
    Status
        What comes from the model is estimated at best.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> str(measure_status(load_scenario("beauce_gatinais"), "requests_per_day"))
    'estimated'
    """
    asked = Status.ASSUMED if scenario.share_assumed else Status.ESTIMATED
    used = {"slots_offered": ("slots_today", "rota")}.get(
        measure, ("slots_today", "rota", "minutes_per_slot_today")
    )
    offered = graded(scenario, *used)
    if measure in _ASKED:
        return asked
    if measure in _OFFERED:
        return offered
    if measure == "cost":
        return least_known(offered, graded(scenario, "gp_hour_cost"))
    priced = [graded(scenario, "gp_hour_cost")] if measure == "cost_per_consultation" else []
    return least_known(asked, offered, *priced)


def graded(scenario: Scenario, *names: str) -> Status:
    """
    Say how inputs of a scenario are known together.

    Parameters
    ----------
    scenario : Scenario
        Scenario.
    *names : str
        Inputs; those without a source are left out.

    Returns
    -------
    Status
        That of the least known; unknown where none has a source.
    """
    known = [input_status(scenario, name) for name in names if name in scenario.sources]
    return least_known(*known) if known else Status.UNKNOWN


def hour_cost(found: ScenarioComparison) -> str:
    """
    Say what an hour of a GP is taken to cost.

    Parameters
    ----------
    found : ScenarioComparison
        Comparison.

    Returns
    -------
    str
        Such as « hypothèse : 100 € l’heure de médecin ».
    """
    scenarios = (found.first, found.second)
    costs = dict.fromkeys(
        number(s.gp_hour_cost, 0 if s.gp_hour_cost.is_integer() else 2) for s in scenarios
    )
    text = f"{' puis '.join(costs)}{EUROS} l’heure de médecin"
    assumed = any(graded(s, "gp_hour_cost") is Status.ASSUMED for s in scenarios)
    return f"hypothèse : {text}" if assumed else text

"""How a measure of two scenarios is called, written and known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from cpts_geo.atlas.look.values import month_names
from cpts_geo.capacity.comparing.compare import ScenarioComparison
from cpts_geo.capacity.need.interval import SAMPLING_WORDS
from cpts_geo.french import NNBSP


@dataclass(frozen=True)
class _Measure:
    """How a measure is called and written, and whether it is of what is needed or offered alone.

    {period} in its unit is that of a total.
    """

    label: str
    unit: str
    decimals: int = 0
    suffix: str = ""
    share: bool = False
    of: Literal["needed", "offered", "both"] = "both"


#: Why the interval of a difference is narrow.
COMMON_DRAWS: Final = (
    "Les deux scénarios sont tirés ensemble : chaque situation plausible est essayée sur l’un et "
    "sur l’autre, si bien que ce qu’on ignore des deux s’annule dans leur différence."
)
EUROS: Final = f"{NNBSP}€"


#: By measure of a comparison, in its order.
TEXTS: Final = {
    "requests_per_day": _Measure("Demandes", "par jour d’ouverture", 1, of="needed"),
    "sampling_requests_per_day": _Measure(
        SAMPLING_WORDS, "demandes par jour d’ouverture", 1, of="needed"
    ),
    "slots_needed": _Measure(
        "Créneaux nécessaires à l’objectif", "par jour d’ouverture", of="needed"
    ),
    "sampling_slots_needed": _Measure(SAMPLING_WORDS, "créneaux par jour d’ouverture", of="needed"),
    "gp_hours_needed": _Measure("Heures de consultation nécessaires", "par semaine", of="needed"),
    "slots_offered": _Measure(
        "Créneaux offerts", "par jour d’ouverture, en moyenne", 1, of="offered"
    ),
    "gp_hours_offered": _Measure("Heures de consultation offertes", "par semaine", 1, of="offered"),
    "served": _Measure("Demandes servies dans le délai", "part des demandes", share=True),
    "same_day": _Measure("Demandes servies le jour même", "part des demandes", share=True),
    "requests_served": _Measure("Demandes servies", "{period}"),
    "consultations": _Measure("Consultations, rendez-vous non honorés déduits", "{period}"),
    "people_reached": _Measure("Personnes reçues au moins une fois", "{period}"),
    "cost": _Measure("Coût des heures de consultation", "{period}", suffix=EUROS),
    "cost_per_consultation": _Measure(
        "Coût d’une consultation", "pour ses seules heures", 1, EUROS
    ),
}


def period_words(found: ScenarioComparison) -> str:
    """
    Say what time the totals are of.

    Parameters
    ----------
    found : ScenarioComparison
        Comparison of two scenarios.

    Returns
    -------
    str
        « par an », « en juillet et août » or, where the periods differ, « par mois ».
    """
    if not found.same_period:
        return "par mois"
    return f"en {month_names(found.first.months)}" if found.first.months else "par an"

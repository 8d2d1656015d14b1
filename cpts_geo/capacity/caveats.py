"""What to know before using the answer: what it rests on, and where it does not hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cpts_geo.capacity.demand import calls_per_year
from cpts_geo.capacity.existing import ObservedFloor, Offer
from cpts_geo.capacity.inputs import Scenario
from cpts_geo.french import number, percent

#: Own calls are "saturated" if today's slots alone explain consultations / calls this closely.
SATURATION_MARGIN: Final = 0.05

#: What each evidence label means.
EVIDENCE: Final = {
    1: "Ses propres appels : la demande est estimée à partir du journal d'appels du territoire.",
    2: "Ses consultations seulement : ce qui a été servi est un minimum (« au moins »).",
    3: "Aucune activité locale connue : le taux d'appel est celui d'un autre territoire.",
    4: "Part d'habitants sans médecin traitant supposée, aucune demande locale connue.",
}


def caveats(
    scenario: Scenario,
    *,
    p90_per_year: float,
    today: Offer | None,
    observed: ObservedFloor | None,
) -> tuple[str, ...]:
    """
    Write what to know before using the answer of a territory.

    Parameters
    ----------
    scenario : Scenario
        Territory.
    p90_per_year : float
        Demand that the model exceeds once in ten draws (requests a year).
    today : Offer or None
        What today's slots can do; None = unknown.
    observed : ObservedFloor or None
        Floor given by consultations already served; None = unknown.

    Returns
    -------
    tuple of str
        French sentences, the gravest first.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario import load_scenarios
    >>> lines = caveats(load_scenarios()["lvo"], p90_per_year=3600.0, today=None, observed=None)
    >>> len(lines), lines[0][:22]
    (3, 'Ne sont pas comptés : ')
    """
    return tuple(_sentences(scenario, p90_per_year, today, observed))


def _sentences(
    scenario: Scenario, p90: float, today: Offer | None, observed: ObservedFloor | None
) -> Iterator[str]:
    if observed is not None and observed.above_p90:
        yield (
            f"L'activité observée ({number(observed.line.per_year)} consultations par an) dépasse "
            f"la valeur que le modèle ne devrait dépasser qu'une fois sur dix "
            f"({number(p90)}) : le modèle ne convient pas à ce territoire. "
            f"Retenir le minimum observé : au moins {observed.slots} créneaux par jour."
        )
    if scenario.uncounted_demand is not None:
        yield (
            f"Ne sont pas comptés : {scenario.uncounted_demand}. "
            "Le résultat ne porte que sur une partie de la demande."
        )
    if scenario.share_assumed:
        yield (
            "La part de personnes sans médecin traitant est supposée, elle n'est pas mesurée "
            "sur ce territoire."
        )
    if scenario.evidence_label != 1:
        yield (
            "Le taux d'appel vient d'un autre territoire. Or ces taux ne se transportent pas : "
            "d'un territoire à l'autre l'usage varie de 2 à 4 fois, d'où l'intervalle large."
        )
    if today is not None and observed is not None and today.served_if_all_calls is not None:
        yield from _saturation(scenario, today.slots, today.served_if_all_calls, observed)


def _saturation(
    scenario: Scenario, slots: int, served: float, observed: ObservedFloor
) -> Iterator[str]:
    """Warn where today's slots alone explain the consultations given per call."""
    calls = calls_per_year(scenario)
    utilisation = calls * served / (slots * scenario.opening_days_per_year)
    ratio = observed.line.per_year / calls
    if utilisation > 1 - SATURATION_MARGIN and abs(served - ratio) < SATURATION_MARGIN:
        yield (
            f"{number(observed.line.per_year)} consultations pour {number(calls)} appels "
            f"({percent(ratio)}) : une ligne de {slots} créneaux "
            f"par jour en servirait {percent(served)} si tous "
            "les appels demandaient un créneau. Ce rapport est celui d'une ligne saturée, "
            "ce n'est pas la part des appels qui méritent une consultation."
        )

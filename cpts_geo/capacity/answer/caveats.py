"""What to know before using the answer: what it rests on, and where it does not hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from cpts_geo.capacity.answer.existing import ObservedFloor, Offer
from cpts_geo.capacity.demand.interval import ABOVE_WORDS, CHANCES, LEVELS
from cpts_geo.capacity.demand.laws import laws
from cpts_geo.capacity.demand.requests import calls_per_year
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.parameters import default_parameters
from cpts_geo.french import number, percent

#: Own calls are "saturated" if today's slots alone explain consultations / calls this closely.
_SATURATION_MARGIN: Final = 0.05

#: What each evidence label means.
EVIDENCE: Final = {
    1: "Ses propres appels : la demande est estimée à partir du journal d'appels du territoire.",
    2: "Ses consultations seulement : ce qui a été servi est un minimum (« au moins »).",
    3: "Aucune activité locale connue : le taux d'appel est celui d'un autre territoire.",
    4: "Part d'habitants sans médecin traitant supposée, aucune demande locale connue.",
}


#: What a caveat is about, the gravest first.
_Kind = Literal["refuted", "uncounted", "share_assumed", "transferred_rate", "saturated_ratio"]


@dataclass(frozen=True)
class Caveat:
    """
    One thing that the figures of a territory cannot tell, or that they tell against the model.

    Attributes
    ----------
    kind : {"refuted", "uncounted", "share_assumed", "transferred_rate", "saturated_ratio"}
        What it is about.
    text : str
        French sentence that the page prints.
    """

    kind: _Kind
    text: str


def caveats(
    scenario: Scenario,
    *,
    p90_per_year: float,
    today: Offer | None,
    observed: ObservedFloor | None,
) -> tuple[Caveat, ...]:
    """
    Find what to know before using the answer of a territory.

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
    tuple of Caveat
        The gravest first.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> found = caveats(load_scenario("lvo"), p90_per_year=3600.0, today=None, observed=None)
    >>> found[0].kind
    'uncounted'
    """
    return tuple(
        Caveat(kind, text) for kind, text in _found(scenario, p90_per_year, today, observed)
    )


def _found(
    scenario: Scenario, p90: float, today: Offer | None, observed: ObservedFloor | None
) -> Iterator[tuple[_Kind, str]]:
    """Caveats that hold for a territory, the gravest first: what each is about, its sentence."""
    if observed is not None and observed.above_p90:
        yield (
            "refuted",
            f"L'activité observée ({number(observed.line.per_year)} consultations par an) dépasse "
            f"la valeur que le modèle ne devrait dépasser que {ABOVE_WORDS} "
            f"({number(p90)}) : le modèle ne convient pas à ce territoire. "
            f"Retenir le minimum observé : au moins {observed.slots} créneaux par jour.",
        )
    if scenario.uncounted_demand is not None:
        yield (
            "uncounted",
            f"Ne sont pas comptés : {scenario.uncounted_demand}. "
            "Le résultat ne porte que sur une partie de la demande.",
        )
    if scenario.share_assumed:
        yield (
            "share_assumed",
            "La part de personnes sans médecin traitant est supposée, elle n'est pas mesurée "
            f"sur ce territoire{_national(scenario)}.",
        )
    if scenario.evidence_label != 1:
        yield "transferred_rate", _transferred(scenario) + _own_rate(scenario, observed)
    if today is not None and observed is not None and today.served_if_all_calls is not None:
        yield from _saturation(scenario, today.slots, today.served_if_all_calls, observed)


def _national(scenario: Scenario) -> str:
    """Say that the share is the national one, where it is."""
    share = default_parameters()["share_without_mt"]
    if share.text not in scenario.sources["people_without_mt"].text:
        return ""
    return f" : c'est la moyenne nationale, {share.text}"


def _transferred(scenario: Scenario) -> str:
    """Say that the rate is borrowed, and what the interval supposes of the gap to that of here."""
    gap = laws(scenario)["gap"]
    low, high = gap.quantile([LEVELS["p10"], LEVELS["p90"]]).tolist()
    counted = (
        f"celui d'ici est supposé de {number(low, 2)} à {number(high, 2)} fois celui-là ({CHANCES})"
        if gap.spread
        else "l'intervalle est trop étroit, car il suppose celui d'ici égal à celui-là"
    )
    return (
        "Le taux d'appel vient d'un autre territoire. Or ces taux ne se transportent pas : "
        f"{counted}."
    )


def _own_rate(scenario: Scenario, observed: ObservedFloor | None) -> str:
    """Say where consultations per person exceed the calls per person of the borrowed rate."""
    if observed is None:
        return ""
    own = observed.line.per_year / scenario.people_without_mt
    borrowed = scenario.calls_observed / scenario.calls_people_years
    if own <= borrowed:
        return ""
    return (
        f" Ici, {number(own, 2)} consultation par personne sans médecin traitant et par an, plus "
        f"que le taux emprunté, {number(borrowed, 2)} appel par personne."
    )


def _saturation(
    scenario: Scenario, slots: float, served: float, observed: ObservedFloor
) -> Iterator[tuple[_Kind, str]]:
    """Warn where today's slots alone explain the consultations given per call."""
    if scenario.people_without_mt != scenario.calls_people_years:
        return  # other people than those behind the log: nobody counted their calls
    calls = calls_per_year(scenario)
    utilisation = calls * served / (slots * scenario.opening_days_per_year)
    ratio = observed.line.per_year / calls
    if utilisation > 1 - _SATURATION_MARGIN and abs(served - ratio) < _SATURATION_MARGIN:
        yield (
            "saturated_ratio",
            f"{number(observed.line.per_year)} consultations pour {number(calls)} appels "
            f"({percent(ratio)}) : une ligne de {number(slots)} créneaux "
            f"par jour en servirait {percent(served)} si tous "
            "les appels demandaient un créneau. Ce rapport est celui d'une ligne saturée, "
            "ce n'est pas la part des appels qui méritent une consultation.",
        )

"""What to know before using the answer: what it rests on, and where it does not hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from cpts_geo.capacity.answer.existing import ObservedFloor, Offer
from cpts_geo.capacity.demand.denied import denied_slots
from cpts_geo.capacity.demand.laws import laws
from cpts_geo.capacity.demand.line import calls_per_year
from cpts_geo.capacity.demand.readings import ROUNDED, impossible_readings
from cpts_geo.capacity.demand.requests import DemandDraws
from cpts_geo.capacity.need.interval import CHANCES, LEVELS
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.parameters import default_parameters
from cpts_geo.capacity.scenario.records import PUBLICS
from cpts_geo.french import number, percent

#: Own calls are "saturated" if today's slots alone explain consultations / calls this closely.
_SATURATION_MARGIN: Final = 0.05
#: Chance that an assumed share is not above what is called its most, which may be all calls.
_AT_MOST: Final = 1.0 - 1e-9
#: Draws at the consultations given from which these are the answer, but for rounding.
_HALF: Final = 0.5
_ALIKE: Final = 1.0 + 1e-9
#: A gap that is none in this share of the draws is one that the APL hardly sees.
_NO_GAP: Final = 0.1

#: Of an answer that the counts of its own line deny.
_FOLLOWS: Final = "La réponse suit les consultations, et son intervalle est trop étroit."

#: What a caveat is about, the gravest first.
_Kind = Literal[
    "contradicted", "no_gap", "order_of_magnitude", "share_assumed", "transferred_rate",
    "saturated_ratio", "impossible_reading", "lent",
]  # fmt: skip


@dataclass(frozen=True)
class Caveat:
    """
    One thing that the figures of a territory cannot tell, or that they tell against the model.

    Attributes
    ----------
    kind : str
        What it is about: ``contradicted`` (its own counts deny one another, or what its slots
        would serve), ``no_gap`` (its APL sees no unmet need), ``order_of_magnitude`` (transferred
        from known lines), ``share_assumed``, ``transferred_rate``, ``saturated_ratio``,
        ``impossible_reading`` (of its slots), ``lent`` (APL of some communes unknown).
    text : str
        French sentence that the page prints.
    """

    kind: _Kind
    text: str


def caveats(
    scenario: Scenario,
    drawn: DemandDraws,
    *,
    today: Offer | None,
    observed: ObservedFloor | None,
) -> tuple[Caveat, ...]:
    """
    Find what to know before using the answer of a territory.

    Parameters
    ----------
    scenario : Scenario
        Territory.
    drawn : DemandDraws
        Its plausible demands.
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
    >>> from cpts_geo.capacity.demand.requests import draw_requests
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> case = load_scenario("lvo")
    >>> found = caveats(case, draw_requests(case, draws=1000), today=None, observed=None)
    >>> found[0].kind
    'order_of_magnitude'
    """
    return tuple(Caveat(kind, text) for kind, text in _found(scenario, drawn, today, observed))


def floor_alone(found: Iterable[Caveat], observed: ObservedFloor | None) -> int | None:
    """
    Find the slots that stand alone where a territory's own counts deny its answer.

    Parameters
    ----------
    found : iterable of Caveat
        Result of :func:`caveats`.
    observed : ObservedFloor or None
        Floor given by consultations already served; None = unknown.

    Returns
    -------
    int or None
        Slots per opening day: at least as many are needed, and no more is known; None where
        nothing denies the answer, or no consultation is known.

    Examples
    --------
    >>> from cpts_geo.capacity.answer.existing import observed_floor
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> seen = observed_floor(load_scenario("ouest_loiret"))
    >>> floor_alone([Caveat("contradicted", "…")], seen), floor_alone([], seen)
    (6, None)
    """
    denied = any(each.kind == "contradicted" for each in found)
    return observed.slots if denied and observed is not None else None


def _found(
    scenario: Scenario, drawn: DemandDraws, today: Offer | None, observed: ObservedFloor | None
) -> Iterator[tuple[_Kind, str]]:
    """Caveats that hold for a territory, the gravest first: what each is about, its sentence."""
    if observed is not None:
        yield from _fewer_calls(scenario, drawn, observed)
    if denied := denied_slots(scenario, drawn):
        yield "contradicted", denied
    if not scenario.has_own_line:
        yield from _transferred_all(drawn) if scenario.public != "no_mt" else _transferred(scenario)
    if today is not None and observed is not None and today.served_if_all_calls is not None:
        yield from _saturation(scenario, today.slots, today.served_if_all_calls, observed)
    if scenario.has_own_line:
        yield from _impossible_readings(scenario)
    if scenario.area is not None and scenario.area.lent > 0:
        yield (
            "lent",
            f"L’APL de communes qui comptent {percent(scenario.area.lent)} des habitants n’est pas "
            "publié : elles sont comptées comme les autres.",
        )


def _fewer_calls(
    scenario: Scenario, drawn: DemandDraws, observed: ObservedFloor
) -> Iterator[tuple[_Kind, str]]:
    """Say where a line would have given more consultations than its calls ask for: the answer is
    then what was given."""
    calls = calls_per_year(scenario)
    if calls is None:
        return
    given = observed.line.per_day * scenario.opening_days_per_year
    counted = scenario.need_counted
    share = (
        counted[0] / sum(counted) if counted else float(laws(scenario)["need"].quantile(_AT_MOST))
    )
    at_floor = np.mean(drawn.requests_per_year <= given * _ALIKE) >= _HALF
    if calls >= given and at_floor and calls * share < given * ROUNDED:
        yield (
            "contradicted",
            f"{number(given)} consultations par an, alors que {number(calls)} appels et la part "
            f"qui relève d’une consultation ({percent(share)} "
            f"{'comptés' if counted else 'au plus'}) n’en demandent que {number(calls * share)}. "
            f"{_FOLLOWS} Vérifiez cette part, et que ces deux nombres sont de la même période et "
            "des mêmes patients.",
        )
    if calls < given:
        yield (
            "contradicted",
            f"Moins d’appels que de consultations : {number(calls)} par an, pour {number(given)}. "
            "Ces deux nombres ne sont pas de la même période, ou pas des mêmes patients. "
            f"{_FOLLOWS} Vérifiez les deux nombres.",
        )


def _impossible_readings(scenario: Scenario) -> Iterator[tuple[_Kind, str]]:
    """Say which readings of the slots weigh nothing."""
    for reading, most in impossible_readings(scenario).items():
        yield (
            "impossible_reading",
            f"Lecture des créneaux écartée : « {reading.label} » ne peut pas avoir donné les "
            f"consultations comptées ({number(most)} par an au plus). Son poids va aux autres "
            "lectures.",
        )


def _transferred_all(drawn: DemandDraws) -> Iterator[tuple[_Kind, str]]:
    """Say what an answer transferred from known lines is worth."""
    if drawn.need is not None and float(np.mean(drawn.need.gap == 0)) > _NO_GAP:
        yield (
            "no_gap",
            "L’APL ne voit guère de besoin sans réponse dans ce territoire. Cela ne veut pas dire "
            "que personne n’a besoin d’une ligne : des habitants peuvent rester sans médecin "
            "traitant là où les médecins sont nombreux.",
        )
    yield (
        "order_of_magnitude",
        "C’est un ordre de grandeur : aucune activité locale n’est connue, et la demande est celle "
        "que recevraient des lignes comme les lignes connues. Un total d’appels ou un registre la "
        "préciserait.",
    )


def _transferred(scenario: Scenario) -> Iterator[tuple[_Kind, str]]:
    """Say that the rate is borrowed, and what the interval supposes of the gap to that of here."""
    if scenario.share_assumed:
        yield (
            "share_assumed",
            "La part de personnes sans médecin traitant est supposée, elle n’est pas mesurée "
            f"sur ce territoire{_national(scenario)}.",
        )
    gap = laws(scenario)["gap"]
    low, high = gap.quantile([LEVELS["p10"], LEVELS["p90"]]).tolist()
    counted = (
        f"celui d’ici est supposé de {number(low, 2)} à {number(high, 2)} fois celui-là ({CHANCES})"
        if gap.spread
        else "l’intervalle est trop étroit, car il suppose celui d’ici égal à celui-là"
    )
    yield (
        "transferred_rate",
        f"Le taux d’appel des {PUBLICS['no_mt']} vient d’un autre territoire. Or un tel taux ne se "
        f"transpose pas : {counted}.",
    )


def _national(scenario: Scenario) -> str:
    """Say that the share is the national one, where it is."""
    share = default_parameters()["share_without_mt"]
    if share.text not in scenario.sources["people_without_mt"].text:
        return ""
    return f" : c’est la moyenne nationale, {share.text}"


def _saturation(
    scenario: Scenario, slots: float, served: float, observed: ObservedFloor
) -> Iterator[tuple[_Kind, str]]:
    """Warn where today's slots alone explain the consultations given per call."""
    calls = calls_per_year(scenario)
    if not calls:
        return
    utilisation = calls * served / (slots * scenario.opening_days_per_year)
    ratio = observed.line.per_year / calls
    if utilisation > 1 - _SATURATION_MARGIN and abs(served - ratio) < _SATURATION_MARGIN:
        yield (
            "saturated_ratio",
            f"{number(observed.line.per_year)} consultations pour {number(calls)} appels "
            f"({percent(ratio)}) : une ligne de {number(slots)} créneaux "
            f"par jour en servirait {percent(served)} si tous "
            "les appels demandaient un créneau. Ce rapport est celui d’une ligne saturée, "
            "ce n’est pas la part des appels qui relèvent d’une consultation.",
        )

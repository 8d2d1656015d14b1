"""Indicators of a follow-up: what each is called, its unit, of which kind it is."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

#: What is counted at least where many requests say no outcome.
AT_LEAST: Final = frozenset(
    {"appointments", "advice", "no_slot", "redirected", "slot_requests", "response_rate",
     "fill_rate"}
)  # fmt: skip
#: Not tested: what is of the device, and what nobody acts on.
UNTESTED: Final = ("opening_days", "slots_offered", "other_outcomes")
_Kind = Literal["count", "share", "hours", "public"]


class _Indicator(NamedTuple):
    """A line of a follow-up: French words, unit, kind (``count`` of requests, ``share`` of them,
    ``hours`` of a delay; ``public``: of the device itself), what it is of."""

    label: str
    unit: str
    kind: _Kind
    formula: str


#: By key, in the order they are read.
INDICATORS: Final = {
    "opening_days": _Indicator("Jours d’ouverture comptés", "jours", "public", "calendrier"),
    "requests": _Indicator(
        "Demandes", "demandes", "count", "appels des jours d’ouverture comptés, moins les doublons"
    ),
    "appointments": _Indicator(
        "Rendez-vous donnés", "rendez-vous", "count", "annulés et non honorés compris"
    ),
    "advice": _Indicator("Conseils", "demandes", "count", "demandes closes par un conseil"),
    "no_slot": _Indicator("Sans créneau", "demandes", "count", "demandes restées sans créneau"),
    "redirected": _Indicator("Réorientées", "demandes", "count", "vers un autre service"),
    "other_outcomes": _Indicator(
        "Autre issue, ou inconnue", "demandes", "count", "appels sans réponse compris"
    ),
    "slot_requests": _Indicator(
        "Demandes de SNP",
        "demandes",
        "count",
        "qui relevaient d’un créneau : rendez-vous donnés et demandes sans créneau",
    ),
    "response_rate": _Indicator(
        "Taux de réponse", "part", "share", "(rendez-vous donnés + conseils) / demandes"
    ),
    "delay_median": _Indicator(
        "Délai médian", "heures", "hours", "de la demande au rendez-vous ; un sur deux l’a"
    ),
    "delay_p90": _Indicator(
        "Délai de neuf rendez-vous sur dix", "heures", "hours", "de la demande au rendez-vous"
    ),
    "honoured": _Indicator(
        "Rendez-vous honorés", "part", "share", "honorés / rendez-vous dont la suite est connue"
    ),
    "without_mt": _Indicator(
        "Sans médecin traitant", "part", "share", "parmi les demandes où cela est dit"
    ),
    "outside": _Indicator(
        "Hors du territoire", "part", "share", "parmi les demandes dont la commune est dite"
    ),
    "slots_offered": _Indicator(
        "Créneaux offerts", "créneaux", "public", "jours d’ouverture × créneaux du scénario"
    ),
    "fill_rate": _Indicator(
        "Taux de remplissage", "part", "share", "rendez-vous donnés / créneaux offerts"
    ),
}

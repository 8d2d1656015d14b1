"""How a call ended, in the words of logs: wordings as they stand, others by the words they hold.

A wording that is not listed is read where each of its words is known, and they say one outcome: a
word more may be somebody (« vu E. »), and two outcomes are a question.
"""

from __future__ import annotations

import re
from typing import Final

from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.analyst.calls._columns import GLUED_CASE, key

#: How a call ended, and the wordings understood for it; ``cancelled`` holds those who cancelled
#: and those who did not come, ``no_answer`` the calls that nobody took: what they asked for is not
#: known. Accents, case, spaces and punctuation do not count.
WORDINGS: Final = {
    "appointment": (
        "rendez-vous", "RDV", "rendez-vous pris", "RDV pris", "rendez-vous donné", "RDV donné",
        "rendez-vous attribué", "RDV attribué", "rendez-vous proposé", "RDV proposé",
        "consultation", "téléconsultation", "visite", "servi", "servie", "vu", "vue", "reçu",
        "reçue", "venu", "venue", "présent", "présente", "honoré", "arrivé", "arrivée",
        "en salle d’attente", "créneau donné",
        "créneau attribué", "pris en charge", "prise en charge", "appointment", "booked", "seen",
    ),
    "advice": (
        "conseil", "conseils", "conseil médical", "conseil téléphonique", "renseignement",
        "information", "advice",
    ),
    "redirected": (
        "réorienté", "réorientée", "réorientation", "orienté", "orientée", "orientation", "15",
        "centre 15", "SAMU", "SAMU 15", "urgences", "urgence", "SAU", "116 117", "SAS",
        "médecin traitant", "redirected", "referred",
    ),
    "no_slot": (
        "sans créneau", "pas de créneau", "aucun créneau", "refus", "refusé", "refusée",
        "pas de place", "plus de place", "complet", "perdu", "perdue", "sans solution",
        "non servi", "non servie", "sans rendez-vous", "pas de rendez-vous", "sans RDV",
        "pas de RDV", "no slot", "lost",
    ),
    "duplicate": ("doublon", "doublons", "double appel", "appel répété", "duplicate"),
    "cancelled": (
        "annulé", "annulée", "annulation", "absent", "absente", "absence", "lapin",
        "non honoré", "non venu", "non venue", "pas venu", "pas venue", "excusé", "excusée",
        "cancelled", "canceled", "no-show",
    ),
    "other": (
        "autre", "autres", "divers", "hors périmètre", "non éligible", "erreur", "other",
    ),
    "no_answer": (
        "sans réponse", "pas de réponse", "non répondu", "non décroché", "appel perdu",
        "appels perdus", "appel manqué", "appels manqués", "appel abandonné", "appels abandonnés",
        "abandon", "abandons", "abandonné", "raccroché", "raccrochés",
        "raccroché avant réponse", "injoignable", "répondeur", "no answer", "missed call",
    ),
}  # fmt: skip
_OUTCOME_OF: Final = {
    key(wording): outcome for outcome, wordings in WORDINGS.items() for wording in wordings
}


def _stems(words: str) -> frozenset[str]:
    """Words without the marks of gender and number."""
    return frozenset(map(_stem, words.split()))


def _stem(word: str) -> str:
    """A word without the marks of gender and number."""
    return word.rstrip("es") if len(word) > 3 else word


_NEGATIONS: Final = _stems("sans pas non aucun plus ni")
#: What a negation turns into another outcome: « non venu », « sans créneau », « pas de réponse ».
_DENIED: Final = {
    "cancelled": _stems("venu vu vue vus vues honore present presente excuse"),
    "no_slot": _stems(
        "rdv rendez rendezvous creneau place disponibilite solution servi satisfait pourvu "
        "consultation"
    ),
    "no_answer": _stems("reponse repondu decroche abouti joint joignable"),
}
#: Words that say an outcome alone.
_SAYING: Final = {
    "cancelled": _stems("annule annulation absent absence excuse lapin"),
    "duplicate": _stems("doublon"),
    "no_answer": _stems("injoignable repondeur abandon abandonne raccroche manque"),
    "no_slot": _stems("refus refuse complet sature"),
    "redirected": _stems(
        "oriente reoriente orientation reorientation redirige adresse traitant urgence urgences "
        "samu sau sas smur 15 116 117"
    ),
    "advice": _stems("conseil renseignement information"),
    "appointment": _stems(
        "rdv rendez rendezvous consultation teleconsultation visite creneau vu vue vus vues venu "
        "honore recu confirme"
    ),
}
# Words that change nothing.
_NEUTRAL: Final = _stems(
    "par le la les de des du au aux en un une ce ne est avec vers chez sur sous vous appel patient "
    "usager medecin docteur praticien medical infirmier infirmiere ide secretariat cabinet centre "
    "soin soins service telephone telephonique pris prise charge donne attribue propose fixe jour "
    "meme lendemain disponible csnp snp msp 24h 48h 72h"
)
#: What a column of counts holds where it counts every call.
CALLS: Final = "calls"
#: The same, where its header does not say what it counts.
TOTAL: Final = "total"
_NUMBERS_OF: Final = _stems(
    "nb nbre nombre effectif total totaux somme recu entrant quotidien dont compte"
)
_NUMBERED: Final = _stems("n no num numero id ref")
_ALL_CALLS: Final = _stems("appel demande sollicitation call")
#: « l’ », « d’ »: a letter alone may be somebody's initial.
_ELIDED: Final = re.compile(r"\b[dlns]'")
_SAID_IN: Final = (
    _NEGATIONS
    | _NEUTRAL
    | frozenset().union(*_DENIED.values(), *_SAYING.values())
    # Seen in logs, and telling no outcome alone.
    | _stems(
        "suite classe clos resolu rappel rappele rappeler message relance relancer reporte report "
        "deplace modifie venir planifie programme demande liste cours traite transfere transfert "
        "nrp hors secteur autre sortant entrant doublon erreur faux numero test info"
    )
)


def outcome_of(text: str) -> str | None:
    """Outcome that a wording names; None for an unknown one, or for several."""
    return _OUTCOME_OF.get(key(text)) or _by_words(text)


def count_of(header: str) -> str | None:
    """What a header would count, were its cells numbers: an outcome, :data:`CALLS`, or
    :data:`TOTAL` where it does not say of what; None for none of them."""
    said = _tokens(GLUED_CASE.sub(" ", header))
    # « N° appel » numbers calls, and counts none.
    if not said or not _NUMBERED.isdisjoint(said):
        return None
    named = [word for word in said if word not in _NUMBERS_OF]
    if not named:
        return TOTAL
    if _NEUTRAL.issuperset(named):
        return None if _ALL_CALLS.isdisjoint(named) else CALLS
    if _ALL_CALLS.issuperset(named):
        return CALLS
    return outcome_of(" ".join(named))


def is_common_wording(text: str) -> bool:
    """Tell whether an unknown wording is made of words of logs alone, and so names nobody."""
    found = _tokens(text)
    return bool(found) and _SAID_IN.issuperset(found)


def _tokens(text: str) -> list[str]:
    """Stems of the words and numbers of a wording."""
    return [_stem(word) for word in re.findall("[a-z0-9]+", _ELIDED.sub(" ", plain(text)))]


def _by_words(text: str) -> str | None:
    """Outcome that all the words of a wording say together; None where one is unknown."""
    found: set[str | None] = set()
    denied = False
    for word in _tokens(text):
        if word in _NEUTRAL:
            continue
        if word in _NEGATIONS:
            if denied:
                return None
            denied = True
            continue
        groups = _DENIED if denied else _SAYING
        found.add(next((outcome for outcome, words in groups.items() if word in words), None))
        denied = False
    if denied or None in found:
        return None
    # Who cancelled, or did not come, had an appointment.
    if "cancelled" in found:
        found.discard("appointment")
    return found.pop() if len(found) == 1 else None

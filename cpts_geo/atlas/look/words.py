"""Words that several sections share: slots, spans, the goal, the short answer."""

from __future__ import annotations

from typing import Final

from cpts_geo.capacity.answer.caveats import EVIDENCE
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.demand.interval import CHANCES
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.french import number, percent
from cpts_geo.schema import Status

#: Said of a model that the activity observed exceeds.
REFUTED_WORDS: Final = "modèle démenti par l’activité"
#: A part of a number that neither whole slots nor a drawing show.
_INVISIBLE: Final = 0.05


def span(low: float, high: float, decimals: int = 0) -> str:
    """
    Write two bounds of a number.

    Parameters
    ----------
    low, high : float
        Bounds.
    decimals : int
        Decimals kept.

    Returns
    -------
    str
        One number where both are written alike.

    Examples
    --------
    >>> span(10, 19), span(13.9, 14.1)
    ('10 à 19', '14')
    """
    return " à ".join(dict.fromkeys([number(low, decimals), number(high, decimals)]))


def sampling_part(result: Headline) -> str:
    """
    Say what counting calls is of the intervals of months and publics.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    str
        French sentence.
    """
    few = result.sampling_requests
    widest = max(few.p90 / few.p50, few.p50 / few.p10) - 1.0
    lost = " : trop peu pour se voir à cette échelle" if widest < _INVISIBLE else ""
    return (
        "Du hasard des appels comptés, ces intervalles ont la même part que la réponse : "
        f"{percent(widest)} au plus, en plus ou en moins, des demandes des personnes sans médecin "
        f"traitant ({CHANCES}){lost}. Le reste vient de ce qui est supposé."
    )


def todays(result: Headline) -> str:
    """
    Name the slots of today, where they are known.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory whose slots of today are known.

    Returns
    -------
    str
        Such as « les 8 créneaux d’aujourd’hui ».
    """
    assert result.today is not None
    return f"les {slots_text(result.today.slots)} créneaux d’aujourd’hui"


def slots_text(count: float) -> str:
    """
    Write a number of slots without its word.

    Parameters
    ----------
    count : float
        Slots a day; a mean over the week may have decimals.

    Returns
    -------
    str
        French number.

    Examples
    --------
    >>> slots_text(14.0), slots_text(7.6)
    ('14', '7,6')
    """
    return number(count, 0 if float(count).is_integer() else 1)


def slots(count: float) -> str:
    """
    Write a number of slots.

    Parameters
    ----------
    count : float
        Slots.

    Returns
    -------
    str
        Such as « 1 créneau », « 7,6 créneaux » or « 14 créneaux ».

    Examples
    --------
    >>> slots(1), slots(7.6)
    ('1 créneau', '7,6 créneaux')
    """
    return f"{slots_text(count)} {'créneau' if count < 2 else 'créneaux'}"


def deadline(days: int) -> str:
    """
    Say the deadline of a booking in words.

    Parameters
    ----------
    days : int
        Opening days after the request.

    Returns
    -------
    str
        French words.
    """
    words = {0: "le jour même", 1: "le jour même ou le lendemain ouvré"}
    return words.get(days, f"dans les {days} jours ouvrés")


def goal(result: Headline) -> str:
    """
    Say what the slots are counted for.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    str
        French clause: target, people, deadline.
    """
    scenario = result.scenario
    return (
        f"{percent(scenario.target, 0)} des demandes des personnes sans médecin traitant "
        f"trouvent un créneau {deadline(scenario.deadline_days)}"
    )


def partial(result: Headline) -> str:
    """
    Say of a figure that it leaves out people the line also serves.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    str
        French words to put after the figure, empty where all are counted.
    """
    return ", demande partielle" if result.scenario.uncounted_demand is not None else ""


def support(scenario: Scenario) -> str:
    """
    Say what the figures of a scenario rest on.

    Parameters
    ----------
    scenario : Scenario
        Says its evidence label.

    Returns
    -------
    str
        Such as « appui 1 (de 1, le plus solide, à 4) — … ».
    """
    label = scenario.evidence_label
    return (
        f"appui {label} (de {min(EVIDENCE)}, le plus solide, à {max(EVIDENCE)}) — {EVIDENCE[label]}"
    )


def answer_status(result: Headline) -> Status:
    """
    Say how the answer is known.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    Status
        Estimated where the answer rests on observed activity, else that of the headline.
    """
    return Status.ESTIMATED if result.refuting else result.status


def short_answer(result: Headline) -> str:
    """
    Give the answer as it stands in a table.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    str
        Such as « 14 (10 à 19) » or « au moins 6 »; says so where part of the demand is left out.
    """
    if (seen := result.refuting) is not None:
        return f"au moins {number(seen.slots)}"
    low, middle, high = (number(x) for x in vars(result.slots_per_day).values())
    return f"{middle} ({low} à {high}){partial(result)}"


def between(low: float, high: float) -> str:
    """
    Write two bounds of a whole number in a sentence.

    Parameters
    ----------
    low, high : float
        Bounds.

    Returns
    -------
    str
        Such as « entre 10 et 19 »; one number where they are equal.
    """
    if low == high:
        return number(low)
    return f"entre {number(low)} et {number(high)}"

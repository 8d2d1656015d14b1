"""What a page says in words: the answer, its interval, today's capacity, the evidence."""

from __future__ import annotations

from cpts_geo.capacity.answer.headline import Headline, Interval
from cpts_geo.french import NNBSP, counted, number, percent, whole_percent
from cpts_geo.schema import STATUS_MARKS, Status


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
        Such as « 14 » or « 7,6 ».

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


def answer(result: Headline) -> str:
    """
    Answer the question of the meeting in one sentence.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    str
        French sentence: slots a day, interval in words, GP-hours a week. Where the observed
        activity refutes the model, the observed minimum is the answer.
    """
    need = f"Pour que {goal(result)}, il faudrait "
    if (seen := result.refuting) is not None:
        return (
            f"{need}au moins {slots(seen.slots)} par jour, d’après l’activité déjà assurée "
            f"({number(seen.line.per_day, 1)} consultations par jour d’ouverture), soit environ "
            f"{_hours(seen.gp_hours_per_week)} de médecin par semaine."
        )
    low, middle, high = _triple(result.slots_per_day)
    hours = result.gp_hours_per_week
    return (
        f"{need}{slots(middle)} par jour{partial(result)} — {_between(low, high)}, "
        f"au moins 8 chances sur 10 —, soit {_hours(hours.p50)} de médecin par semaine "
        f"({_between(round(hours.p10), round(hours.p90))}{NNBSP}h)."
    )


def today(result: Headline) -> str:
    """
    Say what is offered today, and what it can carry.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    str
        French sentence; says that it is not published where it is unknown.
    """
    offered = result.today
    if offered is None:
        return "Capacité d’aujourd’hui : non publiée."
    text = (
        f"Aujourd’hui : {slots(offered.slots)} par jour "
        f"({number(offered.gp_hours_per_week)} h de médecin par semaine), de quoi tenir "
        f"l’objectif jusqu’à {number(offered.carries_per_day, 1)} demandes par jour"
    )
    if result.scenario.uncounted_demand is not None:
        return text + "."
    return (
        f"{text} ; à la demande médiane, {whole_percent(offered.served_at_median)} "
        "seraient servies dans ce délai."
    )


def planned(result: Headline) -> str:
    """
    Say what the announced capacity would serve.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    str
        French sentence, empty where nothing is announced.
    """
    offer = result.planned
    if offer is None:
        return ""
    text = (
        f"Avec {slots(offer.slots)} ({result.scenario.planned_basis}) : "
        f"{whole_percent(offer.served_at_median)} des demandes servies dans le délai à la demande "
        "médiane"
    )
    if offer.served_if_all_calls is not None:
        text += f", {whole_percent(offer.served_if_all_calls)} si chaque appel demandait un créneau"
    return text + "."


def dots_caption(result: Headline) -> str:
    """
    Read the dot plot aloud.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    str
        French sentence.
    """
    low, _, high = _triple(result.slots_per_day)
    inside = sum(low <= dot <= high for dot in result.slots_dots)
    model = "selon le modèle, que l’activité dément, " if result.refuting else ""
    needed = slots(high) if low == high else f"{_between(low, high)} créneaux"
    return (
        f"Chaque point est une situation plausible parmi {len(result.slots_dots)} : {model}"
        f"{inside} demandent {needed} par jour."
    )


def evidence(result: Headline) -> str:
    """
    Give the evidence label with its mark.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    str
        Such as « ◐ Appui 1 (de 1, le plus solide, à 4) — … ».
    """
    level = result.scenario.evidence_label
    mark = STATUS_MARKS[answer_status(result)]
    return f"{mark} Appui {level} (de 1, le plus solide, à 4) — {result.evidence}"


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
    low, middle, high = _triple(result.slots_per_day)
    return f"{number(middle)} ({number(low)} à {number(high)}){partial(result)}"


def short_hours(result: Headline) -> str:
    """
    Give the GP-hours a week as they stand in a table.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    str
        Such as « 20 » or « au moins 8 »; says so where part of the demand is left out.
    """
    if (seen := result.refuting) is not None:
        return f"au moins {number(seen.gp_hours_per_week)}"
    return number(result.gp_hours_per_week.p50) + partial(result)


def _triple(interval: Interval[int]) -> tuple[int, int, int]:
    return interval.p10, interval.p50, interval.p90


def _hours(hours: float) -> str:
    return counted(round(hours), "heure", "heures")


def _between(low: float, high: float) -> str:
    if low == high:
        return f"{number(low)}"
    return f"entre {number(low)} et {number(high)}"

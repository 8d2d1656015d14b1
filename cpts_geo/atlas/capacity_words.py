"""What a page says of capacity besides its answer: publics, causes of the interval, back-test."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from cpts_geo.atlas.sentences import slots, slots_text
from cpts_geo.capacity.answer.headline import Headline, Interval
from cpts_geo.capacity.answer.seasons import EligibleDemand
from cpts_geo.french import number, percent, whole_percent

#: Input of the tornado -> what to do to know it better.
_REMEDIES: Final = {
    "people": "Compter ces personnes (l’Assurance maladie les connaît) resserrerait l’intervalle "
    "plus que tout le reste.",
    "calls": "Compter les appels plus longtemps resserrerait l’intervalle plus que tout le reste.",
    "need": "Mesurer cette part, en notant pour chaque appel s’il méritait un créneau, "
    "resserrerait l’intervalle plus que tout le reste.",
    "gap": "Mesurer cet écart, en comptant pendant un an les appels d’ici, resserrerait "
    "l’intervalle plus que tout le reste.",
    "minutes": "Mesurer cette durée resserrerait l’intervalle plus que tout le reste.",
}


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
        Such as « 10 à 19 »; one number where both are written alike.

    Examples
    --------
    >>> span(10, 19), span(13.9, 14.1)
    ('10 à 19', '14')
    """
    return " à ".join(dict.fromkeys([number(low, decimals), number(high, decimals)]))


def with_span(found: Interval[int] | Interval[float]) -> str:
    """
    Write a median and its interval.

    Parameters
    ----------
    found : Interval
        Median and bounds.

    Returns
    -------
    str
        Such as « 14 (10 à 19) ».

    Examples
    --------
    >>> with_span(Interval(10, 14, 19))
    '14 (10 à 19)'
    """
    return f"{number(found.p50)} ({span(found.p10, found.p90)})"


def draw_error(result: Headline) -> str:
    """
    Say what the draws themselves leave unknown.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    str
        French words, the error rounded up.
    """
    return f"erreur de tirage : {percent(math.ceil(1000 * result.draw_error) / 1000)} au plus"


def sampling_sentence(result: Headline) -> str:
    """
    Keep apart what counting leaves unknown and what is assumed.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    str
        French sentence.
    """
    few, all_ = result.sampling_slots, result.slots_per_day
    return (
        f"Deux incertitudes, à ne pas confondre : le hasard d’un an d’appels comptés, seul, "
        f"donnerait {span(few.p10, few.p90)} créneaux par jour ; avec tout ce qui est supposé, "
        f"c’est {span(all_.p10, all_.p90)}. Ne montrer que la première tromperait : elle tient "
        "pour connu ce qui ne l’est pas."
    )


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
        f"traitant (8 chances sur 10){lost}. Le reste vient de ce qui est supposé."
    )


def model_note(result: Headline) -> str:
    """
    Warn that what follows rests on a model that the activity refutes.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    str
        French sentence; empty where the model stands.
    """
    if (seen := result.refuting) is None:
        return ""
    return (
        "Les mois et les causes de l’intervalle, ci-dessous, viennent du modèle, que l’activité "
        "dément : leurs différences se lisent, leurs niveaux sont trop bas. Le minimum observé "
        f"reste {slots(seen.slots)} par jour."
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


def groups_sentences(result: Headline, found: EligibleDemand, served: float) -> list[str]:
    """
    Tell apart the demand of all who may ask and that of the headline.

    Parameters
    ----------
    result : Headline
        Capacity needed for people without médecin traitant.
    found : EligibleDemand
        Demand of all who may ask.
    served : float
        Share of it that today's slots serve; NaN is unknown.

    Returns
    -------
    list of str
        French sentences.
    """
    said = [
        "Ce sont deux questions différentes. Pour les seules personnes sans médecin traitant, il "
        f"faudrait {_slots(result.slots_per_day)} par jour : c’est la réponse en haut de page. "
        f"Pour tous ceux que l’offre admet, il en faudrait {with_span(found.slots_per_day)}."
    ]
    if result.today is not None and not math.isnan(served):
        said.append(
            f"De cette demande totale, {todays(result)} serviraient {whole_percent(served)} dans "
            "le délai, un jour moyen."
        )
    return said


def drivers_sentence(tornado: pd.DataFrame) -> str:
    """
    Name what makes most of the interval, and what would narrow it.

    Parameters
    ----------
    tornado : DataFrame
        As :func:`cpts_geo.capacity.answer.drivers.hours_tornado`.

    Returns
    -------
    str
        French sentences.
    """
    first = tornado.to_dict("records")[0]
    low, high = sorted((first["result_low"], first["result_high"]))
    decimals = hours_decimals(tornado)
    if low == high:
        return (
            "Aucune de ces données, prise seule, ne change le nombre d’heures : les créneaux sont "
            "entiers, et les écarts trop petits pour en ajouter un."
        )
    hours = f"de {number(low, decimals)} à {number(high, decimals)} heures de médecin par semaine"
    return (
        f"{first['label']} : {hours} selon sa valeur, le reste étant à sa médiane. C’est ce qui "
        f"pèse le plus. {_REMEDIES[first['input']]}"
    )


def hours_decimals(tornado: pd.DataFrame) -> int:
    """
    Choose decimals that tell the ends of bars apart.

    Parameters
    ----------
    tornado : DataFrame
        As :func:`cpts_geo.capacity.answer.drivers.hours_tornado`.

    Returns
    -------
    int
        None where the widest bar spans 10 hours or more, else one.
    """
    ends = tornado[["result_low", "result_high"]]
    return int(ends.max().max() - ends.min().min() < 10)


def back_test_sentence(row: Mapping[Any, Any], *, today: float | None) -> str:
    """
    Set the consultations observed beside what the model predicts of them.

    Parameters
    ----------
    row : mapping
        A row of :func:`cpts_geo.capacity.checks.backtest.back_test`.
    today : float or None
        Slots offered today; None is unknown.

    Returns
    -------
    str
        French sentences.
    """
    limit = f", que bornent {slots(today)} par jour," if row["bounded"] and today else ""
    text = (
        f"Le modèle{limit} prédit {number(row['predicted_p50'])} consultations par an "
        f"({span(row['predicted_p10'], row['predicted_p90'])}), rendez-vous non honorés déduits ; "
        f"{number(row['observed'])} ont été observées : "
    )
    below = whole_percent(row["rank"])
    if row["refuted"]:
        return (
            f"{text}hors de l’intervalle ({below} des tirages sont au-dessous). Le modèle ne "
            "convient pas à ce territoire."
        )
    if not row["inside"]:
        return (
            f"{text}moins que l’intervalle. Des créneaux trop rares l’expliqueraient aussi : leur "
            "nombre n’est pas publié, rien n’est réfuté."
        )
    text += "l’accord tient, à l’arrondi des chiffres publiés près."
    if row["own_calls"]:
        text += " Il use de ses propres appels : c’est la file qui est éprouvée, pas la demande"
        text += ", et une ligne pleine ne dit rien de qui n’a pas eu de créneau." if limit else "."
    return text


def _slots(found: Interval[int]) -> str:
    return f"{slots(found.p50)} ({span(found.p10, found.p90)})"

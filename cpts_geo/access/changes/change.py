"""What one more doctor changes: shifts of the published APL, without computing it again.

With a supply shifted by dS consultations a year in commune j, the APL of commune i moves by
``w(t_ij) dS / sum_k w(t_kj) P_k``: no doctor's own data are needed, only travel times and the
standardised people around j. With approximate times the shift is approximate: give it by variant.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd

from cpts_geo.access.catchments.sharing import Catchments, ratio_of
from cpts_geo.access.changes._activity import ACTIVITY_NEW_DOCTOR, acts_text, counted_acts, refused
from cpts_geo.access.travel.places import by_origin
from cpts_geo.access.travel.times import listed
from cpts_geo.errors import TableError
from cpts_geo.french import number
from cpts_geo.settings import APL_LOW, SLOT_MINUTES

_Kind = Literal["arrival", "departure", "fewer_hours", "centre"]
#: Opening weeks of a year: 52 less public holidays, for a centre open every weekday.
_WEEKS_A_YEAR: Final = 50.0


@dataclass(frozen=True)
class Change:
    """
    A shift of the supply of one commune.

    Parameters
    ----------
    code : str
        INSEE code of the commune of practice.
    consultations : float
        Consultations a year gained (above 0) or lost (below 0), as the APL counts them.
    kind : {"arrival", "departure", "fewer_hours", "centre"}
        What happens there.
    words : str
        French words on what is supposed.
    """

    code: str
    consultations: float
    kind: _Kind
    words: str


def gp_leaves(code: str, *, consultations: float = ACTIVITY_NEW_DOCTOR) -> Change:
    """
    One GP leaves a commune and is not replaced.

    Parameters
    ----------
    code : str
        INSEE code.
    consultations : float
        Consultations a year given until then; by default an ordinary full-time activity.

    Returns
    -------
    Change
        The loss, counted as the APL counts activity.

    Examples
    --------
    >>> gp_leaves("45252", consultations=9_000).consultations
    -6000.0
    """
    counted = counted_acts(consultations)
    words = f"un médecin généraliste part ({acts_text(consultations)})"
    return Change(code, -counted, "departure", words)


def centre_opens(
    code: str,
    *,
    hours_per_week: float,
    minutes: float = SLOT_MINUTES,
    demand: float = math.inf,
) -> Change:
    """
    A centre for unscheduled care opens in a commune.

    Parameters
    ----------
    code : str
        INSEE code.
    hours_per_week : float
        Hours of doctor a week, above 0.
    minutes : float
        Minutes a consultation, above 0.
    demand : float
        Requests a year that it answers: it gives no more consultations than that.

    Returns
    -------
    Change
        ``hours x 60 / minutes`` in 50 weeks, at most `demand`, counted without bounds as a health
        centre's. It supposes that the doctors are new to the territory: consultations that move
        from a practice to a centre add none.

    Raises
    ------
    ScenarioError
        An argument not above 0, or over 168 hours or 240 minutes.

    Examples
    --------
    >>> centre_opens("85047", hours_per_week=20).consultations
    4000.0
    """
    defects = [
        f"{name} = {number(value, 1)} : de 0 (exclu) à {number(most)} attendu"
        for name, value, most in (
            ("heures par semaine", hours_per_week, 168.0),
            ("minutes par consultation", minutes, 240.0),
            ("demandes par an", demand, math.inf),
        )
        if not 0 < value <= most
    ]
    if defects:
        raise refused(defects)
    slots = hours_per_week * 60 / minutes * _WEEKS_A_YEAR
    total = min(slots, demand)
    use = "si tous les créneaux servent"
    if demand < slots:
        use = f"autant que de demandes, pour {number(slots)} créneaux"
    hours = round(float(hours_per_week), 1)
    words = (
        f"un lieu de SNP ouvre avec {number(hours, 0 if hours.is_integer() else 1)} h de "
        f"consultation par semaine ({number(total)} consultations par an, {use}), avec des "
        "médecins nouveaux pour le territoire : des consultations déplacées n’ajouteraient rien"
    )
    return Change(code, total, "centre", words)


def apl_shift(shared: Catchments, changes: Iterable[Change]) -> pd.Series:
    """
    Compute how much the APL of each commune moves.

    Parameters
    ----------
    shared : Catchments
        Of the standardised people, with the weights of the APL
        (:data:`cpts_geo.access.catchments.weights.APL_WEIGHT`).
    changes : iterable of Change
        What happens; shifts add up.

    Returns
    -------
    Series of float
        Consultations a year per standardised inhabitant, by origin: 0 beyond 20 minutes of every
        change; NaN where the people around a change are unknown, or no road reaches the place.

    Raises
    ------
    TableError
        A commune that the travel times do not know, or that nobody reaches.

    Notes
    -----
    ``sum_i P_i dA_i`` is dS: the consultations gained are shared, none is lost.

    Examples
    --------
    >>> from cpts_geo.access.travel.example import three_communes
    >>> from cpts_geo.access.catchments.sharing import catchments
    >>> from cpts_geo.access.catchments.weights import APL_WEIGHT
    >>> times, _, people = three_communes()
    >>> shared = catchments(times, people, weight=APL_WEIGHT)
    >>> apl_shift(shared, [gp_leaves("C", consultations=3_400)]).round(3).tolist()
    [-0.424, -1.271, -1.271]
    """
    wanted = list(changes)
    places = shared.travel.destinations.get_indexer(pd.Index([change.code for change in wanted]))
    lost = [change.code for change, place in zip(wanted, places, strict=True) if place < 0]
    empty = [
        change.code
        for change, place in zip(wanted, places, strict=True)
        if place >= 0 and shared.people[place] == 0
    ]
    if lost or empty:
        rules = (
            (lost, "communes inconnues des temps de trajet"),
            (empty, "communes que personne n’atteint"),
        )
        raise TableError(
            "Le changement d’offre ne peut pas être calculé.",
            defects=[f"{text} : {listed(codes)}" for codes, text in rules if codes],
            remedy="choisissez une commune de la table des temps de trajet, par son code Insee.",
        )
    moved = np.zeros(len(shared.travel.origins))
    for change, place in zip(wanted, places, strict=True):
        column = shared.by_destination[[place]].tocoo()
        near = column.data > 0  # a pair slower than the weight is no part of the catchment
        share = ratio_of(np.array([change.consultations]), shared.people[[place]])
        moved[column.col[near]] += column.data[near] * share
    return by_origin(moved, shared.travel)


def crossings(before: pd.Series, after: pd.Series) -> pd.DataFrame:
    """
    List the communes that cross the threshold under which an APL is low.

    Parameters
    ----------
    before, after : Series of float
        APL by commune, on the same index; NaN never crosses.

    Returns
    -------
    DataFrame
        By commune that crosses: before, after, direction (``falls`` under, or ``rises`` to the
        threshold or above).

    Raises
    ------
    TableError
        Not the same communes.

    Examples
    --------
    >>> before = pd.Series([2.6, 2.4, 3.0], index=["A", "B", "C"])
    >>> crossings(before, before - 0.2)["direction"].to_dict()
    {'A': 'falls'}
    """
    if not before.index.equals(after.index):
        raise TableError(
            "Avant et après ne portent pas sur les mêmes communes.",
            defects=[f"{len(before)} communes avant, {len(after)} après, ou dans un autre ordre"],
            remedy="donnez deux séries sur le même index.",
        )
    falls = (before >= APL_LOW) & (after < APL_LOW)
    rises = (before < APL_LOW) & (after >= APL_LOW)
    table = pd.DataFrame({"before": before, "after": after})[falls | rises]
    return table.assign(direction=np.where(falls[falls | rises], "falls", "rises"))

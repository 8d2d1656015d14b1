"""A question of where to open, checked at the door and laid out for the two ways of answering.

Sites are points of a table of minutes (rows: communes of demand, columns: sites; NaN: out of
reach or unknown, never a long time). Existing sites stay open; ``p`` new ones are chosen among
the candidates. People go to the nearest open site. No public transport: a person without a car
is not described by these minutes.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cpts_geo.access.siting.checks import (
    Objective,
    capacity_defects,
    codes_text,
    demand_defects,
    minutes_defects,
    request_defects,
    site_defects,
)
from cpts_geo.errors import SitingError
from cpts_geo.french import number

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

#: Capacities and demands are compared within this relative tolerance.
TOLERANCE: Final = 1e-9


@dataclass(frozen=True, eq=False)
class SitingQuestion:
    """
    A checked question, as arrays.

    Parameters
    ----------
    objective : {"p_median", "mclp", "p_center", "lscp"}
        What makes a set of sites good; see :func:`cpts_geo.access.siting.best_sites`.
    p : int
        New sites to open; 0 for "lscp", which finds their number.
    radius : float
        Minutes within which people count as covered; NaN when the question has none.
    best : int
        Solutions wanted.
    communes : tuple of str
        Communes with demand, in alphabetic order of codes; those without ask nothing.
    demand : numpy.ndarray of float, shape (communes,)
        Demand of these communes, above 0.
    candidates, existing : tuple of str
        Codes of the sites, in alphabetic order.
    minutes : numpy.ndarray of float, shape (candidates + existing, communes)
        Minutes from each commune to each site, candidates first; infinite when out of reach.
    capacity : numpy.ndarray of float, shape (candidates + existing,), or None
        Largest demand each site serves; None when capacities do not count.
    """

    objective: Objective
    p: int
    radius: float
    best: int
    communes: tuple[str, ...]
    demand: FloatArray
    candidates: tuple[str, ...]
    existing: tuple[str, ...]
    minutes: FloatArray
    capacity: FloatArray | None

    @property
    def total(self) -> float:
        """Whole demand."""
        return float(self.demand.sum())

    @property
    def reach(self) -> npt.NDArray[np.bool_]:
        """Whether each site is within the radius of each commune, shape of `minutes`."""
        return self.minutes <= self.radius

    @property
    def coverable(self) -> npt.NDArray[np.bool_]:
        """Whether some site, open or not, is within the radius of each commune."""
        return np.asarray(self.reach.any(axis=0))

    def nearest(self, sets: IntArray) -> FloatArray:
        """
        Minutes to the nearest open site.

        Parameters
        ----------
        sets : numpy.ndarray of int, shape (m, new sites)
            Positions of the candidates opened, one row a set.

        Returns
        -------
        numpy.ndarray of float, shape (m, communes)
            Infinite where no open site is in reach.
        """
        today = self.minutes[len(self.candidates) :].min(axis=0, initial=np.inf)
        found = np.repeat(today[None, :], len(sets), axis=0)
        for opened in sets.T:
            np.minimum(found, self.minutes[opened], out=found)
        return found


def siting_question(
    minutes: pd.DataFrame,
    demand: pd.Series,
    *,
    objective: Objective,
    p: int | None = None,
    radius: float | None = None,
    existing: Collection[str] = (),
    candidates: Collection[str] | None = None,
    best: int = 5,
    capacity: float | Mapping[str, float] | None = None,
) -> SitingQuestion:
    """
    Check a question of where to open and lay it out as arrays.

    Parameters
    ----------
    minutes : DataFrame of float
        Minutes from each commune (rows) to each site (columns); NaN out of reach or unknown.
    demand : Series of float
        Demand by commune, 0 or more, for exactly the communes of `minutes`.
    objective : {"p_median", "mclp", "p_center", "lscp"}
        What makes a set of sites good; see :func:`cpts_geo.access.siting.best_sites`.
    p : int or None
        New sites to open; None for "lscp" only.
    radius : float or None
        Minutes within which people count as covered; needed by "mclp" and "lscp".
    existing : collection of str
        Sites already open.
    candidates : collection of str or None
        Sites that may open; None for every column that is not in `existing`.
    best : int
        Solutions wanted, 1 or more.
    capacity : float, mapping of str to float, or None
        Largest demand a site serves, the same for all or by code (candidates and existing).

    Returns
    -------
    SitingQuestion
        The question, which has at least one commune with demand.

    Raises
    ------
    SitingError
        If the tables or the question are unusable, or no set of sites can answer; lists every
        defect of the tables and of the question, then every reason why it has no answer.

    Examples
    --------
    >>> minutes = pd.DataFrame({"A": [0.0, 12.0], "B": [12.0, np.nan]}, index=["A", "B"])
    >>> question = siting_question(
    ...     minutes, pd.Series({"A": 10, "B": 5}), objective="mclp", p=1, radius=10
    ... )
    >>> question.candidates, question.coverable.tolist()
    (('A', 'B'), [True, False])
    """
    if candidates is None:
        candidates = [code for code in minutes.columns if code not in set(existing)]
    defects = [
        *minutes_defects(minutes),
        *demand_defects(demand, minutes),
        *site_defects(existing, minutes, what="sites existants"),
        *site_defects(candidates, minutes, what="sites candidats"),
        *request_defects(
            objective=objective,
            p=p,
            radius=radius,
            best=best,
            candidates=candidates,
            existing=existing,
        ),
        *capacity_defects(capacity, objective=objective, sites=[*candidates, *existing]),
    ]
    if defects:
        raise SitingError(
            "Cette question d’implantation est mal posée.",
            defects=defects,
            remedy="corrigez la table des temps, la demande ou la question ; un temps inconnu "
            "reste vide.",
        )
    new, old = sorted(candidates, key=str), sorted(existing, key=str)
    asking = sorted(demand.index[(demand > 0).to_numpy(dtype=bool)], key=str)
    table = minutes.loc[asking, [*new, *old]].to_numpy(dtype=np.float64, na_value=np.nan).T
    question = SitingQuestion(
        objective=objective,
        p=int(p or 0),
        radius=math.nan if radius is None else float(radius),
        best=int(best),
        communes=tuple(asking),
        demand=demand.loc[asking].to_numpy(dtype=np.float64),
        candidates=tuple(new),
        existing=tuple(old),
        minutes=np.where(np.isnan(table), np.inf, table),
        capacity=_capacities(capacity, [*new, *old]),
    )
    if reasons := _impossibilities(question):
        raise no_answer(reasons)
    return question


def no_answer(reasons: Sequence[str]) -> SitingError:
    """
    Say that no set of sites answers a question.

    Parameters
    ----------
    reasons : sequence of str
        Every reason, in French.

    Returns
    -------
    SitingError
        The error to raise.

    Examples
    --------
    >>> no_answer(["aucune commune dans le rayon"]).defects
    ('aucune commune dans le rayon',)
    """
    return SitingError(
        "Aucun choix de sites ne répond à cette question.",
        defects=reasons,
        remedy="ajoutez des sites, un rayon plus large ou des capacités plus grandes, ou posez la "
        "question aux seules communes qu’un site peut atteindre.",
    )


def _capacities(
    capacity: float | Mapping[str, float] | None, sites: Sequence[str]
) -> FloatArray | None:
    if capacity is None:
        return None
    if isinstance(capacity, Mapping | pd.Series):
        return np.array([float(capacity[code]) for code in sites])
    return np.full(len(sites), float(capacity))


def _impossibilities(question: SitingQuestion) -> list[str]:
    """Reasons that need no search; a search may find others."""
    if question.objective in ("mclp", "lscp"):
        if not question.coverable.any():
            return [f"aucune demande à {number(question.radius, 1)} min ou moins d’un site"]
    else:
        lost = np.isinf(question.minutes).all(axis=0)
        if lost.any():
            codes = codes_text(np.array(question.communes, dtype=object)[lost])
            return [f"communes qu’aucun site n’atteint : {codes}"]
    return _lack_of_capacity(question)


def _lack_of_capacity(question: SitingQuestion) -> list[str]:
    if question.capacity is None or question.objective == "mclp":
        return []
    offered = len(question.candidates)
    new = np.sort(question.capacity[:offered])[::-1]
    if question.objective == "p_median":
        asked, new = question.total, new[: question.p]
    else:
        asked = float(question.demand[question.coverable].sum())
    most = float(new.sum() + question.capacity[offered:].sum())
    if most >= asked * (1 - TOLERANCE):
        return []
    return [f"demande à servir {number(asked, 2)}, capacité d’au plus {number(most, 2)}"]

"""A question of where to open: what may be wrong with it, and how it is laid out as arrays.

Sites are points of a table of minutes (rows: communes of demand, columns: sites; NaN: out of
reach or unknown, never a long time). Existing sites stay open; ``p`` new ones are chosen among
the candidates. People go to the nearest open site. No public transport: a person without a car
is not described by these minutes.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, Final, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from cpts_geo.errors import SitingError
from cpts_geo.french import counted, number

Objective = Literal["p_median", "mclp"]
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

_OBJECTIVES: Final = get_args(Objective)
#: Capacities and demands are compared within this relative tolerance.
TOLERANCE: Final = 1e-9


@dataclass(frozen=True, eq=False)
class SitingQuestion:
    """A checked question, as arrays: sites are candidates then existing, each by code."""

    objective: Objective
    p: int
    #: Minutes within which people count as covered; NaN when the question has none.
    radius: float
    best: int
    #: Communes with demand, by code, and their demand, above 0; the others ask nothing.
    communes: tuple[str, ...]
    demand: FloatArray
    candidates: tuple[str, ...]
    existing: tuple[str, ...]
    #: Sites by communes; infinite when out of reach.
    minutes: FloatArray
    #: Largest demand each site serves; None when capacities do not count.
    capacity: FloatArray | None
    #: Seconds given to a search of many sets.
    seconds: float

    @property
    def total(self) -> float:
        """Whole demand."""
        return float(self.demand.sum())

    @property
    def reach(self) -> npt.NDArray[np.bool_]:
        """Whether each site is within the radius of each commune, shape of `minutes`."""
        return self.minutes <= self.radius

    def nearest(self, sets: IntArray) -> FloatArray:
        """Minutes to the nearest open site, sets (rows: positions opened) by communes, or inf."""
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
    p: int,
    radius: float | None = None,
    existing: Collection[str] = (),
    candidates: Collection[str] | None = None,
    best: int = 5,
    capacity: float | Mapping[str, float] | None = None,
    seconds: float = 20.0,
) -> SitingQuestion:
    """Check the question of ``best_sites``; a SitingError lists all defects, or why no answer."""
    if candidates is None:
        candidates = [code for code in minutes.columns if code not in set(existing)]
    defects = [
        *minutes_defects(minutes),
        *demand_defects(demand, minutes),
        *site_defects(existing, minutes, what="sites existants"),
        *site_defects(candidates, minutes, what="sites candidats"),
        *_request_defects(
            objective=objective,
            p=p,
            radius=radius,
            best=best,
            seconds=seconds,
            candidates=candidates,
            existing=existing,
        ),
        *_capacity_defects(capacity, sites=[*candidates, *existing]),
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
        p=int(p),
        radius=math.nan if radius is None else float(radius),
        best=int(best),
        communes=tuple(asking),
        demand=demand.loc[asking].to_numpy(dtype=np.float64),
        candidates=tuple(new),
        existing=tuple(old),
        minutes=np.where(np.isnan(table), np.inf, table),
        capacity=_capacities(capacity, [*new, *old]),
        seconds=float(seconds),
    )
    if reasons := _impossibilities(question):
        raise no_answer(reasons)
    return question


def no_answer(reasons: Sequence[str]) -> SitingError:
    """Error that says, for every reason in French, that no set of sites answers."""
    return SitingError(
        "Aucun choix de sites ne répond à cette question.",
        defects=reasons,
        remedy="ajoutez des sites, un rayon plus large ou des capacités plus grandes, ou posez la "
        "question aux seules communes qu’un site peut atteindre.",
    )


def codes_text(codes: Iterable[Any]) -> str:
    """Write codes of communes or sites one after another, in their order."""
    return ", ".join(str(code) for code in codes)


def told(*rules: tuple[str, Collection[Any] | pd.Index]) -> list[str]:
    """Defect of each rule that some codes break: its French words, then these codes."""
    return [f"{what} : {codes_text(codes)}" for what, codes in rules if len(codes)]


def twice(codes: pd.Index) -> pd.Index:
    """Codes that stand more than once."""
    return codes[codes.duplicated()].unique()


def minutes_defects(minutes: pd.DataFrame) -> list[str]:
    """List what is wrong with minutes from each commune (rows) to each site; NaN is unknown."""
    if minutes.empty:
        return ["la table des temps est vide"]
    defects = told(
        ("communes en double dans la table des temps", twice(minutes.index)),
        ("sites en double dans la table des temps", twice(minutes.columns)),
    )
    numeric = np.array([pd.api.types.is_numeric_dtype(kind) for kind in minutes.dtypes])
    if not numeric.all():
        words = "temps qui ne sont pas des nombres vers"
        return [*defects, *told((words, minutes.columns[~numeric]))]
    values = minutes.to_numpy(dtype=np.float64, na_value=np.nan)
    for what, bad in (("négatifs", values < 0), ("infinis", np.isposinf(values))):
        pairs = [f"{minutes.index[i]} → {minutes.columns[j]}" for i, j in np.argwhere(bad)]
        defects += told((f"temps {what}", pairs))
    return defects


def demand_defects(demand: pd.Series, minutes: pd.DataFrame) -> list[str]:
    """List what is wrong with a demand: 0 or more, not all 0, for the communes of `minutes`."""
    if demand.empty:
        return ["la demande est vide"]
    codes = demand.index
    defects = told(("communes en double dans la demande", twice(codes)))
    if pd.api.types.is_numeric_dtype(demand):
        values = demand.to_numpy(dtype=np.float64, na_value=np.nan)
        finite = np.isfinite(values)
        defects += told(
            ("demande inconnue", codes[~finite]),
            ("demande négative", codes[finite & (values < 0)]),
        )
        if finite.all() and not values.any():
            defects.append("la demande est nulle partout")
    else:
        defects.append("la demande n’est pas faite de nombres")
    return defects + told(
        ("communes de la demande sans temps", codes[~codes.isin(minutes.index)]),
        ("communes sans demande", minutes.index[~minutes.index.isin(codes)]),
    )


def site_defects(sites: Collection[str], minutes: pd.DataFrame, *, what: str) -> list[str]:
    """List the sites, called `what` in French, that repeat or that `minutes` does not know."""
    codes = pd.Index(list(sites), dtype=object)
    return told(
        (f"{what} en double", twice(codes)),
        (f"{what} absents de la table des temps", codes[~codes.isin(minutes.columns)].unique()),
    )


def _request_defects(
    *,
    objective: str,
    p: int,
    radius: float | None,
    best: int,
    seconds: float,
    candidates: Collection[str],
    existing: Collection[str],
) -> list[str]:
    """List what is wrong with what is asked."""
    defects = []
    if objective not in _OBJECTIVES:
        known = codes_text(_OBJECTIVES)
        defects.append(f"objectif inconnu : « {objective} » ; possibles : {known}")
    else:
        defects += _number_defects(p, candidates=candidates, existing=existing)
    if radius is None:
        if objective == "mclp":
            defects.append("rayon à donner en minutes")
    elif not (_is_number(radius) and math.isfinite(radius) and radius >= 0):
        defects.append("rayon : il faut un nombre de minutes, 0 ou plus")
    if not _is_whole(best) or best < 1:
        defects.append("nombre de solutions (best) : il faut un entier, 1 ou plus")
    if not (_is_number(seconds) and 0 < seconds < math.inf):
        defects.append("durée de la recherche (seconds) : il faut un nombre de secondes")
    return defects + told(
        ("sites candidats déjà ouverts", [code for code in candidates if code in set(existing)])
    )


def _number_defects(p: int, *, candidates: Collection[str], existing: Collection[str]) -> list[str]:
    """List what is wrong with the number of new sites."""
    if not _is_whole(p):
        return ["p : il faut le nombre de nouveaux sites, un entier"]
    if p < 0:
        return [f"p = {number(p)} : il faut 0 ou plus"]
    if p == 0:
        return [] if existing else ["aucun site : p = 0 et aucun site existant"]
    if not candidates:
        return ["aucun site candidat"]
    if p > len(candidates):
        places = counted(len(candidates), "candidat", "candidats")
        return [f"p = {counted(p, 'nouveau site', 'nouveaux sites')} pour {places}"]
    return []


def _capacity_defects(
    capacity: float | Mapping[str, float] | None, *, sites: Collection[str]
) -> list[str]:
    """List what is wrong with capacities: one for all or by code, 0 or more, infinite allowed."""
    if capacity is None:
        return []
    if not isinstance(capacity, Mapping | pd.Series):
        return [] if _is_capacity(capacity) else ["capacité négative ou inconnue"]
    known = [code for code in sites if code in capacity]
    return told(
        ("capacité absente", [code for code in sites if code not in capacity]),
        ("capacité négative ou inconnue", [c for c in known if not _is_capacity(capacity[c])]),
    )


def _is_number(value: object) -> bool:
    """Whether a value is a number, and no truth value."""
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_)


def _is_whole(value: object) -> bool:
    """Whether a value is a whole number, and no truth value."""
    return isinstance(value, Integral) and not isinstance(value, bool | np.bool_)


def _is_capacity(value: Any) -> bool:
    """Whether a value is a number of 0 or more, infinite allowed."""
    return _is_number(value) and value >= 0


def _capacities(
    capacity: float | Mapping[str, float] | None, sites: Sequence[str]
) -> FloatArray | None:
    """Largest demand of each site, in order; None where capacities do not count."""
    if capacity is None:
        return None
    if isinstance(capacity, Mapping | pd.Series):
        return np.array([float(capacity[code]) for code in sites])
    return np.full(len(sites), float(capacity))


def _impossibilities(question: SitingQuestion) -> list[str]:
    """Reasons that need no search; a search may find others."""
    if question.objective == "mclp":
        if question.reach.any():
            return []
        return [f"aucune demande à {number(question.radius, 1)} min ou moins d’un site"]
    lost = np.isinf(question.minutes).all(axis=0)
    if lost.any():
        codes = codes_text(np.array(question.communes, dtype=object)[lost])
        return [f"communes qu’aucun site n’atteint : {codes}"]
    if question.capacity is None:
        return []
    offered = len(question.candidates)
    new = np.sort(question.capacity[:offered])[::-1][: question.p]
    most = float(new.sum() + question.capacity[offered:].sum())
    if most >= question.total * (1 - TOLERANCE):
        return []
    return [f"demande à servir {number(question.total, 2)}, capacité d’au plus {number(most, 2)}"]

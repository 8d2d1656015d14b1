"""Where to open a centre: the best sets of sites, and whether they depend on the allocation.

Distances are minutes by car to the nearest open site: no public transport, no preference for one
site over another. A capacity is the largest demand a site serves at its target, not its slots.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final, Required, TypedDict, Unpack

import numpy as np
import pandas as pd

from cpts_geo.access.siting._branching import search_sites
from cpts_geo.access.siting._enumeration import enumerate_sites, enumeration_size, served
from cpts_geo.access.siting._models import solve_sites, solved_sets
from cpts_geo.access.siting._question import Objective, SitingQuestion, siting_question
from cpts_geo.access.siting._solutions import scores
from cpts_geo.errors import SitingError

#: Every set is tried up to this many evaluations; beyond, a bound excludes most of them without
#: capacities (quicker from there on), and integer programmes answer with capacities.
_ENUMERATION_LIMITS: Final = {"free": 10_000, "capacitated": 1_000_000}
#: Relative regret under which two sets are as good: a solver is not more exact.
_AS_GOOD: Final = 1e-6


class Asked(TypedDict, total=False):
    """
    What is asked of sites, beside tables.

    Parameters
    ----------
    objective : {"p_median", "mclp"}
        Least demand x minutes, or most demand within the radius.
    p : int
        New sites to open, 0 or more.
    radius : float or None
        Minutes within which people count as covered, itself included; needed by "mclp".
    existing, candidates : collection of str
        Sites already open, which serve and do not count in `p`; sites that may open, by default
        every other column.
    best : int
        Solutions wanted, 1 or more, by default 5.
    capacity : float, mapping of str to float, or None
        Largest demand a site serves, for all or by code; a commune's demand may be split. With it,
        "mclp" maximises the demand served, "p_median" serves all of it.
    seconds : float
        How long to search at most, about, by default 20.
    """

    objective: Required[Objective]
    p: Required[int]
    radius: float | None
    existing: Collection[str]
    candidates: Collection[str] | None
    best: int
    capacity: float | Mapping[str, float] | None
    seconds: float


def best_sites(minutes: pd.DataFrame, demand: pd.Series, **asked: Unpack[Asked]) -> pd.DataFrame:
    """
    Find the best sets of new sites, existing ones staying open.

    Parameters
    ----------
    minutes : DataFrame of float
        Minutes from each commune (rows) to each site (columns); NaN out of reach or unknown.
    demand : Series of float
        Demand by commune (requests a day, people), 0 or more, for exactly the communes of
        `minutes`.
    **asked : see there
        See :class:`Asked`.

    Returns
    -------
    DataFrame
        One row a solution, best first, fewer than `best` where no more exist: rank, sites (tuple of
        the new ones), objective, covered (demand within `radius`, NaN without one), mean_minutes
        (of the demand in reach), worst_minutes and worst_commune (the farthest in reach), unreached
        (demand with no known time), uncovered (tuple of the communes with demand beyond `radius`,
        or without one in reach of nothing) and gap: by what share of its own objective a set that
        is not listed might be better, at most; 0 where it is proven that none is, ``inf`` where
        nothing is. All but `objective` and `gap` are of the nearest open site.

    Raises
    ------
    SitingError
        The tables or the question are unusable (every defect is listed), or no set answers: a
        commune out of every reach ("p_median"), nobody within the radius, capacities under the
        demand.

    Notes
    -----
    Ordered by objective, then demand out of reach, mean minutes and codes; values equal within 1e-9
    are ties. Few sets are all tried. Of many, without capacities, an exchange heuristic gives good
    ones, a Lagrangian bound excludes nearly all the others, and those left are tried, in parts;
    `seconds` are counted in operations, so the answer is the same on every machine. With
    capacities, integer programmes answer, for `seconds` of a clock, and which of the last ties is
    listed is the solver's choice. A row whose `gap` is not 0 is not proven: say « à moins de x %
    du meilleur possible ».

    Examples
    --------
    >>> minutes = pd.DataFrame(
    ...     {"A": [0.0, 12.0, 25.0], "B": [12.0, 0.0, 14.0], "C": [25.0, 14.0, 0.0]},
    ...     index=["A", "B", "C"],
    ... )
    >>> demand = pd.Series({"A": 8.0, "B": 3.0, "C": 6.0})
    >>> found = best_sites(minutes, demand, objective="p_median", p=1, radius=15)
    >>> found[["sites", "objective", "covered", "worst_minutes"]].to_numpy().tolist()
    [[('B',), 180.0, 17.0, 14.0], [('A',), 186.0, 11.0, 25.0], [('C',), 242.0, 9.0, 25.0]]
    """
    return _answer(siting_question(minutes, demand, **asked))


@dataclass(frozen=True, eq=False)
class AllocationStability:
    """
    Whether the best sites depend on how the demand is spread over communes.

    Parameters
    ----------
    solutions : DataFrame
        Solutions of :func:`best_sites`, allocation by allocation, in column allocation.
    regrets : DataFrame
        One row a (set listed under any allocation, allocation it is judged by): sites,
        allocation, objective, best_objective, regret (what the set loses to that allocation's
        best, 0 or more, infinite when it answers nothing there) and regret_share (of the best
        objective, NaN where that is 0).
    common : tuple of tuple of str
        Sets listed that are best under every allocation, ties included.
    """

    solutions: pd.DataFrame
    regrets: pd.DataFrame
    common: tuple[tuple[str, ...], ...]

    @property
    def changes(self) -> bool:
        """Whether no listed set is best under every allocation."""
        return not self.common


def sites_by_allocation(
    minutes: pd.DataFrame, demands: Mapping[str, pd.Series], **asked: Unpack[Asked]
) -> AllocationStability:
    """
    Ask the same question under several allocations of the demand and judge each answer by all.

    Parameters
    ----------
    minutes : DataFrame of float
        As for :func:`best_sites`.
    demands : mapping of str to Series
        Name of the allocation -> demand by commune, two at least; see
        :func:`cpts_geo.access.siting.allocation.allocations`.
    **asked : see there
        See :class:`Asked`.

    Returns
    -------
    AllocationStability
        Solutions by allocation, what each set loses under the others, sets best under all.

    Raises
    ------
    SitingError
        If fewer than two allocations are given, or :func:`best_sites` refuses the question.

    Examples
    --------
    >>> minutes = pd.DataFrame({"A": [0.0, 20.0], "B": [20.0, 0.0]}, index=["A", "B"])
    >>> demands = {"x": pd.Series({"A": 6.0, "B": 4.0}), "y": pd.Series({"A": 3.0, "B": 7.0})}
    >>> answer = sites_by_allocation(minutes, demands, objective="mclp", p=1, radius=10)
    >>> answer.changes
    True
    >>> answer.regrets[["sites", "allocation", "regret"]].to_numpy().tolist()
    [[('A',), 'x', 0.0], [('A',), 'y', 4.0], [('B',), 'x', 2.0], [('B',), 'y', 0.0]]
    """
    if len(demands) < 2:
        raise SitingError(
            "La réponse ne peut pas être comparée entre répartitions.",
            defects=["moins de deux répartitions de la demande"],
            remedy="donnez au moins deux répartitions.",
        )
    questions = {
        name: siting_question(minutes, demand, **asked) for name, demand in demands.items()
    }
    found = {name: _answer(question) for name, question in questions.items()}
    listed = dict.fromkeys(sites for table in found.values() for sites in table["sites"])
    rows = [
        (sites, name, _value(question, sites), float(found[name]["objective"].iloc[0]))
        for sites in listed
        for name, question in questions.items()
    ]
    regrets = pd.DataFrame(rows, columns=["sites", "allocation", "objective", "best_objective"])
    gap = regrets["best_objective"] - regrets["objective"]
    # Adding 0 makes a plain zero of a negative one, which people would read as a loss.
    gap = (gap if asked["objective"] == "mclp" else -gap).clip(lower=0.0) + 0.0
    regrets["regret"] = gap
    regrets["regret_share"] = regrets["regret"] / regrets["best_objective"].replace(0.0, math.nan)
    slack = _AS_GOOD * regrets["best_objective"].abs()
    always = (regrets["regret"] <= slack).groupby(regrets["sites"], sort=False).all()
    return AllocationStability(
        solutions=pd.concat(found, names=["allocation"])
        .reset_index(level=0)
        .reset_index(drop=True),
        regrets=regrets,
        common=tuple(sites for sites in listed if always[sites]),
    )


def _answer(question: SitingQuestion) -> pd.DataFrame:
    """Table of :func:`best_sites`: every set tried where few, else a search or programmes."""
    kind = "free" if question.capacity is None else "capacitated"
    if enumeration_size(question) <= _ENUMERATION_LIMITS[kind]:
        return enumerate_sites(question)
    return search_sites(question) if question.capacity is None else solve_sites(question)


def _value(question: SitingQuestion, sites: tuple[str, ...]) -> float:
    """Objective of given new sites; infinite when they do not answer."""
    chosen = np.array([question.candidates.index(code) for code in sites], dtype=np.intp)
    if question.capacity is None:
        return float(scores(question, question.nearest(chosen[None, :]))[0])
    kept = np.r_[chosen, len(question.candidates) : len(question.minutes)]
    alone = replace(
        question,
        candidates=sites,
        minutes=question.minutes[kept],
        capacity=question.capacity[kept],
        best=1,
    )
    if enumeration_size(alone) <= _ENUMERATION_LIMITS["capacitated"]:
        return float(served(alone, np.arange(len(sites))[None, :])[0])
    return next((value for _, value, _ in solved_sets(alone)), math.inf)

"""Where to open, answered by trying every set of sites: exact, and free of any solver."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import chain, combinations, islice
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cpts_geo.access.siting.question import (
    TOLERANCE,
    FloatArray,
    IntArray,
    SitingQuestion,
    no_answer,
)
from cpts_geo.access.siting.solutions import first_sets, scores, solutions_table

#: Numbers held at once: sets of a block times communes (16 MB).
_BLOCK: Final = 2_000_000


def enumeration_size(question: SitingQuestion) -> float:
    """
    Count the coverages or means that trying every set computes.

    Parameters
    ----------
    question : SitingQuestion
        The question.

    Returns
    -------
    float
        Sets of sites, times the subsets of sites of finite capacity (an int of any size);
        infinite for the capacitated p-median, which this module does not answer.

    Examples
    --------
    >>> from cpts_geo.access.siting.question import siting_question
    >>> codes = [f"{i:03}" for i in range(100)]
    >>> minutes = pd.DataFrame(0.0, index=codes, columns=codes)
    >>> question = siting_question(minutes, pd.Series(1, codes), objective="p_median", p=3)
    >>> enumeration_size(question)
    161700
    """
    offered = len(question.candidates)
    if question.objective == "p_median" and question.capacity is not None:
        return math.inf
    limited = 0
    if question.capacity is not None:
        limited = int(np.isfinite(question.capacity[offered:]).sum())
    split = 1 if question.capacity is None else 2
    # "lscp": sets of every size, each with its subsets; the sum of C(n, q) 2^q is 3^n.
    sets = math.comb(offered, question.p) * split**question.p
    tried = (1 + split) ** offered if question.objective == "lscp" else sets
    return int(tried * 2**limited)


def enumerate_sites(question: SitingQuestion) -> pd.DataFrame:
    """
    Find the best sets of sites by trying every one.

    Parameters
    ----------
    question : SitingQuestion
        Any question but the capacitated p-median; mind :func:`enumeration_size`.

    Returns
    -------
    DataFrame
        Columns of :func:`cpts_geo.access.siting.best_sites`: exactly the first sets in its order.

    Raises
    ------
    SitingError
        If no set of sites answers the question.

    Notes
    -----
    "lscp" lists sets from which no site can be removed, the smallest first. With capacities, the
    demand served by the open sites J is a largest flow, hence a smallest cut: the least, over the
    subsets T of J, of the capacity of T plus the demand within the radius of J less T.

    Examples
    --------
    >>> from cpts_geo.access.siting.question import siting_question
    >>> minutes = pd.DataFrame({"A": [0.0, 12.0], "B": [12.0, 0.0]}, index=["A", "B"])
    >>> question = siting_question(
    ...     minutes, pd.Series({"A": 10, "B": 5}), objective="mclp", p=1, radius=10
    ... )
    >>> enumerate_sites(question)[["sites", "objective"]].to_numpy().tolist()
    [[('A',), 10.0], [('B',), 5.0]]
    """
    if question.objective == "lscp":
        sets = _smallest_covers(question)
        values = [float(len(chosen)) for chosen in sets]
    else:
        sets, values = _best_of_size(question)
    if not sets:
        raise no_answer(["tous les choix de sites ont été essayés"])
    return solutions_table(question, sets, values)


def _best_of_size(question: SitingQuestion) -> tuple[list[tuple[int, ...]], list[float]]:
    sets = np.empty((0, question.p), dtype=np.intp)
    values = np.empty(0)
    for block in _blocks(question, question.p):
        if question.capacity is None:
            objective = scores(question, question.nearest(block), opened=question.p)
        else:
            objective = served(question, block)
        sets = np.vstack([sets, block])
        values = np.concatenate([values, objective])
        first = first_sets(question, sets, values)
        sets, values = sets[first], values[first]
    return [tuple(chosen.tolist()) for chosen in sets], values.tolist()


def _smallest_covers(question: SitingQuestion) -> list[tuple[int, ...]]:
    found: list[tuple[int, ...]] = []
    for size in range(len(question.candidates) + 1):
        sets = np.empty((0, size), dtype=np.intp)
        for block in _blocks(question, size):
            minimal = block[_covers(question, block)]
            for position in range(size):
                minimal = minimal[~_covers(question, np.delete(minimal, position, axis=1))]
            sets = np.vstack([sets, minimal])
            sets = sets[first_sets(question, sets, np.full(len(sets), float(size)))]
        found += [tuple(chosen.tolist()) for chosen in sets]
        if len(found) >= question.best:
            break
    return found


def _covers(question: SitingQuestion, sets: IntArray) -> npt.NDArray[np.bool_]:
    if question.capacity is None:
        values = scores(question, question.nearest(sets), opened=sets.shape[1])
        return np.isfinite(values)
    asked = float(question.demand[question.coverable].sum())
    return np.asarray(served(question, sets) >= asked * (1 - TOLERANCE))


def served(question: SitingQuestion, sets: IntArray) -> FloatArray:
    """
    Compute the largest demand served within the radius by sites of limited capacity.

    Parameters
    ----------
    question : SitingQuestion
        A question with a radius and capacities.
    sets : numpy.ndarray of int, shape (m, new sites)
        Positions of the candidates opened, one row a set.

    Returns
    -------
    numpy.ndarray of float, shape (m,)
        Demand served; the demand of a commune may be split between sites.

    Examples
    --------
    >>> from cpts_geo.access.siting.question import siting_question
    >>> minutes = pd.DataFrame({"A": [0.0, 5.0], "B": [12.0, 0.0]}, index=["A", "B"])
    >>> question = siting_question(
    ...     minutes, pd.Series({"A": 10, "B": 5}), objective="mclp", p=1, radius=10, capacity=12.0
    ... )
    >>> served(question, np.array([[0], [1]])).tolist()
    [12.0, 5.0]
    """
    assert question.capacity is not None
    capacity, reach, demand = question.capacity, question.reach, question.demand
    offered, size = len(question.candidates), sets.shape[1]
    old = np.arange(offered, len(capacity))
    unlimited = [int(site) for site in old if np.isinf(capacity[site])]
    limited = [int(site) for site in old if np.isfinite(capacity[site])]
    least = np.full(len(sets), np.inf)
    for cut_old in _subsets(limited):
        kept_old = [*unlimited, *(site for site in limited if site not in cut_old)]
        near_old = np.asarray(reach[kept_old].any(axis=0))
        for cut_new in _subsets(range(size)):
            near = np.repeat(near_old[None, :], len(sets), axis=0)
            for position in set(range(size)) - set(cut_new):
                near |= reach[sets[:, position]]
            cut = capacity[list(cut_old)].sum() + capacity[sets[:, list(cut_new)]].sum(axis=1)
            np.minimum(least, near @ demand + cut, out=least)
    return least


def _subsets(items: range | list[int]) -> Iterator[tuple[int, ...]]:
    return chain.from_iterable(combinations(items, size) for size in range(len(items) + 1))


def _blocks(question: SitingQuestion, size: int) -> Iterator[IntArray]:
    """Every set of `size` candidates in the order of their codes, a few thousand at a time."""
    if size == 0:
        yield np.empty((1, 0), dtype=np.intp)
        return
    rows = max(1, _BLOCK // len(question.communes))
    sets = combinations(range(len(question.candidates)), size)
    while chosen := list(islice(sets, rows)):
        yield np.fromiter(chain.from_iterable(chosen), dtype=np.intp).reshape(-1, size)

"""Where to open, answered by trying every set of sites: exact, and free of any solver."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import chain, combinations, islice
from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.access.siting._question import FloatArray, IntArray, SitingQuestion, no_answer
from cpts_geo.access.siting._solutions import first_sets, scores, solutions_table

#: Numbers held at once: sets of a block times communes (16 MB).
_BLOCK: Final = 2_000_000


def enumeration_size(question: SitingQuestion) -> float:
    """Sets to try, times the subsets of sites of finite capacity; inf: capacitated p-median."""
    offered = len(question.candidates)
    if question.capacity is None:
        return math.comb(offered, question.p)
    if question.objective == "p_median":
        return math.inf
    limited = int(np.isfinite(question.capacity[offered:]).sum())
    return int(math.comb(offered, question.p) * 2 ** (question.p + limited))


def enumerate_sites(question: SitingQuestion) -> pd.DataFrame:
    """Table of ``best_sites``: exactly its first sets, of any question but a capacitated p-median.

    With capacities, the demand served by the open sites J is a largest flow, hence a smallest cut:
    the least, over the subsets T of J, of the capacity of T plus the demand within the radius of
    J less T.
    """
    sets = np.empty((0, question.p), dtype=np.intp)
    values = np.empty(0)
    for block in _blocks(question):
        if question.capacity is None:
            objective = scores(question, question.nearest(block))
        else:
            objective = served(question, block)
        sets = np.vstack([sets, block])
        values = np.concatenate([values, objective])
        first = first_sets(question, sets, values)
        sets, values = sets[first], values[first]
    if not len(sets):
        raise no_answer(["tous les choix de sites ont été essayés"])
    return solutions_table(question, [tuple(chosen.tolist()) for chosen in sets], values.tolist())


def served(question: SitingQuestion, sets: IntArray) -> FloatArray:
    """Largest demand within the radius that each set serves, a commune's split as need be."""
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
    """Every subset of some items, the smallest first."""
    return chain.from_iterable(combinations(items, size) for size in range(len(items) + 1))


def _blocks(question: SitingQuestion) -> Iterator[IntArray]:
    """Every set of `p` candidates in the order of their codes, a few thousand at a time."""
    if question.p == 0:
        yield np.empty((1, 0), dtype=np.intp)
        return
    rows = max(1, _BLOCK // len(question.communes))
    sets = combinations(range(len(question.candidates)), question.p)
    while chosen := list(islice(sets, rows)):
        yield np.fromiter(chain.from_iterable(chosen), dtype=np.intp).reshape(-1, question.p)

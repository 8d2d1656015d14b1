"""Where to open among many communes: what a bound cannot exclude is tried, and nothing else.

Once every commune pays a price for being served (a Lagrangian multiplier), opening a set of sites
costs at least the prices plus, for each site of the set, what it loses by serving the communes at
less than their price. This sum over sites rules out nearly every set without trying it; where too
many are left, the question is cut in two: some site open, then closed. The search stops after a
number of operations, not of seconds: its answer is the same on every machine.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from cpts_geo.access.siting._exchange import Costs, costs_of, exchange, first_choice
from cpts_geo.access.siting._question import FloatArray, IntArray, SitingQuestion, no_answer
from cpts_geo.access.siting._solutions import first_sets, scores, solutions_table

#: Elements of tables read in a second by a plain machine.
_PER_SECOND: Final = 1.2e9
#: Steps of a bound at the start, then in each part.
_STEPS: Final = (400, 80)
#: Steps without a better bound before they shorten, least length of one (of 1.5 at first), and
#: what a step keeps of those before it.
_PATIENCE, _LEAST_SCALE, _MEMORY = 8, 1e-3, 0.6
#: Sets left under which a bound need not be better, and over which the question is cut in two.
_FEW, _MANY = 500, 100_000
#: Ties kept at most.
_TIES: Final = 20_000
#: Numbers held at once.
_BLOCK: Final = 1_000_000


class _Part(NamedTuple):
    """A part of the question: some sites open, others left to choose among; sorted by bound."""

    bound: float
    rank: int
    opened: tuple[int, ...]
    offered: IntArray
    prices: FloatArray


@dataclass(eq=False)
class _Found:
    """The best sets met so far, ties included, and the work done."""

    costs: Costs
    best: int
    sets: IntArray
    values: FloatArray
    work: float = 0.0

    @property
    def limit(self) -> float:
        """Cost over which a set is none of the best."""
        last = self.costs.worst
        if len(self.values) >= self.best:
            last = min(last, float(self.values[self.best - 1]))
        return last + self.costs.slack

    @property
    def least(self) -> float:
        """Cost of the best set."""
        return float(self.values[0]) if len(self.values) else 2 * self.costs.worst + 1.0

    def add(self, sets: IntArray, values: FloatArray) -> None:
        """Keep the sets that are among the best."""
        near = values <= self.limit
        sets, values = np.vstack([self.sets, sets[near]]), np.append(self.values, values[near])
        sets, rows = np.unique(sets, axis=0, return_index=True)
        order = np.argsort(values[rows], kind="stable")[:_TIES]
        self.sets, self.values = sets[order], values[rows][order]
        near = self.values <= self.limit
        self.sets, self.values = self.sets[near], self.values[near]

    def improve(self, start: list[int]) -> None:
        """Exchange sites from a start, and keep what is met."""
        sets, values, rounds = exchange(self.costs, start)
        self.work += float(rounds * len(start) * self.costs.sites.size)
        self.add(sets, values)

    def try_all(self, sets: IntArray, least: FloatArray) -> None:
        """Try sets whose costs are `least` at least, the most promising ones first."""
        rows = max(1, _BLOCK // len(self.costs.today))
        order = np.argsort(least, kind="stable")
        for start in range(0, len(order), rows):
            block = order[start : start + rows]
            block = block[least[block] <= self.limit]
            if not len(block):
                return
            self.work += float(sets[block].size * len(self.costs.today))
            self.add(sets[block], self.costs.of(sets[block]))


def search_sites(question: SitingQuestion) -> pd.DataFrame:
    """Table of ``best_sites`` of a question without capacities, and the gap that is left.

    Every set that is not excluded is tried, so that ties come in their order; when the work of
    about the seconds given is done, what is left open is the gap.
    """
    costs, p = costs_of(question), question.p
    found = _Found(costs, question.best, np.empty((0, p), dtype=np.intp), np.empty(0))
    start = first_choice(costs, p)
    found.improve(start)
    prices = _first_prices(costs, found.sets[0] if len(found.sets) else start)
    left = [_Part(-math.inf, 0, (), np.arange(len(costs.sites)), prices)]
    rank = 0
    most = question.seconds * _PER_SECOND
    # The whole question is bounded once, however short the time.
    while left and left[0].bound <= found.limit and (found.work < most or not rank):
        for part in _halves(found, heapq.heappop(left), p=p):
            rank += 1
            heapq.heappush(left, part._replace(rank=rank))
    open_bound = min((part.bound for part in left), default=math.inf)
    return _table(question, found, open_bound)


def narrowed(question: SitingQuestion, *, sites: int) -> tuple[SitingQuestion, float]:
    """The question with its most promising candidates only, and what no set of all does better.

    Capacities do not count here: with them, the best possible is no better.
    """
    costs, p = costs_of(question), question.p
    found = _Found(costs, 1, np.empty((0, p), dtype=np.intp), np.empty(0))
    start = first_choice(costs, p)
    found.improve(start)
    every = np.arange(len(costs.sites))
    part = _Part(-math.inf, 0, (), every, _first_prices(costs, start))
    base, losses, _ = _priced(found, part, costs.today, wanted=p, few=0)
    offered = len(question.candidates)
    kept = np.sort(np.argsort(losses, kind="stable")[: max(sites - len(question.existing), p)])
    rows = np.r_[kept, offered : len(question.minutes)]
    bound = base + float(np.sort(losses)[:p].sum())
    return (
        replace(
            question,
            candidates=tuple(question.candidates[site] for site in kept),
            minutes=question.minutes[rows],
            capacity=None if question.capacity is None else question.capacity[rows],
        ),
        bound if question.objective == "p_median" else question.total - bound,
    )


def _table(question: SitingQuestion, found: _Found, open_bound: float) -> pd.DataFrame:
    """Table of the best sets met; no set that was not tried costs less than `open_bound`."""
    rows = np.lexsort(found.sets.T[::-1])
    sets = found.sets[rows]
    objective = scores(question, question.nearest(sets))
    first = first_sets(question, sets, objective)
    if not len(first):
        tried = "tous les choix de sites ont été essayés ou exclus"
        stopped = "aucun choix qui convienne n’a été trouvé dans le temps donné à la recherche"
        raise no_answer([tried if open_bound > found.limit else stopped])
    chosen = [tuple(each.tolist()) for each in sets[first]]
    bound = open_bound if question.objective == "p_median" else question.total - open_bound
    return solutions_table(question, chosen, objective[first].tolist(), bound=bound)


def _halves(found: _Found, part: _Part, *, p: int) -> list[_Part]:
    """Try a part where few sets are left; else give its halves, some site open then closed."""
    near = found.costs.sites[list(part.opened)].min(axis=0, initial=np.inf)
    near, wanted = np.minimum(near, found.costs.today), p - len(part.opened)
    if len(part.offered) < wanted:
        return []
    base, losses, prices = _priced(found, part, near, wanted=wanted, few=_FEW)
    if base + np.partition(losses, wanted - 1)[:wanted].sum() > found.limit:
        return []
    order = np.argsort(losses, kind="stable")
    offered, losses = part.offered[order], losses[order]
    left = _not_excluded(losses, found.limit - base, wanted=wanted)
    if left is not None:
        sets = np.hstack([np.tile(np.array(part.opened, dtype=np.intp), (len(left), 1)),
                          offered[left]])  # fmt: skip
        found.try_all(np.sort(sets, axis=1), base + losses[left].sum(axis=1))
        return []
    bound = max(part.bound, base + float(losses[:wanted].sum()))
    # A site that loses too much beside the best others stands in no set worth trying.
    others = offered[losses <= found.limit - base - losses[: wanted - 1].sum()][1:]
    site = int(offered[0])
    opened = tuple(sorted([*part.opened, site]))
    return [
        _Part(bound, 0, opened, others, prices),
        _Part(bound, 0, part.opened, others, prices),
    ]


def _priced(
    found: _Found, part: _Part, near: FloatArray, *, wanted: int, few: int
) -> tuple[float, FloatArray, FloatArray]:
    """Prices that exclude the most (subgradient steps): their sum, losses of sites, prices."""
    offered = part.offered
    table = np.minimum(found.costs.sites[offered], near)
    prices = np.minimum(part.prices, near)
    kept = (-math.inf, prices, np.zeros(len(offered)))
    scale, since, slope, seen = 1.5, 0, np.zeros(len(near)), set[tuple[int, ...]]()
    room = np.empty_like(table)
    for _ in range(_STEPS[part.rank > 0]):
        found.work += float(table.size)
        losses = np.minimum(table, prices, out=room).sum(axis=1) - prices.sum()
        chosen = np.sort(np.argpartition(losses, wanted - 1)[:wanted])
        bound = float(prices.sum() + losses[chosen].sum())
        better = math.isinf(kept[0]) or bound > kept[0] + 1e-4 * abs(found.least - kept[0])
        since = 0 if better else since + 1
        if bound > kept[0]:
            kept = (bound, prices, losses)
        if bound > found.limit or _sets_left(kept, found.limit, wanted=wanted) <= few:
            break
        if since >= _PATIENCE:
            scale, since = scale / 2, 0
            if scale < _LEAST_SCALE:
                break
            sites = (*part.opened, *offered[chosen].tolist())
            if sites not in seen:
                seen.add(sites)
                found.improve(list(sites))
        # The slope remembers those before it, which zigzag across the ridge it follows.
        slope = 1.0 - (table[chosen] < prices).sum(axis=0) + _MEMORY * slope
        length = float(slope @ slope)
        if not length:
            break
        aim = found.least * 1.001 + found.costs.slack - bound
        prices = np.clip(prices + scale * aim / length * slope, 0.0, near)
    bound, prices, losses = kept
    return float(prices.sum()), losses, prices


def _first_prices(costs: Costs, chosen: IntArray | list[int]) -> FloatArray:
    """Prices to begin with: between the costs at the nearest and second nearest open sites."""
    two = np.sort(np.vstack([costs.sites[chosen], costs.today]), axis=0)[:2]
    return np.asarray(two[0] + 0.3 * (two[1] - two[0]))


def _sets_left(kept: tuple[float, FloatArray, FloatArray], limit: float, *, wanted: int) -> int:
    """How many sets the sites that are not excluded make, at most."""
    _, prices, losses = kept
    least = np.partition(losses, wanted - 1)[: wanted - 1].sum()
    left = int((losses <= limit - prices.sum() - least).sum())
    return math.comb(left, wanted)


def _not_excluded(losses: FloatArray, budget: float, *, wanted: int) -> IntArray | None:
    """Sets of positions whose losses, in rising order, sum to a budget at most; None: too many."""
    sets, sums = np.empty((1, 0), dtype=np.intp), np.zeros(1)
    for more in range(wanted, 0, -1):
        # The least that sites from each position on add, when as many are still wanted.
        rising = np.concatenate([[0.0], np.cumsum(losses)])
        least = rising[more:] - rising[:-more]
        start = sets[:, -1] + 1 if sets.shape[1] else np.zeros(1, dtype=np.intp)
        counts = np.maximum(np.searchsorted(least, budget - sums, side="right") - start, 0)
        if counts.sum() > _MANY:
            return None
        rows = np.repeat(np.arange(len(sets)), counts)
        first = np.repeat(start - (np.cumsum(counts) - counts), counts)
        added = first + np.arange(len(rows))
        sets, sums = np.column_stack([sets[rows], added]), sums[rows] + losses[added]
    return sets

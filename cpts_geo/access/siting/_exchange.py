"""Where to open, improved site by site: quick, and silent on how far the best possible is.

A question without capacities is a p-median: each commune adds its cost at the cheapest open site
(demand x minutes, or its demand where it is beyond the radius), and the least sum is looked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cpts_geo.access.siting._question import TOLERANCE, FloatArray, IntArray, SitingQuestion


@dataclass(frozen=True, eq=False)
class Costs:
    """What each commune adds to the sum: `sites` (candidates by communes), and `today`."""

    sites: FloatArray
    today: FloatArray
    #: No set that answers costs more.
    worst: float
    #: Sums closer than this are ties.
    slack: float

    def of(self, sets: IntArray) -> FloatArray:
        """Cost of sets (rows: positions opened)."""
        found = np.repeat(self.today[None, :], len(sets), axis=0)
        for opened in sets.T:
            np.minimum(found, self.sites[opened], out=found)
        return np.asarray(found.sum(axis=1))


def costs_of(question: SitingQuestion) -> Costs:
    """Costs of a question without capacities; a commune out of reach costs more than all others."""
    offered = len(question.candidates)
    if question.objective == "mclp":
        every = np.where(question.reach, 0.0, question.demand)
        lost = question.demand
        worst, largest = question.total, question.total
    else:
        reached = np.isfinite(question.minutes)
        every = np.where(reached, question.minutes, 0.0) * question.demand
        worst = float(every.max(axis=0).sum())
        lost = np.full(len(question.demand), 2.0 * worst + 1.0)
        largest = question.total * float(question.minutes[reached].max(initial=0.0))
        every = np.where(reached, every, lost)
    today = np.minimum(lost, every[offered:].min(axis=0, initial=np.inf))
    return Costs(every[:offered], today, worst, 2 * TOLERANCE * largest)


def first_choice(costs: Costs, p: int) -> list[int]:
    """Sites chosen one after another, each the best beside those before it."""
    near, chosen = costs.today, list[int]()
    for _ in range(p):
        sums = np.minimum(costs.sites, near).sum(axis=1)
        sums[chosen] = np.inf
        chosen.append(int(sums.argmin()))
        near = np.minimum(near, costs.sites[chosen[-1]])
    return chosen


def exchange(costs: Costs, start: list[int]) -> tuple[IntArray, FloatArray, int]:
    """Exchange one site for another while that helps (Teitz and Bart), the best one first.

    The sets one exchange away from the last one, and itself, with their costs; how many rounds.
    """
    chosen, rounds = sorted(start), 0
    while True:
        rounds += 1
        sums = np.empty((len(chosen), len(costs.sites)))
        for place in range(len(chosen)):
            kept = chosen[:place] + chosen[place + 1 :]
            near = costs.sites[kept].min(axis=0, initial=np.inf)
            sums[place] = np.minimum(costs.sites, np.minimum(near, costs.today)).sum(axis=1)
        own = float(sums[0, chosen[0]])
        sums[:, chosen] = np.inf
        # The first of equal ones: the order of the codes breaks ties.
        place, site = divmod(int(sums.argmin()), sums.shape[1])
        if not sums[place, site] < own - costs.slack:
            break
        chosen = sorted([*chosen[:place], *chosen[place + 1 :], site])
    places, sites = np.nonzero(np.isfinite(sums))
    sets = np.repeat(np.array([chosen], dtype=np.intp), len(places) + 1, axis=0)
    sets[np.arange(len(places)), places] = sites
    return np.sort(sets, axis=1), np.append(sums[places, sites], own), rounds

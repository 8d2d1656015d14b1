"""Markov chain of the booking queue: one opening day, the matrix it makes, the steady state.

Its callers check before they compute. Slots may change from day to day: those already taken always
are the first ones of the coming days, so their number says all there is to know.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import special
from threadpoolctl import ThreadpoolController

Floats = npt.NDArray[np.float64]

_BLAS = ThreadpoolController()


class Day:
    """One opening day of the queue, for every backlog it can start with.

    Mean requests of the day (0 or more; of an array, each makes a day of its own, and what follows
    has its axes first), slots of the day and of each of the K opening days after it (0 or more
    each), variance over mean of the requests (1 or more).

    >>> Day(1.0, (1, 1), 1.0).transition().round(4).tolist()
    [[0.7358, 0.2642], [0.3679, 0.6321]]
    """

    def __init__(self, arrivals: float | Floats, slots: Sequence[int], dispersion: float) -> None:
        self.arrivals = arrivals
        self.slots = slots[0]
        self._room = np.cumsum(slots)  # slots until the end of each day
        #: Slots of this day and the coming ones already taken when it starts.
        self.backlog = np.arange(sum(slots[:-1]) + 1)
        self._last = int(self._room[-1]) - self.slots  # most that can be taken when it ends
        self._pmf = arrivals_pmf(arrivals, dispersion, at_least=int(self._room[-1]) + 1)
        # P(X >= k), P(X > k) and E[(X - k)+], from the tail: no cancellation when they are tiny
        none = np.zeros((*self._pmf.shape[:-1], 1))
        self._reached = _sum_from_end(self._pmf)
        self._tail = np.concatenate([self._reached[..., 1:], none], axis=-1)
        self._excess = _sum_from_end(self._tail)
        self._met = np.concatenate([none, np.cumsum(self._tail, axis=-1)], axis=-1)  # E[min(X, k)]

    def transition(self) -> Floats:
        """Matrix of the backlogs at the start (rows, of sum 1) and at the end (columns)."""
        first, last = self.backlog.size - 1, self._last
        several = self._pmf.shape[:-1]
        if last == 0:
            return np.ones((*several, first + 1, 1))
        free = self.slots - self.backlog
        # entry (b, b') is P(X = b' + slots - b); zeros stand before P(X = 0)
        padded = np.concatenate([np.zeros((*several, first)), self._pmf], axis=-1)
        step = padded[..., (first + free)[:, None] + np.arange(last + 1)]
        below = np.cumsum(self._pmf, axis=-1)[..., np.maximum(free, 0)]
        step[..., 0] = np.where(free >= 0, below, 0.0)
        step[..., last] = self._reached[..., last + free]
        return np.asarray(step, dtype=np.float64)

    def after(self, backlog: Floats) -> Floats:
        """Distribution of the backlog at the end of one day from that at its start."""
        taken = np.convolve(backlog, self._pmf)  # as long as the room, or longer
        left = taken[self.slots : self.slots + self._last + 1].copy()
        left[0] += taken[: self.slots].sum()
        left[-1] += taken[self.slots + self._last + 1 :].sum()
        return np.asarray(left / left.sum(), dtype=np.float64)

    def lost(self) -> Floats:
        """E[max(B + X - room, 0)] for each backlog B: mean requests that find no slot in time."""
        return np.asarray(self._excess[..., self._room[-1] - self.backlog], dtype=np.float64)

    def seen(self, after: int) -> Floats:
        """Mean requests seen some days later (0 to K), for each backlog B at the start.

        The j-th request of the day takes the slot B + j, so those seen by the end of a day are
        E[min(X, max(slots until then - B, 0))].
        """
        by_then = self._met[..., np.maximum(self._room[after] - self.backlog, 0)]
        if after > 0:
            by_then = by_then - self._met[..., np.maximum(self._room[after - 1] - self.backlog, 0)]
        return np.asarray(by_then, dtype=np.float64)


def arrivals_pmf(mean: float | Floats, dispersion: float, *, at_least: int = 0) -> Floats:
    """P(X = 0), P(X = 1), ... (last axis) until the tail is nil, to ``at_least`` at least."""
    means = np.asarray(mean, dtype=np.float64)[..., None]
    poisson, largest = dispersion == 1.0, float(means.max())
    # clusters of requests are rarer by 1 - 1/dispersion each: 1e-16 of them are left out
    cluster = 0.0 if poisson else 37 / -math.log1p(-1 / dispersion)
    top = math.ceil(largest + 14 * math.sqrt(dispersion * largest) + max(60.0, cluster))
    counts = np.arange(max(top, at_least) + 1)
    if poisson:
        # what scipy.stats computes, without its checks: they take longer than the sums
        chances = np.exp(special.xlogy(counts, means) - special.gammaln(counts + 1) - means)
    else:
        # what scipy.stats computes, which is long to load: each chance from the one before
        # (nobody is next to nobody: a size of 0 gives NaN)
        size = np.maximum(means, 1e-300) / (dispersion - 1.0)
        ratios = (size + counts[:-1]) / counts[1:] * ((dispersion - 1.0) / dispersion)
        logs = np.cumsum(np.log(ratios), axis=-1)
        logs = np.concatenate([np.zeros_like(means), logs], axis=-1)
        chances = np.exp(logs - logs.max(axis=-1, keepdims=True))
        chances /= chances.sum(axis=-1, keepdims=True)
    return np.asarray(chances, dtype=np.float64)


def stationary(transition: Floats) -> Floats:
    """Solve pi T = pi with sum(pi) = 1, for rows that sum to 1 and one recurrent class."""
    states = transition.shape[-1]
    system = np.swapaxes(transition, -1, -2) - np.eye(states)
    system[..., -1, :] = 1.0
    unit = np.zeros((states, 1))
    unit[-1] = 1.0
    # One thread: on such small systems several wait for one another, and may change a last bit.
    with _BLAS.limit(limits=1, user_api="blas"):
        solution = np.maximum(np.linalg.solve(system, unit)[..., 0], 0.0)
    return np.asarray(solution / solution.sum(axis=-1, keepdims=True), dtype=np.float64)


@lru_cache(maxsize=65_536)
def served_share(arrivals: float, slots: int, deadline: int, dispersion: float) -> float:
    """Share of requests served in the steady state, and nothing else, kept for the next call."""
    day = Day(arrivals, (slots,) * (deadline + 1), dispersion)
    return 1.0 - float(stationary(day.transition()) @ day.lost()) / arrivals


def _sum_from_end(values: Floats) -> Floats:
    """Sum of each value and of those after it."""
    return np.cumsum(values[..., ::-1], axis=-1)[..., ::-1]

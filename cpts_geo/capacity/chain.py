"""Markov chain of the booking queue: one opening day as a matrix, and its steady state.

Private to :mod:`cpts_geo.capacity.booking`, the public door: it checks, then computes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Integral, Real
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import stats

from cpts_geo.errors import ScenarioError
from cpts_geo.french import number

Floats = npt.NDArray[np.float64]

#: Largest backlog (deadline x slots) solved: beyond, a territory is no CPTS any more.
MAX_BACKLOG: Final = 600
#: Largest mean number of requests a day: bounds the size of the arrival distribution.
MAX_ARRIVALS: Final = 1_000_000.0


class Day:
    """
    One opening day of the queue, for every backlog it can start with.

    Parameters
    ----------
    arrivals : float
        Mean requests of the day, above 0.
    slots : int
        Slots of the day, 1 or more.
    deadline : int
        Opening days after the request within which it must be seen, 0 or more.
    dispersion : float
        Variance over mean of the requests, 1 or more.

    Examples
    --------
    >>> Day(1.0, 1, 1, 1.0).transition().round(4).tolist()
    [[0.7358, 0.2642], [0.3679, 0.6321]]
    """

    def __init__(self, arrivals: float, slots: int, deadline: int, dispersion: float) -> None:
        self.arrivals = arrivals
        self.slots = slots
        #: Slots of the coming days already taken: 0, 1, ..., deadline x slots.
        self.backlog = np.arange(deadline * slots + 1)
        self._pmf = arrivals_pmf(arrivals, dispersion, at_least=(deadline + 1) * slots + 1)
        # P(X > k) and E[(X - k)+], summed from the tail: no cancellation when they are tiny
        self._tail = np.append(_sum_from_end(self._pmf)[1:], 0.0)
        self._excess = _sum_from_end(self._tail)

    def transition(self) -> Floats:
        """
        Give the probability of each backlog at the end of the day.

        Returns
        -------
        numpy.ndarray of float
            Matrix: rows are backlogs at the start, columns at the end; rows sum to 1.

        Examples
        --------
        >>> Day(1.0, 1, 0, 1.0).transition().tolist()
        [[1.0]]
        """
        last = self.backlog.size - 1
        if last == 0:
            return np.ones((1, 1))
        free = self.slots - self.backlog
        requests = self.backlog[None, :] + free[:, None]
        step = np.where(requests >= 0, self._pmf[np.maximum(requests, 0)], 0.0)
        step[:, 0] = np.where(free >= 0, np.cumsum(self._pmf)[np.maximum(free, 0)], 0.0)
        step[:, last] = self._tail[last + free - 1]
        return np.asarray(step, dtype=np.float64)

    def lost(self) -> Floats:
        """
        Give the mean number of requests that find no slot in time.

        Returns
        -------
        numpy.ndarray of float
            E[max(B + X - s - K s, 0)] for each backlog B at the start.

        Examples
        --------
        >>> Day(1.0, 1, 1, 1.0).lost().round(4).tolist()
        [0.1036, 0.3679]
        """
        return np.asarray(self._excess[self.backlog[::-1] + self.slots], dtype=np.float64)

    def same_day(self) -> Floats:
        """
        Give the mean number of requests seen on the day itself.

        Returns
        -------
        numpy.ndarray of float
            E[min(X, max(s - B, 0))] for each backlog B at the start.

        Examples
        --------
        >>> Day(1.0, 1, 1, 1.0).same_day().round(4).tolist()
        [0.6321, 0.0]
        """
        met = np.append(0.0, np.cumsum(self._tail))
        return np.asarray(met[np.maximum(self.slots - self.backlog, 0)], dtype=np.float64)


def arrivals_pmf(mean: float, dispersion: float, *, at_least: int = 0) -> Floats:
    """
    Give the probability of each number of requests in a day.

    Parameters
    ----------
    mean : float
        Mean requests of the day, above 0.
    dispersion : float
        Variance over mean: 1 is Poisson, above 1 negative binomial.
    at_least : int
        Last number of requests that must be in the result.

    Returns
    -------
    numpy.ndarray of float
        P(X = 0), P(X = 1), ... far enough for the tail to be nil.

    Examples
    --------
    >>> arrivals_pmf(1.0, 1.0)[:2].round(4).tolist()
    [0.3679, 0.3679]
    """
    top = math.ceil(mean + 14 * math.sqrt(dispersion * mean) + 60)
    counts = np.arange(max(top, at_least) + 1)
    if dispersion == 1.0:
        return np.asarray(stats.poisson.pmf(counts, mean), dtype=np.float64)
    size = mean / (dispersion - 1.0)
    return np.asarray(stats.nbinom.pmf(counts, size, 1.0 / dispersion), dtype=np.float64)


def stationary(transition: Floats) -> Floats:
    """
    Solve pi T = pi with sum(pi) = 1.

    Parameters
    ----------
    transition : numpy.ndarray of float
        Square matrix whose rows sum to 1, with one recurrent class.

    Returns
    -------
    numpy.ndarray of float
        Steady-state probability of each state.

    Examples
    --------
    >>> stationary(np.array([[0.5, 0.5], [1.0, 0.0]])).round(4).tolist()
    [0.6667, 0.3333]
    """
    states = transition.shape[0]
    system = transition.T - np.eye(states)
    system[-1] = 1.0
    unit = np.zeros(states)
    unit[-1] = 1.0
    solution = np.maximum(np.linalg.solve(system, unit), 0.0)
    return np.asarray(solution / solution.sum(), dtype=np.float64)


def check(
    *,
    arrivals: float | None = None,
    slots: int | None = None,
    deadline: int = 0,
    dispersion: float = 1.0,
    targets: Sequence[float] = (),
    factors: Sequence[float] = (1.0,),
) -> None:
    """
    Raise one error that lists every argument outside its domain.

    Parameters
    ----------
    arrivals : float or None
        Mean requests a day; None = not used by the caller, as for the others.
    slots : int or None
        Slots a day.
    deadline : int
        Opening days after the request.
    dispersion : float
        Variance over mean.
    targets : sequence of float
        Shares strictly between 0 and 1.
    factors : sequence of float
        Relative weights of the days, mean 1.

    Raises
    ------
    ScenarioError
        If any is outside its domain.

    Examples
    --------
    >>> check(arrivals=5.6, slots=6, deadline=1)
    >>> check(slots=0)
    Traceback (most recent call last):
    cpts_geo.errors.ScenarioError: Le calcul des créneaux a reçu des valeurs impossibles.
      - créneaux par jour = 0 : ...
    """
    defects: list[str] = []
    if arrivals is not None and not _real(arrivals, above=0.0, at_most=MAX_ARRIVALS):
        defects.append(
            f"demandes par jour = {arrivals} : il faut plus de 0 et au plus {number(MAX_ARRIVALS)}"
        )
    if not (_whole(deadline) and deadline >= 0):
        defects.append(f"délai = {deadline} : il faut un nombre entier de jours, 0 ou plus")
    elif slots is not None and not (_whole(slots) and 1 <= slots * max(deadline, 1) <= MAX_BACKLOG):
        defects.append(
            f"créneaux par jour = {slots} : il faut un nombre entier, 1 ou plus, "
            f"et au plus {MAX_BACKLOG} créneaux sur le délai"
        )
    if not _real(dispersion, above=1.0 - 1e-15, at_most=100.0):
        defects.append(f"dispersion = {dispersion} : il faut 1 (Poisson) ou plus, au plus 100")
    defects += [
        f"cible = {target} : il faut une part entre 0 et 1, bornes exclues"
        for target in targets
        if not (_real(target, above=0.0, at_most=1.0) and target < 1.0)
    ]
    if not all(_real(x, above=0.0, at_most=MAX_ARRIVALS) for x in factors) or not (
        math.isclose(sum(factors), len(factors), rel_tol=1e-9) and len(factors) > 0
    ):
        defects.append(f"jours de la semaine = {list(factors)} : facteurs positifs de moyenne 1")
    if defects:
        raise ScenarioError(
            "Le calcul des créneaux a reçu des valeurs impossibles.",
            defects=defects,
            remedy="corrigez ces valeurs ; si elles sont justes, découpez le territoire.",
        )


def _sum_from_end(values: Floats) -> Floats:
    return np.cumsum(values[::-1])[::-1]


def _whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _real(value: object, *, above: float, at_most: float) -> bool:
    number = isinstance(value, Real) and not isinstance(value, bool)
    return number and above < float(value) <= at_most  # type: ignore[arg-type]

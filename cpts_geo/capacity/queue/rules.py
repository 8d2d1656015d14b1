"""The rules of a booking queue with a deadline, and what they make of slots and demands.

Each opening day offers ``s`` slots. A request takes a slot the same day if one is free,
otherwise one of the next ``K`` opening days, otherwise it is lost. With ``B`` slots of the
coming days already taken at the start of the day and ``X`` requests in the day::

    B' = min(max(B + X - s, 0), K s)      lost = max(B + X - s - K s, 0)

``X`` is Poisson (dispersion 1) or negative binomial (variance = dispersion x mean).
``K = 0`` is "today or lost"; ``K = 1`` "today or the next opening day". Requests are seen in the
order they come: the j-th request of a day that starts with ``B`` is seen
``floor((B + j - 1) / s)`` opening days later. The figures are those of the steady state, so they
say nothing about the first weeks of a line: :mod:`cpts_geo.capacity.queue.transient` follows days
one by one. No-shows and priorities are outside this model.

Rules have no usual value here: those of a scenario are ``scenario.rules``, and the defaults stand
in ``data/cpts/parameters.toml`` alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import brentq

from cpts_geo.capacity.queue import _checks, _largest
from cpts_geo.capacity.queue._chain import served_share
from cpts_geo.capacity.queue._checks import MAX_ARRIVALS, MAX_BACKLOG, is_deadline, real, solved
from cpts_geo.capacity.queue._largest import (
    fewest,
    largest_demand,
    least_slots,
    slots_guess,
    slots_of_each,
)
from cpts_geo.capacity.queue._weeks import week_shares
from cpts_geo.capacity.queue.services import BookingService, WeeklyService
from cpts_geo.errors import ScenarioError
from cpts_geo.french import number

#: Mean overshoot of a barrier by Gaussian steps, in standard deviations: how wide a backlog of no
#: room still is, once on each side.
OVERSHOOT: Final = _largest.OVERSHOOT
#: Most slots a day, and largest dispersion, that a queue is solved for.
MAX_SLOTS: Final = _checks.MAX_SLOTS
MAX_DISPERSION: Final = _checks.MAX_DISPERSION


@dataclass(frozen=True)
class Rules:
    """
    What a line promises, and how irregular its days are.

    Demands are mean requests per opening day, above 0 unless said; slots are per opening day: one
    number for every day (1 or more), or one for each opening day of the week (0 on days without a
    session, not all 0). Every method raises a ScenarioError that lists all the values outside their
    domain.

    Attributes
    ----------
    target : float
        Share of requests to serve within the deadline, between 0 and 1 (both excluded).
    deadline_days : int
        Opening days after the request within which it must be seen (0 = the same day); a day
        without a session is an opening day too: its calls come, and it counts.
    dispersion : float
        Variance of the daily requests over their mean, 1 (Poisson) or more.
    shape : tuple of float, optional
        Requests of each opening day of the week over those of an ordinary one, where one is a
        half-day: demands are then those of an ordinary day, and slots given as one number leave a
        half-day its share of them, rounded up. None where days are alike.

    Examples
    --------
    >>> usual = Rules(target=0.95, deadline_days=1, dispersion=1.0)
    >>> usual.slots(1511 / 270), round(usual.served(1511 / 270, 6), 4), round(usual.carries(16), 2)
    (6, 0.9702, 16.69)
    """

    target: float
    deadline_days: int
    dispersion: float
    shape: tuple[float, ...] | None = None

    @property
    def most_slots(self) -> int:
        """Largest number of slots a day that the chain solves: 600, fewer with a long deadline."""
        return _checks.most_slots(self.deadline_days)

    def slots(self, demand: float, *, same_day: float | None = None) -> int:
        """
        Find the smallest number of slots a day that serves the target share of requests.

        Parameters
        ----------
        demand : float
            Mean requests per opening day; an error where it is beyond a CPTS.
        same_day : float or None
            Share to serve on the day of the request as well; None asks nothing of that day.

        Returns
        -------
        int
            Slots per opening day.

        Examples
        --------
        >>> Rules(0.95, 1, 1.0).slots(1511 / 270), Rules(0.95, 0, 1.0).slots(1511 / 270)
        (6, 8)
        """
        self.check(arrivals=demand, targets=() if same_day is None else (same_day,))
        demand, most = float(demand), self.most_slots
        found = fewest(
            lambda tried: self._served(demand, tried) >= self.target,
            first=slots_guess(demand, *self._queue, most=most),
            least=least_slots(demand, self.target),
            most=most,
        )
        if same_day is not None:
            found = fewest(
                lambda tried: self.service(demand, tried).same_day >= same_day,
                first=found,
                least=max(found, least_slots(demand, same_day)),
                most=most,
            )
        if found > most:
            raise _checks.beyond(demand, most)
        return found

    def slots_for_each(
        self, demands: npt.ArrayLike, *, at_most: int | None = None
    ) -> npt.NDArray[np.int64]:
        """
        Find the smallest number of slots for each of many demands.

        Equals :meth:`slots` element by element; only the largest demands of the numbers of slots
        met are computed, and they are kept between calls.

        Parameters
        ----------
        demands : array_like of float
            Mean requests per opening day, any shape, no NaN; an error where one is beyond a CPTS.
        at_most : int or None
            Demands that need more slots than this, however many more, get ``at_most + 1``, and
            are not looked into; 1 or more. None = every demand is solved.

        Returns
        -------
        numpy.ndarray of int
            Slots per opening day, of the shape of ``demands``.

        Examples
        --------
        >>> Rules(0.95, 1, 1.0).slots_for_each([1.0, 8.0, 140_000.0], at_most=10).tolist()
        [2, 8, 11]
        """
        arrivals = np.asarray(demands, dtype=np.float64)
        ordered = np.sort(arrivals, axis=None)  # unknown values last
        others = []
        if at_most is not None and not _checks.whole(at_most, 1, 10**9):
            others = [f"plafond = {at_most} créneaux : il faut un nombre entier, 1 ou plus"]
        for demand in [float(x) for x in ordered[[0, -1]]] if ordered.size else [None]:
            self.check(arrivals=demand, others=others)
        if ordered.size == 0:
            return np.zeros(arrivals.shape, dtype=np.int64)
        slots, above = slots_of_each(ordered, self._queue, at_most=at_most)
        return np.asarray(slots[np.searchsorted(above, arrivals) - 1])

    def carries(self, slots: int | Sequence[int]) -> float:
        """
        Find the largest demand that slots serve at the target, days alike in demand.

        Parameters
        ----------
        slots : int or sequence of int
            Slots per opening day, or of each opening day of the week.

        Returns
        -------
        float
            Mean requests per opening day; 0 if even the smallest demand misses the target, which
            happens with few slots when requests come in clusters (``dispersion`` above 1).

        Examples
        --------
        >>> Rules(0.95, 1, 1.0).carries(16) > Rules(0.95, 1, 1.0).carries([32, 0, 16, 0, 32])
        True
        """
        one = self._every_day(slots)
        if one is not None:
            self.check(slots=one)
            return largest_demand(int(one), *self._queue)

        def margin(demand: float) -> float:
            return self.served(demand, slots) - self.target

        high = self._mean_slots(slots) / self.target  # served <= slots / requests
        low = high
        while margin(low) <= 0.0:
            low /= 2.0
            if low < 1e-6:
                return 0.0
        return float(brentq(margin, low, high, xtol=1e-9)) if low < high else high

    def served(self, demand: float, slots: int | Sequence[int]) -> float:
        """
        Compute the share of requests that slots serve within the deadline, days alike in demand.

        Parameters
        ----------
        demand : float
            Mean requests per opening day; all are served where it is 0.
        slots : int or sequence of int
            Slots per opening day, or of each opening day of the week.

        Returns
        -------
        float
            Share, 0 to 1.

        Examples
        --------
        >>> usual = Rules(0.95, 1, 1.0)
        >>> round(usual.served(16.69, [16] * 5), 3), usual.served(0.0, 16)
        (0.95, 1.0)
        """
        one = self._every_day(slots)
        if demand == 0:
            self.check(slots=one)
            return 1.0
        if one is None:
            return self.week(demand, slots).served
        self.check(arrivals=demand, slots=one)
        return self._served(float(demand), int(one))

    def service(self, demand: float, slots: int) -> BookingService:
        """
        Solve the queue of days that are alike.

        Parameters
        ----------
        demand : float
            Mean requests per opening day.
        slots : int
            Slots per opening day, 1 or more.

        Returns
        -------
        BookingService
            Shares, means and backlog distribution of the steady state.

        Examples
        --------
        >>> line = Rules(0.95, 1, 1.0).service(1511 / 270, 6)
        >>> [round(share, 4) for share in line.waiting]
        [0.5945, 0.3757]
        """
        self.check(arrivals=demand, slots=slots)
        _, deadline, dispersion = self._queue
        return BookingService._solved(float(demand), int(slots), deadline, dispersion)

    def week(
        self,
        demand: float,
        slots: int | Sequence[int],
        *,
        factors: Sequence[float] | None = None,
    ) -> WeeklyService:
        """
        Solve the queue of a week whose days differ, in demand or in slots.

        Parameters
        ----------
        demand : float
            Mean requests per opening day over the week; of an ordinary day where the rules have a
            shape and no ``factors`` are given.
        slots : int or sequence of int
            Slots per opening day, or of each day of ``factors``.
        factors : sequence of float, optional
            Requests of each opening day of the week relative to the mean; above 0, mean 1. Days
            alike if absent.

        Returns
        -------
        WeeklyService
            Shares over the week and losses by day; holidays are not modelled here.

        Examples
        --------
        The same 30 slots a week, spread over five days or held in three sessions:

        >>> usual, factors = Rules(0.95, 1, 1.0), (1.30, 1.00, 0.90, 0.85, 0.95)
        >>> week = usual.week(1511 / 270, 6, factors=factors)
        >>> sessions = usual.week(1511 / 270, [12, 0, 9, 0, 9], factors=factors)
        >>> round(week.served, 4), round(week.lost_by_weekday[0], 4), round(sessions.served, 4)
        (0.9671, 0.0508, 0.9022)
        """
        means, plan = self.week_plan(demand, slots, factors=factors)
        _, deadline, dispersion = self._queue
        return WeeklyService._solved(means, plan, deadline, dispersion)

    def week_shares(
        self, demands: npt.NDArray[np.float64], slots: Sequence[int]
    ) -> npt.NDArray[np.float64]:
        """
        Solve the queue of a week at each of many demands, days alike in demand but for the shape.

        Parameters
        ----------
        demands : numpy.ndarray of float
            Mean requests per opening day, as for :meth:`week`; none gives no row.
        slots : sequence of int
            Slots of each opening day of the week.

        Returns
        -------
        numpy.ndarray of float
            A row a demand: share served within the deadline, share served on the day itself, then
            shares of the week's requests that are seen on each opening day.

        Examples
        --------
        >>> Rules(0.95, 1, 1.0).week_shares(np.array([16.69, 40.0]), [16] * 5)[:, 0].round(3)
        array([0.95, 0.4 ])
        """
        for extreme in (demands.min(), demands.max()) if demands.size else (1.0,):
            means, plan = self.week_plan(float(extreme), slots)
        days, (_, deadline, dispersion) = len(plan), self._queue
        alike = self._every_day(plan) is not None
        if alike:  # the week of one day is solved faster
            means, plan = means[:1], plan[:1]
        found = week_shares(np.outer(means, demands / extreme), plan, deadline, dispersion)
        if not alike:
            return found
        return np.hstack([found[:, :2], np.repeat(found[:, 2:] / days, days, axis=1)])

    def week_plan(
        self,
        demand: float,
        slots: int | Sequence[int],
        *,
        factors: Sequence[float] | None = None,
        others: Iterable[str] = (),
    ) -> tuple[list[float], list[int]]:
        """
        Write a week day by day, once its values are known to be in their domain.

        Parameters
        ----------
        demand, slots, factors : float, int or sequence of int, sequence of float
            As for :meth:`week`.
        others : iterable of str
            Defects that the caller found itself, which the error lists too.

        Returns
        -------
        tuple of list
            Mean requests of each opening day of the week, slots of each.

        Examples
        --------
        >>> Rules(0.95, 1, 1.0).week_plan(10.0, 8, factors=[1.2, 0.8])
        ([12.0, 8.0], [8, 8])
        """
        if factors is None and self.shape is not None:
            mean = sum(self.shape) / len(self.shape)
            slots, demand = self._plan(slots), demand * mean
            factors = [each / mean for each in self.shape]
        elif factors is None:
            factors = [1.0] * np.size(slots)
        days = len(factors)
        plan = _checks.each_day(slots, days)
        self.check(
            arrivals=demand,
            slots=slots,
            others=[
                *_checks.factor_defects(factors),
                *(_checks.week_defects(plan, days, self.deadline_days) if np.ndim(slots) else []),
                *others,
            ],
        )
        return [demand * factor for factor in factors], [int(each) for each in plan]

    def check(
        self,
        *,
        arrivals: float | None = None,
        slots: int | Sequence[int] | pd.Series[int] | None = None,
        targets: Sequence[float] = (),
        others: Iterable[str] = (),
    ) -> None:
        """
        Raise one error that lists every value outside its domain, the rules among them.

        Parameters
        ----------
        arrivals : float or None
            Mean requests per opening day; None = not used by the caller, as for slots.
        slots : int or sequence of int
            Slots a day; those that differ from day to day are left to the caller.
        targets : sequence of float
            Other shares strictly between 0 and 1.
        others : iterable of str
            Defects that the caller found itself.
        """
        deadline, dispersion, defects = self.deadline_days, self.dispersion, []
        if arrivals is not None and not real(arrivals, above=0.0, at_most=MAX_ARRIVALS):
            defects.append(
                f"demandes par jour = {arrivals} : il faut plus de 0 "
                f"et au plus {number(MAX_ARRIVALS)}"
            )
        if not is_deadline(deadline):
            defects.append(
                f"délai = {deadline} : il faut un nombre entier de jours, "
                f"0 ou plus, au plus {number(MAX_BACKLOG)}"
            )
        elif slots is not None and np.ndim(slots) == 0 and not solved(slots, deadline):
            defects.append(
                f"créneaux par jour = {slots} : il faut un nombre entier de 1 à "
                f"{number(MAX_SLOTS)}, et au plus {number(MAX_BACKLOG)} créneaux sur le délai"
            )
        if not real(dispersion, above=1.0 - 1e-15, at_most=MAX_DISPERSION):
            defects.append(
                f"dispersion = {dispersion} : il faut 1 (Poisson) ou plus, "
                f"au plus {number(MAX_DISPERSION)}"
            )
        defects += [
            f"cible = {target} : il faut une part entre 0 et 1, bornes exclues"
            for target in (self.target, *targets)
            if not (real(target, above=0.0, at_most=1.0) and target < 1.0)
        ]
        defects += others
        if defects:
            raise ScenarioError(
                "Le calcul des créneaux a reçu des valeurs impossibles.",
                defects=defects,
                remedy="corrigez ces valeurs ; si elles sont justes, découpez le territoire.",
            )

    def _every_day(self, slots: int | Sequence[int]) -> int | None:
        """The slots of days that are alike, which are solved faster; None where they differ."""
        if self.shape is not None:
            return None
        if np.ndim(slots) == 0:
            return slots  # type: ignore[return-value]
        return slots[0] if len(set(slots)) == 1 else None  # type: ignore[index,arg-type]

    def _plan(self, slots: int | Sequence[int]) -> Sequence[int]:
        """Slots of each day of the shape: a half-day has its share of one number, rounded up."""
        if np.ndim(slots) or not is_deadline(slots):
            return slots  # type: ignore[return-value]
        return [math.ceil(slots * min(each, 1.0)) for each in self.shape or ()]  # type: ignore[operator]

    def _mean_slots(self, slots: int | Sequence[int]) -> float:
        """Slots of the week over its ordinary days, a half-day being its share of one."""
        if self.shape is None:
            return float(np.mean(slots))
        return float(sum(self._plan(slots)) / sum(self.shape))

    @property
    def _queue(self) -> tuple[float, int, float]:
        """What the engine solves: target, deadline, dispersion, as plain numbers."""
        return float(self.target), int(self.deadline_days), float(self.dispersion)

    def _served(self, demand: float, slots: int) -> float:
        """Share served of days alike, arguments checked."""
        _, deadline, dispersion = self._queue
        return served_share(demand, slots, deadline, dispersion)

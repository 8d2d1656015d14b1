"""Booking queue day by day: a holiday bridge, an epidemic month, a GP on leave, the seasons.

The distribution of the backlog is carried exactly from each opening day to the next: nothing is
drawn. The plan of slots is known in advance, and a request only takes a slot that exists: the
leave of a GP leaves no booking without a slot, but losses from the days before on, when less can
be booked ahead. Rules and words are those of :mod:`cpts_geo.capacity.queue.rules`.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from itertools import pairwise
from numbers import Real
from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.capacity.queue._chain import Day, Floats
from cpts_geo.capacity.queue._checks import (
    MAX_SLOTS,
    arrivals_defects,
    each_day,
    is_deadline,
    plan_defects,
    whole,
)
from cpts_geo.capacity.queue.rules import Rules
from cpts_geo.errors import ScenarioError
from cpts_geo.french import number

#: A year is its own steady state when it gives back the backlog it began with, this close ...
_SAME: Final = 1e-13
#: ... which comes within a few years, unless weeks can be booked ahead; then it is refused.
_MOST_DAYS: Final = 100_000


def transient(
    arrivals: Sequence[float] | pd.Series[float],
    slots: int | Sequence[int] | pd.Series[int],
    *,
    rules: Rules,
    initial_backlog: int | Sequence[float] = 0,
) -> pd.DataFrame:
    """
    Follow a booking queue over given days.

    Parameters
    ----------
    arrivals : sequence or Series of float
        Mean requests of each opening day, in order, 0 or more. A day that is not there does not
        open: the requests that wait for the day after a closure are in the mean of that day.
    slots : int or sequence or Series of int
        Slots of each of these days (0 = calls come, nobody is seen), or one number, 1 or more,
        for all.
    rules : Rules
        Deadline, in which a day without slots counts, and dispersion.
    initial_backlog : int or sequence of float
        Slots of the first days already taken at the start; or the probability that 0, 1, ... of
        them are, as in a :class:`~cpts_geo.capacity.queue.services.BookingService`.

    Returns
    -------
    pandas.DataFrame
        One row a day, on the index of ``arrivals``: ``requests`` (their mean); ``slots``;
        ``served``, ``same_day`` and ``lost``, mean numbers of the requests *of that day* that
        get a slot in time, that very day, or none (served + lost = requests);
        ``expected_backlog``, mean slots already taken when the day starts: at most those of the
        day and of the K - 1 after it. After the last day its slots are assumed to repeat.

    Raises
    ------
    ScenarioError
        If an argument is outside its domain; lists them all, day by day.

    Examples
    --------
    After a holiday, the requests of two days come at once:

    >>> days = transient([6.0, 12.0, 6.0, 6.0], 7, rules=Rules(0.95, 1, 1.0))
    >>> days["lost"].round(2).tolist()
    [0.0, 0.88, 0.28, 0.18]
    """
    means = list(arrivals)
    plan = each_day(slots, len(means))
    deadline = rules.deadline_days
    following = plan[-1:] * deadline if is_deadline(deadline) else []
    rules.check(
        slots=slots,
        others=[
            *_defects(arrivals, slots, deadline, following=following),
            *_start_defects(initial_backlog, [*plan, *following][: len(following)]),
        ],
    )
    queue = _queue(means, plan, following, rules.dispersion)
    start = np.zeros(queue[0].backlog.size)
    if np.ndim(initial_backlog) == 0:
        start[int(initial_backlog)] = 1.0  # type: ignore[arg-type]
    else:
        start[: len(initial_backlog)] = initial_backlog  # type: ignore[arg-type]
    index = arrivals.index if isinstance(arrivals, pd.Series) else pd.RangeIndex(len(means))
    return _table(queue, start / start.sum(), index)


def seasonal_service(
    arrivals: pd.Series[float],
    slots: int | Sequence[int] | pd.Series[int],
    *,
    rules: Rules,
) -> pd.DataFrame:
    """
    Compute what slots serve in each month of a year that comes back every year.

    Parameters
    ----------
    arrivals : Series of float
        Mean requests of each opening day, 0 or more, indexed by date in order.
    slots : int or sequence or Series of int
        Slots of each of these days (0 = calls come, nobody is seen), or one number, 1 or more,
        for all.
    rules : Rules
        Deadline and dispersion.

    Returns
    -------
    pandas.DataFrame
        One row a month that opens, index ``month`` (period): ``requests``, ``slots`` and
        ``lost`` (mean numbers in the month); ``served_share`` and ``same_day_share`` of its
        requests, 0 to 1, NaN where there is none.

    Raises
    ------
    ScenarioError
        If an argument is outside its domain (lists them all), or so much can be booked ahead
        that centuries would not be enough to forget how the line began.

    Notes
    -----
    The year follows itself: its first day comes after its last, in slots and in backlog. It is
    repeated from an empty line until it gives back the backlog it began with. A table by day is
    that of :func:`transient`, which starts where it is told.

    Examples
    --------
    >>> year = pd.bdate_range("2025-01-01", "2025-12-31")
    >>> means = pd.Series(np.where(year.month == 8, 9.0, 6.0), index=year)
    >>> months = seasonal_service(means, 7, rules=Rules(0.95, 1, 1.0))
    >>> months["served_share"].round(3).iloc[[5, 6, 7, 8]].tolist()
    [0.992, 0.992, 0.8, 0.984]
    """
    means = list(arrivals)
    plan = each_day(slots, len(means))
    following = (
        [plan[day % len(plan)] for day in range(rules.deadline_days)]
        if plan and is_deadline(rules.deadline_days)
        else []
    )
    dates = _dates(arrivals)
    rules.check(
        slots=slots,
        others=[
            *([] if dates is not None else ["demandes : il faut une série indexée par date"]),
            *_defects(arrivals, slots, rules.deadline_days, following=following),
        ],
    )
    queue = _queue(means, plan, following, rules.dispersion)
    days = _table(queue, _own_end(queue, rules.deadline_days), pd.DatetimeIndex(arrivals.index))
    months = days.groupby(days.index.to_period("M")).sum()  # type: ignore[attr-defined]
    requests = months["requests"].where(months["requests"] > 0)
    return (
        months[["requests", "slots", "lost"]]
        .assign(served_share=months["served"] / requests)
        .assign(same_day_share=months["same_day"] / requests)
        .rename_axis("month")
    )


def _own_end(queue: Sequence[Day], deadline: int) -> Floats:
    """Give the backlog that these days, repeated for ever, begin and end with."""
    backlog = np.zeros(queue[0].backlog.size)
    backlog[0] = 1.0
    for _ in range(math.ceil(_MOST_DAYS / len(queue))):
        end = backlog
        for day in queue:
            end = day.after(end)
        if np.abs(end - backlog).sum() <= _SAME:
            return end
        backlog = end
    raise ScenarioError(
        "La saison ne retrouve pas d’une année à l’autre l’état dont elle est partie.",
        defects=[f"délai = {number(deadline)} jours : trop de créneaux réservables d’avance"],
        remedy="raccourcissez le délai.",
    )


def _table(queue: Sequence[Day], backlog: Floats, index: pd.Index) -> pd.DataFrame:
    """Follow the days from a distribution of the backlog; columns as for :func:`transient`."""
    rows = []
    for day in queue:
        lost = min(float(backlog @ day.lost()), day.arrivals)  # rounding of a day without slots
        rows.append(
            {
                "requests": day.arrivals,
                "slots": day.slots,
                "served": day.arrivals - lost,
                "same_day": float(backlog @ day.seen(0)),
                "lost": lost,
                "expected_backlog": float(backlog @ day.backlog),
            }
        )
        backlog = day.after(backlog)
    return pd.DataFrame(rows, index=index)


def _queue(
    means: Sequence[float], plan: Sequence[int], following: Sequence[int], dispersion: float
) -> list[Day]:
    """Days of the chain, each with the slots of the days it can book."""
    ahead = [int(x) for x in (*plan, *following)]
    kinds: dict[tuple[float, tuple[int, ...]], Day] = {}
    queue = []
    for number_, mean in enumerate(means):
        kind = (float(mean), tuple(ahead[number_ : number_ + len(following) + 1]))
        if kind not in kinds:  # a year holds few different days
            kinds[kind] = Day(*kind, float(dispersion))
        queue.append(kinds[kind])
    return queue


def _dates(arrivals: Sequence[float] | pd.Series[float]) -> list[dt.date] | None:
    """Give the dates of a series; None where it has no index of dates."""
    if not isinstance(arrivals, pd.Series):
        return None
    labels = list(arrivals.index)
    return labels if labels and all(isinstance(label, dt.date) for label in labels) else None


def _defects(
    arrivals: Sequence[float] | pd.Series[float],
    slots: int | Sequence[int] | pd.Series[int],
    deadline: int,
    *,
    following: Sequence[int],
) -> list[str]:
    """List what is wrong with the days; one number of slots for all is left to the caller."""
    means = list(arrivals)
    plan = each_day(slots, len(means))
    if not means:
        return ["demandes : aucun jour d’ouverture"]
    dates = _dates(arrivals)
    names = [f"jour {day + 1}" for day in range(len(means))]
    defects = []
    if dates is not None:
        names = [f"{date:%d/%m/%Y}" for date in dates]
        defects += [
            f"dates : {name} ne vient pas après {before}"
            for (before, name), (early, late) in zip(pairwise(names), pairwise(dates), strict=True)
            if not early < late
        ]
    defects += arrivals_defects(means, names)
    if np.ndim(slots) == 0:
        return defects
    if len(plan) != len(means):
        return [*defects, f"créneaux de {len(plan)} jours pour {len(means)} jours de demandes"]
    if (
        isinstance(arrivals, pd.Series)
        and isinstance(slots, pd.Series)
        and not slots.index.equals(arrivals.index)
    ):
        defects.append("créneaux : leurs jours ne sont pas ceux des demandes")
    return [*defects, *plan_defects(plan, deadline, names=names, following=following)]


def _start_defects(initial: int | Sequence[float], ahead: Sequence[int]) -> list[str]:
    """List what is wrong with the backlog of the first day, which takes the slots ahead."""
    if not all(whole(x, 0, MAX_SLOTS) for x in ahead):
        return []
    room = sum(ahead)
    if np.ndim(initial) == 0:
        if whole(initial, 0, room):
            return []
        return [f"carnet au départ = {initial} : il faut un nombre entier de 0 à {number(room)}"]
    chances = np.array([x if isinstance(x, Real) else np.nan for x in initial], dtype=np.float64)  # type: ignore[union-attr]
    if chances.size <= room + 1 and (chances >= 0).all() and abs(chances.sum() - 1) < 1e-9:
        return []
    return [
        "carnet au départ : il faut des probabilités de somme 1, "
        f"pour 0 à {number(room)} créneaux déjà pris"
    ]

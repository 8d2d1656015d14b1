"""What the booking queue accepts: the domain of its arguments, and one error that lists all.

Private to the modules of the queue, whose public door is :mod:`cpts_geo.capacity.queue.booking`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from numbers import Integral, Real
from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.errors import DemandTooLargeError, ScenarioError
from cpts_geo.french import number

#: Most slots a day: beyond, a territory is no CPTS any more.
MAX_SLOTS: Final = 600
#: Largest backlog (slots of the days of the deadline): bounds the states of the chain.
MAX_BACKLOG: Final = 2_400
#: Largest mean number of requests a day: bounds the size of the arrival distribution.
MAX_ARRIVALS: Final = 1_000_000.0


def most_slots(deadline: int) -> int:
    """
    Give the largest number of slots a day that the chain solves.

    Parameters
    ----------
    deadline : int
        Opening days after the request within which it must be seen, 0 to MAX_BACKLOG.

    Returns
    -------
    int
        Slots per opening day, 1 to MAX_SLOTS.

    Examples
    --------
    >>> most_slots(1), most_slots(8)
    (600, 300)
    """
    return min(MAX_SLOTS, MAX_BACKLOG // max(deadline, 1))


def check(
    *,
    arrivals: float | None = None,
    slots: int | Sequence[int] | pd.Series[int] | None = None,
    deadline: int = 0,
    dispersion: float = 1.0,
    targets: Sequence[float] = (),
    others: Iterable[str] = (),
) -> None:
    """
    Raise one error that lists every argument outside its domain.

    Parameters
    ----------
    arrivals : float or None
        Mean requests a day; None = not used by the caller, as for the others.
    slots : int, sequence of int or None
        Slots a day; those that differ from day to day are left to :func:`plan_defects`.
    deadline : int
        Opening days after the request.
    dispersion : float
        Variance over mean.
    targets : sequence of float
        Shares strictly between 0 and 1.
    others : iterable of str
        Defects that the caller found itself.

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
    if not is_deadline(deadline):
        defects.append(
            f"délai = {deadline} : il faut un nombre entier de jours, "
            f"0 ou plus, au plus {number(MAX_BACKLOG)}"
        )
    elif slots is not None and np.ndim(slots) == 0 and not _solved(slots, deadline):
        defects.append(
            f"créneaux par jour = {slots} : il faut un nombre entier de 1 à {number(MAX_SLOTS)}, "
            f"et au plus {number(MAX_BACKLOG)} créneaux sur le délai"
        )
    if not _real(dispersion, above=1.0 - 1e-15, at_most=100.0):
        defects.append(f"dispersion = {dispersion} : il faut 1 (Poisson) ou plus, au plus 100")
    defects += [
        f"cible = {target} : il faut une part entre 0 et 1, bornes exclues"
        for target in targets
        if not (_real(target, above=0.0, at_most=1.0) and target < 1.0)
    ]
    defects += others
    if defects:
        raise ScenarioError(
            "Le calcul des créneaux a reçu des valeurs impossibles.",
            defects=defects,
            remedy="corrigez ces valeurs ; si elles sont justes, découpez le territoire.",
        )


def factor_defects(factors: Sequence[float]) -> list[str]:
    """
    List what is wrong with the weights of the days of the week.

    Parameters
    ----------
    factors : sequence of float
        Relative weights of the days, above 0, mean 1.

    Returns
    -------
    list of str
        One defect, or none.

    Examples
    --------
    >>> factor_defects([1.2, 0.8]), len(factor_defects([1.2, 1.0]))
    ([], 1)
    """
    positive = all(_real(x, above=0.0, at_most=MAX_ARRIVALS) for x in factors)
    if positive and len(factors) > 0 and math.isclose(sum(factors), len(factors), rel_tol=1e-9):
        return []
    return [f"jours de la semaine = {list(factors)} : facteurs positifs de moyenne 1"]


def arrivals_defects(arrivals: Sequence[float], names: Sequence[str]) -> list[str]:
    """
    List the days whose mean number of requests is outside its domain.

    Parameters
    ----------
    arrivals : sequence of float
        Mean requests of each day, 0 or more.
    names : sequence of str
        What to call each day.

    Returns
    -------
    list of str
        One defect a day.

    Examples
    --------
    >>> len(arrivals_defects([1.0, -1.0, float("nan")], ["lundi", "mardi", "mercredi"]))
    2
    """
    return [
        f"demandes, {name} = {x} : il faut 0 ou plus et au plus {number(MAX_ARRIVALS)}"
        for name, x in zip(names, arrivals, strict=True)
        if not (_real(x, above=-1.0, at_most=MAX_ARRIVALS) and x >= 0)
    ]


def plan_defects(
    slots: Sequence[int], deadline: int, *, names: Sequence[str], following: Sequence[int]
) -> list[str]:
    """
    List what is wrong with slots that differ from day to day.

    Parameters
    ----------
    slots : sequence of int
        Slots of each day, 0 or more.
    deadline : int
        Opening days after the request.
    names : sequence of str
        What to call each day.
    following : sequence of int
        Slots of the ``deadline`` days after the last one.

    Returns
    -------
    list of str
        Days whose slots are outside their domain, else the longest deadline if its slots are
        too many.

    Examples
    --------
    >>> plan_defects([6, 0], 1, names=["lundi", "mardi"], following=[6])
    []
    """
    bad = [
        f"créneaux, {name} = {x} : il faut un nombre entier de 0 à {number(MAX_SLOTS)}"
        for name, x in zip(names, slots, strict=True)
        if not whole(x, 0, MAX_SLOTS)
    ]
    if bad or not is_deadline(deadline):
        return bad
    plan = [*slots, *following]
    most = max(sum(plan[day : day + deadline]) for day in range(len(slots)))
    if most > MAX_BACKLOG:
        return [f"créneaux sur le délai : {number(most)}, il en faut au plus {number(MAX_BACKLOG)}"]
    return []


def week_defects(plan: Sequence[int], days: int, deadline: int) -> list[str]:
    """
    List what is wrong with slots that differ by day of the week.

    Parameters
    ----------
    plan : sequence of int
        Slots of each opening day of the week.
    days : int
        Opening days of the week; with none, the factors of the week say so.
    deadline : int
        Opening days after the request.

    Returns
    -------
    list of str
        A wrong number of days, else what :func:`plan_defects` finds, else a week without slots.

    Examples
    --------
    >>> week_defects([6, 0], 2, 1)
    []
    """
    if len(plan) != days:
        return [f"créneaux de {len(plan)} jours pour une semaine de {days} : il en faut autant"]
    if days == 0:
        return []
    names = [f"jour {day + 1}" for day in range(days)]
    following = [plan[day % days] for day in range(deadline)] if is_deadline(deadline) else []
    defects = plan_defects(plan, deadline, names=names, following=following)
    if not defects and not any(plan):
        return ["créneaux de la semaine : tous nuls, il en faut au moins un"]
    return defects


def each_day(slots: int | Sequence[int] | pd.Series[int], days: int) -> list[int]:
    """
    Write the slots of each day.

    Parameters
    ----------
    slots : int, sequence or Series of int
        One number for all the days, or one a day; unchecked.
    days : int
        How many days.

    Returns
    -------
    list of int
        As they were given.

    Examples
    --------
    >>> each_day(6, 3), each_day([6, 0, 6], 3)
    ([6, 6, 6], [6, 0, 6])
    """
    if np.ndim(slots) == 0:
        return [slots] * days  # type: ignore[list-item]
    return list(slots)  # type: ignore[arg-type]


def beyond(arrivals: float, most: int) -> DemandTooLargeError:
    """
    Make the error for a demand that no computed number of slots serves.

    Parameters
    ----------
    arrivals : float
        Mean requests per opening day.
    most : int
        Largest number of slots a day that is computed.

    Returns
    -------
    DemandTooLargeError
        To be raised by the caller.

    Examples
    --------
    >>> print(beyond(2000.0, 600).summary)
    La demande est trop grande pour ce calcul.
    """
    return DemandTooLargeError(
        "La demande est trop grande pour ce calcul.",
        defects=[f"{number(arrivals, 1)} demandes par jour : plus de {most} créneaux"],
        remedy=f"découpez le territoire : le calcul va jusqu'à {most} créneaux par jour, "
        "plusieurs fois ce que demande une CPTS.",
    )


def is_deadline(value: object) -> bool:
    """
    Tell whether a value is a deadline that the chain can solve.

    Parameters
    ----------
    value : object
        Anything.

    Returns
    -------
    bool
        True for a whole number of days, 0 to MAX_BACKLOG.

    Examples
    --------
    >>> is_deadline(0), is_deadline(1.5)
    (True, False)
    """
    return whole(value, 0, MAX_BACKLOG)


def whole(value: object, least: int, most: int) -> bool:
    """
    Tell whether a value is a whole number between two bounds, included.

    Parameters
    ----------
    value : object
        Anything.
    least, most : int
        Bounds.

    Returns
    -------
    bool
        False for booleans and for floats, whole or not.

    Examples
    --------
    >>> whole(3, 1, 3), whole(4, 1, 3), whole(True, 1, 3)
    (True, False, False)
    """
    integer = isinstance(value, Integral) and not isinstance(value, bool)
    return integer and least <= int(value) <= most  # type: ignore[call-overload]


def _solved(slots: object, deadline: int) -> bool:
    return whole(slots, 1, MAX_SLOTS) and slots * deadline <= MAX_BACKLOG  # type: ignore[operator]


def _real(value: object, *, above: float, at_most: float) -> bool:
    real = isinstance(value, Real) and not isinstance(value, bool)
    return real and above < float(value) <= at_most  # type: ignore[arg-type]

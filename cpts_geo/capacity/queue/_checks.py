"""What the booking queue accepts: the domain of its values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Integral, Real
from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.errors import DemandTooLargeError
from cpts_geo.french import number

#: Most slots a day: beyond, a territory is no CPTS any more.
MAX_SLOTS: Final = 600
#: Largest backlog (slots of the days of the deadline): bounds the states of the chain.
MAX_BACKLOG: Final = 2_400
#: Largest mean number of requests a day: bounds the size of the arrival distribution.
MAX_ARRIVALS: Final = 1_000_000.0
#: Largest variance of a day's requests over their mean.
MAX_DISPERSION: Final = 100


def most_slots(deadline: int) -> int:
    """Largest number of slots a day that the chain solves within a deadline, 1 to MAX_SLOTS."""
    return min(MAX_SLOTS, MAX_BACKLOG // max(deadline, 1))


def factor_defects(factors: Sequence[float]) -> list[str]:
    """Say what is wrong with the weights of the days of a week: above 0, of mean 1."""
    positive = all(real(x, above=0.0, at_most=MAX_ARRIVALS) for x in factors)
    if positive and len(factors) > 0 and math.isclose(sum(factors), len(factors), rel_tol=1e-9):
        return []
    return [f"jours de la semaine = {list(factors)} : facteurs positifs de moyenne 1"]


def arrivals_defects(arrivals: Sequence[float], names: Sequence[str]) -> list[str]:
    """List the named days whose mean number of requests is not 0 or more, or is too large."""
    return [
        f"demandes, {name} = {x} : il faut 0 ou plus et au plus {number(MAX_ARRIVALS)}"
        for name, x in zip(names, arrivals, strict=True)
        if not (real(x, above=-1.0, at_most=MAX_ARRIVALS) and x >= 0)
    ]


def plan_defects(
    slots: Sequence[int], deadline: int, *, names: Sequence[str], following: Sequence[int]
) -> list[str]:
    """List what is wrong with slots that differ from day to day.

    Days whose slots are outside their domain, else the longest deadline if its slots are too many;
    ``following`` are the slots of the ``deadline`` days after the last one.
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
    """A wrong number of days, else what :func:`plan_defects` finds, else a week without slots."""
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
    """Write the slots of each day, unchecked: one number for all the days, or one a day."""
    if np.ndim(slots) == 0:
        return [slots] * days  # type: ignore[list-item]
    return list(slots)  # type: ignore[arg-type]


def beyond(arrivals: float, most: int) -> DemandTooLargeError:
    """Error, to be raised, for a demand that no computed number of slots serves."""
    return DemandTooLargeError(
        "La demande est trop grande pour ce calcul.",
        defects=[f"{number(arrivals, 1)} demandes par jour : plus de {most} créneaux"],
        remedy=f"découpez le territoire : le calcul va jusqu'à {most} créneaux par jour, "
        "plusieurs fois ce que demande une CPTS.",
    )


def is_deadline(value: object) -> bool:
    """Whether a value is a whole number of days, 0 to MAX_BACKLOG."""
    return whole(value, 0, MAX_BACKLOG)


def whole(value: object, least: int, most: int) -> bool:
    """Whether a value is a whole number between two bounds, included; no boolean, no float."""
    integer = isinstance(value, Integral) and not isinstance(value, bool)
    return integer and least <= int(value) <= most  # type: ignore[call-overload]


def solved(slots: object, deadline: int) -> bool:
    """Whether the chain solves this number of slots a day."""
    return whole(slots, 1, MAX_SLOTS) and slots * deadline <= MAX_BACKLOG  # type: ignore[operator]


def real(value: object, *, above: float, at_most: float) -> bool:
    """Whether a value is a number within bounds, the lower one excluded."""
    real = isinstance(value, Real) and not isinstance(value, bool)
    return real and above < float(value) <= at_most  # type: ignore[arg-type]

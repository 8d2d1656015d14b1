"""What any slots serve of any demand, as a table that a page looks up: four exact decimals.

Near saturation one request a day more changes everything, whatever the number of slots; far from
it little changes. Each number of slots therefore has demands of its own, close together around
as many requests as slots.
"""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from cpts_geo.capacity.queue.rules import Rules

#: A tenth of the last decimal kept.
_UNSEEN: Final = 1e-5
#: Requests a day around the slots: tenths up to 1, eighths up to 2, quarters up to 3, then each a
#: quarter further.
_NEAR: Final = np.concatenate(
    [np.arange(0.0, 1.0, 0.1), np.arange(1.0, 2.0, 0.125), np.arange(2.0, 3.0, 0.25)]
)
_FAR: Final = 3.0 * 1.25 ** np.arange(24)


@dataclass(frozen=True)
class ServiceGrid:
    """
    Shares served by each number of slots, at demands of its own.

    Attributes
    ----------
    slots : tuple of int
        Slots per opening day, increasing.
    demands : tuple of tuple of float
        Requests per opening day, increasing; a row a number of slots, as below. Rows start and
        end at the same demands.
    served, same_day : tuple of tuple of float
        Shares served within the deadline and on the day itself, 0 to 1, to four decimals. What
        is neither 0 nor 1 is not rounded to either.
    """

    slots: tuple[int, ...]
    demands: tuple[tuple[float, ...], ...]
    served: tuple[tuple[float, ...], ...]
    same_day: tuple[tuple[float, ...], ...]


@lru_cache(maxsize=8)
def service_grid(
    slots: tuple[int, ...] | range,
    *,
    least_demand: float,
    most_demand: float,
    rules: Rules,
) -> ServiceGrid:
    """
    Compute what each number of slots serves of each demand, in the steady state.

    Parameters
    ----------
    slots : tuple of int or range
        Slots per opening day, 1 or more, increasing.
    least_demand, most_demand : float
        Ends of the demands (requests per opening day), above 0.
    rules : Rules
        Deadline and dispersion.

    Returns
    -------
    ServiceGrid
        :meth:`cpts_geo.capacity.queue.rules.Rules.service` at every point, kept for the next
        territory. Between two demands, requests served (share x demand) are the straight line to
        draw, not shares.

    Notes
    -----
    Both shares fall as the demand grows, and the use of the slots rises. Once all are served the
    same day to four decimals, so are they of any smaller demand; once every slot is taken,
    ``slots / demand`` are served of any larger one. Only what lies between is computed.

    Examples
    --------
    >>> grid = service_grid((8,), least_demand=8.0, most_demand=8.3, rules=Rules(0.95, 1, 1.0))
    >>> grid.demands, grid.served
    (((8.0, 8.1, 8.2, 8.3),), ((0.956, 0.9499, 0.9434, 0.9365),))
    """
    demands = [_demands(offer, least_demand, most_demand) for offer in slots]
    rows = [_row(offer, points, rules) for offer, points in zip(slots, demands, strict=True)]
    return ServiceGrid(
        slots=tuple(slots),
        demands=tuple(demands),
        served=tuple(tuple(_share(served) for served, _ in row) for row in rows),
        same_day=tuple(tuple(_share(same_day) for _, same_day in row) for row in rows),
    )


def _demands(slots: int, least: float, most: float) -> tuple[float, ...]:
    """Demands of one number of slots, close together around it."""
    gaps = np.concatenate([_NEAR, _FAR])
    around = np.round(np.concatenate([slots - gaps, slots + gaps]), 3)
    inside = around[(around > least) & (around < most)]
    return tuple(float(x) for x in np.unique([least, *inside, most]))


def _row(slots: int, demands: tuple[float, ...], rules: Rules) -> list[tuple[float, float]]:
    """Shares served in time and on the day, from the demand that equals the slots outwards."""
    middle = bisect(demands, slots)
    below: list[tuple[float, float]] = []
    for demand in reversed(demands[:middle]):
        if below and below[-1][1] > 1 - _UNSEEN:
            below.append(below[-1])
            continue
        line = rules.service(demand, slots)
        below.append((line.served, line.same_day))
    above: list[tuple[float, float]] = []
    full = False
    for demand in demands[middle:]:
        if full:
            above.append((slots / demand, above[-1][1]))
            continue
        line = rules.service(demand, slots)
        above.append((line.served, line.same_day))
        full = line.utilisation > 1 - _UNSEEN and line.same_day < _UNSEEN
    return [*reversed(below), *above]


def _share(value: float) -> float:
    """Four decimals; a share that some are left out of stays below 1, one of a few above 0."""
    return value if value in (0.0, 1.0) else min(max(round(value, 4), 0.0001), 0.9999)

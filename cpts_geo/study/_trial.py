"""What may be tried on a territory: slots and demands near its own, and the service of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.queue.service_grid import ServiceGrid, service_grid

#: Most slots needed or offered -> reach of the trial: slots, their step, requests a day. The
#: shortest that holds the territory leaves room to try more.
_REACHES: Final = {12: (20, 1, 20.0), 32: (40, 1, 60.0), 96: (96, 4, 160.0)}
_LEAST_DEMAND: Final = 0.5
#: Largest backlog of a chain: from 100 on, solvers split the work, and a table takes a minute.
_MAX_BACKLOG: Final = 98


@dataclass(frozen=True)
class Trial:
    """
    Positions to try, and the exact chain at each.

    Parameters
    ----------
    slots : tuple of int
        Least, greatest, step and first position, in slots per opening day.
    demand : tuple of float
        Least, greatest and first position, in requests per opening day.
    grid : ServiceGrid
        Service of each pair.
    """

    slots: tuple[int, int, int, int]
    demand: tuple[float, float, float]
    grid: ServiceGrid


def trial(result: Headline, by_month: pd.DataFrame) -> Trial | None:
    """From today's slots and the median demand; None beyond a table."""
    scenario, per_day, needed = result.scenario, result.requests_per_day, result.slots_per_day
    demand = max(_LEAST_DEMAND, round(per_day.p50, 1))
    offer = max(1, needed.p50 if result.today is None else round(result.today.slots))
    most_slots = max(offer, needed.p90)
    most_demand = max(demand, per_day.p90, float(by_month["requests_p50"].max()))
    reach = next(
        (r for most, r in _REACHES.items() if most_slots <= most and most_demand <= r[2]), None
    )
    if reach is None or reach[0] * scenario.deadline_days > _MAX_BACKLOG:
        return None
    top, step, furthest = reach
    least = (offer - 1) % step + 1
    choices = range(least, top + 1, step)
    grid = service_grid(
        choices, least_demand=_LEAST_DEMAND, most_demand=furthest, rules=scenario.rules
    )
    return Trial((least, choices[-1], step, offer), (_LEAST_DEMAND, furthest, demand), grid)

"""A line held against what the others predict of it: how surprising its own figures are.

The prediction is that of a territory whose activity is unknown, learnt from the known lines but
its own. A line that surprises refutes nothing by itself: the answer uses its own figures, and its
rank says how far the others would have been from them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cpts_geo.capacity.demand.requests import DemandDraws
from cpts_geo.capacity.need.interval import Interval, interval
from cpts_geo.capacity.need.learning import KnownLines, shipped_lines
from cpts_geo.capacity.need.quantities import need_of
from cpts_geo.capacity.scenario.inputs import Scenario


@dataclass(frozen=True)
class Surprise:
    """
    Requests a year of a line beside what the other known lines predict of it.

    Attributes
    ----------
    own : Interval of float
        Requests a year by its own count.
    predicted : Interval of float
        Requests a year that the others predict.
    rank : float
        Share of what they predict that lies below the median of its own, 0 to 1.
    """

    own: Interval[float]
    predicted: Interval[float]
    rank: float

    @property
    def inside(self) -> bool:
        """Whether the median of its own lies between p10 and p90 of what is predicted."""
        return self.predicted.p10 <= self.own.p50 <= self.predicted.p90


def surprise(
    scenario: Scenario, drawn: DemandDraws, *, lines: KnownLines | None = None
) -> Surprise | None:
    """
    Hold the line of a territory against what the others predict of it.

    Parameters
    ----------
    scenario : Scenario
        Territory.
    drawn : DemandDraws
        Its demands (:func:`cpts_geo.capacity.demand.requests.draw_requests`).
    lines : KnownLines, optional
        Known lines; those of the package if absent. Those of the same place are left out.

    Returns
    -------
    Surprise or None
        None without a line of its own, or an APL.

    Examples
    --------
    >>> from cpts_geo.capacity.demand.requests import draw_requests
    >>> from cpts_geo.capacity.scenario.loading import load_scenarios
    >>> case = load_scenarios()["ouest_loiret"]
    >>> surprise(case, draw_requests(case, draws=2000)).inside
    True
    """
    if not scenario.has_own_line or scenario.area is None:
        return None
    known = lines or shipped_lines()
    others = known.elsewhere(scenario.area).draws(drawn.minutes.size, seed=drawn.seed)
    predicted = need_of(scenario.area, others).organised
    own = interval(drawn.requests_per_year)
    return Surprise(own, interval(predicted), float(np.mean(predicted < own.p50)))

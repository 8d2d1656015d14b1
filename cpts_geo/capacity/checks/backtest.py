"""Observed against predicted: where the model is refuted, where it only fits what it was fed.

A prediction of a territory may use its own calls (then it is no test of the call rate, only of
the queue), or borrow the rate of another (a true prediction, with the gap between territories).
Consultations are bounded by the slots, so the prediction is what today's slots would serve of
the requests drawn; where the slots are unknown, all the requests, an upper bound. Those who
book and do not come are taken out, as everywhere a consultation is counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from cpts_geo.capacity.comparing.shares import requests_served, served_shares
from cpts_geo.capacity.demand.interval import Interval, interval
from cpts_geo.capacity.demand.requests import DemandDraws, observed_line
from cpts_geo.capacity.scenario.inputs import Scenario

#: Published figures are rounded: a full line is not refuted by less than this share.
_ROUNDING: Final = 0.01


@dataclass(frozen=True)
class BackTest:
    """
    Consultations a year of a line beside what the model predicts of it.

    Attributes
    ----------
    territory, label : str
        Key and name of its scenario.
    own_calls : bool
        Whether the prediction used its own calls.
    bounded : bool
        Whether today's slots, where known, bound it.
    observed : float
        Consultations a year.
    requests : Interval of float
        Requests a year, of all who may ask.
    predicted : Interval of float
        Consultations a year, no-shows taken out.
    rank : float
        Share of the draws at or below the observed figure, 0 to 1.
    ratio : float
        Observed over median predicted.
    inside : bool
        Within p10 to p90, give or take the rounding of published figures.
    refuted : bool
        Above that, or below it where the slots are known: unknown ones may have been too few.
    """

    territory: str
    label: str
    own_calls: bool
    bounded: bool
    observed: float
    requests: Interval[float]
    predicted: Interval[float]
    rank: float
    ratio: float
    inside: bool
    refuted: bool


def back_test(scenario: Scenario, drawn: DemandDraws) -> BackTest | None:
    """
    Compare the consultations a year of a line with what the model predicts of it.

    Parameters
    ----------
    scenario : Scenario
        Territory.
    drawn : DemandDraws
        Its demands (:func:`cpts_geo.capacity.demand.requests.draw_requests`).

    Returns
    -------
    BackTest or None
        None where no consultation count is known.

    Examples
    --------
    >>> from cpts_geo.capacity.demand.requests import draw_requests
    >>> from cpts_geo.capacity.scenario.loading import load_scenarios
    >>> case = load_scenarios()["ouest_loiret"]
    >>> back_test(case, draw_requests(case, draws=2000)).inside
    False
    """
    line = observed_line(scenario)
    if line is None:
        return None
    requests = booked = drawn.requests_per_year
    week = scenario.slots_by_weekday
    if week is not None:
        per_day = requests / scenario.opening_days_per_year
        _, _, *seen = served_shares(scenario.rules, week, per_day)
        # A count is of a year, whatever the months studied.
        booked = requests_served(scenario.evolve(months=()), per_day, seen)
    consultations = booked * (1.0 - scenario.no_show_rate)
    predicted = interval(consultations)
    below = line.per_year < predicted.p10 * (1 - _ROUNDING)
    above = line.per_year > predicted.p90 * (1 + _ROUNDING)
    return BackTest(
        territory=scenario.territory,
        label=scenario.label,
        own_calls=scenario.evidence_label == 1,
        bounded=week is not None,
        observed=line.per_year,
        requests=interval(requests),
        predicted=predicted,
        rank=float(np.mean(consultations <= line.per_year)),
        ratio=line.per_year / predicted.p50,
        inside=not (below or above),
        refuted=above or (below and week is not None),
    )


def back_test_table(tests: Iterable[BackTest]) -> pd.DataFrame:
    """
    Lay back-tests out as a table, one row a territory.

    Parameters
    ----------
    tests : iterable of BackTest
        Results, in the order of the rows.

    Returns
    -------
    DataFrame
        Index ``territory``; fields of :class:`BackTest`, the bounds of its intervals in columns
        of their own (``requests_p10``, ..., ``predicted_p90``).
    """
    rows = pd.json_normalize([asdict(each) for each in tests], sep="_")
    return rows.reindex(columns=list(_COLUMNS)).astype(_COLUMNS).set_index("territory")


_COLUMNS: Final[dict[str, Any]] = {
    "territory": "str",
    "label": "str",
    "own_calls": "bool",
    "bounded": "bool",
    "observed": "float64",
    "requests_p10": "float64",
    "requests_p50": "float64",
    "requests_p90": "float64",
    "predicted_p10": "float64",
    "predicted_p50": "float64",
    "predicted_p90": "float64",
    "rank": "float64",
    "ratio": "float64",
    "inside": "bool",
    "refuted": "bool",
}

"""Observed against predicted: where the model is refuted, where it only fits what it was fed.

A prediction of a territory may use its own calls (then it is no test of the call rate, only of
the queue), or borrow the rate of another (a true prediction, with the gap between territories).
Consultations are bounded by the slots, so the prediction is what today's slots would serve of
the requests drawn; where the slots are unknown, all the requests, an upper bound. Those who
book and do not come are taken out, as everywhere a consultation is counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import pandas as pd

from cpts_geo.capacity.answer.headline import DRAWS
from cpts_geo.capacity.comparing.measures import requests_served
from cpts_geo.capacity.demand.requests import draw_requests, observed_line
from cpts_geo.capacity.scenario.inputs import Scenario

#: Published figures are rounded: a full line is not refuted by less than this share.
ROUNDING: Final = 0.01


def back_test(scenarios: Iterable[Scenario], *, draws: int = DRAWS) -> pd.DataFrame:
    """
    Compare the consultations a year of each line with what the model predicts of it.

    Parameters
    ----------
    scenarios : iterable of Scenario
        Territories; those without observed consultations are left out.
    draws : int
        Monte Carlo draws, 100 to 2,000,000.

    Returns
    -------
    DataFrame
        One row a territory, index ``territory``: label; own_calls (bool: the prediction used its
        own calls); bounded (bool: by today's slots); observed (consultations a year);
        requests_p10, requests_p50, requests_p90 (a year, of all who may ask) and predicted_p10,
        predicted_p50, predicted_p90 (consultations a year, no-shows taken out); rank (share of
        the draws at or below the observed figure, 0 to 1); ratio (observed over predicted_p50);
        inside (bool: within p10 to p90, give or take the rounding of published figures); refuted
        (bool: above that, or below it where the slots are known: unknown ones may have been too
        few).

    Raises
    ------
    ScenarioError
        If ``draws`` is outside its domain.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenarios
    >>> table = back_test(load_scenarios().values(), draws=2000)
    >>> table["inside"].to_dict()
    {'ouest_loiret': False, 'beauce_gatinais': True}
    """
    rows = []
    for scenario in scenarios:
        line = observed_line(scenario)
        if line is None:
            continue
        requests = draw_requests(scenario, draws=draws).requests_per_year
        week = scenario.slots_by_weekday
        booked = requests
        if week is not None:
            per_day = requests / scenario.opening_days_per_year
            # A count is of a year, whatever the months studied.
            booked = requests_served(scenario.evolve(months=()), week, per_day)
        predicted = booked * (1.0 - scenario.no_show_rate)
        demand = np.quantile(requests, [0.1, 0.5, 0.9])
        low, middle, high = np.quantile(predicted, [0.1, 0.5, 0.9])
        below = line.per_year < low * (1 - ROUNDING)
        above = line.per_year > high * (1 + ROUNDING)
        rows.append(
            {
                "territory": scenario.territory,
                "label": scenario.label,
                "own_calls": scenario.evidence_label == 1,
                "bounded": week is not None,
                "observed": line.per_year,
                **dict(zip(("requests_p10", "requests_p50", "requests_p90"), demand, strict=True)),
                "predicted_p10": low,
                "predicted_p50": middle,
                "predicted_p90": high,
                "rank": float(np.mean(predicted <= line.per_year)),
                "ratio": line.per_year / middle,
                "inside": not (below or above),
                "refuted": bool(above or (below and week is not None)),
            }
        )
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS).set_index("territory")


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

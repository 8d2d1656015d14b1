"""The answer for a territory: slots a day and GP-hours a week, with their interval.

"Slots needed so that the target share of requests from people without médecin traitant gets
a slot within the deadline", for every draw of the demand. The interval holds what is assumed
of the inputs; it does not hold what the model leaves out (season, people with an unavailable
médecin traitant, visitors), which the warnings say.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import numpy as np
import pandas as pd

from cpts_geo.capacity.booking import minimum_slots, slots_for_each
from cpts_geo.capacity.caveats import EVIDENCE, caveats
from cpts_geo.capacity.demand import (
    DemandDraws,
    NormativeCeiling,
    central_requests,
    draw_requests,
    normative_ceiling,
)
from cpts_geo.capacity.existing import ObservedFloor, Offer, observed_floor, offer
from cpts_geo.capacity.inputs import Scenario
from cpts_geo.capacity.ratios import requests_per_day, weekly_gp_hours
from cpts_geo.schema import Status

Number = TypeVar("Number", int, float)

#: Setting of the Monte Carlo: equal inputs give equal results.
DRAWS: Final = 20_000
SEED: Final = 20_260_101
DOTS: Final = 20
DISPERSION_VARIANT: Final = 2.0
#: Share to serve on the day of the request itself, for the stricter companion figure.
SAME_DAY_TARGET: Final = 0.80


@dataclass(frozen=True)
class Interval(Generic[Number]):
    """
    Median and central 80 % of a result.

    Attributes
    ----------
    p10, p50, p90 : int or float
        Values that 10, 50 and 90 % of the draws do not exceed.
    """

    p10: Number
    p50: Number
    p90: Number


@dataclass(frozen=True)
class Headline:
    """
    Capacity a territory needs, and what to know before using the figure.

    Attributes
    ----------
    scenario : Scenario
        What was assumed.
    draws, seed : int
        Setting of the Monte Carlo.
    requests_per_year : Interval of float
        Requests that deserve a slot, a year.
    slots_per_day : Interval of int
        Slots per opening day for the target.
    gp_hours_per_week : Interval of float
        GP-hours per week for the target.
    interval_share : float
        Share of the draws whose slots lie from p10 to p90, both included: 0.8 or more, since
        slots are whole numbers.
    slots_dots : tuple of int
        Slots per opening day of 20 equally likely situations, in order (dot plot).
    central_requests_per_year : float
        Requests a year at the central value of every input.
    central_gp_hours_per_week : float
        GP-hours per week for these if every slot were used: a queue at 100 %.
    slots_dispersed : int
        Slots per opening day for the median demand if its daily variance is twice its mean.
    slots_same_day : int
        Slots per opening day for the target at the median demand, if 80 % must also be served on
        the day of the request.
    ceiling : NormativeCeiling
        Needs of a whole population, requests a year: a separate scale.
    today : Offer or None
        Today's capacity; None = unknown.
    planned : Offer or None
        Capacity announced for later; None = none announced.
    observed : ObservedFloor or None
        Floor given by consultations already served; None = unknown.
    lower_bound : bool
        True if the figure must be read "au moins".
    evidence : str
        What the figure rests on, in French.
    warnings : tuple of str
        What to know before using the figure, in French.
    median_error : float
        Monte Carlo standard error of the median of requests, as a share of it.
    """

    scenario: Scenario
    draws: int
    seed: int
    requests_per_year: Interval[float]
    slots_per_day: Interval[int]
    gp_hours_per_week: Interval[float]
    interval_share: float
    slots_dots: tuple[int, ...]
    central_requests_per_year: float
    central_gp_hours_per_week: float
    slots_dispersed: int
    slots_same_day: int
    ceiling: NormativeCeiling
    today: Offer | None
    planned: Offer | None
    observed: ObservedFloor | None
    lower_bound: bool
    evidence: str
    warnings: tuple[str, ...]
    median_error: float

    @property
    def status(self) -> Status:
        """
        Say how the answer is known; it is never measured, since it comes from a model.

        Returns
        -------
        Status
            Assumed where the share without médecin traitant is; estimated otherwise.

        Examples
        --------
        >>> from cpts_geo.capacity.scenario import load_scenarios
        >>> str(headline(load_scenarios()["ondaine_forez"]).status)
        'estimated'
        """
        return Status.ASSUMED if self.scenario.share_assumed else Status.ESTIMATED

    @property
    def refuting(self) -> ObservedFloor | None:
        """
        Give the observed floor that refutes the model.

        Returns
        -------
        ObservedFloor or None
            The floor where the line gives more than the model's p90; None where the model stands.

        Examples
        --------
        >>> from cpts_geo.capacity.scenario import load_scenarios
        >>> headline(load_scenarios()["ouest_loiret"]).refuting.slots
        6
        """
        return self.observed if self.observed is not None and self.observed.above_p90 else None

    @property
    def people_status(self) -> Status:
        """
        Say how the people without médecin traitant are known.

        Returns
        -------
        Status
            That of the scenario.

        Examples
        --------
        >>> from cpts_geo.capacity.scenario import load_scenarios
        >>> str(headline(load_scenarios()["beauce_gatinais"]).people_status)
        'measured'
        """
        return self.scenario.people_status


def headline(scenario: Scenario, *, draws: int = DRAWS, seed: int = SEED) -> Headline:
    """
    Compute the slots and GP-hours a territory needs, with their interval.

    Parameters
    ----------
    scenario : Scenario
        Territory and assumptions.
    draws : int
        Monte Carlo draws, 100 to 2,000,000.
    seed : int
        Seed of the generator, 0 or more.

    Returns
    -------
    Headline
        Median, 80 % interval, companions, bounds and warnings.

    Raises
    ------
    ScenarioError
        If ``draws`` or ``seed`` is outside its domain, or the demand is beyond a CPTS.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario import load_scenarios
    >>> headline(load_scenarios()["beauce_gatinais"]).slots_per_day
    Interval(p10=10, p50=14, p90=19)
    """
    drawn = draw_requests(scenario, draws=draws, seed=seed)
    requests = _interval(drawn.requests_per_year)
    per_day = drawn.requests_per_year / scenario.opening_days_per_year
    slots = slots_for_each(
        per_day,
        target=scenario.target,
        deadline_days=scenario.deadline_days,
        dispersion=scenario.dispersion,
    )
    # inverted_cdf: a number of slots that was drawn, never 13.5
    ranks = np.quantile(slots, [0.1, 0.5, 0.9], method="inverted_cdf")
    dots = np.quantile(slots, (np.arange(DOTS) + 0.5) / DOTS, method="inverted_cdf")
    median_per_day = requests_per_day(
        requests.p50, opening_days_per_year=scenario.opening_days_per_year
    )
    central = central_requests(scenario)
    today = offer(scenario, scenario.slots_today, median_per_day=median_per_day)
    observed = observed_floor(scenario, p90_per_year=requests.p90)
    return Headline(
        scenario=scenario,
        draws=draws,
        seed=seed,
        requests_per_year=requests,
        slots_per_day=Interval(*(int(x) for x in ranks)),
        gp_hours_per_week=_interval(
            weekly_gp_hours(slots.astype(np.float64), minutes=drawn.minutes)
        ),
        interval_share=float(np.mean((slots >= ranks[0]) & (slots <= ranks[2]))),
        slots_dots=tuple(int(x) for x in dots),
        central_requests_per_year=central,
        central_gp_hours_per_week=weekly_gp_hours(
            central / scenario.opening_days_per_year, minutes=scenario.minutes[1]
        ),
        slots_dispersed=minimum_slots(
            median_per_day,
            target=scenario.target,
            deadline_days=scenario.deadline_days,
            dispersion=DISPERSION_VARIANT,
        ),
        slots_same_day=minimum_slots(
            median_per_day,
            target=scenario.target,
            deadline_days=scenario.deadline_days,
            dispersion=scenario.dispersion,
            same_day_target=SAME_DAY_TARGET,
        ),
        ceiling=normative_ceiling(scenario.people_without_mt),
        today=today,
        planned=offer(scenario, scenario.slots_planned, median_per_day=median_per_day),
        observed=observed,
        lower_bound=scenario.evidence_label == 2
        or scenario.uncounted_demand is not None
        or (observed is not None and observed.above_p90),
        evidence=EVIDENCE[scenario.evidence_label],
        warnings=caveats(scenario, p90_per_year=requests.p90, today=today, observed=observed),
        median_error=_median_error(drawn),
    )


def to_frame(headlines: Iterable[Headline]) -> pd.DataFrame:
    """
    Lay headlines out as a table, one row per territory.

    Parameters
    ----------
    headlines : iterable of Headline
        Results, in the order of the rows.

    Returns
    -------
    pandas.DataFrame
        Index ``territory``; requests per year, slots per opening day, GP-hours per week,
        shares between 0 and 1; NaN or missing = unknown.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario import load_scenarios
    >>> table = to_frame([headline(load_scenarios()["ondaine_forez"])])
    >>> table.loc["ondaine_forez", "slots_p50"]
    np.int64(2)
    """
    frame = pd.DataFrame([_row(result) for result in headlines], columns=list(_COLUMNS))
    return frame.astype(_COLUMNS).set_index("territory")


_COLUMNS: Final[dict[str, Any]] = {
    "territory": "str",
    "label": "str",
    "evidence_label": "int64",
    "evidence": "str",
    "status": "str",
    "share_assumed": "bool",
    "lower_bound": "bool",
    "population": "float64",
    "people_without_mt": "float64",
    "people_status": "str",
    "requests_per_year_p10": "float64",
    "requests_per_year_p50": "float64",
    "requests_per_year_p90": "float64",
    "slots_p10": "int64",
    "slots_p50": "int64",
    "slots_p90": "int64",
    "interval_share": "float64",
    "gp_hours_per_week_p10": "float64",
    "gp_hours_per_week_p50": "float64",
    "gp_hours_per_week_p90": "float64",
    "central_requests_per_year": "float64",
    "central_gp_hours_per_week": "float64",
    "slots_dispersed": "int64",
    "slots_same_day": "int64",
    "ceiling_low_per_year": "float64",
    "ceiling_central_per_year": "float64",
    "ceiling_high_per_year": "float64",
    "slots_today": "Int64",
    "gp_hours_today_per_week": "float64",
    "carried_today_per_year": "float64",
    "served_today_at_median": "float64",
    "served_today_if_all_calls": "float64",
    "slots_planned": "Int64",
    "planned_served_at_median": "float64",
    "planned_served_if_all_calls": "float64",
    "observed_per_day": "float64",
    "observed_per_year": "float64",
    "per_thousand_a_year": "float64",
    "observed_slots": "Int64",
    "observed_above_p90": "boolean",
    "target": "float64",
    "deadline_days": "int64",
    "dispersion": "float64",
    "opening_days_per_year": "int64",
    "draws": "int64",
    "seed": "int64",
    "median_error": "float64",
    "warnings": "str",
}


def _row(result: Headline) -> dict[str, Any]:
    scenario, observed = result.scenario, result.observed
    same = ("territory", "label", "evidence_label", "share_assumed", "population")
    people = ("people_without_mt", "people_status")
    rules = ("target", "deadline_days", "dispersion", "opening_days_per_year")
    row: dict[str, Any] = {name: getattr(scenario, name) for name in (*same, *people, *rules)}
    own = ("evidence", "status", "lower_bound", "draws", "seed", "median_error", "interval_share")
    other = ("slots_dispersed", "slots_same_day")
    central = ("central_requests_per_year", "central_gp_hours_per_week")
    row |= {name: getattr(result, name) for name in (*own, *other, *central)}
    for name, values in (
        ("requests_per_year", result.requests_per_year),
        ("slots", result.slots_per_day),
        ("gp_hours_per_week", result.gp_hours_per_week),
    ):
        row |= {f"{name}_{p}": getattr(values, p) for p in ("p10", "p50", "p90")}
    for level in ("low", "central", "high"):
        row[f"ceiling_{level}_per_year"] = getattr(result.ceiling, level)
    if (today := result.today) is not None:
        row["slots_today"] = today.slots
        row["gp_hours_today_per_week"] = today.gp_hours_per_week
        row["carried_today_per_year"] = today.carries_per_year
        row["served_today_at_median"] = today.served_at_median
        row["served_today_if_all_calls"] = today.served_if_all_calls
    if (planned := result.planned) is not None:
        row["slots_planned"] = planned.slots
        row["planned_served_at_median"] = planned.served_at_median
        row["planned_served_if_all_calls"] = planned.served_if_all_calls
    if observed is not None:
        row["observed_per_day"] = observed.line.per_day
        row["observed_per_year"] = observed.line.per_year
        row["per_thousand_a_year"] = observed.line.per_thousand_a_year
        row["observed_slots"] = observed.slots
        row["observed_above_p90"] = observed.above_p90
    row["warnings"] = " | ".join(result.warnings)
    return row


def _interval(values: np.ndarray[Any, np.dtype[np.float64]]) -> Interval[float]:
    return Interval(*(float(x) for x in np.quantile(values, [0.1, 0.5, 0.9])))


def _median_error(drawn: DemandDraws) -> float:
    """Half the distance between the quantiles one binomial standard error around the median."""
    requests = drawn.requests_per_year
    step = 0.5 / math.sqrt(requests.size)
    low, median, high = np.quantile(requests, [0.5 - step, 0.5, 0.5 + step])
    return float((high - low) / 2.0 / median)

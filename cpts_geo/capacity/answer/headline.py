"""The answer for a territory: slots a day and GP-hours a week, with their interval.

"Slots needed so that the target share of requests from people without médecin traitant gets
a slot within the deadline", for every draw of the demand. Two intervals stand apart: what
counting calls for a year leaves unknown (sampling), and that with all that is assumed of the
inputs (structure), which is far larger. Seasons and the other groups who may ask are in
:mod:`cpts_geo.capacity.answer.seasons`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import numpy as np
from scipy import special

from cpts_geo.capacity.answer.caveats import EVIDENCE, Caveat, caveats
from cpts_geo.capacity.answer.convergence import LEVELS, quantile_errors
from cpts_geo.capacity.answer.existing import ObservedFloor, Offer, observed_floor, offer
from cpts_geo.capacity.demand.periods import no_mt_per_day
from cpts_geo.capacity.demand.ratios import weekly_gp_hours
from cpts_geo.capacity.demand.requests import (
    NormativeCeiling,
    central_requests,
    draw_requests,
    normative_ceiling,
)
from cpts_geo.capacity.queue.booking import minimum_slots, slots_for_each
from cpts_geo.capacity.queue.checks import most_slots
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.schema import Status

Number = TypeVar("Number", int, float)

#: Draws of the Monte Carlo: enough for the five CPTS to know each quantile within 1 %.
DRAWS: Final = 20_000
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
    sampling_requests : Interval of float
        Requests a year if counting calls were the only unknown: all else at the median.
    sampling_slots : Interval of int
        Slots per opening day for these.
    interval_share : float
        Share of the draws whose slots lie from p10 to p90, both included: 0.8 or more, since
        slots are whole numbers.
    slots_dots : tuple of int
        Slots per opening day of 20 equally likely situations, in order (dot plot); those beyond
        the queue are shown as its largest, 600 or fewer with a long deadline.
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
    caveats : tuple of Caveat
        What to know before using the figure.
    draw_error : float
        Monte Carlo standard error of the least known of p10, p50 and p90 of the requests, as a
        share of it.
    """

    scenario: Scenario
    draws: int
    seed: int
    requests_per_year: Interval[float]
    slots_per_day: Interval[int]
    gp_hours_per_week: Interval[float]
    sampling_requests: Interval[float]
    sampling_slots: Interval[int]
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
    caveats: tuple[Caveat, ...]
    draw_error: float

    @property
    def warnings(self) -> tuple[str, ...]:
        """
        Give the sentences of the caveats.

        Returns
        -------
        tuple of str
            In French, the gravest first.

        Examples
        --------
        >>> from cpts_geo.capacity.scenario.loading import load_scenarios
        >>> len(headline(load_scenarios()["ondaine_forez"]).warnings)
        1
        """
        return tuple(caveat.text for caveat in self.caveats)

    @property
    def status(self) -> Status:
        """
        Say how the answer is known; it is never measured, since it comes from a model.

        Returns
        -------
        Status
            Assumed where the people without médecin traitant are; estimated otherwise.

        Examples
        --------
        >>> from cpts_geo.capacity.scenario.loading import load_scenarios
        >>> str(headline(load_scenarios()["ondaine_forez"]).status)
        'estimated'
        """
        assumed = self.people_status is Status.ASSUMED
        return Status.ASSUMED if assumed else Status.ESTIMATED

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
        >>> from cpts_geo.capacity.scenario.loading import load_scenarios
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
        >>> from cpts_geo.capacity.scenario.loading import load_scenarios
        >>> str(headline(load_scenarios()["beauce_gatinais"]).people_status)
        'measured'
        """
        return self.scenario.people_status


def headline(scenario: Scenario, *, draws: int = DRAWS, seed: int | None = None) -> Headline:
    """
    Compute the slots and GP-hours a territory needs, with their interval.

    Parameters
    ----------
    scenario : Scenario
        Territory and assumptions; where it names months, the slots are those of these months.
    draws : int
        Monte Carlo draws, 100 to 2,000,000.
    seed : int, optional
        Seed of the generator, 0 or more; that of the scenario if absent.

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
    >>> from cpts_geo.capacity.scenario.loading import load_scenarios
    >>> headline(load_scenarios()["beauce_gatinais"]).slots_per_day
    Interval(p10=10, p50=14, p90=19)
    """
    drawn = draw_requests(scenario, draws=draws, seed=seed)
    ordered = np.sort(drawn.no_mt)  # every quantile below is then at hand
    requests = interval(ordered)
    rules: dict[str, Any] = {
        "target": scenario.target,
        "deadline_days": scenario.deadline_days,
        "dispersion": scenario.dispersion,
    }
    # Slots grow with the demand: their quantiles are the slots of its own. inverted_cdf: a
    # demand that was drawn, so that no number of slots is 13.5. The last is past the p90.
    shares = [0.1, 0.5, 0.9, *(np.arange(DOTS) + 0.5) / DOTS, 0.9 + 1.0 / draws]
    sampling = _sampling(scenario, requests.p50)
    drawn_once = np.quantile(ordered, shares, method="inverted_cdf")
    alone = [sampling.p10, sampling.p50, sampling.p90]
    per_day = no_mt_per_day(scenario, np.array([*alone, *drawn_once]))
    # A p90 beyond the queue is an error; a rare draw beyond it is shown as its largest.
    largest = most_slots(scenario.deadline_days)
    ranks = [int(x) for x in slots_for_each(per_day[:6], **rules)]
    *dots, above = (int(x) for x in slots_for_each(per_day[6:], at_most=largest, **rules))
    # More slots than this cannot enter the p90 of the hours, whatever the length of a slot.
    most = min(math.ceil(above * scenario.minutes[2] / scenario.minutes[0]), largest)
    slots = slots_for_each(no_mt_per_day(scenario, drawn.no_mt), at_most=most, **rules)
    median_per_day = float(no_mt_per_day(scenario, requests.p50))
    central = central_requests(scenario)
    week = len(scenario.calendar.weekdays)
    today = offer(scenario, scenario.slots_by_weekday, median_per_day=median_per_day)
    observed = observed_floor(scenario, p90_per_year=requests.p90)
    return Headline(
        scenario=scenario,
        draws=draws,
        seed=scenario.seed if seed is None else seed,
        requests_per_year=requests,
        slots_per_day=Interval(*ranks[3:6]),
        gp_hours_per_week=interval(
            weekly_gp_hours(slots.astype(np.float64), minutes=drawn.minutes, opening_days=week)
        ),
        sampling_requests=sampling,
        sampling_slots=Interval(*ranks[:3]),
        interval_share=float(np.mean((slots >= ranks[3]) & (slots <= ranks[5]))),
        slots_dots=tuple(min(dot, largest) for dot in dots),
        central_requests_per_year=central,
        central_gp_hours_per_week=weekly_gp_hours(
            float(no_mt_per_day(scenario, central)), minutes=scenario.minutes[1], opening_days=week
        ),
        slots_dispersed=int(
            slots_for_each([median_per_day], **(rules | {"dispersion": DISPERSION_VARIANT}))[0]
        ),
        slots_same_day=minimum_slots(median_per_day, same_day_target=SAME_DAY_TARGET, **rules),
        ceiling=normative_ceiling(scenario.people_without_mt),
        today=today,
        planned=offer(scenario, scenario.slots_planned, median_per_day=median_per_day),
        observed=observed,
        lower_bound=scenario.evidence_label == 2
        or scenario.uncounted_demand is not None
        or (observed is not None and observed.above_p90),
        evidence=EVIDENCE[scenario.evidence_label],
        caveats=caveats(scenario, p90_per_year=requests.p90, today=today, observed=observed),
        draw_error=float(np.max(quantile_errors(ordered, list(LEVELS.values())))),
    )


def interval(values: np.ndarray[Any, np.dtype[np.float64]]) -> Interval[float]:
    """
    Take the median and the central 80 % of draws.

    Parameters
    ----------
    values : numpy.ndarray of float
        One value a draw, no NaN.

    Returns
    -------
    Interval of float
        Quantiles 10, 50 and 90 %.

    Examples
    --------
    >>> interval(np.arange(101.0))
    Interval(p10=10.0, p50=50.0, p90=90.0)
    """
    return Interval(*(float(x) for x in np.quantile(values, [0.1, 0.5, 0.9])))


def _sampling(scenario: Scenario, median: float) -> Interval[float]:
    """Scale the median by the posterior of the call rate alone, Gamma(calls + 1/2)."""
    low, middle, high = special.gammaincinv(scenario.calls_observed + 0.5, [0.1, 0.5, 0.9])
    return Interval(median * float(low / middle), median, median * float(high / middle))

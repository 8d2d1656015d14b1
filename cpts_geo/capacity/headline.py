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
from babel.numbers import format_decimal, format_percent

from cpts_geo.capacity.booking import minimum_slots, service, slots_for_each
from cpts_geo.capacity.demand import (
    DemandDraws,
    NormativeCeiling,
    ObservedLine,
    central_requests,
    draw_requests,
    normative_ceiling,
)
from cpts_geo.capacity.existing import ObservedFloor, Today, observed_floor, today_capacity
from cpts_geo.capacity.inputs import Scenario
from cpts_geo.capacity.ratios import requests_per_day, weekly_gp_hours

Number = TypeVar("Number", int, float)

DOTS: Final = 20
DISPERSION_VARIANT: Final = 2.0
#: Own calls are "saturated" if today's slots alone explain consultations / calls this closely.
SATURATION_MARGIN: Final = 0.05

EVIDENCE: Final = {
    1: "Ses propres appels : la demande est estimée à partir du journal d'appels du territoire.",
    2: "Ses consultations seulement : ce qui a été servi est un minimum (« au moins »).",
    3: "Aucune activité locale connue : le taux d'appel est celui d'un autre territoire.",
    4: "Part d'habitants sans médecin traitant supposée, aucune demande locale connue.",
}


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
    slots_dots : tuple of int
        Slots per opening day of 20 equally likely situations, in order (dot plot).
    central_requests_per_year : float
        Requests a year at the central value of every input.
    central_gp_hours_per_week : float
        GP-hours per week for these if every slot were used: a queue at 100 %.
    slots_dispersed : int
        Slots per opening day for the median demand if its daily variance is twice its mean.
    ceiling : NormativeCeiling
        Needs of a whole population, requests a year: a separate scale.
    today : Today or None
        Today's capacity; None = unknown.
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
    slots_dots: tuple[int, ...]
    central_requests_per_year: float
    central_gp_hours_per_week: float
    slots_dispersed: int
    ceiling: NormativeCeiling
    today: Today | None
    observed: ObservedFloor | None
    lower_bound: bool
    evidence: str
    warnings: tuple[str, ...]
    median_error: float


def headline(scenario: Scenario, *, draws: int = 20_000, seed: int = 20_260_101) -> Headline:
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
    today = today_capacity(scenario, median_per_day=median_per_day)
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
        ceiling=normative_ceiling(scenario.people_without_mt),
        today=today,
        observed=observed,
        lower_bound=scenario.evidence_label == 2
        or scenario.uncounted_demand is not None
        or (observed is not None and observed.above_p90),
        evidence=EVIDENCE[scenario.evidence_label],
        warnings=tuple(_warnings(scenario, requests, observed)),
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
    "share_assumed": "bool",
    "lower_bound": "bool",
    "people_without_mt": "float64",
    "requests_per_year_p10": "float64",
    "requests_per_year_p50": "float64",
    "requests_per_year_p90": "float64",
    "slots_p10": "int64",
    "slots_p50": "int64",
    "slots_p90": "int64",
    "gp_hours_per_week_p10": "float64",
    "gp_hours_per_week_p50": "float64",
    "gp_hours_per_week_p90": "float64",
    "central_requests_per_year": "float64",
    "central_gp_hours_per_week": "float64",
    "slots_dispersed": "int64",
    "ceiling_low_per_year": "float64",
    "ceiling_central_per_year": "float64",
    "ceiling_high_per_year": "float64",
    "slots_today": "Int64",
    "gp_hours_today_per_week": "float64",
    "carried_today_per_year": "float64",
    "served_today_at_median": "float64",
    "observed_per_day": "float64",
    "observed_per_year": "float64",
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
    scenario, today, observed = result.scenario, result.today, result.observed
    same = ("territory", "label", "evidence_label", "share_assumed", "people_without_mt")
    rules = ("target", "deadline_days", "dispersion", "opening_days_per_year")
    row: dict[str, Any] = {name: getattr(scenario, name) for name in (*same, *rules)}
    own = ("evidence", "lower_bound", "slots_dispersed", "draws", "seed", "median_error")
    central = ("central_requests_per_year", "central_gp_hours_per_week")
    row |= {name: getattr(result, name) for name in (*own, *central)}
    for name, values in (
        ("requests_per_year", result.requests_per_year),
        ("slots", result.slots_per_day),
        ("gp_hours_per_week", result.gp_hours_per_week),
    ):
        row |= {f"{name}_{p}": getattr(values, p) for p in ("p10", "p50", "p90")}
    for level in ("low", "central", "high"):
        row[f"ceiling_{level}_per_year"] = getattr(result.ceiling, level)
    if today is not None:
        row["slots_today"] = today.slots
        row["gp_hours_today_per_week"] = today.gp_hours_per_week
        row["carried_today_per_year"] = today.carries_per_year
        row["served_today_at_median"] = today.served_at_median
    if observed is not None:
        row["observed_per_day"] = observed.line.per_day
        row["observed_per_year"] = observed.line.per_year
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


def _warnings(
    scenario: Scenario, requests: Interval[float], observed: ObservedFloor | None
) -> Iterable[str]:
    if observed is not None and observed.above_p90:
        yield (
            f"L'activité observée ({_fr(observed.line.per_year)} consultations par an) dépasse la "
            f"valeur que le modèle ne devrait dépasser qu'une fois sur dix "
            f"({_fr(requests.p90)}) : le modèle ne convient pas à ce territoire. "
            f"Retenir le minimum observé : au moins {observed.slots} créneaux par jour."
        )
    if scenario.uncounted_demand is not None:
        yield (
            f"Ne sont pas comptés : {scenario.uncounted_demand}. "
            "Le résultat est un minimum (« au moins »)."
        )
    if scenario.share_assumed:
        yield (
            "La part de personnes sans médecin traitant est supposée, elle n'est pas mesurée "
            "sur ce territoire."
        )
    if scenario.evidence_label != 1:
        yield (
            "Le taux d'appel vient d'un autre territoire. Or ces taux ne se transportent pas : "
            "d'un territoire à l'autre l'usage varie de 2 à 4 fois, d'où l'intervalle large."
        )
    elif scenario.slots_today is not None and observed is not None:
        yield from _saturation(scenario, scenario.slots_today, observed.line)


def _saturation(scenario: Scenario, slots: int, line: ObservedLine) -> Iterable[str]:
    """Warn where today's slots alone explain the consultations given per call."""
    calls = scenario.people_without_mt * scenario.calls_observed / scenario.calls_people_years
    if calls == 0:
        return
    full = service(
        calls / scenario.opening_days_per_year,
        slots,
        deadline_days=scenario.deadline_days,
        dispersion=scenario.dispersion,
    )
    ratio = line.per_year / calls
    if full.utilisation > 1 - SATURATION_MARGIN and abs(full.served - ratio) < SATURATION_MARGIN:
        yield (
            f"{_fr(line.per_year)} consultations pour {_fr(calls)} appels "
            f"({_percent(ratio)}) : une ligne de {slots} créneaux "
            f"par jour en servirait {_percent(full.served)} si tous "
            "les appels demandaient un créneau. Ce rapport est celui d'une ligne saturée, "
            "ce n'est pas la part des appels qui méritent une consultation."
        )


def _fr(value: float) -> str:
    return str(format_decimal(round(value), locale="fr"))


def _percent(share: float) -> str:
    return str(format_percent(share, "0.0\u202f%", locale="fr"))

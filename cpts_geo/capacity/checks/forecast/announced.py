"""The months to come as the model announces them, before anybody knows them.

A month is announced by its count of requests, not by its mean alone: each plausible demand is laid
on the opening days of the month, then counted with the chance that days have (dispersion of the
scenario). The same situation holds for all months of a year: they are right or wrong together,
which says how few may lie inside before the forecast is to be doubted.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.demand.periods import in_year, month_means
from cpts_geo.capacity.demand.requests import DemandDraws
from cpts_geo.capacity.need.interval import LEVELS, quantiles
from cpts_geo.capacity.need.quantities import Floats
from cpts_geo.capacity.scenario.calendar import YEARS
from cpts_geo.capacity.scenario.inputs import Scenario

#: What a month is announced by: requests, share that today's slots serve, slots that it calls for.
_MONTHS: Final = (*LEVELS, "opening_days", "share_served", "slots_today", "slots_needed")
#: Chance that fewer months lie inside than is said, if the model is right.
_DOUBT: Final = 0.05


@dataclass(frozen=True, eq=False)
class Forecast:
    """
    What was announced of the months to come.

    Parameters
    ----------
    territory : str
        Key of the territory.
    made : datetime.date
        Day of the run: every month begins after it.
    version : str
        Version of the package.
    scenario : str
        Name of the scenario it rests on (:func:`scenario_hash`).
    public : str
        Whom the device admits, as the scenario names it; empty where no device is described.
    months : DataFrame
        By month ("2027-01"): p10, p50, p90 of the requests that will be counted, opening_days,
        share_served (by today's slots), slots_today and slots_needed (a day); NaN unknown.
    least_inside : float
        Share of the months that lie inside, p10 to p90, or more, 95 times out of 100 if the model
        is right.
    """

    territory: str
    made: date
    version: str
    scenario: str
    public: str
    months: pd.DataFrame
    least_inside: float


def announced(
    result: Headline,
    by_month: pd.DataFrame | None,
    *,
    territory: str,
    day: date,
    version: str,
) -> Forecast:
    """
    Announce every month from the next one to the end of next year.

    Parameters
    ----------
    result : Headline
        Answer of the territory: its scenario and its plausible demands.
    by_month : DataFrame or None
        As :func:`cpts_geo.capacity.answer.seasons.demand_by_month`; None where it is unknown.
    territory : str
        Its key.
    day : datetime.date
        Day of the run.
    version : str
        Version of the package.

    Returns
    -------
    Forecast
        The same for the same arguments; no row for a month without an opening day, or that the
        scenario does not study, nor for a year that no calendar knows.

    Examples
    --------
    >>> from cpts_geo.capacity.answer.headline import headline
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> answer = headline(load_scenario("beauce_gatinais"), draws=1000)
    >>> found = announced(
    ...     answer, None, territory="bg", day=date(2026, 11, 30), version="1"
    ... )
    >>> list(found.months.index[[0, -1]]), len(found.months)
    (['2026-12', '2027-12'], 13)
    """
    scenario, drawn = result.scenario, result.drawn
    rng = np.random.default_rng([drawn.seed, zlib.crc32(b"forecast")])
    rows: dict[str, dict[str, float]] = {}
    inside: list[Floats] = []
    for year in (day.year, day.year + 1):
        if not YEARS[0] <= year <= YEARS[1]:
            continue  # a clock that is wrong, of a computer whose figures are not
        of_year = in_year(scenario, year)
        for month, means in month_means(of_year).iterrows():
            number = int(str(month))
            past = (year, number) <= (day.year, day.month)
            if past or (scenario.months and number not in scenario.months):
                continue
            counts = _month_counts(of_year, drawn, means, rng=rng)
            low, middle, high = quantiles(counts, drawn=True)
            inside.append(((low <= counts) & (counts <= high)).astype(np.float64))
            rows[f"{year}-{number:02d}"] = {
                **dict(zip(LEVELS, (low, middle, high), strict=True)),
                "opening_days": float(means["opening_days"]),
                **_supply(scenario, by_month, number),
            }
    shares = np.mean(inside, axis=0) if inside else np.ones(1)
    months = pd.DataFrame.from_dict(rows, orient="index", columns=list(_MONTHS), dtype=np.float64)
    return Forecast(
        territory=territory,
        made=day,
        version=version,
        scenario=scenario_hash(scenario),
        public=scenario.public or "",
        months=months.rename_axis("month"),
        least_inside=float(np.quantile(shares, _DOUBT, method="lower")),
    )


def chance_counts(means: Floats, *, dispersion: float, rng: np.random.Generator) -> Floats:
    """
    Draw what is counted of requests whose mean is known.

    Parameters
    ----------
    means : numpy.ndarray of float
        Means of months or of days, 0 or more, any shape.
    dispersion : float
        Variance of a day over its mean, 1 (Poisson) or more: days that are independent make months
        of the same.
    rng : numpy.random.Generator
        Generator.

    Returns
    -------
    numpy.ndarray of float
        Whole numbers, same shape.

    Examples
    --------
    >>> counts = chance_counts(np.full(9_999, 50.0), dispersion=3.0, rng=np.random.default_rng(1))
    >>> round(float(counts.var() / counts.mean()), 1)
    3.0
    """
    if dispersion <= 1.0:
        return np.asarray(rng.poisson(means), dtype=np.float64)
    # A mean of nothing is drawn as nothing.
    positive = np.maximum(means, 1e-12)
    found = rng.negative_binomial(positive / (dispersion - 1.0), 1.0 / dispersion)
    return np.asarray(found, dtype=np.float64)


def _saturdays(scenario: Scenario, month: int) -> float:
    """Saturday mornings of a month that open, each its share of an ordinary day."""
    held = int((scenario.calendar.saturdays.month == month).sum())
    return held * (scenario.saturday_factor or 0.0)


def _month_counts(
    scenario: Scenario, drawn: DemandDraws, means: pd.Series, *, rng: np.random.Generator
) -> Floats:
    """Requests that a month may count, one a draw; `means`: its row of ``month_means``."""
    asked = float(means["opening_days"]) + _saturdays(scenario, int(str(means.name)))
    days = asked / scenario.opening_days_per_year
    mean = days * (drawn.residents * means["residents"] + drawn.visitors * means["visitors"])
    return chance_counts(mean, dispersion=scenario.rules.dispersion, rng=rng)


def scenario_hash(scenario: Scenario) -> str:
    """
    Name a scenario, so that another one is seen.

    Parameters
    ----------
    scenario : Scenario
        What a forecast rests on.

    Returns
    -------
    str
        SHA-256 of all that it holds but its notes.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> len(scenario_hash(load_scenario("lvo")))
    64
    """
    held = scenario.model_dump(mode="json", exclude={"notes"})
    return hashlib.sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()


def _supply(scenario: Scenario, by_month: pd.DataFrame | None, month: int) -> dict[str, float]:
    """Share served, slots of today and slots needed of a month; NaN unknown."""
    week = scenario.slots_by_weekday
    today = np.nan if week is None else float(np.mean(week))
    served = needed = np.nan
    if by_month is not None and month in by_month.index:
        row = by_month.loc[month].astype("float64").to_dict()
        served, needed = float(row["served_today"]), float(row["slots_p50"])
    return {"share_served": served, "slots_today": today, "slots_needed": needed}

"""Requests of an opening day: the year's requests laid on the calendar.

Residents come with the shape of the calendar (weekday, month, day after a holiday, school);
visitors with the month's presence instead of the residents' month. Both shapes have a mean of 1
over the opening days of the year: a season moves requests, it adds none.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from cpts_geo.capacity.demand.ratios import Amount
from cpts_geo.capacity.scenario.calendar import Calendar
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.errors import CptsGeoError


def _month_of(days: pd.Series | pd.DataFrame) -> npt.NDArray[np.int64]:
    """Month of each day of a table, 1 (January) to 12."""
    return pd.DatetimeIndex(days.index).month.to_numpy(dtype=np.int64)


def _visitor_factors(scenario: Scenario) -> pd.Series:
    """Requests of visitors on each opening day relative to their mean one; all 0 without any."""
    shape = _visitors_by_day(scenario)
    mean = float(shape.mean())
    # No visitor on any opening day: nothing to normalise.
    return shape if mean == 0 else shape.div(mean)


def visitor_presence(scenario: Scenario) -> float:
    """
    Average the visitors present over the opening days of the year.

    Parameters
    ----------
    scenario : Scenario
        Its visitors, of a mean day of each month, and its calendar.

    Returns
    -------
    float
        Mean over the opening days of V(month) x day profile (persons); 0 where there is no visitor,
        or none on an opening day. Visitors of a closed month do not ask in another.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> round(visitor_presence(load_scenario("lvo").evolve(visitors={"present": (300.0,) * 12})), 6)
    300.0
    """
    return float(_visitors_by_day(scenario).mean())


def _visitors_by_day(scenario: Scenario) -> pd.Series:
    """Visitors present on each opening day, as they ask on that day of the week."""
    shape: pd.Series = scenario.calendar.day_profile
    by_month = scenario.visitors.by_month if scenario.visitors else (0.0,) * 12
    present: pd.Series = shape * np.asarray(by_month)[_month_of(shape) - 1]
    return present


def in_year(scenario: Scenario, year: int) -> Scenario:
    """
    Give a scenario the days of another year.

    Parameters
    ----------
    scenario : Scenario
        Territory and calendar.
    year : int
        The other year.

    Returns
    -------
    Scenario
        Its school holidays too, where they are known that year.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> in_year(load_scenario("lvo"), 2025).opening_days_per_year
    251
    """
    whole = scenario.calendar.model_dump() | {"year": year}
    try:
        calendar = Calendar.model_validate(whole)
    except (CptsGeoError, ValueError):
        plain = {"school_zone": None, "school_holiday_factor": 1.0}
        calendar = Calendar.model_validate(whole | plain)
    return scenario.model_copy(update={"calendar": calendar})


def requests_by_day(scenario: Scenario, *, residents: float, visitors: float = 0.0) -> pd.Series:
    """
    Lay the requests of a year on its opening days.

    Parameters
    ----------
    scenario : Scenario
        Territory and calendar.
    residents : float
        Requests of residents in the year, 0 or more.
    visitors : float
        Requests of visitors in the year, 0 or more.

    Returns
    -------
    Series of float
        Mean requests of each opening day of the year, whose sum is that of the year.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> days = requests_by_day(load_scenario("lvo"), residents=1000.0, visitors=500.0)
    >>> len(days), round(float(days.sum()), 6)
    (251, 1500.0)
    """
    days = scenario.opening_days_per_year
    shape = scenario.calendar.factors * (residents / days)
    return (shape + _visitor_factors(scenario) * (visitors / days)).rename("requests")


def month_means(scenario: Scenario) -> pd.DataFrame:
    """
    Compare the mean opening day of each month with that of the year.

    Parameters
    ----------
    scenario : Scenario
        Territory and calendar.

    Returns
    -------
    DataFrame
        Indexed by month with an opening day: opening_days, residents, visitors (ratios to the
        mean opening day of the year).

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> bool(month_means(load_scenario("lvo")).loc[8, "visitors"] > 3)
    True
    """
    shapes = pd.DataFrame(
        {"residents": scenario.calendar.factors, "visitors": _visitor_factors(scenario)}
    )
    grouped = shapes.groupby(_month_of(shapes))
    table = grouped.mean()
    table.insert(0, "opening_days", grouped.size())
    return table.rename_axis("month")


def per_opening_day(
    scenario: Scenario, residents: Amount, visitors: Amount | None = None
) -> Amount:
    """
    Bring requests of a year to the mean opening day studied.

    Parameters
    ----------
    scenario : Scenario
        Its calendar, visitors, and the months studied where it names some.
    residents : float or numpy.ndarray of float
        Requests of residents, a year.
    visitors : float or numpy.ndarray of float, optional
        Requests of visitors, a year.

    Returns
    -------
    float or numpy.ndarray of float
        Requests per opening day of these months, or of the year.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> per_opening_day(load_scenario("lvo"), 251.0, 502.0)
    3.0
    """
    of_residents, of_visitors = studied_means(scenario)
    days = scenario.opening_days_per_year
    lived = residents / days * of_residents
    return lived if visitors is None else lived + visitors / days * of_visitors


def asked_a_year(scenario: Scenario, requests: Amount) -> Amount:
    """
    Add to the requests of a year those of the Saturday mornings that open.

    Parameters
    ----------
    scenario : Scenario
        Its calendar, and what a Saturday morning asks of an ordinary day.
    requests : float or numpy.ndarray of float
        Requests of the opening days of a year, as they are drawn.

    Returns
    -------
    float or numpy.ndarray of float
        The same where no Saturday opens.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> case = load_scenario("lvo").evolve(calendar={"saturday_morning": True}, slots_saturday=16)
    >>> asked_a_year(load_scenario("lvo"), 2510.0), round(asked_a_year(case, 2510.0))
    (2510.0, 2755)
    """
    return requests * (scenario.ordinary_days_per_year / scenario.opening_days_per_year)


def studied_means(scenario: Scenario) -> tuple[float, float]:
    """
    Compare the mean opening day of the months studied with that of the year.

    Parameters
    ----------
    scenario : Scenario
        Its calendar, and the months studied where it names some.

    Returns
    -------
    tuple of float
        Ratio for residents, ratio for visitors; exactly 1 where the whole year is studied.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> studied_means(load_scenario("lvo"))
    (1.0, 1.0)
    """
    if not scenario.months:
        return 1.0, 1.0
    studied = np.isin(_month_of(scenario.calendar.factors), scenario.months)
    return (
        float(scenario.calendar.factors[studied].mean()),
        float(_visitor_factors(scenario)[studied].mean()),
    )

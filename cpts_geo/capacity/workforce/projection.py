"""GPs of a territory in the years to come, and the people they leave without médecin traitant.

A cohort by age: each year a share of the GPs leaves, by the age they have when it starts; those
who stay grow a year older; then newcomers arrive. Exit rates and the age of arrival are
assumptions of ours (grade D), and the result is a mean: chance alone moves a group of 24 by
two or three. The ages of fewer than 5 GPs are their own affair: publish
:func:`cpts_geo.capacity.workforce.fan.fan`, which refuses them, rather than a projection of ages.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.errors import ScenarioError
from cpts_geo.french import number

#: Share of the GPs who leave in a year, from each age on (grade D).
EXIT_RATES: Final = ((0, 0.01), (60, 0.05), (62, 0.10), (65, 0.20), (67, 0.30), (70, 0.40))
#: Age at which newcomers arrive (grade D).
ENTRY_AGE: Final = 38.0
#: Patients that a GP follows at most, whatever the shortage (grade D).
MAX_LIST: Final = 2_500.0
#: A projection of a group much further than its own careers says nothing.
MAX_YEARS: Final = 50
_AGES: Final = (20.0, 100.0)


def project(
    ages: Sequence[float],
    *,
    entries_per_year: float,
    years: int = 10,
    exit_rates: Sequence[tuple[float, float]] = EXIT_RATES,
    entry_age: float = ENTRY_AGE,
    activity_decline: float = 0.0,
) -> pd.DataFrame:
    """
    Project the GPs of a territory, year by year.

    Parameters
    ----------
    ages : sequence of float
        Age of each GP today (years), 20 to 100; empty = no GP.
    entries_per_year : float
        GPs who arrive each year, 0 or more; fractions are means.
    years : int
        Years to project, 0 to 50.
    exit_rates : sequence of tuple of float
        Ages (completed years) and the share of the GPs who leave in a year from that age on, 0
        to 1; the first age is 0 and they increase.
    entry_age : float
        Age of those who arrive (years), 20 to 100.
    activity_decline : float
        Share by which the activity of each GP falls every year, 0 or more and below 1.

    Returns
    -------
    pandas.DataFrame
        Index ``year``, 0 (today) to ``years``; ``gps`` (expected head-count),
        ``full_activity_gps`` (the same in GPs as active as those of today), ``mean_age`` (years)
        and ``over_60_share`` (aged 60 or more, 0 to 1), both NaN where there is no GP.

    Raises
    ------
    ScenarioError
        If an argument is outside its domain; lists them all.

    Notes
    -----
    n(a + 1, t + 1) = n(a, t) (1 - q(a)), then ``entries_per_year`` at ``entry_age``, who leave at
    the rates of their age from the next year on. ``full_activity_gps`` = gps (1 - decline)^t.

    Examples
    --------
    >>> project([59.0, 70.0], entries_per_year=0, years=2)["gps"].round(4).tolist()
    [2.0, 1.59, 1.3005]
    """
    _check(
        ages,
        entries=entries_per_year,
        years=years,
        exit_rates=exit_rates,
        entry_age=entry_age,
        activity_decline=activity_decline,
    )
    age = np.asarray(ages, dtype=np.float64)
    gps = np.ones(age.size)
    from_age, rate = np.asarray(exit_rates, dtype=np.float64).T
    rows = []
    for year in range(int(years) + 1):
        total = float(gps.sum())
        rows.append(
            {
                "gps": total,
                "full_activity_gps": total * (1.0 - activity_decline) ** year,
                "mean_age": float(gps @ age) / total if total > 0 else math.nan,
                "over_60_share": float(gps[age >= 60].sum()) / total if total > 0 else math.nan,
            }
        )
        leaving = rate[np.searchsorted(from_age, age, side="right") - 1]
        gps = np.append(gps * (1.0 - leaving), entries_per_year)
        age = np.append(age + 1.0, entry_age)
    return pd.DataFrame(rows, index=pd.RangeIndex(len(rows), name="year"), dtype="float64")


def entries_to_hold(
    ages: Sequence[float],
    *,
    gps: float,
    years: int,
    exit_rates: Sequence[tuple[float, float]] = EXIT_RATES,
    entry_age: float = ENTRY_AGE,
) -> float:
    """
    Find how many GPs must arrive each year for a head-count to be reached in some years.

    Parameters
    ----------
    ages : sequence of float
        Age of each GP today (years), 20 to 100.
    gps : float
        Head-count wanted at the end, 0 or more.
    years : int
        Years from today, 1 to 50.
    exit_rates : sequence of tuple of float
        As for :func:`project`.
    entry_age : float
        Age of those who arrive (years), 20 to 100.

    Returns
    -------
    float
        GPs a year; 0 if those of today are enough. The head-count may be lower in between.

    Raises
    ------
    ScenarioError
        If an argument is outside its domain; lists them all.

    Examples
    --------
    >>> round(entries_to_hold([45.0, 55.0, 65.0], gps=3, years=10), 4)
    0.1519
    """
    defects = []
    if not 0 <= gps < math.inf:
        defects.append(f"médecins voulus = {gps} : il faut 0 ou plus")
    if years == 0:
        defects.append("années = 0 : il en faut 1 ou plus")
    _check(ages, years=years, exit_rates=exit_rates, entry_age=entry_age, defects=defects)
    # the head-count is linear in the entries
    stay, each = (
        project(
            group, entries_per_year=entries, years=years, exit_rates=exit_rates, entry_age=entry_age
        )["gps"].iloc[-1]
        for group, entries in ((ages, 0.0), ((), 1.0))
    )
    return max(0.0, float((gps - stay) / each))


def coverage(
    gps: pd.Series,
    *,
    population: float,
    people_without_mt: float,
    gps_now: float,
    max_list: float = MAX_LIST,
) -> pd.DataFrame:
    """
    Say how many people a number of GPs leaves without médecin traitant.

    Parameters
    ----------
    gps : Series of float
        GPs of each year, such as a column of :func:`project`; 0 or more, NaN = unknown.
    population : float
        Inhabitants (persons), the same every year, above 0.
    people_without_mt : float
        Those of them without médecin traitant today (persons), 0 to ``population``.
    gps_now : float
        GPs who follow the others today, above 0.
    max_list : float
        Patients that a GP follows at most (persons), above 0.

    Returns
    -------
    pandas.DataFrame
        Index of ``gps``; ``gps_per_100k`` (per 100,000 inhabitants), ``people_without_mt``
        (persons), ``share_without_mt`` (of the population, 0 to 1), ``patients_per_gp`` (persons)
        and ``list_capped``. True: today's GPs follow more than ``max_list`` each, a sign that one
        of the inputs is wrong, and more people are without médecin traitant than given, even in
        year 0. NaN where ``gps`` is.

    Raises
    ------
    ScenarioError
        If an argument is outside its domain; lists them all.

    Notes
    -----
    covered = min(population, gps x list), with list = (population - people without MT) / gps_now,
    at most ``max_list``: those who leave hand nothing over to those who stay.

    Examples
    --------
    >>> table = coverage(pd.Series([24.0, 12.0]), population=80_000, people_without_mt=24_000,
    ...     gps_now=24)
    >>> table[["gps_per_100k", "people_without_mt"]].round().to_dict("list")
    {'gps_per_100k': [30.0, 15.0], 'people_without_mt': [24000.0, 52000.0]}
    """
    defects = [
        f"{name} = {value} : il faut plus de 0"
        for name, value in (
            ("population", population),
            ("médecins aujourd’hui", gps_now),
            ("patients par médecin au plus", max_list),
        )
        if not 0 < value < math.inf
    ]
    if not 0 <= people_without_mt <= population:
        defects.append(
            f"personnes sans médecin traitant = {people_without_mt} : il faut 0 ou plus, "
            "et au plus la population"
        )
    values = gps.to_numpy(dtype="float64")
    defects += [
        f"médecins = {x} : il faut 0 ou plus" for x in values[(values < 0) | (values == np.inf)]
    ]
    _refuse(defects)
    implied = (population - people_without_mt) / gps_now
    patients = min(implied, max_list)
    # a difference of two large numbers: rounding must not leave a few billionths of a person
    without = (population - np.minimum(population, values * patients)).round(6)
    return pd.DataFrame(
        {
            "gps_per_100k": 1e5 * values / population,
            "people_without_mt": without,
            "share_without_mt": without / population,
            "patients_per_gp": patients,
            "list_capped": implied > max_list,
        },
        index=gps.index,
    )


def _check(
    ages: Sequence[float],
    *,
    entries: float = 0.0,
    years: int,
    exit_rates: Sequence[tuple[float, float]],
    entry_age: float,
    activity_decline: float = 0.0,
    defects: Sequence[str] = (),
) -> None:
    found = list(defects)
    low, high = _AGES
    wrong = [x for x in (*ages, entry_age) if not low <= x <= high]
    found += [f"âge = {x} : il faut de {number(low)} à {number(high)} ans" for x in wrong]
    if not 0 <= entries < math.inf:
        found.append(f"arrivées par an = {entries} : il faut 0 ou plus")
    if not (0 <= years <= MAX_YEARS and years == int(years)):
        found.append(f"années = {years} : il faut un nombre entier de 0 à {MAX_YEARS}")
    if not 0 <= activity_decline < 1:
        found.append(f"baisse d’activité = {activity_decline} : il faut une part de 0 à moins de 1")
    starts = [start for start, _ in exit_rates]
    if starts[:1] != [0] or any(not a < b for a, b in pairwise(starts)):
        found.append(f"âges des départs = {starts} : il faut des âges croissants, à partir de 0")
    found += [
        f"départs à partir de {start} ans = {rate} : il faut une part de 0 à 1"
        for start, rate in exit_rates
        if not 0 <= rate <= 1
    ]
    _refuse(found)


def _refuse(defects: Sequence[str]) -> None:
    if defects:
        raise ScenarioError(
            "La projection des médecins ne peut pas être faite.",
            defects=defects,
            remedy="corrigez ces valeurs.",
        )

"""GPs of a territory in the years to come, and the people they leave without médecin traitant.

A cohort by age: each year a share of the GPs leaves, by the age they have when it starts; those
who stay grow a year older; then newcomers arrive. Exit rates and the age of arrival are
assumptions of ours (grade D), and the result is a mean: chance alone moves a group of 24 by
two or three. The ages of fewer than 5 GPs are their own affair: publish :func:`fan`, which refuses
them, rather than a projection of ages.

A mean age does not fix who leaves when: 24 GPs of 61 on average may be all about to retire, or
half of them under 55. Ages are therefore invented, closer together and further apart, and each is
projected with fewer and with more arrivals. They are plausible, and nobody's.

Arguments outside their domain raise one ScenarioError that lists them all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from scipy import stats
from scipy.optimize import brentq

from cpts_geo.errors import ScenarioError
from cpts_geo.french import number
from cpts_geo.secrecy.disclosure import MIN_PROFESSIONALS

#: Share of the GPs who leave in a year, from each age on (grade D).
_EXIT_RATES: Final = ((0, 0.01), (60, 0.05), (62, 0.10), (65, 0.20), (67, 0.30), (70, 0.40))
#: Age at which newcomers arrive (grade D).
ENTRY_AGE: Final = 38.0
#: Patients that a GP follows at most, whatever the shortage (grade D).
_MAX_LIST: Final = 2_500.0
#: A projection of a group much further than its own careers says nothing.
_MAX_YEARS: Final = 50
_AGES: Final = (20.0, 100.0)
#: Ages of the GPs in practice that are invented (years).
_YOUNGEST, _OLDEST = 30.0, 75.0
#: Mean ages of a group that they can have without leaning on these bounds (years).
_MEANS: Final = (35.0, 70.0)
_MAX_SD: Final = 20.0
_MAX_COUNT: Final = 100_000


def _project(ages: Sequence[float], *, entries_per_year: float, years: int = 10) -> pd.Series:
    """Head-count expected year by year, 0 (today) to ``years``.

    n(a + 1, t + 1) = n(a, t) (1 - q(a)), then ``entries_per_year`` at the age of arrival, who leave
    at the rates of their age from the next year on.

    >>> _project([59.0, 70.0], entries_per_year=0, years=2).round(4).tolist()
    [2.0, 1.59, 1.3005]
    """
    age = np.asarray(ages, dtype=np.float64)
    gps = np.ones(age.size)
    from_age, rate = np.asarray(_EXIT_RATES, dtype=np.float64).T
    counts = [float(gps.sum())]
    for _ in range(int(years)):
        leaving = rate[np.searchsorted(from_age, age, side="right") - 1]
        gps = np.append(gps * (1.0 - leaving), entries_per_year)
        age = np.append(age + 1.0, ENTRY_AGE)
        counts.append(float(gps.sum()))
    return pd.Series(counts, index=pd.RangeIndex(len(counts), name="year"), name="gps")


def entries_to_hold(ages: Sequence[float], *, gps: float, years: int) -> float:
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

    Returns
    -------
    float
        GPs a year; 0 if those of today are enough. The head-count may be lower in between.

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
    _refuse(
        defects + _defects(ages, entries=0.0, years=years),
        "La projection des médecins ne peut pas être faite.",
        remedy="corrigez ces valeurs.",
    )
    # the head-count is linear in the entries
    stay = _project(ages, entries_per_year=0.0, years=years).iloc[-1]
    each = _project((), entries_per_year=1.0, years=years).iloc[-1]
    return max(0.0, float((gps - stay) / each))


def _coverage(
    gps: pd.Series, *, population: float, people_without_mt: float, gps_now: float
) -> pd.DataFrame:
    """Say how many people a number of GPs leaves without médecin traitant; NaN where it is.

    covered = min(population, gps x list), with list = (population - people without MT) / gps_now,
    at most ``_MAX_LIST``: those who leave hand nothing over to those who stay. ``list_capped`` is
    a sign that an input is wrong: today's GPs would follow more than that each.
    """
    implied = (population - people_without_mt) / gps_now
    # a difference of two large numbers: rounding must not leave a few billionths of a person
    covered = np.minimum(population, gps * min(implied, _MAX_LIST))
    without = (population - covered).round(6)
    return pd.DataFrame(
        {
            "people_without_mt": without,
            "share_without_mt": without / population,
            "list_capped": implied > _MAX_LIST,
        }
    )


def ages_with_mean(count: int, mean: float, *, sd: float) -> tuple[float, ...]:
    """
    Invent plausible ages with a given mean.

    Parameters
    ----------
    count : int
        GPs, 1 to 100,000.
    mean : float
        Mean age (years), 35 to 70; that of the result, exactly.
    sd : float
        Spread of the ages before they are cut at 30 and 75 (years), above 0 and at most 20.

    Returns
    -------
    tuple of float
        Ages (years), increasing: quantiles (i + 1/2) / count of a normal cut at 30 and 75, whose
        centre is shifted until their mean is the one asked. Nothing is drawn. Their own spread is
        below ``sd``, by what is cut.

    Examples
    --------
    >>> [round(age, 1) for age in ages_with_mean(5, 55.0, sd=5.0)]
    [48.6, 52.4, 55.0, 57.6, 61.4]
    """
    _refuse(
        _group_defects(count, mean, spreads=[sd]),
        "Les âges ne peuvent pas être imaginés.",
        remedy="corrigez ces valeurs ; si les âges sont connus, projetez-les eux-mêmes.",
    )
    ranks = (np.arange(count) + 0.5) / count

    def ages(centre: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        low, high = (_YOUNGEST - centre) / sd, (_OLDEST - centre) / sd
        return np.asarray(stats.truncnorm.ppf(ranks, low, high, loc=centre, scale=sd))

    # far enough for the flattest normal to lean on either bound
    reach = 5.0 * _MAX_SD
    centre = brentq(lambda c: ages(c).mean() - mean, _YOUNGEST - reach, _OLDEST + reach, xtol=1e-11)
    return tuple(ages(float(centre)).tolist())


def fan(
    count: int,
    mean_age: float,
    *,
    population: float,
    people_without_mt: float,
    spreads: Sequence[float] = (4.0, 7.0, 10.0),
    entries: Sequence[float] = (0.0, 0.5, 1.0, 1.5, 2.0),
    years: int = 10,
) -> pd.DataFrame:
    """
    Project a group of GPs known by its mean age, for several spreads and numbers of arrivals.

    Parameters
    ----------
    count : int
        GPs today, 5 or more: what is derived from fewer would speak of persons.
    mean_age : float
        Their mean age (years), 35 to 70.
    population : float
        Inhabitants (persons), the same every year, above 0.
    people_without_mt : float
        Those of them without médecin traitant today (persons), 0 to ``population``.
    spreads : sequence of float
        Spreads of the ages (years), see :func:`ages_with_mean`.
    entries : sequence of float
        GPs who arrive each year, 0 or more.
    years : int
        Years to project, 0 to 50.

    Returns
    -------
    pandas.DataFrame
        A row per spread, number of entries and year: ``spread`` (years), ``entries`` (a year),
        ``year`` (0 = today), ``gps`` (expected head-count), ``density`` (per 100,000
        inhabitants), ``people_without_mt`` (persons), ``share_without_mt`` (0 to 1),
        ``list_capped`` (today's GPs would follow more than 2,500 each: an input is wrong).

    Raises
    ------
    ScenarioError
        If there are fewer than 5 GPs or an argument is outside its domain.

    Examples
    --------
    >>> table = fan(24, 61.0, population=80_000, people_without_mt=24_000, entries=[1.0])
    >>> table.query("year == 10")["density"].round(1).tolist()
    [18.3, 20.2, 20.6]
    """
    defects = _group_defects(count, mean_age, spreads=spreads)
    if 1 <= count < MIN_PROFESSIONALS:
        defects.append(
            f"médecins = {count} : sous {MIN_PROFESSIONALS}, l’âge et le départ de chacun se "
            "devineraient, et ne se publient pas"
        )
    # each once, whatever the numbers of arrivals
    defects += dict.fromkeys(
        defect for arrivals in entries for defect in _defects((), entries=arrivals, years=years)
    )
    if not 0 < population < math.inf:
        defects.append(f"population = {population} : il faut plus de 0")
    if not 0 <= people_without_mt <= population:
        defects.append(
            f"personnes sans médecin traitant = {people_without_mt} : il faut 0 ou plus, "
            "et au plus la population"
        )
    if not len(spreads) or not len(entries):
        defects.append("il faut une dispersion des âges et un nombre d’arrivées, ou plus")
    _refuse(
        defects,
        "L’éventail des projections ne peut pas être fait.",
        remedy="corrigez ces valeurs ; s’il y a peu de médecins, projetez un territoire "
        "plus grand.",
    )
    tables = []
    for spread in spreads:
        ages = ages_with_mean(count, mean_age, sd=spread)
        for arrivals in entries:
            gps = _project(ages, entries_per_year=arrivals, years=years)
            columns = {
                "spread": float(spread),
                "entries": float(arrivals),
                "year": gps.index,
                "gps": gps,
                "density": 1e5 * gps / population,
            }
            people = _coverage(
                gps, population=population, people_without_mt=people_without_mt, gps_now=count
            )
            tables.append(pd.DataFrame(columns).join(people))
    return pd.concat(tables, ignore_index=True)


def _defects(ages: Sequence[float], *, entries: float, years: int) -> list[str]:
    """What is wrong with the assumptions of a projection."""
    low, high = _AGES
    found = [
        f"âge = {x} : il faut de {number(low)} à {number(high)} ans"
        for x in ages
        if not low <= x <= high
    ]
    if not 0 <= entries < math.inf:
        found.append(f"arrivées par an = {entries} : il faut 0 ou plus")
    if not (0 <= years <= _MAX_YEARS and years == int(years)):
        found.append(f"années = {years} : il faut un nombre entier de 0 à {_MAX_YEARS}")
    return found


def _refuse(defects: Sequence[str], summary: str, *, remedy: str) -> None:
    """Raise one error that lists the defects, where there are some."""
    if defects:
        raise ScenarioError(summary, defects=defects, remedy=remedy)


def _group_defects(count: int, mean: float, *, spreads: Sequence[float]) -> list[str]:
    """What is wrong with a group known by its count, mean age and spreads."""
    defects = []
    if not (1 <= count <= _MAX_COUNT and count == int(count)):
        defects.append(f"médecins = {count} : il faut un nombre entier de 1 à {number(_MAX_COUNT)}")
    low, high = _MEANS
    if not low <= mean <= high:
        defects.append(f"âge moyen = {mean} : il faut de {number(low)} à {number(high)} ans")
    defects += [
        f"dispersion des âges = {sd} : il faut plus de 0 et au plus {number(_MAX_SD)} ans"
        for sd in spreads
        if not 0 < sd <= _MAX_SD
    ]
    return defects

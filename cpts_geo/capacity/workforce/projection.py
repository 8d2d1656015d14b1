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
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
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
_ENTRY_AGE: Final = 38.0
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


def _project(
    ages: Sequence[float],
    *,
    entries_per_year: float,
    years: int = 10,
    exit_rates: Sequence[tuple[float, float]] = _EXIT_RATES,
    entry_age: float = _ENTRY_AGE,
    activity_decline: float = 0.0,
) -> pd.DataFrame:
    """Project the GPs of a territory, year by year, 0 (today) to ``years``.

    n(a + 1, t + 1) = n(a, t) (1 - q(a)), then ``entries_per_year`` at ``entry_age``, who leave at
    the rates of their age from the next year on. Columns: ``gps`` (expected head-count),
    ``full_activity_gps`` = gps (1 - decline)^t, ``mean_age`` (years) and ``over_60_share`` (0 to
    1), NaN where there is no GP.

    >>> _project([59.0, 70.0], entries_per_year=0, years=2)["gps"].round(4).tolist()
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
    exit_rates: Sequence[tuple[float, float]] = _EXIT_RATES,
    entry_age: float = _ENTRY_AGE,
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
        Ages (completed years) and the share of the GPs who leave in a year from that age on, 0
        to 1; the first age is 0 and they increase.
    entry_age : float
        Age of those who arrive (years), 20 to 100.

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
    _check(ages, years=years, exit_rates=exit_rates, entry_age=entry_age, defects=defects)
    # the head-count is linear in the entries
    stay, each = (
        _project(
            group, entries_per_year=entries, years=years, exit_rates=exit_rates, entry_age=entry_age
        )["gps"].iloc[-1]
        for group, entries in ((ages, 0.0), ((), 1.0))
    )
    return max(0.0, float((gps - stay) / each))


def _coverage(
    gps: pd.Series,
    *,
    population: float,
    people_without_mt: float,
    gps_now: float,
    max_list: float = _MAX_LIST,
) -> pd.DataFrame:
    """Say how many people a number of GPs leaves without médecin traitant; NaN where it is.

    covered = min(population, gps x list), with list = (population - people without MT) / gps_now,
    at most ``max_list``: those who leave hand nothing over to those who stay. ``list_capped`` is
    a sign that an input is wrong: today's GPs would follow more than ``max_list`` each.
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
    exit_rates: Sequence[tuple[float, float]] = _EXIT_RATES,
    entry_age: float = _ENTRY_AGE,
    activity_decline: float = 0.0,
    max_list: float = _MAX_LIST,
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
    exit_rates, entry_age : sequence of tuple of float, float
        As for :func:`entries_to_hold`.
    activity_decline : float
        Share by which the activity of each GP falls every year; it acts on the people followed,
        not on the density.
    max_list : float
        Patients that a GP follows at most (persons).

    Returns
    -------
    pandas.DataFrame
        A row per spread, number of entries and year: ``spread`` (years), ``entries`` (a year),
        ``year`` (0 = today), ``gps`` (expected head-count), ``density`` (per 100,000
        inhabitants), ``people_without_mt`` (persons), ``share_without_mt`` (0 to 1),
        ``list_capped`` (today's GPs would follow more than ``max_list`` each).

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
    future = partial(
        _project,
        years=years,
        exit_rates=exit_rates,
        entry_age=entry_age,
        activity_decline=activity_decline,
    )
    followed = partial(
        _coverage,
        population=population,
        people_without_mt=people_without_mt,
        gps_now=count,
        max_list=max_list,
    )
    defects = _group_defects(count, mean_age, spreads=spreads)
    if 1 <= count < MIN_PROFESSIONALS:
        defects.append(
            f"médecins = {count} : sous {MIN_PROFESSIONALS}, l’âge et le départ de chacun se "
            "devineraient, et ne se publient pas"
        )
    # tried on no GP at all, so that one error tells everything
    defects += _defects(
        *(partial(future, (), entries_per_year=arrivals) for arrivals in entries),
        partial(followed, pd.Series(dtype="float64")),
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
            gps = future(ages, entries_per_year=arrivals)
            people = followed(gps["full_activity_gps"])
            columns = {
                "spread": float(spread),
                "entries": float(arrivals),
                "year": gps.index,
                "gps": gps["gps"],
                "density": 1e5 * gps["gps"] / population,
            }
            kept = people[["people_without_mt", "share_without_mt", "list_capped"]]
            tables.append(pd.DataFrame(columns).join(kept))
    return pd.concat(tables, ignore_index=True)


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
    """Raise one error that lists every assumption outside its domain."""
    found = list(defects)
    low, high = _AGES
    wrong = [x for x in (*ages, entry_age) if not low <= x <= high]
    found += [f"âge = {x} : il faut de {number(low)} à {number(high)} ans" for x in wrong]
    if not 0 <= entries < math.inf:
        found.append(f"arrivées par an = {entries} : il faut 0 ou plus")
    if not (0 <= years <= _MAX_YEARS and years == int(years)):
        found.append(f"années = {years} : il faut un nombre entier de 0 à {_MAX_YEARS}")
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


def _refuse(
    defects: Sequence[str],
    summary: str = "La projection des médecins ne peut pas être faite.",
    remedy: str = "corrigez ces valeurs.",
) -> None:
    """Raise one error that lists the defects, where there are some."""
    if defects:
        raise ScenarioError(summary, defects=defects, remedy=remedy)


def _defects(*calls: Callable[[], object]) -> list[str]:
    """Defects that these calls raise, each once."""
    found: dict[str, None] = {}
    for call in calls:
        try:
            call()
        except ScenarioError as error:
            found |= dict.fromkeys(error.defects)
    return list(found)


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

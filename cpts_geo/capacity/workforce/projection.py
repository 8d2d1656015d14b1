"""GPs of a territory in the years to come, and the people they leave without médecin traitant.

A cohort by age: each year a share of the GPs leaves, by the age they have when it starts; those
who stay grow a year older; then newcomers arrive. Exit rates and the age of arrival are
assumptions of ours (grade D): the rates are taken at half, as they are and by half more, equally
likely. Each GP leaves by a chance of their own, so that a head-count has a distribution
(:func:`head_counts`); it is exact, nothing is drawn. The ages of fewer than 5 GPs are their own
affair, and are refused.

A mean age does not fix who leaves when: 24 GPs of 61 on average may be all about to retire, or
half of them under 55. Ages are therefore invented, closer together and further apart, equally
likely too. They are plausible, and nobody's.

Arguments outside their domain raise one ScenarioError that lists them all.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special
from scipy.optimize import brentq

from cpts_geo.capacity.need.interval import LEVELS, Interval
from cpts_geo.errors import ScenarioError
from cpts_geo.french import number
from cpts_geo.secrecy.disclosure import MIN_PROFESSIONALS

#: Share of the GPs who leave in a year, from each age on (grade D).
_EXIT_RATES: Final = ((0, 0.01), (60, 0.05), (62, 0.10), (65, 0.20), (67, 0.30), (70, 0.40))
#: What the rates may be multiplied by, each equally likely (grade D).
EXIT_FACTORS: Final = (0.5, 1.0, 1.5)
#: Age at which newcomers arrive (grade D).
ENTRY_AGE: Final = 38.0
#: Patients that a GP follows at most, whatever the shortage (grade D).
_MAX_LIST: Final = 2_500.0
#: Spreads of the ages that are invented (years).
SPREADS: Final = (4.0, 7.0, 10.0)
_FEW: Final = "corrigez ces valeurs ; s’il y a peu de médecins, projetez un territoire plus grand."
#: A projection of a group much further than its own careers says nothing.
_MAX_YEARS: Final = 50
_AGES: Final = (20.0, 100.0)
#: Ages of the GPs in practice that are invented (years).
_YOUNGEST, _OLDEST = 30.0, 75.0
#: Mean ages of a group that they can have without leaning on these bounds (years).
_MEANS: Final = (35.0, 70.0)
_MAX_SD: Final = 20.0
_MAX_COUNT: Final = 10_000


def _project(ages: Sequence[float], *, entries_per_year: float, years: int = 10) -> pd.Series:
    """Head-count expected year by year, 0 (today) to ``years``.

    n(a + 1, t + 1) = n(a, t) (1 - q(a)), then ``entries_per_year`` at the age of arrival, who leave
    at the rates of their age from the next year on.

    >>> _project([59.0, 70.0], entries_per_year=0, years=2).round(4).tolist()
    [2.0, 1.59, 1.3005]
    """
    there = _cohort(ages, [entries_per_year], years=years)
    counts = [float(gps.sum()) for gps in there]
    return pd.Series(counts, index=pd.RangeIndex(len(counts), name="year"), name="gps")


def _cohort(
    ages: Sequence[float], arrivals: Sequence[float], *, years: int, factor: float = 1.0
) -> Iterator[npt.NDArray[np.float64]]:
    """What is left, each year from today on, of each GP and of each of a year's arrivals."""
    age = np.asarray(ages, dtype=np.float64)
    gps = np.ones(age.size)
    from_age, rate = np.asarray(_EXIT_RATES, dtype=np.float64).T
    yield gps
    for _ in range(int(years)):
        leaving = factor * rate[np.searchsorted(from_age, age, side="right") - 1]
        gps = np.append(gps * (1.0 - leaving), arrivals)
        age = np.append(age + 1.0, [ENTRY_AGE] * len(arrivals))
        yield gps


def _number_there(chances: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Chances that 0, 1, 2... are there, of several who each are by a chance of their own.

    >>> _number_there(np.array([0.5, 0.5])).tolist()
    [0.25, 0.5, 0.25]
    """
    parts = [np.array([1.0 - chance, chance]) for chance in chances] or [np.ones(1)]
    while len(parts) > 1:
        odd = parts[len(parts) // 2 * 2 :]
        parts = [np.convolve(*pair) for pair in zip(parts[::2], parts[1::2], strict=False)] + odd
    return parts[0]


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
        GPs, 1 to 10,000.
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
    return _ages(int(count), float(mean), float(sd))


def _cut_normal(ranks: npt.NDArray[np.float64], low: float, high: float) -> npt.NDArray[np.float64]:
    """Quantiles of a standard normal cut at both ends, from its lower tail, where numbers are fine.

    >>> _cut_normal(np.array([0.25, 0.75]), -1.0, 1.0).round(3).tolist()
    [-0.442, 0.442]
    """
    if low >= 0.0:
        return -_cut_normal(1.0 - ranks, -high, -low)
    if high > 0.0:
        kept = np.log1p(-special.ndtr(low) - special.ndtr(-high))
    else:
        end = special.log_ndtr(high)
        kept = end + np.log1p(-np.exp(special.log_ndtr(low) - end))
    found = special.ndtri_exp(np.logaddexp(special.log_ndtr(low), np.log(ranks) + kept))
    return np.asarray(found, dtype=np.float64)


@lru_cache(maxsize=4096)
def _ages(count: int, mean: float, sd: float) -> tuple[float, ...]:
    """Invented ages; kept, since the same group is met again."""
    ranks = (np.arange(count) + 0.5) / count

    def ages(centre: float) -> npt.NDArray[np.float64]:
        low, high = (_YOUNGEST - centre) / sd, (_OLDEST - centre) / sd
        return centre + sd * _cut_normal(ranks, low, high)

    # far enough for the flattest normal to lean on either bound
    reach = 5.0 * _MAX_SD
    centre = brentq(lambda c: ages(c).mean() - mean, _YOUNGEST - reach, _OLDEST + reach, xtol=1e-11)
    return tuple(ages(float(centre)).tolist())


def head_counts(
    count: int,
    mean_age: float,
    *,
    entries_per_year: float = 0.0,
    years: int = 10,
    spreads: Sequence[float] = SPREADS,
) -> pd.DataFrame:
    """
    Compute the chances of each head-count of a group of GPs known by its mean age.

    Parameters
    ----------
    count : int
        GPs at the start, 5 or more: what is derived from fewer would speak of persons.
    mean_age : float
        Their mean age (years), 35 to 70.
    entries_per_year : float
        GPs who arrive each year, 0 or more; of 1.3, one does and one more by a chance of 0.3.
    years : int
        Years to project, 0 to 50.
    spreads : sequence of float
        Spreads of the ages (years), see :func:`ages_with_mean`, equally likely.

    Returns
    -------
    pandas.DataFrame
        A row a ``year`` (0 = the start), a column a head-count ``gps``: its chance, mixed over the
        spreads and :data:`EXIT_FACTORS`. Each row has a sum of 1.

    Raises
    ------
    ScenarioError
        If there are fewer than 5 GPs or an argument is outside its domain.

    Examples
    --------
    >>> in_ten_years = head_counts(24, 61.0).loc[10]
    >>> bounds(in_ten_years.index, in_ten_years)
    Interval(p10=3.0, p50=7.0, p90=11.0)
    """
    _refuse(
        _fan_defects(count, mean_age, spreads=spreads, entries=[entries_per_year], years=years),
        "La projection des médecins ne peut pas être faite.",
        remedy=_FEW,
    )
    whole, part = divmod(float(entries_per_year), 1.0)
    arrivals = [1.0] * int(whole) + [part] * (part > 0)
    chances = np.zeros((int(years) + 1, int(count) + len(arrivals) * int(years) + 1))
    for spread in spreads:
        ages = ages_with_mean(count, mean_age, sd=spread)
        for factor in EXIT_FACTORS:
            for year, there in enumerate(_cohort(ages, arrivals, years=years, factor=factor)):
                found = _number_there(there)
                chances[year, : found.size] += found
    table = pd.DataFrame(chances / (len(spreads) * len(EXIT_FACTORS)))
    return table.rename_axis(index="year", columns="gps")


def bounds(values: npt.ArrayLike, chances: npt.ArrayLike) -> Interval[float]:
    """
    Take the quantiles of a quantity that has each of these values by a known chance.

    Parameters
    ----------
    values : array_like of float
        Its values, in any order.
    chances : array_like of float
        Chance of each, of sum 1.

    Returns
    -------
    Interval of float
        Least values that 10, 50 and 90 % do not exceed.

    Examples
    --------
    >>> bounds([3, 1, 2], [0.2, 0.5, 0.3])
    Interval(p10=1.0, p50=1.0, p90=3.0)
    """
    quantity, chance = np.asarray(values, dtype=np.float64), np.asarray(chances)
    order = np.argsort(quantity)
    # rounding must not push a level that is reached exactly to the next value
    found = np.searchsorted(np.cumsum(chance[order]), [level - 1e-12 for level in LEVELS.values()])
    return Interval(*quantity[order][found].tolist())


def fan(
    count: int,
    mean_age: float,
    *,
    population: float,
    people_without_mt: float,
    spreads: Sequence[float] = SPREADS,
    entries: Sequence[float] = (0.0, 0.5, 1.0, 1.5, 2.0),
    years: int = 10,
) -> pd.DataFrame:
    """
    Project a group of GPs, and those they leave without médecin traitant, for several arrivals.

    Parameters
    ----------
    count, mean_age : int, float
        As for :func:`head_counts`.
    population : float
        Inhabitants (persons), the same every year, above 0.
    people_without_mt : float
        Those of them without médecin traitant today (persons), 0 to ``population``.
    spreads : sequence of float
        As for :func:`head_counts`.
    entries : sequence of float
        GPs who arrive each year, 0 or more.
    years : int
        As for :func:`head_counts`.

    Returns
    -------
    pandas.DataFrame
        A row per number of entries, year and head-count: ``entries`` (a year), ``year``
        (0 = today), ``gps`` (head-count), ``chance`` (of it, that year), ``density`` (per 100,000
        inhabitants), ``people_without_mt`` (persons), ``share_without_mt`` (0 to 1),
        ``list_capped`` (today's GPs would follow more than 2,500 each: an input is wrong).

    Raises
    ------
    ScenarioError
        If there are fewer than 5 GPs or an argument is outside its domain.

    Examples
    --------
    >>> table = fan(24, 61.0, population=80_000, people_without_mt=24_000, entries=[0.0])
    >>> table.query("year == 10 and gps in (3, 10)")["share_without_mt"].round(2).tolist()
    [0.91, 0.71]
    """
    defects = _fan_defects(count, mean_age, spreads=spreads, entries=entries, years=years)
    if not 0 < population < math.inf:
        defects.append(f"population = {population} : il faut plus de 0")
    if not 0 <= people_without_mt <= population:
        defects.append(
            f"personnes sans médecin traitant = {people_without_mt} : il faut 0 ou plus, "
            "et au plus la population"
        )
    _refuse(defects, "L’éventail des projections ne peut pas être fait.", remedy=_FEW)
    tables = []
    for arrivals in entries:
        chances = head_counts(
            count, mean_age, entries_per_year=arrivals, years=years, spreads=spreads
        )
        table = chances.reset_index().melt("year", var_name="gps", value_name="chance")
        table.insert(0, "entries", float(arrivals))
        people = _coverage(
            table["gps"], population=population, people_without_mt=people_without_mt, gps_now=count
        )
        tables.append(table.assign(density=1e5 * table["gps"] / population).join(people))
    return pd.concat(tables, ignore_index=True)


def _fan_defects(
    count: int, mean: float, *, spreads: Sequence[float], entries: Sequence[float], years: int
) -> list[str]:
    """What is wrong with a group, its spreads, its arrivals and the years to project."""
    defects = _group_defects(count, mean, spreads=spreads)
    if 1 <= count < MIN_PROFESSIONALS:
        defects.append(
            f"médecins = {count} : sous {MIN_PROFESSIONALS}, l’âge et le départ de chacun se "
            "devineraient, et ne se publient pas"
        )
    # each once, whatever the numbers of arrivals
    defects += dict.fromkeys(
        defect for arrivals in entries for defect in _defects((), entries=arrivals, years=years)
    )
    if not len(spreads) or not len(entries):
        defects.append("il faut une dispersion des âges et un nombre d’arrivées, ou plus")
    return defects


def _defects(ages: Sequence[float], *, entries: float, years: int) -> list[str]:
    """What is wrong with the assumptions of a projection."""
    low, high = _AGES
    found = [
        f"âge = {x} : il faut de {number(low)} à {number(high)} ans"
        for x in ages
        if not low <= x <= high
    ]
    if not 0 <= entries <= _MAX_COUNT:
        found.append(f"arrivées par an = {entries} : il faut de 0 à {number(_MAX_COUNT)}")
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

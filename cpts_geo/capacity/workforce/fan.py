"""Futures of a group of GPs whose mean age alone is known: a fan, never one line.

A mean age does not fix who leaves when: 24 GPs of 61 on average may be all about to retire, or
half of them under 55. Ages are therefore invented, closer together and further apart, and each is
projected with fewer and with more arrivals. They are plausible, and nobody's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import numpy as np
import pandas as pd
from scipy import stats
from scipy.optimize import brentq

from cpts_geo.capacity.workforce.projection import (
    ENTRY_AGE,
    EXIT_RATES,
    MAX_LIST,
    coverage,
    project,
)
from cpts_geo.errors import ScenarioError
from cpts_geo.french import number
from cpts_geo.secrecy.disclosure import MIN_PROFESSIONALS

#: Ages of the GPs in practice that are invented (years).
YOUNGEST: Final = 30.0
OLDEST: Final = 75.0
#: Mean ages of a group that they can have without leaning on these bounds (years).
_MEANS: Final = (35.0, 70.0)
_MAX_SD: Final = 20.0
_MAX_COUNT: Final = 100_000


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
        Ages (years), increasing, from 30 to 75.

    Raises
    ------
    ScenarioError
        If an argument is outside its domain; lists them all.

    Notes
    -----
    Quantiles (i + 1/2) / count of a normal cut at 30 and 75, whose centre is shifted until their
    mean is the one asked. Nothing is drawn: equal arguments give equal ages. Their own spread is
    below ``sd``, by what is cut.

    Examples
    --------
    >>> [round(age, 1) for age in ages_with_mean(5, 55.0, sd=5.0)]
    [48.6, 52.4, 55.0, 57.6, 61.4]
    """
    defects = _group_defects(count, mean, spreads=[sd])
    if defects:
        raise ScenarioError(
            "Les âges ne peuvent pas être imaginés.",
            defects=defects,
            remedy="corrigez ces valeurs ; si les âges sont connus, projetez-les eux-mêmes.",
        )
    ranks = (np.arange(count) + 0.5) / count

    def ages(centre: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        low, high = (YOUNGEST - centre) / sd, (OLDEST - centre) / sd
        return np.asarray(stats.truncnorm.ppf(ranks, low, high, loc=centre, scale=sd))

    # far enough for the flattest normal to lean on either bound
    reach = 5.0 * _MAX_SD
    centre = brentq(lambda c: ages(c).mean() - mean, YOUNGEST - reach, OLDEST + reach, xtol=1e-11)
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
    exit_rates: Sequence[tuple[float, float]] = EXIT_RATES,
    entry_age: float = ENTRY_AGE,
    activity_decline: float = 0.0,
    max_list: float = MAX_LIST,
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
    exit_rates : sequence of tuple of float
        As for :func:`cpts_geo.capacity.workforce.projection.project`.
    entry_age : float
        Age of those who arrive (years).
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
        ``list_capped`` (see :func:`cpts_geo.capacity.workforce.projection.coverage`).

    Raises
    ------
    ScenarioError
        If there are fewer than 5 GPs or an argument is outside its domain.

    Examples
    --------
    >>> table = fan(24, 61.0, population=80_000, people_without_mt=24_000, entries=[1.0])
    >>> table.query("year == 10")[["spread", "density"]].round(1).to_dict("list")
    {'spread': [4.0, 7.0, 10.0], 'density': [18.3, 20.2, 20.6]}
    """
    future = partial(
        project,
        years=years,
        exit_rates=exit_rates,
        entry_age=entry_age,
        activity_decline=activity_decline,
    )
    followed = partial(
        coverage,
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
    if defects:
        raise ScenarioError(
            "L’éventail des projections ne peut pas être fait.",
            defects=defects,
            remedy="corrigez ces valeurs ; s’il y a peu de médecins, projetez un territoire "
            "plus grand.",
        )
    tables = []
    for spread in spreads:
        ages = ages_with_mean(count, mean_age, sd=spread)
        for arrivals in entries:
            gps = future(ages, entries_per_year=arrivals)
            people = followed(gps["full_activity_gps"])
            tables.append(
                pd.DataFrame(
                    {
                        "spread": float(spread),
                        "entries": float(arrivals),
                        "year": gps.index,
                        "gps": gps["gps"],
                        "density": 1e5 * gps["gps"] / population,
                        "people_without_mt": people["people_without_mt"],
                        "share_without_mt": people["share_without_mt"],
                        "list_capped": people["list_capped"],
                    }
                )
            )
    return pd.concat(tables, ignore_index=True)


def _defects(*calls: Callable[[], object]) -> list[str]:
    found: dict[str, None] = {}
    for call in calls:
        try:
            call()
        except ScenarioError as error:
            found |= dict.fromkeys(error.defects)
    return list(found)


def _group_defects(count: int, mean: float, *, spreads: Sequence[float]) -> list[str]:
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

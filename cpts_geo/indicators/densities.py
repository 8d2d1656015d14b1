"""Densities of small areas: smoothed for maps of communes, with an exact interval for a CPTS.

The density of a commune is noise: one GP is compatible with 0.03 to 5.6 of them. Smoothing draws
each commune towards the mean of all, the more so the fewer its people; what comes out is an
estimate, never a count.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy.special import gammaincinv

from cpts_geo.errors import TableError
from cpts_geo.schema import GP_SOURCES, PER_PEOPLE


def _empirical_bayes(events: pd.Series, base: pd.Series) -> pd.Series:
    """Rates of small areas drawn to their common mean (Marshall 1991, global), events per person.

    With e events, b people, r = e / b over the areas known: m = sum(e) / sum(b), A = sum(b (r -
    m)^2) / sum(b) - m / mean(b), 0 if negative; rate = m + A / (A + m / b) (r - m), 0 everywhere
    without any event. NaN where unknown or where nobody is: these areas weigh nothing.
    """
    # `esda.smoothing.Empirical_Bayes` leaves A negative, which sends rates away from the mean.
    known = events.notna() & (base > 0)
    e, b = events[known].to_numpy(dtype=float), base[known].to_numpy(dtype=float)
    if not e.sum() > 0:
        # No event at all: nothing to weigh, and 0 is known.
        return pd.Series(0.0, index=events.index).where(known)
    m, raw = e.sum() / b.sum(), e / b
    between = max((b * (raw - m) ** 2).sum() / b.sum() - m / b.mean(), 0.0)
    smooth = m + between / (between + m / b) * (raw - m)
    return pd.Series(smooth, index=events.index[known]).reindex(events.index)


def smoothed_densities(communes: pd.DataFrame, *, count: str, population: str) -> pd.Series:
    """
    Smoothed density of each commune, for an analyst's map: an estimate, where a raw one is noise.

    Parameters
    ----------
    communes : DataFrame
        One row a commune: code_insee and the two columns; NaN unknown. All those that share one
        mean: a territory with its surroundings rather than the territory alone.
    count, population : str
        Columns of what is counted, such as ``gps_2017``, and of the people of the same vintage.

    Returns
    -------
    Series of float
        Estimate per 100,000 people, on the index of `communes`, named after the count; NaN where
        a column is unknown or nobody lives. Marshall's global empirical Bayes (1991).

    Raises
    ------
    TableError
        A column is absent, a commune is there twice, a value is negative or infinite.

    Examples
    --------
    >>> table = pd.DataFrame({"code_insee": list("abcde"), "gps_2017": [0, 2, 5, 24, 52]})
    >>> table["population_2017"] = [800, 3000, 6000, 80000, 50000]
    >>> found = smoothed_densities(table, count="gps_2017", population="population_2017")
    >>> found.name, found.round(1).tolist()
    ('gps_2017_smoothed_per_100k', [52.1, 61.9, 71.6, 32.0, 99.4])
    """
    wanted = ("code_insee", count, population)
    defects = [f"colonne « {name} » absente" for name in wanted if name not in communes]
    if not defects:
        codes = communes["code_insee"]
        defects = [f"{code} : deux lignes" for code in codes[codes.duplicated()].unique()]
    if defects:
        raise TableError(
            "Les densités ne peuvent pas être lissées.",
            defects=defects,
            remedy="donnez une ligne par commune, avec son code, un effectif et une population.",
        )
    table = communes.set_index("code_insee")
    for what, name in (("effectif", count), ("population", population)):
        values = table[name]
        wrong = values[(values < 0) | np.isinf(values.to_numpy(dtype=float, na_value=np.nan))]
        defects += [f"{code} : {what} {value}" for code, value in wrong.items()]
    if defects:
        raise TableError(
            "Des effectifs ou des populations sont négatifs ou infinis.",
            defects=defects,
            remedy="corrigez ces valeurs ; une valeur inconnue se laisse vide.",
        )
    rates = _empirical_bayes(table[count], table[population])
    name = f"{count}_smoothed_per_100k"
    return (rates * PER_PEOPLE).set_axis(communes.index).rename(name)


def poisson_interval(count: float, *, level: float = 0.95) -> tuple[float, float]:
    """
    Exact (Garwood) interval of the mean of a Poisson count.

    Parameters
    ----------
    count : float
        Observed count, >= 0; NaN gives NaN bounds.
    level : float
        Confidence level.

    Returns
    -------
    tuple of float
        Lower and upper bound, in the unit of the count.

    Examples
    --------
    >>> tuple(round(bound, 3) for bound in poisson_interval(1))
    (0.025, 5.572)
    >>> tuple(round(bound / 80_000 * 100_000, 1) for bound in poisson_interval(24))
    (19.2, 44.6)
    """
    if np.isnan(count):
        return (np.nan, np.nan)
    tail = (1 - level) / 2
    # Quantiles of the gamma law that the chi-square form of Garwood's interval stands for.
    low = gammaincinv(count, tail) if count > 0 else 0.0
    return (float(low), float(gammaincinv(count + 1, 1 - tail)))


def density_interval(
    count: float, population: float, *, level: float = 0.95
) -> tuple[float, float]:
    """
    Exact Poisson interval of the density of a territory.

    Parameters
    ----------
    count : float
        Professionals counted, >= 0; NaN is unknown.
    population : float
        People they are set against; NaN is unknown.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    tuple of float
        Lower and upper bound per 100,000 people; NaN where the count or the population is
        unknown, or nobody lives there.

    Raises
    ------
    TableError
        A number is negative or infinite, or the level is none.

    Notes
    -----
    Garwood's interval of the count (:func:`cpts_geo.indicators.densities.poisson_interval`) over
    the population, which is taken as exact.

    Examples
    --------
    >>> tuple(round(bound, 1) for bound in density_interval(24, 80_000))
    (19.2, 44.6)
    """
    given = (("effectif", count), ("population", population))
    defects = [f"{what} : {x}" for what, x in given if x < 0 or math.isinf(x)]
    defects += [] if 0 < level < 1 else [f"niveau de confiance : {level}"]
    if defects:
        raise TableError(
            "L’intervalle d’une densité ne peut pas être calculé.",
            defects=defects,
            remedy="donnez des nombres positifs, et un niveau entre 0 et 1.",
        )
    if not population > 0:
        return (math.nan, math.nan)
    low, high = poisson_interval(count, level=level)
    return (low / population * PER_PEOPLE, high / population * PER_PEOPLE)


def per_10k(indicator: str, value: float) -> float | None:
    """
    Give a density of GPs for 10,000 people, as the ARS reads it beside that for 100,000.

    Parameters
    ----------
    indicator : str
        Name of its column.
    value : float
        Density for 100,000 people; NaN is unknown.

    Returns
    -------
    float or None
        For 10,000; None where it is unknown, or no density of GPs.

    Examples
    --------
    >>> per_10k("gps_per_100k_2024", 61.8), per_10k("nurses_per_100k_2024", 61.8)
    (6.18, None)
    """
    return round(value / 10, 6) if indicator in GP_SOURCES and not math.isnan(value) else None

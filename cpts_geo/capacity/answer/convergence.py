"""Whether enough draws were made: what chance leaves in the quantiles of a Monte Carlo.

That error is of the computation only, and says nothing of the inputs. Arguments outside their
domain raise one ScenarioError that lists them all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from cpts_geo.capacity.demand.requests import MIN_DRAWS
from cpts_geo.capacity.need.interval import LEVELS
from cpts_geo.capacity.need.quantities import Floats
from cpts_geo.errors import ScenarioError
from cpts_geo.french import number


def quantile_errors(values: npt.ArrayLike, levels: Sequence[float]) -> Floats:
    """
    Estimate the Monte Carlo standard error of quantiles, as a share of each.

    Parameters
    ----------
    values : array_like of float
        Independent draws, 100 or more, no NaN.
    levels : sequence of float
        Probabilities of the quantiles, 0.05 to 0.95.

    Returns
    -------
    numpy.ndarray of float
        Half the distance between the empirical quantiles at ``level`` -+ sqrt(level (1 - level) /
        n), the number of draws below being binomial, as a share of the quantile; NaN where that is
        0. For what varies continuously: whole numbers such as slots are tied, and give 0 or a step.

    Examples
    --------
    >>> draws = np.random.default_rng(1).lognormal(0.0, 0.5, 20_000)
    >>> bool(0.003 < quantile_errors(draws, [0.5])[0] < 0.006)
    True
    """
    defects = [
        f"quantile = {level} : il faut une probabilité de 0,05 à 0,95"
        for level in levels
        if not 0.05 <= level <= 0.95
    ]
    return _relative_errors(_draws(values, MIN_DRAWS, defects), levels)


def convergence(values: npt.ArrayLike, sizes: Sequence[int]) -> pd.DataFrame:
    """
    Show the quantiles of a Monte Carlo, and what chance leaves in them, as draws are added.

    Parameters
    ----------
    values : array_like of float
        Draws of a result **in the order they were drawn**, not sorted; no NaN.
    sizes : sequence of int
        Numbers of draws to show: the first that many, each 100 or more and at most all.

    Returns
    -------
    pandas.DataFrame
        Index ``draws``; ``p10``, ``p50``, ``p90`` (in the unit of the values), and ``p10_error``,
        ``p50_error``, ``p90_error`` (their :func:`quantile_errors`).

    Examples
    --------
    >>> draws = np.random.default_rng(1).lognormal(0.0, 0.5, 20_000)
    >>> table = convergence(draws, [1_000, 20_000])
    >>> bool(table.loc[20_000, "p90_error"] < table.loc[1_000, "p90_error"] / 2)
    True
    """
    count = np.size(values)
    defects = [
        f"nombre de tirages = {size} : il faut un nombre entier de {MIN_DRAWS} à {number(count)}"
        for size in sizes
        if not (MIN_DRAWS <= size <= count and size == int(size))
    ]
    drawn = _draws(values, MIN_DRAWS, defects)
    rows = []
    for size in sizes:
        first = drawn[: int(size)]
        levels = list(LEVELS.values())
        rows.append([*np.quantile(first, levels), *_relative_errors(first, levels)])
    columns = [*LEVELS, *(f"{name}_error" for name in LEVELS)]
    index = pd.Index([int(size) for size in sizes], name="draws", dtype="int64")
    return pd.DataFrame(rows, index=index, columns=columns, dtype="float64")


def draws_needed(values: npt.ArrayLike, *, error: float) -> int:
    """
    Choose the number of draws for the quantiles to be as stable as asked.

    Parameters
    ----------
    values : array_like of float
        First draws of the result, 1,000 or more, no NaN.
    error : float
        Largest standard error of p10, p50 and p90, as a share of each; 0.0001 to 0.5.

    Returns
    -------
    int
        1,000, 2,000, 4,000...: the first that is enough, the worst of the three quantiles deciding.
        The error of a quantile shrinks as 1 / sqrt(n): n' = n (worst error / asked)^2; that of the
        first draws is itself known to about 20 % for 1,000 of them, and 10 % for 20,000.

    Raises
    ------
    ScenarioError
        If one of the quantiles is 0 too.

    Examples
    --------
    >>> draws = np.random.default_rng(1).lognormal(0.0, 0.5, 20_000)
    >>> draws_needed(draws, error=0.01)
    8000
    """
    defects = []
    if not 1e-4 <= error <= 0.5:
        defects.append(f"erreur = {error} : il faut une part de 0,0001 à 0,5")
    drawn = _draws(values, 1_000, defects)
    worst = float(np.max(_relative_errors(drawn, list(LEVELS.values()))))
    if math.isnan(worst):
        raise ScenarioError(
            "Le nombre de tirages ne peut pas être choisi.",
            defects=["un des quantiles vaut 0 : une erreur en part de 0 n’a pas de sens"],
            remedy="donnez un résultat positif, par exemple les demandes par an.",
        )
    needed = drawn.size * (worst / error) ** 2
    return 1_000 << max(0, math.ceil(math.log2(max(needed, 1.0) / 1_000)))


def _relative_errors(values: Floats, levels: Sequence[float]) -> Floats:
    """Half the gap between the quantiles around each level, as a share of it; NaN where it is 0."""
    at = np.asarray(levels, dtype=np.float64)
    step = np.sqrt(at * (1.0 - at) / values.size)
    low, middle, high = np.quantile(values, [at - step, at, at + step])
    known = middle != 0.0
    return np.where(known, (high - low) / 2.0 / np.where(known, np.abs(middle), 1.0), np.nan)


def _draws(values: npt.ArrayLike, at_least: int, defects: list[str]) -> Floats:
    """The draws as an array, once they are enough finite numbers and nothing else is wrong."""
    drawn = np.asarray(values, dtype=np.float64)
    if drawn.ndim != 1 or drawn.size < at_least:
        defects.append(
            f"tirages de forme {drawn.shape} : il en faut une liste d’au moins {number(at_least)}"
        )
    elif unknown := int((~np.isfinite(drawn)).sum()):
        defects.append(f"{unknown} des tirages ne sont pas des nombres finis")
    if defects:
        raise ScenarioError(
            "La convergence ne peut pas être mesurée.",
            defects=defects,
            remedy="donnez les tirages dans leur ordre, et des réglages dans ces bornes.",
        )
    return drawn

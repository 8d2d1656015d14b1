"""Whether enough draws were made: what chance leaves in the quantiles of a Monte Carlo.

That error is of the computation only, and says nothing of the inputs. Arguments outside their
domain raise one ScenarioError that lists them all.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from cpts_geo.capacity.demand.requests import MIN_DRAWS
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

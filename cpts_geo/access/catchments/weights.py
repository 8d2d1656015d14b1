"""How much an hour's drive counts: weights that fall with travel time.

Every weight is 1 at most, never rises with time, and is 0 from its reach on. Steps are
left-closed (10 minutes exactly belongs to "10 to 15"), as the DREES words its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from cpts_geo.errors import TravelError
from cpts_geo.french import number

Minutes = npt.NDArray[np.float64]
#: Points at which a weight of the analyst's own is checked before use.
_CHECKED = 2_000
#: Times weighed at once: what a processor keeps at hand.
_BLOCK = 1 << 15


@dataclass(frozen=True)
class Weight:
    """
    A weight of travel time; make one with the functions of this module.

    Parameters
    ----------
    function : callable
        Array of minutes (>= 0, finite) to array of weights, same shape.
    reach : float
        Minutes from which the weight is 0.
    label : str
        French words for a caption.
    """

    function: Callable[[Minutes], Minutes]
    reach: float
    label: str

    def __call__(self, minutes: Minutes) -> Minutes:
        """Weights of travel times, 0 at `reach` and beyond."""
        return self.function(minutes)


def step_weight(breaks: Sequence[float], weights: Sequence[float]) -> Weight:
    """
    Weigh by bands of minutes, left-closed.

    Parameters
    ----------
    breaks : sequence of float
        Upper bounds of the bands in minutes, excluded, rising; the last one is the reach.
    weights : sequence of float
        Weight of each band, between 0 and 1, never rising.

    Returns
    -------
    Weight
        ``weights[0]`` below ``breaks[0]``, ..., 0 from ``breaks[-1]`` on.

    Raises
    ------
    TravelError
        Not as many weights as bands, breaks that do not rise, weights outside [0, 1] or rising.

    Examples
    --------
    >>> step_weight((10, 15), (1, 0.5))(np.array([0.0, 9.9, 10.0, 15.0])).tolist()
    [1.0, 1.0, 0.5, 0.0]
    """
    bounds = np.asarray(breaks, dtype=np.float64)
    values = np.asarray(weights, dtype=np.float64)
    defects = []
    if bounds.size == 0 or bounds.size != values.size:
        defects.append(f"{bounds.size} borne(s) pour {values.size} poids : il en faut autant")
    elif not (np.isfinite(bounds).all() and bounds[0] > 0 and (np.diff(bounds) > 0).all()):
        defects.append(f"bornes {_shown(bounds)} : minutes croissantes au-dessus de 0 attendues")
    if not (np.isfinite(values).all() and ((values >= 0) & (values <= 1)).all()):
        defects.append(f"poids {_shown(values)} : nombres de 0 à 1 attendus")
    elif (np.diff(values) > 0).any():
        defects.append(f"poids {_shown(values)} : un poids ne peut pas croître avec le temps")
    if defects:
        raise _refused(defects)
    table = np.append(values, 0.0)

    def weigh(minutes: Minutes) -> Minutes:
        flat = np.ravel(minutes)
        found = np.empty(flat.shape)
        for start in range(0, flat.size, _BLOCK):
            block = flat[start : start + _BLOCK]
            # Counting the bounds passed, block by block, is several times faster than a search.
            band = np.zeros(block.shape, dtype=np.min_scalar_type(bounds.size))
            for bound in bounds:
                band += block >= bound
            table.take(band, out=found[start : start + _BLOCK], mode="clip")
        return found.reshape(np.shape(minutes))

    steps = [f"{number(w, 2)} sous {_minutes(b)} min" for b, w in zip(bounds, values, strict=True)]
    return Weight(weigh, float(bounds[-1]), f"poids {', '.join(steps)}, 0 au-delà")


def gaussian_weight(sigma: float, *, reach: float) -> Weight:
    """
    Weigh by a Gaussian of travel time, cut at a reach.

    Parameters
    ----------
    sigma : float
        Minutes at which the weight is exp(-1/2), above 0.
    reach : float
        Minutes from which the weight is 0.

    Returns
    -------
    Weight
        ``exp(-t² / (2 sigma²))`` below `reach`.

    Raises
    ------
    TravelError
        `sigma` or `reach` not above 0.

    Examples
    --------
    >>> gaussian_weight(10.0, reach=30.0)(np.array([0.0, 10.0, 30.0])).round(4).tolist()
    [1.0, 0.6065, 0.0]
    """
    defects = _of_reach(reach)
    if not sigma > 0:
        defects.append(f"sigma = {number(sigma, 1)} : minutes au-dessus de 0 attendues")
    if defects:
        raise _refused(defects)
    words = f"poids gaussien (écart-type {_minutes(sigma)} min), 0 dès {_minutes(reach)} min"
    return custom_weight(lambda t: np.exp(-0.5 * (t / sigma) ** 2), reach=reach, label=words)


def custom_weight(
    function: Callable[[Minutes], Minutes], *, reach: float, label: str = "poids choisi"
) -> Weight:
    """
    Weigh by a function of the analyst's own, cut at a reach.

    Parameters
    ----------
    function : callable
        Array of minutes to array of weights between 0 and 1, never rising with time.
    reach : float
        Minutes from which the weight is 0.
    label : str
        French words for a caption.

    Returns
    -------
    Weight
        The function below `reach`, 0 from there on.

    Raises
    ------
    TravelError
        The function gives weights that rise with time, or outside [0, 1], or no number, at one
        of 2,000 times checked from 0 to `reach`.

    Examples
    --------
    >>> custom_weight(lambda t: 1 / (1 + t), reach=20)(np.array([0.0, 1.0, 20.0])).tolist()
    [1.0, 0.5, 0.0]
    """
    if defects := _of_reach(reach):
        raise _refused(defects)
    checked = np.linspace(0.0, reach, _CHECKED, endpoint=False)
    values = np.asarray(function(checked), dtype=np.float64)
    if values.shape != checked.shape or not np.isfinite(values).all():
        defects.append("la fonction ne rend pas un poids par temps de trajet")
    else:
        if values.min() < 0 or values.max() > 1:
            shown = _shown(np.array([values.min(), values.max()]))
            defects.append(f"poids de {shown} : nombres de 0 à 1 attendus")
        rises = np.flatnonzero(np.diff(values) > 1e-12)
        if rises.size:
            when = number(checked[rises[0]], 1)
            defects.append(f"le poids croît avec le temps à partir de {when} min")
    if defects:
        raise _refused(defects)

    def weigh(minutes: Minutes) -> Minutes:
        return np.where(minutes < reach, function(minutes), 0.0)

    return Weight(weigh, float(reach), label)


def _of_reach(reach: float) -> list[str]:
    if np.isfinite(reach) and reach > 0:
        return []
    return [f"portée {reach} : un nombre de minutes au-dessus de 0 est attendu"]


def _minutes(value: float) -> str:
    return number(value, 0 if value == round(value) else 1)


def _shown(values: Minutes) -> str:
    return " ; ".join(number(value, 2) for value in values)


def _refused(defects: Sequence[str]) -> TravelError:
    return TravelError(
        "Les poids du temps de trajet ne peuvent pas être utilisés.",
        defects=defects,
        remedy="donnez des poids de 0 à 1 qui ne croissent jamais avec le temps, et autant de "
        "bornes, par exemple step_weight((10, 15, 20), (1, 2/3, 1/3)).",
    )


#: Weights of the APL since 2015 (DREES, sheet "Paramètres" of the workbook APL 2022-2023).
APL_WEIGHT: Final = step_weight((10.0, 15.0, 20.0), (1.0, 2 / 3, 1 / 3))
#: Weights of the APL before 2015 (IRDES, DT 70, 2016); no series crosses the break.
APL_WEIGHT_BEFORE_2015: Final = step_weight((5.0, 10.0, 15.0), (1.0, 0.3, 0.1))

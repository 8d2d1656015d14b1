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

_Minutes = npt.NDArray[np.float64]
#: Times weighed at once: what a processor keeps at hand.
_BLOCK = 1 << 15


@dataclass(frozen=True)
class Weight:
    """
    A weight of travel time; make one with :func:`step_weight`.

    Parameters
    ----------
    function : callable
        Array of minutes (>= 0, finite) to array of weights, same shape.
    reach : float
        Minutes from which the weight is 0.
    label : str
        French words for a caption.
    """

    function: Callable[[_Minutes], _Minutes]
    reach: float
    label: str

    def __call__(self, minutes: _Minutes) -> _Minutes:
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

    def weigh(minutes: _Minutes) -> _Minutes:
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


def _minutes(value: float) -> str:
    """Minutes in French, with a decimal where they are not whole."""
    return number(value, 0 if value == round(value) else 1)


def _shown(values: _Minutes) -> str:
    """Numbers in French, separated by semicolons."""
    return " ; ".join(number(value, 2) for value in values)


def _refused(defects: Sequence[str]) -> TravelError:
    """Error that lists what is wrong with a weight of travel time."""
    return TravelError(
        "Les poids du temps de trajet ne peuvent pas être utilisés.",
        defects=defects,
        remedy="donnez des poids de 0 à 1 qui ne croissent jamais avec le temps, et autant de "
        "bornes, par exemple step_weight((10, 15, 20), (1, 2/3, 1/3)).",
    )


#: Weights of the APL since 2015 (DREES, sheet "Paramètres" of the workbook APL 2022-2023).
APL_WEIGHT: Final = step_weight((10.0, 15.0, 20.0), (1.0, 2 / 3, 1 / 3))

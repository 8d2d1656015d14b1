"""How much an hour's drive counts: weights that fall with travel time.

Every weight is 1 at most, never rises with time, and is 0 from its reach on. Steps are
left-closed (10 minutes exactly belongs to "10 to 15"), as the DREES words its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from cpts_geo.errors import TravelError
from cpts_geo.french import counted, number

_Minutes = npt.NDArray[np.float64]
#: Times weighed at once: what a processor keeps at hand.
_BLOCK = 1 << 15


@dataclass(frozen=True)
class Weight:
    """
    A weight of travel time by bands of minutes, left-closed.

    Parameters
    ----------
    breaks : sequence of float
        Upper bounds of the bands in minutes, excluded, rising; the last one is the reach.
    weights : sequence of float
        Weight of each band, between 0 and 1, never rising; 0 from the reach on.

    Raises
    ------
    TravelError
        Not as many weights as bands, breaks that do not rise, weights outside [0, 1] or rising.

    Examples
    --------
    >>> Weight((10, 15), (1, 0.5))(np.array([0.0, 9.9, 10.0, 15.0])).tolist()
    [1.0, 1.0, 0.5, 0.0]
    """

    breaks: Sequence[float]
    weights: Sequence[float]

    def __post_init__(self) -> None:
        bounds = np.asarray(self.breaks, dtype=np.float64)
        values = np.asarray(self.weights, dtype=np.float64)
        defects = []
        if bounds.size == 0 or bounds.size != values.size:
            many = counted(bounds.size, "borne", "bornes")
            defects.append(f"{many} pour {values.size} poids : il en faut autant")
        elif not (np.isfinite(bounds).all() and bounds[0] > 0 and (np.diff(bounds) > 0).all()):
            defects.append(
                f"bornes {_shown(bounds)} : minutes croissantes au-dessus de 0 attendues"
            )
        if not (np.isfinite(values).all() and ((values >= 0) & (values <= 1)).all()):
            defects.append(f"poids {_shown(values)} : nombres de 0 à 1 attendus")
        elif (np.diff(values) > 0).any():
            defects.append(f"poids {_shown(values)} : un poids ne peut pas croître avec le temps")
        if defects:
            raise TravelError(
                "Les poids du temps de trajet ne peuvent pas être utilisés.",
                defects=defects,
                remedy="donnez des poids de 0 à 1 qui ne croissent jamais avec le temps, et autant "
                "de bornes, par exemple Weight((10, 15, 20), (1, 2/3, 1/3)).",
            )

    @property
    def reach(self) -> float:
        """Minutes from which the weight is 0."""
        return float(self.breaks[-1])

    def __call__(self, minutes: _Minutes) -> _Minutes:
        """Weights of travel times (>= 0, finite), same shape."""
        table = np.append(np.asarray(self.weights, dtype=np.float64), 0.0)
        flat = np.ravel(minutes)
        found = np.empty(flat.shape)
        for start in range(0, flat.size, _BLOCK):
            block = flat[start : start + _BLOCK]
            # Counting the bounds passed, block by block, is several times faster than a search.
            band = np.zeros(block.shape, dtype=np.min_scalar_type(len(self.breaks)))
            for bound in self.breaks:
                band += block >= bound
            table.take(band, out=found[start : start + _BLOCK], mode="clip")
        return found.reshape(np.shape(minutes))


def _shown(values: _Minutes) -> str:
    """Numbers in French, separated by semicolons."""
    return " ; ".join(number(value, 2) for value in values)


#: Weights of the APL since 2015 (DREES, sheet "Paramètres" of the workbook APL 2022-2023).
APL_WEIGHT: Final = Weight((10.0, 15.0, 20.0), (1.0, 2 / 3, 1 / 3))

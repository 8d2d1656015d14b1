"""Homes on a lattice and sites drawn beside them, on two lands, to try catchments by tiles on."""

from __future__ import annotations

import numpy as np
import pandas as pd

_WEST, _SOUTH = 2.0, 48.0


def lattice(side: int, *, step: float = 0.01) -> pd.DataFrame:
    """`side` × `side` homes with whole people, on two lands, whose roads are of three kinds."""
    rng = np.random.default_rng(side)
    east, north = np.meshgrid(np.arange(side), np.arange(side))
    return pd.DataFrame(
        {
            "lon": _WEST + step * east.ravel(),
            "lat": _SOUTH + step * north.ravel(),
            "people": rng.integers(1, 60, side**2).astype(np.float64),
            "land": (east.ravel() > 0.8 * side).astype(int),
            "factor": rng.choice([0.9, 1.0, 1.2], side**2),
        }
    )


def scattered(many: int, *, side: float = 0.6) -> pd.DataFrame:
    """Sites within some degrees, one in five without supply."""
    rng = np.random.default_rng(many)
    return pd.DataFrame(
        {
            "lon": _WEST + rng.uniform(0, side, many),
            "lat": _SOUTH + rng.uniform(0, side, many),
            "supply": rng.integers(1, 9, many) * (rng.random(many) > 0.2).astype(np.float64),
            "land": rng.integers(0, 2, many),
            "factor": rng.choice([0.9, 1.1], many),
        }
    )

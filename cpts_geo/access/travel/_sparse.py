"""Matrices of pairs, small and fast to make."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array


def csr(
    values: npt.NDArray[np.floating[Any]],
    rows: npt.NDArray[np.integer],
    columns: npt.NDArray[np.integer],
    *,
    shape: tuple[int, int],
) -> csr_array:
    """Values, one a pair, by row in the order given, with 32-bit indices and zeros kept."""
    # Half the memory of the default, and twice as fast.
    places = rows.astype(np.int32, copy=False), columns.astype(np.int32, copy=False)
    matrix = coo_array((values, places), shape=shape)
    # Each pair stands once: no need to look for duplicates, which would sort every row.
    matrix.has_canonical_format = True
    return matrix.tocsr()

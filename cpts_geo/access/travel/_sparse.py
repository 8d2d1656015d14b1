"""Pairs by the million: codes as positions in the few that differ, times as small matrices."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
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


class Coded(NamedTuple):
    """A column of codes: `codes`, each once in order of appearance, and `at`, -1 where absent."""

    at: npt.NDArray[np.intp]
    codes: pd.Index

    def texts(self) -> pd.Series:
        """The column as texts, missing where absent."""
        return (
            pd.Series(self.codes.to_numpy()).reindex(self.at).reset_index(drop=True).astype("str")
        )


def coded(column: pd.Series) -> Coded:
    """Read a column of codes, of texts, numbers or categories, as texts."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        first, found = pd.factorize(column.cat.codes.to_numpy())
        # An absent one is -1: the last of the categories and a missing one.
        known = column.cat.categories.astype("str")
        labels = known.append(pd.Index([np.nan], dtype="str")).take(found)
    else:
        first, values = pd.factorize(column)
        labels = pd.Index(values).astype("str")
    second, codes = pd.factorize(labels)
    # 1 and "1" are one code.
    plain = len(codes) == len(labels) and not (first < 0).any()
    return Coded(first if plain else np.append(second, -1)[first], pd.Index(codes, dtype="str"))

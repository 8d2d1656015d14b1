"""Counts crossed two ways (months and outcomes), both of whose totals are shown.

Each total is a split of all counts, masked by :func:`cpts_geo.secrecy.disclosure.shown_counts`.
Inside, what is masked is a block, some rows times some columns, so that an outsider who subtracts
what is shown from the totals knows the two margins of the block and no more. A count n of row sum
R and column sum C, in a block of N, may then be any whole number from max(0, R + C - N) to
min(R, C), and these bounds are reached (Fréchet).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from cpts_geo.secrecy.disclosure import _MIN_POSSIBLE, MIN_PATIENTS, shown_counts

_Ints = npt.NDArray[np.int64]
_Places = tuple[int, ...]


@dataclass(frozen=True)
class Crossed:
    """
    What may be shown of a table of counts and of its totals; NaN where it is masked.

    Parameters
    ----------
    cells : DataFrame
        Counts.
    rows, columns : Series
        Totals.
    """

    cells: pd.DataFrame
    rows: pd.Series
    columns: pd.Series


def shown_nested(
    counts: pd.DataFrame, groups: Mapping[str, Sequence[str]]
) -> tuple[Crossed, pd.DataFrame]:
    """
    Mask what may not be shown of such counts, and of groups of columns, these shown first.

    Parameters
    ----------
    counts : DataFrame of int
        As for :func:`shown_crossing`.
    groups : mapping of str to sequence of str
        Columns of each group; each column is of one.

    Returns
    -------
    tuple of Crossed and DataFrame
        The counts, and those of the groups. Given the latter, what is masked in a group says
        nothing of another: each is a crossing whose totals are shown.

    Examples
    --------
    >>> table = pd.DataFrame({"a": [40, 40, 40], "b": [30, 9, 30], "c": [60, 60, 60]})
    >>> found, whole = shown_nested(table, {"ab": ["a", "b"], "other": ["c"]})
    >>> found.cells["a"].tolist(), whole["ab"].tolist()
    ([nan, nan, 40.0], [70.0, 49.0, 70.0])
    """
    names = {name: list(columns) for name, columns in groups.items()}
    whole = shown_crossing(
        pd.DataFrame({name: counts[columns].sum(axis=1) for name, columns in names.items()})
    )
    parts = [
        shown_crossing(counts[columns], apart=whole.cells.index[whole.cells[name].isna()])
        for name, columns in names.items()
    ]
    cells = pd.concat([each.cells for each in parts], axis=1)[counts.columns]
    totals = pd.concat([each.columns for each in parts])[counts.columns]
    return Crossed(cells, whole.rows, totals), whole.cells


def shown_crossing(counts: pd.DataFrame, *, apart: Collection[object] = ()) -> Crossed:
    """
    Mask what may not be shown of counts crossed two ways.

    Parameters
    ----------
    counts : DataFrame of int
        Patients, calls; 0 or more, all known.
    apart : collection
        Rows whose total is known to be masked elsewhere: theirs is masked, and so are their cells.

    Returns
    -------
    Crossed
        No count of 1 to 10 stands in it, nor comes back by subtraction within five whole numbers.

    Examples
    --------
    >>> table = pd.DataFrame({"a": [40, 40, 40], "b": [30, 9, 30], "c": [60, 60, 60]})
    >>> found = shown_crossing(table)
    >>> found.cells["b"].tolist(), found.cells["c"].tolist(), found.columns.tolist()
    ([nan, nan, 30.0], [60.0, 60.0, 60.0], [120.0, 69.0, 180.0])
    """
    rows, columns = _total(counts.sum(axis=1)), _total(counts.sum(axis=0))
    rows = rows.mask(rows.index.isin(list(apart)))
    nothing = Crossed(counts.astype(float) * np.nan, rows, columns * np.nan)
    if columns.isna().all() or rows.isna().all():
        return Crossed(nothing.cells, rows, columns)
    # Rows whose total is masked are one, which the totals of the columns tell.
    single = rows.isna().to_numpy()
    table = counts.to_numpy(dtype=np.int64)
    rest = table[single].sum(axis=0, keepdims=True)
    table = np.vstack([table[~single], rest]) if single.any() else table
    if len(table) == 1:
        # One row is its totals.
        shown_row = np.broadcast_to(columns.to_numpy(dtype=float), counts.shape)
        return Crossed(nothing.cells.fillna(0.0) + shown_row, rows, columns)
    block = _block(table, told=columns.notna().to_numpy())
    if block is None:
        return nothing
    hidden = np.zeros(table.shape, dtype=bool)
    hidden[np.ix_(*block)] = True
    cells = counts.astype(float).mask(np.broadcast_to(single[:, None], counts.shape))
    shown = cells[~single].mask(hidden[: (~single).sum()])
    cells.loc[~single] = shown
    return Crossed(cells, rows, columns)


def _total(counts: pd.Series) -> pd.Series:
    """A split of all counts as it may be shown: all masked where nothing else protects it."""
    table = shown_counts(counts)
    return table["value"].reindex(counts.index)


def _block(table: _Ints, *, told: npt.NDArray[np.bool_]) -> tuple[_Places, _Places] | None:
    """The smallest rows and columns to mask; none to mask is a block of nothing, None where no
    block protects."""
    few = (table > 0) & (table < MIN_PATIENTS)
    if not few.any() and told.all():
        return (), ()
    first_rows = np.asarray(few.any(axis=1))
    first_columns = np.asarray(few.any(axis=0)) | ~told
    by_row = _order(first_rows, table.sum(axis=1))
    by_column = _order(first_columns, table.sum(axis=0))
    sizes = [
        (h * w, h, w)
        for h in range(max(int(first_rows.sum()), 2), len(by_row) + 1)
        for w in range(max(int(first_columns.sum()), 2), len(by_column) + 1)
    ]
    for _, high, wide in sorted(sizes):
        block = tuple(by_row[:high]), tuple(by_column[:wide])
        if _is_safe(table[np.ix_(*block)], told[list(block[1])]):
            return block
    return None


def _order(first: npt.NDArray[np.bool_], totals: _Ints) -> list[int]:
    """_Places that must be masked, then the others, the smallest first."""
    return [int(place) for place in np.lexsort((totals, ~first))]


def _is_safe(block: _Ints, told: npt.NDArray[np.bool_]) -> bool:
    """Whether who knows the margins of a block can narrow none of its small counts.

    Columns whose total is masked are known together: what they hold may be of any of them.
    """
    rows, all_of = block.sum(axis=1), int(block.sum())
    columns = np.where(told, block.sum(axis=0), int(block[:, ~told].sum()))
    least = np.maximum(0, rows[:, None] + columns[None, :] - all_of)
    least[:, ~told] = 0 if (~told).sum() > 1 else least[:, ~told]
    most = np.minimum(rows[:, None], columns[None, :])
    few = (block > 0) & (block < MIN_PATIENTS)
    margins = np.concatenate([rows, columns])
    return bool(
        (most - least >= _MIN_POSSIBLE - 1)[few].all()
        and ((margins == 0) | (margins >= MIN_PATIENTS)).all()
    )

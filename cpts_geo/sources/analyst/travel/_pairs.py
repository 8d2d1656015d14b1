"""Pairs of a table of travel times: codes mended, times read, and what is wrong with them.

Tables hold millions of pairs, of few codes and of few times: texts are categories, read once each.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array

from cpts_geo.errors import Defect, alike, one_line, quoted
from cpts_geo.sources.analyst.travel._durations import minutes_of
from cpts_geo.sources.codes import mended_codes

_NO_TIME: Final = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "-"})
_INFINITE: Final = re.compile(r"[-+]?(?:inf|infinity|infini|∞)", re.IGNORECASE)
_NUMBER: Final = re.compile(
    r"[-+]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:e[-+]?[0-9]+)?", re.IGNORECASE
)
_THOUSANDS: Final = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))")
#: Times of most tables, which a library reads at once.
_PLAIN: Final = r"[0-9]{1,15}(?:\.[0-9]{1,15})?"


def pairs_of(
    header: Sequence[str], table: pd.DataFrame, places: dict[str, int]
) -> tuple[pd.DataFrame, pd.Series, int, list[Defect]]:
    """Pairs in the unit of the file, times as written, count of mended codes, wrong codes."""
    if places:
        times = table[places["time"]]
        ends = table[places["origin"]], table[places["destination"]]
        origin, destination, repaired, defects = _mended(*ends)
    else:
        rows, columns = len(table), len(header) - 1
        origin, destination, repaired, defects = _mended(table[0], pd.Series(header[1:]))
        for where, codes in (("première colonne", origin), ("en-tête", destination)):
            twice = sorted(set(codes[codes.duplicated()]))
            lines = (f"{where} : code {quoted(code)} en double" for code in twice)
            defects += alike(lines, "code en double", total=len(twice))
        origin = origin.repeat(columns)
        destination = pd.Series(destination.array.take(np.tile(np.arange(columns), rows)))
        by_column = pd.concat([table[place + 1] for place in range(columns)], ignore_index=True)
        times = by_column.take(np.arange(rows * columns).reshape(columns, rows).T.ravel())
    times = _texts(times)
    pairs = pd.DataFrame(
        {"origin": origin.array, "destination": destination.array, "minutes": _numbers(times)}
    )
    return pairs, times.reset_index(drop=True), repaired, defects


def all_differ(pairs: pd.DataFrame) -> bool:
    """Whether each pair of codes stands once."""
    start, end = (pairs[name].cat.codes.to_numpy() for name in ("origin", "destination"))
    size = len(pairs["origin"].cat.categories)
    laid = coo_array((np.ones(len(pairs), dtype=bool), (start, end)), shape=(size, size))
    # Said without looking: scipy would add up the pairs that are looked for.
    laid.has_canonical_format = True
    rows = laid.tocsr()
    rows.sort_indices()
    same = np.diff(rows.indices) == 0
    edges = rows.indptr[1:-1]
    same[edges[(edges > 0) & (edges < len(pairs))] - 1] = False
    return not same.any()


def _texts(column: pd.Series) -> pd.Series:
    """A column of texts as categories, "" where missing; numbers as they are."""
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return column
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column.astype(str).fillna("").astype("category")
    if column.isna().any():
        column = column.cat.set_categories([*dict.fromkeys([*column.cat.categories, ""])])
        return column.fillna("")
    return column


def _as_text(codes: pd.Series) -> pd.Series:
    """Codes as texts, or as the categories they are."""
    return codes if isinstance(codes.dtype, pd.CategoricalDtype) else codes.astype(str)


def _mended(
    origin: pd.Series, destination: pd.Series
) -> tuple[pd.Series, pd.Series, int, list[Defect]]:
    """Codes of both ends with lost zeros restored, how many were, and those that are no code."""
    ends = [_texts(codes) for codes in (_as_text(origin), _as_text(destination))]
    for place, column in enumerate(ends):
        # Finding what is unused sorts every row: it is seldom needed.
        if not np.bincount(column.cat.codes, minlength=len(column.cat.categories)).all():
            ends[place] = column.cat.remove_unused_categories()
    found = [pd.Series(codes.cat.categories, dtype=str) for codes in ends]
    written = pd.Series(pd.concat(found).unique(), dtype=str)
    mended, defects = mended_codes(written)
    mended = written if defects else mended
    places, codes = pd.factorize(mended)
    labels = pd.Index(codes, dtype=str)
    at = pd.Series(places, index=written)
    start, end = (
        pd.Series(pd.Categorical.from_codes(at[texts].to_numpy()[column.cat.codes], labels))
        for texts, column in zip(found, ends, strict=True)
    )
    return start, end, int((mended != written).sum()), defects


def _numbers(times: pd.Series) -> npt.NDArray[np.float64]:
    """Times as numbers: NaN for those that are empty and for those that are no number."""
    if not isinstance(times.dtype, pd.CategoricalDtype):
        return times.to_numpy(dtype="float64", na_value=np.nan)
    # Far fewer distinct texts than cells: each is parsed once.
    written = pd.Series(times.cat.categories, dtype=str)
    is_plain = written.str.fullmatch(_PLAIN).to_numpy(dtype=bool)
    values = np.full(len(written), np.nan)
    values[is_plain] = written[is_plain].astype("float64")
    values[~is_plain] = [_number(text) for text in written[~is_plain]]
    return values[times.cat.codes]


def _number(text: str) -> float:
    """Number that a cell writes; NaN for none."""
    plain = _THOUSANDS.sub("", text.strip())
    if (duration := minutes_of(plain)) is not None:
        return duration
    if _INFINITE.fullmatch(plain):
        return math.inf
    return float(plain.replace(",", ".")) if _NUMBER.fullmatch(plain) else math.nan


def not_durations(pairs: pd.DataFrame, times: pd.Series) -> list[Defect]:
    """Lines on the numbers that stand among durations: their unit is not said."""
    bare = [minutes_of(text) is None for text in times.astype(str).fillna("")]
    numbers = pairs[pairs["minutes"].notna() & np.array(bare, dtype=bool)]
    return listed_pairs("nombre parmi des durées", numbers, times)


def wrong_times(pairs: pd.DataFrame, times: pd.Series, *, once: bool) -> list[str]:
    """Lines on the times that are none, and on pairs that have two."""
    minutes = pairs["minutes"]
    lost = pairs[minutes.isna()]
    texts = times[lost.index]
    empty = texts.isna() | texts.astype(str).str.strip().str.lower().isin(_NO_TIME)
    twice = pairs.iloc[:0]
    if not once:
        known = pairs[minutes.notna()].drop_duplicates()
        twice = known[known.duplicated(["origin", "destination"], keep=False)]
        ends = twice.astype({"origin": str, "destination": str})
        twice = twice.loc[ends.sort_values(["origin", "destination"], kind="stable").index]
    defects: list[str] = [
        *listed_pairs("pas un nombre", lost[~empty], times),
        *listed_pairs("temps négatif", pairs[minutes < 0], times),
        *listed_pairs("temps infini", pairs[np.isinf(minutes) & (minutes > 0)], times),
        *listed_pairs("deux temps pour une paire", twice, times),
    ]
    if isinstance(times.dtype, pd.CategoricalDtype):
        written = pd.Series(times[minutes.notna()].unique(), dtype=str)
        marked = [written[written.str.contains(mark, regex=False)] for mark in ",."]
        if all(len(texts) for texts in marked):
            shown = " et ".join(quoted(texts.iloc[0]) for texts in marked)
            defects.append(f"virgule et point mêlés, décimale ou milliers : {shown}")
    return defects


def listed_pairs(what: str, pairs: pd.DataFrame, times: pd.Series) -> list[Defect]:
    """Defects of one kind, one a pair."""
    ends = zip(pairs["origin"], pairs["destination"], times[pairs.index], strict=True)
    lines = (
        f"{what} : {one_line(origin)} → {one_line(destination)}, {quoted(str(text))}"
        for origin, destination, text in ends
    )
    return alike(lines, what, total=len(pairs))

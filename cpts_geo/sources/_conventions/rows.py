"""Rows of a delimited text as columns of text, read at once by a library."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

_CODED = pa.dictionary(pa.int32(), pa.string())
_LF, _CR = b"\n\r"
#: Bytes looked at at once.
_BLOCK = 1 << 22
_Name = TypeVar("_Name", str, int)


def split_rows(
    body: str,
    separator: str,
    *,
    width: int,
    columns: Mapping[_Name, int],
    refuse: Callable[[arrow_csv.InvalidRow], bool],
    newlines_in_cells: bool = False,
    coded: bool = False,
) -> tuple[pd.DataFrame, int]:
    """Stripped texts of some columns of the rows that hold anything, and how many lines stand in
    cells of others; `refuse` is told each row of another width and says whether to go on, else
    (or for what is no row) a pyarrow.ArrowInvalid. Texts that repeat are `coded` as categories."""
    skipped = 0

    def told(row: arrow_csv.InvalidRow) -> str:
        nonlocal skipped
        skipped += 1
        return "skip" if refuse(row) else "error"

    wanted = [f"{place}" for place in dict.fromkeys(columns.values())]
    content = body.encode("utf-8", errors="replace")
    table = arrow_csv.read_csv(
        io.BytesIO(content),
        read_options=arrow_csv.ReadOptions(
            column_names=[f"{place}" for place in range(width)], use_threads=False
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=separator, newlines_in_values=newlines_in_cells, invalid_row_handler=told
        ),
        convert_options=arrow_csv.ConvertOptions(
            include_columns=wanted,
            column_types=dict.fromkeys(wanted, _CODED if coded else pa.string()),
            strings_can_be_null=False,
        ),
    )
    lost = _lines(content) - table.num_rows - skipped
    found = pd.DataFrame(
        {name: _stripped(table.column(f"{place}")) for name, place in columns.items()}
    )
    # Spreadsheets leave lines of separators below a table.
    return found[(found != "").any(axis=1)].reset_index(drop=True), lost


def _lines(content: bytes) -> int:
    """Lines that hold anything."""
    # By blocks: a file of a hundred million lines would fill the memory.
    count, before = 0, True
    for start in range(0, len(content), _BLOCK):
        block = np.frombuffer(content, dtype=np.uint8, count=min(_BLOCK, len(content) - start),
                              offset=start)  # fmt: skip
        ends = (block == _LF) | (block == _CR)
        count += int((ends[:-1] & ~ends[1:]).sum()) + int(before and not ends[0])
        before = bool(ends[-1])
    return count


def _stripped(column: pa.ChunkedArray) -> pd.Series:
    """Texts without the spaces around, or the categories they are; never missing."""
    if not pa.types.is_dictionary(column.type):
        return pd.Series(column.to_pandas(), dtype=str).str.strip()
    held = pa.chunked_array(column.unify_dictionaries().chunks, type=column.type)
    texts = held.to_pandas()
    places, labels = pd.factorize(texts.cat.categories.astype("str").str.strip())
    return pd.Series(pd.Categorical.from_codes(places[texts.cat.codes], categories=labels))

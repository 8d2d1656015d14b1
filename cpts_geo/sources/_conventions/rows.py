"""Rows of a delimited text as columns of text, read at once by a library."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from typing import TypeVar

import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

_Name = TypeVar("_Name", str, int)


def split_rows(
    body: str,
    separator: str,
    *,
    width: int,
    columns: Mapping[_Name, int],
    refuse: Callable[[arrow_csv.InvalidRow], bool],
    newlines_in_cells: bool = False,
) -> tuple[pd.DataFrame, int]:
    """Stripped texts of some columns of the rows that hold anything, and how many lines stand in
    cells of others; `refuse` is told each row of another width and says whether to go on, else
    (or for what is no row) a pyarrow.ArrowInvalid."""
    skipped = 0

    def told(row: arrow_csv.InvalidRow) -> str:
        nonlocal skipped
        skipped += 1
        return "skip" if refuse(row) else "error"

    wanted = [f"{place}" for place in dict.fromkeys(columns.values())]
    table = arrow_csv.read_csv(
        io.BytesIO(body.encode("utf-8", errors="replace")),
        read_options=arrow_csv.ReadOptions(
            column_names=[f"{place}" for place in range(width)], use_threads=False
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=separator, newlines_in_values=newlines_in_cells, invalid_row_handler=told
        ),
        convert_options=arrow_csv.ConvertOptions(
            include_columns=wanted,
            column_types=dict.fromkeys(wanted, pa.string()),
            strings_can_be_null=False,
        ),
    )
    # One by one: a list of a hundred million empty lines would fill the memory.
    lost = sum(1 for _ in re.finditer(r"[^\r\n]+", body)) - table.num_rows - skipped
    found = pd.DataFrame(
        {
            name: pd.Series(table.column(f"{place}").to_pandas(), dtype=str).str.strip()
            for name, place in columns.items()
        }
    )
    # Spreadsheets leave lines of separators below a table.
    return found[(found != "").any(axis=1)].reset_index(drop=True), lost

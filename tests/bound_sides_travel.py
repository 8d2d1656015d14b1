"""Both sides of the bounds on tables of travel times."""

from __future__ import annotations

import io

import pandas as pd
from pyarrow import parquet

from cpts_geo.sources._bounds.limits import LIMITS
from cpts_geo.sources.analyst.travel.file import read_travel_file
from tests.bound_sides_door import Side, _of

PAIRS = pd.DataFrame(
    {"origine": ["45130", "45203"], "destination": ["45203", "45130"], "minutes": [9.0, 9.5]}
)
TEXT = PAIRS.to_csv(index=False).encode()
PACKED = PAIRS.to_parquet()


def _unpacked() -> int:
    about = parquet.ParquetFile(io.BytesIO(PACKED)).metadata
    return sum(about.row_group(place).total_byte_size for place in range(about.num_row_groups))


_list = _of(read_travel_file, "temps.csv", TEXT)
_parquet = _of(read_travel_file, "temps.parquet", PACKED)

SIDES: dict[str, Side] = {
    "travel_bytes": (_list, len(TEXT), len(TEXT) - 1),
    "travel_columns": (_list, 3, 2),
    "travel_pairs": (_list, 2, 1),
    "travel_unpacked": (_parquet, _unpacked(), _unpacked() - 1),
    "travel_seconds": (_parquet, LIMITS["travel_seconds"], 0),
    "travel_memory": (_parquet, LIMITS["travel_memory"], 1_000_000),
}

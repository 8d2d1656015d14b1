"""Minutes from each commune to the nearest emergency department or SMUR (DREES, 2019)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from cpts_geo.schema import PUBLISHED
from cpts_geo.sources._conventions.tables import UNIQUE_CODE
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.readers._formats.base import Reader, known_numbers, repaired_codes
from cpts_geo.sources.readers._formats.columns import QUANTITY
from cpts_geo.sources.readers._formats.text import header_cells, read_csv_text

_COLUMNS: Final = {"code_insee": "code_commune|codgeo", "minutes": r"minutes_su_smur(_\d{4})?"}
_MINUTES: Final = PUBLISHED.quantity


def _read_emergency_minutes(path: Path, source: Source) -> pd.DataFrame:
    """Minutes by commune, in order of code: code_insee, then the family of the column that shows
    them (NaN unknown)."""
    raw = read_csv_text(path, inner=source.inner, patterns=_COLUMNS)
    table = pd.DataFrame(
        {
            "code_insee": repaired_codes(raw["code_insee"], path),
            _MINUTES: known_numbers(raw["minutes"], path),
        }
    )
    return table.sort_values("code_insee", ignore_index=True)


def _vintage_of_emergency_minutes(path: Path, source: Source) -> str | None:
    """Year in the header of the minutes, where it says one."""
    header = header_cells(path, inner=source.inner, patterns=_COLUMNS)
    years = [cell[-4:] for cell in header if cell[-4:].isdigit()]
    return years[0] if years else None


READERS: Final = {
    "emergency_minutes": Reader(
        _read_emergency_minutes,
        pa.DataFrameSchema({"code_insee": UNIQUE_CODE, _MINUTES: QUANTITY}),
        _vintage_of_emergency_minutes,
    )
}

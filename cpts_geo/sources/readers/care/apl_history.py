"""APL of the earlier publications of the DREES, a column a vintage."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from cpts_geo.sources._conventions.tables import CODE
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.readers._formats.base import (
    Reader,
    known_numbers,
    repaired_codes,
    unexpected,
)
from cpts_geo.sources.readers._formats.columns import CONSULTATIONS, YEAR
from cpts_geo.sources.readers._formats.text import header_cells, read_csv_text

_CODE: Final = {"code_insee": "code_commune"}
_VINTAGE: Final = r"apl_(\d{4})"


def _read_apl_history(path: Path, source: Source) -> pd.DataFrame:
    """A row a commune and vintage, in this order of vintage then code: code_insee, vintage, apl
    (NaN unknown)."""
    header = header_cells(path, inner=source.inner, patterns=_CODE)
    years = sorted({match[1] for name in header if (match := re.fullmatch(_VINTAGE, name))})
    if not years:
        raise unexpected(path, ["aucune colonne « apl_AAAA »"])
    patterns = _CODE | {year: f"apl_{year}" for year in years}
    raw = read_csv_text(path, inner=source.inner, patterns=patterns)
    wide = pd.DataFrame({int(year): known_numbers(raw[year], path) for year in years})
    wide.insert(0, "code_insee", repaired_codes(raw["code_insee"], path))
    table = wide.melt("code_insee", var_name="vintage", value_name="apl")
    table = table.astype({"vintage": "int64"})
    return table.sort_values(["vintage", "code_insee"], ignore_index=True)


READERS: Final = {
    "apl_history": Reader(
        _read_apl_history,
        pa.DataFrameSchema(
            {"code_insee": CODE, "vintage": YEAR, "apl": CONSULTATIONS},
            unique=["code_insee", "vintage"],
        ),
    )
}

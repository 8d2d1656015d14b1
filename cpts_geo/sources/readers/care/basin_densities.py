"""Density of GPs of each bassin de vie (CartoSanté): an export of Géoclip."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from cpts_geo.sources._conventions.tables import UNIQUE_CODE
from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.codes import COLLECTIVITES
from cpts_geo.sources.readers._formats.base import Reader, known_numbers, repaired_codes
from cpts_geo.sources.readers._formats.columns import QUANTITY
from cpts_geo.sources.readers._formats.text import header_cells, read_csv_text

_HEADER: Final = r"densite de generalistes lib\. (\d{4})"
_COLUMNS: Final = {"bassin_de_vie": "code", "gps_per_10k": _HEADER}


def _read_densities(path: Path, source: Source) -> pd.DataFrame:
    """Liberal GPs by bassin de vie, in order of code: bassin_de_vie, gps_per_10k (NaN where it is
    secret)."""
    raw = read_csv_text(path, inner=source.inner, patterns=_COLUMNS)
    raw = raw[~raw["bassin_de_vie"].str.startswith(COLLECTIVITES)]
    table = pd.DataFrame(
        {
            "bassin_de_vie": repaired_codes(raw["bassin_de_vie"], path),
            "gps_per_10k": known_numbers(raw["gps_per_10k"], path),
        }
    )
    return table.sort_values("bassin_de_vie", ignore_index=True)


def _year(path: Path, source: Source) -> str | None:
    """Year in the header of the density."""
    header = header_cells(path, inner=source.inner, patterns=_COLUMNS)
    found = (re.fullmatch(_HEADER, plain(cell)) for cell in header)
    return next(match[1] for match in found if match)


READERS: Final = {
    "cartosante_bassins_de_vie": Reader(
        _read_densities,
        pa.DataFrameSchema({"bassin_de_vie": UNIQUE_CODE, "gps_per_10k": QUANTITY}),
        _year,
    )
}

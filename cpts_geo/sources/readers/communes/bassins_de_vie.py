"""Bassin de vie of each commune, in Insee's table of the areas that communes belong to."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from cpts_geo.sources._conventions.tables import CODE, UNIQUE_CODE
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.readers._formats.base import Reader, repaired_codes
from cpts_geo.sources.readers._formats.text import read_csv_text

_COLUMNS: Final = {"code_insee": "codgeo", "bassin_de_vie": r"bv\d{4}"}


def _read_bassins(path: Path, source: Source) -> pd.DataFrame:
    """Bassin de vie of each commune, in order of code: code_insee, bassin_de_vie (the code of its
    main commune)."""
    raw = read_csv_text(path, inner=source.inner, patterns=_COLUMNS)
    table = raw.apply(lambda codes: repaired_codes(codes, path))
    return table.sort_values("code_insee", ignore_index=True)


READERS: Final = {
    "bassins_de_vie": Reader(
        _read_bassins, pa.DataFrameSchema({"code_insee": UNIQUE_CODE, "bassin_de_vie": CODE})
    )
}

"""Communes of the CPTS of a region, as its ARS lists them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from cpts_geo.sources._conventions.tables import CODE, FILLED
from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.readers._formats.base import Reader, refuse_values, repaired_codes
from cpts_geo.sources.readers._formats.text import read_csv_text

_COLUMNS: Final = {
    "cpts": r"(nom[ _]?)?cpts",
    "code_insee": r"code[ _](insee|commune)",
    "liste_complete": r"liste[ _]complete",
}
_REMARK: Final = {"remarque": r"remarques?"}
_COMPLETE: Final = r"(oui|non)(?: ?: ?(\S.*))?"


def _read_cpts_list(path: Path, source: Source) -> pd.DataFrame:
    """Communes in the order of the file: cpts, code_insee (as listed, of several COG),
    liste_complete (``oui``, or ``non`` and what is missing of the list), remarque (empty for
    none)."""
    raw = read_csv_text(path, inner=source.inner, patterns=_COLUMNS, optional=_REMARK)
    said = raw["liste_complete"].map(lambda text: plain(text[:3]) + text[3:])
    parts = said.str.extract(f"^{_COMPLETE}$")
    refuse_values(
        raw["liste_complete"][parts[0].isna()],
        "liste complète : oui ou non attendu, pas « {} »",
        "ni oui ni non",
        path,
    )
    return pd.DataFrame(
        {
            "cpts": raw["cpts"],
            "code_insee": repaired_codes(raw["code_insee"], path),
            "liste_complete": parts[0] + (" : " + parts[1]).fillna(""),
            "remarque": raw.get("remarque", ""),
        }
    )


READERS: Final = {
    "cpts_list": Reader(
        read=_read_cpts_list,
        contract=pa.DataFrameSchema(
            {
                "cpts": FILLED,
                "code_insee": CODE,
                "liste_complete": FILLED,
                "remarque": pa.Column(str),
            },
            unique=["cpts", "code_insee"],
        ),
    )
}

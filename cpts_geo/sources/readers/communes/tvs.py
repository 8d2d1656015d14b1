"""Communes of each territoire de vie-santé (TVS)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from cpts_geo.sources._conventions.archives import ZIP, begins
from cpts_geo.sources._conventions.tables import UNIQUE_CODE
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.codes import tidied
from cpts_geo.sources.readers._formats.base import Reader, refuse_values, repaired_codes
from cpts_geo.sources.readers._formats.text import read_csv_text
from cpts_geo.sources.readers._formats.workbook import filled, open_book

_COLUMNS: Final = {
    "code_insee": r"code (insee )?(de la )?commune( insee)?|(code_?)?insee",
    "tvs": r"code (du )?(tvs|territoire de vie.sante)|(code_?)?tvs",
}
_NAME: Final = {"tvs_name": r"libelle (du )?(tvs|territoire de vie.sante)|(libelle|lib|nom)_?tvs"}
#: The code of its main commune; those of Corse have one figure less (2A01).
_TVS_PATTERN: Final = r"^(?:\d{5}|2[AB]\d{2,3})$"


def _read_tvs(path: Path, source: Source) -> pd.DataFrame:
    """TVS of each commune, in order of code: code_insee (arrondissements are TVS of their own), tvs
    (five characters, four in Corse), tvs_name (missing where none is given)."""
    if begins(path, ZIP):
        book = open_book(path, source.inner)
        raw = book.block(book.sheet_names[0], columns=_COLUMNS, optional=_NAME)
        raw = filled(raw, "code_insee")
    else:
        raw = read_csv_text(path, inner=source.inner, patterns=_COLUMNS, optional=_NAME)
    names = raw["tvs_name"] if "tvs_name" in raw else pd.Series("", index=raw.index, dtype="str")
    table = pd.DataFrame(
        {
            "code_insee": repaired_codes(raw["code_insee"], path),
            "tvs": _tvs_codes(raw["tvs"], path),
            "tvs_name": names.where(names != ""),
        }
    )
    return table.sort_values("code_insee", ignore_index=True)


def _tvs_codes(codes: pd.Series[str], path: Path) -> pd.Series[str]:
    """Codes of TVS with lost zero and case restored; an error lists what is none."""
    text = tidied(codes)
    wrong = codes[~text.str.fullmatch(_TVS_PATTERN)]
    refuse_values(wrong, "code de TVS « {} »", "code de TVS inconnu", path)
    return text


READERS: Final = {
    "tvs": Reader(
        read=_read_tvs,
        contract=pa.DataFrameSchema(
            {
                "code_insee": UNIQUE_CODE,
                "tvs": pa.Column(
                    str, pa.Check.str_matches(_TVS_PATTERN, error="code de TVS attendu")
                ),
                "tvs_name": pa.Column(str, nullable=True),
            },
        ),
    )
}

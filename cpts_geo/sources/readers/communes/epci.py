"""Which intercommunalité (EPCI) each commune belongs to."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from cpts_geo.sources._conventions.tables import UNIQUE_CODE
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.readers._formats.base import Reader, repaired_codes
from cpts_geo.sources.readers._formats.workbook import filled, open_book

_SHEET: Final = r"(?i).*composition.communale.*"
_COLUMNS: Final = {"code_insee": "codgeo", "epci": "epci", "epci_name": "libepci"}
#: Islands that belong to no EPCI: "Sans objet".
_NONE: Final = r"Z+"


def _read_epci(path: Path, source: Source) -> pd.DataFrame:
    """EPCI of each commune: code_insee, epci (SIREN) and epci_name, both missing for those of
    none."""
    book = open_book(path, source.inner)
    sheet = next(iter(book.sheets(_SHEET).values()))
    table = filled(book.block(sheet, columns=_COLUMNS), "code_insee")
    table["code_insee"] = repaired_codes(table["code_insee"], path)
    without = table["epci"].str.fullmatch(_NONE) | (table["epci"] == "")
    for column in ("epci", "epci_name"):
        table[column] = table[column].mask(without)
    return table


def _epci_vintage(path: Path, source: Source) -> str | None:
    """Year in the titles of the workbook."""
    book = open_book(path, source.inner)
    sheet = next(iter(book.sheets(_SHEET).values()))
    years = set(re.findall(r"au (?:1er janvier |01[/-]01[/-])(\d{4})", book.titles(sheet, first=6)))
    return years.pop() if len(years) == 1 else None


READERS: Final = {
    "epci": Reader(
        _read_epci,
        pa.DataFrameSchema(
            {
                "code_insee": UNIQUE_CODE,
                "epci": pa.Column(
                    str, pa.Check.str_matches(r"^\d{9}$", error="SIREN attendu"), nullable=True
                ),
                "epci_name": pa.Column(str, nullable=True),
            },
            checks=[
                pa.Check(
                    lambda table: table["epci"].isna() == table["epci_name"].isna(),
                    error="un EPCI sans nom, ou un nom sans EPCI",
                )
            ],
        ),
        _epci_vintage,
    )
}

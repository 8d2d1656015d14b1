"""DREES daily series of emergency visits by département."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.readers._formats.base import Reader, days, known_numbers, newest_year
from cpts_geo.sources.readers._formats.columns import DEPARTEMENT, QUANTITY
from cpts_geo.sources.readers._formats.text import read_csv_text

_COLUMNS: Final = {
    "date": r"date",
    "departement": r"(code_?)?dep(artement)?",
    "visits": r"nb_passages",
}


def _read_emergency_visits(path: Path, source: Source) -> pd.DataFrame:
    """Emergency visits of each day: date, departement, visits (decimal, calibrated by the producer;
    NaN unknown); no row for what it does not cover."""
    raw = read_csv_text(path, inner=source.inner, patterns=_COLUMNS)
    return pd.DataFrame(
        {
            "date": days(raw["date"], path),
            "departement": raw["departement"].str.upper().str.zfill(2),
            "visits": known_numbers(raw["visits"], path),
        }
    ).sort_values(["departement", "date"], ignore_index=True)


def _vintage_of_emergency_visits(path: Path, source: Source) -> str | None:
    """Newest year of the series."""
    raw = read_csv_text(path, inner=source.inner, patterns=_COLUMNS)
    return newest_year(days(raw["date"], path).dt.year, path)


READERS: Final = {
    "emergency_visits": Reader(
        read=_read_emergency_visits,
        vintage=_vintage_of_emergency_visits,
        contract=pa.DataFrameSchema(
            {
                "date": pa.Column("datetime64[s]"),
                "departement": DEPARTEMENT,
                "visits": QUANTITY,
            },
            unique=["departement", "date"],
        ),
    )
}

"""SpF SurSaUD: emergency visits and SOS Médecins acts of each day, France."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from cpts_geo.errors import alike
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.readers._formats.base import (
    Reader,
    days,
    newest_year,
    unexpected,
    whole_numbers,
)
from cpts_geo.sources.readers._formats.columns import COUNT
from cpts_geo.sources.readers._formats.text import read_csv_text

_COLUMNS: Final = {
    "date": r"date(_de_passage)?",
    "emergency_visits": r"ed_visits_oscour_france|nbre_pass_tot",
    "sos_medecins": r"sos_medecins_acts_france|nbre_acte_tot",
}


def _read_daily(path: Path, source: Source) -> pd.DataFrame:
    """Whole France, all causes: date (each once, none missing in between), emergency_visits and
    sos_medecins (counts)."""
    raw = read_csv_text(path, inner=source.inner, patterns=_COLUMNS)
    table = pd.DataFrame(
        {
            "date": days(raw["date"], path),
            "emergency_visits": whole_numbers(raw["emergency_visits"], path),
            "sos_medecins": whole_numbers(raw["sos_medecins"], path),
        }
    ).sort_values("date", ignore_index=True)
    if len(table):
        every = pd.date_range(table["date"].iloc[0], table["date"].iloc[-1])
        # A day left out is no day of 0 act, and would shift the weeks around it.
        missing = every.difference(pd.DatetimeIndex(table["date"]))
        if len(missing):
            lines = (f"jour absent : {day:%d/%m/%Y}" for day in missing)
            raise unexpected(path, alike(lines, "jour absent", total=len(missing)))
    return table


def _vintage_of_daily(path: Path, source: Source) -> str | None:
    """Newest year of the series."""
    raw = read_csv_text(path, inner=source.inner, patterns=_COLUMNS)
    return newest_year(days(raw["date"], path).dt.year, path)


READERS: Final = {
    "sursaud_daily": Reader(
        read=_read_daily,
        vintage=_vintage_of_daily,
        contract=pa.DataFrameSchema(
            {
                "date": pa.Column("datetime64[s]", unique=True),
                "emergency_visits": COUNT,
                "sos_medecins": COUNT,
            },
        ),
    )
}

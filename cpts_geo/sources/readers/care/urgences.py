"""DREES daily series of emergency visits by département."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from cpts_geo.errors import alike, one_line
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.readers.formats.base import Reader, bounds, unexpected
from cpts_geo.sources.readers.formats.text import read_csv_text
from cpts_geo.sources.readers.formats.years import newest_year

_COLUMNS: Final = {
    "date": r"date",
    "departement": r"(code_?)?dep(artement)?",
    "visits": r"nb_passages",
}
#: A masked day can stand for anything.
_ANY: Final = (0.0, float("inf"))


def read_emergency_visits(path: Path, source: Source) -> pd.DataFrame:
    """
    Read the emergency visits of each day.

    Parameters
    ----------
    path : Path
        The producer's delimited file.
    source : Source
        Its entry in the catalogue.

    Returns
    -------
    DataFrame
        date, departement, visits (decimal: the summaries of visits, calibrated by the producer on
        the yearly count of all emergency departments; NaN unknown), in order of département then
        date. Days and départements the producer does not cover have no row.

    Raises
    ------
    DataFileError
        A column that is not there, a date or a number that cannot be read.
    """
    raw = read_csv_text(path, inner=source.inner, patterns=_COLUMNS)
    visits = bounds(raw["visits"], masked=_ANY, path=path)
    return pd.DataFrame(
        {
            "date": _dates(raw["date"], path),
            "departement": raw["departement"].str.upper().str.zfill(2),
            "visits": visits["low"].where(~visits["masked"]),
        }
    ).sort_values(["departement", "date"], ignore_index=True)


def _dates(texts: pd.Series[str], path: Path) -> pd.Series[pd.Timestamp]:
    """Dates written 2017-12-25 in one delivery and 25/12/2017 in another."""
    days = pd.Series(texts.unique(), dtype="str")  # some hundreds of days for many rows
    short = days.str.slice(0, 10)
    dates = pd.to_datetime(short, format="%Y-%m-%d", errors="coerce")
    dates = dates.fillna(pd.to_datetime(short, format="%d/%m/%Y", errors="coerce"))
    wrong = days[dates.isna()]
    if len(wrong):
        lines = (f"date « {one_line(text)} »" for text in sorted(wrong))
        raise unexpected(path, alike(lines, "date impossible", total=len(wrong)))
    return texts.map(dict(zip(days, dates, strict=True))).astype("datetime64[s]")


def vintage_of_emergency_visits(path: Path, source: Source) -> str | None:
    """
    Newest year of the series.

    Parameters
    ----------
    path : Path
        The producer's file.
    source : Source
        Its entry in the catalogue.

    Returns
    -------
    str
        Year.

    Raises
    ------
    DataFileError
        No column of dates, no row, a date that cannot be read, or a last year of next to no row.
    """
    raw = read_csv_text(path, inner=source.inner, patterns=_COLUMNS)
    return newest_year(_dates(raw["date"], path).dt.year, path)


READERS: Final = {
    "emergency_visits": Reader(
        read=read_emergency_visits,
        vintage=vintage_of_emergency_visits,
        contract=pa.DataFrameSchema(
            {
                "date": pa.Column("datetime64[s]"),
                "departement": pa.Column(
                    str,
                    pa.Check.str_matches(
                        r"^(?:\d{2,3}|2[AB])$", error="code de département attendu"
                    ),
                ),
                "visits": pa.Column(
                    float, pa.Check.ge(0, error="nombre positif ou nul attendu"), nullable=True
                ),
            },
            unique=["date", "departement"],
        ),
        keys=("departement", "date"),
    )
}

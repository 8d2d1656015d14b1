"""Daily series of unscheduled care by département: emergency visits, acts of SOS Médecins."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from cpts_geo.errors import quoted
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.readers._formats.base import (
    Reader,
    days,
    known_numbers,
    newest_year,
    unexpected,
)
from cpts_geo.sources.readers._formats.columns import DEPARTEMENT, QUANTITY
from cpts_geo.sources.readers._formats.text import read_csv_text

_COLUMNS: Final = {
    "date": r"date",
    "departement": r"(code_?)?dep(artement)?",
    "visits": r"nb_passages",
}
#: Santé publique France counts each age apart, and all of them as « 0 ».
_SURSAUD: Final = {
    "date": r"date_de_passage",
    "departement": r"dep",
    "age": r"sursaud_cl_age_corona",
    "emergency_visits": r"nbre_pass_tot",
    "sos_medecins": r"nbre_acte_tot",
}
_ALL_AGES: Final = "0"
#: Ages that a message shows.
_SHOWN: Final = 20


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


def _all_ages(path: Path, source: Source) -> pd.DataFrame:
    """Rows of all ages, as text."""
    raw = read_csv_text(path, inner=source.inner, patterns=_SURSAUD)
    kept = raw[raw["age"] == _ALL_AGES]
    if kept.empty:
        ages = ", ".join(map(quoted, sorted(set(raw["age"]))[:_SHOWN])) or "aucun"
        raise unexpected(path, [f"aucune ligne de tous âges « {_ALL_AGES} » (âges : {ages})"])
    return kept.reset_index(drop=True)


def _read_sursaud(path: Path, source: Source) -> pd.DataFrame:
    """All causes and ages of each day: date, departement, emergency_visits, sos_medecins (acts;
    NaN unknown)."""
    rows = _all_ages(path, source)
    return pd.DataFrame(
        {
            "date": days(rows["date"], path),
            "departement": rows["departement"].str.upper().str.zfill(2),
            "emergency_visits": known_numbers(rows["emergency_visits"], path),
            "sos_medecins": known_numbers(rows["sos_medecins"], path),
        }
    ).sort_values(["departement", "date"], ignore_index=True)


def _vintage_of_sursaud(path: Path, source: Source) -> str | None:
    """Newest year of the series."""
    return newest_year(days(_all_ages(path, source)["date"], path).dt.year, path)


READERS: Final = {
    "sursaud_departements": Reader(
        read=_read_sursaud,
        vintage=_vintage_of_sursaud,
        contract=pa.DataFrameSchema(
            {
                "date": pa.Column("datetime64[s]"),
                "departement": DEPARTEMENT,
                "emergency_visits": QUANTITY,
                "sos_medecins": QUANTITY,
            },
            unique=["departement", "date"],
        ),
    ),
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
    ),
}

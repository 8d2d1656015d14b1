"""Code officiel géographique (COG): communes of a year, and what happened to them since 1943."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from cpts_geo.sources._conventions.tables import CODE, FILLED, MAYBE_CODE
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.readers._formats.base import (
    Reader,
    days,
    repaired_codes,
    whole_numbers,
)
from cpts_geo.sources.readers._formats.text import read_csv_text

_KINDS: Final = ("COM", "ARM", "COMA", "COMD")
_COMMUNE_COLUMNS: Final = {
    "code_insee": "com",
    "name": "libelle",
    "departement": "dep",
    "region": "reg",
    "kind": "typecom",
    "parent": "comparent",
}
_EVENT_COLUMNS: Final = {
    "date": "date_eff",
    "mod": "mod",
    "before_type": "typecom_av",
    "before_code": "com_av",
    "before_name": "libelle_av",
    "after_type": "typecom_ap",
    "after_code": "com_ap",
    "after_name": "libelle_ap",
}
_KIND: Final = pa.Column(str, pa.Check.isin(_KINDS, error=f"attendu : {', '.join(_KINDS)}"))


def _codes(codes: pd.Series, path: Path) -> pd.Series:
    """Repaired codes, missing where the file has none."""
    given = codes[codes != ""]
    return repaired_codes(given, path).reindex(codes.index)


def _read_communes(path: Path, source: Source) -> pd.DataFrame:
    """Communes of a year and what belongs to them: code_insee, name, departement, region (missing
    but for communes), kind (``COM``, ``ARM``, ``COMA``, ``COMD``; a seat may stand as two), parent
    (missing for a commune)."""
    table = read_csv_text(path, inner=source.inner, patterns=_COMMUNE_COLUMNS)
    table["code_insee"] = repaired_codes(table["code_insee"], path)
    table["parent"] = _codes(table["parent"], path)
    for column in ("departement", "region"):
        table[column] = table[column].mask(table[column] == "")
    return table


def _read_events(path: Path, source: Source) -> pd.DataFrame:
    """Events since 1943, a row a place before and one after: date, mod (Insee's kind: 32 commune
    nouvelle, 21 split), before_ and after_ type, code and name; a repeated row is kept once."""
    table = read_csv_text(path, inner=source.inner, patterns=_EVENT_COLUMNS)
    table = table.drop_duplicates(ignore_index=True)
    table["date"] = days(table["date"], path)
    table["mod"] = whole_numbers(table["mod"], path)
    for column in ("before_code", "after_code"):
        table[column] = _codes(table[column], path)
    return table.sort_values(["date", "mod", "before_code", "after_code"], ignore_index=True)


def _events_vintage(path: Path, source: Source) -> str | None:
    """Year of the last event: the file says no more, and its COG is of that year or later."""
    table = read_csv_text(path, inner=source.inner, patterns={"date": "date_eff", "mod": "mod"})
    years = {found[0] for day in table["date"].unique() if (found := re.search(r"\d{4}", day))}
    return max(years, default=None)


READERS: Final = {
    "cog_communes": Reader(
        _read_communes,
        pa.DataFrameSchema(
            {
                "code_insee": CODE,
                "name": FILLED,
                "departement": pa.Column(str, nullable=True),
                "region": pa.Column(str, nullable=True),
                "kind": _KIND,
                "parent": MAYBE_CODE,
            },
            checks=[
                pa.Check(
                    lambda table: (table["kind"] != "COM") | table["departement"].notna(),
                    error="une commune sans département",
                ),
                pa.Check(
                    lambda table: (table["kind"] == "COM") == table["parent"].isna(),
                    error="parent : rien pour une commune, un code pour ce qui lui appartient",
                ),
            ],
            unique=["code_insee", "kind"],
        ),
    ),
    "cog_events": Reader(
        _read_events,
        pa.DataFrameSchema(
            {
                "date": pa.Column("datetime64[s]"),
                "mod": pa.Column(int, pa.Check.in_range(10, 99, error="code d’événement attendu")),
                "before_type": pa.Column(str),
                "before_code": MAYBE_CODE,
                "before_name": pa.Column(str),
                "after_type": pa.Column(str),
                "after_code": MAYBE_CODE,
                "after_name": pa.Column(str),
            }
        ),
        _events_vintage,
        named_by=("date", "before_code", "after_code"),
    ),
}

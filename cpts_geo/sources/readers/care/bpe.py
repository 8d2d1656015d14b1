"""Insee's register of facilities (BPE): GPs, and the facilities of unscheduled care, counted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from cpts_geo.sources._conventions.tables import CODE
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.codes import PLM
from cpts_geo.sources.readers._formats import sdmx
from cpts_geo.sources.readers._formats.base import (
    Reader,
    enumerated,
    repaired_codes,
    unexpected,
    whole_numbers,
)
from cpts_geo.sources.readers._formats.columns import COUNT, FACILITY, GP_CODES, OTHER_FACILITIES
from cpts_geo.sources.readers._formats.text import read_csv_text

_BY_COMMUNE: Final = pa.DataFrameSchema(
    {"code_insee": CODE, "facility": FACILITY, "count": COUNT}, unique=["code_insee", "facility"]
)


def _gp_code(codes: Sequence[str], path: Path) -> str:
    """Code that a file uses for general practitioners."""
    found = [code for code in GP_CODES if code in codes]
    if not found:
        shown = enumerated(sorted(codes))
        raise unexpected(path, [f"généralistes : ni {' ni '.join(GP_CODES)} (codes : {shown})"])
    return found[0]


def _read_bpe(path: Path, source: Source) -> pd.DataFrame:
    """Facilities by commune of Melodi's file, 0 where no row: code_insee, facility, count; attrs
    gp_code (code read for ``gps``) and left_out (communes whose figures are given with
    another's)."""
    wanted = [*GP_CODES, *OTHER_FACILITIES]
    rows = sdmx.observations(
        path, source, keep={"FACILITY_TYPE": wanted, "BPE_MEASURE": ["FACILITIES"]}
    )
    _one_year(path, source, set(rows["period"].unique()))
    rows["code_insee"] = rows["code_insee"].astype(str)
    code = _gp_code(list(rows["facility_type"].unique()), path)
    names = {code: "gps"} | OTHER_FACILITIES
    rows["facility"] = rows["facility_type"].astype(str).map(names)
    rows = rows[rows["facility"].notna()]
    left_out = sorted(set(rows.loc[rows["value"].isna(), "code_insee"]))
    rows = rows[rows["value"].notna()]
    table = rows[["code_insee", "facility"]].assign(count=whole_numbers(rows["value"], path))
    table = table.sort_values(["code_insee", "facility"], ignore_index=True)
    table.attrs.update(gp_code=code, left_out=left_out)
    return table


def _one_year(path: Path, source: Source, years: set[int]) -> str:
    """Year of the rows; an error for several, or where the member's name says another."""
    named = sdmx.named_year(path, source)
    if len(years) != 1 or named not in (None, *years):
        raise sdmx.contradicted(path, named=named, years=years)
    return str(min(years))


def _bpe_vintage(path: Path, source: Source) -> str:
    """Year of the facilities, on which the member's name and its first rows must agree."""
    return _one_year(path, source, sdmx.periods(path, source, whole=False))


def _read_bpe_long(path: Path, source: Source) -> pd.DataFrame:
    """Facilities by commune of a list of communes, types and counts, 0 where no row: code_insee,
    facility, count."""
    patterns = {"code_insee": "code_commune|codgeo", "type": "typequ", "count": "nombre"}
    table = read_csv_text(path, inner=source.inner, patterns=patterns)
    names = {_gp_code(list(table["type"].unique()), path): "gps"} | OTHER_FACILITIES
    table = table[table["type"].isin(names)]
    found = pd.DataFrame(
        {
            "code_insee": repaired_codes(table["code_insee"], path),
            "facility": table["type"].map(names),
            "count": whole_numbers(table["count"], path),
        }
    )
    return found.sort_values(["code_insee", "facility"], ignore_index=True)


def _read_bpe_2017(path: Path, source: Source) -> pd.DataFrame:
    """GPs of the communes that have one: code_insee, facility (``gps``), count; a repeated row is
    kept once, and attrs left_out names the cities that are not listed."""
    patterns = {"code_insee": "codgeo", "count": "nb_d201"}
    table = read_csv_text(path, inner=source.inner, patterns=patterns).drop_duplicates()
    table["code_insee"] = repaired_codes(table["code_insee"], path)
    table["count"] = whole_numbers(table["count"], path)
    table.insert(1, "facility", "gps")
    table = table.reset_index(drop=True)
    # A city of which neither the whole nor a part is listed is missing, not without doctors.
    listed = set(table["code_insee"].tolist())
    table.attrs["left_out"] = [
        whole for whole, parts in PLM.items() if listed.isdisjoint((whole, *parts))
    ]
    return table


READERS: Final = {
    "bpe": Reader(_read_bpe, _BY_COMMUNE, _bpe_vintage),
    "bpe_long": Reader(_read_bpe_long, _BY_COMMUNE),
    "bpe_2017": Reader(_read_bpe_2017, _BY_COMMUNE),
}

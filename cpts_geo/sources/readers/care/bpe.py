"""Insee's register of facilities (BPE): GPs, emergency departments and pharmacies, counted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from cpts_geo.sources._conventions.archives import open_content, whole
from cpts_geo.sources._conventions.geoclip import Export, parse_export
from cpts_geo.sources._conventions.tables import CODE
from cpts_geo.sources._conventions.text import decoded, plain
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.codes import PLM
from cpts_geo.sources.readers._formats import sdmx
from cpts_geo.sources.readers._formats.base import (
    Reader,
    bounds,
    one_level,
    repaired_codes,
    unexpected,
    whole_numbers,
)
from cpts_geo.sources.readers._formats.columns import COUNT, FACILITY, GP_CODES, OTHER_FACILITIES
from cpts_geo.sources.readers._formats.text import read_csv_text
from cpts_geo.sources.readers._formats.workbook import filled, open_book

_DEPARTEMENT: Final = r"^(?:\d{2}|2[AB]|97\d)$"
_BY_COMMUNE: Final = pa.DataFrameSchema(
    {"code_insee": CODE, "facility": FACILITY, "count": COUNT}, unique=["code_insee", "facility"]
)
_BY_DEPARTEMENT: Final = pa.DataFrameSchema(
    {
        "departement": pa.Column(
            str, pa.Check.str_matches(_DEPARTEMENT, error="code de département attendu")
        ),
        "facility": FACILITY,
        "count": COUNT,
    },
    unique=["departement", "facility"],
)


def _gp_code(codes: Sequence[str], path: Path) -> str:
    """Code that a file uses for general practitioners."""
    found = [code for code in GP_CODES if code in codes]
    if not found:
        shown = ", ".join(sorted(codes)) or "aucun"
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
    _one_year(path, source, set(rows["period"]))
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


def _read_bpe_workbook(path: Path, source: Source) -> pd.DataFrame:
    """Facilities by commune of an older workbook: code_insee, facility, count (0 is a known
    absence), for the facilities that it has."""
    codes = {f"nb_{code.lower()}": "gps" for code in reversed(GP_CODES)}
    codes |= {f"nb_{code.lower()}": name for code, name in OTHER_FACILITIES.items()}
    book = open_book(path, source.inner)
    (sheet,) = book.sheets("COM").values()
    # The row of labels above begins with CODGEO too: the row of codes is the one with NB_.
    wanted = {"code_insee": "codgeo", "any": "|".join(codes)}
    found = book.block(sheet, columns=wanted, optional={code: code for code in codes})
    found = filled(found, "code_insee")
    insee = repaired_codes(found["code_insee"], path)
    facilities = {codes[code]: code for code in codes if code in found}
    parts = [
        pd.DataFrame(
            {
                "code_insee": insee,
                "facility": name,
                "count": whole_numbers(found[code], path),
            }
        )
        for name, code in facilities.items()
    ]
    return one_level(pd.concat(parts, ignore_index=True), by=["facility"])


def _workbook_vintage(path: Path, source: Source) -> str | None:
    """Year in the title of the workbook, ``BPE 2020 - Base permanente...``."""
    book = open_book(path, source.inner)
    (sheet,) = book.sheets("COM").values()
    found = re.search(r"\bBPE (\d{4})\b", book.titles(sheet, first=4))
    return found[1] if found else None


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
    listed = set(table["code_insee"])
    table.attrs["left_out"] = [
        whole for whole, parts in PLM.items() if listed.isdisjoint((whole, *parts))
    ]
    return table


_STATLOCALES: Final = {
    "medecin generaliste (en nombre)": "gps",
    "urgences (en nombre)": "emergency_departments",
    "pharmacie (en nombre)": "pharmacies",
}


def _export(path: Path, source: Source) -> tuple[Export, dict[str, int]]:
    """Export of Géoclip, and the place of each facility that it counts."""
    with open_content(path, source.inner) as stream:
        export = parse_export(decoded(whole(stream, path)).text)
    if export is None:
        raise unexpected(path, ["aucune ligne d’en-tête parmi les premières lignes"])
    labels = [plain(indicator.label) for indicator in export.indicators]
    missing = [f"colonne introuvable : {label}" for label in _STATLOCALES if label not in labels]
    if missing or export.defects:
        raise unexpected(path, [*missing, *export.defects])
    return export, {name: labels.index(label) for label, name in _STATLOCALES.items()}


def _read_bpe_departements(path: Path, source: Source) -> pd.DataFrame:
    """Facilities by département, whose sum is France: departement, facility, count; no row where no
    figure is published."""
    export, places = _export(path, source)
    departement = export.table["code"].str.upper().str.zfill(2)
    parts = []
    for name, place in places.items():
        texts = export.table[place]
        masked = bounds(texts, masked=(0.0, 0.0), path=path)["masked"]
        counts = whole_numbers(texts[~masked], path)
        parts.append(
            pd.DataFrame({"departement": departement[~masked], "facility": name, "count": counts})
        )
    table = pd.concat(parts, ignore_index=True)
    return table.sort_values(["departement", "facility"], ignore_index=True)


def _departements_vintage(path: Path, source: Source) -> str | None:
    """Year in the headers of the counts, the same for all of them."""
    export, places = _export(path, source)
    years = sorted({export.indicators[place].vintage for place in places.values()})
    if len(years) != 1:
        raise unexpected(path, [f"colonnes de plusieurs millésimes : {', '.join(years)}"])
    return years[0]


READERS: Final = {
    "bpe": Reader(_read_bpe, _BY_COMMUNE, _bpe_vintage),
    "bpe_workbook": Reader(_read_bpe_workbook, _BY_COMMUNE, _workbook_vintage),
    "bpe_2017": Reader(_read_bpe_2017, _BY_COMMUNE),
    "bpe_departements": Reader(_read_bpe_departements, _BY_DEPARTEMENT, _departements_vintage),
}

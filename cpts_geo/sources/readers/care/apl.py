"""Potential accessibility to GPs (APL): the workbook of the DREES, and its earlier publications."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from cpts_geo.errors import quoted
from cpts_geo.sources._conventions.tables import CODE
from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.readers._formats.base import (
    Reader,
    known_numbers,
    refuse_values,
    repaired_codes,
    unexpected,
)
from cpts_geo.sources.readers._formats.columns import CONSULTATIONS, QUANTITY, YEAR
from cpts_geo.sources.readers._formats.text import header_cells, read_csv_text
from cpts_geo.sources.readers._formats.workbook import filled, open_book

_SHEET: Final = r"APL[ _](\d{4})"
#: Matched in full: "APL aux médecins généralistes" also begins the label of the second APL.
_COLUMNS: Final = {
    "code_insee": r"code commune( insee)?",
    "apl": r"apl aux medecins generalistes",
    "standardised_population": r"population standardisee \d{4}.*",
}
#: Labels of files of 2020 to 2026; earlier ones stop at other ages (60, 62) and give no total.
_OPTIONAL: Final = {
    "apl_65": r"apl aux medecins generalistes (de moins de 65 ans|(ages )?de 65 ans (ou|et) moins)",
    "total_population": r"population totale \d{4}.*",
}
_UNITS: Final = {
    "apl": r".*(consultation|visite).*par .*habitant.*",
    "apl_65": r".*(consultation|visite).*par .*habitant.*",
    "standardised_population": r".*habitants? standardise.*",
    "total_population": r".*nombre d'habitants.*",
}
_NUMBERS: Final = ("apl", "apl_65", "standardised_population", "total_population")


def _read_apl(path: Path, source: Source) -> pd.DataFrame:
    """Every vintage: code_insee (arrondissements), vintage, apl and apl_65 (consultations a year
    and standardised inhabitant), standardised_population (weighs means), total_population; NaN
    where a vintage lacks it; attrs population_years and notes."""
    book = open_book(path, source.inner)
    parts: list[pd.DataFrame] = []
    years: dict[str, int] = {}
    notes: list[str] = []
    for year, sheet in sorted(book.sheets(_SHEET).items()):
        found = book.block(sheet, columns=_COLUMNS, optional=_OPTIONAL)
        units = _units(found, sheet, path)
        years[year] = _population_year(found.attrs["header"], sheet, path)
        notes += [] if all(units.values()) else [f"APL {year} : unités non écrites sous l’en-tête"]
        notes += [
            f"APL {year} : pas de colonne « {name} »" for name in _OPTIONAL if name not in found
        ]
        if years[year] != int(year) - 2:
            notes.append(f"APL {year} : populations de {years[year]} et non de {int(year) - 2}")
        parts.append(_table(filled(found, "code_insee"), int(year), path))
    table = pd.concat(parts, ignore_index=True)
    table = table.sort_values(["vintage", "code_insee"], ignore_index=True)
    table.attrs = {"population_years": years, "notes": notes}
    return table


def _units(found: pd.DataFrame, sheet: str, path: Path) -> dict[str, str]:
    """Units written between header and data, checked."""
    above = found[~(found["code_insee"] != "").cummax()]
    written = {name: " ".join(map(plain, above[name])).strip() for name in _UNITS if name in found}
    wrong = [
        f"feuille « {sheet} », unité de {name} : {quoted(text)}"
        for name, text in written.items()
        if text and not re.fullmatch(_UNITS[name], text)
    ]
    if wrong:
        raise unexpected(path, wrong)
    return written


def _population_year(header: Mapping[str, str], sheet: str, path: Path) -> int:
    """Year of the populations, as their headers say it."""
    names = {"standardised_population", "total_population"} & header.keys()
    years = {int(re.findall(r"\d{4}", header[name])[0]) for name in names}
    if len(years) != 1:
        said = " et ".join(map(str, sorted(years)))
        raise unexpected(path, [f"feuille « {sheet} » : populations de {said}"])
    return years.pop()


def _table(found: pd.DataFrame, vintage: int, path: Path) -> pd.DataFrame:
    """Rows of one vintage, NaN for a column that it lacks."""
    codes = repaired_codes(found["code_insee"], path)
    table = pd.DataFrame({"code_insee": codes, "vintage": vintage})
    for name in _NUMBERS:
        table[name] = _numbers(found[name], path) if name in found else float("nan")
    return table


def _numbers(texts: pd.Series, path: Path) -> pd.Series[float]:
    """Column as numbers, NaN for an empty cell; a DataFileError lists what is neither."""
    values = pd.to_numeric(texts.str.replace(",", "."), errors="coerce").astype("float64")
    wrong = texts[values.isna() & (texts != "")]
    refuse_values(wrong, f"{texts.name} : « {{}} » n’est pas un nombre", "pas un nombre", path)
    return values


def _vintage_of_apl(path: Path, source: Source) -> str | None:
    """Newest vintage of the workbook."""
    return max(open_book(path, source.inner).sheets(_SHEET))


_EARLIER_CODE: Final = {"code_insee": "code_commune"}
_EARLIER_APL: Final = r"apl_(\d{4})"


def _read_apl_history(path: Path, source: Source) -> pd.DataFrame:
    """A row a commune and vintage, in this order of vintage then code: code_insee, vintage, apl
    (NaN unknown)."""
    header = header_cells(path, inner=source.inner, patterns=_EARLIER_CODE)
    years = {match[1]: name for name in header if (match := re.fullmatch(_EARLIER_APL, name))}
    if not years:
        raise unexpected(path, ["aucune colonne « apl_AAAA »"])
    raw = read_csv_text(path, inner=source.inner, patterns=_EARLIER_CODE | years)
    wide = pd.DataFrame({int(year): known_numbers(raw[year], path) for year in years})
    wide.insert(0, "code_insee", repaired_codes(raw["code_insee"], path))
    table = wide.melt("code_insee", var_name="vintage", value_name="apl")
    table = table.astype({"vintage": "int64"})
    return table.sort_values(["vintage", "code_insee"], ignore_index=True)


READERS: Final = {
    "apl": Reader(
        read=_read_apl,
        vintage=_vintage_of_apl,
        contract=pa.DataFrameSchema(
            {
                "code_insee": CODE,
                "vintage": pa.Column(int, pa.Check.in_range(2010, 2100, error="année attendue")),
                "apl": CONSULTATIONS,
                "apl_65": CONSULTATIONS,
                "standardised_population": QUANTITY,
                "total_population": QUANTITY,
            },
            checks=[
                pa.Check(
                    # Rounded to a thousandth by the producer, each on its own.
                    lambda table: ~(table["apl_65"] > table["apl"] + 0.002),
                    error="l’APL d’une partie des médecins dépasse celui de tous",
                )
            ],
            unique=["code_insee", "vintage"],
        ),
    ),
    "apl_history": Reader(
        _read_apl_history,
        pa.DataFrameSchema(
            {"code_insee": CODE, "vintage": YEAR, "apl": CONSULTATIONS},
            unique=["code_insee", "vintage"],
        ),
    ),
}

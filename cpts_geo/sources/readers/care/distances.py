"""How far the nearest care is from each commune: kilometres (CartoSanté), minutes (DREES, 2019)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from cpts_geo.schema import PUBLISHED
from cpts_geo.sources._conventions.tables import UNIQUE_CODE
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.codes import COLLECTIVITES
from cpts_geo.sources.lands import roadless
from cpts_geo.sources.readers._formats.base import Reader, known_numbers, repaired_codes
from cpts_geo.sources.readers._formats.columns import QUANTITY
from cpts_geo.sources.readers._formats.text import header_cells, read_csv_text
from cpts_geo.sources.readers._formats.workbook import filled, open_book

_KILOMETRES: Final = ("km_to_emergency", "km_to_pharmacy")


def _read_distances(path: Path, source: Source) -> pd.DataFrame:
    """Kilometres by commune, in order of code: code_insee, km_to_emergency, km_to_pharmacy (NaN
    unknown, as all are of what no road joins to the rest of its département)."""
    patterns = {"code_insee": "code_commune"} | {
        name: rf"{name}(_\d{{4}})?" for name in _KILOMETRES
    }
    raw = read_csv_text(path, inner=source.inner, patterns=patterns)
    table = pd.DataFrame({name: known_numbers(raw[name], path) for name in _KILOMETRES})
    table.insert(0, "code_insee", repaired_codes(raw["code_insee"], path))
    table = table[~table["code_insee"].str.startswith(COLLECTIVITES)]
    # Kilometres to the mainland, and to care of the mainland where there is some on the island.
    table.loc[roadless(pd.Index(table["code_insee"])), list(_KILOMETRES)] = float("nan")
    return table.sort_values("code_insee", ignore_index=True)


_COLUMNS: Final = {"code_insee": "code_commune|codgeo", "minutes": r"minutes_su_smur(_\d{4})?"}
_MINUTES: Final = PUBLISHED.quantity


def _read_emergency_minutes(path: Path, source: Source) -> pd.DataFrame:
    """Minutes of a list of communes."""
    return _minutes(read_csv_text(path, inner=source.inner, patterns=_COLUMNS), path)


def _vintage_of_emergency_minutes(path: Path, source: Source) -> str | None:
    """Year in the header of the minutes, where it says one."""
    header = header_cells(path, inner=source.inner, patterns=_COLUMNS)
    years = [cell[-4:] for cell in header if cell[-4:].isdigit()]
    return years[0] if years else None


_SHEET: Final = r"(?i)BASECOM_URGENCES_(\d{4})"
#: Matched in full: the times that count other doctors of emergency (MCS) too have a longer name.
_OF_WORKBOOK: Final = {"code_insee": r"code commune insee", "minutes": r"tps_su_smur"}


def _read_emergency_workbook(path: Path, source: Source) -> pd.DataFrame:
    """The same minutes in the workbook of the DREES (0 where there is an emergency department)."""
    book = open_book(path, source.inner)
    _, sheet = max(book.sheets(_SHEET).items())
    return _minutes(filled(book.block(sheet, columns=_OF_WORKBOOK), "code_insee"), path)


def _vintage_of_emergency_workbook(path: Path, source: Source) -> str:
    """Year in the name of the sheet."""
    return max(open_book(path, source.inner).sheets(_SHEET))


def _minutes(raw: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Minutes by commune, in order of code: code_insee, then the family of the column that shows
    them (NaN unknown)."""
    table = pd.DataFrame(
        {
            "code_insee": repaired_codes(raw["code_insee"], path),
            _MINUTES: known_numbers(raw["minutes"], path),
        }
    )
    return table.sort_values("code_insee", ignore_index=True)


_OF_MINUTES: Final = pa.DataFrameSchema(
    {
        "code_insee": UNIQUE_CODE,
        _MINUTES: pa.Column(
            float,
            pa.Check.in_range(0, 600, error="minutes en voiture : de 0 à 600"),
            nullable=True,
        ),
    }
)
READERS: Final = {
    "cartosante_distances": Reader(
        _read_distances,
        pa.DataFrameSchema({"code_insee": UNIQUE_CODE, **dict.fromkeys(_KILOMETRES, QUANTITY)}),
    ),
    "emergency_minutes": Reader(
        _read_emergency_minutes, _OF_MINUTES, _vintage_of_emergency_minutes
    ),
    "emergency_workbook": Reader(
        _read_emergency_workbook, _OF_MINUTES, _vintage_of_emergency_workbook
    ),
}

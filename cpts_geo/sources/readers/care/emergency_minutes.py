"""DREES minutes by car from each commune to an emergency department or a mobile one (Smur)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from cpts_geo.sources._conventions.archives import ZIP, begins
from cpts_geo.sources._conventions.tables import UNIQUE_CODE
from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.readers._formats.base import Reader, known_numbers, repaired_codes
from cpts_geo.sources.readers._formats.text import header_cells, read_csv_text
from cpts_geo.sources.readers._formats.workbook import filled, open_book

_SHEET: Final = r"(?i)BASECOM_URGENCES_(\d{4})"
_COLUMNS: Final = {
    "code_insee": r"code[ _]commune( insee)?",
    # Matched in full: times that count other doctors of emergency too have a longer name.
    "minutes": r"tps_su_smur|minutes_su_smur_\d{4}",
}
_MINUTES: Final = pa.Column(
    float, pa.Check.in_range(0, 600, error="minutes en voiture : de 0 à 600"), nullable=True
)


def _read(path: Path, source: Source) -> pd.DataFrame:
    """Minutes by commune, of the workbook of the DREES or of a plain table of it, in order of code:
    code_insee, minutes (mean of busy and other hours; 0 where one is there; NaN unknown)."""
    if begins(path, ZIP):
        book = open_book(path, source.inner)
        _, sheet = max(book.sheets(_SHEET).items())
        raw = filled(book.block(sheet, columns=_COLUMNS), "code_insee")
    else:
        raw = read_csv_text(path, inner=source.inner, patterns=_COLUMNS)
    table = pd.DataFrame(
        {
            "code_insee": repaired_codes(raw["code_insee"], path),
            "minutes": known_numbers(raw["minutes"], path),
        }
    )
    return table.sort_values("code_insee", ignore_index=True)


def _vintage(path: Path, source: Source) -> str | None:
    """Year in the name of the sheet, or of the column of a plain table; None without one."""
    if begins(path, ZIP):
        return max(open_book(path, source.inner).sheets(_SHEET))
    header = " ".join(map(plain, header_cells(path, inner=source.inner, patterns=_COLUMNS)))
    found = re.search(r"su_smur_(\d{4})", header)
    return found[1] if found else None


READERS: Final = {
    "emergency_minutes": Reader(
        _read, pa.DataFrameSchema({"code_insee": UNIQUE_CODE, "minutes": _MINUTES}), _vintage
    )
}

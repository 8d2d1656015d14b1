"""DREES workbook of access to urgent care: minutes by car from each commune, 31 December 2019."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from cpts_geo.sources._conventions.tables import UNIQUE_CODE
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.readers._formats.base import Reader, known_numbers, repaired_codes
from cpts_geo.sources.readers._formats.workbook import filled, open_book

_SHEET: Final = r"(?i)BASECOM_URGENCES_(\d{4})"
#: As the table of the same figures that is embedded.
_MINUTES: Final = "emergency_minutes_drees"
#: Matched in full: the times that count other doctors of emergency (MCS) too have a longer name.
_COLUMNS: Final = {"code_insee": r"code commune insee", _MINUTES: r"tps_su_smur"}


def _read(path: Path, source: Source) -> pd.DataFrame:
    """Minutes to the nearest emergency department or Smur, in order of code: code_insee,
    emergency_minutes_drees (0 where there is one; NaN unknown)."""
    book = open_book(path, source.inner)
    _, sheet = max(book.sheets(_SHEET).items())
    raw = filled(book.block(sheet, columns=_COLUMNS), "code_insee")
    table = pd.DataFrame(
        {
            "code_insee": repaired_codes(raw["code_insee"], path),
            _MINUTES: known_numbers(raw[_MINUTES], path),
        }
    )
    return table.sort_values("code_insee", ignore_index=True)


def _vintage(path: Path, source: Source) -> str:
    """Year in the name of the sheet."""
    return max(open_book(path, source.inner).sheets(_SHEET))


READERS: Final = {
    "emergency_workbook": Reader(
        _read,
        pa.DataFrameSchema(
            {
                "code_insee": UNIQUE_CODE,
                _MINUTES: pa.Column(
                    float,
                    pa.Check.in_range(0, 600, error="minutes en voiture : de 0 à 600"),
                    nullable=True,
                ),
            }
        ),
        _vintage,
    )
}

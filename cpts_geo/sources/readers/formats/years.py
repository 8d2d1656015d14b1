"""The vintage of a series: its newest year, when enough rows are of it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from cpts_geo.french import counted, number
from cpts_geo.sources.readers.formats.base import unexpected

#: A year of fewer rows than this share of the usual ones is a damaged figure.
_FEW_ROWS: Final = 0.1


def newest_year(years: pd.Series, path: Path) -> str:
    """
    Newest year of a series, held by about as many rows as the others.

    Parameters
    ----------
    years : Series of int
        Year of each row.
    path : Path
        The file, for the message.

    Returns
    -------
    str
        The year.

    Raises
    ------
    DataFileError
        No row; or a year of next to no row: a damaged figure is no vintage.

    Examples
    --------
    >>> newest_year(pd.Series([2023] * 50 + [2024] * 40), Path("f.csv"))
    '2024'
    """
    if years.empty:
        raise unexpected(path, ["aucune ligne"])
    counts = years.value_counts()
    last = int(counts.index.max())
    others = counts.drop(last)
    if len(others) and counts[last] < _FEW_ROWS * others.median():
        rows = counted(int(counts[last]), "ligne seulement", "lignes seulement")
        usual = number(round(others.median()))
        raise unexpected(path, [f"{rows} pour {last}, contre {usual} pour une autre année"])
    return str(last)

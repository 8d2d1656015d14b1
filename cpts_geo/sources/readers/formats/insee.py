"""What the readers of Insee's files share: contracts of columns, whole numbers, one level."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from cpts_geo.errors import alike, one_line
from cpts_geo.sources.catalogue.contracts import CODE_PATTERN
from cpts_geo.sources.readers.formats.base import PLM, bounds, unexpected

#: Kinds of facilities, the same names in every table that has them.
FACILITIES: Final = ("gps", "emergency_departments", "pharmacies")
#: Codes of general practitioners, the current one first: editions before 2024 say D201.
GP_CODES: Final = ("D265", "D201")
#: Names of the other facilities, by their code.
OTHER_FACILITIES: Final = {"D106": "emergency_departments", "D307": "pharmacies"}

CODE: Final = pa.Column(
    str, pa.Check.str_matches(CODE_PATTERN, error="code Insee de 5 caractères attendu")
)
UNIQUE_CODE: Final = pa.Column(
    str,
    pa.Check.str_matches(CODE_PATTERN, error="code Insee de 5 caractères attendu"),
    unique=True,
)
FACILITY: Final = pa.Column(
    str, pa.Check.isin(FACILITIES, error=f"attendu : {', '.join(FACILITIES)}")
)
COUNT: Final = pa.Column(int, pa.Check.ge(0, error="nombre positif ou nul attendu"))
#: An estimate, which may have decimals and may be unknown.
QUANTITY: Final = pa.Column(
    float, pa.Check.ge(0, error="nombre positif ou nul attendu"), nullable=True
)


def whole_numbers(texts: pd.Series, path: Path) -> pd.Series:
    """
    Counts written as text, none of which may be masked, missing or split.

    Parameters
    ----------
    texts : Series of str
        ``12``, ``12.0``, ``1 204``.
    path : Path
        The file, for the message.

    Returns
    -------
    Series of int
        On the same index.

    Raises
    ------
    DataFileError
        A text is no whole number; the first twenty are listed.

    Examples
    --------
    >>> whole_numbers(pd.Series(["12", "12.0", "1 204"]), Path("f.csv")).tolist()
    [12, 12, 1204]
    """
    found = bounds(texts.astype(str), masked=(0.0, 0.0), path=path)
    values = found["low"].mask(found["masked"])
    bad = sorted(set(texts[values.isna() | (values % 1 != 0)].astype(str)))
    if bad:
        lines = (f"nombre entier attendu : « {one_line(text)} »" for text in bad)
        raise unexpected(path, alike(lines, "nombre entier attendu", total=len(bad)))
    return values.astype("int64")


def without_parts(table: pd.DataFrame) -> pd.DataFrame:
    """
    Drop the arrondissements of Paris, Lyon or Marseille where the commune itself is listed.

    Parameters
    ----------
    table : DataFrame
        With a column code_insee.

    Returns
    -------
    DataFrame
        The same rows, less those counted twice; arrondissements that stand alone stay.

    Examples
    --------
    >>> table = pd.DataFrame({"code_insee": ["69123", "69381", "75101"]})
    >>> without_parts(table)["code_insee"].tolist()
    ['69123', '75101']
    """
    listed = set(table["code_insee"])
    twice = {part for whole, parts in PLM.items() if whole in listed for part in parts}
    return table[~table["code_insee"].isin(twice)].reset_index(drop=True)

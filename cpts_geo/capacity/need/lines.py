"""Lines whose activity is known: the requests that what each counted leaves possible.

data/cpts/known_lines.csv, or an analyst's copy with rows of its own. The requests of a year are
never known; the law of each line says what its count leaves possible::

    appels     y = U(count_low, count_high) x Tri(share_low, share_likely, share_high)
    servies    y = U(count_low, count_high) / U(served_low, served_high)

the first where calls were counted and only some deserve a slot, the second where consultations
were and only some requests found one.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cpts_geo.capacity.need.quantities import Floats
from cpts_geo.capacity.scenario.area import Area, area_of_codes
from cpts_geo.errors import TableError, quoted
from cpts_geo.sources.analyst.lists.known_lines import communes_at, read_known_lines_file
from cpts_geo.sources.embedding.embedded import load_epci, load_known_lines, load_perimeters


@dataclass(frozen=True)
class KnownLine:
    """
    A line that others are compared with.

    Attributes
    ----------
    key, name : str
        Its key in the table, and its French name.
    kind, access, saturated : str
        What device it is, how one enters, whether its places were full: confounded on few lines.
    grade : str
        How far its count can be trusted, A to D.
    area : Area
        People and APL of its communes, or of those that stand for them.
    count : tuple of float
        Least and largest number counted in a year.
    share : tuple of float or None
        Least, likely and largest share of the calls that deserve a slot; None: consultations.
    served : tuple of float or None
        Least and largest share of the requests that found a slot; None: calls.
    """

    key: str
    name: str
    kind: str
    access: str
    saturated: str
    grade: str
    area: Area
    count: tuple[float, float]
    share: tuple[float, float, float] | None
    served: tuple[float, float] | None

    def draw(self, draws: int, *, seed: int) -> Floats:
        """
        Draw the requests of a year that its count leaves possible.

        Parameters
        ----------
        draws, seed : int
            How many; other lines draw from other numbers at the same seed.

        Returns
        -------
        numpy.ndarray of float
            Requests a year.
        """
        # Numbers of its own: a row that is added changes those of no other.
        rng = np.random.default_rng([seed, zlib.crc32(self.key.encode())])
        count = rng.uniform(*self.count, draws)
        if self.share is not None:
            low, likely, high = self.share
            return count * (rng.triangular(low, likely, high, draws) if low < high else low)
        assert self.served is not None
        return count / rng.uniform(*self.served, draws)


def lines_table(path: Path | None = None) -> pd.DataFrame:
    """
    Read every line of the table, those that do not calibrate included.

    Parameters
    ----------
    path : Path, optional
        An analyst's copy of the table; the embedded one by default.

    Returns
    -------
    DataFrame
        As data/cpts/README.md defines it; in attrs, for a copy: ``notes``, French sentences.

    Raises
    ------
    TableError
        A row breaks the contract of the table.
    """
    return load_known_lines() if path is None else read_known_lines_file(path)


def lines_of(table: pd.DataFrame) -> tuple[KnownLine, ...]:
    """
    Take the lines that calibrate, with their areas.

    Parameters
    ----------
    table : DataFrame
        As :func:`lines_table` reads it; not modified.

    Returns
    -------
    tuple of KnownLine
        In the order of the table.

    Raises
    ------
    TableError
        The communes of a line are unknown or have no APL, or no line calibrates.

    Examples
    --------
    >>> [line.key for line in lines_of(lines_table())][:2]
    ['beauce_gatinais', 'ouest_loiret']
    """
    table = table[table["calibrates"] == "oui"]
    epci, perimeters = load_epci(), load_perimeters()
    lines, defects = [], []
    for row in table.to_dict("records"):
        codes, unknown = communes_at(str(row["places"]), epci=epci, perimeters=perimeters)
        area = None if unknown else area_of_codes(codes)
        if unknown:
            defects.append(f"ligne {quoted(row['line'])} : {', '.join(unknown)} inconnu")
        elif area is None:
            defects.append(f"ligne {quoted(row['line'])} : l’APL de ses communes est inconnu")
        else:
            lines.append(_line(row, area))
    if defects or not lines:
        raise TableError(
            "Les lignes connues ne peuvent pas être lues.",
            defects=defects or ["aucune ligne ne compte (calibrates = oui)"],
            remedy="corrigez « places » (cpts:CLÉ, epci:SIREN+SIREN ou communes:CODE+CODE), ou "
            "écrivez calibrates = non.",
        )
    return tuple(lines)


def _line(row: dict[Any, Any], area: Area) -> KnownLine:
    """A row whose communes are known; those that stand for more people bear their factor."""
    factor = float(row["people_factor"])
    calls = row["law"] == "appels"
    return KnownLine(
        key=row["line"],
        name=row["name"],
        kind=row["kind"],
        access=row["access"],
        saturated=row["saturated"],
        grade=row["grade"],
        area=area.scaled(factor),
        count=(row["count_low"], row["count_high"]),
        share=(row["share_low"], row["share_likely"], row["share_high"]) if calls else None,
        served=None if calls else (row["served_low"], row["served_high"]),
    )

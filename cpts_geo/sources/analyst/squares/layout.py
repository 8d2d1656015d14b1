"""How Insee names a square of 200 m, and where it is.

« CRS3035RES200mN2029400E4259000 » is the corner of the square, south and west, in metres of the
coordinate system that the name says; overseas has its own. ``lcog_geo`` holds the codes of the
communes it lies in, one after the other, the main one first.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyproj import Transformer

#: Columns of Insee's file that are read: name of the square, persons, communes.
LAYOUT: Final = ("idcar_200m", "ind", "lcog_geo")
#: Side of a square, metres.
_SIDE: Final = 200
#: Coordinate system of the squares of France in Europe.
_EUROPE: Final = 3035
#: And of those of each département overseas.
_OVERSEAS: Final = {"971": 5490, "972": 5490, "973": 2972, "974": 2975, "976": 4471}
#: Coordinate systems that squares are named in.
_SYSTEMS: Final = frozenset({_EUROPE, *_OVERSEAS.values()})
_NAME: Final = r"^CRS(?P<crs>\d{4})RES200mN(?P<north>\d{1,7}00)E(?P<east>\d{1,7}00)$"


def _system_of(departement: str) -> int:
    """
    Coordinate system of the squares of a département.

    Parameters
    ----------
    departement : str
        Its code.

    Returns
    -------
    int
        EPSG number.

    Examples
    --------
    >>> _system_of("45"), _system_of("974")
    (3035, 2975)
    """
    return _OVERSEAS.get(departement, _EUROPE)


def _square_names(
    north: npt.NDArray[np.integer], east: npt.NDArray[np.integer], *, system: int
) -> pd.Series:
    """
    Name squares as Insee does.

    Parameters
    ----------
    north, east : ndarray of int
        Metres of their south-west corners.
    system : int
        EPSG number of the coordinate system.

    Returns
    -------
    Series of str
        Names, in the same order.

    Examples
    --------
    >>> _square_names(np.array([2029400]), np.array([4259000]), system=3035)[0]
    'CRS3035RES200mN2029400E4259000'
    """
    texts = [pa.array(metres).cast(pa.string()) for metres in (north, east)]
    start = f"CRS{system}RES{_SIDE}mN"
    names = pc.binary_join_element_wise(start, texts[0], "E", "")
    return pd.Series(pc.binary_join_element_wise(names, texts[1], "").to_pandas(), dtype="str")


def _unnamed(names: pd.Series) -> pd.Series:
    """
    Tell the names that are of no square of 200 m.

    Parameters
    ----------
    names : Series of str
        Names.

    Returns
    -------
    Series of bool
        Whether each is not the name of a square in a coordinate system that is known.

    Examples
    --------
    >>> _unnamed(pd.Series(["CRS3035RES200mN2029400E4259000", "CRS3035RES1000mN202E4"])).tolist()
    [False, True]
    """
    read = _read(names)
    return ~read["crs"].isin(_SYSTEMS)


def placed(names: pd.Series) -> pd.DataFrame:
    """
    Find where squares are.

    Parameters
    ----------
    names : Series of str
        Their names, none of which is :func:`_unnamed`.

    Returns
    -------
    DataFrame
        On the same index: lon, lat of the middle (degrees, WGS84).

    Examples
    --------
    >>> placed(pd.Series(["CRS3035RES200mN2029400E4259000"])).round(3).to_numpy().tolist()
    [[9.263, 41.364]]
    """
    read = _read(names)
    degrees = np.full((2, len(names)), np.nan)
    for system in read["crs"].unique():
        rows = (read["crs"] == system).to_numpy()
        middle = (read.loc[rows, name].to_numpy(float) + _SIDE / 2 for name in ("east", "north"))
        there = Transformer.from_crs(int(system), 4326, always_xy=True)
        degrees[:, rows] = there.transform(*middle)
    return pd.DataFrame({"lon": degrees[0], "lat": degrees[1]}, index=names.index)


def _read(names: pd.Series) -> pd.DataFrame:
    """Coordinate system and metres of names: 0 where a name is none."""
    found = pc.extract_regex(pa.array(names, pa.large_string(), from_pandas=True), _NAME)
    numbers = [pc.fill_null(pc.struct_field(found, [k]), "0").cast(pa.int64()) for k in range(3)]
    columns = dict(zip(("crs", "north", "east"), numbers, strict=True))
    return pd.DataFrame({name: column.to_numpy() for name, column in columns.items()})

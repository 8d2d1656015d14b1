"""Care within reach of every inhabited square of 200 m, and of the communes they make up."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cpts_geo.access.catchments._tiles import tiled_fca
from cpts_geo.access.catchments.weights import Weight
from cpts_geo.access.travel.surrogate import FACTOR_COLUMNS
from cpts_geo.geography.cog.events import current_codes
from cpts_geo.sources.analyst.squares.layout import LAYOUT, placed
from cpts_geo.sources.codes import WHOLE_OF, overseas
from cpts_geo.sources.lands import land_of

#: Oldest COG that the communes of a file of squares are looked for in.
_OLDEST_COG: Final = 2018
_FACTOR: Final = FACTOR_COLUMNS["central"]


def square_accessibility(
    squares: pd.DataFrame,
    communes: pd.DataFrame,
    *,
    supply: pd.Series,
    factors: pd.DataFrame,
    elsewhere: pd.Series | None = None,
    weight: Weight,
    executor: Executor | None = None,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> pd.DataFrame:
    """
    Compute the accessibility of inhabited squares (E2SFCA), by approximate times.

    Parameters
    ----------
    squares : DataFrame
        idcar_200m, ind, lcog_geo, as :func:`cpts_geo.sources.analyst.squares.file.read_squares` or
        :func:`cpts_geo.sources.analyst.squares.synthetic.synthetic_squares` give them.
    communes : DataFrame
        code_insee, lon, lat: care is where the town hall is; nowhere without a known place.
    supply : Series of float
        By code of commune, NaN unknown.
    factors : DataFrame
        By département: travel_central, as
        :func:`cpts_geo.sources.embedding.embedded.load_travel_factors`.
    elsewhere : Series of float, optional
        People who are in no square, by code of commune: they share the care too, from the town hall
        of theirs.
    weight, executor, told : see there
        As for :func:`cpts_geo.access.catchments._tiles.tiled_fca`.

    Returns
    -------
    DataFrame
        In the order of `squares`: square, code_insee (of today, the main one of its communes),
        people, accessibility (supply per head; NaN where one in reach is unknown).

    Raises
    ------
    TableError
        As :func:`cpts_geo.access.catchments._tiles.tiled_fca`.

    Notes
    -----
    Paris, Lyon and Marseille have one place each, like any commune: within them, squares differ by
    their distance to the town hall alone.

    Examples
    --------
    >>> from cpts_geo.access.catchments.weights import APL_WEIGHT
    >>> from cpts_geo.sources.analyst.squares.synthetic import synthetic_squares
    >>> from cpts_geo.sources.embedding import embedded
    >>> here = embedded.load_communes().query("code_insee == '45130'")
    >>> found = square_accessibility(
    ...     synthetic_squares(here), here, supply=pd.Series({"45130": 3.0}),
    ...     factors=embedded.load_travel_factors(), weight=APL_WEIGHT,
    ... )
    >>> round(float((found["people"] * found["accessibility"]).sum()), 9)
    3.0
    """
    name, persons, codes = LAYOUT
    place, now = _main_communes(squares[codes])
    roads = {column: values[place] for column, values in _roads(pd.Index(now), factors).items()}
    homes = placed(squares[name]).assign(people=squares[persons], **roads)
    there = communes.set_index("code_insee")[["lon", "lat"]].dropna()
    there = there.assign(supply=supply.reindex(there.index), **_roads(there.index, factors))
    if elsewhere is not None:
        halls = there.drop(columns="supply").assign(people=elsewhere).dropna(subset="people")
        homes = pd.concat([homes, halls], ignore_index=True)
    found = tiled_fca(homes, there, weight=weight, executor=executor, told=told)
    columns = {"square": squares[name], "code_insee": now.array[place]}
    table = pd.DataFrame(columns | {"people": squares[persons]})
    return table.assign(accessibility=found.iloc[: len(table)].to_numpy())


def communes_of(squares: pd.DataFrame) -> pd.Series:
    """
    Name the commune of today that squares are of: the main one of each.

    Parameters
    ----------
    squares : DataFrame
        lcog_geo.

    Returns
    -------
    Series of str
        INSEE codes, on the same index; a code that leads to no commune of today stays as it is.

    Examples
    --------
    >>> communes_of(pd.DataFrame({"lcog_geo": ["8506045203", "75113", "99999"]})).tolist()
    ['85194', '75056', '99999']
    """
    place, now = _main_communes(squares[LAYOUT[2]])
    return pd.Series(now.array[place], squares.index)


def commune_accessibility(squares: pd.DataFrame) -> pd.DataFrame:
    """
    Sum up the squares of communes.

    Parameters
    ----------
    squares : DataFrame
        Result of :func:`square_accessibility`.

    Returns
    -------
    DataFrame
        By code_insee, in order: squares, people, accessibility (mean over people), lowest, highest
        (of a square). NaN where that of a square is: no part of a commune stands for the rest.

    Examples
    --------
    >>> squares = pd.DataFrame({"code_insee": "45130", "people": [30.0, 10.0],
    ...                         "accessibility": [0.001, 0.002]})
    >>> commune_accessibility(squares).round(5).loc["45130"].tolist()
    [2.0, 40.0, 0.00125, 0.001, 0.002]
    """
    received = squares["people"] * squares["accessibility"]
    groups = squares.assign(received=received).groupby("code_insee", sort=True)
    people = groups["people"].sum()
    values = groups["accessibility"]
    known = values.count() == groups.size()
    return pd.DataFrame(
        {
            "squares": groups.size(),
            "people": people,
            "accessibility": (groups["received"].sum() / people).where(known),
            "lowest": values.min().where(known),
            "highest": values.max().where(known),
        }
    )


def _main_communes(codes: pd.Series) -> tuple[npt.NDArray[np.intp], pd.Series]:
    """The communes of today, and the place there of the main one of each square."""
    # Squares are many, communes few: what is of these is looked up once.
    place, first = pd.factorize(codes.str[:5])
    own = pd.Series(first)
    return place, current_codes(own, from_vintage=_OLDEST_COG).fillna(own).replace(WHOLE_OF)


def _roads(codes: pd.Index, factors: pd.DataFrame) -> dict[str, npt.NDArray[Any]]:
    """Land and factor of communes."""
    area = codes.str[:3].where(overseas(codes.to_series()).to_numpy(), codes.str[:2])
    factor = factors[_FACTOR].reindex(area).to_numpy(np.float64)
    return {"land": land_of(codes), "factor": factor}

"""Invented squares in Insee's layout, where its file was not fetched: nobody lives as they say.

The people of each commune are its own, to the last one; where they live within it is drawn: close
to the town hall more often than at the border, in as many squares as its density makes likely.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import Transformer

from cpts_geo.sources.analyst.squares.layout import _SIDE, LAYOUT, _square_names, _system_of

#: What every figure that rests on them says.
SYNTHETIC: Final = "carroyage synthétique"
#: People a square, at which one square in two is inhabited: it makes 2.3 million of them in France.
_HALF: Final = 11.3
#: Square roots of the area of a commune in which the chance to live there falls threefold.
_FALL: Final = 0.35
#: Shape of what a square holds beside its neighbours.
_SHAPE: Final = 4.0

_Floats = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int64]


class _Lattice(NamedTuple):
    """Squares of a département: whose each is (place in the table), and its column and row."""

    owner: _Ints
    east: _Ints
    north: _Ints


def synthetic_squares(communes: gpd.GeoDataFrame, *, seed: int = 200) -> pd.DataFrame:
    """
    Invent inhabited squares of 200 m from the populations of communes.

    Parameters
    ----------
    communes : GeoDataFrame
        code_insee, departement, population, lon, lat (of the town hall) and outline (WGS84).
    seed : int
        Of what is drawn: the same one gives the same squares.

    Returns
    -------
    DataFrame
        idcar_200m, ind, lcog_geo, as Insee's file: a row a square, each in one commune. The people
        of a commune add up to its population; one without outline lives in the square of its town
        hall, and without a known place in none.

    Examples
    --------
    >>> from cpts_geo.sources.embedding import embedded
    >>> national = embedded.load_communes()
    >>> dry = synthetic_squares(national[national["code_insee"] == "45130"])
    >>> int(dry["ind"].sum()) == int(national.set_index("code_insee").loc["45130", "population"])
    True
    """
    parts = []
    systems = communes["departement"].map(_system_of)
    for system, rows in communes.groupby(systems, sort=True):
        field = rows.assign(outline=rows.geometry.to_crs(system), **_halls(rows, system))
        parts += [
            _of_departement(near, system=system, seed=(seed, *code.encode()))
            for code, near in field.groupby("departement", sort=True)
        ]
    empty = pd.DataFrame({name: pd.Series(dtype="str") for name in LAYOUT}).astype({"ind": float})
    return pd.concat(parts, ignore_index=True) if parts else empty


def _of_departement(communes: pd.DataFrame, *, system: int, seed: Sequence[int]) -> pd.DataFrame:
    """Squares of the communes of one département, whose outlines and halls are in its system."""
    rng = np.random.default_rng(seed)
    halls = communes[["east", "north"]].to_numpy(np.float64).T
    people = communes["population"].to_numpy(np.int64)
    lattice = _with_halls(_lattice(communes["outline"]), halls, people > 0)
    inside = np.bincount(lattice.owner, minlength=len(communes))
    # How far from the town hall, in units of the commune.
    apart = np.hypot(*(np.stack([lattice.east, lattice.north]) + 0.5 - halls[:, lattice.owner]))
    apart = np.nan_to_num(apart) / np.sqrt(inside[lattice.owner]) / _FALL
    kept = _drawn(lattice.owner, apart, _wanted(people, inside), rng=rng)
    owner = lattice.owner[kept]
    likely = np.exp(-apart[kept]) * rng.gamma(_SHAPE, size=len(kept))
    return pd.DataFrame(
        {
            LAYOUT[0]: _square_names(
                lattice.north[kept] * _SIDE, lattice.east[kept] * _SIDE, system=system
            ),
            LAYOUT[1]: _shared(people, owner, likely).astype(np.float64),
            LAYOUT[2]: communes["code_insee"].astype("str").array[owner],
        }
    )


def _halls(communes: pd.DataFrame, system: int) -> dict[str, _Floats]:
    """Town halls in sides of squares, east and north; NaN unknown."""
    there = Transformer.from_crs(4326, system, always_xy=True)
    metres = there.transform(communes["lon"].to_numpy(), communes["lat"].to_numpy())
    sides = (np.where(np.isfinite(axis), axis / _SIDE, np.nan) for axis in metres)
    return dict(zip(("east", "north"), sides, strict=True))


def _lattice(outlines: gpd.GeoSeries) -> _Lattice:
    """Squares whose middle is inside an outline: by rows, between its borders, two by two."""
    parts, whose = shapely.get_parts(outlines.to_numpy(), return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    points = points / _SIDE - 0.5
    joined = ring[1:] == ring[:-1]
    (x, y), (to_x, to_y) = points[:-1][joined].T, points[1:][joined].T
    # A border is on the row of a middle from its lower end, included, to its upper one, excluded.
    edge, row = _counted(np.minimum(y, to_y), np.maximum(y, to_y))
    crossing = x[edge] + (row - y[edge]) * (to_x[edge] - x[edge]) / (to_y[edge] - y[edge])
    owner = whose[part[ring[:-1][joined]]][edge]
    order = np.lexsort((crossing, row, owner))
    owner, row, crossing = owner[order][::2], row[order][::2], crossing[order]
    span, column = _counted(crossing[::2], crossing[1::2])
    return _Lattice(owner[span], column, row[span])


def _counted(low: _Floats, high: _Floats) -> tuple[_Ints, _Ints]:
    """Whole numbers from each `low`, included, to its `high`, excluded: place of pair, number."""
    first = np.ceil(low).astype(np.int64)
    many = np.ceil(high).astype(np.int64) - first
    place = np.repeat(np.arange(len(many)), many)
    return place, np.arange(len(place)) - np.repeat(np.cumsum(many) - many - first, many)


def _with_halls(lattice: _Lattice, halls: _Floats, inhabited: npt.NDArray[np.bool_]) -> _Lattice:
    """The same where a commune that people live in has a square: that of its town hall, if need
    be, which is then of no other commune."""
    bare = np.bincount(lattice.owner, minlength=len(inhabited)) == 0
    alone = np.flatnonzero(bare & inhabited & np.isfinite(halls[0]))
    east, north = np.floor(halls[:, alone]).astype(np.int64)
    owner, east, north = (
        np.append(own, of_all) for own, of_all in zip((alone, east, north), lattice, strict=True)
    )
    # The first of a square keeps it.
    _, first = np.unique(north * 1_000_000 + east, return_index=True)
    order = first[np.argsort(owner[first], kind="stable")]
    return _Lattice(owner[order], east[order], north[order])


def _wanted(people: _Ints, inside: _Ints) -> _Ints:
    """Inhabited squares of communes: all of them where people are many, one at least, and never
    more than people."""
    dense = people / (people + _HALF * inside)
    wanted = np.round(inside * np.nan_to_num(dense)).astype(np.int64)
    return np.minimum(np.maximum(wanted, people > 0), np.minimum(people, inside))


def _drawn(owner: _Ints, apart: _Floats, wanted: _Ints, *, rng: np.random.Generator) -> _Ints:
    """Squares drawn without replacement, as many as wanted of each owner, near ones likelier."""
    # The smallest exponential times, each of rate exp(-apart), are such a draw.
    late = np.log(rng.exponential(size=len(owner))) + apart
    # Between 0 and 1, so that one sort does for both.
    order = np.argsort(owner + 1 / (1 + np.exp(-late)), kind="stable")
    first = np.searchsorted(owner[order], np.arange(len(wanted)))
    rank = np.arange(len(owner)) - first[owner[order]]
    return np.sort(order[rank < wanted[owner[order]]])


def _shared(people: _Ints, owner: _Ints, likely: _Floats) -> _Ints:
    """People of each square: one, and of the rest of its commune what is likely, rounded so that
    they add up."""
    squares = np.bincount(owner, minlength=len(people))
    rest = (people - squares)[owner]
    first = np.searchsorted(owner, np.arange(len(people)))[owner]
    sums = np.cumsum(likely)
    before = np.append(0.0, sums)[first]
    whole = np.bincount(owner, likely, minlength=len(people))[owner]
    last = np.append(owner[1:] != owner[:-1], True)
    share = np.where(last, 1.0, np.clip((sums - before) / whole, 0.0, 1.0))
    upto = np.round(share * rest).astype(np.int64)
    starts = np.append(True, last[:-1])
    people_each: _Ints = 1 + upto - np.where(starts, 0, np.append(0, upto[:-1]))
    return people_each

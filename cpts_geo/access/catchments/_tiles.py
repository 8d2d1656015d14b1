"""Floating catchments of millions of homes, tile by tile, without a border around any of them.

A catchment is two sums over sites. Each tile of homes says how many people it sends within each
band of time of each site; added up, they are the people who share the site; each tile then spreads
the ratios over its homes. A tile needs the sites, a short list, and no other tile. Pairs are never
stored: a band of minutes is a disc around the site (:mod:`cpts_geo.access.travel.surrogate`), and
homes near one another are measured against the few sites that one of them may reach.

People are counted by band before they are weighed: whole people add up exactly, so that neither the
tiles nor who computes them change a digit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

from cpts_geo.access.catchments.sharing import ratio_of
from cpts_geo.access.catchments.weights import Weight
from cpts_geo.access.travel.places import Floats
from cpts_geo.access.travel.surrogate import LAWS, PowerLaw, chord, unit_vectors
from cpts_geo.errors import TableError
from cpts_geo.french import counted

_Ints = npt.NDArray[np.int64]
_Done = TypeVar("_Done")
#: Homes of a tile: what one task holds, a few megabytes.
_TILE: Final = 100_000
#: Degrees north and east of a block of homes that are measured together, some 11 km.
_BLOCK: Final = (0.1, 0.145)
#: Homes of a block, at most, where they stand closer than squares of 200 m.
_CROWD: Final = 4_096


def tiled_fca(
    homes: pd.DataFrame,
    sites: pd.DataFrame,
    *,
    weight: Weight,
    power: int = 1,
    law: PowerLaw = LAWS["central"],
    tile: int = _TILE,
    executor: Executor | None = None,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> pd.Series:
    """
    Floating catchments of as many homes as there are, from their places alone.

    Parameters
    ----------
    homes : DataFrame
        Where people live: lon, lat (degrees), people (>= 0), land (no road joins two), factor (what
        the law is multiplied by there, above 0).
    sites : DataFrame
        Where care is: lon, lat, supply (>= 0, NaN unknown), land, factor.
    weight : Weight
        Weight of travel time; ``Weight((t,), (1,))`` gives 2SFCA.
    power : {1, 2}
        2 gives M2SFCA: what is spread is weighed twice.
    law : PowerLaw
        Minutes of a distance; a pair takes the mean of the factors of its ends.
    tile : int
        Homes of a task, about: memory against number of tasks; it changes no result.
    executor : concurrent.futures.Executor, optional
        Who computes the tiles: threads, processes, a cluster; this process by default.
    told : callable
        Receives how many tasks are done, and of how many.

    Returns
    -------
    Series of float
        Supply per head, by home, as :func:`cpts_geo.access.catchments.catchment.\
enhanced_two_stage_fca` on the times of the law: 0 where no supply is in reach, NaN where one in
        reach is unknown or serves nobody.

    Raises
    ------
    TableError
        Coordinates, people or factors that are none; lists every defect.

    Examples
    --------
    >>> homes = pd.DataFrame({"lon": [2.0, 2.1, 2.9], "lat": 48.0, "people": [900, 100, 50],
    ...                       "land": 0, "factor": 1.0})
    >>> sites = pd.DataFrame({"lon": [2.0], "lat": 48.0, "supply": 3.0, "land": 0, "factor": 1.0})
    >>> tiled_fca(homes, sites, weight=Weight((20,), (1,))).tolist()
    [0.003, 0.003, 0.0]
    """
    _check(homes, sites)
    there = sites[sites["supply"] != 0]
    bands = [band for band, share in enumerate(weight.weights) if share > 0]
    if there.empty or not bands or homes.empty:
        return pd.Series(0.0, index=homes.index)
    minutes, shares = np.asarray(weight.breaks)[bands], np.asarray(weight.weights)[bands]
    tiles, order, kinds = _tiles(homes, tile)
    field = _Field(
        sphere=unit_vectors(there["lon"], there["lat"]),
        land=there["land"].to_numpy(),
        factor=there["factor"].to_numpy(np.float64),
        kinds=kinds,
        reaches=np.array([law.distance(limit) for limit in minutes]),
        exponent=-1 / law.exponent,
    )
    total = 2 * len(tiles)
    served = np.zeros((len(bands), len(there)))
    for done, part in enumerate(_mapped(partial(_served, field=field), tiles, executor), 1):
        served += part
        told(done, total)
    people = _steps(shares) @ served
    ratio = ratio_of(there["supply"].to_numpy(np.float64), people)
    spread = partial(_received, field=field, ratio=ratio, steps=_steps(shares**power))
    found = np.empty(len(homes))
    start = 0
    for done, part in enumerate(_mapped(spread, tiles, executor), len(tiles) + 1):
        found[order[start : start + len(part)]] = part
        start += len(part)
        told(done, total)
    return pd.Series(found, index=homes.index)


class _Kinds(NamedTuple):
    """What homes have in common beside their place: a land and a factor."""

    land: npt.NDArray[Any]
    factor: Floats


class _Tile(NamedTuple):
    """Homes of one task, in blocks: the first of each, and the end."""

    lon: Floats
    lat: Floats
    people: Floats
    kind: _Ints
    cuts: _Ints


class _Block(NamedTuple):
    """Homes near one another, the sites in their reach, squared chords between them, and by band
    those below which a home is in it."""

    rows: slice
    sites: _Ints
    squared: Floats
    limits: list[Floats]


@dataclass(frozen=True)
class _Field:
    """The sites, the kinds of homes, the bands in kilometres of the law and the power that a factor
    takes there."""

    sphere: Floats
    land: npt.NDArray[Any]
    factor: Floats
    kinds: _Kinds
    reaches: Floats
    exponent: float

    @cached_property
    def tree(self) -> cKDTree:
        """The sites by place."""
        return cKDTree(self.sphere)

    @cached_property
    def widest(self) -> float:
        """Chord beyond which nothing is in reach, where the road is fastest."""
        fastest = (self.factor.min() + self.kinds.factor.min()) / 2
        return float(chord(self.reaches[-1] * fastest**self.exponent))

    def limits(self, kind: _Ints, sites: _Ints) -> list[Floats]:
        """Squared chords of the bands, homes (one row where all are of a kind) by sites."""
        alike = bool((kind == kind[0]).all())
        kinds, rows = (kind[:1], None) if alike else np.unique(kind, return_inverse=True)
        factor = (self.kinds.factor[kinds, None] + self.factor[sites]) / 2
        joined = self.kinds.land[kinds, None] == self.land[sites]
        farther = np.where(joined, factor**self.exponent, 0.0)
        limits = [chord(reach * farther) ** 2 for reach in self.reaches]
        return limits if rows is None else [limit[rows] for limit in limits]

    def blocks(self, tile: _Tile) -> Iterator[_Block]:
        """Homes of a tile, block by block, beside the sites that one of them may reach."""
        sphere = unit_vectors(tile.lon, tile.lat)
        for rows in map(slice, tile.cuts[:-1], tile.cuts[1:]):
            here = sphere[rows]
            low, high = here.min(axis=0), here.max(axis=0)
            middle = (low + high) / 2
            around = float(np.sqrt(((high - middle) ** 2).sum())) + self.widest
            found = self.tree.query_ball_point(middle, around, return_sorted=True)
            sites = np.array(found, dtype=np.int64)
            there = self.sphere[sites]
            gap = np.maximum(np.maximum(low - there, there - high), 0.0)
            near = (gap**2).sum(axis=1) <= self.widest**2
            sites = sites[near]
            # Beside their middle, chords keep the digits that short distances need.
            squared = _squared(here - middle, there[near] - middle)
            yield _Block(rows, sites, squared, self.limits(tile.kind[rows], sites))


def _served(tile: _Tile, *, field: _Field) -> Floats:
    """People of a tile nearer than each band's end, bands by sites."""
    found = np.zeros((len(field.reaches), len(field.sphere)))
    for block in field.blocks(tile):
        people = tile.people[block.rows]
        for band, limit in enumerate(block.limits):
            found[band, block.sites] += np.einsum("i,ij->j", people, block.squared < limit)
    return found


def _received(tile: _Tile, *, field: _Field, ratio: Floats, steps: Floats) -> Floats:
    """What the homes of a tile receive of the ratios of the sites; NaN of one that is unknown."""
    unknown = np.isnan(ratio)
    known = np.where(unknown, 0.0, ratio)
    found = np.zeros(len(tile.lon))
    for block in field.blocks(tile):
        received = found[block.rows]
        for step, limit in zip(steps, block.limits, strict=True):
            within = block.squared < limit
            received += step * np.einsum("ij,j->i", within, known[block.sites])
        if (lost := unknown[block.sites]).any():
            received[within[:, lost].any(axis=1)] = np.nan
    return found


def _squared(homes: Floats, sites: Floats) -> Floats:
    """Squared distances, homes by sites."""
    found = np.subtract.outer(homes[:, 0], sites[:, 0])
    found *= found
    for axis in (1, 2):
        apart = np.subtract.outer(homes[:, axis], sites[:, axis])
        apart *= apart
        found += apart
    return found


def _steps(shares: Floats) -> Floats:
    """What each band counts more than the next one: who is within one is within those after."""
    return -np.diff(shares, append=0.0)


def _tiles(homes: pd.DataFrame, size: int) -> tuple[list[_Tile], _Ints, _Kinds]:
    """Homes in tiles of whole blocks, their places in the table, and their kinds."""
    lon, lat = (homes[name].to_numpy(np.float64) for name in ("lon", "lat"))
    north, east = _BLOCK
    block = np.floor(lat / north).astype(np.int64) * 10_000 + np.floor(lon / east).astype(np.int64)
    order = np.argsort(block, kind="stable")
    block = block[order]
    starts = np.union1d(np.flatnonzero(np.diff(block)) + 1, np.arange(0, len(block), _CROWD))
    # A tile ends with the block that fills it.
    last = np.searchsorted(starts, np.arange(size, len(block), max(1, size)))
    ends = np.unique(np.append(np.append(starts, len(block))[last], len(block)))
    land, lands = pd.factorize(homes["land"])
    factor, factors = pd.factorize(homes["factor"])
    pairs, kind = np.unique(land * len(factors) + factor, return_inverse=True)
    kinds = _Kinds(
        np.asarray(lands)[pairs // len(factors)],
        np.asarray(factors, dtype=np.float64)[pairs % len(factors)],
    )
    people = homes["people"].to_numpy(np.float64)
    tiles = []
    for start, end in zip(np.append(0, ends[:-1]), ends, strict=True):
        rows = order[start:end]
        inside = starts[(starts >= start) & (starts < end)]
        cuts = np.append(inside, end) - start
        tiles.append(_Tile(lon[rows], lat[rows], people[rows], kind[rows], cuts))
    return tiles, order, kinds


def _mapped(
    work: Callable[[_Tile], _Done], tiles: Sequence[_Tile], executor: Executor | None
) -> Iterator[_Done]:
    """Results in the order of the tiles, whoever computes them."""
    if executor is None:
        yield from map(work, tiles)
        return
    # One task at a time: a cluster is sent a tile, never all of them in one message.
    tasks = [executor.submit(work, tile) for tile in tiles]
    for task in tasks:
        yield task.result()


def _check(homes: pd.DataFrame, sites: pd.DataFrame) -> None:
    """Refuse homes or sites that give no catchment; all defects are listed."""
    defects = []
    for name, table, amount in (("habitants", homes, "people"), ("offre", sites, "supply")):
        wanted = ["lon", "lat", amount, "land", "factor"]
        if missing := [column for column in wanted if column not in table]:
            defects.append(f"{name} : colonne absente : {', '.join(missing)}")
            continue
        placed = (table["lon"].abs() <= 180) & (table["lat"].abs() <= 90)
        amounts = table[amount]
        known = amounts.isna() if amount == "supply" else False
        rules = (
            (~placed, "coordonnées absentes ou hors des degrés"),
            (~(((amounts >= 0) & np.isfinite(amounts)) | known), "nombre absent, négatif, infini"),
            (~((table["factor"] > 0) & np.isfinite(table["factor"])), "facteur absent ou nul"),
        )
        defects += [
            f"{name} : {text} : {counted(int(rows.sum()), 'ligne', 'lignes')}"
            for rows, text in rules
            if rows.any()
        ]
    if defects:
        raise TableError(
            "L’accessibilité ne peut pas être calculée de ces lieux.",
            defects=defects,
            remedy="donnez à chaque lieu une longitude et une latitude en degrés, un nombre "
            "positif ou nul, et un facteur positif.",
        )

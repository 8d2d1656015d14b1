"""Contours whose borders are shared, each border written once.

Neighbours share their vertices exactly. A vertex whose neighbours along the rings are not the same
two everywhere is a junction; what runs between two junctions is an arc, kept once however many
rings follow it. Everything is a column of whole numbers, so that France takes seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

_Whole = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Topology:
    """
    Contours as arcs that they share.

    Parameters
    ----------
    quantum : float
        Size of the grid that coordinates stand on, in their unit.
    points : array of int, n by 2
        Vertices of the arcs, one arc after the other, in quanta; both ends of an arc are its own.
    lengths : array of int
        Vertices of each arc.
    rings : array of int
        Rings of each contour; 0 where it has none.
    refs : array of int
        Arcs of each ring.
    arcs : array of int
        Arcs that the rings follow, one ring after the other; ``~k`` is arc `k` backwards.
    """

    quantum: float
    points: _Whole
    lengths: _Whole
    rings: _Whole
    refs: _Whole
    arcs: _Whole

    def packed(self) -> bytes:
        """
        Write it in few bytes.

        Returns
        -------
        bytes
            Zigzag varints: number of arcs, of contours, of rings and of references; lengths, rings,
            refs, differences of arcs; differences of x, then of y.

        Examples
        --------
        >>> square = gpd.GeoSeries([shapely.box(0, 0, 2, 2)])
        >>> topology(square, quantum=1.0).packed().hex()
        '020202020a02020000040003000000040003'
        """
        counts = [len(each) for each in (self.lengths, self.rings, self.refs, self.arcs)]
        steps = np.diff(self.points, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
        parts = (
            self.lengths, self.rings, self.refs, np.diff(self.arcs, prepend=0),
            steps[:, 0], steps[:, 1],
        )  # fmt: skip
        return _varints(np.concatenate([np.asarray(counts, dtype=np.int64), *parts]))


def topology(shapes: gpd.GeoSeries, *, quantum: float) -> Topology:
    """
    Find the arcs that contours share.

    Parameters
    ----------
    shapes : GeoSeries
        Polygons or multipolygons; what is missing or empty has no ring.
    quantum : float
        Size of the grid that coordinates are put on, in their unit.

    Returns
    -------
    Topology
        Rings within half a quantum of those given; each border that two of them share once.

    Examples
    --------
    >>> pair = gpd.GeoSeries([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> found = topology(pair, quantum=0.1)
    >>> len(found.lengths), found.refs.tolist()
    (3, [2, 2])
    """
    geometries = np.asarray(shapes)
    parts, of_shape = shapely.get_parts(geometries, return_index=True)
    ring_shapes, of_part = shapely.get_rings(parts, return_index=True)
    rings = np.bincount(of_shape[of_part], minlength=len(geometries)).astype(np.int64)
    if not len(ring_shapes):
        none = np.zeros(0, dtype=np.int64)
        return Topology(quantum, none.reshape(0, 2), none, rings, none, none)
    xy, ring = shapely.get_coordinates(ring_shapes, return_index=True)
    grid = np.round(xy / quantum).astype(np.int64)
    # The end of a ring repeats its start, and the grid what was nearer than a quantum.
    same = (np.diff(grid, axis=0, append=grid[:1] + 1) == 0).all(axis=1)
    last = np.diff(ring, append=-1) != 0
    sizes = np.bincount(ring, minlength=len(ring_shapes))
    closing = last & (sizes[ring] > 1)
    kept = ~closing & ~(same & ~last)
    # A ring smaller than a quantum is still a place.
    lost = np.setdiff1d(ring, ring[kept])
    kept[np.searchsorted(ring, lost)] = True
    grid, ring = grid[kept], ring[kept]
    return _joined(grid, ring, rings=rings, quantum=quantum)


def _joined(grid: _Whole, ring: _Whole, *, rings: _Whole, quantum: float) -> Topology:
    """Cut rings at their junctions, and keep each piece once."""
    count = len(grid)
    starts = np.flatnonzero(np.diff(ring, prepend=-1))
    ends = np.append(starts[1:], count)
    vertex = _numbered(grid)
    places = np.arange(count)
    after, before = places + 1, places - 1
    after[ends - 1], before[starts] = starts, ends - 1
    cut = _junctions(vertex, vertex[before], vertex[after])
    # A ring without junction begins at its least vertex: its twin, a hole, does too.
    alone = ~np.maximum.reduceat(cut, starts)
    order = np.lexsort((vertex, ring))
    cut[order[np.searchsorted(ring[order], np.flatnonzero(alone))]] = True
    # Each ring is turned to begin at its first junction.
    heads = np.flatnonzero(cut)
    head_ring = ring[heads]
    first = heads[np.searchsorted(head_ring, np.arange(len(starts)))]
    turned = (places - starts[ring] + first[ring] - starts[ring]) % (ends - starts)[ring]
    turned += starts[ring]
    cuts = np.flatnonzero(cut[turned])
    stops = np.append(cuts[1:], count)
    piece_ring = ring[cuts]
    # Where the piece is the last of its ring, it ends where the ring begins.
    closes = np.diff(piece_ring, append=-1) != 0
    end = np.where(closes, first[piece_ring], turned[stops % count])
    forth = _pair(vertex[turned[cuts]], vertex[after[turned[cuts]]], count)
    back = _pair(vertex[end], vertex[before[end]], count)
    _, chosen, of_piece = np.unique(np.minimum(forth, back), return_index=True, return_inverse=True)
    # Arcs in the order they are met: the next one begins near the end of the last.
    met = np.argsort(chosen, kind="stable")
    rank = np.empty_like(met)
    rank[met] = np.arange(len(met))
    chosen = chosen[met]
    number = rank[of_piece]
    backward = forth != forth[chosen][number]
    inside = stops[chosen] - cuts[chosen]
    lengths = inside + 1
    within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    tail = within == np.repeat(inside, lengths)
    origin = np.minimum(np.repeat(cuts[chosen], lengths) + within, count - 1)
    taken = np.where(tail, np.repeat(end[chosen], lengths), turned[origin])
    refs = np.bincount(piece_ring, minlength=len(starts)).astype(np.int64)
    arcs = np.where(backward, ~number, number).astype(np.int64)
    return Topology(quantum, grid[taken], lengths.astype(np.int64), rings, refs, arcs)


def _numbered(grid: _Whole) -> _Whole:
    """A number for each place of the grid."""
    x, y = (grid - grid.min(axis=0)).T
    _, number = np.unique(x * (y.max() + 1) + y, return_inverse=True)
    return np.asarray(number, dtype=np.int64)


def _junctions(vertex: _Whole, before: _Whole, after: _Whole) -> NDArray[np.bool_]:
    """Whether the neighbours of a vertex are not the same two wherever it is met."""
    pair = _pair(np.minimum(before, after), np.maximum(before, after), len(vertex))
    size = int(vertex.max()) + 1
    low = np.full(size, np.iinfo(np.int64).max)
    high = np.full(size, -1)
    np.minimum.at(low, vertex, pair)
    np.maximum.at(high, vertex, pair)
    differs: NDArray[np.bool_] = (low != high)[vertex]
    return differs


def _pair(first: _Whole, second: _Whole, count: int) -> _Whole:
    """One number for two vertices, in their order."""
    return np.asarray(first * (count + 1) + second)


def _varints(values: _Whole) -> bytes:
    """Signed numbers by groups of seven bits, least first; the small ones take a byte."""
    left: Any = np.where(values < 0, -2 * values - 1, 2 * values).astype(np.uint64)
    sizes = np.ones(len(left), dtype=np.int64)
    for bits in range(7, 64, 7):
        sizes += (left >> np.uint64(bits)) > 0
    out = np.zeros(int(sizes.sum()), dtype=np.uint8)
    place = np.cumsum(sizes) - sizes
    for rank in range(int(sizes.max(initial=0))):
        more = sizes > rank
        low = (left[more] >> np.uint64(7 * rank)) & np.uint64(127)
        out[place[more] + rank] = low | (np.uint64(128) * (sizes[more] > rank + 1)).astype(
            np.uint64
        )
    return out.tobytes()

"""What a map hands to the page, read back without the code that wrote it."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterator
from typing import Any

import folium
import shapely

from cpts_geo.atlas.maps.live.commune_layer import CommuneLayer

#: Rings of each contour, as places on the grid.
Rings = list[list[list[tuple[int, int]]]]


def layer_of(new: folium.Map) -> CommuneLayer:
    """The layer of communes of a map."""
    (found,) = (child for child in new._children.values() if isinstance(child, CommuneLayer))
    return found


def unpacked(packed: str) -> tuple[dict[str, Any], list[Rings]]:
    """Data and contours of the text that a page holds."""
    whole = gzip.decompress(base64.b64decode(packed))
    parts = []
    while whole:
        size = int.from_bytes(whole[:4], "little")
        parts.append(whole[4 : 4 + size])
        whole = whole[4 + size :]
    return json.loads(parts[0]), [rings_of(part) for part in parts[1:]]


def packed_in(html: str) -> list[str]:
    """Packed texts of a page."""
    return re.findall(r'<script type="text/plain" id="[^"]*">([^<]*)</script>', html)


def numbers(part: bytes) -> Iterator[int]:
    """Signed numbers of zigzag varints."""
    value = shift = 0
    for byte in part:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield -(value + 1) // 2 if value % 2 else value // 2
            value = shift = 0


def arcs_of(part: bytes) -> tuple[list[list[tuple[int, int]]], list[int], list[int], list[int]]:
    """Arcs, rings of each contour, arcs of each ring, arcs followed."""
    read = numbers(part)
    counts = [next(read) for _ in range(4)]
    lengths, rings, refs = ([next(read) for _ in range(count)] for count in counts[:3])
    followed, last = [], 0
    for _ in range(counts[3]):
        last += next(read)
        followed.append(last)
    axes = []
    for _ in range(2):
        total, axis = 0, []
        for _ in range(sum(lengths)):
            total += next(read)
            axis.append(total)
        axes.append(axis)
    assert next(read, None) is None
    points = iter(zip(*axes, strict=True))
    return [[next(points) for _ in range(length)] for length in lengths], rings, refs, followed


def rings_of(part: bytes) -> Rings:
    """Closed rings of each contour."""
    arcs, rings, refs, followed = arcs_of(part)
    sizes, walk = iter(refs), iter(followed)
    shapes: Rings = []
    for count in rings:
        shape = []
        for _ in range(count):
            ring: list[tuple[int, int]] = []
            for arc in (next(walk) for _ in range(next(sizes))):
                piece = arcs[arc] if arc >= 0 else arcs[~arc][::-1]
                assert not ring or ring[-1] == piece[0]
                ring += piece[1 if ring else 0 :]
            shape.append(ring)
        shapes.append(shape)
    return shapes


def land_of(rings: list[list[tuple[int, int]]], quantum: float) -> Any:
    """The area of rings, where each one in another is a hole."""
    area = shapely.Polygon()
    for ring in rings:
        if len(set(ring)) > 2:
            area = area.symmetric_difference(shapely.Polygon(ring).buffer(0))
    return shapely.transform(area, lambda xy: xy * quantum)

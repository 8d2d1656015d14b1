"""Runs in a process apart: what becomes of a file of polygons that is damaged in many ways."""

from __future__ import annotations

import random
from collections import Counter

from cpts_geo.errors import PerimeterError
from cpts_geo.sources.analyst.polygons._packed import PARTS, flat_archive, shapefiles
from cpts_geo.sources.analyst.polygons._territories import territories


def _damaged(content: bytes, draw: random.Random) -> bytes:
    """The content cut, or with bytes changed, blank or doubled somewhere."""
    place, length = draw.randrange(len(content)), draw.randint(1, 300)
    head, part, tail = content[:place], content[place : place + length], content[place + length :]
    return draw.choice(
        [head, head + draw.randbytes(len(part)) + tail, head + bytes(len(part)) + tail,
         head + part + part + tail]
    )  # fmt: skip


def _damaged_part(content: bytes, draw: random.Random) -> bytes:
    """A shapefile of which one file is damaged, where no checksum tells."""
    [(label, parts)] = shapefiles(content, "z.shp").items()
    suffix = draw.choice([*PARTS])
    return flat_archive({**parts, suffix: _damaged(parts[suffix], draw)}, label)


def outcomes(content: bytes, *, suffix: str, tries: int, seed: int) -> dict[str, int]:
    """Count what so many damaged contents become: a refusal that says what to do, territories, or
    the name of an error of another kind."""
    draw = random.Random(seed)
    found: Counter[str] = Counter()
    for _ in range(tries):
        damaged = _damaged_part(content, draw) if suffix == ".shp" else _damaged(content, draw)
        try:
            territories(damaged, name=f"z{suffix}", suffix=suffix, only=[], layer=None)
        except PerimeterError as error:
            found["refused" if error.remedy else "no remedy"] += 1
        except Exception as error:
            found[type(error).__name__] += 1
        else:
            found["read"] += 1
    return dict(found)

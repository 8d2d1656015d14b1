"""Both sides of the bounds on files of polygons."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
from shapely.geometry import Polygon

from cpts_geo.sources._bounds.limits import LIMITS
from cpts_geo.sources.analyst.polygons.file import read_polygon_file
from tests.bound_sides_door import Side

Ring = Sequence[tuple[float, float]]


def _circle(
    vertices: int, *, radius: float = 0.001, west: float = 1.0
) -> list[tuple[float, float]]:
    turns = [2 * math.pi * n / (vertices - 1) for n in range(vertices - 1)]
    ring = [(west + radius * math.cos(t), 47 + radius * math.sin(t)) for t in turns]
    return [*ring, ring[0]]


def _file(folder: Path, rings: Sequence[Sequence[Ring]], **fields: Sequence[str]) -> Path:
    features = [
        {
            "type": "Feature",
            "properties": {field: values[rank] for field, values in fields.items()},
            "geometry": {"type": "Polygon", "coordinates": each},
        }
        for rank, each in enumerate(rings)
    ]
    path = folder / "zone.geojson"
    text = json.dumps({"type": "FeatureCollection", "features": features}).ljust(9_000)
    path.write_text(text, encoding="utf-8")
    return path


def _two(folder: Path) -> object:
    rings = [[_circle(9)], [_circle(9, west=2.0)]]
    return read_polygon_file(_file(folder, rings, nom=["Un", "Deux"], note=["", ""]))


def _holed(folder: Path) -> object:
    return read_polygon_file(_file(folder, [[_circle(9), _circle(9, radius=0.0005)]]))


def _layers(folder: Path) -> object:
    path = folder / "zone.gpkg"
    table = gpd.GeoDataFrame({"nom": ["Un"]}, geometry=[Polygon(_circle(9))], crs="EPSG:4326")
    table.to_file(path, layer="zone")
    return read_polygon_file(path)


SIDES: dict[str, Side] = {
    "polygons_bytes": (_two, 9_000, 8_999),
    "polygons_read": (_two, 2, 1),
    "polygons_layers": (_layers, 1, 0),
    "polygons_fields": (_two, 2, 1),
    "polygons_name": (_two, 4, 3),
    "polygons_territories": (_two, 2, 1),
    "polygons_features": (_two, 2, 1),
    # Two outlines of 9, and what following their edges closely adds.
    "polygons_vertices": (_two, 19, 18),
    "polygons_vertices_each": (_two, 9, 8),
    "polygons_rings": (_holed, 2, 1),
    "polygons_seconds": (_two, LIMITS["polygons_seconds"], 0),
    "polygons_memory": (_two, LIMITS["polygons_memory"], 1_000_000),
}

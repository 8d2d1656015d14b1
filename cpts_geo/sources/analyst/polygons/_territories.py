"""Runs in the process apart: features of a file to territories, valid and in degrees."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from cpts_geo.errors import Defect, PerimeterError, one_line, quoted
from cpts_geo.settings import GEOGRAPHIC_CRS
from cpts_geo.sources._bounds.limits import hold
from cpts_geo.sources.analyst._tables.only import chosen_names
from cpts_geo.sources.analyst.polygons._geojson import geojson_layer
from cpts_geo.sources.analyst.polygons._geopackage import geopackage_layer
from cpts_geo.sources.analyst.polygons._layer import EXPORT, Layer

_Shapes = npt.NDArray[Any]
_AREAS: Final = frozenset({"Polygon", "MultiPolygon"})
_FRENCH: Final = {
    "Point": "point",
    "MultiPoint": "points",
    "LineString": "ligne",
    "MultiLineString": "lignes",
    "GeometryCollection": "collection de géométries",
}
#: Straight edges are followed this closely when the CRS changes: metres, then degrees.
_STEP_M: Final = 1000.0
_STEP_DEGREES: Final = 0.01


def territories(content: bytes, *, name: str, suffix: str, only: Sequence[str]) -> bytes:
    """Read, choose, check and draw in degrees the territories of a file: a line of JSON (``names``,
    ``notes``, ``sizes``), then the WKB of each."""
    read = geopackage_layer if suffix == ".gpkg" else geojson_layer
    layer = read(content, name)
    notes = list(layer.notes)
    ranks, names = _chosen(layer, only, name)
    shapes = _surfaces(layer.shapes(ranks), ranks, name)
    _check_size(shapes, names, name)
    if shapely.has_z(shapes).any():
        notes.append("Altitudes des sommets laissées de côté.")
    flat = shapely.force_2d(shapes)
    step = _checked_step(flat, layer.crs, name)
    flat, repaired = _valid(flat)
    _surfaces(flat, ranks, name)
    if len(repaired):
        which = [ranks[place] + 1 for place in repaired]
        notes.append(f"Contours réparés, car ils se croisaient : {_listed_ranks(which)}.")
    degrees = _in_degrees(flat, layer.crs, step, name)
    keys = list(dict.fromkeys(names))
    if len(keys) > 1:
        notes.append(
            f"Territoires d’après le champ {quoted(layer.field)} : {len(keys)}. Pour n’en "
            "faire qu’un, fusionnez les polygones ou retirez ce champ."
        )
    elif len(flat) > 1:
        notes.append(f"{len(flat)} polygones réunis en un territoire.")
    members: dict[str, list[int]] = {key: [] for key in keys}
    for place, each in enumerate(names):
        members[each].append(place)
    drawn = [shapely.union_all(degrees[places]) for places in members.values()]
    parts = shapely.to_wkb(np.array(drawn, dtype=object)).tolist()
    head = {"names": keys, "notes": notes, "sizes": [len(part) for part in parts]}
    return json.dumps(head).encode("ascii") + b"\n" + b"".join(parts)


def _chosen(layer: Layer, only: Sequence[str], name: str) -> tuple[list[int], list[str]]:
    """Ranks of the features wanted and name of the territory of each."""
    names = layer.names
    if not names:
        raise PerimeterError(f"{one_line(name)} ne contient aucun polygone.", remedy=EXPORT)
    longest = max(map(len, names))
    hold("polygons_name", longest, PerimeterError, name=name)
    if not any(names):
        # Fields without a value name nothing.
        names = [""] * len(names)
    wanted = _wanted(layer, only, name) if only else None
    ranks = [rank for rank, each in enumerate(names) if wanted is None or each in wanted]
    kept = [names[rank] for rank in ranks]
    if len(kept) > 1 and "" in kept and any(kept):
        nameless = [rank + 1 for rank, each in zip(ranks, kept, strict=True) if not each]
        raise PerimeterError(
            f"Des polygones de {one_line(name)} n’ont pas de nom.",
            defects=[f"champ {quoted(layer.field)} vide : {_listed_ranks(nameless)}"],
            remedy="nommez chaque polygone, ou retirez ce champ pour n’en faire qu’un territoire.",
        )
    where = f"champ {quoted(layer.field)}"
    hold("polygons_territories", len(set(kept)), PerimeterError, name=name, where=where)
    hold("polygons_features", len(ranks), PerimeterError, name=name)
    return ranks, kept


def _wanted(layer: Layer, only: Sequence[str], name: str) -> set[str]:
    """Names of the file that are asked for."""
    if not any(layer.names):
        raise PerimeterError(
            f"{one_line(name)} ne nomme pas ses polygones : rien n’y peut être choisi par un nom.",
            remedy="retirez --only, ou donnez un champ « nom » à la couche.",
        )
    where = f"du champ {quoted(layer.field)}"
    return chosen_names(layer.names, only, file=name, where=where)


def _surfaces(shapes: _Shapes, ranks: Sequence[int], name: str) -> _Shapes:
    """Shapes that are all surfaces; else a refusal that lists those that are not."""
    defects = []
    for rank, shape in zip(ranks, shapes, strict=True):
        if isinstance(shape, str) or (shape is not None and shape.geom_type not in _AREAS):
            kind = shape if isinstance(shape, str) else shape.geom_type
            what = _FRENCH.get(kind, kind)
            defects.append(Defect(f"entité {rank + 1} : {what}", what))
        elif shape is None or shape.is_empty:
            text = f"entité {rank + 1} : sans contour, ou de surface nulle"
            defects.append(Defect(text, "sans contour"))
        elif not np.isfinite(shapely.get_coordinates(shape)).all():
            text = f"entité {rank + 1} : coordonnée qui n’est pas un nombre"
            defects.append(Defect(text, "coordonnée qui n’est pas un nombre"))
    if defects:
        raise PerimeterError(
            f"Des entités de {one_line(name)} ne sont pas des polygones.",
            defects=defects,
            remedy="un périmètre est une surface : supprimez ces entités, ou " + EXPORT,
        )
    return shapes


def _check_size(shapes: _Shapes, names: Sequence[str], name: str) -> None:
    """Refuse more vertices or outlines than a report can draw, once the territories are chosen."""
    vertices = shapely.get_num_coordinates(shapes)
    total = int(vertices.sum())
    hold("polygons_vertices", total, PerimeterError, name=name)
    by_name: dict[str, int] = {}
    for each, count in zip(names, vertices.tolist(), strict=True):
        by_name[each] = by_name.get(each, 0) + count
    largest = max(by_name, key=lambda each: by_name[each])
    where = quoted(largest) if largest else "Le territoire"
    hold("polygons_vertices_each", by_name[largest], PerimeterError, name=name, where=where)
    parts = shapely.get_parts(shapes)
    rings = len(parts) + int(shapely.get_num_interior_rings(parts).sum())
    hold("polygons_rings", rings, PerimeterError, name=name)


def _valid(shapes: _Shapes) -> tuple[_Shapes, list[int]]:
    """Valid polygons, and the places of those that were repaired."""
    wrong = np.flatnonzero(~shapely.is_valid(shapes))
    mended = shapes.copy()
    mended[wrong] = shapely.make_valid(shapes[wrong], method="structure", keep_collapsed=False)
    return mended, wrong.tolist()


def _listed_ranks(ranks: Sequence[int]) -> str:
    """The first ten ranks, in French."""
    shown = ", ".join(map(str, ranks[:10])) + ("…" if len(ranks) > 10 else "")
    return f"{'entités' if len(ranks) > 1 else 'entité'} {shown}"


def _checked_step(shapes: _Shapes, crs: pyproj.CRS | None, name: str) -> float:
    """Longest edge in the CRS of the file, once coordinates are found to go with it."""
    if crs is None or not (crs.is_geographic or crs.is_projected):
        raise PerimeterError(
            f"{one_line(name)} ne dit pas dans quel système de coordonnées il est écrit.",
            remedy="attribuez-lui son système (Lambert-93 : EPSG:2154 ; WGS84 : EPSG:4326) dans "
            "votre logiciel de cartographie, puis enregistrez-le de nouveau.",
        )
    west, south, east, north = shapely.total_bounds(shapes)
    if crs.is_geographic and (max(-west, east) > 180 or max(-south, north) > 90):
        raise _implausible(shapes, crs, name, "des degrés sont attendus")
    unit = crs.axis_info[0].unit_conversion_factor or 1.0
    step = _STEP_DEGREES if crs.is_geographic else _STEP_M / unit
    if max(east - west, north - south) / step > 1e5:
        raise _implausible(shapes, crs, name, "étendue plus grande que la Terre")
    # Following its edges closely adds vertices: a comb of long edges would fill the memory.
    vertices = int((shapely.get_num_coordinates(shapes) + shapely.length(shapes) / step).sum())
    hold("polygons_vertices", vertices, PerimeterError, name=name)
    return float(step)


def _in_degrees(shapes: _Shapes, crs: pyproj.CRS | None, step: float, name: str) -> _Shapes:
    """Same polygons in EPSG:4326, their long edges kept straight in the CRS of the file."""
    lines = shapely.segmentize(shapes, step)
    change = pyproj.Transformer.from_crs(crs, GEOGRAPHIC_CRS, always_xy=True).transform
    degrees = shapely.transform(lines, change, interleaved=False)
    if not np.isfinite(shapely.total_bounds(degrees)).all():
        raise _implausible(shapes, crs, name, "hors du domaine de ce système")
    # A projection can fold a sliver.
    return _valid(degrees)[0]


def _implausible(shapes: _Shapes, crs: pyproj.CRS | None, name: str, why: str) -> PerimeterError:
    """Refusal of coordinates that do not go with their system."""
    west, south, east, north = (f"{bound:.6g}" for bound in shapely.total_bounds(shapes))
    system = one_line("" if crs is None else crs.to_string())
    return PerimeterError(
        f"Les coordonnées de {one_line(name)} ne vont pas avec son système ({system}) : {why}.",
        defects=[f"x de {west} à {east}, y de {south} à {north}"],
        remedy="un GeoJSON est en WGS84 (longitude, latitude) sauf s’il dit autre chose : "
        + EXPORT,
    )

"""Runs in the process apart: features of a file to territories, valid and in degrees."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Final

import numpy as np
import pyproj
import shapely

from cpts_geo.errors import Defect, PerimeterError, one_line, quoted
from cpts_geo.french import joined
from cpts_geo.settings import GEOGRAPHIC_CRS
from cpts_geo.sources._bounds.limits import LIMITS, beyond, hold
from cpts_geo.sources.analyst._tables.only import chosen_names, retyped
from cpts_geo.sources.analyst.polygons._geojson import geojson_layer
from cpts_geo.sources.analyst.polygons._geopackage import geopackage_layer
from cpts_geo.sources.analyst.polygons._layer import (
    COLLECTION,
    CURVED,
    EXPORT,
    FLAT,
    Layer,
    Shapes,
    curved,
    french_kind,
)
from cpts_geo.sources.analyst.polygons._names import territory_names
from cpts_geo.sources.analyst.polygons._packed import only_member

#: Straight edges are followed this closely when the CRS changes: metres, then degrees.
_STEP_M: Final = 1000.0
_STEP_DEGREES: Final = 0.01


def territories(
    content: bytes, *, name: str, suffix: str, only: Sequence[str], layer: str | None
) -> bytes:
    """Read, choose, check and draw in degrees the territories of a file: a line of JSON (``names``,
    ``notes``, ``sizes``), then the WKB of each."""
    read = _read(content, name, suffix=suffix, wanted=layer)
    notes = list(read.notes)
    ranks, names, field, more = _chosen(read, only, name)
    shapes, kept, left = _drawn(read, ranks, name)
    ranks, names = [ranks[place] for place in kept], [names[place] for place in kept]
    notes += left
    _check_size(shapes, names, name)
    # A KML writes a height of zero for every vertex: nothing is lost.
    if np.nan_to_num(shapely.get_coordinates(shapes, include_z=True)[:, 2]).any():
        notes.append("Altitudes des sommets laissées de côté.")
    flat = shapely.force_2d(shapes)
    step = _checked_step(flat, read.crs, name)
    flat, repaired = _valid(flat)
    _check_surfaces(flat, ranks, name)
    if len(repaired):
        which = [ranks[place] + 1 for place in repaired]
        notes.append(f"Contours réparés, car ils se croisaient : {_listed_ranks(which)}.")
    degrees = _in_degrees(flat, read.crs, step, name)
    keys = list(dict.fromkeys(names))
    if len(keys) > 1:
        notes.append(
            f"Territoires d’après le champ {quoted(field)} : {len(keys)}. Pour n’en "
            "faire qu’un, fusionnez les polygones ou retirez ce champ."
        )
    elif len(flat) > 1:
        notes.append(f"{len(flat)} polygones réunis en un territoire.")
    notes += more
    members: dict[str, list[int]] = {key: [] for key in keys}
    for place, each in enumerate(names):
        members[each].append(place)
    drawn = [shapely.union_all(degrees[places]) for places in members.values()]
    parts = shapely.to_wkb(np.array(drawn, dtype=object)).tolist()
    head = {"names": keys, "notes": notes, "sizes": [len(part) for part in parts]}
    return json.dumps(head).encode("ascii") + b"\n" + b"".join(parts)


def _read(content: bytes, name: str, *, suffix: str, wanted: str | None) -> Layer:
    """Features of a file, by its suffix."""
    if suffix == ".zip" and (inside := only_member(content, name)):
        path, content = inside
        read = _read(content, name, suffix=PurePosixPath(path).suffix.lower(), wanted=wanted)
        return replace(read, notes=(f"Fichier lu dans l’archive : {quoted(path)}.", *read.notes))
    if suffix == ".gpkg":
        return geopackage_layer(content, name, wanted=wanted)
    if suffix not in (".geojson", ".json"):
        # A library of formats takes half a second to open, which the other two do without.
        from cpts_geo.sources.analyst.polygons._gdal import gdal_layer  # noqa: PLC0415

        return gdal_layer(content, name, suffix=suffix, wanted=wanted)
    if wanted is not None:
        raise PerimeterError(
            f"{one_line(name)} est un GeoJSON : il n’a qu’une couche, sans nom.",
            remedy="retirez --layer.",
        )
    return geojson_layer(content, name)


def _chosen(
    layer: Layer, only: Sequence[str], name: str
) -> tuple[list[int], list[str], str, list[str]]:
    """Ranks of the features wanted, name of the territory of each, field that says it, notes."""
    if not layer.kinds:
        raise PerimeterError(f"{one_line(name)} ne contient aucun polygone.", remedy=EXPORT)
    # What has no surface is left aside, unless nothing has one; what has no outline is told later.
    drawn = [rank for rank, kind in enumerate(layer.kinds) if kind not in FLAT]
    if not any(layer.kinds[rank] for rank in drawn):
        raise _no_surface(layer.kinds, name)
    field, names, notes = territory_names(layer, drawn, only, name)
    hold("polygons_name", max(map(len, names)), PerimeterError, name=name)
    of = f"du champ {quoted(field)}"
    wanted = chosen_names(names, only, file=name, where=of) if only else None
    places = [place for place, each in enumerate(names) if wanted is None or each in wanted]
    ranks, kept = [drawn[place] for place in places], [names[place] for place in places]
    if len(kept) > 1 and "" in kept and any(kept):
        nameless = [rank + 1 for rank, each in zip(ranks, kept, strict=True) if not each]
        raise PerimeterError(
            f"Des polygones de {one_line(name)} n’ont pas de nom.",
            defects=[f"champ {quoted(field)} vide : {_listed_ranks(nameless)}"],
            remedy="nommez chaque polygone, ou retirez ce champ pour n’en faire qu’un territoire.",
        )
    _check_count([*dict.fromkeys(kept)], field, name)
    hold("polygons_features", len(ranks), PerimeterError, name=name)
    return ranks, kept, field, notes


def _check_count(keys: Sequence[str], field: str, name: str) -> None:
    """Refuse more territories than a report has pages for, with what to type for one of them."""
    if len(keys) > LIMITS["polygons_territories"]:
        where = f"champ {quoted(field)}"
        error = beyond(
            "polygons_territories", PerimeterError, found=len(keys), name=name, where=where
        )
        lines = [Defect(retyped("--only", key), "territoire") for key in keys]
        raise PerimeterError(error.summary, defects=lines, remedy=error.remedy)


def _drawn(layer: Layer, ranks: Sequence[int], name: str) -> tuple[Shapes, list[int], list[str]]:
    """Surfaces of the features wanted, places of those that have one, and notes on what is left
    aside of the file."""
    arcs = [Defect(f"entité {rank + 1}", "arcs") for rank in ranks if layer.kinds[rank] == CURVED]
    if arcs:
        raise curved(name, arcs)
    read = layer.shapes(ranks)
    kept = [place for place, shape in enumerate(read) if not isinstance(shape, str)]
    if not kept:
        raise _no_surface([layer.kinds[rank] for rank in ranks], name)
    aside = Counter(kind for kind in layer.kinds if kind in FLAT)
    aside[COLLECTION] = len(read) - len(kept)
    counts = _counts(aside)
    notes = [f"Laissés de côté, car ils n’ont pas de surface : {counts}."] if counts else []
    mixed = [ranks[place] + 1 for place in kept if layer.kinds[ranks[place]] == COLLECTION]
    if mixed:
        which = _listed_ranks(mixed)
        notes.append(f"Collections de géométries : seuls leurs polygones sont pris ({which}).")
    shapes = read[kept]
    _check_surfaces(shapes, [ranks[place] for place in kept], name)
    return shapes, kept, notes


def _counts(kinds: Counter[str]) -> str:
    """French words of how many of each kind of what has no surface."""
    return joined([french_kind(kind, count) for kind, count in kinds.items() if count])


def _no_surface(kinds: Sequence[str], name: str) -> PerimeterError:
    """Refusal of features none of which is a surface."""
    defects = []
    for rank, kind in enumerate(kinds):
        what = french_kind(kind, 0) if kind else "sans contour, ou de surface nulle"
        defects.append(
            Defect(f"entité {rank + 1} : {what}", french_kind(kind, 0) or "sans contour")
        )
    counts = _counts(Counter(filter(None, kinds)))
    return PerimeterError(
        f"{one_line(name)} ne contient pas de polygones{f', mais {counts}' if counts else ''}.",
        defects=defects,
        remedy="un périmètre est une surface : " + EXPORT,
    )


def _check_surfaces(shapes: Shapes, ranks: Sequence[int], name: str) -> None:
    """Refuse outlines that are absent, flat or of no number; every one is listed."""
    defects = []
    for rank, shape in zip(ranks, shapes, strict=True):
        if shape is None or shape.is_empty:
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


def _check_size(shapes: Shapes, names: Sequence[str], name: str) -> None:
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


def _valid(shapes: Shapes) -> tuple[Shapes, list[int]]:
    """Valid polygons, and the places of those that were repaired."""
    wrong = np.flatnonzero(~shapely.is_valid(shapes))
    mended = shapes.copy()
    mended[wrong] = shapely.make_valid(shapes[wrong], method="structure", keep_collapsed=False)
    return mended, wrong.tolist()


def _listed_ranks(ranks: Sequence[int]) -> str:
    """The first ten ranks, in French."""
    shown = ", ".join(map(str, ranks[:10])) + ("…" if len(ranks) > 10 else "")
    return f"{'entités' if len(ranks) > 1 else 'entité'} {shown}"


def _checked_step(shapes: Shapes, crs: pyproj.CRS | None, name: str) -> float:
    """Longest edge in the CRS of the file, once coordinates are found to go with it."""
    if crs is None or not (crs.is_geographic or crs.is_projected):
        raise _systemless(name)
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


def _in_degrees(shapes: Shapes, crs: pyproj.CRS | None, step: float, name: str) -> Shapes:
    """Same polygons in EPSG:4326, their long edges kept straight in the CRS of the file."""
    lines = shapely.segmentize(shapes, step)
    try:
        change = pyproj.Transformer.from_crs(crs, GEOGRAPHIC_CRS, always_xy=True).transform
    except pyproj.exceptions.ProjError as error:  # a definition that is half one
        raise _systemless(name) from error
    degrees = shapely.transform(lines, change, interleaved=False)
    if not np.isfinite(shapely.total_bounds(degrees)).all():
        raise _implausible(shapes, crs, name, "hors du domaine de ce système")
    # A projection can fold a sliver.
    return _valid(degrees)[0]


def _systemless(name: str) -> PerimeterError:
    """Refusal of coordinates of which nothing says the system."""
    return PerimeterError(
        f"{one_line(name)} ne dit pas dans quel système de coordonnées il est écrit.",
        remedy="attribuez-lui son système (Lambert-93 : EPSG:2154 ; WGS84 : EPSG:4326) dans "
        "votre logiciel de cartographie, puis enregistrez-le de nouveau.",
    )


def _implausible(shapes: Shapes, crs: pyproj.CRS | None, name: str, why: str) -> PerimeterError:
    """Refusal of coordinates that do not go with their system."""
    west, south, east, north = (f"{bound:.6g}" for bound in shapely.total_bounds(shapes))
    system = one_line("" if crs is None else crs.to_string())
    return PerimeterError(
        f"Les coordonnées de {one_line(name)} ne vont pas avec son système ({system}) : {why}.",
        defects=[f"x de {west} à {east}, y de {south} à {north}"],
        remedy="un GeoJSON est en WGS84 (longitude, latitude) sauf s’il dit autre chose : "
        + EXPORT,
    )

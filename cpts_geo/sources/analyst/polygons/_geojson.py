"""Runs in the process apart: the features of a GeoJSON text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from cpts_geo.errors import PerimeterError, one_line
from cpts_geo.sources._bounds.limits import hold
from cpts_geo.sources.analyst._tables.text import text_and_notes
from cpts_geo.sources.analyst.polygons._layer import (
    AREAS,
    COLLECTION,
    EXPORT,
    FLAT,
    Layer,
    Shapes,
    one_name,
    unclosed,
    unreadable,
)

#: Forms of the name of a system: an authority and a code, never a path, a link or a definition.
_NAMED = re.compile(
    r"(?:urn:(?:ogc|x-ogc):def:crs:|https?://www\.opengis\.net/def/crs/)?"
    r"(?P<authority>EPSG|OGC|IGNF|ESRI)[:/](?:[\d.]*[:/])?(?P<code>[A-Za-z0-9]{1,20})",
    re.IGNORECASE,
)


def geojson_layer(content: bytes, name: str) -> Layer:
    """Read the features of a GeoJSON, in WGS84 unless the file says otherwise."""
    said, notes = _json(content, name)
    kind = said.get("type")
    if kind == "FeatureCollection":
        features = said.get("features")
    elif kind == "Feature":
        features = [said]
    elif kind in (*AREAS, *FLAT, COLLECTION):
        features = [{"type": "Feature", "properties": {}, "geometry": said}]
    else:
        features = None
    if not isinstance(features, list):
        raise unreadable(name, f"« type » : {one_line(str(kind))}, sans entités de GeoJSON")
    hold("polygons_read", len(features), PerimeterError, name=name)
    if not all(isinstance(feature, dict) for feature in features):
        raise unreadable(name, "une entité n’est pas un objet JSON")
    crs, more = _crs(said, features, name)
    known = [each if isinstance(each := f.get("properties"), dict) else {} for f in features]
    columns: dict[str, None] = {}
    for properties in known:
        columns.update(dict.fromkeys(properties))
        hold("polygons_fields", len(columns), PerimeterError, name=name)
    geometries = [feature.get("geometry") for feature in features]

    def shapes(ranks: Sequence[int]) -> Shapes:
        found = np.empty(len(ranks), dtype=object)
        for place, rank in enumerate(ranks):
            found[place] = _shape(geometries[rank], name)
        return found

    return Layer(
        crs,
        [_kind(geometry, name) for geometry in geometries],
        [*columns],
        lambda field: [one_name(properties.get(field)) for properties in known],
        shapes,
        (*notes, *more),
    )


def _kind(geometry: Any, name: str) -> str:
    """Kind of a geometry, empty for an absent one."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if geometry is not None and kind not in (*AREAS, *FLAT, COLLECTION):
        raise unreadable(name, "une géométrie n’a ni type connu ni coordonnées")
    return str(kind or "")


def _json(content: bytes, name: str) -> tuple[dict[str, Any], list[str]]:
    """Content of a JSON object, and notes on its encoding."""
    found = text_and_notes(content)
    if found is None:
        raise unreadable(name, "encodage inconnu")
    text, notes = found
    try:
        said = json.loads(text)
    except RecursionError as error:
        raise unreadable(name, "ses tableaux sont imbriqués trop profondément") from error
    except ValueError as error:
        raise unreadable(name) from error
    if not isinstance(said, dict):
        raise unreadable(name)
    return said, notes


def _crs(
    said: dict[str, Any], features: Sequence[dict[str, Any]], name: str
) -> tuple[pyproj.CRS | None, list[str]]:
    """System that the file declares, WGS84 when it declares none; one alone for the whole."""
    declared: list[Any] = [said["crs"]] if "crs" in said else []
    for feature in features:
        inner = feature.get("geometry")
        parts = (feature, inner) if isinstance(inner, dict) else (feature,)
        declared += [part["crs"] for part in parts if "crs" in part and part is not said]
    if not declared:
        return pyproj.CRS.from_epsg(4326), []
    kinds = {json.dumps(each, sort_keys=True): each for each in declared}
    if len(kinds) > 1:
        raise _unknown(name, [f"« crs » : {one_line(text)}" for text in kinds])
    [[text, only]] = kinds.items()
    if only is None:
        note = "Système de coordonnées déclaré vide (« crs » : null) : lu en WGS84, longitude puis "
        return pyproj.CRS.from_epsg(4326), [f"{note}latitude."]
    crs = _named_crs(only)
    if crs is None:
        raise _unknown(name, [f"« crs » : {one_line(text)}"])
    return crs, []


def _named_crs(said: Any) -> pyproj.CRS | None:
    """System that a member « crs » names; None for an unknown one."""
    properties = said.get("properties") if isinstance(said, dict) else None
    if not isinstance(properties, dict):
        return None
    written = properties.get("name", properties.get("code"))
    kind = str(said.get("type", "")).lower()
    text = f"EPSG:{written}" if kind == "epsg" else str(written).strip()
    found = _NAMED.fullmatch(text) if kind in ("name", "epsg") else None
    if found is None:
        return None
    authority, code = found["authority"].upper(), found["code"].upper()
    if (authority, code) in (("OGC", "CRS84"), ("EPSG", "4326")):
        return pyproj.CRS.from_epsg(4326)
    try:
        return pyproj.CRS.from_authority(authority, code)
    except pyproj.exceptions.CRSError:
        return None


def _unknown(name: str, defects: Sequence[str]) -> PerimeterError:
    """Refusal of a system that is unknown or said in several ways."""
    return PerimeterError(
        f"Le système de coordonnées que déclare {one_line(name)} est inconnu.",
        defects=defects,
        remedy="écrivez-le par son code (« EPSG:2154 » pour Lambert-93), une fois pour tout le "
        "fichier, ou " + EXPORT,
    )


def _shape(geometry: Any, name: str) -> Any:
    """A surface, those of a collection as one; None for an absent one; its kind for what has
    none."""
    kind = _kind(geometry, name)
    if kind == COLLECTION:
        inside = geometry.get("geometries")
        if not isinstance(inside, list):
            raise unreadable(name, "une collection de géométries n’en est pas une liste")
        areas = [each for each in (_shape(part, name) for part in inside) if _is_shape(each)]
        return shapely.multipolygons(shapely.get_parts(areas)) if areas else COLLECTION
    if kind not in AREAS:
        return kind or None
    coordinates = geometry.get("coordinates")
    if not isinstance(coordinates, list):
        raise unreadable(name, "une géométrie n’a ni type connu ni coordonnées")
    polygons = [coordinates] if kind == "Polygon" else coordinates
    parts = [_polygon(rings, name) for rings in polygons if rings != []]
    if kind == "Polygon":
        return parts[0] if parts else shapely.Polygon()
    return shapely.multipolygons(parts) if parts else shapely.MultiPolygon()


def _is_shape(found: Any) -> bool:
    """Whether what was read is a surface."""
    return found is not None and not isinstance(found, str)


def _polygon(rings: Any, name: str) -> Any:
    """Polygon of its rings, the first outside."""
    if not isinstance(rings, list):
        raise unreadable(name, "un polygone n’est pas une liste de contours")
    closed = [_ring(ring, name) for ring in rings]
    return shapely.polygons(closed[0], closed[1:] or None)


def _ring(ring: Any, name: str) -> Any:
    """Closed ring of its vertices, of two or three coordinates."""
    if not isinstance(ring, list):
        raise unreadable(name, "un contour n’est pas une liste de sommets")
    points = _array(ring)
    if points is None:
        # Heights that only some of the vertices have.
        points = _array([point[:2] if isinstance(point, list) else point for point in ring])
    if points is None or points.ndim != 2 or points.shape[1] < 2:
        raise unreadable(name, "un sommet n’est pas une liste de nombres")
    if len(points) < 4 or (np.isfinite(points).all() and (points[0, :2] != points[-1, :2]).any()):
        raise unclosed(name)
    points[-1] = points[0]
    return shapely.linearrings(points[:, :3])


def _array(ring: Sequence[Any]) -> npt.NDArray[np.float64] | None:
    """Vertices as numbers; None where they are not of one width or no numbers."""
    read: Callable[..., npt.NDArray[Any]] = np.array
    try:
        found = read(ring)
    except (ValueError, OverflowError):
        return None
    return found.astype("float64") if found.dtype.kind in "iuf" else None

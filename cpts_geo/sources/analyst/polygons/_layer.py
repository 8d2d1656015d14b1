"""Runs in the process apart: the features of one layer of a file, whatever its format.

A GeoJSON is read as JSON and a GeoPackage as a base of plain tables; the other formats go through a
general library, held to one driver and to the bytes given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from cpts_geo.errors import Defect, PerimeterError, one_line, quoted
from cpts_geo.foreign import decodable
from cpts_geo.french import counted
from cpts_geo.sources.analyst._tables.only import chosen_names, retyped

#: What GIS export, for the remedy of what is no file of polygons.
EXPORT = (
    "exportez la couche de polygones en GeoPackage (.gpkg) ou en GeoJSON (WGS84) depuis votre "
    "logiciel de cartographie."
)
AREAS: Final = frozenset({"Polygon", "MultiPolygon"})
#: Kinds of what has no surface.
FLAT: Final = ("Point", "MultiPoint", "LineString", "MultiLineString")
COLLECTION: Final = "GeometryCollection"
#: A surface of arcs, or of triangles, that is not drawn by its vertices.
CURVED: Final = "Surface"
#: Kinds of geometries by their code in WKB, names as in GeoJSON; others are surfaces of arcs.
_KINDS: Final = {
    1: "Point",
    2: "LineString",
    3: "Polygon",
    4: "MultiPoint",
    5: "MultiLineString",
    6: "MultiPolygon",
    7: COLLECTION,
    8: "LineString",
    9: "LineString",
    11: "MultiLineString",
}
#: French words of what is no surface, one and several.
_FRENCH: Final = {
    "Point": ("point", "points"),
    "MultiPoint": ("groupe de points", "groupes de points"),
    "LineString": ("ligne", "lignes"),
    "MultiLineString": ("groupe de lignes", "groupes de lignes"),
    COLLECTION: ("collection de géométries", "collections de géométries"),
}
#: What makes a definition name files, which its library would open.
_FILES: Final = re.compile(r"PARAMETERFILE|grids|BOUNDCRS|PROJ4|\binit\b", re.IGNORECASE)
_AUTHORITY: Final = re.compile(r"(EPSG|ESRI|IGNF|OGC):([A-Za-z0-9]{1,20})")

Shapes = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Layer:
    """Features of a file: system of coordinates (None for unknown), kind of each geometry (as in
    GeoJSON, empty for an absent one), fields, whose texts are read by name, and shapes, read by
    ranks: None for an absent one, its kind for what holds no surface."""

    crs: pyproj.CRS | None
    kinds: Sequence[str]
    fields: Sequence[str]
    texts: Callable[[str], list[str]]
    shapes: Callable[[Sequence[int]], Shapes]
    notes: tuple[str, ...] = ()


def one_name(value: object) -> str:
    """Text of a name, spaces made single, halves of characters replaced."""
    return "" if value is None else decodable(" ".join(str(value).split()))


def kind_of(wkb: bytes) -> str:
    """Kind of a geometry, from the head of its WKB."""
    code = int.from_bytes(wkb[1:5], "little" if wkb[:1] == b"\1" else "big")
    return _KINDS.get((code & 0x0FFFFFFF) % 1000, CURVED)


def from_wkb(wkbs: Sequence[bytes | None], name: str) -> Shapes:
    """Shapes of their WKB, as :class:`Layer` gives them."""
    try:
        read = shapely.from_wkb(np.array([*wkbs, None], dtype=object)[:-1])
    except NotImplementedError as error:
        raise curved(name) from error
    except shapely.errors.GEOSException as error:
        raise unclosed(name) from error
    found: Shapes = np.empty(len(wkbs), dtype=object)
    for place, shape in enumerate(read):
        found[place] = surfaces_of(shape)
    return found


def surfaces_of(shape: Any) -> Any:
    """The polygons of a collection of geometries, as one; its kind where it has none; any other
    shape as it is."""
    if shape is None or shape.geom_type != COLLECTION:
        return shape
    parts = shapely.get_parts(np.array([shape], dtype=object))
    while any(part.geom_type in (COLLECTION, "MultiPolygon") for part in parts):
        parts = shapely.get_parts(parts)
    areas = [part for part in parts if part.geom_type == "Polygon"]
    return shapely.multipolygons(areas) if areas else COLLECTION


def french_kind(kind: str, count: int) -> str:
    """French words of so many geometries that have no surface; the word alone for none."""
    one, several = _FRENCH.get(kind, (kind, kind))
    return counted(count, one, several) if count else one


def known_crs(said: str) -> pyproj.CRS | None:
    """System of a code or of a definition; None for an unknown one, or one that names files."""
    with suppress(pyproj.exceptions.CRSError):
        if found := _AUTHORITY.fullmatch(said):
            return pyproj.CRS.from_authority(*found.groups())
        if not _FILES.search(said):
            return pyproj.CRS.from_wkt(said)
    return None


def chosen_layer(labels: Sequence[str], wanted: str | None, name: str) -> int:
    """Place of the layer of polygons to read: the one wanted, else the only one."""
    if wanted is not None:
        where = "des couches de polygones"
        [label] = chosen_names(labels, [wanted], file=name, where=where, option="--layer")
        return labels.index(label)
    if len(labels) > 1:
        raise PerimeterError(
            f"{one_line(name)} contient {len(labels)} couches de polygones.",
            defects=[
                Defect(f"couche {quoted(label)} : {retyped('--layer', label)}", "couche")
                for label in labels
            ],
            remedy="recommencez la même commande en y ajoutant l’une de ces options --layer.",
        )
    return 0


def left_layers(labels: Sequence[str], chosen: str, *, others: Sequence[str] = ()) -> list[str]:
    """Note on the layers that are not read; none where there is one layer."""
    aside = [quoted(label) for label in (*labels, *others) if label != chosen]
    shown = ", ".join(aside[:10]) + (f" et {len(aside) - 10} autres" if len(aside) > 10 else "")
    return [f"Couche lue : {quoted(chosen)} ; laissées de côté : {shown}."] if aside else []


def unreadable(name: str, why: str = "") -> PerimeterError:
    """Refusal of what is no file of polygons."""
    return PerimeterError(
        f"{one_line(name)} n’est pas un fichier de polygones lisible : il est vide, "
        "endommagé, ou d’un autre format que son extension.",
        defects=[why] if why else [],
        remedy=EXPORT,
    )


def curved(name: str, defects: Sequence[str] = ()) -> PerimeterError:
    """Refusal of surfaces whose limit is made of arcs."""
    return PerimeterError(
        f"Des contours de {one_line(name)} sont faits d’arcs ou de facettes.",
        defects=defects,
        remedy="convertissez-les en lignes droites dans votre logiciel (« segmentize », « courbes "
        "en lignes »), puis " + EXPORT,
    )


def unclosed(name: str) -> PerimeterError:
    """Refusal of an outline that does not come back to where it starts."""
    return PerimeterError(
        f"Un contour de {one_line(name)} n’est pas fermé ou n’a pas assez de sommets.",
        remedy="fermez ou corrigez ce contour dans votre logiciel, puis exportez-le.",
    )

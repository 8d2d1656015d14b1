"""Runs in the process apart: the features of a GeoPackage or of a GeoJSON, and their CRS.

Neither goes through a general library of formats, which would follow what a file says to other
files or to the network: a GeoJSON is JSON, a GeoPackage is a base of plain tables.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyproj

from cpts_geo.errors import PerimeterError, one_line
from cpts_geo.foreign import decodable
from cpts_geo.sources._conventions.text import plain

#: What GIS export, for the remedy of what is no file of polygons.
EXPORT = (
    "exportez la couche de polygones en GeoPackage (.gpkg) ou en GeoJSON (WGS84) depuis votre "
    "logiciel de cartographie."
)
#: Fields that name a territory, the surest first.
_NAME_FIELDS = (
    "nom_cpts", "cpts", "libelle_cpts", "lib_cpts", "nom_territoire", "territoire",
    "nom", "name", "libelle", "lib", "label",
)  # fmt: skip


@dataclass(frozen=True)
class Layer:
    """Features of a file (system of coordinates, None for unknown; names by `field`), whose shapes
    are read by their ranks: None for an absent one, its type for what is no surface."""

    crs: pyproj.CRS | None
    field: str
    names: list[str]
    shapes: Callable[[Sequence[int]], npt.NDArray[np.object_]]
    notes: tuple[str, ...] = ()


def name_field(columns: Collection[str]) -> str:
    """Find the field that names territories, the surest; empty without any."""
    fields = {plain(column).replace(" ", "_").strip("_"): column for column in reversed([*columns])}
    return next((fields[name] for name in _NAME_FIELDS if name in fields), "")


def one_name(value: object) -> str:
    """Text of a name, spaces made single, halves of characters replaced."""
    return "" if value is None else decodable(" ".join(str(value).split()))


def unreadable(name: str, why: str = "") -> PerimeterError:
    """Refusal of what is no file of polygons."""
    return PerimeterError(
        f"{one_line(name)} n’est pas un fichier de polygones lisible : il est vide, "
        "endommagé, ou d’un autre format que son extension.",
        defects=[why] if why else [],
        remedy=EXPORT,
    )


def unclosed(name: str) -> PerimeterError:
    """Refusal of an outline that does not come back to where it starts."""
    return PerimeterError(
        f"Un contour de {one_line(name)} n’est pas fermé ou n’a pas assez de sommets.",
        remedy="fermez ou corrigez ce contour dans votre logiciel, puis exportez-le.",
    )

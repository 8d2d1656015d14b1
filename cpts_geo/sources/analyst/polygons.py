"""An analyst's polygons: GeoPackage or GeoJSON, read with the CRS they declare, never guessed.

What is adapted (repaired outlines, heights left out, field of names) is reported in ``notes``; what
cannot be read for certain raises one error that lists every defect and says what to do.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from cpts_geo.errors import PerimeterError, one_line
from cpts_geo.settings import GEOGRAPHIC_CRS

#: Larger files are refused: the outline of a territory at full detail is a hundred times smaller.
MAX_BYTES: Final = 50_000_000
#: More territories than a report can show: the polygons are no doubt communes, not territories.
MAX_TERRITORIES: Final = 100
SUFFIXES: Final = frozenset({".gpkg", ".geojson", ".json"})
#: Files of geography in other formats, so that their refusal says what to save them as.
OTHER_SUFFIXES: Final = frozenset(
    {".shp", ".shx", ".dbf", ".prj", ".kml", ".kmz", ".gml", ".fgb", ".tab", ".mif", ".parquet"}
)
#: Fields that name a territory, the surest first.
_NAME_FIELDS: Final = (
    "nom_cpts", "cpts", "libelle_cpts", "lib_cpts", "nom_territoire", "territoire",
    "nom", "name", "libelle", "lib", "label",
)  # fmt: skip
_AREAS: Final = frozenset({"Polygon", "MultiPolygon"})
_NOT_AREAS: Final = re.compile("Point|LineString")
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
_EXPORT: Final = (
    "exportez la couche de polygones en GeoPackage (.gpkg) ou en GeoJSON (WGS84) depuis votre "
    "logiciel de cartographie."
)


@dataclass(frozen=True)
class PolygonFile:
    """
    The territories that a file draws.

    Parameters
    ----------
    path : Path
        The file.
    table : GeoDataFrame
        One row a territory: ``name`` (text of the field of names; empty when the file has none
        and is one territory), geometry (EPSG:4326, valid polygons without height).
    notes : tuple of str
        French sentences on all that was adapted to read the file.
    """

    path: Path
    table: gpd.GeoDataFrame
    notes: tuple[str, ...]


def read_polygon_file(path: Path) -> PolygonFile:
    """
    Read the polygons of a GeoPackage or GeoJSON file.

    Parameters
    ----------
    path : Path
        ``.gpkg`` with one layer of polygons and a CRS, or ``.geojson`` / ``.json`` (WGS84 unless
        it says otherwise).

    Returns
    -------
    PolygonFile
        One territory when there is one feature or no field of names; else one a name.

    Raises
    ------
    PerimeterError
        The file cannot be read, has no CRS or an implausible one, holds points, lines or
        features without name or outline, or is too large; every defect is listed.

    Examples
    --------
    >>> import tempfile
    >>> square = '{"type":"Polygon","coordinates":[[[1,47],[2,47],[2,48],[1,47]]]}'
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "zone.geojson"
    ...     _ = path.write_text(square, encoding="utf-8")
    ...     read_polygon_file(path).table.geometry[0].bounds
    (1.0, 47.0, 2.0, 48.0)
    """
    _check_file(path)
    with warnings.catch_warnings():
        # What the reading library mentions is checked below, or repaired by it.
        warnings.simplefilter("ignore", RuntimeWarning)
        layer, notes = _polygon_layer(path)
        features = _read_layer(path, layer)
    shapes = np.asarray(features.geometry)
    _check_features(path, shapes)
    if shapely.has_z(shapes).any():
        notes.append("Altitudes des sommets laissées de côté.")
    shapes, repaired = _valid(shapely.force_2d(shapes))
    _check_features(path, shapes)
    if repaired:
        notes.append(f"Contours réparés, car ils se croisaient : {_ranks(repaired)}.")
    degrees = _in_degrees(path, gpd.GeoSeries(shapes, crs=features.crs))
    names, field = _names(path, features)
    if len(set(names)) > 1:
        notes.append(
            f"Territoires d’après le champ « {one_line(field)} » : {len(set(names))}. Pour n’en "
            "faire qu’un, fusionnez les polygones ou retirez ce champ."
        )
    elif len(shapes) > 1:
        notes.append(f"{len(shapes)} polygones réunis en un territoire.")
    grouped = gpd.GeoDataFrame({"name": names}, geometry=degrees).dissolve("name", sort=False)
    table = grouped.reset_index()[["name", "geometry"]]
    return PolygonFile(path, table, tuple(notes))


def _check_file(path: Path) -> None:
    shown = one_line(str(path))
    if path.suffix.lower() not in SUFFIXES:
        raise PerimeterError(
            f"Format géographique non pris en charge : {one_line(path.name)}.", remedy=_EXPORT
        )
    try:
        size = path.stat().st_size
        if path.is_file():
            path.open("rb").close()
    except FileNotFoundError as error:
        raise PerimeterError(
            f"Le fichier {shown} n’existe pas.", remedy="vérifiez le chemin et le nom du fichier."
        ) from error
    except OSError as error:
        raise PerimeterError(
            f"Le fichier {shown} ne peut pas être lu ({error.strerror}).",
            remedy="fermez-le dans les autres logiciels et vérifiez vos droits de lecture.",
        ) from error
    if not path.is_file():
        raise PerimeterError(
            f"{shown} est un dossier.", remedy="donnez le chemin d’un fichier .gpkg ou .geojson."
        )
    if size > MAX_BYTES:
        raise PerimeterError(
            f"Le fichier {shown} est trop gros ({size / 1e6:.0f} Mo).",
            remedy="ne gardez que le contour du territoire, ou simplifiez-le "
            f"(moins de {MAX_BYTES // 10**6} Mo).",
        )


def _unreadable(path: Path) -> PerimeterError:
    return PerimeterError(
        f"{one_line(path.name)} n’est pas un fichier de polygones lisible : il est vide, "
        "endommagé, ou d’un autre format que son extension.",
        remedy=_EXPORT,
    )


def _polygon_layer(path: Path) -> tuple[str, list[str]]:
    """The layer to read, and a note on those left aside."""
    try:
        layers = gpd.list_layers(path)
    except (RuntimeError, ValueError) as error:
        raise _unreadable(path) from error
    # A table without geometry (styles, metadata) is no layer of a map.
    drawn = [
        (str(name), str(kind))
        for name, kind in zip(layers["name"], layers["geometry_type"], strict=True)
        if pd.notna(kind)
    ]
    usable = [name for name, kind in drawn if not _NOT_AREAS.search(kind)]
    if not usable:
        raise PerimeterError(
            f"{one_line(path.name)} ne contient pas de polygones.",
            defects=[f"couche « {one_line(name)} » : {kind}" for name, kind in drawn],
            remedy="un périmètre est une surface : " + _EXPORT,
        )
    if len(usable) > 1:
        raise PerimeterError(
            f"{one_line(path.name)} contient {len(usable)} couches de polygones.",
            defects=[f"couche « {one_line(name)} »" for name in usable],
            remedy="n’en gardez qu’une : " + _EXPORT,
        )
    others = [f"« {one_line(name)} »" for name, _ in drawn if name != usable[0]]
    note = f"Couche lue : « {one_line(usable[0])} » ; laissées : {', '.join(others)}."
    return usable[0], [note] if others else []


def _read_layer(path: Path, layer: str) -> gpd.GeoDataFrame:
    try:
        read = gpd.read_file(path, layer=layer)
    except (RuntimeError, ValueError) as error:
        raise _unreadable(path) from error
    except shapely.errors.GEOSException as error:
        raise PerimeterError(
            f"Un contour de {one_line(path.name)} n’est pas fermé ou n’a pas assez de sommets.",
            remedy=_EXPORT,
        ) from error
    if not len(read):
        raise PerimeterError(f"{one_line(path.name)} ne contient aucun polygone.", remedy=_EXPORT)
    return read


def _check_features(path: Path, shapes: np.ndarray[Any, Any]) -> None:
    """Refuse features that are no surface."""
    defects = []
    for rank, shape in enumerate(shapes, start=1):
        if shape is None or shape.is_empty:
            defects.append(f"entité {rank} : sans contour, ou de surface nulle")
        elif shape.geom_type not in _AREAS:
            defects.append(f"entité {rank} : {_FRENCH.get(shape.geom_type, shape.geom_type)}")
        elif not np.isfinite(shapely.get_coordinates(shape)).all():
            defects.append(f"entité {rank} : coordonnée qui n’est pas un nombre")
    if defects:
        raise PerimeterError(
            f"Des entités de {one_line(path.name)} ne sont pas des polygones.",
            defects=defects,
            remedy="un périmètre est une surface : supprimez ces entités, ou " + _EXPORT,
        )


def _valid(shapes: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], list[int]]:
    """Valid polygons, and the ranks of those that were repaired."""
    wrong = ~shapely.is_valid(shapes)
    mended = shapely.make_valid(shapes, method="structure", keep_collapsed=False)
    return np.where(wrong, mended, shapes), list(np.flatnonzero(wrong) + 1)


def _ranks(ranks: Sequence[int]) -> str:
    shown = ", ".join(map(str, ranks[:10])) + ("…" if len(ranks) > 10 else "")
    return f"{'entités' if len(ranks) > 1 else 'entité'} {shown}"


def _in_degrees(path: Path, shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """Same polygons in EPSG:4326, their long edges kept straight in the CRS of the file."""
    crs = shapes.crs
    # GeoPackage has a placeholder that says "degrees of some system".
    undefined = crs is None or str(crs.name).lower().startswith("undefined")
    if undefined or not (crs.is_geographic or crs.is_projected):
        raise PerimeterError(
            f"{one_line(path.name)} ne dit pas dans quel système de coordonnées il est écrit.",
            remedy="attribuez-lui son système (Lambert-93 : EPSG:2154 ; WGS84 : EPSG:4326) dans "
            "votre logiciel de cartographie, puis enregistrez-le de nouveau.",
        )
    west, south, east, north = shapes.total_bounds
    if crs.is_geographic and (max(-west, east) > 180 or max(-south, north) > 90):
        raise _implausible(path, shapes, "des degrés sont attendus")
    unit = crs.axis_info[0].unit_conversion_factor or 1.0
    step = _STEP_DEGREES if crs.is_geographic else _STEP_M / unit
    if max(east - west, north - south) / step > 1e5:
        raise _implausible(path, shapes, "étendue plus grande que la Terre")
    degrees = shapes.segmentize(step).to_crs(GEOGRAPHIC_CRS)
    if not np.isfinite(degrees.total_bounds).all():
        raise _implausible(path, shapes, "hors du domaine de ce système")
    # A projection can fold a sliver.
    return gpd.GeoSeries(_valid(np.asarray(degrees))[0], crs=GEOGRAPHIC_CRS)


def _implausible(path: Path, shapes: gpd.GeoSeries, why: str) -> PerimeterError:
    west, south, east, north = (f"{bound:.6g}" for bound in shapes.total_bounds)
    name = one_line(str(shapes.crs.to_string()))
    return PerimeterError(
        f"Les coordonnées de {one_line(path.name)} ne vont pas avec son système ({name}) : {why}.",
        defects=[f"x de {west} à {east}, y de {south} à {north}"],
        remedy="un GeoJSON est en WGS84 (longitude, latitude) sauf s’il dit autre chose : "
        + _EXPORT,
    )


def _names(path: Path, features: gpd.GeoDataFrame) -> tuple[list[str], str]:
    """Name of the territory of each feature, and the field it comes from; empty without any."""
    fields = {_plain(str(column)): str(column) for column in reversed(features.columns)}
    field = next((fields[name] for name in _NAME_FIELDS if name in fields), "")
    if not field or features[field].isna().all():
        return [""] * len(features), ""
    names = ["" if pd.isna(each) else " ".join(str(each).split()) for each in features[field]]
    if len(names) > 1 and "" in names:
        nameless = [rank for rank, name in enumerate(names, start=1) if not name]
        raise PerimeterError(
            f"Des polygones de {one_line(path.name)} n’ont pas de nom.",
            defects=[f"champ « {one_line(field)} » vide : {_ranks(nameless)}"],
            remedy="nommez chaque polygone, ou retirez ce champ pour n’en faire qu’un territoire.",
        )
    if len(set(names)) > MAX_TERRITORIES:
        raise PerimeterError(
            f"{one_line(path.name)} nomme {len(set(names))} territoires (champ "
            f"« {one_line(field)} ») : {MAX_TERRITORIES} au plus.",
            remedy="si ce sont les communes d’un territoire, fusionnez-les ou retirez ce champ.",
        )
    return names, field


def _plain(column: str) -> str:
    return re.sub(r"[^a-z]+", "_", column.casefold().replace("é", "e")).strip("_")

"""Contours of the communes: GeoJSON of Etalab, GeoPackage of the IGN."""

from __future__ import annotations

import lzma
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import pandera.pandas as pa

from cpts_geo.errors import DataFileError, one_line, quoted
from cpts_geo.files import reason
from cpts_geo.settings import GEOGRAPHIC_CRS
from cpts_geo.sources._bounds.limits import LIMITS, said
from cpts_geo.sources._conventions.archives import SEVEN_ZIP, begins, leaves
from cpts_geo.sources._conventions.tables import FILLED, UNIQUE_CODE
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.codes import WHOLE_OF
from cpts_geo.sources.readers._formats.base import (
    Reader,
    find_columns,
    repaired_codes,
    unexpected,
)
from cpts_geo.sources.readers._formats.columns import DEPARTEMENT, QUANTITY
from cpts_geo.sources.readers._formats.geojson import read_geojson

_GEOJSON: Final = {
    "code_insee": r"code|code_?insee|insee_com",
    "name": r"nom|nom_officiel|name",
    "departement": r"departement|insee_dep|code_insee_du_departement",
}
#: Names of files of 2026 (product 4-0), then of files up to 2025 (3-2).
_GEOPACKAGE: Final = {
    "code_insee": r"code_insee|insee_com",
    "name": r"nom_officiel|nom",
    "departement": r"code_insee_du_departement|insee_dep",
    "population": r"population",
}


def _read_contours(path: Path, source: Source) -> gpd.GeoDataFrame:
    """Contours of Etalab in order of code: code_insee, name, departement, geometry (EPSG:4326),
    cities whole; attrs invalid (geometries that cross themselves, left so)."""
    return _communes(read_geojson(path, source), _GEOJSON, path)


def _read_admin_express(path: Path, source: Source) -> gpd.GeoDataFrame:
    """Communes of ADMIN EXPRESS COG: as :func:`_read_contours`, with population (as the IGN copies
    it)."""
    with _geopackage(path, source.inner) as found:
        try:
            layers = [str(name) for name in gpd.list_layers(found)["name"]]
            named = [name for name in layers if name.lower() == "commune"]
            if not named:
                shown = ", ".join(quoted(name) for name in layers)
                raise unexpected(path, ["couche « commune » introuvable", f"couches : {shown}"])
            fields = [str(name) for name in gpd.read_file(found, layer=named[0], rows=0).columns]
            places = find_columns(fields, _GEOPACKAGE, path)
            wanted = [fields[place] for place in places.values()]
            shapes = gpd.read_file(found, layer=named[0], columns=wanted)
        except RuntimeError as error:  # what pyogrio raises
            raise unexpected(path, ["ce n’est pas un GeoPackage lisible"]) from error
    return _communes(shapes, _GEOPACKAGE, path)


def _communes(
    shapes: gpd.GeoDataFrame, patterns: Mapping[str, str], path: Path
) -> gpd.GeoDataFrame:
    """Communes of a layer in order of code, arrondissements dropped, in EPSG:4326."""
    fields = [name for name in shapes.columns if name != shapes.geometry.name]
    places = find_columns(fields, patterns, path)
    raw = {name: shapes[fields[place]] for name, place in places.items()}
    columns: dict[str, Any] = {
        "code_insee": repaired_codes(raw["code_insee"], path),
        "name": raw["name"].astype("str"),
        "departement": raw["departement"].astype("str").str.upper().str.zfill(2),
    }
    if "population" in raw:
        columns["population"] = pd.to_numeric(raw["population"]).astype("float64")
    found = gpd.GeoDataFrame(columns, geometry=shapes.geometry.array, crs=shapes.crs)
    whole = found[~found["code_insee"].isin(WHOLE_OF)].sort_values("code_insee", ignore_index=True)
    _require_wgs84(whole, path)
    whole.attrs = {"invalid": int((~whole.geometry.is_valid).sum())}
    return whole.to_crs(GEOGRAPHIC_CRS)


def _require_wgs84(shapes: gpd.GeoDataFrame, path: Path) -> None:
    """Refuse empty shapes, and coordinates that are no degrees."""
    empty = shapes["code_insee"][shapes.geometry.is_empty | shapes.geometry.isna()]
    defects = [f"géométrie vide : {', '.join(empty[:20])}"] if len(empty) else []
    west, south, east, north = shapes.total_bounds
    if shapes.crs is None or not shapes.crs.is_geographic:
        defects.append(f"système de coordonnées {shapes.crs} au lieu de longitude et latitude")
    elif not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        said = f"x {west:.0f} à {east:.0f}, y {south:.0f} à {north:.0f}"
        defects.append(f"coordonnées hors des longitudes et latitudes : {said}")
    if defects:
        raise unexpected(path, defects)


@contextmanager
def _geopackage(path: Path, inner: str | None) -> Iterator[Path]:
    """The GeoPackage itself: as it stands, or unpacked into a folder that does not remain."""
    if not begins(path, SEVEN_ZIP):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="cpts-geo-") as folder:
        with _archive(path) as archive:
            name = _member(archive, inner, path)
            archive.extract(path=folder, targets=[name])
        yield Path(folder) / name


@contextmanager
def _archive(path: Path) -> Iterator[Any]:
    """Yield an open 7z archive; an error says what lacks or is damaged."""
    try:
        import py7zr  # noqa: PLC0415 -- optional: only the archive of the IGN needs it
    except ImportError as error:
        raise DataFileError(
            f"{one_line(path.name)} est une archive 7z, que Python ne lit pas seul.",
            remedy="pip install 'cpts-geo[ign]', ou extrayez-en le fichier .gpkg et donnez-le.",
        ) from error
    try:
        with py7zr.SevenZipFile(path) as archive:
            yield archive
    except (py7zr.exceptions.ArchiveError, lzma.LZMAError, EOFError, MemoryError) as error:
        raise unexpected(path, ["archive 7z tronquée ou abîmée"]) from error
    except OSError as error:
        raise DataFileError(
            f"{one_line(path.name)} ne peut pas être décompressé : {reason(error)}.",
            remedy="libérez de la place dans le dossier temporaire, ou extrayez le .gpkg ailleurs.",
        ) from error


def _member(archive: Any, inner: str | None, path: Path) -> str:
    """Name of the GeoPackage in the archive, which must stay inside the folder it goes to."""
    listed = archive.list()
    if len(listed) > LIMITS["members"]:
        raise unexpected(path, [said("members", found=len(listed))])
    members = [member for member in listed if not member.is_directory]
    names = [str(member.filename) for member in members]
    outside = [str(m.filename) for m in members if m.is_symlink or leaves(str(m.filename))]
    if outside:
        lines = [f"membre {quoted(name)} : son chemin sort de l’archive" for name in outside]
        raise unexpected(path, lines)
    wanted = [n for n in names if re.fullmatch(inner or r".*\.gpkg", PurePosixPath(n).name)]
    if len(wanted) != 1:
        shown = [f"membre {quoted(name)}" for name in names[:20]]
        raise unexpected(path, [f"{len(wanted)} GeoPackage au lieu d’un", *shown])
    size = sum(member.uncompressed for member in members if member.filename == wanted[0])
    if size > LIMITS["unpacked"]:
        raise unexpected(path, [said("unpacked", found=size)])
    return wanted[0]


def _vintage_of_admin_express(path: Path, source: Source) -> str | None:
    """Vintage of ADMIN EXPRESS, from the name of the GeoPackage in the archive."""
    if not begins(path, SEVEN_ZIP):
        return None
    with _archive(path) as archive:
        name = PurePosixPath(_member(archive, source.inner, path)).name
    said = re.search(r"(\d{4})-\d{2}-\d{2}", name)
    return said[1] if said else None


_SHAPES: Final = {
    "code_insee": UNIQUE_CODE,
    "name": FILLED,
    "departement": DEPARTEMENT,
    "geometry": pa.Column(None),
}

READERS: Final = {
    "contours": Reader(
        read=_read_contours,
        contract=pa.DataFrameSchema(_SHAPES),
    ),
    "admin_express": Reader(
        read=_read_admin_express,
        vintage=_vintage_of_admin_express,
        contract=pa.DataFrameSchema({**_SHAPES, "population": QUANTITY}),
    ),
}

"""Perimeters of the CPTS from a feature service, whose fields are not known beforehand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import pandera.pandas as pa

from cpts_geo.errors import alike, quoted
from cpts_geo.settings import GEOGRAPHIC_CRS
from cpts_geo.sources._conventions.tables import FILLED, MAYBE_CODE
from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.codes import CODE_PATTERN, tidied
from cpts_geo.sources.readers._formats.base import Reader, unexpected
from cpts_geo.sources.readers._formats.geojson import read_geojson

#: Fields that name the CPTS, the surest first; the last ones may name anything, so they are
#: not believed where features are communes.
_NAMES: Final = (
    r"(nom|lib|libelle|name|intitule|raison_sociale)_?(de_?)?(la_?)?cpts"
    r"|cpts(_?(nom|lib|libelle|name))?",
    r"nom_struct(ure)?|raison_sociale|denomination",
    r"_?(nom|lib|libelle|name|intitule|label)",
)
_STATUS: Final = r"(statut|status|etat|avancement|stade|phase)(_?(de_?)?(la_?)?(cpts|projet))?"
#: The seat of a CPTS has a commune too, and a postal code has the shape of an INSEE code.
_CODE: Final = (
    r"(code_?)?(insee|commune|com|codgeo|depcom)(_?(com|commune|geo))?|code_?geo|cod_?(com|geo)"
)
#: Métropole as latitude, longitude: the order of some services for EPSG:4326.
_SWAPPED: Final = (41.0, -6.0, 52.0, 10.0)


def _read_cpts_perimeters(path: Path, source: Source) -> gpd.GeoDataFrame:
    """Perimeters, a row a CPTS or a commune: cpts, status and code_insee (missing where none is
    given), geometry (EPSG:4326); attrs fields (read for each column), without_name (features left
    out)."""
    shapes = read_geojson(path, source)
    fields = [str(name) for name in shapes.columns if name != shapes.geometry.name]
    texts = {field: _texts(shapes[field]) for field in fields}
    code = next((field for field in fields if _is_code(field, texts[field])), None)
    name = _name(texts, code, path)
    if not texts[name].dropna().duplicated().any():
        code = None  # one feature a CPTS: the commune is that of its seat
    status = next((f for f in fields if f != name and re.fullmatch(_STATUS, plain(f))), None)
    missing = pd.Series(pd.NA, index=shapes.index, dtype="str")
    found = gpd.GeoDataFrame(
        {
            "cpts": texts[name],
            "status": texts[status] if status else missing,
            "code_insee": tidied(texts[code]) if code else missing,
        },
        geometry=shapes.geometry.array,
        crs=shapes.crs,
    )
    named = found[found["cpts"].notna()].reset_index(drop=True)
    located = _located(named, path)
    located.attrs = {
        "fields": {"cpts": name, "status": status, "code_insee": code},
        "without_name": len(found) - len(named),
    }
    return located


def _texts(values: pd.Series) -> pd.Series[str]:
    """Values of a field as text, missing where blank."""
    texts = values.astype("str").str.strip()
    return texts.where(values.notna() & (texts != ""))


def _is_code(field: str, texts: pd.Series[str]) -> bool:
    """Whether a field gives the commune that each feature is."""
    if not re.fullmatch(_CODE, plain(field)):
        return False
    return bool(tidied(texts).str.fullmatch(CODE_PATTERN, na=False).all())


def _name(texts: dict[str, pd.Series[str]], code: str | None, path: Path) -> str:
    """Field that names the CPTS."""
    for pattern in _NAMES if code is None else _NAMES[:-1]:
        found = [
            field
            for field, values in texts.items()
            if re.fullmatch(pattern, plain(field))
            # A flag or a number is no name.
            and values.str.contains(r"[^\W\d_]{2}", na=False).any()
        ]
        distinct = [
            field
            for i, field in enumerate(found)
            if not any(texts[field].equals(texts[other]) for other in found[:i])
        ]
        if len(distinct) > 1:
            raise unexpected(path, ["plusieurs champs peuvent nommer la CPTS", *_shown(texts)])
        if distinct:
            return distinct[0]
    raise unexpected(path, ["aucun champ ne nomme sûrement la CPTS", *_shown(texts)])


def _shown(texts: dict[str, pd.Series[str]]) -> list[str]:
    """French lines on the fields of a layer."""
    # Names of fields only: their values may be people's.
    return [f"champ {quoted(field)}" for field in texts] or ["aucun champ"]


def _located(shapes: gpd.GeoDataFrame, path: Path) -> gpd.GeoDataFrame:
    """Perimeters in EPSG:4326; an error for empty shapes and for coordinates of no known system."""
    empty = shapes["cpts"][shapes.geometry.is_empty | shapes.geometry.isna()]
    if len(empty):
        lines = (f"géométrie vide : {quoted(text)}" for text in empty)
        raise unexpected(path, alike(lines, "géométrie vide", total=len(empty)))
    if shapes.empty:
        return shapes
    west, south, east, north = shapes.total_bounds
    degrees = max(abs(west), abs(east)) <= 180 and max(abs(south), abs(north)) <= 90
    if shapes.crs is None or (shapes.crs.is_geographic and not degrees):
        said = f"x {west:.0f} à {east:.0f}, y {south:.0f} à {north:.0f}"
        raise unexpected(path, [f"coordonnées en mètres dont le système n’est pas écrit ({said})"])
    low_x, low_y, high_x, high_y = _SWAPPED
    if (
        shapes.crs.is_geographic
        and low_x <= west <= east <= high_x
        and low_y <= south <= north <= high_y
    ):
        raise unexpected(path, ["latitude et longitude interverties"])
    return shapes.to_crs(GEOGRAPHIC_CRS)


READERS: Final = {
    "cpts_perimeters": Reader(
        read=_read_cpts_perimeters,
        contract=pa.DataFrameSchema(
            {
                "cpts": FILLED,
                "status": pa.Column(str, nullable=True),
                "code_insee": MAYBE_CODE,
                "geometry": pa.Column(None),
            },
        ),
        named_by=("cpts",),
    )
}

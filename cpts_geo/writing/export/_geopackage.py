"""A GeoPackage that QGIS opens styled: communes, outline, sites, neighbours, in metres.

Columns keep their names and have French aliases; the classes and colours are those of the page.
"""

from __future__ import annotations

import math
import os
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import shapely

from cpts_geo.access.nearest.minutes import facility_counts
from cpts_geo.atlas.exhibits.qgis import layer_style, plain_style
from cpts_geo.atlas.maps.layers import territory_layers
from cpts_geo.files import write_atomically
from cpts_geo.french import typeset
from cpts_geo.geography.perimeters.coverage import metric_crs
from cpts_geo.schema import COLUMNS, TERRITORY, status_column
from cpts_geo.secrecy.disclosure import Mask
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.study.study import Study
from cpts_geo.writing.export._sheets import commune_labels, heading
from cpts_geo.writing.workbook.sheet import status_words

#: Degrees around a territory in which neighbours are.
_AROUND: Final = 0.15
#: Columns that name a commune, and their French names.
_NAMES: Final = {
    "code_insee": "Code Insee",
    "name": "Commune",
    "departement_name": "Département",
}
_KINDS: Final = {
    "emergency": "service d’urgences",
    "open": "lieu de soins ouvert aujourd’hui",
    "proposed": "lieu proposé (hypothèse)",
}
#: A style as QGIS keeps it; catalogue and schema are empty in a file.
_STYLES: Final = """CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
  f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256),
  styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT,
  owner TEXT(30), ui TEXT(30), update_time DATETIME)"""
#: The extension of names of columns, as its standard writes it.
_ALIASES: Final = """CREATE TABLE IF NOT EXISTS gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT,
  mime_type TEXT, constraint_name TEXT,
  CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name))"""
_CONSTRAINTS: Final = """CREATE TABLE IF NOT EXISTS gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC,
  min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value))"""


def write_geopackage(
    study: Study,
    path: Path,
    *,
    national: gpd.GeoDataFrame,
    used: Sequence[Source],
    sources: str,
    day: date,
) -> None:
    """Write the layers of a territory."""
    crs = metric_crs(study.communes["code_insee"])
    layers = {
        "communes": _communes(study),
        "territoire": _outline(study),
        "sites": _sites(study, national),
        "voisins": _neighbours(study, national),
    }
    tables = {
        name: (table.to_crs(crs), _told_apart(aliases)) for name, (table, aliases) in layers.items()
    }
    # GDAL asks for its own extension, and a name under which nothing is read before it is whole.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        made = Path(folder, "territoire.gpkg")
        _write(tables, made, study=study, used=used, sources=sources, day=day)
        write_atomically(path, partial(_copy, made))


def _copy(made: Path, path: Path) -> None:
    """Copy a file that is whole."""
    shutil.copyfile(made, path)


def _told_apart(aliases: Mapping[str, str]) -> dict[str, str]:
    """French names, none of which stands for two columns."""
    twice = [alias for alias, count in Counter(aliases.values()).items() if count > 1]
    return {
        column: f"{alias} [{column}]" if alias in twice else alias
        for column, alias in aliases.items()
    }


def _shown(study: Study) -> dict[str, str]:
    """Columns of communes that leave, with their French names."""
    return {name: heading(COLUMNS[name], label) for name, label in commune_labels(study).items()}


def _communes(study: Study) -> tuple[gpd.GeoDataFrame, dict[str, str]]:
    """Communes, each figure before the words that say how it is known."""
    table, shown = study.communes, _shown(study)
    columns: dict[str, Any] = {name: table[name] for name in _NAMES}
    aliases = dict(_NAMES)
    for name, alias in shown.items():
        status = status_column(name)
        columns |= {name: table[name].astype(float), status: table[status].map(status_words)}
        aliases |= {name: alias, status: typeset(f"Signe : {alias}")}
    return gpd.GeoDataFrame(columns, geometry=table.geometry, crs=table.crs), aliases


def _outline(study: Study) -> tuple[gpd.GeoDataFrame, dict[str, str]]:
    """The outline, with what is known of the whole territory."""
    rows = study.comparison
    mine = rows[(rows["area_level"] == TERRITORY.key) & rows["value"].notna()]
    columns: dict[str, Any] = {"key": study.key, "name": study.name, "document": study.document}
    aliases = {"key": "Clé", "name": "Territoire", "document": "Document"}
    for row in mine.to_dict("records"):
        column = COLUMNS[row["indicator"]]
        columns[column.name] = float(row["value"])
        aliases[column.name] = heading(column, column.dated_label)
    if (result := study.headline) is not None:
        floor = result.at_least
        slots: dict[str, Any] = vars(result.slots_per_day) if floor is None else {"p10": floor}
        for level, word in (("p10", "bas"), ("p50", "médiane"), ("p90", "haut")):
            columns[f"slots_{level}"] = float(slots.get(level, math.nan))
            aliases[f"slots_{level}"] = f"Créneaux par jour nécessaires ({word})"
    table = pd.DataFrame([columns])
    crs = study.communes.crs
    return gpd.GeoDataFrame(table, geometry=[study.outline["geometry"]], crs=crs), aliases


def _box(study: Study) -> Any:
    """Rectangle around a territory; nothing where none of its communes has a contour."""
    known = study.communes.geometry.notna()
    if not known.any():
        return shapely.Polygon()
    west, south, east, north = study.communes[known].total_bounds
    return shapely.box(west - 1.5 * _AROUND, south - _AROUND, east + 1.5 * _AROUND, north + _AROUND)


def _neighbours(
    study: Study, national: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, dict[str, str]]:
    """Communes around, with the figures that are public."""
    near = national[
        national.geometry.intersects(_box(study))
        & ~national["code_insee"].isin(study.communes["code_insee"])
    ]
    field, shown = study.common.surroundings.field, _shown(study)
    public = {n: a for n, a in shown.items() if n in field and COLUMNS[n].secrecy == "public"}
    columns: dict[str, Any] = {name: near[name] for name in _NAMES}
    columns |= {name: near["code_insee"].map(field[name]).astype(float) for name in public}
    return gpd.GeoDataFrame(columns, geometry=near.geometry, crs=near.crs), _NAMES | public


def _sites(study: Study, national: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, dict[str, str]]:
    """Emergency departments around, what is open, what is proposed: at the town hall."""
    counts = facility_counts(study.common.surroundings.field, "emergency")
    opening = study.access.opening
    some = pd.Series(dtype=float) if counts is None else counts[1]
    around = national.loc[national.geometry.intersects(_box(study)), "code_insee"]
    codes = {
        "emergency": list(some.index[(some > 0) & some.index.isin(around)]),
        "open": list(study.centres),
        "proposed": sorted({c for s in opening.proposed for c in s}) if opening else (),
    }
    halls = national.drop_duplicates("code_insee").set_index("code_insee")
    rows = [
        {"kind": kind, "label": _KINDS[kind], "code_insee": code, "name": halls["name"][code],
         "lon": halls["lon"][code], "lat": halls["lat"][code]}
        for kind, mine in codes.items()
        for code in mine
        if code in halls.index
    ]  # fmt: skip
    names = ["kind", "label", "code_insee", "name"]
    table = pd.DataFrame(rows, columns=[*names, "lon", "lat"])
    points = gpd.points_from_xy(table["lon"].astype(float), table["lat"].astype(float))
    aliases = dict(zip(names, ("Code", "Lieu", "Code Insee", "Commune"), strict=True))
    return gpd.GeoDataFrame(table[names], geometry=points, crs=national.crs), aliases


def _write(
    tables: Mapping[str, tuple[gpd.GeoDataFrame, dict[str, str]]],
    path: Path,
    *,
    study: Study,
    used: Sequence[Source],
    sources: str,
    day: date,
) -> None:
    """Write layers, then what QGIS reads of them beside."""
    # The clock of the file is the day of the run: same study, same bytes.
    clock = f"{day:%Y-%m-%d}T00:00:00.000Z"
    os.environ["OGR_CURRENT_DATE"] = clock
    try:
        for name, (table, _) in tables.items():
            kind = "Point" if name == "sites" else "MultiPolygon"
            table.rename_geometry("geom").to_file(
                path, layer=name, driver="GPKG", engine="pyogrio", geometry_type=kind,
                promote_to_multi=kind != "Point", DESCRIPTION=sources,
            )  # fmt: skip
    finally:
        del os.environ["OGR_CURRENT_DATE"]
    with closing(sqlite3.connect(path)) as base, base:
        _register(base, tables, used=used, clock=clock)
        for row in _style_rows(study, tables):
            base.execute(
                "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, "
                "f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, "
                "owner, ui, update_time) VALUES ('', '', ?, 'geom', ?, ?, '', ?, ?, '', NULL, ?)",
                (*row, clock),
            )


def _register(
    base: sqlite3.Connection,
    tables: Mapping[str, tuple[gpd.GeoDataFrame, dict[str, str]]],
    *,
    used: Sequence[Source],
    clock: str,
) -> None:
    """Make the tables of styles, of French names and of sources, and tell the file of them."""
    for statement in (_STYLES, _ALIASES, _CONSTRAINTS):
        base.execute(statement)
    columns = "producteur TEXT, produit TEXT, millesime TEXT, licence TEXT, confiance TEXT"
    base.execute(f"CREATE TABLE sources (fid INTEGER PRIMARY KEY, {columns})")
    base.executemany(
        "INSERT INTO sources (producteur, produit, millesime, licence, confiance) "
        "VALUES (?, ?, ?, ?, ?)",
        [(s.attribution, s.product, s.vintage, s.licence, s.grade) for s in used],
    )
    for name in ("layer_styles", "sources"):
        base.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, "
            "last_change, srs_id) VALUES (?, 'attributes', ?, '', ?, 0)",
            (name, name, clock),
        )
    url = "http://www.geopackage.org/spec/#extension_schema"
    for name in ("gpkg_data_columns", "gpkg_data_column_constraints"):
        base.execute(
            "INSERT INTO gpkg_extensions VALUES (?, NULL, 'gpkg_schema', ?, 'read-write')",
            (name, url),
        )
    for name, (_, aliases) in tables.items():
        base.executemany(
            "INSERT INTO gpkg_data_columns (table_name, column_name, name, title, description) "
            "VALUES (?, ?, ?, ?, ?)",
            [
                (
                    name,
                    column,
                    alias,
                    alias,
                    COLUMNS[column].definition if column in COLUMNS else "",
                )
                for column, alias in aliases.items()
            ],
        )


def _defined(column: str) -> str:
    """Definition of a column; empty where its name says all."""
    return COLUMNS[column].definition if column in COLUMNS else ""


def _style_rows(
    study: Study, tables: Mapping[str, tuple[gpd.GeoDataFrame, dict[str, str]]]
) -> list[tuple[str, str, str, int, str]]:
    """Layer, name of the style, style, whether it is the first, what it shows."""
    table, aliases = tables["communes"]
    secret = ", ".join(f"'{status_words(mask)}'" for mask in Mask)
    rows = []
    for rank, layer in enumerate(territory_layers(study.communes, scenarios=study.scenarios)):
        mask = f'"{status_column(layer.column)}" IN ({secret})'
        style = layer_style(layer, aliases, top=float(table[layer.column].max()), mask=mask)
        rows.append(("communes", layer.title[:30], style, int(rank == 0), layer.heading))
    for name, (_, named) in tables.items():
        if name != "communes":
            rows.append((name, name, plain_style(name, named), 1, ""))
    return rows

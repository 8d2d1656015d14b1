"""Polygons as perimeters: communes by their representative point, and what their limit cuts.

Figures are known by commune, so a polygon becomes the list of the communes whose point is inside:
the town hall, or a point of the contour where the town hall is not known or, contours being
generalised, not in it. What that list adds to the polygon and leaves out of it is estimated,
commune by commune, and shown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from cpts_geo.errors import PerimeterError, one_line, quoted
from cpts_geo.foreign import Reading, decodable, shown_name
from cpts_geo.french import counted, number, signed_percent, slug
from cpts_geo.geography.perimeters._membership import (
    BORDER_COLUMNS,
    Perimeters,
    listed_communes,
    territory_keys,
)
from cpts_geo.geography.perimeters.coverage import metric_crs
from cpts_geo.geography.perimeters.partition import places_of
from cpts_geo.schema import Status
from cpts_geo.settings import GEOGRAPHIC_CRS
from cpts_geo.sources.analyst._tables.only import retyped
from cpts_geo.sources.analyst.polygons.file import read_polygon_file
from cpts_geo.sources.catalogue.catalogue import sha256_of
from cpts_geo.sources.codes import PLM

#: A smaller part inside, or outside, is the width of a line and cuts nothing.
_SLIVER: Final = 0.005
#: Contours are generalised to 250 m: a limit that follows that of a commune cuts this much of it.
_CLEAR_CUT: Final = 0.05
#: A vertex of a limit is near two or three communes; those of long teeth, counted from this many
#: on, are near far more, and what they cut takes hours.
_CROSSED: Final = 8
_TEETH: Final = 200_000


def polygon_perimeters(
    path: Path,
    communes: gpd.GeoDataFrame,
    *,
    arrondissements: gpd.GeoDataFrame | None = None,
    name: str | None = None,
    only: Collection[str] = (),
    layer: str | None = None,
) -> Perimeters:
    """One territory a polygon of an analyst's file (of its `layer` where it has several), those of
    `only` alone, and what limits cut.

    A city that a limit cuts is looked at by `arrondissements`, where they are given.
    """
    read = read_polygon_file(path, only=only, layer=layer)
    file = shown_name(path.name)
    labels = [label or decodable(path.stem) for label in read["name"]]
    if name:
        if len(labels) > 1:
            raise PerimeterError(
                f"--name nomme un seul territoire, et {file} en dessine {len(labels)}.",
                defects=[f"{quoted(label)} : {retyped('--only', label)}" for label in labels],
                remedy="retirez --name, choisissez un territoire avec l’une de ces options --only, "
                "ou fusionnez les polygones.",
            )
        labels = [name]
    keys = territory_keys(labels, [str(rank) for rank in range(1, len(labels) + 1)])
    shapes = dict(zip(keys, read.geometry, strict=True))
    drawn = drawn_perimeters(
        shapes,
        communes,
        labels=labels,
        documents=[f"polygone fourni : {file}"] * len(keys),
        arrondissements=arrondissements,
    )
    return replace(
        drawn,
        notes=(*map(Reading, read.attrs["notes"]), *drawn.notes),
        inputs={shown_name(each.name): sha256_of(each) for each in read.attrs["files"]},
        folder=keys[0] if len(keys) == 1 else slug(path.stem),
    )


def drawn_perimeters(
    shapes: Mapping[str, shapely.Geometry],
    communes: gpd.GeoDataFrame,
    *,
    labels: Sequence[str],
    documents: Sequence[str],
    arrondissements: gpd.GeoDataFrame | None = None,
) -> Perimeters:
    """One territory a polygon (EPSG:4326, by key), of this name and from this document."""
    shares = [inside_shares(shape, communes) for shape in shapes.values()]
    if arrondissements is not None and (cut := _cut_cities(shares)):
        parts = arrondissements["code_insee"][arrondissements["city"].isin(cut)]
        communes = places_of(communes, arrondissements, parts)
        shares = [inside_shares(shape, communes) for shape in shapes.values()]
    if empty := [rank for rank, found in enumerate(shares) if not found["kept"].any()]:
        drawn = list(shapes.values())
        shown = [(labels[rank], drawn[rank]) for rank in empty]
        raise PerimeterError(
            f"Aucune commune dans {'le polygone' if len(shapes) == 1 else 'des polygones'} "
            f"({one_line(documents[empty[0]])}).",
            defects=[_why_empty(label, shape, communes) for label, shape in shown],
            remedy="vérifiez son système de coordonnées et son étendue ; une commune est retenue "
            "quand sa mairie est dans le polygone.",
        )
    tables = [each.assign(territory=key) for key, each in zip(shapes, shares, strict=True)]
    found = pd.concat(tables, ignore_index=True)
    kept = found[found["kept"]].reset_index(drop=True)
    identity = pd.DataFrame(
        {
            "name": labels,
            "document": documents,
            "perimeter": [_sentence(each) for each in shares],
        },
        index=pd.Index(shapes, name="territory"),
    )
    audit = kept[["territory", "code_insee", "name", "departement"]].assign(
        published=kept["code_insee"], method="exact", score=100.0, alternatives=""
    )
    members = kept[["territory", "code_insee"]].assign(published="", basis="polygone", note="")
    notes = tuple(_notes(kept, communes))
    return Perimeters(identity, members, audit, notes=notes, border=_border(found))


def inside_shares(polygon: shapely.Geometry, communes: gpd.GeoDataFrame) -> pd.DataFrame:
    """
    What a polygon (EPSG:4326) holds of each commune it touches, in their order.

    `kept` where its point is inside; `area_share` of its contour inside, in [0, 1], NaN without
    contour; `population_inside` if people were spread evenly over it: an estimate.
    """
    shapely.prepare(polygon)
    halls = shapely.points(communes["lon"], communes["lat"])
    contours = np.asarray(communes.geometry)
    touched = shapely.intersects(polygon, np.where(shapely.is_missing(contours), halls, contours))
    near, halls, contours = communes[touched], halls[touched], contours[touched]
    astray = ~shapely.is_missing(contours) & ~shapely.intersects(contours, halls)
    points = np.where(astray, shapely.point_on_surface(contours), halls)
    shares = _area_shares(polygon, near)
    table = pd.DataFrame(near[["code_insee", "name", "departement", "population"]]).assign(
        kept=shapely.intersects(polygon, points),
        area_share=shares,
        # Without a contour nothing says that the limit cuts it: its point decides for all of it.
        population_inside=near["population"] * shares.fillna(1.0),
    )
    return table.reset_index(drop=True)


def _cut_cities(shares: Sequence[pd.DataFrame]) -> set[str]:
    """Codes of the cities of several arrondissements that some polygon holds in part."""
    found = pd.concat(shares)
    part = found["area_share"].between(_SLIVER, 1 - _SLIVER)
    return set(found["code_insee"][part & found["code_insee"].isin(PLM)])


def _area_shares(polygon: shapely.Geometry, near: gpd.GeoDataFrame) -> pd.Series:
    """Share of each contour inside a polygon, in [0, 1]; NaN without contour."""
    contours = np.asarray(near.geometry)
    shares = pd.Series(np.where(shapely.is_missing(contours), np.nan, 1.0), index=near.index)
    # Most are well inside; only what the limit may touch is cut, which is slow.
    touched = ~shapely.is_missing(contours) & ~shapely.contains_properly(polygon, contours)
    if not touched.any():
        return shares
    crs = metric_crs(near["code_insee"])
    flat = np.asarray(near.geometry[touched].to_crs(crs))
    [zone] = gpd.GeoSeries([polygon], crs=GEOGRAPHIC_CRS).to_crs(crs)
    # Changing the system can fold a hair of an outline.
    flat = shapely.make_valid(flat)
    # Each commune meets only what of a long outline is around it.
    clipped = [shapely.clip_by_rect(zone, *shape.bounds) for shape in flat]
    pieces = np.array(clipped, dtype=object)
    _check_teeth(shapely.get_num_coordinates(pieces).sum(), shapely.get_num_coordinates(zone))
    around = shapely.make_valid(pieces)
    part: Any = shapely.area(shapely.intersection(flat, around)) / shapely.area(flat)
    shares[touched] = np.clip(part, 0.0, 1.0)
    return shares


def _check_teeth(near: int, whole: int) -> None:
    """Refuse an outline whose edges cross many communes thousands of times over."""
    if near > _TEETH and near > _CROSSED * whole:
        raise PerimeterError(
            f"Un contour de {number(whole)} sommets va et vient à travers les communes : ce n’est "
            "pas la limite d’un territoire.",
            remedy="simplifiez-le dans votre logiciel de cartographie.",
        )


def _border(found: pd.DataFrame) -> pd.DataFrame:
    """Communes that the limit cuts, or whose point and land disagree; the most people first."""
    people = (
        found["population"].where(found["kept"], 0).groupby(found["territory"]).transform("sum")
    )
    table = found.assign(
        weight=(found["population"] / people).round(6),
        area_share=found["area_share"].round(4),
        population_inside=found["population_inside"].round(1),
        population_inside_status=Status.ESTIMATED.value,
    )[_is_border(found)]
    rank = table["territory"].map({key: n for n, key in enumerate(found["territory"].unique())})
    order = np.lexsort([table["code_insee"], -table["population"], rank])
    return pd.DataFrame(table.iloc[order][list(BORDER_COLUMNS)]).reset_index(drop=True)


def _is_border(found: pd.DataFrame) -> pd.Series:
    """Rows that a limit cuts, or whose point and land disagree."""
    share = found["area_share"]
    cut = share.between(_SLIVER, 1 - _SLIVER, inclusive="neither")
    return cut | (found["kept"] & (share <= _SLIVER)) | (~found["kept"] & (share >= 1 - _SLIVER))


def _sentence(found: pd.DataFrame) -> str:
    """What the list of communes makes of the polygon."""
    base = "Communes dont la mairie est dans le polygone."
    border = found[_is_border(found)]
    if border.empty:
        return f"{base} Sa limite ne coupe aucune commune."
    clear = border["area_share"].between(_CLEAR_CUT, 1 - _CLEAR_CUT).sum()
    kept = found.loc[found["kept"], "population"].sum()
    inside = found["population_inside"].sum()
    cut = counted(clear, "coupée nettement", "coupées nettement") if clear else "aucune coupée"
    return (
        f"{base} {counted(len(border), 'commune', 'communes')} de bordure : "
        f"{counted(border['kept'].sum(), 'retenue', 'retenues')}, {cut} (entre 5 % et 95 % de sa "
        f"surface dedans) ; population retenue {number(kept)}, estimée dans le polygone "
        f"{number(inside)} (◐ à densité uniforme dans chaque commune), écart "
        f"{signed_percent(100 * (kept / inside - 1))}."
    )


def _notes(kept: pd.DataFrame, communes: gpd.GeoDataFrame) -> list[str]:
    """Communes that stand in two polygons, or that no polygon can hold."""
    notes = []
    twice = kept[kept["code_insee"].duplicated()].drop_duplicates("code_insee")
    if len(twice):
        notes.append(
            f"Communes dans plusieurs polygones, comptées dans chacun : {listed_communes(twice)}."
        )
    nowhere = communes[communes["lon"].isna() & communes["departement"].isin(kept["departement"])]
    if len(nowhere):
        notes.append(
            "Communes dont ni le contour ni la mairie n’est connu, hors de tout polygone : "
            f"{listed_communes(nowhere)}. Pour les compter, donnez la liste des communes."
        )
    return notes


def _why_empty(label: str, shape: shapely.Geometry, communes: gpd.GeoDataFrame) -> str:
    """French words on why a polygon holds no town hall."""
    bounds = ", ".join(f"{bound:.3f}" for bound in shape.bounds).replace(".", ",")
    shown = f"« {one_line(label)} » (longitude, latitude : {bounds})"
    swapped = shapely.transform(shape, lambda xy: xy[:, ::-1])
    if inside_shares(shape, communes).shape[0]:
        return f"{shown} : dans une commune, mais aucune mairie n’y est"
    if inside_shares(swapped, communes).shape[0]:
        return f"{shown} : longitude et latitude semblent inversées"
    return f"{shown} : hors de France"

"""What lies under and around a territory: land, neighbours, places worth naming."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from cpts_geo.atlas.look.words import short_name
from cpts_geo.french import UNKNOWN_TEXT
from cpts_geo.geography.perimeters.coverage import dissolve, metric_crs
from cpts_geo.schema import shown_vintage
from cpts_geo.settings import GEOGRAPHIC_CRS

#: Land is drawn this far, well beyond what a screen shows around a territory.
LAND_KM = 120.0
#: Detail of the départements of a whole country, in metres.
COUNTRY_M = 2500.0
#: Communes around that a map bears: between two far islands they would be half a country.
_MANY = 900


def extent(communes: gpd.GeoDataFrame, *, national: gpd.GeoDataFrame) -> Any:
    """Rectangle of a territory: its contours, or its départements where none has a contour."""
    if communes.geometry.notna().any():
        return shapely.box(*communes.total_bounds)
    around = national[national["departement"].isin(communes["departement"])]
    return shapely.box(*around.total_bounds)


def view(box: Any, aspect: float) -> Any:
    """A rectangle of degrees widened or heightened to the form of what it is seen in."""
    _, south, _, north = box.bounds
    return shapely.box(*formed(box.bounds, aspect / np.cos(np.radians((south + north) / 2))))


def formed(bounds: Any, aspect: float) -> tuple[float, float, float, float]:
    """Bounds widened or heightened to so many times as wide as they are high."""
    west, south, east, north = bounds
    more = max(0.0, aspect * (north - south) - (east - west)) / 2
    above = max(0.0, (east - west) / aspect - (north - south)) / 2
    return west - more, south - above, east + more, north + above


def outline(communes: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Border of a set of communes."""
    return dissolve(communes.assign(all=0), "all").boundary


def land(national: gpd.GeoDataFrame, box: Any) -> gpd.GeoDataFrame:
    """Land around a territory, well beyond what a screen shows."""
    near = surroundings(national, box, km=LAND_KM)["departement"].unique()
    return departements(national[national["departement"].isin(near)], tolerance_m=800)


def departements(communes: gpd.GeoDataFrame, *, tolerance_m: float) -> gpd.GeoDataFrame:
    """Départements as simplified land without holes."""
    crs = metric_crs(communes["code_insee"])
    known = communes[communes.geometry.notna()]
    contours = known.geometry.to_numpy()
    groups = known.groupby("departement").indices.values()
    # Dissolved first: what is inside a département needs no projection.
    merged = _Shapes(_merged(_Shapes(contours[rows])) for rows in groups)
    return gpd.GeoDataFrame(geometry=list(_light(merged, tolerance_m, crs=crs)), crs=communes.crs)


class _Shapes(tuple[Any, ...]):
    """Shapes to remember: known by which they are, their thousands of points not looked at."""

    __slots__ = ()

    def __hash__(self) -> int:
        return hash(tuple(map(id, self)))


# Three maps of a report show the same départements; another report shows them again.
@cache
def _merged(contours: _Shapes) -> Any:
    """Outline of contours that touch."""
    return shapely.coverage_union_all(contours)


@lru_cache(maxsize=8)
def _light(shapes: _Shapes, tolerance_m: float, *, crs: Any) -> tuple[Any, ...]:
    """Shapes that touch, simplified in metres, without their holes."""
    projected = gpd.GeoSeries(shapes, crs=GEOGRAPHIC_CRS).to_crs(crs)
    light = shapely.coverage_simplify(np.asarray(projected), tolerance_m)
    return tuple(gpd.GeoSeries(light, crs=crs).to_crs(GEOGRAPHIC_CRS).map(_filled))


def surroundings(national: gpd.GeoDataFrame, box: Any, *, km: float) -> gpd.GeoDataFrame:
    """Communes that a rectangle enlarged by `km`, half as much again in width, touches."""
    margin = km / 111
    west, south, east, north = box.bounds
    wide = shapely.box(west - 1.5 * margin, south - margin, east + 1.5 * margin, north + margin)
    return national[national.geometry.intersects(wide)]


def near(
    national: gpd.GeoDataFrame, communes: gpd.GeoDataFrame, *, box: Any, km: float
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Communes to draw around ours, and all that a view touches: the same unless too many."""
    seen = surroundings(national, box, km=km)
    if len(seen) <= _MANY:
        return seen, seen
    margin = km / 111
    west, south, east, north = communes.geometry[communes.geometry.notna()].bounds.to_numpy().T
    wide = (west - 1.5 * margin, south - margin, east + 1.5 * margin, north + margin)
    rows = national.sindex.query(shapely.box(*wide), predicate="intersects")[1]
    return national.iloc[np.unique(rows)], seen


def uncovered(communes: gpd.GeoDataFrame, *, national: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Holes between the contours, one a row: land that no commune of France covers."""
    union = shapely.coverage_union_all(np.asarray(communes.geometry))
    rings = [ring for part in shapely.get_parts(union) for ring in part.interiors]
    holes = gpd.GeoDataFrame(geometry=[shapely.Polygon(ring) for ring in rings], crs=communes.crs)
    known = national.sindex.query(holes.representative_point(), predicate="intersects")[0]
    return holes.drop(index=holes.index[np.unique(known)])


def neighbours(outlines: gpd.GeoDataFrame) -> bool:
    """Whether several territories fit into 4 degrees by 3, about a region."""
    west, south, east, north = outlines.total_bounds
    return bool(len(outlines) > 1 and east - west < 4 and north - south < 3)


def named_within(
    outlines: gpd.GeoDataFrame, *, letter: float, line: float, bounds: Any = None
) -> list[tuple[str, float, float]]:
    """Short name, lon, lat of those whose names stay apart; sizes are shares of the view, all of
    them where no other bounds are given."""
    west, south, east, north = outlines.total_bounds if bounds is None else bounds
    kept: list[tuple[str, float, float]] = []
    for row in outlines.sort_values("population", ascending=False).itertuples(index=False):
        point, name = row.geometry.representative_point(), short_name(row.name)
        free = all(
            abs(point.x - x) / (east - west) > letter * (len(name) + len(other)) / 2
            or abs(point.y - y) / (north - south) > line
            for other, x, y in kept
        )
        if free:
            kept.append((name, point.x, point.y))
    return kept


def sides(outlines: gpd.GeoDataFrame) -> list[str]:
    """``right``, or ``left`` where a name on the right would run into another territory's."""
    placed: list[tuple[float, float]] = []
    found = []
    for shape in outlines.geometry:
        west, _, east, _ = shape.bounds
        lat = shape.representative_point().y
        crowded = any(abs(lat - y) < 0.5 and 0 <= x - west < 5 for y, x in placed)
        placed.append((lat, east))
        found.append("left" if crowded else "right")
    return found


def labelled(
    communes: gpd.GeoDataFrame,
    count: int,
    *,
    box: Any,
    spacing: tuple[float, float] = (0.24, 0.05),
    avoid: gpd.GeoDataFrame | None = None,
) -> gpd.GeoDataFrame:
    """Most populated communes in the view whose names, `spacing` of it in size, stay apart."""
    west, south, east, north = box.bounds

    def places(table: gpd.GeoDataFrame) -> list[tuple[float, float]]:
        x, y = (table["lon"] - west) / (east - west), (table["lat"] - south) / (north - south)
        return list(zip(x, y, strict=True))

    ranked = communes.loc[communes["population"].sort_values(ascending=False).index]
    taken = [] if avoid is None else places(avoid)
    kept: list[int] = []
    for row, (x, y) in enumerate(places(ranked)):
        if len(kept) == count:
            break
        free = all(abs(x - a) > spacing[0] or abs(y - b) > spacing[1] for a, b in taken)
        if 0 <= x <= 1 and 0 <= y <= 1 and free:
            taken.append((x, y))
            kept.append(row)
    return ranked.iloc[kept]


def _filled(shape: Any) -> Any:
    """The same land without its holes."""
    parts = shapely.get_parts(shape)
    return shapely.multipolygons([shapely.polygons(part.exterior) for part in parts])


def hatch_label(*, missing: bool, uncovered: bool) -> str:
    """What hatching stands for: values unknown, land without contour; empty where there is none."""
    words = [UNKNOWN_TEXT] if missing else []
    words += ["contour absent"] if uncovered else []
    return " ou ".join(words)


def with_figures(beyond: gpd.GeoDataFrame, around: pd.DataFrame | None) -> gpd.GeoDataFrame:
    """Communes around with their figures, which stand by their code, as far as they are given."""
    if around is None:
        return beyond
    # Rows first: all of France is many to copy for a few hundred communes.
    mine = around[around.index.isin(beyond["code_insee"])]
    return beyond.join(mine[mine.columns.difference(beyond.columns)], on="code_insee")


def signs(
    tables: Sequence[gpd.GeoDataFrame], *, open_today: Sequence[str], proposed: Sequence[str]
) -> list[tuple[str, str, list[str]]]:
    """Sign, words and communes: emergency departments, centres open today, and proposed."""
    codes: list[str] = []
    for table in tables:
        known = [str(name) for name in table.columns[table.notna().any()]]
        column = shown_vintage("emergency_departments", known)
        if column in known:
            codes += table.loc[table[column] > 0, "code_insee"].tolist()
    new = [code for code in proposed if code not in open_today]
    return [
        ("✚", "service d’urgences", codes),
        ("▲", "lieu de SNP ouvert aujourd’hui", list(open_today)),
        ("△", "lieu proposé", new),
    ]

"""A coverage of communes: cleaned once, simplified with its topology, dissolved exactly.

``shapely.coverage_union`` is several times faster than a general union and gives valid
territories, but only on a clean coverage; so cleaning is done when data are compiled and
every later dissolve relies on it.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from cpts_geo.schema import Status
from cpts_geo.settings import GEOGRAPHIC_CRS, METRIC_CRS, OVERSEAS_METRIC_CRS
from cpts_geo.sources.codes import overseas

#: Decimals kept in degrees: about one metre.
_DECIMALS = 5
#: A town hall this close to its contour is in it: contours are generalised.
_POINT_TOLERANCE_DEGREES = 0.002


def _zones(codes: pd.Series) -> dict[str, pd.Series]:
    """Rows of each metric system: métropole, then each overseas département."""
    masks = {METRIC_CRS: ~overseas(codes)}
    for departement, crs in OVERSEAS_METRIC_CRS.items():
        masks[crs] = masks.get(crs, False) | codes.str.startswith(departement)
    return masks


def metric_crs(codes: pd.Series) -> str:
    """
    Metric system in which a set of communes can be drawn and measured together.

    Parameters
    ----------
    codes : Series of str
        INSEE codes of the communes.

    Returns
    -------
    str
        The overseas system when all communes are of one overseas département, else Lambert-93.

    Examples
    --------
    >>> metric_crs(pd.Series(["97411", "97415"]))
    'EPSG:2975'
    """
    # Three letters say which département: one commune each is enough.
    first = codes[~codes.str[:3].duplicated()]
    found = {crs for crs, zone in _zones(first).items() if zone.any()}
    return found.pop() if len(found) == 1 else METRIC_CRS


def area_km2(communes: gpd.GeoDataFrame) -> pd.Series:
    """
    Area of each commune in the metric system of its zone.

    Parameters
    ----------
    communes : GeoDataFrame
        code_insee and geometry, any geographic CRS.

    Returns
    -------
    Series of float
        Square kilometres on the same index; NaN where the geometry is missing.

    Notes
    -----
    EPSG:2154 in métropole. Lambert-93 would be wrong by tens of per cent overseas, so each
    overseas département uses its own UTM system.

    Examples
    --------
    >>> square = shapely.box(1.6, 47.8, 1.7, 47.9)
    >>> land = gpd.GeoDataFrame({"code_insee": ["45019"]}, geometry=[square], crs=GEOGRAPHIC_CRS)
    >>> area_km2(land).round(1).tolist()
    [83.1]
    """
    areas = pd.Series(np.nan, index=communes.index, name="area_km2")
    for crs, mask in _zones(communes["code_insee"]).items():
        if mask.any():
            areas[mask] = communes.loc[mask, communes.geometry.name].to_crs(crs).area / 1e6
    return areas.where(communes.geometry.notna())


def clean_and_simplify(communes: gpd.GeoDataFrame, *, tolerance_m: float) -> gpd.GeoDataFrame:
    """
    Make a valid coverage of the contours and simplify it without breaking shared borders.

    Parameters
    ----------
    communes : GeoDataFrame
        code_insee and geometry (EPSG:4326); missing geometries stay missing.
    tolerance_m : float
        Tolerance of ``shapely.coverage_simplify`` (square root of the area that may go), metres.

    Returns
    -------
    GeoDataFrame
        Same rows, geometry in EPSG:4326 rounded to about a metre; edges shared by two
        communes are identical in both.

    Examples
    --------
    >>> land = gpd.GeoDataFrame(
    ...     {"code_insee": ["45019", "45024"]},
    ...     geometry=[shapely.box(1.6, 47.8, 1.7, 47.9), shapely.box(1.7, 47.8, 1.8, 47.9)],
    ...     crs=GEOGRAPHIC_CRS,
    ... )
    >>> shapes = clean_and_simplify(land, tolerance_m=250).geometry
    >>> bool(shapely.coverage_is_valid(shapes.to_numpy()))
    True
    """
    shapes = np.full(len(communes), None, dtype=object)
    present = communes.geometry.notna()
    for crs, zone in _zones(communes["code_insee"]).items():
        mask = (zone & present).to_numpy()
        if not mask.any():
            continue
        metric = communes.geometry[mask].to_crs(crs)
        cleaned = shapely.coverage_clean(np.asarray(metric))
        simplified = gpd.GeoSeries(shapely.coverage_simplify(cleaned, tolerance_m), crs=crs)
        degrees = np.asarray(simplified.to_crs(GEOGRAPHIC_CRS))
        rounded = shapely.transform(degrees, lambda xy: np.round(xy, _DECIMALS))
        # Rounding can fold a sliver: a second cleaning restores the coverage.
        shapes[mask] = shapely.coverage_clean(np.asarray(rounded))
    return communes.set_geometry(gpd.GeoSeries(shapes, index=communes.index, crs=GEOGRAPHIC_CRS))


def clean_with_parts(
    communes: gpd.GeoDataFrame,
    parts: gpd.GeoDataFrame,
    *,
    wholes: pd.Series,
    tolerance_m: float,
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """
    Clean and simplify communes and the parts of some of them as one coverage.

    Parameters
    ----------
    communes, parts : GeoDataFrame
        As in :func:`clean_and_simplify`; the parts of a commune cover it.
    wholes : Series of str
        Code of the commune of each part, on the index of `parts`.
    tolerance_m : float
        As in :func:`clean_and_simplify`.

    Returns
    -------
    communes, parts : GeoDataFrame
        Same rows. Parts border the neighbours of their commune exactly; the contour of the
        commune is the union of its parts.

    Examples
    --------
    >>> boxes = [shapely.box(1.6, 47.8, 1.7, 47.9), shapely.box(1.7, 47.8, 1.8, 47.9)]
    >>> parts = gpd.GeoDataFrame({"code_insee": ["75101", "75102"]}, geometry=boxes, crs=4326)
    >>> city = gpd.GeoDataFrame(
    ...     {"code_insee": ["75056"]}, geometry=[shapely.union_all(boxes)], crs=4326
    ... )
    >>> wholes = pd.Series("75056", index=parts.index)
    >>> [whole], _ = (
    ...     table.geometry for table in clean_with_parts(city, parts, wholes=wholes, tolerance_m=9)
    ... )
    >>> whole.bounds
    (1.6, 47.8, 1.8, 47.9)
    """
    undivided = communes[~communes["code_insee"].isin(wholes)]
    together = pd.concat([undivided, parts]).sort_values("code_insee", ignore_index=True)
    cleaned = clean_and_simplify(together, tolerance_m=tolerance_m)
    shapes = cleaned.set_index("code_insee").geometry
    cut = parts.set_geometry(shapes.reindex(parts["code_insee"]).to_numpy(), crs=shapes.crs)
    joined = dissolve(cut.assign(whole=wholes), "whole").geometry
    every = pd.concat([shapes, joined]).reindex(communes["code_insee"])
    return communes.set_geometry(every.to_numpy(), crs=shapes.crs), cut


def checked_points(communes: gpd.GeoDataFrame) -> pd.DataFrame:
    """
    Chef-lieu points that lie in their commune; the others replaced and said so.

    Parameters
    ----------
    communes : GeoDataFrame
        lon, lat (degrees, NaN missing) and geometry (EPSG:4326).

    Returns
    -------
    DataFrame
        lon, lat, point_status on the same index: ``measured`` for a town-hall point inside
        the contour (or within about 200 m), ``estimated`` for a point inside the contour that
        replaces a missing or misplaced one, and for a point that no contour can confirm.

    Examples
    --------
    >>> land = gpd.GeoDataFrame(
    ...     {"lon": [1.65, 9.0], "lat": [47.85, 47.85]},
    ...     geometry=[shapely.box(1.6, 47.8, 1.7, 47.9), shapely.box(1.7, 47.8, 1.8, 47.9)],
    ...     crs=GEOGRAPHIC_CRS,
    ... )
    >>> checked_points(land)[["lon", "point_status"]].to_numpy().tolist()
    [[1.65, 'measured'], [1.75, 'estimated']]
    """
    points = shapely.points(communes["lon"].to_numpy(), communes["lat"].to_numpy())
    shapes = np.asarray(communes.geometry)
    with np.errstate(invalid="ignore"):
        inside = shapely.distance(shapes, points) <= _POINT_TOLERANCE_DEGREES
    inside &= communes["lon"].notna().to_numpy()
    replace = ~inside & ~shapely.is_missing(shapes)
    centre = shapely.point_on_surface(shapes)
    lon = np.where(replace, np.round(shapely.get_x(centre), _DECIMALS), communes["lon"])
    lat = np.where(replace, np.round(shapely.get_y(centre), _DECIMALS), communes["lat"])
    status = np.where(inside, Status.MEASURED.value, Status.ESTIMATED.value)
    return pd.DataFrame({"lon": lon, "lat": lat, "point_status": status}, index=communes.index)


def holes(communes: gpd.GeoDataFrame) -> pd.DataFrame:
    """
    Holes inside the union of the métropole's communes: land that no contour covers.

    Parameters
    ----------
    communes : GeoDataFrame
        code_insee and geometry (EPSG:4326).

    Returns
    -------
    DataFrame
        lon, lat (degrees, a point inside) and area_km2 of each hole, largest first.

    Examples
    --------
    >>> ring = shapely.box(1.6, 47.8, 1.9, 48.1) - shapely.box(1.7, 47.9, 1.8, 48.0)
    >>> land = gpd.GeoDataFrame({"code_insee": ["45019"]}, geometry=[ring], crs=GEOGRAPHIC_CRS)
    >>> holes(land).round(2).to_numpy().tolist()
    [[1.75, 47.95, 82.95]]
    """
    mask = ~overseas(communes["code_insee"]) & communes.geometry.notna()
    metric = np.asarray(communes.geometry[mask].to_crs(METRIC_CRS))
    union = shapely.coverage_union_all(shapely.coverage_clean(metric))
    rings = [shapely.Polygon(ring) for part in shapely.get_parts(union) for ring in part.interiors]
    found = gpd.GeoSeries(rings, crs=METRIC_CRS)
    points = found.representative_point().to_crs(GEOGRAPHIC_CRS)
    table = pd.DataFrame(
        {
            "lon": points.x.round(_DECIMALS),
            "lat": points.y.round(_DECIMALS),
            "area_km2": (found.area / 1e6).round(4),
        }
    )
    return table.sort_values(["area_km2", "lon"], ascending=[False, True], ignore_index=True)


def dissolve(communes: gpd.GeoDataFrame, by: str) -> gpd.GeoDataFrame:
    """
    Outline of each group of communes.

    Parameters
    ----------
    communes : GeoDataFrame
        Rows of the embedded coverage (clean, see :func:`clean_and_simplify`).
    by : str
        Column of the groups; rows where it is missing are left out.

    Returns
    -------
    GeoDataFrame
        One valid geometry a group, indexed by group in sorted order. A commune without
        contour adds nothing to the outline.

    Examples
    --------
    >>> land = gpd.GeoDataFrame(
    ...     {"epci": ["x", "x"]},
    ...     geometry=[shapely.box(1.6, 47.8, 1.7, 47.9), shapely.box(1.7, 47.8, 1.8, 47.9)],
    ...     crs=GEOGRAPHIC_CRS,
    ... )
    >>> dissolve(land, "epci").geometry["x"].bounds
    (1.6, 47.8, 1.8, 47.9)
    """
    used = communes[communes[by].notna() & communes.geometry.notna()]
    shapes = np.asarray(used.geometry)
    groups = used.groupby(by, sort=True).indices
    outlines = [shapely.coverage_union_all(shapes[rows]) for rows in groups.values()]
    index = pd.Index(list(groups), name=by)
    return gpd.GeoDataFrame(
        index=index, geometry=gpd.GeoSeries(outlines, index=index, crs=used.crs)
    )

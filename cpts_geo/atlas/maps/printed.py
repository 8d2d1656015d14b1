"""The one map of a printed page: how much care there is, and where (matplotlib)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from cpts_geo.atlas.look import style
from cpts_geo.atlas.maps import _basemap as basemap
from cpts_geo.atlas.maps._discs import encircle
from cpts_geo.atlas.maps._paper import (
    APART,
    GROUND,
    HATCHED,
    MARGIN_KM,
    RC,
    Scene,
    chosen,
    frame_axes,
    name_places,
    paint,
    paths,
    scene_of,
)
from cpts_geo.atlas.maps.layers import MapLayer, classify, territory_layers
from cpts_geo.secrecy.disclosure import masked
from cpts_geo.territories.perimeters.coverage import metric_crs

#: Points of letters: above the smallest of a page, should its room shrink a little.
_LETTERS: Final = 10.0
#: Points of the radius of the largest circle.
_LARGEST: Final = 10.0
#: How faint communes around are.
_FAINT: Final = 0.4
_MARKERS: Final = {"✚": ("P", "full"), "▲": ("^", "full"), "△": ("^", "none")}


class PrintedMap(NamedTuple):
    """
    The map of a printed page, and what its legend must say.

    Parameters
    ----------
    figure : Figure
        The map alone: titles, classes and sources are words of the page.
    rate, counted : MapLayer
        What is painted, and what is drawn as circles.
    signs : tuple of tuple of str
        Sign and words of the places drawn.
    """

    figure: Figure
    rate: MapLayer
    counted: MapLayer
    signs: tuple[tuple[str, str], ...]


def printed_map(
    communes: gpd.GeoDataFrame,
    *,
    national: gpd.GeoDataFrame,
    around: pd.DataFrame | None = None,
    open_today: Sequence[str] = (),
    proposed: Sequence[str] = (),
    size: tuple[float, float] = (4.7, 4.1),
) -> PrintedMap:
    """
    Make the map of a printed page: its first rate painted, its first count as circles, sites.

    Parameters
    ----------
    communes, national : GeoDataFrame
        As :func:`cpts_geo.atlas.maps.interactive.territory_map`.
    around : DataFrame, optional
        As :func:`cpts_geo.atlas.maps.interactive.territory_map`.
    open_today, proposed : sequence of str
        As :func:`cpts_geo.atlas.maps.interactive.territory_map`.
    size : tuple of float
        Inches across and high.

    Returns
    -------
    PrintedMap
        Figure, layers and signs.

    Examples
    --------
    >>> import inspect
    >>> inspect.signature(printed_map).parameters["size"].default
    (4.7, 4.1)
    """
    layers = territory_layers(communes)
    rate = next(layer for layer in layers if not layer.counts)
    count = next(layer for layer in layers if layer.counts)
    scene = scene_of(communes, national=national)
    across, high = size
    near = basemap.surroundings(national, basemap.view(scene.box, across / high), km=MARGIN_KM)
    beyond = near[~near["code_insee"].isin(communes["code_insee"])]
    beyond = basemap.with_figures(beyond, around)
    signs = basemap.signs((communes, beyond), open_today=open_today, proposed=proposed)
    with mpl.rc_context(RC | {"font.size": _LETTERS}):
        figure = Figure(figsize=size)
        ax = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        _around(near, scene, beyond, rate, ax=ax)
        classes = classify(scene.communes[rate.column], rate).to_numpy()
        hidden = masked(scene.communes, rate.column).to_numpy()
        for rank, colour in enumerate(rate.colours):
            paint(chosen(scene, classes == rank), ax=ax, **APART | {"facecolor": colour})
        paint(chosen(scene, hidden), ax=ax, facecolor=style.MASK_FILL, **APART)
        paint(chosen(scene, (classes < 0) & ~hidden), ax=ax, **HATCHED)
        ax.add_collection(LineCollection(scene.border, color=style.INK, linewidth=1.4))
        # The map fills its place: what is around is drawn as far.
        frame_axes(ax, basemap.formed(scene.frame, across / high), pad=0.02)
        look: Any = {"at": scene.at, "largest": _LARGEST, "digits": _LETTERS}
        raised = encircle(scene.communes, count.column, ax=ax, **look)
        drawn = _sites(pd.concat([communes, beyond]), signs, ax=ax)
        name_places(scene.names, raised, ax=ax, letter=_LETTERS)
    return PrintedMap(figure, rate, count, drawn)


def _around(
    near: gpd.GeoDataFrame, scene: Scene, beyond: gpd.GeoDataFrame, rate: MapLayer, *, ax: Axes
) -> None:
    """Communes around, faintly painted where their figures are known."""
    crs = metric_crs(scene.communes["code_insee"])
    paint(paths(near.geometry.to_crs(crs)), ax=ax, **GROUND)
    holes = basemap.uncovered(near, national=near)
    paint(paths(holes.geometry.to_crs(crs)), ax=ax, **HATCHED)
    if rate.column not in beyond:
        return
    classes = classify(beyond[rate.column], rate).to_numpy()
    outlines = beyond.geometry.to_crs(crs)
    for rank, colour in enumerate(rate.colours):
        rows = np.flatnonzero(classes == rank)
        found = paths(outlines.iloc[rows])
        paint(found, ax=ax, **APART | {"facecolor": colour, "alpha": _FAINT})


def _sites(
    communes: pd.DataFrame, signs: Sequence[tuple[str, str, list[str]]], *, ax: Axes
) -> tuple[tuple[str, str], ...]:
    """Signs of places, on paper so that they are seen on any colour; those drawn."""
    found = []
    crs = metric_crs(communes["code_insee"])
    for sign, words, codes in signs:
        rows = communes[communes["code_insee"].isin(codes)]
        marker, fill = _MARKERS[sign]
        look: Any = {
            "marker": marker, "fillstyle": fill, "color": style.INK, "linestyle": "",
            "markersize": 5.5, "markeredgewidth": 1.0,
        }  # fmt: skip
        points = gpd.GeoSeries(gpd.points_from_xy(rows["lon"], rows["lat"]), crs="EPSG:4326")
        points = points.to_crs(crs)
        (west, east), (south, north) = ax.get_xlim(), ax.get_ylim()
        edge = 0.03 * (east - west)
        points = points.cx[west + edge : east - edge, south + edge : north - edge]
        if points.empty:
            continue
        ax.plot(points.x, points.y, "o", color=style.PAPER, markersize=9.5, zorder=3)
        ax.plot(points.x, points.y, zorder=3.1, **look)
        found.append((sign, words))
    return tuple(found)

"""The one map of a printed page: how much care there is, and where (matplotlib)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from cpts_geo.atlas.look import style
from cpts_geo.atlas.maps import _basemap as basemap
from cpts_geo.atlas.maps._discs import encircle, key_handles
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
from cpts_geo.atlas.maps.live._columns import averages_of
from cpts_geo.french import number, value_text
from cpts_geo.schema import COLUMNS
from cpts_geo.secrecy.disclosure import masked
from cpts_geo.territories.perimeters.coverage import metric_crs

#: Points of letters, none smaller on a page that is handed round.
_LETTERS: Final = 8.5
#: Points of the radius of the largest circle.
_LARGEST: Final = 10.0
#: Share of a figure that its legend takes, on the right.
_LEGEND: Final = 0.31
#: How faint communes around are.
_FAINT: Final = 0.4
_MARKERS: Final = {"✚": ("P", "full"), "▲": ("^", "full"), "△": ("^", "none")}


def printed_map(
    communes: gpd.GeoDataFrame,
    *,
    national: gpd.GeoDataFrame,
    around: pd.DataFrame | None = None,
    comparison: pd.DataFrame | None = None,
    open_today: Sequence[str] = (),
    proposed: Sequence[str] = (),
    size: tuple[float, float] = (7.2, 3.6),
) -> Figure:
    """
    Make the map of a printed page: its first rate painted, its first count as circles, sites.

    Parameters
    ----------
    communes, national : GeoDataFrame
        As :func:`cpts_geo.atlas.maps.interactive.territory_map`.
    around, comparison : DataFrame, optional
        As :func:`cpts_geo.atlas.maps.interactive.territory_map`.
    open_today, proposed : sequence of str
        As :func:`cpts_geo.atlas.maps.interactive.territory_map`.
    size : tuple of float
        Inches across and high, the legend on the right included.

    Returns
    -------
    Figure
        Without title or sources: the page says the finding above it, and its sources.

    Examples
    --------
    >>> import inspect
    >>> inspect.signature(printed_map).parameters["size"].default
    (7.2, 3.6)
    """
    layers = territory_layers(communes)
    rate = next(layer for layer in layers if not layer.counts)
    count = next(layer for layer in layers if layer.counts)
    scene = scene_of(communes, national=national)
    across, high = size[0] * (1 - _LEGEND), size[1]
    near = basemap.surroundings(national, basemap.view(scene.box, across / high), km=MARGIN_KM)
    beyond = near[~near["code_insee"].isin(communes["code_insee"])]
    beyond = basemap.with_figures(beyond, around)
    signs = basemap.signs((communes, beyond), open_today=open_today, proposed=proposed)
    with mpl.rc_context(RC | {"font.size": _LETTERS}):
        figure = Figure(figsize=size)
        ax = figure.add_axes((0.0, 0.0, 1 - _LEGEND, 1.0))
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
        _legend(figure, scene, (rate, count), classes=classes, sites=drawn, comparison=comparison)
    return figure


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
) -> list[Artist]:
    """Signs of places, on paper so that they are seen on any colour; those drawn, for a legend."""
    found: list[Artist] = []
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
        found.append(Line2D([], [], label=words, **look))
    return found


def _legend(
    figure: Figure,
    scene: Scene,
    layers: tuple[MapLayer, MapLayer],
    *,
    classes: Any,
    sites: Sequence[Artist],
    comparison: pd.DataFrame | None,
) -> None:
    """Classes with their communes, circles, signs, and the averages around."""
    rate, count = layers
    handles: list[Artist] = [
        Patch(facecolor=colour, edgecolor=style.SWATCH_EDGE, linewidth=0.5,
              label=f"{label} : {number(int((classes == rank).sum()))}")
        for rank, (colour, label) in enumerate(zip(rate.colours, rate.labels, strict=True))
    ]  # fmt: skip
    if (classes < 0).any():
        words = basemap.hatch_label(missing=True, uncovered=False)
        handles.append(Patch(**HATCHED | {"label": words}))
    edge, high = 1.005 - _LEGEND, float(figure.get_figheight())
    # Lines of a legend are a little higher than its letters.
    below = 1 - ((len(handles) + 1) * 1.52 * _LETTERS / 72 + 0.06) / high
    left: Any = {"loc": "upper left", "frameon": False, "alignment": "left", "borderaxespad": 0.0}
    first = figure.legend(
        handles=handles, title=f"{rate.title}, et communes", bbox_to_anchor=(edge, 1.0),
        title_fontproperties={"weight": "bold"}, **left,
    )  # fmt: skip
    figure.add_artist(first)
    figure.legend(
        handles=[*key_handles(scene.communes, count.column, largest=_LARGEST), *sites],
        title=count.title, bbox_to_anchor=(edge, below - 0.22 / high), scatterpoints=1,
        title_fontproperties={"weight": "bold"}, labelspacing=0.7, **left,
    )  # fmt: skip
    if comparison is not None:
        column = COLUMNS[rate.column]
        told = averages_of(comparison, [rate.column])[rate.column]
        words = " · ".join(f"{name} {value_text(column, value)}" for name, value in told)
        figure.text(edge, below, words, fontsize=_LETTERS, va="top")

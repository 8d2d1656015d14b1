"""Still maps for paper and slides (matplotlib); figures are returned, never saved here."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from cpts_geo.atlas import style
from cpts_geo.schema import COLUMNS
from cpts_geo.settings import METRIC_CRS
from cpts_geo.sources.catalogue import sources

_RC = {
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": style.INK,
    "hatch.linewidth": 0.6,
    "svg.fonttype": "none",
}


def draw_layer(
    communes: gpd.GeoDataFrame,
    layer: style.MapLayer,
    *,
    ax: Axes,
    surroundings: gpd.GeoDataFrame | None = None,
) -> Axes:
    """
    Paint one layer of a territory on axes.

    Parameters
    ----------
    communes : GeoDataFrame
        Communes of the territory with their figures (EPSG:4326).
    layer : MapLayer
        Variable, breaks and labels.
    ax : Axes
        Axes to draw on; they are returned.
    surroundings : GeoDataFrame, optional
        Neighbouring communes, drawn pale.

    Returns
    -------
    Axes
        The same axes: title, unit, classes, source.
    """
    shown = communes[communes.geometry.notna()].to_crs(METRIC_CRS)
    if surroundings is not None:
        near = surroundings[surroundings.geometry.notna()].to_crs(METRIC_CRS)
        near.plot(ax=ax, color=style.LAND, edgecolor=style.LAND_EDGE, linewidth=0.4)
    classes = style.classify(shown[layer.column], layer)
    for number, colour in enumerate(layer.colours):
        part = shown[classes == number]
        if len(part):
            part.plot(ax=ax, color=colour, edgecolor=style.PAPER, linewidth=0.5)
    absent = shown[classes < 0]
    if len(absent):
        absent.plot(ax=ax, color=style.PAPER, edgecolor=style.HATCH_LINE, hatch="////", lw=0.4)
    outline = shapely.coverage_union_all(np.asarray(communes.geometry[communes.geometry.notna()]))
    edge = gpd.GeoSeries([outline], crs=communes.crs).to_crs(METRIC_CRS)
    edge.boundary.plot(ax=ax, color=style.ACCENT, linewidth=1.6)
    _frame(ax, edge.total_bounds)
    column = COLUMNS[layer.column]
    handles = [
        Patch(facecolor=colour, edgecolor="#777777", linewidth=0.5, label=label)
        for colour, label in zip(layer.colours, layer.labels, strict=True)
    ]
    if len(absent):
        handles.append(
            Patch(facecolor=style.PAPER, edgecolor=style.HATCH_LINE, hatch="////",
                  label="donnée absente")
        )  # fmt: skip
    ax.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.5, -0.01),
        ncols=3,
        frameon=False,
        fontsize=8,
        handlelength=1.6,
    )
    ax.set_title(f"{column.label}\n{column.unit}, {column.vintage}", fontsize=9.5, loc="left")
    return ax


def layer_figure(
    communes: gpd.GeoDataFrame,
    layer: style.MapLayer,
    *,
    name: str,
    national: gpd.GeoDataFrame,
) -> Figure:
    """
    Make one map of a territory, ready for a slide.

    Parameters
    ----------
    communes : GeoDataFrame
        Communes of the territory.
    layer : MapLayer
        Variable shown.
    name : str
        Name of the territory.
    national : GeoDataFrame
        All communes.

    Returns
    -------
    Figure
        Title, map, legend, source.
    """
    return _figure(communes, [layer], name=name, national=national, size=(7.2, 7.4))


def panel_figure(communes: gpd.GeoDataFrame, *, name: str, national: gpd.GeoDataFrame) -> Figure:
    """
    Make the three layers of a territory side by side, for paper.

    Parameters
    ----------
    communes : GeoDataFrame
        Communes of the territory.
    name : str
        Name of the territory.
    national : GeoDataFrame
        All communes.

    Returns
    -------
    Figure
        One row of maps.
    """
    return _figure(communes, list(style.LAYERS), name=name, national=national, size=(13.5, 6.2))


def _figure(
    communes: gpd.GeoDataFrame,
    layers: list[style.MapLayer],
    *,
    name: str,
    national: gpd.GeoDataFrame,
    size: tuple[float, float],
) -> Figure:
    with mpl.rc_context(_RC):
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.subplots(1, len(layers), squeeze=False)[0]
        near = _near(communes, national)
        for ax, layer in zip(axes, layers, strict=True):
            draw_layer(communes, layer, ax=ax, surroundings=near)
        if len(layers) == 1:
            figure.suptitle(name, fontsize=13, fontweight="bold", x=0.02, ha="left")
        keys = {COLUMNS[layer.column].source: None for layer in layers}
        keys["admin_express"] = None
        origin = " ; ".join(sources()[key].attribution for key in keys)
        figure.supxlabel(f"Sources : {origin}. Licence Ouverte 2.0.", fontsize=7, x=0.02, ha="left")
    return figure


def _near(communes: gpd.GeoDataFrame, national: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    west, south, east, north = communes.total_bounds
    box = shapely.box(west - 0.15, south - 0.1, east + 0.15, north + 0.1)
    return national[national.geometry.intersects(box)]


def _frame(ax: Axes, bounds: Any) -> None:
    west, south, east, north = bounds
    pad = 0.04 * max(east - west, north - south)
    ax.set_xlim(west - pad, east + pad)
    ax.set_ylim(south - pad, north + pad)
    ax.set_aspect("equal")
    ax.set_facecolor(style.SEA)
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(False)

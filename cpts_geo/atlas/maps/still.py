"""Still maps for paper and slides (matplotlib); figures are returned, never saved here."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

import geopandas as gpd
import matplotlib as mpl
import pandas as pd
import shapely
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from cpts_geo.atlas.look import style
from cpts_geo.atlas.look.cells import MASK_LABEL
from cpts_geo.atlas.look.words import short_name
from cpts_geo.atlas.maps import _basemap as basemap
from cpts_geo.atlas.maps._discs import encircle, key_handles, key_look, key_room, largest_radius
from cpts_geo.atlas.maps._paper import (
    APART,
    GROUND,
    HATCHED,
    LETTER,
    RC,
    Scene,
    chosen,
    credit_lines,
    draw_legend,
    frame_axes,
    halo,
    name_places,
    padded,
    paint,
    scene_of,
)
from cpts_geo.atlas.maps.layers import MapLayer, classify, column_layer
from cpts_geo.atlas.maps.live.commune_layer import NAMED
from cpts_geo.french import value_text
from cpts_geo.geography.perimeters.coverage import metric_crs
from cpts_geo.schema import COLUMNS, TERRITORY, shown_vintage
from cpts_geo.secrecy.disclosure import masked
from cpts_geo.settings import GEOGRAPHIC_CRS, METRIC_CRS
from cpts_geo.sources.codes import overseas

#: Inches across a map; letters of a title in one of them.
_WIDTH = 7.2
_TITLE_LETTERS = 13
#: Letters kept of the name of a territory: a longer one takes the room of the map.
_NAMED = 40
#: Towns named on the map of France, and how far apart, in shares of it.
_TOWNS, _BETWEEN = 12, (0.16, 0.06)
#: Territories named on a map that has no room for all.
_LARGEST: Final = 20
#: Inches of a map as wide as a sheet of paper on its side, under the title of its page.
_SHEET = (10.8, 6.2)
#: Inches around what is drawn, of the name of a territory, and of a line of a title, of a legend
#: and of a source.
_MARGIN, _NAME, _TITLE_LINE, _LEGEND_LINE, _SOURCE_LINE = 0.14, 0.32, 0.17, 0.175, 0.125


def draw_layer(
    communes: gpd.GeoDataFrame, layer: MapLayer, *, ax: Axes, national: gpd.GeoDataFrame
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
    national : GeoDataFrame
        All communes: the neighbours are drawn pale.

    Returns
    -------
    Axes
        The same axes: title, unit, classes, source.
    """
    return _draw(scene_of(communes, national=national), layer, ax=ax)


def _draw(scene: Scene, layer: MapLayer, *, ax: Axes, letters: int = 40) -> Axes:
    """Paint a layer on axes: title, unit, classes, legend."""
    paint(scene.near, ax=ax, **GROUND)
    # Land without contour is hatched, never left to look like water.
    paint(scene.bare, ax=ax, **HATCHED)
    values = scene.communes[layer.column]
    classes = classify(values, layer).to_numpy()
    hidden = masked(scene.communes, layer.column).to_numpy()
    absent = (classes < 0) & ~hidden
    apart = GROUND if layer.counts else APART
    for number, colour in enumerate(layer.colours):
        found = chosen(scene, classes == number)
        paint(found, ax=ax, **apart | {"facecolor": colour})
        if texture := _texture(layer, number):
            paint(found, ax=ax, facecolor="none", linewidth=0, **texture)
    paint(chosen(scene, hidden), ax=ax, facecolor=style.MASK_FILL, **APART)
    paint(chosen(scene, absent), ax=ax, **HATCHED)
    border = LineCollection(scene.border, color=style.ACCENT, linewidth=1.6)
    ax.add_collection(border, autolim=False)
    frame_axes(ax, scene.frame)
    handles: list[Artist] = []
    raised: dict[Any, float] = {}
    wide: dict[str, Any] = {"handlelength": 1.6}
    if layer.counts:
        counted = (scene.communes, layer.column)
        figure: Any = ax.figure
        largest = largest_radius(ax.bbox.width / figure.dpi)
        raised = encircle(*counted, at=scene.at, ax=ax, largest=largest)
        handles += key_handles(*counted, largest=largest)
        wide = key_look(largest, LETTER)
    else:
        handles += [
            Patch(facecolor=colour, linewidth=0.5, label=label,
                  **{"edgecolor": style.SWATCH_EDGE} | _texture(layer, number))
            for number, (colour, label) in enumerate(zip(layer.colours, layer.labels, strict=True))
        ]  # fmt: skip
    name_places(scene.names, raised, ax=ax)
    if hidden.any():
        handles.append(Patch(facecolor=style.MASK_FILL, label=MASK_LABEL))
    if words := basemap.hatch_label(missing=bool(absent.any()), uncovered=len(scene.bare) > 0):
        handles.append(
            Patch(facecolor=style.PAPER, edgecolor=style.HATCH_LINE, hatch="////",
                  label=words)
        )  # fmt: skip
    draw_legend(ax, handles, ncols=_ncols(layer), by_rows=layer.counts, **wide)
    ax.set_title(_title(layer, letters), fontsize=9.5, loc="left")
    return ax


def _texture(layer: MapLayer, number: int) -> dict[str, Any]:
    """Lines on losses, crosses on gains: the sides differ where a printer has no colour."""
    middle = len(layer.labels) // 2
    if not layer.diverging or number == middle:
        return {}
    # The darkest class of each side bears white lines, the others dark ones.
    dark = number in (0, 2 * middle)
    hatch = "--" if number < middle else "++"
    return {"hatch": hatch, "edgecolor": style.PAPER if dark else style.INK}


def _ncols(layer: MapLayer) -> int:
    """Columns of a legend: losses face gains, as three of such long words would leave no map."""
    return 2 if layer.diverging else 3


def _legend_inches(scene: Scene, layer: MapLayer, across: float) -> float:
    """Height of a legend under a map so many inches wide."""
    ncols = _ncols(layer)
    if layer.counts:
        largest = largest_radius(across)
        return key_room(scene.communes, layer.column, largest=largest, ncols=ncols) / 72
    return math.ceil((len(layer.labels) + 2) / ncols) * _LEGEND_LINE


def _title(layer: MapLayer, letters: int) -> str:
    """What a layer shows, then its unit and vintage, in lines of so many letters."""
    return "\n".join(textwrap.fill(text, letters) for text in (layer.heading, layer.measure))


def layer_figure(
    communes: gpd.GeoDataFrame,
    layer: MapLayer,
    *,
    name: str,
    national: gpd.GeoDataFrame,
    make: Callable[..., Figure] = Figure,
) -> Figure:
    """
    Make one map of a territory, ready for a slide.

    Parameters
    ----------
    communes, layer : GeoDataFrame, MapLayer
        As :func:`draw_layer`.
    name : str
        Name of the territory.
    national : GeoDataFrame
        All communes.
    make : callable
        Makes a figure of a size: that of pyplot where a notebook is to show it.

    Returns
    -------
    Figure
        Title, map, legend, source.
    """
    return _figure(scene_of(communes, national=national), layer, name=name, make=make)


def layer_figures(
    communes: gpd.GeoDataFrame, layers: Sequence[MapLayer], *, name: str, national: gpd.GeoDataFrame
) -> Iterator[Figure]:
    """
    Make one map a layer of a territory, whose contours are projected once.

    Parameters
    ----------
    communes, layers, name, national : GeoDataFrame, sequence of MapLayer, str, GeoDataFrame
        As :func:`layer_figure`.

    Yields
    ------
    Figure
        As :func:`layer_figure`, in the order of the layers.
    """
    scene = scene_of(communes, national=national)
    for layer in layers:
        yield _figure(scene, layer, name=name)


def overview_figure(
    outlines: gpd.GeoDataFrame, *, national: gpd.GeoDataFrame, comparison: pd.DataFrame
) -> Figure:
    """
    Make the map of all territories for paper: métropole, or their region where neighbours.

    Parameters
    ----------
    outlines, national, comparison : GeoDataFrame, GeoDataFrame, DataFrame
        As :func:`cpts_geo.atlas.maps.interactive.overview_map`.

    Returns
    -------
    Figure
        Départements, territories in the classes of their APL with name and value, its legend,
        sources.
    """
    layer, values = _apl_of(outlines, comparison)
    told = {
        name: f"{short_name(name, _NAMED)}\n{value_text(COLUMNS[layer.column], value)}"
        for name, value in zip(outlines["name"], values, strict=True)
    }
    with mpl.rc_context(RC):
        figure = Figure(figsize=_SHEET, layout="constrained")
        ax = figure.subplots()
        shown = outlines[outlines.geometry.notna()]
        near = basemap.neighbours(shown)
        crs = METRIC_CRS
        if near:
            mine = national["departement"].isin(" ".join(shown["departements"]).split())
            crs = metric_crs(national.loc[mine, "code_insee"])
            around = basemap.view(shapely.box(*shown.total_bounds), _SHEET[0] / _SHEET[1])
            land = basemap.land(national, around).to_crs(crs)
        else:
            mainland = national[~overseas(national["departement"])]
            land = basemap.departements(mainland, tolerance_m=basemap.COUNTRY_M).to_crs(crs)
        land.plot(ax=ax, color=style.LAND, edgecolor=style.BORDER, linewidth=0.3)
        ranked = shown.sort_values("population", ascending=False)
        placed = ranked.to_crs(crs)
        classes = classify(values.reindex(placed.index), layer)
        colours = [*layer.colours, style.LAND]
        if len(placed):
            edge = {"edgecolor": style.INK, "linewidth": 0.2 if len(placed) > NAMED else 0.8}
            placed.plot(ax=ax, color=[colours[rank] for rank in classes], **edge)
        _in_classes(ax, layer)
        if near:
            named = basemap.named_within(shown, letter=0.016, line=0.055)
            shown_of = {short_name(name): text for name, text in told.items()}
            _name(ax, [(shown_of[name], lon, lat) for name, lon, lat in named], crs=crs)
        elif len(placed) > NAMED:
            west, south, east, north = bounds = mainland.total_bounds
            inside = ranked.cx[west:east, south:north]
            largest = basemap.named_within(inside, letter=0.014, line=0.045, bounds=bounds)
            _name(ax, largest[:_LARGEST], crs=crs)
        elif len(placed):
            for name, shape, side in zip(
                placed["name"], placed.geometry, basemap.sides(ranked), strict=True
            ):
                west, _, east, _ = shape.bounds
                left = side == "left"
                place = (west if left else east, shape.representative_point().y)
                _annotate(
                    ax, told[name], place, ha="right" if left else "left", shift=-4 if left else 4
                )
        # As wide as the sheet of paper, whatever the form of what it shows.
        framed = placed.total_bounds if near else land.total_bounds
        frame_axes(ax, basemap.formed(framed, _SHEET[0] / _SHEET[1]))
        credit = credit_lines([COLUMNS[layer.column].source], _SHEET[0])
        figure.supxlabel(credit, fontsize=7, x=0.02, ha="left")
    return figure


def france_figure(national: gpd.GeoDataFrame, figures: pd.DataFrame) -> Figure:
    """
    Make the map of the APL of every commune of métropole, for where no script runs.

    Parameters
    ----------
    national, figures : GeoDataFrame, DataFrame
        As :func:`cpts_geo.atlas.maps.interactive.france_map`.

    Returns
    -------
    Figure
        Communes in the classes of the APL, the largest named, its legend and source.
    """
    column = shown_vintage("apl", set(figures.columns[figures.notna().any()]))
    assert column is not None
    layer = column_layer(column)
    mainland = national[~overseas(national["departement"]) & national.geometry.notna()]
    values = mainland["code_insee"].map(figures.set_index("code_insee")[column].astype(float))
    colours = [*layer.colours, style.HATCH_LINE]
    with mpl.rc_context(RC):
        figure = Figure(figsize=(6.6, 6.6), layout="constrained")
        ax = figure.subplots()
        shown = mainland.to_crs(METRIC_CRS)
        painted = [colours[rank] for rank in classify(values, layer)]
        shown.plot(ax=ax, color=painted, linewidth=0, antialiased=False)
        _in_classes(ax, layer)
        box = shapely.box(*mainland.total_bounds)
        towns = basemap.labelled(shown, _TOWNS, box=box, spacing=_BETWEEN)
        _name(ax, zip(towns["name"], towns["lon"], towns["lat"], strict=True), crs=METRIC_CRS)
        frame_axes(ax, shown.total_bounds)
        figure.supxlabel(credit_lines([COLUMNS[column].source], 6.6), fontsize=7, x=0.02, ha="left")
    return figure


def _apl_of(outlines: gpd.GeoDataFrame, comparison: pd.DataFrame) -> tuple[MapLayer, pd.Series]:
    """The APL that is newest of territories, which the page paints first, and its values."""
    mine = comparison[comparison["area_level"] == TERRITORY.key]
    known = set(mine["indicator"][mine["value"].notna()])
    column = shown_vintage("apl", known)
    assert column is not None
    found = mine[mine["indicator"] == column].drop_duplicates("territory")
    values = found.set_index("territory")["value"].reindex(outlines.index).astype(float)
    return column_layer(column), values


def _in_classes(ax: Axes, layer: MapLayer) -> None:
    """The legend of what is painted, in a corner that no land takes."""
    edge = style.SWATCH_EDGE
    swatches = [Patch(facecolor=colour, edgecolor=edge) for colour in layer.colours]
    ax.legend(swatches, layer.labels, title=layer.title, loc="lower left", fontsize=7)


def _name(ax: Axes, places: Iterable[tuple[str, float, float]], *, crs: Any) -> None:
    """Write names on their places, by longitude and latitude."""
    names, lons, lats = zip(*places, strict=True)
    points = gpd.GeoSeries(gpd.points_from_xy(lons, lats), crs=GEOGRAPHIC_CRS).to_crs(crs)
    for name, at in zip(names, points, strict=True):
        _annotate(ax, name, (at.x, at.y), ha="center", shift=0)


def _annotate(ax: Axes, name: str, place: tuple[float, float], *, ha: str, shift: int) -> None:
    """Write on a place, or so many points beside it."""
    ax.annotate(
        name, place, xytext=(shift, 0), textcoords="offset points",
        ha=ha, va="center", fontsize=8, fontweight="bold", path_effects=halo(),
    )  # fmt: skip


def _figure(
    scene: Scene, layer: MapLayer, *, name: str, make: Callable[..., Figure] = Figure
) -> Figure:
    """A map under its name, over its sources."""
    with mpl.rc_context(RC):
        across = _WIDTH - 2 * _MARGIN
        west, south, east, north = padded(scene.frame)
        tall = min(max((north - south) / (east - west), 0.4), 1.6) * across
        letters = int(across * _TITLE_LETTERS)
        titles = _title(layer, letters).count("\n") + 1
        credit = credit_lines([COLUMNS[layer.column].source], _WIDTH)
        above = 2 * _MARGIN + _NAME + titles * _TITLE_LINE
        below = 3 * _MARGIN + _legend_inches(scene, layer, across)
        below += (credit.count("\n") + 1) * _SOURCE_LINE
        height = above + tall + below
        figure = make(figsize=(_WIDTH, height))
        edge, end = _MARGIN / _WIDTH, _MARGIN / height
        place = (edge, below / height, across / _WIDTH, tall / height)
        _draw(scene, layer, ax=figure.add_axes(place, anchor="NW"), letters=letters)
        figure.suptitle(name, fontsize=13, fontweight="bold", x=edge, y=1 - end, ha="left")
        figure.supxlabel(credit, fontsize=7, x=edge, y=end, ha="left")
    return figure

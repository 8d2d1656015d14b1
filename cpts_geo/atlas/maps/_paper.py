"""What every still map has: contours on paper, a frame around them, names, credits."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely
from matplotlib import patheffects
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.path import Path

from cpts_geo.atlas.look import style
from cpts_geo.atlas.maps import _basemap as basemap
from cpts_geo.atlas.maps._circles import Places, places
from cpts_geo.french import typeset
from cpts_geo.geography.perimeters.coverage import metric_crs
from cpts_geo.sources.catalogue.catalogue import credits_of, sources

#: Points of the letters of a legend.
LETTER: Final = 8.0
#: Letters of a source in an inch.
_LETTERS: Final = 17


#: Points of the letters of a name.
_NAME: Final = 7.5
_LABELLED: Final = 5
_SPACING: Final = (0.5, 0.14)
_MARGIN_KM: Final = 10.0
#: Look of land or of a value that is not known, and edges between communes.
HATCHED: Any = {
    "facecolor": style.PAPER, "edgecolor": style.HATCH_LINE, "hatch": "////", "linewidth": 0.4,
}  # fmt: skip
GROUND: Any = {"facecolor": style.LAND, "edgecolor": style.LAND_EDGE, "linewidth": 0.4}
APART: Any = {"edgecolor": style.PAPER, "linewidth": 0.5}
RC: Any = {
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": style.INK,
    "hatch.linewidth": 0.6,
    # A name that holds dollar signs is a name, not a formula.
    "text.parse_math": False,
    # Nor TeX, whatever a matplotlibrc beside the analyst's files asks for.
    "text.usetex": False,
}


def halo() -> list[patheffects.AbstractPathEffect]:
    """Paper around letters."""
    return [patheffects.withStroke(linewidth=2.2, foreground=style.PAPER)]


def credit_line(keys: Sequence[str]) -> str:
    """Sources of what a map shows, and that of its contours; licences."""
    shown = [sources()[key] for key in dict.fromkeys([*keys, "admin_express"])]
    return typeset(f"{'Sources' if len(shown) > 1 else 'Source'} : {credits_of(shown)}.")


def credit_lines(keys: Sequence[str], width: float) -> str:
    """The same, in lines for a figure so many inches wide."""
    return textwrap.fill(credit_line(keys), int(width * _LETTERS))


def padded(bounds: Any, pad: float = 0.04) -> tuple[float, float, float, float]:
    """A rectangle with a margin."""
    west, south, east, north = bounds
    more = pad * max(east - west, north - south)
    return west - more, south - more, east + more, north + more


def frame_axes(ax: Axes, bounds: Any) -> None:
    """Show a rectangle with a margin, on the sea, without axes."""
    west, south, east, north = padded(bounds)
    ax.set_xlim(west, east)
    ax.set_ylim(south, north)
    ax.set_aspect("equal")
    ax.set_facecolor(style.SEA)
    ax.set_xlabel("")
    ax.set_ylabel("")
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(False)


def draw_legend(
    ax: Axes, handles: Sequence[Artist], *, ncols: int, by_rows: bool, **look: Any
) -> None:
    """Write a legend below a map, filled by columns or by rows."""
    rows = [each for column in range(ncols) for each in handles[column::ncols]]
    ax.legend(
        handles=rows if by_rows else handles,
        loc="upper center",
        bbox_to_anchor=(0.5, -0.01),
        ncols=ncols,
        frameon=False,
        fontsize=LETTER,
        columnspacing=1.2,
        **look,
    )


def name_places(
    names: Sequence[tuple[Any, str, float, float]],
    raised: Mapping[Any, float],
    *,
    ax: Axes,
) -> None:
    """Names of communes, over their circles, or with their dots where there are none."""
    for commune, name, x, y in names:
        if not raised:
            ax.plot(x, y, "o", color=style.INK, markersize=2)
        ax.annotate(
            name, (x, y), xytext=(0, max(3, raised.get(commune, 0) + 1)),
            textcoords="offset points", ha="center", fontsize=_NAME, fontweight="bold",
            path_effects=halo(),
        ).set_in_layout(False)  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """What the layers of a territory share: measured and projected once, drawn under each."""

    #: Rectangle of the territory (EPSG:4326).
    box: Any
    #: Communes with a contour; their contours and their circles' places, row by row.
    communes: gpd.GeoDataFrame
    contours: list[Path]
    at: Places
    #: Neighbouring communes, and land without contour.
    near: list[Path]
    bare: list[Path]
    border: list[Any]
    #: Bounds of the map, as it is projected.
    frame: Any
    #: Index, name, x and y of the communes named.
    names: list[tuple[Any, str, float, float]]


def scene_of(communes: gpd.GeoDataFrame, *, national: gpd.GeoDataFrame) -> Scene:
    """What the layers of a territory share."""
    crs = metric_crs(communes["code_insee"])
    mapped = communes[communes.geometry.notna()]
    shown = mapped.to_crs(crs)
    lon, lat = places(mapped).T
    at = gpd.GeoSeries(gpd.points_from_xy(lon, lat), crs=communes.crs).to_crs(crs)
    box = basemap.extent(communes, national=national)
    near = basemap.surroundings(national, box, km=_MARGIN_KM)
    towns = basemap.labelled(communes, _LABELLED, box=box, spacing=_SPACING)
    points = gpd.GeoSeries(gpd.points_from_xy(towns["lon"], towns["lat"]), crs=communes.crs)
    points = points.to_crs(crs)
    return Scene(
        box=box,
        communes=shown,
        contours=paths(shown.geometry),
        at=shapely.get_coordinates(at.to_numpy()),
        near=paths(near.geometry.to_crs(crs)),
        bare=paths(basemap.uncovered(near, national=national).geometry.to_crs(crs)),
        border=[
            shapely.get_coordinates(line)
            for line in shapely.get_parts(basemap.outline(shown).normalize().to_numpy())
        ],
        frame=gpd.GeoSeries([box], crs=communes.crs).to_crs(crs).total_bounds,
        names=list(zip(towns.index, towns["name"].map(typeset), points.x, points.y, strict=True)),
    )


def paths(shapes: gpd.GeoSeries) -> list[Path]:
    """One path a shape: every ring of every part, holes included."""
    # Matplotlib fills what rings turn around: holes turn the other way once normalised.
    normal = shapely.normalize(np.asarray(shapes))
    rings = (shapely.get_rings(shapely.get_parts(shape)) for shape in normal)
    return [
        Path.make_compound_path(
            *(Path(shapely.get_coordinates(ring), closed=True) for ring in found)
        )
        for found in rings
    ]


def chosen(scene: Scene, rows: Any) -> list[Path]:
    """Contours of some communes."""
    return [scene.contours[row] for row in np.flatnonzero(rows)]


def paint(paths: Sequence[Path], *, ax: Axes, **look: Any) -> None:
    """Paint contours alike."""
    # The frame is set afterwards: nothing has to be measured here.
    if paths:
        ax.add_collection(PathCollection(paths, **look), autolim=False)


def svg_path(shape: Any) -> str:
    """SVG path of a contour or of a border, in whole units."""
    parts = shapely.get_parts(shape)
    areas = shapely.get_type_id(parts[:1]) == shapely.GeometryType.POLYGON
    lines = shapely.get_rings(parts) if areas.all() else parts
    return "".join(_svg_line(shapely.get_coordinates(line), closed=areas.all()) for line in lines)


def _svg_line(xy: Places, *, closed: bool) -> str:
    """One line of a path; a ring smaller than a unit is still a place."""
    grid = np.round(xy).astype(int)
    steps = np.diff(grid, axis=0)
    steps = steps[steps.any(axis=1)]
    words = " ".join(map(str, steps[: -1 if closed else None].ravel().tolist())) or "1 0 0 1"
    x, y = grid[0].tolist()
    return f"M{x} {y}l{words}".replace(" -", "-") + ("z" if closed else "")

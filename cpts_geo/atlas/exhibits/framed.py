"""A map for a slide or a document: the finding as title, classes counted, averages, a scale."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from math import floor, log10
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

import geopandas as gpd
import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cpts_geo.atlas.look import style
from cpts_geo.atlas.maps.layers import MapLayer, classify
from cpts_geo.atlas.maps.still import draw_layer
from cpts_geo.foreign import shown_name
from cpts_geo.french import NNBSP, number, typeset, value_text
from cpts_geo.schema import COLUMNS
from cpts_geo.secrecy.disclosure import masked
from cpts_geo.sources.catalogue.catalogue import credits_of, sources

#: Dots of the height of every figure.
_DOTS: Final = 1080
#: Points of the letters of a legend, of what is told under a title; inches of a line of a legend.
_LETTER: Final = 8.0
_SMALL: Final = 7.0
_ROW: Final = 0.19
#: Letters of the name of a territory there.
_NAME: Final = 48
#: Neighbours are drawn this far on both sides.
_NEAR_KM: Final = 8.0


class _Frame(NamedTuple):
    """Where a figure has its parts: inches across, shares of it, letters in a line."""

    across: float
    high: float
    chart: tuple[float, float, float, float]
    title: tuple[int, float]
    label: int
    source: int

    @property
    def top(self) -> float:
        """Where the map ends, from the foot."""
        return self.chart[1] + self.chart[3]

    def share(self, points: float, text: str) -> float:
        """Share of the height that the lines of a text take."""
        return points * 1.25 * (text.count("\n") + 1) / (72 * self.high)

    def under(self, top: float) -> _Frame:
        """The same, its map no higher than what is written above it."""
        left, foot, wide, high = self.chart
        return self._replace(chart=(left, foot, wide, min(high, top - foot)))

    @property
    def wide(self) -> bool:
        """Whether the legend stands beside the map."""
        return self.across > self.high


#: Forms by name: wide (1920×1080), square (1080×1080), and under the title of a slide, with letters
#: that a room reads (1920×1080).
_FRAMES: Final = {
    "16x9": _Frame(8.0, 4.5, (0.02, 0.085, 0.69, 0.75), (78, 13.0), 36, 190),
    "carre": _Frame(4.5, 4.5, (0.03, 0.35, 0.94, 0.47), (46, 10.5), 44, 100),
    "diapo": _Frame(6.0, 3.375, (0.03, 0.1, 0.655, 0.62), (60, 12.0), 24, 112),
}
_RC: Final[Any] = {
    "font.family": "sans-serif",
    "text.color": style.INK,
    "hatch.linewidth": 0.6,
    # A name that holds dollar signs is a name, not a formula.
    "text.parse_math": False,
    "text.usetex": False,
    # Letters of an SVG are letters, that any tool may change.
    "svg.fonttype": "none",
    "svg.hashsalt": "cpts_geo",
}


def framed_figure(
    communes: gpd.GeoDataFrame,
    layer: MapLayer,
    *,
    name: str,
    finding: str,
    averages: Sequence[tuple[str, float]],
    date: str,
    national: gpd.GeoDataFrame,
    form: str,
) -> Figure:
    """
    Make a map that stands alone on a slide or in a document.

    Parameters
    ----------
    communes, layer : GeoDataFrame, MapLayer
        As :func:`cpts_geo.atlas.maps.still.draw_layer`.
    name : str
        Name of the territory.
    finding : str
        What the map says: its title; empty where a slide says it above.
    averages : sequence of tuple
        Name and value of the areas that it stands beside.
    date : str
        Date of the run, as written on the map.
    national : GeoDataFrame
        All communes.
    form : str
        ``16x9``, ``carre`` or ``diapo``.

    Returns
    -------
    Figure
        1080 dots high, to save at its own resolution.
    """
    frame = _FRAMES[form]
    letters, size = frame.title
    title = textwrap.fill(finding, letters)
    told = f"{shown_name(name, most=_NAME)} — {layer.heading}. {layer.measure}"
    told = textwrap.fill(told, int(letters * size / 7.4))
    # Points are shares of the height; a slide keeps the room of its title.
    below = 0.965 - frame.share(size, title) if title else frame.top + 0.075
    frame = frame.under(below - frame.share(_SMALL, told) - 0.008)
    with mpl.rc_context(_RC):
        figure = Figure(figsize=(frame.across, frame.high), dpi=_DOTS / frame.high)
        ax = draw_layer(communes, layer, ax=figure.add_axes(frame.chart), national=national)
        ax.set_title("", loc="left")
        ax.set_anchor("NW" if frame.wide else "N")
        _widen(ax, frame)
        edge = frame.chart[0]
        figure.text(edge, 0.975, title, fontsize=size, fontweight="bold", va="top")
        figure.text(edge, below, told, fontsize=_SMALL, color=style.MUTED, va="top")
        _legend(ax, communes, layer, averages=averages, frame=frame)
        _scale(ax)
        shown = [sources()[key] for key in (COLUMNS[layer.column].source, "admin_express")]
        credit = typeset(f"Sources : {credits_of(shown)}. Carte du {date}.")
        figure.text(
            edge, 0.014, textwrap.fill(credit, frame.source), fontsize=4.8, color=style.MUTED
        )
    return figure


def save_figure(figure: Figure, target: Path | BinaryIO, *, kind: str) -> None:
    """
    Save a figure at its own resolution, in its own letters, without a date of its own.

    Parameters
    ----------
    figure : Figure
        As :func:`framed_figure` makes it.
    target : Path or BinaryIO
        Where to write.
    kind : {"png", "svg"}
        Format.
    """
    metadata: dict[str, Any] = {"Date": None} if kind == "svg" else {"Software": None}
    with mpl.rc_context(_RC):
        figure.savefig(target, format=kind, dpi="figure", metadata=metadata)


def _widen(ax: Axes, frame: _Frame) -> None:
    """Show more of the neighbours on both sides, where the map would not fill its frame."""
    (west, east), (south, north) = ax.get_xlim(), ax.get_ylim()
    _, _, wide, high = frame.chart
    lacking = (north - south) * wide * frame.across / (high * frame.high) - (east - west)
    more = min(max(lacking / 2, 0.0), _NEAR_KM * 1000)
    ax.set_xlim(west - more, east + more)
    ax.apply_aspect()


def _legend(
    ax: Axes,
    communes: gpd.GeoDataFrame,
    layer: MapLayer,
    *,
    averages: Sequence[tuple[str, float]],
    frame: _Frame,
) -> None:
    """Legend beside or under the map: how many communes a class has, then the averages."""
    old: Any = ax.get_legend()
    rows = [(h, t.get_text()) for h, t in zip(old.legend_handles, old.get_texts(), strict=True)]
    old.remove()
    if layer.counts:
        # Round values first: they were laid out in columns.
        rows.sort(key=lambda row: (not row[1].replace(NNBSP, "").isdigit(), -_size(row[0])))
    else:
        values = communes[layer.column].mask(masked(communes, layer.column))
        many = classify(values, layer).value_counts()
        held = [int(many.get(rank, 0)) for rank in range(len(layer.labels))]
        classes = [
            (handle, f"{label} : {count}")
            for (handle, label), count in zip(rows, held, strict=False)
            # Of losses and gains, those that nothing shows would say what is not.
            if count or not layer.diverging
        ]
        rows = [*classes, *rows[len(held) :]]
    labels = [textwrap.fill(typeset(label), frame.label) for _, label in rows]
    figure: Any = ax.figure
    left, top = (
        (ax.get_position().x1 + 0.02, frame.top)
        if frame.wide
        else (frame.chart[0], frame.chart[1] - 0.012)
    )
    largest = max((_size(handle) for handle, _ in rows), default=0.0) / _LETTER
    look = {"handleheight": largest, "handlelength": largest} if largest else {}
    figure.legend(
        [handle for handle, _ in rows], labels, loc="upper left", bbox_to_anchor=(left, top),
        title=None if layer.counts else "Nombre de communes", alignment="left",
        title_fontsize=_LETTER, frameon=False, fontsize=_LETTER, borderaxespad=0, scatterpoints=1,
        scatteryoffsets=[0.5], **look,
    )  # fmt: skip
    lines = [f"{area} : {value_text(COLUMNS[layer.column], value)}" for area, value in averages]
    if lines:
        # Under a legend that stands beside the map, beside one that stands under it.
        under = (
            top - _ROW / frame.high * sum(1 + label.count("\n") for label in ["", *labels]) - 0.01
        )
        place = (left, under) if frame.wide else (0.6, top)
        text = "\n".join(["En moyenne", *map(typeset, lines)])
        figure.text(*place, text, fontsize=_LETTER, va="top", linespacing=1.35)


def _size(handle: Any) -> float:
    """Points across a circle of a legend; 0 of a swatch."""
    return float(handle.get_sizes()[0] ** 0.5) if hasattr(handle, "get_sizes") else 0.0


def _scale(ax: Axes) -> None:
    """A bar of so many kilometres, in the corner of the map."""
    (west, east), (south, north) = ax.get_xlim(), ax.get_ylim()
    most = (east - west) / 4
    step = 10 ** floor(log10(most))
    length = next(step * part for part in (5, 2, 1) if step * part <= most)
    left, foot = west + 0.03 * (east - west), south + 0.035 * (north - south)
    ax.plot(
        [left, left + length], [foot, foot], color=style.INK, linewidth=2, solid_capstyle="butt"
    )
    ax.annotate(
        f"{number(length / 1000, 0 if length >= 1000 else 1)}{NNBSP}km", (left, foot),
        xytext=(0, 3), textcoords="offset points", fontsize=7,
    )  # fmt: skip

"""What every still map has around it: a frame, letters on paper, the credits of its sources."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, Final

from matplotlib import patheffects
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from cpts_geo.atlas.look import style
from cpts_geo.french import typeset
from cpts_geo.sources.catalogue.catalogue import credits_of, sources

#: Points of the letters of a legend.
LETTER: Final = 8.0
#: Letters of a source in an inch.
_LETTERS: Final = 17


def halo() -> list[patheffects.AbstractPathEffect]:
    """Paper around letters."""
    return [patheffects.withStroke(linewidth=2.2, foreground=style.PAPER)]


def credit_line(keys: Sequence[str], width: float) -> str:
    """Sources of what a figure so many inches wide shows, and that of its contours; licences."""
    shown = [sources()[key] for key in dict.fromkeys([*keys, "admin_express"])]
    words = typeset(f"{'Sources' if len(shown) > 1 else 'Source'} : {credits_of(shown)}.")
    return textwrap.fill(words, int(width * _LETTERS))


def padded(bounds: Any) -> tuple[float, float, float, float]:
    """A rectangle with a margin."""
    west, south, east, north = bounds
    pad = 0.04 * max(east - west, north - south)
    return west - pad, south - pad, east + pad, north + pad


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
    names: Sequence[tuple[Any, str, float, float]], raised: Mapping[Any, float], *, ax: Axes
) -> None:
    """Names of communes, over their circles, or with their dots where there are none."""
    for commune, name, x, y in names:
        if not raised:
            ax.plot(x, y, "o", color=style.INK, markersize=2)
        ax.annotate(
            name, (x, y), xytext=(0, max(3, raised.get(commune, 0) + 1)),
            textcoords="offset points", ha="center", fontsize=7.5, fontweight="bold",
            path_effects=halo(),
        ).set_in_layout(False)  # fmt: skip

"""A slide: its finding, what shows it, and what is said beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cpts_geo.atlas.maps.layers import MapLayer


@dataclass(frozen=True, kw_only=True)
class Chart:
    """
    A chart whose numbers stay editable.

    Parameters
    ----------
    kind : {"bars", "lines"}
        Bars side by side, or lines.
    categories : tuple of str
        What the numbers are of, in order.
    series : tuple of tuple
        Name, then a number a category; None is unknown.
    unit : str
        What they count, in French.
    decimals : int
        Decimals shown.
    alt : str
        What a reader who does not see it is told.
    """

    kind: Literal["bars", "lines"]
    categories: tuple[str, ...]
    series: tuple[tuple[str, tuple[float | None, ...]], ...]
    unit: str
    decimals: int
    alt: str


@dataclass(frozen=True, kw_only=True)
class Slide:
    """
    What a slide says; the parts it has not are empty.

    Parameters
    ----------
    title : str
        Its finding.
    lines : tuple of str
        Sentences.
    heads, rows : tuple
        Heads and rows of its table.
    chart : Chart or None
        Its chart.
    layer : MapLayer or None
        Layer of the map that is its picture.
    used : tuple of str
        Columns whose sources stand at its foot.
    notes : tuple of str
        Sources and caveats, for who speaks.
    """

    title: str
    lines: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    chart: Chart | None = None
    layer: MapLayer | None = None
    used: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

"""Palettes, classes and strokes: one visual language for maps, charts and tables."""

from __future__ import annotations

from typing import Final

#: One hue, orange, in even steps of lightness: ordered in greyscale and whatever the eye.
SEQUENTIAL: Final = {
    1: ("#e08b2d",),
    2: ("#f7cc80", "#b5510e"),
    3: ("#fbe2b3", "#e08b2d", "#6b250a"),
    4: ("#fff7e6", "#f1b75d", "#c8661a", "#6b250a"),
    5: ("#fff7e6", "#f7cc80", "#e08b2d", "#b5510e", "#6b250a"),
    6: ("#fff7e6", "#f9d694", "#eeb050", "#dd8527", "#b5510e", "#6b250a"),
}
#: ColorBrewer PuOr: losses orange, gains purple, no change nearly white; safe likewise.
DIVERGING: Final = {
    7: ("#b35806", "#f1a340", "#fee0b6", "#f7f7f7", "#d8daeb", "#998ec3", "#542788")
}
#: People by minutes to care: the farther, the darker; the last two bear white words.
MINUTES: Final = ("#e3ecf3", "#b4cde0", "#76a3c6", "#3f78a8", "#17395a")
INK: Final = "#1f2a33"
MUTED: Final = "#5b6770"
PAPER: Final = "#ffffff"
SEA: Final = "#dfe9ee"
LAND: Final = "#f1f0ec"
#: A swatch that stands for what is around, painted paler.
PALE: Final = "#f0d9bd"
LAND_EDGE: Final = "#d9d7d0"
BORDER: Final = "#8c8a84"
#: The one saturated accent: outline of the territory, today's capacity.
ACCENT: Final = "#b3370b"
FILL: Final = "#2c7fb8"
FILL_LIGHT: Final = "#c6dbef"
#: Bars of the areas that a territory stands beside.
OTHER: Final = "#a9bccb"
#: Circles of counts, dark enough for the white number in them.
CIRCLE: Final = "#1c5d99"
HATCH_LINE: Final = "#8a8f94"
#: Lines of tables and frames, edges of legends and of their swatches, ground of a gauge.
LINE: Final = "#d5d8da"
LEGEND_EDGE: Final = "#c9ccce"
SWATCH_EDGE: Final = "#777777"
GROOVE: Final = "#eceeef"
LINK: Final = "#1c5d99"
WARNING: Final = "#7a5c00"
WARNING_PAPER: Final = "#fdf7e3"
#: A value that may not be published: solid, never like an unknown one.
MASK_FILL: Final = "#a3a3a3"

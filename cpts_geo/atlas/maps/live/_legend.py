"""The scale of a colour map of branca, drawn here: branca's own needs d3."""

from __future__ import annotations

import json
from itertools import groupby
from typing import Final

from branca.colormap import ColorMap
from branca.element import MacroElement
from branca.utilities import legend_scaler
from jinja2 import Template
from markupsafe import Markup

from cpts_geo.atlas.look import style
from cpts_geo.french import number

#: Pixels: the band, its margins for the words at both ends.
_BAND: Final = 400
_MARGIN: Final = 25
_HEIGHT: Final = 42
_MOST_DECIMALS: Final = 6
_RECT: Final = Markup(
    '<rect x="{:.1f}" y="16" width="{:.1f}" height="10" fill="{}" shape-rendering="crispEdges"/>'
)
#: Places where the colour is read, as branca does.
_STEPS: Final = 500


class Legend(MacroElement):
    """A scale of colours in the corner of a map: same colours, bounds and words as branca's."""

    _template = Template(
        """{% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.control({position: "topright"});
        {{ this.get_name() }}.onAdd = function () {
            var box = L.DomUtil.create("div", "legend");
            box.innerHTML = {{ this.drawing }};
            return box;
        };
        {{ this.get_name() }}.addTo({{ this._parent.get_name() }});
        {% endmacro %}"""
    )

    def __init__(self, scale: ColorMap) -> None:
        """Draw a scale."""
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Legend"
        # folium compiles what a script holds once more: a brace in a caption is no template.
        text = json.dumps(_svg(scale)).replace("{", "\\u007b").replace("<", "\\u003c")
        self.drawing = text


def _svg(scale: ColorMap) -> str:
    """The band, its bounds over it, its caption under it."""
    low, high = float(scale.vmin), float(scale.vmax)
    span = (high - low) or 1.0
    colours = [scale(low + (high - low) * place / (_STEPS - 1)) for place in range(_STEPS)]
    place, parts = 0, []
    for colour, run in groupby(colours):
        width = len(list(run))
        at, wide = (each * _BAND / _STEPS for each in (place, width))
        parts.append(_RECT.format(_MARGIN + at, wide, colour))
        place += width
    labels = scale.tick_labels or legend_scaler(scale.index, scale.max_labels)
    known = [float(value) for value in labels if not isinstance(value, str)]
    decimals = _decimals(known, span)
    for value in known:
        at = _MARGIN + (value - low) / span * _BAND
        words = Markup('<text x="{:.1f}" y="12" text-anchor="middle">{}</text>')
        parts.append(words.format(at, number(value, decimals)))
    caption = Markup('<text x="{}" y="39">{}</text>').format(_MARGIN, scale.caption or "")
    width = _BAND + 2 * _MARGIN
    opening = Markup(
        '<svg role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" fill="{}" style="display:'
        'block;max-width:80vw;background:{}d9;border-radius:4px;font:11px sans-serif">'
    ).format(scale.caption or "Échelle", width, _HEIGHT, width, scale.text_color, style.PAPER)
    return str(opening + Markup("").join(parts) + caption + Markup("</svg>"))


def _decimals(values: list[float], span: float) -> int:
    """Fewest decimals that leave each value where it is, to the eye."""
    few = (
        decimals
        for decimals in range(_MOST_DECIMALS)
        if all(abs(round(value, decimals) - value) <= span / 200 for value in values)
    )
    return next(few, _MOST_DECIMALS)

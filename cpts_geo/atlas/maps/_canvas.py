"""A map of ours: no tiles, French controls, hatching, a legend that follows the layer.

Everything that makes a map readable alone is part of it, so that it is the same in a notebook, in
a file of its own and inside a page. What is drawn goes as JSON into an inert block that a script
of ours reads: folium compiles what its own elements write a second time, as a template, so no text
of a file ever passes through them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache, partial
from importlib import resources
from threading import Lock
from typing import Any, Final

import folium
from branca.element import Element, Figure, MacroElement
from jinja2 import Template
from jinja2.utils import htmlsafe_json_dumps

from cpts_geo.atlas.look import style
from cpts_geo.atlas.look.offline import leaflet_addresses
from cpts_geo.atlas.maps._circles import LOOKS, Circle

#: Pixels of the digits in a circle.
NUMBER_SIZE: Final = 11
#: Pixels kept free on the left of a territory, so that the legend covers nothing of it.
_LEGEND_WIDTH: Final = 250
_HATCHING: Final = f"""
<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>
  <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse"
           patternTransform="rotate(45)">
    <rect width="6" height="6" fill="{style.PAPER}"></rect>
    <line x1="0" y1="0" x2="0" y2="6" stroke="{style.HATCH_LINE}" stroke-width="2"></line>
  </pattern></defs></svg>"""
_dumps: Final = partial(
    json.dumps, ensure_ascii=False, allow_nan=False, separators=(",", ":"), check_circular=False
)

_one_at_a_time: Final = Lock()

#: A geometry as GeoJSON.
Contour = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Shapes:
    """Shapes drawn alike, on top of those given before them."""

    contours: Sequence[Contour]
    edge: str
    weight: float = 1
    dash: str = ""
    fills: Sequence[str] | None = None
    opacity: float = 1
    tips: Sequence[str] | None = None
    highlight: dict[str, Any] | None = None
    #: On top of them, each with the tip of the shape of its row.
    circles: Sequence[Circle] = ()
    name: str | None = None
    legend: str = ""
    above: bool = False


@dataclass(frozen=True, kw_only=True)
class Label:
    """A name that is always written on the map."""

    lat: float
    lon: float
    text: str
    colour: str
    kind: str = "in"
    side: str = "top"
    dot: bool = True


class Drawing(MacroElement):
    """What is drawn on a map, bottom first, as data for a script that is not a template."""

    def __init__(
        self, label: str, *, box: Any, shapes: Sequence[Shapes], labels: Sequence[Label]
    ) -> None:
        """Lay out the rectangle to show, its shapes and names (EPSG:4326)."""
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Drawing"
        self.shapes = tuple(shapes)
        self.labels = tuple(labels)
        west, south, east, north = box.bounds
        # Contours that several layers share are written once.
        places = {id(group.contours): group.contours for group in self.shapes}
        rank = {place: number for number, place in enumerate(places)}
        self.data: dict[str, Any] = {
            "label": label,
            "bounds": [[south, west], [north, east]],
            "legend_width": _LEGEND_WIDTH,
            "contours": list(places.values()),
            "groups": [
                vars(g)
                | {
                    "contours": rank[id(g.contours)],
                    "circles": [[*c[:4], LOOKS.index(c.look), c.text] for c in g.circles],
                }
                for g in self.shapes
            ],
            "looks": [look._asdict() for look in LOOKS],
            "labels": [asdict(each) for each in self.labels],
        }

    def render(self, **_: Any) -> str:
        """Place the data and the script in the page, as they are."""
        figure: Any = self.get_root()
        parent: Any = self._parent
        map_name, name = parent.get_name(), self.get_name()
        block = f'<script type="application/json" id="{name}">{_json(self.data)}</script>'
        figure.header.add_child(_Inert(f"<style>{MAP_CSS}</style>"), name="cpts_css")
        figure.html.add_child(_Inert(_HATCHING + block), name=name)
        read = f'JSON.parse(document.getElementById("{name}").textContent)'
        figure.script.add_child(_Inert(_script()), name="cpts_script")
        figure.script.add_child(_Inert(f"cptsMap({map_name}, {read});"), name=name)
        return ""


class _Page(Figure):
    """The page around a map, where what any element wrote is a text, folium's own included."""

    def render(self, **kwargs: Any) -> str:
        """Render, without compiling what is rendered: branca takes it for a template again."""
        kind: Any = Element
        plain = kind.__init__

        def written(element: Any, template: str | None = None, *others: Any, **more: Any) -> None:
            plain(element, None, *others, **more)
            if template is not None:
                element.text, element._template = template, _Inert._template

        with _one_at_a_time:
            kind.__init__ = written
            try:
                return str(super().render(**kwargs))
            finally:
                kind.__init__ = plain


class _Inert(Element):
    """A text that a page holds as it is: a value of this template, never one itself."""

    _template = Template("{{ this.text }}")

    def __init__(self, text: str) -> None:
        """Hold a text."""
        super().__init__()
        self.text = text


def _json(data: dict[str, Any]) -> str:
    """Data as JSON that a page may hold."""
    return str(htmlsafe_json_dumps(data, dumps=_dumps))


@cache
def _script() -> str:
    """The script that draws a map."""
    return (resources.files("cpts_geo.atlas") / "templates" / "map.js").read_text(encoding="utf-8")


#: Style of legends, labels and tooltips; part of the map so that it works alone.
MAP_CSS = f"""
.folium-map.leaflet-container {{ background: {style.SEA};
  font: 13px/1.35 system-ui, sans-serif; color: {style.INK}; }}
.cpts-legend {{ background: {style.PAPER}f0; padding: 8px 10px;
  border: 1px solid {style.LEGEND_EDGE};
  max-width: 230px; font-size: 12px; }}
@media (max-width: 700px) {{
  .cpts-legend {{ max-width: 150px; font-size: 10px; padding: 4px 6px; }} }}
.cpts-legend summary {{ cursor: pointer; color: {style.MUTED}; font-size: 11px; }}
.cpts-legend b {{ display: block; margin-bottom: 2px; }}
.cpts-legend i {{ display: inline-block; width: 18px; height: 12px; margin-right: 6px;
  border: 1px solid {style.SWATCH_EDGE}; vertical-align: -1px; }}
.cpts-legend i.hatch {{
  background: repeating-linear-gradient(45deg, {style.PAPER} 0 3px, {style.HATCH_LINE} 3px 5px); }}
.cpts-legend small {{ display: block; color: {style.MUTED}; margin-top: 3px; font-size: 11px; }}
.leaflet-tooltip.cpts-label {{ background: none; border: 0; box-shadow: none; padding: 0; margin: 0;
  white-space: nowrap; font: 600 12px system-ui, sans-serif; color: {style.INK};
  text-shadow: {", ".join(4 * [f"0 0 3px {style.PAPER}"])}; text-align: center; }}
.leaflet-tooltip.cpts-label::before {{ display: none; }}
.leaflet-tooltip.cpts-label.cpts-count {{ text-shadow: none; font-size: {NUMBER_SIZE}px; }}
.cpts-sizes {{ display: flex; gap: 12px; align-items: end; margin: 4px 0; text-align: center; }}
.cpts-sizes svg {{ display: block; margin: 0 auto; }}
.cpts-circle {{ display: inline-flex; width: 20px; margin-right: 6px; justify-content: center;
  vertical-align: middle; }}
.leaflet-tooltip.cpts-label.out {{ font-weight: 400; color: {style.MUTED}; }}
.leaflet-tooltip.cpts-tip {{ width: max-content; max-width: min(320px, 70vw);
  white-space: normal; }}
.leaflet-control-layers {{ font-size: 13px; }}
"""


def drawn_map(
    label: str, *, box: Any, shapes: Sequence[Shapes] = (), labels: Sequence[Label] = ()
) -> folium.Map:
    """Make a map without tiles whose only assets are Leaflet's."""
    new = folium.Map(tiles=None, zoom_control=False, scrollWheelZoom=False, zoomSnap=0.25)
    known = set(leaflet_addresses())
    new.default_js = [pair for pair in folium.Map.default_js if pair[1] in known]
    new.default_css = [pair for pair in folium.Map.default_css if pair[1] in known]
    new.add_child(Drawing(label, box=box, shapes=shapes, labels=labels))
    _Page().add_child(new)
    return new

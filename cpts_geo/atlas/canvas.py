"""An empty map of ours: no tiles, French controls, hatching, a legend that follows.

Everything that makes a map readable alone is part of it, so that it is the same in a notebook,
in a file of its own and inside a page.
"""

from __future__ import annotations

from typing import Any

import folium
from branca.element import MacroElement
from folium.template import Template

from cpts_geo.atlas import style
from cpts_geo.atlas.offline import leaflet_addresses

#: Pixels kept free on the left of a territory, so that the legend covers nothing of it.
_LEGEND_WIDTH = 250


class _Furniture(MacroElement):
    """Hatching, French zoom buttons and a legend that follows the visible layer."""

    _template = Template(
        """
        {% macro html(this, kwargs) %}
        <svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>
          <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse"
                   patternTransform="rotate(45)">
            <rect width="6" height="6" fill="#ffffff"></rect>
            <line x1="0" y1="0" x2="0" y2="6" stroke="{{ this.hatch }}" stroke-width="2"></line>
          </pattern></defs></svg>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        (function () {
          var map = {{ this._parent.get_name() }};
          map.attributionControl.setPrefix(false);
          L.control.scale({imperial: false}).addTo(map);
          L.control.zoom({zoomInTitle: "Zoomer", zoomOutTitle: "Dézoomer"}).addTo(map);
          // Hundreds of shapes are no path for a keyboard: the table of communes is.
          map.on("layeradd", function () {
            map.getContainer().querySelectorAll("path:not([tabindex='-1'])").forEach(
              function (path) { path.setAttribute("tabindex", "-1"); });
          });
          map.getContainer().setAttribute("role", "group");
          map.getContainer().setAttribute("aria-label", {{ this.label|tojson }});
          var legends = {{ this.legends|tojson }};
          // The legend stays beside the territory where there is room for both.
          var beside = legends.length > 0 && map.getSize().x > 700;
          var folded = legends.length > 0 && !beside;
          map.fitBounds({{ this.bounds|tojson }}, {
            animate: false,
            // On a narrow screen the territory stands under the choice of layers.
            paddingTopLeft: [
              beside ? {{ this.legend_width }} : 12, folded ? 100 + 20 * legends.length : 12],
            paddingBottomRight: [12, 12]
          });
          if (legends.length === 0) { return; }
          var control = L.control({position: "bottomleft"});
          control.onAdd = function () {
            // Folded on a narrow screen, where it would cover the territory.
            var box = L.DomUtil.create("details", "cpts-legend");
            box.open = beside;
            var title = L.DomUtil.create("summary", "", box);
            title.textContent = "Légende";
            var body = L.DomUtil.create("div", "", box);
            body.innerHTML = legends[0].html;
            L.DomEvent.disableClickPropagation(box);
            map.on("baselayerchange", function (event) {
              legends.forEach(function (legend) {
                if (legend.name === event.name) { body.innerHTML = legend.html; }
              });
            });
            return box;
          };
          control.addTo(map);
        })();
        {% endmacro %}
        """
    )

    def __init__(self, label: str, *, box: Any, legends: list[dict[str, str]]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Furniture"
        self.label = label
        self.legends = legends
        self.hatch = style.HATCH_LINE
        self.legend_width = _LEGEND_WIDTH
        west, south, east, north = box.bounds
        self.bounds = [[south, west], [north, east]]


#: Style of legends, labels and tooltips; part of the map so that it works alone.
MAP_CSS = f"""
.folium-map.leaflet-container {{ background: {style.SEA};
  font: 13px/1.35 system-ui, sans-serif; color: {style.INK}; }}
.cpts-legend {{ background: rgba(255,255,255,.94); padding: 8px 10px; border: 1px solid #c9ccce;
  max-width: 230px; font-size: 12px; }}
@media (max-width: 700px) {{
  .cpts-legend {{ max-width: 150px; font-size: 10px; padding: 4px 6px; }} }}
.cpts-legend summary {{ cursor: pointer; color: {style.MUTED}; font-size: 11px; }}
.cpts-legend b {{ display: block; margin-bottom: 2px; }}
.cpts-legend i {{ display: inline-block; width: 18px; height: 12px; margin-right: 6px;
  border: 1px solid #777; vertical-align: -1px; }}
.cpts-legend i.hatch {{
  background: repeating-linear-gradient(45deg, #fff 0 3px, {style.HATCH_LINE} 3px 5px); }}
.cpts-legend small {{ display: block; color: {style.MUTED}; margin-top: 3px; font-size: 11px; }}
.leaflet-tooltip.cpts-label {{ background: none; border: 0; box-shadow: none; padding: 0; margin: 0;
  white-space: nowrap; font: 600 12px system-ui, sans-serif; color: {style.INK};
  text-shadow: 0 0 3px #fff, 0 0 3px #fff, 0 0 3px #fff, 0 0 3px #fff; text-align: center; }}
.leaflet-tooltip.cpts-label::before {{ display: none; }}
.leaflet-tooltip.cpts-label.out {{ font-weight: 400; color: {style.MUTED}; }}
.leaflet-tooltip.foliumtooltip {{ width: max-content; max-width: min(320px, 70vw);
  white-space: normal; }}
.leaflet-tooltip.foliumtooltip table {{ border: 0; margin: 0; }}
.leaflet-tooltip.foliumtooltip td {{ border: 0; padding: 0; }}
.foliumtooltip th {{ display: none; }}
.leaflet-control-layers {{ font-size: 13px; }}
"""


def blank_map(label: str, *, box: Any, legends: list[dict[str, str]] | None = None) -> folium.Map:
    """
    Make a map without tiles whose only assets are Leaflet's.

    Parameters
    ----------
    label : str
        French description for screen readers.
    box : shapely geometry
        Rectangle to show (EPSG:4326).
    legends : list of dict, optional
        Legend of each layer: name and html.

    Returns
    -------
    folium.Map
        A map that fits `box`, to add layers to.
    """
    new = folium.Map(tiles=None, zoom_control=False, scrollWheelZoom=False, zoomSnap=0.25)
    known = set(leaflet_addresses())
    new.default_js = [pair for pair in folium.Map.default_js if pair[1] in known]
    new.default_css = [pair for pair in folium.Map.default_css if pair[1] in known]
    root: Any = new.get_root()
    root.header.add_child(folium.Element(f"<style>{MAP_CSS}</style>"), name="cpts_css")
    new.add_child(_Furniture(label, box=box, legends=legends or []))
    return new

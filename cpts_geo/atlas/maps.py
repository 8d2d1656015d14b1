"""Interactive maps: folium objects that are returned, never saved here.

A map carries its own legend, which follows the visible layer, and the hatching of missing
values; so it reads the same in a notebook, alone in a file, and inside a page.
"""

from __future__ import annotations

from html import escape
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from branca.element import MacroElement
from folium.template import Template

from cpts_geo.atlas import basemap, style
from cpts_geo.atlas.offline import leaflet_addresses
from cpts_geo.french import value_text
from cpts_geo.schema import COLUMNS, STATUS_LABELS, STATUS_MARKS, Status, status_column
from cpts_geo.sources.catalogue import sources
from cpts_geo.territories.coverage import dissolve

#: Decimals of coordinates in a page: about ten metres.
_DECIMALS = 4
_MARGIN_KM = 12.0
_LABELLED = 7
_METROPOLE = shapely.box(-4.9, 41.3, 9.6, 51.1)
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
          map.getContainer().setAttribute("role", "group");
          map.getContainer().setAttribute("aria-label", {{ this.label|tojson }});
          var legends = {{ this.legends|tojson }};
          // The legend stays beside the territory where there is room for both.
          var beside = legends.length > 0 && map.getSize().x > 700;
          map.fitBounds({{ this.bounds|tojson }}, {
            animate: false, paddingTopLeft: [beside ? {{ this.legend_width }} : 12, 12],
            paddingBottomRight: [12, 12]
          });
          if (legends.length === 0) { return; }
          var control = L.control({position: "bottomleft"});
          control.onAdd = function () {
            var box = L.DomUtil.create("div", "cpts-legend");
            box.innerHTML = legends[0].html;
            L.DomEvent.disableClickPropagation(box);
            map.on("baselayerchange", function (event) {
              legends.forEach(function (legend) {
                if (legend.name === event.name) { box.innerHTML = legend.html; }
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
.foliumtooltip {{ max-width: 320px; white-space: normal; }}
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


def territory_map(
    communes: gpd.GeoDataFrame, *, name: str, national: gpd.GeoDataFrame
) -> folium.Map:
    """
    Map of one territory: APL, GPs and population by commune, on their surroundings.

    Parameters
    ----------
    communes : GeoDataFrame
        Communes of the territory with their figures (EPSG:4326).
    name : str
        Name of the territory.
    national : GeoDataFrame
        All communes, for the surroundings.

    Returns
    -------
    folium.Map
        Layers to choose from, legend that follows, tooltips with value, unit, vintage, status
        and source; missing values and land without contour hatched.
    """
    shown = communes[communes.geometry.notna()]
    box = basemap.extent(communes, national=national)
    layers = style.LAYERS if len(shown) else ()
    legends = [{"name": layer.title, "html": legend_html(layer, shown)} for layer in layers]
    new = blank_map(f"Carte de {name}", box=box, legends=legends)
    _add_polygons(new, basemap.land(national, box), fill=style.LAND, edge=style.LAND)
    around = basemap.surroundings(national, box, km=_MARGIN_KM)
    outside = around[~around["code_insee"].isin(shown["code_insee"])]
    _add_polygons(new, outside, fill=style.LAND, edge=style.LAND_EDGE, tips=outside["name"])
    # Land without contour is hatched, never left to look like water.
    _add_polygons(new, basemap.uncovered(around), fill="url(#hatch)", edge=style.LAND_EDGE)
    borders = dissolve(around, "departement").boundary
    _add_lines(new, borders, colour=style.BORDER, weight=1.5, dash="5 4")
    for number, layer in enumerate(layers):
        group = folium.FeatureGroup(name=layer.title, overlay=False, show=number == 0)
        _choropleth(shown, layer).add_to(group)
        group.add_to(new)
    outline = dissolve(shown.assign(all=0), "all").boundary
    _add_lines(new, outline, colour=style.ACCENT, weight=3)
    inside = basemap.labelled(communes, _LABELLED, box=box)
    for commune in inside.itertuples():
        _label(commune.lat, commune.lon, commune.name).add_to(new)
    for commune in basemap.labelled(outside, 3, box=box, avoid=inside).itertuples():
        _label(commune.lat, commune.lon, commune.name, kind="out").add_to(new)
    if layers:
        folium.LayerControl(collapsed=False).add_to(new)
    return new


def overview_map(outlines: gpd.GeoDataFrame, national: gpd.GeoDataFrame) -> folium.Map:
    """
    Map of all territories in métropole.

    Parameters
    ----------
    outlines : GeoDataFrame
        One row a territory: name, population, communes, departements, geometry (EPSG:4326).
    national : GeoDataFrame
        All communes, for the départements.

    Returns
    -------
    folium.Map
        Territories in the accent colour, named on the map.
    """
    shown = outlines[outlines.geometry.notna()]
    mainland = ~national["departement"].str.startswith("97")
    mine = national["departement"].isin(" ".join(outlines["departements"]).split())
    overseas = national[mine & ~mainland]
    box = _METROPOLE if overseas.empty else shapely.box(*shown.total_bounds)
    new = blank_map("Carte de France des territoires", box=box)
    for _, communes in [(0, national[mainland]), *overseas.groupby("departement")]:
        ground = basemap.departements(communes, tolerance_m=2500)
        _add_polygons(new, ground, fill=style.LAND, edge=style.LAND_EDGE)
    tips = [
        f"<b>{escape(row.name)}</b><br>{row.communes} communes, "
        f"{value_text(COLUMNS['population'], row.population, unit=True)} (Insee 2023)"
        for row in shown.itertuples(index=False)
    ]
    simple = shown.assign(geometry=shown.geometry.simplify(0.002))
    _add_polygons(new, simple, fill=style.ACCENT, edge=style.ACCENT, opacity=0.75, tips=tips)
    ranked = shown.sort_values("population", ascending=False)
    for row, side in zip(ranked.itertuples(index=False), basemap.sides(ranked), strict=True):
        west, _, east, _ = row.geometry.bounds
        text = row.name.removeprefix("CPTS ")
        lat = row.geometry.representative_point().y
        _label(lat, west if side == "left" else east, text, kind="free", side=side).add_to(new)
    return new


def legend_html(layer: style.MapLayer, communes: pd.DataFrame) -> str:
    """
    Legend of a layer.

    Parameters
    ----------
    layer : MapLayer
        The layer.
    communes : DataFrame
        Communes shown; « donnée absente » stands in the legend only when one of them is.

    Returns
    -------
    str
        HTML of the legend.
    """
    column = COLUMNS[layer.column]
    rows = [
        f'<div><i style="background:{colour}"></i>{escape(label)}</div>'
        for colour, label in zip(layer.colours, layer.labels, strict=True)
    ]
    if communes[layer.column].isna().any():
        rows.append('<div><i class="hatch"></i>donnée absente</div>')
    origin = sources()[column.source].attribution
    return (
        f"<b>{escape(column.label)}</b>{escape(column.unit)}{''.join(rows)}"
        f"<small>{escape(origin)}</small>"
    )


def tooltip_html(commune: pd.Series, shown: style.MapLayer) -> str:
    """
    Tooltip of a commune: the layer's value first, then the others.

    Parameters
    ----------
    commune : Series
        A row of the table of communes.
    shown : MapLayer
        The layer it is painted for.

    Returns
    -------
    str
        HTML, names escaped.
    """
    lines = [f"<b>{escape(str(commune['name']))}</b> ({escape(str(commune['code_insee']))})"]
    for layer in (shown, *(other for other in style.LAYERS if other != shown)):
        column = COLUMNS[layer.column]
        status = Status(commune[status_column(layer.column)])
        text = escape(value_text(column, commune[layer.column], unit=True))
        known = f" {STATUS_MARKS[status]} {STATUS_LABELS[status]}" if status != "unknown" else ""
        value = f"<b>{text}</b>" if layer == shown else text
        lines.append(f"{escape(column.label)}, {column.vintage} : {value}{known}")
    origin = sources()[COLUMNS[shown.column].source].attribution
    return "<br>".join(lines) + f"<br><small>Source : {escape(origin)}</small>"


def _choropleth(communes: gpd.GeoDataFrame, layer: style.MapLayer) -> folium.GeoJson:
    classes = style.classify(communes[layer.column], layer)
    fills = ["url(#hatch)" if k < 0 else layer.colours[k] for k in classes]
    tips = [tooltip_html(row, layer) for _, row in communes.iterrows()]
    data = _collection(communes.geometry, fill=fills, tip=tips)
    return folium.GeoJson(
        data,
        style_function=lambda feature: {
            "fillColor": feature["properties"]["fill"],
            "fillOpacity": 1,
            "color": style.PAPER,
            "weight": 1,
        },
        highlight_function=lambda _: {"weight": 2.5, "color": style.INK},
        tooltip=folium.GeoJsonTooltip(fields=["tip"], labels=False),
    )


def _collection(shapes: gpd.GeoSeries, **properties: Any) -> dict[str, Any]:
    rounded = shapely.transform(np.asarray(shapes), lambda xy: np.round(xy, _DECIMALS))
    names = list(properties)
    rows = zip(*properties.values(), strict=True) if names else ((),) * len(rounded)
    features = [
        {
            "type": "Feature",
            "properties": dict(zip(names, row, strict=True)),
            "geometry": shapely.geometry.mapping(shape),
        }
        for shape, row in zip(rounded, rows, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}


def _add_polygons(
    target: folium.Map,
    table: gpd.GeoDataFrame,
    *,
    fill: str,
    edge: str,
    opacity: float = 1.0,
    tips: Any = None,
) -> None:
    if table.empty:
        return
    properties = {} if tips is None else {"tip": [str(tip) for tip in tips]}
    folium.GeoJson(
        _collection(table.geometry, **properties),
        style_function=lambda _: {
            "fillColor": fill, "fillOpacity": opacity, "color": edge, "weight": 1,
        },
        tooltip=None if tips is None else folium.GeoJsonTooltip(fields=["tip"], labels=False),
        control=False,
    ).add_to(target)  # fmt: skip


def _add_lines(
    target: folium.Map, lines: gpd.GeoSeries, *, colour: str, weight: float, dash: str = ""
) -> None:
    folium.GeoJson(
        _collection(lines),
        style_function=lambda _: {
            "color": colour, "weight": weight, "dashArray": dash, "fill": False,
            "interactive": False,
        },
        control=False,
        interactive=False,
    ).add_to(target)  # fmt: skip


def _label(
    lat: float, lon: float, text: str, *, kind: str = "in", side: str = "top"
) -> folium.CircleMarker:
    # A permanent tooltip: folium's markers ask for the default icon's file before their own.
    # Its text lands in a JavaScript template literal, hence the extra entities.
    safe = escape(text)
    for sign in "`$\\":
        safe = safe.replace(sign, f"&#{ord(sign)};")
    name = folium.Tooltip(
        safe, permanent=True, sticky=False, direction=side, class_name=f"cpts-label {kind}"
    )
    return folium.CircleMarker(
        (lat, lon),
        radius=2,
        weight=0,
        fill=True,
        fill_color=style.INK if kind == "in" else style.MUTED,
        fill_opacity=0 if kind == "free" else 1,
        tooltip=name,
        interactive=False,
    )

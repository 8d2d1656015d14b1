"""Interactive maps: folium objects that are returned, never saved here.

A map carries its own legend, which follows the visible layer, and the hatching of missing
values; so it reads the same in a notebook, alone in a file, and inside a page.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from cpts_geo.atlas.look import style
from cpts_geo.atlas.look.cells import MARKS, MASK_LABEL, STATUS_WORDS, shown_text
from cpts_geo.atlas.look.words import short_name
from cpts_geo.atlas.maps import _basemap as basemap
from cpts_geo.atlas.maps._canvas import NUMBER_SIZE, Contour, Label, Shapes, drawn_map
from cpts_geo.atlas.maps._circles import MEASURED, Look, Places, circles, key, places
from cpts_geo.atlas.maps.layers import MapLayer, classify, territory_layers
from cpts_geo.french import counted, typeset, value_text
from cpts_geo.schema import CHANGES, COLUMNS, status_column
from cpts_geo.secrecy.disclosure import masked
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.codes import overseas
from cpts_geo.territories.perimeters.coverage import dissolve

#: Decimals of coordinates in a page: about ten metres.
_DECIMALS = 4
_MARGIN_KM = 12.0
_LABELLED = 7
_HATCH = "url(#hatch)"
#: Pixels of the radius of the largest circle of a map.
_LARGEST = 22.0
_METROPOLE = shapely.box(-4.9, 41.3, 9.6, 51.1)


def territory_map(
    communes: gpd.GeoDataFrame,
    *,
    name: str,
    national: gpd.GeoDataFrame,
    scenarios: Sequence[str] = (),
) -> folium.Map:
    """
    Map of one territory: APL, minutes to care, GPs, people and scenarios, on its surroundings.

    Parameters
    ----------
    communes : GeoDataFrame
        Communes of the territory with their figures (EPSG:4326).
    name : str
        Name of the territory.
    national : GeoDataFrame
        All communes, for the surroundings.
    scenarios : sequence of str
        Titles of the scenarios of supply whose shifts the communes have.

    Returns
    -------
    folium.Map
        Layers to choose from, legend that follows, tooltips with value, unit, vintage, status and
        source; missing values and land without contour hatched.
    """
    shown = communes[communes.geometry.notna()]
    box = basemap.extent(communes, national=national)
    layers = territory_layers(communes, scenarios=scenarios) if len(shown) else ()
    around = basemap.surroundings(national, box, km=_MARGIN_KM)
    uncovered = basemap.uncovered(around, national=national)
    outside = around[~around["code_insee"].isin(shown["code_insee"])]
    shapes = [
        _areas(basemap.land(national, box), fill=style.LAND, edge=style.LAND),
        _areas(outside, fill=style.LAND, edge=style.LAND_EDGE, tips=outside["name"].map(escape)),
        # Land without contour is hatched, never left to look like water.
        _areas(uncovered, fill=_HATCH, edge=style.LAND_EDGE),
        Shapes(
            contours=_contours(dissolve(around, "departement").boundary),
            edge=style.BORDER,
            weight=1.5,
            dash="5 4",
        ),
    ]
    contours, at = _contours(shown.geometry), places(shown)
    told = [(commune, _told(commune, layers)) for commune in shown.to_dict("records")]
    for layer in layers:
        tips = [_tooltip(commune, lines, layer) for commune, lines in told]
        legend = _legend_html(layer, shown, uncovered=len(uncovered) > 0)
        shapes.append(_layer(shown, layer, contours=contours, at=at, tips=tips, legend=legend))
    border = _contours(basemap.outline(shown))
    shapes.append(Shapes(contours=border, edge=style.ACCENT, weight=3, above=True))
    inside = basemap.labelled(communes, _LABELLED, box=box)
    beyond = basemap.labelled(outside, 3, box=box, avoid=inside)
    labels = [_label(town.lat, town.lon, town.name) for town in inside.itertuples()]
    labels += [_label(town.lat, town.lon, town.name, kind="out") for town in beyond.itertuples()]
    return drawn_map(f"Carte de {name}", box=box, shapes=shapes, labels=labels)


def overview_map(outlines: gpd.GeoDataFrame, national: gpd.GeoDataFrame) -> folium.Map:
    """
    Map of all territories: métropole, or their region where they are neighbours.

    Parameters
    ----------
    outlines : GeoDataFrame
        One row a territory: name, population, communes, departements, geometry (EPSG:4326).
    national : GeoDataFrame
        All communes, for the départements.

    Returns
    -------
    folium.Map
        Territories with their names; where neighbours leave no room for one, their tooltip has it.
    """
    shown = outlines[outlines.geometry.notna()]
    away = overseas(national["departement"])
    mine = national["departement"].isin(" ".join(outlines["departements"]).split())
    islands = national[mine & away]
    near = basemap.neighbours(shown)
    box = shapely.box(*shown.total_bounds) if near or len(islands) else _METROPOLE
    if near:
        grounds = [basemap.land(national, box)]
    else:
        pieces = [national[~away], *(rows for _, rows in islands.groupby("departement"))]
        grounds = [basemap.departements(rows, tolerance_m=2500) for rows in pieces]
    shapes = [_areas(ground, fill=style.LAND, edge=style.LAND_EDGE) for ground in grounds]
    people = COLUMNS["population"]
    tips = [
        f"<b>{escape(row.name)}</b><br>{counted(row.communes, 'commune', 'communes')}, "
        f"{value_text(people, row.population, unit=True)} (Insee {people.vintage})"
        for row in shown.itertuples(index=False)
    ]
    simple = shown.assign(geometry=shown.geometry.simplify(0.002))
    # Territories that touch are told apart by their edges, far ones by their colour.
    fill, opacity = (style.FILL_LIGHT, 0.9) if near else (style.ACCENT, 0.75)
    shapes.append(_areas(simple, fill=fill, edge=style.ACCENT, opacity=opacity, tips=tips))
    labels = _names_apart(shown) if near else _names_beside(shown)
    return drawn_map("Carte des territoires", box=box, shapes=shapes, labels=labels)


def _names_apart(shown: gpd.GeoDataFrame) -> list[Label]:
    """Names of neighbours, on them, where they stay apart."""
    named = basemap.named_within(shown, letter=0.0095, line=0.04)
    return [_label(lat, lon, text, kind="free", side="center") for text, lon, lat in named]


def _names_beside(shown: gpd.GeoDataFrame) -> list[Label]:
    """Names beside their territories, on the side that is free."""
    ranked = shown.sort_values("population", ascending=False)
    labels = []
    for row, side in zip(ranked.itertuples(index=False), basemap.sides(ranked), strict=True):
        west, _, east, _ = row.geometry.bounds
        lat, lon = row.geometry.representative_point().y, west if side == "left" else east
        labels.append(_label(lat, lon, short_name(row.name), kind="free", side=side))
    return labels


def _legend_html(layer: MapLayer, communes: pd.DataFrame, *, uncovered: bool = False) -> str:
    """Legend of a layer."""
    if layer.counts:
        rows = _circle_rows(communes, layer)
    else:
        rows = [
            f'<div><i style="background:{colour}"></i>{escape(label)}</div>'
            for colour, label in zip(layer.colours, layer.labels, strict=True)
        ]
    hidden = masked(communes, layer.column)
    if hidden.any():
        rows.append(f'<div><i style="background:{style.MASK_FILL}"></i>{MASK_LABEL}</div>')
    missing = bool((communes[layer.column].isna() & ~hidden).any())
    if words := basemap.hatch_label(missing=missing, uncovered=uncovered):
        rows.append(f'<div><i class="hatch"></i>{words}</div>')
    origin = typeset(sources()[COLUMNS[layer.column].source].attribution)
    return (
        f"<b>{escape(layer.heading)}</b>{escape(layer.measure)}{''.join(rows)}"
        f"<small>{escape(origin)}</small>"
    )


def _circle_rows(communes: pd.DataFrame, layer: MapLayer) -> list[str]:
    """Key of a layer of circles: round values side by side, then what else is drawn."""
    scale, others = key(communes, layer.column, largest=_LARGEST)
    sizes = (f"<span>{_svg(radius, MEASURED)}{label}</span>" for radius, label in scale)
    return [
        *([f'<div class="cpts-sizes">{"".join(sizes)}</div>'] if scale else []),
        *(
            f'<div><span class="cpts-circle">{_svg(radius, look)}</span>{label}</div>'
            for radius, look, label in others
        ),
    ]


def _svg(radius: float, look: Look) -> str:
    """A circle of a legend."""
    if radius == 0:
        return ""
    side, dash = f"{2 * radius + 2:.1f}", ' stroke-dasharray="3 2"' if look.dashed else ""
    return (
        f'<svg width="{side}" height="{side}" viewBox="0 0 {side} {side}" aria-hidden="true">'
        f'<circle cx="50%" cy="50%" '
        f'r="{radius:.1f}" fill="{look.fill}" stroke="{look.edge}"{dash}></circle></svg>'
    )


def _told(commune: Any, layers: Sequence[MapLayer]) -> dict[MapLayer, tuple[str, str, str]]:
    """A commune under each layer: what is before, in and after its value."""
    lines = {}
    for layer in layers:
        column = COLUMNS[layer.column]
        status = commune[status_column(layer.column)]
        text = escape(shown_text(column, commune[layer.column], status, unit=True))
        known = f" {MARKS[status]} {STATUS_WORDS[status]}" if status != "unknown" else ""
        lines[layer] = f"{escape(layer.name)} : ", text, f"{known}{_after(commune, layer)}"
    return lines


def _tooltip(commune: Any, told: dict[MapLayer, tuple[str, str, str]], shown: MapLayer) -> str:
    """Tooltip of a commune: the layer's value first, then the others."""
    title = f"<b>{escape(str(commune['name']))}</b> ({escape(str(commune['code_insee']))})"
    before, value, after = told[shown]
    others = ("".join(line) for layer, line in told.items() if layer != shown)
    origin = sources()[COLUMNS[shown.column].source].attribution
    source = f"<small>Source : {escape(origin)}</small>"
    return "<br>".join([title, f"{before}<b>{value}</b>{after}", *others, source])


def _after(commune: Any, layer: MapLayer) -> str:
    """What a shift leads to, beside it."""
    name = dict(CHANGES).get(layer.column, "")
    if name not in commune or pd.isna(commune[name]):
        return ""
    return f", APL après : {value_text(COLUMNS[name], commune[name])}"


def _layer(
    communes: gpd.GeoDataFrame,
    layer: MapLayer,
    *,
    contours: Sequence[Contour],
    at: Places,
    tips: Sequence[str],
    legend: str,
) -> Shapes:
    """Communes painted by a layer, or bare under its circles; hatched where it is unknown."""
    classes = classify(communes[layer.column], layer)
    hidden = masked(communes, layer.column)
    fills = [
        style.MASK_FILL if secret else _HATCH if k < 0 else layer.colours[k]
        for k, secret in zip(classes, hidden, strict=True)
    ]
    return Shapes(
        contours=contours,
        edge=style.LAND_EDGE if layer.counts else style.PAPER,
        circles=circles(communes, layer.column, at=at, largest=_LARGEST, letters=NUMBER_SIZE)
        if layer.counts
        else (),
        fills=fills,
        tips=tips,
        highlight={"weight": 2.5, "color": style.INK},
        name=layer.title,
        legend=legend,
    )


def _contours(shapes: gpd.GeoSeries) -> list[Contour]:
    """Geometries as GeoJSON, coordinates rounded."""
    rounded = shapely.transform(np.asarray(shapes), lambda xy: np.round(xy, _DECIMALS))
    return [json.loads(text) for text in shapely.to_geojson(rounded)]


def _areas(
    table: gpd.GeoDataFrame,
    *,
    fill: str,
    edge: str,
    opacity: float = 1,
    tips: Sequence[str] | pd.Series | None = None,
) -> Shapes:
    """Areas of one colour."""
    return Shapes(
        contours=_contours(table.geometry),
        edge=edge,
        fills=[fill] * len(table),
        opacity=opacity,
        tips=None if tips is None else list(tips),
    )


def _label(lat: float, lon: float, text: str, *, kind: str = "in", side: str = "top") -> Label:
    """A name at a place; grey around the territory, without a dot on it."""
    colour = style.INK if kind == "in" else style.MUTED
    return Label(
        lat=lat, lon=lon, text=text, colour=colour, kind=kind, side=side, dot=kind != "free"
    )

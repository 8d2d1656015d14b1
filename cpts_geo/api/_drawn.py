"""Maps of one territory that an analyst asks for: to move, or to print."""

from __future__ import annotations

import sys
from difflib import get_close_matches
from typing import Final

import folium
import geopandas as gpd
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from cpts_geo.atlas.maps.interactive import territory_map
from cpts_geo.atlas.maps.layers import DEFINED, MapLayer, pooled_layer, territory_layers
from cpts_geo.atlas.maps.still import draw_layer, layer_figure
from cpts_geo.errors import AskedError, one_line, quoted
from cpts_geo.schema import COLUMNS, shown_vintage
from cpts_geo.study.study import Study

#: Names that are proposed for one that is unknown.
_NEAR: Final = 4


def explored(
    study: Study, column: str | None, *, m: folium.Map | None, national: gpd.GeoDataFrame
) -> folium.Map:
    """Map a column, or the layers of the page, on a map given or new."""
    _check_column(column)
    if m is not None and not isinstance(m, folium.Map):
        raise AskedError(
            f"m={one_line(repr(m))} n’est pas une carte où dessiner.",
            remedy="donnez une carte, comme m=folium.Map() ou ce que rend t.explore() ; ou rien, "
            "pour une carte neuve.",
        )
    opening = study.access.opening
    return territory_map(
        study.communes,
        name=study.name,
        national=national,
        scenarios=study.scenarios,
        around=study.common.surroundings.field,
        comparison=study.comparison,
        open_today=study.centres,
        proposed=opening.proposed[0] if opening and opening.proposed else (),
        layers=None if column is None else [_layer(study, column)],
        on=m,
    )


def plotted(
    study: Study, column: str | None, *, ax: Axes | None, national: gpd.GeoDataFrame
) -> Axes:
    """Draw a column, or what the page opens on, on axes given or new."""
    _check_column(column)
    # A polar or 3-D projection would bend the communes, or fail.
    if ax is not None and getattr(ax, "name", "") != "rectilinear":
        raise AskedError(
            f"ax={one_line(repr(ax))} n’est pas un repère plan où dessiner.",
            remedy="donnez un seul repère, sans projection : figure, ax = plt.subplots() ; de "
            "plusieurs, l’un d’eux (axes[0]) ; ou rien, pour une figure neuve.",
        )
    layer = territory_layers(study.communes)[0] if column is None else _layer(study, column)
    if ax is not None:
        return draw_layer(study.communes, layer, ax=ax, national=national)
    # Chooses the backend now: chosen in a context of styles, it would be forgotten at its end.
    plt.draw_if_interactive()  # type: ignore[no-untyped-call]
    figure = layer_figure(
        study.communes, layer, name=study.name, national=national, make=plt.figure
    )
    _sharpen()
    return figure.axes[0]


def _check_column(column: object) -> None:
    """Refuse what is no name of a column, before any work."""
    if column is not None and not isinstance(column, str):
        raise AskedError(
            f"{quoted(one_line(repr(column)))} n’est pas le nom d’une colonne.",
            remedy='écrivez un seul nom, entre guillemets : t.explore("apl"), t.plot("apl").',
        )


def _sharpen() -> None:
    """Have a notebook show figures with two pixels a point, unless its analyst chose a format."""
    shown = sys.modules.get("matplotlib_inline.config")
    if shown and shown.InlineBackend.initialized():
        backend = shown.InlineBackend.instance()
        if backend.figure_formats == {"png"}:
            backend.figure_formats = {"retina"}


def _layer(study: Study, column: str) -> MapLayer:
    """The layer of a column, or of the newest vintage of a family."""
    communes = study.communes
    known = [str(name) for name in communes.columns[communes.notna().any()] if name in COLUMNS]
    name = column if column in COLUMNS else shown_vintage(column, known)
    by_name = {
        layer.column: layer for layer in territory_layers(communes, scenarios=study.scenarios)
    }
    if name in by_name:
        return by_name[name]
    if name not in known:
        there = sorted({*known, *by_name})
        near = get_close_matches(column, there, n=_NEAR, cutoff=0.0)
        empty = f"{quoted(column)} n’a aucune valeur ici, et ne se dessine donc pas."
        own = (
            f"{quoted(column)} n’est pas une colonne que l’on puisse dessiner : il faut à chacune "
            "une source et une unité, et celles que vous ajoutez au tableau n’en ont pas."
        )
        raise AskedError(
            empty if column in COLUMNS else own,
            remedy=f"les plus proches : {', '.join(near)} ; pour la vôtre, {DEFINED}",
        )
    return pooled_layer(name, communes[name])

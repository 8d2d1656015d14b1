"""Maps of one territory that an analyst asks for: to move, or to print."""

from __future__ import annotations

import sys

import folium
import geopandas as gpd
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from cpts_geo.atlas.maps.interactive import territory_map
from cpts_geo.atlas.maps.layers import MapLayer, pooled_layer, territory_layers
from cpts_geo.atlas.maps.still import draw_layer, layer_figure
from cpts_geo.errors import AskedError, quoted
from cpts_geo.schema import COLUMNS, shown_vintage
from cpts_geo.study.study import Study


def explored(
    study: Study, column: str | None, *, m: folium.Map | None, national: gpd.GeoDataFrame
) -> folium.Map:
    """Map a column, or the layers of the page, on a map given or new."""
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
        raise AskedError(
            f"{quoted(str(column))} n’est pas une colonne que l’on puisse dessiner ici.",
            remedy=f"il y a : {', '.join(sorted({*known, *by_name}))}.",
        )
    return pooled_layer(name, communes[name])

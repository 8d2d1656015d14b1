"""A map of folium that opens in a room without a network."""

from __future__ import annotations

from typing import Any

import folium

from cpts_geo.atlas.look.offline import leaflet_addresses
from cpts_geo.atlas.maps.live._page import Page


def bare_map(**options: Any) -> folium.Map:
    """
    Make a map without tiles whose only assets are Leaflet's.

    Parameters
    ----------
    **options : object
        Of ``folium.Map``, over those of a map without tiles.

    Returns
    -------
    folium.Map
        Alone in a page where what elements write is never taken for a template.

    Examples
    --------
    >>> [name for name, _ in bare_map().default_js]
    ['leaflet']
    """
    usual = {"tiles": None, "zoom_control": False, "scrollWheelZoom": False, "zoomSnap": 0.25}
    new = folium.Map(**usual | options)
    known = set(leaflet_addresses())
    new.default_js = [pair for pair in folium.Map.default_js if pair[1] in known]
    new.default_css = [pair for pair in folium.Map.default_css if pair[1] in known]
    Page().add_child(new)
    return new

"""A map of folium that opens in a room without a network."""

from __future__ import annotations

from html import escape
from typing import Any, Final

import folium

from cpts_geo.atlas.look.offline import leaflet_addresses
from cpts_geo.atlas.maps.live._page import POPUPS, Inert, Page
from cpts_geo.atlas.maps.live.standalone import standalone

_FRAME: Final = "width:100%;height:680px;border:0"


class _BareMap(folium.Map):
    """A map that a notebook shows without a network."""

    def _repr_html_(self, **_: Any) -> str:
        """The whole map, its assets inside, whatever was added to it."""
        page = escape(standalone(self))
        return f'<div><iframe title="Carte" style="{_FRAME}" srcdoc="{page}"></iframe></div>'


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
    new = _BareMap(**usual | options)
    known = set(leaflet_addresses())
    new.default_js = [pair for pair in folium.Map.default_js if pair[1] in known]
    new.default_css = [pair for pair in folium.Map.default_css if pair[1] in known]
    page = Page()
    page.header.add_child(Inert(POPUPS), name="cpts_popups")
    page.add_child(new)
    return new

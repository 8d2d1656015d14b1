"""A map of folium that opens in a room without a network."""

from __future__ import annotations

from typing import Any, Final

import folium

from cpts_geo.atlas.look.offline import frame, leaflet_addresses
from cpts_geo.atlas.maps.live._page import Inert, Page

#: Popups of folium ask jQuery for one thing: an element made of a text of HTML.
_POPUPS: Final = (
    "window.$ = window.$ || ((html) => {"
    " const holder = document.createElement('template'); holder.innerHTML = html.trim();"
    " return [holder.content.firstElementChild]; });"
)


class _BareMap(folium.Map):
    """A map that a notebook shows without a network."""

    def _repr_html_(self, **_: Any) -> str:
        """The whole map, its assets inside."""
        return frame(self)


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
    page.header.add_child(Inert(f"<script>{_POPUPS}</script>"), name="cpts_popups")
    page.add_child(new)
    return new

"""Any map of folium as one page that asks nothing of a network.

A copy is taken apart: tiles are left out and told, a scale of colours is drawn without d3, what
only decorates a map of folium is dropped, Leaflet is written inside.
"""

from __future__ import annotations

import copy
import re
import warnings
from base64 import b64decode
from collections.abc import Iterator
from html import escape
from typing import Any, Final

import folium
from branca.colormap import ColorMap
from branca.element import Element
from folium.raster_layers import WmsTileLayer

from cpts_geo.atlas.look.offline import default_marker, inline_assets, leaflet_addresses
from cpts_geo.atlas.maps.live._legend import Legend
from cpts_geo.atlas.maps.live._page import POPUPS, Inert
from cpts_geo.errors import AssetError, one_line
from cpts_geo.french import joined

#: Where elements write in the page around them.
_PARTS: Final = ("header", "html", "script")
#: Links that a page asks for; those that every map of folium has, needed or not, are dropped.
_LINKED: Final = re.compile(
    r"<(?:script|link)\b[^>]*?\b(?:src|href)=[\"']([^\"']+)[\"'][^>]*>(?:\s*</script>)?"
)
#: The legend of categories of geopandas may be dragged: that alone asks for jQuery UI.
_DRAGGED: Final = re.compile(
    r"<script src=\"[^\"]*/jquery-ui\.js\"></script>\s*"
    r"<script>\$\( function\(\) \{\s*\$\( \"\.maplegend\" \)\.draggable\(.*?</script>",
    re.DOTALL,
)
_MAX_ZOOM: Final = 18
#: A page of folium.IFrame.
_FRAME: Final = re.compile(r'\bsrc="data:text/html;charset=utf-8;base64,([^"]*)"')
#: What Leaflet draws with its own marker, alone or for points of a layer.
_POINTS: Final = re.compile(r"\bL\.(?:marker|geojson)\(", re.IGNORECASE)
_JQUERY: Final = re.compile(r"^\s*((?:\$|jQuery)[(.](?!`).*)$", re.MULTILINE)


def standalone(m: folium.Map) -> str:
    """
    Write a map as a page that opens without a network; the map stays as it is.

    Parameters
    ----------
    m : folium.Map
        Any map: ours, or one of folium or of ``GeoDataFrame.explore``.

    Returns
    -------
    str
        The page; online tiles are not in it, and a warning says so.

    Raises
    ------
    AssetError
        The map needs files that cannot be embedded; all are listed.

    Examples
    --------
    >>> page = standalone(folium.Map([48.0, 2.0], tiles=None))
    >>> "https://cdn" in page
    False
    """
    root: Any = _copied(m).get_root()
    # What a scale asked for when the map was last shown; it asks again where it is still there.
    root.header._children.pop("d3", None)
    root.title = root.title or "Carte"
    root.header.add_child(Inert(POPUPS), name="cpts_popups", index=0)
    icons = [_icon_words(each) for each in _within(root) if _is_fonts(each)]
    _leave_tiles(root)
    for each in _within(root):
        if isinstance(each, folium.Map):
            # Without tiles nothing bounds the zoom that fits one point.
            each.options.setdefault("maxZoom", _MAX_ZOOM)
    _draw_scales(root)
    plugins = {f"folium.plugins.{type(x).__name__}" for x in _within(root) if _is_plugin(x)}
    page = _plain(root.render())
    lacking = [f"jQuery : {one_line(match[1])}" for match in _JQUERY.finditer(page)]

    def held(html: str) -> str:
        try:
            return inline_assets(html)
        except AssetError as error:
            lacking.extend(error.defects)
            return ""

    page = held(_FRAME.sub(lambda match: _srcdoc(held(_inside(match))), page))
    if icons or lacking:
        raise AssetError(
            "La carte demande des fichiers qui ne peuvent pas être embarqués.",
            defects=[*icons, *(sorted(plugins) if lacking else ()), *lacking],
            remedy="retirez l’élément qui les demande"
            + bool(plugins) * " (une extension de folium.plugins ne marche qu’en ligne)"
            + bool(icons)
            * " ; une icône se remplace par un folium.Marker sans icon=, un "
            "folium.CircleMarker ou un folium.DivIcon"
            + " ; une image s’écrit dans la page, en data:image/png;base64,….",
        )
    if _POINTS.search(page):
        page = page.replace("</head>", f"<script>{default_marker()}</script></head>", 1)
    return page


def _copied(m: folium.Map) -> folium.Map:
    """A map apart, with the templates that some elements were given: branca copies none."""
    apart = copy.deepcopy(m)
    for one, other in zip(_within(m.get_root()), _within(apart.get_root()), strict=True):
        if "_template" in vars(one):
            other._template = one._template
    return apart


def _within(element: Any) -> Iterator[Any]:
    """An element, all it holds, and the marker that a layer draws points with."""
    yield element
    parts = (getattr(element, name, None) for name in _PARTS)
    for child in [*element._children.values(), *parts]:
        if isinstance(child, Element):
            yield from _within(child)
    marker = getattr(element, "marker", None)
    if isinstance(marker, folium.Marker):
        yield from filter(None, (marker, marker.icon))


def _is_fonts(element: Any) -> bool:
    """Whether it is an icon that is a letter of a font."""
    return isinstance(element, folium.Icon) and not isinstance(element, folium.CustomIcon)


def _is_plugin(element: Any) -> bool:
    """Whether it is an extension of folium, whose scripts are elsewhere."""
    return type(element).__module__.startswith("folium.plugins.")


def _inside(match: re.Match[str]) -> str:
    """The page that a frame holds as data, which our policy forbids."""
    return b64decode(match[1]).decode("utf-8")


def _srcdoc(html: str) -> str:
    """A page as a text that a frame holds, wherever it stands: in a string of a script too."""
    told = escape(html).translate({ord(each): f"&#{ord(each)};" for each in "\\`$"})
    return f'srcdoc="{told}"'


def _icon_words(icon: Any) -> str:
    """Name an icon, and where it stands."""
    place = getattr(icon._parent, "location", None)
    at = "" if place is None else " au point " + ", ".join(f"{each:.5g}" for each in place)
    return f"folium.Icon {one_line(str(icon.options.get('icon', '')))}{at}"


def _forget(element: Any, root: Any) -> None:
    """Take away what an element wrote in the page when the map was last shown."""
    names = {each.get_name() for each in _within(element)}
    for part in _PARTS:
        written = getattr(root, part)._children
        for name in names & set(written):
            del written[name]


def _leave_tiles(root: Any) -> None:
    """Take away tiles that come from a network, and tell."""
    names = []
    for holder in list(_within(root)):
        for key, child in list(holder._children.items()):
            if isinstance(child, folium.TileLayer | WmsTileLayer):
                del holder._children[key]
                _forget(child, root)
                names.append(one_line(str(getattr(child, "tile_name", child.layer_name))))
    if names:
        warnings.warn(
            f"Fond de carte en ligne retiré : {joined(names)}. La carte s’ouvre sans réseau.",
            stacklevel=4,
        )


def _draw_scales(root: Any) -> None:
    """Put a drawing of ours in the place of each scale of colours."""
    drawn: dict[int, Legend] = {}
    for element in list(_within(root)):
        for key, child in list(element._children.items()):
            if isinstance(child, ColorMap):
                _forget(child, root)
                legend = drawn.setdefault(id(child), Legend(child))
                element._children[key] = legend
                legend._parent = element
        # Given to the map when it is rendered.
        if isinstance(scale := getattr(element, "color_scale", None), ColorMap):
            element.color_scale = drawn.setdefault(id(scale), Legend(scale))


def _plain(page: str) -> str:
    """A page without what only decorates: no icon of folium is there to need it."""
    usual = {address for _, address in (*folium.Map.default_js, *folium.Map.default_css)}
    dropped = usual - set(leaflet_addresses())
    page = _DRAGGED.sub("", page)
    return _LINKED.sub(lambda match: "" if match[1] in dropped else match[0], page)

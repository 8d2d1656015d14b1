"""Make a page self-contained: every script, style sheet and image inlined.

The files come from installed packages. An address that is not mapped to one of them raises:
a page either opens in a room without a network, or is not written. The page also carries a
policy that forbids the browser to ask anything of a network, whatever a script would try.
"""

from __future__ import annotations

import base64
import json
import mimetypes
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import folium
from xstatic.pkg import leaflet

from cpts_geo.errors import AssetError, one_line

_ASSETS: Final = Path(leaflet.BASE_DIR)
_SCRIPT: Final = re.compile(r"<script\b[^>]*?\bsrc=[\"']([^\"']+)[\"'][^>]*>\s*</script>", re.I)
_LINK: Final = re.compile(r"<link\b[^>]*?\bhref=[\"']([^\"']+)[\"'][^>]*>", re.I)
_HEAD: Final = re.compile(r"<head\b[^>]*>", re.I)
_CSS_URL: Final = re.compile(r"url\(\s*[\"']?(?!data:|#)([^\"')]+)[\"']?\s*\)", re.I)
_CSS_IMPORT: Final = re.compile(r"@import\s+(?:url\()?\s*[\"']?([^\"');]+)", re.I)
#: A string of a script that begins with an address, the names of XML vocabularies excepted.
_SCRIPT_ADDRESS: Final = re.compile(
    r"[\"'`]((?:https?:|wss?:)?//(?!www\.w3\.org/)[\w.{][^\"'`\\]*)"
)
#: An image, or a frame, in a string of a script, its signs escaped or not.
_SCRIPT_IMAGE: Final = re.compile(
    r"(?:<|\\u003c)(?:img|iframe|source|video|audio|embed)\b[^>]*?\bsrc="
    r"(?P<quote>\\u0027|\\?[\"'])(?!data:|\$|\\)(?P<address>.+?)(?P=quote)"
)
#: Attributes whose value a browser fetches by itself.
_FETCHED: Final = frozenset(
    {"src", "srcset", "href", "xlink:href", "poster", "data", "background", "manifest"}
)
#: Elements whose address is only followed when a person asks.
_LINKS: Final = frozenset({"a", "area"})
_POLICY: Final = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; font-src data:\">"
)


class _Addresses(HTMLParser):
    """Every address that opening a page would ask for."""

    def __init__(self) -> None:
        """Read nothing yet."""
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what attributes ask for."""
        values = {name: value or "" for name, value in attrs}
        # A block of data is read, and asks for nothing: an address in it is a text.
        self._inside = "" if "json" in values.get("type", "") else tag
        for name, value in values.items():
            address = value.strip()
            local = address.startswith(("data:", "#", "about:")) or not address
            if name in _FETCHED and tag not in _LINKS and not local:
                self.found.append(address)
            if name == "style":
                self._note_style(address)
            # A page of ours, whole already: it may ask for nothing, whatever its scripts name.
            if name == "srcdoc" and _POLICY not in address:
                self.found += _asked_by(address)
        if tag == "meta" and values.get("http-equiv", "").lower() == "refresh":
            self.found.append(values.get("content", ""))

    def handle_data(self, data: str) -> None:
        """Note what styles and scripts ask for."""
        if self._inside == "style":
            self._note_style(data)
        if self._inside == "script":
            self.found += _SCRIPT_ADDRESS.findall(data)
            self.found += [each["address"] for each in _SCRIPT_IMAGE.finditer(data)]

    def handle_endtag(self, tag: str) -> None:
        """Leave a style or a script."""
        self._inside = ""

    def _note_style(self, text: str) -> None:
        self.found += _CSS_URL.findall(text) + _CSS_IMPORT.findall(text)


def _asked_by(html: str) -> list[str]:
    """Addresses that opening a page would ask for."""
    parser = _Addresses()
    parser.feed(html)
    parser.close()
    return parser.found


def leaflet_addresses() -> dict[str, str]:
    """
    Name the addresses that folium gives to Leaflet and the local files that stand for them.

    Returns
    -------
    dict of str to str
        File name in the asset package, by address as folium writes it.

    Examples
    --------
    >>> sorted(leaflet_addresses().values())
    ['leaflet.css', 'leaflet.js']
    """
    scripts = dict(folium.Map.default_js)
    styles = dict(folium.Map.default_css)
    return {scripts["leaflet"]: "leaflet.js", styles["leaflet_css"]: "leaflet.css"}


def _data_uri(path: Path) -> str:
    """A file as an address that holds it."""
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"


@cache
def _asset_text(name: str) -> str:
    """Text of a script or style sheet of Leaflet, ready to stand inside a page."""
    text = (_ASSETS / name).read_text(encoding="utf-8")
    if name.endswith(".js"):
        # A source map would be asked for by the browser's tools; "</" would end the script.
        text = re.sub(r"//# sourceMappingURL=.*", "", text)
        return text.replace("</script", "<\\/script")

    def embed(match: re.Match[str]) -> str:
        image = _ASSETS / match[1]
        if not image.is_file():
            raise _unmapped([match[1]])
        return f"url({_data_uri(image)})"

    return _CSS_URL.sub(embed, text)


def _unmapped(addresses: list[str]) -> AssetError:
    """The error that lists addresses without a local file."""
    return AssetError(
        "La page renvoie à des fichiers qui ne peuvent pas être embarqués.",
        defects=[one_line(address) for address in addresses],
        remedy="donnez la carte à cpts_geo.offline(), ou retirez l’élément qui demande ces "
        "fichiers (par exemple une icône).",
    )


def inline_assets(html: str) -> str:
    """
    Replace every external script and style sheet of a page by its content.

    Parameters
    ----------
    html : str
        A page as folium or a template renders it.

    Returns
    -------
    str
        The same page, asking nothing of any network and forbidden to.

    Raises
    ------
    AssetError
        An address has no local file; all of them are listed.

    Examples
    --------
    >>> inline_assets('<p>sans réseau</p>')
    '<p>sans réseau</p>'
    """
    known = leaflet_addresses()

    def without(match: re.Match[str]) -> str:
        return "" if match[1] in known else match[0]

    missing = _asked_by(_SCRIPT.sub(without, _LINK.sub(without, html)))
    if missing:
        raise _unmapped(sorted(set(missing)))
    page = _LINK.sub(lambda match: f"<style>{_asset_text(known[match[1]])}</style>", html)
    page = _SCRIPT.sub(lambda match: f"<script>{_asset_text(known[match[1]])}</script>", page)
    return _HEAD.sub(lambda match: match[0] + _POLICY, page, count=1)


@cache
def default_marker() -> str:
    """
    Give Leaflet its marker: it would look for images beside its style sheet.

    Returns
    -------
    str
        Script to run after Leaflet's.

    Examples
    --------
    >>> default_marker().count("data:image/png;base64,")
    3
    """
    images = {
        "iconUrl": "marker-icon.png",
        "iconRetinaUrl": "marker-icon-2x.png",
        "shadowUrl": "marker-shadow.png",
    }
    held = {name: _data_uri(_ASSETS / "images" / file) for name, file in images.items()}
    return f'L.Icon.Default.imagePath = ""; L.Icon.Default.mergeOptions({json.dumps(held)});'

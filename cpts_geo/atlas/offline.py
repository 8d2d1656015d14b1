"""Make a page self-contained: every script, style sheet and image inlined.

The files come from installed packages. An address that is not mapped to one of them raises:
a page either opens in a room without a network, or is not written.
"""

from __future__ import annotations

import base64
import mimetypes
import re
from functools import cache
from html import escape
from pathlib import Path
from typing import Final

import folium
from xstatic.pkg import leaflet

from cpts_geo.errors import AssetError

_ASSETS: Final = Path(leaflet.BASE_DIR)
_SCRIPT: Final = re.compile(r"<script\b[^>]*?\bsrc=[\"']([^\"']+)[\"'][^>]*>\s*</script>", re.I)
_LINK: Final = re.compile(r"<link\b[^>]*?\bhref=[\"']([^\"']+)[\"'][^>]*>", re.I)
_CSS_URL: Final = re.compile(r"url\(\s*[\"']?(?!data:|#)([^\"')]+)[\"']?\s*\)")
_REMAINING: Final = re.compile(
    r"<(?:script|img|iframe|source|video|audio|embed|object|image)\b[^>]*?"
    r"\b(?:src|data|href)=[\"'](?!data:|#)([^\"']+)[\"']",
    re.I,
)


def leaflet_addresses() -> dict[str, str]:
    """
    Name the addresses that folium gives to Leaflet and the local files that stand for them.

    Returns
    -------
    dict of str to str
        File name in the asset package, by address as folium writes it.
    """
    scripts = dict(folium.Map.default_js)
    styles = dict(folium.Map.default_css)
    return {scripts["leaflet"]: "leaflet.js", styles["leaflet_css"]: "leaflet.css"}


def _data_uri(path: Path) -> str:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"


@cache
def _asset_text(name: str) -> str:
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
    return AssetError(
        "La page renvoie à des fichiers qui ne peuvent pas être embarqués.",
        defects=addresses,
        remedy="retirez l’élément de carte qui les demande (par exemple une icône ou un fond "
        "de carte en ligne), ou ajoutez le fichier local à cpts_geo/atlas/offline.py.",
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
        The same page, asking nothing of any network.

    Raises
    ------
    AssetError
        An address has no local file; all of them are listed.
    """
    known = leaflet_addresses()
    missing: list[str] = []

    def replace(match: re.Match[str], tag: str) -> str:
        address = match[1]
        if address.startswith("data:"):
            return match[0]
        if address not in known:
            missing.append(address)
            return match[0]
        return f"<{tag}>{_asset_text(known[address])}</{tag}>"

    page = _LINK.sub(lambda match: replace(match, "style"), html)
    page = _SCRIPT.sub(lambda match: replace(match, "script"), page)
    # Scripts are text, not markup: what they contain is not asked for when the page opens.
    markup = re.sub(r"<script\b.*?</script>", "", page, flags=re.S | re.I)
    missing += _REMAINING.findall(markup)
    if missing:
        raise _unmapped(sorted(set(missing)))
    return page


def frame(new: folium.Map, *, height: int = 560) -> str:
    """
    Show a map inside another page or a notebook, without a network.

    Parameters
    ----------
    new : folium.Map
        Any map whose assets can be embedded.
    height : int
        Height in pixels.

    Returns
    -------
    str
        HTML that holds the whole map, for ``IPython.display.HTML``.

    Raises
    ------
    AssetError
        The map would need a network.
    """
    page = escape(inline_assets(new.get_root().render()))
    style = f"width:100%;height:{height}px;border:0"
    return f'<div><iframe title="Carte" style="{style}" srcdoc="{page}"></iframe></div>'

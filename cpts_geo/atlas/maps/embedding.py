"""Maps inside a page: the interactive one in pieces, the still one as an image."""

from __future__ import annotations

import base64
import io
import re
import warnings
from typing import Any, Final

import folium
import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from markupsafe import Markup
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from cpts_geo.atlas.look import style

#: Every colour of the style as a number: red in its lowest byte, as pixels hold it.
_FLAT: Final = np.array(
    sorted(
        int.from_bytes(bytes.fromhex(each), "little")
        for each in set(re.findall("#([0-9a-f]{6})", repr(vars(style))))
    ),
    dtype="<u4",
)


def map_parts(new: folium.Map) -> dict[str, Markup]:
    """
    Take a map apart, to place it inside a page of ours.

    Parameters
    ----------
    new : folium.Map
        A map of :mod:`cpts_geo.atlas.maps.interactive`.

    Returns
    -------
    dict of str to Markup
        ``map_head``, ``map_html`` and ``map_script``; equal maps give equal pieces.
    """
    root: Any = new.get_root()
    root.render()
    head = "\n".join(
        child.render()
        for name, child in root.header._children.items()
        if name not in ("meta_http", new.get_name())
    )
    parts = {"map_head": head, "map_html": root.html.render(), "map_script": root.script.render()}
    # folium names its elements at random: numbered, so that equal inputs give equal bytes.
    numbers = {each._id: str(n) for n, each in enumerate((new, *new._children.values()))}
    named = re.compile("|".join(numbers))
    return {
        name: Markup(named.sub(lambda found: numbers[found[0]], text))
        for name, text in parts.items()
    }


def drawn(figure: Figure, *, dpi: int, colours: int = 256) -> Image.Image:
    """
    Draw a figure once, in few colours: flat ones take a third of the bytes and of the time.

    Parameters
    ----------
    figure : Figure
        A still map; its pixels are not kept.
    dpi : int
        Pixels in an inch.
    colours : int
        Colours kept, 256 at most.

    Returns
    -------
    Image
        Its pixels, opaque, as numbers of a palette.

    Examples
    --------
    >>> drawn(Figure(figsize=(2, 1)), dpi=50).size
    (100, 50)
    """
    figure.set_dpi(dpi)
    # Drawn once: saving a figure draws it twice, and packs every colour before they are few.
    canvas: Any = FigureCanvasAgg(figure)
    # Letters of so many pixels look the same without hints, and take half the time.
    # A sign that the letters lack is drawn as a square: nothing that a terminal has to say.
    with mpl.rc_context({"text.hinting": "none"}), warnings.catch_warnings(action="ignore"):
        canvas.draw()
    few = _few(np.asarray(canvas.buffer_rgba()), colours)
    # A figure holds itself, with 8 MB of pixels: they go now, whenever the rest does.
    del canvas.renderer
    return few


def _few(pixels: npt.NDArray[np.uint8], colours: int) -> Image.Image:
    """Opaque pixels in few colours: those of the style as they are, the others averaged."""
    size = pixels.shape[1::-1]
    # Flat maps are long runs of a colour: looked up by run, a hundredth of the pixels.
    colour = pixels.view("<u4").ravel() & 0xFFFFFF
    first = np.flatnonzero(np.concatenate([[True], colour[1:] != colour[:-1]]))
    lengths = np.diff(first, append=colour.size)
    rank = np.searchsorted(_FLAT, colour[first]).clip(max=len(_FLAT) - 1)
    ours = _FLAT[rank] == colour[first]
    del colour
    kept = np.unique(rank[ours])
    # Averaged, the palest class of a map would be the colour of the land around.
    rest = (
        Image.frombuffer("RGBA", size, pixels)
        .convert("RGB")
        .quantize(max(colours - len(kept), 2), Image.Quantize.FASTOCTREE)
    )
    palette = list(rest.getpalette() or [])
    number = np.zeros(len(_FLAT), dtype=np.uint8)
    number[kept] = len(palette) // 3 + np.arange(len(kept))
    flat = np.where(ours, number[rank], 0).repeat(lengths).reshape(size[::-1])
    few = Image.fromarray(np.where(flat, flat, np.asarray(rest)))
    few.putpalette([*palette, *_FLAT[kept].view(np.uint8).reshape(-1, 4)[:, :3].ravel().tolist()])
    return few


def png(figure: Figure, *, dpi: int = 120, colours: int = 64) -> Markup:
    """
    Draw a figure as a small image.

    Parameters
    ----------
    figure : Figure
        A still map.
    dpi : int
        Pixels in an inch.
    colours : int
        Colours kept, 256 at most.

    Returns
    -------
    Markup
        PNG in base64.
    """
    small = io.BytesIO()
    # The two last levels would take six times as long, for a twentieth of the bytes.
    drawn(figure, dpi=dpi, colours=colours).save(small, format="png", compress_level=7)
    return Markup(base64.b64encode(small.getvalue()).decode("ascii"))

"""The page around a map, and texts that it takes as they are."""

from __future__ import annotations

from functools import cache
from importlib import resources
from threading import Lock
from typing import Any, Final

from branca.element import Element, Figure
from jinja2 import Template

from cpts_geo.atlas.look import style

#: Popups of folium ask jQuery for one thing: an element made of a text of HTML.
POPUPS: Final = (
    "<script>window.$ = window.$ || ((html) => {"
    " const holder = document.createElement('template'); holder.innerHTML = html.trim();"
    " return [holder.content.firstElementChild]; });</script>"
)
_one_at_a_time: Final = Lock()
_COLOURS: Final = {
    "ink": style.INK,
    "muted": style.MUTED,
    "paper": style.PAPER,
    "sea": style.SEA,
    "edge": style.LEGEND_EDGE,
    "groove": style.GROOVE,
    "swatch": style.SWATCH_EDGE,
    "hatch": style.HATCH_LINE,
    "link": style.LINK,
    "focus": style.LINK,
}


class Inert(Element):
    """A text that a page holds as it is: a value of this template, never one itself."""

    _template = Template("{{ this.text }}")

    def __init__(self, text: str) -> None:
        """Hold a text."""
        super().__init__()
        self.text = text


class Page(Figure):
    """The page around a map, where what any element wrote is a text, folium's own included."""

    def render(self, **kwargs: Any) -> str:
        """Render, without compiling what is rendered: branca takes it for a template again."""
        kind: Any = Element
        plain = kind.__init__

        def written(element: Any, template: str | None = None, *others: Any, **more: Any) -> None:
            plain(element, None, *others, **more)
            if template is not None:
                element.text, element._template = template, Inert._template

        with _one_at_a_time:
            kind.__init__ = written
            try:
                return str(super().render(**kwargs))
            finally:
                kind.__init__ = plain


@cache
def script() -> str:
    """The script that draws a map."""
    return _template_text("map.js")


@cache
def css() -> str:
    """Style of what stands around a map; part of it, so that it works alone."""
    colours = "".join(f"--map-{name}:{colour};" for name, colour in _COLOURS.items())
    return f".cpts-map{{{colours}}}\n{_template_text('map.css')}"


def _template_text(name: str) -> str:
    """A file of the templates, as it is."""
    return (resources.files("cpts_geo.atlas") / "templates" / name).read_text(encoding="utf-8")

"""How pages are written: the language of each, French punctuation, formulas as MathML.

Browsers draw MathML by themselves: no script, no font, no network.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.writers.html5 import HTML5Translator

from cpts_geo.french import typeset

FRENCH: Final = "fr"
ENGLISH: Final = "en"
#: What the names of pages in English begin with; the guide and the notebooks are in French.
_IN_ENGLISH: Final = ("api/", "develop/", "extend", "bounds", "licences")
_AS_TYPED: Final = (nodes.literal, nodes.literal_block, nodes.math, nodes.math_block, nodes.raw)


def language_of(name: str) -> str:
    """Language of a page, by its name."""
    return ENGLISH if name.startswith(_IN_ENGLISH) else FRENCH


class Typeset(SphinxTransform):
    """French punctuation and numbers keep to their word; what is code stays as it is typed."""

    default_priority: ClassVar[int] = 700

    def apply(self, **_: Any) -> None:
        """Typeset every text of a page in French."""
        if language_of(self.env.docname) != FRENCH:
            return
        for text in list(self.document.findall(nodes.Text)):
            if not isinstance(text.parent, _AS_TYPED):
                text.parent.replace(text, nodes.Text(typeset(str(text))))


def _tell(
    _app: Sphinx, pagename: str, _templatename: str, context: dict[str, Any], _doctree: Any
) -> None:
    """Tell screen readers the language of a page."""
    context["language"] = language_of(pagename)


def _inline(translator: HTML5Translator, node: nodes.math) -> None:
    translator.body.append(tex2mathml(node.astext()))
    raise nodes.SkipNode


def _block(translator: HTML5Translator, node: nodes.math_block) -> None:
    # A formula wider than the screen scrolls: the keyboard must reach it.
    drawn = tex2mathml(node.astext(), as_block=True)
    translator.body.append(f'<div class="formula" tabindex="0">{drawn}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the transform, the language, and the renderer that ``html_math_renderer`` names."""
    app.add_transform(Typeset)
    app.connect("html-page-context", _tell)
    app.add_html_math_renderer(
        "mathml", inline_renderers=(_inline, None), block_renderers=(_block, None)
    )
    return {"parallel_read_safe": True, "parallel_write_safe": True}

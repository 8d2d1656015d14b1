"""The language of each page: the guide and the notebooks in French, the rest in English."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from cpts_geo.french import typeset

FRENCH: Final = "fr"
ENGLISH: Final = "en"
#: What the names of pages in English begin with.
_IN_ENGLISH: Final = ("api/", "develop/", "extend", "bounds", "licences")
_AS_TYPED: Final = (nodes.literal, nodes.literal_block, nodes.math, nodes.math_block, nodes.raw)


def of_page(name: str) -> str:
    """Language of a page, by its name."""
    return ENGLISH if name.startswith(_IN_ENGLISH) else FRENCH


class Typeset(SphinxTransform):
    """French punctuation and numbers keep to their word; what is code stays as it is typed."""

    default_priority: ClassVar[int] = 700

    def apply(self, **_: Any) -> None:
        """Typeset every text of a page in French."""
        if of_page(self.env.docname) != FRENCH:
            return
        for text in list(self.document.findall(nodes.Text)):
            if not isinstance(text.parent, _AS_TYPED):
                text.parent.replace(text, nodes.Text(typeset(str(text))))


def _tell(
    _app: Sphinx, pagename: str, _templatename: str, context: dict[str, Any], _doctree: Any
) -> None:
    context["language"] = of_page(pagename)


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell screen readers the language of each page, and typeset those in French."""
    app.add_transform(Typeset)
    app.connect("html-page-context", _tell)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""The language of each page: the guide and the notebooks in French, the rest in English."""

from __future__ import annotations

from typing import Any, Final

from sphinx.application import Sphinx

FRENCH: Final = "fr"
ENGLISH: Final = "en"
#: What the names of pages in English begin with.
_IN_ENGLISH: Final = ("api/", "develop/", "extend", "bounds", "licences")


def of_page(name: str) -> str:
    """Language of a page, by its name."""
    return ENGLISH if name.startswith(_IN_ENGLISH) else FRENCH


def _tell(
    _app: Sphinx, pagename: str, _templatename: str, context: dict[str, Any], _doctree: Any
) -> None:
    context["language"] = of_page(pagename)


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell screen readers the language of each page."""
    app.connect("html-page-context", _tell)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""``{generated} NAME``: what the code knows, written in a page at each build."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Final

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from docs._ext import dictionary, examples, filling, gallery, model, words

#: What a page may ask for; each gives Markdown.
PIECES: Final[dict[str, Callable[..., str]]] = {
    "answers": examples.answers,
    "apl-weights": model.apl_weights,
    "asked": filling.asked,
    "catalogue": words.catalogue,
    "columns": dictionary.columns,
    "commands": words.commands,
    "exit-rates": model.exit_rates,
    "glossary": words.glossary,
    "grades": words.grades,
    "known-lines": model.known_lines,
    "notebooks": gallery.outline,
    "outcomes": filling.outcomes,
    "outputs": dictionary.outputs,
    "parameters": model.parameters,
    "profiles": model.profiles,
    "reach": examples.reach,
    "sheets": filling.sheets,
    "signs": words.signs,
    "travel-laws": model.travel_laws,
}


class Generated(SphinxDirective):
    """A piece of :data:`PIECES`, and what it is asked of."""

    required_arguments = 1
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        """Write the piece where it is asked for."""
        name, *asked = " ".join(self.arguments).split()
        return self.parse_text_to_nodes(PIECES[name](*asked), allow_section_headings=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("generated", Generated)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

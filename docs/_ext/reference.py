"""The reference in English: the names of the face in full, and every public module in a line."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import cpts_geo

_PACKAGE: Final = Path(cpts_geo.__file__).parent
#: What the names of the face give, and nobody makes by hand.
_GIVEN: Final = ("cpts_geo.api.territories.Territories", "cpts_geo.atlas.views.view.View")


def face() -> str:
    """Definitions of the names that ``import cpts_geo`` shows, then of what they give (rst)."""
    title = "What they give"
    given = "\n".join(f".. autoclass:: {name}\n   :members:\n" for name in _GIVEN)
    names = "\n".join(map(_definition, cpts_geo.__all__))
    return f"{names}\n{title}\n{'-' * len(title)}\n\n{given}"


def _definition(name: str) -> str:
    if inspect.isclass(getattr(cpts_geo, name)):
        return f".. autoclass:: cpts_geo.{name}\n   :members:\n"
    return f".. autofunction:: cpts_geo.{name}\n"


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every public module of the package, with its code, in the order of their names."""
    for path in sorted(_PACKAGE.rglob("*.py")):
        parts = path.relative_to(_PACKAGE.parent).with_suffix("").parts
        if not any(part.startswith("_") and part != "__init__" for part in parts):
            name = ".".join(part for part in parts if part != "__init__")
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def rooms() -> str:
    """Every public module by room: what it is, and its public names (rst)."""
    found: dict[str, list[str]] = {}
    for name, tree in modules():
        room = ".".join(name.split(".")[:2])
        found.setdefault(room, []).append(_outline(name, tree))
    return "\n".join(
        f"{room}\n{'-' * len(room)}\n\n" + "\n".join(lines) for room, lines in found.items()
    )


def _outline(name: str, tree: ast.Module) -> str:
    """A module, its first sentence, and those of its public functions and classes."""
    names = [
        f"   * ``{node.name}``: {_summary(node)}"
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]
    return "\n".join([f"``{name}``", f"   {_summary(tree)}", "", *names, ""])


def _summary(node: ast.Module | ast.FunctionDef | ast.ClassDef) -> str:
    """First paragraph of a docstring, on one line."""
    said = ast.get_docstring(node) or ""
    return " ".join(said.partition("\n\n")[0].split())


class _Written(SphinxDirective):
    """A directive that writes reStructuredText of ours."""

    write = staticmethod(face)

    def run(self) -> list[nodes.Node]:
        """Parse what is written as if it stood in the page."""
        return self.parse_text_to_nodes(self.write(), allow_section_headings=True)


class Face(_Written):
    """The names to start from."""


class Rooms(_Written):
    """The modules, room by room."""

    write = staticmethod(rooms)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register both directives."""
    app.add_directive("face", Face)
    app.add_directive("rooms", Rooms)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

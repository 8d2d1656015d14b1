"""The notebooks as pages: copied beside their index, in the order of their names, never listed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import nbformat
from nbformat import NotebookNode
from sphinx.application import Sphinx

from docs._ext.markdown import table

_NOTEBOOKS: Final = Path(__file__).parents[2] / "notebooks"
_LINK: Final = re.compile(r"\[([^\]]+)\]\((?!https?:)([^)]+)\)")


def paths() -> list[Path]:
    """The notebooks of the repository, in order."""
    return sorted(_NOTEBOOKS.glob("*.ipynb"))


def outline() -> str:
    """Each notebook: its title, and the question it opens with."""
    return table(("Carnet", "Ce à quoi il répond"), map(_opening, paths()))


def _opening(path: Path) -> tuple[str, str]:
    """Title of a notebook, which leads to it, and its first paragraph."""
    first = nbformat.read(path, as_version=4).cells[0].source
    title, _, rest = first.partition("\n")
    paragraph = next((part for part in rest.split("\n\n") if part.strip()), "")
    return f"[{title.removeprefix('# ').strip()}]({path.name})", _LINK.sub(r"\1", paragraph)


def page(notebook: NotebookNode) -> NotebookNode:
    """Take away the links that lead out of the folder of notebooks: no page stands there."""
    known = {path.name for path in paths()}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = _LINK.sub(
                lambda link: link[0] if link[2].partition("#")[0] in known else link[1], cell.source
            )
    return notebook


def _copy(app: Sphinx) -> None:
    """Copy the notebooks where Sphinx looks for pages; those that are no more go."""
    folder = Path(app.srcdir) / "gallery"
    for former in folder.glob("*.ipynb"):
        if former.name not in {path.name for path in paths()}:
            former.unlink()
    for path in paths():
        text = nbformat.writes(page(nbformat.read(path, as_version=4)))
        copy = folder / path.name
        if not copy.is_file() or copy.read_text(encoding="utf-8") != text:
            copy.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Copy the notebooks before pages are looked for."""
    app.connect("builder-inited", _copy)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

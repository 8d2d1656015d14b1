"""Small notebooks, made where a test wants them."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook


def cells(*texts: str) -> list[nbformat.NotebookNode]:
    """Cells of these texts: prose where it begins with #, parameters where it holds one of ours."""
    made = []
    for text in texts:
        if text.startswith("#"):
            made.append(new_markdown_cell(text))
        else:
            tags = ["parameters"] if text.startswith("territory =") else []
            made.append(new_code_cell(text, metadata={"tags": tags}))
    return made


def write(path: Path, *texts: str) -> Path:
    """Write a notebook."""
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=cells(*texts)), path)
    return path

"""What runs notebooks and makes pages of them is an extra: who misses it is told what to type."""

from __future__ import annotations

import importlib.util
from typing import Any, Final

from cpts_geo.errors import NotebookError

_NEEDED: Final = ("nbformat", "nbconvert", "papermill", "ipykernel")


def check_extra() -> None:
    """Refuse to begin without the libraries of notebooks, before any work."""
    absent = [name for name in _NEEDED if not _is_there(name)]
    if absent:
        raise NotebookError(
            "Ce qui exécute les carnets n’est pas installé.",
            defects=[f"il manque {name}" for name in absent],
            remedy='installez-le : pip install "cpts-geo[notebooks]" ; ou, dans le dossier du '
            "projet, python3 run.py lab.",
        )


def _is_there(name: str) -> bool:
    """Whether a library can be imported; it is, later."""
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def read_notebook(text: str) -> Any:
    """Parse a notebook, in the present form whatever that of its file; ValueError where it is
    none."""
    # Only what runs notebooks waits for it.
    import nbformat  # noqa: PLC0415

    try:
        # An old notebook has cells without a name: the library adds them, and grumbles.
        found = nbformat.reads(text, as_version=4)
        return nbformat.v4.upgrade(found)
    except Exception as error:
        raise ValueError("no notebook") from error


def written_notebook(notebook: Any) -> str:
    """Give the text of a notebook, as Jupyter writes it."""
    import nbformat  # noqa: PLC0415

    return str(nbformat.writes(notebook)) + "\n"

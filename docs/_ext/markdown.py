"""Small pieces of Markdown, and the tables of words that stand beside the guide."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

GUIDE = Path(__file__).parents[1] / "guide"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table; a cell holds no line of its own."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def code(name: str) -> str:
    """Write a name as it is typed."""
    return f"`{name}`"


def records(name: str) -> list[dict[str, str]]:
    """Rows of a table of words of the guide (semicolons)."""
    with (GUIDE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")

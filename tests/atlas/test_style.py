"""Colours have one home: a palette is changed there, and nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from matplotlib.colors import CSS4_COLORS

from cpts_geo.atlas.look import style

ROOT = Path(__file__).resolve().parents[2]
HOME = Path(style.__file__)
PACKAGE = [
    path
    for path in sorted((ROOT / "cpts_geo").rglob("*"))
    if path.suffix in {".py", ".j2", ".js", ".css"} and path != HOME
]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
#: In figures, or a function of CSS.
WRITTEN = re.compile(r"(?<![&\w(])#(?:[0-9a-fA-F]{3,4}){1,2}\b|\b(?:rgb|hsl)a?\(")
#: By its name, after what gives a colour.
NAMED = re.compile(
    r"(?:colou?rs?|fill|stroke|background|border|outline|edge|face)\w*[\"']?\s*[=:(]\s*"
    r"(?:[\w.% ]+ )?[\"']?(?:" + "|".join(CSS4_COLORS) + r")\b",
    re.IGNORECASE,
)


def colours(text: str) -> list[str]:
    return WRITTEN.findall(text) + NAMED.findall(text)


@pytest.mark.parametrize("path", [*PACKAGE, *NOTEBOOKS], ids=lambda path: path.name)
def test_no_colour_is_written_outside_the_style(path: Path) -> None:
    assert colours(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        "a { color: #1c5d99; }",
        'fill="#fff"',
        "background: rgba(255, 255, 255, .94)",
        "edgecolor='red'",
        'stroke="white"',
        "border: 1px solid gray",
        "color=Orange",
    ],
)
def test_a_colour_is_seen_however_it_is_written(text: str) -> None:
    assert colours(text)


@pytest.mark.parametrize(
    "text",
    ['fill="url(#hatch)"', "var(--ink)", 'fill="none"', 'href="#acces"', "&#39;", "style.PAPER"],
)
def test_what_is_no_colour_is_left_alone(text: str) -> None:
    assert colours(text) == []

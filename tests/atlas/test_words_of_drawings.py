"""No two texts of a drawing touch, and none is cut, whatever the values, on a screen or a phone."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cpts_geo.atlas.charts.dots import dots_svg
from cpts_geo.atlas.charts.lines import Dot, Line, lines_svg
from cpts_geo.atlas.look import style
from cpts_geo.atlas.look.templating import template
from cpts_geo.atlas.sections.capacity._ladder import _ladder_svg, _Rung
from cpts_geo.capacity.need.interval import Interval

Open = Callable[..., Any]

#: Texts of a drawing that meet, or leave it: two units of the screen are forgiven.
TOUCHING = """() => [...document.querySelectorAll('svg')].flatMap((svg, rank) => {
  const edge = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll('text')].filter(t => t.textContent.trim())
    .map(t => [t.textContent.trim(), t.getBoundingClientRect()]);
  const out = texts.filter(([, r]) => r.left < edge.left - 2 || r.right > edge.right + 2
    || r.top < edge.top - 2 || r.bottom > edge.bottom + 2).map(([t]) => `${rank} cut: ${t}`);
  texts.forEach(([t, r], i) => texts.slice(i + 1).forEach(([u, q]) => {
    if (Math.min(r.right, q.right) - Math.max(r.left, q.left) > 1
        && Math.min(r.bottom, q.bottom) - Math.max(r.top, q.top) > 4)
      out.push(`${rank} touch: ${t} | ${u}`);
  }));
  return out;
})"""


def _dots() -> Iterator[str]:
    """Every order of today, floor and median, equal or not, on scales of one to four digits."""
    for low, high in ((0, 0), (1, 2), (8, 13), (30, 46), (90, 118), (200, 610), (900, 1450)):
        dots = [round(low + (high - low) * share / 19) for share in range(20)]
        places = (low, (low + high) // 2, high)
        for today, floor, median in itertools.product((None, *places, high + 2.6), (None, *places),
                                                      (None, *places)):  # fmt: skip
            yield dots_svg(dots, interval=(low, high), median=median, today=today, floor=floor,
                           assumed=False, title="t")  # fmt: skip


def _lines() -> Iterator[str]:
    """Lines that end together, at the bottom, in the middle and at the top."""
    for ends in itertools.product((0.0, 0.1, 2.0, 4.0), repeat=3):
        yield lines_svg(
            [
                Line(f"Communauté {rank}", [[Dot(2015, 4.0, "4,00"), Dot(2023, end, f"{end}")]],
                     style.INK)
                for rank, end in enumerate(ends)
            ],
            breaks=[],
            title="t",
        )  # fmt: skip


def _ladders() -> Iterator[str]:
    """Quantities of a hamlet and of the largest of territories."""
    for size in (1.0, 50.0, 3_000.0, 90_000.0):
        yield _ladder_svg(
            [
                _Rung("Besoin : demandes non programmées du territoire",
                      Interval(0.8 * size, size, 1.3 * size)),
                _Rung("sans réponse sur place", Interval(0.0, 0.0, 0.4 * size), inside=True),
                _Rung("Créneaux pour y répondre", Interval(1, 2, 3), bold=True),
            ],
            title="t",
        )  # fmt: skip


@pytest.mark.parametrize("width", [1366, 390])
@pytest.mark.parametrize("drawn", [_dots, _lines, _ladders])
def test_no_two_words_of_a_drawing_touch(
    open_offline: Open, drawn: Callable[[], Iterator[str]], width: int
) -> None:
    css = template("page.css").render()
    drawings = "".join(f"<div>{svg}</div>" for svg in drawn())
    page = f"<!doctype html><meta charset=utf-8><style>{css}</style><main>{drawings}</main>"
    opened = open_offline(page, viewport={"width": width, "height": 800})
    assert opened.page.evaluate("document.querySelectorAll('svg').length") > 3
    assert opened.page.evaluate(TOUCHING) == []
    opened.page.context.close()

"""Whether two reports say the same: tables, scenarios, and the text one reads on the pages.

``python -m tests.same_report BEFORE AFTER`` lists every difference, and exits with 1 if any.
Floats are compared to nine significant digits (sums may be reordered), all else exactly.
"""

from __future__ import annotations

import csv
import math
import re
import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from itertools import zip_longest
from pathlib import Path

SIGNIFICANT = 5e-10
#: What is compared, and how each file is read into lines of cells.
KINDS = ("tableaux/*.csv", "scenarios/*.toml", "*.html")
#: Said of a run, not of a territory.
OF_THE_RUN = re.compile(r"cpts_geo \d\S*|\d\d/\d\d/\d{4}")


class _Visible(HTMLParser):
    """Text of a page as it is read, whatever the tags, scripts and style sheets around it."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("script", "style")
        # What a reader hears, or reads on paper or under the pointer.
        self.texts += [
            text for name, text in attrs if name in ("alt", "aria-label", "title") if text
        ]

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._hidden and data.strip():
            self.texts.append(OF_THE_RUN.sub("…", " ".join(data.split())))


def _page(path: Path) -> list[list[str]]:
    page = _Visible()
    page.feed(path.read_text("utf-8"))
    return [[text] for text in page.texts]


def _table(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.reader(lines))


def _text(path: Path) -> list[list[str]]:
    return [[line] for line in path.read_text("utf-8").splitlines()]


READ: dict[str, Callable[[Path], list[list[str]]]] = {
    ".csv": _table,
    ".toml": _text,
    ".html": _page,
}


def same_cell(before: str, after: str) -> bool:
    """Tell whether two cells are the same, floats to nine significant digits."""
    if before == after:
        return True
    try:
        one, other = float(before), float(after)
    except ValueError:
        return False
    # Whole numbers are counts: a reordered sum changes none of them.
    if "." not in before + after and "e" not in before + after:
        return False
    return math.isclose(one, other, rel_tol=SIGNIFICANT, abs_tol=1e-15)


def differences(before: Path, after: Path) -> Iterator[str]:
    """Say each difference between two reports, a line each."""
    for kind in KINDS:
        names = sorted({p.relative_to(f) for f in (before, after) for p in f.glob(kind)})
        for name in names:
            if not (before / name).is_file() or not (after / name).is_file():
                yield f"{name}: only {'after' if (after / name).is_file() else 'before'}"
                continue
            read = READ[name.suffix]
            pairs = zip_longest(read(before / name), read(after / name), fillvalue=[])
            for line, (one, other) in enumerate(pairs, start=1):
                for cell, (x, y) in enumerate(zip_longest(one, other, fillvalue=""), start=1):
                    if not same_cell(x, y):
                        yield f"{name}, line {line}, cell {cell}: {x!r} -> {y!r}"


def main() -> int:
    """Compare the two folders named on the command line."""
    before, after = map(Path, sys.argv[1:3])
    compared = sum(1 for kind in KINDS for _ in before.glob(kind))
    found = list(differences(before, after))
    print(*found, sep="\n")
    print(f"{compared} files compared, {len(found)} differences")
    return 1 if found or not compared else 0


if __name__ == "__main__":
    sys.exit(main())

"""Lines of a file in a message, and what a cell looks like without saying what it says.

Messages never repeat a cell as written, which may be about a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from cpts_geo.french import number

#: Lines written in a message; the rest is counted.
_SHOWN: Final = 5


def said_lines(lines: Iterable[object]) -> str:
    """Count lines of a file, and name the first ones."""
    known = list(lines)
    first = ", ".join(map(str, known[:_SHOWN]))
    more = "…" if len(known) > _SHOWN else ""
    return f"{number(len(known))} ligne{'s' if len(known) > 1 else ''} ({first}{more})"


def form_of(text: str) -> str:
    """Digits as 9, letters as a: what a cell looks like, and not what it says."""
    form = re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", text))
    return short("".join(c if c.isprintable() else " " for c in form))


def short(text: str) -> str:
    """A text of forty characters at most."""
    return text if len(text) <= 40 else f"{text[:39]}…"

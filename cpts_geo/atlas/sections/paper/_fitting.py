"""What makes words fit a sheet of paper: cut where a reader sees it, never silently."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from markupsafe import Markup

from cpts_geo.atlas.look.cells import MARKS, MASK_LABEL, MASK_TEXTS, Cell
from cpts_geo.french import NNBSP, counted, number
from cpts_geo.schema import STATUS_LABELS, STATUS_MARKS, Status

#: Where the rest is.
ELSEWHERE = "voir l’annexe"


def shortened(text: str, most: int) -> str:
    """Cut a text between two words, with an ellipsis; a word longer than that anywhere."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    head = cut.rpartition(" ")[0] if len(cut.rpartition(" ")[0]) > most // 2 else cut
    return head.rstrip(" ,;:.·—(") + "…"


def fitting(texts: Sequence[str], letters: int) -> tuple[list[str], int]:
    """First texts that so many letters hold, the first at least; how many are left out."""
    kept: list[str] = []
    for text in texts:
        if kept and sum(map(len, kept)) + len(text) > letters:
            break
        kept.append(shortened(text, letters))
    return kept, len(texts) - len(kept)


def gp_time(hours: float) -> str:
    """Hours of GP, short; what is under an hour is not made one."""
    return f"moins de 1{NNBSP}h" if 0 < hours < 1 else f"{number(hours)}{NNBSP}h"


def paper_signs(cells: Iterable[Cell] = ()) -> list[tuple[str, str]]:
    """Signs of a page with their words: an announced figure is quoted; the mask where one is."""
    masked = any(each.status in MASK_TEXTS for each in cells)
    signs = [
        ("« »" if each is Status.ANNOUNCED else STATUS_MARKS[each], words)
        for each, words in STATUS_LABELS.items()
        if each is not Status.UNKNOWN
    ]
    return [*signs, (next(MARKS[mask] for mask in MASK_TEXTS), MASK_LABEL)] if masked else signs


def others(count: int, one: str = "autre", several: str = "autres") -> str:
    """Say how many were left out, and where they are; empty for none."""
    return f"… et {counted(count, one, several)} : {ELSEWHERE}" if count else ""


def css_text(text: str) -> Markup:
    """Write a text as a string of CSS: every sign but plain letters and figures is escaped."""
    written = re.sub(r"[^A-Za-z0-9]", lambda found: f"\\{ord(found[0]):x} ", text)
    return Markup('"{}"').format(Markup(written))

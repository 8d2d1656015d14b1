"""What the sheets said before they had a first screen is said still, in these words or in others.

``tests/data/former_sheets.tsv`` holds each text of the former sheets, its numbers replaced by #,
and what stands for it now where its words have changed: parts that are said apart are set apart
by « … », and may be said by the script of the page.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.kept import reported

FORMER = Path(__file__).resolve().parents[1] / "data" / "former_sheets.tsv"
ROWS = list(csv.DictReader(FORMER.open(encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE))
APART = " … "


def plain(text: str) -> str:
    """A text without its numbers and blanks."""
    text = re.sub("[\u202f\u00a0]", " ", text)
    return re.sub(r"\s+", "", re.sub(r"\d[\d ]*(?:,\d+)?", "#", text))


class Said(HTMLParser):
    """The texts of a page, scripts and drawings left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self._inside = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._inside += tag in ("script", "style", "svg")

    def handle_endtag(self, tag: str) -> None:
        self._inside -= tag in ("script", "style", "svg")

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.texts.append(data)


@cache
def said(territory: str) -> tuple[str, str]:
    """What a page says by itself, and all that stands in it."""
    page = (reported() / f"{territory}.html").read_text(encoding="utf-8")
    found = Said()
    found.feed(page)
    return plain("".join(found.texts)), plain(unescape(page))


def lost(rows: Iterable[dict[str, str]]) -> list[str]:
    """Texts that are said no more."""
    gone = []
    for row in rows:
        text, whole = said(row["territory"])
        parts = row["now"].split(APART) if row["now"] else []
        there = all(plain(x) in text or plain(x) in whole for x in parts) and bool(parts)
        there = there or plain(row["text"]) in text
        if not there:
            gone.append(f"{row['territory']}: {row['now'] or row['text']}")
    return gone


@pytest.mark.report
def test_what_was_said_is_said_still() -> None:
    assert len(ROWS) > 200
    assert lost(ROWS) == []


@pytest.mark.report
def test_a_loss_is_seen() -> None:
    row = {"territory": "lvo", "text": "Une phrase que nulle page ne dit.", "now": ""}
    assert lost([row, row | {"now": "Ni celle-ci … ni celle-là"}]) == [
        "lvo: Une phrase que nulle page ne dit.",
        "lvo: Ni celle-ci … ni celle-là",
    ]


def test_most_texts_kept_their_words() -> None:
    changed = [row for row in ROWS if row["now"]]
    assert all(row["text"] != row["now"] for row in changed)
    assert len(changed) < len(ROWS) / 2

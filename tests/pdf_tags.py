"""What Chromium writes of the structure of a PDF: its tags, and the pages that each stands on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Tag:
    """An element of the structure: what it is, what stands for it, its raw attributes."""

    kind: str
    instead: str
    raw: str
    own_pages: frozenset[int]
    children: tuple[Tag, ...]

    def all(self, *kinds: str) -> Iterator[Tag]:
        """Give it and what is in it, of these kinds or of any, in the order of reading."""
        if not kinds or self.kind in kinds:
            yield self
        for child in self.children:
            yield from child.all(*kinds)

    @property
    def pages(self) -> frozenset[int]:
        """Pages that hold a part of it, from 1."""
        return self.own_pages.union(*(child.pages for child in self.children))


def _text(written: bytes) -> str:
    """Read a text of PDF: in hexadecimal with its byte order mark, or in parentheses."""
    if written.startswith(b"<"):
        return bytes.fromhex(written.strip(b"<>").decode()).decode("utf-16")
    return written.strip(b"()").decode("latin-1")


def structure(content: bytes) -> Tag:
    """Read the tree of a PDF whose objects are not packed together."""
    objects = {
        int(number): body
        for number, body in re.findall(rb"^(\d+) 0 obj\n(.*?)\nendobj", content, re.S | re.M)
    }
    sheets = [number for number, body in objects.items() if re.search(rb"/Type /Page\b", body)]
    page_of = {number: rank for rank, number in enumerate(sorted(sheets), start=1)}

    def read(number: int) -> Tag:
        body = objects[number]
        kind = re.search(rb"/S /(\w+)", body)
        instead = re.search(rb"/Alt (<[0-9A-F]*>|\(.*?[^\\]\))", body, re.S)
        kids = re.search(rb"/K (\[.*?\]|\d+ 0 R)", body, re.S)
        inside = [int(each) for each in re.findall(rb"(\d+) 0 R", kids[1])] if kids else []
        return Tag(
            kind=kind[1].decode() if kind else "",
            instead=_text(instead[1]) if instead else "",
            raw=body.decode("latin-1"),
            own_pages=frozenset(page_of[int(n)] for n in re.findall(rb"/Pg (\d+) 0 R", body)),
            children=tuple(
                read(each) for each in inside if b"/StructElem" in objects.get(each, b"")
            ),
        )

    (root,) = re.findall(rb"/Type /StructTreeRoot\n/K (\d+) 0 R", content)
    return read(int(root))


def title(content: bytes) -> str:
    """Read the title of the document, as its properties say it."""
    found = re.search(rb"<</Title (<[0-9A-F]*>|\(.*?[^\\]\))\n/Creator", content, re.S)
    return _text(found[1]) if found else ""

"""HTML of a notebook made fit to be heard and followed: headings, images, tables, frames, links."""

from __future__ import annotations

import re
from collections.abc import Collection
from html import escape
from html.parser import HTMLParser
from typing import Final

from cpts_geo.french import typeset

_HEADING: Final = re.compile(r"h[1-6]")
#: What nbconvert says of an image without words.
_UNNAMED: Final = "No description has been provided for this image"
_ELSEWHERE: Final = re.compile(r"(?:[a-z][a-z0-9+.-]*:|#|//)", re.IGNORECASE)


class _Tidying(HTMLParser):
    """Copies HTML as it is, but for the tags that need an attribute or another rank."""

    def __init__(self, links: Collection[str]) -> None:
        """Nothing is read yet."""
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self.has_title = False
        self._links = links
        self._level = 0
        self._open: list[int] = []
        self._heading: list[str] = []
        self._under = ""
        self._count: dict[str, int] = {}
        self._head = False
        self._last = ""
        self._th = 0
        self._wrapped: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag, mended where it must be."""
        values = {name: value or "" for name, value in attrs}
        written = self.get_starttag_text() or ""
        if _HEADING.fullmatch(tag):
            # One title; then no level is left out on the way down.
            level = min(max(int(tag[1]), 2), self._level + 1) if self._level else 1
            self.has_title |= level == 1
            self._level = level
            self._open.append(level)
            self._heading = []
            written = f"<h{level}{written[3:]}"
        elif tag == "img":
            drawn = "data-output" in values and not values.get("alt")
            if drawn or values.get("alt", _UNNAMED) == _UNNAMED:
                written = _with(written, alt=self._named("Figure"))
        elif (tag == "section" or values.get("role") == "region") and (
            label := values.get("aria-label")
        ):
            # What is shown twice is told apart by ear too.
            self._count[label] = n = self._count.get(label, 0) + 1
            if n > 1:
                written = _with(written, **{"aria-label": f"{label} ({n})"})
        elif tag == "iframe" and not values.get("title"):
            written = _with(written, title=self._named("Carte"))
        elif tag == "table":
            # A wide table is moved with the keyboard too, once.
            own = "tabindex" not in self._last
            self._wrapped.append(own)
            if own:
                label = escape(self._named("Tableau"))
                frame = f'<div class="scroll" tabindex="0" role="group" aria-label="{label}">'
                self.parts.append(frame)
        elif tag in ("thead", "tbody"):
            self._head = tag == "thead"
        elif tag == "th":
            self._th = len(self.parts)
            if "scope" not in values:
                written = _with(written, scope="col" if self._head else "row")
        elif tag == "a" and not _ELSEWHERE.match(values.get("href", "#")):
            written = self._link(values["href"])
        self._last = written
        self.parts.append(written)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An empty tag is one that opens."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """The end of a tag, of the rank it was given."""
        if _HEADING.fullmatch(tag) and self._open:
            tag = f"h{self._open.pop()}"
            self._under = " ".join("".join(self._heading).split())
        if tag == "th" and not "".join(self.parts[self._th + 1 :]).strip():
            # A heading of nothing would be announced.
            tag, self.parts[self._th] = "td", "<td>"
        self.parts.append(f"</{tag}>")
        if tag == "table" and self._wrapped:
            self.parts.append("</div>" * self._wrapped.pop())
            self._head = False

    def handle_data(self, data: str) -> None:
        """Text, of a script or a style too."""
        self.parts.append(data)
        if self._open:
            self._heading.append(data)

    def handle_entityref(self, name: str) -> None:
        """A named character."""
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """A numbered character."""
        self.handle_data(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        """Nobody reads it."""

    def handle_decl(self, decl: str) -> None:
        """A page inside a page says again what it is: it does not count."""

    def _named(self, kind: str) -> str:
        """A drawing or a table by its number and where it stands."""
        self._count[kind] = n = self._count.get(kind, 0) + 1
        under = re.sub(r"&\w+;|&#\w+;", "’", self._under)
        return typeset(f"{kind} {n}" + (f" : {under}" if under else ""))

    def _link(self, target: str) -> str:
        """A link to a notebook leads to its page; where there is none, its words stay."""
        path, _, place = target.partition("#")
        name = path.rpartition("/")[2].removesuffix(".ipynb")
        if path.endswith(".ipynb") and name in self._links:
            return f'<a href="{escape(name)}.html{escape("#" + place) if place else ""}">'
        return "<a>"


def _with(tag: str, **added: str) -> str:
    """A tag with attributes; one that was there, empty, gives way."""
    for name, value in added.items():
        tag = re.sub(rf"\s{name}(=(\"[^\"]*\"|'[^']*'))?(?=[\s/>])", "", tag)
        at = re.match(r"<[^\s/>]+", tag)
        end = at.end() if at else 0
        tag = f'{tag[:end]} {name}="{escape(value)}"{tag[end:]}'
    return tag


def tidied(body: str, *, title: str, links: Collection[str]) -> str:
    """Mend the body of a page: one title, headings in order, what is seen named, links that lead
    somewhere."""
    tidying = _Tidying(links)
    # A notebook whose prose has no heading gets its title.
    if not re.search(r"<h[1-6]\b", body):
        body = f"<h1>{escape(title)}</h1>{body}"
    tidying.feed(body)
    tidying.close()
    return "".join(tidying.parts)

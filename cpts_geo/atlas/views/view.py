"""A result that shows itself: in a notebook as the page would, in a terminal as text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from html.parser import HTMLParser
from typing import Any, Final, NoReturn, Self

import pandas as pd

from cpts_geo.atlas.look.templating import rendered
from cpts_geo.errors import AskedError, PerimeterError, quoted
from cpts_geo.sources.catalogue.catalogue import Source

#: What a page needs and a notebook does not: scripts and words on what they do, anchors, what is
#: closed until asked for.
_SCRIPTS: Final = re.compile(
    r"<script\b.*?</script>|<div class=\"tools.*?</div>|<(span|a) class=\"paged.*?</\1>", re.DOTALL
)
_INNER_LINKS: Final = re.compile(r"<a href=\"(?!https?:)[^\"]*\">(.*?)</a>", re.DOTALL)
_FOLDS: Final = re.compile(r"<details class=\"fold\"[^>]*>")
#: Tags after which a text goes to the next line, and those that part its cells.
_LINES: Final = frozenset(
    {"p", "tr", "h2", "h3", "li", "div", "summary", "caption", "figcaption", "details", "table"}
)
_CELLS: Final = frozenset({"td", "th", "dt", "dd"})
_UNSAID: Final = frozenset({"style", "script", "svg"})


class UnknownKeyError(AskedError, PerimeterError, KeyError):
    """A key of a mapping is none of those there are."""

    # That of KeyError would write the message on one line, between quotes.
    __str__ = Exception.__str__


class _UnwrittenError(AskedError, TypeError):
    """What lives as long as its session is written to a file."""


class OfSession:
    """
    What lives as long as its session: not to be written to a file, and the same when copied.

    Examples
    --------
    >>> from copy import copy
    >>> kept = OfSession()
    >>> copy(kept) is kept
    True
    """

    def __reduce__(self) -> NoReturn:
        """Refuse to be written."""
        raise _UnwrittenError(
            f"Un objet {type(self).__name__} ne s’écrit pas dans un fichier (pickle) et ne passe "
            "pas d’un processus à un autre.",
            remedy="gardez plutôt ses tables (.table, .communes), ou écrivez .report() ou "
            ".export() ; refaites-le avec les mêmes arguments dans l’autre session.",
        )

    def __copy__(self) -> Self:
        """Give the same: nothing of it changes."""
        return self

    def __deepcopy__(self, memo: object) -> Self:
        """Give what a copy is."""
        return self.__copy__()


class View(OfSession, Mapping[str, "View"]):
    """
    A result that shows itself, and its parts by their key.

    Parameters
    ----------
    title : str
        What it is, in French.
    sections : sequence of str
        Templates of the sections that it shows, in order.
    shown : mapping or callable that gives one
        What these are given; asked for when the result is first shown.
    value : object, optional
        What was computed, to compute on; a table is handed out as a copy.
    table : DataFrame, optional
        The same as a tidy table, NaN unknown; empty where there is none; handed out as a copy.
    used : sequence of Source
        Sources of what is shown.
    parts : mapping of str to (str, callable), optional
        Parts that say more, by their key: French words, and what makes the part.

    Examples
    --------
    >>> View("Exemple", (), {}, value=3, parts={"more": ("le détail", lambda: View("Détail", ()))})
    Exemple
    Pour le détail : ["more"] le détail.
    """

    def __init__(
        self,
        title: str,
        sections: Sequence[str] = (),
        shown: Mapping[str, Any] | Callable[[], Mapping[str, Any]] = lambda: {},
        *,
        value: Any = None,
        table: pd.DataFrame | None = None,
        used: Sequence[Source] = (),
        parts: Mapping[str, tuple[str, Callable[[], View]]] | None = None,
    ) -> None:
        self.title = title
        self._value = value
        self._table = pd.DataFrame() if table is None else table
        self._sections, self._shown, self._used = sections, shown, used
        self._parts = dict(parts or {})
        self._made: dict[str, View] = {}

    @property
    def value(self) -> Any:
        """What was computed, to compute on."""
        # What an analyst changes in a table would change what is answered later.
        return self._value.copy() if isinstance(self._value, pd.DataFrame) else self._value

    @property
    def table(self) -> pd.DataFrame:
        """The same as a tidy table, NaN unknown; empty where there is none."""
        return self._table.copy()

    @property
    def parts(self) -> dict[str, str]:
        """What each part says more, in French, by its key."""
        return {key: words for key, (words, _) in self._parts.items()}

    @cached_property
    def html(self) -> str:
        """What a notebook shows: one element, that asks nothing of any network."""
        shown = self._shown() if callable(self._shown) else self._shown
        page = rendered(
            "view.html.j2",
            view_title=self.title,
            view_sections=self._sections,
            view_used=self._used,
            view_parts=self.parts,
            **shown,
        )
        page = _INNER_LINKS.sub(r"\1", _SCRIPTS.sub("", page))
        return _FOLDS.sub('<details class="fold" open>', page)

    def __getitem__(self, key: str) -> View:
        """Give a part, made when it is first asked for."""
        if key not in self:
            raise UnknownKeyError(
                f"« {self.title} » n’a pas de partie {quoted(str(key))}.",
                remedy=f"il y a : {', '.join(self._parts)}."
                if self._parts
                else "demandez-lui .value ou .table.",
            )
        if key not in self._made:
            self._made[key] = self._parts[key][1]()
        return self._made[key]

    def __iter__(self) -> Iterator[str]:
        """Give the keys of its parts."""
        return iter(self._parts)

    def __len__(self) -> int:
        """Count its parts."""
        return len(self._parts)

    def __contains__(self, key: object) -> bool:
        """Say whether it has a part, without making it."""
        return isinstance(key, str) and key in self._parts

    def __bool__(self) -> bool:
        """Without parts too, it is a result."""
        return True

    # Two results are the same where they are one: their parts are not made to compare them.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def _ipython_key_completions_(self) -> list[str]:
        """Keys that a notebook proposes between brackets."""
        return list(self._parts)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return self.html

    def __repr__(self) -> str:
        """What a terminal shows."""
        return text_of(self.html)


def section_parts(
    name: str,
    sections: Mapping[str, tuple[str, str, pd.DataFrame | None]],
    shown: Mapping[str, Any] | Callable[[], Mapping[str, Any]],
) -> dict[str, tuple[str, Callable[[], View]]]:
    """
    Make a part of each of some sections of a page.

    Parameters
    ----------
    name : str
        Name of the territory, or of what the parts are of.
    sections : mapping of str to (str, str, DataFrame)
        By the key of the part: French words, template of the section, table.
    shown : mapping or callable that gives one
        What the sections are given.

    Returns
    -------
    dict of str to (str, callable)
        Parts of a :class:`View`.
    """

    def part(words: str, section: str, table: pd.DataFrame | None) -> Callable[[], View]:
        return lambda: View(f"{name} : {words}", [section], shown, value=table, table=table)

    return {
        key: (words, part(words, section, table))
        for key, (words, section, table) in sections.items()
    }


def unknown_view(
    title: str,
    *why: str,
    value: Any = None,
    parts: Mapping[str, tuple[str, Callable[[], View]]] | None = None,
) -> View:
    """
    Show why something cannot be computed here.

    Parameters
    ----------
    title : str
        What it would be, in French.
    *why : str
        French sentences.
    value : object, optional
        The error that says so.
    parts : mapping of str to (str, callable), optional
        As those of :class:`View`.

    Returns
    -------
    View
        Its table is empty.

    Examples
    --------
    >>> unknown_view("Le téléphone", "Aucun appel n’est compté ici.")
    Le téléphone
    Aucun appel n’est compté ici.
    """
    return View(title, ["views/unknown.html.j2"], {"unknown": why}, value=value, parts=parts)


class _Text(HTMLParser):
    """Text of a page: a line a paragraph or a row, cells apart, drawings in their own words."""

    def __init__(self) -> None:
        """Read nothing yet."""
        super().__init__(convert_charrefs=True)
        self.lines: list[list[str]] = [[""]]
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line or a cell."""
        if tag in _UNSAID:
            self._silent += 1
            if words := dict(attrs).get("aria-label"):
                self.lines.append([words])
        elif tag in _LINES:
            self.lines.append([""])
        elif tag in _CELLS or tag == "small":
            self.lines[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        """End a line, or what is not said."""
        if tag in _UNSAID:
            self._silent -= 1
        if tag in _LINES:
            self.lines.append([""])

    def handle_data(self, data: str) -> None:
        """Add a text to the cell."""
        if not self._silent:
            self.lines[-1][-1] += data


def text_of(html: str) -> str:
    """
    Write what a page says as lines of text.

    Parameters
    ----------
    html : str
        One of ours.

    Returns
    -------
    str
        A line a paragraph or a row of a table.

    Examples
    --------
    >>> text_of("<p>Deux  mots</p><table><tr><th>a</th><td>1</td></tr></table>")
    'Deux mots\\na | 1'
    """
    parser = _Text()
    parser.feed(html)
    parser.close()
    rows = ([" ".join(cell.split()) for cell in line] for line in parser.lines)
    return "\n".join(text for row in rows if (text := " | ".join(filter(None, row))))

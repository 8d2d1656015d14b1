"""Text that others wrote, made fit to be shown: one line, nothing invisible, no longer than a name.

What is refused or quoted goes through :func:`cpts_geo.errors.one_line`, and a path through
:func:`shown_path`; the rest is for what is kept and shown: names of territories and files, titles,
whatever a terminal or a spreadsheet receives.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable
from typing import Final

#: Longer names are cut: no title, legend or row of a table has room for more.
MAX_NAME: Final = 200
#: A quoted path is cut at this many characters, by its start.
_MAX_PATH: Final = 120
#: Categories of what no one sees: controls, marks of direction, zero-width signs, halves of
#: characters, private ones, line and paragraph separators.
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
#: What a spreadsheet computes, when a cell begins so: full-width signs are signs to it too.
_FORMULA: Final = re.compile(r"[=@+\-＝＠＋－]")
#: A signed number alone is harmless.
_NUMBER: Final = re.compile(r"[+-][\d\s.,]*%?\s*")
#: Where a spreadsheet may begin a cell: it splits where another separator stands too.
_CELL: Final = re.compile(r"([;\t\r\n])")
_OPTION: Final = re.compile(r"(?<![\w-])--[a-z]")
#: What to type, between brackets, at the end of what is to be known.
_ADVICE: Final = re.compile(r" \([^()]*(?<![\w-])--[a-z][^()]*\)")


class Reading(str):
    """
    A French sentence on how an analyst's file was read: for who gave it, not for a page.

    Examples
    --------
    >>> Reading("Colonnes séparées par : virgule.")
    'Colonnes séparées par : virgule.'
    """

    __slots__ = ()


def for_readers(notes: Iterable[str]) -> list[str]:
    """
    Keep the notes that a page says to people who run nothing.

    Parameters
    ----------
    notes : iterable of str
        French sentences.

    Returns
    -------
    list of str
        Those that tell neither how a file was read nor what an option does; of the others, what is
        to be typed between brackets is left out.

    Examples
    --------
    >>> for_readers([Reading("Colonnes séparées par : virgule."), "Prenez --only.", "Vu de loin."])
    ['Vu de loin.']
    >>> for_readers(["Cette part n’est pas comptée (--share-of dit ses âges)."])
    ['Cette part n’est pas comptée.']
    """
    said = (_ADVICE.sub("", each) for each in notes if not isinstance(each, Reading))
    return [each for each in said if not _OPTION.search(each)]


def is_invisible(character: str) -> bool:
    """
    Tell whether a character shows nothing, or changes how others show.

    Parameters
    ----------
    character : str
        One character.

    Returns
    -------
    bool
        By its category in Unicode.

    Examples
    --------
    >>> [is_invisible(character) for character in ("\\x1b", "\\u202e", "é", "\\u202f")]
    [True, True, False, False]
    """
    return unicodedata.category(character) in _INVISIBLE


def _escaped(text: str) -> str:
    """The text, spaces of every width kept, what shows nothing written as its code, as Python does.

    >>> print(_escaped("Saint-\\nAy\\u202e 10\\u202f000"))
    Saint-\\nAy\\u202e 10\u202f000
    """
    return "".join(c.encode("unicode_escape").decode() if is_invisible(c) else c for c in text)


def shown_path(path: str | os.PathLike[str]) -> str:
    """
    Write a path so that it can be quoted in a message of one line.

    Parameters
    ----------
    path : str or path-like
        Any path.

    Returns
    -------
    str
        What is invisible escaped; a long one without its start, so that the name of the file stays.

    Examples
    --------
    >>> shown_path("résultats/a.csv"), shown_path("/".join(["dossier"] * 40 + ["a.csv"]))[:10]
    ('résultats/a.csv', '…/dossier/')
    """
    text = _escaped(os.fspath(path))
    if len(text) <= _MAX_PATH:
        return text
    end = text[1 - _MAX_PATH :]
    cut = re.search(r"[/\\\\]", end)
    return f"…{end[cut.start() :] if cut else end}"


def shown_name(text: str, *, most: int = MAX_NAME) -> str:
    """
    Make a name fit to be shown.

    Parameters
    ----------
    text : str
        A name from a file, a file's own name or an argument.
    most : int
        Characters kept.

    Returns
    -------
    str
        On one line, without what is invisible, each byte that was no text as ``\\ufffd``, an
        ellipsis where it was cut; empty when nothing of it can be seen.

    Examples
    --------
    >>> shown_name("CPTS\\n du\\u202e Val"), len(shown_name("a" * 10_000))
    ('CPTS du Val', 200)
    """
    name = " ".join("".join(map(_seen, decodable(text))).split())
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"


def decodable(text: str) -> str:
    """
    Make a text that the system could not decode fit for any file.

    Parameters
    ----------
    text : str
        A file's name or an argument; bytes that are no UTF-8 arrive as lone surrogates.

    Returns
    -------
    str
        The same text, each undecodable byte as ``\\ufffd``.

    Examples
    --------
    >>> import os
    >>> decodable(os.fsdecode(b"liste_\\xe9")) == "liste_\N{REPLACEMENT CHARACTER}"
    True
    """
    return "".join("\ufffd" if unicodedata.category(c) == "Cs" else c for c in text)


def _seen(character: str) -> str:
    """The character, or what stands for it: a space for a control or a separator, else nothing."""
    instead = {"Cc": " ", "Zl": " ", "Zp": " "}
    return instead.get(
        unicodedata.category(character), "" if is_invisible(character) else character
    )


def visible(text: str) -> str:
    """
    Show what is invisible in a text, its lines and tabulations apart.

    Parameters
    ----------
    text : str
        Any text, such as what a terminal receives.

    Returns
    -------
    str
        The same, each character that shows nothing, or could command a terminal, as ``\\ufffd``.

    Examples
    --------
    >>> visible("a\\tb\\n\\x1b[2J") == "a\\tb\\n\\ufffd[2J"
    True
    """
    return "".join("\ufffd" if is_invisible(c) and c not in "\n\t" else c for c in text)


def for_spreadsheet(text: str) -> str:
    """
    Write a text that a spreadsheet reads as a text, whichever separator it takes.

    Parameters
    ----------
    text : str
        Text of a cell.

    Returns
    -------
    str
        An apostrophe before what would be computed, at the start, after ``;``, a tabulation or a
        line break; a signed number alone stays as it is.

    Examples
    --------
    >>> for_spreadsheet("=1+1"), for_spreadsheet("Dry;@A1"), for_spreadsheet("-3,5")
    ("'=1+1", "Dry;'@A1", '-3,5')
    """
    if _NUMBER.fullmatch(text):
        return text
    return "".join(map(_as_text, _CELL.split(text)))


def _as_text(piece: str) -> str:
    """A piece of a cell, after an apostrophe where it would be computed."""
    start = next((i for i, c in enumerate(piece) if not (c.isspace() or is_invisible(c))), None)
    return f"'{piece}" if start is not None and _FORMULA.match(piece, start) else piece

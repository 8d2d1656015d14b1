"""Text of files: bytes in the encodings that are met, headers that drift, cells of a line."""

from __future__ import annotations

import csv
import re
import unicodedata
from typing import Literal, NamedTuple


class Decoded(NamedTuple):
    """
    Text of a file.

    Parameters
    ----------
    text : str
        Without a mark of byte order.
    utf8_lines : int, optional
        None where all is UTF-8; else how many lines are, besides those of plain letters.
    """

    text: str
    utf8_lines: int | None = None


def decoded(data: bytes, *, errors: Literal["replace", "strict"] = "replace") -> Decoded:
    """
    Text in UTF-8, in Windows' Western code page, or in both from line to line.

    Parameters
    ----------
    data : bytes
        Whole content, or whole lines of it.
    errors : {"replace", "strict"}
        What becomes of the five bytes that mean nothing in either: shown as such, or refused.

    Returns
    -------
    Decoded
        The text, and how it was written.

    Raises
    ------
    UnicodeDecodeError
        Such a byte, where `errors` is strict.

    Examples
    --------
    >>> decoded("é\\n".encode() + "è".encode("cp1252"))
    Decoded(text='é\\nè', utf8_lines=1)
    """
    try:
        return Decoded(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        lines, in_utf8 = [], 0
    for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
        try:
            lines.append(line.decode("utf-8"))
            in_utf8 += not line.isascii()
        except UnicodeDecodeError:
            lines.append(line.decode("cp1252", errors=errors))
    return Decoded("\n".join(lines), in_utf8)


def plain(text: object) -> str:
    """
    Text of a header reduced to what does not drift: no accent, no case, single spaces.

    Parameters
    ----------
    text : object
        A cell.

    Returns
    -------
    str
        Lower-case ASCII letters, digits and punctuation, apostrophes straight.

    Examples
    --------
    >>> plain(" APL  aux médecins généralistes\\n")
    'apl aux medecins generalistes'
    """
    folded = unicodedata.normalize("NFKD", str(text).replace("’", "'").replace("\ufeff", ""))
    kept = "".join(c for c in folded if not unicodedata.combining(c))
    return re.sub(r"\s+", " ", kept).strip().lower()


def cells(line: str, separator: str) -> list[str]:
    """
    Cells of one line, quotes removed.

    Parameters
    ----------
    line : str
        A line without its end.
    separator : str
        What stands between cells.

    Returns
    -------
    list of str
        Stripped texts; none of a line too long to be one of a table.

    Examples
    --------
    >>> cells('"a;b"; c', ";")
    ['a;b', 'c']
    """
    try:
        row = next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return []
    return [cell.strip() for cell in row]

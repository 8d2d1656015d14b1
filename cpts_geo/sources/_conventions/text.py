"""Text of files: bytes in the encodings that are met, headers that drift, cells of a line."""

from __future__ import annotations

import csv
import re
import unicodedata
from typing import Literal, NamedTuple


class _Decoded(NamedTuple):
    """Text without byte order mark; None where all is UTF-8, else how many lines are, besides those
    of plain letters."""

    text: str
    utf8_lines: int | None = None


def decoded(data: bytes, *, errors: Literal["replace", "strict"] = "replace") -> _Decoded:
    """Decode UTF-8, Windows-1252, or both from line to line; the five bytes that mean nothing in
    either are shown as such, or a UnicodeDecodeError where `errors` is strict."""
    try:
        return _Decoded(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        lines, in_utf8 = [], 0
    for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
        try:
            lines.append(line.decode("utf-8"))
            in_utf8 += not line.isascii()
        except UnicodeDecodeError:
            lines.append(line.decode("cp1252", errors=errors))
    return _Decoded("\n".join(lines), in_utf8)


def plain(text: object) -> str:
    """Reduce the text of a header to what does not drift: no accent, no case, single spaces,
    straight apostrophes."""
    folded = unicodedata.normalize("NFKD", str(text).replace("’", "'").replace("\ufeff", ""))
    kept = "".join(c for c in folded if not unicodedata.combining(c))
    return re.sub(r"\s+", " ", kept).strip().lower()


def cells(line: str, separator: str) -> list[str]:
    """Cells of one line, stripped and without quotes; none of a line too long for a table."""
    try:
        row = next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return []
    return [cell.strip() for cell in row]

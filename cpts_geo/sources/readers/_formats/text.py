"""Text of the producers' files: encodings that are mixed, headers that drift, separators."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from cpts_geo.errors import alike, quoted
from cpts_geo.sources._bounds.limits import LIMITS, said
from cpts_geo.sources._conventions.archives import open_content, whole
from cpts_geo.sources._conventions.rows import split_rows
from cpts_geo.sources._conventions.text import cells, decoded, plain
from cpts_geo.sources.readers._formats.base import find_columns, unexpected

#: Title lines that producers write above the header are never more than this.
_MAX_TITLES: Final = 20
_SEPARATORS: Final = (";", ",", "|", "\t")


def read_csv_text(
    path: Path,
    *,
    inner: str | None = None,
    patterns: Mapping[str, str],
    optional: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Read the wanted columns of a delimited file as stripped text (empty for nothing), below the
    first line of the first twenty that has them all for one separator; an optional column that is
    not there is left out."""
    names, separator, body = _opened(path, inner, patterns)
    places = find_columns(names, patterns, path, optional=optional)
    wrong: list[str] = []

    def refuse(row: arrow_csv.InvalidRow) -> bool:
        wrong.append(row.text)
        return True

    try:
        table, lost = split_rows(
            body,
            separator,
            width=len(names),
            columns=places,
            refuse=refuse,
            newlines_in_cells=True,
        )
    except pa.ArrowInvalid as error:
        said = "lignes illisibles" if body.strip() else "aucune ligne sous l’en-tête"
        raise unexpected(path, [said]) from error
    if wrong:
        # A line cut short, or a name with a separator in it: cells under the wrong header.
        kind = "ligne d’une autre largeur"
        lines = (f"{kind} : {quoted(line)}" for line in wrong)
        width = f"en-tête de {len(names)} colonnes"
        raise unexpected(path, [width, *alike(lines, kind, total=len(wrong))])
    if lost:
        raise unexpected(path, [f"guillemet non fermé : {lost} lignes dans une cellule"])
    return table


def header_cells(
    path: Path,
    *,
    inner: str | None = None,
    patterns: Mapping[str, str],
) -> list[str]:
    """Cells of the header that :func:`read_csv_text` would use, of all its columns."""
    return _opened(path, inner, patterns)[0]


def _opened(
    path: Path, inner: str | None, patterns: Mapping[str, str]
) -> tuple[list[str], str, str]:
    """Header cells, separator, and the text below the header."""
    with open_content(path, inner) as stream:
        text = decoded(whole(stream, path)).text
    start = 0
    for _ in range(_MAX_TITLES):
        end = text.find("\n", start)
        line = text[start : end if end >= 0 else len(text)].rstrip("\r")
        if len(line) > LIMITS["header_text"]:
            raise unexpected(path, [said("header_text")])
        for separator in _SEPARATORS:
            names = cells(line, separator)
            texts = [plain(name) for name in names]
            if all(any(re.fullmatch(p, shown) for shown in texts) for p in patterns.values()):
                return names, separator, text[end + 1 :] if end >= 0 else ""
        if end < 0:
            break
        start = end + 1
    first = text[: LIMITS["header_text"]].lstrip().partition("\n")[0]
    likely = max(_SEPARATORS, key=first.count)
    find_columns(cells(first, likely), patterns, path)  # says which columns are missing
    raise unexpected(path, ["aucune ligne d’en-tête parmi les premières lignes"])

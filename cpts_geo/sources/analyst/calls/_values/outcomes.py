"""Outcomes of a log: known wordings, those that the analyst explains, and those to ask about."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

import pandas as pd

from cpts_geo.asked import typed_path
from cpts_geo.errors import AskedError, TableError, one_line, quoted
from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.analyst._tables.text import SEPARATORS, rows_of, text_of
from cpts_geo.sources.analyst.calls._columns import UNKNOWN, key
from cpts_geo.sources.analyst.calls._values._lines import said_lines, short
from cpts_geo.sources.analyst.calls._wordings import WORDINGS, is_common_wording, outcome_of
from cpts_geo.sources.analyst.calls._words import is_common_name, words
from cpts_geo.sources.door import Door, read_bytes

_WORDINGS_FILE: Final = Door(
    key="call_log",
    error=TableError,
    suffixes=frozenset({".csv", ".txt"}),
    formats=".csv",
    save_as="enregistrez le sens de vos issues en « CSV UTF-8 » (.csv).",
    empty=lambda path: TableError(
        f"{one_line(path.name)} est vide.",
        remedy="donnez un CSV de deux colonnes, « valeur » et « sens ».",
    ),
)
#: Unknown wordings that a log may have, at most, for each to be looked at closely.
_MANY: Final = 1_000
#: Share of known outcomes that makes a column one of outcomes.
_MOST: Final = 0.8
#: Likeness of a wording to a known one, from which it is a slip of the hand and may be quoted.
_SLIP: Final = 0.8


class Outcomes(NamedTuple):
    """Outcome of each row (missing where nothing is known), French defects, rows by unknown wording
    that names nobody, rows of those that are not repeated."""

    read: pd.Series
    defects: list[str]
    unknown: dict[str, int]
    hidden: int


def outcomes(texts: pd.Series, *, own: Mapping[str, str] | None = None) -> Outcomes:
    """Read the outcomes of a log; `own`: outcome by wording of the analyst's, which comes first."""
    explained = {key(text): outcome for text, outcome in (own or {}).items()}
    known = {text: explained.get(key(text)) or outcome_of(text) for text in texts.unique()}
    found = pd.Categorical(texts.map(known), categories=list(WORDINGS))
    defects: list[str] = []
    hidden: list[str] = []
    met: dict[str, int] = {}
    names = {key(wording): wording for each in WORDINGS.values() for wording in each}
    asked = [text for text, outcome in known.items() if not outcome and key(text) not in UNKNOWN]
    there = texts.index.to_series().groupby(texts.to_numpy()).agg(list)
    for text in asked:
        lines = there[text]
        # So many wordings are no slips of the hand.
        close = (
            difflib.get_close_matches(key(text), names, n=1, cutoff=_SLIP)
            if len(asked) <= _MANY
            else []
        )
        # A word more than the wording may be somebody: « vu E. », « rendez-vous pris M. X ».
        slip = bool(close) and not is_common_name(text) and not _says_more(text, names[close[0]])
        if not slip and not is_common_wording(text):
            hidden += lines
            continue
        met[text] = len(lines)
        nearest = f", la plus proche est « {names[close[0]]} »" if slip else ""
        defects.append(f"{said_lines(lines)} : issue {quoted(short(text))} inconnue{nearest}")
    if hidden:
        defects.append(
            f"{said_lines(_in_order(texts.index, hidden))} : issues inconnues, qui ne sont pas "
            "répétées ici (ce peut être une personne)"
        )
    if defects:
        said = " ; ".join(", ".join(wordings) for wordings in WORDINGS.values())
        defects.append(f"issues connues : {said}")
    return Outcomes(pd.Series(found, index=texts.index), defects, met, len(hidden))


def read_wordings(path: Path) -> dict[str, str]:
    """Meanings of a file, by wording; rows without one are passed over."""
    path = typed_path(path)
    text, _ = text_of(path, read_bytes(path, _WORDINGS_FILE), door=_WORDINGS_FILE)
    for separator in SEPARATORS:
        (_, first), *rows = rows_of(path, text, separator, door=_WORDINGS_FILE) or [(0, ())]
        header = list(map(plain, first))
        if {"valeur", "sens"} <= {*header}:
            value, meaning = header.index("valeur"), header.index("sens")
            full = [cells for _, cells in rows if len(cells) > max(value, meaning)]
            return {cells[value]: cells[meaning] for cells in full if cells[meaning]}
    raise AskedError(
        f"{one_line(path.name)} ne dit pas le sens des issues.",
        defects=["il faut deux colonnes, « valeur » et « sens »"],
        remedy="complétez le fichier « issues.csv » que l’outil a écrit, ou faites-en un pareil.",
    )


def known_wordings(own: Mapping[str, str]) -> dict[str, str]:
    """Outcome of each wording of the analyst's; a refusal of the outcomes that do not exist."""
    read = {text: outcome_of(meant) for text, meant in own.items()}
    if wrong := [text for text, outcome in read.items() if outcome is None]:
        raise AskedError(
            "Des issues données n’existent pas.",
            defects=[f"{quoted(text)} = {quoted(own[text])}" for text in wrong],
            remedy="à droite du signe =, écrivez l’une de celles-ci : "
            + ", ".join(f"{key} ({wordings[0]})" for key, wordings in WORDINGS.items())
            + ".",
        )
    return {text: outcome for text, outcome in read.items() if outcome}


def are_outcomes(texts: pd.Series) -> bool:
    """Tell whether a column says how calls ended, in two ways at least."""
    counts = texts[texts != ""].value_counts()
    known = counts.index.map(outcome_of)
    return known.nunique() > 1 and bool(counts[known.notna()].sum() >= _MOST * counts.sum())


def _in_order(index: pd.Index, lines: list[str]) -> list[str]:
    """Lines in the order of the file."""
    return list(index[index.isin(lines)])


def _says_more(text: str, wording: str) -> bool:
    """Whether a text has more words than a wording, or digits where it has none."""
    more = len(words(text)) > len(words(wording))
    return more or any(c.isdigit() for c in text) > any(c.isdigit() for c in wording)

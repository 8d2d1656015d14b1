"""Numbers of people that only a whole column tells from tickets: NIR, phones, records.

What a column of few values does not prove is told to the analyst, who judges.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import pandas as pd

from cpts_geo.sources.analyst.calls.births import CODED, are_days
from cpts_geo.sources.analyst.calls.forms import kind_of
from cpts_geo.sources.analyst.calls.shapes import (
    LIKELY,
    MANY,
    PROOF,
    SHARE,
    is_counter,
    known,
    matched,
)

_STUB: Final = re.compile(r"[12]\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[1-8]\d|9[0-578]|2[ABab])(?:\d{3})?")
_RECORD: Final = re.compile(r"[A-Za-z]{0,4}[-_ ]?\d{6,}|(?=[^\d]*\d)[0-9A-Za-z-]{8,}")
_WHOLE_DAY: Final = 8
_CLOCK: Final = r"(?:[01]\d|2[0-3])[0-5]\d[0-5]\d"
# Share of different values, and of those that come back, in a column that follows callers.
_DISTINCT: Final = 0.2
_BACK: Final = 0.05


def stubs(texts: pd.Series) -> int:
    """
    Count the rows of a column of beginnings of NIR: sex, year, month, département.

    Parameters
    ----------
    texts : Series of str
        Cells that say something, in the order of the file.

    Returns
    -------
    int
        0 where the column may be of tickets.

    Examples
    --------
    >>> stubs(pd.Series(["1510345", "2880745", "262092A"])), stubs(pd.Series(["1510345"]))
    (3, 0)
    """
    bare = texts.str.replace(r"[ .\-/_]", "", regex=True)
    parts = matched(bare, _STUB)
    if parts is None or bare.nunique() < PROOF or is_counter(bare):
        return 0
    years = bare[parts.index].str[1:3].astype(int)
    return len(parts) if years.nunique() >= PROOF else 0


def records(texts: pd.Series) -> int:
    """
    Count the rows of a column of long identifiers that come back: those of callers.

    Parameters
    ----------
    texts : Series of str
        Cells that say something, in the order of the file.

    Returns
    -------
    int
        0 for numbers of calls (each its own, or counted) and for few identifiers (of sites).

    Examples
    --------
    >>> ids = [f"80{(i * 7919) % 100_000:05}" for i in range(30)]
    >>> records(pd.Series(ids + ids)), records(pd.Series(ids))
    (60, 0)
    """
    distinct = texts.nunique()
    if distinct < max(MANY, _DISTINCT * len(texts)) or distinct == len(texts):
        return 0
    # Rows of one call follow one another; those of one caller do not.
    runs = int((texts != texts.shift()).sum())
    if runs - distinct < max(PROOF, _BACK * distinct):
        return 0
    values = pd.Series(texts.unique())
    if values.map(lambda text: _RECORD.fullmatch(text) is not None).mean() < SHARE:
        return 0
    if values.str.fullmatch(_CLOCK).mean() >= SHARE or is_counter(values):
        return 0
    digits = values.str.replace(r"\D", "", regex=True)
    # A day, alone or before the number of the call.
    if are_days(digits) or (digits.str.len().min() > _WHOLE_DAY and are_days(digits.str[:8])):
        return 0
    return len(texts)


def split_phones(cells: pd.DataFrame, free: Sequence[int]) -> dict[int, int]:
    """
    Find phones that are written over neighbouring columns.

    Parameters
    ----------
    cells : DataFrame
        The log as text; not modified.
    free : sequence of int
        Columns that have no role.

    Returns
    -------
    dict of int to int
        Column -> rows; every column that holds a part.

    Examples
    --------
    >>> split_phones(pd.DataFrame({0: ["06 12"], 1: ["34 56 78"]}), [0, 1])
    {0: 1, 1: 1}
    """
    parts = {
        place: texts
        for place in free
        if len(texts := known(cells[place]))
        and texts.head(MANY).str.fullmatch(r"[\d\s.\-/()+]{1,12}").mean() >= LIKELY
    }
    found: dict[int, int] = {}
    for first, texts in parts.items():
        if texts.head(MANY).str.match(r"[0+(]|[1-9]\d?[ .-]").mean() < LIKELY:
            continue
        span = [first]
        while span[-1] + 1 in parts and len(span) < 5:
            span.append(span[-1] + 1)
            if rows := _phones_over([parts[place] for place in span]):
                found |= dict.fromkeys(span, rows)
                break
    return found


def _phones_over(parts: Sequence[pd.Series]) -> int:
    """Rows whose cells make a phone, put end to end."""
    rows = parts[0].index
    for part in parts[1:]:
        rows = rows.intersection(part.index)
    if len(rows) < max(1, SHARE * max(len(part) for part in parts)):
        return 0
    joined = parts[0][rows]
    for part in parts[1:]:
        joined = joined + " " + part[rows]
    unique = joined.unique()
    paired = joined.str.fullmatch(r"(?:\+33 |0033 )?\(?0?\)?\s?[1-9](?:[ .\-/]\d\d){4}")
    # Two digits and two digits in one cell: no count is written so.
    if (parts[0][rows].str.contains(r"\d[ .\-/]\d", regex=True) & paired).mean() >= SHARE:
        return len(rows)
    bare = joined.str.replace(r"[\s.\-/()]", "", regex=True)
    phones = bare.str.fullmatch(r"(?:0|(?:\+|00)33)[1-9]\d{8}")
    if len(unique) < PROOF or phones.mean() < SHARE:
        return 0
    clock = parts[0][rows].str.fullmatch(r"(?:[01]\d|2[0-3])[0-5]\d|\d{1,2}").all()
    if clock and len(parts) < 5:  # an hour, then the number of a ticket or a duration
        return 0
    return 0 if any(is_counter(part[rows]) for part in parts[1:]) else len(rows)


def doubt(texts: pd.Series) -> str | None:
    """
    Say why a column that was not read may lead to somebody, where nothing proves it.

    Parameters
    ----------
    texts : Series of str
        Cells that say something, in the order of the file.

    Returns
    -------
    str or None
        French words; None where nothing of its numbers is suspect.

    Examples
    --------
    >>> doubt(pd.Series(["120351"])), doubt(pd.Series(["web", "web"]))
    ('peut-être une date de naissance', None)
    """
    distinct = texts.nunique()
    if 0 < distinct < PROOF:
        few = pd.Series(texts.unique())
        for what, form in (
            ("une date de naissance", _birth_like),
            ("un nom ou des initiales avec une date de naissance", _coded_like),
            ("un numéro de sécurité sociale", lambda text: bool(_STUB.fullmatch(text))),
        ):
            if few.map(form).any():
                return f"peut-être {what}"
    if distinct >= MANY and distinct >= SHARE * len(texts):
        sample = pd.Series(texts.unique()[:1000])
        if sample.map(lambda text: _RECORD.fullmatch(text) is not None).mean() >= SHARE:
            return "un numéro par appel, qui peut mener à une personne"
    return None


def _birth_like(text: str) -> bool:
    return kind_of(f"x y {text}") is not None if text.isdecimal() and len(text) in {6, 8} else False


def _coded_like(text: str) -> bool:
    match = CODED.fullmatch(text)
    return bool(match) and _birth_like(match["b"] or match["d"])  # type: ignore[index]

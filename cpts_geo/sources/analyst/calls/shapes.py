"""Columns of a call log as a whole: what they say, whether of one form, whether they count."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.sources.analyst.calls.columns import UNKNOWN, key

#: Different values that prove what a column is; fewer are told to the analyst.
PROOF: Final = 3
#: Share of the cells that must have a form for the column to have it.
SHARE: Final = 0.9
#: Share of the first cells below which the others are not looked at.
LIKELY: Final = 0.5
#: Values that are many; as many first cells are looked at before all of them.
MANY: Final = 20
#: Numbers that follow one another by no more than this are counted, not drawn from lives.
_STEP: Final = 1_000
_HAS_DIGIT: Final = re.compile(r"\d")


def known(texts: pd.Series) -> pd.Series:
    """
    Keep the cells that say something.

    Parameters
    ----------
    texts : Series of str
        A column, in the order of the file.

    Returns
    -------
    Series of str
        Without empty cells, nor those that say that nothing is known.

    Examples
    --------
    >>> known(pd.Series(["120351", "", "NR"])).tolist()
    ['120351']
    """
    texts = texts[texts != ""]
    words = (text for text in texts.unique() if len(text) <= 20 and not _HAS_DIGIT.search(text))
    short = {text for text in words if key(text) in UNKNOWN}
    return texts[~texts.isin(short)] if short else texts


def matched(texts: pd.Series, form: re.Pattern[str]) -> pd.DataFrame | None:
    """
    Give the parts of the cells of a form, where nearly all have it.

    Parameters
    ----------
    texts : Series of str
        Cells that say something, in the order of the file.
    form : Pattern
        With named groups.

    Returns
    -------
    DataFrame or None
        A column a group, on the rows that have the form; None where too few do.

    Examples
    --------
    >>> matched(pd.Series(["A12", "B7"]), re.compile("(?P<letter>[A-Z])(?P<rest>.*)"))
      letter rest
    0      A   12
    1      B    7
    """
    if not len(texts) or texts.head(MANY).str.fullmatch(form.pattern).mean() < LIKELY:
        return None
    matches = texts.map({text: form.fullmatch(text) for text in texts.unique()}).dropna()
    if len(matches) < SHARE * len(texts):
        return None
    return pd.DataFrame([match.groupdict() for match in matches], index=matches.index)


def is_counter(texts: pd.Series) -> bool:
    """
    Tell whether numbers follow one another, in small steps.

    Parameters
    ----------
    texts : Series of str
        Cells, in the order of the file; digits alone count.

    Returns
    -------
    bool
        True for tickets and calls, numbered as they come.

    Examples
    --------
    >>> is_counter(pd.Series(["T1", "T2", "T4"])), is_counter(pd.Series(["9", "1", "5"]))
    (True, False)
    """
    digits = texts.str.replace(r"\D", "", regex=True).str[-15:]
    numbers = pd.to_numeric(digits, errors="coerce").dropna().to_numpy()
    steps = np.diff(numbers)
    steps = steps[steps != 0]
    if not len(steps):
        return False
    one_way = max((steps > 0).mean(), (steps < 0).mean()) >= SHARE
    return bool(one_way and np.median(np.abs(steps)) <= _STEP)

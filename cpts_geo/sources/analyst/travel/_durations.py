"""Times written as durations: hours, minutes and maybe seconds, which leave no unit to ask for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import pandas as pd

#: « 00:06 », « 0:06:30 », « 1h05 ».
_DURATION: Final = re.compile(r"(\d{1,2})\s?[:hH]\s?([0-5]\d)(?:\s?:\s?([0-5]\d))?", re.ASCII)


def has_durations(columns: Iterable[pd.Series]) -> bool:
    """Tell whether a cell of some columns is a duration."""
    texts = (
        column.cat.categories if isinstance(column.dtype, pd.CategoricalDtype) else column
        for column in columns
    )
    return any(
        bool(each.str.strip().str.fullmatch(_DURATION, na=False).any())
        for each in texts
        if pd.api.types.is_string_dtype(each)
    )


def minutes_of(text: str) -> float | None:
    """Minutes of a duration; None where a cell is none."""
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        return None
    hours, minutes, seconds = (int(each or 0) for each in found.groups())
    return 60.0 * hours + minutes + seconds / 60.0

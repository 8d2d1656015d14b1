"""Ages to classes, exact ones not kept; opaque keys to hashes that compare within one reading."""

from __future__ import annotations

import math
import re
import secrets
import unicodedata
from bisect import bisect_right
from hashlib import blake2b
from typing import Final

import pandas as pd

from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.analyst.calls._columns import UNKNOWN, key
from cpts_geo.sources.analyst.calls._values._lines import said_lines

#: Lower ends of the classes that exact ages are turned into; the last is open.
AGE_STARTS: Final = (0, 5, 17, 65, 75)
_AGE_WORDS: Final = frozenset(
    {
        "nourrisson", "nourrissons", "enfant", "enfants", "adolescent", "adolescents", "adulte",
        "adultes", "senior", "seniors",
    }
)  # fmt: skip
_MAX_AGE: Final = 120
#: A class of fewer years says nearly an age.
_MIN_CLASS: Final = 5


def age_classes(texts: pd.Series) -> tuple[pd.Series, list[str]]:
    """Read ages as classes (``17-64``, ``75+``), exact ages not kept, missing where nothing is
    known; and French lines on the others."""
    found = {text: _age_class(text) for text in texts.unique()}
    classes = texts.map(found)
    wrong = texts.index[classes == ""]
    defects = [f"{said_lines(wrong)} : ni une classe d’âge, ni un âge"] if len(wrong) else []
    return classes.astype(str).where(classes.notna()), defects


def hashed(texts: pd.Series) -> pd.Series:
    """Hash the groups of letters and digits of each text, whatever their case and what stands
    between them, with a secret drawn for this column and not kept; missing where nothing is known.
    """
    secret = secrets.token_bytes(32)
    kept = {text: _groups(text) for text in texts.unique()}
    known = {
        text: blake2b(" ".join(each).encode(), key=secret, digest_size=16).hexdigest()
        for text, each in kept.items()
        if "".join(each) not in UNKNOWN
    }
    return texts.map(known).astype(str).where(texts.isin(list(known)))


def _groups(text: str) -> list[str]:
    """Groups of letters and digits of a text; one of a whole number that a spreadsheet wrote."""
    # « 1-23 » and « 12-3 » are two keys. What cannot be seen stands between no groups.
    seen = "".join(c for c in plain(text) if unicodedata.category(c) != "Cf")
    return re.findall(r"[^\W_]+", re.sub(r"^\W*(\d+)[.,]0$", r"\1", seen))


def _age_class(text: str) -> str | None:
    """Class of a cell; None where nothing is known, empty where it cannot be read."""
    if key(text) in UNKNOWN:
        return None
    words = re.sub(r"\b(?:ans?|years?|y)\b", " ", plain(text).replace("–", "-"))
    words = re.sub(r"\s+", " ", words).strip(" .[]()")
    if words in _AGE_WORDS:
        return words
    low, high = _age_bounds(words)
    if not low <= high or low > _MAX_AGE:
        return ""
    if high - low + 1 < _MIN_CLASS:
        first, last = _of_age(low), _of_age(int(high))
        if first == last:
            return first
        return f"{first.split('-')[0]}{'+' if '+' in last else '-' + last.split('-')[1]}"
    return f"{low}+" if math.isinf(high) else f"{low}-{high:.0f}"


def _age_bounds(words: str) -> tuple[int, float]:
    """First and last whole years of a class; last below first where there is none."""
    if exact := re.fullmatch(r"(\d{1,3})(?:[.,]\d+)?( ?mois)?", words):
        years = int(exact[1]) // (12 if exact[2] else 1)
        return years, years
    if between := re.fullmatch(r"(?:de )?(\d{1,3}) ?(?:-|a|et) ?(\d{1,3})", words):
        return int(between[1]), int(between[2])
    if below := re.fullmatch(r"(?:<|moins de) ?(\d{1,3})", words):
        return 0, int(below[1]) - 1
    if above := re.fullmatch(r"(>=?|plus de)? ?(\d{1,3}) ?(?:\+|(?:et|ou) plus)?", words):
        return int(above[2]) + (above[1] in {">", "plus de"}), math.inf
    return 0, -1


def _of_age(years: int) -> str:
    """Class of an exact age, in whole years."""
    place = bisect_right(AGE_STARTS, years)
    following = AGE_STARTS[place : place + 1]
    start = AGE_STARTS[place - 1]
    return f"{start}-{following[0] - 1}" if following else f"{start}+"

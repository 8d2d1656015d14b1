"""What is said of a call beside its moment and its end: class of age, delay, yes or no, key.

Ages become classes, exact ones not kept; opaque keys, hashes that compare within one reading.
"""

from __future__ import annotations

import math
import re
import secrets
import unicodedata
from bisect import bisect_right
from collections.abc import Mapping
from hashlib import blake2b
from typing import Final, NamedTuple

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
_DELAY: Final = re.compile(
    r"(?:(?P<n>\d+(?:[.,]\d+)?) ?(?P<unit>h|heures?|hours?|j|jours?|days?|d)?"
    r"|(?P<h>\d+) ?h ?(?P<min>[0-5]\d)|j ?\+ ?(?P<days>\d+))"
)
_HOURS_A_DAY: Final = 24
#: No request waits for longer: the cell is another number.
_MAX_DELAY: Final = 366 * _HOURS_A_DAY
#: Words of a header, and of a cell, that say a unit: hours of one.
_UNITS: Final = {
    **dict.fromkeys(("h", "heure", "heures", "hour", "hours"), 1),
    **dict.fromkeys(("j", "jour", "jours", "d", "day", "days"), _HOURS_A_DAY),
}
_YES: Final = frozenset({"oui", "o", "yes", "y", "vrai", "true", "1", "x"})
_NO: Final = frozenset({"non", "n", "no", "faux", "false", "0"})
#: What else says yes or no, by column.
_ANSWERS: Final = {
    "honoured": (
        frozenset({"honore", "honoree", "venu", "venue", "present", "presente", "vu", "vue"}),
        frozenset(
            {
                "nonhonore", "nonhonoree", "nonvenu", "nonvenue", "pasvenu", "pasvenue", "absent",
                "absente", "lapin", "annule", "annulee", "noshow",
            }
        ),
    ),
    "own_doctor": (frozenset({"avec", "avecmt"}), frozenset({"sans", "sansmt", "aucun"})),
}  # fmt: skip
#: Columns that are of a call, and of no count.
OF_A_CALL: Final = ("reason", "caller", "delay", *_ANSWERS)


class Attributes(NamedTuple):
    """Columns of what is said of calls, French lines on what cannot be read."""

    columns: dict[str, pd.Series]
    defects: list[str]


def attributes(
    columns: Mapping[str, pd.Series], labels: Mapping[str, str], index: pd.Index
) -> Attributes:
    """Read the age of each call, and where the log has them its delay (hours), whether who asked
    came, whether they have a médecin traitant; `labels`: header of each column."""
    ages, defects = age_classes(columns["age"]) if "age" in columns else (nothing(index), [])
    found = {"age_class": ages}
    if "delay" in columns:
        found["delay"], wrong = _delays(columns["delay"], labels["delay"])
        defects += wrong
    for role in (role for role in _ANSWERS if role in columns):
        found[role], wrong = _yes_or_no(columns[role], role, labels[role])
        defects += wrong
    return Attributes(found, defects)


def nothing(index: pd.Index) -> pd.Series:
    """A column where nothing is known."""
    return pd.Series([pd.NA] * len(index), index=index, dtype=str)


def _delays(texts: pd.Series, label: str) -> tuple[pd.Series, list[str]]:
    """Delays in hours, missing where nothing is known; a number without a unit has that of the
    header."""
    units = {_UNITS[word] for word in re.findall("[a-z]+", plain(label)) if word in _UNITS}
    unit = units.pop() if len(units) == 1 else math.nan
    matches = {text: _DELAY.fullmatch(plain(text)) for text in texts.unique()}
    hours = texts.map({text: _hours(match, unit) for text, match in matches.items() if match})
    hours = hours.astype(float)
    known = ~texts.map(key).isin(UNKNOWN)
    bare = texts.index[known & texts.map(lambda text: matches[text] is not None) & hours.isna()]
    wrong = texts.index[known & (texts.map(matches).isna() | (hours > _MAX_DELAY))]
    defects = []
    if len(bare):
        defects.append(
            f"{said_lines(bare)} : délai sans unité ; nommez la colonne « delai_heures » ou "
            "« delai_jours »"
        )
    if len(wrong):
        defects.append(f"{said_lines(wrong)} : ni un nombre d’heures, ni un nombre de jours")
    return hours, defects


def _hours(match: re.Match[str], unit: float) -> float:
    """Hours of a delay; NaN where its unit is not known."""
    if match["days"]:
        return float(match["days"]) * _HOURS_A_DAY
    if match["h"]:
        return float(match["h"]) + float(match["min"]) / 60
    return float(match["n"].replace(",", ".")) * (_UNITS[match["unit"]] if match["unit"] else unit)


def _yes_or_no(texts: pd.Series, role: str, label: str) -> tuple[pd.Series, list[str]]:
    """Yes or no, missing where nothing is known; under « sans MT », yes says that there is none."""
    yes, no = _ANSWERS[role]
    turned = key(label).startswith("sans")
    said = {**dict.fromkeys(_YES, not turned), **dict.fromkeys(_NO, turned)}
    said |= {**dict.fromkeys(yes, True), **dict.fromkeys(no, False)}
    keys = texts.map(key)
    wrong = texts.index[~keys.isin([*said, *UNKNOWN])]
    defects = [f"{said_lines(wrong)} : ni « oui », ni « non »"] if len(wrong) else []
    return keys.map(said).astype("boolean"), defects


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

"""Cells of a filled table: numbers, percentages, dates, each with what is wrong of it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date
from typing import Final, NamedTuple

import pandas as pd

from cpts_geo.errors import quoted
from cpts_geo.french import MONTHS, number
from cpts_geo.sources._conventions.masked import bounded, unsigned
from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.analyst.filled.templates import newest_year

#: Nothing that is asked for is older.
_OLDEST: Final = 2000
_D: Final = "[0-9]"
_MONTHS: Final = tuple(map(plain, MONTHS))
#: Beginnings of their names, each of one month: « jui » is of two.
_SHORT: Final = {
    month[:letters]: rank
    for rank, month in enumerate(_MONTHS, 1)
    for letters in range(3, len(month) + 1)
    if sum(each.startswith(month[:letters]) for each in _MONTHS) == 1
}
_DATES: Final = (
    re.compile(
        rf"(?P<y>{_D}{{4}})(?:-(?P<m>{_D}{{2}})"
        rf"(?:-(?P<d>{_D}{{2}})(?:[T ]{_D}{{2}}:{_D}{{2}}(?::{_D}{{2}})?)?)?)?"
    ),
    re.compile(rf"(?:(?:(?P<d>{_D}{{1,2}})(?P<s>[/.-]))?(?P<m>{_D}{{1,2}})[/.-])?(?P<y>{_D}{{4}})"),
    # « 30 juin 2021 », « 1er janvier 2025 », « juin 2021 »
    re.compile(rf"(?:(?P<d>{_D}{{1,2}})(?:er)? )?(?P<m>{'|'.join(_MONTHS)}) (?P<y>{_D}{{4}})"),
    # « déc-25 », « 31-janv.-2025 »: what a spreadsheet makes of 12/2025.
    re.compile(
        rf"(?:(?P<d>{_D}{{1,2}})[ -])?(?P<m>{'|'.join(_SHORT)})\.?[ -](?P<y>{_D}{{4}}|{_D}{{2}})"
    ),
)
#: Digits of a year without its century.
_SHORT_YEAR: Final = 2
#: What a share may differ from its two numbers by, besides its last decimal.
_SLACK: Final = 1e-9
#: Decimals of a share of 1 that is written in whole points.
_POINT: Final = 2


class Number(NamedTuple):
    """What a cell says: a value (NaN for none), whether its producer masks it, decimals written."""

    value: float = math.nan
    masked: bool = False
    decimals: int = 0


def read_number(
    text: str, *, most: float, whole: bool, percent: bool, wrong: Callable[[str], None],
    alone: bool = True,
) -> Number:  # fmt: skip
    """Read a number, « NS », « < 11 » or « N/A - raison »; a percentage becomes a share
    of 1; where it is `alone`, nothing in its row confirms it."""
    bare = text.rstrip().removesuffix("%").rstrip() if percent else text
    found, unread = bounded(pd.Series([bare]), masked=(math.nan, math.nan), whole=whole)
    if bool(found["masked"].iloc[0]):
        return Number(masked=True)
    value = float(found["low"].iloc[0])
    if len(unread):
        wrong(f"{quoted(text)} n’est ni un nombre ni « N/A - raison »")
    elif not math.isnan(value) and not math.isfinite(value):
        wrong(f"{quoted(text)} n’est pas un nombre possible")
    elif value < 0:
        wrong(f"{quoted(text)} : négatif")
    elif value > most:
        wrong(f"{quoted(text)} : plus de {number(most)}{' %' if percent else ''}")
    elif percent and alone and (said := unsigned(text, value)):
        wrong(said)
    elif whole and not math.isnan(value) and not value.is_integer():
        wrong(f"{quoted(text)} : un nombre entier est attendu")
    else:
        decimals = (
            len(re.sub(r"\D", "", re.split(r"[.,]", bare)[1])) if "," in bare or "." in bare else 0
        )
        decimals += _POINT if percent else 0
        # As it is written: a quotient of binary numbers would have other digits.
        return Number(round(value / 100, decimals) if percent else value, decimals=decimals)
    return Number()


def read_date(text: str, *, wrong: Callable[[str], None]) -> str:
    """Read a year, a month or a day as ISO writes it; empty for none."""
    tried = ((form, said) for form in _DATES for said in (text, plain(text)))
    found = next((match for form, said in tried if (match := form.fullmatch(said))), None)
    if not text:
        return ""
    if found is None:
        wrong(f"date {quoted(text)} illisible : écrivez JJ/MM/AAAA, MM/AAAA ou AAAA")
        return ""
    month = str(_SHORT.get(found["m"] or "", found["m"] or ""))
    year = found["y"] if len(found["y"]) > _SHORT_YEAR else f"20{found['y']}"
    parts = [part for part in (year, month, found["d"]) if part]
    try:
        date(*(int(part) for part in (*parts, "1", "1")[:3]))
    except ValueError:
        wrong(f"date {quoted(text)} impossible")
        return ""
    if not _OLDEST <= int(parts[0]) <= newest_year():
        wrong(f"date {quoted(text)} : hors de {_OLDEST} à {newest_year()}")
        return ""
    return "-".join(f"{int(part):02d}" for part in parts)


def disagrees(number: Number, population: Number, share: Number) -> bool:
    """Whether a share is not what its number and population give, beyond its last decimal."""
    values = (number.value, population.value, share.value)
    if any(map(math.isnan, values)) or not population.value:
        return False
    # A share that was cut, and not rounded, is as good; one of whole points was rounded.
    slack = 10.0**-share.decimals / (2 if share.decimals == _POINT else 1)
    return abs(number.value / population.value - share.value) > slack + _SLACK

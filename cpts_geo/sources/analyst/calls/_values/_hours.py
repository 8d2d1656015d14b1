"""Dates and hours that spreadsheets write as numbers, and hours without a mark that shows them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import pandas as pd

from cpts_geo.sources.analyst.calls._forms import FIRST_CALLS
from cpts_geo.sources.analyst.calls._values._lines import said_lines

_ZERO: Final = datetime(1899, 12, 30)
_SERIAL: Final = re.compile(r"\d{5}(?:[.,]\d+)?")
_FIRST: Final = (datetime(FIRST_CALLS, 1, 1) - _ZERO).days
_FRACTION: Final = re.compile(r"0(?:[.,]\d+)?")
_DOTTED: Final = re.compile(r"\d{1,2}[.]\d\d")
_COMPACT: Final = re.compile(r"\d{3,6}")
_BARE: Final = re.compile(r"\d{1,2}")
#: Decimals of a day that tell its seconds.
_EXACT: Final = 5
#: Minutes that hours in decimals would have: 8.25 is a quarter past eight, or 25 past.
_QUARTERS: Final = frozenset({"00", "25", "50", "75"})


class Plainly(NamedTuple):
    """Texts that a date or an hour can be read of, French defects, whether numbers were turned."""

    texts: pd.Series
    defects: list[str]
    numbers: bool = False


def plain_dates(texts: pd.Series) -> Plainly:
    """Turn the days of Excel (45355, or 45355,354 with the hour) into dates, where all are."""
    serial = {text for text in texts.unique() if _is_serial(text)}
    if not serial:
        return Plainly(texts, [])
    of_excel = texts.index[texts.isin(serial)]
    others = texts.index[~texts.isin({*serial, ""})]
    if len(others):
        mixed = f"{said_lines(of_excel)} en nombre de jours d’Excel, {said_lines(others)} en dates"
        return Plainly(texts, [mixed])
    timed = bool(texts.str.contains(r"[.,]", regex=True).any())
    form = "%Y-%m-%d %H:%M:%S" if timed else "%Y-%m-%d"
    found = {text: _of_days(text).strftime(form) for text in texts.unique() if text}
    return Plainly(texts.map(found).fillna(""), [], numbers=True)


def plain_hours(texts: pd.Series, *, numbers: bool) -> Plainly:
    """Turn hours in parts of a day into hours and minutes (`numbers`: their dates are days of
    Excel); refuse those that may be read in two ways."""
    known = texts[texts != ""]
    fractions = known.str.fullmatch(_FRACTION.pattern)
    if len(known) and fractions.all() and (numbers or (known.str.len() > 4).any()):
        found = {text: _of_days(text).strftime("%H:%M:%S") for text in known.unique()}
        return Plainly(texts.map(found).fillna(""), [], numbers=True)
    defects = []
    dotted = known[known.str.fullmatch(_DOTTED.pattern)]
    minutes = set(dotted.str[-2:])
    if minutes - {"00"} and minutes <= _QUARTERS and len(minutes) > 1:
        defects.append(
            f"{said_lines(dotted.index)} : heures et minutes (8.50 = 8 h 50), ou heures en "
            "décimales (8.50 = 8 h 30) ? Écrivez-les 8h50 ou 8h30"
        )
    bare = known[known.str.fullmatch(_BARE.pattern)]
    if len(bare) and known.str.fullmatch(_COMPACT.pattern).any():
        defects.append(f"{said_lines(bare.index)} : des heures, ou des minutes après minuit ?")
    commas = known[known.str.fullmatch(r"\d{1,2}(?:,\d+|\.\d)")]
    if len(commas):
        defects.append(
            f"{said_lines(commas.index)} : une heure en décimales, ou des minutes ? Écrivez 8h30"
        )
    return Plainly(texts, defects)


def _is_serial(text: str) -> bool:
    """Whether a text is a day of Excel no earlier than the first calls."""
    return bool(_SERIAL.fullmatch(text)) and int(text[:5]) >= _FIRST


def _of_days(text: str) -> datetime:
    """Moment of a number of days of Excel, to the second; to the minute where it is rounded."""
    whole, _, part = text.replace(",", ".").partition(".")
    step = 1 if len(part) >= _EXACT else 60
    return _ZERO + timedelta(int(whole), step * round(float(f"0.{part}") * 86_400 / step))

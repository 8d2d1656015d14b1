"""Cells of a row of the ACI: figures, years, fields, texts, and what is wrong in each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from cpts_geo.errors import Defect, quoted
from cpts_geo.sources._conventions.masked import bounded, unsigned
from cpts_geo.sources.analyst.aci.codes import _COLUMNS, COUNTED, PERIODS, AciIndicator
from cpts_geo.sources.analyst.filled.templates import newest_year

#: A year, or a day or a month of it.
_YEAR: Final = re.compile(
    r"(?:[0-9]{1,2}/){0,2}((?:19|20)[0-9]{2})"
    r"|((?:19|20)[0-9]{2})(?:-[0-9]{2}){1,2}(?:[T ]00:00(?::00)?)?"
)
_TEXTS: Final = ("justification", "comment", "producer", "date")
#: Digits of a share that are kept.
_DIGITS: Final = 10
_PERCENT: Final = re.compile(r"\s*%$")


def row_values(
    cells: Mapping[str, str], indicator: AciIndicator, *, line: int
) -> tuple[dict[str, Any], list[Defect]]:
    """Values of a row by name, and what is wrong in it."""
    found: dict[str, Any] = {
        "territory": cells.get("territory", ""),
        "code": indicator.code,
        **{name: cells.get(name, "") for name in _TEXTS},
    }
    defects: list[Defect] = []
    where = f"ligne {line} ({indicator.code})"
    given = False
    for name, heading in PERIODS.items():
        text = cells.get(name, "")
        value, hidden, wrong = _figure(text, indicator)
        if wrong:
            defects.append(Defect(f"{where}, {heading} : {quoted(text)}, {wrong}", "chiffre"))
        found |= {name: value, f"{name}_hidden": hidden}
        said = cells.get(f"{name}_year", "")
        year, wrong = _year(said, needed=bool(text), counted=name in COUNTED)
        if wrong:
            column = _COLUMNS[f"{name}_year"]
            defects.append(Defect(f"{where}, {column} : {wrong}", "année"))
        found[f"{name}_year"] = year
        if name in COUNTED:
            field = cells.get(f"{name}_field", "") or indicator.field
            found[f"{name}_field"] = field
            wrong = _field(field, indicator) if text else ""
            if wrong:
                column = _COLUMNS[f"{name}_field"]
                defects.append(Defect(f"{where}, {column} : {wrong}", "champ"))
        given = given or bool(text)
    # The registre of the CPTS fills its own indicators: who gives a reference or a target is known.
    left = indicator.follow_up and not (cells.get("value") or cells.get("previous"))
    if given and left and not found["producer"]:
        found["producer"] = indicator.producer
    if given and not found["producer"]:
        defects.append(Defect(f"{where} : producteur absent", "producteur absent"))
    return found, defects


def _figure(text: str, indicator: AciIndicator) -> tuple[float, bool, str]:
    """A figure (NaN unknown or hidden), whether its producer hides it, and what is wrong."""
    bare = _PERCENT.sub("", text) if indicator.percent else text
    nothing = (float("nan"), float("nan"))
    bounds, unread = bounded(pd.Series([bare]), masked=nothing, whole=False)
    if len(unread):
        return np.nan, False, "nombre attendu (ou « < 11 », ou vide)"
    hidden = bool(bounds["masked"].iloc[0])
    value = float(bounds["low"].iloc[0])
    if hidden or np.isnan(value):
        return np.nan, hidden, ""
    wrong = "0 ou plus attendu" if value < 0 else "nombre trop grand" if np.isinf(value) else ""
    if indicator.percent and value > 100:
        wrong = "100 % au plus"
    if indicator.whole and not value.is_integer() and not wrong:
        wrong = "un nombre entier est attendu"
    if indicator.percent and not wrong:
        wrong = unsigned(text, value)
    # As it is written: a quotient of binary numbers would have other digits.
    read = round(value / 100, _DIGITS) if indicator.percent else value
    return (np.nan if wrong else read), False, wrong


def _year(text: str, *, needed: bool, counted: bool) -> tuple[float, str]:
    """A year (NaN unknown), and what is wrong: nobody is counted in a year to come."""
    if not text:
        return np.nan, "année absente" if needed else ""
    found = _YEAR.fullmatch(text)
    if found is None:
        return np.nan, f"année attendue, en quatre chiffres, lu {quoted(text)}"
    year = int(found[1] or found[2])
    if counted and year > newest_year():
        return np.nan, f"{year} est après {newest_year()}"
    return float(year), ""


def _field(field: str, indicator: AciIndicator) -> str:
    """What is wrong in the field of a figure that is given; empty for nothing."""
    if not field:
        return (
            "dites la définition retenue ; il en existe plusieurs, qui ne s’enchaînent pas (sans "
            "quoi : non comparable)"
        )
    if indicator.counts(field):
        return ""
    own = indicator.field or indicator.title
    return f"{quoted(field)} n’est pas le champ de cet indicateur ({own}) : non comparable"

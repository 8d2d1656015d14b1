"""What has changed between two periods of a registre: rows, sentences, and why nothing is told."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from cpts_geo.atlas.look.cells import MASK_TEXTS, Cell
from cpts_geo.french import (
    MONTHS,
    NNBSP,
    UNKNOWN_TEXT,
    capital,
    counted,
    joined,
    number,
    percent,
    signed_number,
    signed_percent,
)
from cpts_geo.schema import Status
from cpts_geo.secrecy.disclosure import Mask
from cpts_geo.study.follow_up.follow_up import FollowUp
from cpts_geo.study.follow_up.indicators import AT_LEAST, INDICATORS, UNTESTED

#: Months that a sentence names.
NAMED: Final = 3
_SAID: Final = {True: "oui", False: "non, le hasard suffit"}
_NOT_SAID: Final = "on ne peut pas le dire"


def changed(found: FollowUp) -> str:
    """What changed by more than chance, with both values; empty where nothing did."""
    rows = found.totals[found.totals["significant"].eq(True)].to_dict("index")
    words = [
        f"{_lowered(INDICATORS[str(name)].label)} ({_both(found, str(name), row)})"
        for name, row in rows.items()
    ]
    if not words:
        return ""
    return f"Ce qui a vraiment changé, et que le hasard seul n’explique pas : {joined(words)}."


def departed(found: FollowUp) -> str:
    """The months that are not as the others are; empty where none is told."""
    if not len(found.apart):
        return ""
    one = found.apart["month"].nunique() == 1
    return (
        f"{'Un mois s’écarte' if one else 'Des mois s’écartent'} des autres plus que par "
        f"hasard, si on {'le' if one else 'les'} compare à l’année d’avant : {_apart(found)}."
    )


def heads(found: FollowUp) -> tuple[str, str, str]:
    """Headings of both periods and of the change: with their months where these are not as many."""
    if not _uneven(found):
        return "Période", "Avant", "Changement"
    now, before = (counted(len(each), "mois", "mois") for each in (found.months, found.before))
    return f"Période ({now})", f"Avant ({before})", "Changement, à mois comparables"


def _uneven(found: FollowUp) -> bool:
    """Whether the two periods are not of the same months of the year."""
    return {*found.months.index.str[-2:]} != {*found.before.index.str[-2:]}


def _both(found: FollowUp, name: str, row: Mapping[Any, Any]) -> str:
    """A change in words, with both values where they may be shown: a rate alone misleads."""
    values = [value_cell(name, row[key], "") for key in ("previous", "value")]
    change = _change(name, row)
    if any(each.status == Status.UNKNOWN for each in values):
        return change
    if INDICATORS[name].kind == "count" and _uneven(found) and change != "—":
        # Ten months beside twelve: two sums would say the contrary of what changed.
        return f"{change} à mois comparables"
    texts = f"{values[0].text} → {values[1].text}"
    return texts if change in ("—", texts) else f"{texts}, {change}"


def _apart(found: FollowUp) -> str:
    """The months that depart, the least likely first, a few of them."""
    rows = found.apart.to_dict("records")
    words = []
    for row in rows[:NAMED]:
        name = row["indicator"]
        now, then = (value_cell(name, row[key], "").text for key in ("value", "previous"))
        label = _lowered(INDICATORS[name].label)
        words.append(f"{month_name(row['month'])} ({label} : {now} au lieu de {then})")
    others = len(rows) - len(words)
    return joined([*words, *([f"{counted(others, 'autre', 'autres')}"] if others else [])])


def month_name(month: str) -> str:
    """Name of a month, in a sentence about one period."""
    return str(MONTHS[int(month[-2:]) - 1])


def _lowered(label: str) -> str:
    """A label inside a sentence."""
    return label[0].lower() + label[1:]


def change_rows(found: FollowUp) -> list[list[Cell]]:
    """A row an indicator: both periods, the change, whether it is more than chance."""
    rows = []
    # Row by row, pandas would make texts of a row of texts and of what is unknown.
    for name, row in found.totals.to_dict("index").items():
        indicator = INDICATORS[str(name)]
        if indicator.kind == "public":
            continue
        before = dict(row) | {"value": row["previous"], "status": row["previous_status"]}
        rows.append(
            [
                Cell(indicator.label, numeric=False, origin=capital(indicator.formula)),
                *(
                    Cell(value_text(str(name), each, blank))
                    for each, blank in zip((row, before), found.blank, strict=True)
                ),
                Cell(_change(str(name), row)),
                Cell(
                    _SAID.get(row["significant"]) or _unsaid(found, str(name), row), numeric=False
                ),
            ]
        )
    return rows


def _unsaid(found: FollowUp, name: str, row: Mapping[Any, Any]) -> str:
    """Say why nothing tells whether an indicator changed."""
    how = {str(row["status"]), str(row["previous_status"])}
    masks = set(MASK_TEXTS)
    if Status.UNKNOWN in how:
        why = UNKNOWN_TEXT
    elif how & masks:
        why = "masqué"
    elif found.invented[0] != found.invented[1]:
        why = "une des deux périodes est inventée"
    elif name in AT_LEAST and any(found.blank):
        why = "c’est un minimum"
    elif name in UNTESTED:
        why = "non suivi"
    elif found.status[name].isin(masks).any() or found.before[name].isna().any():
        why = "trop de mois masqués"
    elif row["value"] == row["previous"]:
        why = "aucun écart à juger"
    else:
        why = "trop peu de mois en commun"
    return f"{_NOT_SAID} : {why}"


def value_text(name: str, row: Mapping[Any, Any] | pd.Series, blank: str = "") -> str:
    """A value in words, or why there is none; `blank`: where it is counted at least."""
    hidden = math.isnan(row["value"])
    text = value_cell(name, row["value"], str(row["status"]) if hidden else "").text
    return f"au moins {text}" if blank and name in AT_LEAST and not hidden else str(text)


def value_cell(name: str, value: float, status: str) -> Cell:
    """A value of an indicator, or the mask in its place."""
    if math.isnan(value):
        text = MASK_TEXTS[Mask(status)] if status in MASK_TEXTS else UNKNOWN_TEXT
        return Cell(text, status=status if status in MASK_TEXTS else Status.UNKNOWN)
    kind = INDICATORS[name].kind
    text = f"{number(value)}{NNBSP}h" if kind == "hours" else number(value)
    sign = status if status in (Status.ASSUMED, Status.ESTIMATED) else ""
    return Cell(percent(value) if kind == "share" else text, status=sign)


def _change(name: str, row: Mapping[Any, Any] | pd.Series) -> str:
    """A change in words; « — » where there is none to tell."""
    change = float(row["change"])
    if math.isnan(change):
        # From nothing, no ratio tells anything.
        return f"0 → {value_text(name, row)}" if row["previous"] == 0 and row["value"] > 0 else "—"
    kind = INDICATORS[name].kind
    if kind == "count":
        return signed_percent(100 * change)
    if kind == "share":
        return f"{signed_number(100 * change, 1)} points"
    return f"{signed_number(change, 1)}{NNBSP}h"

"""A follow-up as a table for a French spreadsheet: a row a month and an indicator, then totals."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from cpts_geo.french import joined, typeset
from cpts_geo.sources.analyst.filled.templates import INVENTED
from cpts_geo.study.follow_up.follow_up import FollowUp
from cpts_geo.study.follow_up.indicators import AT_LEAST, INDICATORS
from cpts_geo.study.follow_up.yearly import period_words
from cpts_geo.writing.workbook.sheet import Cell, Sheet, cell, status_words

_ANSWERS: Final = {True: "oui", False: "non", None: "inconnu"}
#: What the model expects, month by month.
_EXPECTED: Final = "slot_requests"
#: Kind of an indicator -> its unit where it is a share, and that of its change.
_CHANGES: Final = {"count": "%", "share": "points", "hours": "heures"}


def follow_up_sheet(found: FollowUp) -> Sheet:
    """
    Make the table of a follow-up.

    Parameters
    ----------
    found : FollowUp
        Values that may leave.

    Returns
    -------
    Sheet
        One row a month and an indicator, then one an indicator of the whole period.
    """
    before = found.before_period
    then = "aucune" if before is None else period_words(before)
    heads = (
        "Mois", "Code", "Indicateur", "Unité", f"Valeur ({period_words(found.period)})",
        "Signe", "Attendu, bas", "Attendu, haut", "Dans l’attendu",
        f"Période d’avant ({then})", "Changement", "Unité du changement", "Plus que le hasard",
        "Probabilité par hasard", "Définition", "Source",
    )  # fmt: skip
    return Sheet(
        name="Suivi",
        about="le registre, mois par mois",
        heads=tuple(map(typeset, heads)),
        rows=[row for name in INDICATORS for row in _rows(found, name)],
    )


def _rows(found: FollowUp, name: str) -> list[tuple[Cell, ...]]:
    """Rows of an indicator."""
    indicator = INDICATORS[name]
    share = indicator.kind == "share"
    before = {str(month)[-2:]: value for month, value in found.before[name].items()}
    band = {str(month): dict(row) for month, row in found.expected.iterrows()}
    status = {str(month): str(kind) for month, kind in found.status[name].items()}
    total = found.totals.to_dict("index")[name]
    now, earlier = (f", {INVENTED}" if each else "" for each in found.invented)
    least = [
        f"{words}, {blank}"
        for words, blank in zip(("période", "période d’avant"), found.blank, strict=True)
        if blank and name in AT_LEAST
    ]
    formula = indicator.formula + (f" ; au moins : {joined(least)}" if least else "")
    source = f"registre des demandes{now}" + (f" ; période d’avant{earlier}" if earlier else "")

    def number(value: Any) -> Cell:
        return cell(value, 1, percent=share)

    def row(month: str, value: Any, kind: str, previous: Any, *told: Cell) -> tuple[Cell, ...]:
        first = (month, name, indicator.label, "%" if share else indicator.unit)
        rest = (*told, *(None,) * (7 - len(told)))
        return (
            *first, number(value), status_words(kind), *rest[:3], number(previous), *rest[3:],
            typeset(formula), typeset(source),
        )  # fmt: skip

    rows = []
    for month, value in found.months[name].items():
        key = str(month)
        told: list[Cell] = []
        if name == _EXPECTED:
            low, high, inside = (band[key][end] for end in ("p10", "p90", "inside"))
            told = [cell(low, 1), cell(high, 1), _ANSWERS[inside]]
        rows.append(row(key, value, status[key], before.get(key[-2:]), *told))
    tested = len(found.before) and indicator.kind != "public"
    change = cell(total["change"], 1, percent=indicator.kind in ("count", "share"))
    more = _ANSWERS[total["significant"]] if tested else None
    unit = None if change is None else _CHANGES.get(indicator.kind)
    p = None if pd.isna(total["p"]) else cell(total["p"], 2)
    rows.append(
        row(
            "période", total["value"], str(total["status"]), total["previous"],
            None, None, None, change, unit, more, p,
        )
    )  # fmt: skip
    return rows

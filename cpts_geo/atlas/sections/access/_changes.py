"""« Et si l’offre changeait ? »."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from cpts_geo.access.catchments.weights import APL_WEIGHT
from cpts_geo.access.changes.shifts import Shift
from cpts_geo.atlas.look.cells import Cell
from cpts_geo.atlas.sections.access.words import (
    aside,
    named,
    over_variants,
    signed,
)
from cpts_geo.french import counted, duration, number
from cpts_geo.schema import Status
from cpts_geo.settings import APL_LOW_WORDS, SHIFT_BREAKS
from cpts_geo.study.access import TerritoryAccess

#: Communes of a scenario listed on a page; all are in the CSV.
_LISTED = 8
#: How a commune crosses the low APL.
_CROSSED: Final = {"falls": f"sous {APL_LOW_WORDS}", "rises": f"à {APL_LOW_WORDS} ou plus"}


def _shift_sentence(shift: Shift, names: pd.Series) -> str:
    """What is supposed; the territory before and after; the commune most touched; the crossings."""
    supposed = " ; ".join(change.words for change in shift.changes)
    text = f"Supposé : {supposed}. "
    before, after = shift.mean
    if shift.seen:
        moves = over_variants(shift.means["after"] - shift.means["before"], signed)
        text += (
            f"L’APL du territoire ({shift.vintage}) passerait de {number(before, 2)} à "
            f"{number(after, 2)}, soit {signed(after - before)}{aside(moves)}. "
        )
    elif pd.notna(after):
        text += (
            f"L’APL du territoire ({shift.vintage}) resterait à {number(before, 2)}, à moins de "
            f"{number(SHIFT_BREAKS[0], 3)} près. "
        )
    if shift.touched:
        most = shift.touched[0]
        row = shift.communes.to_dict("index")[most]
        span = aside(over_variants((row["low"], row["high"]), signed))
        text += f"Commune la plus touchée : {names.get(most, most)}, {signed(row['shift'])}{span}. "
        many = counted(len(shift.touched), "commune touchée", "communes touchées")
        text += f"{many} sur {len(shift.communes)}. "
    else:
        text += f"L’APL d’aucune commune ne bougerait de plus de {number(SHIFT_BREAKS[0], 3)}. "
    return (text + _crossing(shift, names)).strip()


def _crossing(shift: Shift, names: pd.Series) -> str:
    """Say who crosses the low APL, and whether that depends on the times; empty if unknown."""
    if shift.communes["before"].isna().all():
        return ""
    parts = []
    for direction, words in _CROSSED.items():
        rows = shift.crossing[shift.crossing["direction"] == direction]
        if rows.empty:
            continue
        codes = list(rows.index[rows["central"]])
        span = over_variants(shift.counts[direction].astype(float), number)
        # Those that another variant alone takes across the threshold are said apart.
        lead = "" if codes else "Avec une autre variante des temps, "
        shown = codes or list(rows.index)
        many = counted(len(shown), "commune", "communes")
        verb = "passerait" if len(shown) == 1 else "passeraient"
        depends = aside(f"{span} selon les temps") if span and codes else ""
        parts.append(f"{lead}{many}{depends} {verb} {words} : {named(shown, names)}.")
    return " ".join(parts) or f"Aucune commune ne franchirait le seuil de {APL_LOW_WORDS}."


def shift_rows(shift: Shift, names: pd.Series) -> list[list[Cell]]:
    """Communes that it changes most, those that cross the low APL first: they alone have a last
    cell."""
    table = shift.communes.to_dict("index")
    sizes = shift.communes.loc[shift.crossing.index, "shift"].abs()
    crossing = list(sizes.sort_values(ascending=False, kind="stable").index)
    listed = list(dict.fromkeys([*crossing, *shift.touched]))
    rows = []
    for code in listed[: max(_LISTED, len(crossing))]:
        row = table[code]
        span = aside(over_variants((row["low"], row["high"]), signed))
        crossed = _CROSSED.get(shift.crossing["direction"].get(code, ""))
        direction = f"passe {crossed}" if crossed else "—"
        if not shift.crossing["sure"].get(code, True):
            direction += ", selon les temps"
        known = Status.ASSUMED.value if pd.notna(row["after"]) else Status.UNKNOWN.value
        before = Status.COMPUTED.value if pd.notna(row["before"]) else Status.UNKNOWN.value
        # A gap that is written stands between two values that are not written alike.
        alike = number(row["before"], 2) == number(row["after"], 2)
        digits = 3 if alike and signed(row["shift"]) != signed(0.0) else 2
        rows.append(
            [
                Cell(str(names.get(code, code)), numeric=False),
                Cell(number(row["before"], digits), status=before),
                Cell(number(row["after"], digits), status=known),
                Cell(signed(row["shift"]) + span, status=Status.ASSUMED.value),
                *([Cell(direction, numeric=False)] if crossing else []),
            ]
        )
    return rows


def section(access: TerritoryAccess) -> dict[str, Any]:
    """What the template shows: what each change of supply would do to the APL."""
    return {
        "set_aside": access.set_aside,
        "approximate": access.approximate,
        "whose": access.times.series.whose,
        "basin": duration(APL_WEIGHT.reach, words=True),
        "asked": access.asked,
        "apl_low": APL_LOW_WORDS,
        "shifts": [
            (shift, _shift_sentence(shift, access.names), shift_rows(shift, access.names))
            for shift in access.shifts
        ],
    }

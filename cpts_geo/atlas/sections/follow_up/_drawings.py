"""The months of a follow-up, drawn; a sentence where none may be shown."""

from __future__ import annotations

import math
from typing import Any, Final

import pandas as pd
from markupsafe import Markup

from cpts_geo.atlas.charts.months import MonthDot, months_svg
from cpts_geo.atlas.look.cells import MASK_TEXTS
from cpts_geo.capacity.need.interval import CHANCES
from cpts_geo.french import (
    MONTHS,
)
from cpts_geo.study.follow_up.follow_up import FollowUp
from cpts_geo.study.follow_up.indicators import INDICATORS

_CHANCES: Final = CHANCES.partition(",")[0]
#: What the model expects.
_EXPECTED: Final = "slot_requests"


def by_month(table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Rows of a table, by month."""
    return {str(month): dict(row) for month, row in table.iterrows()}


def drawings(found: FollowUp) -> list[tuple[str, Markup, str]]:
    """Requests of a slot over their band, then the response rate; a sentence where no month of it
    may be shown."""
    bands = by_month(found.expected)
    months, status = by_month(found.months), by_month(found.status)
    before = {month[-2:]: row for month, row in by_month(found.before).items()}
    drawings = []
    for name, times, unit in ((_EXPECTED, 1, "demandes"), ("response_rate", 100, "%")):
        banded = name == _EXPECTED
        dots = [
            MonthDot(
                label=_short(month),
                value=times * row[name],
                before=times * before.get(month[-2:], {}).get(name, math.nan),
                low=bands[month]["p10"] if banded else math.nan,
                high=bands[month]["p90"] if banded else math.nan,
                hidden=status[month][name] in MASK_TEXTS,
            )
            for month, row in months.items()
        ]
        label = INDICATORS[name].label + (" (au moins)" if found.blank[0] else "")
        told = "compté (rond vide : hors de la bande)" if banded else "mois"
        names = (told, "période d’avant", f"attendu par le modèle, {_CHANCES}")
        svg = Markup(months_svg(dots, names=names, unit=unit, title=label))
        empty = found.months[name].isna().all()
        drawings.append((label, Markup() if empty else svg, _nothing(found, name) if empty else ""))
    return drawings


def _nothing(found: FollowUp, name: str) -> str:
    """Why no month of an indicator is drawn."""
    if not found.status[name].isin(list(MASK_TEXTS)).any():
        return "Ce registre ne le dit pas."
    return "Tous les mois sont masqués : trop peu de demandes. La période entière se lit plus bas."


def _short(month: str) -> str:
    """First letter of a month: twelve stand side by side."""
    return str(MONTHS[int(month[-2:]) - 1])[0].upper()

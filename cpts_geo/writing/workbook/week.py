"""The sheet of the week: slots by day, band of hours and deadline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from cpts_geo.atlas.look.words import deadline
from cpts_geo.capacity.need.interval import CHANCES
from cpts_geo.capacity.workforce.week import CLOSED, PDSA
from cpts_geo.french import WEEKDAYS, capital
from cpts_geo.study.study import Study
from cpts_geo.writing._need_tables import week_table
from cpts_geo.writing.workbook.sheet import Cell, Sheet, cell, status_words

#: Values of the table of a week, in words; cells that are no unscheduled care of the line.
_WEEK_WORDS: Final = {
    "needed": "nécessaires",
    "offered": "offerts",
    "served": "servis",
    "missing": "manquants",
    "slots": "créneaux",
    "gp_hours": "heures de consultation",
    "sas_effectors": "effecteurs du SAS",
    "half_days": "demi-journées de consultation",
}
_APART: Final = {PDSA: "PDSA : hors périmètre", CLOSED: "fermé : non compté"}


def week(study: Study) -> Sheet | None:
    """
    Make the sheet of the week.

    Parameters
    ----------
    study : Study
        Everything known of one territory.

    Returns
    -------
    Sheet or None
        The week by day, band of hours and deadline; None where it is not known.
    """
    table = None if study.capacity is None else week_table(study.capacity)
    if table is None:
        return None
    rows: list[tuple[Cell, ...]] = []
    for found in table.to_dict("records"):
        apart = found["state"] in _APART
        rows.append(
            (
                "" if pd.isna(found["day"]) else capital(WEEKDAYS[found["day"] - 1]),
                _hours(found),
                "" if pd.isna(found["deadline_days"]) else deadline(found["deadline_days"]),
                _WEEK_WORDS[found["quantity"]],
                _WEEK_WORDS[found["unit"]],
                *(cell(found[level], 1) for level in ("p50", "p10", "p90")),
                _APART[found["state"]] if apart else status_words(found["status"]),
            )
        )
    return Sheet(
        name="Semaine",
        about=f"créneaux par jour et tranche d’heures, puis par délai ; du bas au haut : {CHANCES}",
        heads=("Jour", "Heures", "Délai", "Quantité", "Unité", "Médiane", "Bas", "Haut", "Signe"),
        rows=rows,
    )


def _hours(found: Mapping[Any, Any]) -> str:
    """A band of hours, the whole day, or the week."""
    if pd.isna(found["day"]):
        return "semaine"
    if pd.isna(found["first_hour"]):
        return "jour"
    return f"{found['first_hour']} h – {found['last_hour']} h"

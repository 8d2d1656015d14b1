"""Follow-up of a registre: what it says, month by month, what changed, what limits the reading."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from cpts_geo.atlas.look.cells import Cell
from cpts_geo.atlas.sections.follow_up._change import change_rows, heads, value_cell
from cpts_geo.atlas.sections.follow_up._drawings import by_month, drawings
from cpts_geo.atlas.sections.follow_up._sentences import sentences, span
from cpts_geo.french import MONTHS, UNKNOWN_TEXT, number
from cpts_geo.schema import Status
from cpts_geo.secrecy.disclosure import MIN_PATIENTS
from cpts_geo.study.follow_up.follow_up import FollowUp
from cpts_geo.study.follow_up.indicators import INDICATORS

#: Columns of the months, in as many tables as a page has room for.
_TABLES: Final = {
    "Les demandes et leur issue": (
        "requests", "appointments", "advice", "no_slot", "redirected", "response_rate",
    ),
    "Les délais, la venue et l’origine": (
        "delay_median", "delay_p90", "honoured", "without_mt", "outside", "fill_rate",
    ),
}  # fmt: skip
#: What the model expects.
_EXPECTED: Final = "slot_requests"
#: What is unknown -> what gives it.
_MISSING: Final = {
    "advice": "les conseils (issue de chaque demande, ou colonne de leur nombre)",
    "no_slot": "les demandes sans créneau (de même)",
    "redirected": "les réorientations (de même)",
    "response_rate": "le taux de réponse (il faut les rendez-vous et les conseils)",
    "delay_median": "le délai (colonne « delai_heures » ou « delai_jours » du registre)",
    "honoured": "la venue au rendez-vous (colonne « honore »)",
    "without_mt": "le médecin traitant (colonne « sans_mt »)",
    "outside": "l’origine (colonne « commune », et les communes du territoire)",
}


def follow_up_sections(found: FollowUp) -> dict[str, Any]:
    """
    Gather what the page of a follow-up shows.

    Parameters
    ----------
    found : FollowUp
        Values that may leave.

    Returns
    -------
    dict
        Sentences, drawings, rows of the tables.
    """
    return {
        "period": span(found.period),
        "before": "" if found.before_period is None else span(found.before_period),
        "sentences": sentences(found),
        "drawings": drawings(found),
        "tables": [
            (
                title,
                rank == 0,
                [
                    (each.label, each.unit if each.kind == "count" else "")
                    for each in map(INDICATORS.__getitem__, names)
                ],
                _month_rows(found, names, expected=rank == 0),
            )
            for rank, (title, names) in enumerate(_TABLES.items())
        ],
        "changes": change_rows(found) if found.before_period else [],
        "change_heads": heads(found) if found.before_period else (),
        "missing": [
            words
            for name, words in _MISSING.items()
            if found.totals.at[name, "status"] == Status.UNKNOWN
        ],
        # Who keeps the registre does not know what the device offers.
        "slots": found.totals.at["slots_offered", "status"] == Status.UNKNOWN,
        "least": MIN_PATIENTS,
        "limits": found.limits,
        "notes": found.notes,
    }


def _month_rows(found: FollowUp, names: Sequence[str], *, expected: bool) -> list[list[Cell]]:
    """A row a month: its name, what was expected where asked, its values."""
    bands, status = by_month(found.expected), by_month(found.status)
    rows = []
    for month, values in by_month(found.months).items():
        year, rank = month.split("-")
        band = bands[month]
        awaited = (
            Cell(UNKNOWN_TEXT, status=Status.UNKNOWN)
            if math.isnan(band["p50"])
            else Cell(f"{number(band['p10'])} à {number(band['p90'])}")
        )
        shown = (_EXPECTED, *names) if expected else names
        cells = [value_cell(name, values[name], str(status[month][name])) for name in shown]
        named = Cell(f"{MONTHS[int(rank) - 1]} {year}", numeric=False)
        rows.append([named, *([awaited] if expected else []), *cells])
    return rows

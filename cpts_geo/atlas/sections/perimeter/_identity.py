"""« Identité du territoire »: its number, its size for the contract, where it lies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from cpts_geo.atlas.look.cells import Cell, Row
from cpts_geo.french import dated, number, percent, typeset
from cpts_geo.schema import Status
from cpts_geo.study.study import Study

#: Facts that stand in a title, in a sentence or in the note of another.
_SAID_ELSEWHERE: Final = ("name", "aci_sizes_agree", "aci_size_gap", "aci_size_published_gap")


def section(study: Study) -> dict[str, Any]:
    """What the template shows: a fact a row, its value, and what is to know of it; what two
    populations say against each other first."""
    facts, finess = study.identity.to_dict("records"), str(study.outline["finess"])
    against = next((row["note"] for row in facts if row["fact"] == "aci_sizes_agree"), "")
    shown = [row for row in facts if row["fact"] not in _SAID_ELSEWHERE]
    title = {"size": typeset(study.size.short), "number": finess and f" · FINESS {finess}"}
    return {**title, "against": against, "rows": [_row(row) for row in shown]}


def _row(fact: Mapping[Any, Any]) -> Row:
    """A fact: its label over its source, its value, its note."""
    value = fact["value"]
    known = not pd.isna(value)
    text = number(value) if isinstance(value, int) else str(value) if known else "—"
    unit = f" {fact['unit']}" if known and fact["unit"] else ""
    share = fact["people_share"]
    people = f"{percent(share, int(share < 1))} des habitants" if not pd.isna(share) else ""
    source = dated(fact["source"], fact["vintage"])
    trust = f" ({fact['grade']})" if fact["grade"] else ""
    status = Status.UNKNOWN.value if not known else fact["status"]
    if unit == " communes" and value == 1:
        unit = " commune"
    cells = (
        Cell(text + unit, status=status),
        Cell(" ; ".join(filter(None, (people, fact["note"]))), numeric=False),
    )
    return Row(fact["label"], source + trust, cells)

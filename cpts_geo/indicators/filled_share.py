"""The share of people without médecin traitant that a filled table gives to the capacity."""

from __future__ import annotations

from typing import Final

import pandas as pd

from cpts_geo.french import day
from cpts_geo.indicators.aci.secret import told_beside
from cpts_geo.indicators.filled.published import without_mt_known
from cpts_geo.indicators.filled.tables import mt_table
from cpts_geo.indicators.given_share import AGES, GivenShare
from cpts_geo.schema import TERRITORY
from cpts_geo.secrecy.filled import releasable_cells
from cpts_geo.sources.analyst.filled.templates import templates

#: Lines whose people the capacity knows how to count, the best first, and the words of their ages.
_LINES: Final = {"tous_ages": AGES["all"], "17+": AGES["17+"]}


def filled_share(
    filled: pd.DataFrame,
    areas: pd.DataFrame,
    *,
    facts: pd.DataFrame,
    given: pd.DataFrame,
    aci: pd.DataFrame | None,
) -> GivenShare | None:
    """
    Find the share of a territory in the tables filled for it.

    Parameters
    ----------
    filled, areas : DataFrame
        As :func:`cpts_geo.indicators.filled.tables.mt_table` takes them.
    facts, given : DataFrame
        As :func:`cpts_geo.indicators.filled.published.without_mt_known` takes them.
    aci : DataFrame or None
        Its indicators of the ACI, which may tell with the table what may not leave.

    Returns
    -------
    GivenShare or None
        That of all ages, or else of 17 and more; None where neither is filled, or may leave: a
        capacity that rests on what is masked would tell it.

    Examples
    --------
    >>> none = pd.DataFrame(columns=["table", "line", "level"])
    >>> filled_share(none, none, facts=none, given=none, aci=None) is None
    True
    """
    mine = filled[(filled["table"] == "acces-mt") & (filled["level"] == TERRITORY.key)]
    if not mine["line"].isin([*_LINES]).any():
        return None
    # Only lines of départements rest on fetched files, and hide none of these two.
    fetched = pd.DataFrame(columns=["indicator", "value"])
    key = str(areas["territory"].iloc[0])
    known, _ = without_mt_known(key, facts=facts, comparison=fetched, given=given, share=None)
    table = mt_table(filled, areas, known=known, notes=[])
    within = {code: line.within for code, line in templates()["acces-mt"].lines.items()}
    shown = releasable_cells(table, within=within, resting={})
    if aci is not None:
        _, told = told_beside(aci, {"mt_access": shown})
        shown = releasable_cells(table, within=within, resting={}, told=told.get("mt_access", ()))
    here = shown[(shown["area_level"] == TERRITORY.key) & shown["share"].notna()]
    rows = {str(row["line"]): row for row in here.to_dict("records")}
    line = next((code for code in _LINES if code in rows and code in set(mine["line"])), None)
    if line is None:
        return None
    row = rows[line]
    return GivenShare(
        value=float(row["share"]), base=_LINES[line],
        source=f"{row['producer']}, {day(row['date'])}", vintage=str(row["date"]),
        grade=str(row["grade"]), status=str(row["status"]),
    )  # fmt: skip

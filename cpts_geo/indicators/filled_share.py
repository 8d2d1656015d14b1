"""The share of people without médecin traitant that a filled table gives to the capacity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from cpts_geo.french import day
from cpts_geo.indicators.aci.gate import released_tables
from cpts_geo.indicators.filled.published import without_mt_known
from cpts_geo.indicators.filled.tables import mt_table
from cpts_geo.indicators.given_share import AGES, GivenShare
from cpts_geo.schema import TERRITORY

#: Lines whose people the capacity knows how to count, the best first, and the words of their ages.
_LINES: Final = {"tous_ages": AGES["all"], "17+": AGES["17+"]}


def filled_shares(
    filled: pd.DataFrame,
    areas: Mapping[str, pd.DataFrame],
    *,
    facts: pd.DataFrame,
    given: Mapping[str, pd.DataFrame],
    aci: Mapping[str, pd.DataFrame],
    communes: pd.DataFrame,
) -> dict[str, GivenShare | None]:
    """
    Find the share of each territory in the tables filled for it.

    Parameters
    ----------
    filled : DataFrame
        Rows of filled tables (:func:`cpts_geo.indicators.filled.checked.checked_rows`).
    areas : mapping of str to DataFrame
        Areas of each (:func:`cpts_geo.indicators.filled.areas.areas_of`).
    facts, given : DataFrame, mapping of str to DataFrame
        As :func:`cpts_geo.indicators.filled.published.without_mt_known` takes them, of each.
    aci : mapping of str to DataFrame
        Their indicators of the ACI, which may tell with a table what may not leave.
    communes : DataFrame
        territory and code_insee of their communes.

    Returns
    -------
    dict of str to GivenShare or None
        That of all ages, or else of 17 and more; None where neither is filled, or may leave: a
        capacity that rests on what is masked would tell it.

    Examples
    --------
    >>> none = pd.DataFrame(columns=["table", "line", "level"])
    >>> filled_shares(none, {"ici": none}, facts=none, given={}, aci={}, communes=none)
    {'ici': None}
    """
    mine = filled[(filled["table"] == "acces-mt") & (filled["level"] == TERRITORY.key)]
    mine = mine[mine["line"].isin([*_LINES])]
    if mine.empty:
        return dict.fromkeys(areas)
    # Only lines of départements rest on fetched files, and hide none of these two.
    fetched = pd.DataFrame(columns=["indicator", "value"])
    tables = []
    for key, around in areas.items():
        known, _ = without_mt_known(
            key, facts=facts, comparison=fetched, given=given[key], share=None
        )
        own = filled[filled["territory"] == key]
        tables.append(mt_table(own, around, known=known, notes=[]))
    raw = {"mt_access": pd.concat(tables, ignore_index=True)}
    inside = {str(key): set(each) for key, each in communes.groupby("territory")["code_insee"]}
    contracts = {key: aci.get(key) for key in areas}
    shown = released_tables(raw, contracts, areas=areas, inside=inside)[0]["mt_access"]
    shown = shown[(shown["area_level"] == TERRITORY.key) & shown["share"].notna()]
    given_cells = {*zip(mine["territory"], mine["line"], strict=True)}
    rows = {(row["territory"], row["line"]): row for row in shown.to_dict("records")}
    return {
        key: next(
            (
                _share(rows[key, line], ages)
                for line, ages in _LINES.items()
                if (key, line) in rows and (key, line) in given_cells
            ),
            None,
        )
        for key in areas
    }


def _share(row: Mapping[Any, Any], base: str) -> GivenShare:
    """A share as the capacity takes it."""
    return GivenShare(
        value=float(row["share"]), base=base,
        source=f"{row['producer']}, {day(str(row['date']))}", vintage=str(row["date"]),
        grade=str(row["grade"]), status=str(row["status"]),
    )  # fmt: skip

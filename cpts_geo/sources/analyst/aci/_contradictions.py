"""What figures of the ACI that are each well written say against one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from cpts_geo.errors import Defect, quoted
from cpts_geo.french import joined
from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.analyst.aci.codes import COUNTED, PERIODS


def contradictions(table: pd.DataFrame) -> list[Defect]:
    """What is wrong between the figures of a row, then between rows of a territory."""
    found = []
    for row in table.to_dict("records"):
        where = f"ligne {row['line']} ({row['code']})"
        found += [Defect(f"{where} : {said}", kind) for said, kind in _of_row(row)]
    for territory, rows in table.groupby("territory", sort=False):
        of = f"{quoted(str(territory))}, " if territory else ""
        found += [Defect(f"{of}{said}", "millésimes mêlés") for said in _of_periods(rows)]
    return found


def _of_row(row: Mapping[Any, Any]) -> Iterator[tuple[str, str]]:
    """Years in the wrong order, fields that differ: what, and its kind."""
    years = {name: row[f"{name}_year"] for name in PERIODS if pd.notna(row[f"{name}_year"])}
    for first, last in (("reference", "value"), ("previous", "value"), ("reference", "target")):
        if first not in years or last not in years:
            continue
        before, after = years[first], years[last]
        # Two periods cannot be the same year, but N may still be the reference.
        if before > after or (first == "previous" and before == after):
            words = f"{PERIODS[first]} ({before:.0f}) n’est pas avant {PERIODS[last]} ({after:.0f})"
            yield words, "années à l’envers"
    fields: dict[str, str] = {}
    for name in COUNTED:
        given = pd.notna(row[name]) or row[f"{name}_hidden"]
        if given and row[f"{name}_field"]:
            fields.setdefault(plain(row[f"{name}_field"]), f"{PERIODS[name]} "
                              f"({quoted(str(row[f'{name}_field']))})")  # fmt: skip
    if len(fields) > 1:
        yield f"{joined(list(fields.values()))} : champs différents, non comparable", "champ"


def _of_periods(rows: pd.DataFrame) -> Iterator[str]:
    """Periods that are not of one year."""
    for name in ("previous", "value"):
        given = rows[name].notna() | rows[f"{name}_hidden"]
        years = rows.loc[given, f"{name}_year"].dropna().astype(int)
        if years.nunique() > 1:
            each = [f"{year} ({', '.join(rows.loc[part.index, 'code'])})"
                    for year, part in years.groupby(years)]  # fmt: skip
            yield f"{PERIODS[name]} mêle plusieurs années : {joined(each)}"

"""Codes and names that communes had: those of today's parts, of past COG, of events."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

import pandas as pd

from cpts_geo.settings import COG_YEAR
from cpts_geo.sources.codes import COLLECTIVITES
from cpts_geo.sources.embedding._entries import (
    ARRONDISSEMENT,
    CURRENT,
    PAST_COG,
    handwritten_events,
    read_entries,
)

#: A code that a past COG had as a commune.
_RETIRED: Final = "code retiré"
#: A name that a commune of today bore under its code of today.
_RENAMED: Final = "ancien nom"
#: A code that went before the oldest COG kept: its name is not in the packages.
_OLD: Final = "code ancien"
_COLUMNS: Final = ["former_code", "former_name", "kind", "code_insee", "since_cog"]


def read_former(folder: Path, *, current: Collection[str], gone: Collection[str]) -> pd.DataFrame:
    """
    Codes and names of communes that are not those of a commune of today.

    Parameters
    ----------
    folder : Path
        Folder with the packages named in the catalogue.
    current, gone : collection of str
        Codes of today, and every code that an event ends.

    Returns
    -------
    DataFrame
        former_code, former_name (NaN: unknown), kind, code_insee (its commune in the newest COG
        that has it, which may be gone since: see the events), since_cog (first COG without; NaN
        for the delegated and associated communes of today and for codes gone before the oldest
        COG, whose date is not in the packages); in order of code.
    """
    now = [e for e in read_entries(folder, COG_YEAR) if not e["code"].startswith(COLLECTIVITES)]
    rows: list[tuple[Any, ...]] = [
        (e["code"], e["nom"], e["type"], e.get("chefLieu", e.get("commune")), pd.NA)
        for e in now
        if e["type"] != CURRENT
    ]
    written = handwritten_events()
    # A commune that was split or restored is one of today.
    written = written[~written["former_code"].isin(current)].assign(kind=_RETIRED)
    rows += written[_COLUMNS].itertuples(index=False, name=None)
    borne = {(e["code"], e["nom"]) for e in now} | {(code, name) for code, name, *_ in rows}
    for year in PAST_COG:
        for entry in read_entries(folder, year):
            code, name = entry["code"], entry["nom"]
            if code.startswith(COLLECTIVITES) or (code, name) in borne:
                continue
            borne.add((code, name))
            kind = entry["type"]
            if kind == CURRENT:
                kind = _RENAMED if code in current else _RETIRED
            if kind != ARRONDISSEMENT:
                rows.append((code, name, kind, entry.get("chefLieu", code), year + 1))
    known = {code for code, *_ in rows}
    rows += [(c, None, _OLD, c, pd.NA) for c in gone if c not in known and c not in current]
    table = pd.DataFrame(rows, columns=_COLUMNS)
    return table.sort_values(["former_code", "kind", "former_name"], ignore_index=True)

"""Copies of the table of known lines, with rows of an analyst's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from cpts_geo.settings import CPTS_DIR

SHIPPED_FILE = CPTS_DIR / "known_lines.csv"
#: A line of its own, in the Ondaine: so many consultations a year, all requests served.
OWN = {
    "line": "ici",
    "name": "Ligne d’ici",
    "places": "cpts:ondaine_forez",
    "law": "servies",
    "count_low": "9000",
    "count_high": "9000",
    "share_low": "",
    "share_likely": "",
    "share_high": "",
    "served_low": "1",
    "served_high": "1",
}


def table() -> pd.DataFrame:
    """Read the rows of the package as texts."""
    return pd.read_csv(SHIPPED_FILE, dtype=str, keep_default_na=False)


def written(
    folder: Path,
    changes: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    more: Sequence[Mapping[str, str]] = (),
    rows: pd.DataFrame | None = None,
) -> Path:
    """Write a copy whose rows are changed by key, or to which rows like the first are added."""
    copy = table() if rows is None else rows
    for key, values in (changes or {}).items():
        for name, value in values.items():
            copy.loc[copy["line"] == key, name] = value
    added = pd.DataFrame([copy.iloc[0].to_dict() | dict(row) for row in more])
    path = folder / "lignes.csv"
    pd.concat([copy, added]).to_csv(path, index=False)
    return path

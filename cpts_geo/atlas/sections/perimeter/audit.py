"""« Noms reconnus autrement qu’à l’identique »."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cpts_geo.atlas.look.cells import Cell, plain_cells
from cpts_geo.errors import one_line
from cpts_geo.french import number

_METHODS = {
    "exact": "identique",
    "normalised": "casse, accents ou article",
    "short": "nom abrégé, complété d’après les autres communes",
    "fuzzy": "orthographe proche",
    "moved": "ancienne commune",
    "repaired": "zéro initial rétabli",
    "whole": "commune listée avec ses arrondissements, comptés une fois",
}


def recognised(audit: pd.DataFrame) -> list[str]:
    """
    Say in words which names were not recognised to the letter, case and accents aside.

    Parameters
    ----------
    audit : DataFrame
        Audit of one territory.

    Returns
    -------
    list of str
        One French sentence a name: misspelt, former or repaired.
    """
    changed = audit[~audit["method"].isin(["exact", "normalised"])]
    return [
        f"« {one_line(row['published'])} » compris comme {row['name']} ({row['code_insee']}) : "
        f"{_METHODS[row['method']]}."
        for row in changed.to_dict("records")
    ]


def section(audit: pd.DataFrame) -> dict[str, Any]:
    """
    Show the names that were not written exactly as the official ones.

    Parameters
    ----------
    audit : DataFrame
        Audit of one territory.

    Returns
    -------
    dict
        What its template shows.
    """
    changed = audit[audit["method"] != "exact"]
    rows = [
        [
            *plain_cells(row["published"], row["name"], row["code_insee"]),
            *plain_cells(_METHODS.get(row["method"], row["method"])),
            Cell(number(row["score"], 0)),
        ]
        for row in changed.to_dict("records")
    ]
    return {"rows": rows}

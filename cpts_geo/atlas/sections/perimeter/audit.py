"""The list of communes, line by line: names not recognised to the letter, lines left out."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cpts_geo.atlas.look.cells import Cell, plain_cells
from cpts_geo.french import number
from cpts_geo.geography.naming.names import LEFT_OUT
from cpts_geo.geography.perimeters.checking import METHODS, read_line


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
    changed = audit[~audit["method"].isin(["exact", LEFT_OUT])]
    out = audit[audit["method"] == LEFT_OUT]
    rows = [
        [
            *plain_cells(row["published"], row["name"], row["code_insee"]),
            *plain_cells(METHODS.get(row["method"], row["method"])),
            Cell(number(row["score"], 0)),
        ]
        for row in changed.to_dict("records")
    ]
    left = [
        [*plain_cells(row["line"], row["published"], row["alternatives"])]
        for row in out.to_dict("records")
    ]
    listed = "file" in audit and (audit["file"] != "").any()
    read = read_line(audit[audit["method"] != LEFT_OUT], out) if listed else ""
    return {"rows": rows, "left_out": left, "read": read}

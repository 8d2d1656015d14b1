"""Tables on the perimeter itself: how its names were read, what it adds up to, what it cuts."""

from __future__ import annotations

import pandas as pd

from cpts_geo.atlas.cells import Cell
from cpts_geo.errors import one_line
from cpts_geo.french import day, number, percent, signed_percent, typeset
from cpts_geo.schema import Status

_METHODS = {
    "exact": "identique",
    "normalised": "casse, accents ou article",
    "fuzzy": "orthographe proche",
    "moved": "ancienne commune",
    "repaired": "zéro initial rétabli",
}
_QUANTITIES = {
    "population": ("Population", "habitants", 0),
    "area_km2": ("Superficie", "km²", 0),
    "communes": ("Communes", "", 0),
}


def gap_rows(gaps: pd.DataFrame) -> list[list[Cell]]:
    """
    Set published sizes beside today's.

    Parameters
    ----------
    gaps : DataFrame
        Rows of :func:`cpts_geo.territories.perimeters.outlines.published_gaps` for one territory.

    Returns
    -------
    list of list of Cell
        Quantity, published, date, today, gap, reason.
    """
    rows = []
    for gap in gaps.to_dict("records"):
        label, unit, decimals = _QUANTITIES[gap["quantity"]]
        rows.append(
            [
                Cell(label, numeric=False),
                Cell(f"{number(gap['published'], decimals)} {unit}".strip()),
                Cell(day(gap["date"]), note=gap["document"], numeric=False),
                Cell(f"{number(gap['today'], decimals)} {unit}".strip()),
                Cell(
                    signed_percent(gap["gap_percent"])
                    if abs(gap["gap_percent"]) >= 0.05
                    else "aucun"
                ),
                Cell(typeset(gap["reason"]), numeric=False),
            ]
        )
    return rows


def audit_rows(audit: pd.DataFrame) -> list[list[Cell]]:
    """
    Show the names that were not written exactly as the official ones.

    Parameters
    ----------
    audit : DataFrame
        Audit of one territory.

    Returns
    -------
    list of list of Cell
        Published, recognised, code, how, similarity.
    """
    changed = audit[audit["method"] != "exact"]
    return [
        [
            Cell(row["published"], numeric=False),
            Cell(row["name"], numeric=False),
            Cell(row["code_insee"], numeric=False),
            Cell(_METHODS.get(row["method"], row["method"]), numeric=False),
            Cell(number(row["score"], 0)),
        ]
        for row in changed.to_dict("records")
    ]


def border_rows(border: pd.DataFrame) -> list[list[Cell]]:
    """
    List the communes that the limit of a polygon cuts.

    Parameters
    ----------
    border : DataFrame
        Border communes of one territory, see :mod:`cpts_geo.territories.perimeters.polygons`.

    Returns
    -------
    list of list of Cell
        Commune, code, kept or not, share of its area inside, people, people inside (estimated),
        weight in the territory.
    """
    return [
        [
            Cell(row["name"], numeric=False),
            Cell(row["code_insee"], numeric=False),
            Cell("retenue" if row["kept"] else "non retenue", numeric=False),
            Cell(percent(row["area_share"]), status=Status.MEASURED.value),
            Cell(number(row["population"]), status=Status.MEASURED.value),
            Cell(number(row["population_inside"]), status=row["population_inside_status"]),
            Cell(percent(row["weight"])),
        ]
        for row in border.to_dict("records")
    ]


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
        f"« {one_line(row['published'])} » pris pour {row['name']} ({row['code_insee']}) : "
        f"{_METHODS[row['method']]}."
        for row in changed.to_dict("records")
    ]

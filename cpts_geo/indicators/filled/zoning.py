"""Zonings of a territory, as a file of its communes gives them: counted, never derived."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cpts_geo.french import counted, joined
from cpts_geo.indicators.given_share import BY_ANALYST
from cpts_geo.schema import TERRITORY, Status
from cpts_geo.sources.analyst.filled.templates import NO_COMMUNE, Line, is_invented, templates


def zoning_table(filled: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """
    Count the communes and people of each zoning.

    Parameters
    ----------
    filled : DataFrame
        Rows of filled tables for the territory.
    members : DataFrame
        Its communes: territory, code_insee, name, population.

    Returns
    -------
    DataFrame
        A row a zoning: territory, line, label, communes (how many), names, people, share (of the
        inhabitants), date, producer, status, grade, note, ask. A commune whose people are not
        written is whole; in a QPV, nobody is unless they are written.

    Examples
    --------
    >>> members = pd.DataFrame(
    ...     {"territory": "ici", "code_insee": ["45001"], "name": "Ici", "population": [300]}
    ... )
    >>> none = pd.DataFrame(columns=["table", "line", "area_code"])
    >>> zoning_table(none, members)["ask"].tolist()[0]
    'à demander à l’ARS (arrêté de zonage)'
    """
    people = members.set_index("code_insee")["population"].astype("float64")
    names = members.set_index("code_insee")["name"]
    mine = filled[filled["table"] == "zonage"]
    rows = []
    for line in templates()["zonage"].lines.values():
        row = {"territory": members["territory"].iloc[0], "line": line.code, "label": line.label}
        found = mine[mine["line"] == line.code]
        said = _blank(line) if found.empty else _counted(found, people=people, names=names)
        rows.append(row | said)
    return pd.DataFrame(rows)


def _blank(line: Line) -> dict[str, Any]:
    """A zoning that no file gives."""
    nothing = dict.fromkeys(("communes", "people", "share"), float("nan"))
    empty = dict.fromkeys(("names", "date", "producer", "grade", "note"), "")
    ask = f"à demander {line.ask[TERRITORY.key]}"
    return {**nothing, **empty, "status": Status.UNKNOWN.value, "ask": ask}


def _counted(found: pd.DataFrame, *, people: pd.Series, names: pd.Series) -> dict[str, Any]:
    """Communes and people of a zoning."""
    zoned = found[found["area_code"] != NO_COMMUNE]
    within = zoned["number"]
    # A QPV is a part of its commune; what its producer masks is not the whole of it either.
    whole = (zoned["line"] != "qpv") & ~zoned["masked"].astype(bool)
    within = within.where(within.notna() | ~whole, zoned["area_code"].map(people))
    inside, total = float(within.sum(skipna=False)), float(people.sum())
    lacking = list(zoned.loc[within.isna(), "area_code"].map(names))
    many = counted(len(lacking), "commune", "communes")
    invented = bool(found["producer"].map(is_invented).any())
    return {
        "communes": float(len(zoned)),
        "names": joined(list(zoned["area_code"].map(names))) if len(zoned) else "",
        "people": inside,
        "share": inside / total if total else float("nan"),
        "date": " ; ".join(sorted(found["date"].unique())),
        "producer": joined(list(found["producer"].drop_duplicates())),
        "status": (Status.ASSUMED if invented else Status.ANNOUNCED).value,
        "grade": "D" if invented else BY_ANALYST,
        "note": f"{many} sans habitants dits : {joined(lacking)}" if lacking else "",
        "ask": "",
    }

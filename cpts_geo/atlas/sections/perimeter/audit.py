"""« Noms reconnus autrement qu’à l’identique »."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd

from cpts_geo.atlas.look.cells import Cell, plain_cells
from cpts_geo.errors import one_line
from cpts_geo.french import counted, number
from cpts_geo.territories.naming.names import LEFT_OUT

#: Names written in a line; the table has them all.
_SHOWN: Final = 6
_METHODS = {
    "exact": "identique",
    "normalised": "casse, accents ou article",
    "short": "nom abrégé, complété d’après les autres communes",
    "fuzzy": "orthographe proche",
    "moved": "ancienne commune",
    "repaired": "zéro initial rétabli",
    "whole": "commune listée avec ses arrondissements, comptés une fois",
}

#: The same, counted.
_COUNTED = {
    "short": ("nom abrégé", "noms abrégés"),
    "fuzzy": ("orthographe proche", "orthographes proches"),
    "moved": ("ancienne commune", "anciennes communes"),
    "repaired": ("zéro initial rétabli", "zéros initiaux rétablis"),
    "whole": ("commune listée avec une partie d’elle", "communes listées avec une partie d’elles"),
}


def audit_lines(audit: pd.DataFrame) -> list[str]:
    """
    Say in three lines at most what became of a list of communes.

    Parameters
    ----------
    audit : DataFrame
        Audit of territories.

    Returns
    -------
    list of str
        French: what was read of a file, with counts that add up; how the names that are not to the
        letter were understood; what was left out. Less where there is nothing to say.
    """
    left = audit["method"] == LEFT_OUT
    known, out = audit[~left], audit[left]
    changed = known[~known["method"].isin(["exact", "normalised"])]
    lines = [_read_line(known, out)] if (audit["file"] != "").any() else []
    if len(changed):
        ways = [
            counted(n, *_COUNTED[str(way)]) for way, n in changed["method"].value_counts().items()
        ]
        said = [
            f"« {one_line(row['published'])} » → {row['name']} ({row['code_insee']})"
            for row in changed.head(_SHOWN).to_dict("records")
        ]
        lines.append(f"Compris autrement ({', '.join(ways)}) : {_few(said, len(changed))}.")
    if len(out):
        said = [
            f"ligne {row['line']} « {one_line(row['published'])} » ({row['alternatives']})"
            for row in out.head(_SHOWN).to_dict("records")
        ]
        lines.append(f"Laissé de côté : {_few(said, len(out))}.")
    return lines


def _read_line(known: pd.DataFrame, out: pd.DataFrame) -> str:
    """What was read of a file, with counts that add up."""
    first = known.iloc[0] if len(known) else out.iloc[0]
    sheet = f" (feuille « {one_line(first['sheet'])} »)" if first["sheet"] else ""
    mentions = [line for lines in known["line"] for line in lines.split(" + ")]
    repeated = len(mentions) - len(known)
    parts = [
        counted(len(known), "commune", "communes"),
        counted(repeated, "répétition", "répétitions") if repeated else "",
        counted(len(out), "laissée de côté", "laissées de côté") if len(out) else "",
    ]
    total = len(mentions) + len(out)
    distinct = len({*mentions, *out["line"]}) == total
    read = counted(total, *(("ligne lue", "lignes lues") if distinct else ("nom lu", "noms lus")))
    return f"{one_line(first['file'])}{sheet} : {read}, {', '.join(filter(None, parts))}."


def _few(said: Sequence[str], total: int) -> str:
    """Some of many, and how many more."""
    more = total - len(said)
    rest = f" ; et {number(more)} autre{'s' if more > 1 else ''} (tableaux/noms_reconnus.csv)"
    return " ; ".join(said) + (rest if more else "")


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
            *plain_cells(_METHODS.get(row["method"], row["method"])),
            Cell(number(row["score"], 0)),
        ]
        for row in changed.to_dict("records")
    ]
    left = [
        [*plain_cells(row["line"], row["published"], row["alternatives"])]
        for row in out.to_dict("records")
    ]
    listed = (audit["file"] != "").any()
    read = _read_line(audit[audit["method"] != LEFT_OUT], out) if listed else ""
    return {"rows": rows, "left_out": left, "read": read}

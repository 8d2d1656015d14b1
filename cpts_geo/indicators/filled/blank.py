"""A table to fill: a row a cell, what is known of its area written, the rest empty or invented."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import pandas as pd

from cpts_geo.schema import TERRITORY
from cpts_geo.sources.analyst.filled.invented import invented
from cpts_geo.sources.analyst.filled.templates import (
    INVENTED,
    NO_COMMUNE,
    Line,
    Template,
    headings,
    level_words,
    templates,
)

_Cell = str | float | None
#: Every so many communes is zoned in the invented example; a QPV is a part of the largest one.
_EVERY: Final = {"zip": 3, "zac": 4, "frr": 2}
_QPV_SHARE: Final = 0.08


def blank_table(
    key: str,
    *,
    areas: Sequence[pd.DataFrame],
    members: pd.DataFrame | None,
    example_year: int | None = None,
) -> tuple[list[str], list[list[_Cell]]]:
    """
    Make a table to fill.

    Parameters
    ----------
    key : str
        Which one, among :func:`cpts_geo.sources.analyst.filled.templates.templates`.
    areas : sequence of DataFrame
        Areas of each territory (:func:`cpts_geo.indicators.filled.areas.areas_of`); empty for a
        table of no territory.
    members : DataFrame or None
        Communes of the territories; None for a table of none.
    example_year : int, optional
        Year of invented figures that fill it, each marked so; an empty table where absent.

    Returns
    -------
    tuple of list
        Headings, and rows of cells.

    Examples
    --------
    >>> heads, rows = blank_table("sas", areas=[], members=None)
    >>> heads[:3], len(rows), rows[0][:3]
    (['Tableau', 'Territoire', 'Nom du territoire'], 11, ['sas', '', ''])
    """
    template = templates()[key]
    if "zoning" in template.columns:
        rows = _zones(template, members, year=example_year)
    else:
        rows = _lines(template, areas, year=example_year)
    heads = [headings()[column] for column in template.columns]
    return heads, [[row.get(column, "") for column in template.columns] for row in rows]


def _lines(
    template: Template, areas: Sequence[pd.DataFrame], *, year: int | None
) -> Iterator[dict[str, Any]]:
    """A row a territory, a line and an area."""
    words = level_words()
    columns = ["territory", "area_level", "area_code", "area_name", "people"]
    nobody = pd.DataFrame([("", level, "", "", 0) for level in words], columns=columns)
    for each in areas or [nobody]:
        table = each.to_dict("records")
        for line in template.lines.values():
            for area in table:
                level = str(area["area_level"])
                if level not in line.levels:
                    continue
                row = {
                    "table": template.key,
                    "territory": area["territory"],
                    "territory_name": table[0]["area_name"],
                    "line": line.code,
                    "label": line.label,
                    "level": words[level],
                    "area_code": area["area_code"],
                    "area_name": area["area_name"],
                    "unit": line.unit,
                    "ask": line.ask[level],
                }
                if year is not None:
                    row |= _invented(line, level, float(area["people"]), year)
                yield row


def _invented(line: Line, level: str, people: float, year: int) -> dict[str, Any]:
    """Invented figures of a cell, marked so; a share is that of its own number."""
    found = invented(line.code, people=people, level=level)
    made = {"date": str(year), "producer": INVENTED}
    if line.unit:
        site = {"detail": "site inventé"} if line.group == "sites" else {}
        return {**made, **site, "value": found.share if line.kind == "share" else found.number}
    return {
        **made, "number": found.number, "population": found.population, "share": found.share,
    }  # fmt: skip


def _zones(
    template: Template, members: pd.DataFrame | None, *, year: int | None
) -> Iterator[dict[str, Any]]:
    """A row a commune, to be repeated for each of its zonings."""
    if members is None:
        members = pd.DataFrame([{"territory": "", "code_insee": "", "name": "", "population": 0}])
    asked = " / ".join(
        f"{code.upper()} : {line.ask[TERRITORY.key]}" for code, line in template.lines.items()
    )
    zoned: set[tuple[str, str]] = set()
    largest = {*members.loc[members.groupby("territory")["population"].idxmax(), "code_insee"]}
    told: set[str] = set()
    for place, commune in enumerate(members.to_dict("records")):
        row = {
            "table": template.key,
            "territory": commune["territory"],
            "territory_name": commune.get("territory_name", ""),
            "code_insee": commune["code_insee"],
            "commune": commune["name"],
            # Said once a territory: it is the same of each commune.
            "ask": asked if commune["territory"] not in told else None,
        }
        told.add(commune["territory"])
        if year is None:
            yield row
            continue
        codes = [code for code, every in _EVERY.items() if place % every == 0]
        if commune["code_insee"] in largest:
            codes.append("qpv")
        if "zip" in codes and "zac" in codes:
            codes.remove("zac")
        for code in codes:
            zoned.add((commune["territory"], code))
            people = float(round(commune["population"] * _QPV_SHARE)) if code == "qpv" else None
            yield row | {
                "zoning": code.upper(), "people": people, "date": str(year), "producer": INVENTED,
            }  # fmt: skip
    if year is None:
        return
    for key, name in members.drop_duplicates("territory")[
        ["territory", "territory_name"]
    ].itertuples(index=False, name=None):
        for code in template.lines:
            if (key, code) not in zoned:
                yield {
                    "table": template.key, "territory": key, "territory_name": name,
                    "code_insee": NO_COMMUNE, "zoning": code.upper(), "people": 0.0,
                    "date": str(year), "producer": INVENTED,
                }  # fmt: skip

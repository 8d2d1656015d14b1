"""What cells of filled tables deny of one another: sums, parts above a whole, mixed vintages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pandas as pd

from cpts_geo.errors import Defect, quoted
from cpts_geo.french import day, joined, number
from cpts_geo.schema import AROUND, REGION
from cpts_geo.sources.analyst.filled.file import places
from cpts_geo.sources.analyst.filled.templates import NO_COMMUNE, Line, templates

#: People are counted in another year than inhabitants: this far above them they are others.
SLACK: Final = 1.1
#: Slots of each public, whose sum holds those that are filled.
OFFERED: Final = ("creneaux_public", "creneaux_pro", "creneaux_snp", "creneaux_cpts")
FILLED_SLOTS: Final = "creneaux_pourvus"
#: Lines of people who are nearly all among others: children in ALD are few.
_NEARLY: Final = {"ald": "17+"}
#: Zonings of which a commune has one.
_EXCLUSIVE: Final = frozenset({"zip", "zac"})
_CELL: Final = ["territory", "table", "line", "level", "area_code"]


def contradictions(rows: pd.DataFrame, areas: Mapping[str, pd.DataFrame]) -> list[str]:
    """Give a French line on each."""
    if rows.empty:
        return []
    return [
        *_twice(rows),
        *_vintages(rows, areas),
        *_above(rows),
        *_slots(rows),
        *_people(rows, areas),
        *_zoned(rows),
    ]


def zonings_apart(rows: pd.DataFrame) -> Iterator[str]:
    """Communes that are both zoned and in no zoning, or in two that exclude one another."""
    zoned = rows[(rows["table"] == "zonage") & (rows["area_code"] != NO_COMMUNE)]
    for (_, code), found in zoned.groupby(["territory", "area_code"], sort=False):
        lines = set(found["line"])
        for apart, words in (
            ("" in lines and len(lines) > 1, "dans aucun zonage, et zonée"),
            (lines >= _EXCLUSIVE, "en ZIP et en ZAC, qui s’excluent"),
        ):
            if apart:
                [(_, where)] = places(found.tail(1))
                yield Defect(f"{where} : commune {quoted(str(code))}, {words}", "zonage contraire")


def _line(row: Mapping[Any, Any]) -> Line:
    """The line that a row fills."""
    return templates()[row["table"]].lines[row["line"]]


def _twice(rows: pd.DataFrame) -> Iterator[str]:
    """Cells that two rows fill."""
    for row, where in places(rows[rows.duplicated(_CELL)]):
        said = f"{_line(row).label}, {row['area_code']} : déjà rempli plus haut"
        yield Defect(f"{where} : {said}", "ligne en double")


def _vintages(rows: pd.DataFrame, areas: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """Lines that are read together, and bear several dates."""
    dated = rows[rows["date"] != ""]
    groups = [_line(row).group for row in dated.to_dict("records")]
    for (key, table, group), every in dated.groupby(
        [dated["territory"], dated["table"], pd.Series(groups, dated.index, dtype=str)], sort=False
    ):
        mine = areas[str(key)]
        # Each région has its own order.
        if table == "zonage" and (mine["area_level"] == REGION.key).sum() > 1:
            continue
        # Areas around are compared with it: their own year is kept, and said.
        found = every[~every["level"].isin([level.key for level in AROUND])]
        dates = _vintages_of(found["date"])
        if len(dates) > 1:
            label = templates()[str(table)].lines[str(found["line"].iloc[0])].label
            if group not in templates()[str(table)].lines:
                label = f"lignes « {group} »"
            lines = joined([str(place) for place in found["place"]])
            said = (
                f"{label} : deux millésimes mêlés ({joined([day(each) for each in dates])}) ; ne "
                "gardez que les chiffres d’une seule date"
            )
            file = found["file"].iloc[0]
            yield Defect(f"{file}, lignes {lines} : {said}", "deux millésimes mêlés")


def _vintages_of(dates: pd.Series) -> list[str]:
    """Dates that are not within one another: a year holds its days."""
    every = sorted(dates.unique())
    return [x for x in every if not any(y != x and y.startswith(x) for y in every)]


def _above(rows: pd.DataFrame) -> Iterator[str]:
    """Parts above their whole, of the same area and date."""
    cells = {tuple(row[key] for key in _CELL): row for row in rows.to_dict("records")}
    for row, where in places(rows):
        line = _line(row)
        for code in filter(None, (line.within, _NEARLY.get(line.code, ""))):
            above = cells.get(tuple({**row, "line": code}[key] for key in _CELL))
            if above is None or len(_vintages_of(pd.Series([row["date"], above["date"]]))) > 1:
                continue
            whole = above["number"]
            if row["number"] > whole:
                label = templates()[row["table"]].lines[code].label
                many = f"{line.label} ({number(row['number'])})"
                said = f"{many} au-dessus de {label} ({number(whole)})"
                yield Defect(f"{where} : {said}", "partie au-dessus du tout")


def _slots(rows: pd.DataFrame) -> Iterator[str]:
    """Filled slots above those offered, where all of these are known."""
    sas = rows[rows["table"] == "sas"]
    for _, found in sas.groupby("territory"):
        values = dict(zip(found["line"], found["number"], strict=True))
        offered = sum(values.get(code, float("nan")) for code in OFFERED)
        if values.get(FILLED_SLOTS, 0.0) > offered:
            [(row, where)] = places(found[found["line"] == FILLED_SLOTS].head(1))
            label = _line(row).label
            said = f"{label} ({number(row['number'])}) : plus que d’offerts ({number(offered)})"
            yield Defect(f"{where} : {said}", "plus de créneaux pourvus que d’offerts")


def _people(rows: pd.DataFrame, areas: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """More people without médecin traitant than inhabitants."""
    for row, where in places(rows[rows["table"] == "acces-mt"]):
        line, mine = _line(row), areas[row["territory"]]
        here = (mine["area_level"] == row["level"]) & (mine["area_code"] == row["area_code"])
        people = float(mine.loc[here, "people"].sum())
        # All ages were counted in another year.
        most = people if line.within else people * SLACK
        for name, limit, words in (
            ("number", most, "sans médecin traitant"),
            ("population", people * SLACK, "en tout"),
        ):
            if row[name] > limit:
                many = f"{number(row[name])} {words}"
                said = f"{line.label}, {many} : plus que les {number(people)} habitants"
                yield Defect(f"{where} : {said}", "nombre au-dessus de la population")


def _zoned(rows: pd.DataFrame) -> Iterator[str]:
    """Zonings that hold both communes and none."""
    zoned = rows[rows["table"] == "zonage"]
    for _, found in zoned.groupby(["territory", "line"]):
        none = found["area_code"] == NO_COMMUNE
        if none.any() and not none.all():
            for row, where in places(found[none]):
                said = f"{_line(row).label} : « {NO_COMMUNE} » et des communes"
                yield Defect(f"{where} : {said}", "zonage contraire")

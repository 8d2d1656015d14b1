"""The dictionary of data: columns of the schema, and those of each table that a report writes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

import pandas as pd

from cpts_geo.indicators.aci.fiche import aci_table
from cpts_geo.indicators.aci.rows import aci_rows
from cpts_geo.schema import COLUMNS, COMPARED, Column, Status, status_column
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.writing._csv_tables import tables
from docs._ext.examples import five
from docs._ext.markdown import code, records, table

#: Where the values of a column stand, in words, in reading order.
PLACES: Final = {
    "communes": "Des communes",
    "figures": "Des communes, chacun suivi de son statut",
    "areas": "Publiés par aire seulement",
    "computed": "Calculés pour une aire",
    "access": "De l’accès",
    "past": "De publications antérieures",
}
_KINDS: Final = {"count": "compte", "rate": "taux", "derived": "calcul"}
#: Tables that a polygon or an export alone brings, and what they are made of.
_ONLY_GIVEN: Final = {"communes_de_bordure": "border", "indicateurs_fournis": "given"}
_BOUND: Final = re.compile(r"_?p(10|50|90)$")
_BOUNDS: Final = {"10": "borne basse", "50": "médiane", "90": "borne haute"}


def columns() -> str:
    """Every column of the schema, by where its values stand."""
    return "\n\n".join(
        f"### {words}\n\n{_columns([c for c in COLUMNS.values() if c.table == place])}"
        for place, words in PLACES.items()
    )


def _columns(found: list[Column]) -> str:
    header = ("Nom", "Ce que c’est", "Unité", "Source, année, confiance", "Où le voir")
    return table(header, map(_row, found))


def _row(column: Column) -> tuple[str, ...]:
    source = sources()[column.source]
    name = code(column.name)
    if column.table == "figures":
        name += f" {code(status_column(column.name))}"
    fetched = ", à télécharger" if column.fetched else ""
    origin = f"{source.producer}, {column.vintage}{fetched} ({source.grade})"
    what = f"**{column.label}.** {column.definition}"
    unit = f"{'%' if column.percent else column.unit} ({_KINDS[column.kind]})"
    return name, what, unit, origin, _shown(column)


def _shown(column: Column) -> str:
    """Where a reader meets a column."""
    places = []
    if column.layer:
        places.append("carte")
    if column.listed:
        places.append("table des communes")
    if column.name in COMPARED:
        places += ["fiche", code("comparaison.csv")]
    if column.table in {"communes", "figures"}:
        places.append(code("communes.csv"))
    if column.table == "access":
        places.append(code("acces.csv"))
    return ", ".join(places) or "dans d’autres calculs"


@cache
def written() -> Mapping[str, list[str]]:
    """Columns of each table that a report writes, read from that of the five."""
    found = {name: list(map(str, each.columns)) for name, each in tables(five()).items()}
    found["indicateurs_aci"] = ["territory", *aci_rows(aci_table(pd.DataFrame())).columns]
    return found | {name: list(five().table(part).columns) for name, part in _ONLY_GIVEN.items()}


def meaning(name: str, column: str, said: Mapping[tuple[str, str], str]) -> str:
    """What a column of a written table is; a KeyError where nothing says it."""
    whole = column.removesuffix("_status")
    stem = re.sub(r"_\d$", "", whole)
    told = stem in COLUMNS or (name, stem) in said
    if whole != column and told and (name, column) not in said:
        return f"Comment {code(whole)} est connu"
    for key in ((name, column), ("", column), (name, stem), ("", stem)):
        if key in said:
            return said[key]
    if column in COLUMNS:
        return COLUMNS[column].dated_label
    if bound := _BOUND.search(column):
        whole = _BOUND.sub("", column) or "p"
        return f"{meaning(name, whole, said)} ({_BOUNDS[bound[1]]})"
    raise KeyError(f"docs/guide/tables.csv says nothing of {column!r} in {name}.csv")


def meanings() -> dict[tuple[str, str], str]:
    """Sentences of docs/guide/tables.csv, by table (empty: any) and column (empty: the table)."""
    return {(row["table"], row["column"]): row["meaning"] for row in records("tables.csv")}


def outputs() -> str:
    """Every table of a report, and each of its columns."""
    said = meanings()
    return "\n\n".join(
        f"### `{name}.csv`\n\n{said[name, '']}\n\n"
        + table(("Colonne", "Ce que c’est"), _outlined(name, columns, said))
        for name, columns in written().items()
    )


def _outlined(
    name: str, found: list[str], said: Mapping[tuple[str, str], str]
) -> list[tuple[str, str]]:
    """Columns of a table; those of the schema and their statuses are told once, above."""
    own = [c for c in found if c not in COLUMNS and c.removesuffix("_status") not in COLUMNS]
    rows = [(code(column), meaning(name, column, said)) for column in own]
    if len(own) < len(found):
        statuses = ", ".join(code(status) for status in Status)
        rows.append(("…", f"Colonnes du dictionnaire ci-dessus ; leur statut : {statuses}"))
    return rows

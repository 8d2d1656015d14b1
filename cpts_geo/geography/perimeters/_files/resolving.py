"""Rows of lists resolved, territory by territory; what was left out, as rows of the audit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import pandas as pd

from cpts_geo.errors import Defect, NameResolutionError, PerimeterError, quoted
from cpts_geo.french import counted
from cpts_geo.geography.naming.codes import resolve_table
from cpts_geo.geography.naming.names import LEFT_OUT
from cpts_geo.geography.perimeters.zonings import epci_zoning
from cpts_geo.geography.zones.finding import zones_named
from cpts_geo.sources.embedding import embedded

#: How the name of an intercommunalité begins, or goes on.
_KIND: Final = (
    r"(?:cc|ca|cu|ept|communaut[ée]|m[ée]tropole|syndicat)\b|.*\b(?:m[ée]tropole|agglo)\b"
)


def left_out(lines: Sequence[tuple[int, str, str]], audit: pd.DataFrame) -> pd.DataFrame:
    """Rows of the audit for what was left out, each with the territory of the line before it."""
    starts = [int(line.split(" + ")[0]) for line in audit["line"]]
    order = sorted(zip(starts, audit["territory"], strict=True))
    rows = []
    for line, text, why in lines:
        before = [territory for start, territory in order if start <= line]
        rows.append(
            {
                "territory": next(reversed(before), order[0][1] if order else ""),
                "published": text,
                "code_insee": "",
                "name": "",
                "departement": "",
                "method": LEFT_OUT,
                "alternatives": why,
                "line": str(line),
            }
        )
    return pd.DataFrame(rows, columns=[*audit.columns])


def resolved(
    tables: Mapping[str, pd.DataFrame],
    communes: pd.DataFrame,
    *,
    former: pd.DataFrame,
    departements: Collection[str] | None,
) -> list[pd.DataFrame]:
    """Audit of the list of each territory, or one refusal of all that is wrong in them."""
    audits: list[pd.DataFrame] = []
    refused: list[PerimeterError] = []
    postal, outside = embedded.load_postal_codes(), embedded.load_outside_communes()
    for table in tables.values():
        # A population only checks the list, and names no commune.
        rows = table.drop(columns=["population", "territory"], errors="ignore")
        try:
            _refuse_zones(rows, communes)
            audits.append(
                resolve_table(
                    rows, communes, former=former, departements=departements,
                    postal=postal, outside=outside,
                )
            )  # fmt: skip
        except PerimeterError as error:
            refused.append(error)
    if len(refused) == 1:
        raise refused[0]
    if refused:
        raise type(refused[0])(
            f"Les listes de {len(refused)} territoires ne peuvent pas être utilisées telles "
            "quelles.",
            defects=[defect for error in refused for defect in error.defects],
            remedy=" ".join(dict.fromkeys(error.remedy for error in refused)),
        )
    return audits


def _refuse_zones(rows: pd.DataFrame, communes: pd.DataFrame) -> None:
    """Refuse names of intercommunalités, with the command that takes each as it is."""
    if "name" not in rows:
        return
    coded = rows["code"].fillna("") if "code" in rows else pd.Series("", index=rows.index)
    alone = rows[(coded == "") & rows["name"].str.strip().str.lower().str.match(_KIND)]
    if alone.empty:
        return
    zoning = epci_zoning(communes)
    found = {
        line: (name, codes)
        for line, name in zip(alone["line"], alone["name"], strict=True)
        if (codes := zones_named(name, zoning))
    }
    if found:
        raise NameResolutionError(
            "La liste ne nomme pas que des communes : "
            f"{counted(len(found), 'intercommunalité', 'intercommunalités')}.",
            defects=[
                Defect(
                    f"ligne {line}, {quoted(name)} : "
                    + " ou ".join(f"{zoning.named(code)} : --epci {code}" for code in codes),
                    "intercommunalité",
                )
                for line, (name, codes) in found.items()
            ],
            remedy="pour une intercommunalité entière, tapez « cpts-geo report --epci CODE » sans "
            "liste ; sinon, remplacez cette ligne par ses communes.",
        )

"""The tables that a coordinator fills and the indicators of the ACI of a run, as they may leave."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

import pandas as pd

from cpts_geo.indicators.aci.fiche import hidden_beside
from cpts_geo.indicators.aci.secret import told_beside
from cpts_geo.indicators.filled.counts import COUNTS, usual_populations, with_counts
from cpts_geo.indicators.filled.tables import RESTING
from cpts_geo.schema import TERRITORY
from cpts_geo.secrecy.disclosure import MIN_PATIENTS, MIN_PROFESSIONALS
from cpts_geo.secrecy.filled import releasable_cells
from cpts_geo.secrecy.together import told_across
from cpts_geo.sources.analyst.aci.codes import COUNTED, aci_indicators
from cpts_geo.sources.analyst.filled.templates import templates

#: Parts of a study that a coordinator fills and that hold patients or doctors, and their template.
FILLED: Final = {"mt_access": "acces-mt", "passages": "passages", "sas": "sas"}
_DOCTORS: Final = "doctors"
_FACT: Final = ("territory", "line", "year", "count", "whole", "least")


def released_tables(
    raw: Mapping[str, pd.DataFrame],
    aci: Mapping[str, pd.DataFrame | None],
    *,
    areas: Mapping[str, pd.DataFrame],
    inside: Mapping[str, Collection[str]],
) -> tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame | None]]:
    """
    Mask what may not leave: what one table hides, the others hide, and none tells it with another.

    Parameters
    ----------
    raw : mapping of str to DataFrame
        Tables of :data:`FILLED`, each of all territories of a run.
    aci : mapping of str to DataFrame or None
        Indicators of the ACI of each territory (:func:`cpts_geo.indicators.aci.fiche.aci_table`).
    areas : mapping of str to DataFrame
        Areas of each (:func:`cpts_geo.indicators.filled.areas.areas_of`).
    inside : mapping of str to collection of str
        Communes of each: two territories that share some tell what is between them.

    Returns
    -------
    tuple of dict
        The same tables, and the same indicators.

    Examples
    --------
    >>> released_tables({}, {}, areas={}, inside={})
    ({}, {})
    """
    every = pd.concat(areas.values()) if areas else pd.DataFrame()
    counted = {name: with_counts(table, every) for name, table in raw.items()}
    alone = {name: _filled(table, name) for name, table in counted.items()}
    secret: dict[str, set[tuple[str, str]]] = {name: set() for name in raw}
    contracts = dict(aci)
    usual = {key: usual_populations(float(mine["people"].iloc[0])) for key, mine in areas.items()}
    for key, contract in aci.items():
        if contract is None:
            continue
        mine = {name: table[table["territory"] == key] for name, table in alone.items()}
        told, parts = told_beside(contract, mine, usual=usual[key])
        contracts[key] = hidden_beside(contract, told)
        for name, cells in parts.items():
            secret[name] |= cells
    shown = {name: _filled(counted[name], name, cells) if (cells := secret[name]) else table
             for name, table in alone.items()}  # fmt: skip
    facts = [*_of_tables(shown), *_of_contracts(contracts, shown, usual)]
    across = told_across(pd.DataFrame(facts, columns=list(_FACT)), inside=inside)
    if not across:
        return {name: table.drop(columns=[*COUNTS]) for name, table in shown.items()}, contracts
    for key, line, year in across:
        contract = contracts.get(key)
        if contract is not None:
            contracts[key] = hidden_beside(contract, {(line, year)})
        for of in secret.values():
            of.add((key, line))
    released = {name: _filled(table, name, secret[name]) for name, table in counted.items()}
    return {name: table.drop(columns=[*COUNTS]) for name, table in released.items()}, contracts


def _filled(table: pd.DataFrame, name: str, told: Collection[tuple[str, str]] = ()) -> pd.DataFrame:
    """A table that a coordinator fills, as it may leave."""
    within = {code: line.within for code, line in templates()[FILLED[name]].lines.items()}
    doctors = "effecteurs" if name == "sas" else ""
    return releasable_cells(table, within=within, doctors=doctors, resting=RESTING, told=told)


def _of_tables(shown: Mapping[str, pd.DataFrame]) -> Iterator[dict[str, Any]]:
    """What tables show of people of territories."""
    for table in shown.values():
        known = table[["number", "share"]].notna().any(axis=1) & table["count"].notna()
        for row in table[known & (table["area_level"] == TERRITORY.key)].to_dict("records"):
            yield {
                "territory": row["territory"], "line": row["line"],
                "year": float(row["date"][:4] or "nan"), "count": row["count"],
                "whole": row["whole"],
                "least": MIN_PROFESSIONALS if row["kind"] == _DOCTORS else MIN_PATIENTS,
            }  # fmt: skip


def _of_contracts(
    contracts: Mapping[str, pd.DataFrame | None],
    shown: Mapping[str, pd.DataFrame],
    usual: Mapping[str, Mapping[str, float]],
) -> Iterator[dict[str, Any]]:
    """What indicators of the ACI show of people of territories, a share being of those that a
    table says, or of as many as are usual."""
    told = {(row["territory"], row["line"]): row["whole"] for row in _of_tables(shown)}
    for key, contract in contracts.items():
        for code, row in () if contract is None else contract.iterrows():
            about = aci_indicators()[str(code)]
            nobody = float("nan")
            whole = told.get((key, about.line), usual[key].get(about.line, nobody))
            for name in COUNTED if about.line else ():
                count = row[name] * whole if about.percent else row[name]
                if pd.notna(count):
                    yield {
                        "territory": key, "line": about.line, "year": float(row[f"{name}_year"]),
                        "count": count, "whole": whole,
                        "least": MIN_PROFESSIONALS if about.doctors else MIN_PATIENTS,
                    }  # fmt: skip

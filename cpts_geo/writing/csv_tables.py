"""Tables for tools, as they are written to CSV: access and capacity of territories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.checks.backtest import back_test
from cpts_geo.schema import COLUMNS, Status
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.study.access import TerritoryAccess
from cpts_geo.study.capacity import TerritoryCapacity

#: Files that only some runs have.
ACCESS_FILES: Final = ("acces.csv", "scenarios_offre.csv", "ou_ouvrir.csv")
CAPACITY_FILES: Final = (
    "publics.csv",
    "saisons.csv",
    "incertitude.csv",
    "telephone.csv",
    "avenir_medecins.csv",
    "retro_test.csv",
)


def access_files(access: Mapping[str, TerritoryAccess]) -> dict[str, pd.DataFrame]:
    """
    Gather the access of territories as it is written to CSV.

    Parameters
    ----------
    access : mapping of str to TerritoryAccess
        By territory.

    Returns
    -------
    dict of str to DataFrame
        ``acces.csv`` (people within each time, by facility and variant of the times),
        ``scenarios_offre.csv`` (APL before, shift, after, by commune and scenario) and
        ``ou_ouvrir.csv`` (each set of sites under each allocation of the demand); a table without
        any row is left out.
    """
    tables = (
        [_coverage(key, each) for key, each in access.items()],
        [part for key, each in access.items() for part in _shifts(key, each)],
        [_sites(key, each) for key, each in access.items() if each.opening],
    )
    named = zip(ACCESS_FILES, tables, strict=True)
    found = {name: [part for part in parts if len(part)] for name, parts in named}
    return {name: pd.concat(parts, ignore_index=True) for name, parts in found.items() if parts}


def _coverage(key: str, access: TerritoryAccess) -> pd.DataFrame:
    table = _of(key, access.coverage.rename(columns={"column": "indicator"}))
    origins = table["indicator"].map(lambda name: sources()[COLUMNS[name].source].attribution)
    # A count that leaves people out is no count of the territory.
    partial = table["unknown"] > 0
    table[["people", "share"]] = table[["people", "share"]].mask(partial)
    status = pd.Series(access.times.status.value, index=table.index)
    return table.assign(status=status.mask(partial, Status.UNKNOWN.value), times=origins)


def _shifts(key: str, access: TerritoryAccess) -> list[pd.DataFrame]:
    parts = []
    for shift in access.shifts:
        table = _of(key, shift.communes.rename_axis("code_insee").reset_index())
        table.insert(1, "scenario", shift.title)
        table.insert(3, "name", table["code_insee"].map(access.names))
        parts.append(
            table.assign(
                apl=f"apl_{shift.vintage}",
                crossing=[shift.crossing["direction"].get(c, "") for c in table["code_insee"]],
                supposed=" ; ".join(change.words for change in shift.changes),
                times=access.times.label,
            )
        )
    return parts


def _sites(key: str, access: TerritoryAccess) -> pd.DataFrame:
    found = access.opening
    assert found is not None
    solutions = found.solutions
    table = pd.DataFrame(
        {
            "territory": key,
            "allocation": solutions["allocation"],
            "rank": solutions["rank"],
            "sites": solutions["sites"].map(" ".join),
            "names": solutions["sites"].map(
                lambda sites: " + ".join(str(access.names.get(code, code)) for code in sites)
            ),
            "mean_minutes": solutions["mean_minutes"],
            "worst_minutes": solutions["worst_minutes"],
            "worst_commune": solutions["worst_commune"],
            "requests_per_day": found.requests_per_day,
            "site_capacity": found.site_capacity,
            "existing": " ".join(found.existing),
            "times": access.times.label,
        }
    )
    if found.stability is None:
        return table.assign(regret_share=float("nan"))
    regrets = found.stability.regrets
    regrets = regrets.assign(sites=regrets["sites"].map(" ".join))
    lost = regrets.set_index(["sites", "allocation"])["regret_share"].abs()
    keys = pd.MultiIndex.from_frame(table[["sites", "allocation"]])
    return table.assign(regret_share=lost.reindex(keys).to_numpy())


def capacity_files(
    headlines: Mapping[str, Headline | None], capacity: Mapping[str, TerritoryCapacity | None]
) -> dict[str, pd.DataFrame]:
    """
    Gather the capacity of territories as it is written to CSV.

    Parameters
    ----------
    headlines : mapping of str to Headline or None
        Answer by territory; None where it is too large for one queue.
    capacity : mapping of str to TerritoryCapacity or None
        Months, publics, causes, telephone and future, by territory; None likewise.

    Returns
    -------
    dict of str to DataFrame
        ``publics.csv`` (requests a year of each public), ``saisons.csv`` (requests and slots of
        each month), ``incertitude.csv`` (GP-hours a week as each input moves alone),
        ``telephone.csv`` (agents by hour), ``avenir_medecins.csv`` (GPs by spread of ages, arrivals
        and year) and ``retro_test.csv`` (observed against predicted); a table without any row is
        left out.
    """
    known = {key: each for key, each in capacity.items() if each is not None}
    eligible = {key: each.eligible for key, each in known.items() if each.eligible is not None}
    phone = {key: each.phone for key, each in known.items() if each.phone is not None}
    future = {key: each.future for key, each in known.items() if each.future is not None}
    tables = (
        [
            pd.DataFrame(
                [
                    {"territory": key, "public": group, "p10": x.p10, "p50": x.p50, "p90": x.p90}
                    for group, x in found.requests_per_year.items()
                ]
            )
            for key, found in eligible.items()
        ],
        [_of(key, found.by_month.reset_index()) for key, found in eligible.items()],
        [_of(key, each.tornado) for key, each in known.items()],
        [_of(key, table.reset_index()) for key, table in phone.items()],
        [_of(key, table) for key, table in future.items()],
        _tested(headlines),
    )
    named = zip(CAPACITY_FILES, tables, strict=True)
    return {name: pd.concat(parts, ignore_index=True) for name, parts in named if parts}


def _of(key: str, table: pd.DataFrame) -> pd.DataFrame:
    named = table.copy()
    named.insert(0, "territory", key)
    return named


def _tested(headlines: Mapping[str, Headline | None]) -> list[pd.DataFrame]:
    """Each line is tested with the draws of its own answer; a key may not be the scenario's."""
    parts = []
    for key, result in headlines.items():
        if result is None:
            continue
        table = back_test([result.scenario], draws=result.draws)
        if len(table):
            parts.append(_of(key, table.reset_index(drop=True)))
    return parts
